//! Finite-size scaling: critical point, exponents and scaling function from data of finite samples.
//!
//! Near the transition a dimensionless quantity Gamma of a sample of size L depends on the driving parameter W (disorder, energy) through
//! two scaling fields,
//!
//! ```text
//! Gamma(W, L) = sum_k chi_2^k sum_j a_jk chi_1^j,     chi_1 = phi_1(w) (L/L_0)^(1/nu),   chi_2 = phi_2(w) (L/L_0)^y,
//! phi_1 = sum_{n=1}^{m_R} b_n w^n,    phi_2 = sum_{n=0}^{m_I} c_n w^n,    w = (W - W_c)/W_0,   j <= n_R,  k <= n_I
//! ```
//!
//! (K. Slevin and T. Ohtsuki, PRL 82, 382 (1999); New J. Phys. 16, 015012 (2014)). nu > 0 is the exponent of the localisation length,
//! y < 0 that of the leading irrelevant field. L_0, the geometric mean of the sizes, and W_0, half the range of W, are only units: the usual
//! `w = (W - W_c)/W_c` gives the same fit with other b_n and c_n, but does not exist for W_c = 0. Two of the amplitudes are redundant and
//! held at 1 ([`Normalisation`]).
//!
//! Several observables (twisted boundaries, higher Lyapunov exponents, moments of the conductance) share W_c, nu, y and the fields, and have
//! amplitudes a_jk of their own; that is what determines y at small sizes. Share y only among observables with the same leading
//! correction: free surfaces bring one of their own, near 1/L. Errors of different points are taken as independent.
//!
//! Several transitions (in energy at each of several disorders, say: the mobility edge as a curve) share what is universal, nu, y and all
//! amplitudes a_jk, the critical value among them, and have W_c, b_n, c_n and W_0 of their own: a joint fit, whose goodness is the test of universality.
//!
//! ```
//! use diffuson::localization::scaling::{Orders, Scaling, SizePoint};
//!
//! let points: Vec<SizePoint> = [4.0, 6.0, 8.0, 12.0]
//!     .into_iter()
//!     .flat_map(|size: f64| {
//!         [15.0, 15.75, 16.5, 17.25, 18.0].map(|disorder: f64| {
//!             let value = 1.73 + 0.04 * (disorder - 16.5) * size.powf(1.0 / 1.57);
//!             SizePoint::new(disorder, size, value, 0.005)
//!         })
//!     })
//!     .collect();
//! let fit = Scaling::default().fit(&points, &Orders::new(1, 0, 1, 0))?;
//! assert!((fit.critical_point().value - 16.5).abs() < 1e-6 && (fit.exponent.value - 1.57).abs() < 1e-5);
//! # Ok::<(), diffuson::localization::scaling::ScalingError>(())
//! ```

mod law;
mod scan;
mod start;

pub use diffuson_fit::profile::{Interval, NINETY_FIVE_PERCENT, ONE_SIGMA};
pub use scan::{Scan, Scanned, Tried};

use crate::audit::{Audit, laws};
use diffuson_fit::bootstrap::Bootstrap;
use diffuson_fit::least_squares::Fit;
use law::Law;

/// A dimensionless quantity of samples of one size at one value of the driving parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SizePoint {
    /// Driving parameter W: disorder or energy, in t.
    pub driving: f64,
    /// Size L, in a.
    pub size: f64,
    /// The quantity Gamma.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Which observable it is, numbered from 0 without gaps.
    pub observable: usize,
    /// Which transition W leads through, numbered from 0 without gaps.
    pub transition: usize,
}

impl SizePoint {
    /// A point of the first observable at the first transition.
    pub fn new(driving: f64, size: f64, value: f64, error: f64) -> Self {
        Self { driving, size, value, error, observable: 0, transition: 0 }
    }

    /// The same, of another observable.
    pub fn of(self, observable: usize) -> Self {
        Self { observable, ..self }
    }

    /// The same, at another transition.
    pub fn through(self, transition: usize) -> Self {
        Self { transition, ..self }
    }
}

