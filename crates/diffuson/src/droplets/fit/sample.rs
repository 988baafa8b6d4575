//! From a crossover temperature to the distance from the Stoner instability.

use super::Estimated;

/// What is known of a sample beside its tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// `g = 2 pi hbar/(e^2 R_sq)`: conductance of a square in e^2/h.
    pub conductance: f64,
    /// `hbar/(k_B tau)` in K, tau the mean free time.
    pub scattering_rate: f64,
    /// gamma of the probability `exp[-gamma g^2 (1 + F_0)^2]`, of which there are several countings.
    pub gamma: f64,
}

/// The distance from the instability that belongs to a crossover temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inverted {
    /// `1 + F_0`, with the error that the crossover temperature has.
    pub distance: Estimated,
    /// `G = gamma g^2 (1 + F_0)^2`, likewise.
    pub exponent: Estimated,
    /// Change of `ln(1 + F_0)` if `ln T*` changes by one, as an unknown prefactor of e changes it: `-1/(2 G + 1)`.
    pub sensitivity: f64,
}

impl Sample {
    /// `1 + F_0` from `T* tau = exp(-G)/[g (1 + F_0)]`, T* in K (Eq. 65 with all prefactors 1). NaN unless T* is positive.
    pub fn invert(&self, crossover: Estimated) -> Inverted {
        let product = self.product(crossover.value);
        let exponent = self.gamma * product * product;
        let sensitivity = -1.0 / (2.0 * exponent + 1.0);
        let relative = (sensitivity * crossover.standard_error / crossover.value).abs();
        let distance = product / self.conductance;
        Inverted {
            distance: Estimated { value: distance, standard_error: relative * distance },
            exponent: Estimated { value: exponent, standard_error: 2.0 * relative * exponent },
            sensitivity,
        }
    }

    /// `(2 + F_0)/{2 ln[g (1 + F_0)]}` at a positive T* in K, the logarithm twice not below 1.
    pub(super) fn logarithm(&self, crossover: f64) -> f64 {
        let product = self.product(crossover);
        (1.0 + product / self.conductance) / (2.0 * product.ln()).max(1.0)
    }

    /// `x = g (1 + F_0)` from `gamma x^2 + ln x = -ln(T* tau)`: Newton's method in `u = ln x`, from above, where the convex left side makes it monotonic.
    fn product(&self, crossover: f64) -> f64 {
        let target = -(crossover / self.scattering_rate).ln();
        if !target.is_finite() {
            return f64::NAN;
        }
        let mut u = if target > self.gamma { 0.5 * (target / self.gamma).ln() } else { target };
        // some five steps near the root and one for each unit of u before; 100 are never used up
        for _ in 0..100 {
            let exponent = self.gamma * (2.0 * u).exp();
            let step = (exponent + u - target) / (2.0 * exponent + 1.0);
            u -= step;
            if step.abs() <= 1e-15 * (1.0 + u.abs()) {
                break;
            }
        }
        u.exp()
    }
}
