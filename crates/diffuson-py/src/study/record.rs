//! What a record says of itself; its figures and page.

use crate::compute::compute;
use crate::errors::Raise;
use diffuson_report::{Record, ReportError, write_all};
use diffuson_store::{Reader, StoreError};
use diffuson_study::WorstLaw;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;

/// Samples that are done, failed and missing, and the worst residual of each law of the audit.
struct Summary {
    done: u64,
    failed: u64,
    missing: u64,
    audits: Vec<WorstLaw>,
}

/// How many samples of a record are done, failed and missing, and the worst residual of each law of the audit over all samples.
#[pyfunction]
pub(super) fn summarise(py: Python<'_>, record: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let summary = compute(py, move || read(record))?.map_err(Raise::raise)?;
    let laws = PyDict::new(py);
    for law in &summary.audits {
        let facts = PyDict::new(py);
        facts.set_item("residual", law.residual)?;
        facts.set_item("allowed", law.allowed)?;
        facts.set_item("passed", law.passed)?;
        facts.set_item("point", law.at.0)?;
        facts.set_item("sample", law.at.1)?;
        laws.set_item(&law.name, facts)?;
    }
    let all = PyDict::new(py);
    all.set_item("samples_done", summary.done)?;
    all.set_item("samples_failed", summary.failed)?;
    all.set_item("samples_missing", summary.missing)?;
    all.set_item("audit_passed", summary.audits.iter().all(|law| law.passed))?;
    all.set_item("audit_worst", laws)?;
    Ok(all)
}

fn read(record: PathBuf) -> Result<Summary, StoreError> {
    let reader = Reader::open(record)?;
    let [mut done, mut failed, mut missing] = [0; 3];
    for point in 0..reader.points() {
        let counts = reader.counts(point)?;
        done += counts.done as u64;
        failed += counts.failed as u64;
        missing += counts.missing as u64;
    }
    Ok(Summary { done, failed, missing, audits: diffuson_study::audits(&reader)? })
}

/// Writes the figures and the page of a record; their paths.
#[pyfunction]
pub(super) fn write_report(
    py: Python<'_>,
    record: PathBuf,
    folder: PathBuf,
) -> PyResult<(Vec<PathBuf>, PathBuf)> {
    let work = move || {
        let record = Record::load(&Reader::open(record)?)?;
        write_all(&record, &folder)
    };
    compute(py, work)?.map_err(|error: ReportError| error.raise())
}
