//! The phase shift at which energy and conductance cease to correlate: the limit of the claim that upper positions conduct better.

use super::statistics::correlation;
use crate::results::Fit;
use diffuson_ensemble::statistics::{Estimate, joint_jackknife};

/// Points that differ in the phase shift alone, by its magnitude, with the moments of all samples; none where a sample failed.
pub(super) struct Family {
    pub(super) name: String,
    /// What the exact law of two scatterers gives, in degrees.
    pub(super) expected: Option<f64>,
    /// Phase shifts in degrees, all of one sign, ascending in magnitude.
    pub(super) phase_shifts: Vec<f64>,
    pub(super) rows: Vec<Vec<Option<Vec<f64>>>>,
}

/// A function of the means of the moments.
type Signed = fn(&[f64]) -> f64;

/// What changes its sign: how it is found from the means of the moments, and in words.
const WHAT: [(Signed, &str); 2] = [
    (correlation, "phase shift at which the correlation changes sign"),
    (|mean| mean[3] - 0.5, "phase shift at which either position conducts better as often"),
];

impl Family {
    /// Where the correlation first changes its sign, and where signs agree as often as not; or why that is not known.
    pub(super) fn crossings(&self) -> Vec<Result<Fit, String>> {
        WHAT.into_iter().map(|(of, what)| self.crossing(of, what)).collect()
    }

    /// Degrees between the phase shifts on either side of a value.
    fn gap(&self, value: f64) -> f64 {
        let around = |pair: &&[f64]| (pair[0] - value) * (pair[1] - value) <= 0.0;
        self.phase_shifts.windows(2).find(around).map_or(0.0, |pair| (pair[1] - pair[0]).abs())
    }

    fn crossing(&self, of: Signed, what: &str) -> Result<Fit, String> {
        let zero = |means: &[Vec<f64>]| {
            let values: Vec<f64> = means.iter().map(|mean| of(mean)).collect();
            vec![first_zero(&self.phase_shifts, &values).unwrap_or(f64::NAN)]
        };
        let suffix = if self.name.is_empty() { String::new() } else { format!(", {}", self.name) };
        let name = format!("{what}{suffix}");
        let found = joint_jackknife(&self.rows, zero).map_err(|e| format!("{name}: {e}"))?;
        let estimate: Estimate = found.estimates()[0];
        if estimate.value.is_nan() {
            let [first, last] =
                [self.phase_shifts.first(), self.phase_shifts.last()].map(|d| d.copied().unwrap_or(f64::NAN));
            return Err(format!("{name}: none between {first} and {last} degrees"));
        }
        let gap = self.gap(estimate.value);
        if gap > MOST {
            return Err(format!(
                "{name}: the phase shifts on either side are {gap} degrees apart, at most {MOST} are told"
            ));
        }
        Ok(Fit {
            name,
            estimate,
            expected: self.expected,
            reference: "two distant scatterers: sum of sin^2 of both phase shifts = 1".to_owned(),
            points: self.phase_shifts.len(),
        })
    }
}

/// Degrees between the phase shifts on either side of a zero that is told: correlations are no straight lines.
const MOST: f64 = 15.0;

/// The first zero of the cubic through the two values on either side of the first change of sign; of the parabola or the line where there are fewer.
fn first_zero(x: &[f64], y: &[f64]) -> Option<f64> {
    let at = y.windows(2).position(|pair| pair[0] * pair[1] <= 0.0)?;
    let near = at.saturating_sub(1)..(at + 3).min(x.len());
    let (x_near, y_near) = (&x[near.clone()], &y[near]);
    let polynomial = |place: f64| -> f64 {
        let weight = |i: usize| -> f64 {
            let factor = |j: usize| (place - x_near[j]) / (x_near[i] - x_near[j]);
            (0..x_near.len()).filter(|j| *j != i).map(factor).product()
        };
        y_near.iter().enumerate().map(|(i, y)| y * weight(i)).sum()
    };
    let (mut from, mut to) = (x[at], x[at + 1]);
    let rises = y[at] < y[at + 1];
    // to the last digit
    for _ in 0..60 {
        let middle = 0.5 * (from + to);
        if (polynomial(middle) < 0.0) == rises { from = middle } else { to = middle }
    }
    Some(0.5 * (from + to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_of_cubics_are_found() {
        let cubic = |x: f64| 0.9 - 1e-3 * x * x + 1e-5 * x * x * x;
        let x = [10.0, 20.0, 30.0, 40.0, 50.0];
        let y = x.map(cubic);
        // 0.9 - x^2/1000 + x^3/1e5 = 0, by bisection to the last digit
        let zero = first_zero(&x, &y).expect("a change of sign");
        assert!(cubic(zero).abs() < 1e-14, "{zero}");
        assert_eq!(first_zero(&x[..3], &y[..3]), None);
        // two values: a straight line
        assert_eq!(first_zero(&[1.0, 2.0], &[1.0, -3.0]), Some(1.25));
    }
}
