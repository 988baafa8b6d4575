//! Figures of a fit of susceptibility and dephasing of one sample.
//!
//! - `tables`: both tables against temperature, with the curves of an ordinary metal, of two temperatures and of droplets
//! - `excess`: what either has over the ordinary metal, on the same axes: one line for one crossover temperature
//! - `residuals`: (measured - fitted)/standard error, for two temperatures and for droplets
//! - `distance`: the distance from the instability by the counting of diagrams

use crate::figure::Figure;
use crate::fitted::{self, Named, Number, Shown};
use crate::kind::Kind;
use crate::number::{short, typeset};
use crate::plot::{Axis, Corner, Datum, Grid, Legend, LegendEntry, Marker, Panel, Scale};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::INK;
use crate::symbols::with_unit;

/// The kind `droplets-fit`.
pub(crate) const KIND: Kind = Kind {
    name: "droplets-fit",
    columns: &[
        ("weight", "weight of droplets"),
        ("crossover", "T*"),
        ("curie_temperature", "T_chi"),
        ("saturation_temperature", "T_tau"),
        ("separation", "apart by"),
        ("goodness", "Q"),
        ("distance", "1 + F_0"),
    ],
    shown: &[],
    figures: |run| {
        let drawn: Vec<Figure> =
            [tables(run), excess(run), residuals(run), distance(run)].into_iter().flatten().collect();
        if drawn.is_empty() {
            return vec![Figure::empty("tables", "tables", "The fits have not been made.")];
        }
        drawn
    },
    question: describe,
    explorer: |_| String::new(),
};

/// A table: as arrays name it, what it is, its symbol, its marker and colour.
struct Measured {
    name: &'static str,
    words: &'static str,
    symbol: &'static str,
    marker: usize,
    color: &'static str,
    scale: Scale,
}

const TABLES: [Measured; 2] = [
    Measured {
        name: "susceptibility",
        words: "susceptibility",
        symbol: r"susceptibility $\chi$",
        marker: 0,
        color: "#1f77b4",
        scale: Scale::Linear,
    },
    Measured {
        name: "rate",
        words: "dephasing rate",
        symbol: r"$\hbar/k_\mathrm{B}\tau_\varphi$",
        marker: 1,
        color: "#d62728",
        scale: Scale::Log,
    },
];

/// Curves that are drawn: number of the picture, its colour and dashes.
const CURVES: [(usize, &str, &str); 3] = [(0, "#bbbbbb", ""), (3, "#7f7f7f", "3 2"), (4, INK, "")];

fn describe(run: &Run) -> String {
    let count = |m: &Measured| run.record.reals(&format!("{}_value", m.name)).len();
    let [susceptibilities, rates] = TABLES.each_ref().map(count);
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let mut text = format!(
        "Spin susceptibility ({susceptibilities} measurements) and dephasing rate ({rates}) of one sample are fitted by $\\chi = \\chi_0(1 + T_\\chi/T)$ and $1/\\tau_\\varphi = A(T + T_\\tau)$, \
         each by itself, and by those of local spin droplets close to the Stoner instability, which have one crossover temperature: $T_\\chi = c_1T^*$, \
         $T_\\tau = c_4T^*(2 + F_0)/\\{{2\\ln[g(1 + F_0)]\\}}$. The prefactors are unknown; taken are $c_1$ = {}, $c_4$ = {}{}. ",
        value("prefactors.susceptibility"),
        value("prefactors.dephasing"),
        match setting(run, "metal.conductance") {
            Some(g) => format!(", with the logarithm of a metal with $g$ = {}", g.text),
            None => ", without the logarithm, as the metal is not known".to_owned(),
        },
    );
    text.push_str(run.verdict().unwrap_or_default());
    text.push_str(&outcomes(run));
    text
}

/// What repetitions of the experiment say.
fn outcomes(run: &Run) -> String {
    let (pictures, outcomes) = (run.record.texts("picture"), run.record.texts("outcome"));
    let Some(shares) = run.array("picture_outcome") else { return String::new() };
    let sentence = |k: usize| {
        let row = shares.row(&[k])?;
        let mut told: Vec<(f64, &String)> =
            row.iter().copied().zip(outcomes).filter(|(share, _)| *share > 0.0).collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let words: Vec<String> = told
            .iter()
            .map(|(share, name)| format!("\u{201c}{name}\u{201d} in {} %", short(100.0 * share, 2)))
            .collect();
        (!words.is_empty()).then(|| {
            format!(
                " If the truth were \u{201c}{}\u{201d}, data like these would say {}.",
                pictures[k],
                words.join(", ")
            )
        })
    };
    (0..pictures.len()).filter_map(sentence).collect()
}

/// One array of a table against its temperature, with errors if an array of them is named.
fn data(run: &Run, table: &Measured, value: &str, error: Option<&str>) -> Vec<Datum> {
    let array = |suffix: &str| format!("{}_{suffix}", table.name);
    let shown = |_| Some(Shown { marker: table.marker, color: table.color.to_owned(), name: String::new() });
    fitted::data(run, [&array("temperature"), &array(value)], error.map(array).as_deref(), shown)
}

fn temperature() -> String {
    with_unit("temperature $T$", "K")
}

