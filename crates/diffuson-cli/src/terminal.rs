//! Output: results on stdout, everything else on stderr.

use crate::exit::Exit;
use crate::failure::Failure;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// The two output streams.
pub(crate) struct Terminal {
    /// Nobody reads stdout any more.
    closed: bool,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self { closed: false }
    }

    /// Writes a result to stdout. A reader that has gone away (`diffuson show ... | head`) is no error.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::new(
                Exit::Input,
                format!("cannot write to standard output: {error}"),
                "check where it leads to",
            )),
        }
    }

    /// Writes a message to stderr. If that fails there is nobody left to tell.
    pub(crate) fn tell(&self, text: &str) {
        tell(text);
    }

    /// Whether stderr shows colours.
    pub(crate) fn colour(&self) -> bool {
        let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        io::stderr().is_terminal() && !forbidden && !dumb
    }
}

/// Writes a message to stderr. If that fails there is nobody left to tell.
pub(crate) fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
