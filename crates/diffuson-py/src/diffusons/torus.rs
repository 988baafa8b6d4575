//! Rings of diffusons on a torus of sites.

use super::{cooperons, room};
use crate::arrays::{Reals, exactly, table, to_vec, vector};
use crate::compute::compute;
use crate::errors::{Raise, input};
use diffuson::diffusons;
use numpy::{AllowTypeChange, PyArray1, PyArray2, PyArrayLike2};
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<RingSum>()?;
    m.add_class::<RingCovariance>()?;
    m.add_function(wrap_pyfunction!(gaussian_on_torus, m)?)
}

/// Real functions, one in each row, as an argument.
pub(crate) type Rows<'py> = PyArrayLike2<'py, f64, AllowTypeChange>;

/// The rows, one by one.
pub(crate) fn to_rows(a: &Rows<'_>) -> Vec<Vec<f64>> {
    a.as_array().rows().into_iter().map(|row| row.to_vec()).collect()
}

/// A square matrix of so many rows, row after row; of as many as it has, if nothing is wanted.
pub(crate) fn to_square(a: &Rows<'_>, wanted: Option<usize>, what: &str) -> PyResult<(usize, Vec<f64>)> {
    let (rows, columns) = a.as_array().dim();
    let n = wanted.unwrap_or(rows);
    if (rows, columns) != (n, n) {
        return Err(input(format!("{what}: an array ({rows}, {columns}), but ({n}, {n}) is wanted")));
    }
    Ok((n, a.as_array().iter().copied().collect()))
}

/// Rings of diffusons ``1/(s + D (4 - 2 cos q_x - 2 cos q_y))`` on a torus of ``size`` x ``size`` sites (site (x, y) is number ``x + size y``), the mode q = 0 included.
///
/// ``diffusion`` is D, in squares of the lattice constant times energy, ``density`` the density of states nu_1 per site and spin. With ``time_reversal`` there are Cooperons too. Vertices are any real functions of the sites.
#[pyclass(frozen, module = "diffuson.diffusons")]
pub(crate) struct RingSum {
    pub(crate) inner: diffusons::RingSum,
}

#[pymethods]
impl RingSum {
    #[new]
    #[pyo3(signature = (size, diffusion, density, *, time_reversal=true))]
    fn new(size: usize, diffusion: f64, density: f64, time_reversal: bool) -> PyResult<Self> {
        room(&[size, size])?;
        let inner = diffusons::RingSum::new(size, diffusion, density, cooperons(time_reversal));
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// Number of sites.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// Covariances of the random part ``F_1 = -(chi - <chi>)/nu_1`` of the inverse spin susceptibility between ``functions`` of the sites, an array (functions, sites), at a temperature k_B T in units of energy; all rings counted:
    ///
    /// ``<F_ij F_kl> = (beta_c / (pi^2 nu_1^2)) 2 pi T sum_k>0 w_k [R_ijkl + R_ijlk + R_ikjl](w_k)``, ``w_k = 2 pi k T``, R the ring that meets the functions in this order, beta_c = 2 with time reversal and 1 without.
    ///
    /// Eqs. 7 and 11 of Phys. Rev. B 62, 14898 (2000); for one function ``I_FF`` of Eq. 35.
    fn covariance(&self, py: Python<'_>, functions: Rows<'_>, kt: f64) -> PyResult<RingCovariance> {
        self.check(functions.as_array().nrows())?;
        let (rings, functions) = (self.inner, to_rows(&functions));
        let found = compute(py, move || rings.covariance(&functions, kt))?;
        found.map(RingCovariance::of).map_err(Raise::raise)
    }

    /// What the rings in which the vertices of ``F_ij`` and ``F_kl`` alternate make of :meth:`covariance`: one of its three terms, ``R_ikjl``, the only one counted in the paper (Eqs. A6 to A8). A third of the whole for one function.
    fn alternating_covariance(
        &self,
        py: Python<'_>,
        functions: Rows<'_>,
        kt: f64,
    ) -> PyResult<RingCovariance> {
        self.check(functions.as_array().nrows())?;
        let (rings, functions) = (self.inner, to_rows(&functions));
        let found = compute(py, move || rings.alternating_covariance(&functions, kt))?;
        found.map(RingCovariance::of).map_err(Raise::raise)
    }

    fn __repr__(&self) -> String {
        format!("RingSum({} sites)", self.inner.sites())
    }
}

impl RingSum {
    /// Products of pairs of so many functions are kept.
    fn check(&self, functions: usize) -> PyResult<()> {
        let n = self.inner.sites();
        room(&[functions.max(1), functions.max(1), n, n])
    }
}

/// Covariances of the matrix elements of a random symmetric matrix F between given functions, ``K_ijkl = <F_ij F_kl>``.
#[pyclass(frozen, module = "diffuson.diffusons")]
pub(crate) struct RingCovariance {
    pub(crate) inner: Arc<diffusons::RingCovariance>,
}

impl RingCovariance {
    pub(crate) fn of(inner: diffusons::RingCovariance) -> Self {
        Self { inner: Arc::new(inner) }
    }

