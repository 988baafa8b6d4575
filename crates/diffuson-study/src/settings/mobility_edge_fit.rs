//! Settings of a study of kind `mobility-edge-fit`: temperatures in K, conductivities in S/m, thermopowers in V/K.

use super::fitting::{self, Measured, MonteCarlo};
use super::{Missing, Problem, problem};
use crate::study::View;
use diffuson::localization::THERMOPOWER_UNIT;
use diffuson::localization::joint::{Data, Estimated, Law, Method, Point, Sample};

/// All settings of a `mobility-edge-fit` study.
#[derive(Clone, Debug, PartialEq)]
pub struct MobilityEdgeFit {
    /// The file of the measurements.
    pub measured: Measured,
    /// Relative errors of conductivity and thermopower where the file has none.
    pub relative_errors: [Option<f64>; 2],
    /// Absolute error of the thermopower, in V/K, added in quadrature.
    pub thermopower_noise: f64,
    /// What is fitted.
    pub law: Law,
    /// Largest |S| of Eq. 41, in k_B/e.
    pub window: f64,
    /// The Monte Carlo.
    pub monte_carlo: MonteCarlo,
}

impl MobilityEdgeFit {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        Ok(Self {
            measured: Measured::new(view)?,
            relative_errors: ["data.conductivity_error", "data.thermopower_error"]
                .map(|key| view.number_if_any(key)),
            thermopower_noise: view.number_if_any("data.thermopower_noise").unwrap_or(0.0),
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
            monte_carlo: MonteCarlo::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.measured.problems("temperature");
        let has = |name: &str| self.measured.has(name);
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
            let key = "data.conductivity_error";
            problems.push(fitting::no_errors("conductivity", &format!("or {key}"), &format!("{key} = 0.01")));
        }
        let noise = self.thermopower_noise > 0.0 || self.relative_errors[1].is_some();
        if has("thermopower") && !errors("thermopower") && !noise {
            let key = "data.thermopower_error";
            problems.push(fitting::no_errors("thermopower", &format!("or {key}"), &format!("{key} = 0.03")));
        }
        problems
    }

    /// The measurements within the temperature range, sample by sample in the order of the file, and the lines of the file they are in.
    pub(crate) fn samples(&self) -> (Vec<Sample>, Vec<Vec<usize>>) {
        let names = self.measured.table.words("sample").unwrap_or_default();
        let (points, lines_of_points) = self.measured.points(|row, temperature| {
            let column = |name: &str| self.measured.number(name, row);
            let error = |name: &str, value: f64, relative: Option<f64>| {
                self.measured.error(name, row, value, relative)
            };
            let [of_conductivity, of_thermopower] = self.relative_errors;
            let direct = column("conductivity").map(|value| Estimated {
                value,
                standard_error: error("conductivity", value, of_conductivity),
            });
            let inverse = column("resistivity").map(|rho| Estimated {
                value: 1.0 / rho,
                standard_error: error("resistivity", rho, of_conductivity) / (rho * rho),
            });
            let thermopower = column("thermopower").map(|value| Estimated {
                value,
                standard_error: error("thermopower", value, of_thermopower).hypot(self.thermopower_noise),
            });
            let point = Point {
                temperature,
                temperature_error: column("temperature_error").unwrap_or(0.0),
                conductivity: direct.or(inverse),
                thermopower,
            };
            (point.conductivity.is_some() || point.thermopower.is_some()).then_some((names.get(row)?, point))
        });
        let (mut samples, mut lines): (Vec<Sample>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for ((name, point), line) in points.into_iter().zip(lines_of_points) {
            let at = samples.iter().position(|s| s.name == *name).unwrap_or_else(|| {
                samples.push(Sample { name: name.clone(), points: Vec::new() });
                lines.push(Vec::new());
                samples.len() - 1
            });
            samples[at].points.push(point);
            lines[at].push(line);
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
