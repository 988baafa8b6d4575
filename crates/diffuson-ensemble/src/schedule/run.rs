//! Samples over threads.

use super::collector::{Collector, Report};
use super::{Checkpoint, Failure, Observer, Plan, Stopping};
use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// How often `stop` is looked at while no sample ends.
const LISTEN: Duration = Duration::from_millis(100);

/// Computes all samples that `plan` asks for and `checkpoint` misses.
///
/// `work(point, sample)` must be a pure function; it runs on `plan.threads` threads of its own, single-threaded
/// inside. Threads take samples one by one, chunk by chunk over all points, so none idles while a sample is left. An
/// `Err` is kept as [`Failure::Numerical`], a panic is caught and kept as [`Failure::Bug`] (the process's panic hook
/// still runs). A chunk is saved as soon as its missing samples are finished, so what is held in memory is bounded by
/// `4 * threads` chunks, however long the run.
///
/// When `stop` turns true, all finished samples are saved within a tenth of a second, no new one starts, those already
/// running finish and are saved too, and the summary says `interrupted`; the next run with the same plan and checkpoint continues and ends with the same bits.
///
/// # Errors
/// [`Error::Zero`] for a plan without threads, chunk or batch; [`Error::Threads`] when the system gives no threads;
/// [`Error::Save`] and [`Error::Decide`] when the checkpoint fails: running samples then finish, but are not saved.
pub fn run<C: Checkpoint, E: Display>(
    plan: Plan<'_, C>,
    checkpoint: &mut C,
    work: impl Fn(usize, u64) -> Result<C::Sample, E> + Sync,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Summary, Error<C::Error>> {
    let threads = plan.threads;
    refuse_zero(&plan)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK)
        .thread_name(|n| format!("sample-{n}"))
        .build()
        .map_err(|error| Error::Threads { threads, reason: error.to_string() })?;
    // A short queue ahead of the threads keeps them busy during a save and bounds the memory.
    let window = 4 * pool.current_num_threads();
    let work = &work;
    let abandoned = &AtomicBool::new(false);
    pool.in_place_scope(|scope| {
        // However this thread leaves (end, error, panic of an observer), no further sample starts.
        let _abandon = SetOnDrop(abandoned);
        let mut collector = Collector::new(plan, checkpoint, observer)?;
        let (reports, inbox) = mpsc::channel();
        let mut in_flight = 0;
        loop {
            if stop.load(Ordering::Relaxed) {
                collector.keep()?;
            }
            while in_flight < window && !stop.load(Ordering::Relaxed) {
                let Some((point, sample)) = collector.next() else { break };
                let reports = reports.clone();
                scope.spawn(move |_| {
                    let start = !stop.load(Ordering::Relaxed) && !abandoned.load(Ordering::Relaxed);
                    let outcome = start.then(|| attempt(work, point, sample));
                    // Nobody listens only when the run has been abandoned.
                    let _ = reports.send(Report { point, sample, outcome });
                });
                in_flight += 1;
            }
            if in_flight == 0 {
                return collector.finish();
            }
            // With samples in flight a report always comes: the channel cannot close while `reports` lives here.
            if let Ok(report) = inbox.recv_timeout(LISTEN) {
                in_flight -= 1;
                collector.collect(report)?;
            }
        }
    })
}

/// That of main threads: samples may call interpreters.
const STACK: usize = 8 << 20;

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
    /// The checkpoint could not save.
    #[error("cannot save the samples from {first_sample} on of point {point}")]
    Save {
        /// The point.
        point: usize,
        /// The first sample of the chunk.
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

fn refuse_zero<C: Checkpoint>(plan: &Plan<'_, C>) -> Result<(), Error<C::Error>> {
    let batch = match plan.stopping {
        Stopping::Target { batch, .. } => batch,
        Stopping::Samples(_) => 1,
    };
    for (what, zero) in [
        ("the number of threads", plan.threads == 0),
        ("the number of samples per chunk", plan.chunk_samples == 0),
        ("the number of samples per round", batch == 0),
    ] {
        if zero {
            return Err(Error::Zero { what });
        }
    }
    Ok(())
}

fn attempt<S, E: Display>(
    work: impl Fn(usize, u64) -> Result<S, E>,
    point: usize,
    sample: u64,
) -> Result<S, Failure> {
    match catch_unwind(AssertUnwindSafe(|| work(point, sample).map_err(|error| error.to_string()))) {
        Ok(result) => result.map_err(Failure::Numerical),
        Err(panic) => Err(Failure::Bug(message(&*panic))),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("panic without a message").to_owned()
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
