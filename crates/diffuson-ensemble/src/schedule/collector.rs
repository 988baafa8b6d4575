//! The book-keeping of a run, on one thread: what is asked for, what waits for its chunk, what comes next.

use super::{Checkpoint, Error, Failure, Observer, Plan, Progress, Status, Stopping, Summary};
use std::collections::{BTreeMap, VecDeque};

/// What a thread says about one sample.
pub(super) struct Report<S> {
    pub(super) point: usize,
    pub(super) sample: u64,
    /// None if the run was stopped before the sample started.
    pub(super) outcome: Option<Result<S, Failure>>,
}

pub(super) struct Collector<'a, 'p, C: Checkpoint> {
    plan: Plan<'p, C>,
    checkpoint: &'a mut C,
    observer: &'a mut dyn Observer,
    /// Samples each point has been asked for, always a whole number of rounds.
    asked: Vec<u64>,
    /// Samples of the present round of each point that are not saved yet.
    unsaved: Vec<u64>,
    /// Samples not handed out yet.
    queue: VecDeque<(usize, u64)>,
    /// Chunks with unsaved samples, by (chunk, point).
    open: BTreeMap<(u64, usize), Chunk<C::Sample>>,
    progress: Progress,
}

struct Chunk<S> {
    unfinished: u64,
    finished: Vec<(u64, Result<S, Failure>)>,
}

impl<'a, 'p, C: Checkpoint> Collector<'a, 'p, C> {
    pub(super) fn new(
        plan: Plan<'p, C>,
        checkpoint: &'a mut C,
        observer: &'a mut dyn Observer,
    ) -> Result<Self, Error<C::Error>> {
        let points = plan.points;
        let mut collector = Self {
            plan,
            checkpoint,
            observer,
            asked: vec![0; points],
            unsaved: vec![0; points],
            queue: VecDeque::new(),
            open: BTreeMap::new(),
            progress: Progress::default(),
        };
        for point in 0..points {
            collector.open_round(point)?;
        }
        // Chunk by chunk over all points: they advance together, and the time left can be told early.
        let chunk_samples = collector.plan.chunk_samples;
        let order = |&(point, sample): &(usize, u64)| (sample / chunk_samples, point, sample);
        collector.queue.make_contiguous().sort_unstable_by_key(order);
        collector.observer.progress(&collector.progress);
        Ok(collector)
    }

    /// The next sample to compute.
    pub(super) fn next(&mut self) -> Option<(usize, u64)> {
        self.queue.pop_front()
    }

    /// Takes in a sample, saves its chunk if it was the last one missing, and opens the point's next round if that
    /// was the last chunk.
    pub(super) fn collect(&mut self, report: Report<C::Sample>) -> Result<(), Error<C::Error>> {
        let Report { point, sample, outcome: Some(outcome) } = report else { return Ok(()) };
        self.progress.done += 1;
        self.progress.failed += u64::from(outcome.is_err());
        self.progress.latest = Some((point, sample));
        let key = (sample / self.plan.chunk_samples, point);
        if let Some(chunk) = self.open.get_mut(&key) {
            chunk.finished.push((sample, outcome));
            chunk.unfinished -= 1;
            if chunk.unfinished == 0 {
                self.save(key)?;
            }
        }
        if self.unsaved[point] == 0 {
            self.open_round(point)?;
        }
        self.observer.progress(&self.progress);
        Ok(())
    }

    /// Saves the finished samples of all chunks; the others of a chunk may come later.
    pub(super) fn keep(&mut self) -> Result<(), Error<C::Error>> {
        let cut: Vec<_> =
            self.open.iter().filter(|(_, chunk)| !chunk.finished.is_empty()).map(|(key, _)| *key).collect();
        for key in cut {
            let Some(chunk) = self.open.get_mut(&key) else { continue };
            let finished = std::mem::take(&mut chunk.finished);
            self.store(key, finished)?;
        }
        Ok(())
    }

    /// Saves the chunks that were cut short.
    pub(super) fn finish(mut self) -> Result<Summary, Error<C::Error>> {
        let interrupted = !self.open.is_empty();
        while let Some((&key, _)) = self.open.first_key_value() {
            self.save(key)?;
        }
        let Progress { done, failed, .. } = self.progress;
        Ok(Summary { samples: self.asked, done, failed, interrupted })
    }

    fn save(&mut self, key: (u64, usize)) -> Result<(), Error<C::Error>> {
        match self.open.remove(&key) {
            Some(Chunk { finished, .. }) if !finished.is_empty() => self.store(key, finished),
            _ => Ok(()),
        }
    }

    fn store(
        &mut self,
        key: (u64, usize),
        mut finished: Vec<(u64, Result<C::Sample, Failure>)>,
    ) -> Result<(), Error<C::Error>> {
        finished.sort_unstable_by_key(|&(sample, _)| sample);
        let (point, first_sample) = (key.1, key.0 * self.plan.chunk_samples);
        self.unsaved[point] -= finished.len() as u64;
        self.checkpoint.save(point, first_sample, finished).map_err(|source| Error::Save {
            point,
            first_sample,
            source,
        })
    }

    /// Asks for further rounds of a point until one has missing samples, or no more are needed.
    fn open_round(&mut self, point: usize) -> Result<(), Error<C::Error>> {
        while self.unsaved[point] == 0 && self.wants_more(point)? {
            let (at_most, batch) = match self.plan.stopping {
                Stopping::Samples(samples) => (samples, samples),
                Stopping::Target { at_most, batch, .. } => (at_most, batch),
            };
            let first = self.asked[point];
            let end = first.saturating_add(batch).min(at_most);
            self.asked[point] = end;
            self.progress.total += end - first;
            for sample in first..end {
                match self.checkpoint.status(point, sample) {
                    Status::Missing => {
                        let key = (sample / self.plan.chunk_samples, point);
                        let chunk = self
                            .open
                            .entry(key)
                            .or_insert_with(|| Chunk { unfinished: 0, finished: Vec::new() });
                        chunk.unfinished += 1;
                        self.unsaved[point] += 1;
                        self.queue.push_back((point, sample));
                    }
                    Status::Done => self.progress.done += 1,
                    Status::Failed => {
                        self.progress.done += 1;
                        self.progress.failed += 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a point whose samples so far are all saved needs more.
    fn wants_more(&mut self, point: usize) -> Result<bool, Error<C::Error>> {
        let samples = self.asked[point];
        match &mut self.plan.stopping {
            Stopping::Samples(all) => Ok(samples < *all),
            Stopping::Target { at_most, .. } if samples >= *at_most => Ok(false),
            Stopping::Target { .. } if samples == 0 => Ok(true),
            Stopping::Target { enough, .. } => enough(self.checkpoint, point, samples)
                .map(|enough| !enough)
                .map_err(|source| Error::Decide { point, samples, source }),
        }
    }
}
