//! What the literature says of the Anderson transition.

use crate::settings::{Driving, RandomEnergies, Scaling, ScalingMeasure, Symmetry};

/// The exponent of the literature.
pub(super) fn exponent(s: &Scaling) -> Option<(f64, &'static str)> {
    match (s.dimension, s.symmetry) {
        (3, Symmetry::Orthogonal) => Some((1.571, "Slevin and Ohtsuki, New J. Phys. 16, 015012 (2014)")),
        (3, Symmetry::Unitary) => Some((1.443, "Slevin and Ohtsuki, J. Phys. Soc. Jpn. 85, 104712 (2016)")),
        (3, Symmetry::Symplectic) => {
            Some((1.375, "Asada, Slevin and Ohtsuki, J. Phys. Soc. Jpn. 74, Suppl. 238 (2005)"))
        }
        (2, Symmetry::Symplectic) => {
            Some((2.73, "Asada, Slevin and Ohtsuki, Phys. Rev. Lett. 89, 256601 (2002)"))
        }
        _ => None,
    }
}

/// Where W_c = 16.54 and Lambda_c = 0.576 come from, the 95 % intervals being 0.02 and 0.002 to either side.
const CRITICAL: &str = "Slevin and Ohtsuki, Phys. Rev. Lett. 82, 382 (1999)";

/// The critical disorder of the literature: the box distribution at the centre of the band, three dimensions, orthogonal.
pub(super) fn critical_disorder(s: &Scaling, energy: f64) -> Option<(f64, &'static str)> {
    let known = s.dimension == 3
        && s.symmetry == Symmetry::Orthogonal
        && energy == 0.0
        && matches!(s.disorder, RandomEnergies::Box { .. })
        && s.driving() == Some(Driving::Disorder);
    known.then_some((16.54, CRITICAL))
}

/// The critical Gamma = 1/Lambda of the literature.
pub(super) fn critical_value(s: &Scaling, periodic: bool) -> Option<(f64, &'static str)> {
    let known = s.dimension == 3
        && s.symmetry == Symmetry::Orthogonal
        && periodic
        && matches!(s.measure, ScalingMeasure::Lyapunov { .. });
    known.then_some((1.736, CRITICAL))
}
