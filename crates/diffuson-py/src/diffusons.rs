//! `diffuson.diffusons`: how density spreads between impurities, and the correlators that are closed rings of it.

mod gaussian_ring;
mod local_heat;
mod propagator;
mod torus;

pub(crate) use torus::{RingCovariance, RingSum, Rows, to_square};

use crate::errors::{input, numerical};
use diffuson::droplets::{DropletError, TimeReversal};
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    propagator::module(m)?;
    torus::module(m)?;
    gaussian_ring::module(m)?;
    local_heat::module(m)
}

impl crate::errors::Raise for DropletError {
    fn raise(self) -> PyErr {
        match self {
            Self::OutOfRange { .. } => input(self),
            Self::NotConverged { .. } | Self::Eigenvalues => numerical(self),
        }
    }
}

/// Whether there are Cooperons.
pub(crate) fn cooperons(time_reversal: bool) -> TimeReversal {
    if time_reversal { TimeReversal::Unbroken } else { TimeReversal::Broken }
}

/// Refuses what does not fit into memory: an array of so many numbers along each side.
pub(crate) fn room(sides: &[usize]) -> PyResult<()> {
    let count = sides.iter().try_fold(1usize, |count, &side| count.checked_mul(side));
    let fits = count.is_some_and(|count| Vec::<f64>::new().try_reserve_exact(count).is_ok());
    if fits { Ok(()) } else { Err(PyMemoryError::new_err(format!("no room for an array {sides:?}"))) }
}
