//! Figures of a fit of a mobility edge to measurements.
//!
//! - `data`: conductivity and thermopower against temperature, with the fitted curves
//! - `collapse`: both on the scaling curves of the fitted exponent
//! - `residuals`: (measured - fitted)/standard error
//! - `exponent`: the exponent by every method

use crate::figure::Figure;
use crate::fitted::{self, Named, Number, Shown, panel};
use crate::kind::Kind;
use crate::number::{short, typeset, with_error};
use crate::plot::{Axis, Corner, Datum, Grid, Legend, LegendEntry, Marker, Panel, Scale, Styles};
use crate::run::Run;
use crate::setting::setting;
use crate::symbols::with_unit;

/// The kind `mobility-edge-fit`.
pub(crate) const KIND: Kind = Kind {
    name: "mobility-edge-fit",
    columns: &[
        ("exponent", "exponent x"),
        ("exponent_low", "68 % from"),
        ("exponent_high", "to"),
        ("credible_low", "posterior from"),
        ("credible_high", "to"),
        ("chi_squared", "chi^2/dof"),
        ("goodness", "Q"),
    ],
    shown: &[],
    figures: |run| match Measured::new(run) {
        Some(measured) => {
            [data(run, &measured), collapse(run, &measured), residuals(&measured), exponent(run)]
                .into_iter()
                .flatten()
                .collect()
        }
        None => vec![Figure::empty("data", "data", "The fit has not been made.")],
    },
    question: describe,
    explorer: |_| String::new(),
};

const GREY: &str = "#7f7f7f";

fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key).map_or_else(String::new, |s| s.with_unit());
    format!(
        "Conductivity and thermopower of {} samples ({} measurements) are fitted by those of electrons above a mobility edge, \
         $\\sigma_0(E) = A(E - E_m)^x$, through the Fermi window: $\\sigma = AT^xK_0(d/T)$ and $|S| = (k_B/e)K_1/K_0(d/T)$, with \
         $x$ and $A$ in common and a distance $d = (\\mu - E_m)/k_B$ for each. Fitted: {}; curvature of $\\sigma_0$: {}.",
        run.record.texts("specimen").len(),
        run.record.reals("data_temperature").len(),
        value("fit.method"),
        value("fit.curvature"),
    )
}

/// The measurements, sample by sample.
struct Measured<'a> {
    names: &'a [String],
    /// Sample of each measurement.
    specimen: &'a [f64],
    run: &'a Run<'a>,
}

impl<'a> Measured<'a> {
    fn new(run: &'a Run<'a>) -> Option<Self> {
        let (names, specimen) = (run.record.texts("specimen"), run.record.reals("data_specimen"));
        (!names.is_empty() && !specimen.is_empty()).then_some(Self { names, specimen, run })
    }

    fn color(&self, specimen: usize) -> String {
        Styles::shade(specimen, self.names.len())
    }

    /// One array against another, with errors if an array of them is named.
    fn data(&self, x: &str, y: &str, error: Option<&str>) -> Vec<Datum> {
        fitted::data(self.run, [x, y], error, |k| {
            let specimen = *self.specimen.get(k)? as usize;
            let name = format!("{}: ", self.names.get(specimen).map_or("", String::as_str));
            Some(Shown { marker: specimen, color: self.color(specimen), name })
        })
    }

    fn legends(&self) -> Vec<Legend> {
        let entry = |(k, name): (usize, &String)| LegendEntry::marker(name, Marker::nth(k), &self.color(k));
        vec![Legend { title: String::new(), entries: self.names.iter().enumerate().map(entry).collect() }]
    }
}

