//! Disorder and ensembles: a Python function of one sample, evaluated for many on the scheduler that runs studies.
//!
//! | file | holds |
//! |---|---|
//! | [`disorder`] | distributions of on-site energies, with the realisations of a study |
//! | [`rows`] | what the function returned, as named arrays of numbers |
//! | [`keeper`] | the samples that are there, in memory and in a record |
//! | [`run`] | the run: threads, Ctrl-C, errors of the function |
//! | [`statistics`] | means, errors, and how they are written |

mod disorder;
mod keeper;
mod rows;
mod run;
mod statistics;

use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<disorder::BoxDisorder>()?;
    m.add_class::<disorder::GaussianDisorder>()?;
    m.add_function(wrap_pyfunction!(run::samples, m)?)?;
    m.add_function(wrap_pyfunction!(run::leave, m)?)?;
    m.add_function(wrap_pyfunction!(statistics::moments, m)?)?;
    m.add_function(wrap_pyfunction!(statistics::jackknife, m)?)?;
    m.add_function(wrap_pyfunction!(statistics::estimate_text, m)?)
}
