//! Samples over the threads of this process and over the ranks of a run.

use super::collector::Collector;
use super::ranks::Ranks;
use super::supply::Supply;
use super::threads::{RaiseOnDrop, Threads, pool};
use super::{Checkpoint, Observer, Plan, Stopping};
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often `stop` is looked at while no sample ends.
const LISTEN: Duration = Duration::from_millis(100);

/// Samples of this process that are taken in before other ranks are listened to.
const MOST_REPORTS: usize = 256;

/// Computes all samples that `plan` asks for and `checkpoint` misses.
///
/// `work(point, sample)` must be a pure function; it runs on `plan.threads` threads of its own, single-threaded
/// inside. Threads take samples one by one, some of every point in turn, so none idles while a sample is left. An
/// `Err` is kept as [`Failure::Numerical`](super::Failure), a panic is caught and kept as [`Failure::Bug`](super::Failure) (the process's panic hook
/// still runs).
///
/// Finished samples are saved together: after ten seconds at the latest, or a tenth of the time that the run has taken, if that is less; less often where saving takes more than a twentieth of the time; whenever
/// `plan.unsaved` of them wait, which bounds the memory; and at the end.
///
/// When `stop` turns true, all finished samples are saved within a tenth of a second, no new one starts, those already
/// running finish and are saved too, and the summary says `interrupted`; the next run with the same plan and checkpoint continues and ends with the same bits.
///
/// # Errors
/// [`Error::Zero`] for a plan without threads, room for samples or batch; [`Error::Threads`] when the system gives no threads;
/// [`Error::Save`] and [`Error::Decide`] when the checkpoint fails: running samples then finish, but are not saved.
pub fn run<C: Checkpoint, E: Display>(
    plan: Plan<'_, C>,
    checkpoint: &mut C,
    work: impl Fn(usize, u64) -> Result<C::Sample, E> + Sync,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Summary, Error<C::Error>> {
    refuse_zero(&plan, true)?;
    drive(plan, checkpoint, work, None, observer, stop)
}

/// The same on rank 0 of several, while the others [`serve`](super::serve) with the same work: samples go to whichever is free. The bits do not depend on the number of ranks.
///
/// `plan.threads` are those of rank 0 and may be 0: it then hands out and saves only. The observer is told of ranks that take no part. When `stop` turns true on any
/// rank, the run ends on all of them as described for [`run`].
///
/// # Errors
/// Those of [`run`], and [`Error::Nobody`].
pub fn run_over<C: Checkpoint, E: Display>(
    plan: Plan<'_, C>,
    checkpoint: &mut C,
    work: impl Fn(usize, u64) -> Result<C::Sample, E> + Sync,
    ranks: &mut Ranks<'_, C::Sample>,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Summary, Error<C::Error>> {
    refuse_zero(&plan, ranks.is_empty())?;
    drive(plan, checkpoint, work, Some(ranks), observer, stop)
}

fn drive<C: Checkpoint, E: Display>(
    plan: Plan<'_, C>,
    checkpoint: &mut C,
    work: impl Fn(usize, u64) -> Result<C::Sample, E> + Sync,
    mut ranks: Option<&mut Ranks<'_, C::Sample>>,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Summary, Error<C::Error>> {
    let threads = plan.threads;
    let pool = pool(threads).map_err(|reason| Error::Threads { threads, reason })?;
    let (work, abandoned) = (&work, &AtomicBool::new(false));
    pool.in_place_scope(|scope| {
        // However this thread leaves (end, error, panic of an observer), no further sample starts.
        let _abandon = RaiseOnDrop(abandoned);
        let mut collector = Collector::new(plan, checkpoint, observer)?;
        let mut here = Threads::new(scope, work, [stop, abandoned]);
        let mut supply = Supply::default();
        let threads = threads as u64;
        loop {
            let stopped = stop.load(Ordering::Relaxed);
            if stopped {
                collector.keep()?;
                if let Some(ranks) = &mut ranks {
                    ranks.halt();
                }
            } else {
                let all_threads = threads + ranks.as_ref().map_or(0, |ranks| ranks.threads(threads));
                if let Some(ranks) = &mut ranks {
                    ranks.hand_out(&mut collector, &supply, all_threads);
                }
                while here.in_hand() < supply.of(threads, all_threads, collector.waiting())
                    && threads > 0
                    && let Some(unit) = collector.next()
                {
                    here.start(unit);
                }
            }
            let in_hand = here.in_hand() + ranks.as_ref().map_or(0, |ranks| ranks.in_hand());
            if in_hand == 0 && (stopped || collector.waiting() == 0) {
                return collector.finish();
            }
            if in_hand == 0 && !ranks.as_ref().is_some_and(|ranks| ranks.expects_more()) {
                return Err(Error::Nobody);
            }
            let mut wait = match &mut ranks {
                None => LISTEN,
                Some(ranks) => match ranks.listen(&mut collector, &mut supply, stop)? {
                    true => Duration::ZERO,
                    false if threads == 0 => {
                        ranks.wait();
                        Duration::ZERO
                    }
                    false => ranks.nap(),
                },
            };
            for _ in 0..MOST_REPORTS {
                let Some(report) = here.next(wait) else { break };
                wait = Duration::ZERO;
                if report.outcome.is_some() {
                    supply.heard(report.took);
                }
                collector.collect(report)?;
            }
            collector.keep_in_time()?;
        }
    })
}

/// What a run has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The number of samples each point has been asked for: evaluate these, in case the checkpoint holds more.
    pub samples: Vec<u64>,
    /// How many of them are finished, over all points, failed ones and those of earlier runs included.
    pub done: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Whether the run was stopped before everything asked for was finished.
    pub interrupted: bool,
}

/// Why a run ended early; what was saved before stays saved.
#[derive(Debug, thiserror::Error)]
pub enum Error<E: std::error::Error + 'static> {
    /// The plan has a zero where at least one is needed.
    #[error("{what} must be at least 1")]
    Zero {
        /// Which number is zero.
        what: &'static str,
    },
    /// The system did not give the threads.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// The number asked for.
        threads: usize,
        /// What the system says.
        reason: String,
    },
    /// Rank 0 computes nothing, and no other rank takes part.
    #[error("no rank computes samples")]
    Nobody,
    /// The checkpoint could not save.
    #[error("cannot save samples of point {point}, the first of them {first_sample}")]
    Save {
        /// The point.
        point: usize,
        /// The first of the samples.
        first_sample: u64,
        /// What the checkpoint says.
        source: E,
    },
    /// It could not be decided whether a point has enough samples.
    #[error("cannot decide whether {samples} samples are enough for point {point}")]
    Decide {
        /// The point.
        point: usize,
        /// Its number of samples so far.
        samples: u64,
        /// What the decision says.
        source: E,
    },
}

fn refuse_zero<C: Checkpoint>(plan: &Plan<'_, C>, alone: bool) -> Result<(), Error<C::Error>> {
    let batch = match plan.stopping {
        Stopping::Target { batch, .. } => batch,
        Stopping::Samples { .. } => 1,
    };
    for (what, zero) in [
        ("the number of threads", alone && plan.threads == 0),
        ("the number of samples that may wait", plan.unsaved == 0),
        ("the number of samples per round", batch == 0),
    ] {
        if zero {
            return Err(Error::Zero { what });
        }
    }
    Ok(())
}
