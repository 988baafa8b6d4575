//! `diffuson.droplets`: local spin droplets close to the Stoner instability.

mod coefficients;
mod comparison;
mod fit;
mod grand_potential;
mod metal;
mod models;
mod modes;
mod observables;
mod pairs;
mod profile;
mod self_consistent;
mod spins;
mod surrogate;
mod susceptibility;
mod validity;

use diffuson::droplets::Counting;
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    metal::module(m)?;
    profile::module(m)?;
    coefficients::module(m)?;
    spins::module(m)?;
    observables::module(m)?;
    validity::module(m)?;
    pairs::module(m)?;
    fit::module(m)?;
    comparison::module(m)?;
    models::module(m)?;
    modes::module(m)?;
    susceptibility::module(m)?;
    grand_potential::module(m)?;
    surrogate::module(m)?;
    self_consistent::module(m)
}

/// How diagrams are counted.
const COUNTINGS: [(&str, Counting); 2] =
    [("complete", Counting::Complete), ("four-diagrams", Counting::FourDiagrams)];
