//! Figures of a scaling study.
//!
//! - `trajectory`: the mobility edge as a curve, and the exponent along it, where disorder and energy are swept
//! - `crossing`: the measured quantity against what drives the transition, one series per size
//! - `collapse`: all data on one curve, freed of irrelevant corrections, and the residuals of the fit
//! - `thermopower`: the conductivity that was computed, and its thermopower over that of the pure power law
//! - `fits`: critical point and exponent of every expansion that was tried

mod collapse;
mod thermopower;
mod trajectory;

use crate::figure::Figure;
use crate::kind::Kind;
use crate::label::plain;
use crate::number::typeset;
use crate::plot::{
    Axis, Corner, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Marker, Panel, Scale, Styles,
};
use crate::run::{Run, Sweep};
use crate::setting::setting;
use crate::svg::Stroke;
use crate::symbols::{symbol, with_unit};

/// The kind `scaling`.
pub(crate) const KIND: Kind = Kind {
    name: "scaling",
    columns: &[
        ("gamma", "Gamma"),
        ("conductance", "<g>"),
        ("typical_conductance", "exp<ln g>"),
        ("log_conductance_variance", "var ln g"),
    ],
    shown: &[],
    figures: |run| {
        let mut figures: Vec<Figure> = trajectory::trajectory(run).into_iter().collect();
        figures.push(crossing(run));
        figures.extend(collapse::collapse(run));
        figures.extend(thermopower::thermopower(run));
        figures.extend(collapse::fits(run));
        figures
    },
    question: describe,
    explorer: |_| String::new(),
};

const DRIVING: [&str; 3] = ["disorder.width", "disorder.deviation", "lattice.energy"];
const GREY: &str = "#7f7f7f";
/// Fits below this goodness are drawn pale.
const ACCEPTABLE: f64 = 0.1;

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let what = if is_conductance(run) {
        "The conductance of cubes of $M$ sites a side between two leads"
    } else {
        "The smallest positive Lyapunov exponent $\\gamma$ of long bars of $M$ sites across"
    };
    format!(
        "{what} is computed for a lattice in {} dimensions with random site energies ({}), {} symmetry, {} sides, at $E$ = {}. At the \
         Anderson transition it depends on size through $M/\\xi$ only, and $\\xi\\sim|w|^{{-\\nu}}$.{}",
        value("lattice.dimension"),
        value("disorder.kind"),
        value("lattice.symmetry"),
        value("lattice.boundary"),
        value("lattice.energy"),
        trajectory::sentence(run),
    )
}

fn is_conductance(run: &Run) -> bool {
    setting(run, "measure.quantity").is_some_and(|s| s.text == "conductance")
}

/// The quantity that is fitted.
fn quantity(run: &Run) -> &'static str {
    if is_conductance(run) { "log_conductance" } else { "gamma" }
}

/// What drives the transition: of two keys that are swept the one that is named.
fn driving<'r, 'a>(run: &'r Run<'a>) -> Option<&'r Sweep<'a>> {
    let named = setting(run, "fit.driven_by").map(|s| s.text);
    let wanted = |key: &str| named.as_ref().is_none_or(|n| (n == "energy") == (key == "lattice.energy"));
    let swept = || DRIVING.into_iter().filter(|key| wanted(key)).filter_map(|key| run.sweep(key));
    swept().find(|sweep| (1..run.points).any(|p| sweep.value(p) != sweep.value(0))).or_else(|| swept().next())
}

