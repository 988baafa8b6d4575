//! Where the theory of droplets holds.

use super::{Coefficients, Metal};
use std::fmt;

/// The window of validity (Eq. 27), `1/g << 1 + F_0 < g^{-1/2}`, with the number kept: `1 << gamma g^2 (1 + F_0)^2 < g`.
///
/// Below it droplets are not rare, above it the fluctuation that makes one is so large that it is not normal (log-normal tails).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    metal: Metal,
    gamma: f64,
    typical_spin: f64,
}

/// The least exponent that counts as large: e^-3 is 5 %.
const LARGE: f64 = 3.0;
/// The largest S/g that counts as small: there the expansion to `S^4` is 1.2 % off for the Gaussian profile.
const SMALL_SPIN: f64 = 0.15;
/// The largest size in thermal lengths whose droplets are as probable as at zero temperature: `I_FF` is 14 % smaller there.
const SMALL_SIZE: f64 = 0.2;

/// A limit of validity that was left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Departure {
    /// Droplets are not rare: exponent G.
    NotRare {
        /// `G = gamma g^2 (1 + F_0)^2`.
        exponent: f64,
        /// `g (1 + F_0)`.
        rarity: f64,
    },
    /// The fluctuation is not normal: G exceeds g.
    NotNormal {
        /// `G = gamma g^2 (1 + F_0)^2`.
        exponent: f64,
        /// g.
        conductance: f64,
    },
    /// Spins are no small part of g.
    SpinNotSmall {
        /// Typical spin.
        spin: f64,
        /// g.
        conductance: f64,
    },
    /// Spins are too small to be classical.
    SpinNotLarge {
        /// Typical spin.
        spin: f64,
    },
    /// Droplets are not larger than the mean free path.
    NotDiffusive {
        /// R/l.
        size: f64,
    },
    /// Droplets are not small against the thermal length.
    Warm {
        /// `R/L_T`.
        size: f64,
    },
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotRare { exponent, rarity } => write!(
                f,
                "droplets are not rare: gamma g^2 (1 + F_0)^2 = {exponent:.2} is below {LARGE} (Eq. 27: g (1 + F_0) = {rarity:.2} has to be large)"
            ),
            Self::NotNormal { exponent, conductance } => write!(
                f,
                "the fluctuations that make droplets are not normal: gamma g^2 (1 + F_0)^2 = {exponent:.2} is above g = {conductance:.2} (Eq. 27)"
            ),
            Self::SpinNotSmall { spin, conductance } => write!(
                f,
                "the typical spin {spin:.2} is {:.2} of g: expansions in S/g hold up to {SMALL_SPIN}",
                spin / conductance
            ),
            Self::SpinNotLarge { spin } => {
                write!(f, "the typical spin {spin:.2} is below 1: droplets are no classical moments")
            }
            Self::NotDiffusive { size } => {
                write!(f, "droplets of {size:.2} mean free paths are not diffusive")
            }
            Self::Warm { size } => write!(
                f,
                "droplets of {size:.2} thermal lengths are less probable than at zero temperature: sizes do not count up to {SMALL_SIZE}"
            ),
        }
    }
}

impl Window {
    /// The window of a metal in one counting.
    pub fn new(metal: Metal, coefficients: &Coefficients) -> Self {
        Self::of(metal, coefficients.gamma(), coefficients.typical_spin(&metal))
    }

    /// The same of numbers that are known.
    pub fn of(metal: Metal, gamma: f64, typical_spin: f64) -> Self {
        Self { metal, gamma, typical_spin }
    }

    /// The distances `1 + F_0` between which an exponent of at least 3 is at most g, at this conductance; empty, the first above the second, for g < 3.
    pub fn distances(&self) -> [f64; 2] {
        let g = self.metal.conductance();
        [(LARGE / self.gamma).sqrt() / g, (g * self.gamma).powf(-0.5)]
    }

    /// The same as printed: `1/g` and `g^{-1/2}`.
    pub fn printed_distances(&self) -> [f64; 2] {
        let g = self.metal.conductance();
        [1.0 / g, 1.0 / g.sqrt()]
    }

    /// `gamma g^2 (1 + F_0)^2`.
    pub fn exponent(&self) -> f64 {
        self.gamma * self.metal.rarity().powi(2)
    }

    /// What of Eq. 27, and of `1 << S << g` for the typical spin, does not hold; nothing inside the window.
    pub fn departures(&self) -> Vec<Departure> {
        let (g, spin, exponent) = (self.metal.conductance(), self.typical_spin, self.exponent());
        let rare = Departure::NotRare { exponent, rarity: self.metal.rarity() };
        let normal = Departure::NotNormal { exponent, conductance: g };
        let small = Departure::SpinNotSmall { spin, conductance: g };
        let large = Departure::SpinNotLarge { spin };
        [
            (exponent < LARGE, rare),
            (exponent > g, normal),
            (spin > SMALL_SPIN * g, small),
            (spin < 1.0, large),
        ]
        .into_iter()
        .filter_map(|(left, departure)| left.then_some(departure))
        .collect()
    }

    /// What of `l < R << L_T` does not hold for droplets of size R, in mean free paths and in thermal lengths `L_T = sqrt(D/T)`.
    pub fn departures_of_size(in_mean_free_paths: f64, in_thermal_lengths: f64) -> Vec<Departure> {
        let diffusive = Departure::NotDiffusive { size: in_mean_free_paths };
        let warm = Departure::Warm { size: in_thermal_lengths };
        [(in_mean_free_paths < 1.0, diffusive), (in_thermal_lengths > SMALL_SIZE, warm)]
            .into_iter()
            .filter_map(|(left, departure)| left.then_some(departure))
            .collect()
    }
}
