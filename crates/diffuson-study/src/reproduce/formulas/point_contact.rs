//! Paper 004: a quantum point contact in conserving kinetics and in the theory of Landauer and Büttiker. Printed formulas are evaluated as printed,
//! what they are held against by the engines of the library. Units are those of `diffuson::kinetics` unless a statement says otherwise.

mod appendix;
mod conductance;
mod correlations;
mod landauer;
mod ring;
mod thresholds;

use super::{Arguments, Refused};
use diffuson::audit::Audit;
use diffuson::kinetics::{Closure, Rates, SteadyState};
use diffuson::scattering::SMatrix;
use diffuson::{C64, Matrix};

/// Value of a named formula.
pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    for part in [
        conductance::value,
        correlations::value,
        thresholds::value,
        appendix::value,
        landauer::value,
        ring::value,
    ] {
        if let Some(value) = part(name, at)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Constant mean free paths in L; elastic collisions only where there is an `elastic` one.
fn paths(at: &Arguments) -> Result<Rates, Refused> {
    let elastic = at.0.get("elastic").copied().unwrap_or(f64::INFINITY);
    Ok(Rates::mean_free_paths(at.get("inelastic")?, elastic)?)
}

/// A sub-band at `eta` and `u`, if it passes its audit.
fn steady(at: &Arguments, rates: Rates) -> Result<SteadyState, Refused> {
    solved(at.get("eta")?, at.get("u")?, rates)
}

fn solved(eta: f64, u: f64, rates: Rates) -> Result<SteadyState, Refused> {
    let state = SteadyState::new(eta, u, rates, Closure::Mermin)?;
    passed(state.audit())?;
    Ok(state)
}

fn passed(audit: &Audit) -> Result<(), Refused> {
    match audit.laws().iter().find(|l| !l.passed()) {
        None => Ok(()),
        Some(l) => Err(format!("{}: {:e}, allowed {:e}", l.name, l.residual, l.allowed).into()),
    }
}

/// Of both mean free paths as long as the contact.
fn driven(at: &Arguments) -> Result<SteadyState, Refused> {
    steady(at, Rates::mean_free_paths(1.0, 1.0)?)
}

/// The residual of a law that a state was audited for.
fn residual(state: &SteadyState, law: &str) -> Result<f64, Refused> {
    let found = state.audit().laws().iter().find(|l| l.name == law);
    Ok(found.ok_or_else(|| format!("no law `{law}`"))?.residual)
}

/// A reflection that sends all of lead 0 into the leads with the given probabilities: the S matrix of one channel per lead, real and symmetric.
fn splitting(probabilities: &[f64]) -> Result<SMatrix, Refused> {
    // 1 - 2 w w^T / w^T w with w = v - e_0 maps e_0 to v
    let mut w: Vec<f64> = probabilities.iter().map(|p| p.sqrt()).collect();
    w[0] -= 1.0;
    let norm: f64 = w.iter().map(|w| w * w).sum();
    let n = w.len();
    let entry = |i: usize, j: usize| C64::new(f64::from(i == j) - 2.0 * w[i] * w[j] / norm, 0.0);
    let identity = |i: usize, j: usize| C64::new(f64::from(i == j), 0.0);
    let s = if norm == 0.0 { Matrix::from_fn(n, n, identity) } else { Matrix::from_fn(n, n, entry) };
    Ok(SMatrix::given(s, &vec![1; n], 0.0)?)
}
