//! The whole distribution of the parameters: Monte Carlo with the affine-invariant ensemble of Goodman and Weare (2010), from the crate
//! `hammer-and-sample`, named nowhere else.
//!
//! The posterior is `exp(-chi^2/2)` with the priors in chi^2, and flat beyond them between the bounds in the coordinate of each
//! parameter (flat in the logarithm for positive ones). True abscissae of a [`Curve`](crate::curve::Curve) are at their best, not
//! integrated over, so that least squares and Monte Carlo explore one function.
//!
//! Several ensembles run independently of each other from starts twice as wide as the covariance says. Each half of each is one chain
//! for the ratio R, "split R-hat" (Gelman et al., *Bayesian Data Analysis*, 3rd ed., section 11.4), and the number of independent samples
//! follows from the autocorrelation of the ensemble means, which knows that walkers of one ensemble follow each other.

use crate::Error;
use crate::bootstrap::central;
use crate::least_squares::Fit;
use crate::model::Model;
use crate::problem::Problem;
use diffuson_ensemble::random::Realisation;
use diffuson_linalg::eigen;
use hammer_and_sample::{MinChainLen, Serial, Stretch, sample as run};
use rand_core::TryRng;
use std::convert::Infallible;

/// How long to sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// Steps of every walker that are kept.
    pub steps: usize,
    /// Steps before them that are not.
    pub burn_in: usize,
    /// Independent ensembles.
    pub ensembles: usize,
    /// Same seed, same samples.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { steps: 2000, burn_in: 500, ensembles: 4, seed: 0 }
    }
}

/// Samples of the posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    /// All parameters of each sample: ensemble by ensemble, step by step, walker by walker.
    pub samples: Vec<Vec<f64>>,
    /// Split R-hat of each parameter: 1 if the chains agree. NaN for fixed ones.
    pub split_r_hat: Vec<f64>,
    /// Number of independent samples with the same error of the mean, of each parameter. NaN for fixed ones.
    pub effective_samples: Vec<f64>,
    /// Fraction of steps that were accepted.
    pub acceptance: f64,
    /// What the reader must know.
    pub warnings: Vec<Warning>,
}

/// Why samples may not represent the posterior.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Warning {
    /// Chains disagree on this parameter: R-hat above 1.01.
    NotMixed {
        /// Its number.
        parameter: usize,
        /// R-hat.
        split_r_hat: f64,
    },
    /// Fewer than 400 independent samples of this parameter.
    FewSamples {
        /// Its number.
        parameter: usize,
        /// Independent samples.
        effective: f64,
    },
}

/// Samples the posterior around a fit. Costs `ensembles (steps + burn_in) walkers` evaluations of the model, walkers being four for each
/// free parameter, and at least 16.
///
/// # Errors
/// [`Error::Setting`] unless there are at least 4 steps and 2 ensembles, or [`Error`] if the problem itself is not valid.
pub fn sample(model: &dyn Model, fit: &Fit, sampling: Sampling) -> Result<Posterior, Error> {
    let Sampling { steps, burn_in, ensembles, seed } = sampling;
    if steps < 4 {
        return Err(Error::Setting { name: "steps", what: "at least 4", given: steps as f64 });
    }
    if ensembles < 2 {
        return Err(Error::Setting { name: "ensembles", what: "at least 2", given: ensembles as f64 });
    }
    let problem = Problem::new(model, &fit.restart())?;
    let dimension = problem.free.len();
    if dimension == 0 {
        return Err(Error::Setting { name: "free parameters", what: "at least 1", given: 0.0 });
    }
    let walkers = (4 * dimension).max(16);
    let (mut chains, mut accepted) = (Vec::with_capacity(ensembles), 0);
    for ensemble in 0..ensembles {
        let realisation = Realisation::new(seed, ensemble as u64);
        let starts = starts(&problem, fit, walkers, &realisation);
        let walkers_at = starts
            .into_iter()
            .enumerate()
            .map(|(w, at)| (at, Numbers { realisation, walker: w as u32, next: 0 }));
        let length = MinChainLen((steps + burn_in) * walkers);
        let (mut chain, moves) = run(&Target(&problem), &Stretch::default(), walkers_at, length, Serial);
        chain.drain(..burn_in * walkers);
        chains.push(chain);
        accepted += moves;
    }
    let mut result = Posterior {
        samples: chains.iter().flatten().map(|u| problem.values(u)).collect(),
        split_r_hat: vec![f64::NAN; problem.parameters.len()],
        effective_samples: vec![f64::NAN; problem.parameters.len()],
        acceptance: accepted as f64 / (ensembles * (steps + burn_in) * walkers) as f64,
        warnings: Vec::new(),
    };
    for (k, &parameter) in problem.free.iter().enumerate() {
        let chains: Vec<Vec<f64>> = chains.iter().map(|c| c.iter().map(|u| u[k]).collect()).collect();
        let (split_r_hat, effective) = (split_r_hat(&chains), effective_samples(&chains, walkers));
        result.split_r_hat[parameter] = split_r_hat;
        result.effective_samples[parameter] = effective;
        if !(split_r_hat <= 1.01) {
            result.warnings.push(Warning::NotMixed { parameter, split_r_hat });
        }
        if !(effective >= 400.0) {
            result.warnings.push(Warning::FewSamples { parameter, effective });
        }
    }
    Ok(result)
}

impl Posterior {
    /// Posterior mean of parameter `index`.
    pub fn mean(&self, index: usize) -> f64 {
        self.samples.iter().map(|s| s[index]).sum::<f64>() / self.samples.len() as f64
    }

