//! What a study asks, in one line.

use crate::words::{count, significant};
use diffuson_ensemble::schedule::Share;
use diffuson_study::run::ensemble;
use diffuson_study::settings::Stop;
use diffuson_study::{Cost, Study};
use std::ops::RangeInclusive;

/// `local-heat  60 x 20 sites, 12 points, 40 samples each, seed 1992       block recursion, 0.6 Gflop per sample`
pub(crate) fn headline(study: &Study, costs: &[Cost]) -> String {
    let points = study.points().len();
    let systems = unique(costs.iter().map(|cost| cost.system.clone()));
    let methods = unique(costs.iter().map(|cost| cost.method.clone()));
    let operations = range(costs.iter().map(|cost| cost.operations / 1e9));
    let each = if points > 1 { " each" } else { "" };
    format!(
        "{}  {}, {}, {}{each}, seed {}       {}, {operations} Gflop per sample",
        study.kind().name,
        ends(&systems),
        count(points, "point"),
        samples(study),
        ensemble(study).seed,
        methods.join(" and "),
    )
}

/// `, shard 2 of 10: 48 of 480 samples`
pub(crate) fn shard(study: &Study, share: Share, samples: u64) -> String {
    let all = count(ensemble(study).most_samples() * study.points().len(), "sample");
    format!(", shard {} of {}: {samples} of {all}", share.number(), share.of())
}

/// `4 ranks x 2 threads`, `3 ranks x 1 to 2 threads`: the fewest and the most threads of one.
pub(crate) fn workers(ranks: usize, threads: RangeInclusive<usize>) -> String {
    let (fewest, most) = threads.into_inner();
    let threads = count(most, "thread");
    let least = if fewest < most { format!("{fewest} to ") } else { String::new() };
    format!("{} x {least}{threads}", count(ranks, "rank"))
}

fn samples(study: &Study) -> String {
    let ensemble = ensemble(study);
    match ensemble.stop {
        Stop::Samples(n) => count(n, "sample"),
        Stop::RelativeError { of, target, .. } => {
            format!(
                "at most {} ({of} to {} %)",
                count(ensemble.most_samples(), "sample"),
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

#[cfg(test)]
mod tests {
    use super::workers;

    #[test]
    fn workers_are_counted_rank_by_rank() {
        assert_eq!(workers(4, 2..=2), "4 ranks x 2 threads");
        assert_eq!(workers(2, 1..=1), "2 ranks x 1 thread");
        assert_eq!(workers(3, 1..=2), "3 ranks x 1 to 2 threads");
    }
}
