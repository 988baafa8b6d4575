//! What a function of a sample returned: a number, an array, or a dict of them, as named arrays of real numbers.

use diffuson::C64;
use numpy::{
    PyArray1, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyDict, PyFloat};

/// The name of what has none.
pub(super) const UNNAMED: &str = "value";

/// One of the arrays a sample gives.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quantity {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) complex: bool,
}

impl Quantity {
    /// Real numbers per sample: of complex numbers real and imaginary part, one after the other.
    pub(super) fn width(&self) -> usize {
        self.shape.iter().product::<usize>() * if self.complex { 2 } else { 1 }
    }

    /// Shape and kind, as messages have it.
    pub(super) fn describe(&self) -> String {
        let kind = if self.complex { "complex" } else { "real" };
        let shape =
            if self.shape.is_empty() { "number".to_owned() } else { format!("array {:?}", self.shape) };
        format!("{}: {kind} {shape}", self.name)
    }

    /// Rows of values, one for each sample, as an array (samples, ...).
    pub(super) fn array<'py>(
        &self,
        py: Python<'py>,
        samples: usize,
        values: Vec<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let shape: Vec<usize> = [samples].into_iter().chain(self.shape.iter().copied()).collect();
        if self.complex {
            let values = values.as_chunks().0.iter().map(|&[re, im]| C64::new(re, im)).collect();
            return Ok(PyArray1::<C64>::from_vec(py, values).reshape(shape)?.into_any());
        }
        let array: Bound<'py, PyArrayDyn<f64>> = PyArray1::from_vec(py, values).reshape(shape)?;
        Ok(array.into_any())
    }
}

/// The values of one sample, in the order of the names.
pub(super) struct Row {
    pub(super) quantities: Vec<Quantity>,
    pub(super) values: Vec<Vec<f64>>,
    /// Whether it was no dict.
    pub(super) unnamed: bool,
}

/// What the function returned.
pub(super) fn row(returned: &Bound<'_, PyAny>) -> PyResult<Row> {
    let Ok(named) = returned.cast::<PyDict>() else {
        let (quantity, values) = numbers(UNNAMED, returned)?;
        return Ok(Row { quantities: vec![quantity], values: vec![values], unnamed: true });
    };
    let mut all = Vec::with_capacity(named.len());
    for (name, value) in named {
        let name: String = name
            .extract()
            .map_err(|_| PyTypeError::new_err("the function returned a dict whose names are not all text"))?;
        all.push(numbers(&name, &value)?);
    }
    all.sort_unstable_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    let (quantities, values) = all.into_iter().unzip();
    Ok(Row { quantities, values, unnamed: false })
}

fn numbers(name: &str, value: &Bound<'_, PyAny>) -> PyResult<(Quantity, Vec<f64>)> {
    let quantity =
        |shape: &[usize], complex| Quantity { name: name.to_owned(), shape: shape.to_vec(), complex };
    if let Ok(number) = value.cast_exact::<PyFloat>() {
        return Ok((quantity(&[], false), vec![number.value()]));
    }
    if let Ok(number) = value.cast_exact::<PyComplex>() {
        let number: C64 = number.extract()?;
        return Ok((quantity(&[], true), vec![number.re, number.im]));
    }
    let py = value.py();
    let array = py.import("numpy")?.call_method1("asarray", (value,))?;
    let kind = array.cast::<PyUntypedArray>()?.dtype().kind();
    let complex = match kind {
        b'b' | b'i' | b'u' | b'f' => false,
        b'c' => true,
        _ => {
            return Err(PyTypeError::new_err(format!(
                "the function returned {} for {name}, but a number, an array of numbers or a dict of them is wanted",
                value.get_type().name()?
            )));
        }
    };
    let array = array.call_method1("astype", (if complex { "complex128" } else { "float64" },))?;
    if complex {
        let array: PyReadonlyArrayDyn<'_, C64> = array.extract()?;
        let values = array.as_array().iter().flat_map(|z| [z.re, z.im]).collect();
        return Ok((quantity(array.shape(), true), values));
    }
    let array: PyReadonlyArrayDyn<'_, f64> = array.extract()?;
    Ok((quantity(array.shape(), false), array.as_array().iter().copied().collect()))
}
