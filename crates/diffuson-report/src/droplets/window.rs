//! The exponent of droplets over the metal, with the limits of validity.

use super::{DASHED, GREY, SOLID};
use crate::figure::Figure;
use crate::plot::{
    Axis, ColorBar, ColorScale, Field, Geometry, Item, LABEL_SIZE, LINE_WIDTH, ONE_COLUMN, Panel, Scale,
};
use crate::run::Run;
use crate::svg::{Align, Canvas, Frame, INK, MM, Stroke};
use crate::sweep::{self, Shown};
use crate::symbols::{symbol, with_unit, words};

const NAME: &str = "window";
const CONDUCTANCE: &str = "metal.conductance";
const DISTANCE: &str = "metal.distance";

const CAPTION: &str = "Exponent $G=\\gamma g^2(1+F_0)^2$ of the probability of droplets (colour: $\\log_{10}G$) over conductance and distance from the instability. Solid: where the theory holds, from $G=3$ (below, \
    droplets are not rare) to $G=g$ (above, the fluctuation is not normal). Dashed: the same as printed (Eq. 27), $1/g$ and $g^{-1/2}$.";

const LINES: &str = "Exponent $G=\\gamma g^2(1+F_0)^2$ of the probability of droplets, typical spin and crossover temperature $T^*$. The line in the first panel is $G=3$, below which droplets are not rare; the dashed line is the largest allowed, $g$.";

/// A map where both are swept, lines where one is; nothing otherwise.
pub(super) fn figure(run: &Run) -> Option<Figure> {
    let both = run.sweep(CONDUCTANCE).is_some() && run.sweep(DISTANCE).is_some();
    if both {
        return Some(
            map(run).unwrap_or_else(|| Figure::empty(NAME, "window", "The study has not been computed.")),
        );
    }
    let along = sweep::abscissa(run, |key| key == CONDUCTANCE || key == DISTANCE)?;
    let shown = [
        Shown {
            quantity: "exponent",
            label: "exponent $G$",
            theory: Some("largest_exponent"),
            level: Some(3.0),
            scale: Scale::Log,
        },
        Shown {
            quantity: "typical_spin",
            label: "typical spin",
            theory: None,
            level: None,
            scale: Scale::Log,
        },
        Shown {
            quantity: "crossover_temperature",
            label: "$T^*$",
            theory: None,
            level: None,
            scale: Scale::Log,
        },
    ];
    Some(sweep::figure(run, NAME, along, &shown, &[], LINES))
}

const EDGE: f64 = 3.0;
const BAR_GAP: f64 = 6.0;

fn map(run: &Run) -> Option<Figure> {
    let (g, distance) = (run.sweep(CONDUCTANCE)?, run.sweep(DISTANCE)?);
    // further sweeps: the first value of each
    let others: Vec<usize> =
        (0..run.sweeps.len()).filter(|i| ![CONDUCTANCE, DISTANCE].contains(&run.sweeps[*i].key)).collect();
    let first = |point: usize| others.iter().all(|i| run.sweeps[*i].text(point) == run.sweeps[*i].text(0));
    let points: Vec<usize> = (0..run.points).filter(|p| first(*p)).collect();
    let of = |f: &dyn Fn(usize) -> f64| -> Vec<f64> { points.iter().map(|p| f(*p)).collect() };
    let (x, y) = (of(&|p| g.value(p).log10()), of(&|p| distance.value(p).log10()));
    let values = of(&|p| run.estimate("exponent", p).value.log10());
    let geometry = Geometry::new(&x, &y);
    let [left, right, low, high] = geometry.extent()?;
    let (flat_x, flat_y) =
        (Axis::new("", Scale::Linear, left, right), Axis::new("", Scale::Linear, low, high));
    let label = |key: &str, unit: &str| with_unit(&format!("{} {}", words(key), symbol(key)), unit);
    let power = |exponent: f64| 10f64.powf(exponent);
    let mut panel = Panel::new(
        Axis::new(&label(CONDUCTANCE, g.units), Scale::Log, power(left), power(right)),
        Axis::new(&label(DISTANCE, distance.units), Scale::Log, power(low), power(high)),
    );
    for (id, dashes) in [
        ("lower_distance", SOLID),
        ("upper_distance", SOLID),
        ("printed_lower_distance", DASHED),
        ("printed_upper_distance", DASHED),
    ] {
        let mut line: Vec<(f64, f64)> =
            points.iter().map(|p| (g.value(*p), run.estimate(id, *p).value)).collect();
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
        line.dedup_by(|a, b| a.0 == b.0);
        let color = if dashes == SOLID { INK } else { GREY };
        let stroke = Stroke { color: color.to_owned(), width: LINE_WIDTH, dashes };
        panel.items.push(Item::Curve { points: line, stroke });
    }
    let bar = ColorBar::new(ColorScale::sequential(&values), &values);
    let (width, height) = (ONE_COLUMN * MM, 62.0 * MM);
    let left_room = panel.y.room_left(height) + EDGE;
    let frame = Frame {
        x: left_room,
        y: EDGE + 1.6 * LABEL_SIZE,
        width: width - left_room - BAR_GAP - bar.room(height) - EDGE,
        height,
    };
    let mut canvas = Canvas::default();
    let field = Field { geometry: &geometry, values: &values };
    panel.draw_over(&mut canvas, frame, |canvas| field.draw(canvas, frame, &flat_x, &flat_y, &bar.scale));
    bar.draw(&mut canvas, frame.right() + BAR_GAP, frame.y, height);
    canvas.write("$\\log_{10}G$", LABEL_SIZE * 0.94, width - EDGE, frame.y - 4.0, Align::End);
    let bottom = frame.bottom() + panel.x.room_below() + EDGE;
    Some(Figure::new(NAME, CAPTION.to_owned(), canvas, width, bottom))
}
