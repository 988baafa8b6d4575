//! How much is to be done.

use super::{Checkpoint, Share};

/// How much is to be done, and by how many threads.
pub struct Plan<'a, C: Checkpoint> {
    /// The number of points.
    pub points: usize,
    /// Threads of this process that compute samples, at least 1. The calling thread comes on top; it hands out and saves.
    pub threads: usize,
    /// Of every point, the first of those that share the work of a sample with it: one thread computes the sample for all of them, one after the other, and a share that has it for the first has it for all. Empty if no points share anything.
    pub leaders: Vec<usize>,
    /// The most finished samples that wait in memory until they are saved, at least 1.
    pub unsaved: u64,
    /// When a point has enough samples.
    pub stopping: Stopping<'a, C>,
}

/// When a point has enough samples.
pub enum Stopping<'a, C: Checkpoint> {
    /// Every point gets `samples` samples; those of `share` are computed here.
    Samples {
        /// Samples per point.
        samples: u64,
        /// Which of them this run computes.
        share: Share,
    },
    /// Every point gets samples round by round until `enough` says so or `at_most` are reached.
    ///
    /// A round is `batch` samples, and an eighth of those there once that is more (in whole batches), so that looking at `n` samples again and again costs no more than computing them.
    /// The decision falls at the same numbers wherever the run was interrupted and however many samples the checkpoint already holds, so that equal studies end with equal samples.
    Target {
        /// The largest number of samples per point.
        at_most: u64,
        /// Samples of the first round, at least 1.
        batch: u64,
        /// Asked with (checkpoint, point, n) once the first `n` samples of the point are saved.
        enough: &'a mut Enough<'a, C>,
    },
}

impl<C: Checkpoint> Stopping<'_, C> {
    /// How many samples a point is asked for next, once `samples` of it were not enough; none if there are no more.
    pub(super) fn round_after(&self, samples: u64) -> Option<u64> {
        let end = match self {
            Self::Samples { samples: all, .. } => *all,
            Self::Target { at_most, batch, .. } => {
                let batches = (samples / 8 / batch).max(1);
                samples.saturating_add(batch.saturating_mul(batches)).min(*at_most)
            }
        };
        (end > samples).then_some(end)
    }

    /// Whether this run computes a sample of a point that shares its work with no earlier one.
    pub(super) fn holds(&self, point: usize, sample: u64) -> bool {
        match self {
            Self::Samples { samples, share } => share.holds(point, sample, *samples),
            Self::Target { .. } => true,
        }
    }
}

/// Decides from the first `n` samples of a point, and from nothing else (the checkpoint may hold more), whether they
/// are enough: `(checkpoint, point, n)`. An error ends the run.
pub type Enough<'a, C> = dyn FnMut(&C, usize, u64) -> Result<bool, <C as Checkpoint>::Error> + 'a;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Failure, Status};

    struct Nothing;

    impl Checkpoint for Nothing {
        type Sample = ();
        type Error = std::fmt::Error;

        fn status(&self, _: usize, _: u64) -> Status {
            Status::Missing
        }

        fn save(&mut self, _: usize, _: Vec<(u64, Result<(), Failure>)>) -> Result<(), Self::Error> {
            Ok(())
        }
    }

    #[test]
    fn rounds_grow_with_what_is_there() {
        let mut enough = |_: &Nothing, _: usize, _: u64| Ok(false);
        let stopping: Stopping<'_, Nothing> =
            Stopping::Target { at_most: 10_000, batch: 16, enough: &mut enough };
        let ends: Vec<u64> =
            std::iter::successors(stopping.round_after(0), |n| stopping.round_after(*n)).collect();
        assert!(ends[..16].iter().copied().eq((1..=16).map(|n| 16 * n)));
        assert_eq!(ends[16..19], [288, 320, 352]);
        assert!(ends.windows(2).all(|pair| 8 * (pair[1] - pair[0]) <= pair[0].max(128)));
        assert_eq!((ends.last(), ends.len()), (Some(&10_000), 49));
    }
}
