//! Fits of a measured zero-bias anomaly G(V, T) by both of its pictures, and what the data say for either.
//!
//! ```text
//! defects:            G = G0 + A E*^2 D(eV/E*, kT/E*)                  response() in units of E*, no Kondo effect
//! two-channel Kondo:  G = G0 + B sqrt(T) [1 + Gam((9/pi^2) a eV/kT)]   KondoCurve
//! both, if allowed:     + c V + d [V^2 + (4 pi^2/3) (kT/e)^2]          asymmetry of the contact; heating of a classical one
//! ```
//!
//! Fitted are G0, the amplitude A (per K^2) or B (per root of a kelvin), and, unless held, the energy E* at which phonons take over from electrons, or the share a of the bias that drops at
//! the impurity. D is the response of the current at constant occupations; if defects follow the modulation of a lock-in measurement, `dI/dV = d(V G)/dV` contains their motion too.
//! For eV and kT far below E* only `A` is determined, far above only `A E*^{4/3}`.
//!
//! | | what it answers |
//! |---|---|
//! | [`Pictures`] | a fit of the data by either picture: values, errors, profiles, posterior |
//! | [`comparison`] | which picture the data prefer, and how often such data would mislead |
//!
//! ```
//! use diffuson::defects::zero_bias::{Data, Law, Picture, Pictures, Point};
//! use diffuson::defects::{Conductance, KondoCurve};
//!
//! let curve = KondoCurve::new(1.0, Conductance::Differential)?;
//! let law = Law { crossover: Some(2.0), ..Law::default() };
//! let points = [0.3, 1.0, 3.0].into_iter().flat_map(|t| [0.0, 0.2e-3, 1e-3].map(|v| (v, t))).map(|(bias, temperature)| Point {
//!     bias,
//!     temperature,
//!     conductance: 40.0 + 0.1 * curve.rise(bias * 11604.518, temperature),
//!     standard_error: 1e-3,
//! });
//! let pictures = Pictures::new(law, &Data::new(points.collect())?)?;
//! let [kondo, defects] = [Picture::Kondo, Picture::Defects].map(|p| pictures.fit(p).unwrap());
//! assert!((kondo.fit.values[1] - 0.1).abs() < 1e-6 && kondo.fit.chi_squared < 1e-6);
//! assert!(defects.fit.goodness < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod comparison;
mod curves;

pub use crate::localization::scaling::Estimated;
pub use diffuson_fit::posterior::{Posterior, Sampling};
pub use diffuson_fit::profile::{End, Interval, NINETY_FIVE_PERCENT, ONE_SIGMA};

use super::Conductance;
use crate::fits::{FitError, PictureFit, positive};
use crate::units::{BOLTZMANN, ELEMENTARY_CHARGE};
use curves::Curves;
use diffuson_fit::least_squares::{self, Fit};
use diffuson_fit::model::Model;
use diffuson_fit::parameter::Parameter;
use std::f64::consts::PI;
use std::sync::Arc;

/// `e/k_B`, in K/V.
pub const KELVIN_PER_VOLT: f64 = ELEMENTARY_CHARGE / BOLTZMANN;

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// V, in V.
    pub bias: f64,
    /// T, in K.
    pub temperature: f64,
    /// I/V or dI/dV, in e^2/h (or any unit: that of G0, A and B).
    pub conductance: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Measurements of one contact, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Data(Vec<Point>);

impl Data {
    /// Checks the measurements.
    ///
    /// # Errors
    /// [`ZeroBiasError`] for no points, or a number out of range.
    pub fn new(points: Vec<Point>) -> Result<Self, ZeroBiasError> {
        for (index, p) in points.iter().enumerate() {
            let required = [
                (p.bias.is_finite(), "the bias must be a number", p.bias),
                (positive(p.temperature), "the temperature must be positive", p.temperature),
                (p.conductance.is_finite(), "the conductance must be a number", p.conductance),
                (positive(p.standard_error), "the standard error must be positive", p.standard_error),
            ];
            ZeroBiasError::point("point", index, &required)?;
        }
        if points.is_empty() { Err(ZeroBiasError::Empty) } else { Ok(Self(points)) }
    }

    /// The measurements, as they were given.
    pub fn points(&self) -> &[Point] {
        &self.0
    }
}

/// What makes the anomaly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Mobile defects dressed by electrons.
    Defects,
    /// Two-channel Kondo scattering.
    Kondo,
}

