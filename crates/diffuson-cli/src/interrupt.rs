//! Ctrl-C: the first stops the run in good order, the second at once.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::tell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first Ctrl-C raises. `announce` is told to print a line without spoiling a progress bar.
pub(crate) fn flag(announce: impl Fn(&dyn Fn()) + Send + 'static) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = stop.clone();
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::SeqCst) {
            // Files are written under temporary names, so that this leaves a record that can be continued.
            std::process::exit(Exit::Interrupted.code().into());
        }
        announce(&|| tell("stopping when the running samples are finished; Ctrl-C again leaves at once\n"));
    })
    .map_err(|error| Failure::new(Exit::Input, format!("cannot listen to Ctrl-C: {error}"), ""))?;
    Ok(stop)
}
