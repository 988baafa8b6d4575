//! Order-of-magnitude estimates in SI units.

use diffuson::probes::estimates;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(diffusion_constant, m)?)?;
    m.add_function(wrap_pyfunction!(peltier_heat, m)?)?;
    m.add_function(wrap_pyfunction!(joule_heat, m)?)?;
    m.add_function(wrap_pyfunction!(temperature_variation, m)?)
}

/// Diffusion constant ``v_F l / d`` in m^2/s, for the Fermi wave vector (1/m), mass (kg) and elastic mean free path (m) in ``dimension`` dimensions.
#[pyfunction]
#[pyo3(signature = (fermi_wave_number, mass, mean_free_path, dimension=2))]
fn diffusion_constant(fermi_wave_number: f64, mass: f64, mean_free_path: f64, dimension: u8) -> f64 {
    estimates::diffusion_constant(fermi_wave_number, mass, mean_free_path, dimension.into())
}

/// Typical local Peltier heat density ``((k_B T)^2 / h) L_in^(3-d) |grad mu| / (h D)`` in W/m^d, of order of magnitude. ``temperature`` in K, ``inelastic_length`` in m, ``diffusion_constant`` in m^2/s, ``field`` = |grad mu|/e in V/m.
#[pyfunction]
#[pyo3(signature = (temperature, inelastic_length, diffusion_constant, field, dimension=2))]
fn peltier_heat(
    temperature: f64,
    inelastic_length: f64,
    diffusion_constant: f64,
    field: f64,
    dimension: u8,
) -> f64 {
    estimates::peltier_heat(temperature, inelastic_length, diffusion_constant, field, dimension.into())
}

/// Joule heat density ``sigma F^2`` in W/m^2 of a sheet of ``conductance`` (in e^2/h) in a field F (V/m).
#[pyfunction]
fn joule_heat(conductance: f64, field: f64) -> f64 {
    estimates::joule_heat(conductance, field)
}

/// Relative temperature variation ``(m k_B T L_in^2)^2 / (h^2 G^2)^2`` where Peltier and Joule heat are equal; ``mass`` in kg, ``temperature`` in K, ``inelastic_length`` in m, ``conductance`` in e^2/h.
#[pyfunction]
fn temperature_variation(mass: f64, temperature: f64, inelastic_length: f64, conductance: f64) -> f64 {
    estimates::temperature_variation(mass, temperature, inelastic_length, conductance)
}
