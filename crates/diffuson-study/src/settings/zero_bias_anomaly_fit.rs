//! Settings of a study of kind `zero-bias-anomaly-fit`: biases in V, temperatures in K, conductances in e^2/h.

use super::{Missing, Problem, problem};
use crate::parse::table::Measurements;
use crate::study::View;
use diffuson::defects::Conductance;
use diffuson::defects::zero_bias::{Data, Law, Point, ZeroBiasError};
use diffuson::units::CONDUCTANCE_UNIT;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// All settings of a `zero-bias-anomaly-fit` study.
#[derive(Clone, Debug, PartialEq)]
pub struct ZeroBiasAnomalyFit {
    /// The file of the measurements, column by column.
    pub(crate) table: Arc<Measurements>,
    /// Temperatures that take part, in K.
    pub temperatures: RangeInclusive<f64>,
    /// Moduli of the bias that take part, in V.
    pub biases: RangeInclusive<f64>,
    /// Relative error of the conductance where the file has none.
    pub relative_error: Option<f64>,
    /// Absolute error of the conductance, in e^2/h, added in quadrature.
    pub noise: f64,
    /// What is fitted.
    pub law: Law,
    /// Repetitions of the experiment for each picture.
    pub repetitions: usize,
    /// Steps of the Monte Carlo; zero for none.
    pub steps: usize,
    /// Its seed.
    pub seed: u64,
}

impl ZeroBiasAnomalyFit {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let limit = |key, default| view.number_if_any(key).unwrap_or(default);
        let measured = match view.word("data.measured")? {
            "chord" => Conductance::Chord,
            _ => Conductance::Differential,
        };
        Ok(Self {
            table: view.table("data.file")?,
            temperatures: limit("data.from", 0.0)..=limit("data.to", f64::INFINITY),
            biases: limit("data.bias_from", 0.0)..=limit("data.bias_to", f64::INFINITY),
            relative_error: view.number_if_any("data.conductance_error"),
            noise: limit("data.conductance_noise", 0.0),
            law: Law {
                measured,
                frozen: measured == Conductance::Differential && view.word("defects.modulation")? == "frozen",
                crossover: view.number_if_any("defects.crossover"),
                share: view.number_if_any("kondo.share"),
                linear: view.word("background.linear")? == "fitted",
                quadratic: view.word("background.heating")? == "fitted",
            },
            repetitions: view.count("comparison.repetitions")?,
            steps: view.count("posterior.steps")?,
            seed: view.count("posterior.seed")? as u64,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, from, empty, noun) in [
            ("data.to", "data.from", self.temperatures.is_empty(), "temperatures"),
            ("data.bias_to", "data.bias_from", self.biases.is_empty(), "biases"),
        ] {
            if empty {
                problems.push(problem(
                    key,
                    &format!("is not above {from}"),
                    &format!("a number above {from}"),
                    &format!("{noun} between the two take part in the fit"),
                ));
            }
        }
        let has = |name: &str| self.table.numbers(name).is_some();
        let [conductance, resistance] = ["conductance", "resistance"].map(has);
        if conductance == resistance {
            let what = if conductance { "both" } else { "neither" };
            problems.push(problem(
                "data.file",
                &format!("has {what} of the columns `conductance` and `resistance`"),
                "one of the two columns",
                "the first line of the file names the columns",
            ));
        }
        for name in ["bias", "temperature"] {
            if has(&format!("{name}_error")) {
                problems.push(problem(
                    "data.file",
                    &format!("has errors of the {name}"),
                    "errors of the conductance alone",
                    "turn them into errors of the conductance: multiply by the slope and add in quadrature",
                ));
            }
        }
        let errors = has("conductance_error") || has("resistance_error");
        if conductance != resistance && !errors && self.relative_error.is_none() && self.noise == 0.0 {
            problems.push(problem(
                "data.file",
                "has no column `conductance_error`",
                "errors in the file, data.conductance_error or data.conductance_noise",
                "a fit needs to know how sure its data are: add data.conductance_noise = 0.01 (your value) to [data]",
            ));
        }
        problems
    }

    /// The measurements within the windows, in the order of the file, and the lines of the file they are in.
    pub(crate) fn points(&self) -> (Vec<Point>, Vec<usize>) {
        let column =
            |name: &str, row: usize| self.table.numbers(name).map(|c| c[row]).filter(|v| v.is_finite());
        let rows = self.table.numbers("bias").map_or(0, <[f64]>::len);
        let point = |row: usize| {
            let bias = column("bias", row).filter(|v| self.biases.contains(&v.abs()))?;
            let temperature = column("temperature", row).filter(|t| self.temperatures.contains(t))?;
            let relative = |name: &str, value: f64| {
                column(&format!("{name}_error"), row)
                    .map(|e| e / value)
                    .or(self.relative_error)
                    .unwrap_or(0.0)
            };
            let direct = column("conductance", row).map(|g| (g, relative("conductance", g)));
            let inverse = || {
                column("resistance", row).map(|r| (1.0 / (CONDUCTANCE_UNIT * r), relative("resistance", r)))
            };
            let (conductance, relative) = direct.or_else(inverse)?;
            let standard_error = (relative * conductance).hypot(self.noise);
            Some((Point { bias, temperature, conductance, standard_error }, self.table.line(row)))
        };
        (0..rows).filter_map(point).unzip()
    }

    /// The data as they are fitted.
    pub(crate) fn data(&self) -> Result<Data, String> {
        let (points, lines) = self.points();
        Data::new(points).map_err(|e| match &e {
            ZeroBiasError::Point { index, .. } => format!("{e} (line {} of the file)", lines[*index]),
            ZeroBiasError::Empty => "no measurements are left".to_owned(),
            e => e.to_string(),
        })
    }
}
