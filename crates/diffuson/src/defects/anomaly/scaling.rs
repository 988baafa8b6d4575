//! The anomaly as a function of bias and temperature: local exponents, biases that do what a temperature does, and its audit.

use super::super::{Bath, DefectError, require, upper_occupation};
use super::{EXPONENT, mean_excitation_below};
use crate::audit::{Audit, laws};
use crate::scattering::nan_max;
use crate::thermal::{Adaptive, Structure};
use std::convert::Infallible;

/// Fluctuators of a constant density of splittings at some place of a contact, under any bias and temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anomaly {
    bath: Bath,
    band: f64,
}

impl Anomaly {
    /// Fluctuators in surroundings whose bias and temperature do not matter.
    pub fn new(bath: Bath) -> Self {
        Self { bath, band: f64::INFINITY }
    }

    /// The same with splittings up to this one only, so that the response saturates.
    ///
    /// # Errors
    ///
    /// A splitting that is not positive.
    pub fn with_band(self, band: f64) -> Result<Self, DefectError> {
        require("highest splitting", band, band > 0.0, "positive")?;
        Ok(Self { band, ..self })
    }

    /// [`mean_excitation_below`], in the square of the unit of the bath; NaN for a bias or temperature that cannot be.
    pub fn response(&self, bias: f64, temperature: f64) -> f64 {
        self.bath
            .under(bias.abs(), temperature)
            .map_or(f64::NAN, |bath| mean_excitation_below(&bath, self.band))
    }

    /// `d ln D / d ln V`: 2 for eV << E*, 2/3 only from some 1000 E* on.
    pub fn bias_exponent(&self, bias: f64, temperature: f64) -> f64 {
        logarithmic_slope(|factor| self.response(bias * factor, temperature))
    }

    /// `d ln D / d ln T`, 2 without bias.
    pub fn temperature_exponent(&self, bias: f64, temperature: f64) -> f64 {
        logarithmic_slope(|factor| self.response(bias, temperature * factor))
    }

    /// The bias eV that does, at kT = 0, what a temperature does without bias: `D(V, 0) = D(0, T)`. In the centre 3.80 kT for kT << E*, `0.794 kT^3 / E*^2` for kT >> E*. NaN if none does.
    pub fn equal_bias(&self, temperature: f64) -> f64 {
        self.bias_where(temperature, |bias| self.response(bias, 0.0), self.response(0.0, temperature))
    }

    /// The bias eV that doubles the response at a temperature: `D(V, T) = 2 D(0, T)`. In the centre 3.79 kT for kT << E*, about `1.5 kT^3 / E*^2` for kT >> E*. NaN if none does.
    pub fn doubling_bias(&self, temperature: f64) -> f64 {
        let value = 2.0 * self.response(0.0, temperature);
        self.bias_where(temperature, |bias| self.response(bias, temperature), value)
    }

    /// Where a function that rises with the bias has a value, by bisection of its logarithm.
    fn bias_where(&self, temperature: f64, of: impl Fn(f64) -> f64, value: f64) -> f64 {
        let phonons = (temperature / self.bath.crossover()).powi(2);
        let (mut low, mut high) = (temperature.ln() - 7.0, (temperature * (1.0 + phonons)).ln() + 14.0);
        if !(of(low.exp()) <= value && value <= of(high.exp())) {
            return f64::NAN;
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if of(middle.exp()) < value { low = middle } else { high = middle }
        }
        (0.5 * (low + high)).exp()
    }

    /// The laws at a bias and a temperature: the response against adaptive quadrature in the energy itself, relative; without bias also detailed balance of the rates it is made of.
    ///
    /// # Errors
    ///
    /// A bias or temperature that is negative or not finite.
    pub fn audit(&self, bias: f64, temperature: f64) -> Result<Audit, DefectError> {
        let bath = self.bath.under(bias, temperature)?;
        let mut audit = Audit::default();
        let (rule, reference) = (mean_excitation_below(&bath, self.band), adaptive(&bath, self.band));
        let error = if rule == reference { 0.0 } else { (rule / reference - 1.0).abs() };
        audit.record(laws::QUADRATURE, error, QUADRATURE);
        if bias == 0.0 && temperature > 0.0 {
            let off =
                |x: f64| (bath.rate(x * temperature) * x.exp() / bath.rate(-x * temperature) - 1.0).abs();
            let worst = [0.01, 0.1, 1.0, 10.0, 100.0].into_iter().map(off).fold(0.0, nan_max);
            audit.record(laws::DETAILED_BALANCE, worst, BALANCE);
        }
        Ok(audit)
    }
}

/// What is claimed of the response.
const QUADRATURE: f64 = 1e-10;

/// Rounding of exponentials of 100.
const BALANCE: f64 = 1e-12;

/// [`mean_excitation_below`] by adaptive quadrature, cut where the integrand changes its scale.
fn adaptive(bath: &Bath, band: f64) -> f64 {
    let (bias, temperature) = (bath.bias(), bath.temperature());
    let top = (bias + EXPONENT * temperature).min(band);
    let Ok(structure) = Structure::new([0.0, top], Vec::new()) else {
        return 0.0; // nothing is excited
    };
    let widths = (-1..=8).map(|k| 10f64.powf(0.5 * f64::from(k)) * temperature);
    let mut marks: Vec<f64> = widths.flat_map(|w| [bias - w, bias, bias + w]).collect();
    marks.extend((0..48).map(|k| top * 2f64.powi(-k)));
    marks.retain(|&m| m > 0.0 && m < top);
    marks.sort_by(f64::total_cmp);
    let integrand = |energy: f64| Ok::<_, Infallible>([energy * upper_occupation(energy, bath)]);
    let Ok(integral) = Adaptive::to(1e-13).integrate([0.0, top], &structure, &marks, integrand);
    integral.values[0]
}

/// Fourth order in the step: 1e-12 of curvature against 1e-11 of rounding.
fn logarithmic_slope(of: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1e-3;
    let difference = |steps: f64| (of((steps * STEP).exp()) / of((-steps * STEP).exp())).ln();
    (8.0 * difference(1.0) - difference(2.0)) / (12.0 * STEP)
}
