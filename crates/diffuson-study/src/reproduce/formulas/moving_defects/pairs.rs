//! Eqs. 4 to 7: two scatterers, from Eq. 5 as it is printed to all multiple scattering between the two.

use super::super::exponent_between;
use super::{Arguments, COLD, Refused};
use diffuson::C64;
use diffuson::defects::pairs::{PairLaw, conductance_per_energy};
use diffuson::defects::point_scatterers::scatter;
use diffuson::defects::{PointScatterer, hemisphere_average};
use diffuson::thermal::{Adaptive, Structure};
use std::f64::consts::{PI, TAU};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let shifts = || Ok::<_, Refused>([at.get("first")?.to_radians(), at.get("second")?.to_radians()]);
    let distance = || at.get("distance");
    Ok(Some(match name {
        "Eq. 5" => double_sum(distance()?)?,
        "Eq. 5 over second order" => double_sum(distance()?)? / second_order(distance()?),
        "energy in second order" => second_order(distance()?),
        "energy of a weak pair" => weak_energy(distance()?)?,
        // less the factor 1 - tan x/x, x = 2R
        "energy over Eq. 6 at a distance" => {
            let r = distance()?;
            let law = PairLaw::Cosine.energy(oblique(r), WEAK) / WEAK[0].sin().powi(2);
            second_order(r) / law / (1.0 - (2.0 * r).tan() / (2.0 * r))
        }
        // V0 = v/lambda_F^3 in e_F, of the amplitude f = 2 pi^2 V0
        "amplitude of Eq. 4" => {
            Line::of(Quantity::Conductance, WEAK, FAR)?.cosine * FAR.powi(2) / (coupling() * TAU).powi(2)
        }
        "amplitude of Eq. 6" => {
            Line::of(Quantity::Energy, WEAK, FAR)?.cosine * FAR.powi(3) / (coupling().powi(2) * TAU.powi(3))
        }
        "exponent of Eq. 4" => {
            exponent_between(FAR, 2.0 * FAR, |r| Ok(Line::of(Quantity::Conductance, WEAK, r)?.cosine))?
        }
        "exponent of Eq. 6" => {
            exponent_between(FAR, 2.0 * FAR, |r| Ok(Line::of(Quantity::Energy, WEAK, r)?.cosine))?
        }
        "exponent of Eq. 7" => exponent_between(FAR, 2.0 * FAR, |r| ratio(WEAK, r))?,
        "conductance over energy" => ratio(shifts()?, FAR)? / (TAU * FAR),
        "conductance over energy in the library" => conductance_per_energy(FAR, shifts()?) / (TAU * FAR),
        "energy of a pair" => {
            let [first, second] = shifts()?;
            let found = Line::of(Quantity::Energy, [first, second], FAR)?.cosine * FAR.powi(3);
            found / (2.0 / PI * first.sin() * second.sin())
        }
        "conductance of a pair" => Line::of(Quantity::Conductance, shifts()?, FAR)?.cosine * FAR * FAR,
        "constant of a pair" => Line::of(Quantity::Conductance, shifts()?, FAR)?.constant * FAR * FAR,
        // (R^2/4f^2) dG of second order over cos 2R - 2 cos R + 1
        "conductance along the axis" => {
            let r = distance()?;
            let found = PairLaw::Born.conductance([0.0, 0.0, r], WEAK) * r * r / WEAK[0].sin().powi(2);
            0.25 * found / ((2.0 * r).cos() - 2.0 * r.cos() + 1.0)
        }
        "conductance across the axis" => {
            let law = |r: f64| Ok(PairLaw::Born.conductance([0.0, r, 0.0], WEAK));
            Line::project(law, FAR, 2)?.cosine * FAR * FAR / (4.0 * WEAK[0].sin().powi(2))
        }
        "kernel" => {
            let g = hemisphere_average([at.get("x")?, at.get("y")?, at.get("z")?]);
            if at.get("imaginary")? == 0.0 { g.re } else { g.im }
        }
        _ => return Ok(None),
    }))
}

/// Two weak scatterers, and a large distance.
const WEAK: [f64; 2] = [0.02, 0.02];
const FAR: f64 = 250.0;

/// V0 of the weak ones.
fn coupling() -> f64 {
    WEAK[0].sin() / (2.0 * PI * PI)
}

fn oblique(r: f64) -> [f64; 3] {
    [0.48 * r, -0.6 * r, 0.64 * r]
}

