//! What distribution samples have.

use super::Estimate;

/// Distance of Kolmogorov and Smirnov: the largest difference between the share of samples up to x and what a distribution says, `cdf(x)`. NaN without samples.
pub fn kolmogorov_smirnov(samples: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let apart = |(k, &x): (usize, &f64)| {
        let p = cdf(x);
        (p - k as f64 / n).max((k + 1) as f64 / n - p)
    };
    sorted.iter().enumerate().map(apart).reduce(f64::max).unwrap_or(f64::NAN)
}

/// Probability that n samples of the very distribution are further from it than this distance: Kolmogorov's asymptotic law with the correction of M. A.
/// Stephens, J. R. Stat. Soc. B 32, 115 (1970), good to a few 1e-3 from n = 4 on.
pub fn kolmogorov_probability(distance: f64, samples: usize) -> f64 {
    let root = (samples as f64).sqrt();
    let scaled = distance * (root + 0.12 + 0.11 / root);
    if scaled < 0.3 {
        return 1.0; // less than 1e-5 below
    }
    let term = |k: i32| f64::from(1 - 2 * (k % 2)) * (-2.0 * f64::from(k * k) * scaled * scaled).exp();
    (-2.0 * (1..=20).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

/// Exponent a of a tail, `P(|x| > t) ~ t^-a`, from the largest moduli, so many of them (B. M. Hill, Ann. Stat. 3, 1163 (1975)). The error is statistical; how
/// far the tail is still bent at the threshold shows in what other numbers of them give. NaN unless more samples than that are given.
pub fn tail_exponent(samples: &[f64], largest: usize) -> Estimate {
    let mut moduli: Vec<f64> = samples.iter().map(|x| x.abs()).collect();
    moduli.sort_by(|a, b| b.total_cmp(a));
    let threshold = moduli.get(largest).copied().unwrap_or(f64::NAN);
    let mean = moduli.iter().take(largest).map(|x| (x / threshold).ln()).sum::<f64>() / largest as f64;
    Estimate { value: 1.0 / mean, standard_error: 1.0 / (mean * (largest as f64).sqrt()), samples: largest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Realisation;

    fn uniform(sample: u64, n: usize) -> Vec<f64> {
        let mut values = vec![0.0; n];
        Realisation::new(1933, sample).fill_uniform(0, &mut values);
        values
    }

    #[test]
    fn distances_and_probabilities() {
        assert_eq!(kolmogorov_smirnov(&[0.25, 0.75], |x| x), 0.25);
        assert!(kolmogorov_smirnov(&[], |x| x).is_nan());
        // Tabulated 5 % and 1 % points of large samples: 1.3581 and 1.6276.
        for (scaled, p) in [(1.3581, 0.05), (1.6276, 0.01)] {
            assert!((kolmogorov_probability(scaled / 1e4, 100_000_000) - p).abs() < 1e-5);
        }
        assert_eq!(kolmogorov_probability(0.0, 10), 1.0);
    }

    /// Of 2000 samples of 50 uniform numbers 10 % should have p below 0.1: binomial error 0.7 %, five of them allowed, and the error of the formula 0.3 %.
    #[test]
    fn probabilities_are_those_of_repetition() {
        let low = (0..2000)
            .filter(|&k| kolmogorov_probability(kolmogorov_smirnov(&uniform(k, 50), |x| x), 50) < 0.1)
            .count();
        assert!((low as f64 / 2000.0 - 0.1).abs() < 0.038, "{low}");
    }

    /// Pareto's law of exponent 1.5, exactly: five standard errors.
    #[test]
    fn tails_have_their_exponent() {
        let values: Vec<f64> = uniform(0, 50_000).iter().map(|u| (1.0 - u).powf(-1.0 / 1.5)).collect();
        let exponent = tail_exponent(&values, 2000);
        assert!((exponent.value - 1.5).abs() < 5.0 * exponent.standard_error, "{exponent}");
        assert!(tail_exponent(&values[..10], 10).value.is_nan());
    }
}
