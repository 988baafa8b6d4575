//! Arrays that the figures are drawn from: the data, curves through them, both on the scaling curves, and x by every method.

use super::Analysis;
use crate::fitting::{self, CURVE, logarithmic};
use crate::results::{MICRO, Results, float, text};
use crate::settings::MobilityEdgeFit as Settings;
use crate::task::Column;
use diffuson::localization::joint::{Data, Estimated, Quantity};
use diffuson::localization::{Kernels, THERMOPOWER_UNIT};
use diffuson_store::{ArraySpec, Kind};

/// One measurement, on the axes of the data and on those of the scaling curves.
struct Row {
    specimen: usize,
    line: usize,
    temperature: f64,
    conductivity: Estimated,
    thermopower: Estimated,
    residuals: [f64; 2],
    reduced_temperature: f64,
    reduced_conductivity: Estimated,
    reduced_thermopower: Estimated,
}

const NONE: Estimated = Estimated { value: f64::NAN, standard_error: f64::NAN };

pub(super) fn extend(results: &mut Results, settings: &Settings, data: &Data, analysis: &Analysis) {
    let names: Vec<String> = data.samples().iter().map(|s| s.name.clone()).collect();
    results.dimension("specimen", names.len());
    results.extend([(text("specimen", "specimen", "samples that were measured"), Column::Text(names))]);
    measurements(results, &rows(settings, data, analysis));
    curves(results, data, analysis);
    fitting::parameters(results, &[analysis.fitted()]);
    methods(results, analysis);
}

fn rows(settings: &Settings, data: &Data, analysis: &Analysis) -> Vec<Row> {
    let fit = &analysis.comparison.fit;
    let lines = settings.samples().1;
    let value = |q: Quantity, otherwise: f64| fit.estimate(q).map_or(otherwise, |e| e.value);
    let (gain, offset) = (value(Quantity::Gain, 1.0), value(Quantity::Offset, 0.0));
    let residuals = fit.residuals();
    let mut rows = Vec::new();
    for (specimen, sample) in data.samples().iter().enumerate() {
        let d = fit.distances[specimen].value;
        let geometry = value(Quantity::Geometry(specimen), 1.0);
        for (k, p) in sample.points.iter().enumerate() {
            let left = residuals.iter().find(|r| r.sample == specimen && r.point == k);
            let left = |of: fn(&diffuson::localization::joint::Residual) -> Option<f64>| {
                left.and_then(of).unwrap_or(f64::NAN)
            };
            let unit = fit
                .prefactor
                .map_or(f64::NAN, |a| a.value * geometry * p.temperature.powf(fit.exponent.value));
            let scaled = |e: Option<Estimated>, shift: f64, by: f64| {
                e.map_or(NONE, |e| Estimated {
                    value: (e.value - shift) * by,
                    standard_error: e.standard_error * by.abs(),
                })
            };
            let by = data.sign() / (THERMOPOWER_UNIT * gain);
            rows.push(Row {
                specimen,
                line: lines[specimen][k],
                temperature: p.temperature,
                conductivity: p.conductivity.unwrap_or(NONE),
                thermopower: p.thermopower.unwrap_or(NONE),
                residuals: [left(|r| r.conductivity), left(|r| r.thermopower)],
                reduced_temperature: p.temperature / d,
                reduced_conductivity: scaled(p.conductivity, 0.0, 1.0 / unit),
                reduced_thermopower: scaled(p.thermopower, data.sign() * offset * THERMOPOWER_UNIT, by),
            });
        }
    }
    rows
}

