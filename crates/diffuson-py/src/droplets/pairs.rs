//! How two droplets interact.

use super::COUNTINGS;
use crate::arguments::named;
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::Raise;
use diffuson::droplets;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PairRings>()?;
    m.add_class::<PairCovariance>()?;
    m.add_class::<Conditional>()?;
    m.add_class::<Normal>()?;
    m.add_function(wrap_pyfunction!(crossover_distance, m)?)?;
    m.add_function(wrap_pyfunction!(printed_crossover_distance, m)?)?;
    m.add_function(wrap_pyfunction!(printed_distribution, m)?)?;
    m.add_function(wrap_pyfunction!(printed_share, m)?)
}

/// Rings of four diffusons between two Gaussian droplets a and b of equal size R at a distance L, in units of the ring of one droplet; ``error`` is the largest relative error.
///
/// ``alternating`` has the vertices in the order abab, ``one_of_four`` abbb, ``adjacent`` aabb.
#[pyclass(frozen, module = "diffuson.droplets")]
#[derive(Clone, Copy)]
pub(crate) struct PairRings {
    inner: droplets::PairRings,
}

#[pymethods]
impl PairRings {
    #[new]
    #[pyo3(signature = (alternating, one_of_four, adjacent, *, error=0.0))]
    fn new(alternating: f64, one_of_four: f64, adjacent: f64, error: f64) -> Self {
        Self { inner: droplets::PairRings { alternating, one_of_four, adjacent, error } }
    }

    /// Distance L/R from which on :meth:`at` takes the asymptotic forms, then within 1e-5.
    #[classattr]
    const FAR: f64 = droplets::PairRings::FAR;

    /// The rings at a distance L/R, by cubature to a relative tolerance, or by their asymptotic forms from ``FAR`` on.
    #[staticmethod]
    #[pyo3(signature = (distance, *, tolerance=1e-3))]
    fn at(py: Python<'_>, distance: f64, tolerance: f64) -> PyResult<Self> {
        let found = compute(py, move || droplets::PairRings::at(distance, tolerance))?;
        found.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// The rings far away, to order ``(R/L)^4``; their relative error is below ``10 (R/L)^2``. Corrects Eqs. 54b and 54c.
    #[staticmethod]
    fn asymptotic(distance: f64) -> PyResult<Self> {
        droplets::PairRings::asymptotic(distance).map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// abab.
    #[getter]
    fn alternating(&self) -> f64 {
        self.inner.alternating
    }

    /// abbb.
    #[getter]
    fn one_of_four(&self) -> f64 {
        self.inner.one_of_four
    }

    /// aabb.
    #[getter]
    fn adjacent(&self) -> f64 {
        self.inner.adjacent
    }

    /// Largest relative error of the three.
    #[getter]
    fn error(&self) -> f64 {
        self.inner.error
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.inner)
    }
}

/// Covariance of ``F^(1)``, ``F^(2)`` and ``F^(12)`` (Eqs. 51 and 53), the projections of F_1 on both droplets and between them, in units of ``I_FF``: ``[[1, J_1, J_2], [J_1, 1, J_2], [J_2, J_2, J_3]]``.
///
/// ``counting`` is ``"four-diagrams"``, where J_1, J_2, J_3 are the rings abab, abbb and aabb, or ``"complete"``, where ``J_1 = J_3 = (2 aabb + abab)/3``.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct PairCovariance {
    inner: droplets::PairCovariance,
}

#[pymethods]
impl PairCovariance {
    #[new]
    #[pyo3(signature = (rings, *, counting="complete"))]
    fn new(rings: &PairRings, counting: &str) -> PyResult<Self> {
        let counting = named("counting", counting, &COUNTINGS)?;
        let made = droplets::PairCovariance::new(&rings.inner, counting);
        made.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// J_1, J_2 and J_3, over ``I_FF``. The last is ``f(R/L)`` (Eq. 56).
    #[getter]
    fn elements(&self) -> (f64, f64, f64) {
        self.inner.elements().into()
    }

    /// Eigenvalues over ``I_FF``, the least first.
    #[getter]
    fn eigenvalues(&self) -> (f64, f64, f64) {
        self.inner.eigenvalues().into()
    }

    /// That no combination of the three has a negative variance, to the error of the rings.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit()).into()
    }

    /// The distribution of ``F^(12)`` if both droplets exist, ``F^(1), F^(2) < -t sqrt(I_FF)``, exactly (Eq. 57).
    fn conditional(&self, threshold: f64) -> PyResult<Conditional> {
        let found = self.inner.conditional(threshold).map_err(Raise::raise)?;
        Ok(Conditional { inner: Arc::new(found) })
    }

