//! Transport through the Fermi window: integrals over energy of the transmissions.
//!
//! `L^(n)_ab = Int dE (-df/dE) (E - mu)^n T_ab(E)`, n = 0, 1, 2, give linear response at any temperature,
//!
//! ```text
//! I_a   = (1/h) sum_b [ L0_ab (mu_b - mu_a) + L1_ab (th_b - th_a) ],
//! J^Q_a = (1/h) sum_b [ L1_ab (mu_b - mu_a) + L2_ab (th_b - th_a) ],      th = dT/T,
//! ```
//!
//! and Fermi functions of different potentials and temperatures the currents beyond it.
//!
//! | question | answer |
//! |---|---|
//! | a transmission or transport distribution, whatever it comes from | [`LinearResponse`], [`currents`] |
//! | a conductor without probes | [`Sample`], which is such a transmission |
//! | many temperatures, potentials and biases of one sample | [`TransmissionFunction`], computed once |
//! | probes on sites | [`Window`] (linear response, fixed energies), then [`probes::between`](crate::probes::between) |
//! | conductance, thermopower, Peltier coefficient, thermal conductance, ZT | [`OnsagerMatrix`], [`Coefficients`] |
//! | power and efficiency | [`engine`] |
//! | magnetic field | [`field`] |
//! | low temperature | [`Sommerfeld`] |
//! | phonons and photons | [`bosons`] |
//!
//! # Which quadrature
//!
//! [`Adaptive`] puts energies where a function needs them and says how accurate it is; [`Structure`] tells it what is singular. [`Quadrature`] fixes energies
//! beforehand, from the temperature and the width of levels alone: for ensembles of conductors with probes, whose self-energies at these energies are prepared
//! once and whose transmissions, matrices of all terminals, are best added up where they are made.

pub mod bosons;
pub mod engine;
pub mod field;
pub(crate) mod poles;

mod adaptive;
mod coefficients;
mod currents;
mod demand;
mod fermi;
mod function;
mod linear;
mod matrix;
mod onsager;
mod quadrature;
mod sample;
mod sommerfeld;
mod structure;
mod window;

pub use adaptive::{Adaptive, Integral};
pub use coefficients::{Coefficients, SiCoefficients};
pub(crate) use currents::Reach;
pub use currents::{Currents, currents};
pub use fermi::{Reservoir, fermi, fermi_window};
pub use function::{FunctionError, OutOfRange, Resolution, TransmissionFunction};
pub(crate) use linear::SUMS;
pub use linear::{LinearResponse, TransportError};
pub use matrix::{BadMatrix, TransmissionMatrix};
pub use onsager::{LinearCurrents, OnsagerMatrix, TerminalError};
pub use quadrature::Quadrature;
pub use sample::{Sample, SampleError};
pub use sommerfeld::Sommerfeld;
pub use structure::{Side, SingularPoint, Singularity, Structure, StructureError};
pub use window::{Onsager, Spectrum, SpectrumPoint, Window};
