//! Long waves and places on a torus.

use crate::arrays::{Reals, exactly, table, to_vec, vector};
use crate::compute::compute;
use crate::diffusons::{Rows, room, to_square};
use crate::errors::Raise;
use diffuson::droplets;
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<FourierModes>()?;
    m.add_function(wrap_pyfunction!(between_places, m)?)
}

/// The ``count`` longest waves on a torus of ``size`` x ``size`` sites: real cosines and sines, orthonormal. Only whole shells of equal ``q_x^2 + q_y^2`` are closed under the rotations and reflections of the torus: 1, 5, 9, 13, 21, 25, 29, 37, ... modes. Site (x, y) is number ``x + size y``.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct FourierModes {
    pub(super) inner: Arc<droplets::FourierModes>,
}

#[pymethods]
impl FourierModes {
    #[new]
    fn new(size: usize, count: usize) -> PyResult<Self> {
        room(&[size, size, count.min(size.saturating_mul(size))])?;
        let inner = droplets::FourierModes::new(size, count).map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Number of modes.
    #[getter]
    fn count(&self) -> usize {
        self.inner.count()
    }

    /// Sites along a side of the torus.
    #[getter]
    fn size(&self) -> usize {
        self.inner.size()
    }

    /// Wave vectors in ``2 pi/size``, of the uniform mode, and then one of each cosine and sine: an array (waves, 2).
    #[getter]
    fn waves<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        let waves = self.inner.waves();
        table(py, waves.len(), 2, waves.iter().flatten().map(|&q| i64::from(q)).collect())
    }

    /// The modes on all sites: an array (modes, sites).
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let size = self.inner.size();
        table(py, self.inner.count(), size * size, self.inner.values().to_vec())
    }

    /// The function ``sum_i v_i phi_i`` moved by so many sites (x, y), which need not be whole, in the modes: an array (modes).
    fn moved<'py>(
        &self,
        py: Python<'py>,
        vector: Reals<'py>,
        by: Reals<'py>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let by = exactly(to_vec(&by), 2, "a shift in sites along x and y")?;
        let moved = self.inner.moved(&to_vec(&vector), [by[0], by[1]]).map_err(Raise::raise)?;
        Ok(self::vector(py, moved))
    }

    /// ``sum_xy phi_i(x) kernel(x, y) phi_j(y)`` of a symmetric kernel over sites, an array (sites, sites): an array (modes, modes).
    fn project<'py>(&self, py: Python<'py>, kernel: Rows<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let size = self.inner.size();
        let (_, kernel) = to_square(&kernel, Some(size * size), "kernel")?;
        let modes = self.inner.clone();
        let found = compute(py, move || modes.project(&kernel))?.map_err(Raise::raise)?;
        table(py, self.inner.count(), self.inner.count(), found)
    }

    fn __repr__(&self) -> String {
        format!("FourierModes({0} modes on {1} x {1} sites)", self.inner.count(), self.inner.size())
    }
}

/// A symmetric kernel over sites of a torus, an array (sites, sites), between all places of one profile, an array (sites): ``F(a, b) = sum_xy psi(x - a) kernel(x, y) psi(y - b)`` (Eqs. 15a, 51), an array (sites, sites). Its diagonal holds the averages of single droplets, all else those of two at any distance.
#[pyfunction]
fn between_places<'py>(
    py: Python<'py>,
    kernel: Rows<'py>,
    profile: Reals<'py>,
    size: usize,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let sites = size.saturating_mul(size);
    let profile = exactly(to_vec(&profile), sites, "profile, one number for each site")?;
    let (_, kernel) = to_square(&kernel, Some(sites), "kernel")?;
    room(&[sites, sites])?;
    let found = compute(py, move || droplets::between_places(&kernel, &profile, size))?;
    table(py, sites, sites, found.map_err(Raise::raise)?)
}
