//! Microscopic models of a dirty metal, sample by sample.

use crate::arrays::{matrix, table};
use crate::compute::compute;
use crate::diffusons::{RingSum, cooperons, room};
use crate::errors::Raise;
use crate::random::deviations;
use diffuson::C64;
use diffuson::droplets::{self, TimeReversal};
use numpy::PyArray2;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<OrbitalModel>()?;
    m.add_class::<AndersonLattice>()
}

/// Wegner's model: random hoppings between the n ``orbitals`` of each site of a torus of ``size`` x ``size`` sites and those of its neighbours; one spin. A dirty metal whose D, nu and g are known exactly as n grows.
///
/// Blocks ``H_xy`` of n x n normal deviates with ``<|H_xi,yj|^2> = J_xy / n``: J_1 (``hopping``, above 0, up to 1/4) for each bond to one of four neighbours, ``J_0 = 1 - 4 J_1`` on the site. Real symmetric with ``time_reversal``, else complex Hermitian. The unit of energy is that in which ``J_0 + 4 J_1 = 1``, lengths are in
/// lattice constants, hbar = 1. F. Wegner, Phys. Rev. B 19, 783 (1979).
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct OrbitalModel {
    pub(super) inner: droplets::OrbitalModel,
}

#[pymethods]
impl OrbitalModel {
    #[new]
    #[pyo3(signature = (size, orbitals, hopping, *, time_reversal=true))]
    fn new(size: usize, orbitals: usize, hopping: f64, time_reversal: bool) -> PyResult<Self> {
        room(&[size, size, orbitals])?;
        let inner = droplets::OrbitalModel::new(size, orbitals, hopping, cooperons(time_reversal));
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// Sites along each side of the torus.
    #[getter]
    fn size(&self) -> usize {
        self.inner.size()
    }

    /// Orbitals of each site, n.
    #[getter]
    fn orbitals(&self) -> usize {
        self.inner.orbitals()
    }

    /// Number of sites.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// Number of states, rows of the Hamiltonian.
    #[getter]
    fn states(&self) -> usize {
        self.inner.states()
    }

    /// Whether the Hamiltonian is real.
    #[getter]
    fn time_reversal(&self) -> bool {
        self.inner.time_reversal() == TimeReversal::Unbroken
    }

    /// ``D = 2 J_1``, in squares of the lattice constant times energy.
    #[getter]
    fn diffusion(&self) -> f64 {
        self.inner.diffusion()
    }

    /// ``nu_1 = n/pi``: density of states at the centre of the band, per site and spin.
    #[getter]
    fn density(&self) -> f64 {
        self.inner.density()
    }

    /// ``g = 8 n J_1``, in e^2/(2 pi hbar), both spins.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Rings of the model's diffusons.
    fn rings(&self) -> PyResult<RingSum> {
        self.inner.rings().map(|inner| RingSum { inner }).map_err(Raise::raise)
    }

    /// ``J_xy``, n times the variance of the entries of a block: an array (sites, sites); its rows sum to 1. Site (x, y) is number ``x + size y``.
    fn variances<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let sites = self.inner.sites();
        room(&[sites, sites])?;
        table(py, sites, sites, self.inner.variances())
    }

    /// The Hamiltonian of one sample: an array (states, states), complex, row ``n site + orbital``. A pure function of (seed, sample), the same as that of a study of this seed.
    fn sample<'py>(&self, py: Python<'py>, seed: u64, sample: u64) -> PyResult<Bound<'py, PyArray2<C64>>> {
        let (model, states) = (self.inner, self.inner.states());
        room(&[2, states, states])?;
        room(&[model.sites(), model.sites()])?;
        matrix(py, compute(py, move || model.sample(&deviations(seed, sample)))?)
    }

    fn __repr__(&self) -> String {
        let m = &self.inner;
        format!(
            "OrbitalModel({0} x {0} sites, {1} orbitals, g = {2})",
            m.size(),
            m.orbitals(),
            m.conductance()
        )
    }
}

/// Anderson's model on a torus of ``size`` x ``size`` sites (3 or more along a side): one orbital per site, hopping 1, site energies uniform in [-width/2, width/2], energies measured from ``fermi_energy`` (0 is the centre of the band, where the clean lattice has its van Hove singularity; -1 is away from it).
///
/// Time reversal is unbroken. Diffusion constant and density of states are calibrated with :class:`Relaxation`.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct AndersonLattice {
    inner: droplets::AndersonLattice,
}

#[pymethods]
impl AndersonLattice {
    #[new]
    #[pyo3(signature = (size, width, *, fermi_energy=-1.0))]
    fn new(size: usize, width: f64, fermi_energy: f64) -> PyResult<Self> {
        room(&[size, size])?;
        let inner = droplets::AndersonLattice::new(size, width, fermi_energy);
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// Sites along a side.
    #[getter]
    fn size(&self) -> usize {
        self.inner.size()
    }

    /// Number of sites.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// The Hamiltonian of one sample, energies from the Fermi energy: an array (sites, sites), complex; site (x, y) is number ``x + size y``. A pure function of (seed, sample), the same as that of a study of this seed.
    fn sample<'py>(&self, py: Python<'py>, seed: u64, sample: u64) -> PyResult<Bound<'py, PyArray2<C64>>> {
        let model = self.inner;
        room(&[2, model.sites(), model.sites()])?;
        matrix(py, compute(py, move || model.sample(&deviations(seed, sample)))?)
    }

    fn __repr__(&self) -> String {
        format!("AndersonLattice({0} x {0} sites)", self.inner.size())
    }
}
