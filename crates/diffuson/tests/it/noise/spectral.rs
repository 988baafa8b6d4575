//! Fluctuations at one energy.

use crate::unitary::{conductor, haar};
use diffuson::audit::laws;
use diffuson::noise::{spectral, spectral_between};
use diffuson::scattering::{BadSMatrix, SMatrix};
use diffuson::thermal::Reservoir;
use diffuson::{C64, Matrix};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// `sum_gd Tr[A_gd(a) A_dg(b)] {f_g (1 - f_d) + f_d (1 - f_g)}`, `A_gd(a) = 1_a d_ag d_ad - s_ag^+ s_ad`: four sums over leads, as it is written.
pub(super) fn trace_formula(s: &SMatrix, f: &[f64]) -> Vec<f64> {
    weighted_traces(s, |g, d| f[g] * (1.0 - f[d]) + f[d] * (1.0 - f[g]))
}

/// The same with any weights of the traces.
pub(super) fn weighted_traces(s: &SMatrix, weight: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let n = s.leads();
    let times = |x: &Matrix, y: &Matrix| {
        Matrix::from_fn(x.rows(), y.cols(), |i, j| (0..x.cols()).map(|k| x[(i, k)] * y[(k, j)]).sum())
    };
    let vertex = |lead: usize, from: usize, to: usize| {
        let mut v = times(&s.block(lead, from).adjoint(), &s.block(lead, to));
        v.as_mut_slice().iter_mut().for_each(|z| *z = -*z);
        if from == lead && to == lead {
            (0..v.rows()).for_each(|i| v[(i, i)] += C64::ONE);
        }
        v
    };
    let entry = |a: usize, b: usize| -> f64 {
        let pairs = (0..n * n).map(|k| (k / n, k % n));
        let term = |(g, d): (usize, usize)| {
            let product = times(&vertex(a, g, d), &vertex(b, d, g));
            let trace: C64 = (0..product.rows()).map(|i| product[(i, i)]).sum();
            trace.re * weight(g, d)
        };
        pairs.map(term).sum()
    };
    (0..n * n).map(|k| entry(k / n, k % n)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

    /// Random unitary matrices between one to five leads of one to four channels, any occupations: the trace formula, and all laws.
    #[test]
    fn is_the_trace_formula(channels in prop::collection::vec(1usize..5, 1..6), fill in prop::collection::vec(0.0f64..=1.0, 5), sample in 0u64..1_000_000) {
        let s = conductor(haar(channels.iter().sum(), 1, sample), &channels);
        let f = &fill[..channels.len()];
        let got = spectral(&s, f);
        prop_assert!(got.audit.passed(), "{:?}", got.audit);
        for (got, want) in got.correlator.iter().zip(trace_formula(&s, f)) {
            // some hundred terms of size 1 with roundings of 1e-16 each
            prop_assert!((got - want).abs() < 1e-13, "{got} {want}");
        }
        for (a, current) in got.current.iter().enumerate() {
            let want: f64 = (0..f.len()).map(|b| s.transmission(a, b) * f[b]).sum::<f64>() - channels[a] as f64 * f[a];
            prop_assert!((current - want).abs() < 1e-13, "{current} {want}");
        }
    }
}

/// A single channel keeps all digits of T (1 - T), T and f (1 - f), however small.
#[test]
fn small_numbers_keep_their_digits() {
    for small in [1e-3, 1e-7, 1e-12, 1e-30] {
        let large = (1.0f64 - small * small).sqrt();
        for open in [false, true] {
            let [r, t] = if open { [small, large] } else { [large, small] };
            let data = Matrix::from_fn(2, 2, |i, j| [[r, t], [t, -r]][i][j].into());
            let s = conductor(data, &[1, 1]);
            let shot = spectral(&s, &[1.0, 0.0]).correlator;
            let want = 2.0 * small * small * large * large;
            // four products of rounded numbers
            assert!(shot.iter().all(|x| (x.abs() / want - 1.0).abs() < 4e-15), "{small}: {shot:?} {want}");
            let faint = spectral(&s, &[small, 0.0]).correlator;
            let want = 2.0 * (t * t * small * (1.0 - small) + r * r * t * t * small * small);
            assert!(faint.iter().all(|x| (x.abs() / want - 1.0).abs() < 4e-15), "{small}: {faint:?} {want}");
        }
    }
    // far below both potentials: holes instead of electrons, of the same noise
    let s = |energy| {
        SMatrix::given(Matrix::from_fn(2, 2, |i, j| [[0.6, 0.8], [0.8, -0.6]][i][j].into()), &[1, 1], energy)
            .unwrap()
    };
    let reservoirs = [Reservoir { mu: 0.5, kt: 1.0 }, Reservoir { mu: -0.5, kt: 1.0 }];
    let [above, below] = [80.0, -80.0].map(|e| spectral_between(&s(e), &reservoirs));
    for (above, below) in above.correlator.iter().zip(&below.correlator) {
        // exp of arguments of 80, known to some roundings of 80
        assert!((above / below - 1.0).abs() < 1e-13, "{above:e} {below:e}");
    }
}

/// What is not unitary fails the audit; what is no matrix is refused.
#[test]
fn bad_amplitudes() {
    let half = Matrix::from_fn(2, 2, |_, _| C64::new(0.5, 0.0));
    let s = conductor(half.clone(), &[1, 1]);
    let noise = spectral(&s, &[1.0, 0.0]);
    let law = noise.audit.laws().iter().find(|l| l.name == laws::UNITARITY).unwrap();
    assert!(!law.passed() && !noise.audit.passed());
    let refused = SMatrix::given(half, &[1, 2], 0.0).unwrap_err();
    assert_eq!(refused, BadSMatrix { rows: 2, cols: 2, channels: 3 });
}
