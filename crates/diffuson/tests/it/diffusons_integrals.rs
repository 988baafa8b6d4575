//! Cubature and adaptive Monte Carlo against integrals in closed form.

use crate::defect_pairs::sample;
use diffuson::diffusons::{Cubature, Vegas};
use diffuson::droplets::DropletError;

const fn cubature(tolerance: f64) -> Cubature {
    Cubature { tolerance, evaluations: 10_000_000 }
}

/// Of degree 7: one application of the rule, and its error of degree 5 vanishes up to there.
#[test]
fn polynomials_are_exact() {
    for dimension in 1..=6 {
        for powers in [[6, 0], [4, 2], [2, 4], [3, 3], [5, 2], [7, 0], [2, 2], [0, 0]] {
            let (last, tolerance) = (dimension - 1, 1.0);
            let integrand = |x: &[f64]| x[0].powi(powers[0]) * x[last].powi(powers[1]);
            let found = cubature(tolerance).integrate(dimension, integrand).unwrap();
            let term = |power: i32| 1.0 / f64::from(power + 1);
            let want =
                if last == 0 { term(powers[0] + powers[1]) } else { term(powers[0]) * term(powers[1]) };
            if last > 0 || powers[0] + powers[1] <= 7 {
                // Rounding of weights up to 5 and some 100 points.
                assert!((found.value - want).abs() < 1e-14, "{dimension}, {powers:?}: {found:?}");
            }
            assert_eq!(found.evaluations, 1 + 2 * dimension * (dimension + 1) + (1 << dimension));
            if powers[0] + powers[1] <= 5 {
                assert!(found.error < 1e-14, "{dimension}, {powers:?}: {found:?}");
            }
        }
    }
}

/// Genz's families: Gaussian peak, oscillation, corner peak. The error is a bound.
#[test]
fn errors_of_the_cubature_are_bounds() {
    let erf = libm::erf;
    for (dimension, tolerance) in [(1, 1e-9), (2, 1e-8), (3, 1e-6), (4, 1e-5), (6, 1e-3)] {
        let peak = |x: &[f64]| x.iter().map(|x| (-36.0 * (x - 0.3) * (x - 0.3)).exp()).product::<f64>();
        let side = (erf(4.2) + erf(1.8)) * std::f64::consts::PI.sqrt() / 12.0;
        let wave = |x: &[f64]| x.iter().sum::<f64>().cos();
        // Re [(e^i - 1)/i]^d.
        let turn = (2.0 * 0.5f64.sin()).powi(dimension as i32) * (dimension as f64 / 2.0).cos();
        let corner = |x: &[f64]| (1.0 + x.iter().sum::<f64>()).powi(-(dimension as i32) - 1);
        // sum_k (-1)^k C(d, k) / (1 + k) / d!
        let term = |k: usize| {
            let choose: f64 = (0..k).map(|j| (dimension - j) as f64 / (j + 1) as f64).product();
            if k.is_multiple_of(2) { choose / (1 + k) as f64 } else { -choose / (1 + k) as f64 }
        };
        let sum: f64 = (0..=dimension).map(term).sum();
        let corners = sum / (1..=dimension).map(|k| k as f64).product::<f64>();
        let check = |integrand: &dyn Fn(&[f64]) -> f64, want: f64| {
            let found = cubature(tolerance).integrate(dimension, integrand).unwrap();
            assert!(found.error <= tolerance * found.value.abs(), "{dimension}: {found:?} {want}");
            // Rounding of some 10^5 terms beside the claim.
            assert!((found.value - want).abs() <= found.error + 1e-13, "{dimension}: {found:?} {want}");
        };
        check(&peak, side.powi(dimension as i32));
        check(&wave, turn);
        check(&corner, corners);
    }
}

#[test]
fn what_cannot_be_integrated_is_said() {
    let spent = Cubature { tolerance: 1e-9, evaluations: 10_000 };
    let rough = |x: &[f64]| if x[0] + x[1] < 0.77 { 1.0 } else { 0.0 };
    assert!(matches!(spent.integrate(2, rough), Err(DropletError::NotConverged { .. })));
    assert!(matches!(spent.integrate(2, |_| f64::NAN), Err(DropletError::NotConverged { .. })));
    assert!(matches!(spent.integrate(0, |_| 1.0), Err(DropletError::OutOfRange { .. })));
    let nan = Vegas::new(10_000).integrate(2, &sample(1), |_| f64::NAN);
    assert!(matches!(nan, Err(DropletError::OutOfRange { .. })));
    let single = Vegas { evaluations: 10_000, passes: 1, adaptation: 0 };
    assert!(matches!(single.integrate(2, &sample(1), |_| 1.0), Err(DropletError::OutOfRange { .. })));
}

/// A diagonal pair of peaks in four dimensions, which importance sampling finds: 20 independent integrations scatter as their errors say. The sum of squares of the deviations is `chi^2` of 20,
/// outside of 4 to 52 in one of 10^4 cases; the mean of `chi^2` per degree of freedom (9 each) outside of 0.6 to 1.5 as rarely.
#[test]
fn monte_carlo_errors_are_standard_deviations() {
    let peak = |x: &[f64], at: f64| (-50.0 * x.iter().map(|x| (x - at) * (x - at)).sum::<f64>()).exp();
    let integrand = |x: &[f64]| peak(x, 0.35) + peak(x, 0.65);
    let half = |at: f64| {
        let root = 50f64.sqrt();
        (libm::erf(root * at) + libm::erf(root * (1.0 - at))) * std::f64::consts::PI.sqrt() / (2.0 * root)
    };
    let want = 2.0 * half(0.35).powi(4);
    let (mut squares, mut chi_square, mut error) = (0.0, 0.0, 0.0);
    for n in 0..20 {
        let found = Vegas::new(30_000).integrate(4, &sample(n), integrand).unwrap();
        squares += ((found.integral.value - want) / found.integral.error).powi(2);
        chi_square += found.chi_square / 20.0;
        error += found.integral.error / 20.0;
        assert!(found.integral.evaluations <= 30_000);
    }
    assert!((4.0..52.0).contains(&squares), "{squares}");
    assert!((0.6..1.5).contains(&chi_square), "{chi_square}");
    // Uniform sampling has a variance of about f^2 / 0.01: 5 % of error at 20 000 points.
    assert!(error < 0.01 * want, "{error} {want}");
    let constant = Vegas::new(3_000).integrate(3, &sample(0), |_| 2.5).unwrap();
    // Rounding of widths of steps.
    assert!((constant.integral.value - 2.5).abs() < 1e-12 && constant.integral.error < 1e-12);
}