/// Orders of the expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
    /// n_R, of the scaling function in chi_1; at least 1.
    pub relevant: usize,
    /// n_I, in chi_2; 0 for no irrelevant field.
    pub irrelevant: usize,
    /// m_R, of the relevant field in w; at least 1.
    pub relevant_field: usize,
    /// m_I, of the irrelevant field in w.
    pub irrelevant_field: usize,
    /// Order in chi_1 of what multiplies chi_2 and its powers: n_R, or less for `Gamma = F_0(chi_1) + chi_2 F_1(chi_1)` with a simpler F_1.
    pub correction: usize,
}

impl Orders {
    /// n_R, n_I, m_R, m_I, as the literature quotes them.
    pub fn new(relevant: usize, irrelevant: usize, relevant_field: usize, irrelevant_field: usize) -> Self {
        Self { relevant, irrelevant, relevant_field, irrelevant_field, correction: relevant }
    }

    /// The same with terms in chi_2 up to this order in chi_1 only.
    pub fn with_correction(self, correction: usize) -> Self {
        Self { correction, ..self }
    }

    fn validate(&self) -> Result<(), ScalingError> {
        let least = self.relevant.min(self.relevant_field);
        let most = self.relevant.max(self.irrelevant).max(self.relevant_field).max(self.irrelevant_field);
        if least < 1 || most > 9 || self.correction > self.relevant {
            return Err(ScalingError::Orders(*self));
        }
        Ok(())
    }
}

/// Which of the redundant amplitudes are 1. Critical points, exponents, critical values and chi^2 do not depend on it; the coefficients in
/// [`ScalingFit::fit`] do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Normalisation {
    /// `b_1 = c_0 = 1` of the first transition: the fields are w and 1 to lowest order, and Gamma of a single transition is linear in all amplitudes that
    /// remain.
    #[default]
    Fields,
    /// `a_10 = a_01 = 1` of the first observable, as in the literature. The one to take for several transitions: irrelevant corrections of the first may be
    /// small beside those of others.
    Amplitudes,
}

/// What is known of the irrelevant exponent y.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Irrelevant {
    /// Nothing: it is fitted.
    #[default]
    Free,
    /// Mean and standard error, from elsewhere: it is fitted, and this counts as a measurement.
    Known(f64, f64),
    /// Its value: errors of the rest are then those for this y, and too small if it is not certain.
    Held(f64),
}

/// How to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scaling {
    /// Redundant amplitudes.
    pub normalisation: Normalisation,
    /// The irrelevant exponent.
    pub irrelevant: Irrelevant,
}

/// A value with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimated {
    /// The value.
    pub value: f64,
    /// Its standard error, from the covariance of the fit; infinite if the data do not determine it.
    pub standard_error: f64,
}

/// A number that a scaling fit is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// W_c of a transition.
    CriticalPoint(usize),
    /// nu.
    Exponent,
    /// y.
    IrrelevantExponent,
    /// `Gamma(W_c, L -> infinity)` of an observable.
    CriticalValue(usize),
}

/// A finite-size scaling fit.
#[derive(Clone, Debug)]
pub struct ScalingFit {
    /// W_c of each transition, in t.
    pub critical_points: Vec<Estimated>,
    /// nu.
    pub exponent: Estimated,
    /// y; none without an irrelevant field.
    pub irrelevant_exponent: Option<Estimated>,
    /// `a_00` of each observable.
    pub critical_values: Vec<Estimated>,
    /// Orders of the expansion.
    pub orders: Orders,
    /// Smallest size that took part.
    pub smallest_size: f64,
    /// All coefficients with covariance, chi^2, degrees of freedom, goodness of fit and warnings.
    pub fit: Fit,
    /// Whether the fit is a possible one.
    pub audit: Audit,
    law: Law,
    scaling: Scaling,
}

/// A point freed of irrelevant corrections: on the scaling curve, up to noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collapsed {
    /// The point as measured.
    pub point: SizePoint,
    /// `chi_1 = phi_1 (L/L_0)^(1/nu)`; its sign tells the branch, and `|chi_1|^nu` is L/xi up to a constant.
    pub variable: f64,
    /// Gamma less the fitted terms in chi_2.
    pub value: f64,
    /// Scaling function `F(chi_1) = sum_j a_j0 chi_1^j` there.
    pub curve: f64,
    /// (measured - fitted)/standard error.
    pub residual: f64,
}

