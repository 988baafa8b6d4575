//! What points of a study share: profiles with their rings, and the rings of two droplets. Each is computed once, by the first point that asks.

use diffuson::droplets::{DropletError, PairRings, Profile, ProfileRings, Resolution};
use std::sync::OnceLock;

/// A profile, and what is computed of it once.
pub(super) struct Shape {
    pub(super) profile: Profile,
    pub(super) rings: ProfileRings,
    /// What is left of Eq. 33.
    pub(super) residual: f64,
}

type Once<T> = OnceLock<Result<T, DropletError>>;

/// See the head of the file.
#[derive(Default)]
pub(super) struct Shapes {
    gaussian: Once<Shape>,
    optimum: Once<Shape>,
    pairs: Once<Vec<PairRings>>,
}

/// Relative error of rings: curves of four digits.
pub(super) const TOLERANCE: f64 = 1e-4;

fn shape(profile: Profile) -> Result<Shape, DropletError> {
    Ok(Shape { rings: ProfileRings::of(&profile)?, residual: profile.residual(), profile })
}

fn known<T>(once: &Once<T>, make: impl FnOnce() -> Result<T, DropletError>) -> Result<&T, DropletError> {
    once.get_or_init(make).as_ref().map_err(Clone::clone)
}

impl Shapes {
    pub(super) fn gaussian(&self) -> Result<&Shape, DropletError> {
        known(&self.gaussian, || shape(Profile::gaussian()))
    }

    pub(super) fn optimum(&self) -> Result<&Shape, DropletError> {
        known(&self.optimum, || shape(Profile::optimum(Resolution::default())?))
    }

    /// Rings of two droplets at all distances of the curves.
    pub(super) fn pairs(&self, distances: &[f64]) -> Result<&Vec<PairRings>, DropletError> {
        known(&self.pairs, || distances.iter().map(|d| PairRings::at(*d, TOLERANCE)).collect())
    }
}
