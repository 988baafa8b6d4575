//! `diffuson reference`

use crate::args::KindArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub(crate) const HELP: &str = "Example:\n  diffuson reference local-heat > local-heat.md";

/// Prints the keys of a kind of study as Markdown.
pub(crate) fn run(args: &KindArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    terminal.say(&args.kind.reference())?;
    Ok(Exit::Done)
}
