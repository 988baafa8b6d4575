//! Statements about formulas: numbers from the functions of the library or from quadratures of what is printed, a file per paper.

mod local_heat;
mod mobility_edge;

use super::measure::MeasureError;
use std::collections::BTreeMap;
use std::error::Error;

/// Why there is no number.
type Refused = Box<dyn Error>;

/// Where a formula is evaluated: `at = { x = 0.5 }`.
struct Arguments<'a>(&'a BTreeMap<String, f64>);

impl Arguments<'_> {
    fn get(&self, name: &str) -> Result<f64, Refused> {
        self.0.get(name).copied().ok_or_else(|| format!("the formula needs `{name}`").into())
    }
}

/// Value of a formula of a paper.
pub(super) fn value(paper: &str, name: &str, at: &BTreeMap<String, f64>) -> Result<f64, MeasureError> {
    let of_paper = match paper {
        "000" => local_heat::value,
        "002" => mobility_edge::value,
        _ => return Err(MeasureError::Missing(format!("no formulas of paper {paper}"))),
    };
    let found =
        of_paper(name, &Arguments(at)).map_err(|e| MeasureError::Missing(format!("`{name}`: {e}")))?;
    found.ok_or_else(|| MeasureError::Missing(format!("no formula `{name}`")))
}
