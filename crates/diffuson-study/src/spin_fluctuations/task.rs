//! The study as a task.

use super::droplets::Droplets;
use super::experiment::Experiment;
use super::interaction::Interaction;
use super::potential::Potential;
use super::question::{Question, settings};
use crate::results::{self, Results};
use crate::settings::spin_fluctuations::Compute;
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task, check_memory};
use diffuson::audit::laws;
use diffuson_ensemble::random::Realisation;
use diffuson_store::{ArraySpec, Layout, Reader, StoreError};

/// The laws a sample may be audited for, in the order of the record.
const LAWS: [&str; 6] = [
    laws::TRACES,
    laws::CONCAVITY,
    laws::SUSCEPTIBILITY_SUM,
    laws::WARD_IDENTITY,
    laws::SELF_CONSISTENCY,
    laws::ENERGY_GAIN,
];

/// A `spin-fluctuations` study, ready to be computed.
pub(crate) struct SpinFluctuationsTask<'s> {
    study: &'s Study,
    question: Box<dyn Question + 's>,
}

impl<'s> SpinFluctuationsTask<'s> {
    pub(crate) fn new(study: &'s Study) -> Made<Self> {
        let question: Box<dyn Question + 's> = match settings(study, 0).compute {
            Compute::GrandPotential { .. } => Box::new(Potential::new(study)?),
            Compute::Susceptibility(_) => Box::new(Experiment::new(study)?),
            Compute::Interaction(_) => Box::new(Interaction::new(study)?),
            Compute::Droplets { .. } => Box::new(Droplets::new(study)?),
        };
        let task = Self { study, question };
        for point in 0..study.points().len() {
            let size = settings(study, point).model.size();
            check_memory(study, point, ("model.size", size), &task.cost(point))?;
        }
        Ok(task)
    }
}

impl Task for SpinFluctuationsTask<'_> {
    fn layout(&self) -> Layout {
        let mut dims = vec![("audit".to_owned(), LAWS.len())];
        dims.extend(self.question.dims());
        let mut arrays = self.question.stored();
        arrays.extend(results::audit_arrays());
        arrays.extend(self.fixed().into_iter().map(|(spec, _)| spec));
        Layout { dims, arrays }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let mut arrays = vec![results::law_names(&LAWS)];
        arrays.extend(self.question.coordinates());
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String> {
        let seed = settings(self.study, point).ensemble.seed;
        let numbers = Deviations(Realisation::new(seed, sample));
        let (mut values, audit) = self.question.sample(point, &numbers).map_err(|e| e.to_string())?;
        values.extend(results::audit_rows(&audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        self.question.results(record)?.with_audits(record, &LAWS)
    }

    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        _quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError> {
        Ok(self.question.deciding(record, point, n)?.relative_error())
    }

    fn cost(&self, point: usize) -> Cost {
        self.question.cost(point)
    }
}
