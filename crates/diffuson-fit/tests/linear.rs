//! Linear models, where everything is known in closed form.

use diffuson_ensemble::random::Realisation;
use diffuson_fit::bootstrap::bootstrap;
use diffuson_fit::curve::{Curve, Measurement};
use diffuson_fit::goodness_of_fit;
use diffuson_fit::least_squares::fit;
use diffuson_fit::model::Model;
use diffuson_fit::parameter::Parameter;
use diffuson_fit::posterior::{Sampling, sample};
use diffuson_fit::profile::{End, NINETY_FIVE_PERCENT, ONE_SIGMA, interval, scan};
use proptest::prelude::*;

fn line(_: usize, x: f64, p: &[f64], y: &mut [f64]) {
    y[0] = p[0] + p[1] * x;
}

fn points(seed: u64, count: usize) -> Vec<(f64, f64, f64)> {
    let random = Realisation::new(seed, 0);
    (0..count as u64)
        .map(|i| {
            let (x, error) = (10.0 * random.uniform(0, i) - 3.0, 0.05 + random.uniform(1, i));
            (x, 1.5 - 0.7 * x + error * random.normal(2, i), error)
        })
        .collect()
}

type Line = fn(usize, f64, &[f64], &mut [f64]);

fn curve(points: &[(f64, f64, f64)]) -> Curve<Line> {
    let data = points.iter().map(|&(x, y, e)| Measurement::new(x, vec![(y, e)])).collect();
    Curve::new(data, line as Line).unwrap()
}

fn parameters() -> [Parameter; 2] {
    [Parameter::new("intercept", "V", 0.0), Parameter::new("slope", "V/K", 0.0)]
}

/// Weighted regression in closed form: values, covariance (aa, ab, bb), chi^2.
fn regression(points: &[(f64, f64, f64)]) -> ([f64; 2], [f64; 3], f64) {
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|&(x, y, e)| f(x, y) / (e * e)).sum::<f64>();
    let (s, sx, sy, sxx, sxy) =
        (sum(&|_, _| 1.0), sum(&|x, _| x), sum(&|_, y| y), sum(&|x, _| x * x), sum(&|x, y| x * y));
    let d = s * sxx - sx * sx;
    let (a, b) = ((sxx * sy - sx * sxy) / d, (s * sxy - sx * sy) / d);
    let chi_squared = points.iter().map(|&(x, y, e)| ((y - a - b * x) / e).powi(2)).sum();
    ([a, b], [sxx / d, -sx / d, s / d], chi_squared)
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs()
}

proptest! {
    /// Numerical derivatives of a linear function are exact but for rounding over the step, 1e-16/6e-6 of y/sigma < 1e3: some 1e-8 of the
    /// derivatives, which the covariance inherits; the values only feel it in the step that is left.
    #[test]
    fn values_covariance_and_goodness_are_those_of_weighted_regression(seed in 0u64..1000, count in 4usize..40) {
        let points = points(seed, count);
        let (values, covariance, chi_squared) = regression(&points);
        let fit = fit(&curve(&points), &parameters()).unwrap();
        prop_assert!(fit.converged && fit.warnings.is_empty());
        for j in 0..2 {
            prop_assert!((fit.values[j] - values[j]).abs() <= 1e-6 * fit.standard_errors[j]);
        }
        for (k, (i, j)) in [(0, 0), (0, 1), (1, 1)].into_iter().enumerate() {
            let scale = (covariance[0] * covariance[2]).sqrt();
            prop_assert!((fit.covariance(i, j) - covariance[k]).abs() <= 1e-6 * covariance[k].abs().max(scale));
        }
        prop_assert!(close(fit.chi_squared, chi_squared, 1e-9));
        prop_assert_eq!(fit.degrees_of_freedom, count - 2);
        prop_assert!(close(fit.goodness, goodness_of_fit(chi_squared, count - 2), 1e-7));
    }
}

/// A linear model's profile is a parabola: half the width is sqrt(rise) standard errors, to the 1e-6 of the search.
#[test]
fn the_profile_of_a_linear_model_is_the_standard_error() {
    let curve = curve(&points(7, 12));
    let fit = fit(&curve, &parameters()).unwrap();
    for index in 0..2 {
        for rise in [ONE_SIGMA, NINETY_FIVE_PERCENT] {
            let found = interval(&curve, &fit, index, rise).unwrap();
            let width = rise.sqrt() * fit.standard_errors[index];
            assert_eq!(found.ends, [End::Found; 2]);
            assert!(close(found.high - fit.values[index], width, 1e-5), "{found:?}");
            assert!(close(fit.values[index] - found.low, width, 1e-5), "{found:?}");
        }
        let at = fit.values[index] + 2.0 * fit.standard_errors[index];
        assert!(close(scan(&curve, &fit, index, &[at]).unwrap()[0].rise, 4.0, 1e-5));
    }
}

