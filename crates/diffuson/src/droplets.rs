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
//! | a dirty metal whose D, nu and g are known exactly, sample by sample | [`OrbitalModel`] |
//! | what a field of a given profile costs in one sample | [`even_grand_potential`] |
//! | how that fluctuates from sample to sample, in theory | [`predicted_covariance`]; with pure diffusion, [`diffusive_covariance`]; to leading order in the field, [`predicted_variance`], between waves [`ladder_covariance`] |
//! | the metal; its mean field | [`Metal`], [`StonerMetal`] |
//! | how probable is a droplet? gamma, alpha, beta, in which counting | [`Coefficients`], [`Counting`], [`Diagrams`] |
//! | how large is its spin? | [`SpinDistribution`]; by the estimates of Section III, [`SingleMode`], [`energy_variance`] |
//! | where does the theory hold? | [`Window`] |
//! | do droplets align? | [`PairCovariance`], [`Conditional`], [`crossover_distance`] |
//! | what is measured? | [`Observables`] with its [`Prefactors`] |
//! | do measured susceptibility and dephasing of one sample have one crossover temperature? | [`fit`] |
//! | the shape of a droplet; rings of diffusons with its vertices; the saddle point of Eq. 33 | [`Profile`] |
//! | the non-local spin susceptibility of one sample | [`static_susceptibility`] by Green functions, [`susceptibility_of_levels`] by eigenstates |
//! | a model of one orbital per site; D and nu of any model on a torus | [`AndersonLattice`], [`Relaxation`] |
//! | kernels between long waves, or between places of droplets | [`FourierModes`], [`between_places`] |
//! | the lowest eigenvalue if `F_1` is Gaussian, however rare | [`Surrogate`], [`Tilted`], [`Tail`] |
//! | a droplet in one sample (Eq. 9) | [`Instability`], [`solve_droplet`] |

pub mod fit;

mod anderson_lattice;
mod coefficients;
mod convention;
mod error;
mod fourier_modes;
mod grand_potential;
mod interaction;
mod metal;
mod observables;
mod orbital_model;
mod profile;
mod relaxation;
mod self_consistent;
mod single_mode;
mod spin_distribution;
mod states;
mod stoner;
mod surrogate;
mod susceptibility;
mod validity;

pub use anderson_lattice::AndersonLattice;
pub use coefficients::{Coefficients, Diagrams, ProfileRings};
pub use convention::{Counting, TimeReversal};
pub use error::DropletError;
pub(crate) use error::require;
pub use fourier_modes::{FourierModes, between_places};
pub use grand_potential::{
    EvenGrandPotential, diffusive_covariance, even_grand_potential, ladder_covariance, predicted_covariance,
    predicted_variance,
};
pub use interaction::{
    Conditional, Normal, PairCovariance, PairRings, crossover_distance, printed_crossover_distance,
    printed_distribution, printed_share,
};
pub use metal::Metal;
pub use observables::{Observables, Prefactors, kelvin, per_second};
pub use orbital_model::OrbitalModel;
pub use profile::{Converged, Optimisation, Profile, Resolution, RingIntegral, Rings, Step};
pub use relaxation::Relaxation;
pub use self_consistent::{Droplet, Exchange, Instability, solve_droplet};
pub use single_mode::{ENERGY_CROSSOVER, SingleMode, energy_variance, level_correlation};
pub use spin_distribution::SpinDistribution;
pub use stoner::{StonerMetal, hartree_fock_susceptibility};
pub use surrogate::{Draw, Optimum, Surrogate, Tail, TailEstimate, Tilted, lowest_mode, mode_eigenvalues};
pub use susceptibility::{Susceptibility, static_susceptibility, susceptibility_of_levels};
pub use validity::{Departure, Window};
