//! `diffuson.localization`.

use pyo3::prelude::*;

pub(crate) fn module(_: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
