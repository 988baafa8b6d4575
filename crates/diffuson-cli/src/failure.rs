//! Everything that can go wrong, with what to do about it.

use crate::exit::Exit;
use diffuson_report::ReportError;
use diffuson_store::StoreError;
use diffuson_study::RunError;
use diffuson_study::diagnostic::{Diagnostic, error};
use std::io;

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A place in a study file or an override.
    Study(Box<Diagnostic>),
    /// Anything else: what, and what to do about it.
    Other {
        /// How the program ends.
        exit: Exit,
        /// One line.
        message: String,
        /// One line; empty if there is nothing to be done.
        help: String,
    },
}

const MADE_BY_RUN: &str = "name the folder NAME.zarr that `diffuson run` has made";
const LOST: &str = "find all damage, and compute again what is lost: diffuson run STUDY --repair";
const REPORT: &str = "this is a bug of diffuson: please report it with the study file and this message";

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Other { exit, message: message.into(), help: help.into() }
    }

    /// A record that a command cannot read.
    pub(crate) fn reading(error: StoreError) -> Self {
        let help = match &error {
            StoreError::NotFound { .. } | StoreError::NotARecord { .. } => MADE_BY_RUN,
            StoreError::SchemaVersion { .. } => "use the version that made it",
            StoreError::Damaged { .. } => LOST,
            StoreError::Io { .. } => "check the permissions of the record and its folders",
            _ => return error.into(),
        };
        Self::new(Exit::Input, error.to_string(), help)
    }

    /// The error as text that ends in a line break.
    pub(crate) fn text(&self, colour: bool) -> String {
        match self {
            Self::Study(diagnostic) => diagnostic.rendered(colour),
            Self::Other { message, help, .. } => error(message, "", help, colour),
        }
    }

    /// How the program ends with it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Study(_) => Exit::Input,
            Self::Other { exit, .. } => *exit,
        }
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Study(diagnostic)
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Study(Box::new(diagnostic))
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Study(diagnostic) => diagnostic.into(),
            RunError::Store(error) => error.into(),
            error @ RunError::Sample { .. } => Self::new(
                Exit::SamplesFailed,
                error.to_string(),
                "other samples may succeed: `diffuson run` leaves failed ones out and counts them",
            ),
            error @ RunError::Plan(_) => Self::new(Exit::Input, error.to_string(), "try fewer --threads"),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let help = match &error {
            StoreError::Io { source, .. } => surroundings(source),
            StoreError::Locked { .. } => "wait until that run has ended, or write elsewhere with --out DIR",
            StoreError::NotFound { .. } => MADE_BY_RUN,
            StoreError::NotARecord { .. } => {
                "it is left as it is: move it away, or write elsewhere with --out DIR"
            }
            StoreError::OtherStudy { .. } | StoreError::OtherLayout { .. } => {
                "keep both with --out DIR, or discard that record with --fresh"
            }
            StoreError::SchemaVersion { .. } | StoreError::OtherVersion { .. } => {
                "use the version that made it, write elsewhere with --out DIR, or discard that record with --fresh"
            }
            StoreError::Damaged { .. } => LOST,
            StoreError::Unrepairable { .. } => "restore it from a copy, or discard it with --fresh",
            StoreError::NotWritten { .. } => {
                "let the run that makes it come to its end: the same command continues it"
            }
            _ => REPORT,
        };
        Self::new(Exit::Input, error.to_string(), help)
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Store(error) => error.into(),
            ReportError::Write { ref source, .. } => {
                let help = surroundings(source);
                Self::new(Exit::Input, error.to_string(), help)
            }
            ReportError::Missing { .. } | ReportError::Shape { .. } => Self::new(
                Exit::Input,
                error.to_string(),
                "the record is not one that `diffuson run` has made: compute it anew",
            ),
            ReportError::Kind { .. } => {
                Self::new(Exit::Input, error.to_string(), "use the version that made the record")
            }
            _ => Self::new(Exit::Input, error.to_string(), REPORT),
        }
    }
}

/// What to do when the operating system refuses.
fn surroundings(error: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            "make room and run the same command again: what was saved is kept"
        }
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
            "check the permissions, or write elsewhere with --out DIR"
        }
        Kind::NotADirectory | Kind::AlreadyExists | Kind::IsADirectory => {
            "something else has this name: write elsewhere with --out DIR"
        }
        _ => "run the same command again when the cause is removed: what was saved is kept",
    }
}
