//! Fermi functions, and reservoirs.

use crate::errors::input;
use diffuson::thermal;
use numpy::{AllowTypeChange, PyArrayDyn, PyArrayLikeDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Reservoir>()?;
    m.add_function(wrap_pyfunction!(fermi, m)?)?;
    m.add_function(wrap_pyfunction!(fermi_window, m)?)
}

/// A reservoir in equilibrium: electrochemical potential ``mu`` and temperature ``kt`` = k_B T, both in t; zero temperature is allowed.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct Reservoir {
    inner: thermal::Reservoir,
}

#[pymethods]
impl Reservoir {
    #[new]
    fn new(mu: f64, kt: f64) -> PyResult<Self> {
        if !(mu.is_finite() && kt.is_finite() && kt >= 0.0) {
            return Err(input(format!(
                "mu = {mu}, kt = {kt}, but finite numbers are wanted, kt not below 0"
            )));
        }
        Ok(Self { inner: thermal::Reservoir { mu, kt } })
    }

    /// Electrochemical potential, in t.
    #[getter]
    fn mu(&self) -> f64 {
        self.inner.mu
    }

    /// Temperature k_B T, in t.
    #[getter]
    fn kt(&self) -> f64 {
        self.inner.kt
    }

    /// Occupation of states at the energies (in t): a number or an array as given. At zero temperature a step, 1/2 at mu itself.
    fn occupation<'py>(&self, energy: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        elementwise(energy, |e| self.inner.occupation(e))
    }

    /// ``f_self - f_other`` at the energies, to rounding of the difference itself.
    fn excess<'py>(
        &self,
        other: AnyReservoir<'py>,
        energy: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let other = other.reservoir();
        elementwise(energy, |e| self.inner.excess(&other, e))
    }

    fn __repr__(&self) -> String {
        format!("Reservoir(mu={}, kt={})", self.inner.mu, self.inner.kt)
    }
}

/// A :class:`Reservoir`, or its numbers.
#[derive(FromPyObject)]
pub(crate) enum AnyReservoir<'py> {
    Made(PyRef<'py, Reservoir>),
    Numbers(f64, f64),
}

impl AnyReservoir<'_> {
    pub(super) fn reservoir(&self) -> thermal::Reservoir {
        match self {
            Self::Made(made) => made.inner,
            &Self::Numbers(mu, kt) => thermal::Reservoir { mu, kt },
        }
    }
}

pub(super) fn reservoirs(given: &[AnyReservoir<'_>]) -> Vec<thermal::Reservoir> {
    given.iter().map(AnyReservoir::reservoir).collect()
}

/// ``1 / (1 + exp x)``, x = (E - mu)/k_B T: a number or an array as given.
#[pyfunction]
fn fermi<'py>(x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    elementwise(x, thermal::fermi)
}

/// ``-k_B T df/dE = 1 / (4 cosh^2(x/2))``, x = (E - mu)/k_B T: a number or an array as given.
#[pyfunction]
fn fermi_window<'py>(x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    elementwise(x, thermal::fermi_window)
}

/// A function of each element of an array, or of a number.
pub(super) fn elementwise<'py>(x: &Bound<'py, PyAny>, f: impl Fn(f64) -> f64) -> PyResult<Bound<'py, PyAny>> {
    let py = x.py();
    let given: PyArrayLikeDyn<'py, f64, AllowTypeChange> = x.extract()?;
    if given.ndim() == 0 {
        return Ok(f(given.as_array().iter().copied().sum()).into_pyobject(py)?.into_any());
    }
    let shape = given.shape().to_vec();
    let values: Vec<f64> = given.as_array().iter().map(|x| f(*x)).collect();
    let flat = numpy::PyArray1::from_vec(py, values);
    let shaped: Bound<'py, PyArrayDyn<f64>> = flat.reshape(shape)?;
    Ok(shaped.into_any())
}
