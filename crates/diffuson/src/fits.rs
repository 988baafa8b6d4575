//! Fits of measurements by pictures that exclude each other: what the fit in each of them answers, how fits are audited, the experiment repeated with one picture as the truth, and why
//! there may be no fit.
//!
//! The pictures themselves are in [`defects::zero_bias`](crate::defects::zero_bias) and [`droplets::fit`](crate::droplets::fit).

use crate::audit::{Audit, laws};
use crate::disorder::Fields;
use crate::localization::scaling::Estimated;
use diffuson_fit::Error;
use diffuson_fit::least_squares::{self, Fit};
use diffuson_fit::model::Model;
use diffuson_fit::parameter::Parameter;
use diffuson_fit::posterior::{Posterior, Sampling};
use diffuson_fit::profile::Interval;

/// Goodness of fit below which a picture is impossible: one good fit in a thousand.
pub const IMPOSSIBLE: f64 = 1e-3;

/// A fit in one picture.
#[derive(Clone, Debug)]
pub struct PictureFit<P, M> {
    /// Which.
    pub picture: P,
    /// Parameters in the order of the model, with covariance, chi^2, goodness of fit, and residuals in the order of the data.
    pub fit: Fit,
    pub(crate) model: M,
}

impl<P, M: Model> PictureFit<P, M> {
    /// The best of the fits from several starts.
    pub(crate) fn best<T>(
        picture: P,
        model: M,
        starts: impl IntoIterator<Item = Vec<Parameter>>,
    ) -> Result<Self, FitError<T>> {
        let mut best: Option<Fit> = None;
        for parameters in starts {
            let fit = least_squares::fit(&model, &parameters)?;
            if best.as_ref().is_none_or(|b| fit.chi_squared < b.chi_squared) {
                best = Some(fit);
            }
        }
        best.map(|fit| Self { picture, fit, model }).ok_or(FitError::Empty)
    }

    /// A parameter with its standard error.
    pub fn estimate(&self, index: usize) -> Estimated {
        Estimated { value: self.fit.values[index], standard_error: self.fit.standard_errors[index] }
    }

    /// Akaike's information criterion, `chi^2 + 2 k` with k free parameters.
    pub fn akaike(&self) -> f64 {
        self.fit.chi_squared + 2.0 * self.fit.parameters.iter().filter(|p| p.is_free()).count() as f64
    }

    /// The values of a parameter that the data allow: chi^2 minimised over all else rises by `rise` at the ends.
    ///
    /// # Errors
    /// [`Error`] for a parameter that is held, or if a better minimum turns up.
    pub fn interval(&self, index: usize, rise: f64) -> Result<Interval, Error> {
        diffuson_fit::profile::interval(&self.model, &self.fit, index, rise)
    }

    /// Samples of the posterior, flat between their bounds in all parameters, and in the logarithm of those that are positive.
    ///
    /// # Errors
    /// [`Error`] for fewer than four steps or two ensembles.
    pub fn posterior(&self, sampling: Sampling) -> Result<Posterior, Error> {
        diffuson_fit::posterior::sample(&self.model, &self.fit, sampling)
    }

    /// Whether the fit is a minimum; the goodness of fit is judged where pictures are compared.
    ///
    /// # Errors
    /// [`Error`] if the fit cannot be repeated.
    pub fn audit(&self) -> Result<Audit, Error> {
        let mut audit = Audit::default();
        audit_minimum(&self.model, &self.fit, &mut audit)?;
        Ok(audit)
    }
}

/// Whether a fit is a minimum: what a search from there still takes off chi^2.
pub(crate) fn audit_minimum(model: &dyn Model, fit: &Fit, audit: &mut Audit) -> Result<(), Error> {
    let again = least_squares::fit(model, &fit.restart())?;
    audit.record(laws::MINIMUM, fit.chi_squared - again.chi_squared, 1e-4);
    Ok(())
}

/// Whether a fit is [possible](IMPOSSIBLE); one without degrees of freedom always is.
pub(crate) fn audit_goodness(fit: &Fit, audit: &mut Audit) {
    if fit.degrees_of_freedom > 0 {
        audit.record(laws::GOODNESS_OF_FIT, -fit.goodness.log10(), 3.0);
    }
}

/// The experiment repeated: what `outcome` makes of values drawn about the expected ones with their errors, repetitions that it refuses left out. Deviates of repetition n, point i are
/// those of place `n N + i` of `field`.
///
/// # Errors
/// The last of those of `outcome`, if it refuses all.
pub(crate) fn repeat<T, E>(
    expected: &[Estimated],
    repetitions: usize,
    (fields, field): (&dyn Fields, u32),
    outcome: impl Fn(&[f64]) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let mut deviates = vec![0.0; expected.len()];
    let (mut outcomes, mut refused) = (Vec::new(), None);
    for n in 0..repetitions {
        fields.normal(field, (n * expected.len()) as u64, &mut deviates);
        let drawn: Vec<f64> =
            expected.iter().zip(&deviates).map(|(e, d)| e.value + e.standard_error * d).collect();
        match outcome(&drawn) {
            Ok(found) => outcomes.push(found),
            Err(e) => refused = Some(e),
        }
    }
    match refused {
        Some(e) if outcomes.is_empty() => Err(e),
        _ => Ok(outcomes),
    }
}

/// Share of outcomes that are so; zero of none.
pub(crate) fn share<T>(outcomes: &[T], so: impl Fn(&T) -> bool) -> f64 {
    outcomes.iter().filter(|o| so(o)).count() as f64 / outcomes.len().max(1) as f64
}

/// Why measurements cannot be fitted; `T` names their tables.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError<T> {
    /// No measurements.
    #[error("there are no measurements")]
    Empty,
    /// A point that is not a number or out of range.
    #[error("{table} {index}: {what}, given {given}")]
    Point {
        /// Table of the point.
        table: T,
        /// Its number in it, from 0.
        index: usize,
        /// What is required.
        what: &'static str,
        /// What was given.
        given: f64,
    },
    /// A number that must be positive.
    #[error("the {name} must be positive, given {given}")]
    NotPositive {
        /// Which.
        name: &'static str,
        /// What was given.
        given: f64,
    },
    /// The fit itself.
    #[error(transparent)]
    Fit(#[from] Error),
}

impl<T> FitError<T> {
    /// The first of the requirements of a point that is not met: whether it is, what is required, what was given.
    pub(crate) fn point(table: T, index: usize, required: &[(bool, &'static str, f64)]) -> Result<(), Self> {
        match required.iter().find(|(met, ..)| !met) {
            Some(&(_, what, given)) => Err(Self::Point { table, index, what, given }),
            None => Ok(()),
        }
    }

    /// The first of the named numbers that is not positive.
    pub(crate) fn positive(named: impl IntoIterator<Item = (&'static str, f64)>) -> Result<(), Self> {
        match named.into_iter().find(|(_, given)| !positive(*given)) {
            Some((name, given)) => Err(Self::NotPositive { name, given }),
            None => Ok(()),
        }
    }
}

/// Whether a number is positive and finite.
pub(crate) fn positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

#[cfg(test)]
pub(crate) mod tests;
