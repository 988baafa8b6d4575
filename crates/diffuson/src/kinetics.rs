//! A quantum point contact in a conserving kinetic theory: uniform sub-bands, elastic and inelastic collisions, and noise from the fluctuations they relax.
//!
//! ```text
//! (eE/hbar) df/dk = -(1/tau_in) [f - f_loc] - (1/2 tau_el) [f(k) - f(-k)]
//! ```
//!
//! with a local equilibrium f_loc that conserves charge and a number of electrons that neutrality fixes. The contact is what F. Green and M. P. Das,
//! "Conservation, Dissipation, and Ballistics: Mesoscopic Physics beyond the Landauer-Buettiker Theory" (cond-mat/0503461), set against the
//! formula of Landauer and Büttiker, whose noise on the same conductance is computed beside it ([`landauer`]). Equation and figure numbers are theirs.
//!
//! | question | answer |
//! |---|---|
//! | a contact of several sub-bands at given gate and drive | [`PointContact`]: [`closed_form`](PointContact::closed_form), [`solve`](PointContact::solve) |
//! | staircase of Fig. 2 | [`PointContact::conductance`] |
//! | noise across thresholds; what stands in for Fig. 3 | [`ContactState`] with [`RateLaw::surrogate`] |
//! | one sub-band | [`SteadyState`]: distribution, fluctuation, noise at any frequency |
//! | constant times | [`constant_time`], closed forms |
//! | constant mean free paths | [`mean_free_path`], one quadrature |
//! | amperes and volts | [`Si`] |
//!
//! # Units
//!
//! kT = 1 and L = 1. Per spin-degenerate parabolic sub-band with its bottom at eps_i:
//!
//! * `x = hbar k / sqrt(2 m kT)`, velocity `x v_T`, `v_T = sqrt(2kT/m)`, times in L/v_T, `eta = (mu - eps_i)/kT`;
//! * `u = eV/kT`, V = E L; current `I` in `2ekT/h`; conductance in `G0 = 2e^2/h`; noise in `4 kT G0`, one-sided, `S = 2 Int <dI(t) dI(0)> e^{i omega t} dt`;
//!   so that `S/(2eI)` is twice the ratio of the numbers;
//! * numbers of electrons `Int dx f`, in `k_T L/pi`, `k_T = sqrt(2m kT)/hbar`.
//!
//! Spin is counted here, unlike elsewhere in the crate. Mass and length cancel from conductance, current and noise if mean free paths are given in L.
//! The current has the sign of the voltage.
//!
//! # What is assumed
//!
//! * **Closure.** [`Closure::Mermin`]: f_loc is the Fermi function of a chemical potential such that the number of electrons is that of equilibrium.
//!   [`Closure::Linear`], the paper's: f_loc is a multiple of the equilibrium function; with rates that depend on velocity f may exceed 1.
//!   With constant times they are the same.
//! * **Source.** The equal-time fluctuation that noise starts from is a postulate: [`Source::Compressibility`], `kT df/dmu` at fixed field and rates, is the paper's;
//!   [`Source::Occupation`], `f(1-f)`, that of Boltzmann and Langevin. In equilibrium they are the same; no sum rule decides between them.
//! * **Excess.** [`Excess`]: above `4kTG(V)` or above the noise without current. With constant times they are the same.
//! * **Neutrality** holds in every sub-band.

pub mod constant_time;
pub mod landauer;
pub mod mean_free_path;

mod contact;
mod equilibrium;
mod galerkin;
mod mesh;
mod rates;
mod si;
mod steady;

pub use contact::{BandState, ContactState, Drive, Excess, PointContact, SubBand};
pub use equilibrium::{Equilibrium, reference_speed};
pub use rates::{InelasticRatio, Law, RateLaw, Rates, Scattering};
pub use si::Si;
pub use steady::SteadyState;

/// What inelastic collisions relax to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closure {
    /// A multiple of the equilibrium distribution.
    Linear,
    /// The Fermi function of a local chemical potential.
    #[default]
    Mermin,
}

/// The equal-time fluctuation of the occupations that noise starts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// `kT df/dmu`, which obeys the compressibility sum rule at any drive.
    #[default]
    Compressibility,
    /// `f(1-f)`.
    Occupation,
}

/// A contact that cannot be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KineticError {
    /// A number outside of what is allowed.
    #[error("{name} {value}: it must be {allowed}")]
    OutOfRange {
        /// What the number is.
        name: &'static str,
        /// The number.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A contact without sub-bands.
    #[error("a point contact needs at least one sub-band")]
    NoSubBands,
    /// No voltage drives the current asked for.
    #[error(
        "no voltage up to {reached:.3e} kT/e drives a current of {current:.6e} (2ekT/h): the largest found is {most:.6e}, at {at:.3e} kT/e"
    )]
    NoSuchCurrent {
        /// Current asked for, in 2ekT/h.
        current: f64,
        /// Largest current found.
        most: f64,
        /// Its voltage, in kT/e.
        at: f64,
        /// Largest voltage tried.
        reached: f64,
    },
    /// The closed forms are of constant times.
    #[error("sub-band {0}: closed forms of the noise need constant elastic and inelastic times")]
    NoClosedForm(usize),
    /// The local chemical potential that keeps a sub-band neutral was not found.
    #[error(
        "no local chemical potential keeps the sub-band neutral at eta = {eta}, eV = {voltage} kT: the last step was from {last}"
    )]
    NotNeutral {
        /// Degeneracy.
        eta: f64,
        /// Voltage in kT/e.
        voltage: f64,
        /// Where the search ended.
        last: f64,
    },
    /// Noise with a source that the state was not computed with.
    #[error("noise from f(1-f) has no closed form: solve for the distribution")]
    NoOccupation,
    /// A conductance that is no transmission.
    #[error("conductance {0} G0 of a sub-band is no transmission: it must lie between 0 and 1")]
    NoTransmission(f64),
}

impl KineticError {
    fn check(name: &'static str, value: f64, holds: bool, allowed: &'static str) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self::OutOfRange { name, value, allowed }) }
    }
}

/// Largest voltage eV/kT.
const LARGEST_VOLTAGE: f64 = 1e12;

fn check_voltage(u: f64) -> Result<(), KineticError> {
    KineticError::check("voltage eV/kT", u, u.abs() <= LARGEST_VOLTAGE, "from -1e12 to 1e12")
}
