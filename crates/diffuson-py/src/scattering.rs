//! The S matrix, and what else one Green function gives.

mod modes;
mod smatrix;
mod states;

pub(crate) use smatrix::SMatrix;

use crate::errors::input;
use crate::whole::Whole;
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SMatrix>()?;
    m.add_class::<modes::PropagatingModes>()?;
    m.add_class::<states::ScatteringStates>()
}

/// A lead as an argument: its number. Kwant also takes pairs of a lead and a block of a conserved quantity, which are refused with a reason.
pub(crate) enum LeadNumber {
    One(usize),
    Block(Vec<usize>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for LeadNumber {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match object.extract() {
            Ok(Whole(lead)) => Ok(Self::One(lead)),
            Err(error) => object.extract().map(Self::Block).map_err(|_: PyErr| error),
        }
    }
}

impl LeadNumber {
    /// The number, of so many leads.
    fn of(&self, leads: usize) -> PyResult<usize> {
        match self {
            Self::One(lead) if *lead < leads => Ok(*lead),
            Self::One(lead) => Err(input(format!("lead {lead}, but there are {leads}"))),
            Self::Block(block) => Err(input(format!(
                "{block:?} in place of a lead: modes are not sorted by conserved quantities here, so that S has no blocks of them. Attach the sectors (spins, say) as leads of their own"
            ))),
        }
    }
}
