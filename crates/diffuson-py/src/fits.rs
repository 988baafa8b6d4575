//! `diffuson.fits`: what fits return, whatever is fitted.

use crate::arrays::{table, vector};
use crate::errors::{Raise, input, numerical};
use diffuson::localization::scaling;
use diffuson_fit::least_squares::{self, Warning};
use diffuson_fit::profile::End;
use diffuson_fit::{bootstrap, posterior, profile};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("ONE_SIGMA", profile::ONE_SIGMA)?;
    m.add("NINETY_FIVE_PERCENT", profile::NINETY_FIVE_PERCENT)?;
    m.add_class::<Estimated>()?;
    m.add_class::<Fit>()?;
    m.add_class::<Interval>()?;
    m.add_class::<Posterior>()?;
    m.add_class::<Bootstrap>()
}

impl Raise for diffuson_fit::Error {
    fn raise(self) -> PyErr {
        match self {
            Self::NotFinite { .. } | Self::Solver { .. } | Self::BetterMinimum { .. } => numerical(self),
            _ => input(self),
        }
    }
}

/// A value with its standard error, which is infinite if the data do not determine it.
///
/// Printed as value(error), the error in units of the last digits; ``float`` gives the value.
#[pyclass(frozen, module = "diffuson.fits")]
#[derive(Clone, Copy)]
pub(crate) struct Estimated {
    /// The value.
    #[pyo3(get)]
    value: f64,
    /// Its standard error.
    #[pyo3(get)]
    standard_error: f64,
}

impl Estimated {
    pub(crate) fn new(value: f64, standard_error: f64) -> Self {
        Self { value, standard_error }
    }
}

impl From<scaling::Estimated> for Estimated {
    fn from(e: scaling::Estimated) -> Self {
        Self::new(e.value, e.standard_error)
    }
}

#[pymethods]
impl Estimated {
    fn __float__(&self) -> f64 {
        self.value
    }

    fn __repr__(&self) -> String {
        diffuson_report::with_error(self.value, self.standard_error)
    }
}

/// The parameters that fit best: weighted nonlinear least squares.
///
/// Errors of the data are taken as stated, nothing is rescaled: ``goodness`` judges them.
#[pyclass(frozen, module = "diffuson.fits")]
pub(crate) struct Fit {
    inner: least_squares::Fit,
}

impl From<least_squares::Fit> for Fit {
    fn from(inner: least_squares::Fit) -> Self {
        Self { inner }
    }
}

/// The names of the parameters of a fit.
pub(crate) fn names(fit: &least_squares::Fit) -> Arc<Vec<String>> {
    Arc::new(fit.parameters.iter().map(|p| p.name().to_owned()).collect())
}

/// The number of a parameter of a fit.
pub(crate) fn parameter(fit: &least_squares::Fit, name: &str) -> PyResult<usize> {
    number(&names(fit), name)
}

/// The number of a parameter, or an error that lists what there is.
fn number(names: &[String], name: &str) -> PyResult<usize> {
    names.iter().position(|n| n == name).ok_or_else(|| {
        input(format!("there is no parameter {name:?}, only {}", quoted(names.iter().map(String::as_str))))
    })
}

/// How a posterior is sampled: a fourth of the steps before those that are kept, if nothing else is said.
pub(crate) fn sampling(
    steps: usize,
    burn_in: Option<usize>,
    ensembles: usize,
    seed: u64,
) -> posterior::Sampling {
    posterior::Sampling { steps, burn_in: burn_in.unwrap_or(steps / 4), ensembles, seed }
}

fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|n| format!("{n:?}")).collect::<Vec<_>>().join(", ")
}

#[pymethods]
impl Fit {
    /// Names of the parameters.
    #[getter]
    fn names(&self) -> Vec<String> {
        names(&self.inner).to_vec()
    }

    /// Their units.
    #[getter]
    fn units(&self) -> Vec<String> {
        self.inner.parameters.iter().map(|p| p.unit().to_owned()).collect()
    }

    /// Which of them vary.
    #[getter]
    fn free<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<bool>> {
        vector(py, self.inner.parameters.iter().map(|p| p.is_free()).collect())
    }

