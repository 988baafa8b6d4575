//! Joint fits of sigma(T) and S(T) of several samples that share exponent and prefactor.
//!
//! Sample i lies a distance d_i from the mobility edge, in kelvin; all obey
//!
//! ```text
//! sigma_i(T) = c_i A T^x K_0(d_i/T),      |S_i(T)| = g (k_B/e) K_1/K_0 (d_i/T) + s,      K_n -> K_n(x) + b T K_n(x + 1).
//! ```
//!
//! x, A and the d_i are fitted: N + 2 parameters. The rest are corrections that a [`Law`] may allow: curvature b of sigma_0, a geometry factor c_i of every sample, gain g and offset s of the thermometry, these
//! with what is known of them beforehand. At low temperature sigma_i = A d_i^x says nothing of x by itself; S supplies d_i.
//!
//! | | what it takes for granted |
//! |---|---|
//! | [`Law::fit`] | the power law (Eqs. 13, 27): of sigma, of S, or of both |
//! | [`slope`](mod@slope) | its first order at low temperature: sigma(0) against dS/dT (Eq. 41) |
//! | [`collapse`](mod@collapse) | nothing but scaling with d/T |
//! | [`comparison`](mod@comparison) | all of them side by side, and what their differences say |
//!
//! Temperatures may have errors too; errors of different points are taken as independent.
//!
//! ```
//! use diffuson::localization::joint::{Data, Estimated, Law, Point, Sample};
//! use diffuson::localization::{MobilityEdge, THERMOPOWER_UNIT};
//!
//! let edge = MobilityEdge::new(40.0, 1.1)?;
//! let samples = [3.0, 10.0, 30.0].map(|d| {
//!     let points = [0.5, 1.0, 2.0, 4.0].map(|t| {
//!         let exact = edge.transport(d, t).unwrap();
//!         Point {
//!             conductivity: Some(Estimated { value: exact.conductivity, standard_error: 0.01 * exact.conductivity }),
//!             thermopower: Some(Estimated { value: exact.thermopower, standard_error: 0.01 * THERMOPOWER_UNIT }),
//!             ..Point::at(t)
//!         }
//!     });
//!     Sample { name: format!("{d} K"), points: points.to_vec() }
//! });
//! let fit = Law::default().fit(&Data::new(samples.to_vec())?)?;
//! assert!((fit.exponent.value - 1.1).abs() < 1e-6 && (fit.distances[2].value - 30.0).abs() < 1e-4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod collapse;
pub mod comparison;
mod function;
pub mod slope;
mod start;

pub use super::scaling::Estimated;
pub use diffuson_fit::posterior::{Posterior, Sampling};
pub use diffuson_fit::profile::{Interval, NINETY_FIVE_PERCENT, ONE_SIGMA};

use super::THERMOPOWER_UNIT;
use crate::audit::Audit;
use crate::fits;
use diffuson_fit::curve::{Curve, Measurement};
use diffuson_fit::least_squares::{self, Fit};
use diffuson_fit::parameter::Parameter;
use function::{Layout, Row, TwoCurves};

/// What was measured at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// T, in K.
    pub temperature: f64,
    /// Its standard error, in K; zero if it is exact.
    pub temperature_error: f64,
    /// sigma, in S/m (or any unit: that of A).
    pub conductivity: Option<Estimated>,
    /// S, in V/K, signed or as a magnitude.
    pub thermopower: Option<Estimated>,
}

impl Point {
    /// A temperature known exactly, at which nothing was measured yet.
    pub fn at(temperature: f64) -> Self {
        Self { temperature, temperature_error: 0.0, conductivity: None, thermopower: None }
    }
}

/// The measurements of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What it is called.
    pub name: String,
    /// Its points, in any order.
    pub points: Vec<Point>,
}

/// Measurements of samples that share exponent and prefactor, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    samples: Vec<Sample>,
    sign: f64,
}

