//! Exit codes.

use std::process::ExitCode;

/// What stands below `diffuson --help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0    done
  1    the input, a file or the record is at fault; one error on stderr says what and where
  2    the command line is at fault
  3    done, but an audit failed (a conservation law is violated beyond rounding), or a verdict differs from the ledger
  4    done, but some samples failed
  130  interrupted; what was computed is saved, and the same command continues

Example:
  diffuson run studies/local-heat.toml";

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked for is done.
    Done,
    /// A study, a file or a record is at fault.
    Input,
    /// A law of the audit is violated.
    AuditFailed,
    /// Some samples have no result.
    SamplesFailed,
    /// Stopped by the user.
    Interrupted,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Input => 1,
            Self::AuditFailed => 3,
            Self::SamplesFailed => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
