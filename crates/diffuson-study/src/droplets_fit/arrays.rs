//! Arrays that the figures are drawn from: both tables with the curves of all pictures, the excess of either over the ordinary metal, and what is said of pictures and countings.

use super::Analysis;
use crate::fitting::{self, CURVE, logarithmic};
use crate::results::{Results, float, text};
use crate::settings::DropletsFit as Settings;
use crate::task::Column;
use diffuson::droplets::fit::comparison::Verdict;
use diffuson::droplets::fit::{CrossoverFit, Data, Picture, Point, QUADRATIC, SLOPE, SUSCEPTIBILITY, Table};
use diffuson_store::{ArraySpec, Kind};

/// Tables as arrays name them, with their unit.
const TABLES: [(Table, &str); 2] = [(Table::Susceptibilities, "susceptibility"), (Table::Rates, "rate")];

pub(super) fn extend(results: &mut Results, settings: &Settings, data: &Data, analysis: &Analysis) {
    results.dimension("curve", CURVE);
    results.dimension("picture", Picture::ALL.len());
    for (table, name) in TABLES {
        let unit = match table {
            Table::Susceptibilities => settings.measured.table.unit("susceptibility"),
            Table::Rates => "K",
        };
        let unit = if unit.is_empty() { "1" } else { unit };
        measurements(results, (table, name, unit), settings, data, analysis);
        curves(results, (table, name, unit), data, analysis);
    }
    fitting::parameters(results, &analysis.fitted());
    pictures(results, analysis);
    countings(results, analysis);
}

/// What lies above chi_0 or `A T + B T^2`, in units of chi_0 or `A T`: `T_chi/T` or `T_tau/T`.
fn excess(fit: &CrossoverFit, table: Table, temperature: f64, value: f64) -> f64 {
    let [chi, slope, quadratic] = [SUSCEPTIBILITY, SLOPE, QUADRATIC].map(|k| fit.fit.values[k]);
    match table {
        Table::Susceptibilities => value / chi - 1.0,
        Table::Rates => (value - quadratic * temperature * temperature) / (slope * temperature) - 1.0,
    }
}

/// What an excess is divided by.
fn unit_of_excess(fit: &CrossoverFit, table: Table, temperature: f64) -> f64 {
    match table {
        Table::Susceptibilities => fit.fit.values[SUSCEPTIBILITY],
        Table::Rates => fit.fit.values[SLOPE] * temperature,
    }
}

fn measurements(
    results: &mut Results,
    (table, name, unit): (Table, &str, &str),
    settings: &Settings,
    data: &Data,
    analysis: &Analysis,
) {
    let points = data.points(table);
    if points.is_empty() {
        return;
    }
    let dimension = format!("{name}_measurement");
    results.dimension(&dimension, points.len());
    let number = |suffix: &str, units: &str, words: &str, of: &dyn Fn(&Point) -> f64| {
        let spec = float(&format!("{name}_{suffix}"), &[&dimension], units, words);
        (spec, Column::Float(points.iter().map(of).collect()))
    };
    let lines = settings.points(table).1;
    let line = ArraySpec::new(&format!("{name}_line"), Kind::Integer, &[&dimension], "1", "line of the file");
    let independent = &analysis.comparison.independent;
    results.extend([
        (line, Column::Integer(lines.iter().map(|&l| l as i64).collect())),
        number("temperature", "K", "temperature", &|p| p.temperature),
        number("value", unit, "measured value", &|p| p.value),
        number("error", unit, "standard error", &|p| p.standard_error),
        number("excess", "1", "excess over the ordinary metal, in its unit", &|p| {
            excess(independent, table, p.temperature, p.value)
        }),
        number("excess_error", "1", "standard error", &|p| {
            (p.standard_error / unit_of_excess(independent, table, p.temperature)).abs()
        }),
    ]);
    let residual = |fit: &CrossoverFit| {
        let of = |p: &Point| (p.value - fit.value(table, p.temperature)) / p.standard_error;
        points.iter().map(of).collect::<Vec<f64>>()
    };
    for (suffix, picture) in [("independent", Picture::Independent), ("droplets", Picture::Droplets)] {
        let words = "(measured - fitted)/standard error";
        let spec = float(&format!("{name}_residual_{suffix}"), &[&dimension], "1", words);
        results.extend([(spec, Column::Float(residual(analysis.comparison.by(picture))))]);
    }
}

