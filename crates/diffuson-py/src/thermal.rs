//! `diffuson.thermal`: transport through the Fermi window.

mod bosons;
mod currents;
mod engine;
mod estimates;
mod function;
mod onsager;
mod reservoirs;
mod source;
mod structure;

pub(crate) use reservoirs::{AnyReservoir, Reservoirs};
pub(crate) use source::sampled;
pub(crate) use structure::adaptive;

use crate::errors::{Raise, family, numerical};
use diffuson::thermal::{
    BadMatrix, FunctionError, OutOfRange, SampleError, StructureError, TerminalError, TransportError,
};
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    reservoirs::module(m)?;
    structure::module(m)?;
    onsager::module(m)?;
    currents::module(m)?;
    function::module(m)?;
    engine::module(m)?;
    bosons::module(m)?;
    estimates::module(m)
}

family!(input: BadMatrix, OutOfRange, SampleError, StructureError);

impl Raise for TerminalError {
    fn raise(self) -> PyErr {
        match self {
            Self::NoSuchTerminal { .. } | Self::NotTwo(_) => crate::errors::input(self),
            Self::Uncoupled(_) => numerical(self),
        }
    }
}

impl<E: Raise + std::fmt::Display> Raise for TransportError<E> {
    fn raise(self) -> PyErr {
        match self {
            Self::Transmission(error) => error.raise(),
            _ => crate::errors::input(self),
        }
    }
}

impl<E: Raise + std::fmt::Display> Raise for FunctionError<E> {
    fn raise(self) -> PyErr {
        match self {
            Self::Transmission(error) => error.raise(),
            _ => crate::errors::input(self),
        }
    }
}
