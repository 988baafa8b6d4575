//! Figures of a point-contact study: everything against the gate, one curve per point of the sweep.
//!
//! - `conductance`: the staircase, and what is not held constant
//! - `noise`: excess noise from both correlations of the occupations, with Landauer and Büttiker's at the same conductance
//! - `frequency`: noise at a finite frequency, where one is given
//! - `compressibility`

use crate::figure::Figure;
use crate::kind::Kind;
use crate::plot::{Axis, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::Stroke;
use crate::symbols::with_unit;

/// The kind `point-contact`.
pub(crate) const KIND: Kind = Kind {
    name: "point-contact",
    columns: &[
        ("first_peak", "peak at mu/kT"),
        ("first_peak_excess", "S_xs/2eI"),
        ("second_peak", "2nd at"),
        ("second_peak_excess", "S_xs/2eI"),
        ("landauer_peak", "Landauer at"),
        ("landauer_peak_excess", "S_xs/2eI"),
    ],
    shown: &[
        "conductance",
        "voltage",
        "current",
        "compressibility",
        "excess",
        "excess_boltzmann_langevin",
        "excess_landauer",
        "noise_ratio",
    ],
    figures: |run| {
        let driven = run.array("excess").is_some();
        let mut figures = vec![staircase(run, driven)];
        if driven {
            figures.push(noise(run));
        }
        if driven && setting(run, "noise.frequency").is_some() {
            figures.push(frequency(run));
        }
        figures.push(compressibility(run));
        figures
    },
    question: describe,
    explorer: |_| String::new(),
};

const GREY: &str = "#7f7f7f";

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    let driven = match (setting(run, "drive.current"), setting(run, "drive.voltage")) {
        (Some(current), _) => format!(" A current of {} is held constant.", current.with_unit()),
        (None, Some(voltage)) => format!(" A voltage of {} is held constant.", voltage.with_unit()),
        (None, None) => String::new(),
    };
    format!(
        "A point contact whose sub-bands open at {} kT, at {}, in the conserving kinetics of Green and Das: a uniform field drives the electrons, \
         scattering relaxes them ({}, elastic {}).{driven} {}",
        value("contact.thresholds"),
        value("contact.temperature"),
        value("contact.rates"),
        value("contact.elastic"),
        surrogate(run),
    )
}

/// The free function of the model, for the figure itself: without it the curves mean nothing.
fn free_function(run: &Run) -> Option<Legend> {
    let form = match setting(run, "contact.inelastic")?.text.as_str() {
        "occupation" => r"$\tau_{in}=f_0^a\,\tau_{el}$, $a$",
        "field" => r"$\tau_{in}=\tau_{el}/[1+(V/V_{ph})^p]$, $p$",
        _ => return None,
    };
    let title = format!("surrogate: {form} = {}", setting(run, "contact.exponent")?.with_unit());
    Some(Legend { title, entries: Vec::new() })
}

/// What is assumed about inelastic scattering where that is free, in one sentence for captions.
fn surrogate(run: &Run) -> String {
    let free = |symbol: &str, form: &str| {
        let exponent = setting(run, "contact.exponent").map_or_else(String::new, |s| s.with_unit());
        format!(
            "The inelastic time (or mean free path) is {form} of the elastic one with ${symbol}$ = {exponent}: a surrogate, for the paper does not state its law. This one free \
             function decides whether there is a peak at the first threshold."
        )
    };
    match setting(run, "contact.inelastic").as_ref().map(|s| s.text.as_str()) {
        Some("occupation") => free("a", "$f_0^a$"),
        Some("field") => free("p", "$1/[1+(V/V_{ph})^p]$"),
        _ => String::new(),
    }
}

fn staircase(run: &Run, driven: bool) -> Figure {
    let mut caption = "Conductance in linear response.".to_owned();
    let mut arrays = vec![("conductance", None)];
    if driven {
        let free = if setting(run, "drive.current").is_some() { "voltage" } else { "current" };
        caption.push_str(&format!(" (b) The {free} that belongs to what is held constant."));
        arrays.push((free, None));
    }
    curves(run, "conductance", &arrays, caption)
}

fn noise(run: &Run) -> Figure {
    let caption = format!(
        "Excess noise $(S-4k_BTG)/2eI$ of the kinetic theory, from the correlation (a) $k_BT\\,\\partial f/\\partial\\mu$ of Green and Das and (b) $f(1-f)$ of Boltzmann and \
         Langevin. Dashed: Landauer and Büttiker at the same conductance, one channel per sub-band. Noise is one-sided, for both spins. {}",
        surrogate(run)
    );
    let beside = Some("excess_landauer");
    curves(run, "noise", &[("excess", beside), ("excess_boltzmann_langevin", beside)], caption)
}

fn frequency(run: &Run) -> Figure {
    let caption = "Noise at a finite frequency over that at zero, from the correlation $k_BT\\,\\partial f/\\partial\\mu$: collisions end it.";
    curves(run, "frequency", &[("noise_ratio", None)], caption.to_owned())
}

fn compressibility(run: &Run) -> Figure {
    let caption = "Compressibility in units of the classical one: the same at every drive, because the contact is held neutral.";
    curves(run, "compressibility", &[("compressibility", None)], caption.to_owned())
}

/// One panel per array, each with another one dashed, one colour per point.
fn curves(run: &Run, name: &str, arrays: &[(&str, Option<&str>)], caption: String) -> Figure {
    let styles = Styles::new(run);
    let panels: Option<Vec<Panel>> =
        arrays.iter().map(|(array, beside)| panel(run, &styles, array, *beside)).collect();
    let Some(panels) = panels else {
        return Figure::empty(name, name, "The study has not been computed.");
    };
    let mut legends = styles.lines();
    if arrays.iter().any(|(_, beside)| beside.is_some()) {
        legends.push(Legend {
            title: String::new(),
            entries: vec![
                LegendEntry::line("kinetic", GREY, ""),
                LegendEntry::line("Landauer-Büttiker", GREY, "3 2"),
            ],
        });
        legends.extend(free_function(run));
    }
    Grid { legends, rows: vec![panels], height: 58.0 }.figure(name, caption)
}

fn panel(run: &Run, styles: &Styles, array: &str, beside: Option<&str>) -> Option<Panel> {
    let gates = run.record.reals("gate");
    let curve = |name: &str, point: usize| -> Vec<(f64, f64)> {
        let values = run.field(name, point, 0).unwrap_or(&[]);
        gates.iter().copied().zip(values.iter().copied()).filter(|(_, v)| v.is_finite()).collect()
    };
    let found = run.array(array)?;
    let label = with_unit(found.text_attribute("long_name"), found.text_attribute("units"));
    let names: Vec<&str> = [Some(array), beside].into_iter().flatten().collect();
    let all: Vec<f64> =
        names.iter().flat_map(|name| (0..run.points).flat_map(|p| curve(name, p))).map(|(_, v)| v).collect();
    let x = Axis::holding(r"chemical potential $\mu/k_BT$", Scale::Linear, gates.iter().copied())?;
    let y = Axis::holding(&label, Scale::Linear, all.into_iter().chain([0.0]))?;
    let mut panel = Panel::new(x, y);
    for (name, dashes) in names.iter().zip(["", "3 2"]) {
        for point in 0..run.points {
            let stroke = Stroke { color: styles.color(point), width: LINE_WIDTH, dashes };
            panel.items.push(Item::Curve { points: curve(name, point), stroke });
        }
    }
    Some(panel)
}
