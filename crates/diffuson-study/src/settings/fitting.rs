//! What settings of kinds that fit a file of measurements have in common.

use super::{EnsembleSettings, Missing, Problem, problem};
use crate::parse::table::Measurements;
use crate::study::View;
use diffuson::fits::FitError;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Keys of the window of temperatures.
const TEMPERATURES: [&str; 2] = ["data.from", "data.to"];

/// The measurements, and which of them take part.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The file, column by column.
    pub(crate) table: Arc<Measurements>,
    /// Temperatures that take part, in K.
    pub temperatures: RangeInclusive<f64>,
}

impl Measured {
    pub(super) fn new(view: &View<'_>) -> Result<Self, Missing> {
        Ok(Self { table: view.table("data.file")?, temperatures: window(view, TEMPERATURES) })
    }

    /// What is wrong with the window, where a key asks for a `number` of that name.
    pub(super) fn problems(&self, number: &str) -> Vec<Problem> {
        empty(&self.temperatures, TEMPERATURES, [number, "temperatures"]).into_iter().collect()
    }

    /// Whether the file has a column of numbers.
    pub(super) fn has(&self, column: &str) -> bool {
        self.table.numbers(column).is_some()
    }

    /// A number of a row, if it was measured.
    pub(super) fn number(&self, column: &str, row: usize) -> Option<f64> {
        self.table.numbers(column).map(|c| c[row]).filter(|v| v.is_finite())
    }

    /// The standard error of a value: that of the file or, where the file has none, a share of the modulus; zero without either.
    pub(super) fn error(&self, column: &str, row: usize, value: f64, relative: Option<f64>) -> f64 {
        let stated = self.number(&format!("{column}_error"), row);
        stated.or(relative.map(|r| r * value.abs())).unwrap_or(0.0)
    }

    /// What is measured in the rows that take part, from their numbers and temperatures, in the order of the file, and the lines of the file it is in.
    pub(super) fn points<P>(&self, point: impl Fn(usize, f64) -> Option<P>) -> (Vec<P>, Vec<usize>) {
        let at = |row: usize| {
            let temperature = self.number("temperature", row).filter(|t| self.temperatures.contains(t))?;
            Some((point(row, temperature)?, self.table.line(row)))
        };
        (0..self.table.rows()).filter_map(at).unzip()
    }
}

/// Numbers between two keys, either of which may be missing.
pub(super) fn window(view: &View<'_>, [from, to]: [&str; 2]) -> RangeInclusive<f64> {
    view.number_if_any(from).unwrap_or(0.0)..=view.number_if_any(to).unwrap_or(f64::INFINITY)
}

/// That such a window holds nothing; what it is of, in the singular and in the plural.
pub(super) fn empty(
    window: &RangeInclusive<f64>,
    [from, to]: [&'static str; 2],
    [one, all]: [&str; 2],
) -> Option<Problem> {
    window.is_empty().then(|| {
        let allowed = format!("a {one} above {from}");
        let help = format!("{all} between the two take part in the fit");
        problem(to, &format!("is not above {from}"), &allowed, &help)
    })
}

/// That a column has no errors, which keys may supply, such as this one.
pub(super) fn no_errors(column: &str, keys: &str, example: &str) -> Problem {
    problem(
        "data.file",
        &format!("has no column `{column}_error`"),
        &format!("errors in the file, {keys}"),
        &format!("a fit needs to know how sure its data are: add {example} (your value) to [data]"),
    )
}

/// Why the measurements cannot be fitted, with the line of the file that a point of a table is in.
pub(super) fn refused<T: Copy + Display>(error: &FitError<T>, line: impl Fn(T, usize) -> usize) -> String {
    match error {
        FitError::Point { table, index, .. } => {
            format!("{error} (line {} of the file)", line(*table, *index))
        }
        FitError::Empty => "no measurements are left".to_owned(),
        _ => error.to_string(),
    }
}

/// The Monte Carlo of a posterior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonteCarlo {
    /// Steps of every walker; zero for none.
    pub steps: usize,
    /// Seed of the random numbers, those of repetitions of the experiment too.
    pub seed: u64,
}

impl MonteCarlo {
    pub(super) fn new(view: &View<'_>) -> Result<Self, Missing> {
        Ok(Self { steps: view.count("posterior.steps")?, seed: view.count("posterior.seed")? as u64 })
    }

    /// The one sample that a fit is.
    pub(super) fn ensemble(self) -> EnsembleSettings {
        EnsembleSettings { seed: self.seed, ..EnsembleSettings::EXACT }
    }
}
