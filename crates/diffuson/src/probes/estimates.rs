//! Order-of-magnitude estimates in SI units, as the paper makes them for an experiment.
//!
//! All of them write h, not hbar, where the paper does: only with `L_in = sqrt(D tau)` beside `hD` do its numbers come out.

use crate::units::{BOLTZMANN, ELEMENTARY_CHARGE, PLANCK};

/// Diffusion constant `v_F l_e / d` in m^2/s, for the Fermi wave vector (1/m), mass (kg), elastic mean free path (m) in `dimension` dimensions.
pub fn diffusion_constant(fermi_wave_vector: f64, mass: f64, mean_free_path: f64, dimension: u32) -> f64 {
    let velocity = PLANCK / std::f64::consts::TAU * fermi_wave_vector / mass;
    velocity * mean_free_path / f64::from(dimension)
}

/// Typical local Peltier heat density `((kT)^2 / h) L_in^{3-d} |grad mu| / (h D)` (Eq. 11) in W/m^d.
///
/// `temperature` in K, `inelastic_length` in m, `diffusion_constant` in m^2/s, `field` = |grad mu|/e in V/m.
pub fn peltier_heat(
    temperature: f64,
    inelastic_length: f64,
    diffusion_constant: f64,
    field: f64,
    dimension: u32,
) -> f64 {
    let kt = BOLTZMANN * temperature;
    kt * kt / PLANCK * inelastic_length.powi(3 - dimension as i32) * ELEMENTARY_CHARGE * field
        / (PLANCK * diffusion_constant)
}

/// Joule heat density `sigma F^2` in W/m^2 of a sheet of conductance `conductance` (in e^2/h) in a field F (V/m).
pub fn joule_heat(conductance: f64, field: f64) -> f64 {
    crate::units::CONDUCTANCE_UNIT * conductance * field * field
}

/// Relative temperature variation `(m kT L_in^2)^2 / (h^2 G^2)^2` of Eq. 14, with the conductance G in e^2/h.
///
/// The print has e^4 m^2 (kT)^2 L^4 / (h^8 G^4), which is no pure number; this form, without e and with h^4, is. It drops a factor 12 of its own
/// derivation and holds only at the field where Peltier and Joule heat are equal.
pub fn temperature_variation(mass: f64, temperature: f64, inelastic_length: f64, conductance: f64) -> f64 {
    (mass * BOLTZMANN * temperature * inelastic_length * inelastic_length).powi(2)
        / (PLANCK * conductance).powi(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELECTRON_MASS: f64 = 9.109_383_713_9e-31; // kg, CODATA 2022

    /// The inputs with which all three published numbers come out (equation sheet, section 7.4): 10^24 electrons per m^3, free mass, 4 K.
    #[test]
    fn the_experiment_of_the_last_section() {
        let k_f = (3.0 * std::f64::consts::PI.powi(2) * 1e24f64).cbrt();
        assert!((k_f / 3.094e8 - 1.0).abs() < 1e-3);
        let d = diffusion_constant(k_f, ELECTRON_MASS, 500e-10, 2);
        assert!(((d * 6e-12f64).sqrt() / 733e-10 - 1.0).abs() < 2e-3);
        assert!((peltier_heat(4.0, 500e-10, d, 640.0, 2) / 39.8 - 1.0).abs() < 2e-3);
        assert!((joule_heat(k_f * 500e-10 / std::f64::consts::TAU, 640.0) / 39.1 - 1.0).abs() < 2e-3);
        assert!(
            (temperature_variation(ELECTRON_MASS, 4.0, 500e-10, k_f * 500e-10) / 1.43e-6 - 1.0).abs() < 5e-3
        );
    }
}
