//! How much is to be done.

use super::Checkpoint;

/// How much is to be done, in what portions, by how many threads.
pub struct Plan<'a, C: Checkpoint> {
    /// The number of points.
    pub points: usize,
    /// Samples per chunk, at least 1: what is saved together, and what is lost at most per thread when the process is
    /// killed.
    pub chunk_samples: u64,
    /// Threads that compute samples, at least 1. The calling thread comes on top; it only waits and saves.
    pub threads: usize,
    /// When a point has enough samples.
    pub stopping: Stopping<'a, C>,
}

/// When a point has enough samples.
pub enum Stopping<'a, C: Checkpoint> {
    /// Every point gets this number of samples.
    Samples(u64),
    /// Every point gets `batch` samples at a time until `enough` says so or `at_most` are reached.
    ///
    /// The decision falls at multiples of `batch` only, wherever the run was interrupted and however many samples the
    /// checkpoint already holds, so that equal studies end with equal samples. A batch that is a multiple of the
    /// number of threads and of the chunk keeps all threads busy and all saves whole.
    Target {
        /// The largest number of samples per point.
        at_most: u64,
        /// Samples per round, at least 1.
        batch: u64,
        /// Asked with (checkpoint, point, n) once the first `n` samples of the point are saved.
        enough: &'a mut Enough<'a, C>,
    },
}

/// Decides from the first `n` samples of a point, and from nothing else (the checkpoint may hold more), whether they
/// are enough: `(checkpoint, point, n)`. An error ends the run.
pub type Enough<'a, C> = dyn FnMut(&C, usize, u64) -> Result<bool, <C as Checkpoint>::Error> + 'a;
