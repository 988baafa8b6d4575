//! Landauer-Büttiker noise with the conductances of a kinetic contact as transmissions, in the units of this module.
//!
//! Each spin-degenerate sub-band is a channel of a transmission that does not depend on energy, `T_i = G_i/G0`, at the voltage `V = I/G` of the mean current:
//!
//! ```text
//! S = sum_i { 4kT G0 T_i^2 + 2eV G0 T_i (1 - T_i) coth(eV/2kT) }
//! ```

use super::KineticError;

/// Noise of independent channels at eV/kT = `voltage`, in 4kT G0.
///
/// # Errors
/// [`KineticError::NoTransmission`] unless all transmissions lie between 0 and 1.
pub fn noise(transmissions: &[f64], voltage: f64) -> Result<f64, KineticError> {
    Ok(transmissions.iter().sum::<f64>() + excess(transmissions, voltage)?)
}

/// Noise above 4kTG, `sum_i T_i (1 - T_i) 2eV G0 [coth x - 1/x]`, `x = eV/2kT`, in 4kT G0.
///
/// # Errors
/// As [`noise`].
pub fn excess(transmissions: &[f64], voltage: f64) -> Result<f64, KineticError> {
    let x = 0.5 * voltage.abs();
    // x coth x - 1
    let bracket = if x < 0.05 {
        let square = x * x;
        square * (1.0 / 3.0 - square * (1.0 / 45.0 - square * (2.0 / 945.0 - square / 4725.0)))
    } else {
        x / x.tanh() - 1.0
    };
    let mut partition = 0.0;
    for &t in transmissions {
        // rounding of a staircase computed elsewhere
        if !(-1e-12..=1.0 + 1e-12).contains(&t) {
            return Err(KineticError::NoTransmission(t));
        }
        partition += t * (1.0 - t).max(0.0);
    }
    Ok(partition * bracket)
}