    fn checked(&self, indices: &[usize]) -> PyResult<()> {
        let functions = self.inner.functions();
        match indices.iter().find(|&&i| i >= functions) {
            Some(i) => Err(input(format!("function {i}, but there are {functions}"))),
            None => Ok(()),
        }
    }
}

#[pymethods]
impl RingCovariance {
    /// Number of functions, M.
    #[getter]
    fn functions(&self) -> usize {
        self.inner.functions()
    }

    /// Number of pairs i <= j, ``M (M + 1) / 2``.
    #[getter]
    fn pairs(&self) -> usize {
        self.inner.pairs()
    }

    /// The covariance matrix over pairs: an array (pairs, pairs), symmetric, in the order of :meth:`pair`.
    #[getter]
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let pairs = self.inner.pairs();
        table(py, pairs, pairs, self.inner.matrix().to_vec())
    }

    /// The row of the pair (i, j), in either order: ``j (j + 1) / 2 + i`` for i <= j.
    fn pair(&self, i: usize, j: usize) -> PyResult<usize> {
        self.checked(&[i, j])?;
        Ok(self.inner.pair(i, j))
    }

    /// ``<F_ij F_kl>``.
    fn at(&self, i: usize, j: usize, k: usize, l: usize) -> PyResult<f64> {
        self.checked(&[i, j, k, l])?;
        Ok(self.inner.at(i, j, k, l))
    }

    /// The same between sums ``sum_i v_i f_i`` of the functions, one for each row of ``vectors``, an array (sums, functions).
    fn between(&self, py: Python<'_>, vectors: Rows<'_>) -> PyResult<Self> {
        let (inner, vectors) = (self.inner.clone(), to_rows(&vectors));
        let found = compute(py, move || inner.between(&vectors))?;
        found.map(Self::of).map_err(Raise::raise)
    }

    fn __repr__(&self) -> String {
        format!("RingCovariance({} functions)", self.inner.functions())
    }
}

/// A Gaussian ``exp(-r^2/R^2)`` on a torus of ``size`` x ``size`` sites, with its periodic images, normalised to ``sum psi^2 = 1``: an array (sites); ``radius`` is R, ``centre`` where it is centred, in lattice constants. Site (x, y) is number ``x + size y``.
#[pyfunction]
#[pyo3(signature = (size, radius, centre=None))]
fn gaussian_on_torus<'py>(
    py: Python<'py>,
    size: usize,
    radius: f64,
    centre: Option<Reals<'py>>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    room(&[size, size])?;
    let centre = centre.map_or_else(|| vec![0.0; 2], |c| to_vec(&c));
    let centre = exactly(centre, 2, "centre of the profile")?;
    let found = diffusons::gaussian_on_torus(size, radius, [centre[0], centre[1]]);
    Ok(vector(py, found.map_err(Raise::raise)?))
}
