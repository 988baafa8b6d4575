//! One program to its user, whether it is one process or the ranks of `mpirun`: rank 0 does what is asked for and is the only one that prints, the others compute for
//! it, and all end with its exit code.

use crate::args::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;
use clap::Parser;
use diffuson_ensemble::schedule::Transport;
use diffuson_mpi::{Launch, Mpi, Order};

/// Does what the command line says; the exit code.
pub(crate) fn run() -> u8 {
    match Mpi::start() {
        Ok(None) => lead(None),
        Ok(Some(mpi)) if mpi.rank() > 0 => follow(mpi),
        Ok(Some(mut mpi)) => {
            let code = lead(Some(&mut mpi));
            mpi.end(code);
            code
        }
        Err(error) => {
            let failure = Failure::new(Exit::Input, error.to_string(), "");
            if Launch::find().is_none_or(|launch| launch.rank == 0) {
                let terminal = Terminal::new();
                terminal.tell(&failure.text(terminal.colour()));
            }
            failure.exit().code()
        }
    }
}

fn lead(mpi: Option<&mut Mpi>) -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // If that fails there is nobody left to tell.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(u8::MAX);
        }
    };
    let mut terminal = Terminal::new();
    let exit = cli.command.run(&mut terminal, mpi).unwrap_or_else(|failure| {
        terminal.tell(&failure.text(terminal.colour()));
        failure.exit()
    });
    exit.code()
}

fn follow(mut mpi: Mpi) -> u8 {
    loop {
        match mpi.order() {
            Order::Serve => {}
            Order::End(code) => return code,
        }
    }
}
