//! Windows of energies, before they are computed.

use crate::errors::input;
use diffuson::conductor::Conductor;
use pyo3::PyResult;

/// The energies at which transmissions are wanted: between two potentials, and beyond them as far as the temperature reaches.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// The potentials, in ascending order.
    pub(crate) ends: [f64; 2],
    /// The lowest temperature, which says how dense the energies are.
    pub(crate) coldest: f64,
    /// The highest one.
    pub(crate) hottest: f64,
}

/// How far a window reaches beyond its potentials, in kT, twice; and its steps, in kT and in widths of the probes' levels.
const WINDOW: f64 = 76.0;
const STEP: f64 = 0.5;
const STEP_OF_LEVELS: f64 = 0.1;

/// More energies than anyone has time, or memory, for.
const MOST: f64 = 1e5;

impl Reach {
    /// How many energies there are, about: as many as can be waited for.
    pub(crate) fn energies(&self, conductor: &Conductor) -> PyResult<f64> {
        let Self { ends: [low, high], coldest, hottest } = *self;
        let width = conductor.narrowest_probe(0.5 * (low + high)).unwrap_or(coldest);
        let step = (STEP * coldest).min(STEP_OF_LEVELS * width);
        let energies = (high - low + WINDOW * hottest) / step;
        if energies <= MOST {
            return Ok(energies);
        }
        Err(input(format!(
            "kt = {coldest} t and probes of width {width} t would take some {energies:.0e} energies, of which {MOST:.0e} are allowed: raise the temperature, or ask at one energy"
        )))
    }
}
