//! Quantities against what is swept: data with error bars, theory as lines.

use super::{GREY, VOLTAGE};
use crate::figure::Figure;
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::svg::Stroke;
use crate::symbols::{symbol, with_unit, words};

/// A quantity of the table and what it is compared with.
struct Shown {
    quantity: &'static str,
    label: &'static str,
    theory: Option<&'static str>,
}

const FANO: Shown =
    Shown { quantity: "fano_factor", label: "Fano factor $F$", theory: Some("fano_factor_theory") };
const CONDUCTANCE: Shown = Shown { quantity: "conductance", label: "conductance $G$", theory: None };
const NOISE: Shown = Shown { quantity: "noise", label: "noise $S_{22}$", theory: Some("noise_theory") };
const CROSS: Shown = Shown {
    quantity: "cross_correlation",
    label: "correlation $S_{23}$",
    theory: Some("cross_correlation_theory"),
};

/// Fano factor and conductance; none where nothing is swept.
pub(super) fn fano(run: &Run) -> Option<Figure> {
    let abscissa = abscissa(run, |key| key != VOLTAGE).or_else(|| abscissa(run, |_| true))?;
    let caption = "(a) Fano factor, from means over samples; dashed, the value of theory. (b) Conductance per spin. Bars are one standard error.";
    figure(run, "fano", abscissa, &[FANO, CONDUCTANCE], caption)
}

/// Noise against voltage; none unless that is swept.
pub(super) fn bias(run: &Run) -> Option<Figure> {
    let abscissa = abscissa(run, |key| key == VOLTAGE)?;
    let caption = "(a) Noise against voltage; dashed, from thermal to shot noise by the Fano factor of theory at the conductance found. (b) Fano factor of what \
                   exceeds thermal noise. Bars are one standard error.";
    figure(run, "noise", abscissa, &[NOISE, FANO], caption)
}

/// The correlator of two outgoing beams; none with fewer than three leads, or where nothing is swept.
pub(super) fn correlations(run: &Run) -> Option<Figure> {
    let leads = *run.array("lead_current")?.shape.last()?;
    if leads < 3 {
        return None;
    }
    let caption = "(a) Correlation of the currents into the second and the third lead; dashed, $-2\\langle T_{21}T_{31}\\rangle$, which it is where the first lead has \
                   one mode. (b) Noise in the second lead. Bars are one standard error.";
    figure(run, "correlations", abscissa(run, |_| true)?, &[CROSS, NOISE], caption)
}

/// The sweep of numbers with most values among those allowed.
fn abscissa(run: &Run, allowed: impl Fn(&str) -> bool) -> Option<usize> {
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

fn figure(run: &Run, name: &str, abscissa: usize, shown: &[Shown], caption: &str) -> Option<Figure> {
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
        let x = Axis::holding(
            &with_unit(&label, sweep.units),
            Scale::Linear,
            (0..run.points).map(|p| sweep.value(p)),
        )?;
        let mut panel = Panel::new(x, Axis::holding(&with_unit(shown.label, units), Scale::Linear, ends)?);
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
    Some(match panels {
        Some(panels) => Grid { legends, rows: vec![panels], height: 52.0 }.figure(name, caption.to_owned()),
        None => Figure::empty(name, name, "The study has not been computed."),
    })
}
