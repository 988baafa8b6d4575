//! Figures of a study of moving defects.
//!
//! - `temperature`: conductance and energy in equilibrium against the temperature
//! - `sweep`: conductance and rate of hops against what is swept
//! - `spectrum`: noise of the conductance against the frequency, with that of independent fluctuators

use crate::figure::Figure;
use crate::kind::Kind;
use crate::number::{short, typeset};
use crate::plot::{Axis, Datum, Grid, Item, LINE_WIDTH, Legend, LegendEntry, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::svg::{INK, Stroke};
use crate::sweep::{self, Shown};
use crate::symbols::with_unit;

/// The kind `defect-dynamics`.
pub(crate) const KIND: Kind = Kind {
    name: "defect-dynamics",
    columns: &[
        ("relative_conductance", "dG/s_G"),
        ("negative_share", "dG < 0"),
        ("conductance", "dG"),
        ("energy", "energy"),
        ("quench_energy", "after a quench"),
        ("hop_rate", "hop rate"),
        ("noise_exponent", "noise exponent"),
        ("noise_ratio", "over independent"),
    ],
    shown: &[],
    figures: |run| [temperature(run), sweep(run), spectrum(run)].into_iter().flatten().collect(),
    question: describe,
    explorer: |_| String::new(),
};

fn describe(run: &Run) -> String {
    let text = |key: &str| setting(run, key).map_or_else(String::new, |s| s.text);
    let moving = match text("dynamics.compute").as_str() {
        "equilibrium" => {
            "Equilibrium without bias by replica exchange, and annealing to the lowest temperature."
                .to_owned()
        }
        compute => {
            let what = if compute == "spectrum" { "Noise" } else { "Means over time" };
            format!(
                "{what} by kinetic Monte Carlo at $kT$ = {} and $eV$ = {}, phonons from $E^*$ = {} on, tunnelling constants up to {}.",
                text("dynamics.temperature"),
                text("dynamics.bias"),
                text("dynamics.crossover"),
                text("dynamics.tunnelling"),
            )
        }
    };
    format!(
        "Contacts with {} mobile defects of {} sites each and {} that stay, of Born length {} in a ball of radius {} (in $1/k_F$). Electrons make their energies depend on their \
         distances as $\\cos(2k_FR)/R^3$ and the conductance as $\\cos(2k_FR)/R^2$: places of low energy resist more. Conductances $\\delta G$ are less the mean for random placement and in units \
         of its standard deviation $s_G$, energies in units of $s_E$, the standard deviation of the energy of one mobile defect. {moving}",
        text("defects.mobile"),
        text("defects.sites"),
        text("defects.fixed"),
        text("defects.born_length"),
        text("defects.radius"),
    )
}

/// Equilibrium against temperature; none without a ladder of temperatures.
fn temperature(run: &Run) -> Option<Figure> {
    const NAME: &str = "temperature";
    run.array("ladder_conductance")?;
    let styles = Styles::new(run);
    let panel = |name: &str| curves(run, &styles, "temperature", name, &[], Scale::Linear);
    let caption = "(a) Conductance in equilibrium, less its mean for random placement, over its standard deviation there. (b) Energy per mobile defect. Bars are one standard error over contacts.";
    Some(match panel("ladder_conductance").zip(panel("ladder_energy")) {
        Some((a, b)) => Grid { legends: styles.legends().to_vec(), rows: vec![vec![a, b]], height: 58.0 }
            .figure(NAME, caption.to_owned()),
        None => Figure::empty(NAME, NAME, "The study has not been computed."),
    })
}

/// Noise against frequency; none without a trace.
fn spectrum(run: &Run) -> Option<Figure> {
    const NAME: &str = "spectrum";
    run.array("spectrum")?;
    let styles = Styles::new(run);
    let theory = [("spectrum_fluctuators", "4 2"), ("spectrum_one_over_f", "1 2")];
    let caption = "Power spectral density of the conductance, one-sided, mean over contacts with one standard error. Dashed: the fluctuators of the same contacts, independent, in closed form for means \
                   over intervals. Dotted: their Lorentzians averaged over tunnelling constants.";
    Some(match curves(run, &styles, "frequency", "spectrum", &theory, Scale::Log) {
        Some(panel) => {
            let mut legends = styles.legends().to_vec();
            let known = run.array("spectrum_fluctuators").is_some_and(|_| {
                (0..run.points).any(|p| {
                    run.sites("spectrum_fluctuators", p).is_some_and(|row| row.iter().any(|v| v.is_finite()))
                })
            });
            if known {
                let entries = vec![
                    LegendEntry::line("independent", INK, "4 2"),
                    LegendEntry::line("averaged", INK, "1 2"),
                ];
                legends.push(Legend { title: String::new(), entries });
            }
            Grid { legends, rows: vec![vec![panel]], height: 70.0 }.figure(NAME, caption.to_owned())
        }
        None => Figure::empty(NAME, NAME, "The study has not been computed."),
    })
}

/// An array along a dimension with its errors, one colour per point, with lines of theory.
fn curves(
    run: &Run,
    styles: &Styles,
    axis: &str,
    name: &str,
    theory: &[(&str, &'static str)],
    scale: Scale,
) -> Option<Panel> {
    let at = run.record.reals(axis);
    let (found, coordinate) = (run.array(name)?, run.array(axis)?);
    let label = |array: &crate::record::Array| {
        with_unit(array.text_attribute("long_name"), array.text_attribute("units"))
    };
    let row = |name: &str, point: usize| run.sites(name, point).unwrap_or(&[]);
    let shown = |v: &f64| v.is_finite() && (matches!(scale, Scale::Linear) || *v > 0.0);
    let names = std::iter::once(name).chain(theory.iter().map(|(name, _)| *name));
    let values: Vec<f64> = names
        .flat_map(|name| (0..run.points).flat_map(move |p| row(name, p).iter().copied()))
        .filter(shown)
        .collect();
    let x = Axis::holding(&label(coordinate), Scale::Log, at.iter().copied())?;
    let mut panel = Panel::new(x, Axis::holding(&label(found), scale, values.into_iter())?);
    let error = format!("{name}_error");
    for point in 0..run.points {
        let (color, marker) = (styles.color(point), styles.marker(point));
        let line = |name: &str| -> Vec<(f64, f64)> {
            at.iter().copied().zip(row(name, point).iter().copied()).filter(|(_, v)| shown(v)).collect()
        };
        for (name, dashes) in theory {
            let stroke = Stroke { color: color.clone(), width: LINE_WIDTH, dashes };
            panel.items.push(Item::Curve { points: line(name), stroke });
        }
        let errors = row(&error, point);
        let data = at.iter().zip(row(name, point)).enumerate().filter(|(_, (_, v))| shown(v));
        let datum = |(k, (x, y)): (usize, (&f64, &f64))| Datum {
            x: *x,
            y: *y,
            x_error: f64::NAN,
            y_error: errors.get(k).copied().unwrap_or(f64::NAN),
            marker,
            color: color.clone(),
            tip: format!("{}: {}", short(*x, 4), typeset(&short(*y, 4))),
        };
        panel.items.push(Item::Data(data.map(datum).collect()));
    }
    Some(panel)
}

const CONDUCTANCE: Shown = Shown {
    quantity: "relative_conductance",
    label: r"conductance $\langle\delta G\rangle/s_G$",
    theory: None,
    level: Some(0.0),
    scale: Scale::Linear,
};
const HOPS: Shown = Shown {
    quantity: "hop_rate",
    label: "hops per mobile defect and time",
    theory: None,
    level: None,
    scale: Scale::Log,
};
const ENERGY: Shown = Shown {
    quantity: "energy",
    label: "energy per mobile defect",
    theory: None,
    level: None,
    scale: Scale::Linear,
};

/// Conductance and hops against what is swept; in equilibrium the energy. None where no number is.
fn sweep(run: &Run) -> Option<Figure> {
    let caption = "(a) Conductance, less its mean for random placement, over its standard deviation there. (b) Hops per mobile defect and time; in equilibrium the energy per mobile defect. \
                   Bars are one standard error over contacts.";
    let moving = (0..run.points).any(|p| run.estimate("hop_rate", p).value > 0.0);
    let shown = [CONDUCTANCE, if moving { HOPS } else { ENERGY }];
    Some(sweep::figure(run, "sweep", sweep::abscissa(run, |_| true)?, &shown, &[], caption))
}
