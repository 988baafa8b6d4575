//! Formulas over arrays of any shape: a number in gives a number, an array an array of its shape; several arguments are broadcast as NumPy does.
//!
//! [`elementwise`] is for formulas of microseconds, [`computed`] for those that take longer.

use crate::arrays::Given;
use crate::compute::compute;
use crate::errors::{Raise, input};
use diffuson::C64;
use numpy::ndarray::{ArrayD, IxDyn};
use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

/// A formula of numbers, at once.
pub(crate) fn elementwise<'py, const N: usize, T: Outcome>(
    py: Python<'py>,
    arguments: [&Numbers; N],
    mut formula: impl FnMut([f64; N]) -> T,
) -> PyResult<Bound<'py, PyAny>> {
    let (shape, points) = points(arguments)?;
    let values = points.into_iter().map(|point| formula(point).value()).collect::<PyResult<_>>()?;
    shape.give(py, values)
}

/// A formula of numbers that takes its time: the interpreter is released, and Ctrl-C heard.
pub(crate) fn computed<'py, const N: usize, T: Outcome>(
    py: Python<'py>,
    arguments: [&Numbers; N],
    formula: impl Fn([f64; N]) -> T + Send + 'static,
) -> PyResult<Bound<'py, PyAny>> {
    let (shape, points) = points(arguments)?;
    let all = move || points.into_iter().map(|point| formula(point).value()).collect::<PyResult<_>>();
    shape.give(py, compute(py, all)??)
}

/// The same of vectors: of an array (..., 3) the values in the shape before the last axis.
pub(crate) fn computed_of_vectors<'py, T: Outcome>(
    py: Python<'py>,
    vectors: &Numbers,
    formula: impl Fn([f64; 3]) -> T + Send + 'static,
) -> PyResult<Bound<'py, PyAny>> {
    let (Shape(shape), numbers) = vectors.parts();
    let Some((&3, shape)) = shape.split_last() else {
        return Err(input(format!("vectors of shape {shape:?}, but (..., 3) is wanted")));
    };
    let all = move || numbers.as_chunks().0.iter().map(|&v| formula(v).value()).collect::<PyResult<_>>();
    Shape(shape.to_vec()).give(py, compute(py, all)??)
}

/// What a formula gives: a number, or an error of the library in its place.
pub(crate) trait Outcome {
    type Number: Element + Copy + Send + for<'py> IntoPyObject<'py> + 'static;

    fn value(self) -> PyResult<Self::Number>;
}

impl Outcome for f64 {
    type Number = Self;

    fn value(self) -> PyResult<Self> {
        Ok(self)
    }
}

impl Outcome for C64 {
    type Number = Self;

    fn value(self) -> PyResult<Self> {
        Ok(self)
    }
}

impl<T: Outcome, E: Raise> Outcome for Result<T, E> {
    type Number = T::Number;

    fn value(self) -> PyResult<T::Number> {
        self.map_err(Raise::raise)?.value()
    }
}

/// Real numbers of any shape as an argument: a number, or anything `numpy.asarray` takes.
pub(crate) struct Numbers(ArrayD<f64>);

impl<'a, 'py> FromPyObject<'a, 'py> for Numbers {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let array: Given<'py, f64, IxDyn> = object.extract()?;
        Ok(Self(array.as_array().to_owned()))
    }
}

impl Numbers {
    /// The number zero.
    pub(crate) fn zero() -> Self {
        Self(ArrayD::zeros(Vec::new()))
    }

    /// The shape, and the numbers row by row.
    pub(crate) fn parts(&self) -> (Shape, Vec<f64>) {
        (Shape(self.0.shape().to_vec()), self.0.iter().copied().collect())
    }
}

/// The shape that results take.
#[derive(Clone, PartialEq)]
pub(crate) struct Shape(Vec<usize>);

impl Shape {
    /// That of a number.
    pub(crate) fn number() -> Self {
        Self(Vec::new())
    }

    /// As many results as the shape holds: a number for none of its sides.
    pub(crate) fn give<'py, T: Element + Copy + IntoPyObject<'py>>(
        &self,
        py: Python<'py>,
        results: Vec<T>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match results.as_slice() {
            [one] if self.0.is_empty() => one.into_bound_py_any(py),
            _ => Ok(PyArray1::from_vec(py, results).reshape(self.0.clone())?.into_any()),
        }
    }

    /// Several numbers for each place, given place by place: an array whose first axis numbers them.
    pub(crate) fn stack<'py, const N: usize>(
        &self,
        py: Python<'py>,
        results: &[[f64; N]],
    ) -> PyResult<Bound<'py, PyAny>> {
        let all = (0..N).flat_map(|n| results.iter().map(move |r| r[n])).collect();
        let shape: Vec<usize> = [N].into_iter().chain(self.0.iter().copied()).collect();
        Ok(PyArray1::from_vec(py, all).reshape(shape)?.into_any())
    }
}

/// Arguments brought to one shape: sides are aligned at the last, and those of length 1 are repeated.
pub(crate) fn broadcast<const N: usize>(arguments: [&Numbers; N]) -> PyResult<(Shape, [Vec<f64>; N])> {
    let sides = arguments.iter().map(|a| a.0.ndim()).max().unwrap_or(0);
    let mut shape = vec![1; sides];
    for argument in arguments {
        let own = argument.0.shape();
        for (side, &length) in shape[sides - own.len()..].iter_mut().zip(own) {
            if *side == 1 {
                *side = length;
            }
        }
    }
    let mut all = [const { Vec::new() }; N];
    for (values, argument) in all.iter_mut().zip(arguments) {
        let Some(repeated) = argument.0.broadcast(shape.as_slice()) else {
            let shapes: Vec<String> = arguments.iter().map(|a| format!("{:?}", a.0.shape())).collect();
            return Err(input(format!(
                "arrays of shapes {} cannot be broadcast together",
                shapes.join(", ")
            )));
        };
        values.extend(repeated.iter());
    }
    Ok((Shape(shape), all))
}

/// The same, point by point in the order of the result.
pub(crate) fn points<const N: usize>(arguments: [&Numbers; N]) -> PyResult<(Shape, Vec<[f64; N]>)> {
    let (shape, columns) = broadcast(arguments)?;
    let count = columns.first().map_or(0, Vec::len);
    Ok((shape, (0..count).map(|k| columns.each_ref().map(|column| column[k])).collect()))
}
