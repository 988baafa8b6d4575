//! Hamiltonians as sparse matrices.

use crate::arrays::{Given, vector};
use crate::compute::compute;
use crate::errors::{Raise, input, room};
use crate::whole::{Whole, wholes};
use diffuson::{C64, hamiltonian};
use numpy::PyArray1;
use numpy::ndarray::{Ix1, Ix2};
use pyo3::prelude::*;

/// A tight-binding Hamiltonian: sites with one or several orbitals each, in t. Orbitals are numbered site after site.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct Hamiltonian {
    pub(crate) inner: hamiltonian::Hamiltonian,
}

/// Rows, columns and values of the entries of a sparse matrix.
type Entries<'py> = (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<C64>>);

#[pymethods]
impl Hamiltonian {
    /// From the entries ``<row|H|col>`` of a Hermitian matrix: of both triangles, or of either one alone.
    ///
    /// ``positions`` is an array (sites, 1 to 3), in lattice constants; ``orbitals`` the number of orbitals of each site, 1 if not given. Entries of the upper triangle must be the
    /// complex conjugates of those below it; entries of the same place add up.
    #[staticmethod]
    #[pyo3(signature = (rows, cols, values, positions, orbitals=None))]
    fn from_entries(
        py: Python<'_>,
        rows: Given<'_, i64, Ix1>,
        cols: Given<'_, i64, Ix1>,
        values: Given<'_, C64, Ix1>,
        positions: Given<'_, f64, Ix2>,
        orbitals: Option<Vec<Whole>>,
    ) -> PyResult<Self> {
        let (rows, cols, values) =
            (rows.as_array().to_vec(), cols.as_array().to_vec(), values.as_array().to_vec());
        let positions = positions.as_array();
        let [sites, dimensions] = [positions.nrows(), positions.ncols()];
        if rows.len() != values.len() || cols.len() != values.len() {
            let lengths = [rows.len(), cols.len(), values.len()];
            return Err(input(format!("rows, columns and values are of different lengths: {lengths:?}")));
        }
        if !(1..=3).contains(&dimensions) {
            return Err(input(format!("positions of {dimensions} coordinates, but 1 to 3 are wanted")));
        }
        let orbitals = orbitals.map_or_else(|| vec![1; sites], wholes);
        if orbitals.len() != sites {
            return Err(input(format!(
                "orbitals of {} sites, but there are {sites} positions",
                orbitals.len()
            )));
        }
        // where each column begins
        room(8.0 * orbitals.iter().map(|&n| n as f64).sum::<f64>())?;
        let at =
            |site: usize| std::array::from_fn(|x| if x < dimensions { positions[(site, x)] } else { 0.0 });
        let positions = (0..sites).map(at).collect();
        let inner = compute(py, move || {
            // what is negative is out of range
            let orbital = |k: i64| usize::try_from(k).unwrap_or(usize::MAX);
            let places = rows.into_iter().zip(cols).map(|(row, col)| (orbital(row), orbital(col)));
            let entries = places.zip(values).map(|((row, col), value)| (row, col, value));
            hamiltonian::Hamiltonian::from_entries(positions, &orbitals, entries)
        })?;
        Ok(Self { inner: inner.map_err(Raise::raise)? })
    }

    /// Number of sites.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// Number of orbitals: the order of the matrix.
    #[getter]
    fn orbitals(&self) -> usize {
        self.inner.orbitals()
    }

    /// Rows, columns and values of the entries of the lower triangle, diagonal included.
    fn entries<'py>(&self, py: Python<'py>) -> Entries<'py> {
        let all = || self.inner.entries();
        let rows = all().map(|(row, ..)| row as i64).collect();
        let cols = all().map(|(_, col, _)| col as i64).collect();
        (vector(py, rows), vector(py, cols), vector(py, all().map(|(.., value)| value).collect()))
    }

    fn __repr__(&self) -> String {
        format!("Hamiltonian({} sites, {} orbitals)", self.inner.sites(), self.inner.orbitals())
    }
}
