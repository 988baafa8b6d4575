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

/// Room at the edges of the figure, and between a panel and its colour bar.
const EDGE: f64 = 3.0;
/// See [`EDGE`].
const BAR_GAP: f64 = 6.0;

/// The first finished sample of the first point that has one.
pub(crate) fn first(run: &Run) -> Figure {
    let mut done = (0..run.points).flat_map(|point| run.done(point).map(move |sample| (point, sample)));
    let figure = done.find_map(|(point, sample)| draw(run, point, sample));
    figure.unwrap_or_else(|| Figure::empty("map", "Map of one sample", &nothing(run)))
}

fn nothing(run: &Run) -> String {
    let failed = run.failed_count();
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
    let bar_room =
        bars.iter().flat_map(|bar| [25.0, 50.0, 100.0, 170.0].map(|h| bar.room(h))).fold(0.0, f64::max);
    let sides = (y_axis.room_left(60.0) + EDGE, BAR_GAP + bar_room + EDGE);
    let arranged = Arrangement::new(fields.len(), aspect, sides);

    let mut canvas = Canvas::default();
    let mut bottom = 0.0f64;
    for (i, (((name, title, map, size), values), bar)) in fields.iter().zip(&bars).enumerate() {
        let frame = arranged.frames[i];
        let units = run.array(name).map_or("", |array| array.text_attribute("units"));
        let units = if units.is_empty() { String::new() } else { format!(" ({})", unit_label(units)) };
        let mut heading = vec![format!("({}) {title}{units}", ["a", "b", "c"][i])];
        let note = format!("colours to 99th percentile of {size}");
        match (map, arranged.stacked) {
            (ColorMap::Sequential, _) => {}
            (ColorMap::Diverging, true) => heading[0].push_str(&format!(", {note}")),
            (ColorMap::Diverging, false) => heading.push(note),
        }
        let lines = heading.len() as f64;
        for (line, text) in heading.iter().enumerate() {
            let base = frame.y - 4.0 - (lines - 1.0 - line as f64) * LABEL_SIZE * 1.2;
            canvas.write(text, LABEL_SIZE * 0.94, frame.x, base, Align::Start);
        }
        let labelled = !arranged.stacked || i + 1 == fields.len();
        let panel = Panel::new(if labelled { x_axis.clone() } else { x_axis.clone().bare() }, y_axis.clone());
        let field = Field { geometry: &geometry, values };
        panel.draw_over(&mut canvas, frame, |canvas| field.draw(canvas, frame, &x_axis, &y_axis, &bar.scale));
        bar.draw(&mut canvas, frame.right() + BAR_GAP, frame.y, frame.height);
        bottom = bottom.max(frame.bottom() + x_axis.room_below());
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
    if !arranged.to_scale {
        caption.push_str(" The axes are not to the same scale.");
    }
    Some(Figure::new("map", caption, canvas, arranged.width, bottom + EDGE))
}

/// Where the panels go: below one another for strips, side by side for conductors wider than long.
struct Arrangement {
    frames: Vec<Frame>,
    width: f64,
    stacked: bool,
    /// Whether both axes have the same scale.
    to_scale: bool,
}

impl Arrangement {
    /// Frames for `count` panels of height / width `aspect`, with room left and right of each.
    fn new(count: usize, aspect: f64, (left, right): (f64, f64)) -> Self {
        let stacked = aspect <= 1.2 || count == 1;
        let width = if stacked && aspect >= 0.2 || count == 1 { ONE_COLUMN } else { TWO_COLUMNS } * MM;
        let column = if stacked { width } else { width / count as f64 };
        let available = column - left - right;
        let height = (available * aspect).clamp(11.0 * MM, 70.0 * MM);
        let plot_width = available.min(height / aspect.max(height / available));
        let title = LABEL_SIZE * if stacked { 1.5 } else { 2.7 };
        let frame = |i: usize| {
            let (x, y) = if stacked {
                (left, EDGE + title + i as f64 * (height + title + 7.0))
            } else {
                (left + i as f64 * column, EDGE + title)
            };
            Frame { x, y, width: plot_width, height }
        };
        let to_scale = (height / plot_width / aspect - 1.0).abs() < 1e-6;
        Self { frames: (0..count).map(frame).collect(), width, stacked, to_scale }
    }
}

/// Whether the conductor has more than one layer: the references of two dimensions do not apply then.
pub(crate) fn is_bar(run: &Run) -> bool {
    (0..run.points).any(|point| layer(run, point).is_some_and(|(_, height)| height.is_some()))
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
