//! Section III B: noise across the thresholds of two sub-bands, in both theories.

use super::super::root;
use super::{Arguments, Refused, passed};
use crate::point_contact::peaks::{Peak, peaks};
use diffuson::kinetics::{
    ContactState, Drive, Excess, InelasticRatio, Law, PointContact, RateLaw, Rates, Si, Source,
};
use diffuson::noise::TransmissionStatistics;
use diffuson::noise::closed_forms::x_coth_x_minus_one;
use diffuson::units::{BOLTZMANN, PLANCK};

/// Bottoms of the sub-bands in Fig. 2, in kT; Fig. 3 does not state its own.
pub(super) const BOTTOMS: [f64; 2] = [5.0, 17.0];

/// Where the first and the second threshold are looked for peaks, in kT.
const FIRST: [f64; 2] = [0.0, 12.0];
const SECOND: [f64; 2] = [12.0, 22.0];

/// The same of one sub-band, from its bottom.
const AROUND: [f64; 2] = [-6.0, 6.0];

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [mu, exponent] = ["mu", "exponent"].map(|name| move || at.get(name));
    let peak_of = |which: [f64; 2]| highest(which, |mu| kinetic(&surrogate(exponent()?)?, mu, current(at)?));
    Ok(Some(match name {
        "excess of the surrogate" => kinetic(&surrogate(exponent()?)?, mu()?, current(at)?)?,
        "peaks at the first threshold" => {
            all(FIRST, |mu| kinetic(&surrogate(exponent()?)?, mu, current(at)?))?.len() as f64
        }
        "first peak at" => peak_of(FIRST)?.at,
        "second peak at" => peak_of(SECOND)?.at,
        // in 1e-27 A^2/Hz and in mV
        "noise of the surrogate" => {
            driven(at)?.excess(Source::Compressibility, Excess::Johnson)? * si(at)?.noise() * 1e27
        }
        "voltage of the surrogate" => driven(at)?.voltage * si(at)?.voltage() * 1e3,
        "conductance of the surrogate" => driven(at)?.conductance(),
        "slope in depletion" => slope(RateLaw::surrogate(exponent()?), -9.0)?,
        // far above the voltage that opens inelastic channels
        "slope in depletion, by the field" => slope(by_field(exponent()?, 1e-2), -20.0)?,
        // I over 2 f0 u_ph at a voltage of 1e9 u_ph
        "saturated current" => {
            let contact = PointContact::uniform(&[0.0], by_field(1.0, 1.0))?;
            contact.current(0.0, 1e9)? / (2.0 * 0.5)
        }
        "first peak of one sub-band at" => one(at)?.at,
        "first peak of one sub-band" => one(at)?.height,
        "excess of paths" => kinetic_by_solver(mu()?, current(at)?)?[0],
        "conductance of paths at constant current" => kinetic_by_solver(mu()?, current(at)?)?[1],
        // S_xs/2eI of a sub-band with tau_in = tau_el = L/v_ref over its limits
        "excess over its limit on the plateau" => {
            let eta = at.get("eta")?;
            ideal(eta, 1.0)? * 8.0 * eta * eta / 3.0
        }
        "excess over its limit in depletion" => {
            let eta = at.get("eta")?;
            ideal(eta, 1.0)? * std::f64::consts::PI / 3.0 * eta.exp()
        }
        "landauer excess" => landauer(mu()?, current(at)?)?,
        "landauer peaks at the first threshold" => all(FIRST, |mu| landauer(mu, current(at)?))?.len() as f64,
        "landauer second peak" => highest(SECOND, |mu| landauer(mu, current(at)?))?.height,
        "landauer second peak at" => highest(SECOND, |mu| landauer(mu, current(at)?))?.at,
        "landauer peak at zero temperature" => {
            let open = at.get("step")? as usize - 1;
            highest([0.0, 1.0], |t| {
                let mut all = vec![1.0; open];
                all.push(t);
                Ok(TransmissionStatistics::of(&all).fano_factor())
            })?
            .height
        }
        // from 50 to 100 nA; heights are per 2eI
        "exponent in current" => {
            1.0 + growth(at, |i| Ok(highest(FIRST, |mu| kinetic(&surrogate(exponent()?)?, mu, i))?.height))?
        }
        "exponent in current, paths" => 1.0 + growth(at, |i| Ok(kinetic_by_solver(mu()?, i)?[0]))?,
        "exponent in current, landauer" => {
            1.0 + growth(at, |i| Ok(highest(SECOND, |mu| landauer(mu, i))?.height))?
        }
        // of one sub-band at u = 1, tau_in = tau_el; per 4kT G0 u^2
        "peaks at constant voltage less at constant current" => {
            let at_current = all(AROUND, |eta| ideal(eta, 1.0))?;
            all(AROUND, at_voltage)?.len() as f64 - at_current.len() as f64
        }
        "peak at constant voltage" => highest(AROUND, at_voltage)?.at,
        "height at constant voltage" => highest(AROUND, at_voltage)?.height,
        // V that drives the current which flows at eV = u kT
        "voltage of its current" => {
            let contact = PointContact::uniform(&[0.0], RateLaw::Fixed(Rates::mean_free_paths(1.0, 1.0)?))?;
            let (eta, u) = (at.get("eta")?, at.get("u")?);
            contact.voltage(eta, Drive::Current(contact.current(eta, u)?))? / u
        }
        // what quanta hf add to the thermal noise, in per cent
        "noise of quanta" => {
            let x = PLANCK * at.get("gigahertz")? * 1e9 / (2.0 * BOLTZMANN * at.get("kelvin")?);
            100.0 * x_coth_x_minus_one(x)
        }
        "least exponent of the field" => root(0.4, 0.6, |p| slope(by_field(p, 1e-6), -20.0))?,
        _ => return Ok(None),
    }))
}

