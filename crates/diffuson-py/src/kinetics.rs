//! `diffuson.kinetics`: a quantum point contact in a conserving kinetic theory.

mod contact;
mod rates;
mod sub_band;

use crate::arguments::named;
use crate::arrays::{Reals, to_vec};
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, input, numerical};
use diffuson::kinetics::{Closure, KineticError, Si as Units, Source, landauer, reference_speed as speed};
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    rates::module(m)?;
    sub_band::module(m)?;
    contact::module(m)?;
    m.add_class::<Si>()?;
    m.add_function(wrap_pyfunction!(reference_speed, m)?)?;
    m.add_function(wrap_pyfunction!(landauer_noise, m)?)?;
    m.add_function(wrap_pyfunction!(landauer_excess, m)?)
}

impl Raise for KineticError {
    fn raise(self) -> PyErr {
        match self {
            Self::NotNeutral { .. } => numerical(self),
            _ => input(self),
        }
    }
}

const CLOSURES: [(&str, Closure); 2] = [("mermin", Closure::Mermin), ("linear", Closure::Linear)];

fn closure(name: &str) -> PyResult<Closure> {
    named("closure", name, &CLOSURES)
}

fn closure_name(closure: Closure) -> &'static str {
    match closure {
        Closure::Mermin => "mermin",
        Closure::Linear => "linear",
    }
}

const SOURCES: [(&str, Source); 2] =
    [("compressibility", Source::Compressibility), ("occupation", Source::Occupation)];

fn source(name: &str) -> PyResult<Source> {
    named("source", name, &SOURCES)
}

/// ``v_ref = (sqrt(pi)/2) F_{-1/2}(eta)/f0``, in v_T, at ``eta = (mu - eps)/kT`` (a number or an array): with ``tau_el = L/v_ref`` constant times give the conductance of constant
/// mean free paths. It goes to the Fermi velocity for large eta and to ``sqrt(pi kT/2m)`` in depletion.
#[pyfunction]
fn reference_speed<'py>(py: Python<'py>, eta: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&eta], |[eta]| speed(eta))
}

/// Landauer-Büttiker noise of independent channels of constant ``transmissions`` at ``voltage`` eV/kT (a number or an array), in 4 kT G0.
#[pyfunction]
fn landauer_noise<'py>(
    py: Python<'py>,
    transmissions: Reals<'py>,
    voltage: Numbers,
) -> PyResult<Bound<'py, PyAny>> {
    let transmissions = to_vec(&transmissions);
    elementwise(py, [&voltage], |[u]| landauer::noise(&transmissions, u))
}

/// What of the Landauer-Büttiker noise exceeds 4 kT G, in 4 kT G0: ``sum_i T_i (1 - T_i) (x coth x - 1)``, x = eV/2kT.
#[pyfunction]
fn landauer_excess<'py>(
    py: Python<'py>,
    transmissions: Reals<'py>,
    voltage: Numbers,
) -> PyResult<Bound<'py, PyAny>> {
    let transmissions = to_vec(&transmissions);
    elementwise(py, [&voltage], |[u]| landauer::excess(&transmissions, u))
}

/// The units of this module at a ``temperature`` in kelvin: multiply by them to have volts, amperes, siemens and A^2/Hz.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct Si {
    temperature: f64,
    inner: Units,
}

#[pymethods]
impl Si {
    #[new]
    fn new(temperature: f64) -> PyResult<Self> {
        Ok(Self { temperature, inner: Units::new(temperature).map_err(Raise::raise)? })
    }

    /// Temperature, in K.
    #[getter]
    fn temperature(&self) -> f64 {
        self.temperature
    }

    /// Unit of voltage kT/e, in V.
    #[getter]
    fn voltage(&self) -> f64 {
        self.inner.voltage()
    }

    /// Unit of current 2ekT/h, in A.
    #[getter]
    fn current(&self) -> f64 {
        self.inner.current()
    }

    /// Unit of conductance G0 = 2e^2/h, in S.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Unit of one-sided noise 4 kT G0, in A^2/Hz.
    #[getter]
    fn noise(&self) -> f64 {
        self.inner.noise()
    }

    fn __repr__(&self) -> String {
        format!("Si({} K)", self.temperature)
    }
}
