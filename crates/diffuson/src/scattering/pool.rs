//! Memory for stored transmissions, kept between the samples of an ensemble.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers given back, ready to be taken again: fresh memory costs the operating system as much time as filling it with transmissions.
#[derive(Debug, Default)]
pub(crate) struct Pool(Mutex<Vec<Vec<f64>>>);

/// A run of numbers that goes back to its pool when dropped.
#[derive(Debug)]
pub(super) struct Buffer {
    numbers: Vec<f64>,
    pool: Arc<Pool>,
}

impl Buffer {
    /// `len` numbers of any value, all to be overwritten.
    pub(super) fn unwritten(len: usize, pool: &Arc<Pool>) -> Self {
        let mut free = pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = free.iter().position(|buffer| buffer.len() == len);
        let numbers = fits.map(|place| free.swap_remove(place));
        drop(free);
        Self { numbers: numbers.unwrap_or_else(|| vec![0.0; len]), pool: pool.clone() }
    }

    /// Where it goes when dropped.
    pub(super) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let numbers = std::mem::take(&mut self.numbers);
        self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(numbers);
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        let mut copy = Self::unwritten(self.numbers.len(), &self.pool);
        copy.copy_from_slice(&self.numbers);
        copy
    }
}

impl PartialEq for Buffer {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl Deref for Buffer {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.numbers
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.numbers
    }
}
