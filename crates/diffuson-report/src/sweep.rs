//! Quantities against what is swept: data with error bars, theory as lines.

use crate::figure::Figure;
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::Stroke;
use crate::symbols::{symbol, with_unit, words};

/// A quantity of the table and what it is compared with.
pub(crate) struct Shown {
    pub(crate) quantity: &'static str,
    pub(crate) label: &'static str,
    /// A quantity that is drawn as a line.
    pub(crate) theory: Option<&'static str>,
    /// A value that divides the panel.
    pub(crate) level: Option<f64>,
    pub(crate) scale: Scale,
}

const GREY: &str = "#7f7f7f";

/// Values over so large a range are drawn on a logarithmic scale.
const DECADES: f64 = 100.0;

/// The sweep of numbers with most values among those allowed.
pub(crate) fn abscissa(run: &Run, allowed: impl Fn(&str) -> bool) -> Option<usize> {
    let values = |i: usize| {
        let mut found: Vec<f64> =
            (0..run.points).map(|p| run.sweeps[i].value(p)).filter(|v| v.is_finite()).collect();
        found.sort_by(f64::total_cmp);
        found.dedup();
        found.len()
    };
    let swept = (0..run.sweeps.len()).filter(|&i| allowed(run.sweeps[i].key) && values(i) > 1);
    // the first of equals
    swept.rev().max_by_key(|&i| values(i))
}

/// One panel for each quantity, side by side, and one series for all points that differ in the abscissa alone; `marked` are values of the abscissa with their
/// errors, shown in the first panel where its quantity is zero.
pub(crate) fn figure(
    run: &Run,
    name: &str,
    abscissa: usize,
    shown: &[Shown],
    marked: &[(f64, f64)],
    caption: &str,
) -> Figure {
    let sweep = &run.sweeps[abscissa];
    let others: Vec<usize> = (0..run.sweeps.len()).filter(|i| *i != abscissa).collect();
    let (groups, first) = Styles::groups(run, &others);
    let style = |group: usize| (Styles::shade(group, first.len()), Marker::nth(group));
    let along = |group: usize| -> Vec<usize> {
        let mut points: Vec<usize> = (0..run.points).filter(|p| groups[*p] == group).collect();
        points.sort_by(|a, b| sweep.value(*a).total_cmp(&sweep.value(*b)));
        points
    };
    let label = match symbol(sweep.key) {
        known if known.starts_with('$') => format!("{} {known}", words(sweep.key)),
        _ => words(sweep.key),
    };
    let panel = |shown: &Shown| -> Option<Panel> {
        let estimate = |point: usize| run.estimate(shown.quantity, point);
        let theory = |point: usize| shown.theory.map_or(f64::NAN, |id| run.estimate(id, point).value);
        let ends = (0..run.points).flat_map(|p| {
            let e = estimate(p);
            let error = if e.error.is_finite() { e.error } else { 0.0 };
            [e.value - error, e.value + error, theory(p)]
        });
        let (_, units) = run.quantity_label(shown.quantity);
        let values = || (0..run.points).map(|p| sweep.value(p)).filter(|v| v.is_finite());
        let (low, high) = values().fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
        let scale = if low > 0.0 && high > DECADES * low { Scale::Log } else { Scale::Linear };
        let x = Axis::holding(&with_unit(&label, sweep.units), scale, values())?;
        let mut panel = Panel::new(x, Axis::holding(&with_unit(shown.label, units), shown.scale, ends)?);
        if let Some(y) = shown.level {
            let stroke = Stroke { color: GREY.to_owned(), width: LINE_WIDTH, dashes: "" };
            panel.items.push(Item::Level { y, stroke });
        }
        for group in 0..first.len() {
            let (color, marker) = style(group);
            let points: Vec<(f64, f64)> =
                along(group).into_iter().map(|p| (sweep.value(p), theory(p))).collect();
            let stroke = Stroke {
                color: if first.len() > 1 { color.clone() } else { GREY.to_owned() },
                width: LINE_WIDTH,
                dashes: "4 2",
            };
            panel.items.push(Item::Curve { points, stroke });
            let datum = |point: usize| Datum {
                x: sweep.value(point),
                y: estimate(point).value,
                x_error: f64::NAN,
                y_error: estimate(point).error,
                marker,
                color: color.clone(),
                tip: format!("{}: {}", run.point_label(point), estimate(point).text()),
            };
            panel.items.push(Item::Data(along(group).into_iter().map(datum).collect()));
        }
        Some(panel)
    };
    let panels: Option<Vec<Panel>> = shown.iter().map(panel).collect();
    let legends = match first.len() {
        1 => Vec::new(),
        _ => {
            let text = |point: &usize| {
                others.iter().map(|i| run.sweeps[*i].assignment(*point)).collect::<Vec<_>>().join(", ")
            };
            let entries = first.iter().enumerate().map(|(group, point)| {
                let (color, marker) = style(group);
                LegendEntry::marker(&text(point), marker, &color)
            });
            vec![Legend { title: String::new(), entries: entries.collect() }]
        }
    };
    let Some(mut panels) = panels else {
        return Figure::empty(name, name, "The study has not been computed.");
    };
    let mark = |&(x, x_error): &(f64, f64)| Datum {
        x,
        y: 0.0,
        x_error,
        y_error: f64::NAN,
        marker: Marker::Cross,
        color: GREY.to_owned(),
        tip: crate::number::with_error(x, x_error),
    };
    if let Some(panel) = panels.first_mut().filter(|_| !marked.is_empty()) {
        panel.items.push(Item::Data(marked.iter().map(mark).collect()));
    }
    // two in a row
    let mut rows = Vec::new();
    while !panels.is_empty() {
        rows.push(panels.drain(..panels.len().min(2)).collect());
    }
    Grid { legends, rows, height: 52.0 }.figure(name, caption.to_owned())
}
