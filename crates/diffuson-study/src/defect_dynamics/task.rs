//! The study as a task: what is stored of each contact, and what follows from the record.

use super::analysis::{self, Curves, SCALARS};
use super::sample;
use crate::results::{self, Results, float};
use crate::settings::Settings;
use crate::settings::defect_dynamics::{Compute, DefectDynamics};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task, check_memory};
use diffuson::audit::laws;
use diffuson::defects::Spectrum;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, Layout, POINT, Reader, SAMPLE, Status, StoreError};

/// The laws a sample may be audited for, in the order of the record.
const LAWS: [&str; 2] = [laws::RUNNING_SUMS, laws::RATE_BOUND];

/// A `defect-dynamics` study, ready to be computed.
pub(crate) struct DefectDynamicsTask<'s> {
    study: &'s Study,
    curves: Curves,
    axis: Vec<f64>,
}

impl<'s> DefectDynamicsTask<'s> {
    pub(crate) fn new(study: &'s Study) -> Made<Self> {
        let (curves, axis) = match &settings(study, 0).compute {
            Compute::Equilibrium { temperatures, .. } => (Curves::Ladder, temperatures.clone()),
            Compute::SteadyState { .. } => (Curves::None, Vec::new()),
            Compute::Spectrum { interval, segment, bands, .. } => {
                let step = 1.0 / (interval * *segment as f64);
                let frequency: Vec<f64> = (1..=segment / 2).map(|k| k as f64 * step).collect();
                let density = vec![0.0; frequency.len()];
                (Curves::Noise, Spectrum { frequency, density }.in_bands(*bands).frequency)
            }
        };
        let task = Self { study, curves, axis };
        for point in 0..study.points().len() {
            let mobile = settings(study, point).ball.mobile;
            check_memory(study, point, ("defects.mobile", mobile), &task.cost(point))?;
        }
        Ok(task)
    }

    /// Scalars and curves of the first `limit` samples of a point that are done.
    fn rows(&self, record: &Reader, point: usize, limit: usize) -> Result<Vec<Vec<f64>>, StoreError> {
        let status = record.status(point)?;
        let samples = 0..status.len().min(limit);
        let names = SCALARS.iter().chain(self.curves.stored()).map(|(name, ..)| name);
        let arrays = names
            .map(|name| Ok(record.read_samples::<f64>(name, point, samples.clone())?.data))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let lengths = |array: usize| if array < SCALARS.len() { 1 } else { self.axis.len() };
        let row = |k: usize| {
            let parts =
                arrays.iter().enumerate().map(|(a, data)| &data[k * lengths(a)..(k + 1) * lengths(a)]);
            parts.collect::<Vec<_>>().concat()
        };
        Ok(samples.filter(|&k| status[k] == Status::Done).map(row).collect())
    }
}

fn settings(study: &Study, point: usize) -> &DefectDynamics {
    match &study.points()[point].settings {
        Settings::DefectDynamics(settings) => settings,
        _ => unreachable!("a study of this kind"),
    }
}