fn si(at: &Arguments) -> Result<Si, Refused> {
    Ok(Si::new(at.get("kelvin")?)?)
}

/// In 2ekT/h: `current`, or `nanoampere` at a temperature `kelvin`.
fn current(at: &Arguments) -> Result<f64, Refused> {
    match at.0.get("nanoampere") {
        Some(nanoampere) => Ok(nanoampere * 1e-9 / si(at)?.current()),
        None => at.get("current"),
    }
}

fn surrogate(exponent: f64) -> Result<PointContact, Refused> {
    Ok(PointContact::uniform(&BOTTOMS, RateLaw::surrogate(exponent))?)
}

/// The surrogate at constant current.
fn driven(at: &Arguments) -> Result<ContactState, Refused> {
    Ok(surrogate(at.get("exponent")?)?.closed_form(at.get("mu")?, Drive::Current(current(at)?))?)
}

fn by_field(exponent: f64, scale: f64) -> RateLaw {
    let inelastic = InelasticRatio::Field { scale, exponent };
    RateLaw::Scaled { law: Law::ConstantTime, elastic: 1.0, inelastic }
}

/// `(S - 4kTG)/2eI`.
fn kinetic(contact: &PointContact, mu: f64, current: f64) -> Result<f64, Refused> {
    Ok(contact.closed_form(mu, Drive::Current(current))?.fano(Source::Compressibility, Excess::Johnson)?)
}

/// The same with constant mean free paths, lambda_el = L and lambda_in = f0 L, and the conductance.
fn kinetic_by_solver(mu: f64, current: f64) -> Result<[f64; 2], Refused> {
    let inelastic = InelasticRatio::Occupation { exponent: 1.0 };
    let rates = RateLaw::Scaled { law: Law::ConstantMeanFreePath, elastic: 1.0, inelastic };
    let state = PointContact::uniform(&BOTTOMS, rates)?.solve(mu, Drive::Current(current))?;
    passed(&state.audit)?;
    Ok([state.fano(Source::Compressibility, Excess::Johnson)?, state.conductance()])
}

/// One sub-band with tau_in = tau_el.
fn ideal(eta: f64, current: f64) -> Result<f64, Refused> {
    kinetic(&PointContact::uniform(&[0.0], RateLaw::ideal(1.0))?, eta, current)
}

/// Landauer and Büttiker on the ideal staircase.
fn landauer(mu: f64, current: f64) -> Result<f64, Refused> {
    let contact = PointContact::uniform(&BOTTOMS, RateLaw::ideal(1.0))?;
    let state = contact.closed_form(mu, Drive::Current(current))?;
    Ok(2.0 * state.landauer_excess()? / current)
}

/// `d ln S_xs/d(mu/kT)` of one sub-band from eta to eta + 1, at a current that needs some voltage.
fn slope(rates: RateLaw, eta: f64) -> Result<f64, Refused> {
    let contact = PointContact::uniform(&[0.0], rates)?;
    let current = eta.exp();
    Ok((kinetic(&contact, eta + 1.0, current)? / kinetic(&contact, eta, current)?).ln())
}

/// Peaks of a curve, from values a hundredth of kT apart.
fn all([from, to]: [f64; 2], f: impl Fn(f64) -> Result<f64, Refused>) -> Result<Vec<Peak>, Refused> {
    let steps = 1200;
    let x: Vec<f64> = (0..=steps).map(|k| from + (to - from) * f64::from(k) / f64::from(steps)).collect();
    let y: Vec<f64> = x.iter().map(|x| f(*x)).collect::<Result<_, _>>()?;
    Ok(peaks(&x, &y))
}

fn highest(range: [f64; 2], f: impl Fn(f64) -> Result<f64, Refused>) -> Result<Peak, Refused> {
    let found = all(range, f)?.into_iter().max_by(|a, b| a.height.total_cmp(&b.height));
    found.ok_or_else(|| "no peak".into())
}

/// One sub-band with tau_in = f0^a tau_el at a current of one.
fn one(at: &Arguments) -> Result<Peak, Refused> {
    let contact = PointContact::uniform(&[0.0], RateLaw::surrogate(at.get("exponent")?))?;
    highest(AROUND, |eta| kinetic(&contact, eta, 1.0))
}

/// Excess noise of one sub-band with tau_in = tau_el at eV = kT.
fn at_voltage(eta: f64) -> Result<f64, Refused> {
    let contact = PointContact::uniform(&[0.0], RateLaw::ideal(1.0))?;
    Ok(contact.closed_form(eta, Drive::Voltage(1.0))?.excess(Source::Compressibility, Excess::Johnson)?)
}

/// Exponent of f between 50 and 100 nA.
fn growth(at: &Arguments, f: impl Fn(f64) -> Result<f64, Refused>) -> Result<f64, Refused> {
    let ampere = 1e-9 / si(at)?.current();
    super::super::exponent_between(50.0 * ampere, 100.0 * ampere, f)
}