impl Data {
    /// Checks the measurements. The thermopowers have one sign in common, that of their weighted sum: negative for electrons above a lower
    /// edge, positive for holes below an upper one, or for magnitudes. Single points may scatter across zero.
    ///
    /// # Errors
    /// [`JointError`] for no points, a number out of range, or samples of opposite signs.
    pub fn new(samples: Vec<Sample>) -> Result<Self, JointError> {
        if samples.iter().all(|s| s.points.is_empty()) {
            return Err(JointError::Empty);
        }
        for (s, sample) in samples.iter().enumerate() {
            for (p, point) in sample.points.iter().enumerate() {
                point.check().map_err(|(what, given)| JointError::Point {
                    sample: sample.name.clone(),
                    index: p,
                    what,
                    given,
                })?;
            }
            if samples[..s].iter().any(|other| other.name == sample.name) {
                return Err(JointError::Name(sample.name.clone()));
            }
        }
        // sum of S over its standard error
        let significance = |sample: &Sample| -> f64 {
            let of = sample.points.iter().filter_map(|p| p.thermopower);
            let (sum, weight) = of.fold((0.0, 0.0), |(sum, weight), s| {
                let w = s.standard_error.powi(-2);
                (sum + w * s.value, weight + w)
            });
            if weight > 0.0 { sum / weight.sqrt() } else { 0.0 }
        };
        let all: Vec<f64> = samples.iter().map(significance).collect();
        let sign = if all.iter().sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
        if let Some(odd) = all.iter().position(|s| s * sign < -3.0) {
            return Err(JointError::Signs(samples[odd].name.clone()));
        }
        Ok(Self { samples, sign })
    }

    /// The samples, as they were given.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The common sign of the thermopowers.
    pub fn sign(&self) -> f64 {
        self.sign
    }

    /// Number of temperatures, those of different samples counted apart.
    pub fn points(&self) -> usize {
        self.samples.iter().map(|s| s.points.len()).sum()
    }

    /// Highest temperature.
    pub fn highest_temperature(&self) -> f64 {
        self.samples.iter().flat_map(|s| &s.points).map(|p| p.temperature).fold(0.0, f64::max)
    }

    /// The same samples up to a temperature.
    pub fn up_to(&self, temperature: f64) -> Self {
        let cut = |s: &Sample| Sample {
            name: s.name.clone(),
            points: s.points.iter().filter(|p| p.temperature <= temperature).copied().collect(),
        };
        Self { samples: self.samples.iter().map(cut).collect(), sign: self.sign }
    }

    /// |S| of a point with its error, in k_B/e.
    fn reduced(&self, point: &Point) -> Option<(f64, f64)> {
        let s = point.thermopower?;
        Some((self.sign * s.value / THERMOPOWER_UNIT, s.standard_error / THERMOPOWER_UNIT))
    }
}

impl Point {
    fn check(&self) -> Result<(), (&'static str, f64)> {
        let positive = |value: f64| value > 0.0 && value.is_finite();
        if !positive(self.temperature) {
            return Err(("the temperature must be positive", self.temperature));
        }
        if !(self.temperature_error >= 0.0 && self.temperature_error.is_finite()) {
            return Err(("the error of the temperature must be zero or positive", self.temperature_error));
        }
        for measured in [self.conductivity, self.thermopower].into_iter().flatten() {
            if !positive(measured.standard_error) {
                return Err(("a standard error must be positive", measured.standard_error));
            }
            if !measured.value.is_finite() {
                return Err(("a measured value must be a number", measured.value));
            }
        }
        match self.conductivity {
            Some(sigma) if !(sigma.value > 0.0) => Err(("the conductivity must be positive", sigma.value)),
            _ => Ok(()),
        }
    }
}

/// What is fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// sigma and S together: x, A and the d_i.
    #[default]
    Joint,
    /// sigma alone: x, A and the d_i, which it tells apart only where T reaches the smallest d_i.
    Conductivity,
    /// S alone: x, from its plateau, and the d_i. Whatever scales S goes into x.
    Thermopower,
}

/// The law that is fitted, with the corrections it may take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Law {
    /// Which data.
    pub method: Method,
    /// Whether `sigma_0 = A eps^x (1 + b eps)` is fitted with b. It must stay positive up to 6 k_B T above the chemical potential.
    pub curvature: bool,
    /// Relative standard error of the geometry factors of single samples, where they have one.
    pub geometry: Option<f64>,
    /// Relative standard error of a factor common to all thermopowers.
    pub gain: Option<f64>,
    /// Standard error of an offset common to all thermopowers, in V/K.
    pub offset: Option<f64>,
}

