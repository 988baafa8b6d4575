//! How the response scales: local exponents, and biases that do what a temperature does. Energies in E*.

use super::response;

/// `d ln D / d ln V` of [`response`]: 2 for eV << E*, 2/3 only from some 1000 E* on (S24).
pub fn bias_exponent(bias: f64, temperature: f64) -> f64 {
    logarithmic_slope(|factor| response(bias * factor, temperature))
}

/// `d ln D / d ln T` of [`response`], 2 without bias.
pub fn temperature_exponent(bias: f64, temperature: f64) -> f64 {
    logarithmic_slope(|factor| response(bias, temperature * factor))
}

/// The bias eV that does, at kT = 0, what a temperature does without bias: `D(V, 0) = D(0, T)` (S26). 3.80 kT for kT << E*, `0.794 kT^3 / E*^2` for kT >> E*.
pub fn equal_bias(temperature: f64) -> f64 {
    bias_where(temperature, |bias| response(bias, 0.0), response(0.0, temperature))
}

/// The bias eV that doubles the response at a temperature: `D(V, T) = 2 D(0, T)` (S26). 3.79 kT for kT << E*, about `1.5 kT^3 / E*^2` for kT >> E*.
pub fn doubling_bias(temperature: f64) -> f64 {
    bias_where(temperature, |bias| response(bias, temperature), 2.0 * response(0.0, temperature))
}

/// Fourth order in the step: 1e-12 of curvature against 1e-11 of rounding.
fn logarithmic_slope(of: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1e-3;
    let difference = |steps: f64| (of((steps * STEP).exp()) / of((-steps * STEP).exp())).ln();
    (8.0 * difference(1.0) - difference(2.0)) / (12.0 * STEP)
}

/// Where a function that rises with the bias has a value, by bisection of its logarithm; NaN if the temperature is not positive and finite.
fn bias_where(temperature: f64, of: impl Fn(f64) -> f64, value: f64) -> f64 {
    if !(temperature > 0.0 && temperature.is_finite()) {
        return f64::NAN;
    }
    let (mut low, mut high) =
        ((0.1 * temperature).ln(), (10.0 * temperature * (1.0 + temperature * temperature)).ln());
    while high - low > 1e-13 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if of(middle.exp()) < value { low = middle } else { high = middle }
    }
    (0.5 * (low + high)).exp()
}
