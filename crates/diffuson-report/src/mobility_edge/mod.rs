//! Figures of a mobility-edge study: everything against temperature, one curve per point of the sweep.
//!
//! - `conductivity`: with the first Sommerfeld order (Eq. 15)
//! - `thermopower`: with the linear law (Eq. 31), and its plateau against the exponent (Eqs. 37, 38)
//! - `heat`: thermal conductivity, Lorenz ratio, figure of merit, power factor

use crate::figure::Figure;
use crate::kind::Kind;
use crate::number::{short, typeset};
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::Stroke;
use crate::symbols::{symbol, with_unit};

/// The kind `mobility-edge`.
pub(crate) const KIND: Kind = Kind {
    name: "mobility-edge",
    columns: &[
        ("conductivity_at_zero", "sigma(T=0)"),
        ("plateau", "plateau S"),
        ("conductivity_minimum", "sigma minimum"),
        ("thermopower_inflection", "S inflection"),
        ("best_figure_of_merit", "largest ZT"),
    ],
    shown: &[
        "conductivity",
        "conductivity_low",
        "thermopower",
        "thermopower_low",
        "thermal_conductivity",
        "lorenz_ratio",
        "figure_of_merit",
        "power_factor",
    ],
    figures: |run| {
        vec![
            curves(run, "conductivity", &[&["conductivity"]], CONDUCTIVITY),
            thermopower(run),
            curves(
                run,
                "heat",
                &[&["thermal_conductivity", "lorenz_ratio"], &["figure_of_merit", "power_factor"]],
                "Electronic thermal conductivity, Lorenz ratio in units of $(\\pi^2/3)(k_B/e)^2$, figure of merit and power factor.",
            ),
        ]
    },
    question: describe,
    explorer: |_| String::new(),
};

const CONDUCTIVITY: &str = "Conductivity (Eq. 14). Dashed: the first order of the Sommerfeld expansion (Eq. 15), as far as it is within 10 % of the full result.";
const THERMOPOWER: &str = "Thermopower (Eq. 26). Dashed: the linear law of low temperatures (Eq. 31), as far as it is within 10 % of the full result.";
const GREY: &str = "#7f7f7f";

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let mut text = format!(
        "Electrons conduct on one side of a mobility edge ({}), with conductivity $\\sigma_0(E) = A|E - E_m|^x$, $x$ = {}, where \
         $|\\mu - E_m|$ = {}. The Fermi window turns that one-sided law into conductivity, thermopower and heat conductivity at any \
         temperature.",
        value("edge.side"),
        value("edge.exponent"),
        value("edge.distance"),
    );
    if let Some(weight) = setting(run, "tail.weight") {
        text.push_str(&format!(
            " States beyond the edge conduct as well: a tail of weight {} = {}, beyond the theory of Imry and Amir.",
            symbol("tail.weight"),
            weight.with_unit()
        ));
    }
    text
}

/// One panel per array, one curve per point.
fn curves(run: &Run, name: &str, arrays: &[&[&str]], caption: &str) -> Figure {
    let styles = Styles::new(run);
    let rows: Option<Vec<Vec<Panel>>> =
        arrays.iter().map(|row| row.iter().map(|array| panel(run, &styles, array)).collect()).collect();
    match rows {
        Some(rows) => Grid { legends: styles.lines(), rows, height: 52.0 }.figure(name, caption.to_owned()),
        None => Figure::empty(name, name, "The study has not been computed."),
    }
}

/// The thermopower, and its plateau against the exponent where that is swept.
fn thermopower(run: &Run) -> Figure {
    let styles = Styles::new(run);
    let Some(first) = panel(run, &styles, "thermopower") else {
        return Figure::empty("thermopower", "thermopower", "The study has not been computed.");
    };
    let mut legends = styles.lines();
    let (mut row, mut caption) = (vec![first], THERMOPOWER.to_owned());
    if let Some(plateau) = plateau(run, &styles) {
        row.push(plateau);
        legends.push(Legend {
            title: String::new(),
            entries: vec![
                LegendEntry::line("$2\\ln 2 + x$ (Eq. 38)", GREY, "4 2"),
                LegendEntry::line("$(1+x)[1+(2\\ln 2-1)2^{-x}]$", GREY, ""),
            ],
        });
        caption.push_str(" (b) Its value at high temperatures (Eq. 37), with two approximations.");
    }
    Grid { legends, rows: vec![row], height: 58.0 }.figure("thermopower", caption)
}

fn panel(run: &Run, styles: &Styles, array: &str) -> Option<Panel> {
    let temperatures = run.record.reals("temperature");
    let curve = |name: &str, point: usize| -> Vec<(f64, f64)> {
        let values = run.field(name, point, 0).unwrap_or(&[]);
        temperatures.iter().copied().zip(values.iter().copied()).filter(|(_, v)| v.is_finite()).collect()
    };
    let found = run.array(array)?;
    let label = with_unit(found.text_attribute("long_name"), found.text_attribute("units"));
    let all: Vec<(f64, f64)> = (0..run.points).flat_map(|point| curve(array, point)).collect();
    let scale = if is_logarithmic(run) { Scale::Log } else { Scale::Linear };
    let x = Axis::holding(&with_unit("temperature $T$", "K"), scale, temperatures.iter().copied())?;
    let y = Axis::holding(&label, Scale::Linear, all.iter().map(|(_, v)| *v).chain([0.0]))?;
    let mut panel = Panel::new(x, y);
    for point in 0..run.points {
        let low = curve(&format!("{array}_low"), point);
        let dashed = Stroke { color: styles.color(point), width: LINE_WIDTH, dashes: "3 2" };
        panel.items.push(Item::Curve { points: low, stroke: dashed });
        let stroke = Stroke { color: styles.color(point), width: LINE_WIDTH, dashes: "" };
        panel.items.push(Item::Curve { points: curve(array, point), stroke });
    }
    Some(panel)
}

/// The plateau of the thermopower against the exponent.
fn plateau(run: &Run, styles: &Styles) -> Option<Panel> {
    let exponents = run.sweep("edge.exponent")?;
    let data: Vec<Datum> = (0..run.points)
        .map(|point| {
            let plateau = run.estimate("plateau", point);
            Datum {
                x: exponents.value(point),
                y: plateau.value,
                x_error: f64::NAN,
                y_error: f64::NAN,
                marker: styles.marker(point),
                color: styles.color(point),
                tip: format!(
                    "x = {}: {} V/K",
                    short(exponents.value(point), 4),
                    typeset(&short(plateau.value, 6))
                ),
            }
        })
        .filter(|d| d.y.is_finite())
        .collect();
    let line = |id: &str| {
        let mut points: Vec<(f64, f64)> =
            (0..run.points).map(|p| (exponents.value(p), run.estimate(id, p).value)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let (name, units) = run.quantity_label("plateau");
    let x = Axis::holding("exponent $x$", Scale::Linear, data.iter().map(|d| d.x))?;
    let y = Axis::holding(&with_unit(&name, units), Scale::Linear, data.iter().map(|d| d.y))?;
    let mut panel = Panel::new(x, y);
    for (id, dashes) in [("plateau_linear", "4 2"), ("plateau_better", "")] {
        let stroke = Stroke { color: GREY.to_owned(), width: LINE_WIDTH, dashes };
        panel.items.push(Item::Curve { points: line(id), stroke });
    }
    panel.items.push(Item::Data(data));
    Some(panel)
}

fn is_logarithmic(run: &Run) -> bool {
    setting(run, "temperature.spacing").is_some_and(|s| s.text == "logarithmic")
}