fn measurements(results: &mut Results, rows: &[Row]) {
    results.dimension("measurement", rows.len());
    let number = |name: &str, units: &str, words: &str, of: &dyn Fn(&Row) -> f64| {
        (float(name, &["measurement"], units, words), Column::Float(rows.iter().map(of).collect()))
    };
    let integer = |name: &str, words: &str, of: &dyn Fn(&Row) -> usize| {
        let spec = ArraySpec::new(name, Kind::Integer, &["measurement"], "1", words);
        (spec, Column::Integer(rows.iter().map(|r| of(r) as i64).collect()))
    };
    results.extend([
        integer("data_specimen", "number of the sample measured", &|r| r.specimen),
        integer("data_line", "line of the file", &|r| r.line),
        number("data_temperature", "K", "temperature", &|r| r.temperature),
        number("data_conductivity", "S/m", "conductivity", &|r| r.conductivity.value),
        number("data_conductivity_error", "S/m", "standard error", &|r| r.conductivity.standard_error),
        number("data_thermopower", "uV/K", "thermopower", &|r| MICRO * r.thermopower.value),
        number("data_thermopower_error", "uV/K", "standard error", &|r| MICRO * r.thermopower.standard_error),
        number("residual_conductivity", "1", "(measured - fitted)/standard error of sigma", &|r| {
            r.residuals[0]
        }),
        number("residual_thermopower", "1", "(measured - fitted)/standard error of S", &|r| r.residuals[1]),
        number("reduced_temperature", "1", "T/d", &|r| r.reduced_temperature),
        number("reduced_conductivity", "1", "sigma/(c A T^x)", &|r| r.reduced_conductivity.value),
        number("reduced_conductivity_error", "1", "standard error", &|r| {
            r.reduced_conductivity.standard_error
        }),
        number("reduced_thermopower", "kB/e", "|S| without gain and offset", &|r| {
            r.reduced_thermopower.value
        }),
        number("reduced_thermopower_error", "kB/e", "standard error", &|r| {
            r.reduced_thermopower.standard_error
        }),
    ]);
}

/// Fitted sigma(T) and S(T) of every sample, and the two scaling functions.
fn curves(results: &mut Results, data: &Data, analysis: &Analysis) {
    let fit = &analysis.comparison.fit;
    let all = || data.samples().iter().flat_map(|s| &s.points).map(|p| p.temperature);
    let temperatures = logarithmic(all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    let (mut sigma, mut s) = (Vec::new(), Vec::new());
    for specimen in 0..data.samples().len() {
        for &t in &temperatures {
            let (conductivity, thermopower) = fit.curve(specimen, t).unwrap_or((f64::NAN, f64::NAN));
            sigma.push(if fit.prefactor.is_some() { conductivity } else { f64::NAN });
            s.push(data.sign() * thermopower);
        }
    }
    let metals = || (0..data.samples().len()).filter(|&i| fit.distances[i].value > 0.0);
    let reduced = || {
        metals().flat_map(|i| {
            data.samples()[i].points.iter().map(move |p| p.temperature / fit.distances[i].value)
        })
    };
    let scaled = logarithmic(reduced().fold(1e3, f64::min), reduced().fold(1e-3, f64::max));
    let kernels = Kernels::new(fit.exponent.value).ok();
    let both = |t: &f64| {
        let at = kernels.as_ref().map(|k| k.scaling(1.0 / t));
        at.map_or((f64::NAN, f64::NAN), |s| (s.ln_conductivity.exp(), s.thermopower))
    };
    let (k0, y) = scaled.iter().map(both).unzip();
    results.dimension("curve", CURVE);
    let on = |name: &str, dims: &[&str], units: &str, words: &str, values| {
        (float(name, dims, units, words), Column::Float(values))
    };
    let by_specimen = ["specimen", "curve"];
    results.extend([
        on("curve_temperature", &["curve"], "K", "temperature", temperatures),
        on("curve_conductivity", &by_specimen, "S/m", "fitted conductivity", sigma),
        on(
            "curve_thermopower",
            &by_specimen,
            "uV/K",
            "fitted thermopower",
            s.iter().map(|s| MICRO * s).collect(),
        ),
        on("scaling_temperature", &["curve"], "1", "T/d", scaled),
        on("scaling_conductivity", &["curve"], "1", "sigma/(A T^x) = K_0(d/T)", k0),
        on("scaling_thermopower", &["curve"], "kB/e", "|S| = K_1/K_0(d/T)", y),
    ]);
}

fn methods(results: &mut Results, analysis: &Analysis) {
    let methods = analysis.methods();
    let numbers = |of: &dyn Fn(&super::MethodResult) -> f64| Column::Float(methods.iter().map(of).collect());
    results.dimension("method", methods.len());
    results.extend([
        (
            text("method", "method", "route to the exponent"),
            Column::Text(methods.iter().map(|m| m.name.clone()).collect()),
        ),
        (float("method_exponent", &["method"], "1", "exponent x"), numbers(&|m| m.exponent.value)),
        (
            float("method_exponent_error", &["method"], "1", "standard error"),
            numbers(&|m| m.exponent.standard_error),
        ),
        (float("method_chi_squared", &["method"], "1", "chi^2 per degree of freedom"), numbers(&|m| m.ratio)),
    ]);
}
