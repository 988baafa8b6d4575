//! What a run will need.

use super::points;
use diffuson_study::Study;
use diffuson_study::run::ensemble;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// What a study asks, and the time, memory and disk a run will need.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct Forecast {
    study: Arc<Study>,
    forecast: diffuson_study::Forecast,
}

impl Forecast {
    pub(super) fn new(study: Arc<Study>, forecast: diffuson_study::Forecast) -> Self {
        Self { study, forecast }
    }
}

#[pymethods]
impl Forecast {
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

    /// One entry for each point of the sweep: the swept keys and their values.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        points(py, &self.study)
    }

    /// Samples of each point, at most.
    #[getter]
    fn samples(&self) -> usize {
        self.forecast.samples
    }

    /// The seed of the random numbers.
    #[getter]
    fn seed(&self) -> u64 {
        ensemble(&self.study).seed
    }

    /// Worker threads.
    #[getter]
    fn threads(&self) -> usize {
        self.forecast.threads
    }

    /// Time of the run, in seconds.
    #[getter]
    fn seconds(&self) -> f64 {
        self.forecast.seconds
    }

    /// Memory, in bytes.
    #[getter]
    fn memory(&self) -> f64 {
        self.forecast.memory
    }

    /// Size of the record before compression, in bytes.
    #[getter]
    fn disk(&self) -> f64 {
        self.forecast.disk
    }

    /// Floating-point operations of one sample, point by point.
    #[getter]
    fn operations(&self) -> Vec<f64> {
        self.forecast.costs.iter().map(|cost| cost.operations).collect()
    }

    /// What a sample is a sample of, point by point.
    #[getter]
    fn systems(&self) -> Vec<String> {
        self.forecast.costs.iter().map(|cost| cost.system.clone()).collect()
    }

    /// How a sample is computed, point by point.
    #[getter]
    fn methods(&self) -> Vec<String> {
        self.forecast.costs.iter().map(|cost| cost.method.clone()).collect()
    }

    /// Operations per second on one thread.
    #[getter]
    fn speed(&self) -> f64 {
        self.forecast.speed
    }

    /// Whether the speed was measured on one sample; assumed if that would have taken long.
    #[getter]
    fn measured(&self) -> bool {
        self.forecast.trial.is_some()
    }

    fn __repr__(&self) -> String {
        let f = &self.forecast;
        format!(
            "Forecast({}: {} points, {} samples each, about {:.1} s on {} threads, {:.1} MiB of memory, at most {:.1} MiB on disk)",
            self.kind(),
            f.costs.len(),
            f.samples,
            f.seconds,
            f.threads,
            f.memory / MIB,
            f.disk / MIB
        )
    }
}

const MIB: f64 = 1024.0 * 1024.0;
