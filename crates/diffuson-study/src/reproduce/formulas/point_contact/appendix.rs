//! The appendix: charge, compressibility and the number of electrons in the theory of Landauer and Büttiker.

use super::super::{exponent_between, root};
use super::{Arguments, Refused, splitting};
use diffuson::kinetics::Equilibrium;
use diffuson::noise::Noise;
use diffuson::noise::number::{Chain, NumberVariance};
use diffuson::thermal::{Adaptive, Reservoir, Structure};
use std::f64::consts::PI;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [transmission, bias] = ["transmission", "bias"].map(|name| move || at.get(name));
    Ok(Some(match name {
        "charge of an unscreened bias" => {
            let equilibrium = Equilibrium::new(ETA)?;
            let expected = -0.5 * BIAS * equilibrium.fluctuation;
            (number(at.get("symmetric")?, 0.0)? - equilibrium.number) / expected
        }
        // U/eV that restores the number of electrons
        "potential of a screened bias" => {
            let (symmetric, equilibrium) = (at.get("symmetric")?, Equilibrium::new(ETA)?.number);
            root(-1.0, 0.9, |u| Ok(equilibrium - number(symmetric, u * BIAS)?))?
        }
        // as printed, both spins, over 2e^2/h
        "noise beyond Eq. A4" => {
            let mut worst = 0.0f64;
            for t in [0.1, 0.5, 1.0] {
                for v in [0.5, 3.0, 12.0] {
                    worst = worst.max((noise(t, v)? / formula(t, v) - 1.0).abs());
                }
            }
            worst
        }
        // Delta N of Eq. A5 over N kT/2E_F and over S/4kTG0, S from an S matrix
        "Eq. A5 over Eq. A4" => {
            let (t, v) = (transmission()?, bias()?);
            let bracket = t * t + t * (1.0 - t) * (0.5 * v) / (0.5 * v).tanh();
            bracket / (noise(t, v)? / 4.0)
        }
        "reservoir heat over power" => {
            let currents = between(transmission()?, bias()?)?.currents;
            currents.heat.iter().sum::<f64>() / -currents.power()
        }
        "number variance" => chain(transmission()?)?.ratio(),
        "exponent of the number variance" => exponent_between(0.25, 0.75, |t| Ok(chain(t)?.ratio()))?,
        "exponent of the current noise in equilibrium" => exponent_between(0.25, 0.75, |t| noise(t, 0.0))?,
        "exponent of the excess variance in the length" => {
            exponent_between(800.0, 1600.0, |sites| Ok(segment(at.get("transmission")?, sites)?.excess()))?
        }
        "partition noise behind the barrier" => partition(at.get("height")?, [0, 1])?,
        "partition noise on both sides" => partition(at.get("height")?, [1, 1])?,
        _ => return Ok(None),
    }))
}

/// The sub-band of (A2), and eV/kT.
const ETA: f64 = 3.0;
const BIAS: f64 = 1e-3;

/// Electrons per length where the chemical potential falls linearly by eV, from mu (`symmetric` 0) or from mu + eV/2 (1), and the sub-band is raised by U.
fn number(symmetric: f64, potential: f64) -> Result<f64, Refused> {
    let top = ETA + 0.5 * symmetric * BIAS - potential;
    let density = |s: f64| Ok::<_, Refused>([Equilibrium::new(top - s * BIAS)?.number]);
    Ok(Adaptive::to(1e-13).integrate([0.0, 1.0], &Structure::default(), &[], density)?.values[0])
}

/// One channel between reservoirs at kT = 1.
fn between(transmission: f64, bias: f64) -> Result<Noise, Refused> {
    let s = splitting(&[1.0 - transmission, transmission])?;
    let reservoirs = [bias, 0.0].map(|mu| Reservoir { mu, kt: 1.0 });
    Ok(Noise::constant(&s, &reservoirs)?)
}

/// In (e^2/h) kT, one spin.
fn noise(transmission: f64, bias: f64) -> Result<f64, Refused> {
    Ok(between(transmission, bias)?.charge[0])
}

/// Eq. A4 over 2 (both spins), in the same unit.
fn formula(t: f64, v: f64) -> f64 {
    4.0 * (t * t + t * (1.0 - t) * (0.5 * v) / (0.5 * v).tanh())
}

/// 1600 sites with a barrier in the middle, kT = 0.1 t, mu = -t.
fn chain(transmission: f64) -> Result<NumberVariance, Refused> {
    segment(transmission, 1600.0)
}

fn segment(transmission: f64, sites: f64) -> Result<NumberVariance, Refused> {
    let half = 0.5 * sites;
    let chain = Chain::with_transmission(Reservoir { mu: -1.0, kt: 0.1 }, transmission)?;
    Ok(chain.segment(half as usize, half as usize - 1)?)
}

/// What the number variance per site exceeds `f_L(1-f_L)` and `f_R(1-f_R)` of its waves by, over `Int dk/2pi T(1-T)(f_L - f_R)^2`: in segments that grow by
/// so many sites before and behind the barrier.
fn partition(height: f64, grows: [usize; 2]) -> Result<f64, Refused> {
    let [left, right] = [Reservoir { mu: 0.1, kt: 0.04 }, Reservoir { mu: -0.3, kt: 0.03 }];
    let chain = Chain::new(right, height)?;
    let biased = chain.biased(left)?;
    let (short, long) = (1200, 1300);
    let variance =
        |sites: usize| Ok::<_, Refused>(biased.segment(grows[0] * sites, grows[1] * sites)?.variance);
    let sites = (grows[0] + grows[1]) * (long - short);
    let found = (variance(long)? - variance(short)?) / sites as f64;
    // waves, at the middles of equal parts of (0, pi)
    let nodes = 20_000;
    let waves = (0..nodes).map(|m| -2.0 * (PI * (f64::from(m) + 0.5) / f64::from(nodes)).cos());
    let (mut thermal, mut partition) = (0.0, 0.0);
    for energy in waves {
        let (l, r, t) = (left.occupation(energy), right.occupation(energy), chain.transmission(energy));
        let through = if grows[0] == grows[1] { 1.0 } else { t };
        thermal += through * l * (1.0 - l) + (2.0 - through) * r * (1.0 - r);
        partition += t * (1.0 - t) * (l - r).powi(2);
    }
    let per_site = 0.5 / f64::from(nodes);
    Ok((found - thermal * per_site) / (partition * per_site))
}
