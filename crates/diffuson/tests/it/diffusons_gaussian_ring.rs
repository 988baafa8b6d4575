//! Rings of diffusons through Gaussian droplets: three routes, limits in closed form, and what the rings cannot depend on.

use crate::defect_pairs::sample;
use diffuson::diffusons::{Cubature, Estimated, GaussianRing, Pattern};
use diffuson::droplets::DropletError;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// `7 zeta(3)/16 - 3/8`: abab at large distances, times `(L/R)^4`.
const FAR: f64 = 0.150_899_895_482_445_2;

fn by_traces(diffusons: usize, tolerance: f64) -> Estimated {
    GaussianRing::single(diffusons).unwrap().by_traces(tolerance).unwrap()
}

fn pair(pattern: Pattern, distance: f64, tolerance: f64) -> Estimated {
    GaussianRing::pair(pattern, distance).unwrap().cubature(tolerance).unwrap()
}

/// q_4, q_6, q_8. For q_4 one of four times was integrated in closed form and the other three by products of Gauss's rules: 0.31793048715; for q_6 and q_8 the operator was diagonalised by
/// spectral elements in space: 0.9076668071(3), 9.0955342495(10).
#[test]
fn rings_of_four_six_and_eight_have_their_reference_values() {
    for (diffusons, want, digits) in
        [(4, 0.317_930_487_15, 1e-11), (6, 0.907_666_807_1, 3e-10), (8, 9.095_534_249_5, 1e-9)]
    {
        let found = by_traces(diffusons, 1e-7);
        assert!((found.value - want).abs() < found.error + digits, "{diffusons}: {found:?}");
        assert!(found.error < 1e-7 * want);
    }
}

/// One operator against n times: the two share nothing but the definition.
#[test]
fn traces_and_times_agree() {
    for (diffusons, tolerance) in [(4, 1e-6), (5, 1e-4), (6, 1e-4), (8, 2e-3)] {
        let ring = GaussianRing::single(diffusons).unwrap();
        let (traces, times) = (by_traces(diffusons, 1e-7), ring.by_times(tolerance).unwrap());
        let off = (times.value - traces.value).abs();
        assert!(off < times.error + traces.error, "{diffusons}: {traces:?} {times:?}");
        assert!(times.error <= tolerance * times.value);
    }
}

/// What the estimate claims holds at every tolerance, against the finest evaluation.
#[test]
fn errors_of_traces_are_bounds() {
    for diffusons in [4, 6, 8, 12] {
        let best = by_traces(diffusons, 1e-8);
        for tolerance in [1e-3, 1e-5, 1e-6] {
            let found = by_traces(diffusons, tolerance);
            assert!((found.value - best.value).abs() < found.error, "{diffusons}: {found:?} {best:?}");
        }
    }
}

/// Monte Carlo through other points of the same integral: within 4.5 standard deviations, which one of 10^5 such comparisons exceeds; there are 8.
#[test]
fn monte_carlo_agrees() {
    let mut rings: Vec<(GaussianRing, f64)> =
        [4, 6, 8].map(|n| (GaussianRing::single(n).unwrap(), by_traces(n, 1e-6).value)).to_vec();
    let distant = |pattern, distance| {
        let ring = GaussianRing::pair(pattern, distance).unwrap();
        (ring, ring.by_times(1e-5).unwrap().value)
    };
    rings.extend(Pattern::ALL.map(|pattern| distant(pattern, 5.0)));
    rings.push(distant(Pattern::Adjacent, 100.0));
    let warm = GaussianRing::single(6).unwrap().at_temperature(0.4).unwrap();
    rings.push((warm, warm.by_traces(1e-6).unwrap().value));
    for (n, (ring, want)) in rings.into_iter().enumerate() {
        let found = ring.monte_carlo(&sample(300 + n as u64), 150_000).unwrap();
        assert!((found.value - want).abs() < 4.5 * found.error, "{ring:?}: {found:?} {want}");
        assert!(found.error < 0.01 * want, "{ring:?}: {found:?}");
    }
}

