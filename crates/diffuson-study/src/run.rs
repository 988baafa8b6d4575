//! A study from start to record: every sample computed, stored as soon as it is there, and what follows from all of them.
//!
//! A run can be killed at any moment and continued by the same call; the record ends with the same bits, for any number of threads.

mod checkpoint;
mod merge;

pub use merge::{Lacking, Merged, merge, samples_of, shard_place, shards};

use crate::census::Census;
use crate::defect_dynamics::DefectDynamicsTask;
use crate::diagnostic::Diagnostic;
use crate::droplets::DropletsTask;
use crate::fitting::FitTask;
use crate::fluctuators::FluctuatorsTask;
use crate::local_heat::{self, LocalHeatTask};
use crate::mobility_edge::MobilityEdgeTask;
use crate::noise::{self, NoiseTask};
use crate::number_variance::NumberVarianceTask;
use crate::point_contact::PointContactTask;
use crate::results::Results;
use crate::scaling::ScalingTask;
use crate::schema::Kind;
use crate::settings::{EnsembleSettings, Settings, Stop};
use crate::spin_fluctuations::SpinFluctuationsTask;
use crate::study::Study;
use crate::task::{Column, Cost, Task};
use crate::thermoelectric::{self, ThermoelectricTask};
use crate::zero_bias_anomaly::ZeroBiasAnomalyTask;
use checkpoint::StoreCheckpoint;
use diffuson_ensemble::schedule::{self, Observer, Plan, Ranks, Share, Stopping, Transport};
use diffuson_store::{Damage, Layout, Provenance, Reader, Record, StoreError, Writer};
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// How to run a study: nothing here changes a number.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// The record to write or continue.
    pub record: &'o Path,
    /// Worker threads.
    pub threads: usize,
    /// Start anew, discarding an existing record.
    pub fresh: bool,
    /// The part of the ensemble that this run computes.
    pub share: Share,
}

impl<'o> Options<'o> {
    /// The whole study, continuing a record that is there.
    pub fn new(record: &'o Path, threads: usize) -> Self {
        Self { record, threads, fresh: false, share: Share::WHOLE }
    }
}

/// What a run has to say.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Samples present per point, failed ones included.
    pub samples: Vec<u64>,
    /// Samples that failed.
    pub failed: u64,
    /// Whether the run was stopped before the end.
    pub interrupted: bool,
    /// Derived quantities, fits and the audit.
    pub results: Results,
}

impl Outcome {
    /// Whether every sample obeys every law.
    pub fn audit_passed(&self) -> bool {
        self.results.audits.iter().all(|law| law.passed)
    }
}

/// A run that did not come to its end. What was computed before is kept.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The study asks for something impossible.
    #[error(transparent)]
    Study(#[from] Box<Diagnostic>),
    /// The record cannot be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sample computed for a trial fails.
    #[error("the first sample of point {point} fails: {reason}")]
    Sample {
        /// The point.
        point: usize,
        /// Why.
        reason: String,
    },
    /// The run cannot be planned.
    #[error("{0}")]
    Plan(String),
}

impl From<Diagnostic> for RunError {
    fn from(d: Diagnostic) -> Self {
        Self::Study(Box::new(d))
    }
}

/// Settings that two runs of one study may differ in: they say how much is computed, or what is made of it afterwards, not what is computed.
const FREE: [&str; 31] = [
    "title",
    "ensemble.samples",
    "ensemble.relative_error",
    "ensemble.of",
    "ensemble.max_samples",
    "bath.from",
    "bath.to",
    "bath.points",
    "bath.temperature",
    "bath.crossover",
    "bath.left",
    "fit.of",
    "mobile.hops",
    "fit.smallest_size",
    "fit.from",
    "fit.to",
    "fit.irrelevant",
    "fit.irrelevant_exponent",
    "fit.irrelevant_exponent_error",
    "fit.driven_by",
    "fit.value_from",
    "fit.value_to",
    "noise.compare",
    "susceptibility.subspace",
    "susceptibility.surrogates",
    "susceptibility.tail",
    "transport.distance",
    "transport.from",
    "transport.to",
    "transport.points",
    "transport.smallest_size",
];

/// Runs a study, or continues it.
///
/// # Errors
/// [`RunError`]: nothing that was computed is lost, and the same call continues.
pub fn run(
    study: &Study,
    options: Options<'_>,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Outcome, RunError> {
    with_task(study, |task| execute(study, task, options, None, observer, stop))
}

