//! Noise of coherent conductors between any number of reservoirs, at any temperatures and bias (Landauer and Büttiker).
//!
//! ```text
//! S_ab = 2 (e^2/h) Int dE Tr [ A(a) (1 - f) A(b) f ],      A(a) = s^+ 1_a s - 1_a,
//! ```
//!
//! with f the occupations of the channels and 1_a those of lead a (M. Büttiker, Phys. Rev. B 46, 12485 (1992); Ya. M. Blanter and M. Büttiker,
//! Phys. Rep. 336, 1 (2000)). Heat currents carry `E - mu_a` in place of the charge.
//!
//! | question | answer |
//! |---|---|
//! | one energy, any occupations | [`spectral()`], [`spectral_between`] |
//! | potentials and temperatures, S matrices a function of energy | [`Noise::between`] |
//! | one realisation of a lattice conductor | [`Sample::noise`](crate::thermal::Sample::noise) |
//! | an S matrix that does not depend on energy | [`Noise::constant`] |
//! | Fano factors, and those of the excess noise | [`Noise::fano_factor`], [`Noise::excess_fano_factor`] |
//! | dS/dV | [`DifferentialNoise`] |
//! | transmission eigenvalues | [`TransmissionStatistics`] |
//! | closed forms | [`closed_forms`] |
//! | terminals that float: dephasing, inelastic and hot [probes] | [`probes::flat`], [`probes::resolved`], [`probes::dephased`] |
//! | amplitudes between the channels of all terminals, probes among them | [`amplitudes::Amplitudes`] |
//!
//! # Conventions
//!
//! * Currents are **into** the terminal, as everywhere; correlators do not change with that sign.
//! * Correlators are **one-sided**, `S = 2 Int dt <dI(t) dI(0) + dI(0) dI(t)>` at zero frequency: `4 kT G` in equilibrium, `2 e I` for independent electrons.
//! * No spin factor: multiply by 2 for spin degeneracy.
//!
//! # No digits lost
//!
//! For unitary s the traces are sums of terms of one sign,
//!
//! ```text
//! S_aa = 2 sum_(b != a) T_ab [f_a (1 - f_a) + f_b (1 - f_b)]  +  2 sum_(b < c) (f_b - f_c)^2 |s_ab^+ s_ac|^2,
//! S_ab = -2 { T_ba f_a (1 - f_a) + T_ab f_b (1 - f_b)  +  |sum_c (f_c - f_0) s_ac s_bc^+|^2 },      a != b,
//! ```
//!
//! |.| the Frobenius norm and f_0 any number: one of the occupations, so that terms vanish and with them products. The first line is what the trace
//! becomes with `sum_b s_ab s_ab^+ = 1`, the second with `sum_c s_ac s_bc^+ = 0`. Neither is computed from the other: that currents are conserved,
//! `sum_b S_ab = 0`, is a check. Two leads take three products, at equilibrium none.

pub mod amplitudes;
pub mod closed_forms;
pub mod probes;

mod constant;
mod differential;
mod eigenvalues;
mod integrated;
mod laws_of;
mod sample;
mod spectral;

pub use constant::exchanged;
pub use differential::DifferentialNoise;
pub use eigenvalues::TransmissionStatistics;
pub use integrated::{Excess, Noise};
pub use spectral::{SpectralNoise, spectral, spectral_between};
