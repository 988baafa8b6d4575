//! Droplets of one sample.

use super::modes::FourierModes;
use super::susceptibility::Susceptibility;
use crate::arrays::{Complexes, Reals, to_matrix, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::diffusons::room;
use crate::errors::Raise;
use diffuson::droplets;
use numpy::PyArray1;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Exchange>()?;
    m.add_class::<Instability>()?;
    m.add_class::<Droplet>()?;
    m.add_function(wrap_pyfunction!(solve_droplet, m)?)
}

/// Exchange between spins on a square torus: the field h, which spins feel as ``H -+ h``, is ``h_i = u_i sigma_i`` in some orthonormal functions of the sites, ``u_i = |F_0| / (2 chi_i)`` with the mean susceptibility chi_i of one spin. ``triplet`` is F_0, from -2 to below 0.
///
/// Made by :meth:`long_waves` or :meth:`local`.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Exchange {
    inner: Arc<droplets::Exchange>,
}

#[pymethods]
impl Exchange {
    /// Every site by itself: ``u = |F_0| / (2 nu_1)``. Its instability is that of single sites, which no theory of diffusion describes.
    #[staticmethod]
    fn local(size: usize, triplet: f64, density: f64) -> PyResult<Self> {
        room(&[size, size])?;
        let made = droplets::Exchange::local(size, triplet, density);
        made.map(|inner| Self { inner: Arc::new(inner) }).map_err(Raise::raise)
    }

    /// Long waves alone, each with its own mean susceptibility of one spin, an array (modes): the diagonal of the projected mean of chi.
    #[staticmethod]
    fn long_waves(modes: &FourierModes, triplet: f64, means: Reals<'_>) -> PyResult<Self> {
        let made = droplets::Exchange::long_waves(&modes.inner, triplet, &to_vec(&means));
        made.map(|inner| Self { inner: Arc::new(inner) }).map_err(Raise::raise)
    }

    /// The triplet constant F_0.
    #[getter]
    fn triplet(&self) -> f64 {
        self.inner.triplet()
    }
}

/// The softest fluctuation of the paramagnet of one sample, by its susceptibility.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Instability {
    inner: Arc<droplets::Instability>,
}

#[pymethods]
impl Instability {
    #[new]
    fn new(py: Python<'_>, susceptibility: &Susceptibility, exchange: &Exchange) -> PyResult<Self> {
        let (chi, exchange) = (susceptibility.inner.clone(), exchange.inner.clone());
        let found = compute(py, move || droplets::Instability::new(&chi, &exchange))?;
        found.map(|inner| Self { inner: Arc::new(inner) }).map_err(Raise::raise)
    }

    /// Lowest eigenvalue of ``1 + F_0 + F_1``: the paramagnet is unstable below 0.
    #[getter]
    fn eigenvalue(&self) -> f64 {
        self.inner.eigenvalue
    }

    /// Its exchange field on the sites, with ``sum_i h_i^2/(2 u_i) = 1``: an array (sites).
    #[getter]
    fn field<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.field.clone())
    }

    /// The spin density ``2 chi h`` that it makes: an array (sites).
    #[getter]
    fn spin_density<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.spin_density.clone())
    }

    fn __repr__(&self) -> String {
        format!("Instability(eigenvalue {})", self.inner.eigenvalue)
    }
}

/// A self-consistent solution that lies below the paramagnet.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Droplet {
    inner: droplets::Droplet,
}

#[pymethods]
impl Droplet {
    /// ``sigma(x) = n_up - n_down`` per site: an array (sites); its sum is not negative.
    #[getter]
    fn spin_density<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.spin_density.clone())
    }

    /// Exchange field, in energy: an array (sites).
    #[getter]
    fn field<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.field.clone())
    }

    /// ``S = sum sigma``: unpaired spins.
    #[getter]
    fn spin(&self) -> f64 {
        self.inner.spin
    }

    /// S of Eqs. 13 and 14: one mode, whose amplitude is stopped by its quartic term alone. None if that term does not stop it.
    #[getter]
    fn single_mode_spin(&self) -> Option<f64> {
        self.inner.single_mode_spin
    }

    /// ``<r^2>^{1/2}`` of the weights sigma^2, r from the site about which it is smallest; in sites.
    #[getter]
    fn radius(&self) -> f64 {
        self.inner.radius
    }

    /// ``(sum sigma^2)^2 / sum sigma^4``: sites it lives on.
    #[getter]
    fn participation(&self) -> f64 {
        self.inner.participation
    }

    /// Grand potential less that of the paramagnet, below 0.
    #[getter]
    fn energy(&self) -> f64 {
        self.inner.energy
    }

    /// Fields of which the states were computed.
    #[getter]
    fn evaluations(&self) -> usize {
        self.inner.evaluations
    }

    /// Self-consistency, gain of energy.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    fn __repr__(&self) -> String {
        format!(
            "Droplet(spin {:.4}, radius {:.3}, energy {:.6})",
            self.inner.spin, self.inner.radius, self.inner.energy
        )
    }
}

/// The droplet that a sample forms (Eq. 9); None if its paramagnet is stable, which its :class:`Instability` says.
///
/// A stationary point of ``Omega[h] = sum_{s = +-} Omega_0[H - s h] + sum_i h_i^2/(2 u_i)`` below the paramagnet h = 0, to ``|u sigma - h| < 1e-8 |h|``. ``hamiltonian``: Hermitian, an array (states, states), ``orbitals`` rows for each site; ``kt`` in its units. Every field takes two diagonalisations.
#[pyfunction]
#[pyo3(signature = (hamiltonian, exchange, kt, instability, *, orbitals=1))]
fn solve_droplet(
    py: Python<'_>,
    hamiltonian: Complexes<'_>,
    exchange: &Exchange,
    kt: f64,
    instability: &Instability,
    orbitals: usize,
) -> PyResult<Option<Droplet>> {
    let h = to_matrix(&hamiltonian);
    let (exchange, instability) = (exchange.inner.clone(), instability.inner.clone());
    let found = compute(py, move || droplets::solve_droplet(&h, orbitals, &exchange, kt, &instability))?;
    Ok(found.map_err(Raise::raise)?.map(|inner| Droplet { inner }))
}
