//! What a panel shows: curves, data with error bars, bands and reference lines.

use super::{Axis, LINE_WIDTH, Marker};
use crate::svg::{Canvas, Frame, Stroke};

/// One measured value; errors are one standard error, NaN if unknown.
#[derive(Clone, Debug)]
pub(crate) struct Datum {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) x_error: f64,
    pub(crate) y_error: f64,
    pub(crate) marker: Marker,
    pub(crate) color: String,
    /// Shown when pointed at.
    pub(crate) tip: String,
}

/// One thing drawn in a panel, in the order given.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// A line through points.
    Curve { points: Vec<(f64, f64)>, stroke: Stroke },
    /// Values with error bars.
    Data(Vec<Datum>),
    /// The region between two curves over the same abscissae: (x, low, high).
    Band { points: Vec<(f64, f64, f64)>, color: String, opacity: f64 },
    /// A horizontal line across the panel.
    Level { y: f64, stroke: Stroke },
}

impl Item {
    pub(crate) fn draw(&self, canvas: &mut Canvas, frame: Frame, x: &Axis, y: &Axis) {
        let to_x = |v: f64| frame.x + x.fraction(v) * frame.width;
        let to_y = |v: f64| frame.bottom() - y.fraction(v) * frame.height;
        match self {
            Self::Curve { points, stroke } => {
                let points: Vec<_> = points.iter().map(|(x, y)| (to_x(*x), to_y(*y))).collect();
                canvas.polyline(&points, stroke);
            }
            Self::Data(data) => {
                for datum in data {
                    draw_datum(datum, canvas, frame, x, y);
                }
            }
            Self::Band { points, color, opacity } => {
                let edge = |low: bool| {
                    points.iter().map(move |(x, a, b)| (to_x(*x), to_y(if low { *a } else { *b })))
                };
                let finite = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
                let mut outline: Vec<_> = edge(true).filter(finite).collect();
                let upper: Vec<_> = edge(false).filter(finite).collect();
                outline.extend(upper.into_iter().rev());
                canvas.polygon(&outline, color, &format!(r#"fill-opacity="{opacity}""#));
            }
            Self::Level { y, stroke } => {
                canvas.polyline(&[(frame.x, to_y(*y)), (frame.right(), to_y(*y))], stroke);
            }
        }
    }
}

fn draw_datum(datum: &Datum, canvas: &mut Canvas, frame: Frame, x: &Axis, y: &Axis) {
    let inside = |v: f64| v.clamp(-0.5, 1.5);
    // The lower end of an error bar may lie below what a logarithmic axis can show.
    let at = |axis: &Axis, v: f64| {
        let f = axis.fraction(v);
        if f.is_nan() && v <= 0.0 { -0.5 } else { inside(f) }
    };
    let (px, py) =
        (frame.x + x.fraction(datum.x) * frame.width, frame.bottom() - y.fraction(datum.y) * frame.height);
    if !px.is_finite() || !py.is_finite() {
        return;
    }
    canvas.tipped(&datum.tip, |canvas| {
        let stroke = Stroke { color: datum.color.clone(), width: LINE_WIDTH * 0.8, dashes: "" };
        let cap = 1.3;
        if datum.y_error > 0.0 && datum.y_error.is_finite() {
            let low = frame.bottom() - at(y, datum.y - datum.y_error) * frame.height;
            let high = frame.bottom() - at(y, datum.y + datum.y_error) * frame.height;
            canvas.polyline(&[(px, low), (px, high)], &stroke);
            for end in [low, high] {
                canvas.polyline(&[(px - cap, end), (px + cap, end)], &stroke);
            }
        }
        if datum.x_error > 0.0 && datum.x_error.is_finite() {
            let low = frame.x + at(x, datum.x - datum.x_error) * frame.width;
            let high = frame.x + at(x, datum.x + datum.x_error) * frame.width;
            canvas.polyline(&[(low, py), (high, py)], &stroke);
            for end in [low, high] {
                canvas.polyline(&[(end, py - cap), (end, py + cap)], &stroke);
            }
        }
        datum.marker.draw(canvas, px, py, 2.1, &datum.color);
    });
}
