//! The exponent without the law: that all data fall on one curve each.
//!
//! ```text
//! ln sigma_i = x ln T + P(ln T - ln d_i),        |S_i| = Q(ln T - ln d_i)
//! ```
//!
//! P and Q are cubic splines that nothing is known of, and the ln d_i shifts along the axis, the first of which is arbitrary. For given x
//! and shifts the best splines follow from a linear problem and are projected out of the residuals (variable projection, Golub and Pereyra
//! 1973), so that the fit has N parameters, and covariances are those of the full problem. Whatever scales with d/T, known or not, is
//! absorbed by P and Q; corrections to scaling are not. chi^2 per degree of freedom is the quality of the collapse.

use super::{Data, Estimated, JointError, JointFit};
use crate::localization::THERMOPOWER_UNIT;
use diffuson_fit::least_squares::{self, Fit};
use diffuson_fit::model::Model;
use diffuson_fit::parameter::Parameter;

/// Distance of the knots in ln(T/d) if nothing else is said: cubics follow both scaling functions within half a per cent over that.
pub const SPACING: f64 = 0.8;

/// A data collapse.
#[derive(Clone, Debug)]
pub struct CollapseFit {
    /// x.
    pub exponent: Estimated,
    /// The samples that take part, those on the metallic side, and their `ln d_i`, d in K. That of the first is taken from the joint fit.
    pub shifts: Vec<(usize, Estimated)>,
    /// Coefficients of each spline.
    pub coefficients: usize,
    /// Parameters, chi^2, degrees of freedom, goodness of fit.
    pub fit: Fit,
}

/// Collapses data with splines of knots at most `spacing` apart, further if there were not three points for each coefficient. A joint fit says
/// where to start, which samples are metallic, and how errors of T act on sigma and S.
///
/// # Errors
/// [`JointError::TooFew`] for fewer than two metallic samples, or fewer than twelve points of sigma or of S.
pub fn fit(data: &Data, start: &JointFit, spacing: f64) -> Result<CollapseFit, JointError> {
    if !(spacing > 0.0) {
        return Err(JointError::NotPositive { name: "spacing of knots", given: spacing });
    }
    let metallic: Vec<usize> =
        (0..data.samples().len()).filter(|&i| start.distances[i].value > 0.0).collect();
    if metallic.len() < 2 {
        let what = "metallic samples for a collapse";
        return Err(JointError::TooFew { what, needed: 2, found: metallic.len() });
    }
    let mut shapes = Shapes { conductivity: Vec::new(), thermopower: Vec::new(), coefficients: 0 };
    for (member, &sample) in metallic.iter().enumerate() {
        for p in &data.samples()[sample].points {
            let (t, ln_t) = (p.temperature, p.temperature.ln());
            // d sigma/dT and dS/dT of the joint fit turn an error of T into errors of sigma and S
            let h = 1e-4 * t;
            let at = |t: f64| start.curve(sample, t).unwrap_or((f64::NAN, f64::NAN));
            let (up, down) = (at(t + h), at(t - h));
            let along = |a: f64, b: f64| (a - b) / (2.0 * h) * p.temperature_error;
            if let Some(sigma) = p.conductivity {
                let error = sigma.standard_error.hypot(along(up.0, down.0)) / sigma.value;
                shapes.conductivity.push(Scaled { member, ln_t, value: sigma.value.ln(), error });
            }
            if let Some((s, error)) = data.reduced(p) {
                let error = error.hypot(along(up.1, down.1) / THERMOPOWER_UNIT);
                shapes.thermopower.push(Scaled { member, ln_t, value: s, error });
            }
        }
    }
    let fewest = shapes.conductivity.len().min(shapes.thermopower.len());
    if fewest < 12 {
        let what = "points of conductivity and of thermopower for a collapse";
        return Err(JointError::TooFew { what, needed: 12, found: fewest });
    }
    let places = || {
        let points = shapes.conductivity.iter().chain(&shapes.thermopower);
        points.map(|p| p.ln_t - start.distances[metallic[p.member]].value.ln())
    };
    let range = places().fold(f64::NEG_INFINITY, f64::max) - places().fold(f64::INFINITY, f64::min);
    shapes.coefficients = ((range / spacing).ceil() as usize + 3).clamp(4, fewest / 3);
    let mut parameters = vec![Parameter::new("x", "1", start.exponent.value).between(0.0, 12.0)];
    parameters.extend(metallic.iter().enumerate().map(|(member, &sample)| {
        let name = format!("ln d {}", data.samples()[sample].name);
        let shift = Parameter::new(name, "1", start.distances[sample].value.ln());
        if member == 0 { shift.fixed() } else { shift }
    }));
    let fit = least_squares::fit(&shapes, &parameters)?;
    let estimated = |j: usize| Estimated { value: fit.values[j], standard_error: fit.standard_errors[j] };
    Ok(CollapseFit {
        exponent: estimated(0),
        shifts: metallic.iter().enumerate().map(|(k, &sample)| (sample, estimated(1 + k))).collect(),
        coefficients: shapes.coefficients,
        fit,
    })
}

