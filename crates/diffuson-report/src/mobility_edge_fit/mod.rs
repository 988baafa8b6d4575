//! Figures of a fit of a mobility edge to measurements.
//!
//! - `data`: conductivity and thermopower against temperature, with the fitted curves
//! - `collapse`: both on the scaling curves of the fitted exponent
//! - `residuals`: (measured - fitted)/standard error
//! - `exponent`: the exponent by every method

use crate::figure::Figure;
use crate::fitted::{self, panel};
use crate::kind::Kind;
use crate::number::{short, typeset, with_error};
use crate::plot::{Axis, Corner, Datum, Grid, Item, Legend, LegendEntry, Marker, Panel, Scale, Styles};
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
        let column = |name: &str| self.run.record.reals(name);
        let (xs, ys, errors) = (column(x), column(y), error.map_or(&[][..], column));
        (0..self.specimen.len())
            .filter_map(|k| {
                let (x, y) = (*xs.get(k)?, *ys.get(k)?);
                let specimen = self.specimen[k] as usize;
                (x.is_finite() && y.is_finite()).then(|| Datum {
                    x,
                    y,
                    x_error: f64::NAN,
                    y_error: errors.get(k).copied().unwrap_or(f64::NAN),
                    marker: Marker::nth(specimen),
                    color: self.color(specimen),
                    tip: format!(
                        "{}: {}, {}",
                        self.names.get(specimen).map_or("", String::as_str),
                        typeset(&short(x, 4)),
                        typeset(&with_error(y, errors.get(k).copied().unwrap_or(f64::NAN)))
                    ),
                })
            })
            .collect()
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
    let names = run.record.texts("method");
    let (values, errors) = (run.record.reals("method_exponent"), run.record.reals("method_exponent_error"));
    let ratios = run.record.reals("method_chi_squared");
    let drawn: Vec<usize> = (0..names.len().min(values.len()).min(errors.len()))
        .filter(|&k| values[k].is_finite() && errors[k].is_finite())
        .collect();
    let first = *drawn.first()?;
    let color = |k: usize| Styles::shade(k, names.len());
    let datum = |(place, &k): (usize, &usize)| Datum {
        x: values[k],
        y: -(place as f64),
        x_error: errors[k],
        y_error: f64::NAN,
        marker: Marker::nth(k),
        color: color(k),
        tip: format!(
            "{}: {}, chi2/dof {}",
            names[k],
            typeset(&with_error(values[k], errors[k])),
            typeset(&short(ratios.get(k).copied().unwrap_or(f64::NAN), 3))
        ),
    };
    let data: Vec<Datum> = drawn.iter().enumerate().map(datum).collect();
    // what is known to no better than the exponent itself would hide the rest
    let sure = |d: &&Datum| d.x_error < 0.5 * d.x.abs() || d.x == values[first];
    let ends = data.iter().filter(sure).flat_map(|d| [d.x - d.x_error, d.x + d.x_error]);
    let x = Axis::holding("exponent $x$", Scale::Linear, ends)?;
    let y = Axis::new("", Scale::Linear, 0.7 - drawn.len() as f64, 0.7).bare();
    let mut panel = Panel::new(x, y);
    let entries = drawn.iter().map(|&k| LegendEntry::marker(&names[k], Marker::nth(k), &color(k))).collect();
    panel
        .notes
        .push((Corner::TopRight, format!("$x$ = {}", typeset(&with_error(values[first], errors[first])))));
    panel.items.push(Item::Data(data));
    let caption =
        "The exponent by every method, with one standard error, from the top in the order of the legend."
            .to_owned();
    let legends = vec![Legend { title: String::new(), entries }];
    Some(Grid { legends, rows: vec![vec![panel]], height: 50.0 }.figure("exponent", caption))
}
