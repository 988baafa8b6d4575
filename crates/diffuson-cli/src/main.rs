//! The program `diffuson`: the only place that prints.
//!
//! | module | holds |
//! |---|---|
//! | [`args`] | the command line |
//! | [`commands`] | one file per subcommand: its arguments and what it does |
//! | [`exit`] | exit codes |
//! | [`failure`] | everything that can go wrong, with what to do about it |
//! | [`terminal`] | the output streams |
//! | [`progress`] | a bar on a terminal, plain lines elsewhere |
//! | [`outline`], [`words`], [`json`] | what a study asks, numbers in words, results as JSON |
//! | [`ranks`] | the processes of one run under `mpirun` |
//! | [`interrupt`], [`panics`] | Ctrl-C and other signals; mistakes of the program |
//!
//! # Adding a subcommand
//! Write `commands/NAME.rs` with its arguments and a function `run`; name it in `commands.rs` and in
//! [`args::Command`].

mod args;
mod commands;
mod exit;
mod failure;
mod interrupt;
mod json;
mod outline;
mod panics;
mod progress;
mod ranks;
mod terminal;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    panics::report_in_one_line();
    ranks::run().into()
}