/// The same on rank 0 of several; the others [`serve`]. The record has the bits of a run without them.
///
/// `options.threads` are those of rank 0; with none it hands out samples and saves them, no more.
///
/// # Errors
/// [`RunError`], after all ranks have ended.
pub fn run_over(
    study: &Study,
    options: Options<'_>,
    transport: &mut dyn Transport,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Outcome, RunError> {
    let ranks = Ranks::new(transport, &identity(study, options.share));
    with_task(study, |task| execute(study, task, options, Some(ranks), observer, stop))
}

/// Computes samples of a study, or of a share of it, for rank 0, until the run is over; `study` and `share` must be the same there. A rank that cannot make the study out should [`decline`](diffuson_ensemble::schedule::decline).
///
/// # Errors
/// [`RunError`], of which rank 0 has been told: it goes on without this rank.
pub fn serve(
    study: &Study,
    share: Share,
    threads: usize,
    transport: &mut dyn Transport,
    stop: &AtomicBool,
) -> Result<(), RunError> {
    let made = with_task(study, |task| {
        let work = |point: usize, sample: u64| task.sample(point, sample);
        Ok(schedule::serve(threads, work, (&mut *transport, &identity(study, share)), stop)
            .map_err(RunError::Plan))
    });
    made.unwrap_or_else(|error: RunError| {
        schedule::decline(transport, &error.to_string());
        Err(error)
    })
}

/// What all ranks of a run must agree in.
fn identity(study: &Study, share: Share) -> String {
    let provenance = provenance(study, share);
    let shard = provenance.shard.as_ref().map_or_else(String::new, |shard| format!(", shard {shard}"));
    format!("version {}, study {}{shard}", provenance.version, provenance.fingerprint())
}

/// Makes the task of a study, with all checks of the physics, for as long as something is done with it.
fn with_task<T, E: From<Diagnostic>>(
    study: &Study,
    work: impl FnOnce(&dyn Task) -> Result<T, E>,
) -> Result<T, E> {
    match &study.points()[0].settings {
        Settings::Fluctuators(_) => work(&FluctuatorsTask::new(study)?),
        Settings::DefectDynamics(_) => work(&DefectDynamicsTask::new(study)?),
        Settings::DropletsFit(settings) => work(&FitTask::new(study, settings)?),
        Settings::Droplets(_) => work(&DropletsTask::new(study)?),
        Settings::LocalHeat(_) => {
            let conductors = local_heat::conductors(study)?;
            work(&LocalHeatTask::new(study, &conductors)?)
        }
        Settings::MobilityEdge(_) => work(&MobilityEdgeTask::new(study)?),
        Settings::MobilityEdgeFit(settings) => work(&FitTask::new(study, settings)?),
        Settings::Noise(_) => {
            let conductors = noise::conductors(study)?;
            work(&NoiseTask::new(study, &conductors)?)
        }
        Settings::NumberVariance(_) => work(&NumberVarianceTask::new(study)?),
        Settings::PointContact(_) => work(&PointContactTask::new(study)?),
        Settings::Scaling(_) => work(&ScalingTask::new(study)?),
        Settings::SpinFluctuations(_) => work(&SpinFluctuationsTask::new(study)?),
        Settings::Thermoelectric(_) => {
            let conductors = thermoelectric::conductors(study)?;
            work(&ThermoelectricTask::new(study, &conductors)?)
        }
        Settings::ZeroBiasAnomaly(_) => work(&ZeroBiasAnomalyTask::new(study)?),
        Settings::ZeroBiasAnomalyFit(settings) => work(&FitTask::new(study, settings)?),
    }
}

/// What a study will cost, point by point, without running it. All checks of the physics are made.
///
/// # Errors
/// [`Diagnostic`] if the study asks for something impossible.
pub fn costs(study: &Study) -> Result<Vec<Cost>, Diagnostic> {
    with_task(study, |task| Ok((0..study.points().len()).map(|p| task.cost(p)).collect()))
}

/// Computes one sample on this thread and throws it away; the time it took.
///
/// # Errors
/// [`RunError`] if the study or the sample fails.
pub fn trial(study: &Study, point: usize) -> Result<Duration, RunError> {
    with_task(study, |task| {
        let start = Instant::now();
        task.sample(point, 0).map_err(|reason| RunError::Sample { point, reason })?;
        Ok(start.elapsed())
    })
}

/// How many samples a study computes, and from which seed.
pub fn ensemble(study: &Study) -> EnsembleSettings {
    study.points()[0].settings.ensemble()
}

/// The record of a study and the folder of its figures, in the folder `out`; both are named after the study file.
pub fn places(out: &Path, study: &Path) -> (PathBuf, PathBuf) {
    let name = study.file_stem().unwrap_or(study.as_os_str());
    // of `...toml`, say: a stem that would lead out of the folder
    let name = if name == "." || name == ".." { study.file_name().unwrap_or(name) } else { name };
    let mut store = name.to_owned();
    store.push(".zarr");
    (out.join(store), out.join(name))
}

/// What the record says of its origin.
fn provenance(study: &Study, share: Share) -> Provenance {
    let settings = match study.settings() {
        Value::Object(settings) => settings,
        _ => serde_json::Map::new(),
    };
    let Kind { name, .. } = study.kind();
    Provenance {
        title: study.title().to_owned(),
        kind: (*name).to_owned(),
        study: study.source().text.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: ensemble(study).seed,
        overrides: study.overrides().to_vec(),
        shard: (share != Share::WHOLE).then(|| share.to_string()),
        settings,
        free: FREE.map(str::to_owned).to_vec(),
    }
}

/// The record of a study, or of a share of it, as it begins.
fn record(study: &Study, task: &dyn Task, share: Share) -> Record {
    let samples = match ensemble(study).stop {
        Stop::Samples(n) => n,
        Stop::RelativeError { max_samples, .. } => max_samples.min(BATCH),
    };
    Record {
        provenance: provenance(study, share),
        points: study.points().len(),
        samples,
        layout: task.layout(),
    }
}

/// Reads every file of the record of a study, or of a share of it, and makes it fit to be continued, see [`Writer::repair`]; what was damaged. A run that follows computes again what was lost.
///
/// # Errors
/// [`RunError`]; [`StoreError::Unrepairable`] if nothing says any more which study the record belongs to.
pub fn repair(study: &Study, path: &Path, share: Share) -> Result<Vec<Damage>, RunError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    with_task(study, |task| {
        let (mut writer, found) = Writer::repair(path, &record(study, task, share))?;
        write_fixed(task, &mut writer)?;
        Ok(found)
    })
}

