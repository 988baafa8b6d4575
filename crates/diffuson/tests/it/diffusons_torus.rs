//! Rings on a torus: sums over momenta written out, closed forms, symmetries, the continuum.

use diffuson::diffusons::{RingSum, gaussian_on_torus};
use diffuson::droplets::TimeReversal;
use diffuson_linalg::eigen;
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

/// The diffuson between two sites, by the sum over momenta.
fn diffuson(size: usize, diffusion: f64, rate: f64, one: usize, other: usize) -> f64 {
    let q = |k: usize| TAU * k as f64 / size as f64;
    let [x, y] = [one % size, one / size, other % size, other / size]
        .map(|r| r as f64)
        .chunks(2)
        .fold([0.0; 2], |r, s| [s[0] - r[0], s[1] - r[1]]);
    let term = |k: usize| {
        let (qx, qy) = (q(k % size), q(k / size));
        (qx * x + qy * y).cos() / (rate + diffusion * (4.0 - 2.0 * qx.cos() - 2.0 * qy.cos()))
    };
    (0..size * size).map(term).sum::<f64>() / (size * size) as f64
}

/// Three rings written out as sums over sites, all Matsubara frequencies up to where the rest is 1e-8 of the sum; the one whose vertices alternate by itself.
#[test]
fn covariance_is_the_sum_of_three_rings() {
    let (size, diffusion, density, temperature) = (2, 0.3, 1.7, 0.25);
    let functions = [vec![0.3, -1.0, 0.4, 0.9], vec![1.0, 0.2, -0.7, 0.1]];
    let rings = RingSum::new(size, diffusion, density, TimeReversal::Unbroken).unwrap();
    let covariance = rings.covariance(&functions, temperature).unwrap();
    let alternating = rings.alternating_covariance(&functions, temperature).unwrap();
    let n = size * size;
    let ring = |d: &[f64], order: [usize; 4]| {
        let f = order.map(|k| &functions[k]);
        let mut sum = 0.0;
        for x in 0..n.pow(4) {
            let [a, b, c, e] = [x % n, x / n % n, x / (n * n) % n, x / (n * n * n)];
            sum += f[0][a]
                * d[a * n + b]
                * f[1][b]
                * d[b * n + c]
                * f[2][c]
                * d[c * n + e]
                * f[3][e]
                * d[e * n + a];
        }
        sum
    };
    for [i, j, k, l] in [[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1], [1, 0, 1, 1]] {
        let (mut sum, mut one) = (0.0, 0.0);
        for order in 1..=3000 {
            let w = TAU * temperature * order as f64;
            let d: Vec<f64> = (0..n * n).map(|k| diffuson(size, diffusion, w, k % n, k / n)).collect();
            let interleaved = ring(&d, [i, k, j, l]);
            one += TAU * temperature * w * interleaved;
            sum += TAU * temperature * w * (ring(&d, [i, j, k, l]) + ring(&d, [i, j, l, k]) + interleaved);
        }
        let scale = 2.0 / (PI * density).powi(2);
        // the accuracy of the sum over frequencies; the rest of the one above, 1/3000^2
        assert!((covariance.at(i, j, k, l) / (scale * sum) - 1.0).abs() < 1e-6, "{i}{j}{k}{l}");
        assert!((alternating.at(i, j, k, l) / (scale * one) - 1.0).abs() < 1e-6, "{i}{j}{k}{l}");
    }
}

/// A constant has rings `sum_q (w + E_q)^-4`; low and high temperatures, where all of octaves, tail and terms matter.
#[test]
fn rings_of_a_constant_in_closed_form() {
    for (size, diffusion, temperature) in [(1, 1.0, 0.3), (4, 0.5, 0.002), (5, 0.2, 0.05), (6, 2.0, 5.0)] {
        let rings = RingSum::new(size, diffusion, 0.6, TimeReversal::Broken).unwrap();
        let one = vec![1.0; size * size];
        let got = rings.covariance(&[one], temperature).unwrap().at(0, 0, 0, 0);
        let q = |k: usize| 2.0 - 2.0 * (TAU * k as f64 / size as f64).cos();
        let ring = |w: f64| {
            let mode = |k: usize| (w + diffusion * (q(k % size) + q(k / size))).powi(-4);
            (0..size * size).map(mode).sum::<f64>()
        };
        let terms = 300_000;
        let at = |k: usize| TAU * temperature * k as f64;
        let sum: f64 = (1..=terms).map(|k| TAU * temperature * at(k) * ring(at(k))).sum();
        let want = 3.0 / (PI * 0.6f64).powi(2) * sum;
        // what `frequencies` promises
        assert!((got / want - 1.0).abs() < 1e-7, "{size} {temperature}: {:e}", got / want - 1.0);
    }
}

