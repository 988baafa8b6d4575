//! Where samples are kept.

use std::fmt;

/// Keeps finished samples: memory, a store on disk, another machine.
///
/// All calls come from the thread that called [`run`](super::run), one at a time, so an implementation needs no locks
/// and may be slow without stalling samples already handed out. What it must keep to:
///
/// * What [`save`](Self::save) accepted is reported by [`status`](Self::status), at once and in later runs. If the
///   process is killed during a save, each of its samples is afterwards either wholly there or missing.
/// * Samples are pure functions of (point, sample), so saving one twice would store equal bits. The scheduler never
///   asks for a sample that is not missing.
/// * A failed sample counts as present: it would fail again. An implementation that wants it tried again (after a bug
///   was repaired, say) reports it as missing.
pub trait Checkpoint {
    /// The result of one sample.
    type Sample: Send;
    /// Why samples could not be saved or read.
    type Error: std::error::Error + 'static;

    /// Whether this sample is here already.
    fn status(&self, point: usize, sample: u64) -> Status;

    /// Keeps finished samples of one point: (sample, outcome) in rising order, at least one, not necessarily consecutive.
    ///
    /// Points come in no particular order, and later calls bring samples from between those of earlier ones.
    ///
    /// # Errors
    /// Ends the run, with this error as the reason; samples finished in the meantime are lost (and computed again by
    /// the next run).
    fn save(
        &mut self,
        point: usize,
        samples: Vec<(u64, Result<Self::Sample, Failure>)>,
    ) -> Result<(), Self::Error>;
}

/// What a [`Checkpoint`] knows of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not computed yet.
    Missing,
    /// Computed and kept.
    Done,
    /// Computed, failed, and its reason kept.
    Failed,
}

/// Why a sample has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The computation refused: the error it gave, in words.
    Numerical(String),
    /// The computation panicked: the message of the panic. A mistake of the program, not of its user.
    Bug(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numerical(reason) => f.write_str(reason),
            Self::Bug(message) => write!(f, "bug, please report: {message}"),
        }
    }
}
