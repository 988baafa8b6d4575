//! Amperes, volts and hertz.

use super::KineticError;
use crate::units::{BOLTZMANN, CONDUCTANCE_QUANTUM, ELEMENTARY_CHARGE};

/// The units of this module at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Si {
    temperature: f64,
}

impl Si {
    /// At a temperature in kelvin.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] unless it is positive and finite.
    pub fn new(temperature: f64) -> Result<Self, KineticError> {
        KineticError::check(
            "temperature in K",
            temperature,
            temperature > 0.0 && temperature.is_finite(),
            "positive and finite",
        )?;
        Ok(Self { temperature })
    }

    /// Unit of voltage kT/e, in V.
    pub fn voltage(&self) -> f64 {
        BOLTZMANN * self.temperature / ELEMENTARY_CHARGE
    }

    /// Unit of current 2ekT/h, in A.
    pub fn current(&self) -> f64 {
        CONDUCTANCE_QUANTUM * self.voltage()
    }

    /// Unit of conductance G0 = 2e^2/h, in S.
    pub fn conductance(&self) -> f64 {
        CONDUCTANCE_QUANTUM
    }

    /// Unit of one-sided noise 4kT G0, in A^2/Hz.
    pub fn noise(&self) -> f64 {
        4.0 * BOLTZMANN * self.temperature * CONDUCTANCE_QUANTUM
    }
}
