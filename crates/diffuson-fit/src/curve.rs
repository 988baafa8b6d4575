//! Curves through measured points, with errors in one axis or both.
//!
//! Where the abscissa is measured with a standard error too, its true value xi is an unknown of its own: the point contributes
//!
//! ```text
//! chi_i^2(p) = min over xi of  sum_a ((y_a - f_a(xi, p)) / sigma_a)^2 + ((x - xi) / sigma_x)^2
//! ```
//!
//! for all ordinates a measured at that abscissa (York 1966; orthogonal distance regression). Each xi is found by itself for given p, and
//! `dr/dp` is projected onto the complement of `dr/dxi`, which eliminates it from `J^T J` as a Schur complement would: the covariance is
//! that of the full problem of parameters and abscissae, at the cost of the small one. For a straight line and one ordinate this is
//! the effective variance `sigma_y^2 + f'^2 sigma_x^2` exactly. It is a valid description while the curve is followed by its tangent over a
//! few sigma_x: `|f''| sigma_x^2` small against `sqrt(sigma_y^2 + f'^2 sigma_x^2)`; beyond that, values are biased by curvature.

use crate::Error;
use crate::model::Model;
use std::sync::Arc;

/// What was measured at one abscissa: one ordinate or several, each with its standard error.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    abscissa: f64,
    abscissa_error: f64,
    ordinates: Vec<(f64, f64)>,
}

impl Measurement {
    /// Ordinates `(value, standard error)` at an abscissa known exactly.
    pub fn new(abscissa: f64, ordinates: Vec<(f64, f64)>) -> Self {
        Self { abscissa, abscissa_error: 0.0, ordinates }
    }

    /// The same, the abscissa with a standard error (zero: exact).
    pub fn with_abscissa_error(self, abscissa_error: f64) -> Self {
        Self { abscissa_error, ..self }
    }

    fn validate(&self, row: usize) -> Result<(), Error> {
        let refuse = |what, given| Err(Error::Measurement { row, what, given });
        if !self.abscissa.is_finite() {
            return refuse("the abscissa must be a number", self.abscissa);
        }
        if !(self.abscissa_error >= 0.0 && self.abscissa_error.is_finite()) {
            return refuse("the error of the abscissa must be zero or positive", self.abscissa_error);
        }
        for &(value, error) in &self.ordinates {
            if !value.is_finite() {
                return refuse("an ordinate must be a number", value);
            }
            if !(error > 0.0 && error.is_finite()) {
                return refuse("the error of an ordinate must be positive", error);
            }
        }
        Ok(())
    }

    /// Residuals this point contributes, that of its abscissa last.
    fn rows(&self) -> usize {
        self.ordinates.len() + usize::from(self.abscissa_error > 0.0)
    }
}

/// The function behind a curve. Closures `|row, x, p, y|` that fill the ordinates y of measurement number `row` are such functions.
pub trait Function: Send + Sync {
    /// Fills the ordinates of measurement number `row` at abscissa `x`.
    fn ordinates(&self, row: usize, x: f64, parameters: &[f64], y: &mut [f64]);

    /// Fills `dy_a/dx` into `slope[a]` and `dy_a/dp_j` into `gradient[a * parameters + j]`; false if they are not supplied, and taken
    /// numerically then.
    fn derivatives(
        &self,
        _row: usize,
        _x: f64,
        _parameters: &[f64],
        _slope: &mut [f64],
        _gradient: &mut [f64],
    ) -> bool {
        false
    }
}

impl<F: Fn(usize, f64, &[f64], &mut [f64]) + Send + Sync> Function for F {
    fn ordinates(&self, row: usize, x: f64, parameters: &[f64], y: &mut [f64]) {
        self(row, x, parameters, y);
    }
}

/// A function and the points it is to go through.
#[derive(Debug)]
pub struct Curve<F> {
    data: Vec<Measurement>,
    function: Arc<F>,
}

impl<F: Function> Curve<F> {
    /// The curve of a function through measured points.
    ///
    /// # Errors
    /// [`Error::Measurement`] if a value is not a number, or the error of an ordinate not positive.
    pub fn new(data: Vec<Measurement>, function: F) -> Result<Self, Error> {
        data.iter().enumerate().try_for_each(|(row, m)| m.validate(row))?;
        Ok(Self { data, function: Arc::new(function) })
    }

    /// The function.
    pub fn function(&self) -> &F {
        &self.function
    }

    /// Whether the abscissa of measurement number `row` has an error, and so a residual of its own after those of the ordinates; false for
    /// a measurement that does not exist.
    pub fn has_abscissa_error(&self, row: usize) -> bool {
        self.data.get(row).is_some_and(|m| m.abscissa_error > 0.0)
    }

    /// The most likely true abscissae for these parameters: the measured ones where they are exact.
    pub fn true_abscissae(&self, parameters: &[f64]) -> Vec<f64> {
        let mut scratch = Scratch::default();
        (0..self.data.len()).map(|row| self.settle(row, parameters, &mut scratch)).collect()
    }

    /// Residuals of one measurement with its true abscissa at `x`; returns their sum of squares.
    fn row(&self, row: usize, x: f64, parameters: &[f64], out: &mut [f64]) -> f64 {
        let m = &self.data[row];
        let (y, rest) = out.split_at_mut(m.ordinates.len());
        self.function.ordinates(row, x, parameters, y);
        y.iter_mut().zip(&m.ordinates).for_each(|(y, (value, error))| *y = (value - *y) / error);
        rest.iter_mut().for_each(|r| *r = (m.abscissa - x) / m.abscissa_error);
        out.iter().map(|r| r * r).sum()
    }

