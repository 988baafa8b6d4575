//! Number fluctuations of a segment with a barrier: exact diagonalisation, closed forms, sum rules, and the values of the equation sheet.

use diffuson::audit::{Audit, laws};
use diffuson::noise::number::{Chain, InvalidChain, LONGEST, NumberVariance};
use diffuson::thermal::{Reservoir, fermi, fermi_window};
use diffuson_linalg::eigen;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::f64::consts::PI;

fn chain(mu: f64, kt: f64, height: f64) -> Chain {
    Chain::new(Reservoir { mu, kt }, height).unwrap()
}

fn segment(chain: &Chain, left: usize, right: usize) -> NumberVariance {
    let found = chain.segment(left, right).unwrap();
    assert!(found.audit.passed(), "{:?}", found.audit);
    found
}

/// A finite chain, long enough that its ends are farther from the segment than correlations reach, diagonalised.
#[test]
fn a_finite_chain_has_the_same_correlations() {
    let (half, left, right) = (150usize, 41, 28);
    for (mu, kt, height) in
        [(-1.0, 0.3, 0.0), (-1.0, 0.3, 3.0), (0.4, 0.4, -1.3), (1.2, 0.5, 1e-3), (-0.2, 0.3, 40.0)]
    {
        let n = 2 * half + 1;
        let mut h = vec![0.0; n * n];
        h[half * n + half] = height;
        for i in 0..n - 1 {
            h[i * n + i + 1] = -1.0;
        }
        let states = eigen::symmetric(&h, n).unwrap();
        let entry = |f: &dyn Fn(f64) -> f64, i: i64, j: i64| -> f64 {
            let at = |site: i64, state: usize| states.vectors[state * n + (half as i64 + site) as usize];
            let x = |state: usize| (states.values[state] - mu) / kt;
            (0..n).map(|state| f(x(state)) * at(i, state) * at(j, state)).sum()
        };
        let chain = chain(mu, kt, height);
        assert!(chain.range() + left < half);
        // rounding of sums of 300 terms, and of eigenvectors that are orthonormal to 1e-14
        for (i, j) in [(0, 0), (0, 1), (1, 1), (-1, 1), (2, 7), (-3, 40), (-41, -40), (28, 29), (-35, -2)] {
            let (got, want) = (chain.correlation(i, j), entry(&fermi, i, j));
            assert!((got - want).abs() < 3e-14, "C({i}, {j}) at U = {height}: {got} {want}");
            assert_eq!(got, chain.correlation(j, i));
        }
        let sites = || -(left as i64)..=right as i64;
        let number: f64 = sites().map(|i| entry(&fermi, i, i)).sum();
        let squares = |i: i64| sites().map(|j| entry(&fermi, i, j).powi(2)).sum::<f64>();
        let variance = number - sites().map(squares).sum::<f64>();
        let response: f64 = sites().map(|i| entry(&fermi_window, i, i)).sum();
        let found = segment(&chain, left, right);
        // seventy sites
        for (got, want) in [(found.number, number), (found.variance, variance), (found.response, response)] {
            assert!((got - want).abs() < 1e-12, "U = {height}: {got} {want}");
        }
        assert_eq!(found.sites, left + right + 1);
    }
}

