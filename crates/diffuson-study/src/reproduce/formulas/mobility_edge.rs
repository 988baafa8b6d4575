//! Paper 002: transport at a mobility edge, from the closed forms of the library and, where those are what is to be tested, from adaptive
//! quadratures of the integrals as they are printed. Energies are in units of the distance d from the edge, thermopowers in k_B/e.

mod blocks;
mod carriers;
mod conductivity;
mod matrix;
mod plateau;
mod thermopower;

use super::{Arguments, Refused, exponent_between, root};
use diffuson::localization::Kernels;
use diffuson::thermal::{Adaptive, Structure};
use std::convert::Infallible;

/// Value of a named formula.
pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    for part in [
        blocks::value,
        conductivity::value,
        thermopower::value,
        plateau::value,
        matrix::value,
        carriers::value,
    ] {
        if let Some(value) = part(name, at)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// The kernels of the exponent `x` of a statement.
fn kernels(at: &Arguments) -> Result<Kernels, Refused> {
    Ok(Kernels::new(at.get("x")?)?)
}

/// `Int_0^to f` for a function that begins as the given power.
fn integral(power: f64, to: f64, f: impl Fn(f64) -> f64) -> Result<f64, Refused> {
    let structure = Structure::edge(0.0, power)?;
    let marks = [0.5, 2.0, 6.0, 16.0];
    match Adaptive::to(1e-13).integrate([0.0, to], &structure, &marks, |u| Ok::<_, Infallible>([f(u)])) {
        Ok(integral) => Ok(integral.values[0]),
        Err(never) => match never {},
    }
}

/// Where a Fermi window has fallen to e^-80 of its height.
const FAR: f64 = 80.0;

/// `1/(2 + 2 cosh y)`, `-f'` in the form of Eq. 33, mended.
fn window(y: f64) -> f64 {
    1.0 / (2.0 + 2.0 * y.cosh())
}

/// The coefficient of `t^(2 order)` in an even function of t = T/d, from six values at 1/44 <= t <= 1/28, where terms of order e^{-1/t}
/// are below rounding: the coefficients of the polynomial in t^2 through them.
fn coefficient(order: usize, f: impl Fn(f64) -> f64) -> f64 {
    let nodes: Vec<f64> = (0..6).map(|k| (28.0 + 3.2 * f64::from(k)).powi(-2)).collect();
    let mut differences: Vec<f64> = nodes.iter().map(|t2| f(t2.sqrt())).collect();
    for level in 1..nodes.len() {
        for k in (level..nodes.len()).rev() {
            differences[k] = (differences[k] - differences[k - 1]) / (nodes[k] - nodes[k - level]);
        }
    }
    // Newton's form, multiplied out from its last factor
    let mut polynomial = vec![0.0; nodes.len()];
    for (difference, node) in differences.iter().zip(&nodes).rev() {
        for k in (0..nodes.len()).rev() {
            let lower = if k == 0 { *difference } else { polynomial[k - 1] };
            polynomial[k] = lower - node * polynomial[k];
        }
    }
    polynomial[order]
}
