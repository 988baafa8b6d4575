//! Settings of a study of kind `droplets-fit`: temperatures and rates in K, susceptibilities in the unit of the file.

use super::fitting::{self, Measured, MonteCarlo};
use super::{Missing, Problem, problem};
use crate::study::View;
use diffuson::droplets::fit::{Data, Point, Table};
use diffuson::droplets::{Counting, TimeReversal};

/// All settings of a `droplets-fit` study.
#[derive(Clone, Debug, PartialEq)]
pub struct DropletsFit {
    /// The file of the measurements.
    pub measured: Measured,
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
    /// The Monte Carlo.
    pub monte_carlo: MonteCarlo,
}

/// Columns of the file in the order of the tables of the data.
const COLUMNS: [(Table, &str, &str); 2] = [
    (Table::Susceptibilities, "susceptibility", "data.susceptibility_error"),
    (Table::Rates, "dephasing_rate", "data.dephasing_error"),
];

impl DropletsFit {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
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
            measured: Measured::new(view)?,
            relative_errors: COLUMNS.map(|(_, _, key)| view.number_if_any(key)),
            prefactors: [view.number("prefactors.susceptibility")?, view.number("prefactors.dephasing")?],
            counting,
            time_reversal: if broken { TimeReversal::Broken } else { TimeReversal::Unbroken },
            metal,
            quadratic: view.word("dephasing.quadratic")? == "fitted",
            repetitions: view.count("comparison.repetitions")?,
            monte_carlo: MonteCarlo::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.measured.problems("temperature");
        let has = |name: &str| self.measured.has(name);
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
                problems.push(fitting::no_errors(name, &format!("or {key}"), &format!("{key} = 0.02")));
            }
        }
        problems
    }

    /// The measurements of a table within the window, in the order of the file, and the lines of the file they are in.
    pub(crate) fn points(&self, table: Table) -> (Vec<Point>, Vec<usize>) {
        let (_, name, _) = COLUMNS[table as usize];
        let relative = self.relative_errors[table as usize];
        self.measured.points(|row, temperature| {
            let value = self.measured.number(name, row)?;
            let standard_error = self.measured.error(name, row, value, relative);
            Some(Point { temperature, value, standard_error })
        })
    }

    /// The data as they are fitted.
    pub(crate) fn data(&self) -> Result<Data, String> {
        let [susceptibilities, rates] = [Table::Susceptibilities, Table::Rates].map(|t| self.points(t).0);
        let refused = |e| fitting::refused(&e, |table, index| self.points(table).1[index]);
        Data::new(susceptibilities, rates).map_err(refused)
    }
}
