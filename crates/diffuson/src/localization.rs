//! The Anderson transition: transport at a mobility edge, and the lattice that makes one.
//!
//! Above a mobility edge E_m the conductivity of electrons of one energy is `sigma_0(E) = A (E - E_m)^x`, below it is nothing. Through the
//! Fermi window that one-sided law gives conductivity, thermopower and thermal conductivity at any temperature, and its exponent can be
//! read off measured data; on the lattice edge and exponent follow from Lyapunov exponents and conductances by finite-size scaling.
//!
//! Equation numbers in this module refer to Y. Imry and A. Amir, "The localization transition at finite temperatures: electric and thermal
//! transport", in *50 Years of Anderson Localization* (2010), unless another source is named.

pub mod computed;
pub mod expansions;
mod exponential;
mod fermi_dirac;
pub mod hopping;
pub mod joint;
mod kernels;
pub mod lyapunov;
mod mobility_edge;
mod rule;
pub mod scaling;
mod series;
pub mod special_points;

pub use fermi_dirac::{FermiDirac, eta};
pub use kernels::{Derivatives, Kernels, Scaling};
pub use mobility_edge::{MobilityEdge, Side, THERMOPOWER_UNIT, Transport};

/// A number outside of what a function of this module takes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name} {value}: it must be {allowed}")]
pub struct InvalidParameter {
    /// What the number is.
    pub name: &'static str,
    /// The number.
    pub value: f64,
    /// What it may be.
    pub allowed: &'static str,
}

impl InvalidParameter {
    fn check(
        name: &'static str,
        value: f64,
        range: impl std::ops::RangeBounds<f64>,
        allowed: &'static str,
    ) -> Result<(), Self> {
        if range.contains(&value) && value.is_finite() { Ok(()) } else { Err(Self { name, value, allowed }) }
    }
}
