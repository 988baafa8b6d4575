//! A finite-size scaling fit.

use super::SizePoints;
use crate::arrays::vector;
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::Numbers;
use crate::errors::{Raise, input};
use crate::fits::{self, Bootstrap, Estimated, Fit, Interval};
use crate::localization::Named;
use diffuson::localization::scaling::{self, Collapsed, Quantity};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// A finite-size scaling fit.
///
/// Quantities are called ``"exponent"``, ``"irrelevant_exponent"``, ``"critical_point"`` and ``"critical_value"``; of several transitions or observables by a pair, ``("critical_point", 1)``.
#[pyclass(frozen, module = "diffuson.localization")]
#[derive(Clone)]
pub(crate) struct ScalingFit {
    pub(crate) inner: Arc<scaling::ScalingFit>,
}

impl From<scaling::ScalingFit> for ScalingFit {
    fn from(inner: scaling::ScalingFit) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

fn quantity(named: &Named) -> PyResult<Quantity> {
    match named.parts() {
        ("critical_point", transition) => Ok(Quantity::CriticalPoint(transition)),
        ("critical_value", observable) => Ok(Quantity::CriticalValue(observable)),
        ("exponent", 0) => Ok(Quantity::Exponent),
        ("irrelevant_exponent", 0) => Ok(Quantity::IrrelevantExponent),
        (other, number) => Err(input(format!(
            "there is no quantity {other:?} number {number}: one of \"exponent\", \"irrelevant_exponent\", \"critical_point\", \"critical_value\" is wanted"
        ))),
    }
}

#[pymethods]
impl ScalingFit {
    /// ``W_c`` of the first transition, in t.
    #[getter]
    fn critical_point(&self) -> Estimated {
        self.inner.critical_point().into()
    }

    /// ``W_c`` of each transition, in t.
    #[getter]
    fn critical_points(&self) -> Vec<Estimated> {
        self.inner.critical_points.iter().map(|&e| e.into()).collect()
    }

    /// The exponent nu of the localisation length.
    #[getter]
    fn exponent(&self) -> Estimated {
        self.inner.exponent.into()
    }

    /// The exponent y < 0 of the irrelevant field; None without one.
    #[getter]
    fn irrelevant_exponent(&self) -> Option<Estimated> {
        self.inner.irrelevant_exponent.map(Estimated::from)
    }

    /// ``Gamma(W_c, L -> infinity)`` of each observable.
    #[getter]
    fn critical_values(&self) -> Vec<Estimated> {
        self.inner.critical_values.iter().map(|&e| e.into()).collect()
    }

    /// ``(n_R, n_I, m_R, m_I)``.
    #[getter]
    fn orders(&self) -> (usize, usize, usize, usize) {
        super::scan::four(&self.inner.orders)
    }

    /// Order in chi_1 of what multiplies chi_2.
    #[getter]
    fn correction(&self) -> usize {
        self.inner.orders.correction
    }

    /// Smallest size that took part.
    #[getter]
    fn smallest_size(&self) -> f64 {
        self.inner.smallest_size
    }

    /// All coefficients, with covariance, chi^2, goodness of fit and warnings.
    #[getter]
    fn fit(&self) -> Fit {
        self.inner.fit.clone().into()
    }

    /// Whether the fit is a possible one.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// The same expansion fitted to other points (a resampling, say), of as many observables and transitions, starting from these coefficients.
    fn refit(&self, py: Python<'_>, points: &SizePoints) -> PyResult<Self> {
        let here = (self.inner.critical_values.len(), self.inner.critical_points.len());
        if points.counts() != here {
            let (given, wanted) = (points.counts(), here);
            return Err(input(format!(
                "points of {} observables at {} transitions, but {} and {} are wanted",
                given.0, given.1, wanted.0, wanted.1
            )));
        }
        let (fit, points) = (self.inner.clone(), points.points.clone());
        compute(py, move || fit.refit(&points))?.map(Self::from).map_err(Raise::raise)
    }

