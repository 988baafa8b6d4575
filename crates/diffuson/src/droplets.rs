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
//! | the shape of a droplet; rings of diffusons with its vertices; the saddle point of Eq. 33 | [`Profile`] |

mod coefficients;
mod convention;
mod error;
mod grand_potential;
mod interaction;
mod observables;
mod orbital_model;
mod profile;
mod self_consistent;
mod spin_distribution;
mod stoner;
mod surrogate;
mod susceptibility;

pub use convention::{Counting, TimeReversal};
pub use error::DropletError;
pub use profile::{Converged, Optimisation, Profile, Resolution, RingIntegral, Rings, Step};
