//! A metal close to the Stoner instability, and its mean field.

use crate::elementwise::{Numbers, elementwise};
use crate::errors::Raise;
use diffuson::droplets;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Metal>()?;
    m.add_class::<StonerMetal>()?;
    m.add_function(wrap_pyfunction!(hartree_fock_susceptibility, m)?)
}

/// A metal close to the Stoner instability, by its ``conductance`` ``g = 2 pi nu D = 2 pi hbar/(e^2 R_sq)`` (nu of both spins) and its ``distance`` ``1 + F_0`` from the instability, above 0 and below 1.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Metal {
    pub(super) inner: droplets::Metal,
}

#[pymethods]
impl Metal {
    #[new]
    fn new(conductance: f64, distance: f64) -> PyResult<Self> {
        droplets::Metal::new(conductance, distance).map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// g.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// ``1 + F_0``.
    #[getter]
    fn distance(&self) -> f64 {
        self.inner.distance()
    }

    /// ``F_0``.
    #[getter]
    fn triplet_constant(&self) -> f64 {
        self.inner.triplet_constant()
    }

    /// ``g (1 + F_0)``: what has to be large for droplets to be rare.
    #[getter]
    fn rarity(&self) -> f64 {
        self.inner.rarity()
    }

    /// ``chi/nu = 1/(1 + F_0)`` (Eq. 1): the Pauli susceptibility in units of that without interaction.
    #[getter]
    fn susceptibility(&self) -> f64 {
        self.inner.susceptibility()
    }

    fn __repr__(&self) -> String {
        format!("Metal(conductance={}, distance={})", self.inner.conductance(), self.inner.distance())
    }
}

/// The Landau expansion of a uniform spin density, ``Omega = V/(2 nu) [(1 + F_0) sigma^2 + B sigma^4/2]`` (Eq. 5 without gradients): ``distance`` is ``1 + F_0``, of either sign, ``quartic`` is B > 0.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct StonerMetal {
    inner: droplets::StonerMetal,
}

#[pymethods]
impl StonerMetal {
    #[new]
    fn new(distance: f64, quartic: f64) -> PyResult<Self> {
        droplets::StonerMetal::new(distance, quartic).map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// ``2 nu Omega / V`` at a spin density.
    fn potential<'py>(&self, py: Python<'py>, spin_density: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&spin_density], |[sigma]| self.inner.potential(sigma))
    }

    /// Half its derivative, ``(1 + F_0 + B sigma^2) sigma`` (Eq. 6): the field, in units of sigma/nu, that keeps a spin density.
    fn field<'py>(&self, py: Python<'py>, spin_density: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&spin_density], |[sigma]| self.inner.field(sigma))
    }

    /// The spin density without a field: 0 in the paramagnet, ``sqrt[-(1 + F_0)/B]`` in the ferromagnet (Eq. 6).
    #[getter]
    fn spin_density(&self) -> f64 {
        self.inner.spin_density()
    }

    /// ``chi/nu``, along the spin density if there is one: ``1/(1 + F_0)`` (Eq. 1) and ``-1/[2 (1 + F_0)]``; infinite at the instability (Eq. 4).
    #[getter]
    fn susceptibility(&self) -> f64 {
        self.inner.susceptibility()
    }
}

/// ``chi = Pi/(1 + U Pi)`` (Eq. 3): the susceptibility in the generalised Hartree-Fock approximation, for a polarisation operator Pi and an exchange constant U < 0.
#[pyfunction]
fn hartree_fock_susceptibility<'py>(
    py: Python<'py>,
    polarisation: Numbers,
    exchange: Numbers,
) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&polarisation, &exchange], |[polarisation, exchange]| {
        droplets::hartree_fock_susceptibility(polarisation, exchange)
    })
}