/// Erratum 18 of the sheet: 1.0106 at 1600 sites for T = 1, 0.75, 0.25, 0.029. It states neither temperature nor filling; with kT = 0.1 t
/// and mu = -t these transmissions are those of sites raised by 0, 1, 3 and 10 t, and the number is that of the sheet.
#[test]
fn the_variance_does_not_depend_on_the_transmission() {
    let reservoir = Reservoir { mu: -1.0, kt: 0.1 };
    let mut boundaries = Vec::new();
    for (transmission, height) in [(1.0, 0.0), (0.75, 1.0), (0.25, 3.0), (3.0 / 103.0, 10.0)] {
        let chain = Chain::with_transmission(reservoir, transmission).unwrap();
        assert!((chain.height() - height).abs() < 1e-14);
        assert!((chain.transmission(-1.0) - transmission).abs() < 1e-15);
        let found = segment(&chain, 800, 799);
        assert_eq!(format!("{:.4}", found.ratio()), "1.0106");
        // the identity behind it, to rounding
        assert!((found.ratio() - 1.0 - found.excess()).abs() < 1e-12);
        boundaries.push(found.boundary);
    }
    // the ends are 5 ranges from the barrier: pairs across them do not know of it, nor of the length
    let clean = segment(&chain(-1.0, 0.1, 0.0), 400, 400).boundary;
    for boundary in boundaries {
        assert!((boundary / clean - 1.0).abs() < 1e-12, "{boundary} {clean}");
    }
}

/// `kT dN/dmu` grows by the density of states per site; what it lacks at the barrier is the same at all lengths.
#[test]
fn the_excess_falls_as_one_over_the_length() {
    let (mu, kt) = (0.5, 0.1);
    // Int dE (-df/dE) / (pi sqrt(4 - E^2)): the clean chain, two of whose segments differ by 100 sites
    let clean = chain(mu, kt, 0.0);
    let per_site = (segment(&clean, 100, 100).response - segment(&clean, 50, 50).response) / 100.0;
    for height in [-2.0, 0.7, 5.0] {
        let chain = chain(mu, kt, height);
        // a few ranges away from the barrier
        let found = [500, 1000, 2000].map(|half| segment(&chain, half, half));
        for pair in found.windows(2) {
            let sites = (pair[1].sites - pair[0].sites) as f64;
            let slope = (pair[1].response - pair[0].response) / sites;
            // differences of numbers of order 100
            assert!((slope / per_site - 1.0).abs() < 1e-12);
            // 1/excess is linear in the length, so that excess times length has a limit
            let rise = 1.0 / pair[1].excess() - 1.0 / pair[0].excess();
            assert!((rise * pair[0].boundary / (sites * per_site) - 1.0).abs() < 1e-10);
        }
    }
}

/// Low temperature: `C_r = kT sin(k_F r) / (v sinh(pi kT r/v))`, v = 2 sin k_F, which is `sin(k_F r)/(pi r)` at T = 0. In the middle of the band
/// k is cubic in the energy, which changes sums over poles relatively by some `(pi kT)^2 r kT`; elsewhere the band is curved, in first order.
#[test]
fn correlations_of_the_clean_chain() {
    for (mu, kt, tolerance) in [(0.0, 1e-3, 2e-6), (-1.0, 1e-3, 2e-4)] {
        let chain = chain(mu, kt, 0.0);
        let k = (-0.5f64 * mu).acos();
        let v = 2.0 * k.sin();
        for r in [1i64, 2, 3, 10, 37, 200, 1501] {
            let x = r as f64;
            let want = kt * (k * x).sin() / (v * (PI * kt * x / v).sinh());
            let got = chain.correlation(5, 5 + r);
            assert!((got - want).abs() < tolerance / (PI * x), "r = {r}: {got:e} {want:e}");
            // the Taylor series of x/sinh x
            let zero = (k * x).sin() / (PI * x);
            assert!((got - zero).abs() < (tolerance + (PI * kt * x / v).powi(2) / 6.0) / (PI * x));
        }
        assert!((chain.correlation(3, 3) - k / PI).abs() < 1e-6);
    }
}

/// An end of a cold segment: pairs across it add `[ln(2 v |sin k_F| / (pi kT)) + 1 + ...]/(2 pi^2)`; two temperatures differ by the logarithm of
/// their ratio alone, to the square of the lower one over the band.
#[test]
fn boundaries_grow_as_the_logarithm_of_the_thermal_length() {
    let at = |kt: f64| segment(&chain(0.0, kt, 0.0), 4000, 4000).boundary;
    let (warm, cold) = (at(0.02), at(0.01));
    assert!(((cold - warm) * PI * PI / 2f64.ln() - 1.0).abs() < 3e-3, "{warm} {cold}");
}

