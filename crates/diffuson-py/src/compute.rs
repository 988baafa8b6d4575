//! Computing without the interpreter: other Python threads run meanwhile, and Ctrl-C is heard.

use crate::errors::bug;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How often Ctrl-C is listened to.
const LISTEN: Duration = Duration::from_millis(100);

/// What `work` returns, computed with the interpreter released.
///
/// On the main thread, where Python handles signals, the work runs on a thread of its own: on Ctrl-C `KeyboardInterrupt` is raised at once, and what was begun ends in the
/// background and is dropped. A panic is a `RuntimeError`.
pub(crate) fn compute<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let guarded = move || catch_unwind(AssertUnwindSafe(work));
    if !is_main_thread(py)? {
        return py.detach(guarded).map_err(|panic| bug(message(&*panic)));
    }
    let (result, mut outcome) = mpsc::channel();
    let run = move || {
        // nobody listens after Ctrl-C
        let _ = result.send(guarded());
    };
    let named = thread::Builder::new().name("diffuson".to_owned()).stack_size(STACK);
    named.spawn(run).map_err(|error| bug(format!("no thread to compute on: {error}")))?;
    loop {
        let waited = py.detach(move || (outcome.recv_timeout(LISTEN), outcome));
        outcome = waited.1;
        match waited.0 {
            Ok(done) => return done.map_err(|panic| bug(message(&*panic))),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(bug("the thread that computes has ended")),
        }
    }
}

/// That of main threads.
const STACK: usize = 8 << 20;

/// Whether this is the thread on which Python handles signals.
pub(crate) fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    static MAIN: PyOnceLock<thread::ThreadId> = PyOnceLock::new();
    if let Some(main) = MAIN.get(py) {
        return Ok(*main == thread::current().id());
    }
    let threading = py.import("threading")?;
    let is_main = threading.call_method0("current_thread")?.is(&threading.call_method0("main_thread")?);
    if is_main {
        MAIN.get_or_init(py, || thread::current().id());
    }
    Ok(is_main)
}

/// What a panic says.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("panic without a message").to_owned()
}
