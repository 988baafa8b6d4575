//! Everything that can go wrong with a record.

use std::io;
use std::path::{Path, PathBuf};

use crate::values::Kind;

/// Everything that can go wrong with a record.
///
/// Three families: the surroundings (files, locks, other stores: the user's), [`Damaged`](Self::Damaged) (the record
/// itself), and [`Layout`](Self::Layout) to [`Values`](Self::Values), which mean that the caller asked for something
/// that the record does not have.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused: no space, no permission, not a folder, ...
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: "write", "read", "create", "remove", "lock", ...
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// Another process, or another writer of this one, has the record open for writing.
    #[error("{} is being written by another run", path.display())]
    Locked {
        /// The record.
        path: PathBuf,
    },
    /// There is nothing at this path.
    #[error("there is no record at {}", path.display())]
    NotFound {
        /// Where the record should be.
        path: PathBuf,
    },
    /// There is something at this path, but no record of this program. It is never overwritten.
    #[error("{} is not a record of this program: {reason}", path.display())]
    NotARecord {
        /// What is there.
        path: PathBuf,
        /// How it differs from a record.
        reason: String,
    },
    /// The record has the layout of another version of the schema.
    #[error("{} has schema version {found}; this program reads and writes version {supported}", path.display())]
    SchemaVersion {
        /// The record.
        path: PathBuf,
        /// The version found, as it stands in the record.
        found: String,
        /// The version this program knows, [`SCHEMA_VERSION`](crate::SCHEMA_VERSION).
        supported: u64,
    },
    /// The record belongs to another study. It is never overwritten.
    #[error("{} belongs to another study: {key} is {stored} there and {requested} here", path.display())]
    OtherStudy {
        /// The record.
        path: PathBuf,
        /// The first setting that differs, with dots between the levels.
        key: String,
        /// Its value in the record, as JSON, or "absent".
        stored: String,
        /// Its value in the new run, as JSON, or "absent".
        requested: String,
    },
    /// The record was made by another version of the program, so that its samples may differ from new ones.
    #[error("{} was made by version {stored} of the program; this is version {requested}", path.display())]
    OtherVersion {
        /// The record.
        path: PathBuf,
        /// The version that made it.
        stored: String,
        /// The version that wants to continue it.
        requested: String,
    },
    /// The record has other arrays than the run that wants to continue it, although study and version agree.
    #[error("{} is laid out differently: {array}: {key} is {stored} there and {requested} here", path.display())]
    OtherLayout {
        /// The record.
        path: PathBuf,
        /// The array.
        array: String,
        /// The entry of its metadata that differs.
        key: String,
        /// The entry in the record, as JSON, or "absent".
        stored: String,
        /// The entry in the new run, as JSON, or "absent".
        requested: String,
    },
    /// Two records of one study have a sample with different bits: one was computed on another kind of machine, or changed later.
    #[error(
        "sample {sample} of point {point} is not the same in {} and {}: {array} differs",
        path.display(), other.display()
    )]
    Conflict {
        /// A record that has the sample.
        path: PathBuf,
        /// Another one that has it.
        other: PathBuf,
        /// The first array that differs.
        array: String,
        /// The point.
        point: usize,
        /// The sample.
        sample: usize,
    },
    /// The record was changed or damaged after it was written.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file at fault.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The record is damaged so that nothing in it says which study its samples belong to.
    #[error("{} cannot be repaired: neither its zarr.json nor status/zarr.json says which study it belongs to", path.display())]
    Unrepairable {
        /// The record.
        path: PathBuf,
    },
    /// The array is declared but has no values yet: the run that makes the record has not come to it.
    #[error("array {array} of {} has not been written yet", path.display())]
    NotWritten {
        /// The record.
        path: PathBuf,
        /// The array.
        array: String,
    },
    /// The caller declared arrays that contradict themselves or each other.
    #[error("layout of a record: {reason}")]
    Layout {
        /// The contradiction.
        reason: String,
    },
    /// The record has no such array.
    #[error("{} has no array {array}", path.display())]
    NoArray {
        /// The record.
        path: PathBuf,
        /// The name asked for.
        array: String,
    },
    /// The caller asked for, or gave, values of the wrong kind.
    #[error("array {array} holds {stored} values, not {requested}")]
    WrongKind {
        /// The array.
        array: String,
        /// What it holds.
        stored: Kind,
        /// What was asked for or given.
        requested: Kind,
    },
    /// The caller gave values that do not fit the array, or an index outside it.
    #[error("array {array}: {reason}")]
    Values {
        /// The array.
        array: String,
        /// What does not fit, with the numbers.
        reason: String,
    },
}

impl StoreError {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_path_buf(), source }
    }

    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), reason: reason.into() }
    }

    pub(crate) fn layout(reason: impl Into<String>) -> Self {
        Self::Layout { reason: reason.into() }
    }

    pub(crate) fn values(array: &str, reason: impl Into<String>) -> Self {
        Self::Values { array: array.to_owned(), reason: reason.into() }
    }
}