impl Scaling {
    /// Fits an expansion of given orders. Starting values come from the crossings of pairs of sizes; the best of several minima is
    /// taken.
    ///
    /// # Errors
    /// [`ScalingError`] for points or orders that are not valid, fewer than two sizes, or fewer points than coefficients.
    pub fn fit(&self, points: &[SizePoint], orders: &Orders) -> Result<ScalingFit, ScalingError> {
        self.fit_from(points, orders, &[])
    }

    /// [`fit`](Self::fit), also started from fits of the same points with fewer terms, so that the search does not leave the larger expansion above them.
    fn fit_from(
        &self,
        points: &[SizePoint],
        orders: &Orders,
        smaller: &[&ScalingFit],
    ) -> Result<ScalingFit, ScalingError> {
        orders.validate()?;
        let law = Law::new(points, *orders)?;
        self.assess(start::best(&law, self, smaller)?, law)
    }

    fn assess(&self, fit: Fit, law: Law) -> Result<ScalingFit, ScalingError> {
        let estimated = |j: usize| Estimated { value: fit.values[j], standard_error: fit.standard_errors[j] };
        let mut audit = Audit::default();
        if fit.degrees_of_freedom > 0 {
            audit.record(laws::GOODNESS_OF_FIT, -fit.goodness.log10(), 3.0);
        }
        Ok(ScalingFit {
            critical_points: (0..law.transitions).map(|t| estimated(law.critical_point(t))).collect(),
            exponent: estimated(law.exponent()),
            irrelevant_exponent: law.irrelevant_exponent().map(estimated),
            critical_values: (0..law.observables).map(|o| estimated(law.amplitude(o, 0, 0))).collect(),
            orders: law.orders,
            smallest_size: law.points.iter().map(|p| p.size).fold(f64::INFINITY, f64::min),
            audit,
            scaling: *self,
            fit,
            law,
        })
    }
}

impl ScalingFit {
    /// W_c of the first transition, in t.
    pub fn critical_point(&self) -> Estimated {
        self.critical_points[0]
    }

    /// The same expansion fitted to other points (a resampling of the samples, say), starting from these coefficients.
    ///
    /// # Errors
    /// As [`Scaling::fit`].
    pub fn refit(&self, points: &[SizePoint]) -> Result<ScalingFit, ScalingError> {
        // units stay, so that coefficients mean the same
        let law = Law { points: points.to_vec(), ..Law::new(points, self.orders)? }.in_units_of(&self.law);
        let fit = diffuson_fit::least_squares::fit(&law, &self.fit.restart())?;
        self.scaling.assess(fit, law)
    }

    /// Number of a quantity among the coefficients of [`fit`](Self::fit).
    ///
    /// # Errors
    /// [`ScalingError::NoSuchQuantity`] for an exponent, an observable or a transition that the fit does not have.
    pub fn index(&self, quantity: Quantity) -> Result<usize, ScalingError> {
        match quantity {
            Quantity::CriticalPoint(t) => (t < self.law.transitions).then(|| self.law.critical_point(t)),
            Quantity::Exponent => Some(self.law.exponent()),
            Quantity::IrrelevantExponent => self.law.irrelevant_exponent(),
            Quantity::CriticalValue(o) => (o < self.law.observables).then(|| self.law.amplitude(o, 0, 0)),
        }
        .ok_or(ScalingError::NoSuchQuantity(quantity))
    }

    /// The values of a quantity that the data allow: chi^2 minimised over all else rises by `rise` at the ends ([`ONE_SIGMA`],
    /// [`NINETY_FIVE_PERCENT`]). One-sided where the data set no limit on one side.
    ///
    /// # Errors
    /// [`ScalingError::NoSuchQuantity`], or [`ScalingError::Fit`] if a better minimum turns up.
    pub fn interval(&self, quantity: Quantity, rise: f64) -> Result<Interval, ScalingError> {
        Ok(diffuson_fit::profile::interval(&self.law, &self.fit, self.index(quantity)?, rise)?)
    }

