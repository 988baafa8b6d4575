//! Arguments that are one of few words, or numbers within limits: the value, or an error that says what is allowed.

use crate::errors::input;
use pyo3::PyResult;

/// What a name stands for.
pub(crate) fn named<T: Copy>(what: &str, name: &str, all: &[(&str, T)]) -> PyResult<T> {
    let found = all.iter().find(|(known, _)| *known == name);
    found.map(|&(_, value)| value).ok_or_else(|| {
        let allowed: Vec<String> = all.iter().map(|(known, _)| format!("{known:?}")).collect();
        input(format!("{what} is {name:?}, but one of {} is wanted", allowed.join(", ")))
    })
}

/// The number of an element.
pub(crate) fn below(index: usize, count: usize, what: &str) -> PyResult<usize> {
    if index < count { Ok(index) } else { Err(input(format!("{what} {index}, but there are {count}"))) }
}

/// A number that is one.
pub(crate) fn finite(what: &str, value: f64) -> PyResult<()> {
    if value.is_finite() {
        return Ok(());
    }
    Err(input(format!("{what} is {value}, but a finite number is wanted")))
}

/// A finite number above 0.
pub(crate) fn positive(what: &str, value: f64) -> PyResult<f64> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(input(format!("{what} is {value}, but a finite number above 0 is wanted")))
}

/// A finite number, 0 or above.
pub(crate) fn not_negative(what: &str, value: f64) -> PyResult<f64> {
    if value >= 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(input(format!("{what} is {value}, but a finite number not below 0 is wanted")))
}

/// A relative tolerance.
pub(crate) fn tolerance(tolerance: f64) -> PyResult<f64> {
    if tolerance > 0.0 && tolerance < 1.0 {
        return Ok(tolerance);
    }
    Err(input(format!("tolerance is {tolerance}, but a number between 0 and 1 is wanted")))
}
