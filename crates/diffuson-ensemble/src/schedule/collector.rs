//! The book-keeping of a run, on one thread: what is asked for, what is handed out next, what waits to be saved.

use super::pace::Pace;
use super::{Checkpoint, Error, Failure, Observer, Plan, Progress, Status, Stopping, Summary};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What is handed out at once and computed by one thread: a sample, of one point or of several that share its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) sample: u64,
    pub(super) points: Vec<usize>,
}

/// What a thread says about one sample.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Report<S> {
    pub(super) point: usize,
    pub(super) sample: u64,
    /// None if the run was stopped before the sample started.
    pub(super) outcome: Option<Result<S, Failure>>,
    /// How long it took.
    pub(super) took: Duration,
}

pub(super) struct Collector<'a, 'p, C: Checkpoint> {
    unsaved_at_most: u64,
    stopping: Stopping<'p, C>,
    checkpoint: &'a mut C,
    observer: &'a mut dyn Observer,
    rounds: Vec<Round>,
    /// Of every point, the first of those that share the work of a sample with it.
    leaders: Vec<usize>,
    /// Points that share the work of a sample.
    groups: Vec<Vec<usize>>,
    /// The group whose turn it is, and how many units it has had.
    turn: (usize, u64),
    /// Missing samples of the present rounds that are not handed out yet.
    waiting: u64,
    /// Finished samples that are not saved yet, by point, and their number.
    finished: BTreeMap<usize, Finished<C::Sample>>,
    unsaved: u64,
    pace: Pace,
    progress: Progress,
}

/// Samples with their outcomes.
type Finished<S> = Vec<(u64, Result<S, Failure>)>;

/// The samples that a point has been asked for.
#[derive(Clone, Copy, Default)]
struct Round {
    /// All below this number.
    asked: u64,
    /// All below this number have been handed out, or need not be.
    next: u64,
    /// Missing ones that are not saved yet.
    open: u64,
    /// Of these, the ones that are not finished either.
    unfinished: u64,
}

/// Units that a group has in turn before the next: points advance together, so that the time left can be told early.
const TURN: u64 = 16;

impl<'a, 'p, C: Checkpoint> Collector<'a, 'p, C> {
    pub(super) fn new(
        plan: Plan<'p, C>,
        checkpoint: &'a mut C,
        observer: &'a mut dyn Observer,
    ) -> Result<Self, Error<C::Error>> {
        let Plan { points, leaders, unsaved: unsaved_at_most, stopping, .. } = plan;
        let leaders: Vec<usize> =
            (0..points).map(|point| leaders.get(point).copied().unwrap_or(point)).collect();
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (point, &leader) in leaders.iter().enumerate() {
            groups.entry(leader).or_default().push(point);
        }
        let mut collector = Self {
            unsaved_at_most,
            stopping,
            checkpoint,
            observer,
            rounds: vec![Round::default(); points],
            leaders,
            groups: groups.into_values().collect(),
            turn: (0, 0),
            waiting: 0,
            finished: BTreeMap::new(),
            unsaved: 0,
            pace: Pace::new(Instant::now()),
            progress: Progress::default(),
        };
        for point in 0..points {
            collector.open_round(point)?;
        }
        collector.observer.progress(&collector.progress);
        Ok(collector)
    }

    /// Samples that are to be handed out, as far as is known now.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// What to compute next.
    pub(super) fn next(&mut self) -> Option<Unit> {
        while self.waiting > 0 {
            let (group, had) = self.turn;
            if had < TURN
                && let Some(unit) = self.next_of(group)
            {
                self.turn.1 += 1;
                self.waiting -= unit.points.len() as u64;
                return Some(unit);
            }
            self.turn = ((group + 1) % self.groups.len(), 0);
        }
        None
    }

    /// The first sample that a point of this group misses, for all its points that miss it.
    fn next_of(&mut self, group: usize) -> Option<Unit> {
        let points = &self.groups[group];
        for &point in points {
            let Round { asked, next, .. } = self.rounds[point];
            let missing = (next..asked).find(|&sample| self.misses(point, sample));
            self.rounds[point].next = missing.unwrap_or(asked);
        }
        let open = |&&point: &&usize| self.rounds[point].next < self.rounds[point].asked;
        let sample = points.iter().filter(open).map(|&point| self.rounds[point].next).min()?;
        let points: Vec<usize> =
            points.iter().filter(open).copied().filter(|&point| self.rounds[point].next == sample).collect();
        points.iter().for_each(|&point| self.rounds[point].next += 1);
        Some(Unit { sample, points })
    }

