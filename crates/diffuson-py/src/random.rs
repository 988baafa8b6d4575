//! Random numbers addressed by (seed, sample): those of studies.

use diffuson_ensemble::random::Realisation;
use diffuson_study::Deviations;

/// The random numbers of one sample, which are those of the study of this seed.
pub(crate) fn deviations(seed: u64, sample: u64) -> Deviations {
    Deviations(Realisation::new(seed, sample))
}

/// The sample whose random numbers repetitions of an experiment are drawn with, in studies too.
pub(crate) const REPETITIONS: u64 = 1 << 32;