/// Particles for holes: U to -U and mu to -mu turn C into `1 - C`, with alternating signs. Rounding.
#[test]
fn particles_and_holes_fluctuate_alike() {
    let (electrons, holes) = (chain(-0.7, 0.2, 1.7), chain(0.7, 0.2, -1.7));
    let (one, other) = (segment(&electrons, 30, 12), segment(&holes, 30, 12));
    assert!((one.number + other.number - 43.0).abs() < 1e-12);
    for (a, b) in
        [(one.variance, other.variance), (one.response, other.response), (one.boundary, other.boundary)]
    {
        assert!((a - b).abs() < 1e-13, "{a} {b}");
    }
    assert!((electrons.correlation(0, 1) - holes.correlation(0, 1)).abs() < 1e-15);
    assert!((electrons.correlation(-1, 1) + holes.correlation(-1, 1)).abs() < 1e-15);
}

/// `kT dN/dmu` against numbers at two chemical potentials, to the third order of the step: 1e-4^2/kT^2, and rounding over the step.
#[test]
fn the_response_is_a_derivative() {
    let (mu, kt, step) = (-0.8, 0.15, 1e-4);
    for height in [0.0, -0.6, 4.0] {
        let number = |mu: f64| segment(&chain(mu, kt, height), 20, 33).number;
        let slope = (number(mu + step) - number(mu - step)) / (2.0 * step);
        let found = segment(&chain(mu, kt, height), 20, 33);
        assert!((kt * slope / found.response - 1.0).abs() < 1e-6);
    }
}

#[test]
fn the_laws_are_audited() {
    let names = |audit: &Audit| audit.laws().iter().map(|l| l.name).collect::<Vec<_>>();
    let found = segment(&chain(0.3, 0.2, 1.0), 9, 9);
    assert_eq!(names(&found.audit), [laws::NUMBER_VARIANCE, laws::PAULI, laws::PARTICLE_NUMBER]);
    // a bound state of a hundred million sites is not summed, but all else holds
    let found = segment(&chain(0.3, 0.2, 1e-8), 9, 9);
    assert_eq!(names(&found.audit), [laws::NUMBER_VARIANCE, laws::PAULI]);
}