/// A number that a fit is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// x.
    Exponent,
    /// A, in S/m per K^x.
    Prefactor,
    /// b, in 1/K.
    Curvature,
    /// g.
    Gain,
    /// s, in units of k_B/e.
    Offset,
    /// d of a sample, in K.
    Distance(usize),
    /// c of a sample.
    Geometry(usize),
}

/// What is left of a point: (measured - fitted)/standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// Number of the sample.
    pub sample: usize,
    /// Number of the point among those of the sample.
    pub point: usize,
    /// Of sigma.
    pub conductivity: Option<f64>,
    /// Of |S|.
    pub thermopower: Option<f64>,
    /// Of T.
    pub temperature: Option<f64>,
}

/// A joint fit.
#[derive(Debug)]
pub struct JointFit {
    /// x.
    pub exponent: Estimated,
    /// A, in S/m per K^x; none if S alone was fitted.
    pub prefactor: Option<Estimated>,
    /// d of every sample, in K; negative in an insulator.
    pub distances: Vec<Estimated>,
    /// All parameters with covariance, chi^2, degrees of freedom, goodness of fit and warnings.
    pub fit: Fit,
    /// Whether the fit is a minimum, and a possible one.
    pub audit: Audit,
    curve: Curve<TwoCurves>,
    rows: Vec<Row>,
    layout: Layout,
}

impl Law {
    /// The law without corrections, fitted to the data of a method.
    pub fn by(method: Method) -> Self {
        Self { method, ..Self::default() }
    }

    /// Fits the law. Starting values come from the data alone: the best of a grid of x and d_i.
    ///
    /// # Errors
    /// [`JointError`] if the data do not hold what the method needs, or fewer numbers than parameters.
    pub fn fit(&self, data: &Data) -> Result<JointFit, JointError> {
        self.check()?;
        let (curve, rows) = self.curve(data)?;
        let starts = start::starts(self, data)?;
        let mut best: Option<Fit> = None;
        let mut refused = None;
        for parameters in starts {
            match least_squares::fit(&curve, &parameters) {
                Ok(fit) if best.as_ref().is_none_or(|b| fit.chi_squared < b.chi_squared) => best = Some(fit),
                Ok(_) => {}
                Err(e) => refused = Some(e),
            }
        }
        let fit = match (best, refused) {
            (Some(fit), _) => fit,
            (None, Some(e)) => return Err(e.into()),
            (None, None) => return Err(JointError::Empty),
        };
        self.assess(fit, curve, rows, Layout { samples: data.samples.len() })
    }

    fn assess(
        &self,
        fit: Fit,
        curve: Curve<TwoCurves>,
        rows: Vec<Row>,
        layout: Layout,
    ) -> Result<JointFit, JointError> {
        let estimated = |j: usize| Estimated { value: fit.values[j], standard_error: fit.standard_errors[j] };
        let mut audit = Audit::default();
        fits::audit_goodness(&fit, &mut audit);
        fits::audit_minimum(&curve, &fit, &mut audit)?;
        Ok(JointFit {
            exponent: estimated(Layout::EXPONENT),
            prefactor: (self.method != Method::Thermopower).then(|| estimated(Layout::PREFACTOR)),
            distances: (0..layout.samples).map(|i| estimated(layout.distance(i))).collect(),
            fit,
            audit,
            curve,
            rows,
            layout,
        })
    }

    fn check(&self) -> Result<(), JointError> {
        for (name, deviation) in [
            ("standard error of the geometry", self.geometry),
            ("standard error of the gain", self.gain),
            ("standard error of the offset", self.offset),
        ] {
            if let Some(given) = deviation.filter(|d| !(*d > 0.0 && d.is_finite())) {
                return Err(JointError::NotPositive { name, given });
            }
        }
        Ok(())
    }

