//! Kinds that fit one file of measurements: one point, one sample, nothing random but the Monte Carlo and repetitions of the experiment.
//!
//! # Adding a model to be fitted
//! A kind of its own, with `data.file` of form `Table` and its columns (`schema/`), settings that turn the table into the data of the library (`settings/`), and an implementation of [`Fitting`] for
//! them, which says what is analysed; [`FitTask`] makes a study of it. `diffuson fit` runs every kind that has the key `data.file`.

mod parameters;

pub(crate) use parameters::{Fitted, parameters};

use crate::results::{self, Described, Fit, NO_ESTIMATE, Results};
use crate::settings::MonteCarlo;
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::localization::scaling::Estimated;
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Estimate;
use diffuson_fit::posterior::{Posterior, Sampling};
use diffuson_fit::profile::{Interval, NINETY_FIVE_PERCENT, ONE_SIGMA};
use diffuson_store::{ArraySpec, Layout, Reader, Status, StoreError};
use std::sync::OnceLock;

/// Settings of a kind that fits: what it measures and what it says of that.
pub(crate) trait Fitting: Sync {
    /// The measurements as they are fitted.
    type Data: Sync;

    /// The numbers that are found.
    const QUANTITIES: &'static [Number];

    /// The measurements, if there are enough of them.
    fn read(&self) -> Result<Self::Data, Refusal>;

    /// All that is said of them: a sample, which is audited, and its [`results()`].
    fn analyse(&self, data: &Self::Data) -> Result<(Audit, Results), String>;

    /// What that costs.
    fn cost(&self, data: &Self::Data) -> Cost;
}

/// Identifier, unit and label of a number.
pub(crate) type Number = (&'static str, &'static str, &'static str);

/// Why a file cannot be fitted, and what may help.
pub(crate) struct Refusal(pub(crate) String, pub(crate) &'static str);

/// Refuses a file with no more numbers, which are called `what`, than there are parameters.
pub(crate) fn enough(
    numbers: usize,
    what: &str,
    parameters: usize,
    help: &'static str,
) -> Result<(), Refusal> {
    if numbers > parameters {
        return Ok(());
    }
    Err(Refusal(format!("{numbers} measured {what} are left for {parameters} parameters"), help))
}

/// The results of an analysis, to which a verdict and arrays may be added: numbers in the order of [`Fitting::QUANTITIES`], fitted parameters, warnings.
pub(crate) fn results<F: Fitting>(numbers: Vec<Estimate>, fits: Vec<Fit>, warnings: Vec<String>) -> Results {
    Results::new(&quantities::<F>(), &[numbers], vec![1])
        .with_fits(fits, "weighted nonlinear least squares", "from the covariance of the fit")
        .with_warnings(warnings)
}

fn quantities<F: Fitting>() -> Vec<Described> {
    let described = |&(id, units, label): &Number| Described { id, units, label: label.to_owned() };
    F::QUANTITIES.iter().map(described).collect()
}

const LAWS: [&str; 2] = [laws::GOODNESS_OF_FIT, laws::MINIMUM];

/// A study of one file, ready to be computed.
pub(crate) struct FitTask<'c, F: Fitting> {
    study: &'c Study,
    settings: &'c F,
    data: F::Data,
    /// Sample and results need the same analysis.
    analysis: OnceLock<Result<(Audit, Results), String>>,
}

impl<'c, F: Fitting> FitTask<'c, F> {
    pub(crate) fn new(study: &'c Study, settings: &'c F) -> Made<Self> {
        let data = settings.read().map_err(|Refusal(what, help)| {
            let message = format!("`data.file`: {what}");
            study.diagnostic(0, "data.file", message, "not possible to fit".to_owned(), help.to_owned())
        })?;
        Ok(Self { study, settings, data, analysis: OnceLock::new() })
    }

    fn analysis(&self) -> Result<&(Audit, Results), String> {
        self.analysis.get_or_init(|| self.settings.analyse(&self.data)).as_ref().map_err(Clone::clone)
    }
}

impl<F: Fitting> Task for FitTask<'_, F> {
    fn layout(&self) -> Layout {
        let fixed = self.fixed().into_iter().map(|(spec, _)| spec);
        Layout {
            dims: vec![("audit".to_owned(), LAWS.len())],
            arrays: results::audit_arrays().into_iter().chain(fixed).collect(),
        }
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let mut arrays = vec![results::law_names(&LAWS)];
        arrays.extend(results::swept_columns(self.study));
        arrays
    }

    fn sample(&self, _: usize, _: u64) -> Result<Vec<Vec<f64>>, String> {
        Ok(results::audit_rows(&self.analysis()?.0, &LAWS).to_vec())
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let done = record.status(0)?.first() == Some(&Status::Done);
        let results = match self.analysis() {
            Ok((_, results)) if done => results.clone(),
            _ => Results::new(&quantities::<F>(), &[vec![NO_ESTIMATE; F::QUANTITIES.len()]], vec![0]),
        };
        results.with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, _: usize) -> Cost {
        self.settings.cost(&self.data)
    }
}

/// A fitted number.
pub(crate) fn estimate(e: Estimated) -> Estimate {
    Estimate { value: e.value, standard_error: e.standard_error, samples: 1 }
}

/// Profile intervals of 68 and 95 %, where there are such.
pub(crate) fn intervals<E>(profile: impl Fn(f64) -> Result<Interval, E>) -> [Option<Interval>; 2] {
    [ONE_SIGMA, NINETY_FIVE_PERCENT].map(|rise| profile(rise).ok())
}

/// The ends of an interval, if there is one.
pub(crate) fn ends(interval: Option<Interval>) -> [f64; 2] {
    interval.map_or([f64::NAN; 2], |i| [i.low, i.high])
}

/// The posterior of a fit, by four ensembles with a quarter of their steps thrown away before; none without steps.
pub(crate) fn posterior<E>(
    &MonteCarlo { steps, seed }: &MonteCarlo,
    of: impl FnOnce(Sampling) -> Result<Posterior, E>,
) -> Result<Option<Posterior>, E> {
    match steps {
        0 => Ok(None),
        _ => of(Sampling { steps, burn_in: steps / 4, ensembles: 4, seed }).map(Some),
    }
}

/// The random numbers of repetitions of the experiment; realisations of the Monte Carlo are numbered from zero.
pub(crate) fn repetitions(monte_carlo: &MonteCarlo) -> Deviations {
    Deviations(Realisation::new(monte_carlo.seed, 1 << 32))
}

/// Points of a curve.
pub(crate) const CURVE: usize = 80;

/// The places of a curve, at equal ratios.
pub(crate) fn logarithmic(from: f64, to: f64) -> Vec<f64> {
    (0..CURVE).map(|k| from * (to / from).powf(k as f64 / (CURVE - 1) as f64)).collect()
}
