//! `diffuson.noise`: noise of coherent conductors and of conductors with probes, fluctuations of particle numbers, closed forms.

mod closed_forms;
mod coherent;
mod number;
mod probes;

use crate::errors::numerical;
use crate::thermal::AnyReservoir;
use diffuson::noise;
use diffuson::thermal::Reservoir;
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    coherent::module(m)?;
    probes::module(m)?;
    number::module(m)?;
    closed_forms::module(m)?;
    m.add_function(wrap_pyfunction!(exchange_integral, m)?)
}

/// Reservoirs as a result: pairs ``(mu, kt)``.
fn pairs(reservoirs: &[Reservoir]) -> Vec<(f64, f64)> {
    reservoirs.iter().map(|r| (r.mu, r.kt)).collect()
}

/// ``Int dE (f - f')^2`` of two reservoirs ``(mu, kt)``, in t, which partition noise between them is proportional to.
///
/// ``2 kT (x coth x - 1)``, x = V/2kT, at one temperature; |V| if both are at zero.
#[pyfunction]
fn exchange_integral(one: AnyReservoir, other: AnyReservoir) -> PyResult<f64> {
    let integral = noise::exchange_integral(&one.0, &other.0);
    if integral.is_nan() {
        Err(numerical("the quadrature between the two reservoirs failed"))
    } else {
        Ok(integral)
    }
}
