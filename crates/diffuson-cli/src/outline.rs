//! What a study asks, in one line.

use crate::words::{count, significant};
use diffuson_study::run::{most_samples, seed};
use diffuson_study::settings::Settings;
use diffuson_study::settings::local_heat::{ConductorSettings, Stop};
use diffuson_study::{Cost, Study};

/// `local-heat  60 x 20 sites, 12 points, 40 samples each, seed 1992       block recursion, 0.6 Gflop per sample`
pub(crate) fn headline(study: &Study, costs: &[Cost]) -> String {
    let points = study.points().len();
    let sizes = unique(study.points().iter().map(|point| {
        let Settings::LocalHeat(settings) = &point.settings;
        size(&settings.conductor)
    }));
    let routes = unique(costs.iter().map(route));
    let operations = range(costs.iter().map(|cost| cost.operations / 1e9));
    let each = if points > 1 { " each" } else { "" };
    format!(
        "{}  {} sites, {}, {}{each}, seed {}       {}, {operations} Gflop per sample\n",
        study.kind().name,
        ends(&sizes),
        count(points, "point"),
        samples(study),
        seed(study),
        routes.join(" and "),
    )
}

/// `recursive`, and the precision unless it is double.
pub(crate) fn route(cost: &Cost) -> String {
    match cost.precision {
        "double" => cost.route.to_owned(),
        precision => format!("{}, {precision} precision", cost.route),
    }
}

/// `60 x 20`, and the layers of a bar.
pub(crate) fn size(conductor: &ConductorSettings) -> String {
    let plane = format!("{} x {}", conductor.length, conductor.width);
    if conductor.height > 1 { format!("{plane} x {}", conductor.height) } else { plane }
}

fn samples(study: &Study) -> String {
    let Settings::LocalHeat(settings) = &study.points()[0].settings;
    match settings.ensemble.stop {
        Stop::Samples(n) => count(n, "sample"),
        Stop::RelativeError { of, target, .. } => {
            format!(
                "at most {} ({of} to {} %)",
                count(most_samples(study), "sample"),
                significant(100.0 * target)
            )
        }
    }
}

/// Without repetitions, in order of appearance.
fn unique(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// The only one, or the first and the last.
fn ends(texts: &[String]) -> String {
    match texts {
        [] => String::new(),
        [only] => only.clone(),
        [first, .., last] => format!("{first} to {last}"),
    }
}

/// The smallest and the largest number, if they look different.
fn range(numbers: impl Iterator<Item = f64> + Clone) -> String {
    let low = numbers.clone().fold(f64::INFINITY, f64::min);
    let high = numbers.fold(0.0, f64::max);
    let (low, high) = (significant(low), significant(high));
    if low == high { low } else { format!("{low} to {high}") }
}
