//! NumPy arrays. What the library returns is moved, not copied; what it is given is any array-like.

use crate::errors::input;
use diffuson::{C64, Matrix};
use numpy::npyffi::NPY_ORDER;
use numpy::{AllowTypeChange, Element, PyArray1, PyArray2, PyArrayLike1, PyArrayLike2, PyArrayMethods};
use pyo3::prelude::*;

/// An array of real numbers as an argument: anything `numpy.asarray` takes.
pub(crate) type Reals<'py> = PyArrayLike1<'py, f64, AllowTypeChange>;

/// A complex matrix as an argument.
pub(crate) type Complexes<'py> = PyArrayLike2<'py, C64, AllowTypeChange>;

/// A matrix, moved: an array in column-major order.
pub(crate) fn matrix(py: Python<'_>, m: Matrix) -> PyResult<Bound<'_, PyArray2<C64>>> {
    let shape = [m.rows(), m.cols()];
    PyArray1::from_vec(py, m.into_columns()).reshape_with_order(shape, NPY_ORDER::NPY_FORTRANORDER)
}

/// Numbers, moved.
pub(crate) fn vector<T: Element>(py: Python<'_>, v: Vec<T>) -> Bound<'_, PyArray1<T>> {
    PyArray1::from_vec(py, v)
}

/// Rows of equal length one after the other, moved: an array of two dimensions.
pub(crate) fn table<T: Element>(
    py: Python<'_>,
    rows: usize,
    cols: usize,
    v: Vec<T>,
) -> PyResult<Bound<'_, PyArray2<T>>> {
    PyArray1::from_vec(py, v).reshape([rows, cols])
}

/// A complex matrix out of an argument.
pub(crate) fn to_matrix(a: &Complexes<'_>) -> Matrix {
    let a = a.as_array();
    Matrix::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)])
}

/// Numbers out of an argument.
pub(crate) fn to_vec(a: &Reals<'_>) -> Vec<f64> {
    a.as_array().to_vec()
}

/// As many numbers as `wanted`, or an error that says of what.
pub(crate) fn exactly(numbers: Vec<f64>, wanted: usize, what: &str) -> PyResult<Vec<f64>> {
    if numbers.len() == wanted {
        return Ok(numbers);
    }
    Err(input(format!("{what}: {} numbers, but {wanted} are wanted", numbers.len())))
}

/// One number for all, or one for each.
#[derive(FromPyObject)]
pub(crate) enum OneOrEach<'py> {
    /// One for each; before the other, as an array of one number is a number too.
    Each(Reals<'py>),
    /// The same for all.
    One(f64),
}

impl OneOrEach<'_> {
    /// As many numbers as `wanted`.
    pub(crate) fn spread(&self, wanted: usize, what: &str) -> PyResult<Vec<f64>> {
        match self {
            Self::One(number) => Ok(vec![*number; wanted]),
            Self::Each(numbers) => exactly(to_vec(numbers), wanted, what),
        }
    }
}
