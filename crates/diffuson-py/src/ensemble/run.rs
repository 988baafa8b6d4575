//! Many samples of a Python function: on threads of their own, the interpreter attached only while Python code runs.

use super::keeper::{Book, Collected, KIND, Keeper, Origin};
use super::rows::row;
use crate::arguments::positive;
use crate::arrays::vector;
use crate::compute::is_main_thread;
use crate::errors::{NumericalError, Raise, bug, input, numerical};
use crate::whole::{Whole, whole};
use diffuson_ensemble::schedule::{self, Observer, Plan, Progress, Share, Stopping};
use diffuson_store::Provenance;
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// How often Ctrl-C is listened to and progress told.
const LISTEN: Duration = Duration::from_millis(100);
/// How long samples that are being computed are waited for after Ctrl-C or an error.
const GRACE: Duration = Duration::from_millis(400);
/// Finished samples that wait to be saved: all of them are in memory anyway.
const UNSAVED: u64 = 1 << 16;
/// Samples added before a target error is looked at again.
const BATCH: u64 = 16;

/// The record to keep samples in.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(super) struct Store {
    path: PathBuf,
    /// One line for the reader.
    title: String,
    /// The text of the function.
    source: String,
    /// What the record is of, as a JSON table: another one is refused.
    settings: String,
    units: BTreeMap<String, String>,
    dims: BTreeMap<String, Vec<String>>,
}

/// Values by name, numbers of the samples that have them, the failed ones with their reasons, and whether the function returned a dict.
type Samples<'py> = (Bound<'py, PyDict>, Bound<'py, PyArray1<i64>>, Vec<(u64, String)>, bool);

/// Calls ``function(sample)`` for the samples 0, 1, ...: until there are ``samples`` of them, or the relative error of every mean is small enough. A :class:`NumericalError` is a
/// failed sample, any other exception ends the run.
#[pyfunction]
#[pyo3(name = "_samples", signature = (function, samples, seed, *, threads=None, relative_error=None, store=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "those of a Python function")]
pub(super) fn samples<'py>(
    py: Python<'py>,
    function: Py<PyAny>,
    #[pyo3(from_py_with = whole)] samples: usize,
    #[pyo3(from_py_with = whole)] seed: usize,
    threads: Option<Whole>,
    relative_error: Option<f64>,
    store: Option<Store>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Samples<'py>> {
    let (samples, seed) = (samples as u64, seed as u64);
    if samples == 0 {
        return Err(input("0 samples, but at least one is wanted"));
    }
    relative_error.map(|target| positive("relative_error", target)).transpose()?;
    // calls from other threads ask whether they are on the main one
    is_main_thread(py)?;
    let threads = threads
        .map_or_else(|| thread::available_parallelism().map_or(1, usize::from), |Whole(threads)| threads);
    let at_start = if relative_error.is_some() { samples.min(BATCH) } else { samples };
    let origin = store.map(|store| store.origin(seed, at_start)).transpose()?;
    let keeper = Arc::new(py.detach(|| Keeper::open(origin, samples))?);
    let run =
        Run { keeper: keeper.clone(), function, samples, threads, relative_error, shared: Arc::default() };
    let ended = run.watched(py, progress.as_ref());
    let closed = py.detach(|| keeper.close());
    let asked = ended.and_then(|asked| closed.map(|()| asked))?;
    let found = keeper.collect(asked);
    if found.numbers.is_empty() {
        let reason = found.failed.first().map(|(_, reason)| reason.as_str()).unwrap_or_default();
        return Err(numerical(format!("all {asked} samples failed, the first one because: {reason}")));
    }
    to_python(py, found)
}

impl Store {
    fn origin(self, seed: u64, samples: u64) -> PyResult<Origin> {
        let provenance = Provenance {
            title: self.title,
            kind: KIND.to_owned(),
            study: self.source,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed,
            overrides: Vec::new(),
            shard: None,
            settings: serde_json::from_str(&self.settings).map_err(input)?,
            free: Vec::new(),
        };
        let samples = usize::try_from(samples).map_err(input)?;
        let Self { path, units, dims, .. } = self;
        Ok(Origin { path, provenance, units, dims, samples })
    }
}

fn to_python(py: Python<'_>, found: Collected) -> PyResult<Samples<'_>> {
    let Collected { quantities, unnamed, numbers, values, failed } = found;
    let all = PyDict::new(py);
    for (quantity, values) in quantities.iter().zip(values) {
        all.set_item(&quantity.name, quantity.array(py, numbers.len(), values)?)?;
    }
    Ok((all, vector(py, numbers), failed, !unnamed))
}

/// What threads tell each other.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// The exception that ended the run.
    raised: OnceLock<PyErr>,
    done: AtomicU64,
    failed: AtomicU64,
    total: AtomicU64,
}

struct Run {
    keeper: Arc<Keeper>,
    function: Py<PyAny>,
    samples: u64,
    threads: usize,
    relative_error: Option<f64>,
    shared: Arc<Shared>,
}

