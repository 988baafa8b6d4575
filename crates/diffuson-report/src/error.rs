//! What can go wrong while drawing a record.

use std::path::PathBuf;

/// Why a record could not be drawn or written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The record has no array of this name, and nothing can be drawn without it.
    #[error("the record has no array `{array}`")]
    Missing {
        /// Name of the array.
        array: String,
    },
    /// An array does not have the shape its dimensions promise.
    #[error("array `{array}` has shape {found:?}, expected {expected}")]
    Shape {
        /// Name of the array.
        array: String,
        /// Shape found in the record.
        found: Vec<usize>,
        /// What the other arrays of the record ask for.
        expected: String,
    },
    /// This kind of study has no figures yet.
    #[error("records of kind `{kind}` cannot be drawn; known kinds: {known}")]
    Kind {
        /// The kind the record states.
        kind: String,
        /// The kinds that can be drawn.
        known: String,
    },
    /// A point or sample was asked for that the record does not hold.
    #[error("no site fields for point {point}, sample {sample}")]
    NoSample {
        /// Index of the sweep point.
        point: usize,
        /// Index of the sample.
        sample: usize,
    },
    /// An SVG figure could not be turned into pixels.
    #[error("the figure `{figure}` could not be rasterised: {reason}")]
    Raster {
        /// Name of the figure.
        figure: String,
        /// What the rasteriser said.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The stored record could not be read.
    #[error(transparent)]
    Store(#[from] diffuson_store::StoreError),
}
