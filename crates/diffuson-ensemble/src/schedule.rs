//! Which sample runs where and when, and what survives.
//!
//! * [`run`]: all missing samples of all points over a given number of threads, saved as they come.
//! * [`run_over`] and [`serve`]: the same over several processes, the [`Ranks`] of a run, that talk by a [`Transport`].
//! * [`Simulation`]: ranks in virtual time, to see what limits a run on more of them than there are.
//! * [`Plan`], [`Stopping`], [`Share`]: how many points, how many samples, or until when, or which part of them.
//! * [`Checkpoint`]: where finished samples go and which ones are there already; implement it to store samples.
//! * [`Observer`]: who is told how far the run has come.
//! * [`Failure`]: why a sample has no result. A failing sample never ends an ensemble.
//!
//! A *point* is one set of parameters (a point of a sweep), a *sample* one disorder realisation at that point, both
//! numbered from 0. A sample must be a pure function of (point, sample); then what is saved does not depend on the number of threads or ranks,
//! on the order of execution, or on interruptions, and only the order of the saves does.
//!
//! | file | holds |
//! |---|---|
//! | `run` | the loop of the one thread that hands out, takes in and saves |
//! | `collector` | its books |
//! | `pace`, `supply` | when it saves; how much it hands out ahead |
//! | `threads`, `ranks` | who computes: threads of this process, other processes |
//! | `message` | what ranks say to each other |

mod checkpoint;
mod collector;
mod message;
mod observer;
mod pace;
mod plan;
mod ranks;
mod run;
mod share;
mod simulation;
mod supply;
mod threads;
mod transport;

pub use checkpoint::{Checkpoint, Failure, Status};
pub use message::Portable;
pub use observer::{Observer, Progress};
pub use plan::{Enough, Plan, Stopping};
pub use ranks::{Ranks, decline, serve};
pub use run::{Error, Summary, run, run_over};
pub use share::{NoShare, Share};
pub use simulation::{Clock, Machine, Simulation};
pub use transport::Transport;
