//! Statements about formulas: numbers from the functions of the library or from quadratures of what is printed, a file per paper.

mod droplets;
mod local_heat;
mod mobility_edge;
mod moving_defects;
mod point_contact;

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
        "001" => moving_defects::value,
        "002" => mobility_edge::value,
        "003" => droplets::value,
        "004" => point_contact::value,
        _ => return Err(MeasureError::Missing(format!("no formulas of paper {paper}"))),
    };
    let found =
        of_paper(name, &Arguments(at)).map_err(|e| MeasureError::Missing(format!("`{name}`: {e}")))?;
    found.ok_or_else(|| MeasureError::Missing(format!("no formula `{name}`")))
}

/// Where a function changes sign between a and b, by halving.
fn root(mut a: f64, mut b: f64, mut f: impl FnMut(f64) -> Result<f64, Refused>) -> Result<f64, Refused> {
    let rising = f(b)? > 0.0;
    if (f(a)? > 0.0) == rising {
        return Err(format!("no change of sign between {a} and {b}").into());
    }
    for _ in 0..60 {
        let mid = 0.5 * (a + b);
        if (f(mid)? > 0.0) == rising { b = mid } else { a = mid }
    }
    Ok(0.5 * (a + b))
}

/// The logarithmic slope of f between a and b.
fn exponent_between(a: f64, b: f64, f: impl Fn(f64) -> Result<f64, Refused>) -> Result<f64, Refused> {
    Ok((f(b)? / f(a)?).ln() / (b / a).ln())
}