fn data(run: &Run, measured: &Measured) -> Option<Figure> {
    let temperatures = run.record.reals("curve_temperature");
    let of = |name: &str, label: &str, unit: &str, scale: Scale| {
        let curve = |specimen: usize| {
            let values = run.array(&format!("curve_{name}"))?.row(&[specimen])?;
            Some(fitted::curve(temperatures, values, &measured.color(specimen), ""))
        };
        let curves = (0..measured.names.len()).filter_map(curve).collect();
        let data =
            measured.data("data_temperature", &format!("data_{name}"), Some(&format!("data_{name}_error")));
        panel(
            data,
            curves,
            [&with_unit("temperature $T$", "K"), &with_unit(label, unit)],
            [Scale::Log, scale],
        )
    };
    let row: Vec<Panel> = [
        of("conductivity", r"conductivity $\sigma$", "S/m", Scale::Log),
        of("thermopower", "thermopower $S$", "uV/K", Scale::Linear),
    ]
    .into_iter()
    .flatten()
    .collect();
    let caption =
        "Measured conductivity and thermopower with one standard error, and the fitted curves.".to_owned();
    (!row.is_empty())
        .then(|| Grid { legends: measured.legends(), rows: vec![row], height: 62.0 }.figure("data", caption))
}

fn collapse(run: &Run, measured: &Measured) -> Option<Figure> {
    let abscissae = run.record.reals("scaling_temperature");
    let of = |name: &str, label: &str, scale: Scale| {
        let curve = fitted::curve(abscissae, run.record.reals(&format!("scaling_{name}")), GREY, "");
        let (array, error) = (format!("reduced_{name}"), format!("reduced_{name}_error"));
        let mut data = measured.data("reduced_temperature", &array, Some(&error));
        data.retain(|d| d.x > 0.0);
        panel(data, vec![curve], ["$T/d$", label], [Scale::Log, scale])
    };
    let row: Vec<Panel> = [
        of("conductivity", r"$\sigma/(AT^x)$", Scale::Log),
        of("thermopower", "$|S|$ ($k_B/e$)", Scale::Linear),
    ]
    .into_iter()
    .flatten()
    .collect();
    let caption = "All metallic samples on the scaling curves of the fitted exponent: conductivity and thermopower against temperature in units of \
                   the distance from the edge."
        .to_owned();
    (!row.is_empty()).then(|| {
        Grid { legends: measured.legends(), rows: vec![row], height: 62.0 }.figure("collapse", caption)
    })
}

fn residuals(measured: &Measured) -> Option<Figure> {
    let of = |name: &str, label: &str| {
        let data = measured.data("data_temperature", name, None);
        let labels = [&*with_unit("temperature $T$", "K"), label];
        Some(vec![fitted::residuals(data, labels, Scale::Log)?])
    };
    let rows: Vec<Vec<Panel>> =
        [of("residual_conductivity", r"residual of $\sigma$"), of("residual_thermopower", "residual of $S$")]
            .into_iter()
            .flatten()
            .collect();
    let caption = "(measured - fitted)/standard error. Trends say that the law does not hold; the scatter should be that of standard normal numbers."
        .to_owned();
    (!rows.is_empty())
        .then(|| Grid { legends: measured.legends(), rows, height: 36.0 }.figure("residuals", caption))
}

/// The exponent by every method, from top to bottom.
fn exponent(run: &Run) -> Option<Figure> {
    let ratios = run.record.reals("method_chi_squared");
    let mut methods = Named::new(run, ["method", "method_exponent", "method_exponent_error"]);
    methods.there.retain(|m| m.error.is_finite());
    let best = *methods.there.first()?;
    // what is known to no better than the exponent itself would hide the rest
    let sure = |m: &&Number| m.error < 0.5 * m.value.abs() || m.value == best.value;
    let ends = methods.there.iter().filter(sure).flat_map(|m| [m.value - m.error, m.value + m.error]);
    let x = Axis::holding("exponent $x$", Scale::Linear, ends)?;
    let ratio = |k: usize| ratios.get(k).copied().unwrap_or(f64::NAN);
    let mut panel = methods.panel(x, Vec::new(), |k| format!("chi2/dof {}", typeset(&short(ratio(k), 3))));
    panel.notes.push((Corner::TopRight, format!("$x$ = {}", typeset(&with_error(best.value, best.error)))));
    let caption =
        "The exponent by every method, with one standard error, from the top in the order of the legend."
            .to_owned();
    let legends = methods.legends();
    Some(Grid { legends, rows: vec![vec![panel]], height: 50.0 }.figure("exponent", caption))
}
