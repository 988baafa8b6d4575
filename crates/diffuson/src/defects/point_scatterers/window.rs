//! Averages over the thermal window.

use crate::scattering::nan_max;

/// Largest `|E - mu| / kT` of the window: the weight beyond is 1e-14.
pub(super) const REACH: f64 = 32.0;

/// Relative error at which the step is small enough.
const ENOUGH: f64 = 1e-9;

/// Halvings of the step at most.
const HALVINGS: u32 = 7;

/// `Int dE (-df/dE) F(E)` of a vector, and its relative error.
///
/// The trapezoidal rule in y, `E = mu + 2 kT sinh y`: the integrand falls off doubly exponentially, its poles are at `Im y = pi/2`, so that errors
/// are squared when the step is halved. It is, from 17 nodes on, until two steps agree to d with `1000 d^2 < 1e-9`, which is the error that is
/// stated. Functions that change much within kT take more nodes.
pub(super) fn thermal_average(
    mu: f64,
    temperature: f64,
    components: usize,
    mut f: impl FnMut(f64, &mut [f64]),
) -> (Vec<f64>, f64) {
    let end = (REACH / 2.0).asinh();
    let mut found = vec![0.0; components];
    let mut sums = vec![[0.0; 2]; components];
    let mut add = |y: f64, sums: &mut [[f64; 2]]| {
        let x = 2.0 * y.sinh();
        let weight = 2.0 * y.cosh() / (2.0 * (x / 2.0).cosh()).powi(2);
        f(mu + temperature * x, &mut found);
        for (sum, value) in sums.iter_mut().zip(&found) {
            sum[0] += weight * value;
            sum[1] += weight * value.abs();
        }
    };
    let mut intervals = 16;
    let at = |i: i32, of: i32| end * f64::from(2 * i - of) / f64::from(of);
    (0..=intervals).for_each(|i| add(at(i, intervals), &mut sums));
    let mut error = f64::INFINITY;
    for _ in 0..HALVINGS {
        let step = 2.0 * end / f64::from(intervals);
        let before: Vec<f64> = sums.iter().map(|s| s[0] * step).collect();
        intervals *= 2;
        (1..intervals).step_by(2).for_each(|i| add(at(i, intervals), &mut sums));
        let changes = before.iter().zip(&sums).map(|(before, [now, magnitude])| {
            let change = (0.5 * step * now - before).abs();
            if change == 0.0 { 0.0 } else { change / (0.5 * step * magnitude) }
        });
        let change = changes.fold(0.0, nan_max);
        error = change * (1e3 * change).min(1.0);
        if !(error > ENOUGH) {
            break;
        }
    }
    let step = 2.0 * end / f64::from(intervals);
    (sums.into_iter().map(|s| s[0] * step).collect(), error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// `<cos(s x)> = pi s / sinh(pi s)`, `<x^2> = pi^2/3`, x = (E - mu)/kT: to the stated error and what lies beyond the window, `32^2 e^-32`.
    #[test]
    fn averages_are_those_of_the_window() {
        for s in [0.0, 0.1, 0.5, 1.0, 2.0, 5.0] {
            let (values, error) = thermal_average(1.0, 0.01, 2, |e, out| {
                let x = (e - 1.0) / 0.01;
                (out[0], out[1]) = ((s * x).cos(), x * x);
            });
            let damped = if s == 0.0 { 1.0 } else { PI * s / (PI * s).sinh() };
            assert!(error < 1e-9, "{s}: {error:.1e}");
            let off = (values[0] - damped).abs().max((values[1] / (PI * PI / 3.0) - 1.0).abs());
            assert!(off < error + 3e-11, "{s}: {off:.1e}, {error:.1e}");
        }
    }
}
