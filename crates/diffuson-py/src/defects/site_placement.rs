//! Where scatterers sit in a contact on a lattice.

use super::contact::{ContactShape, from_sites};
use crate::compute::compute;
use crate::errors::Raise;
use crate::random::deviations;
use diffuson::defects;
use numpy::PyArray2;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SitePlacement>()?;
    m.add_class::<SiteArrangement>()
}

/// How scatterers are placed on the sites of a contact: a mobile one on ``positions`` sites next to each other, in all orientations and at all places with equal probability as long as none has a wall or a lead beside it; then ``scatterers`` others on free sites,
/// one after the other, no closer than ``closest`` lattice constants to those before and to the positions.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct SitePlacement {
    inner: Arc<defects::SitePlacement>,
    scatterers: usize,
}

#[pymethods]
impl SitePlacement {
    #[new]
    #[pyo3(signature = (shape, scatterers, *, positions=2, closest=0.0))]
    fn new(
        py: Python<'_>,
        shape: &ContactShape,
        scatterers: usize,
        positions: usize,
        closest: f64,
    ) -> PyResult<Self> {
        let shape = shape.inner.clone();
        let found = compute(py, move || defects::SitePlacement::new(&shape, closest, positions))?;
        Ok(Self { inner: Arc::new(found.map_err(Raise::raise)?), scatterers })
    }

    /// Number of scatterers of the background.
    #[getter]
    fn scatterers(&self) -> usize {
        self.scatterers
    }

    /// Number of positions of the mobile one.
    #[getter]
    fn positions(&self) -> usize {
        self.inner.positions()
    }

    /// Sites without a wall or a lead beside them, where the mobile one may be: an array (sites, 3). A study's potentials have its phase shifts on their average, :meth:`LatticeContact.mean_potential`.
    #[getter]
    fn inner<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        from_sites(py, self.inner.inner().to_vec())
    }

    /// One arrangement, a pure function of ``seed`` and ``sample``: that of a study of kind ``fluctuators``. ValueError if no room is found for all.
    #[pyo3(signature = (*, seed, sample=0))]
    fn arrange(&self, py: Python<'_>, seed: u64, sample: u64) -> PyResult<SiteArrangement> {
        let (placement, scatterers) = (self.inner.clone(), self.scatterers);
        let found = compute(py, move || placement.arrange(&deviations(seed, sample), scatterers))?;
        found.map(|inner| SiteArrangement { inner }).map_err(Raise::raise)
    }

    fn __repr__(&self) -> String {
        format!("SitePlacement({} scatterers, {} positions)", self.scatterers, self.inner.positions())
    }
}

/// The scatterers of one contact on a lattice: sites of those that stay, and the positions of the mobile one.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct SiteArrangement {
    inner: defects::SiteArrangement,
}

#[pymethods]
impl SiteArrangement {
    /// Sites of the scatterers that stay: an array (scatterers, 3).
    #[getter]
    fn background<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        from_sites(py, self.inner.background.clone())
    }

    /// Positions of the mobile one: an array (positions, 3).
    #[getter]
    fn positions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        from_sites(py, self.inner.positions.clone())
    }
}
