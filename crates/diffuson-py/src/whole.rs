//! Whole numbers as arguments: counts, and the numbers of leads, sites and samples.

use crate::errors::input;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;

/// A whole number from 0. What is negative or too large is a `ValueError` that says so; nothing is counted from the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Whole(pub(crate) usize);

impl<'a, 'py> FromPyObject<'a, 'py> for Whole {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        object.extract().map(Self).map_err(|error: PyErr| {
            if error.is_instance_of::<PyOverflowError>(object.py()) {
                return match object.str() {
                    Ok(text) if text.to_string().starts_with('-') => {
                        input(format!("{text}, but a whole number not below 0 is wanted"))
                    }
                    _ => input("a whole number of more than 64 bits"),
                };
            }
            error
        })
    }
}

/// The numbers themselves.
pub(crate) fn wholes(numbers: Vec<Whole>) -> Vec<usize> {
    numbers.into_iter().map(|Whole(number)| number).collect()
}

/// One number, as an argument of a function.
pub(crate) fn whole(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    object.extract().map(|Whole(number)| number)
}
