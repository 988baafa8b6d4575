//! `diffuson.noise`: noise of coherent conductors and of conductors with probes, fluctuations of particle numbers, closed forms.

mod closed_forms;
mod coherent;
mod number;
mod probes;

use crate::errors::{input, numerical};
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

/// A reservoir as an argument: a pair ``(mu, kt)``, or anything that has these.
#[derive(FromPyObject)]
pub(crate) enum ReservoirLike {
    /// Potential and temperature, in t.
    Pair([f64; 2]),
    /// An object.
    Object {
        /// Electrochemical potential, in t.
        mu: f64,
        /// Temperature k_B T, in t.
        kt: f64,
    },
}

impl From<ReservoirLike> for Reservoir {
    fn from(given: ReservoirLike) -> Self {
        match given {
            ReservoirLike::Pair([mu, kt]) | ReservoirLike::Object { mu, kt } => Self { mu, kt },
        }
    }
}

/// Reservoirs as an argument.
type Reservoirs = Vec<ReservoirLike>;

fn reservoirs(given: Reservoirs) -> Vec<Reservoir> {
    given.into_iter().map(Reservoir::from).collect()
}

/// As many reservoirs as `wanted`.
fn one_each(given: Reservoirs, wanted: usize) -> PyResult<Vec<Reservoir>> {
    let found = reservoirs(given);
    if found.len() == wanted && wanted > 0 {
        return Ok(found);
    }
    Err(input(format!("{} reservoirs, but there are {wanted} leads", found.len())))
}

/// Reservoirs as a result: pairs ``(mu, kt)``.
fn pairs(reservoirs: &[Reservoir]) -> Vec<(f64, f64)> {
    reservoirs.iter().map(|r| (r.mu, r.kt)).collect()
}

fn check(r: &Reservoir) -> PyResult<()> {
    if r.mu.is_finite() && r.kt.is_finite() && r.kt >= 0.0 {
        return Ok(());
    }
    Err(input(format!(
        "a reservoir at potential {} and temperature {}: both are finite numbers, the latter not below 0",
        r.mu, r.kt
    )))
}

/// ``Int dE (f - f')^2`` of two reservoirs ``(mu, kt)``, in t, which partition noise between them is proportional to.
///
/// ``2 kT (x coth x - 1)``, x = V/2kT, at one temperature; |V| if both are at zero.
#[pyfunction]
fn exchange_integral(one: ReservoirLike, other: ReservoirLike) -> PyResult<f64> {
    let [one, other] = [one, other].map(Reservoir::from);
    [one, other].iter().try_for_each(check)?;
    let integral = noise::exchange_integral(&one, &other);
    if integral.is_nan() {
        Err(numerical("the quadrature between the two reservoirs failed"))
    } else {
        Ok(integral)
    }
}