/// Measured values against the driving parameter: a panel for each value of what does not drive the transition.
fn crossing(run: &Run) -> Figure {
    const NAME: &str = "crossing";
    /// Panels in a row, of several.
    const COLUMNS: usize = 3;
    let id = quantity(run);
    let Some(driving) = driving(run) else {
        return Figure::empty(NAME, NAME, "Neither disorder nor energy is swept.");
    };
    let other = trajectory::other(run);
    let sizes = Sizes::new(run, &[driving.key, other.map_or("", |o| o.key)]);
    let data: Vec<(usize, Datum)> = (0..run.points)
        .filter(|p| run.estimate(id, *p).value.is_finite())
        .map(|p| {
            let e = run.estimate(id, p);
            let tip = format!("{}: {}", plain(&run.point_label(p)), typeset(&e.text()));
            (p, sizes.datum(p, [driving.value(p), e.value, e.error], tip))
        })
        .collect();
    let (name, units) = run.quantity_label(id);
    let label = with_unit(&symbol(driving.key), driving.units);
    let x = Axis::holding(&label, Scale::Linear, data.iter().map(|(_, d)| d.x));
    // of several transitions, the values that take part: far from them lie others
    let limits = other.and_then(|_| Some([stated(run, "fit.value_from")?, stated(run, "fit.value_to")?]));
    let y = match limits {
        Some(limits) => Axis::holding(&with_unit(&name, units), Scale::Linear, limits.into_iter()),
        None => Axis::holding(&with_unit(&name, units), Scale::Linear, data.iter().map(|(_, d)| d.y)),
    };
    let (Some(x), Some(y)) = (x, y) else {
        return Figure::empty(NAME, &plain(&name), "No point has been computed.");
    };
    let panel = |here: &dyn Fn(usize) -> bool| {
        let mut panel = Panel::new(x.clone(), y.clone());
        for group in 0..sizes.groups() {
            let mut points: Vec<(f64, f64)> = data
                .iter()
                .filter(|(p, _)| sizes.group[*p] == group && here(*p))
                .map(|(_, d)| (d.x, d.y))
                .collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let stroke = Stroke { color: sizes.color(group), width: 0.5 * LINE_WIDTH, dashes: "" };
            panel.items.push(Item::Curve { points, stroke });
        }
        panel.items.push(Item::Data(data.iter().filter(|(p, _)| here(*p)).map(|(_, d)| d.clone()).collect()));
        panel
    };
    let caption = format!(
        "{name}, one series per size $M$. Bars are one standard error; curves of different sizes cross at the transition."
    );
    let Some(other) = other else {
        let mut only = panel(&|_| true);
        let critical = run
            .fits()
            .into_iter()
            .find(|f| f.name.starts_with("critical disorder") || f.name.starts_with("mobility edge"));
        if let Some(fit) = critical {
            only.notes.push((Corner::TopLeft, format!("{}: {}", fit.name, typeset(&fit.result.text()))));
        }
        return Grid { legends: sizes.legends.clone(), rows: vec![vec![only]], height: 62.0 }
            .figure(NAME, caption);
    };
    // both kinds of sides are in one panel, with the critical point of the first
    let mut transitions = trajectory::transitions(run);
    transitions.sort_by(|a, b| a.at.total_cmp(&b.at));
    transitions.dedup_by(|b, a| a.at == b.at);
    let panels: Vec<Panel> = transitions
        .into_iter()
        .filter_map(|t| {
            let first = (0..run.points).find(|p| other.value(*p) == t.at)?;
            let mut panel = panel(&|p| other.value(p) == t.at);
            let found = t.best().map_or(String::new(), |e| format!(": {}", typeset(&e.text())));
            panel.notes.push((Corner::TopLeft, format!("{}{found}", other.assignment(first))));
            Some(panel)
        })
        .collect();
    let rows = panels.chunks(COLUMNS).map(<[Panel]>::to_vec).collect();
    let caption = format!("{caption} A panel for each transition, with its critical point.");
    Grid { legends: sizes.legends.clone(), rows, height: 45.0 }.figure(NAME, caption)
}

/// A number among the settings.
fn stated(run: &Run, key: &str) -> Option<f64> {
    let (section, name) = key.split_once('.')?;
    run.record.attributes.get("settings")?.get(section)?.get(name)?.as_f64()
}

/// Series by size and all else that is swept, but for some keys.
struct Sizes {
    group: Vec<usize>,
    styles: usize,
    legends: Vec<Legend>,
}

impl Sizes {
    fn new(run: &Run, without: &[&str]) -> Self {
        let others: Vec<usize> =
            (0..run.sweeps.len()).filter(|i| !without.contains(&run.sweeps[*i].key)).collect();
        let (group, first) = Styles::groups(run, &others);
        let mut sizes = Self { group, styles: first.len(), legends: Vec::new() };
        let text = |point: usize| {
            others.iter().map(|i| run.sweeps[*i].assignment(point)).collect::<Vec<_>>().join(", ")
        };
        let entries = first
            .iter()
            .enumerate()
            .map(|(g, point)| LegendEntry::marker(&text(*point), Marker::nth(g), &sizes.color(g)))
            .collect();
        if !others.is_empty() {
            sizes.legends.push(Legend { title: String::new(), entries });
        }
        sizes
    }

    fn groups(&self) -> usize {
        self.styles
    }

    fn color(&self, group: usize) -> String {
        Styles::shade(group, self.styles)
    }

    fn datum(&self, point: usize, [x, y, y_error]: [f64; 3], tip: String) -> Datum {
        let group = self.group[point];
        Datum { x, y, x_error: f64::NAN, y_error, marker: Marker::nth(group), color: self.color(group), tip }
    }
}