/// A measured value at one temperature: ln sigma or |S|.
struct Scaled {
    member: usize,
    ln_t: f64,
    value: f64,
    error: f64,
}

/// The data with the splines projected out. Parameters: x, then the shifts.
struct Shapes {
    conductivity: Vec<Scaled>,
    thermopower: Vec<Scaled>,
    coefficients: usize,
}

impl Model for Shapes {
    fn residuals(&self) -> usize {
        self.conductivity.len() + self.thermopower.len()
    }

    fn eliminated(&self) -> usize {
        2 * self.coefficients
    }

    fn evaluate(&self, p: &[f64], residuals: &mut [f64]) {
        let all = || self.conductivity.iter().chain(&self.thermopower).map(|s| s.ln_t - p[1 + s.member]);
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        let (sigma, s) = residuals.split_at_mut(self.conductivity.len());
        for (data, exponent, out) in [(&self.conductivity, p[0], sigma), (&self.thermopower, 0.0, s)] {
            let mut basis = vec![vec![0.0; data.len()]; self.coefficients];
            for (k, point) in data.iter().enumerate() {
                out[k] = (point.value - exponent * point.ln_t) / point.error;
                let place = (point.ln_t - p[1 + point.member] - low) / (high - low);
                let (first, values) = splines(place, self.coefficients);
                values.iter().enumerate().for_each(|(i, v)| basis[first + i][k] = v / point.error);
            }
            project(&mut basis, out);
        }
    }
}

/// The four cubic B-splines that do not vanish at a place between 0 and 1, and the number of the first.
fn splines(place: f64, coefficients: usize) -> (usize, [f64; 4]) {
    let intervals = coefficients - 3;
    let at = place * intervals as f64;
    let first = (at as usize).min(intervals - 1);
    let t = at - first as f64;
    let u = 1.0 - t;
    let values =
        [u * u * u, 3.0 * t * t * t - 6.0 * t * t + 4.0, 3.0 * u * u * u - 6.0 * u * u + 4.0, t * t * t];
    (first, values.map(|v| v / 6.0))
}

/// Takes out of `rest` what lies in the span of the columns (Gram and Schmidt, twice); columns that depend on others are left out.
fn project(columns: &mut [Vec<f64>], rest: &mut [f64]) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let take = |from: &mut [f64], unit: &[f64]| {
        let part = dot(from, unit);
        from.iter_mut().zip(unit).for_each(|(f, u)| *f -= part * u);
    };
    for k in 0..columns.len() {
        let (done, todo) = columns.split_at_mut(k);
        let column = &mut todo[0];
        let before = dot(column, column).sqrt();
        for _ in 0..2 {
            done.iter().for_each(|unit| take(column, unit));
        }
        let length = dot(column, column).sqrt();
        let scale = if length > 1e-9 * before { 1.0 / length } else { 0.0 };
        column.iter_mut().for_each(|c| *c *= scale);
    }
    for _ in 0..2 {
        columns.iter().for_each(|unit| take(rest, unit));
    }
}
