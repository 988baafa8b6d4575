//! `diffuson.localization`: the Anderson transition.

mod computed;
mod expansions;
mod hopping;
mod joint;
mod kernels;
mod lyapunov;
mod mobility_edge;
mod scaling;

use crate::errors::family;
use diffuson::localization::{InvalidParameter, THERMOPOWER_UNIT};
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("THERMOPOWER_UNIT", THERMOPOWER_UNIT)?;
    mobility_edge::module(m)?;
    kernels::module(m)?;
    expansions::module(m)?;
    hopping::module(m)?;
    lyapunov::module(m)?;
    scaling::module(m)?;
    computed::module(m)?;
    joint::module(m)
}

family!(input: InvalidParameter);

/// A quantity by its name, or, where there are several of it, by name and number.
#[derive(FromPyObject)]
enum Named {
    /// The only one, or the first.
    First(String),
    /// One of several.
    Numbered(String, usize),
}

impl Named {
    fn parts(&self) -> (&str, usize) {
        match self {
            Self::First(name) => (name, 0),
            Self::Numbered(name, number) => (name, *number),
        }
    }
}
