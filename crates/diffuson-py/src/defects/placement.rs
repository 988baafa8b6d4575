//! Where scatterers sit: random backgrounds, and the positions of a mobile defect among them.

use crate::arrays::table;
use crate::compute::compute;
use crate::errors::Raise;
use crate::random::deviations;
use diffuson::defects::{self, Region};
use numpy::PyArray2;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Placement>()?;
    m.add_class::<Arrangement>()
}

/// How scatterers are placed: a background of ``scatterers`` uniformly in a region, one after the other, no two closer than ``closest``; a mobile one on ``positions`` sites of a simple cubic lattice of spacing ``step`` and random orientation, around the
/// origin. Lengths in 1/k_F.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Placement {
    inner: defects::Placement,
}

impl Placement {
    fn new(region: Region, scatterers: usize, positions: usize, closest: f64, step: f64) -> PyResult<Self> {
        let inner = defects::Placement::new(region, closest, scatterers, positions, step);
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }
}

#[pymethods]
impl Placement {
    /// In the volume of a ball around the origin; with ``hollow`` between two spheres.
    #[staticmethod]
    #[pyo3(signature = (radius, scatterers, *, positions=2, closest=8.0, step=2.5, hollow=0.0))]
    fn ball(
        radius: f64,
        scatterers: usize,
        positions: usize,
        closest: f64,
        step: f64,
        hollow: f64,
    ) -> PyResult<Self> {
        let region = if hollow == 0.0 {
            Region::Ball { radius }
        } else {
            Region::Shell { inner: hollow, outer: radius }
        };
        Self::new(region, scatterers, positions, closest, step)
    }

    /// On the wall of a cylinder along the axis z of the contact, half of its length on either side of the origin: the rough boundary of a short channel.
    #[staticmethod]
    #[pyo3(signature = (diameter, length, scatterers, *, positions=2, closest=8.0, step=2.5))]
    fn cylinder(
        diameter: f64,
        length: f64,
        scatterers: usize,
        positions: usize,
        closest: f64,
        step: f64,
    ) -> PyResult<Self> {
        Self::new(Region::Cylinder { diameter, length }, scatterers, positions, closest, step)
    }

    /// Number of scatterers of the background.
    #[getter]
    fn scatterers(&self) -> usize {
        self.inner.background()
    }

    /// Number of positions of the mobile one.
    #[getter]
    fn positions(&self) -> usize {
        self.inner.positions()
    }

    /// One arrangement, a pure function of ``seed`` and ``sample``: that of a study of kind ``fluctuators``. ValueError if no room is found for all.
    #[pyo3(signature = (*, seed, sample=0))]
    fn arrange(&self, py: Python<'_>, seed: u64, sample: u64) -> PyResult<Arrangement> {
        let placement = self.inner;
        let found = compute(py, move || placement.arrange(&deviations(seed, sample)))?;
        found.map(|inner| Arrangement { inner }).map_err(Raise::raise)
    }
}

/// One contact: the scatterers that stay, and the positions of the mobile one, in 1/k_F; the first position is the origin.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Arrangement {
    inner: defects::Arrangement,
}

#[pymethods]
impl Arrangement {
    /// Places of the scatterers that stay: an array (scatterers, 3).
    #[getter]
    fn background<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        table(py, self.inner.background.len(), 3, self.inner.background.as_flattened().to_vec())
    }

    /// Positions of the mobile one: an array (positions, 3).
    #[getter]
    fn positions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        table(py, self.inner.positions.len(), 3, self.inner.positions.as_flattened().to_vec())
    }
}
