//! What kinds that fit measurements have in common: parameters with their correlations, numbers, and the Monte Carlo.

use crate::results::{Results, float};
use crate::task::Column;
use diffuson::localization::scaling::Estimated;
use diffuson_ensemble::statistics::Estimate;
use diffuson_fit::least_squares::Fit;
use diffuson_fit::posterior::{Posterior, Sampling};
use diffuson_fit::profile::Interval;
use diffuson_store::{ArraySpec, Kind};

/// Points of a curve.
pub(crate) const CURVE: usize = 80;

/// A fit of the data, what it is called if there are several, and its posterior if there is one.
pub(crate) struct Fitted<'a> {
    pub(crate) name: &'a str,
    pub(crate) fit: &'a Fit,
    pub(crate) posterior: Option<&'a Posterior>,
}

/// The free parameters of all fits with their correlations, which parameters of different fits do not have.
pub(crate) fn parameters(results: &mut Results, fits: &[Fitted<'_>]) {
    let free: Vec<(usize, usize)> = fits
        .iter()
        .enumerate()
        .flat_map(|(k, f)| (0..f.fit.values.len()).map(move |j| (k, j)))
        .filter(|&(k, j)| fits[k].fit.parameters[j].is_free())
        .collect();
    let words = |of: &dyn Fn(&Fitted<'_>, usize) -> String| {
        Column::Text(free.iter().map(|&(k, j)| of(&fits[k], j)).collect())
    };
    let numbers = |of: &dyn Fn(&Fitted<'_>, usize) -> f64| {
        Column::Float(free.iter().map(|&(k, j)| of(&fits[k], j)).collect())
    };
    let correlations = free.iter().flat_map(|&(k, i)| {
        free.iter().map(move |&(l, j)| if k == l { fits[k].fit.correlation(i, j) } else { f64::NAN })
    });
    let posterior =
        |of: fn(&Posterior, usize) -> f64| numbers(&|f, j| f.posterior.map_or(f64::NAN, |p| of(p, j)));
    results.dimension("parameter", free.len());
    results.dimension("other_parameter", free.len());
    let by_unit =
        |name: &str, words: &str| float(name, &["parameter"], "1", words).describe("units: parameter_units");
    results.extend([
        (text("parameter", &["parameter"], "parameter of the fit"), words(&|f, j| f.called(j))),
        (
            text("parameter_units", &["parameter"], "its unit"),
            words(&|f, j| f.fit.parameters[j].unit().to_owned()),
        ),
        (by_unit("parameter_value", "best value"), numbers(&|f, j| f.fit.values[j])),
        (by_unit("parameter_error", "standard error"), numbers(&|f, j| f.fit.standard_errors[j])),
        (by_unit("parameter_mean", "mean of the posterior"), posterior(Posterior::mean)),
        (
            by_unit("parameter_deviation", "standard deviation of the posterior"),
            posterior(Posterior::deviation),
        ),
        (
            float("parameter_r_hat", &["parameter"], "1", "split R-hat of the posterior"),
            posterior(|p, j| p.split_r_hat[j]),
        ),
        (
            float("correlation", &["parameter", "other_parameter"], "1", "correlation of two parameters"),
            Column::Float(correlations.collect()),
        ),
    ]);
}

impl Fitted<'_> {
    /// The name of a parameter, after that of the fit.
    pub(crate) fn called(&self, j: usize) -> String {
        let parameter = self.fit.parameters[j].name();
        if self.name.is_empty() { parameter.to_owned() } else { format!("{}: {parameter}", self.name) }
    }
}

/// A fitted number.
pub(crate) fn estimate(e: Estimated) -> Estimate {
    Estimate { value: e.value, standard_error: e.standard_error, samples: 1 }
}

/// A number without error.
pub(crate) fn exact(value: f64) -> Estimate {
    Estimate { value, standard_error: 0.0, samples: 1 }
}

/// The ends of an interval, if there is one.
pub(crate) fn ends(interval: Option<Interval>) -> [f64; 2] {
    interval.map_or([f64::NAN; 2], |i| [i.low, i.high])
}

/// Four ensembles, with a quarter of their steps thrown away before.
pub(crate) fn sampling(steps: usize, seed: u64) -> Sampling {
    Sampling { steps, burn_in: steps / 4, ensembles: 4, seed }
}

/// That the chains of a parameter disagree.
pub(crate) fn mixing(posterior: Option<&Posterior>, parameter: usize) -> Option<String> {
    let mixed = posterior.map_or(1.0, |p| p.split_r_hat[parameter]);
    (!(mixed <= 1.05))
        .then(|| format!("the chains of the posterior disagree, R-hat = {mixed:.3}: raise posterior.steps"))
}

/// The places of a curve, at equal ratios.
pub(crate) fn logarithmic(from: f64, to: f64) -> Vec<f64> {
    (0..CURVE).map(|k| from * (to / from).powf(k as f64 / (CURVE - 1) as f64)).collect()
}

/// An array of words.
pub(crate) fn text(name: &str, dims: &[&str], words: &str) -> ArraySpec {
    ArraySpec::new(name, Kind::Text, dims, "1", words)
}
