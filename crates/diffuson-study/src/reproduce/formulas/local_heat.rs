//! Paper 000: the correlator of Eq. 9, and numbers of the last section and of the Appendix, from the functions of the library.

use super::{Arguments, Refused, root};
use diffuson::diffusons::local_heat::{Correlation, box_variance};
use diffuson::probes::estimates::{diffusion_constant, joule_heat, peltier_heat, temperature_variation};
use std::f64::consts::{PI, TAU};

/// What the paper quotes: elastic mean free path, inelastic length (m), scattering time (s), field (V/m).
const MEAN_FREE_PATH: f64 = 500e-10;
const INELASTIC_LENGTH: f64 = 500e-10;
const SCATTERING_TIME: f64 = 6e-12;
const FIELD: f64 = 640.0;
/// What it does not quote and what reproduces its numbers: density (1/m^3), temperature (K), the free mass (kg, CODATA 2022).
const DENSITY: f64 = 1e24;
const TEMPERATURE: f64 = 4.0;
const MASS: f64 = 9.109_383_713_9e-31;

fn fermi_wave_vector() -> f64 {
    (3.0 * PI * PI * DENSITY).cbrt()
}

/// D = v_F l_e / 2.
fn diffusion() -> f64 {
    diffusion_constant(fermi_wave_vector(), MASS, MEAN_FREE_PATH, 2)
}

fn sheet_conductance() -> f64 {
    fermi_wave_vector() * MEAN_FREE_PATH
}

/// Value of a named formula.
pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let peltier = |field| peltier_heat(TEMPERATURE, INELASTIC_LENGTH, diffusion(), field, 2);
    let joule = |field| joule_heat(sheet_conductance() / TAU, field);
    Ok(Some(match name {
        // of Eq. 9, in units of (|grad mu| L_in / 2 pi D)^2; lengths in L_in
        "correlation of pairs" => Correlation::of_ring(at.get("from")?, at.get("to")?)?.radial,
        "correlation along the current" => Correlation::at(at.get("distance")?)?.along(),
        "correlation across the current" => Correlation::at(at.get("distance")?)?.across(),
        "change of sign" => root(1.0, 3.0, |r| Ok(Correlation::at(r)?.radial))?,
        "rms of boxes" => box_variance(at.get("side")?)?.sqrt(),
        "inelastic length" => (diffusion() * SCATTERING_TIME).sqrt(),
        "Peltier heat" => peltier(FIELD),
        "Joule heat" => joule(FIELD),
        // Peltier heat is linear, Joule heat quadratic in the field
        "crossing field" => FIELD * peltier(FIELD) / joule(FIELD),
        "temperature variation" => {
            temperature_variation(MASS, TEMPERATURE, INELASTIC_LENGTH, sheet_conductance())
        }
        // (3/pi^2) (kT)^2 L^4 / (G h D)^2 with D = hbar G/m, against the printed form without the factor
        "temperature variation, factor" => {
            let d_over_g = 1.0 / TAU; // in h/m
            3.0 / (PI * PI) / (d_over_g * d_over_g)
        }
        // (e^2/h) / sigma with the Boltzmann conductivity in three dimensions, per lambda_F^2 / l_e
        "Boltzmann conductivity" => 3.0 / (8.0 * PI),
        _ => return Ok(None),
    }))
}
