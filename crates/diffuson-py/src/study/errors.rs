//! Which exception an error of a study, a record or a page is.

use crate::errors::{Raise, bug, input, numerical};
use diffuson_report::ReportError;
use diffuson_store::StoreError;
use diffuson_study::reproduce::LedgerError;
use diffuson_study::{Diagnostic, RunError};
use pyo3::PyErr;
use pyo3::exceptions::{PyFileNotFoundError, PyOSError};
use std::io;

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

impl Raise for StoreError {
    fn raise(self) -> PyErr {
        let help = match &self {
            Self::Io { source, .. } => return system(source, &self),
            Self::NotFound { .. } => return PyFileNotFoundError::new_err(self.to_string()),
            Self::Locked { .. } => {
                return PyOSError::new_err(format!(
                    "{self}; wait until that run has ended, or write elsewhere with out=..."
                ));
            }
            Self::NotARecord { .. } => "it is left as it is: move it away, or write elsewhere with out=...",
            Self::OtherStudy { .. } | Self::OtherLayout { .. } => {
                "keep both with out=... or name=..., or discard that record with fresh=True"
            }
            Self::SchemaVersion { .. } | Self::OtherVersion { .. } => {
                "use the version that made it, write elsewhere with out=..., or discard that record with fresh=True"
            }
            Self::Damaged { .. } => "restore it from a copy, or compute it anew with fresh=True",
            Self::NotWritten { .. } => {
                "let the run that makes it come to its end: the same call continues it"
            }
            _ => return bug(self),
        };
        input(format!("{self}; {help}"))
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

/// The subclass of `OSError` that fits, with the whole message.
fn system(source: &io::Error, message: &dyn std::fmt::Display) -> PyErr {
    io::Error::new(source.kind(), message.to_string()).into()
}
