//! `diffuson.units`: constants of nature.

use diffuson::units;
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    for (name, value) in [
        ("ELEMENTARY_CHARGE", units::ELEMENTARY_CHARGE),
        ("PLANCK", units::PLANCK),
        ("BOLTZMANN", units::BOLTZMANN),
        ("ELECTRON_MASS", units::ELECTRON_MASS),
        ("CONDUCTANCE_UNIT", units::CONDUCTANCE_UNIT),
        ("CONDUCTANCE_QUANTUM", units::CONDUCTANCE_QUANTUM),
        ("SOMMERFELD", units::SOMMERFELD),
        ("LORENZ", units::LORENZ),
    ] {
        m.add(name, value)?;
    }
    Ok(())
}