    /// Whether this run computes a sample. Points that share its work are in one share.
    fn holds(&self, point: usize, sample: u64) -> bool {
        self.stopping.holds(self.leaders[point], sample)
    }

    fn misses(&self, point: usize, sample: u64) -> bool {
        self.holds(point, sample) && self.checkpoint.status(point, sample) == Status::Missing
    }

    /// Takes in a sample; saves what is finished if it is time to, and opens the point's next round if this was the
    /// last of its samples.
    pub(super) fn collect(&mut self, report: Report<C::Sample>) -> Result<(), Error<C::Error>> {
        let Report { point, sample, outcome: Some(outcome), .. } = report else { return Ok(()) };
        self.progress.done += 1;
        self.progress.failed += u64::from(outcome.is_err());
        self.progress.latest = Some((point, sample));
        self.finished.entry(point).or_default().push((sample, outcome));
        self.unsaved += 1;
        self.rounds[point].unfinished -= 1;
        if self.rounds[point].unfinished == 0 && matches!(self.stopping, Stopping::Target { .. }) {
            self.save(point)?;
            self.open_round(point)?;
        }
        self.observer.progress(&self.progress);
        if self.unsaved >= self.unsaved_at_most { self.keep() } else { Ok(()) }
    }

    /// Saves all finished samples if it is time to.
    pub(super) fn keep_in_time(&mut self) -> Result<(), Error<C::Error>> {
        if self.unsaved > 0 && self.pace.is_due(Instant::now()) { self.keep() } else { Ok(()) }
    }

    /// Saves all finished samples.
    pub(super) fn keep(&mut self) -> Result<(), Error<C::Error>> {
        let begin = Instant::now();
        while let Some((&point, _)) = self.finished.first_key_value() {
            self.save(point)?;
        }
        self.pace.saved(begin, Instant::now());
        Ok(())
    }

    /// Saves what is left and sums up.
    pub(super) fn finish(mut self) -> Result<Summary, Error<C::Error>> {
        self.keep()?;
        let Progress { done, failed, .. } = self.progress;
        let interrupted = self.rounds.iter().any(|round| round.open > 0);
        Ok(Summary {
            samples: self.rounds.iter().map(|round| round.asked).collect(),
            done,
            failed,
            interrupted,
        })
    }

    /// What the observer should tell.
    pub(super) fn notice(&mut self, words: &str) {
        self.observer.notice(words);
    }

    fn save(&mut self, point: usize) -> Result<(), Error<C::Error>> {
        let Some(mut samples) = self.finished.remove(&point) else { return Ok(()) };
        samples.sort_unstable_by_key(|&(sample, _)| sample);
        let first_sample = samples[0].0;
        self.unsaved -= samples.len() as u64;
        self.rounds[point].open -= samples.len() as u64;
        self.checkpoint.save(point, samples).map_err(|source| Error::Save { point, first_sample, source })
    }

    /// Asks for further rounds of a point until one has missing samples, or no more are needed.
    fn open_round(&mut self, point: usize) -> Result<(), Error<C::Error>> {
        while self.rounds[point].open == 0 {
            let first = self.rounds[point].asked;
            let Some(end) = self.stopping.round_after(first) else { break };
            if first > 0 && self.is_enough(point, first)? {
                break;
            }
            let round = &mut self.rounds[point];
            (round.asked, round.next) = (end, first);
            for sample in first..end {
                if !self.holds(point, sample) {
                    continue;
                }
                self.progress.total += 1;
                match self.checkpoint.status(point, sample) {
                    Status::Missing => self.rounds[point].open += 1,
                    Status::Done => self.progress.done += 1,
                    Status::Failed => {
                        self.progress.done += 1;
                        self.progress.failed += 1;
                    }
                }
            }
            let open = self.rounds[point].open;
            self.rounds[point].unfinished = open;
            self.waiting += open;
        }
        Ok(())
    }

    /// Whether the samples of a point so far, which are all saved, are enough.
    fn is_enough(&mut self, point: usize, samples: u64) -> Result<bool, Error<C::Error>> {
        match &mut self.stopping {
            Stopping::Samples { .. } => Ok(true),
            Stopping::Target { enough, .. } => enough(self.checkpoint, point, samples)
                .map_err(|source| Error::Decide { point, samples, source }),
        }
    }
}
