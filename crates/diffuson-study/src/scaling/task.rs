//! The study as a task: what is stored of each sample, and what follows from the record.

use super::analysis::{self, Analysis};
use super::sample::System;
use crate::results::{self, Results};
use crate::settings::{Scaling, ScalingMeasure, Settings};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task, check_memory};
use diffuson::audit::laws;
use diffuson_ensemble::random::Realisation;
use diffuson_store::{ArraySpec, Kind, Layout, POINT, Reader, SAMPLE, Status, StoreError};

/// The laws a sample may be audited for, in the order of the record.
const LAWS: [&str; 7] = [
    laws::ORTHONORMALISATION,
    laws::ORTHOGONALITY,
    laws::SYMPLECTICITY,
    laws::BLOCK_LENGTH,
    laws::UNITARITY,
    laws::RECIPROCITY,
    laws::BACKWARD_ERROR,
];

/// A `scaling` study, ready to be computed.
pub(crate) struct ScalingTask<'c> {
    study: &'c Study,
    systems: Vec<System>,
    costs: Vec<Cost>,
    seed: u64,
}

impl<'c> ScalingTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let points = 0..study.points().len();
        let systems: Vec<System> = points
            .clone()
            .map(|point| System::new(study, point, settings(study, point)))
            .collect::<Result<_, _>>()?;
        let costs: Vec<Cost> =
            systems.iter().zip(points).map(|(system, point)| system.cost(settings(study, point))).collect();
        for (point, cost) in costs.iter().enumerate() {
            check_memory(study, point, ("lattice.size", settings(study, point).size), cost)?;
        }
        Ok(Self { study, systems, costs, seed: settings(study, 0).ensemble.seed })
    }

    /// The values of the first `limit` samples of a point that are done.
    fn values(&self, record: &Reader, point: usize, limit: usize) -> Result<Vec<Value>, StoreError> {
        let status = record.status(point)?;
        let samples = 0..status.len().min(limit);
        let values = record.read_samples::<f64>(self.value_name(), point, samples.clone())?.data;
        let errors = match settings(self.study, 0).measure {
            ScalingMeasure::Lyapunov { .. } => {
                record.read_samples::<f64>("gamma_error", point, samples)?.data
            }
            ScalingMeasure::Conductance => vec![f64::NAN; values.len()],
        };
        let all = values.into_iter().zip(errors).zip(&status);
        Ok(all
            .filter(|(_, s)| **s == Status::Done)
            .map(|((value, error), _)| Value { value, error })
            .collect())
    }

    fn value_name(&self) -> &'static str {
        match settings(self.study, 0).measure {
            ScalingMeasure::Lyapunov { .. } => "gamma",
            ScalingMeasure::Conductance => "conductance",
        }
    }
}

/// What one sample gave, and its error within the sample if it has one.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub(super) value: f64,
    pub(super) error: f64,
}

pub(super) fn settings(study: &Study, point: usize) -> &Scaling {
    match &study.points()[point].settings {
        Settings::Scaling(settings) => settings,
        other => unreachable!("a scaling study with settings {other:?}"),
    }
}

impl Task for ScalingTask<'_> {
    fn layout(&self) -> Layout {
        let scalar = |name, units, words| ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE], units, words);
        let mut arrays = match settings(self.study, 0).measure {
            ScalingMeasure::Lyapunov { .. } => vec![
                scalar("gamma", "1", "size times the smallest positive Lyapunov exponent per slice"),
                scalar("gamma_error", "1", "standard error of gamma within the bar"),
            ],
            ScalingMeasure::Conductance => {
                vec![scalar("conductance", "e^2/h", "conductance between the leads, per spin")]
            }
        };
        arrays.extend(results::audit_arrays());
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        Layout { dims: vec![("audit".to_owned(), LAWS.len())], arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let mut arrays = vec![results::law_names(&LAWS)];
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    /// Samples of different points are independent: errors of the fit take them for that.
    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String> {
        let realisation = Realisation::new(self.seed, (point as u64) << 32 | sample);
        let result = self.systems[point].sample(realisation)?;
        let mut values = match self.systems[point] {
            System::Bar { .. } => vec![vec![result.value], vec![result.error]],
            System::Cube(_) => vec![vec![result.value]],
        };
        values.extend(results::audit_rows(&result.audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let values = (0..self.systems.len())
            .map(|point| self.values(record, point, usize::MAX))
            .collect::<Result<Vec<_>, _>>()?;
        Analysis::new(self.study, &values).results().with_audits(record, &LAWS)
    }

    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError> {
        let values = self.values(record, point, n)?;
        let measure = settings(self.study, point).measure;
        let estimates = analysis::estimates(measure, &values);
        let position = analysis::quantities(measure).iter().position(|q| q.id == quantity);
        Ok(position.map_or(f64::INFINITY, |k| estimates[k].relative_error()))
    }

    fn cost(&self, point: usize) -> Cost {
        self.costs[point].clone()
    }
}
