//! Means and errors of arrays over samples.

use crate::arrays::{Reals, vector};
use crate::errors::input;
use diffuson_ensemble::statistics::{Estimate, Jackknife, Moments};
use numpy::{AllowTypeChange, PyArray1, PyArrayLike2};
use pyo3::prelude::*;

/// Two arrays of one number for each column.
type Pair<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

/// Mean and standard deviation (divisor n - 1) of each column of an array (samples, columns).
#[pyfunction]
#[pyo3(name = "_moments")]
pub(super) fn moments<'py>(py: Python<'py>, values: PyArrayLike2<'py, f64, AllowTypeChange>) -> Pair<'py> {
    let values = values.as_array();
    let all: Vec<Moments> =
        values.columns().into_iter().map(|column| column.iter().copied().collect()).collect();
    let deviations = all.iter().map(|m| m.variance().sqrt()).collect();
    (vector(py, all.iter().map(Moments::mean).collect()), vector(py, deviations))
}

/// Standard errors of quantities derived from all samples, ``derived``, and from all but one, ``without`` (samples, quantities), and the quantities with the leading bias
/// removed: ``(errors, corrected)``.
#[pyfunction]
#[pyo3(name = "_jackknife")]
pub(super) fn jackknife<'py>(
    py: Python<'py>,
    derived: Reals<'py>,
    without: PyArrayLike2<'py, f64, AllowTypeChange>,
) -> PyResult<Pair<'py>> {
    let without = without.as_array().rows().into_iter().map(|row| row.to_vec()).collect();
    let found = Jackknife::leaving_out(derived.as_array().to_vec(), without).map_err(input)?;
    let errors = found.estimates().iter().map(|e| e.standard_error).collect();
    Ok((vector(py, errors), vector(py, found.bias_corrected().iter().map(|e| e.value).collect())))
}

/// A value with its standard error in the last digit, as tables have it: ``6.68(4)``.
#[pyfunction]
#[pyo3(name = "_estimate_text")]
pub(super) fn estimate_text(value: f64, standard_error: f64) -> String {
    Estimate { value, standard_error, samples: 0 }.to_string()
}
