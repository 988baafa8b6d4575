//! Ranks of a run over MPI.
//!
//! [`Mpi::start`] joins the ranks that `mpirun`, `mpiexec` or `srun` has launched, if it has: a program that was started by hand never touches MPI.
//! [`Mpi`] is the [`Transport`](diffuson_ensemble::schedule::Transport) of the scheduler; beside it rank 0 tells the others when to [serve](Order::Serve) and with which code to [end](Order::End), so that a
//! program is one to its user: what it prints, and how it ends, is what rank 0 prints, and how it ends.
//!
//! Without the feature `mpi` nothing is linked, and a start over several ranks is [`StartError::NotBuilt`].

#[cfg(not(feature = "mpi"))]
mod absent;
#[cfg(feature = "mpi")]
mod cores;
mod launch;
#[cfg(feature = "mpi")]
mod ranks;

#[cfg(not(feature = "mpi"))]
pub use absent::Mpi;
pub use launch::Launch;
#[cfg(feature = "mpi")]
pub use ranks::Mpi;

/// What rank 0 tells the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Compute for rank 0 until its scheduler lets go.
    Serve,
    /// End with this exit code.
    End(u8),
}

/// Why the ranks that were launched cannot work together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// This program has no MPI library in it.
    #[error("this program was built without MPI: cargo build --release --features mpi")]
    NotBuilt,
    /// The launcher belongs to another MPI library than the program.
    #[error(
        "{launched} ranks were launched, but each sees itself alone: launcher and program belong to different MPI libraries; this program has {library}"
    )]
    OtherLauncher {
        /// Ranks by the environment.
        launched: usize,
        /// The library in this program, with its version.
        library: String,
    },
    /// The MPI library allows one thread only.
    #[error("the MPI library of this program, {library}, allows one thread per rank only")]
    OneThread {
        /// The library in this program, with its version.
        library: String,
    },
    /// A process joins once.
    #[error("this process has joined its ranks before")]
    Twice,
}
