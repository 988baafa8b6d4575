//! Samples kept in memory.

use diffuson_ensemble::schedule::{Checkpoint, Failure, Status};
use std::collections::BTreeMap;

/// Keeps samples in memory and holds the scheduler to its side of the contract.
pub(crate) struct Memory<S> {
    pub(crate) kept: BTreeMap<(usize, u64), Result<S, Failure>>,
    /// Point, first sample, and number of samples of each save.
    pub(crate) saves: Vec<(usize, u64, usize)>,
    pub(crate) unsaved: u64,
    pub(crate) full_after: Option<usize>,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("no space left")]
pub(crate) struct Full;

impl<S> Memory<S> {
    /// That is given so many samples at a time, at most.
    pub(crate) fn new(unsaved: u64) -> Self {
        Self { kept: BTreeMap::new(), saves: Vec::new(), unsaved, full_after: None }
    }
}

impl<S: Send> Checkpoint for Memory<S> {
    type Sample = S;
    type Error = Full;

    fn status(&self, point: usize, sample: u64) -> Status {
        match self.kept.get(&(point, sample)) {
            None => Status::Missing,
            Some(Ok(_)) => Status::Done,
            Some(Err(_)) => Status::Failed,
        }
    }

    fn save(&mut self, point: usize, samples: Vec<(u64, Result<S, Failure>)>) -> Result<(), Full> {
        if self.full_after.is_some_and(|saves| self.saves.len() >= saves) {
            return Err(Full);
        }
        assert!(!samples.is_empty() && samples.len() as u64 <= self.unsaved);
        assert!(samples.is_sorted_by_key(|&(sample, _)| sample));
        self.saves.push((point, samples[0].0, samples.len()));
        for (sample, outcome) in samples {
            assert!(self.kept.insert((point, sample), outcome).is_none(), "sample {sample} computed twice");
        }
        Ok(())
    }
}
