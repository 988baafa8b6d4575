//! Paper 001: defects that move in a point contact. Printed formulas are evaluated as printed, what they are held against by the engines of the library.
//! Units are those of `diffuson::defects` unless a statement says otherwise.

use super::{Arguments, Refused};

/// A part: the value of its formulas by name.
type Part = fn(&str, &Arguments) -> Result<Option<f64>, Refused>;

const PARTS: [Part; 0] = [];

/// Value of a named formula.
pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    for part in PARTS {
        if let Some(value) = part(name, at)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