    /// Correlation of two quantities, in [-1, 1].
    ///
    /// # Errors
    /// [`ScalingError::NoSuchQuantity`].
    pub fn correlation(&self, a: Quantity, b: Quantity) -> Result<f64, ScalingError> {
        Ok(self.fit.correlation(self.index(a)?, self.index(b)?))
    }

    /// Parametric bootstrap: data drawn anew around the fit with the stated errors, and fitted from its coefficients. Columns of the
    /// values are numbered by [`index`](Self::index).
    ///
    /// # Errors
    /// [`ScalingError::Fit`] for fewer than two repetitions.
    pub fn bootstrap(&self, repetitions: usize, seed: u64) -> Result<Bootstrap, ScalingError> {
        Ok(diffuson_fit::bootstrap::bootstrap(&self.law, &self.fit, repetitions, seed)?)
    }

    /// Whether every W_c is known to better than half the range of W, and nu to better than itself.
    fn is_determined(&self) -> bool {
        let mut critical = self.critical_points.iter().zip(&self.law.driving_units);
        critical.all(|(w, unit)| w.standard_error < *unit)
            && self.exponent.standard_error < self.exponent.value
    }

    /// All points on the scaling curve, in the order in which they were given.
    pub fn collapse(&self) -> Vec<Collapsed> {
        let p = &self.fit.values;
        self.law
            .points
            .iter()
            .zip(&self.fit.residuals)
            .map(|(&point, &residual)| {
                let all = self.law.at(&point, p);
                let curve = self.law.scaling_function(point.observable, all.relevant, p);
                Collapsed {
                    point,
                    variable: all.relevant,
                    value: point.value - (all.value - curve),
                    curve,
                    residual,
                }
            })
            .collect()
    }

    /// The scaling function `F(chi_1) = sum_j a_j0 chi_1^j` of an observable, for curves through [`collapse`](Self::collapse); none for an
    /// observable that the fit does not have.
    pub fn scaling_function(&self, observable: usize, variable: f64) -> Option<f64> {
        (observable < self.law.observables)
            .then(|| self.law.scaling_function(observable, variable, &self.fit.values))
    }

    /// Localisation (or correlation) length `xi = L_0 |phi_1|^(-nu)` at a transition, in a, up to a constant that finite-size scaling leaves open and that is
    /// the same for all transitions; infinite at W_c; none for a transition that the fit does not have.
    pub fn localisation_length(&self, transition: usize, driving: f64) -> Option<f64> {
        let field = |t| self.law.relevant_field(t, driving, &self.fit.values);
        (transition < self.law.transitions)
            .then(|| self.law.size_unit * field(transition).abs().powf(-self.exponent.value))
    }
}

/// Why a scaling fit cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScalingError {
    /// A point that is not a number, has no size or no error.
    #[error("point {index}: {what}, given {given}")]
    Point {
        /// Its number, from 0.
        index: usize,
        /// What is required.
        what: &'static str,
        /// What was given.
        given: f64,
    },
    /// Scaling needs at least two sizes and two values of the driving parameter at every transition.
    #[error(
        "{sizes} sizes and {drivings} values of the driving parameter at transition {transition}: at least two of each are needed"
    )]
    TooFew {
        /// Number of the transition, from 0.
        transition: usize,
        /// Different sizes.
        sizes: usize,
        /// Different values of the driving parameter.
        drivings: usize,
    },
    /// Observables are numbered from 0 without gaps.
    #[error("observable {0} has no points, though one of a higher number has")]
    Observable(usize),
    /// Transitions are numbered from 0 without gaps.
    #[error("transition {0} has no points, though one of a higher number has")]
    Transition(usize),
    /// Orders out of range.
    #[error("{0:?}: n_R and m_R must be at least 1, every order at most 9, and the correction's at most n_R")]
    Orders(Orders),
    /// The fit has no such quantity.
    #[error("the fit has no {0:?}")]
    NoSuchQuantity(Quantity),
    /// The fit itself.
    #[error(transparent)]
    Fit(#[from] diffuson_fit::Error),
}
