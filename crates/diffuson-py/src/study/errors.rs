//! Which exception an error of a study, a page or the ledger is.

use crate::errors::{Raise, bug, input, numerical, system};
use diffuson_report::ReportError;
use diffuson_study::reproduce::LedgerError;
use diffuson_study::{Diagnostic, RunError};
use pyo3::PyErr;

impl Raise for Diagnostic {
    /// The whole message, with the line it points at, as the program `diffuson` prints it.
    fn raise(self) -> PyErr {
        input(self.rendered(false).trim_end())
    }
}

impl Raise for RunError {
    fn raise(self) -> PyErr {
        match self {
            Self::Study(diagnostic) => diagnostic.raise(),
            Self::Store(error) => error.raise(),
            Self::Sample { .. } => numerical(self),
            Self::Plan(_) => input(self),
        }
    }
}

impl Raise for ReportError {
    fn raise(self) -> PyErr {
        match self {
            Self::Store(error) => error.raise(),
            Self::Write { ref source, .. } => system(source, &self),
            Self::Missing { .. } | Self::Shape { .. } | Self::Kind { .. } => input(self),
            _ => bug(self),
        }
    }
}

impl Raise for LedgerError {
    fn raise(self) -> PyErr {
        bug(self)
    }
}