/// Samples added to every point before a target error is looked at again.
const BATCH: usize = 16;

fn execute(
    study: &Study,
    task: &dyn Task,
    options: Options<'_>,
    ranks: Option<Ranks<'_, Values>>,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Outcome, RunError> {
    if options.share != Share::WHOLE {
        merge::samples_given(study)?;
    }
    let record = record(study, task, options.share);
    let pool = pool(options.threads)?;
    let writer = begin(task, &record, options)?;
    let (writer, interrupted) =
        compute(study, task, (options, &pool), (writer, &record.layout), ranks, observer, stop)?;
    Ok(Outcome { interrupted, ..conclude(task, writer, &pool)? })
}

/// Threads that look at the samples when they are there: those that computed them are gone by then.
fn pool(threads: usize) -> Result<ThreadPool, RunError> {
    let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).thread_name(|n| format!("results-{n}"));
    pool.build().map_err(|e| RunError::Plan(format!("cannot start {threads} threads: {e}")))
}

/// Makes or continues the record, and writes all that is known before any sample.
fn begin(task: &dyn Task, record: &Record, options: Options<'_>) -> Result<Writer, StoreError> {
    let mut writer = Writer::create_or_resume(options.record, record, options.fresh)?;
    write_fixed(task, &mut writer)?;
    Ok(writer)
}

/// Writes what follows from the samples that are there.
fn conclude(task: &dyn Task, mut writer: Writer, pool: &ThreadPool) -> Result<Outcome, StoreError> {
    let reader = Reader::open(writer.path())?;
    let census = Census::of(&reader)?;
    let results = census.added_to(pool.install(|| task.results(&reader))?);
    let specs = results.arrays.iter().map(|(spec, _)| spec.clone()).collect();
    writer.declare_results(&Layout { dims: results.dims.clone(), arrays: specs })?;
    for (spec, column) in &results.arrays {
        write_column(&mut writer, &spec.name, column)?;
    }
    let samples = census.done.iter().zip(&census.failed).map(|(done, failed)| done + failed).collect();
    Ok(Outcome { samples, failed: census.failed.iter().sum(), interrupted: false, results })
}

