//! `diffuson schema`

use crate::args::KindArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub(crate) const HELP: &str = "Example:\n  diffuson schema local-heat > local-heat.schema.json";

/// Prints the JSON Schema of a kind of study.
pub(crate) fn run(args: &KindArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    terminal.say(&format!("{:#}\n", args.kind.json_schema()))?;
    Ok(Exit::Done)
}
