//! Voltage and temperature probes, and the transmissions between all terminals.

mod problem;
mod route;
mod state;
mod transmissions;

use crate::errors::{Raise, input, numerical};
use diffuson::probes::{Measure, ProbeError};
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<route::Plan>()?;
    m.add_class::<transmissions::Transmissions>()?;
    m.add_class::<problem::ProbeProblem>()?;
    m.add_class::<state::ProbeState>()?;
    m.add_class::<state::JointState>()
}

/// What probes measure, by name.
pub(crate) const MEASURES: [(&str, Measure); 2] =
    [("voltage", Measure::Voltage), ("voltage-and-temperature", Measure::VoltageAndTemperature)];

impl Raise for ProbeError {
    fn raise(self) -> PyErr {
        match self {
            Self::BadDrive => input(self),
            Self::NotConverged { .. } | Self::NoCurrent(_) | Self::Newton { .. } => numerical(self),
        }
    }
}