/// The values of a sample, array by array.
type Values = Vec<Vec<f64>>;

/// Finished samples take at most this much memory until they are saved.
const UNSAVED_BYTES: usize = 1 << 28;

/// Computes what the record misses; whether it was stopped before the end.
fn compute(
    study: &Study,
    task: &dyn Task,
    (options, pool): (Options<'_>, &ThreadPool),
    (writer, layout): (Writer, &Layout),
    ranks: Option<Ranks<'_, Values>>,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<(Writer, bool), RunError> {
    let points = study.points().len();
    let arrays = layout.arrays.iter().filter(|a| a.is_per_sample()).map(|a| a.name.clone()).collect();
    let widths = widths(layout);
    let sample_bytes = 8 * widths.iter().sum::<usize>();
    let mut checkpoint = StoreCheckpoint::new(writer, arrays, widths);
    let work = |point: usize, sample: u64| task.sample(point, sample);
    let mut enough;
    let stopping = match ensemble(study).stop {
        Stop::Samples(n) => Stopping::Samples { samples: n as u64, share: options.share },
        Stop::RelativeError { of, target, max_samples } => {
            enough = move |checkpoint: &StoreCheckpoint, point: usize, n: u64| {
                let record = Reader::open(checkpoint.path())?;
                let error = pool.install(|| task.relative_error(&record, point, of, n as usize))?;
                Ok::<_, StoreError>(error <= target)
            };
            Stopping::Target { at_most: max_samples as u64, batch: BATCH as u64, enough: &mut enough }
        }
    };
    let plan = Plan {
        points,
        threads: options.threads,
        leaders: (0..points).map(|point| task.leader(point)).collect(),
        unsaved: (UNSAVED_BYTES / sample_bytes.max(1)).max(1) as u64,
        stopping,
    };
    let summary = match ranks {
        None => schedule::run(plan, &mut checkpoint, work, observer, stop),
        Some(mut ranks) => schedule::run_over(plan, &mut checkpoint, work, &mut ranks, observer, stop),
    };
    let summary = summary.map_err(|e| match e {
        schedule::Error::Save { source, .. } | schedule::Error::Decide { source, .. } => {
            RunError::Store(source)
        }
        other => RunError::Plan(other.to_string()),
    })?;
    Ok((checkpoint.into_writer(), summary.interrupted))
}

/// Values per sample of each per-sample array.
fn widths(layout: &Layout) -> Vec<usize> {
    let size = |dim: &String| layout.dims.iter().find(|(name, _)| name == dim).map_or(1, |(_, n)| *n);
    let per_sample = layout.arrays.iter().filter(|a| a.is_per_sample());
    per_sample.map(|a| a.dims.iter().map(size).product()).collect()
}

fn write_fixed(task: &dyn Task, writer: &mut Writer) -> Result<(), StoreError> {
    task.fixed().iter().try_for_each(|(spec, column)| write_column(writer, &spec.name, column))
}

fn write_column(writer: &mut Writer, name: &str, column: &Column) -> Result<(), StoreError> {
    match column {
        Column::Float(values) => writer.write(name, values),
        Column::Integer(values) => writer.write(name, values),
        Column::Text(values) => writer.write(name, values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_and_figures_are_named_after_the_study() {
        let (store, folder) = places("out".as_ref(), "studies/local-heat.toml".as_ref());
        assert_eq!(store, PathBuf::from("out/local-heat.zarr"));
        assert_eq!(folder, PathBuf::from("out/local-heat"));
        // a study without an ending does not share its name with anything in `out`
        assert_eq!(places("out".as_ref(), "a.b.c".as_ref()).0, PathBuf::from("out/a.b.zarr"));
        // nothing leads out of `out`
        for study in ["..toml", "...toml", "....toml", ".toml", "a/../...toml", "x/..x.toml"] {
            let (store, folder) = places("out".as_ref(), study.as_ref());
            for path in [store, folder] {
                let inside = path.strip_prefix("out").unwrap().components().collect::<Vec<_>>();
                assert!(matches!(inside[..], [std::path::Component::Normal(_)]), "{study}: {path:?}");
            }
        }
    }
}
