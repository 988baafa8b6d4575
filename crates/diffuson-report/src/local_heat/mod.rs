//! Figures of a local-heat run.
//!
//! - `map`: potential, heat and temperature of one sample, site by site
//! - `exponents`: rms heat against probe coupling and conductivity, with the laws of theory
//! - `correlation`: radial correlation function of the heat
//! - `profile`: averaged potential along the current, with its interior slope

mod correlation;
mod explorer;
mod exponents;
mod map;
mod profile;
mod question;

use crate::error::ReportError;
use crate::figure::Figure;
use crate::kind::Kind;
use crate::record::Record;
use crate::run::Run;

/// The kind `local-heat`.
pub(crate) const KIND: Kind = Kind {
    name: "local-heat",
    columns: &[
        ("inelastic_length", "L_in"),
        ("conductivity", "sigma"),
        ("heat_rms_box", "rms heat (box L_in)"),
        ("heat_prefactor", "prefactor"),
        ("temperature_rms", "rms temperature"),
    ],
    shown: &["conductance", "potential", "heat", "temperature", "joule"],
    figures: |run| {
        let mut figures = vec![map::first(run)];
        figures.extend(exponents::draw(run));
        figures.push(correlation::draw(run));
        figures.push(profile::draw(run));
        figures
    },
    question: question::describe,
    explorer: explorer::explorer,
};

/// The map of one sample of one point.
///
/// # Errors
///
/// As [`figures`](crate::figures), [`ReportError::Kind`] also for a record of a kind without maps, and [`ReportError::NoSample`] if the record holds
/// no fields of this sample.
pub fn map(record: &Record, point: usize, sample: usize) -> Result<Figure, ReportError> {
    let kind = Kind::of(record)?.name;
    if kind != KIND.name {
        return Err(ReportError::Kind { kind: kind.to_owned(), known: KIND.name.to_owned() });
    }
    let run = Run::new(record)?;
    map::draw(&run, point, sample).ok_or(ReportError::NoSample { point, sample })
}
