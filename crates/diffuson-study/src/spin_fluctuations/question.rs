//! What the four questions have in common: each stores its own arrays of every sample, and makes results of them.

use crate::results::{self, Results, float};
use crate::settings::Settings;
use crate::settings::spin_fluctuations::SpinFluctuations;
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::{Column, Cost};
use diffuson::audit::Audit;
use diffuson::droplets::DropletError;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Reader, Status, StoreError};

/// One of the questions, at all points of a study.
pub(super) trait Question: Sync {
    /// Dimensions of the arrays, with their lengths.
    fn dims(&self) -> Vec<(String, usize)>;

    /// Arrays of every sample.
    fn stored(&self) -> Vec<ArraySpec>;

    /// Coordinates.
    fn coordinates(&self) -> Vec<(ArraySpec, Column)>;

    /// The values of the stored arrays, and the audit.
    fn sample(&self, point: usize, numbers: &Deviations) -> Result<(Vec<Vec<f64>>, Audit), DropletError>;

    /// What follows from the stored samples.
    fn results(&self, record: &Reader) -> Result<Results, StoreError>;

    /// The quantity whose error may decide when to stop, from so many samples.
    fn deciding(&self, record: &Reader, point: usize, limit: usize) -> Result<Estimate, StoreError>;

    /// What one sample costs.
    fn cost(&self, point: usize) -> Cost;
}

/// The settings of a point.
pub(super) fn settings(study: &Study, point: usize) -> &SpinFluctuations {
    match &study.points()[point].settings {
        Settings::SpinFluctuations(settings) => settings,
        _ => unreachable!("a study of this kind"),
    }
}

/// An array of the first `limit` samples of a point that are done: one row for each.
pub(super) fn rows(
    record: &Reader,
    name: &str,
    point: usize,
    limit: usize,
) -> Result<Vec<Vec<f64>>, StoreError> {
    let status = record.status(point)?;
    let samples = 0..status.len().min(limit);
    let read = record.read_samples::<f64>(name, point, samples.clone())?.data;
    let width = read.len() / samples.len().max(1);
    let row = |k: usize| read[k * width..(k + 1) * width].to_vec();
    Ok(samples.filter(|&k| status[k] == Status::Done).map(row).collect())
}

/// The first number of each row: an array without further dimensions.
pub(super) fn column(
    record: &Reader,
    name: &str,
    point: usize,
    limit: usize,
) -> Result<Vec<f64>, StoreError> {
    Ok(rows(record, name, point, limit)?.into_iter().map(|row| row[0]).collect())
}

/// An array of estimates with that of their errors.
pub(super) fn estimated(
    (name, dims, units): (&str, &[&str], &str),
    words: &str,
    of: &[Estimate],
) -> [(ArraySpec, Column); 2] {
    [
        (float(name, dims, units, words), results::values(of)),
        (float(&format!("{name}_error"), dims, units, "one standard error"), results::errors(of)),
    ]
}

/// The mean of independent numbers.
pub(super) fn mean(of: &[f64]) -> Estimate {
    let n = of.len() as f64;
    let value = of.iter().sum::<f64>() / n;
    let squares: f64 = of.iter().map(|x| (x - value).powi(2)).sum();
    Estimate { value, standard_error: (squares / (n * (n - 1.0))).sqrt(), samples: of.len() }
}

/// A number without an error.
pub(super) fn exact(value: f64) -> Estimate {
    Estimate { value, standard_error: f64::NAN, samples: 0 }
}

/// What distinguishes a point, in words.
pub(super) fn label(study: &Study, point: usize) -> String {
    let swept = study.points()[point].swept.iter();
    let words = swept.map(|s| {
        let value = s.value.as_str().map_or_else(|| s.value.to_string(), str::to_owned);
        format!("{} = {value}", s.key.path)
    });
    words.collect::<Vec<_>>().join(", ")
}