    /// Best values, of fixed parameters the given ones.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.values.clone())
    }

    /// Standard errors: 0 for a fixed parameter, infinite for one that the data leave undetermined, NaN for one at a bound.
    #[getter]
    fn standard_errors<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.standard_errors.clone())
    }

    /// Covariance of the values: an array (parameters, parameters). Rows of fixed parameters are zero.
    #[getter]
    fn covariance<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let n = self.inner.values.len();
        table(py, n, n, self.inner.covariance.clone())
    }

    /// Minimum of chi^2, what is known beforehand included.
    #[getter]
    fn chi_squared(&self) -> f64 {
        self.inner.chi_squared
    }

    /// Data and what is known beforehand, less free parameters.
    #[getter]
    fn degrees_of_freedom(&self) -> usize {
        self.inner.degrees_of_freedom
    }

    /// Probability of a larger chi^2 if the law and the errors are right; NaN without degrees of freedom.
    #[getter]
    fn goodness(&self) -> f64 {
        self.inner.goodness
    }

    /// ``sqrt(chi^2 / dof)``: the factor by which all stated errors would have to grow to make the fit an average one.
    #[getter]
    fn birge_ratio(&self) -> f64 {
        self.inner.birge_ratio()
    }

    /// (measured - fitted)/standard error at the minimum, in the order of the data.
    #[getter]
    fn residuals<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.residuals.clone())
    }

    /// Whether this is a minimum.
    #[getter]
    fn converged(&self) -> bool {
        self.inner.converged
    }

    /// Condition number of the derivatives: 1 if all parameters are independent.
    #[getter]
    fn condition(&self) -> f64 {
        self.inner.condition
    }

    /// What the reader must know, in words.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        let name = |&j: &usize| self.inner.parameters[j].name();
        let words = |warning: &Warning| match warning {
            Warning::NotConverged => "the search ended before a minimum was found".to_owned(),
            Warning::Undetermined { parameters, condition } => format!(
                "the data do not determine each of {} (condition number {condition:.1e})",
                quoted(parameters.iter().map(name))
            ),
            Warning::AtBound { parameter } => format!(
                "the fit is best at a bound of {:?}; errors of the others are those with it held there",
                name(parameter)
            ),
        };
        self.inner.warnings.iter().map(words).collect()
    }

    /// A parameter by its name, with its standard error.
    fn estimate(&self, name: &str) -> PyResult<Estimated> {
        let j = parameter(&self.inner, name)?;
        Ok(Estimated::new(self.inner.values[j], self.inner.standard_errors[j]))
    }

    /// Correlation of two parameters, in [-1, 1]; NaN where one has no finite error, or is fixed.
    fn correlation(&self, a: &str, b: &str) -> PyResult<f64> {
        Ok(self.inner.correlation(parameter(&self.inner, a)?, parameter(&self.inner, b)?))
    }

    fn __repr__(&self) -> String {
        format!("Fit({})", summary(&self.inner))
    }
}

/// Free parameters and chi^2, in a line.
pub(crate) fn summary(fit: &least_squares::Fit) -> String {
    let shown = |j: usize| {
        let value = diffuson_report::with_error(fit.values[j], fit.standard_errors[j]);
        format!("{} = {value} {}", fit.parameters[j].name(), fit.parameters[j].unit()).trim_end().to_owned()
    };
    let free: Vec<String> =
        (0..fit.values.len()).filter(|&j| fit.parameters[j].is_free()).map(shown).collect();
    let chi = format!("chi^2 = {:.4} for {} dof", fit.chi_squared, fit.degrees_of_freedom);
    format!("{}; {chi}", free.join(", "))
}

/// The values of one quantity that the data allow: chi^2, minimised over all else, rises by a given amount at the ends.
#[pyclass(frozen, module = "diffuson.fits")]
pub(crate) struct Interval {
    inner: profile::Interval,
}

impl From<profile::Interval> for Interval {
    fn from(inner: profile::Interval) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl Interval {
    /// Lower end; minus infinity if there is none.
    #[getter]
    fn low(&self) -> f64 {
        self.inner.low
    }

    /// Upper end; infinity if there is none.
    #[getter]
    fn high(&self) -> f64 {
        self.inner.high
    }

    /// What the lower and the upper end are: ``"found"``; ``"bound"``, of the parameter or of where the model exists; ``"open"``, where the data set no limit.
    #[getter]
    fn ends(&self) -> (&'static str, &'static str) {
        let [low, high] = self.inner.ends.map(|end| match end {
            End::Found => "found",
            End::Bound => "bound",
            End::Open => "open",
        });
        (low, high)
    }

    fn __repr__(&self) -> String {
        format!("Interval({}, {})", self.inner.low, self.inner.high)
    }
}

/// Samples of the posterior distribution of all parameters, by affine-invariant Markov chains.
#[pyclass(frozen, module = "diffuson.fits")]
pub(crate) struct Posterior {
    inner: posterior::Posterior,
    names: Arc<Vec<String>>,
}

impl Posterior {
    pub(crate) fn new(inner: posterior::Posterior, names: Arc<Vec<String>>) -> Self {
        Self { inner, names }
    }
}

#[pymethods]
impl Posterior {
    /// Names of the parameters: the columns of ``samples``.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.names.to_vec()
    }