/// A prior is one more measurement: without data on the slope, it comes out as it went in.
#[test]
fn a_prior_is_a_measurement() {
    let data = vec![Measurement::new(0.0, vec![(2.0, 0.1)])];
    let curve = Curve::new(data, line as Line).unwrap();
    let [intercept, slope] = parameters();
    let fit = fit(&curve, &[intercept.known(3.0, 0.2), slope.known(1.0, 0.3)]).unwrap();
    // two measurements of the intercept: weights 100 and 25
    let mean = (2.0 * 100.0 + 3.0 * 25.0) / 125.0;
    assert!(close(fit.values[0], mean, 1e-9) && close(fit.values[1], 1.0, 1e-9));
    assert!(
        close(fit.standard_errors[0], 125f64.powf(-0.5), 1e-7) && close(fit.standard_errors[1], 0.3, 1e-7)
    );
    assert_eq!(fit.degrees_of_freedom, 1);
    assert!(close(fit.chi_squared, 1.0 / (0.01 + 0.04), 1e-9), "difference of the two over its error");
    let slope = interval(&curve, &fit, 1, ONE_SIGMA).unwrap();
    assert!(
        close(slope.high, 1.3, 1e-5) && close(slope.low, 0.7, 1e-5),
        "the prior counts along the profile too"
    );
}

/// Posterior and repetitions of a linear model are normal with the covariance of the fit. With N independent samples a standard
/// deviation is known to 1/sqrt(2N); five of these are one false alarm in 1.7 million, and there are eight comparisons.
#[test]
fn samples_and_repetitions_have_the_covariance_of_the_fit() {
    let curve = curve(&points(3, 15));
    let fit = fit(&curve, &parameters()).unwrap();
    let posterior = sample(&curve, &fit, Sampling { seed: 11, ..Sampling::default() }).unwrap();
    assert!(posterior.warnings.is_empty(), "{:?}", posterior.warnings);
    let repeated = bootstrap(&curve, &fit, 1000, 5).unwrap();
    assert_eq!(repeated.failed, 0);
    for j in 0..2 {
        let n = posterior.effective_samples[j];
        assert!(close(posterior.deviation(j), fit.standard_errors[j], 5.0 / (2.0 * n).sqrt()));
        assert!((posterior.mean(j) - fit.values[j]).abs() < 5.0 * fit.standard_errors[j] / n.sqrt());
        assert!(close(repeated.standard_error(j), fit.standard_errors[j], 5.0 / 2000f64.sqrt()));
        let [low, high] = posterior.credible(j, 0.6827);
        // a quantile at one sigma is known to 1.5 sigma/sqrt(N): density 0.242, sqrt(0.159 0.841)/0.242
        assert!(
            (high - low - 2.0 * fit.standard_errors[j]).abs() < 5.0 * 2.2 * fit.standard_errors[j] / n.sqrt()
        );
    }
    let mean = repeated.chi_squared.iter().sum::<f64>() / 1000.0;
    assert!(
        (mean - 13.0).abs() < 5.0 * (26.0f64 / 1000.0).sqrt(),
        "chi^2 of the repetitions averages the degrees of freedom"
    );
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let curve = curve(&points(3, 15));
    let fit = fit(&curve, &parameters()).unwrap();
    let short = Sampling { steps: 50, burn_in: 10, ensembles: 2, seed: 1 };
    let [a, b] = [0, 0].map(|_| sample(&curve, &fit, short).unwrap().samples);
    assert_eq!(a, b);
    assert_ne!(a, sample(&curve, &fit, Sampling { seed: 2, ..short }).unwrap().samples);
    assert_eq!(bootstrap(&curve, &fit, 20, 1).unwrap(), bootstrap(&curve, &fit, 20, 1).unwrap());
}

/// Residuals of a model that is not a curve: covariance of correlated data through its Cholesky factor.
#[test]
fn any_residuals_will_do() {
    struct Mean([f64; 2]);
    impl Model for Mean {
        fn residuals(&self) -> usize {
            2
        }
        // two measurements of one number, variances 1 and correlation 1/2: L = [[1, 0], [1/2, sqrt(3)/2]]
        fn evaluate(&self, p: &[f64], r: &mut [f64]) {
            r[0] = self.0[0] - p[0];
            r[1] = (self.0[1] - p[0] - 0.5 * r[0]) / 0.75f64.sqrt();
        }
    }
    let fit = fit(&Mean([1.0, 2.0]), &[Parameter::new("mean", "", 0.0)]).unwrap();
    // best linear estimate: the mean, of variance (1 + 1/2)/2; chi^2 = (difference)^2 / (2 (1 - 1/2))
    assert!(
        close(fit.values[0], 1.5, 1e-9)
            && close(fit.covariance(0, 0), 0.75, 1e-7)
            && close(fit.chi_squared, 1.0, 1e-9)
    );
}
