//! The non-local spin susceptibility of one sample, and the constants of diffusion of a model.

use crate::arrays::{Complexes, table, to_matrix};
use crate::audit::Audit;
use crate::compute::compute;
use crate::diffusons::{Rows, room, to_square};
use crate::errors::Raise;
use diffuson::droplets;
use numpy::PyArray2;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Susceptibility>()?;
    m.add_class::<Relaxation>()?;
    m.add_function(wrap_pyfunction!(static_susceptibility, m)?)?;
    m.add_function(wrap_pyfunction!(susceptibility_of_levels, m)?)
}

/// The static non-local spin susceptibility of one sample, of **one** spin: a potential -h(y) on one spin makes ``sum_y chi_xy h(y)`` more electrons of that spin on site x, and ``sigma = n_up - n_down = 2 chi h`` in a field h that acts on the spins with opposite signs.
///
/// ``chi_xy = sum_ab (f_a - f_b)/(E_b - E_a) M_ab(x) M_ab(y)^*``, ``M_ab(x) = sum_alpha psi_a(x alpha)^* psi_b(x alpha)`` (Eq. 7).
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Susceptibility {
    pub(super) inner: Arc<droplets::Susceptibility>,
}

#[pymethods]
impl Susceptibility {
    /// Number of sites.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// ``chi_xy``, in 1/energy: an array (sites, sites), symmetric.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        table(py, self.inner.sites(), self.inner.sites(), self.inner.values().to_vec())
    }

    /// Its sums over y against the levels.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// ``F_1 = -(chi - mean)/nu_1`` for the mean over samples, an array (sites, sites), and the density of states nu_1 of one spin per site: an array (sites, sites).
    fn fluctuation<'py>(
        &self,
        py: Python<'py>,
        mean: Rows<'py>,
        density: f64,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let sites = self.inner.sites();
        let (_, mean) = to_square(&mean, Some(sites), "mean susceptibility")?;
        table(py, sites, sites, self.inner.fluctuation(&mean, density).map_err(Raise::raise)?)
    }

    fn __repr__(&self) -> String {
        format!("Susceptibility({} sites)", self.inner.sites())
    }
}

/// The susceptibility by Green functions at ``frequencies`` imaginary energies: the poles of the Fermi function, of which the last ones stand for all that follow, so that the error falls exponentially; about ``sqrt(W/k_B T)`` of them are wanted for levels up to W. What is left is in the audit.
///
/// ``hamiltonian``: Hermitian, an array (states, states), energies from the Fermi energy, ``orbitals`` rows for each site; ``kt`` is k_B T, in its unit. With one orbital per site this is the fast way.
#[pyfunction]
#[pyo3(signature = (hamiltonian, kt, frequencies, *, orbitals=1))]
fn static_susceptibility(
    py: Python<'_>,
    hamiltonian: Complexes<'_>,
    kt: f64,
    frequencies: usize,
    orbitals: usize,
) -> PyResult<Susceptibility> {
    // the poles are eigenvalues of a matrix of so many rows, and a spare one
    room(&[4, frequencies, frequencies])?;
    let h = to_matrix(&hamiltonian);
    let found = compute(py, move || droplets::static_susceptibility(&h, orbitals, kt, frequencies))?;
    found.map(|inner| Susceptibility { inner: Arc::new(inner) }).map_err(Raise::raise)
}

/// The same from all pairs of levels: one diagonalisation, exact at any temperature above 0.
#[pyfunction]
#[pyo3(signature = (hamiltonian, kt, *, orbitals=1))]
fn susceptibility_of_levels(
    py: Python<'_>,
    hamiltonian: Complexes<'_>,
    kt: f64,
    orbitals: usize,
) -> PyResult<Susceptibility> {
    let h = to_matrix(&hamiltonian);
    let found = compute(py, move || droplets::susceptibility_of_levels(&h, orbitals, kt))?;
    found.map(|inner| Susceptibility { inner: Arc::new(inner) }).map_err(Raise::raise)
}

/// Diffusion constant and density of states of a model on a torus of ``size`` x ``size`` sites (3 or more along a side), from the relaxation of its longest waves of density:
///
/// ``K_q = (1/s) sum_xy <|G_xy(i eta)|^2> cos q(x - y) = 2 pi nu_1 / (2 eta + D q^2)``,
///
/// exact at q = 0 in every sample, and at the longest wave the definition of D at that frequency. From one Green function of a sample; ``frequency`` is eta, some level spacings or more. Means over samples by :meth:`mean`.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Relaxation {
    inner: droplets::Relaxation,
}

#[pymethods]
impl Relaxation {
    #[new]
    #[pyo3(signature = (hamiltonian, size, frequency, *, orbitals=1))]
    fn new(
        py: Python<'_>,
        hamiltonian: Complexes<'_>,
        size: usize,
        frequency: f64,
        orbitals: usize,
    ) -> PyResult<Self> {
        let h = to_matrix(&hamiltonian);
        let found = compute(py, move || droplets::Relaxation::new(&h, orbitals, size, frequency))?;
        found.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// From ``K_0`` and ``K_q`` that were stored; nothing of them is audited again.
    #[staticmethod]
    fn from_sums(uniform: f64, wave: f64, size: usize, frequency: f64) -> PyResult<Self> {
        let found = droplets::Relaxation::from_sums(uniform, wave, size, frequency);
        found.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// Means over samples of one model.
    #[staticmethod]
    fn mean(samples: Vec<PyRef<'_, Self>>) -> PyResult<Self> {
        let all: Vec<droplets::Relaxation> = samples.iter().map(|one| one.inner.clone()).collect();
        droplets::Relaxation::mean(&all).map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// ``K_0``: ``(1/s) sum_xy |G_xy|^2``, in 1/energy^2 per site.
    #[getter]
    fn uniform(&self) -> f64 {
        self.inner.uniform
    }

    /// ``K_q`` of the longest waves, mean of both directions.
    #[getter]
    fn wave(&self) -> f64 {
        self.inner.wave
    }

    /// ``D = (2 eta/q^2)(K_0/K_q - 1)``, ``q^2 = 2 (1 - cos(2 pi/size))``, in sites squared times energy.
    #[getter]
    fn diffusion(&self) -> f64 {
        self.inner.diffusion()
    }

    /// ``nu_1 = eta K_0/pi``: states of one spin per site and energy, averaged over a Lorentzian of half width eta around the Fermi energy.
    #[getter]
    fn density(&self) -> f64 {
        self.inner.density()
    }

    /// ``g = 4 pi nu_1 D``, ``2 pi hbar`` over ``e^2`` times the resistance of a square.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Conservation of electrons.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    fn __repr__(&self) -> String {
        format!("Relaxation(D = {:.6}, nu_1 = {:.6})", self.inner.diffusion(), self.inner.density())
    }
}
