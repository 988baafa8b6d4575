//! How many samples a process has in hand: enough not to wait for the next, too few to keep others waiting at the end.

use std::time::Duration;

/// Work that a process has in hand beyond what its threads are computing lasts about this long: far longer than a message takes, and as long as saving may keep rank 0 from answering.
const AHEAD: Duration = Duration::from_millis(250);
/// Samples in hand beyond those being computed, at most: what rank 0 says at once fits a few short messages.
const MOST_AHEAD: u64 = 1024;
/// Samples that the mean time is taken over.
const REMEMBERED: u32 = 64;

/// What a process should have in hand, by how long samples take.
#[derive(Debug, Default)]
pub(super) struct Supply {
    mean: Duration,
    heard: u32,
}

impl Supply {
    /// Takes note of a sample.
    pub(super) fn heard(&mut self, took: Duration) {
        self.heard = (self.heard + 1).min(REMEMBERED);
        let (mean, took) = (self.mean.as_secs_f64(), took.as_secs_f64());
        self.mean = Duration::from_secs_f64(mean + (took - mean) / f64::from(self.heard));
    }

    /// Samples that a process with `threads` of all threads should have in hand while so many wait to be handed out.
    ///
    /// What a process has in hand nobody else can take, so all of them together take at most half of what waits beyond a sample for every thread; a process that is alone may take more.
    pub(super) fn of(&self, threads: u64, all_threads: u64, waiting: u64) -> u64 {
        let lasting = (AHEAD.as_nanos() / self.mean.as_nanos().max(1)) as u64;
        let ahead = if self.heard == 0 { threads } else { threads.saturating_mul(lasting + 1) };
        let ahead = ahead.min(MOST_AHEAD);
        if threads == all_threads {
            return threads + ahead.max(3 * threads);
        }
        let spare = u128::from(waiting.saturating_sub(all_threads));
        let fair = spare * u128::from(threads) / (2 * u128::from(all_threads.max(1)));
        threads + ahead.min(fair as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sample: Duration) -> Supply {
        let mut supply = Supply::default();
        (0..10).for_each(|_| supply.heard(sample));
        supply
    }

    #[test]
    fn plenty_is_handed_out_ahead_and_little_at_the_end() {
        assert_eq!(Supply::default().of(2, 8, 1000), 4);
        let supply = after(Duration::from_millis(50));
        assert_eq!(supply.of(1, 4, 1000), 7);
        assert_eq!(supply.of(1, 4, 12), 2);
        assert_eq!(supply.of(1, 4, 11), 1);
        let supply = after(Duration::from_secs(3600));
        assert_eq!(supply.of(4, 400, 1_000_000), 8);
        assert_eq!(supply.of(4, 400, 10), 4);
        let supply = after(Duration::from_nanos(10));
        assert_eq!(supply.of(4, 400, u64::MAX), 4 + MOST_AHEAD);
        assert_eq!(supply.of(4, 4, 0), 4 + MOST_AHEAD);
    }
}