fn second_order(r: f64) -> f64 {
    PairLaw::Born.energy(oblique(r), WEAK) / WEAK[0].sin().powi(2)
}

/// Energy of two scatterers and what their conductance has beyond that of each, at R off the axis.
fn pair([first, second]: [f64; 2], r: f64) -> Result<[f64; 2], Refused> {
    let at = |position, phase_shift| PointScatterer { position, phase_shift };
    let both = scatter(&[at([0.0; 3], first), at(oblique(r), second)], &COLD)?;
    let alone = -2.0 * (first.sin().powi(2) + second.sin().powi(2));
    Ok([both.energy[0], both.conductance[0] - alone])
}

/// Second order in f from the exact energy: the mean of attraction and repulsion is even in the phase shift, and two phase shifts take the next order off.
fn weak_energy(r: f64) -> Result<f64, Refused> {
    let even =
        |d: f64| Ok::<_, Refused>(0.5 * (pair([d, d], r)?[0] + pair([-d, -d], r)?[0]) / d.sin().powi(2));
    let d = 1e-3;
    Ok((4.0 * even(d)? - even(2.0 * d)?) / 3.0)
}

enum Quantity {
    Energy,
    Conductance,
}

/// What oscillates as `cos(2R + d1 + d2)` around a distance, and what does not.
struct Line {
    cosine: f64,
    constant: f64,
}

impl Line {
    fn of(quantity: Quantity, shifts: [f64; 2], r: f64) -> Result<Self, Refused> {
        let (which, power) = match quantity {
            Quantity::Energy => (0, 3),
            Quantity::Conductance => (1, 2),
        };
        let delay = 0.5 * (shifts[0] + shifts[1]);
        Self::project(|x| Ok(pair(shifts, x - delay)?[which]), r, power)
    }

    /// Means with cos 2R and 1 over whole periods of cos R, a fifth of the distance to either side, of what falls off with a power of the distance.
    fn project(of: impl Fn(f64) -> Result<f64, Refused>, r: f64, power: i32) -> Result<Self, Refused> {
        let periods = (0.4 * r / TAU).round();
        let samples = 8 * periods as usize;
        let mut line = Self { cosine: 0.0, constant: 0.0 };
        for k in 0..samples {
            let x = r + periods * TAU * ((k as f64 + 0.5) / samples as f64 - 0.5);
            let y = of(x)? * (x / r).powi(power) / samples as f64;
            line.cosine += 2.0 * (2.0 * x).cos() * y;
            line.constant += y;
        }
        Ok(line)
    }
}

/// Conductance over energy in that part, e^2/h per e_F.
fn ratio(shifts: [f64; 2], r: f64) -> Result<f64, Refused> {
    Ok(Line::of(Quantity::Conductance, shifts, r)?.cosine / Line::of(Quantity::Energy, shifts, r)?.cosine)
}

/// Eq. 5 as printed, over f^2: the sum over all ordered pairs of a full and an empty state,
/// `(2/pi^2) 2/R^2 Int_0^1 k sin(kR) dk Int_1^inf k' sin(k'R) / (k^2 - k'^2) dk'`; the path of k' is turned into the complex plane at k_F, where waves decay.
fn double_sum(r: f64) -> Result<f64, Refused> {
    // v = -4 pi f; a sum over states is Int d^3k/(2 pi)^3, and the average over directions of each wave is sin(kR)/(kR)
    let tail = |k: f64| {
        let along = |t: f64| {
            let q = C64::new(1.0, t / r);
            let wave = C64::cis(r) * (-t).exp();
            Ok::<_, Refused>([(C64::I / r * q * wave / (k * k - q * q)).im])
        };
        let marks = [(1.0 - k) * r, 1.0];
        Ok::<_, Refused>(
            Adaptive::to(1e-11).integrate([0.0, 40.0], &Structure::default(), &marks, along)?.values[0],
        )
    };
    // k = 1 - u^2: the logarithm at the Fermi surface is weakened
    let outer = |u: f64| {
        let k = 1.0 - u * u;
        Ok::<_, Refused>([2.0 * u * k * (k * r).sin() * tail(k)?])
    };
    let integral = Adaptive::to(1e-10).integrate([0.0, 1.0], &Structure::default(), &[], outer)?.values[0];
    let states = (4.0 * PI / (2.0 * PI).powi(3)).powi(2);
    Ok(2.0 * (4.0 * PI).powi(2) * states * integral / (r * r))
}
