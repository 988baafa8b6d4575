//! Paper 001: defects that move in a point contact. Printed formulas are evaluated as printed, what they are held against by the engines of the library.
//! Units are those of `diffuson::defects` unless a statement says otherwise.

mod anomaly;
mod direct_bias;
mod ensembles;
mod kondo;
mod lattice;
mod many_sites;
mod multiple;
mod occupation;
mod pairs;
mod single;
mod waves;

use super::{Arguments, Refused};
use diffuson::audit::Audit;
use diffuson::defects::Electrons;

/// A part: the value of its formulas by name.
type Part = fn(&str, &Arguments) -> Result<Option<f64>, Refused>;

const PARTS: [Part; 11] = [
    single::value,
    pairs::value,
    multiple::value,
    waves::value,
    ensembles::value,
    lattice::value,
    occupation::value,
    anomaly::value,
    many_sites::value,
    direct_bias::value,
    kondo::value,
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

/// Electrons without temperature and field.
const COLD: Electrons = Electrons { temperature: 0.0, field: [0.0; 3] };

fn passed(audit: &Audit) -> Result<(), Refused> {
    match audit.laws().iter().find(|l| !l.passed()) {
        None => Ok(()),
        Some(l) => Err(format!("{}: {:e}, allowed {:e}", l.name, l.residual, l.allowed).into()),
    }
}
