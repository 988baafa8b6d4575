//! Kelvin, nanometres and millivolts.

use crate::elementwise::{Numbers, elementwise};
use crate::errors::Raise;
use diffuson::defects;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Metal>()?;
    m.add_function(wrap_pyfunction!(confinement_temperature, m)?)?;
    m.add_function(wrap_pyfunction!(flux_quantum_density, m)?)
}

/// A metal of free electrons with a spherical Fermi surface, of a Fermi energy in eV: copper 7.00, gold 5.53, silver 5.49 (Ashcroft and Mermin, table 2.1). What the units of this module are in SI.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Metal {
    inner: defects::Metal,
}

#[pymethods]
impl Metal {
    #[new]
    fn new(fermi_energy: f64) -> PyResult<Self> {
        Ok(Self { inner: defects::Metal::new(fermi_energy).map_err(Raise::raise)? })
    }

    /// Fermi energy in K: what an energy in e_F is multiplied with.
    #[getter]
    fn fermi_temperature(&self) -> f64 {
        self.inner.fermi_temperature()
    }

    /// Fermi energy in meV: what a bias eV in e_F is multiplied with, to give mV.
    #[getter]
    fn fermi_energy_mev(&self) -> f64 {
        self.inner.fermi_energy_mev()
    }

    /// Fermi wave number in 1/nm: what a length in nm is multiplied with.
    #[getter]
    fn fermi_wave_number(&self) -> f64 {
        self.inner.fermi_wave_number()
    }

    /// Fermi wave length in nm.
    #[getter]
    fn fermi_wave_length(&self) -> f64 {
        self.inner.fermi_wave_length()
    }

    /// ``hbar v_F`` in eV nm.
    #[getter]
    fn fermi_velocity(&self) -> f64 {
        self.inner.fermi_velocity()
    }

    /// Bias in mV at which the two steps of the distribution first cancel the interference of a pair at this distance in nm, ``pi hbar v_F / 2R``; of an array element by element.
    fn first_zero<'py>(&self, py: Python<'py>, distance: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let metal = self.inner;
        elementwise(py, [&distance], move |[r]| metal.first_zero(r))
    }

    fn __repr__(&self) -> String {
        format!("Metal(fermi_energy = {} eV)", self.inner.fermi_energy_mev() / 1e3)
    }
}

/// ``h^2 / (2 m d^2)`` in K, d in nm: ``e_F (lambda_F/d)^2`` (Kozub and Rudin, Eq. 10), the same in all free-electron metals.
#[pyfunction]
fn confinement_temperature<'py>(py: Python<'py>, diameter: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&diameter], |[d]| defects::confinement_temperature(d))
}

/// Flux density of one flux quantum h/e per d^2, in T, d in nm.
#[pyfunction]
fn flux_quantum_density<'py>(py: Python<'py>, diameter: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&diameter], |[d]| defects::flux_quantum_density(d))
}