impl Task for DefectDynamicsTask<'_> {
    fn layout(&self) -> Layout {
        let array = |(name, units, words): &analysis::Words, dims: &[&str]| {
            ArraySpec::new(name, Kind::Float, &[&[POINT, SAMPLE], dims].concat(), units, words)
        };
        let mut arrays: Vec<ArraySpec> = SCALARS.iter().map(|words| array(words, &[])).collect();
        let mut dims = vec![("audit".to_owned(), LAWS.len())];
        if let Some((axis, ..)) = self.curves.axis() {
            dims.push((axis.to_owned(), self.axis.len()));
            arrays.extend(self.curves.stored().iter().map(|words| array(words, &[axis])));
        }
        arrays.extend(results::audit_arrays());
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        Layout { dims, arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let mut arrays = vec![results::law_names(&LAWS)];
        if let Some((axis, units, words)) = self.curves.axis() {
            arrays.push((float(axis, &[axis], units, words), Column::Float(self.axis.clone())));
        }
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String> {
        let settings = settings(self.study, point);
        let (found, curves, audit) =
            sample::sample(settings, settings.ensemble.seed, sample).map_err(|e| e.to_string())?;
        let mut values: Vec<Vec<f64>> = analysis::scalars(&found).map(|value| vec![value]).to_vec();
        values.extend(curves);
        values.extend(results::audit_rows(&audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let points = self.study.points().len();
        let rows = (0..points).map(|p| self.rows(record, p, usize::MAX)).collect::<Result<Vec<_>, _>>()?;
        let all: Vec<Vec<Estimate>> =
            rows.iter().map(|rows| analysis::derive(rows, self.curves, &self.axis)).collect();
        let quantities = analysis::quantities();
        let count = quantities.len();
        let estimates: Vec<Vec<Estimate>> = all.iter().map(|of| of[..count].to_vec()).collect();
        let samples = rows.iter().map(|rows| rows.len() as i64).collect();
        let mut results = Results::new(&quantities, &estimates, samples);
        if let Some((axis, ..)) = self.curves.axis() {
            let n = self.axis.len();
            for (k, (name, units, words)) in self.curves.means().iter().enumerate() {
                let of: Vec<Estimate> = all
                    .iter()
                    .flat_map(|of| of[count + k * n..count + (k + 1) * n].iter().copied())
                    .collect();
                let error = float(
                    &format!("{name}_error"),
                    &[POINT, axis],
                    units,
                    "one standard error, jackknife over samples",
                );
                results.extend([
                    (float(name, &[POINT, axis], units, words), results::values(&of)),
                    (error, results::errors(&of)),
                ]);
            }
        }
        results.with_audits(record, &LAWS)
    }

    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError> {
        let estimates = analysis::derive(&self.rows(record, point, n)?, self.curves, &self.axis);
        let position = analysis::position(quantity);
        Ok(position.map_or(results::NO_ESTIMATE, |k| estimates[k]).relative_error())
    }

    fn cost(&self, point: usize) -> Cost {
        let settings = settings(self.study, point);
        let (n, z) = (settings.ball.mobile as f64, settings.ball.sites as f64);
        // of a hop: energies, conductances and limits of all sites but the first; and what does not depend on their number
        let hop = 12.0 * n * (z - 1.0) + 2000.0;
        let (hops, curves) = match &settings.compute {
            Compute::Equilibrium { temperatures, sweeps } => {
                // every second defect moves in a sweep
                (n * (2.0 * *sweeps as f64) * temperatures.len() as f64 / 2.0, 3 * temperatures.len())
            }
            Compute::SteadyState { motion, hops } => ((motion.settle + hops) as f64, 0),
            Compute::Spectrum { motion, interval, segment, segments, bands } => {
                // some four hops per defect and time in s_E, slowed down by tunnelling
                let slow = if motion.tunnelling > 0.0 { 1.0 / motion.tunnelling } else { 1.0 };
                let time = interval * (segment * segments) as f64;
                (motion.settle as f64 + 4.0 * n * slow.min(1.0) * time * (1.0 + motion.bias), 3 * bands)
            }
        };
        let trace = match &settings.compute {
            Compute::Spectrum { segment, segments, .. } => (segment * segments) as f64,
            _ => 0.0,
        };
        Cost {
            system: format!(
                "{} mobile defects of {} sites, {} fixed",
                settings.ball.mobile, settings.ball.sites, settings.ball.fixed
            ),
            operations: hops * hop + 60.0 * trace,
            memory: 16.0 * n * n * (z * z + (z - 1.0).powi(2)) + 16.0 * trace,
            stored: 8.0 * (SCALARS.len() + curves + 2 * LAWS.len()) as f64,
            method: "monte-carlo".to_owned(),
            reason: "defects that interact have no closed form".to_owned(),
            shared: 1,
        }
    }
}
