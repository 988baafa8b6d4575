//! What a run will need: time, memory, disk.

use crate::run::{RunError, costs, ensemble, trial};
use crate::study::Study;
use crate::task::Cost;

/// More operations than this are not spent on a measurement.
const LONGEST_TRIAL: f64 = 2e11;
/// Operations per second and thread where nothing is measured.
const ASSUMED_SPEED: f64 = 1e10;

/// What a run will need.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// What one sample costs, point by point.
    pub costs: Vec<Cost>,
    /// Worker threads.
    pub threads: usize,
    /// Samples per point, at most.
    pub samples: usize,
    /// Operations per second on one thread.
    pub speed: f64,
    /// The point of the trial sample and the seconds it took; `None` if it would take too long, so that the speed is assumed.
    pub trial: Option<(usize, f64)>,
    /// Time of the run, in seconds.
    pub seconds: f64,
    /// Bytes of memory.
    pub memory: f64,
    /// Bytes in the record, before compression.
    pub disk: f64,
}

/// Predicts time, memory and disk. All checks of the physics are made, and one sample of the cheapest point is computed to measure the speed, unless that would
/// take long; nothing is written.
///
/// # Errors
/// [`RunError::Study`] if the study asks for something impossible, [`RunError::Sample`] if the sample fails.
pub fn forecast(study: &Study, threads: usize) -> Result<Forecast, RunError> {
    let costs = costs(study)?;
    let samples = ensemble(study).most_samples();
    let cheapest = (0..costs.len()).min_by(|a, b| costs[*a].alone().total_cmp(&costs[*b].alone()));
    let trial = match cheapest {
        // no clock is finer than a nanosecond
        Some(point) if costs[point].alone() < LONGEST_TRIAL => {
            Some((point, trial(study, point)?.as_secs_f64().max(1e-9)))
        }
        _ => None,
    };
    let speed = trial.map_or(ASSUMED_SPEED, |(point, seconds)| costs[point].alone() / seconds);
    let total = |of: &dyn Fn(&Cost) -> f64| samples as f64 * costs.iter().map(of).sum::<f64>();
    let busy = threads.min(samples * costs.len()) as f64;
    Ok(Forecast {
        threads,
        samples,
        speed,
        trial,
        seconds: total(&|cost| cost.operations) / speed / busy,
        memory: busy * costs.iter().map(|cost| cost.memory).fold(0.0, f64::max),
        disk: total(&|cost| cost.stored),
        costs,
    })
}