    /// The points that take part, with the two curves that are to go through them.
    fn curve(&self, data: &Data) -> Result<(Curve<TwoCurves>, Vec<Row>), JointError> {
        let (mut rows, mut measurements) = (Vec::new(), Vec::new());
        for (sample, s) in data.samples.iter().enumerate() {
            let before = rows.len();
            for (point, p) in s.points.iter().enumerate() {
                let sigma = p.conductivity.filter(|_| self.method != Method::Thermopower);
                let reduced = data.reduced(p).filter(|_| self.method != Method::Conductivity);
                let ordinates: Vec<(f64, f64)> =
                    sigma.map(|s| (s.value, s.standard_error)).into_iter().chain(reduced).collect();
                if ordinates.is_empty() {
                    continue;
                }
                rows.push(Row {
                    sample,
                    point,
                    conductivity: sigma.is_some(),
                    thermopower: reduced.is_some(),
                });
                measurements.push(
                    Measurement::new(p.temperature, ordinates).with_abscissa_error(p.temperature_error),
                );
            }
            if rows.len() == before {
                return Err(JointError::Sample { sample: s.name.clone(), method: self.method });
            }
        }
        for (given, method) in [
            (rows.iter().any(|r| r.conductivity), Method::Conductivity),
            (rows.iter().any(|r| r.thermopower), Method::Thermopower),
        ] {
            if !given && (self.method == method || self.method == Method::Joint) {
                return Err(JointError::Nothing(method));
            }
        }
        let layout = Layout { samples: data.samples.len() };
        Ok((Curve::new(measurements, TwoCurves::new(rows.clone(), layout, self.curvature))?, rows))
    }

    /// All parameters; those that the method or the corrections do not have are held where they make no difference.
    fn parameters(&self, data: &Data, exponent: f64, ln_prefactor: f64, distances: &[f64]) -> Vec<Parameter> {
        let has_sigma = self.method != Method::Thermopower;
        let has_s = self.method != Method::Conductivity;
        let when = |free: bool, p: Parameter| if free { p } else { p.fixed() };
        let name = |symbol: &str, i: usize| match data.samples[i].name.as_str() {
            "" => symbol.to_owned(),
            name => format!("{symbol} {name}"),
        };
        let known = |p: Parameter, mean: f64, deviation: Option<f64>, used: bool| match deviation {
            Some(deviation) if used => p.known(mean, deviation),
            _ => p.fixed(),
        };
        let mut all = vec![
            Parameter::new("x", "1", exponent).between(LOWEST_EXPONENT, HIGHEST_EXPONENT),
            when(has_sigma, Parameter::positive("A", "S/m/K^x", ln_prefactor.exp())),
            when(self.curvature, Parameter::new("b", "1/K", 0.0)),
            known(Parameter::positive("gain of S", "1", 1.0), 1.0, self.gain, has_s),
            known(
                Parameter::new("offset of S", "kB/e", 0.0),
                0.0,
                self.offset.map(|o| o / THERMOPOWER_UNIT),
                has_s,
            ),
        ];
        all.extend((0..distances.len()).map(|i| Parameter::new(name("d", i), "K", distances[i])));
        all.extend((0..distances.len()).map(|i| {
            known(Parameter::positive(name("geometry", i), "1", 1.0), 1.0, self.geometry, has_sigma)
        }));
        all
    }
}

/// Bounds of a fitted exponent; below, a plateau of S cannot tell it from zero.
const LOWEST_EXPONENT: f64 = 0.01;
const HIGHEST_EXPONENT: f64 = 8.0;

impl JointFit {
    /// Number of a quantity among the parameters of [`fit`](Self::fit).
    ///
    /// # Errors
    /// [`JointError::NoSuchQuantity`] for one that the fit does not vary.
    pub fn index(&self, quantity: Quantity) -> Result<usize, JointError> {
        let n = self.layout.samples;
        let index = match quantity {
            Quantity::Exponent => Some(Layout::EXPONENT),
            Quantity::Prefactor => Some(Layout::PREFACTOR),
            Quantity::Curvature => Some(Layout::CURVATURE),
            Quantity::Gain => Some(Layout::GAIN),
            Quantity::Offset => Some(Layout::OFFSET),
            Quantity::Distance(i) => (i < n).then(|| self.layout.distance(i)),
            Quantity::Geometry(i) => (i < n).then(|| self.layout.geometry(i)),
        };
        index.filter(|&j| self.fit.parameters[j].is_free()).ok_or(JointError::NoSuchQuantity(quantity))
    }

