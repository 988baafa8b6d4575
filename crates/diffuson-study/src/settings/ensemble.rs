//! How many samples, or to which error, and the seed.

use super::Missing;
use crate::study::View;

/// The disorder average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnsembleSettings {
    /// When to stop.
    pub stop: Stop,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// When an ensemble is large enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    /// After a number of samples per point.
    Samples(usize),
    /// When an observable is known well enough.
    RelativeError {
        /// The observable, by its identifier in the record.
        of: &'static str,
        /// Relative standard error to reach.
        target: f64,
        /// Samples per point after which to stop in any case.
        max_samples: usize,
    },
}

impl EnsembleSettings {
    pub(super) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let stop = match view.number_if_any("ensemble.relative_error") {
            Some(target) => Stop::RelativeError {
                of: view.word("ensemble.of")?,
                target,
                max_samples: view.count("ensemble.max_samples")?,
            },
            None => Stop::Samples(view.count("ensemble.samples")?),
        };
        Ok(Self { stop, seed: view.count("ensemble.seed")? as u64 })
    }
}

impl EnsembleSettings {
    /// One sample, which is exact: nothing is random.
    pub(crate) const EXACT: Self = Self { stop: Stop::Samples(1), seed: 0 };

    /// Samples per point: the number asked for, or the most a target error may use.
    pub fn most_samples(&self) -> usize {
        match self.stop {
            Stop::Samples(n) => n,
            Stop::RelativeError { max_samples, .. } => max_samples,
        }
    }
}