    /// Posterior standard deviation of parameter `index`.
    pub fn deviation(&self, index: usize) -> f64 {
        let mean = self.mean(index);
        (self.samples.iter().map(|s| (s[index] - mean).powi(2)).sum::<f64>() / self.samples.len() as f64)
            .sqrt()
    }

    /// Central credible interval: `probability` within, equal parts of the rest on either side.
    pub fn credible(&self, index: usize, probability: f64) -> [f64; 2] {
        central(self.samples.iter().map(|s| s[index]).collect(), probability)
    }
}

/// Starts of the walkers: normal around the fit, twice as wide as its covariance, within the bounds, where the model exists.
fn starts(problem: &Problem, fit: &Fit, walkers: usize, realisation: &Realisation) -> Vec<Vec<f64>> {
    let best = problem.start();
    let n = best.len();
    let free = &problem.free;
    let errors: Vec<f64> = (0..n)
        .map(|k| {
            let parameter = &problem.parameters[free[k]];
            let error = fit.standard_errors[free[k]] / parameter.stretch(fit.values[free[k]]);
            if error > 0.0 && error.is_finite() { error } else { parameter.natural_length(best[k]) }
        })
        .collect();
    let correlations: Vec<f64> = (0..n * n)
        .map(|at| {
            let correlation = fit.correlation(free[at / n], free[at % n]);
            if correlation.is_finite() { correlation } else { f64::from(u8::from(at / n == at % n)) }
        })
        .collect();
    let eigen = eigen::symmetric(&correlations, n).expect("entries of modulus one at most");
    let residuals = &mut vec![0.0; problem.rows()];
    (0..walkers)
        .map(|w| {
            let deviates: Vec<f64> = (0..n)
                .map(|k| {
                    realisation.normal(walkers as u32, (w * n + k) as u64) * eigen.values[k].max(0.0).sqrt()
                })
                .collect();
            let mut at = best.clone();
            let mut reach = 2.0;
            for _ in 0..60 {
                for i in 0..n {
                    let sum: f64 = (0..n).map(|k| eigen.vectors[k * n + i] * deviates[k]).sum();
                    let step = errors[i] * sum;
                    let [low, high] = problem.parameters[problem.free[i]].coordinate_bounds();
                    // turned around at a bound: walkers must not all lie on it
                    let inside = low <= best[i] + reach * step && best[i] + reach * step <= high;
                    at[i] = (best[i] + if inside { reach * step } else { -reach * step }).clamp(low, high);
                }
                if problem.residuals(&at, residuals).is_finite() {
                    break;
                }
                reach *= 0.5;
            }
            at
        })
        .collect()
}

/// `sqrt(((n-1)/n W + B/n) / W)`, W the mean variance within the halves of the chains, B/n the variance of their means.
fn split_r_hat(chains: &[Vec<f64>]) -> f64 {
    let halves: Vec<&[f64]> =
        chains.iter().flat_map(|c| <[&[f64]; 2]>::from(c.split_at(c.len() / 2))).collect();
    let moments: Vec<(f64, f64)> = halves.iter().map(|h| moments(h)).collect();
    let (means, variances): (Vec<f64>, Vec<f64>) = moments.into_iter().unzip();
    let n = halves[0].len() as f64;
    let within = variances.iter().sum::<f64>() / variances.len() as f64;
    (((n - 1.0) / n * within + self::moments(&means).1) / within).sqrt()
}

/// Mean and variance.
fn moments(numbers: &[f64]) -> (f64, f64) {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    (mean, numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

/// Variance of the parameter over the variance of its grand mean, from the autocovariances of the ensemble means, summed in pairs as
/// long as these are positive (Geyer 1992).
fn effective_samples(chains: &[Vec<f64>], walkers: usize) -> f64 {
    let means: Vec<Vec<f64>> = chains
        .iter()
        .map(|c| c.chunks_exact(walkers).map(|s| s.iter().sum::<f64>() / walkers as f64).collect())
        .collect();
    let steps = means[0].len();
    let grand = means.iter().flatten().sum::<f64>() / (steps * means.len()) as f64;
    let covariance = |lag: usize| {
        let sum: f64 = means
            .iter()
            .map(|m| (lag..steps).map(|t| (m[t] - grand) * (m[t - lag] - grand)).sum::<f64>())
            .sum();
        sum / (steps * means.len()) as f64
    };
    let mut sum = -covariance(0);
    for lag in (0..steps / 2).step_by(2) {
        let pair = covariance(lag) + covariance(lag + 1);
        if !(pair > 0.0) {
            break;
        }
        sum += 2.0 * pair;
    }
    let all: Vec<f64> = chains.iter().flatten().copied().collect();
    moments(&all).1 * (steps * means.len()) as f64 / sum
}

struct Target<'p, 'm>(&'p Problem<'m>);

impl hammer_and_sample::Model for Target<'_, '_> {
    type Params = Vec<f64>;

    fn log_prob(&self, coordinates: &Vec<f64>) -> f64 {
        let inside = self.0.free.iter().zip(coordinates).all(|(&j, &u)| {
            let [low, high] = self.0.parameters[j].coordinate_bounds();
            low <= u && u <= high
        });
        if !inside {
            return f64::NEG_INFINITY;
        }
        let chi_squared = self.0.residuals(coordinates, &mut vec![0.0; self.0.rows()]);
        if chi_squared.is_finite() { -0.5 * chi_squared } else { f64::NEG_INFINITY }
    }
}

/// The random numbers of one walker, in sequence.
struct Numbers {
    realisation: Realisation,
    walker: u32,
    next: u64,
}

impl TryRng for Numbers {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.next += 1;
        Ok((self.realisation.uniform(self.walker, self.next - 1) * (1u64 << 32) as f64) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.try_next_u32()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}
