//! Diffusons: how the density of electrons spreads between impurities, and the correlators that are closed rings of it.
//!
//! A diffuson is `D(omega; q) = 1/(-i omega + D q^2 + Gamma)`: D the diffusion constant, Gamma a rate at which phase memory is lost. Every mesoscopic fluctuation to leading
//! order in 1/g is made of them: fluctuations of the spin susceptibility are rings of four, six and eight with vertices of the [profile](crate::droplets::Profile) of a droplet, those
//! of the local Peltier heat are pairs between Hikami boxes.
//!
//! # Conventions
//!
//! hbar = k_B = 1. Space has two dimensions unless a function says otherwise. `nu` counts both spins, `g = 2 pi nu D` is the conductance in `e^2/(2 pi hbar)`. Cooperons are counted
//! by [`TimeReversal`](crate::droplets::TimeReversal).
//!
//! # Which answers what
//!
//! | question | answer |
//! |---|---|
//! | rings between any functions on a torus of sites, at any temperature | [`RingSum`] |
//! | a Gaussian on such a torus | [`gaussian_on_torus`] |
//! | how is the local Peltier heat of a dirty metal correlated? | [`local_heat`] |
//! | one diffuson, in momentum, in space, in time, at imaginary frequencies | [`Diffuson`], [`bosonic_frequency`] |
//! | rings through one or two Gaussian droplets, at zero temperature or above | [`GaussianRing`], [`Pattern`] |
//! | integrals of several variables, deterministic or by Monte Carlo | [`Cubature`], [`Vegas`] |

mod cubature;
mod gaussian_ring;
pub mod local_heat;
mod propagator;
mod torus;
mod vegas;

pub use cubature::{Cubature, Estimated};
pub use gaussian_ring::{GaussianRing, Pattern};
pub use propagator::{Diffuson, bosonic_frequency};
pub use torus::{RingCovariance, RingSum, gaussian_on_torus};
pub(crate) use torus::{require_profile, require_temperature};
pub use vegas::{Sampled, Vegas};
