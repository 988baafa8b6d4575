//! Reservoirs, and the Fermi functions that fill their states.

use crate::elementwise::{Numbers, elementwise};
use crate::errors::input;
use diffuson::thermal;
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
        Ok(Self { inner: checked(mu, kt)? })
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
    fn occupation<'py>(&self, py: Python<'py>, energy: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&energy], |[e]| self.inner.occupation(e))
    }

    /// ``f_self - f_other`` at the energies, to rounding of the difference itself.
    fn excess<'py>(
        &self,
        py: Python<'py>,
        other: AnyReservoir,
        energy: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&energy], |[e]| self.inner.excess(&other.0, e))
    }

    fn __repr__(&self) -> String {
        format!("Reservoir(mu={}, kt={})", self.inner.mu, self.inner.kt)
    }
}

fn checked(mu: f64, kt: f64) -> PyResult<thermal::Reservoir> {
    if mu.is_finite() && kt.is_finite() && kt >= 0.0 {
        return Ok(thermal::Reservoir { mu, kt });
    }
    Err(input(format!("a reservoir of mu = {mu}, kt = {kt}, but finite numbers are wanted, kt not below 0")))
}

/// A reservoir as an argument: a pair ``(mu, kt)``, or anything that has these.
pub(crate) struct AnyReservoir(pub(crate) thermal::Reservoir);

#[derive(FromPyObject)]
enum Given {
    Pair([f64; 2]),
    Object { mu: f64, kt: f64 },
}

impl<'a, 'py> FromPyObject<'a, 'py> for AnyReservoir {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let (Given::Pair([mu, kt]) | Given::Object { mu, kt }) = object.extract()?;
        checked(mu, kt).map(Self)
    }
}

/// Reservoirs as an argument.
pub(crate) struct Reservoirs(Vec<thermal::Reservoir>);

impl<'a, 'py> FromPyObject<'a, 'py> for Reservoirs {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let given: Vec<AnyReservoir> = object.extract()?;
        Ok(Self(given.into_iter().map(|one| one.0).collect()))
    }
}

impl Reservoirs {
    pub(crate) fn all(self) -> Vec<thermal::Reservoir> {
        self.0
    }

    /// One for each of so many leads.
    pub(crate) fn one_each(self, leads: usize) -> PyResult<Vec<thermal::Reservoir>> {
        if self.0.len() == leads && leads > 0 {
            return Ok(self.0);
        }
        Err(input(format!("{} reservoirs, but there are {leads} leads", self.0.len())))
    }
}

/// ``1 / (1 + exp x)``, x = (E - mu)/k_B T: a number or an array as given.
#[pyfunction]
fn fermi<'py>(py: Python<'py>, x: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&x], |[x]| thermal::fermi(x))
}

/// ``-k_B T df/dE = 1 / (4 cosh^2(x/2))``, x = (E - mu)/k_B T: a number or an array as given.
#[pyfunction]
fn fermi_window<'py>(py: Python<'py>, x: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&x], |[x]| thermal::fermi_window(x))
}
