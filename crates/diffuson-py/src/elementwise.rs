//! Functions of numbers, element by element: a number for numbers, an array of the common shape for arrays.

use crate::compute::compute;
use crate::errors::input;
use numpy::{AllowTypeChange, Element, PyArray1, PyArrayLikeDyn, PyArrayMethods, PyUntypedArray};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

/// An array of any shape as an argument.
pub(crate) type Dynamic<'py> = PyArrayLikeDyn<'py, f64, AllowTypeChange>;

/// `f` of all arguments, which NumPy broadcasts.
pub(crate) fn elementwise<'py, const N: usize>(
    arguments: [&Bound<'py, PyAny>; N],
    f: impl Fn([f64; N]) -> f64 + Send + 'static,
) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments[0].py();
    let numbers = arguments.map(number);
    if numbers.iter().all(Option::is_some) {
        return Ok(f(numbers.map(Option::unwrap_or_default)).into_pyobject(py)?.into_any());
    }
    let broadcast = py.import("numpy")?.getattr("broadcast_arrays")?;
    let mut shape = Vec::new();
    let mut columns = Vec::with_capacity(N);
    for array in broadcast.call1(pyo3::types::PyTuple::new(py, arguments)?)?.try_iter()? {
        let array: Dynamic<'py> = array?.extract()?;
        shape = array.as_array().shape().to_vec();
        columns.push(array.as_array().iter().copied().collect::<Vec<f64>>());
    }
    let count = shape.iter().product();
    let values = compute(py, move || {
        let at = |k: usize| f(std::array::from_fn(|i| columns[i][k]));
        (0..count).map(at).collect::<Vec<f64>>()
    })?;
    Ok(PyArray1::from_vec(py, values).reshape(shape)?.into_any())
}

/// A number, if it is one and not an array.
fn number(argument: &Bound<'_, PyAny>) -> Option<f64> {
    if argument.is_instance_of::<PyUntypedArray>() { None } else { argument.extract().ok() }
}

/// `f` of vectors: of an array (..., 3) the values in the shape before the last axis, of one vector a number.
pub(crate) fn of_vectors<'py, T: Element + Send + 'static + IntoPyObject<'py> + Copy>(
    py: Python<'py>,
    vectors: &Dynamic<'py>,
    f: impl Fn([f64; 3]) -> T + Send + 'static,
) -> PyResult<Bound<'py, PyAny>> {
    let array = vectors.as_array();
    let Some((&3, shape)) = array.shape().split_last() else {
        return Err(input(format!("vectors of shape {:?}, but (..., 3) is wanted", array.shape())));
    };
    let shape = shape.to_vec();
    let all: Vec<f64> = array.iter().copied().collect();
    let values = compute(py, move || all.as_chunks().0.iter().map(|&v| f(v)).collect::<Vec<T>>())?;
    match (shape.is_empty(), values.first()) {
        (true, Some(&value)) => value.into_bound_py_any(py),
        _ => Ok(PyArray1::from_vec(py, values).reshape(shape)?.into_any()),
    }
}