    /// An array (samples, parameters): ensemble by ensemble, step by step, walker by walker.
    #[getter]
    fn samples<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        rows(py, &self.inner.samples, self.names.len())
    }

    /// Split R-hat of each parameter: 1 if the chains agree; NaN for fixed ones.
    #[getter]
    fn split_r_hat<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.split_r_hat.clone())
    }

    /// Number of independent samples with the same error of the mean, of each parameter; NaN for fixed ones.
    #[getter]
    fn effective_samples<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.effective_samples.clone())
    }

    /// Fraction of steps that were accepted.
    #[getter]
    fn acceptance(&self) -> f64 {
        self.inner.acceptance
    }

    /// Why samples may not represent the posterior, in words: chains that disagree (R-hat above 1.01), fewer than 400 independent samples.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        let words = |warning: &posterior::Warning| match *warning {
            posterior::Warning::NotMixed { parameter, split_r_hat } => {
                format!("chains disagree on {:?}: R-hat {split_r_hat:.3}", self.names[parameter])
            }
            posterior::Warning::FewSamples { parameter, effective } => {
                format!("only {effective:.0} independent samples of {:?}", self.names[parameter])
            }
        };
        self.inner.warnings.iter().map(words).collect()
    }

    /// Mean of a parameter.
    fn mean(&self, name: &str) -> PyResult<f64> {
        Ok(self.inner.mean(number(&self.names, name)?))
    }

    /// Standard deviation of a parameter.
    fn deviation(&self, name: &str) -> PyResult<f64> {
        Ok(self.inner.deviation(number(&self.names, name)?))
    }

    /// Central credible interval of a parameter: ``probability`` within, equal parts of the rest on either side.
    #[pyo3(signature = (name, probability=0.6827))]
    fn credible(&self, name: &str, probability: f64) -> PyResult<(f64, f64)> {
        let [low, high] = self.inner.credible(number(&self.names, name)?, probable(probability)?);
        Ok((low, high))
    }

    fn __repr__(&self) -> String {
        let (n, names) = (self.inner.samples.len(), quoted(self.names.iter().map(String::as_str)));
        format!("Posterior({n} samples of {names})")
    }
}

/// What repeated experiments would give: data drawn anew about the fit with the stated errors, and fitted again.
#[pyclass(frozen, module = "diffuson.fits")]
pub(crate) struct Bootstrap {
    inner: bootstrap::Bootstrap,
    names: Arc<Vec<String>>,
}

impl Bootstrap {
    pub(crate) fn new(inner: bootstrap::Bootstrap, names: Arc<Vec<String>>) -> Self {
        Self { inner, names }
    }
}

#[pymethods]
impl Bootstrap {
    /// Names of the parameters: the columns of ``values``.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.names.to_vec()
    }

    /// All parameters of each repetition: an array (repetitions, parameters).
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        rows(py, &self.inner.values, self.names.len())
    }

    /// chi^2 of each repetition.
    #[getter]
    fn chi_squared<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.chi_squared.clone())
    }

    /// Repetitions left out because their fit did not converge.
    #[getter]
    fn failed(&self) -> usize {
        self.inner.failed
    }

    /// Standard deviation of a parameter over the repetitions.
    fn standard_error(&self, name: &str) -> PyResult<f64> {
        Ok(self.inner.standard_error(number(&self.names, name)?))
    }

    /// The central interval that holds this part of the repetitions.
    #[pyo3(signature = (name, probability=0.6827))]
    fn interval(&self, name: &str, probability: f64) -> PyResult<(f64, f64)> {
        let [low, high] = self.inner.interval(number(&self.names, name)?, probable(probability)?);
        Ok((low, high))
    }

    fn __repr__(&self) -> String {
        format!("Bootstrap({} repetitions, {} failed)", self.inner.values.len(), self.inner.failed)
    }
}

fn rows<'py>(py: Python<'py>, rows: &[Vec<f64>], columns: usize) -> PyResult<Bound<'py, PyArray2<f64>>> {
    table(py, rows.len(), columns, rows.concat())
}

fn probable(probability: f64) -> PyResult<f64> {
    if (0.0..=1.0).contains(&probability) {
        Ok(probability)
    } else {
        Err(input(format!("probability is {probability}, but a number from 0 to 1 is wanted")))
    }
}