    /// The values of a quantity that the data allow: chi^2 minimised over all else rises by ``rise`` at the ends (1: 68.27 %, 3.84: 95 %). One-sided where the data set no limit on one side.
    #[pyo3(signature = (quantity, *, rise=1.0))]
    fn interval(&self, py: Python<'_>, quantity: Named, rise: f64) -> PyResult<Interval> {
        let (fit, quantity) = (self.inner.clone(), self::quantity(&quantity)?);
        compute(py, move || fit.interval(quantity, rise))?.map(Interval::from).map_err(Raise::raise)
    }

    /// Correlation of two quantities, in [-1, 1].
    fn correlation(&self, a: Named, b: Named) -> PyResult<f64> {
        self.inner.correlation(quantity(&a)?, quantity(&b)?).map_err(Raise::raise)
    }

    /// Parametric bootstrap: data drawn anew around the fit with the stated errors, and fitted from its coefficients. Repetition n depends on ``(seed, n)`` only.
    #[pyo3(signature = (repetitions, *, seed=0))]
    fn bootstrap(&self, py: Python<'_>, repetitions: usize, seed: u64) -> PyResult<Bootstrap> {
        let fit = self.inner.clone();
        let names = fits::names(&self.inner.fit);
        let found = compute(py, move || fit.bootstrap(repetitions, seed))?.map_err(Raise::raise)?;
        Ok(Bootstrap::new(found, names))
    }

    /// All points freed of irrelevant corrections, in the order in which they were given, as arrays: ``driving``, ``size``, ``error`` and ``value`` (Gamma less the fitted terms in chi_2),
    /// ``observable``, ``transition``; ``variable`` (chi_1: its sign tells the branch, and ``|chi_1|^nu`` is L/xi up to a constant), ``curve`` (the scaling function there), ``residual``.
    fn collapse<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = self.inner.collapse();
        let dict = PyDict::new(py);
        let column = |of: fn(&Collapsed) -> f64| vector(py, all.iter().map(of).collect());
        dict.set_item("driving", column(|c| c.point.driving))?;
        dict.set_item("size", column(|c| c.point.size))?;
        dict.set_item("value", column(|c| c.value))?;
        dict.set_item("error", column(|c| c.point.error))?;
        dict.set_item("variable", column(|c| c.variable))?;
        dict.set_item("curve", column(|c| c.curve))?;
        dict.set_item("residual", column(|c| c.residual))?;
        let number = |of: fn(&Collapsed) -> usize| vector(py, all.iter().map(|c| of(c) as i64).collect());
        dict.set_item("observable", number(|c| c.point.observable))?;
        dict.set_item("transition", number(|c| c.point.transition))?;
        Ok(dict)
    }

    /// The scaling function ``F(chi_1) = sum_j a_j0 chi_1^j`` of an observable.
    #[pyo3(signature = (variable, *, observable=0))]
    fn scaling_function<'py>(
        &self,
        py: Python<'py>,
        variable: Numbers,
        observable: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (shape, variables) = variable.parts();
        let all: Option<Vec<f64>> =
            variables.into_iter().map(|v| self.inner.scaling_function(observable, v)).collect();
        shape.give(py, all.ok_or_else(|| input(format!("the fit has no observable {observable}")))?)
    }

    /// Localisation (or correlation) length at a transition, in lattice constants, up to a constant that finite-size scaling leaves open and that is the same for all transitions; infinite at
    /// ``W_c``.
    #[pyo3(signature = (driving, *, transition=0))]
    fn localization_length<'py>(
        &self,
        py: Python<'py>,
        driving: Numbers,
        transition: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (shape, drivings) = driving.parts();
        let all: Option<Vec<f64>> =
            drivings.into_iter().map(|w| self.inner.localisation_length(transition, w)).collect();
        shape.give(py, all.ok_or_else(|| input(format!("the fit has no transition {transition}")))?)
    }

    fn __repr__(&self) -> String {
        let show = |e: scaling::Estimated| diffuson_report::with_error(e.value, e.standard_error);
        format!(
            "ScalingFit(W_c = {}, nu = {}, chi^2 = {:.1} for {} dof)",
            show(self.inner.critical_point()),
            show(self.inner.exponent),
            self.inner.fit.chi_squared,
            self.inner.fit.degrees_of_freedom
        )
    }
}
