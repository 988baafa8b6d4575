//! Rules that tie several keys of a `scaling` study together.

use super::{Driving, Scaling, ScalingMeasure, Symmetry};
use crate::settings::conductor::rules::problem;
use crate::settings::{Problem, Stop};

/// All conflicts at one point.
pub(crate) fn problems(s: &Scaling) -> Vec<Problem> {
    let all = [
        sides(s),
        cubes(s),
        driving(s),
        range(s),
        value_range(s),
        transport(s),
        one_disorder(s),
        temperatures(s),
        target(s),
    ];
    all.into_iter().flatten().collect()
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

/// Of two keys that are swept one drives the transition, and it must be said which; of one, it is that one.
fn driving(s: &Scaling) -> Option<Problem> {
    match (s.fit.driven_by, s.swept.as_slice()) {
        (None, [_, _]) => Some(problem(
            "fit.driven_by",
            "leaves open what drives the transition: disorder and energy are both swept",
            "\"energy\" or \"disorder\"",
            "add driven_by to [fit]; there is a fit at each value of the other",
        )),
        (Some(named), [only]) if *only != named => Some(problem(
            "fit.driven_by",
            "is not what is swept",
            "the one of disorder and energy that is swept over several values",
            "sweep it, or leave out fit.driven_by",
        )),
        _ => None,
    }
}

/// The conductivity against energy is that of one disorder.
fn one_disorder(s: &Scaling) -> Option<Problem> {
    let several = s.driving() == Some(Driving::Energy) && s.swept.contains(&Driving::Disorder);
    (s.transport.is_some() && several).then(|| {
        problem(
            "transport.distance",
            "is given where disorder is swept, and a thermopower is that of one disorder",
            "only with one disorder",
            format!("give {} one value, or leave out transport.distance", s.disorder.key()),
        )
    })
}

fn value_range(s: &Scaling) -> Option<Problem> {
    let [from, to] = s.fit.value_range;
    (from >= to).then(|| {
        problem(
            "fit.value_to",
            "is not above fit.value_from",
            "a number above fit.value_from",
            "the fit needs values on both sides of the critical one",
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