fn tables(run: &Run) -> Option<Figure> {
    let names = run.record.texts("picture");
    let panel = |table: &Measured| {
        let along = run.record.reals(&format!("{}_curve_temperature", table.name));
        let curves = run.array(&format!("{}_curve", table.name))?;
        let drawn = CURVES
            .iter()
            .filter_map(|&(k, color, dashes)| Some(fitted::curve(along, curves.row(&[k])?, color, dashes)));
        let label = with_unit(table.symbol, curves.text_attribute("units"));
        let points = data(run, table, "value", Some("error"));
        fitted::panel(points, drawn.collect(), [&temperature(), &label], [Scale::Log, table.scale])
    };
    let row: Vec<Panel> = TABLES.iter().filter_map(panel).collect();
    let entry = |&(k, color, dashes): &(usize, &str, &'static str)| {
        Some(LegendEntry::line(names.get(k)?, color, dashes))
    };
    let legends = vec![Legend { title: String::new(), entries: CURVES.iter().filter_map(entry).collect() }];
    let caption = "Measured susceptibility and dephasing rate with one standard error, and the fits: an ordinary metal, a temperature for each, one temperature for both.".to_owned();
    (!row.is_empty()).then(|| Grid { legends, rows: vec![row], height: 62.0 }.figure("tables", caption))
}

/// Both tables on the same axes.
fn excess(run: &Run) -> Option<Figure> {
    let mut items = Vec::new();
    let mut points = Vec::new();
    let mut entries = Vec::new();
    for table in &TABLES {
        let along = run.record.reals(&format!("{}_curve_temperature", table.name));
        for (suffix, dashes) in [("independent", "3 2"), ("droplets", "")] {
            let values = run.record.reals(&format!("{}_excess_{suffix}", table.name));
            // no crossover, nothing to draw on a logarithmic axis
            if values.iter().all(|v| *v > 0.0) {
                items.push(fitted::curve(along, values, table.color, dashes));
            }
        }
        let mut of = data(run, table, "excess", Some("excess_error"));
        // what is known to no better than itself would hide the rest
        of.retain(|d| d.y > 0.0 && d.y_error < 0.7 * d.y);
        if !of.is_empty() {
            entries.push(LegendEntry::marker(table.words, Marker::nth(table.marker), table.color));
        }
        points.extend(of);
    }
    let labels = [&*temperature(), r"$\chi/\chi_0-1$, $1/A\tau_\varphi T-1$"];
    let panel = fitted::panel(points, items, labels, [Scale::Log; 2])?;
    let caption = "Excess over the ordinary metal in its own unit, of both tables on the same axes, those known to better than 70 % (chi_0 and A by the fits of each table by itself). \
                   It is one at the crossover temperature; dashed lines have one of their own for each table, full ones are those of droplets."
        .to_owned();
    let legends = vec![Legend { title: String::new(), entries }];
    Some(Grid { legends, rows: vec![vec![panel]], height: 70.0 }.figure("excess", caption))
}

fn residuals(run: &Run) -> Option<Figure> {
    let rows: Vec<Vec<Panel>> = TABLES
        .iter()
        .map(|table| {
            let of = |(suffix, words): (&str, &str)| {
                let points = data(run, table, &format!("residual_{suffix}"), None);
                let mut panel = fitted::residuals(points, [&temperature(), "residual"], Scale::Log)?;
                panel.notes.push((Corner::TopRight, format!("{}, {words}", table.words)));
                Some(panel)
            };
            [("independent", "two temperatures"), ("droplets", "droplets")]
                .into_iter()
                .filter_map(of)
                .collect()
        })
        .filter(|row: &Vec<Panel>| !row.is_empty())
        .collect();
    let caption = "(measured - fitted)/standard error. Trends say that a picture does not hold; the scatter should be that of standard normal numbers.".to_owned();
    (!rows.is_empty()).then(|| Grid { legends: Vec::new(), rows, height: 40.0 }.figure("residuals", caption))
}

/// 1 + F_0 by every counting, from top to bottom.
fn distance(run: &Run) -> Option<Figure> {
    let countings = Named::new(run, ["counting", "counting_distance", "counting_distance_error"]);
    let of = |name: &str, k: usize| {
        run.record.reals(&format!("counting_{name}")).get(k).copied().unwrap_or(f64::NAN)
    };
    // a prefactor of T* of 10 either way
    let reach = |n: &Number| [-1.0, 1.0].map(|sign| n.value * 10f64.powf(sign * of("sensitivity", n.name)));
    let bar = |(place, n): (usize, &Number)| {
        fitted::curve(&reach(n), &[-(place as f64); 2], &countings.color(n.name), "")
    };
    let bars = countings.there.iter().enumerate().map(bar).collect();
    let ends = countings.there.iter().flat_map(reach);
    let x = Axis::holding("distance $1 + F_0$", Scale::Linear, ends)?;
    let panel = countings.panel(x, bars, |k| format!("gamma {}", typeset(&short(of("gamma", k), 4))));
    let caption = "Distance from the Stoner instability that the fitted crossover temperature has, by the counting of diagrams in gamma, from the top in the order of the legend. Lines: \
                   a prefactor of ten in the crossover temperature, either way; error bars, where they can be seen, are those of the fit."
        .to_owned();
    let legends = countings.legends();
    Some(Grid { legends, rows: vec![vec![panel]], height: 40.0 }.figure("distance", caption))
}
