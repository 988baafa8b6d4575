//! One sample: a realisation of the disorder, its coefficients at all temperatures.

use super::functions::{Family, Functions};
use super::point::{Point, Regime};
use crate::examination;
use crate::strip::{Deviations, leads};
use diffuson::audit::Audit;
use diffuson::probes::{Accuracy, between};
use diffuson::thermal::{Adaptive, Coefficients, OnsagerMatrix, Reservoir, Sample as Realised, Window};
use diffuson::units::SOMMERFELD;
use diffuson_ensemble::random::Realisation;

/// What one sample gives.
pub(super) struct Sample {
    /// One for each temperature.
    pub(super) coefficients: Vec<Coefficients>,
    /// Transmission at the chemical potential and its slope (in 1/t); NaN with probes, and at thresholds.
    pub(super) at_zero: [f64; 2],
    pub(super) audit: Audit,
}

impl Point<'_> {
    pub(super) fn sample(
        &self,
        families: &[Family],
        functions: &Functions,
        seed: u64,
        sample: u64,
    ) -> Result<Sample, String> {
        let onsite =
            self.disorder.onsite(self.conductor.sites(), &Deviations(Realisation::new(seed, sample)));
        let mut result = match &self.regime {
            Regime::Coherent(family) => {
                let family = (*family, &families[*family]);
                self.coherent(&onsite, family, functions, sample)?
            }
            Regime::Probed(windows, measure) => {
                let (left, right) = leads(self.conductor);
                let onsager = |window: &Window<'_>| -> Result<OnsagerMatrix, String> {
                    let onsager = window.onsager(&onsite, self.plan.route).map_err(|e| e.to_string())?;
                    between(&onsager, &[left, right], *measure, Accuracy::default())
                        .map_err(|e| e.to_string())
                };
                let mut audit = Audit::default();
                let mut coefficients = Vec::with_capacity(windows.len());
                for window in windows {
                    let matrix = onsager(window)?;
                    audit.merge(matrix.audit());
                    coefficients.push(matrix.coefficients(left, right).map_err(|e| e.to_string())?);
                }
                Sample { coefficients, at_zero: [f64::NAN; 2], audit }
            }
        };
        let at = Reservoir { mu: self.mu, kt: self.temperatures[0] };
        result.audit.merge(&examination::of_first(sample, self.conductor, &onsite, at)?);
        match result
            .coefficients
            .iter()
            .find(|c| !c.lorenz_ratio().is_finite() || !c.figure_of_merit().is_finite())
        {
            Some(c) => Err(format!(
                "conductance {:e} e^2/h at kT = {} t: too small for a thermopower",
                c.conductance(),
                c.kt
            )),
            None => Ok(result),
        }
    }

    /// All temperatures from one transmission function.
    fn coherent(
        &self,
        onsite: &[f64],
        family: (usize, &Family),
        functions: &Functions,
        sample: u64,
    ) -> Result<Sample, String> {
        let realised = || Realised::new(self.conductor, onsite, self.plan.route).map_err(|e| e.to_string());
        let Family { windows, resolution, .. } = family.1;
        let kept = functions.get(family, sample, || {
            realised()?.function_for(windows, *resolution).map_err(|e| e.to_string())
        });
        let function = match kept.wait() {
            Ok(function) => function,
            Err(reason) => return Err(reason.clone()),
        };
        let adaptive = Adaptive { tolerance: ACCURACY * resolution.tolerance, ..Adaptive::default() };
        let mut audit = Audit::default();
        let mut coefficients = Vec::with_capacity(self.temperatures.len());
        for kt in &self.temperatures {
            let response = function.linear(self.mu, *kt, adaptive).map_err(|e| e.to_string())?;
            audit.merge(&response.audit);
            coefficients.push(response.onsager().coefficients(0, 1).map_err(|e| e.to_string())?);
        }
        // a mode opens here: no slope
        let mut realised = realised()?;
        let expansion = realised.sommerfeld(self.mu, self.temperatures[0]);
        let at_zero = match expansion.map(|s| s.first().coefficients(0, 1)) {
            Ok(Ok(c)) => [c.conductance(), c.response[0][1] / (SOMMERFELD * c.kt)],
            _ => [f64::NAN; 2],
        };
        audit.merge(realised.audit());
        Ok(Sample { coefficients, at_zero, audit })
    }
}

/// Integrals over the window are this much more accurate than the transmission.
const ACCURACY: f64 = 1e-2;
