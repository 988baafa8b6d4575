//! The exponent from the first order at low temperature: sigma(0) against dS/dT, on logarithmic axes (Eq. 41).
//!
//! ```text
//! dS/dT = (k_B/e) (pi^2 x/3) A^(1/x) sigma(0)^(-1/x)        T -> 0
//! ```
//!
//! sigma(0) is extrapolated by `sigma(0) + c T^2`, dS/dT is the slope of a line through the origin, both from the points with |S| below a
//! window. The curvature that S(T) has within the window is the same for all samples if every sample fills the window: it cancels in x.
//! Where some samples do not, it does not, and [`SlopeFit::bias`] says by how much.

use super::{Data, Estimated, JointError, Point, Sample};
use crate::localization::{MobilityEdge, THERMOPOWER_UNIT};
use crate::units::SOMMERFELD;
use diffuson_fit::curve::{Curve, Function, Measurement};
use diffuson_fit::least_squares::{self, Fit};
use diffuson_fit::parameter::Parameter;

/// Largest |S| that is used if nothing else is said, in k_B/e.
pub const WINDOW: f64 = 0.4;

/// What low temperatures say of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct LowTemperature {
    /// Its number.
    pub sample: usize,
    /// sigma(0), in S/m.
    pub conductivity: Estimated,
    /// |dS/dT|, in V/K^2.
    pub slope: Estimated,
    /// Points below the window.
    pub points: usize,
}

/// Exponent and prefactor by Eq. 41.
#[derive(Clone, Debug)]
pub struct SlopeFit {
    /// x: minus one over the slope of the line.
    pub exponent: Estimated,
    /// A, in S/m per K^x, from its intercept.
    pub prefactor: Estimated,
    /// What ideal data of these x and A, at the same temperatures, would give in excess of x.
    pub bias: f64,
    /// The points of the line; samples without two conductivities and a positive slope below the window are left out.
    pub samples: Vec<LowTemperature>,
    /// The fit of the line, with errors in both axes.
    pub fit: Fit,
}

/// `ln(dS/dT)` in k_B/e per K at `ln sigma(0)`, as a function of x and A.
struct Line;

impl Function for Line {
    fn ordinates(&self, _: usize, ln_sigma: f64, p: &[f64], y: &mut [f64]) {
        y[0] = (SOMMERFELD * p[0]).ln() + (p[1].ln() - ln_sigma) / p[0];
    }

    fn derivatives(
        &self,
        _: usize,
        ln_sigma: f64,
        p: &[f64],
        slope: &mut [f64],
        gradient: &mut [f64],
    ) -> bool {
        slope[0] = -1.0 / p[0];
        gradient.copy_from_slice(&[(1.0 - (p[1].ln() - ln_sigma) / p[0]) / p[0], 1.0 / (p[0] * p[1])]);
        true
    }
}

/// Fits the line through the points with |S| below `window`, in k_B/e.
///
/// # Errors
/// [`JointError::TooFew`] if fewer than two samples have points below the window, [`JointError::NotPositive`] for a window that is not positive.
pub fn fit(data: &Data, window: f64) -> Result<SlopeFit, JointError> {
    if !(window > 0.0) {
        return Err(JointError::NotPositive { name: "window of Eq. 41", given: window });
    }
    let mut found = line(data, window)?;
    let ideal = ideal(data, found.exponent.value, found.prefactor.value, &found.samples);
    let again = ideal.and_then(|data| line(&data, window).ok());
    found.bias = again.map_or(f64::NAN, |fit| fit.exponent.value - found.exponent.value);
    Ok(found)
}

