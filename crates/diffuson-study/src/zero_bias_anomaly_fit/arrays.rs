//! Arrays that the figures are drawn from: the data and both fits against bias and temperature, both on their scaling axes, and what either picture says of itself.

use super::{Analysis, PICTURES};
use crate::fitting::{self, CURVE, logarithmic};
use crate::results::{Results, float, text};
use crate::settings::ZeroBiasAnomalyFit as Settings;
use crate::task::Column;
use diffuson::defects::zero_bias::{AMPLITUDE, AnomalyFit, Data, KELVIN_PER_VOLT, Picture, SHAPE};
use diffuson_store::{ArraySpec, Kind};
use std::f64::consts::PI;

const MILLI: f64 = 1e3;
/// Temperatures closer than that are one series.
const SAME: f64 = 1.02;

/// Lowest and highest of some numbers.
fn span(numbers: impl Iterator<Item = f64>) -> [f64; 2] {
    numbers.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)])
}

/// The temperatures of the data, ascending, and which of them each measurement belongs to.
fn series(data: &Data) -> (Vec<f64>, Vec<usize>) {
    let mut sorted: Vec<f64> = data.points().iter().map(|p| p.temperature).collect();
    sorted.sort_by(f64::total_cmp);
    let mut first: Vec<f64> = Vec::new();
    for t in sorted {
        if first.last().is_none_or(|&f| t > f * SAME) {
            first.push(t);
        }
    }
    let of = |t: f64| first.iter().rposition(|&f| f <= t).unwrap_or(0);
    let member: Vec<usize> = data.points().iter().map(|p| of(p.temperature)).collect();
    let mean = |k: usize| {
        let all = || data.points().iter().zip(&member).filter(|(_, m)| **m == k).map(|(p, _)| p.temperature);
        all().sum::<f64>() / all().count() as f64
    };
    ((0..first.len()).map(mean).collect(), member)
}

pub(super) fn extend(results: &mut Results, settings: &Settings, data: &Data, analysis: &Analysis) {
    let (temperatures, member) = series(data);
    results.dimension("series", temperatures.len());
    results.dimension("curve", CURVE);
    measurements(results, settings, data, analysis, &member);
    curves(results, data, analysis, &temperatures);
    scaling(results, data, analysis, &temperatures);
    results.extend([(
        float("series_temperature", &["series"], "K", "temperature of a series"),
        Column::Float(temperatures),
    )]);
    fitting::parameters(results, &analysis.fitted());
    pictures(results, analysis);
}

/// `eV/kT` for defects, `w` for Kondo.
fn reduced_bias(fit: &AnomalyFit, bias: f64, temperature: f64) -> f64 {
    let ratio = bias.abs() * KELVIN_PER_VOLT / temperature;
    match fit.picture {
        Picture::Defects => ratio,
        Picture::Kondo => 9.0 / (PI * PI) * fit.fit.values[SHAPE] * ratio,
    }
}

/// What turns the anomaly into `dG/(A T^2)` for defects and, less one, into Gam for Kondo.
fn unit(fit: &AnomalyFit, temperature: f64) -> f64 {
    let power = if fit.picture == Picture::Defects { 2.0 } else { 0.5 };
    fit.fit.values[AMPLITUDE] * temperature.powf(power)
}

/// One for Kondo, whose Gam does not count the rise with temperature.
fn offset(fit: &AnomalyFit) -> f64 {
    if fit.picture == Picture::Kondo { 1.0 } else { 0.0 }
}

fn measurements(
    results: &mut Results,
    settings: &Settings,
    data: &Data,
    analysis: &Analysis,
    member: &[usize],
) {
    let points = data.points();
    let lines = settings.points().1;
    results.dimension("measurement", points.len());
    let number = |name: &str, units: &str, words: &str, of: &dyn Fn(usize) -> f64| {
        let values = (0..points.len()).map(of).collect();
        (float(name, &["measurement"], units, words), Column::Float(values))
    };
    let integer = |name: &str, words: &str, of: &[usize]| {
        let spec = ArraySpec::new(name, Kind::Integer, &["measurement"], "1", words);
        (spec, Column::Integer(of.iter().map(|&v| v as i64).collect()))
    };
    results.extend([
        integer("data_series", "number of the series of one temperature", member),
        integer("data_line", "line of the file", &lines),
        number("data_bias", "mV", "bias", &|k| MILLI * points[k].bias),
        number("data_temperature", "K", "temperature", &|k| points[k].temperature),
        number("data_conductance", "e^2/h", "conductance", &|k| points[k].conductance),
        number("data_conductance_error", "e^2/h", "standard error", &|k| points[k].standard_error),
    ]);
    for (picture, name) in PICTURES.into_iter().zip(["defects", "kondo"]) {
        let fit = analysis.comparison.by(picture);
        let x = |k: usize| reduced_bias(fit, points[k].bias, points[k].temperature);
        let y = |k: usize| {
            let p = &points[k];
            (p.conductance - fit.background(p.bias, p.temperature)) / unit(fit, p.temperature) - offset(fit)
        };
        let error = |k: usize| points[k].standard_error / unit(fit, points[k].temperature).abs();
        let [bias, words] = match picture {
            Picture::Defects => ["eV/kT", "(G - G0)/(A T^2), backgrounds taken off"],
            Picture::Kondo => ["(9/pi^2) a eV/kT", "(G - G(0,T))/(B sqrt T) = Gam, backgrounds taken off"],
        };
        results.extend([
            number(&format!("residual_{name}"), "1", "(measured - fitted)/standard error", &|k| {
                fit.fit.residuals[k]
            }),
            number(&format!("reduced_bias_{name}"), "1", bias, &x),
            number(&format!("reduced_{name}"), "1", words, &y),
            number(&format!("reduced_{name}_error"), "1", "standard error", &error),
        ]);
    }
}

