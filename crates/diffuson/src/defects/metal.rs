//! A free-electron metal: what the units of this module are in kelvin, nanometres and millivolts.

use std::f64::consts::PI;

use super::{DefectError, require};
use crate::units::{BOLTZMANN, ELECTRON_MASS, ELEMENTARY_CHARGE, PLANCK};

/// A metal of free electrons with a spherical Fermi surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metal {
    /// In J.
    fermi_energy: f64,
}

impl Metal {
    /// The metal of a Fermi energy in eV: copper 7.00, gold 5.53, silver 5.49 (N. W. Ashcroft and N. D. Mermin, Solid State Physics, table 2.1).
    ///
    /// # Errors
    ///
    /// A Fermi energy that is not positive.
    pub fn new(fermi_energy: f64) -> Result<Self, DefectError> {
        let allowed = fermi_energy > 0.0 && fermi_energy.is_finite();
        require("Fermi energy in eV", fermi_energy, allowed, "positive")?;
        Ok(Self { fermi_energy: fermi_energy * ELEMENTARY_CHARGE })
    }

    /// Fermi energy in K: what an energy of this module is multiplied with.
    pub fn fermi_temperature(&self) -> f64 {
        self.fermi_energy / BOLTZMANN
    }

    /// Fermi energy in meV: what a bias eV of this module is multiplied with, to give mV.
    pub fn fermi_energy_mev(&self) -> f64 {
        self.fermi_energy / ELEMENTARY_CHARGE * 1e3
    }

    /// Fermi wave number in 1/nm: what a length in nm is multiplied with.
    pub fn fermi_wave_number(&self) -> f64 {
        2.0 * PI * (2.0 * ELECTRON_MASS * self.fermi_energy).sqrt() / PLANCK * 1e-9
    }

    /// Fermi wave length in nm.
    pub fn fermi_wave_length(&self) -> f64 {
        2.0 * PI / self.fermi_wave_number()
    }

    /// `hbar v_F` in eV nm.
    pub fn fermi_velocity(&self) -> f64 {
        2.0 * self.fermi_energy / ELEMENTARY_CHARGE / self.fermi_wave_number()
    }

    /// Bias in mV at which the two steps of the distribution first cancel the interference of a pair at this distance in nm, `pi hbar v_F / 2R`: below it the
    /// direct effect of bias is weak.
    pub fn first_zero(&self, distance: f64) -> f64 {
        1e3 * PI * self.fermi_velocity() / (2.0 * distance)
    }
}

/// `h^2 / (2 m d^2)` in K, d in nm: `e_F (lambda_F/d)^2` of Eq. 10, the same in all free-electron metals.
pub fn confinement_temperature(diameter: f64) -> f64 {
    PLANCK * PLANCK / (2.0 * ELECTRON_MASS * (diameter * 1e-9).powi(2) * BOLTZMANN)
}

/// Flux density of one flux quantum h/e per d^2, in T, d in nm: where a field begins to matter to loops as large as the contact.
pub fn flux_quantum_density(diameter: f64) -> f64 {
    PLANCK / ELEMENTARY_CHARGE / (diameter * 1e-9).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sheet's figures, to the digits given.
    #[test]
    fn copper_and_gold() {
        let copper = Metal::new(7.0).unwrap();
        let gold = Metal::new(5.53).unwrap();
        for (got, want, digit) in [
            (copper.fermi_temperature(), 81_232.0, 1.0),
            (copper.fermi_wave_length(), 0.464, 1e-3),
            (copper.fermi_velocity(), 1.033, 1e-3),
            (copper.fermi_energy_mev(), 7000.0, 1e-9),
            (copper.first_zero(10.0), 162.0, 1.0),
            (gold.first_zero(10.0), 144.0, 1.0),
            (confinement_temperature(5.0), 698.0, 1.0),
            (confinement_temperature(10.0), 174.5, 0.1),
            (flux_quantum_density(5.0), 165.0, 1.0),
            (flux_quantum_density(10.0), 41.0, 1.0),
            (flux_quantum_density(25.0), 6.6, 0.1),
        ] {
            assert!((got - want).abs() < digit, "{got} {want}");
        }
        let wave_length = copper.fermi_wave_length();
        let by_wave_length = copper.fermi_temperature() * (wave_length / 5.0).powi(2);
        assert!((by_wave_length / confinement_temperature(5.0) - 1.0).abs() < 1e-14);
        assert!(Metal::new(0.0).is_err() && Metal::new(f64::NAN).is_err());
    }
}
