//! Formulas over arrays of any shape: a number in gives a number, an array an array of its shape; several arguments are broadcast as NumPy does.

use crate::errors::input;
use numpy::ndarray::ArrayD;
use numpy::{AllowTypeChange, Element, PyArray1, PyArrayLikeDyn, PyArrayMethods};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

/// Real numbers of any shape, as an argument: a number, or anything `numpy.asarray` takes.
pub(crate) struct Numbers(ArrayD<f64>);

impl<'a, 'py> FromPyObject<'a, 'py> for Numbers {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let array: PyArrayLikeDyn<'py, f64, AllowTypeChange> = object.extract()?;
        Ok(Self(array.as_array().to_owned()))
    }
}

/// The shape that results take.
#[derive(Clone, PartialEq)]
pub(crate) struct Shape(Vec<usize>);

impl Shape {
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

impl Numbers {
    /// The number zero.
    pub(crate) fn zero() -> Self {
        Self(ArrayD::zeros(Vec::new()))
    }

    /// The shape, and the numbers row by row.
    pub(crate) fn parts(&self) -> (Shape, Vec<f64>) {
        (Shape(self.0.shape().to_vec()), self.0.iter().copied().collect())
    }

    /// A formula of one argument.
    pub(crate) fn each<'py>(
        &self,
        py: Python<'py>,
        formula: impl Fn(f64) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (shape, numbers) = self.parts();
        shape.give(py, numbers.into_iter().map(formula).collect())
    }

    /// A formula of two.
    pub(crate) fn each_with<'py>(
        &self,
        py: Python<'py>,
        other: &Self,
        formula: impl Fn(f64, f64) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (shape, [a, b]) = broadcast([self, other])?;
        shape.give(py, a.into_iter().zip(b).map(|(a, b)| formula(a, b)).collect())
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
            return Err(input(format!("arrays of shapes {} cannot be combined", shapes.join(" and "))));
        };
        values.extend(repeated.iter());
    }
    Ok((Shape(shape), all))
}
