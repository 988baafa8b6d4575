//! When finished samples are saved.

use std::time::{Duration, Instant};

/// Finished samples wait at most this long, unless saving takes long.
const LONGEST: Duration = Duration::from_secs(10);
/// They wait at most this part of the run so far: what a kill costs is small beside what was computed.
const PART: u32 = 10;
/// Saving takes at most one part in so many of the time.
const EFFORT: u32 = 20;

/// How often a run saves, by a clock that knows no jumps.
#[derive(Debug)]
pub(super) struct Pace {
    begin: Instant,
    last: Instant,
    took: Duration,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { begin: now, last: now, took: Duration::ZERO }
    }

    /// Whether samples should wait no longer.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let wait = LONGEST.min(now.duration_since(self.begin) / PART);
        now.duration_since(self.last) >= wait.max(self.took * (EFFORT - 1))
    }

    /// Everything was saved, between these moments.
    pub(super) fn saved(&mut self, begin: Instant, end: Instant) {
        self.last = end;
        self.took = end.duration_since(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saves_come_often_at_first_then_every_ten_seconds_and_never_take_much_of_the_time() {
        let begin = Instant::now();
        let at = |seconds: f64| begin + Duration::from_secs_f64(seconds);
        let mut pace = Pace::new(begin);
        assert!(pace.is_due(at(0.001)));
        pace.saved(at(1.0), at(1.001));
        assert!(!pace.is_due(at(1.05)) && pace.is_due(at(1.2)));
        pace.saved(at(1000.0), at(1000.1));
        assert!(!pace.is_due(at(1009.0)) && pace.is_due(at(1010.2)));
        pace.saved(at(1010.0), at(1013.0));
        assert!(!pace.is_due(at(1069.0)) && pace.is_due(at(1071.0)));
    }
}
