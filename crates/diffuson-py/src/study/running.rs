//! A run on threads of its own, watched from Python: progress is told, Ctrl-C stops it and what was computed is kept.

use crate::compute::message;
use crate::errors::{Raise, bug, input};
use diffuson_ensemble::schedule::{Observer, Progress};
use diffuson_study::{Options, Study};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How often Ctrl-C is listened to and progress told.
const LISTEN: Duration = Duration::from_millis(100);
/// How long a stopped run may take to save what is finished before control returns; longer samples end in the background.
const GRACE: Duration = Duration::from_millis(600);
/// That of main threads.
const STACK: usize = 8 << 20;

/// Records that this process is writing, and what stops the run.
static RUNNING: Mutex<BTreeMap<PathBuf, Arc<AtomicBool>>> = Mutex::new(BTreeMap::new());

/// Runs a study or continues its record; `progress(done, failed, total, found)` is called in between.
///
/// An exception of a signal (Ctrl-C) or of `progress` stops the run: finished samples are saved, and running ones, too, when they end.
pub(super) fn run(
    py: Python<'_>,
    study: &Arc<Study>,
    record: PathBuf,
    threads: usize,
    fresh: bool,
    progress: Option<&Py<PyAny>>,
) -> PyResult<()> {
    let path = std::path::absolute(&record).map_err(input)?;
    wait_for_stopped(py, &path)?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut watch = Watch::default();
    let (result, mut outcome) = mpsc::channel();
    let work = {
        let (study, stop, mut watch, path) = (study.clone(), stop.clone(), watch.clone(), record.clone());
        move || {
            let options = Options { fresh, ..Options::new(&path, threads) };
            diffuson_study::run(&study, options, &mut watch, &stop).map(|_| ())
        }
    };
    let running = Running::begin(path, stop.clone());
    let thread = move || {
        let done = catch_unwind(AssertUnwindSafe(work));
        drop(running);
        // nobody listens after Ctrl-C
        let _ = result.send(done);
    };
    let named = thread::Builder::new().name("diffuson".to_owned()).stack_size(STACK);
    named.spawn(thread).map_err(|error| bug(format!("no thread to compute on: {error}")))?;
    loop {
        let waited = py.detach(move || (outcome.recv_timeout(LISTEN), outcome));
        outcome = waited.1;
        let told = watch.tell(py, progress);
        match waited.0 {
            Ok(done) => {
                told?;
                return done.map_err(|panic| bug(message(&*panic)))?.map_err(Raise::raise);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(bug("the thread that computes has ended")),
        }
        if let Err(error) = told.and_then(|()| py.check_signals()) {
            stop.store(true, Ordering::Relaxed);
            // an end in time or not: the record is in order either way
            let _ = py.detach(move || outcome.recv_timeout(GRACE));
            return Err(explained(py, error, &record, fresh));
        }
    }
}

/// Ctrl-C says where the samples are.
fn explained(py: Python<'_>, error: PyErr, record: &Path, fresh: bool) -> PyErr {
    if !error.is_instance_of::<PyKeyboardInterrupt>(py) {
        return error;
    }
    let call = if fresh { "the same call without fresh=True" } else { "the same call" };
    PyKeyboardInterrupt::new_err(format!(
        "what was computed is saved in {}; {call} continues",
        record.display()
    ))
}

/// Waits until a run that was stopped and writes this record has ended.
fn wait_for_stopped(py: Python<'_>, path: &Path) -> PyResult<()> {
    while running().get(path).is_some_and(|stop| stop.load(Ordering::Relaxed)) {
        py.check_signals()?;
        py.detach(|| thread::sleep(LISTEN / 10));
    }
    Ok(())
}

fn running() -> MutexGuard<'static, BTreeMap<PathBuf, Arc<AtomicBool>>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The entry of a run in [`RUNNING`]; none if another run, which the record's lock will name, has the place.
struct Running(Option<PathBuf>);

impl Running {
    fn begin(path: PathBuf, stop: Arc<AtomicBool>) -> Self {
        let mut all = running();
        if all.contains_key(&path) {
            return Self(None);
        }
        all.insert(path.clone(), stop);
        Self(Some(path))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            running().remove(path);
        }
    }
}

/// How far a run has come, for another thread to see.
#[derive(Clone, Default)]
struct Watch {
    latest: Arc<Mutex<Option<Seen>>>,
    /// What was told last.
    told: Option<Seen>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    progress: Progress,
    /// Samples that an earlier run has left.
    found: u64,
}

impl Watch {
    /// Calls `progress` if there is something new.
    fn tell(&mut self, py: Python<'_>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
        let latest = *self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(progress), Some(seen)) = (progress, latest.filter(|_| latest != self.told)) {
            let Progress { done, failed, total, .. } = seen.progress;
            progress.call1(py, (done, failed, total, seen.found))?;
            self.told = latest;
        }
        Ok(())
    }
}

impl Observer for Watch {
    fn progress(&mut self, progress: &Progress) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let found = latest.map_or(progress.done, |seen| seen.found);
        *latest = Some(Seen { progress: *progress, found });
    }
}