/// Erratum 20 of the sheet, out of equilibrium without self-consistency: partition noise in a segment on one side of the barrier, and none in one that
/// holds as much of the reflected waves as of the transmitted.
#[test]
fn partition_noise_is_in_what_holds_one_part() {
    let [left, right] = [Reservoir { mu: 0.1, kt: 0.04 }, Reservoir { mu: -0.3, kt: 0.03 }];
    for height in [0.0, 1.0, -2.5] {
        let chain = Chain::new(right, height).unwrap();
        let biased = chain.biased(left).unwrap();
        let variance = |before: usize, behind: usize| {
            let found = biased.segment(before, behind).unwrap();
            assert!(found.audit.passed(), "{:?}", found.audit);
            found.variance
        };
        let per_site = |g: &dyn Fn(f64, f64, f64) -> f64| -> f64 {
            let nodes = 20_000;
            let sum: f64 = (0..nodes)
                .map(|m| {
                    let e = -2.0 * (PI * (f64::from(m) + 0.5) / f64::from(nodes)).cos();
                    g(left.occupation(e), right.occupation(e), chain.transmission(e))
                })
                .sum();
            0.5 * sum / f64::from(nodes)
        };
        let thermal = |f: f64| f * (1.0 - f);
        let one_side = |l: f64, r: f64, t: f64| {
            t * thermal(l) + (2.0 - t) * thermal(r) + t * (1.0 - t) * (l - r).powi(2)
        };
        let both_sides = |l: f64, r: f64, _: f64| thermal(l) + thermal(r);
        // lengths beyond the range of correlations: differences of sums of 2000 sites
        let behind = (variance(0, 1600) - variance(0, 1400)) / 200.0;
        assert!((behind - per_site(&one_side)).abs() < 1e-12, "{behind}");
        let both = (variance(900, 900) - variance(800, 800)) / 200.0;
        assert!((both - per_site(&both_sides)).abs() < 1e-12, "{both}");
        // before the barrier the waves of the other reservoir are transmitted
        let before = (variance(1600, 0) - variance(1400, 0)) / 200.0;
        assert!((before - per_site(&|l, r, t| one_side(r, l, t))).abs() < 1e-12, "{before}");
        assert!(height == 0.0 || behind > both + 1e-3);
        let [one, other] = [biased.correlation(-3, 5), biased.correlation(5, -3)];
        assert!((one - other.conj()).norm() < 1e-16);
    }
    // equal reservoirs are equilibrium
    let chain = Chain::new(right, 1.3).unwrap();
    let found = chain.biased(right).unwrap().segment(40, 25).unwrap();
    assert!((found.variance - segment(&chain, 40, 25).variance).abs() < 1e-13);
    // left and right exchanged, with the segment
    let swapped = Chain::new(left, 1.3).unwrap();
    let one = chain.biased(left).unwrap().segment(40, 25).unwrap();
    let other = swapped.biased(right).unwrap().segment(25, 40).unwrap();
    assert!((one.variance - other.variance).abs() < 1e-12 && (one.number - other.number).abs() < 1e-12);
    let error = chain.biased(Reservoir { mu: 0.0, kt: 0.1 }).unwrap_err();
    assert_eq!((error.name, error.value), ("chemical potential", 0.0));
}

#[test]
fn impossible_chains_say_why() {
    let refused =
        |mu: f64, kt: f64, height: f64| Chain::new(Reservoir { mu, kt }, height).unwrap_err().to_string();
    assert_eq!(refused(0.0, 1e-4, 0.0), "temperature kT 0.0001: it must be at least 0.001 t");
    assert!(refused(f64::NAN, 0.1, 0.0).starts_with("chemical potential NaN"));
    assert!(refused(0.0, 0.1, f64::INFINITY).starts_with("height of the barrier inf"));
    assert!(refused(0.0, f64::INFINITY, 0.0).starts_with("temperature kT inf"));
    let reservoir = Reservoir { mu: -1.0, kt: 0.1 };
    for wrong in [0.0, -0.5, 1.5, f64::NAN] {
        let error: InvalidChain = Chain::with_transmission(reservoir, wrong).unwrap_err();
        assert_eq!(error.name, "transmission");
    }
    assert_eq!(
        Chain::with_transmission(Reservoir { mu: 2.0, kt: 0.1 }, 0.5).unwrap_err().name,
        "chemical potential"
    );
    let error = chain(0.0, 1.0, 0.0).segment(LONGEST + 1, 0).unwrap_err();
    assert_eq!(error.value, (LONGEST + 1) as f64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, rng_seed: RngSeed::Fixed(18), failure_persistence: None, ..ProptestConfig::default() })]

    /// All laws hold, the compressibility is never undercut, and a barrier of a finite segment changes what it must: sites fluctuate by at most 1/4.
    #[test]
    fn sum_rules_hold_for_any_barrier(
        mu in -3.0..3.0f64, ln_kt in -3.5..3.0f64, height in -6.0..6.0f64, left in 0usize..80, right in 0usize..80,
    ) {
        let found = Chain::new(Reservoir { mu, kt: ln_kt.exp() }, height).unwrap().segment(left, right).unwrap();
        prop_assert!(found.audit.passed(), "{:?}", found.audit);
        prop_assert!(found.boundary >= 0.0 && found.variance >= found.boundary);
        prop_assert!(found.variance <= 0.25 * found.sites as f64 + 1e-12);
        prop_assert!(found.number >= 0.0 && found.number <= found.sites as f64);
    }
}
