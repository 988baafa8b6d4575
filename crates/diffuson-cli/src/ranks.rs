//! One program to its user, whether it is one process or the ranks of `mpirun`: rank 0 does what is asked for and is the only one that prints, the others compute for
//! it, and all end with its exit code.

use crate::args::{Cli, Work};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt;
use crate::terminal::Terminal;
use clap::Parser;
use diffuson_ensemble::schedule::{Transport, decline};
use diffuson_mpi::{Launch, Mpi, Order, StartError};

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
            let failure = not_together(&error);
            if Launch::find().is_none_or(|launch| launch.rank == 0) {
                let terminal = Terminal::new();
                terminal.tell(&failure.text(terminal.colour()));
            }
            failure.exit().code()
        }
    }
}

fn not_together(error: &StartError) -> Failure {
    let help = match error {
        StartError::NotBuilt => {
            "processes that are to know nothing of each other are launched with srun --mpi=none"
        }
        StartError::OtherLauncher { .. } => {
            "use the mpirun of that library, or build anew with the mpicc of the other: MPICC=mpicc.mpich"
        }
        _ => "",
    };
    Failure::new(Exit::Input, error.to_string(), help)
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
            Order::Serve => {
                if let Err(reason) = serve(&mut mpi) {
                    decline(&mut mpi, &reason);
                }
            }
            Order::End(code) => return code,
        }
    }
}

/// Computes for rank 0 until the run is over; else why not, in a line.
fn serve(mpi: &mut Mpi) -> Result<(), String> {
    let cli =
        Cli::try_parse().map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
    let Work { study, share, threads } = cli.command.work().ok_or("its command computes nothing")?;
    let study = study.map_err(|diagnostic| diagnostic.to_string())?;
    let stop = interrupt::flag(|_| ()).map_err(|failure| failure.text(false))?;
    // rank 0 has been told of an error
    let _ = diffuson_study::run::serve(&study, share, threads.among(Some(mpi)), mpi, &stop);
    Ok(())
}
