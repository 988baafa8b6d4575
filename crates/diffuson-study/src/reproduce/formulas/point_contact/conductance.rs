//! Sections II and III A: the conductance, and which times and paths give Landauer's.

use super::super::root;
use super::{Arguments, Refused, paths};
use diffuson::kinetics::mean_free_path::initial_slope;
use diffuson::kinetics::{
    Drive, Equilibrium, InelasticRatio, Law, PointContact, RateLaw, Rates, SubBand, reference_speed,
};
use diffuson::thermal::fermi;
use diffuson::units::CONDUCTANCE_QUANTUM;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [eta, mu, ratio] = ["eta", "mu", "ratio"].map(|name| move || at.get(name));
    Ok(Some(match name {
        "quantum of conductance" => CONDUCTANCE_QUANTUM * 1e3,
        "conductance of paths" => full(paths(at)?, eta()?)?,
        "inelastic path of the quantum" => {
            let elastic = at.0.get("elastic").copied().unwrap_or(f64::INFINITY);
            root(0.1, 10.0, |inelastic| Ok(full(Rates::mean_free_paths(inelastic, elastic)?, 60.0)? - 1.0))?
        }
        // n e^2 tau/(m L), n = 2 k_F/pi, in the units of kinetics: 2 sqrt(eta) theta
        "conductance over Drude" => {
            let eta = eta()?;
            let (inelastic, elastic) = (0.4, 0.7);
            let theta = inelastic * elastic / (inelastic + elastic);
            solved(eta, Rates::times(inelastic, elastic)?)? / (2.0 * eta.sqrt() * theta)
        }
        "conductance at the Fermi velocity" => {
            let eta = eta()?;
            solved(eta, Rates::times(1.0 / eta.sqrt(), 1.0 / eta.sqrt())?)?
        }
        "staircase" => contact(Law::ConstantMeanFreePath, ratio()?)?.conductance(mu()?)?,
        // constant times in a field against constant paths without
        "staircase at the reference speed" => {
            let (times, paths) =
                (contact(Law::ConstantTime, ratio()?)?, contact(Law::ConstantMeanFreePath, ratio()?)?);
            let mut worst = 0.0f64;
            for mu in (0..=25).map(f64::from) {
                let driven = times.closed_form(mu, Drive::Voltage(at.get("u")?))?.conductance();
                worst = worst.max((driven / paths.conductance(mu)? - 1.0).abs());
            }
            worst
        }
        "reference speed" => reference_speed(eta()?)?,
        // <|v|> = v_T Int x f dx / Int f dx = v_T ln(1 + e^eta) / N over the sea
        "staircase by mean speed" => {
            let eta = eta()?;
            let mean = (eta.max(0.0) + (-eta.abs()).exp().ln_1p()) / Equilibrium::new(eta)?.number;
            over_landauer(eta, mean)?
        }
        // and Int x w dx / Int w dx = f0 / (kT dN/dmu) over the window
        "staircase by mean speed of the shell" => {
            let eta = eta()?;
            over_landauer(eta, fermi(-eta) / Equilibrium::new(eta)?.fluctuation)?
        }
        "conductance missed at small voltage" => {
            let rates = Rates::mean_free_paths(1.0, 1.0)?;
            let contact = PointContact::new(vec![SubBand { bottom: 0.0, rates: RateLaw::Fixed(rates) }])?;
            let finite = contact.current(eta()?, at.get("u")?)? / at.get("u")?;
            100.0 * (1.0 - finite / contact.conductance(eta()?)?)
        }
        "initial slope" => initial_slope(eta()?, &paths(at)?).ok_or("a path is not constant")?,
        "compressibility" => Equilibrium::new(eta()?)?.compressibility(),
        "compressibility over its limit" => 2.0 * eta()? * Equilibrium::new(eta()?)?.compressibility(),
        // (1/N^2) dN/dmu, by a difference of fourth order, over (1/N) dN/N
        "compressibility over its definition" => {
            let (eta, h) = (eta()?, 1e-2);
            let number = |eta: f64| Ok::<_, Refused>(Equilibrium::new(eta)?.number);
            let slope = |h: f64| Ok::<_, Refused>((number(eta + h)? - number(eta - h)?) / (2.0 * h));
            let slope = (4.0 * slope(0.5 * h)? - slope(h)?) / 3.0;
            let found = Equilibrium::new(eta)?;
            let number = found.number;
            (slope / (number * number)) / (found.compressibility() / number)
        }
        _ => return Ok(None),
    }))
}

/// Linear conductance of one sub-band.
fn full(rates: Rates, eta: f64) -> Result<f64, Refused> {
    Ok(PointContact::uniform(&[0.0], RateLaw::Fixed(rates))?.conductance(eta)?)
}

/// `I/V` by the general solver, at eV = kT.
fn solved(eta: f64, rates: Rates) -> Result<f64, Refused> {
    Ok(super::solved(eta, 1.0, rates)?.conductance())
}

/// `G/(G0 f0)` of times L/speed.
fn over_landauer(eta: f64, speed: f64) -> Result<f64, Refused> {
    Ok(full(Rates::times(1.0 / speed, 1.0 / speed)?, eta)? / fermi(-eta))
}

/// The sub-bands of Fig. 2.
fn contact(law: Law, ratio: f64) -> Result<PointContact, Refused> {
    let inelastic = InelasticRatio::Constant(ratio);
    Ok(PointContact::uniform(&super::thresholds::BOTTOMS, RateLaw::Scaled { law, elastic: 1.0, inelastic })?)
}
