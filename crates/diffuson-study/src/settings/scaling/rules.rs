//! Rules that tie several keys of a `scaling` study together.

use super::{Scaling, ScalingMeasure};
use crate::settings::conductor::rules::problem;
use crate::settings::{Problem, Stop};

/// All conflicts at one point.
pub(crate) fn problems(s: &Scaling) -> Vec<Problem> {
    [sides(s), range(s), temperatures(s), target(s)].into_iter().flatten().collect()
}

/// With periodic sides two rows would be joined twice.
fn sides(s: &Scaling) -> Option<Problem> {
    (s.periodic && s.size < 3).then(|| {
        problem(
            "lattice.size",
            "is too small for periodic sides, which would join two rows twice",
            "an integer >= 3",
            "take larger sizes, or lattice.boundary = \"hard-wall\"",
        )
    })
}

fn range(s: &Scaling) -> Option<Problem> {
    let [from, to] = s.fit.range;
    (from >= to).then(|| {
        problem(
            "fit.to",
            "is not above fit.from",
            "a number above fit.from",
            "the fit needs a range of what drives the transition",
        )
    })
}

fn temperatures(s: &Scaling) -> Option<Problem> {
    let falls = s.transport.as_ref()?.temperatures.windows(2).any(|pair| pair[0] >= pair[1]);
    falls.then(|| {
        problem(
            "transport.to",
            "is not above transport.from",
            "a number above transport.from",
            "curves run from the lowest to the highest temperature",
        )
    })
}

/// The observable that decides must be measured.
fn target(s: &Scaling) -> Option<Problem> {
    let Stop::RelativeError { of, .. } = s.ensemble.stop else { return None };
    let (measured, allowed) = match s.measure {
        ScalingMeasure::Lyapunov { .. } => (of == "gamma", "\"gamma\""),
        ScalingMeasure::Conductance => (of != "gamma", "\"conductance\" or \"log_conductance\""),
    };
    (!measured).then(|| {
        problem("ensemble.of", "is not what is computed", allowed, "measure.quantity says what is computed")
    })
}