/// Both fits against bias at the temperature of each series, and against temperature at the lowest bias.
fn curves(results: &mut Results, data: &Data, analysis: &Analysis, temperatures: &[f64]) {
    let points = data.points();
    let [low, high] = span(points.iter().map(|p| p.bias));
    let [coldest, hottest] = span(points.iter().map(|p| p.temperature));
    let at = |k: usize, [low, high]: [f64; 2]| low + (high - low) * k as f64 / (CURVE - 1) as f64;
    let biases: Vec<f64> = (0..CURVE).map(|k| at(k, [low, high])).collect();
    // equal steps of the root: the abscissa of the Kondo picture
    let along: Vec<f64> = (0..CURVE).map(|k| at(k, [coldest.sqrt(), hottest.sqrt()]).powi(2)).collect();
    let least =
        points.iter().map(|p| p.bias).fold(f64::INFINITY, |a, b| if b.abs() < a.abs() { b } else { a });
    let mut arrays = vec![
        (
            float("curve_bias", &["curve"], "mV", "bias"),
            Column::Float(biases.iter().map(|v| MILLI * v).collect()),
        ),
        (float("curve_temperature", &["curve"], "K", "temperature"), Column::Float(along.clone())),
        (float("least_bias", &["verdict"], "mV", "lowest bias"), Column::Float(vec![MILLI * least])),
    ];
    for (picture, name) in PICTURES.into_iter().zip(["defects", "kondo"]) {
        let fit = analysis.comparison.by(picture);
        let values =
            temperatures.iter().flat_map(|&t| biases.iter().map(move |&v| fit.conductance(v, t))).collect();
        arrays.push((
            float(&format!("curve_{name}"), &["series", "curve"], "e^2/h", "fitted conductance"),
            Column::Float(values),
        ));
        arrays.push((
            float(&format!("along_{name}"), &["curve"], "e^2/h", "fitted conductance at the lowest bias"),
            Column::Float(along.iter().map(|&t| fit.conductance(least, t)).collect()),
        ));
    }
    results.extend(arrays);
}

/// The scaling functions at the temperature of each series: one curve for Kondo, for defects only as long as eV and kT are below E*.
fn scaling(results: &mut Results, data: &Data, analysis: &Analysis, temperatures: &[f64]) {
    let points = data.points();
    for (picture, name) in PICTURES.into_iter().zip(["defects", "kondo"]) {
        let fit = analysis.comparison.by(picture);
        let ratios = points.iter().map(|p| reduced_bias(fit, p.bias, p.temperature)).filter(|r| *r > 0.0);
        let [low, high] = span(ratios);
        let places = if low < high { logarithmic(low, high) } else { vec![f64::NAN; CURVE] };
        let per_bias = reduced_bias(fit, 1.0, 1.0);
        let at = |t: f64, x: f64| {
            fit.fit.values[AMPLITUDE] * fit.anomaly(x * t / per_bias, t) / unit(fit, t) - offset(fit)
        };
        let values =
            temperatures.iter().flat_map(|&t| places.iter().map(move |&x| (t, x))).map(|(t, x)| at(t, x));
        let values = Column::Float(values.collect());
        results.extend([
            (
                float(&format!("scaling_bias_{name}"), &["curve"], "1", "reduced bias"),
                Column::Float(places.clone()),
            ),
            (float(&format!("scaling_{name}"), &["series", "curve"], "1", "reduced conductance"), values),
        ]);
    }
}

/// What either picture says of itself.
fn pictures(results: &mut Results, analysis: &Analysis) {
    let c = &analysis.comparison;
    let number = |name: &str, words: &str, of: &dyn Fn(usize) -> f64| {
        (float(name, &["picture"], "1", words), Column::Float((0..PICTURES.len()).map(of).collect()))
    };
    let repeated = |k: usize, of: fn(&super::Repeated) -> f64| {
        analysis.by_picture[k].repeated.as_ref().map_or(f64::NAN, of)
    };
    results.dimension("picture", PICTURES.len());
    results.extend([
        (
            text("picture", "picture", "picture of the anomaly"),
            Column::Text(PICTURES.iter().map(|p| p.name().to_owned()).collect()),
        ),
        number("picture_akaike", "Akaike's information criterion", &|k| c.by(PICTURES[k]).akaike()),
        number("picture_weight", "Akaike weight", &|k| c.weight(PICTURES[k])),
        number("picture_right", "share of repetitions with this truth that choose it", &|k| {
            repeated(k, |r| r.right)
        }),
        number("picture_wrong", "share of repetitions with this truth that choose the other picture", &|k| {
            repeated(k, |r| r.wrong)
        }),
        number("picture_undecided", "share of repetitions with this truth that do not decide", &|k| {
            repeated(k, |r| r.undecided)
        }),
        number(
            "picture_as_adverse",
            "share of repetitions with this truth that speak against it as much as the data",
            &|k| repeated(k, |r| r.as_adverse),
        ),
    ]);
}
