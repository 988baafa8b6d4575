//! Thermopower from the conductivity that was computed: no power law is assumed, and its errors come from leaving samples out.

use super::analysis::{estimates, fitted};
use super::task::{Value, settings};
use crate::results::{MICRO, Results, errors, float, values};
use crate::settings::{Scaling, ScalingMeasure, TransportSettings};
use crate::study::Study;
use crate::task::Column;
use diffuson::localization::computed::{ComputedConductivity, ComputedError, MetallicPoint};
use diffuson::localization::scaling::{ScalingFit, SizePoint};
use diffuson::localization::{Kernels, THERMOPOWER_UNIT};
use diffuson_ensemble::statistics::Estimate;

/// Groups of samples that are left out in turn, at most.
const GROUPS: usize = 20;
/// Energies of the curve of the conductivity.
const ENERGIES: usize = 121;
/// The unit of thermopower k_B/e, in microvolts per kelvin.
const MICROVOLT: f64 = MICRO * THERMOPOWER_UNIT;

/// sigma_0(E) and S(T), and beside it that of the pure power law of the same exponent.
pub(super) struct Curves {
    temperatures: Vec<f64>,
    thermopower: Vec<Estimate>,
    power_law: Vec<f64>,
    energies: Vec<f64>,
    conductivity: Vec<Estimate>,
}

/// What is recomputed with samples left out: S at every temperature, then sigma_0 at every energy.
type Numbers = Vec<f64>;

impl Curves {
    /// From the values of all samples at all points, and the scaling fit to the `points` it was made of, of one kind of sides, each with its number among all.
    pub(super) fn new(
        study: &Study,
        wanted: &TransportSettings,
        samples: &[Vec<Value>],
        fit: &ScalingFit,
        points: &[(usize, SizePoint)],
    ) -> Result<Self, String> {
        let all = |_: usize| true;
        let periodic = points.iter().all(|(k, _)| settings(study, *k).periodic);
        let computed = computed(study, wanted, samples, fit, periodic, &all).map_err(|e| e.to_string())?;
        let (deepest, edge) = (computed.deepest(), computed.edge());
        let beyond = edge + 0.15 * (edge - deepest);
        let energies: Vec<f64> =
            (0..ENERGIES).map(|k| deepest + (beyond - deepest) * k as f64 / (ENERGIES - 1) as f64).collect();
        let full = numbers(&computed, wanted, &energies).map_err(|e| e.to_string())?;
        let fewest = samples.iter().map(Vec::len).min().unwrap_or(0);
        if fewest < 2 {
            return Err("an error needs two samples at every point".to_owned());
        }
        let groups = GROUPS.min(fewest);
        let mut left_out: Vec<Numbers> = Vec::with_capacity(groups);
        for group in 0..groups {
            let kept = move |sample: usize| sample % groups != group;
            let refitted = refit(study, samples, fit, points, &kept).map_err(|e| e.to_string())?;
            let computed = self::computed(study, wanted, samples, &refitted, periodic, &kept)
                .map_err(|e| e.to_string())?;
            left_out.push(numbers(&computed, wanted, &energies).map_err(|e| e.to_string())?);
        }
        let of = |k: usize| {
            let mean = left_out.iter().map(|n| n[k]).sum::<f64>() / groups as f64;
            let spread = left_out.iter().map(|n| (n[k] - mean).powi(2)).sum::<f64>();
            let standard_error = (spread * (groups - 1) as f64 / groups as f64).sqrt();
            Estimate { value: full[k], standard_error, samples: groups }
        };
        let temperatures = wanted.temperatures.clone();
        let kernels = Kernels::new(fit.exponent.value).map_err(|e| e.to_string())?;
        let carrier = if computed.conducts_above() { -MICROVOLT } else { MICROVOLT };
        Ok(Self {
            power_law: temperatures.iter().map(|t| carrier * kernels.scaling(1.0 / t).thermopower).collect(),
            thermopower: (0..temperatures.len()).map(of).collect(),
            conductivity: (temperatures.len()..full.len()).map(of).collect(),
            temperatures,
            energies,
        })
    }

