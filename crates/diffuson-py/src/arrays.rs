//! NumPy arrays. What the library returns is moved, not copied; what it is given is any array-like.

use crate::errors::input;
use diffuson::{C64, Matrix};
use numpy::ndarray::{Dimension, Ix1, Ix2, IxDyn};
use numpy::npyffi::NPY_ORDER;
use numpy::{AllowTypeChange, Element, PyArray1, PyArray2, PyArrayDescrMethods, PyArrayLike, PyArrayMethods};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::ops::Deref;

/// An array of real numbers as an argument: anything `numpy.asarray` takes.
pub(crate) type Reals<'py> = Given<'py, f64, Ix1>;

/// A complex matrix as an argument.
pub(crate) type Complexes<'py> = Given<'py, C64, Ix2>;

/// An array as an argument, of numbers that are not cut down: imaginary parts and fractions are refused where there is no place for them, and so is text.
pub(crate) struct Given<'py, T: Element, D: Dimension>(PyArrayLike<'py, T, D, AllowTypeChange>);

impl<'py, T: Element, D: Dimension> Deref for Given<'py, T, D> {
    type Target = PyArrayLike<'py, T, D, AllowTypeChange>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, 'py, T: Element, D: Dimension> FromPyObject<'a, 'py> for Given<'py, T, D>
where
    PyArrayLike<'py, T, D, AllowTypeChange>: FromPyObject<'a, 'py, Error = PyErr>,
{
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let kind = object.getattr("dtype").and_then(|dtype| dtype.getattr("kind")?.extract::<char>());
        if object.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("text, but numbers are wanted"));
        }
        match kind {
            Ok('c') if T::get_dtype(py).kind() != b'c' => {
                return Err(PyTypeError::new_err("complex numbers, but real ones are wanted"));
            }
            Ok('f') if T::get_dtype(py).kind() == b'i' => {
                return Err(PyTypeError::new_err("fractions, but whole numbers are wanted"));
            }
            Ok('U' | 'S') => return Err(PyTypeError::new_err("text, but numbers are wanted")),
            _ => {}
        }
        object.extract().map(Self).map_err(|error| match (dimensions(&object), D::NDIM) {
            (Ok(given), Some(wanted)) if given != wanted => {
                let [given, wanted] = [given, wanted].map(|n| match n {
                    0 => "no array".to_owned(),
                    1 => "an array of 1 dimension".to_owned(),
                    n => format!("an array of {n} dimensions"),
                });
                input(format!("{given}, but {wanted} is wanted"))
            }
            _ => error,
        })
    }
}

fn dimensions(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    object.py().import("numpy")?.call_method1("ndim", (object,))?.extract()
}

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
pub(crate) enum OneOrEach<'py> {
    /// One for each.
    Each(Reals<'py>),
    /// The same for all.
    One(f64),
}

impl<'a, 'py> FromPyObject<'a, 'py> for OneOrEach<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        // an array of one number is a number too, for a while yet
        if matches!(dimensions(&object), Ok(0)) {
            let number: Given<'py, f64, IxDyn> = object.extract()?;
            return Ok(Self::One(number.as_array().first().copied().unwrap_or(f64::NAN)));
        }
        object.extract().map(Self::Each)
    }
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
