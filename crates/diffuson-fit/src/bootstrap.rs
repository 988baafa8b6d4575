//! Parametric bootstrap: the experiment repeated on the computer, with the fitted model as the truth and the stated errors, each time
//! fitted anew (Efron and Tibshirani 1993). Priors are repeated too, as the measurements they stand for.

use crate::Error;
use crate::least_squares::Fit;
use crate::model::Model;
use crate::problem::Problem;
use crate::solver::minimise;
use diffuson_ensemble::random::Realisation;

/// The values that repeated experiments would give.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// All parameters of each repetition.
    pub values: Vec<Vec<f64>>,
    /// chi^2 of each repetition.
    pub chi_squared: Vec<f64>,
    /// Repetitions left out because their fit did not converge.
    pub failed: usize,
}

/// Repeats the experiment `repetitions` times. Repetition n depends on (seed, n) only.
///
/// # Errors
/// [`Error::Setting`] for fewer than 2 repetitions; [`Error`] if the problem itself is not valid.
pub fn bootstrap(model: &dyn Model, fit: &Fit, repetitions: usize, seed: u64) -> Result<Bootstrap, Error> {
    if repetitions < 2 {
        return Err(Error::Setting { name: "repetitions", what: "at least 2", given: repetitions as f64 });
    }
    let parameters = fit.restart();
    let original = Problem::new(model, &parameters)?;
    let start = original.start();
    let mut fitted = vec![0.0; original.rows()];
    original.residuals(&start, &mut fitted);
    let mut result = Bootstrap { values: Vec::new(), chi_squared: Vec::new(), failed: 0 };
    for repetition in 0..repetitions {
        let realisation = Realisation::new(seed, repetition as u64);
        let mut drawn = 0;
        let mut normal = || {
            drawn += 1;
            realisation.normal(0, drawn - 1)
        };
        let model_again = model.redrawn(&fit.values, &mut normal);
        let redrawn = model_again.is_some();
        let mut problem = Problem::new(model_again.as_deref().unwrap_or(model), &parameters)?;
        let kept = if redrawn { model.residuals() } else { 0 };
        problem.shift =
            fitted.iter().enumerate().map(|(i, r)| if i < kept { 0.0 } else { normal() - r }).collect();
        match minimise(&problem, &start) {
            Ok(minimum) if minimum.settled => {
                result.values.push(problem.values(&minimum.coordinates));
                result.chi_squared.push(minimum.chi_squared);
            }
            _ => result.failed += 1,
        }
    }
    Ok(result)
}

impl Bootstrap {
    /// Standard deviation of parameter `index` over the repetitions; NaN for fewer than two that converged.
    pub fn standard_error(&self, index: usize) -> f64 {
        let n = self.values.len() as f64;
        let mean = self.values.iter().map(|v| v[index]).sum::<f64>() / n;
        (self.values.iter().map(|v| (v[index] - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
    }

    /// Percentile interval: the central part of the repetitions, `probability` of them.
    pub fn interval(&self, index: usize, probability: f64) -> [f64; 2] {
        central(self.values.iter().map(|v| v[index]).collect(), probability)
    }
}

/// The central interval that holds the fraction `probability` of the numbers; NaN without numbers.
pub(crate) fn central(mut numbers: Vec<f64>, probability: f64) -> [f64; 2] {
    numbers.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        let at = q.clamp(0.0, 1.0) * (numbers.len().max(1) - 1) as f64;
        let (below, part) = (at.floor() as usize, at.fract());
        match (numbers.get(below), numbers.get(below + 1)) {
            (Some(a), Some(b)) => a + part * (b - a),
            (Some(a), None) => *a,
            _ => f64::NAN,
        }
    };
    [quantile(0.5 - 0.5 * probability), quantile(0.5 + 0.5 * probability)]
}