/// `(L/R)^4 q`, by a Monte Carlo of another program, to 1 to 3 units of the last digit: at most 6e-4 of the value.
#[test]
fn two_droplets_have_their_reference_values() {
    for (distance, want) in [
        (2.0, [0.3728, 0.9302, 0.7292]),
        (3.0, [0.2495, 1.2964, 1.0877]),
        (5.0, [0.174_97, 1.8958, 1.7681]),
        (10.0, [0.156_17, 3.3420, 3.2563]),
        (50.0, [0.151_12, 9.3746, 9.3241]),
        (1000.0, [0.150_89, 30.061, 30.020]),
    ] {
        for (pattern, want) in Pattern::ALL.into_iter().zip(want) {
            let found = pair(pattern, distance, 1e-5).value * f64::powi(distance, 4);
            assert!((found / want - 1.0).abs() < 6e-4, "{pattern:?} at {distance}: {found} {want}");
        }
    }
}

/// One droplet where there are two at no distance; and the limits of large ones: abab a constant, the others the square of a logarithm, whose constants differ by `Li_2(1/4)/6`.
#[test]
fn near_and_far_droplets_have_their_limits() {
    let one = by_traces(4, 1e-7).value;
    for pattern in Pattern::ALL {
        let found = pair(pattern, 0.0, 1e-5);
        assert!((found.value - one).abs() < found.error, "{pattern:?}: {found:?}");
    }
    // Corrections of order (R/L)^2 ln, 5e-5 at L/R = 300.
    let scaled = |pattern| pair(pattern, 300.0, 1e-5).value * 300f64.powi(4);
    assert!((scaled(Pattern::Alternating) / FAR - 1.0).abs() < 2e-4);
    // Far enough for the constants, of which 1e-5 of some 60 is lost in the difference.
    let distance = 1e4f64;
    let far = |pattern| pair(pattern, distance, 2e-6).value * distance.powi(4);
    let logarithm = (distance * distance / 2.0).ln() + 0.577_215_664_901_532_9 - 1.0 / 3.0;
    let dilogarithm = 0.267_652_639_082_732_6;
    let adjacent = (logarithm * logarithm + 13.0 / 9.0) / 6.0;
    assert!((far(Pattern::Adjacent) / adjacent - 1.0).abs() < 3e-6);
    assert!((far(Pattern::OneOfFour) / (adjacent + dilogarithm / 6.0) - 1.0).abs() < 3e-6);
}

/// At a temperature the integral over frequencies is a sum: traces at its terms, against `[(h/2)/sinh(h T/2)]^2` under the integral over times.
#[test]
fn thermal_rings_agree_and_begin_as_the_square_of_temperature() {
    let cold = by_traces(4, 1e-7).value;
    for (ratio, share) in [
        (0.05, 0.994_273),
        (0.1, 0.967_034),
        (1.0 / 3.0, 0.682_698),
        (0.5, 0.495_140),
        (1.0, 0.206_693),
        (2.0, 0.063_216),
        (30.0, f64::NAN),
    ] {
        let ring = GaussianRing::single(4).unwrap().at_temperature(ratio).unwrap();
        let (traces, times) = (ring.by_traces(1e-6).unwrap(), ring.by_times(1e-5).unwrap());
        assert!((traces.value - times.value).abs() < traces.error + times.error, "{ratio}");
        // Both routes to six digits.
        assert!(
            share.is_nan() || (traces.value / cold - share).abs() < 2e-6,
            "{ratio}: {}",
            traces.value / cold
        );
    }
    // Hot, only short times count, P = n T: q_n = zeta(n - 2) h^{3-n} / (n (n - 1)) (1 + O(1/h)).
    for (diffusons, zeta) in [(4, 1.644_934_066_848_226_4), (6, 1.082_323_233_711_138_2)] {
        let hot = GaussianRing::single(diffusons).unwrap().at_temperature(100.0).unwrap();
        let (n, spacing) = (diffusons as f64, std::f64::consts::FRAC_PI_2 * 1e4);
        let want = zeta * spacing.powf(3.0 - n) / (n * (n - 1.0));
        assert!((hot.by_traces(1e-8).unwrap().value / want - 1.0).abs() < 2.0 / spacing);
    }
}

