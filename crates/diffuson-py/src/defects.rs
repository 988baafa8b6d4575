//! `diffuson.defects`: defects that move, and zero-bias anomalies.

mod anomaly;
mod bath;
mod biased_pairs;
mod closed_forms;
mod contact;
mod dressed;
mod dynamics;
mod interacting;
mod kondo;
mod metal;
mod pairs;
mod placement;
mod point_scatterers;
mod site_placement;
mod spectrum;
mod zero_bias;

use crate::errors::{Raise, input};
use diffuson::defects::{Conductance, DefectError};
use numpy::{AllowTypeChange, PyArrayLike2};
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    for fill in [
        anomaly::module,
        bath::module,
        biased_pairs::module,
        closed_forms::module,
        contact::module,
        dressed::module,
        dynamics::module,
        interacting::module,
        kondo::module,
        metal::module,
        pairs::module,
        placement::module,
        point_scatterers::module,
        site_placement::module,
        spectrum::module,
        zero_bias::module,
    ] {
        fill(m)?;
    }
    Ok(())
}

impl Raise for DefectError {
    fn raise(self) -> PyErr {
        match self {
            Self::Lattice(e) => e.raise(),
            Self::Hamiltonian(e) => e.raise(),
            Self::Lead(e) => e.raise(),
            Self::Conductor(e) => e.raise(),
            Self::Solve(e) => e.raise(),
            e => input(e),
        }
    }
}

/// Names of conductances that are not linear.
const CONDUCTANCES: [(&str, Conductance); 2] =
    [("differential", Conductance::Differential), ("chord", Conductance::Chord)];

/// Points as an argument: an array (points, 3).
type Points<'py> = PyArrayLike2<'py, f64, AllowTypeChange>;

/// The rows of an array (points, 3).
fn to_points(points: &Points<'_>) -> PyResult<Vec<[f64; 3]>> {
    let array = points.as_array();
    if array.ncols() != 3 {
        return Err(input(format!("points of {} coordinates, but 3 are wanted", array.ncols())));
    }
    Ok(array.rows().into_iter().map(|row| [row[0], row[1], row[2]]).collect())
}

/// Whether there is at least one.
fn some(count: u64, what: &str) -> PyResult<u64> {
    if count > 0 { Ok(count) } else { Err(input(format!("{what} is 0; allowed: at least 1"))) }
}
