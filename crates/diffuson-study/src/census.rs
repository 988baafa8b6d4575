//! How many samples an ensemble has, and why the first failed ones did: stored with the results, so that nobody has to look through a million samples to say it.

use crate::results::{Results, text};
use crate::task::Column;
use diffuson_store::{ArraySpec, FAILURE, Kind, POINT, Reader, Status, StoreError};

/// Failed samples whose reasons are kept at hand; the array `failure` has all.
const FIRST_FAILURES: usize = 20;

/// The samples of an ensemble, point by point.
pub(crate) struct Census {
    pub(crate) done: Vec<u64>,
    pub(crate) failed: Vec<u64>,
    /// Point, sample, reason.
    first_failures: Vec<(usize, usize, String)>,
}

impl Census {
    pub(crate) fn of(record: &Reader) -> Result<Self, StoreError> {
        let mut census = Self { done: Vec::new(), failed: Vec::new(), first_failures: Vec::new() };
        for point in 0..record.points() {
            let status = record.status(point)?;
            let count = |of: Status| status.iter().filter(|status| **status == of).count() as u64;
            census.done.push(count(Status::Done));
            census.failed.push(count(Status::Failed));
            let failed = status.iter().enumerate().filter(|(_, status)| **status == Status::Failed);
            for (sample, _) in failed.take(FIRST_FAILURES - census.first_failures.len()) {
                let reason = record.read_samples::<String>(FAILURE, point, sample..sample + 1)?.data.concat();
                census.first_failures.push((point, sample, reason));
            }
        }
        Ok(census)
    }

    /// The same results with arrays that tell this.
    pub(crate) fn added_to(&self, mut results: Results) -> Results {
        let count = |name: &str, words: &str, of: &[u64]| {
            let spec = ArraySpec::new(name, Kind::Integer, &[POINT], "1", words);
            (spec, Column::Integer(of.iter().map(|n| *n as i64).collect()))
        };
        results.extend([
            count("samples_done", "samples that are done", &self.done),
            count("samples_failed", "samples that failed", &self.failed),
        ]);
        if self.first_failures.is_empty() {
            return results;
        }
        let dim = "first_failure";
        let number = |name: &str, words: &str, of: fn(&(usize, usize, String)) -> usize| {
            let numbers = self.first_failures.iter().map(|it| of(it) as i64).collect();
            (ArraySpec::new(name, Kind::Integer, &[dim], "1", words), Column::Integer(numbers))
        };
        results.dimension(dim, self.first_failures.len());
        results.extend([
            (
                text(dim, dim, "why one of the first failed samples did"),
                Column::Text(self.first_failures.iter().map(|it| it.2.clone()).collect()),
            ),
            number("first_failure_point", "its point", |it| it.0),
            number("first_failure_sample", "its number", |it| it.1),
        ]);
        results
    }
}
