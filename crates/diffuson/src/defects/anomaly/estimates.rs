//! The paper's estimates of the response, to be held against it; and where E* and the share of directions come from.

use super::super::{DefectError, require};
use super::response;
use std::f64::consts::PI;

/// The energy up to which a bias occupies upper levels, `E_th = E* (eV/E*)^{1/3}`, in E* (above Eq. 15).
pub fn threshold(bias: f64) -> f64 {
    bias.abs().cbrt()
}

/// [`response`] at kT = 0 with n = 1/2 up to [`threshold`] and nothing above, the paper's "crude estimate": `(eV/E*)^{2/3} / 4`, 3.84 times less than the integral at large bias.
pub fn step_estimate(bias: f64) -> f64 {
    threshold(bias).powi(2) / 4.0
}

/// The paper's interpolation between bias and temperature (Eq. 15 with beta = 2), `(pi^2/12) [c (eV/E*)^{1/3} + kT/E*]^2`, with the prefactor and c = 1.0802 for which both ends are those of
/// [`response`].
pub fn interpolation(bias: f64, temperature: f64) -> f64 {
    let thermal = PI * PI / 12.0;
    let ratio = (strong_bias() / thermal).sqrt();
    thermal * (ratio * threshold(bias) + temperature).powi(2)
}

/// A better interpolation: `D^{1.2} = D(V, 0)^{1.2} + D(0, T)^{1.2}`, with the exact D(V, 0) within -10 % and +17 % for kT from 0.1 to 30 E* and eV from 0.1 to 10^4 E*.
pub fn smooth_interpolation(bias: f64, temperature: f64) -> f64 {
    const POWER: f64 = 1.2;
    (response(bias, 0.0).powf(POWER) + response(0.0, temperature).powf(POWER)).powf(1.0 / POWER)
}

/// `D / (eV/E*)^{2/3}` at large bias.
fn strong_bias() -> f64 {
    0.5f64.cbrt() * (PI / 3.0) / (2.0 * PI / 3.0).sin()
}

/// Share of the directions that comes from the left, on the axis of an orifice and `distance` of its radii to the right of it: `a = (1 - z / sqrt(z^2 + r0^2)) / 2`.
pub fn orifice_share(distance: f64) -> f64 {
    // no subtraction of nearly equal numbers far on the right
    let hypotenuse = distance.hypot(1.0);
    if distance > 0.0 {
        0.5 / (hypotenuse * (hypotenuse + distance))
    } else {
        0.5 * (1.0 - distance / hypotenuse)
    }
}

/// `|V-|/V0`, the rms difference of the matrix elements of one scatterer at two places over twice one of them: `sqrt([1 - (sin x / x)^2] / 2)`, x the distance in 1/k_F. Unlike `(V2 - V1)/2` of the paper
/// it does not vanish for a defect that merely moves.
pub fn displacement(distance: f64) -> f64 {
    let sinc = if distance == 0.0 { 1.0 } else { distance.sin() / distance };
    (0.5 * (1.0 - sinc * sinc)).max(0.0).sqrt()
}

/// What E* is made of: the coupling of a defect to electrons and to phonons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tunnelling {
    /// `V-/e_F`, coupling to electrons: phase shift and [`displacement`].
    pub electrons: f64,
    /// Deformation potential Lambda, in eV.
    pub deformation: f64,
    /// Atomic energy, in eV.
    pub atomic: f64,
    /// Debye temperature, in K.
    pub debye: f64,
}

impl Tunnelling {
    /// `E* = (V-/e_F) sqrt(E_at Theta_D^3) / Lambda`, in K: where the rates of electrons and phonons are equal, `W_el(E*) = W_ph(E*)` (before Eq. 15). 186 K times `V-/e_F` for 10 eV, 343 K and 1 eV.
    ///
    /// # Errors
    ///
    /// A coupling or energy that is not positive and finite.
    pub fn crossover(&self) -> Result<f64, DefectError> {
        for (name, value) in [
            ("coupling to electrons", self.electrons),
            ("deformation potential", self.deformation),
            ("atomic energy", self.atomic),
            ("Debye temperature", self.debye),
        ] {
            require(name, value, value > 0.0 && value.is_finite(), "positive")?;
        }
        let kelvin = crate::units::ELEMENTARY_CHARGE / crate::units::BOLTZMANN;
        let phonons = (self.atomic * kelvin * self.debye.powi(3)).sqrt() / (self.deformation * kelvin);
        Ok(self.electrons * phonons)
    }
}
