//! Settings of a study of kind `droplets-fit`: temperatures and rates in K, susceptibilities in the unit of the file.

use super::{Missing, Problem, problem};
use crate::parse::table::Measurements;
use crate::study::View;
use diffuson::droplets::fit::{Data, FitError, Point, Table};
use diffuson::droplets::{Counting, TimeReversal};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// All settings of a `droplets-fit` study.
#[derive(Clone, Debug, PartialEq)]
pub struct DropletsFit {
    /// The file of the measurements, column by column.
    pub(crate) table: Arc<Measurements>,
    /// Temperatures that take part, in K.
    pub temperatures: RangeInclusive<f64>,
    /// Relative errors of susceptibility and dephasing rate where the file has none.
    pub relative_errors: [Option<f64>; 2],
    /// c_1 and c_4.
    pub prefactors: [f64; 2],
    /// Which diagrams make gamma.
    pub counting: Counting,
    /// Which symmetry, where that counts.
    pub time_reversal: TimeReversal,
    /// g, and hbar/(k_B tau) in K.
    pub metal: Option<[f64; 2]>,
    /// Whether a term B T^2 is fitted.
    pub quadratic: bool,
    /// Repetitions of the experiment for each picture.
    pub repetitions: usize,
    /// Steps of the Monte Carlo; zero for none.
    pub steps: usize,
    /// Its seed.
    pub seed: u64,
}

/// Columns of the file in the order of the tables of the data.
const COLUMNS: [(Table, &str, &str); 2] = [
    (Table::Susceptibilities, "susceptibility", "data.susceptibility_error"),
    (Table::Rates, "dephasing_rate", "data.dephasing_error"),
];

impl DropletsFit {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let limit = |key, default| view.number_if_any(key).unwrap_or(default);
        let counting = match view.word("counting.diagrams")? {
            "four" => Counting::FourDiagrams,
            _ => Counting::Complete,
        };
        let broken = counting == Counting::Complete && view.word("counting.time_reversal")? == "broken";
        let metal = match view.number_if_any("metal.conductance") {
            Some(conductance) => Some([conductance, view.number("metal.scattering_rate")?]),
            None => None,
        };
        Ok(Self {
            table: view.table("data.file")?,
            temperatures: limit("data.from", 0.0)..=limit("data.to", f64::INFINITY),
            relative_errors: COLUMNS.map(|(_, _, key)| view.number_if_any(key)),
            prefactors: [view.number("prefactors.susceptibility")?, view.number("prefactors.dephasing")?],
            counting,
            time_reversal: if broken { TimeReversal::Broken } else { TimeReversal::Unbroken },
            metal,
            quadratic: view.word("dephasing.quadratic")? == "fitted",
            repetitions: view.count("comparison.repetitions")?,
            steps: view.count("posterior.steps")?,
            seed: view.count("posterior.seed")? as u64,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.temperatures.is_empty() {
            problems.push(problem(
                "data.to",
                "is not above data.from",
                "a temperature above data.from",
                "temperatures between the two take part in the fit",
            ));
        }
        let has = |name: &str| self.table.numbers(name).is_some();
        if COLUMNS.iter().all(|(_, name, _)| !has(name)) {
            problems.push(problem(
                "data.file",
                "has neither of the columns `susceptibility` and `dephasing_rate`",
                "one of the two columns, or both",
                "the first line of the file names the columns",
            ));
        }
        if has("temperature_error") {
            problems.push(problem(
                "data.file",
                "has errors of the temperature",
                "errors of susceptibility and dephasing rate alone",
                "turn them into errors of what was measured: multiply by the slope and add in quadrature",
            ));
        }
        for ((_, name, key), relative) in COLUMNS.into_iter().zip(self.relative_errors) {
            if has(name) && !has(&format!("{name}_error")) && relative.is_none() {
                problems.push(problem(
                    "data.file",
                    &format!("has no column `{name}_error`"),
                    &format!("errors in the file, or {key}"),
                    &format!(
                        "a fit needs to know how sure its data are: add {key} = 0.02 (your value) to [data]"
                    ),
                ));
            }
        }
        problems
    }

    /// The measurements of a table within the window, in the order of the file, and the lines of the file they are in.
    pub(crate) fn points(&self, table: Table) -> (Vec<Point>, Vec<usize>) {
        let (_, name, _) = COLUMNS[table as usize];
        let column =
            |name: &str, row: usize| self.table.numbers(name).map(|c| c[row]).filter(|v| v.is_finite());
        let rows = self.table.numbers("temperature").map_or(0, <[f64]>::len);
        let point = |row: usize| {
            let temperature = column("temperature", row).filter(|t| self.temperatures.contains(t))?;
            let value = column(name, row)?;
            let relative = self.relative_errors[table as usize].unwrap_or(0.0);
            let standard_error = column(&format!("{name}_error"), row).unwrap_or(relative * value.abs());
            Some((Point { temperature, value, standard_error }, self.table.line(row)))
        };
        (0..rows).filter_map(point).unzip()
    }

    /// The data as they are fitted.
    pub(crate) fn data(&self) -> Result<Data, String> {
        let [susceptibilities, rates] = [Table::Susceptibilities, Table::Rates].map(|t| self.points(t).0);
        Data::new(susceptibilities, rates).map_err(|e| match &e {
            FitError::Point { table, index, .. } => {
                format!("{e} (line {} of the file)", self.points(*table).1[*index])
            }
            FitError::Empty => "no measurements are left".to_owned(),
            e => e.to_string(),
        })
    }
}
