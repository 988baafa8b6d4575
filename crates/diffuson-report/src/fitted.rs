//! Panels that figures of fits have in common.

use crate::plot::{Axis, Datum, Item, LINE_WIDTH, Panel, Scale};
use crate::svg::{INK, Stroke};

/// A panel of data, with curves beneath; none without data.
pub(crate) fn panel(
    data: Vec<Datum>,
    curves: Vec<Item>,
    [x, y]: [&str; 2],
    scales: [Scale; 2],
) -> Option<Panel> {
    let x = Axis::holding(x, scales[0], data.iter().map(|d| d.x))?;
    let y = Axis::holding(y, scales[1], data.iter().map(|d| d.y))?;
    let mut panel = Panel::new(x, y);
    panel.items = curves;
    panel.items.push(Item::Data(data));
    Some(panel)
}

/// Residuals about a line at zero, at least 2.5 standard errors to either side.
pub(crate) fn residuals(data: Vec<Datum>, [x, y]: [&str; 2], scale: Scale) -> Option<Panel> {
    let zero = Item::Level { y: 0.0, stroke: Stroke { color: INK.to_owned(), width: 0.5, dashes: "2 1.5" } };
    let widest = data.iter().map(|d| d.y.abs()).fold(2.5, f64::max);
    let x = Axis::holding(x, scale, data.iter().map(|d| d.x))?;
    let y = Axis::holding(y, Scale::Linear, [-widest, widest].into_iter())?;
    let mut panel = Panel::new(x, y);
    panel.items = vec![zero, Item::Data(data)];
    Some(panel)
}

/// A curve through points that are there.
pub(crate) fn curve(x: &[f64], y: &[f64], color: &str, dashes: &'static str) -> Item {
    let points = x.iter().copied().zip(y.iter().copied()).filter(|p| p.1.is_finite()).collect();
    Item::Curve { points, stroke: Stroke { color: color.to_owned(), width: LINE_WIDTH, dashes } }
}
