//! What a kind of study must supply so that it can be run, stored and resumed.
//!
//! # Adding a kind of study
//!
//! 1. its keys: a table in `schema/`, its settings in `settings/`;
//! 2. its question: an implementation of [`Task`], in a folder of its own like `local_heat/`, made in `run::with_task`; where points are exact curves, `exact.rs` has most of it, where a file is fitted, `fitting.rs`;
//! 3. its figures: a module in the report crate.
//!
//! A task computes one sample at a time, a pure function of (point, sample), and later turns stored samples into results. It never
//! sees threads, files or interruptions.

use crate::diagnostic::Diagnostic;
use crate::results::Results;
use crate::study::Study;
use diffuson_store::{ArraySpec, Layout, Reader, StoreError};

/// A study, ready to be computed.
pub(crate) trait Task: Sync {
    /// Dimensions, coordinates and per-sample arrays of the record. All per-sample arrays hold floating-point numbers.
    fn layout(&self) -> Layout;

    /// The whole arrays that are known before any sample: coordinates and what describes the points.
    fn fixed(&self) -> Vec<(ArraySpec, Column)>;

    /// Computes one sample: the values of every per-sample array, in the order of the layout.
    fn sample(&self, point: usize, sample: u64) -> Result<Vec<Vec<f64>>, String>;

    /// The first of the points that share the work of a sample with this one.
    fn leader(&self, point: usize) -> usize {
        point
    }

    /// What follows from the stored samples. Called within a pool of threads: what is done for each of very many samples is better done with rayon, and put together in their order.
    fn results(&self, record: &Reader) -> Result<Results, StoreError>;

    /// The relative standard error of a quantity at one point from its first `n` samples.
    fn relative_error(
        &self,
        record: &Reader,
        point: usize,
        quantity: &str,
        n: usize,
    ) -> Result<f64, StoreError>;

    /// What one sample costs at a point.
    fn cost(&self, point: usize) -> Cost;
}

/// The values of a whole array.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    Float(Vec<f64>),
    Integer(Vec<i64>),
    Text(Vec<String>),
}

/// What one sample costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// What a sample is a sample of, as in `60 x 20 sites`.
    pub system: String,
    /// Real floating-point operations.
    pub operations: f64,
    /// Bytes of memory.
    pub memory: f64,
    /// Bytes in the record, before compression.
    pub stored: f64,
    /// How it is computed, as in `recursive`; with the precision unless it is double.
    pub method: String,
    /// Why so.
    pub reason: String,
    /// Points of the sweep that share the work of a sample, which the first of them does: each is charged with its part.
    pub shared: usize,
}

impl Cost {
    /// Operations of a sample computed for one point alone.
    pub fn alone(&self) -> f64 {
        self.operations * self.shared as f64
    }
}

/// A task made for a study, with the checks that need the physics.
pub(crate) type Made<T> = Result<T, Diagnostic>;

/// Largest memory per sample that a study may ask for, in bytes.
pub(crate) const MEMORY_LIMIT: f64 = 64.0 * 1024.0 * 1024.0 * 1024.0;

/// Checks the memory of one sample against the limit; the error points at the key of the longest side.
pub(crate) fn check_memory(study: &Study, point: usize, (key, side): (&str, usize), cost: &Cost) -> Made<()> {
    if cost.memory <= MEMORY_LIMIT {
        return Ok(());
    }
    let gib = 1024f64.powi(3);
    Err(study.diagnostic(
        point,
        key,
        format!(
            "`{key} = {side}` makes one sample need {:.0} GiB by the route `{}`",
            cost.memory / gib,
            cost.method
        ),
        format!("allowed: at most {:.0} GiB per sample", MEMORY_LIMIT / gib),
        match study.kind().key("solver.route") {
            Some(_) if cost.method != "sweep" => "make the conductor smaller, or use solver.route = \"sweep\", whose memory grows only linearly with the length".to_owned(),
            _ => "make the conductor smaller; the width counts squared".to_owned(),
        },
    ))
}