fn line(data: &Data, window: f64) -> Result<SlopeFit, JointError> {
    let samples: Vec<LowTemperature> =
        (0..data.samples().len()).filter_map(|i| low_temperature(data, i, window)).collect();
    let relative = |e: Estimated| (e.value.ln(), e.standard_error / e.value);
    let points: Vec<((f64, f64), (f64, f64))> = samples
        .iter()
        .map(|s| {
            let (slope, error) = relative(s.slope);
            (relative(s.conductivity), (slope - THERMOPOWER_UNIT.ln(), error))
        })
        .collect();
    if points.len() < 2 {
        let what = "samples with conductivity and thermopower below the window of Eq. 41";
        return Err(JointError::TooFew { what, needed: 2, found: points.len() });
    }
    // from the two ends of the line
    let end = |sign: f64| points.iter().copied().max_by(|a, b| (sign * a.0.0).total_cmp(&(sign * b.0.0)));
    let (low, high) = (end(-1.0).unwrap_or(points[0]), end(1.0).unwrap_or(points[0]));
    let steepness = -(high.1.0 - low.1.0) / (high.0.0 - low.0.0);
    let x = if steepness > 0.0 { (1.0 / steepness).clamp(0.1, 6.0) } else { 1.0 };
    let prefactor = (x * (low.1.0 - (SOMMERFELD * x).ln()) + low.0.0).exp();
    let measurements = points
        .iter()
        .map(|(sigma, slope)| Measurement::new(sigma.0, vec![*slope]).with_abscissa_error(sigma.1))
        .collect();
    let parameters = [
        Parameter::positive("x", "1", x).between(0.01, 100.0),
        Parameter::positive("A", "S/m/K^x", prefactor),
    ];
    let fit = least_squares::fit(&Curve::new(measurements, Line)?, &parameters)?;
    let estimated = |j: usize| Estimated { value: fit.values[j], standard_error: fit.standard_errors[j] };
    Ok(SlopeFit { exponent: estimated(0), prefactor: estimated(1), bias: f64::NAN, samples, fit })
}

/// sigma(0) and dS/dT of one sample; none if its points below the window do not determine them.
fn low_temperature(data: &Data, sample: usize, window: f64) -> Option<LowTemperature> {
    let below: Vec<(&Point, f64, f64)> = data.samples()[sample]
        .points
        .iter()
        .filter_map(|p| data.reduced(p).map(|(s, error)| (p, s, error)))
        .filter(|(_, s, _)| *s < window)
        .collect();
    // |S| = slope T, with the error of T through the slope; its weights need the slope, roughly
    let mut slope = 0.0;
    let mut weight = 0.0;
    for _ in 0..3 {
        let (mut sum, mut square) = (0.0, 0.0);
        for (p, s, error) in &below {
            let w = 1.0 / (error * error + (slope * p.temperature_error).powi(2));
            sum += w * p.temperature * s;
            square += w * p.temperature * p.temperature;
        }
        (slope, weight) = (sum / square, square);
    }
    // sigma = sigma(0) + c T^2
    let mut normal = [0.0; 5];
    let mut conductivities = 0;
    for p in below.iter().map(|b| b.0) {
        let Some(sigma) = p.conductivity else { continue };
        conductivities += 1;
        let (w, t2) = (sigma.standard_error.powi(-2), p.temperature * p.temperature);
        let terms = [1.0, t2, t2 * t2, sigma.value, sigma.value * t2];
        normal.iter_mut().zip(terms).for_each(|(n, term)| *n += w * term);
    }
    let [one, t2, t4, sigma, sigma_t2] = normal;
    let determinant = one * t4 - t2 * t2;
    if conductivities < 2 || !(determinant > 1e-12 * one * t4) || !(slope > 0.0) {
        return None;
    }
    let zero = (sigma * t4 - sigma_t2 * t2) / determinant;
    (zero > 0.0).then(|| LowTemperature {
        sample,
        conductivity: Estimated { value: zero, standard_error: (t4 / determinant).sqrt() },
        slope: Estimated {
            value: slope * THERMOPOWER_UNIT,
            standard_error: THERMOPOWER_UNIT / weight.sqrt(),
        },
        points: below.len(),
    })
}

/// The same measurements without noise, if x and A were the truth and d followed from dS/dT.
fn ideal(data: &Data, x: f64, prefactor: f64, samples: &[LowTemperature]) -> Option<Data> {
    let edge = MobilityEdge::new(prefactor, x).ok()?;
    let samples = samples
        .iter()
        .map(|low| {
            let distance = SOMMERFELD * x * THERMOPOWER_UNIT / low.slope.value;
            let given = &data.samples()[low.sample];
            let points = given.points.iter().map(|p| {
                let exact = edge.transport(distance, p.temperature).ok()?;
                let replaced = |m: Option<Estimated>, value: f64| m.map(|m| Estimated { value, ..m });
                Some(Point {
                    conductivity: replaced(p.conductivity, exact.conductivity),
                    thermopower: replaced(p.thermopower, exact.thermopower.abs()),
                    ..*p
                })
            });
            Some(Sample { name: given.name.clone(), points: points.collect::<Option<_>>()? })
        })
        .collect::<Option<Vec<_>>>()?;
    Data::new(samples).ok()
}
