//! Settings of a study of kind `zero-bias-anomaly-fit`: biases in V, temperatures in K, conductances in e^2/h.

use super::fitting::{self, Measured, MonteCarlo};
use super::{Missing, Problem, problem};
use crate::study::View;
use diffuson::defects::Conductance;
use diffuson::defects::zero_bias::{Data, Law, Point};
use diffuson::units::CONDUCTANCE_UNIT;
use std::ops::RangeInclusive;

/// All settings of a `zero-bias-anomaly-fit` study.
#[derive(Clone, Debug, PartialEq)]
pub struct ZeroBiasAnomalyFit {
    /// The file of the measurements.
    pub measured: Measured,
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
    /// The Monte Carlo.
    pub monte_carlo: MonteCarlo,
}

/// Keys of their window.
const BIASES: [&str; 2] = ["data.bias_from", "data.bias_to"];

impl ZeroBiasAnomalyFit {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let conductance = match view.word("data.measured")? {
            "chord" => Conductance::Chord,
            _ => Conductance::Differential,
        };
        Ok(Self {
            measured: Measured::new(view)?,
            biases: fitting::window(view, BIASES),
            relative_error: view.number_if_any("data.conductance_error"),
            noise: view.number_if_any("data.conductance_noise").unwrap_or(0.0),
            law: Law {
                measured: conductance,
                frozen: conductance == Conductance::Differential
                    && view.word("defects.modulation")? == "frozen",
                crossover: view.number_if_any("defects.crossover"),
                share: view.number_if_any("kondo.share"),
                linear: view.word("background.linear")? == "fitted",
                quadratic: view.word("background.heating")? == "fitted",
            },
            repetitions: view.count("comparison.repetitions")?,
            monte_carlo: MonteCarlo::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.measured.problems("number");
        problems.extend(fitting::empty(&self.biases, BIASES, ["number", "biases"]));
        let has = |name: &str| self.measured.has(name);
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
            let keys = "data.conductance_error or data.conductance_noise";
            problems.push(fitting::no_errors("conductance", keys, "data.conductance_noise = 0.01"));
        }
        problems
    }

    /// The measurements within the windows, in the order of the file, and the lines of the file they are in.
    pub(crate) fn points(&self) -> (Vec<Point>, Vec<usize>) {
        self.measured.points(|row, temperature| {
            let column = |name: &str| self.measured.number(name, row);
            let bias = column("bias").filter(|v| self.biases.contains(&v.abs()))?;
            let relative = |name: &str, value: f64| {
                column(&format!("{name}_error")).map(|e| e / value).or(self.relative_error).unwrap_or(0.0)
            };
            let direct = column("conductance").map(|g| (g, relative("conductance", g)));
            let inverse =
                || column("resistance").map(|r| (1.0 / (CONDUCTANCE_UNIT * r), relative("resistance", r)));
            let (conductance, relative) = direct.or_else(inverse)?;
            let standard_error = (relative * conductance).hypot(self.noise);
            Some(Point { bias, temperature, conductance, standard_error })
        })
    }

    /// The data as they are fitted.
    pub(crate) fn data(&self) -> Result<Data, String> {
        let (points, lines) = self.points();
        Data::new(points).map_err(|e| fitting::refused(&e, |_, index| lines[index]))
    }
}