/// What is fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Law {
    /// Which conductance was measured.
    pub measured: Conductance,
    /// Whether defects are slower than the modulation that measures dI/dV: it is I/V of their positions then.
    pub frozen: bool,
    /// E* in K where it is known; fitted otherwise.
    pub crossover: Option<f64>,
    /// a where it is known; fitted otherwise, between [`LEAST_SHARE`] and 1.
    pub share: Option<f64>,
    /// Whether a term `c V` is fitted.
    pub linear: bool,
    /// Whether a term `d [V^2 + (4 pi^2/3) (kT/e)^2]` is fitted: resistance of a contact longer than the inelastic length, whose centre the current heats.
    pub quadratic: bool,
}

/// Lowest share of the bias that is fitted.
pub const LEAST_SHARE: f64 = 0.02;

/// Data and what is to be fitted to them.
#[derive(Clone, Debug)]
pub struct Pictures {
    law: Law,
    data: Data,
    curves: Arc<Curves>,
}

impl Pictures {
    /// Prepares the fits.
    ///
    /// # Errors
    /// [`ZeroBiasError::NotPositive`] for a crossover energy or a share that is not positive.
    pub fn new(law: Law, data: &Data) -> Result<Self, ZeroBiasError> {
        let given = [("crossover energy", law.crossover), ("share of the bias", law.share)];
        ZeroBiasError::positive(given.into_iter().filter_map(|(name, given)| Some((name, given?))))?;
        Ok(Self { law, data: data.clone(), curves: Arc::new(Curves::new(law, data)) })
    }

    /// The data.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The same conductors, temperatures, voltages and errors with other conductances, as another run of the experiment gives; what was computed is shared.
    ///
    /// # Panics
    /// Unless there is one conductance for each point.
    pub fn with_conductances(&self, conductances: &[f64]) -> Self {
        assert_eq!(conductances.len(), self.data.0.len(), "one conductance for each point");
        let points = self.data.0.iter().zip(conductances);
        let data = Data(points.map(|(p, &conductance)| Point { conductance, ..*p }).collect());
        Self { data, ..self.clone() }
    }

    /// Fits a picture: the best of a grid of its shape, E* or a, then all parameters.
    ///
    /// # Errors
    /// [`ZeroBiasError::Fit`] if there are fewer measurements than parameters.
    pub fn fit(&self, picture: Picture) -> Result<AnomalyFit, ZeroBiasError> {
        let model = AnomalyModel { picture, pictures: self.clone() };
        let parameters = self.parameters(picture);
        let shape = &parameters[SHAPE];
        let starts = if shape.is_free() {
            let mut grid = Vec::new();
            for value in logarithmic(shape.bounds()) {
                let mut held = parameters.clone();
                held[SHAPE] = held[SHAPE].clone().starting_at(value).fixed();
                grid.push(least_squares::fit(&model, &held)?);
            }
            lowest(&grid).into_iter().map(|k| &grid[k]).map(|fit| starting_at(&parameters, fit)).collect()
        } else {
            vec![parameters]
        };
        PictureFit::best(picture, model, starts)
    }

    /// G0, the amplitude, the shape, and the two backgrounds.
    fn parameters(&self, picture: Picture) -> Vec<Parameter> {
        let points = self.data.points();
        let mean = points.iter().map(|p| p.conductance).sum::<f64>() / points.len() as f64;
        let (amplitude, shape, held) = match picture {
            Picture::Defects => {
                let [low, high] = self.curves.range();
                let shape = Parameter::positive("E*", "K", (low * high).sqrt()).between(low, high);
                (Parameter::new("A", "e^2/h/K^2", 0.0), shape, self.law.crossover)
            }
            Picture::Kondo => {
                let shape = Parameter::positive("share", "1", 0.5).between(LEAST_SHARE, 1.0);
                (Parameter::new("B", "e^2/h/K^(1/2)", 0.0), shape, self.law.share)
            }
        };
        let shape = match held {
            Some(value) => shape.between(0.0, f64::INFINITY).starting_at(value).fixed(),
            None => shape,
        };
        let when = |free: bool, p: Parameter| if free { p } else { p.fixed() };
        vec![
            Parameter::new("G0", "e^2/h", mean),
            amplitude,
            shape,
            when(self.law.linear, Parameter::new("c", "e^2/h/mV", 0.0)),
            when(self.law.quadratic, Parameter::new("d", "e^2/h/mV^2", 0.0)),
        ]
    }
}

