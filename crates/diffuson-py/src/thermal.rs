//! `diffuson.thermal`.

use pyo3::prelude::*;

pub(crate) fn module(_: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