    /// The same as a normal distribution for large t (Eq. 58, corrected), in units of ``sqrt(I_FF)``: mean ``-2 t J_2``, variance J_3.
    fn approximate(&self, threshold: f64) -> Normal {
        Normal { inner: self.inner.approximate(threshold) }
    }

    fn __repr__(&self) -> String {
        let [first, second, third] = self.inner.elements();
        format!("PairCovariance(J_1 = {first}, J_2 = {second}, J_3 = {third})")
    }
}

/// The distribution of ``x = F^(12)/sqrt(I_FF)`` given that ``F^(1)`` and ``F^(2)`` are below ``-t`` in the same unit (Eq. 57, normalised by the joint probability).
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Conditional {
    inner: Arc<droplets::Conditional>,
}

#[pymethods]
impl Conditional {
    /// Mean of x: negative, droplets align.
    #[getter]
    fn mean(&self) -> f64 {
        self.inner.mean()
    }

    /// Standard deviation of x.
    #[getter]
    fn deviation(&self) -> f64 {
        self.inner.deviation()
    }

    /// Density at x.
    fn densities<'py>(&self, py: Python<'py>, values: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let (shape, values) = values.parts();
        let conditional = self.inner.clone();
        shape.give(py, compute(py, move || conditional.densities(&values))?)
    }

    /// Probability of a positive x: that the interaction is antiferromagnetic.
    #[getter]
    fn positive(&self) -> f64 {
        self.inner.positive()
    }

    /// ``P(F^(1), F^(2) < -t)``, the normaliser of Eq. 57.
    #[getter]
    fn joint_probability(&self) -> f64 {
        self.inner.joint_probability()
    }

    /// That the density is normalised and has the mean and the deviation stated, by a quadrature over x; and that integrals have converged.
    #[getter]
    fn audit(&self, py: Python<'_>) -> PyResult<Audit> {
        let conditional = self.inner.clone();
        Ok((&compute(py, move || conditional.audit())?).into())
    }
}

/// A normal distribution.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Normal {
    inner: droplets::Normal,
}

#[pymethods]
impl Normal {
    /// Mean.
    #[getter]
    fn mean(&self) -> f64 {
        self.inner.mean
    }

    /// Standard deviation.
    #[getter]
    fn deviation(&self) -> f64 {
        self.inner.deviation
    }

    /// Density at x.
    fn densities<'py>(&self, py: Python<'py>, values: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&values], |[value]| self.inner.density(value))
    }

    /// Probability of a positive value.
    #[getter]
    fn positive(&self) -> f64 {
        self.inner.positive()
    }
}

/// Distance ``L*/R`` at which the square of the mean of ``F^(12)`` is its variance (Eq. 60), by the exact conditional distribution: nearer by droplets align, beyond the sign of their interaction is random. ``threshold`` is t, ``tolerance`` that of the rings.
#[pyfunction]
#[pyo3(signature = (threshold, *, counting="complete", tolerance=1e-3))]
fn crossover_distance(py: Python<'_>, threshold: f64, counting: &str, tolerance: f64) -> PyResult<f64> {
    let counting = named("counting", counting, &COUNTINGS)?;
    compute(py, move || droplets::crossover_distance(threshold, counting, tolerance))?.map_err(Raise::raise)
}

/// ``L*/R`` as printed, ``sqrt(g (1 + F_0))`` (Eq. 60), of ``g (1 + F_0)``.
#[pyfunction]
fn printed_crossover_distance(py: Python<'_>, rarity: Numbers) -> PyResult<Bound<'_, PyAny>> {
    elementwise(py, [&rarity], |[rarity]| droplets::printed_crossover_distance(rarity))
}

/// Eq. 58 as printed with f of Eq. 56, in units of ``sqrt(I_FF)``: mean ``-2 f t``, variance f/2.
#[pyfunction]
fn printed_distribution(distance: f64, threshold: f64) -> Normal {
    Normal { inner: droplets::printed_distribution(distance, threshold) }
}

/// ``f(R/L)`` as printed (Eq. 56), ``0.72 (R/L)^4 ln^2(R/L)``, of L/R.
#[pyfunction]
fn printed_share(py: Python<'_>, distance: Numbers) -> PyResult<Bound<'_, PyAny>> {
    elementwise(py, [&distance], |[distance]| droplets::printed_share(distance))
}
