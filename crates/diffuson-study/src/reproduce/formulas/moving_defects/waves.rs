//! Appendix 1 A: currents, path differences and energies of waves that went through chains of scatterers (Eqs. 20 to 27), as printed and as they must be.

use super::super::exponent_between;
use super::{Arguments, Refused};
use diffuson::C64;
use diffuson::defects::hemisphere_average;
use diffuson::defects::pairs::PairLaw;
use diffuson::defects::single_scatterer::sharvin_conductance;
use std::f64::consts::{PI, TAU};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    Ok(Some(match name {
        // (i/2)(X + X*) and (i/2)(X - X*), X = <psi|d/dr|psi> r^2 of e^(ikr)/r far away, over the current k
        "Eq. 21" => (C64::I * 0.5 * (gradient() + gradient().conj())).norm(),
        "Eq. 21 with the conjugate of the product" => {
            (C64::I * 0.5 * (gradient() - gradient().conj())).norm()
        }
        // (|r - R_n| - |r - R_n'| - R) r^2/(rho^2 R)
        "expansion before Eq. 22" => {
            let (r, rho, apart) = (1e3, 10.0, 1.0);
            let z = f64::sqrt(r * r - rho * rho);
            let to = |end: f64| f64::hypot(rho, z - end);
            (to(-0.5 * apart) - to(0.5 * apart) - apart) * r * r / (rho * rho * apart)
        }
        // g over e^(ikR)/(ikR): what a plane behind the scatterers gives
        "integral over the plane" => {
            let r = at.get("distance")?;
            let g = hemisphere_average([0.48 * r, -0.6 * r, 0.64 * r]);
            (g / C64::new(0.0, -1.0 / r) * C64::cis(-r)).norm()
        }
        "integral over the plane along the axis" => {
            let r = at.get("distance")?;
            (hemisphere_average([0.0, 0.0, r]) * C64::new(0.0, r) - C64::cis(r)).norm()
        }
        // average over the sphere, R in 1/k
        "phase factor" => {
            let r: f64 = at.get("distance")?;
            r.sinh() / r
        }
        "phase factor with i" => hemisphere_average([0.0, at.get("distance")?, 0.0]).norm(),
        // in front of sin(2kR), per V0 and f
        "exponent of Eq. 25" => exponent_between(MAXIMUM, 3.0 * MAXIMUM, |r| Ok(of_state(r).abs()))?,
        "sign of Eq. 25" => of_state(MAXIMUM).signum(),
        "exponent of Eq. 26" => exponent_between(PI * 20.0, PI * 60.0, |r| Ok(of_sea(r)))?,
        "sign of Eq. 26, first line" => of_sea(PI * 20.0).signum() * -of_state(MAXIMUM).signum(),
        // over -V0 f k_F cos(2 k_F R)/(2 pi^2 R^3), V0 = -4 pi f
        "amplitude of Eq. 26" => {
            let r: f64 = PI * 1000.0;
            of_sea(r) / (4.0 * PI / (2.0 * PI * PI) / r.powi(3))
        }
        // (dG/G) a^2 (k_F R)^2/f^2, a the radius of the contact
        "amplitude of Eq. 27" => {
            let (r, radius): (f64, f64) = (PI * 1000.0, 500.0);
            let shift: f64 = 1e-3;
            let pair = PairLaw::Asymptotic.conductance([0.48 * r, -0.6 * r, 0.64 * r], [shift; 2]);
            pair / sharvin_conductance(2.0 * radius) * (radius * r / shift.sin()).powi(2)
        }
        _ => return Ok(None),
    }))
}

/// `<psi|d/dr|psi> r^2` of `e^(ikr)/r`, k = 1, far away.
fn gradient() -> C64 {
    let (r, h) = (1e6, 1e-3);
    let wave = |r: f64| C64::cis(r) / r;
    wave(r).conj() * (wave(r + h) - wave(r - h)) / (2.0 * h) * r * r
}

/// Energy of a pair over f^2 where electrons fill wave numbers up to k.
fn filled(r: f64, k: f64) -> f64 {
    // lengths in 1/k, energies in k^2: f k is the amplitude
    let f: f64 = 1e-3;
    let shift = (f * k).asin();
    k * k * PairLaw::Born.energy([0.48 * r * k, -0.6 * r * k, 0.64 * r * k], [shift; 2]) / (f * f)
}

/// A distance where `sin(2 k_F R) = 1`; three times as far away it is -1.
const MAXIMUM: f64 = PI * 20.25;

/// What the states at k_F add per wave number, per `V0 f` (V0 = -4 pi f), at a maximum.
fn of_state(r: f64) -> f64 {
    let h = 1e-4;
    let slope = |h: f64| (filled(r, 1.0 + h) - filled(r, 1.0 - h)) / (2.0 * h);
    (4.0 * slope(h / 2.0) - slope(h)) / 3.0 / (-2.0 * TAU)
}

/// The energy of all, per `f^2`.
fn of_sea(r: f64) -> f64 {
    filled(r, 1.0)
}
