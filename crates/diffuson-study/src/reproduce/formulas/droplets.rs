//! Paper 003: spin droplets near the Stoner instability. Printed formulas are evaluated as printed, what they are held against by the engines of the library.
//! Units are those of `diffuson::droplets`; `counting` is 0 for four diagrams, 1 and 2 for the complete count without and with Cooperons.

mod interaction;
mod joint;
mod observables;
mod rings;
mod saddle;
mod sample;
mod spin;
mod weights;

use super::{Arguments, Refused};
use diffuson::droplets::{
    Coefficients, Counting, Metal, Profile, ProfileRings, Resolution, RingIntegral, TimeReversal,
};
use std::sync::OnceLock;

/// A part: the value of its formulas by name.
type Part = fn(&str, &Arguments) -> Result<Option<f64>, Refused>;

const PARTS: [Part; 8] = [
    rings::value,
    weights::value,
    spin::value,
    interaction::value,
    observables::value,
    joint::value,
    saddle::value,
    sample::value,
];

/// Value of a named formula.
pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    for part in PARTS {
        if let Some(value) = part(name, at)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// A profile with its rings, which take seconds.
struct Shape {
    profile: Profile,
    rings: ProfileRings,
}

/// The optimal profile (1) or the Gaussian (0), found once.
fn shape(optimal: f64) -> Result<&'static Shape, Refused> {
    static GAUSSIAN: Once<Shape> = OnceLock::new();
    static OPTIMUM: Once<Shape> = OnceLock::new();
    let found = |profile: Profile| Ok(Shape { rings: ProfileRings::of(&profile)?, profile });
    match optimal == 1.0 {
        true => once(&OPTIMUM, || found(Profile::optimum(Resolution::STANDARD)?)),
        false => once(&GAUSSIAN, || found(Profile::gaussian())),
    }
}

/// What several statements ask for and is made by the first.
type Once<T> = OnceLock<Result<T, String>>;

fn once<T>(
    known: &'static Once<T>,
    make: impl FnOnce() -> Result<T, Refused>,
) -> Result<&'static T, Refused> {
    known.get_or_init(|| make().map_err(|e| e.to_string())).as_ref().map_err(|e| e.clone().into())
}

/// Largest error of resolution of ratios that are at most 1: statements give four decimals.
const RESOLVED: f64 = 3e-5;

/// A ratio that the resolution of its profile leaves no doubt about.
fn resolved(found: RingIntegral) -> Result<f64, Refused> {
    let RingIntegral { value, error } = found;
    if error <= RESOLVED { Ok(value) } else { Err(format!("{value} is resolved to {error:.0e} only").into()) }
}

fn counting(at: &Arguments) -> Result<(Counting, TimeReversal), Refused> {
    Ok(match at.get("counting")? {
        0.0 => (Counting::FourDiagrams, TimeReversal::Broken),
        1.0 => (Counting::Complete, TimeReversal::Broken),
        _ => (Counting::Complete, TimeReversal::Unbroken),
    })
}

/// Coefficients of the profile `optimal` in the counting `counting`.
fn coefficients(at: &Arguments) -> Result<Coefficients, Refused> {
    let (counting, time_reversal) = counting(at)?;
    Ok(Coefficients::from_rings(&shape(at.get("optimal")?)?.rings, counting, time_reversal)?)
}

/// The metal of conductance `g` at `distance` = 1 + F_0.
fn metal(at: &Arguments) -> Result<Metal, Refused> {
    Ok(Metal::new(at.get("g")?, at.get("distance")?)?)
}