/// Gaussians of 2, 3 and 4 lattice constants at R = L_T, extrapolated to the continuum, where the ring of four is `12 q_4/(pi g)^2`, q_4 = 0.31793, at zero temperature and 0.2067
/// of it at this one (both computed in the continuum, in other ways). Tori are five radii across: the diffuson of the lowest frequency falls as e^{-2.5 r/R}.
#[test]
fn gaussian_rings_tend_to_those_of_the_continuum() {
    let (diffusion, density) = (0.4, 2.0);
    let g = 4.0 * PI * density * diffusion;
    let at = |radius: f64| {
        let size = 5 * radius as usize;
        let rings = RingSum::new(size, diffusion, density, TimeReversal::Broken).unwrap();
        let psi = gaussian_on_torus(size, radius, [0.0; 2]).unwrap();
        let ring = rings.covariance(&[psi], diffusion / radius.powi(2)).unwrap().at(0, 0, 0, 0);
        ring * (PI * g).powi(2) / (12.0 * 0.317_930_4)
    };
    // E_q = q^2 - q_x^4/12 - q_y^4/12: one q^4 in a ring that falls as Int d^2q / q^4 leaves a logarithm, so that rings are A + (B + C ln R)/R^2, to next order 1/R^4: 0.1 % of 0.2067
    // and more, by logarithms, at R = 4
    let radii = [2.0f64, 3.0, 4.0];
    let [two, three, four] = radii.map(at);
    let [x, y] = [radii.map(|r| r.powi(-2)), radii.map(|r| r.ln() / (r * r))];
    let slope = |f: [f64; 3]| [f[0] - f[1], f[1] - f[2]];
    let ([df, dg], [dx, ex], [dy, ey]) = (slope([two, three, four]), slope(x), slope(y));
    let determinant = dx * ey - dy * ex;
    let (b, c) = ((df * ey - dy * dg) / determinant, (dx * dg - df * ex) / determinant);
    let limit = four - b * x[2] - c * y[2];
    assert!((limit / 0.2067 - 1.0).abs() < 0.01, "{two} {three} {four}: {limit}");
}

/// Sums of functions: the same whether functions are summed or covariances.
#[test]
fn covariances_between_sums_of_functions() {
    let rings = RingSum::new(3, 0.4, 1.3, TimeReversal::Broken).unwrap();
    let functions: Vec<Vec<f64>> =
        (0..3).map(|k| (0..9).map(|x| ((3 * x + 5 * k) as f64).sin()).collect()).collect();
    let vectors = vec![vec![0.7, -0.2, 1.1], vec![-0.4, 0.9, 0.3]];
    let sum = |v: &Vec<f64>| (0..9).map(|x| (0..3).map(|k| v[k] * functions[k][x]).sum()).collect();
    let sums: Vec<Vec<f64>> = vectors.iter().map(sum).collect();
    let covariance = |of: &RingSum, alternating: bool, functions: &[Vec<f64>]| match alternating {
        true => of.alternating_covariance(functions, 0.1),
        false => of.covariance(functions, 0.1),
    };
    for alternating in [false, true] {
        let of_sums = covariance(&rings, alternating, &sums).unwrap();
        let between = covariance(&rings, alternating, &functions).unwrap().between(&vectors).unwrap();
        assert_eq!(between.functions(), 2);
        for (one, other) in of_sums.matrix().iter().zip(between.matrix()) {
            // rounding
            assert!((one - other).abs() < 1e-12 * of_sums.at(0, 0, 0, 0), "{one} {other}");
        }
    }
    let all = rings.covariance(&functions, 0.1).unwrap();
    assert!(all.between(&[vec![1.0, 0.0]]).is_err());
}