impl Run {
    /// Runs on a thread of its own, while this one listens to Ctrl-C and tells the progress; how many samples were asked for.
    ///
    /// When it ends early, what is being computed may go on for a while; nobody hears of it.
    fn watched(self, py: Python<'_>, progress: Option<&Py<PyAny>>) -> PyResult<u64> {
        let shared = self.shared.clone();
        let (result, mut outcome) = mpsc::channel();
        let run = move || {
            // nobody listens any more after Ctrl-C
            let _ = result.send(self.scheduled());
        };
        thread::Builder::new()
            .name("ensemble".to_owned())
            .spawn(run)
            .map_err(|error| bug(format!("no thread to schedule on: {error}")))?;
        let mut ended_early: Option<(Instant, Option<PyErr>)> = None;
        let summary = loop {
            let waited = py.detach(move || (outcome.recv_timeout(LISTEN), outcome));
            outcome = waited.1;
            let heard = py.check_signals().and_then(|()| shared.tell(py, progress));
            if ended_early.is_none() && (heard.is_err() || shared.raised.get().is_some()) {
                shared.stop.store(true, Ordering::Relaxed);
                ended_early = Some((Instant::now(), heard.err()));
            }
            match waited.0 {
                Ok(summary) => break Some(summary),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(bug("the thread that schedules has ended"));
                }
            }
            if ended_early.as_ref().is_some_and(|(since, _)| since.elapsed() > GRACE) {
                break None;
            }
        };
        if let Some((_, Some(interrupt))) = ended_early {
            return Err(interrupt);
        }
        if let Some(raised) = shared.raised.get() {
            return Err(raised.clone_ref(py));
        }
        summary.ok_or_else(|| bug("a run without end"))?
    }

    /// How many samples were asked for.
    fn scheduled(&self) -> PyResult<u64> {
        let mut enough;
        let stopping = match self.relative_error {
            None => Stopping::Samples { samples: self.samples, share: Share::WHOLE },
            Some(target) => {
                enough = move |book: &Book, _: usize, n: u64| Ok(book.is_enough(n, target));
                Stopping::Target { at_most: self.samples, batch: BATCH, enough: &mut enough }
            }
        };
        let plan = Plan { points: 1, threads: self.threads, leaders: Vec::new(), unsaved: UNSAVED, stopping };
        let mut book = Book { keeper: self.keeper.clone() };
        let work = |_: usize, sample: u64| self.sample(sample);
        let summary = schedule::run(plan, &mut book, work, &mut &*self.shared, &self.shared.stop);
        let summary = summary.map_err(|error| match error {
            schedule::Error::Save { source, .. } | schedule::Error::Decide { source, .. } => source.raise(),
            other => input(other),
        })?;
        Ok(summary.samples.first().copied().unwrap_or(0))
    }

    /// One sample; an error is the reason why it failed.
    fn sample(&self, number: u64) -> Result<(), String> {
        let Some(_inside) = Inside::enter() else { return Ok(()) };
        let outcome = Python::attach(|py| match self.function.bind(py).call1((number,)) {
            Ok(returned) => row(&returned).map(Ok),
            Err(error) if error.is_instance_of::<NumericalError>(py) => Ok(Err(error.value(py).to_string())),
            Err(error) => {
                // a note says where; an exception that takes none is as it is
                let _ = error.value(py).call_method1("add_note", (format!("in sample {number}"),));
                Err(error)
            }
        });
        let outcome = outcome.and_then(|outcome| {
            let failure = outcome.as_ref().err().cloned();
            self.keeper.finish(number, outcome).map(|()| failure)
        });
        match outcome {
            Ok(None) => Ok(()),
            Ok(Some(reason)) => Err(reason),
            Err(error) => {
                // the first one counts
                let _ = self.shared.raised.set(error);
                self.shared.stop.store(true, Ordering::Relaxed);
                Ok(())
            }
        }
    }
}

/// Threads that are computing a sample.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
/// Whether the interpreter is ending, so that no sample begins any more.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// A thread that is computing a sample.
struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        INSIDE.fetch_add(1, Ordering::SeqCst);
        let inside = Self;
        (!LEAVING.load(Ordering::SeqCst)).then_some(inside)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Waits until no sample is being computed, and lets none begin: called when the interpreter ends, which threads that run Python code must not outlive.
#[pyfunction]
#[pyo3(name = "_leave")]
pub(super) fn leave(py: Python<'_>) -> PyResult<()> {
    LEAVING.store(true, Ordering::SeqCst);
    while INSIDE.load(Ordering::SeqCst) > 0 {
        py.detach(|| thread::sleep(Duration::from_millis(5)));
        py.check_signals()?;
    }
    Ok(())
}

impl Shared {
    fn tell(&self, py: Python<'_>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
        let Some(progress) = progress else { return Ok(()) };
        let [done, total, failed] =
            [&self.done, &self.total, &self.failed].map(|n| n.load(Ordering::Relaxed));
        progress.bind(py).call1((done, total, failed)).map(|_| ())
    }
}

impl Observer for &Shared {
    fn progress(&mut self, progress: &Progress) {
        self.done.store(progress.done, Ordering::Relaxed);
        self.failed.store(progress.failed, Ordering::Relaxed);
        self.total.store(progress.total, Ordering::Relaxed);
    }
}
