//! `diffuson new`

use crate::args::KindArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub(crate) const HELP: &str = "Example:\n  diffuson new local-heat > study.toml";

/// Prints a study file with every key explained.
pub(crate) fn run(args: &KindArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    terminal.say(&args.kind.template())?;
    Ok(Exit::Done)
}
