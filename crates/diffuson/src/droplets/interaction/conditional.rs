//! The third of three normal numbers, two of which are known to lie below a threshold.

use super::super::DropletError;
use super::super::error::require;
use crate::audit::{Audit, laws};
use crate::gauss::RULE;
use crate::thermal::{Adaptive, Structure};
use std::convert::Infallible;
use std::f64::consts::PI;

/// A normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

impl Normal {
    /// Density.
    pub fn density(&self, value: f64) -> f64 {
        let distance = (value - self.mean) / self.deviation;
        (-0.5 * distance * distance).exp() / (self.deviation * (2.0 * PI).sqrt())
    }

    /// Probability of a positive value.
    pub fn positive(&self) -> f64 {
        0.5 * libm::erfc(-self.mean / (self.deviation * 2f64.sqrt()))
    }
}

/// The distribution of `x = F^(12)/sqrt(I_FF)` given that `F^(1)` and `F^(2)` are below `-t` in the same unit (Eq. 57, normalised by the joint probability).
///
/// Given the sum `-s` of the two, x is normal with mean `-s J_2/(1 + J_1)` and variance `J_3 - 2 J_2^2/(1 + J_1)` (J in units of `I_FF`); their difference is independent of the sum, so that
///
/// ```text
/// p(s) ~ e^{-s^2/[4 (1 + J_1)]} erf[(s - 2t) / 2 sqrt(1 - J_1)],    s > 2t
/// ```
///
/// and everything is a single integral over s.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    threshold: f64,
    /// `J_1`.
    correlation: f64,
    /// `J_2/(1 + J_1)`.
    slope: f64,
    /// `J_3 - 2 J_2^2/(1 + J_1)`.
    rest: f64,
    /// `Int w du`, w the weight of `u = s - 2t`, in units of its value without the error function at 0.
    weight: f64,
    mean_sum: f64,
    variance_sum: f64,
    /// Estimated relative error of the three integrals.
    error: f64,
}

/// What the exponent of the weight may fall by before it is left out.
const EXPONENT: f64 = 45.0;

impl Conditional {
    pub(super) fn new([first, second, third]: [f64; 3], threshold: f64) -> Result<Self, DropletError> {
        require("threshold", threshold, threshold >= 0.0 && threshold.is_finite(), "at least 0")?;
        require("J_1/I_FF", first, first > -1.0 && first < 1.0, "between -1 and 1")?;
        let slope = second / (1.0 + first);
        let rest = third - 2.0 * second * slope;
        require("variance of F^(12) at fixed F^(1) and F^(2)", rest, rest > 0.0, "positive")?;
        let mut found = Self {
            threshold,
            correlation: first,
            slope,
            rest,
            weight: 1.0,
            mean_sum: 0.0,
            variance_sum: 0.0,
            error: 0.0,
        };
        let ([weight, one, two], error) = found.averages(|u| [1.0, u, u * u]);
        (found.weight, found.error) = (weight, error);
        found.mean_sum = 2.0 * threshold + one / weight;
        found.variance_sum = two / weight - (one / weight).powi(2);
        Ok(found)
    }

    /// `Int w(u) f(u) du / weight`, and the estimated relative error.
    fn averages<const N: usize>(&self, f: impl Fn(f64) -> [f64; N]) -> ([f64; N], f64) {
        let integral = self.integral(|u| f(u).to_vec());
        (std::array::from_fn(|k| integral.0[k]), integral.1)
    }

    fn integral(&self, f: impl Fn(f64) -> Vec<f64>) -> (Vec<f64>, f64) {
        let (t, spread) = (self.threshold, 4.0 * (1.0 + self.correlation));
        let apart = 2.0 * (1.0 - self.correlation).sqrt();
        let end = EXPONENT * spread / (2.0 * t + (4.0 * t * t + EXPONENT * spread).sqrt());
        let integrand = |u: f64| {
            let weight = (-u * (4.0 * t + u) / spread).exp() * libm::erf(u / apart) / self.weight;
            let mut values = f(u);
            values.iter_mut().for_each(|v| *v *= weight);
            Ok::<_, Infallible>(values)
        };
        let found = Adaptive::to(1e-11).integrate([0.0, end], &Structure::default(), &[], integrand);
        let Ok(found) = found;
        let error = found.relative_error();
        (found.values, error)
    }

    /// Mean of x: negative, droplets align.
    pub fn mean(&self) -> f64 {
        -self.slope * self.mean_sum
    }

    /// Standard deviation of x.
    pub fn deviation(&self) -> f64 {
        (self.rest + self.slope * self.slope * self.variance_sum).sqrt()
    }

    /// Density at several x.
    pub fn densities(&self, values: &[f64]) -> Vec<f64> {
        let normal =
            |u: f64| Normal { mean: -self.slope * (2.0 * self.threshold + u), deviation: self.rest.sqrt() };
        self.integral(|u| {
            let normal = normal(u);
            values.iter().map(|x| normal.density(*x)).collect()
        })
        .0
    }

    /// Probability of a positive x: that the interaction is antiferromagnetic.
    pub fn positive(&self) -> f64 {
        let root = (2.0 * self.rest).sqrt();
        self.averages(|u| [0.5 * libm::erfc(self.slope * (2.0 * self.threshold + u) / root)]).0[0]
    }

    /// `P(F^(1), F^(2) < -t)`, the normaliser of Eq. 57; the paper takes the product of the two probabilities, right for `J_1 = 0`.
    pub fn joint_probability(&self) -> f64 {
        let spread = 1.0 + self.correlation;
        self.weight * (-self.threshold.powi(2) / spread).exp() / (4.0 * PI * spread).sqrt()
    }

    /// That the density is normalised and has the mean and the deviation stated, by a quadrature over x; and that integrals have converged.
    pub fn audit(&self) -> Audit {
        let (mean, deviation) = (self.mean(), self.deviation());
        // near droplets leave F^(12) little freedom of its own, on which scale the density begins
        let panels = ((WIDTH * deviation / self.rest.sqrt()) as usize).clamp(PANELS, MOST_PANELS);
        let half = deviation * WIDTH / panels as f64;
        let nodes: Vec<(f64, f64)> = (0..panels)
            .flat_map(|k| RULE.map(|(x, w)| (half * ((2 * k + 1) as f64 + x) - WIDTH * deviation, half * w)))
            .collect();
        let values: Vec<f64> = nodes.iter().map(|(x, _)| mean + x).collect();
        let densities = self.densities(&values);
        let moments = nodes.iter().zip(densities).fold([0.0; 3], |[a, b, c], ((x, w), p)| {
            let y = x / deviation;
            [a + w * p, b + w * p * y, c + w * p * y * y]
        });
        let off = (moments[0] - 1.0).abs().max(moments[1].abs()).max((moments[2] - 1.0).abs());
        let mut audit = Audit::default();
        audit.record(laws::NORMALISATION, off, 1e-8);
        audit.record(laws::QUADRATURE, self.error, 1e-9);
        audit
    }
}

/// Standard deviations either way that the audit covers, in panels of eight points.
const WIDTH: f64 = 14.0;
/// Fewest panels; there are as many as widths of `F^(12)` at fixed `F^(1)` and `F^(2)`.
const PANELS: usize = 40;
/// Most panels.
const MOST_PANELS: usize = 4000;