    /// A quantity with its standard error.
    ///
    /// # Errors
    /// [`JointError::NoSuchQuantity`].
    pub fn estimate(&self, quantity: Quantity) -> Result<Estimated, JointError> {
        let j = self.index(quantity)?;
        Ok(Estimated { value: self.fit.values[j], standard_error: self.fit.standard_errors[j] })
    }

    /// The values of a quantity that the data allow: chi^2 minimised over all else rises by `rise` at the ends ([`ONE_SIGMA`],
    /// [`NINETY_FIVE_PERCENT`]). One-sided where the data set no limit on one side.
    ///
    /// # Errors
    /// [`JointError::NoSuchQuantity`], or [`JointError::Fit`] if a better minimum turns up.
    pub fn interval(&self, quantity: Quantity, rise: f64) -> Result<Interval, JointError> {
        Ok(diffuson_fit::profile::interval(&self.curve, &self.fit, self.index(quantity)?, rise)?)
    }

    /// Correlation of two quantities, in [-1, 1].
    ///
    /// # Errors
    /// [`JointError::NoSuchQuantity`].
    pub fn correlation(&self, a: Quantity, b: Quantity) -> Result<f64, JointError> {
        Ok(self.fit.correlation(self.index(a)?, self.index(b)?))
    }

    /// Samples of the posterior; columns are numbered by [`index`](Self::index).
    ///
    /// # Errors
    /// [`JointError::Fit`] for fewer than four steps or two ensembles.
    pub fn posterior(&self, sampling: Sampling) -> Result<Posterior, JointError> {
        Ok(diffuson_fit::posterior::sample(&self.curve, &self.fit, sampling)?)
    }

    /// What is left of every point that took part.
    pub fn residuals(&self) -> Vec<Residual> {
        let mut rest = self.fit.residuals.iter().copied();
        self.rows
            .iter()
            .enumerate()
            .map(|(row, r)| Residual {
                sample: r.sample,
                point: r.point,
                conductivity: if r.conductivity { rest.next() } else { None },
                thermopower: if r.thermopower { rest.next() } else { None },
                temperature: if self.curve.has_abscissa_error(row) { rest.next() } else { None },
            })
            .collect()
    }

    /// sigma and |S| of a sample at a temperature, in S/m and V/K, its geometry factor, gain and offset included; none for a sample or a
    /// temperature that does not exist.
    pub fn curve(&self, sample: usize, temperature: f64) -> Option<(f64, f64)> {
        if sample >= self.layout.samples || !(temperature > 0.0) {
            return None;
        }
        let (sigma, s) = self.curve.function().both(sample, temperature, &self.fit.values);
        Some((sigma, s * THERMOPOWER_UNIT))
    }
}

/// Why a joint fit cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JointError {
    /// No measurements.
    #[error("there are no measurements")]
    Empty,
    /// A point that is not a number or out of range.
    #[error("sample \"{sample}\", point {index}: {what}, given {given}")]
    Point {
        /// Name of the sample.
        sample: String,
        /// Number of the point, from 0.
        index: usize,
        /// What is required.
        what: &'static str,
        /// What was given.
        given: f64,
    },
    /// Two samples of one name.
    #[error("two samples are called \"{0}\"")]
    Name(String),
    /// Samples of opposite thermopower cannot share one edge.
    #[error("the thermopower of sample \"{0}\" has the opposite sign of the others")]
    Signs(String),
    /// A sample without data of the kind that is fitted.
    #[error("sample \"{sample}\" has no points for {method:?}")]
    Sample {
        /// Name of the sample.
        sample: String,
        /// What was to be fitted.
        method: Method,
    },
    /// No sample has the data that the method needs.
    #[error("no sample has data for {0:?}")]
    Nothing(Method),
    /// A standard error of a correction, or a setting of a method, that is not positive.
    #[error("the {name} must be positive, given {given}")]
    NotPositive {
        /// Which.
        name: &'static str,
        /// What was given.
        given: f64,
    },
    /// Fewer samples, or points in them, than a method needs.
    #[error("{what}: {needed} are needed, {found} found")]
    TooFew {
        /// Of what.
        what: &'static str,
        /// How many are needed.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The fit has no such quantity.
    #[error("the fit has no free {0:?}")]
    NoSuchQuantity(Quantity),
    /// The fit itself.
    #[error(transparent)]
    Fit(#[from] diffuson_fit::Error),
}
