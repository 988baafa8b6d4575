//! Section IV and Eqs. 28 to 30: what a bias does to the interference itself. Lengths in 1/k_F, eV in e_F.

use super::super::exponent_between;
use super::single::metal;
use super::{Arguments, Refused};
use diffuson::defects::biased_pairs::{
    Distribution, conductance_factor, fermi_wave_numbers, frozen_pattern_factor, rms_factors, shell_factor,
    wave_number_shift,
};
use std::f64::consts::TAU;

/// A pair for the identities: distance, phase, Delta k, and d phi/d Delta k.
const DISTANCE: f64 = 7.3;
const PHASE: f64 = 0.4;
const SHIFT: f64 = 0.08;
const SLOPE: f64 = 5.0;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [distance, bias, share, x] = ["distance", "bias", "share", "x"].map(|name| move || at.get(name));
    Ok(Some(match name {
        "half the width of the step over eV" => {
            let [low, high] = fermi_wave_numbers(1e-3)?;
            0.5 * (high - low) / 1e-3
        }
        "Eq. 28" => eq_28([sine, sine], [moment, moment]),
        "Eq. 28 with k" => eq_28([moment, moment], [moment, moment]),
        "Eq. 29" => {
            let (r, beat) = (DISTANCE, 2.0 * SHIFT * DISTANCE);
            let left = (2.0 * (1.0 + SHIFT) * r + PHASE).cos() + (2.0 * r + PHASE).sin() * beat.sin();
            left - (2.0 * r + PHASE).cos() * beat.cos()
        }
        // across the axis, per energy without bias times the factor of Eq. 16, Delta k = share of eV
        "energy over Eq. 16" => energy(Distribution::Averaged, [distance()?, 0.0, 0.0], at)?,
        "energy over Eq. 16, across the axis" => energy(Distribution::Directed, [distance()?, 0.0, 0.0], at)?,
        "energy over Eq. 16, on the right" => energy(Distribution::Directed, [0.0, 0.0, distance()?], at)?,
        "energy over Eq. 16, on the left" => energy(Distribution::Directed, [0.0, 0.0, -distance()?], at)?,
        "energy on the right over that on the left" => {
            let bias = bias()?;
            let of = |z| Distribution::Directed.energy([0.0, 0.0, z], [1.0, 1.0], bias);
            of(distance()?)? / of(-distance()?)?
        }
        // rms over distances of 200 to 220, by the rms without bias
        "rms energy on one side" => {
            let square = |bias: f64| {
                (0..2000)
                    .map(|k| {
                        let z = 200.0 + 0.01 * f64::from(k);
                        Ok(Distribution::Directed.energy([0.0, 0.0, z], [1.0, 1.0], bias)?.powi(2))
                    })
                    .sum::<Result<f64, Refused>>()
            };
            (square(bias()?)? / square(0.0)?).sqrt()
        }
        // dI/dV by differences over the terms of Eq. 17, the second with the sign given
        "conductance over Eq. 17" => derivative() / printed(at.get("sign")?),
        "conductance over that of the library" => {
            derivative() / conductance_factor(DISTANCE, PHASE, SLOPE, 4.0 * SHIFT)
        }
        // one distance, Delta k R = x
        "frozen pattern over Eq. 18" => {
            let bias = x()? / (wave_number_shift(1.0) * DISTANCE);
            frozen_pattern_factor(&[DISTANCE], bias)? / (at.get("factor")? * x()?).cos()
        }
        // scatterers in [0.1, 1] R, x = 2 Delta k R
        "frozen pattern of a shell" => shell(x()?)?,
        "envelope of a shell" => envelope(x()?, shell)?,
        "envelope of a wall" => {
            let wall: Vec<f64> =
                (0..20_000).map(|k| from_wall(0.5, TAU * (f64::from(k) + 0.5) / 20_000.0)).collect();
            envelope(x()?, |x| Ok(frozen_pattern_factor(&wall, 2.0 * x)?))?
        }
        "least of the frozen pattern" => (1..400)
            .map(|k| shell(0.1 * f64::from(k)))
            .try_fold(f64::INFINITY, |least, f| Ok::<_, Refused>(least.min(f?)))?,
        "rms energy left" => rms()[0],
        "rms conductance left" => rms()[1],
        "first zero" => metal(at)?.first_zero(distance()?),
        "shift over the printed one" => wave_number_shift(1.0) / share()?,
        _ => return Ok(None),
    }))
}

