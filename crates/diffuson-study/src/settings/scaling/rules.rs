//! Rules that tie several keys of a `scaling` study together.

use super::{Scaling, ScalingMeasure, Symmetry};
use crate::settings::conductor::rules::problem;
use crate::settings::{Problem, Stop};

/// All conflicts at one point.
pub(crate) fn problems(s: &Scaling) -> Vec<Problem> {
    [sides(s), cubes(s), range(s), transport(s), temperatures(s), target(s)].into_iter().flatten().collect()
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

/// Cubes have neither flux nor spin.
fn cubes(s: &Scaling) -> Option<Problem> {
    (s.measure == ScalingMeasure::Conductance && s.symmetry != Symmetry::Orthogonal).then(|| {
        problem(
            "lattice.symmetry",
            "is not computed for conductances of cubes",
            "\"orthogonal\"",
            "measure.quantity = \"lyapunov\" knows all symmetries",
        )
    })
}

/// The conductivity is the inverse correlation length in three dimensions only.
fn transport(s: &Scaling) -> Option<Problem> {
    (s.transport.is_some() && s.dimension != 3).then(|| {
        problem(
            "lattice.dimension",
            "has no conductivity that vanishes as a power at a mobility edge",
            "3, where transport.distance is given",
            "leave out transport.distance",
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
