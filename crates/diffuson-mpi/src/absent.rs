//! A build without an MPI library.

use crate::{Launch, Order, StartError};
use diffuson_ensemble::schedule::Transport;
use std::ops::RangeInclusive;

/// The ranks of a run: there are none in a build without the feature `mpi`.
#[derive(Debug)]
pub enum Mpi {}

impl Mpi {
    /// None for a process that was started alone.
    ///
    /// # Errors
    /// [`StartError::NotBuilt`] if a launcher has started several.
    pub fn start() -> Result<Option<Self>, StartError> {
        match Launch::find() {
            Some(launch) if launch.several() => Err(StartError::NotBuilt),
            _ => Ok(None),
        }
    }

    /// The worker threads of this rank.
    pub fn threads(&self) -> usize {
        match *self {}
    }

    /// The fewest and the most worker threads of a rank.
    pub fn threads_of_all(&self) -> RangeInclusive<usize> {
        match *self {}
    }

    /// Tells the other ranks to compute.
    pub fn serve(&mut self) {
        match *self {}
    }

    /// What rank 0 wants next.
    pub fn order(&mut self) -> Order {
        match *self {}
    }

    /// Tells the other ranks how to end.
    pub fn end(self, _code: u8) {
        match self {}
    }
}

impl Transport for Mpi {
    fn rank(&self) -> usize {
        match *self {}
    }

    fn size(&self) -> usize {
        match *self {}
    }

    fn send(&mut self, _to: usize, _message: &[u8]) {
        match *self {}
    }

    fn receive(&mut self) -> Option<(usize, Vec<u8>)> {
        match *self {}
    }
}
