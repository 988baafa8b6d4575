//! Randomness as a physicist would test it: distributions, and no correlation between neighbouring addresses.
//!
//! Seeds are fixed, so these tests give the same verdict every time; the false-alarm rates say how likely a correct
//! generator would have been to fail when the seeds were chosen. A deviation of 5 standard errors has probability
//! 6e-7.

use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Moments;

const SITES: usize = 200_000;

fn uniform(seed: u64, sample: u64, stream: u32) -> Vec<f64> {
    let mut sites = vec![0.0; SITES];
    Realisation::new(seed, sample).fill_uniform(stream, &mut sites);
    sites
}

fn normal(seed: u64, sample: u64, stream: u32) -> Vec<f64> {
    let mut sites = vec![0.0; SITES];
    Realisation::new(seed, sample).fill_normal(stream, &mut sites);
    sites
}

/// The mean of `values` in standard errors from `expected`.
fn deviation(values: impl Iterator<Item = f64>, expected: f64) -> f64 {
    let moments: Moments = values.collect();
    (moments.mean() - expected) / moments.standard_error()
}

/// 4 powers of one field and 10 others: false-alarm rate 14 * 6e-7 = 8e-6.
#[test]
fn uniform_numbers_have_uniform_moments() {
    let field = uniform(1992, 0, 0);
    for power in 1..=4 {
        let z = deviation(field.iter().map(|u| u.powi(power)), 1.0 / f64::from(power + 1));
        assert!(z.abs() < 5.0, "power {power}: {z} standard errors");
    }
    for sample in 1..=10 {
        let z = deviation(uniform(1992, sample, 0).into_iter(), 0.5);
        assert!(z.abs() < 5.0, "sample {sample}: {z} standard errors");
    }
}

/// Chi squared over 256 equal bins, 255 degrees of freedom, |z| < 5 in the normal limit: false-alarm rate about 1e-6
/// for each of two fields (upper and lower bits).
#[test]
fn uniform_numbers_fill_all_bins_alike() {
    let field = uniform(7, 3, 1);
    for scale in [256.0, 256.0 * 1048576.0 * 1048576.0] {
        let mut bins = [0.0; 256];
        for u in &field {
            bins[(u * scale).rem_euclid(256.0) as usize] += 1.0;
        }
        let expected = SITES as f64 / 256.0;
        let chi_squared: f64 = bins.iter().map(|n: &f64| (n - expected).powi(2) / expected).sum();
        let z = (chi_squared - 255.0) / (2.0f64 * 255.0).sqrt();
        assert!(z.abs() < 5.0, "scale {scale}: chi squared {chi_squared}");
    }
}

/// 6 powers and 3 tails: false-alarm rate 9 * 6e-7 = 5e-6.
#[test]
fn normal_numbers_have_normal_moments_and_tails() {
    let field = normal(1992, 5, 0);
    for (power, expected) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0), (5, 0.0), (6, 15.0)] {
        let z = deviation(field.iter().map(|x| x.powi(power)), expected);
        assert!(z.abs() < 5.0, "power {power}: {z} standard errors");
    }
    // erfc(x / sqrt 2)
    for (x, beyond) in [(1.0, 0.317_310_507_863), (2.0, 0.045_500_263_896), (3.0, 0.002_699_796_063)] {
        let z = deviation(field.iter().map(|value| f64::from(value.abs() > x)), beyond);
        assert!(z.abs() < 5.0, "tail beyond {x}: {z} standard errors");
    }
}

/// Neighbours in each part of the address, both parities of the site, uniform and normal, and products of squares
/// (which see the shared radius of a Box-Muller pair if anything is wrong): 36 tests, false-alarm rate 2e-5.
#[test]
fn neighbouring_addresses_are_uncorrelated() {
    for (kind, field, variance) in [
        ("uniform", uniform as fn(u64, u64, u32) -> Vec<f64>, 1.0 / 12.0),
        ("normal", normal as fn(u64, u64, u32) -> Vec<f64>, 1.0),
    ] {
        let mean = if kind == "uniform" { 0.5 } else { 0.0 };
        let here = field(1992, 8, 0);
        let neighbours = [
            ("seed + 1", field(1993, 8, 0)),
            ("seed + 2^32", field(1992 + (1 << 32), 8, 0)),
            ("sample + 1", field(1992, 9, 0)),
            ("sample + 2^32", field(1992, 8 + (1 << 32), 0)),
            ("stream + 1", field(1992, 8, 1)),
            ("site + 1", [&here[1..], &[mean]].concat()),
            ("site + 2", [&here[2..], &[mean, mean]].concat()),
            ("site + 60", [&here[60..], &[mean; 60]].concat()),
            ("sample and stream swapped", field(1992, 0, 8)),
        ];
        for (name, other) in &neighbours {
            let product = |(a, b): (&f64, &f64)| (a - mean) * (b - mean);
            let z = deviation(here.iter().zip(other).map(product), 0.0);
            assert!(z.abs() < 5.0, "{kind}, {name}: {z} standard errors");
            let squares =
                |(a, b): (&f64, &f64)| ((a - mean).powi(2) - variance) * ((b - mean).powi(2) - variance);
            let z = deviation(here.iter().zip(other).map(squares), 0.0);
            assert!(z.abs() < 5.0, "{kind}, {name}, squares: {z} standard errors");
        }
    }
}

/// Stored results depend on these bits: they change only with a new version of the schema.
#[test]
fn the_bits_are_frozen() {
    let realisation = Realisation::new(1992, 17);
    let uniform = [realisation.uniform(0, 0), realisation.uniform(0, 1), realisation.uniform(3, 1 << 40)];
    let normal = [realisation.normal(0, 0), realisation.normal(0, 1), realisation.normal(3, 1 << 40)];
    // Uniform numbers from an independent implementation in Python, normal ones too but for the last digits.
    assert_eq!(uniform, [0.9345330655264489, 0.14970294024408792, 0.6123698073850817]);
    for (ours, python) in normal.iter().zip([1.3760266836995916, 1.8865234500928294, 0.788042260563822]) {
        assert!((ours - python).abs() < 2e-15);
    }
    assert_eq!(
        normal.map(f64::to_bits),
        [0x3ff6_0434_8e4e_9bfb, 0x3ffe_2f33_3694_9299, 0x3fe9_37a4_671f_99d1]
    );
}
