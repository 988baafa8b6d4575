//! Figures of a local-heat run.
//!
//! - `map`: potential, heat and temperature of one sample, site by site
//! - `exponents`: rms heat against probe coupling and conductivity, with the laws of theory
//! - `correlation`: radial correlation function of the heat
//! - `profile`: averaged potential along the current, with its interior slope

mod correlation;
mod exponents;
mod map;
mod profile;
mod style;

use crate::error::ReportError;
use crate::figure::Figure;
use crate::record::Record;
use crate::run::Run;

pub(crate) use map::layer;

/// The figures of a record of kind `local-heat`.
///
/// # Errors
///
/// [`ReportError::Kind`] for another kind, [`ReportError::Missing`] or [`ReportError::Shape`] if
/// the record contradicts itself. Missing data is no error: the figure then says what is missing.
pub fn figures(record: &Record) -> Result<Vec<Figure>, ReportError> {
    let run = Run::new(record)?;
    let mut figures = vec![map::first(&run)];
    figures.extend(exponents::draw(&run));
    figures.push(correlation::draw(&run));
    figures.push(profile::draw(&run));
    Ok(figures)
}

/// The map of one sample of one point.
///
/// # Errors
///
/// As [`figures`], and [`ReportError::NoSample`] if the record holds no fields of this sample.
pub fn map(record: &Record, point: usize, sample: usize) -> Result<Figure, ReportError> {
    let run = Run::new(record)?;
    map::draw(&run, point, sample).ok_or(ReportError::NoSample { point, sample })
}
