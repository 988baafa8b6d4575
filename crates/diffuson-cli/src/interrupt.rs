//! Signals that end a run in good order: Ctrl-C, and those that batch systems and shells send before they end a process.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::tell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first signal raises. After that Ctrl-C leaves at once; other signals are no more than reminders. `announce` is told to print a line without
/// spoiling a progress bar. Another rank may raise the flag before the first signal is here: that is still the first.
pub(crate) fn flag(announce: impl Fn(&dyn Fn()) + Send + 'static) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let (raised, mut received) = (stop.clone(), false);
    listen(move |ctrl_c| {
        if !std::mem::replace(&mut received, true) {
            raised.store(true, Ordering::SeqCst);
            announce(&|| tell("stopping when the running samples are finished; Ctrl-C now leaves at once\n"));
        } else if ctrl_c {
            // Files are written under temporary names, so that this leaves a record that can be continued.
            std::process::exit(Exit::Interrupted.code().into());
        }
    })
    .map_err(|error| Failure::new(Exit::Input, format!("cannot listen to signals: {error}"), ""))?;
    Ok(stop)
}

/// Calls `receive` with each signal from now on: whether it is Ctrl-C.
#[cfg(unix)]
fn listen(mut receive: impl FnMut(bool) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGUSR1])?;
    if hangup_counts() {
        signals.add_signal(SIGHUP)?;
    }
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || signals.forever().for_each(|signal| receive(signal == SIGINT)))?;
    Ok(())
}

/// Whether the end of the session ends the run: not under `nohup`, which has the hangup ignored.
#[cfg(unix)]
fn hangup_counts() -> bool {
    const HANGUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // Where the system does not tell, the hangup keeps its own meaning: it ends the process, or nohup holds.
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & HANGUP == 0)
}

#[cfg(not(unix))]
fn listen(mut receive: impl FnMut(bool) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || receive(true)).map_err(io::Error::other)
}
