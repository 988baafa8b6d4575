//! The Appendix: the heat a quasiparticle carries, and wires of phonons or photons.

use super::{Arguments, Refused, exponent_between};
use diffuson::thermal::bosons::{bose_window, heat_conductance};
use diffuson::thermal::{Adaptive, Structure, TransmissionMatrix, fermi_window};
use diffuson::units::{BOLTZMANN, PLANCK, SOMMERFELD};
use std::convert::Infallible;
use std::f64::consts::PI;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let w = || at.get("w");
    Ok(Some(match name {
        // T dS/df over E, for an entropy -k_B [f ln f + sign (1 + other f) ln(1 + other f)]
        "heat of a fermion" => carried_heat(w()?, 1.0, -1.0),
        "heat of a boson" => carried_heat(w()?, -1.0, 1.0),
        "heat of a boson, as printed" => carried_heat(w()?, 1.0, 1.0),
        "quantum of heat conductance at 1 K" => {
            let perfect = conductance(|_| 1.0)?;
            perfect * SOMMERFELD * BOLTZMANN * BOLTZMANN / PLANCK
        }
        "channel of bosons over channel of fermions" => {
            let bosons = super::integral(0.0, super::FAR, bose_window)?;
            let fermions = super::integral(0.0, super::FAR, |y| 2.0 * y * y * fermi_window(y))?;
            bosons / fermions
        }
        "channel of bosons over pi^2/3" => super::integral(0.0, super::FAR, bose_window)? / (PI * PI / 3.0),
        "disordered waveguide" => disordered(at.get("tau")?)?,
        "disordered waveguide, exponent in the length" => {
            // tau is the length over that at which a mode of energy kT is localized
            let tau = at.get("tau")?;
            exponent_between(tau, 10.0 * tau, disordered)?
        }
        "disordered waveguide, prefactor" => {
            let tau = at.get("tau")?;
            disordered(tau)? * tau.sqrt()
        }
        _ => return Ok(None),
    }))
}

/// `T dS_E/df` over E = w kT in equilibrium, for `S_E = -k_B [f ln f + sign (1 + statistics f) ln(1 + statistics f)]`: statistics 1 for bosons,
/// -1 for fermions, sign 1 as in Eq. A1.
fn carried_heat(w: f64, sign: f64, statistics: f64) -> f64 {
    let f = 1.0 / (w.exp() - statistics);
    let entropy = |f: f64| {
        let other = 1.0 + statistics * f;
        -(f * f.ln() + sign * other * other.ln())
    };
    let central = |h: f64| (entropy(f + h) - entropy(f - h)) / (2.0 * h);
    let h = 1e-3 * f.min(1.0);
    (4.0 * central(0.5 * h) - central(h)) / (3.0 * w)
}

/// Heat conductance of one mode in quanta, at kT = 1.
fn conductance(transmission: impl Fn(f64) -> f64) -> Result<f64, Refused> {
    let structure = Structure::edge(0.0, 0.0)?;
    let of_mode = |w: f64| Ok::<_, Infallible>(TransmissionMatrix::two_terminal(transmission(w)));
    let found = heat_conductance(2, 1.0, &structure, Adaptive::default(), of_mode)?;
    Ok(found.quanta.get(1, 0))
}

/// Transmission `exp(-tau w^2)`: the localization length of a mode falls as the square of its frequency.
fn disordered(tau: f64) -> Result<f64, Refused> {
    conductance(|w| (-tau * w * w).exp())
}