/// The curves of all pictures, and the excess of the two with both effects.
fn curves(results: &mut Results, (table, name, unit): (Table, &str, &str), data: &Data, analysis: &Analysis) {
    let points = data.points(table);
    if points.is_empty() {
        return;
    }
    let temperatures = points.iter().map(|p| p.temperature);
    let [low, high] = temperatures.fold([f64::INFINITY, 0.0f64], |[low, high], t| [low.min(t), high.max(t)]);
    let along = logarithmic(low, high);
    let by = |picture: &Picture| analysis.comparison.by(*picture);
    let values =
        Picture::ALL.iter().flat_map(|p| along.iter().map(move |&t| by(p).value(table, t))).collect();
    let c = &analysis.comparison;
    let lines = |fit: &CrossoverFit| {
        Column::Float(along.iter().map(|&t| excess(fit, table, t, fit.value(table, t))).collect())
    };
    results.extend([
        (float(&format!("{name}_curve"), &["picture", "curve"], unit, "fitted value"), Column::Float(values)),
        (
            float(
                &format!("{name}_excess_independent"),
                &["curve"],
                "1",
                "fitted excess, a temperature of its own",
            ),
            lines(&c.independent),
        ),
        (
            float(
                &format!("{name}_excess_droplets"),
                &["curve"],
                "1",
                "fitted excess, one temperature for both",
            ),
            lines(&c.droplets),
        ),
        (
            float(&format!("{name}_curve_temperature"), &["curve"], "K", "temperature"),
            Column::Float(along.clone()),
        ),
    ]);
}

fn pictures(results: &mut Results, analysis: &Analysis) {
    let c = &analysis.comparison;
    let names = |all: Vec<&str>| Column::Text(all.into_iter().map(str::to_owned).collect());
    let number = |name: &str, words: &str, of: &dyn Fn(Picture) -> f64| {
        (float(name, &["picture"], "1", words), Column::Float(Picture::ALL.map(of).to_vec()))
    };
    let weight = |p: Picture| if c.compared().contains(&p) { c.weight(p) } else { f64::NAN };
    let shares = Picture::ALL.iter().flat_map(|p| {
        let found = analysis.repeated.iter().find(|r| r.truth == *p);
        found.map_or([f64::NAN; Verdict::ALL.len()], |r| r.shares)
    });
    results.dimension("outcome", Verdict::ALL.len());
    results.extend([
        (
            text("picture", "picture", "picture of the sample"),
            names(Picture::ALL.iter().map(|p| p.name()).collect()),
        ),
        number("picture_chi_squared", "chi^2", &|p| c.by(p).fit.chi_squared),
        number("picture_degrees_of_freedom", "degrees of freedom", &|p| {
            c.by(p).fit.degrees_of_freedom as f64
        }),
        number("picture_akaike", "Akaike's information criterion", &|p| c.by(p).akaike()),
        number("picture_weight", "Akaike weight", &weight),
        (
            text("outcome", "outcome", "what data may say"),
            names(Verdict::ALL.iter().map(|v| v.name()).collect()),
        ),
        (
            float(
                "picture_outcome",
                &["picture", "outcome"],
                "1",
                "share of repetitions with this truth that say so",
            ),
            Column::Float(shares.collect()),
        ),
    ]);
}

/// 1 + F_0 in every counting.
fn countings(results: &mut Results, analysis: &Analysis) {
    if analysis.counted.is_empty() {
        return;
    }
    results.dimension("counting", analysis.counted.len());
    let number = |name: &str, words: &str, of: &dyn Fn(&super::Counted) -> f64| {
        let values = analysis.counted.iter().map(of).collect();
        (float(name, &["counting"], "1", words), Column::Float(values))
    };
    results.extend([
        (
            text("counting", "counting", "diagrams counted in gamma"),
            Column::Text(analysis.counted.iter().map(|c| c.name.to_owned()).collect()),
        ),
        number("counting_gamma", "gamma of the optimal profile", &|c| c.gamma),
        number("counting_distance", "1 + F_0 by T*", &|c| c.inverted.distance.value),
        number("counting_distance_error", "its standard error", &|c| c.inverted.distance.standard_error),
        number("counting_exponent", "gamma g^2 (1 + F_0)^2", &|c| c.inverted.exponent.value),
        number("counting_sensitivity", "d ln(1 + F_0)/d ln T*", &|c| c.inverted.sensitivity),
    ]);
}