#[test]
fn gaussians_are_normalised_periodic_and_refused() {
    for (size, radius, centre) in
        [(8, 2.0, [4.0, 4.0]), (5, 0.4, [0.0, 2.0]), (7, 3.0, [1.3, -2.6]), (3, 500.0, [0.0; 2])]
    {
        let psi = gaussian_on_torus(size, radius, centre).unwrap();
        let norm: f64 = psi.iter().map(|p| p * p).sum();
        // rounding
        assert!((norm - 1.0).abs() < 1e-14 && psi.iter().all(|&p| p >= 0.0));
        let moved = gaussian_on_torus(size, radius, [centre[0] + 1.0, centre[1] - size as f64]).unwrap();
        for (site, p) in psi.iter().enumerate() {
            let (x, y) = (site % size, site / size);
            // images beyond e^-40, and rounding of places
            assert!((moved[(x + 1) % size + size * y] - p).abs() < 1e-14);
        }
    }
    // the Gaussian itself where its images are e^-64 away: exp(-1/4) from one site to the next at R = 2
    let psi = gaussian_on_torus(20, 2.0, [10.0, 10.0]).unwrap();
    assert!((psi[10 + 200] - (2.0 / PI).sqrt() / 2.0).abs() < 1e-4);
    assert!((psi[11 + 200] / psi[10 + 200] - (-0.25f64).exp()).abs() < 1e-15);
    for bad in [
        gaussian_on_torus(0, 1.0, [0.0; 2]),
        gaussian_on_torus(4, 0.0, [0.0; 2]),
        gaussian_on_torus(4, f64::NAN, [0.0; 2]),
        gaussian_on_torus(4, 0.01, [0.5; 2]),
    ] {
        assert!(bad.is_err());
    }
    let rings = RingSum::new(2, 1.0, 1.0, TimeReversal::Broken).unwrap();
    assert!(
        rings.covariance(&[vec![1.0; 3]], 1.0).is_err()
            && rings.covariance(&[vec![f64::NAN; 4]], 1.0).is_err()
    );
    assert!(rings.covariance(&[vec![1.0; 4]], 0.0).is_err());
    assert!(RingSum::new(2, 0.0, 1.0, TimeReversal::Broken).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Covariances do not depend on the order of their functions, have no negative eigenvalue, and scale: rates with D and T, F_1 with nu.
    #[test]
    fn covariances_are_symmetric_positive_and_scale(
        values in prop::collection::vec(-1.0f64..1.0, 27), temperature in 0.05f64..1.0, scale in 0.1f64..10.0,
    ) {
        let functions: Vec<Vec<f64>> = values.chunks(9).map(<[f64]>::to_vec).collect();
        let rings = |scale: f64, density: f64| {
            let rings = RingSum::new(3, 0.3 * scale, density, TimeReversal::Broken).unwrap();
            rings.covariance(&functions, temperature * scale).unwrap()
        };
        let covariance = rings(1.0, 1.0);
        let pairs = covariance.pairs();
        let largest = covariance.matrix().iter().fold(0.0f64, |m, k| m.max(k.abs()));
        // rounding
        let allowed = 1e-12 * largest;
        for [i, j, k, l] in [[0, 1, 2, 2], [0, 0, 1, 2], [1, 2, 0, 1]] {
            for [a, b, c, d] in [[j, i, k, l], [i, k, j, l], [l, j, k, i], [k, l, i, j]] {
                prop_assert!((covariance.at(i, j, k, l) - covariance.at(a, b, c, d)).abs() <= allowed);
            }
        }
        let spectrum = eigen::symmetric(covariance.matrix(), pairs).unwrap().values;
        prop_assert!(spectrum[0] >= -allowed, "{spectrum:?}");
        let scaled = rings(scale, 2.0);
        for (k, s) in covariance.matrix().iter().zip(scaled.matrix()) {
            prop_assert!((k - 4.0 * scale * scale * s).abs() <= allowed);
        }
    }
}