/// `Int d^n t / (T^2 P)` for `exp(-x^2/R^2)`, masses 1/R^2, from the definition and in other variables.
fn ring_of_radius(diffusons: usize, radius: f64, tolerance: f64) -> Estimated {
    let cubature = Cubature { tolerance, evaluations: 30_000_000 };
    let mut times = vec![0.0; diffusons];
    let integrand = |cube: &[f64]| {
        // t = [u/(1 - u)]^4: what diverges as 1/T^3 at short times is bounded then.
        let mut jacobian = 1.0;
        for (time, u) in times.iter_mut().zip(cube) {
            let ratio = u / (1.0 - u);
            *time = ratio.powi(4);
            jacobian *= 4.0 * ratio.powi(3) / ((1.0 - u) * (1.0 - u));
        }
        // z' = z + t j, j' = j + z'/R^2: the trace, less 2, is P of masses 1/R^2.
        let mass = 1.0 / (radius * radius);
        let mut product = [[1.0, 0.0], [0.0, 1.0]];
        for &t in &times {
            product = product.map(|[a, b]| [a + b * mass, a * t + b * (1.0 + mass * t)]);
        }
        let total: f64 = times.iter().sum();
        let forest = product[0][0] + product[1][1] - 2.0;
        if forest > 0.0 && jacobian.is_finite() { jacobian / (total * total * forest) } else { 0.0 }
    };
    cubature.integrate(diffusons, integrand).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, rng_seed: RngSeed::Fixed(9), failure_persistence: None, ..ProptestConfig::default() })]

    /// It is `R^{2n-4}` of that for R = 1; normalised profiles bring `R^{-n}`, which leaves `R^{n-4}`: rings of four do not know the size of a droplet.
    #[test]
    fn rings_scale_with_the_radius(radius in 0.5f64..2.0) {
        let found = ring_of_radius(4, radius, 3e-3);
        let want = by_traces(4, 1e-5).value * radius.powi(4);
        prop_assert!((found.value - want).abs() < found.error + 1e-5 * want, "{} {}", found.value, want);
    }

    /// Rings are positive, fall with distance and with temperature, and two droplets share less than one with itself.
    #[test]
    fn rings_are_positive_and_fall_with_distance_and_temperature(
        pattern in prop::sample::select(Pattern::ALL.to_vec()),
        distance in 0.0f64..50.0,
        further in 1.05f64..2.0,
        warmth in 0.01f64..1.0,
    ) {
        let ring = GaussianRing::pair(pattern, distance).unwrap();
        let near = ring.cubature(1e-4).unwrap();
        let far = pair(pattern, (distance + 0.2) * further, 1e-4);
        let warm = ring.at_temperature(warmth).unwrap().cubature(1e-4).unwrap();
        prop_assert!(far.value > 0.0 && warm.value > 0.0);
        prop_assert!(near.value <= by_traces(4, 1e-5).value * (1.0 + 2e-4));
        prop_assert!(far.value < near.value && warm.value < near.value, "{near:?} {far:?} {warm:?}");
    }
}

/// Moments of a positive operator: `Tr A^n`, weighted by s and integrated, is log-convex in n.
#[test]
fn rings_of_all_lengths_are_moments() {
    let rings: Vec<f64> = (4..=16).map(|n| by_traces(n, 1e-5).value).collect();
    for three in rings.windows(3) {
        assert!(three[1] * three[1] < three[0] * three[2], "{rings:?}");
    }
}

#[test]
fn the_same_question_has_the_same_bits() {
    let ring = GaussianRing::pair(Pattern::OneOfFour, 4.0).unwrap();
    assert_eq!(ring.cubature(1e-4), ring.cubature(1e-4));
    assert_eq!(ring.monte_carlo(&sample(1), 20_000), ring.monte_carlo(&sample(1), 20_000));
    assert_ne!(ring.monte_carlo(&sample(1), 20_000), ring.monte_carlo(&sample(2), 20_000));
}

#[test]
fn rings_that_do_not_exist_are_refused() {
    let refused = |e: Option<DropletError>| matches!(e, Some(DropletError::OutOfRange { .. }));
    assert!(refused(GaussianRing::single(3).err()));
    assert!(refused(GaussianRing::single(17).err()));
    assert!(refused(GaussianRing::pair(Pattern::Adjacent, -1.0).err()));
    assert!(refused(GaussianRing::pair(Pattern::Adjacent, f64::NAN).err()));
    let ring = GaussianRing::pair(Pattern::Adjacent, 1.0).unwrap();
    assert!(refused(ring.at_temperature(-0.1).err()));
    assert!(refused(ring.by_traces(1e-3).err()));
    assert!(refused(ring.by_times(0.0).err()));
    assert!(refused(GaussianRing::single(4).unwrap().by_traces(1e-14).err()));
    assert!(refused(ring.monte_carlo(&sample(1), 100).err()));
}