/// The energy under bias over `E(V = 0) cos(2 Delta k R)`, Delta k being a share of eV.
fn energy(distribution: Distribution, from: [f64; 3], at: &Arguments) -> Result<f64, Refused> {
    let (distance, bias) = (at.get("distance")?, at.get("bias")?);
    let of = |bias| distribution.energy(from, [1.0, 1.0], bias);
    Ok(of(bias)? / (of(0.0)? * (2.0 * at.get("share")? * bias * distance).cos()))
}

/// An integral over k from one end to the other.
type Integral = fn(f64, f64) -> f64;

/// `Int sin(2 k R + phi) dk`.
fn sine(from: f64, to: f64) -> f64 {
    let cosine = |k: f64| (2.0 * k * DISTANCE + PHASE).cos();
    (cosine(from) - cosine(to)) / (2.0 * DISTANCE)
}

/// `Int k sin(2 k R + phi) dk`.
fn moment(from: f64, to: f64) -> f64 {
    let primitive = |k: f64| {
        let (sine, cosine) = (2.0 * k * DISTANCE + PHASE).sin_cos();
        (sine / (2.0 * DISTANCE) - k * cosine) / (2.0 * DISTANCE)
    };
    primitive(to) - primitive(from)
}

/// The left-hand side of Eq. 28 over the right-hand side.
fn eq_28([half, all]: [Integral; 2], [upper, lower]: [Integral; 2]) -> f64 {
    let (low, high) = (1.0 - SHIFT, 1.0 + SHIFT);
    (0.5 * half(low, high) + all(0.0, low)) / (upper(0.0, high) - 0.5 * lower(low, high))
}

/// `(1/2) d/dDelta k Int cos(2 k R + phi) dk` over the window of the bias, phi linear in Delta k.
fn derivative() -> f64 {
    let current = |shift: f64| {
        let phase = PHASE + SLOPE * (shift - SHIFT);
        (2.0 * DISTANCE + phase).cos() * (2.0 * shift * DISTANCE).sin() / (2.0 * DISTANCE)
    };
    let difference = |h: f64| (current(SHIFT + h) - current(SHIFT - h)) / (2.0 * h);
    (4.0 * difference(5e-4) - difference(1e-3)) / 3.0
}

/// Eq. 17.
fn printed(sign: f64) -> f64 {
    let (sine, cosine) = (2.0 * DISTANCE + PHASE).sin_cos();
    let (beat, envelope) = (2.0 * SHIFT * DISTANCE).sin_cos();
    cosine * envelope + sign * SLOPE / (2.0 * DISTANCE) * sine * beat
}

fn shell(x: f64) -> Result<f64, Refused> {
    Ok(shell_factor(0.1, 1.0, 2.0 * x)?)
}

/// The logarithmic slope of the rms of a factor over an octave of x, from x to 10 x.
fn envelope(x: f64, factor: impl Fn(f64) -> Result<f64, Refused>) -> Result<f64, Refused> {
    const POINTS: u32 = 300;
    exponent_between(x, 10.0 * x, |x| {
        let squares = (0..POINTS).map(|k| Ok(factor(x * (1.0 + f64::from(k) / f64::from(POINTS)))?.powi(2)));
        Ok((squares.sum::<Result<f64, Refused>>()? / f64::from(POINTS)).sqrt())
    })
}

/// Distance of a point so many radii off the axis to a round wall.
fn from_wall(offset: f64, angle: f64) -> f64 {
    (1.0 + offset * offset - 2.0 * offset * angle.cos()).sqrt()
}

/// What a large bias leaves of the rms of random phases, distances uniform in R.
fn rms() -> [f64; 2] {
    let distances: Vec<f64> = (0..10_000).map(|k| 10.0 + 20.0 * (f64::from(k) + 0.5) / 10_000.0).collect();
    rms_factors(&distances, 1e2)
}
