//! Quantum transport in disordered conductors.
//!
//! A [`Conductor`](conductor::Conductor) is a strip of a [lattice], or a [region](hamiltonian) of any shape, with [leads] attached and
//! probes on any of its sites. At one energy and for one realisation of the [disorder] its [Green function](scattering) gives
//! the transmissions between all terminals; from these follow the potentials and temperatures of the
//! [probes], the local Peltier and Joule heat, and finite-temperature and finite-bias [transport](thermal) with its [noise].
//! A point contact has a [kinetic](kinetics) theory too, and [defects] that move in it. Fluctuations are rings of [diffusons], close to ferromagnetism spin [droplets]. The [Anderson transition](localization) has its closed side, transport at a mobility edge, and its lattice side, Lyapunov exponents and finite-size scaling.
//! Every result carries an [audit] of the conservation laws it must obey.
//!
//! ```text
//! units, lattice --> hamiltonian, disorder, leads --> conductor --> scattering --> { probes, thermal } --> { localization, noise } --> examination
//! kinetics, defects, diffusons and droplets beside them; fits serves what is compared with measurements; audit is used by all
//! ```
//!
//! # Conventions
//!
//! * Energies are in units of the hopping t, lengths in lattice constants a, hbar = 1; conductances in e^2/h per spin.
//! * `T_ab` is the transmission **from** terminal b **into** terminal a, summed over channels.
//! * Potentials are electrochemical potentials as energies. The particle current **into** terminal a is
//!   `I_a = (1/h) sum_b T_ab (mu_b - mu_a)`; the charge current is -|e| times that.
//! * Heat currents are positive **into** the terminal: heat released by the metal at that place.
//! * No spin factor anywhere: multiply conductances and heats by 2 for spin degeneracy.
//!
//! Equation numbers refer to D. P. DiVincenzo, "Fluctuating local thermoelectric heat in dirty metals",
//! Phys. Rev. B (1993), unless another source is named.
//!
//! # No side effects
//!
//! No files, no clock, no printing, no global state in this crate: only numbers in, numbers out.

pub mod audit;
pub mod conductor;
pub mod defects;
pub mod diffusons;
pub mod disorder;
pub mod droplets;
pub mod examination;
pub mod fits;
pub mod hamiltonian;
pub mod kinetics;
pub mod lattice;
pub mod leads;
pub mod localization;
pub mod noise;
pub mod probes;
pub mod scattering;
pub mod shapes;
pub mod thermal;
pub mod units;

mod extremum;
mod gauss;
mod krylov;

pub use diffuson_linalg::{C64, Matrix};
