//! The map of one sample: potential, heat and, where measured, temperature of every site.

use crate::color::ColorMap;
use crate::figure::Figure;
use crate::plot::{
    Axis, ColorBar, ColorScale, Field, Geometry, LABEL_SIZE, ONE_COLUMN, Panel, Scale, TWO_COLUMNS,
};
use crate::run::{Run, Status};
use crate::svg::{Align, Canvas, Frame, MM};
use crate::symbols::unit_label;

/// The fields of the figure: array, words and symbol, colours, and what to say of the scale.
const FIELDS: [(&str, &str, ColorMap, &str); 3] = [
    ("potential", r"potential $\mu$", ColorMap::Sequential, ""),
    ("heat", "heat $q$", ColorMap::Diverging, "$|q|$"),
    ("temperature", r"temperature $\theta$", ColorMap::Diverging, r"$|\theta|$"),
];

/// The first finished sample of the first point that has one.
pub(crate) fn first(run: &Run) -> Figure {
    let mut done = (0..run.points).flat_map(|point| run.done(point).map(move |sample| (point, sample)));
    let figure = done.find_map(|(point, sample)| draw(run, point, sample));
    figure.unwrap_or_else(|| Figure::empty("map", "Map of one sample", &nothing(run)))
}

fn nothing(run: &Run) -> String {
    let failed = run.failures().len();
    if run.points * run.samples == 0 {
        "The run has no samples.".to_owned()
    } else if failed > 0 {
        format!("No sample is finished; {failed} failed.")
    } else if (0..run.points).any(|point| run.done(point).next().is_some()) {
        "The finished samples hold no fields over sites.".to_owned()
    } else {
        "No sample is finished yet.".to_owned()
    }
}

/// The map of one sample; none if the record holds no fields of it.
pub(crate) fn draw(run: &Run, point: usize, sample: usize) -> Option<Figure> {
    if run.status(point, sample) != Status::Done {
        return None;
    }
    let (keep, layer) = layer(run, point)?;
    let pick = |values: &[f64]| -> Vec<f64> {
        keep.iter().map(|site| values.get(*site).copied().unwrap_or(f64::NAN)).collect()
    };
    let geometry = Geometry::new(&pick(run.sites("x", point)?), &pick(run.sites("y", point)?));
    let fields: Vec<_> =
        FIELDS.iter().filter_map(|field| Some((field, pick(run.field(field.0, point, sample)?)))).collect();
    let extent = geometry.extent().filter(|_| !fields.is_empty())?;
    let [x_lo, x_hi, y_lo, y_hi] = extent;
    let aspect = (y_hi - y_lo) / (x_hi - x_lo);

    let width = if aspect < 0.2 { TWO_COLUMNS } else { ONE_COLUMN } * MM;
    let x_axis = Axis::new("$x$ ($a$)", Scale::Linear, x_lo, x_hi);
    let y_axis = Axis::new("$y$ ($a$)", Scale::Linear, y_lo, y_hi);
    let bars: Vec<ColorBar> = fields
        .iter()
        .map(|((_, _, map, _), values)| {
            let scale = match map {
                ColorMap::Sequential => ColorScale::sequential(values),
                ColorMap::Diverging => ColorScale::diverging(values),
            };
            ColorBar::new(scale, values)
        })
        .collect();

    let (bar_gap, edge) = (6.0, 3.0);
    let left = y_axis.room_left(60.0) + edge;
    let right =
        bars.iter().flat_map(|bar| [25.0, 50.0, 100.0, 170.0].map(|h| bar.room(h))).fold(0.0, f64::max)
            + bar_gap
            + edge;
    let available = width - left - right;
    let height = (available * aspect).clamp(11.0 * MM, 62.0 * MM);
    let plot_width = available.min(height / aspect.max(height / available));
    let to_scale = (height / plot_width / aspect - 1.0).abs() < 1e-6;

    let (title_room, gap) = (LABEL_SIZE * 1.5, 7.0);
    let mut canvas = Canvas::default();
    let mut y = edge;
    let mut bottom = y;
    for (i, (((_, title, map, size), values), bar)) in fields.iter().zip(&bars).enumerate() {
        let frame = Frame { x: left, y: y + title_room, width: plot_width, height };
        let last = i + 1 == fields.len();
        let units = run.array(fields[i].0.0).map_or("", |array| array.text_attribute("units"));
        let units = if units.is_empty() { String::new() } else { format!(" ({})", unit_label(units)) };
        let note = match map {
            ColorMap::Diverging => format!(", colours to 99th percentile of {size}"),
            ColorMap::Sequential => String::new(),
        };
        let tag = ["a", "b", "c"][i];
        let heading = format!("({tag}) {title}{units}{note}");
        canvas.write(&heading, LABEL_SIZE * 0.94, left, y + LABEL_SIZE, Align::Start);

        let panel = Panel::new(if last { x_axis.clone() } else { x_axis.clone().bare() }, y_axis.clone());
        let field = Field { geometry: &geometry, values };
        panel.draw_over(&mut canvas, frame, |canvas| field.draw(canvas, frame, &x_axis, &y_axis, &bar.scale));
        bar.draw(&mut canvas, frame.right() + bar_gap, frame.y, height);
        bottom = frame.bottom() + if last { x_axis.room_below() } else { 0.0 };
        y = frame.bottom() + gap;
    }

    let mut caption = format!(
        "Map of {}: {}. ",
        run.sample_label(point, sample),
        fields.iter().map(|((_, title, ..), _)| *title).collect::<Vec<_>>().join(", ")
    );
    caption.push_str(
        "Heat is positive (red) where the metal gives heat to the probe. \
         Pointed ends of a colour bar stand for values beyond it.",
    );
    if let Some(z) = layer {
        caption.push_str(&format!(" Layer at $z$ = {} of a bar.", crate::number::short(z, 4)));
    }
    if !to_scale {
        caption.push_str(" The axes are not to the same scale.");
    }
    Some(Figure::new("map", caption, canvas, width, bottom + edge))
}

/// The sites of one point that a flat map can show: all of them, or the middle layer of a bar with its height.
pub(crate) fn layer(run: &Run, point: usize) -> Option<(Vec<usize>, Option<f64>)> {
    let x = run.sites("x", point)?;
    let exists = |site: &usize| x[*site].is_finite();
    let Some(z) = run.sites("z", point) else {
        return Some(((0..x.len()).filter(exists).collect(), None));
    };
    let mut heights: Vec<f64> = z.iter().copied().filter(|z| z.is_finite()).collect();
    heights.sort_by(f64::total_cmp);
    heights.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    if heights.len() < 2 {
        return Some(((0..x.len()).filter(exists).collect(), None));
    }
    let middle = heights[heights.len() / 2];
    let sites =
        (0..x.len()).filter(exists).filter(|site| z.get(*site).is_some_and(|z| (z - middle).abs() < 1e-9));
    Some((sites.collect(), Some(middle)))
}