    /// `dr/dx` of one measurement.
    fn row_slope(&self, row: usize, x: f64, parameters: &[f64], scratch: &mut Scratch) {
        let (m, k) = (&self.data[row], self.data[row].ordinates.len());
        scratch.slope.resize(k + 1, 0.0);
        scratch.gradient.resize(k * parameters.len(), 0.0);
        if !self.function.derivatives(row, x, parameters, &mut scratch.slope[..k], &mut scratch.gradient) {
            // a part of sigma_x, over which the curve is smooth, but not lost in the rounding of x
            let h = (1e-3 * m.abscissa_error).max(f64::EPSILON.cbrt() * x.abs());
            scratch.near.resize(k, 0.0);
            self.function.ordinates(row, x + h, parameters, &mut scratch.slope[..k]);
            self.function.ordinates(row, x - h, parameters, &mut scratch.near);
            scratch.slope.iter_mut().zip(&scratch.near).for_each(|(up, down)| *up = (*up - down) / (2.0 * h));
        }
        scratch.slope.iter_mut().zip(&m.ordinates).for_each(|(s, (_, error))| *s /= -error);
        scratch.slope[k] = -1.0 / m.abscissa_error;
    }

    /// The true abscissa of one measurement: Gauss and Newton's method from the measured one, steps halved until they help.
    fn settle(&self, row: usize, parameters: &[f64], scratch: &mut Scratch) -> f64 {
        let m = &self.data[row];
        let mut x = m.abscissa;
        if m.abscissa_error == 0.0 {
            return x;
        }
        let mut r = vec![0.0; m.rows()];
        let mut best = self.row(row, x, parameters, &mut r);
        for _ in 0..100 {
            self.row_slope(row, x, parameters, scratch);
            let [along, square] =
                [&r, &scratch.slope].map(|v| v.iter().zip(&scratch.slope).map(|(a, b)| a * b).sum::<f64>());
            let mut step = -along / square;
            // the residuals change by the step over the effective error: far below what chi^2 is read to
            if !(step.abs() * square.sqrt() > 1e-10) {
                break;
            }
            let mut better = f64::INFINITY;
            while step.abs() * square.sqrt() > 1e-10 {
                better = self.row(row, x + step, parameters, &mut r);
                if better < best {
                    break;
                }
                step *= 0.5;
            }
            if !(better < best) {
                break;
            }
            (x, best) = (x + step, better);
        }
        x
    }
}

#[derive(Default)]
struct Scratch {
    slope: Vec<f64>,
    near: Vec<f64>,
    gradient: Vec<f64>,
}

impl<F: Function> Model for Curve<F> {
    fn residuals(&self) -> usize {
        self.data.iter().map(Measurement::rows).sum()
    }

    fn eliminated(&self) -> usize {
        self.data.iter().filter(|m| m.abscissa_error > 0.0).count()
    }

    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64]) {
        let (mut rest, mut scratch) = (residuals, Scratch::default());
        for (row, m) in self.data.iter().enumerate() {
            let (out, next) = rest.split_at_mut(m.rows());
            let x = self.settle(row, parameters, &mut scratch);
            self.row(row, x, parameters, out);
            rest = next;
        }
    }

    fn jacobian(&self, parameters: &[f64], jacobian: &mut [f64]) -> bool {
        let (total, n) = (self.residuals(), parameters.len());
        let (mut first, mut scratch) = (0, Scratch::default());
        for (row, m) in self.data.iter().enumerate() {
            let (k, rows) = (m.ordinates.len(), m.rows());
            let x = self.settle(row, parameters, &mut scratch);
            scratch.slope.resize(k + 1, 0.0);
            scratch.gradient.resize(k * n, 0.0);
            if !self.function.derivatives(row, x, parameters, &mut scratch.slope[..k], &mut scratch.gradient)
            {
                return false;
            }
            let mut along: Vec<f64> = (0..rows)
                .map(|a| if a < k { -scratch.slope[a] / m.ordinates[a].1 } else { -1.0 / m.abscissa_error })
                .collect();
            if rows == k {
                along.fill(0.0); // the abscissa is exact
            }
            let square: f64 = along.iter().map(|s| s * s).sum::<f64>().max(f64::MIN_POSITIVE);
            for j in 0..n {
                let column = &mut jacobian[j * total + first..][..rows];
                column.fill(0.0);
                (0..k).for_each(|a| column[a] = -scratch.gradient[a * n + j] / m.ordinates[a].1);
                let part = column.iter().zip(&along).map(|(c, s)| c * s).sum::<f64>() / square;
                column.iter_mut().zip(&along).for_each(|(c, s)| *c -= part * s);
            }
            first += rows;
        }
        true
    }

    fn redrawn(&self, fitted: &[f64], normal: &mut dyn FnMut() -> f64) -> Option<Box<dyn Model + '_>> {
        let mut data = self.data.clone();
        for (row, (m, x)) in data.iter_mut().zip(self.true_abscissae(fitted)).enumerate() {
            let mut y = vec![0.0; m.ordinates.len()];
            self.function.ordinates(row, x, fitted, &mut y);
            m.ordinates.iter_mut().zip(y).for_each(|(o, y)| o.0 = y + o.1 * normal());
            if m.abscissa_error > 0.0 {
                m.abscissa = x + m.abscissa_error * normal();
            }
        }
        Some(Box::new(Self { data, function: self.function.clone() }))
    }
}
