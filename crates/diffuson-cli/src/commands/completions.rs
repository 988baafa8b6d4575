//! `diffuson completions`

use crate::args::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

pub(crate) const HELP: &str =
    "Example:\n  diffuson completions bash > ~/.local/share/bash-completion/completions/diffuson";

#[derive(Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints the completions of a shell.
pub(crate) fn run(args: &CompletionsArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "diffuson", &mut script);
    terminal.say(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
