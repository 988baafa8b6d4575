//! Settings of a study of kind `mobility-edge-fit`: temperatures in K, conductivities in S/m, thermopowers in V/K.

use super::{Missing, Problem, problem};
use crate::parse::table::Measurements;
use crate::study::View;
use diffuson::localization::THERMOPOWER_UNIT;
use diffuson::localization::joint::{Data, Estimated, Law, Method, Point, Sample};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// All settings of a `mobility-edge-fit` study.
#[derive(Clone, Debug, PartialEq)]
pub struct MobilityEdgeFit {
    /// The file of the measurements, column by column.
    pub(crate) table: Arc<Measurements>,
    /// Temperatures that take part, in K.
    pub temperatures: RangeInclusive<f64>,
    /// Relative errors of conductivity and thermopower where the file has none.
    pub relative_errors: [Option<f64>; 2],
    /// Absolute error of the thermopower, in V/K, added in quadrature.
    pub thermopower_noise: f64,
    /// What is fitted.
    pub law: Law,
    /// Largest |S| of Eq. 41, in k_B/e.
    pub window: f64,
    /// Steps of the Monte Carlo; zero for none.
    pub steps: usize,
    /// Its seed.
    pub seed: u64,
}

impl MobilityEdgeFit {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let limit = |key, default| view.number_if_any(key).unwrap_or(default);
        Ok(Self {
            table: view.table("data.file")?,
            temperatures: limit("data.from", 0.0)..=limit("data.to", f64::INFINITY),
            relative_errors: ["data.conductivity_error", "data.thermopower_error"]
                .map(|key| view.number_if_any(key)),
            thermopower_noise: limit("data.thermopower_noise", 0.0),
            law: Law {
                method: match view.word("fit.method")? {
                    "conductivity" => Method::Conductivity,
                    "thermopower" => Method::Thermopower,
                    _ => Method::Joint,
                },
                curvature: view.word("fit.curvature")? == "fitted",
                geometry: view.number_if_any("fit.geometry"),
                gain: view.number_if_any("fit.gain"),
                offset: view.number_if_any("fit.offset"),
            },
            window: view.number("fit.window")? / THERMOPOWER_UNIT,
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
        if has("conductivity") && has("resistivity") {
            problems.push(problem(
                "data.file",
                "has both a conductivity and a resistivity",
                "one of the two columns",
                "remove one column: it would count twice",
            ));
        }
        let sigma = has("conductivity") || has("resistivity");
        for (given, method, name, other) in [
            (sigma, Method::Thermopower, "conductivity", "thermopower"),
            (has("thermopower"), Method::Conductivity, "thermopower", "conductivity"),
        ] {
            if !given && self.law.method != method {
                problems.push(problem(
                    "data.file",
                    &format!("has no column `{name}`"),
                    &format!("a file with `{name}`, or fit.method = \"{other}\""),
                    "the first line of the file names the columns",
                ));
            }
        }
        let errors = |name: &str| has(&format!("{name}_error"));
        let sigma_errors = errors("conductivity") || errors("resistivity");
        if sigma && !sigma_errors && self.relative_errors[0].is_none() {
            problems.push(problem(
                "data.file",
                "has no column `conductivity_error`",
                "errors in the file, or data.conductivity_error",
                "a fit needs to know how sure its data are: add data.conductivity_error = 0.01 (your value) to [data]",
            ));
        }
        let noise = self.thermopower_noise > 0.0 || self.relative_errors[1].is_some();
        if has("thermopower") && !errors("thermopower") && !noise {
            problems.push(problem(
                "data.file",
                "has no column `thermopower_error`",
                "errors in the file, or data.thermopower_error",
                "a fit needs to know how sure its data are: add data.thermopower_error = 0.03 (your value) to [data]",
            ));
        }
        problems
    }

    /// The measurements within the temperature range, sample by sample in the order of the file, and the lines of the file they are in.
    pub(crate) fn samples(&self) -> (Vec<Sample>, Vec<Vec<usize>>) {
        let table = &self.table;
        let column = |name: &str, row: usize| table.numbers(name).map(|c| c[row]).filter(|v| v.is_finite());
        let names = table.words("sample").unwrap_or_default();
        let (mut samples, mut lines): (Vec<Sample>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for (row, name) in names.iter().enumerate() {
            let Some(temperature) = column("temperature", row).filter(|t| self.temperatures.contains(t))
            else {
                continue;
            };
            let error = |name: &str, value: f64, relative: Option<f64>| {
                column(&format!("{name}_error"), row).or(relative.map(|r| r * value.abs())).unwrap_or(0.0)
            };
            let direct = column("conductivity", row).map(|value| Estimated {
                value,
                standard_error: error("conductivity", value, self.relative_errors[0]),
            });
            let inverse = column("resistivity", row).map(|rho| Estimated {
                value: 1.0 / rho,
                standard_error: error("resistivity", rho, self.relative_errors[0]) / (rho * rho),
            });
            let thermopower = column("thermopower", row).map(|value| Estimated {
                value,
                standard_error: error("thermopower", value, self.relative_errors[1])
                    .hypot(self.thermopower_noise),
            });
            let point = Point {
                temperature,
                temperature_error: column("temperature_error", row).unwrap_or(0.0),
                conductivity: direct.or(inverse),
                thermopower,
            };
            if point.conductivity.is_none() && point.thermopower.is_none() {
                continue;
            }
            let at = samples.iter().position(|s| s.name == *name).unwrap_or_else(|| {
                samples.push(Sample { name: name.clone(), points: Vec::new() });
                lines.push(Vec::new());
                samples.len() - 1
            });
            samples[at].points.push(point);
            lines[at].push(table.line(row));
        }
        (samples, lines)
    }

    /// The data as they are fitted.
    pub(crate) fn data(&self) -> Result<Data, String> {
        let (samples, lines) = self.samples();
        let line = |name: &str, index: usize| {
            let at = samples.iter().position(|s| s.name == name)?;
            lines[at].get(index).copied()
        };
        Data::new(samples.clone()).map_err(|e| match &e {
            diffuson::localization::joint::JointError::Point { sample, index, .. } => {
                format!("{e} (line {} of the file)", line(sample, *index).unwrap_or(0))
            }
            diffuson::localization::joint::JointError::Empty => "no measurements are left".to_owned(),
            e => e.to_string(),
        })
    }
}
