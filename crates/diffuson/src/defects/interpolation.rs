//! Smooth functions, interpolated piece by piece.

use std::f64::consts::PI;

/// Coefficients of a piece.
pub(super) const COEFFICIENTS: usize = 16;

/// A function on an interval, as Chebyshev series of degree 15 on pieces of equal width. With the nearest singular point a distance d from the axis the relative error is
/// about `(r + sqrt(r^2 + 1))^{-16}`, r = d over half the width of a piece.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    from: f64,
    per_unit: f64,
    series: Vec<[f64; COEFFICIENTS]>,
}

impl Pieces {
    /// Interpolates a function, which is never asked for at the ends of pieces.
    pub(super) fn new(from: f64, to: f64, pieces: usize, function: impl Fn(f64) -> f64) -> Self {
        let width = (to - from) / pieces as f64;
        let series = (0..pieces).map(|k| piece(from + k as f64 * width, width, &function)).collect();
        Self { from, per_unit: width.recip(), series }
    }

    /// The function between the ends.
    pub(super) fn at(&self, x: f64) -> f64 {
        let place = (x - self.from) * self.per_unit;
        let k = (place.max(0.0) as usize).min(self.series.len() - 1);
        sum(&self.series[k], 2.0 * (place - k as f64) - 1.0)
    }
}

/// The series that meets a function at the roots of the sixteenth Chebyshev polynomial of `[from, from + width]`.
pub(super) fn piece(from: f64, width: f64, function: impl Fn(f64) -> f64) -> [f64; COEFFICIENTS] {
    let n = COEFFICIENTS as f64;
    let angle = |k: usize| PI * (k as f64 + 0.5) / n;
    let values: [f64; COEFFICIENTS] =
        std::array::from_fn(|k| function(from + 0.5 * width * (1.0 + angle(k).cos())));
    std::array::from_fn(|j| {
        let norm = if j == 0 { 1.0 } else { 2.0 };
        values.iter().enumerate().map(|(k, v)| v * (j as f64 * angle(k)).cos()).sum::<f64>() * norm / n
    })
}

/// A Chebyshev series at a point of [-1, 1], by Clenshaw's recurrence.
pub(super) fn sum(series: &[f64; COEFFICIENTS], x: f64) -> f64 {
    let (mut one, mut two) = (0.0, 0.0);
    for c in series[1..].iter().rev() {
        (one, two) = (2.0 * x * one - two + c, one);
    }
    x * one - two + series[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1/(1 + x^2) has poles a distance 1 away: (2 + sqrt 5)^-16 = 1e-10 on pieces of width 1, times some.
    #[test]
    fn analytic_functions_are_met_as_well_as_their_singular_points_allow() {
        let pieces = Pieces::new(-2.0, 3.0, 5, |x| (1.0 + x * x).recip());
        for k in 0..=500 {
            let x = -2.0 + 0.01 * f64::from(k);
            assert!((pieces.at(x) * (1.0 + x * x) - 1.0).abs() < 1e-9, "{x}");
        }
        // a polynomial of the degree is met to rounding, at the ends too
        let cubic = Pieces::new(0.0, 1.2, 2, |x| x * x * x);
        assert!((cubic.at(1.2) - 1.728).abs() < 1e-13);
    }
}
