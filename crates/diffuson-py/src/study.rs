//! Studies: from a study file to its record, as the program `diffuson` does it.

mod errors;
mod forecast;
mod ledger;
mod record;
mod running;

use crate::compute::compute;
use crate::errors::{Raise, input};
use diffuson_study::measurements::{self, Model};
use diffuson_study::run::{ensemble, places};
use diffuson_study::schema::{KINDS, Kind};
use forecast::Forecast;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Study>()?;
    m.add_class::<Forecast>()?;
    m.add_class::<ledger::Verdict>()?;
    m.add_function(wrap_pyfunction!(kinds, m)?)?;
    m.add_function(wrap_pyfunction!(template, m)?)?;
    m.add_function(wrap_pyfunction!(study_places, m)?)?;
    m.add_function(wrap_pyfunction!(record::summarise, m)?)?;
    m.add_function(wrap_pyfunction!(record::write_report, m)?)?;
    m.add_function(wrap_pyfunction!(ledger::ledger_studies, m)?)?;
    m.add_function(wrap_pyfunction!(ledger::ledger_verdicts, m)?)
}

/// A validated study file with its overrides.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct Study {
    study: Arc<diffuson_study::Study>,
}

impl Study {
    fn new(study: diffuson_study::Study) -> Self {
        Self { study: Arc::new(study) }
    }
}

#[pymethods]
impl Study {
    /// Reads a study file; overrides are `key=value`.
    #[staticmethod]
    fn read(path: PathBuf, overrides: Vec<String>) -> PyResult<Self> {
        diffuson_study::Study::read(&path, &overrides).map(Self::new).map_err(Raise::raise)
    }

    /// Validates the text of a study file, which messages call `name`.
    #[staticmethod]
    fn parse(name: &str, text: &str, overrides: Vec<String>) -> PyResult<Self> {
        diffuson_study::Study::parse(name, text, &overrides).map(Self::new).map_err(Raise::raise)
    }

    /// The study that fits a model to a file of measurements: that of a study file, of the text of one, or a named model with its defaults.
    #[staticmethod]
    #[pyo3(signature = (data, overrides, *, path = None, text = None, model = None))]
    fn fit(
        data: PathBuf,
        overrides: Vec<String>,
        path: Option<PathBuf>,
        text: Option<&str>,
        model: Option<&str>,
    ) -> PyResult<Self> {
        let model = match (&path, text, model) {
            (Some(path), None, None) => Model::File(path),
            (None, Some(text), None) => Model::Text("study", text),
            (None, None, Some(name)) if measurements::models().any(|known| known == name) => {
                Model::Named(name)
            }
            (None, None, Some(name)) => {
                let known: Vec<&str> = measurements::models().collect();
                return Err(input(format!("model is \"{name}\", but one of {known:?} is wanted")));
            }
            _ => return Err(input("either a study or a model is wanted")),
        };
        measurements::fit(&data, model, &overrides).map(Self::new).map_err(Raise::raise)
    }

    /// The kind of the study.
    #[getter]
    fn kind(&self) -> &'static str {
        self.study.kind().name
    }

    /// The title; the kind if the file gives none.
    #[getter]
    fn title(&self) -> &str {
        self.study.title()
    }

    /// The points of the sweep: the swept keys and their values.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        points(py, &self.study)
    }

    /// Samples of each point, at most.
    #[getter]
    fn samples(&self) -> usize {
        ensemble(&self.study).most_samples()
    }

    /// The seed of the random numbers.
    #[getter]
    fn seed(&self) -> u64 {
        ensemble(&self.study).seed
    }

    /// Predicts time, memory and disk; computes one sample of the cheapest point unless that would take long.
    #[pyo3(signature = (threads = None))]
    fn forecast(&self, py: Python<'_>, threads: Option<usize>) -> PyResult<Forecast> {
        let (study, threads) = (self.study.clone(), worker_threads(threads)?);
        let forecast = compute(py, move || diffuson_study::forecast(&study, threads))?;
        Ok(Forecast::new(self.study.clone(), forecast.map_err(Raise::raise)?))
    }

    /// Runs the study, or continues its record. `progress(done, failed, total, found)` is told some times a second how many samples are there and how many of
    /// them an earlier run has left.
    #[pyo3(signature = (record, *, threads = None, fresh = false, progress = None))]
    fn run(
        &self,
        py: Python<'_>,
        record: PathBuf,
        threads: Option<usize>,
        fresh: bool,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let threads = worker_threads(threads)?;
        running::run(py, &self.study, record, threads, fresh, progress.as_ref())
    }

    fn __repr__(&self) -> String {
        format!("Study({:?}, kind={:?}, points={})", self.title(), self.kind(), self.study.points().len())
    }
}

/// The swept keys and their values, point by point.
fn points<'py>(py: Python<'py>, study: &diffuson_study::Study) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let swept = |point: &diffuson_study::Point| {
        let entries = PyDict::new(py);
        for swept in &point.swept {
            match &swept.value {
                Value::Number(n) if n.is_f64() => entries.set_item(swept.key.path, n.as_f64())?,
                Value::Number(n) => entries.set_item(swept.key.path, n.as_i64())?,
                Value::String(text) => entries.set_item(swept.key.path, text)?,
                other => entries.set_item(swept.key.path, other.to_string())?,
            }
        }
        Ok(entries)
    };
    study.points().iter().map(swept).collect()
}

/// All cores unless a number is given.
fn worker_threads(given: Option<usize>) -> PyResult<usize> {
    match given {
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
        Some(threads @ 1..=4096) => Ok(threads),
        Some(threads) => Err(input(format!("threads is {threads}, but 1 to 4096 are wanted"))),
    }
}

/// The kinds of study.
#[pyfunction]
fn kinds() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

/// A study file of a kind with every key explained, to begin with.
#[pyfunction]
fn template(kind: &str) -> PyResult<String> {
    let known = Kind::named(kind)
        .ok_or_else(|| input(format!("kind is \"{kind}\", but one of {} is wanted", kinds().join(", "))))?;
    Ok(known.template())
}

/// The record and the folder of figures of a study file of this name, in the folder `out`.
#[pyfunction]
fn study_places(out: PathBuf, name: PathBuf) -> (PathBuf, PathBuf) {
    places(&out, Path::new(&name))
}
