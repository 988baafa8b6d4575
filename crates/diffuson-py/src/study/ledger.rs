//! The ledger of published statements, put to the test.

use super::Study;
use crate::compute::compute;
use crate::errors::{Raise, input};
use diffuson_store::Reader;
use diffuson_study::reproduce::{Extent, Statement, Tested, needed, statements};
use pyo3::prelude::*;
use std::path::{Path, PathBuf};

fn chosen(id: Option<&str>) -> PyResult<Vec<Statement>> {
    let found = statements(id).map_err(Raise::raise)?;
    if found.is_empty() {
        let mut papers: Vec<String> =
            statements(None).map_err(Raise::raise)?.into_iter().map(|s| s.paper).collect();
        papers.dedup();
        let papers = papers.join(", ");
        return Err(input(format!(
            "the ledger has no statement \"{}\"; its papers are {papers}",
            id.unwrap_or_default()
        )));
    }
    Ok(found)
}

fn extent(full: bool) -> Extent {
    if full { Extent::Full } else { Extent::Quick }
}

/// The studies behind the statements: name, study and record in the folder `out`.
#[pyfunction]
pub(super) fn ledger_studies(
    id: Option<&str>,
    full: bool,
    out: PathBuf,
) -> PyResult<Vec<(String, Study, PathBuf)>> {
    let needed = needed(&chosen(id)?, extent(full)).map_err(Raise::raise)?;
    let entry = |n: diffuson_study::reproduce::Needed| {
        let record = n.record(&out);
        (format!("{}/{}", n.paper, n.name), Study::new(n.study), record)
    };
    Ok(needed.into_iter().map(entry).collect())
}

/// The statements, put to the test with the records in the folder `out`.
#[pyfunction]
pub(super) fn ledger_verdicts(
    py: Python<'_>,
    id: Option<&str>,
    full: bool,
    out: PathBuf,
) -> PyResult<Vec<Verdict>> {
    let chosen = chosen(id)?;
    compute(py, move || test(chosen, extent(full), &out))?
}

fn test(chosen: Vec<Statement>, extent: Extent, out: &Path) -> PyResult<Vec<Verdict>> {
    let mut records = Vec::new();
    for study in needed(&chosen, extent).map_err(Raise::raise)? {
        let reader = Reader::open(study.record(out)).map_err(Raise::raise)?;
        records.push((study, reader));
    }
    let verdict = |statement: Statement| {
        let tested = statement.test(&records).map_err(|error| {
            let Statement { paper, name, .. } = &statement;
            input(format!("{paper}/{name}: {error}; compute the record anew with fresh=True"))
        })?;
        Ok(Verdict { statement, tested })
    };
    chosen.into_iter().map(verdict).collect()
}

/// A published statement and what became of it.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct Verdict {
    statement: Statement,
    tested: Tested,
}

#[pymethods]
impl Verdict {
    /// Number of the paper in the ledger.
    #[getter]
    fn paper(&self) -> &str {
        &self.statement.paper
    }

    /// Name of the statement in the ledger.
    #[getter]
    fn name(&self) -> &str {
        &self.statement.name
    }

    /// Where it is printed.
    #[getter]
    fn equation(&self) -> &str {
        &self.statement.equation
    }

    /// What it says, in one sentence.
    #[getter]
    fn statement(&self) -> &str {
        &self.statement.statement
    }

    /// The printed value, as text.
    #[getter]
    fn printed(&self) -> &str {
        &self.statement.printed
    }

    /// The printed value as a number; None if there is none.
    #[getter]
    fn printed_value(&self) -> Option<f64> {
        self.statement.printed_value
    }

    /// The computed value.
    #[getter]
    fn computed(&self) -> f64 {
        self.tested.computed.value
    }

    /// Its standard error; 0 for formulas.
    #[getter]
    fn standard_error(&self) -> f64 {
        self.tested.computed.standard_error
    }

    /// "reproduced", "reproduced with erratum", "not reproduced", or "extended" where nothing is printed.
    #[getter]
    fn verdict(&self) -> String {
        self.tested.verdict.to_string()
    }

    /// The verdict on record.
    #[getter]
    fn on_record(&self) -> String {
        self.statement.verdict.to_string()
    }

    /// How the print must be corrected or read; None if it needs nothing.
    #[getter]
    fn erratum(&self) -> Option<&str> {
        self.statement.erratum.as_deref()
    }

    /// Whether verdict and value are those on record.
    #[getter]
    fn agrees(&self) -> bool {
        self.tested.confirms(&self.statement)
    }

    fn __repr__(&self) -> String {
        let error = self.standard_error();
        let computed =
            if error == 0.0 { self.computed().to_string() } else { self.tested.computed.to_string() };
        format!(
            "Verdict({}/{}, {}: printed {}, computed {computed}, {})",
            self.paper(),
            self.name(),
            self.equation(),
            self.printed(),
            self.verdict()
        )
    }
}
