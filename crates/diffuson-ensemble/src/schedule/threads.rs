//! The threads of this process.

use super::Failure;
use super::collector::{Report, Unit};
use rayon::{Scope, ThreadPool, ThreadPoolBuilder};
use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// That of main threads: samples may call interpreters.
const STACK: usize = 8 << 20;

/// So many threads, or why there are none.
pub(super) fn pool(threads: usize) -> Result<ThreadPool, String> {
    ThreadPoolBuilder::new()
        // a pool is asked for although nothing is going to be computed in it
        .num_threads(threads.max(1))
        .stack_size(STACK)
        .thread_name(|n| format!("sample-{n}"))
        .build()
        .map_err(|error| error.to_string())
}

/// Threads that compute units and report every sample of them.
pub(super) struct Threads<'t, 's, S, W> {
    scope: &'t Scope<'s>,
    work: &'s W,
    /// When one of these is raised, no sample starts any more.
    ends: [&'s AtomicBool; 2],
    reports: Sender<Report<S>>,
    inbox: Receiver<Report<S>>,
    in_hand: u64,
}

impl<'t, 's, S, W> Threads<'t, 's, S, W> {
    pub(super) fn new(scope: &'t Scope<'s>, work: &'s W, ends: [&'s AtomicBool; 2]) -> Self {
        let (reports, inbox) = channel();
        Self { scope, work, ends, reports, inbox, in_hand: 0 }
    }

    /// Samples that were taken on and are not reported yet.
    pub(super) fn in_hand(&self) -> u64 {
        self.in_hand
    }

    /// Takes on a unit.
    pub(super) fn start<E: Display>(&mut self, unit: Unit)
    where
        S: Send + 's,
        W: Fn(usize, u64) -> Result<S, E> + Sync,
    {
        self.in_hand += unit.points.len() as u64;
        let (reports, work, ends) = (self.reports.clone(), self.work, self.ends);
        self.scope.spawn(move |_| {
            let Unit { sample, points } = unit;
            for point in points {
                let begin = Instant::now();
                let start = ends.iter().all(|end| !end.load(Ordering::Relaxed));
                let outcome = start.then(|| attempt(work, point, sample));
                // Nobody listens only when the run has been abandoned.
                let _ = reports.send(Report { point, sample, outcome, took: begin.elapsed() });
            }
        });
    }

    /// The next report, if one comes before the time is up.
    pub(super) fn next(&mut self, wait: Duration) -> Option<Report<S>> {
        // the channel cannot close while `reports` lives here
        let report = self.inbox.recv_timeout(wait).ok()?;
        self.in_hand -= 1;
        Some(report)
    }
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

/// Raises a flag however its owner leaves: at the end, by an error, by a panic.
pub(super) struct RaiseOnDrop<'a>(pub(super) &'a AtomicBool);

impl Drop for RaiseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
