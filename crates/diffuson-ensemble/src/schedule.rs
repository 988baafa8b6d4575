//! Which sample runs where and when, and what survives.
//!
//! * [`run`]: all missing samples of all points over a given number of threads, saved chunk by chunk.
//! * [`Plan`] and [`Stopping`]: how many points, how many samples, or until when.
//! * [`Checkpoint`]: where finished samples go and which ones are there already; implement it to store samples.
//! * [`Observer`]: who is told how far the run has come.
//! * [`Failure`]: why a sample has no result. A failing sample never ends an ensemble.
//!
//! A *point* is one set of parameters (a point of a sweep), a *sample* one disorder realisation at that point, both
//! numbered from 0. Samples are saved in *chunks* of consecutive ones, which is what stores with chunked arrays want.
//! A sample must be a pure function of (point, sample); then what is saved does not depend on the number of threads,
//! on the order of execution, or on interruptions, and only the order of the saves does.

mod checkpoint;
mod collector;
mod observer;
mod plan;
mod run;
mod share;
mod transport;

pub use checkpoint::{Checkpoint, Failure, Status};
pub use observer::{Observer, Progress};
pub use plan::{Enough, Plan, Stopping};
pub use run::{Error, Summary, run};
pub use share::{NoShare, Share};
pub use transport::Transport;
