//! Parameters of fits: as fitted numbers, and as arrays with their correlations.

use super::ends;
use crate::results::{self, Results, float, text};
use crate::task::Column;
use diffuson_ensemble::statistics::Estimate;
use diffuson_fit::least_squares::Fit;
use diffuson_fit::posterior::Posterior;
use diffuson_fit::profile::Interval;

/// A fit of the data.
pub(crate) struct Fitted<'a> {
    /// What it is called, if there are several.
    pub(crate) name: &'a str,
    pub(crate) fit: &'a Fit,
    pub(crate) posterior: Option<&'a Posterior>,
}

impl Fitted<'_> {
    /// Free parameters as fitted numbers, to so many points; those without a unit are in that of the file.
    pub(crate) fn numbers(&self, points: usize, unit_of_file: &str) -> Vec<results::Fit> {
        let number = |j: usize| {
            let unit = match self.fit.parameters[j].unit() {
                "" => unit_of_file,
                "1" => "",
                unit => unit,
            };
            let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
            results::Fit {
                name: format!("{}{unit}", self.called(j)),
                estimate: self.estimate(j),
                expected: None,
                reference: String::new(),
                points,
            }
        };
        self.free().map(number).collect()
    }

    /// A parameter with its standard error, of one that is held none.
    pub(crate) fn estimate(&self, parameter: usize) -> Estimate {
        let (value, standard_error) = (self.fit.values[parameter], self.fit.standard_errors[parameter]);
        Estimate { value, standard_error, samples: 1 }
    }

    pub(crate) fn is_free(&self, parameter: usize) -> bool {
        self.fit.parameters[parameter].is_free()
    }

    fn free(&self) -> impl Iterator<Item = usize> {
        (0..self.fit.values.len()).filter(|&j| self.is_free(j))
    }

    /// The ends of the intervals of a parameter: of the profile, 68 and 95 %, then of the posterior, 68 %; NaN where there is none.
    pub(crate) fn ranges(&self, parameter: usize, [one, two]: [Option<Interval>; 2]) -> [f64; 6] {
        let posterior = self.posterior.filter(|_| self.is_free(parameter));
        let [[low, high], [lowest, highest]] = [ends(one), ends(two)];
        let [credible_low, credible_high] =
            posterior.map_or([f64::NAN; 2], |p| p.credible(parameter, 0.6827));
        [low, high, lowest, highest, credible_low, credible_high]
    }

    /// chi^2 per degree of freedom.
    pub(crate) fn ratio(&self) -> f64 {
        self.fit.chi_squared / self.fit.degrees_of_freedom as f64
    }

    /// That the chains of a free parameter disagree.
    pub(crate) fn mixing(&self, parameter: usize) -> Option<String> {
        let posterior = self.posterior.filter(|_| self.is_free(parameter));
        let mixed = posterior.map_or(1.0, |p| p.split_r_hat[parameter]);
        let warning =
            format!("the chains of the posterior disagree, R-hat = {mixed:.3}: raise posterior.steps");
        (!(mixed <= 1.05)).then(|| self.of(&warning))
    }

    /// The name of a parameter.
    fn called(&self, j: usize) -> String {
        self.of(self.fit.parameters[j].name())
    }

    /// What is said of the fit, after its name.
    fn of(&self, said: &str) -> String {
        if self.name.is_empty() { said.to_owned() } else { format!("{}: {said}", self.name) }
    }
}

/// The arrays of the free parameters of all fits with their correlations, which parameters of different fits do not have.
pub(crate) fn parameters(results: &mut Results, fits: &[Fitted<'_>]) {
    let free: Vec<(usize, usize)> =
        fits.iter().enumerate().flat_map(|(k, f)| f.free().map(move |j| (k, j))).collect();
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
        (text("parameter", "parameter", "parameter of the fit"), words(&|f, j| f.called(j))),
        (
            text("parameter_units", "parameter", "its unit"),
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