/// Numbers of the parameters: G0; A or B; E* or a; c; d.
pub const CONDUCTANCE: usize = 0;
/// A or B.
pub const AMPLITUDE: usize = 1;
/// E* in K, or a.
pub const SHAPE: usize = 2;
/// c, per mV.
pub const LINEAR: usize = 3;
/// d, per mV^2.
pub const QUADRATIC: usize = 4;

/// A grid of steps e^0.7 at most: the response changes its power of E* from 0 to 4/3 over some two of them.
fn logarithmic([low, high]: [f64; 2]) -> impl Iterator<Item = f64> {
    let steps = ((high / low).ln() / 0.7).ceil().max(1.0);
    (0..=steps as i32)
        .map(move |k| low * (high / low).powf(f64::from(k) / steps))
        .map(move |v| v.clamp(low, high))
}

/// The two lowest of the local minima along a grid.
fn lowest(grid: &[Fit]) -> Vec<usize> {
    let at = |k: usize| grid.get(k).map_or(f64::INFINITY, |f| f.chi_squared);
    let mut minima: Vec<usize> =
        (0..grid.len()).filter(|&k| at(k) <= at(k + 1) && (k == 0 || at(k) <= at(k - 1))).collect();
    minima.sort_by(|&a, &b| at(a).total_cmp(&at(b)));
    minima.truncate(2);
    minima
}

fn starting_at(parameters: &[Parameter], fit: &Fit) -> Vec<Parameter> {
    parameters.iter().zip(&fit.values).map(|(p, &v)| p.clone().starting_at(v)).collect()
}

/// One picture with the data.
#[derive(Clone, Debug)]
pub struct AnomalyModel {
    picture: Picture,
    pictures: Pictures,
}

impl Model for AnomalyModel {
    fn residuals(&self) -> usize {
        self.pictures.data.0.len()
    }

    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64]) {
        for (row, (point, out)) in self.pictures.data.0.iter().zip(residuals).enumerate() {
            let anomaly = match self.picture {
                Picture::Defects => self.pictures.curves.defects(row, parameters[SHAPE]),
                Picture::Kondo => {
                    curves::kondo(&self.pictures.law, point.bias, point.temperature, parameters[SHAPE])
                }
            };
            let fitted =
                parameters[AMPLITUDE] * anomaly + background(parameters, point.bias, point.temperature);
            *out = (point.conductance - fitted) / point.standard_error;
        }
    }
}

/// `G0 + c V + d [V^2 + (4 pi^2/3) (kT/e)^2]`.
fn background(parameters: &[f64], bias: f64, temperature: f64) -> f64 {
    let (bias, thermal) = (1e3 * bias, 1e3 * temperature / KELVIN_PER_VOLT);
    let heating = bias * bias + 4.0 * PI * PI / 3.0 * thermal * thermal;
    parameters[CONDUCTANCE] + parameters[LINEAR] * bias + parameters[QUADRATIC] * heating
}

/// A fit by one picture: parameters in the order [`CONDUCTANCE`], [`AMPLITUDE`], [`SHAPE`], [`LINEAR`], [`QUADRATIC`]. The shape is positive, which decides about the
/// [posterior](PictureFit::posterior).
pub type AnomalyFit = PictureFit<Picture, AnomalyModel>;

impl AnomalyFit {
    /// The fitted conductance at a bias in V and a temperature in K.
    pub fn conductance(&self, bias: f64, temperature: f64) -> f64 {
        self.fit.values[AMPLITUDE] * self.anomaly(bias, temperature)
            + background(&self.fit.values, bias, temperature)
    }

    /// What A or B is multiplied with: `E*^2 D` in K^2, or the rise of the Kondo curve in roots of a kelvin.
    pub fn anomaly(&self, bias: f64, temperature: f64) -> f64 {
        let (law, shape) = (&self.model.pictures.law, self.fit.values[SHAPE]);
        match self.picture {
            Picture::Defects => curves::defects(law, bias, temperature, shape),
            Picture::Kondo => curves::kondo(law, bias, temperature, shape),
        }
    }

    /// G0 and the backgrounds, without the anomaly.
    pub fn background(&self, bias: f64, temperature: f64) -> f64 {
        background(&self.fit.values, bias, temperature)
    }
}

/// Why an anomaly cannot be fitted.
pub type ZeroBiasError = FitError<&'static str>;

#[cfg(test)]
mod tests;