    /// As arrays of the record.
    pub(super) fn store(self, results: &mut Results) {
        let by_temperature = |name, units, words| float(name, &["reduced_temperature"], units, words);
        let by_energy = |name, units, words| float(name, &["computed_energy"], units, words);
        results.dimension("reduced_temperature", self.temperatures.len());
        results.dimension("computed_energy", self.energies.len());
        results.extend([
            (
                by_temperature(
                    "reduced_temperature",
                    "1",
                    "temperature per distance from the mobility edge, kT/d",
                ),
                Column::Float(self.temperatures),
            ),
            (
                by_temperature("computed_thermopower", "uV/K", "thermopower $S$")
                    .describe("from the computed conductivity; NaN where the window reaches beyond it"),
                values(&self.thermopower),
            ),
            (
                by_temperature(
                    "computed_thermopower_error",
                    "uV/K",
                    "one standard error, jackknife over samples",
                ),
                errors(&self.thermopower),
            ),
            (
                by_temperature("power_law_thermopower", "uV/K", "thermopower of the pure power law")
                    .describe("of the fitted exponent, Eq. 27"),
                Column::Float(self.power_law),
            ),
            (by_energy("computed_energy", "t", "energy $E$"), Column::Float(self.energies)),
            (
                by_energy("computed_conductivity", "e^2/(h a)", r"conductivity $\sigma_0(E)$")
                    .describe("per spin"),
                values(&self.conductivity),
            ),
            (
                by_energy(
                    "computed_conductivity_error",
                    "e^2/(h a)",
                    "one standard error, jackknife over samples",
                ),
                errors(&self.conductivity),
            ),
        ]);
    }
}

/// Estimates at a point from the samples that are kept.
fn kept_estimates(s: &Scaling, samples: &[Value], kept: &dyn Fn(usize) -> bool) -> Vec<Estimate> {
    let chosen: Vec<Value> = samples.iter().enumerate().filter(|(k, _)| kept(*k)).map(|(_, v)| *v).collect();
    estimates(s.measure, &chosen)
}

/// The fit to the samples that are kept; errors stay what they are.
fn refit(
    study: &Study,
    samples: &[Vec<Value>],
    fit: &ScalingFit,
    points: &[(usize, SizePoint)],
    kept: &dyn Fn(usize) -> bool,
) -> Result<ScalingFit, diffuson::localization::scaling::ScalingError> {
    let points: Vec<SizePoint> = points
        .iter()
        .filter(|(_, p)| p.size >= fit.smallest_size)
        .map(|(k, p)| {
            let s = settings(study, *k);
            let value = fitted(s.measure, &kept_estimates(s, &samples[*k], kept)).value;
            SizePoint { value, ..*p }
        })
        .collect();
    fit.refit(&points)
}

fn computed(
    study: &Study,
    wanted: &TransportSettings,
    samples: &[Vec<Value>],
    fit: &ScalingFit,
    periodic: bool,
    kept: &dyn Fn(usize) -> bool,
) -> Result<ComputedConductivity, ComputedError> {
    let metal: Vec<MetallicPoint> = samples
        .iter()
        .enumerate()
        .filter(|(k, _)| settings(study, *k).periodic == periodic)
        .map(|(k, samples)| {
            let s = settings(study, k);
            let Estimate { value, standard_error, .. } = kept_estimates(s, samples, kept)[0];
            let (value, error) = match s.measure {
                ScalingMeasure::Lyapunov { .. } => {
                    let beta = s.symmetry.dyson_index();
                    (1.0 / (beta * value), standard_error / (beta * value * value))
                }
                ScalingMeasure::Conductance => (value, standard_error),
            };
            MetallicPoint { energy: s.energy, size: s.size as f64, value, error }
        })
        .collect();
    ComputedConductivity::new(fit, &metal, wanted.smallest_size as f64)
}

/// S in microvolts per kelvin at every temperature, NaN where the window reaches too far, and sigma_0 at every energy.
fn numbers(
    computed: &ComputedConductivity,
    wanted: &TransportSettings,
    energies: &[f64],
) -> Result<Numbers, ComputedError> {
    let inward = if computed.conducts_above() { 1.0 } else { -1.0 };
    let mu = computed.edge() + inward * wanted.distance;
    let thermopower = |t: &f64| match computed.transport(mu, t * wanted.distance) {
        Ok(coefficients) => Ok(MICROVOLT * coefficients.thermopower()),
        Err(ComputedError::OutOfRange { .. }) => Ok(f64::NAN),
        Err(e) => Err(e),
    };
    let conductivity = energies.iter().map(|e| Ok(computed.at(*e)));
    wanted.temperatures.iter().map(thermopower).chain(conductivity).collect()
}
