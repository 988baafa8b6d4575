//! Memory for stored transmissions and for sweeps, kept between the samples of an ensemble.

use super::sweep::Room;
use diffuson_linalg::planar::Real;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers given back, ready to be taken again: fresh memory costs the operating system as much time as filling it with transmissions.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    double: Free<f64>,
    single: Free<f32>,
    /// Room for sweeps without and with derivative.
    rooms: [Mutex<Vec<Room>>; 2],
}

impl Pool {
    /// Room for a sweep, if any was given back.
    pub(super) fn take_room(&self, with_slope: bool) -> Option<Room> {
        self.rooms[usize::from(with_slope)].lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub(super) fn give_back(&self, room: Room, with_slope: bool) {
        self.rooms[usize::from(with_slope)].lock().unwrap_or_else(PoisonError::into_inner).push(room);
    }
}

type Free<T> = Mutex<Vec<Vec<T>>>;

/// A number that is kept in buffers.
pub(super) trait Stored: Real {
    fn free(pool: &Pool) -> &Free<Self>;
}

impl Stored for f64 {
    fn free(pool: &Pool) -> &Free<Self> {
        &pool.double
    }
}

impl Stored for f32 {
    fn free(pool: &Pool) -> &Free<Self> {
        &pool.single
    }
}

/// A run of numbers that goes back to its pool when dropped.
#[derive(Debug)]
pub(super) struct Buffer<T: Stored> {
    numbers: Vec<T>,
    pool: Arc<Pool>,
}

impl<T: Stored> Buffer<T> {
    /// `len` numbers of any value, all to be overwritten.
    pub(super) fn unwritten(len: usize, pool: &Arc<Pool>) -> Self {
        let mut free = T::free(pool).lock().unwrap_or_else(PoisonError::into_inner);
        let fits = free.iter().position(|buffer| buffer.len() == len);
        let numbers = fits.map(|place| free.swap_remove(place));
        drop(free);
        Self { numbers: numbers.unwrap_or_else(|| vec![T::default(); len]), pool: pool.clone() }
    }

    /// Where it goes when dropped.
    pub(super) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }
}

impl<T: Stored> Drop for Buffer<T> {
    fn drop(&mut self) {
        let numbers = std::mem::take(&mut self.numbers);
        T::free(&self.pool).lock().unwrap_or_else(PoisonError::into_inner).push(numbers);
    }
}

impl<T: Stored> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::unwritten(self.numbers.len(), &self.pool);
        copy.copy_from_slice(&self.numbers);
        copy
    }
}

impl<T: Stored> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl<T: Stored> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.numbers
    }
}

impl<T: Stored> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers
    }
}
