//! Local spin droplets: a dirty two-dimensional metal close to the Stoner instability, in which rare arrangements of impurities polarise spins.
//!
//! The theory is that of B. N. Narozhny, I. L. Aleiner and A. I. Larkin, "Magnetic fluctuations in 2D metals close to the Stoner instability", Phys. Rev. B 62, 14898 (2000);
//! equation numbers are theirs.
//!
//! # Units
//!
//! hbar = k_B = mu_B = 1. `nu` is the density of states of both spins per area, `g = 2 pi nu D = 2 pi hbar/(e^2 R_sq)`; `sigma` is the density of up less that of down spins, `S` its
//! integral: the number of unpaired spins. `F_0` is the triplet constant, -1 at the instability. Profiles have `Int psi^2 = 1`.
//!
//! # Which answers what
//!
//! | question | answer |
//! |---|---|
//! | the metal; its mean field | [`Metal`], [`StonerMetal`] |
//! | how probable is a droplet? gamma, alpha, beta, in which counting | [`Coefficients`], [`Counting`], [`Diagrams`] |
//! | how large is its spin? | [`SpinDistribution`]; by the estimates of Section III, [`SingleMode`], [`energy_variance`] |
//! | where does the theory hold? | [`Window`] |
//! | do droplets align? | [`PairCovariance`], [`Conditional`], [`crossover_distance`] |
//! | what is measured? | [`Observables`] with its [`Prefactors`] |
//! | do measured susceptibility and dephasing of one sample have one crossover temperature? | [`fit`] |
//! | the shape of a droplet; rings of diffusons with its vertices; the saddle point of Eq. 33 | [`Profile`] |

mod coefficients;
mod convention;
mod error;
pub mod fit;
mod grand_potential;
mod interaction;
mod metal;
mod observables;
mod orbital_model;
mod profile;
mod self_consistent;
mod single_mode;
mod spin_distribution;
mod stoner;
mod surrogate;
mod susceptibility;
mod validity;

pub use coefficients::{Coefficients, Diagrams, ProfileRings};
pub use convention::{Counting, TimeReversal};
pub use error::DropletError;
pub use interaction::{
    Conditional, GAUSSIAN_RING, Normal, PairCovariance, PairRings, crossover_distance,
    printed_crossover_distance, printed_distribution, printed_share,
};
pub use metal::Metal;
pub use observables::{Observables, Prefactors, kelvin, per_second};
pub use profile::{Optimisation, Profile, Resolution, RingIntegral, Rings, Step};
pub use single_mode::{ENERGY_CROSSOVER, SingleMode, energy_variance, level_correlation};
pub use spin_distribution::SpinDistribution;
pub use stoner::{StonerMetal, hartree_fock_susceptibility};
pub use validity::{Departure, Window};

pub(crate) use error::require;
