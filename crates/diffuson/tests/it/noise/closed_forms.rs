//! Closed forms: numbers of reference, limits, and what they are integrals of.

use crate::systems::assert_close;
use diffuson::C64;
use diffuson::Matrix;
use diffuson::noise::Noise;
use diffuson::noise::closed_forms::*;
use diffuson::scattering::SMatrix;
use diffuson::thermal::{Adaptive, Reservoir, SingularPoint, Singularity, Structure, bosons};
use std::convert::Infallible;
use std::f64::consts::PI;

/// Half a unit of the last digit printed.
#[test]
fn reference_numbers() {
    assert_close(single_channel(0.5, 3.0, 1.0), 2.6571870895, 0.5e-10, "one channel");
    for (left, right, want) in [(1.0, 1.0, 0.5), (1.0, 3.0, 0.625), (1.0, 10.0, 0.834711)] {
        assert_close(breit_wigner(left, right), want, 0.5e-6, "level");
    }
    let barriers =
        [(0.5, 1, 0.5), (0.5, 2, 0.444444), (0.1, 5, 0.362456), (0.7, 10, 0.347067), (0.3, 200, 0.333361)];
    for (transmission, n, want) in barriers {
        assert_close(incoherent_barriers(transmission, n), want, 0.5e-6, "barriers");
    }
    assert_close(diffusive(1.0, 5.0, 1.0), 6.0452243660, 0.5e-10, "diffusive");
    assert_close(hot_electrons(1.0, 5.0, 1.0), 5.9684667900, 0.5e-10, "hot electrons");
    let unitary = [([1, 1], 1.0 / 3.0), ([2, 2], 0.266667), ([3, 5], 0.238095), ([10, 10], 0.250627)];
    let orthogonal = [([1, 1], 0.4), ([2, 2], 0.321429), ([6, 6], 0.272222)];
    for (n, want) in unitary {
        assert_close(cavity(n, Symmetry::Unitary), want, 0.5e-6, "cavity");
    }
    for (n, want) in orthogonal {
        assert_close(cavity(n, Symmetry::Orthogonal), want, 0.5e-6, "cavity");
    }
    assert_eq!([open_cavity(1.0, 1.0), open_cavity(1.0, 3.0)], [0.25, 0.1875]);
    assert_close(hot_cavity(1.0, 1.0), 0.275664, 0.5e-6, "hot cavity");
    assert_close(hot_cavity(1.0, 3.0), 0.238732, 0.5e-6, "hot cavity");
    let contact = |t: f64| (1.0 / t, 1.0 - t);
    assert_close(cold_nodes(&[contact(0.5), contact(0.5)]), 0.25, 1e-15, "two contacts");
    assert_close(cold_nodes(&[contact(0.2), contact(0.8)]), 0.52, 1e-15, "two contacts");
    assert_eq!(cold_nodes(&[contact(1.0), contact(1.0)]), 0.0);
    assert_close(bosons::quantum_of_heat_conductance(1.0, 1.0), 9.46431e-13, 0.5e-18, "heat");
}

/// From thermal noise to shot noise, and across every branch of `x coth x - 1`.
#[test]
fn limits() {
    for x in [1e-8f64, 1e-3, 0.3, 0.999, 1.001, 3.0, 40.0] {
        let want = if x < 1e-2 { x * x / 3.0 - x.powi(4) / 45.0 } else { x / f64::tanh(x) - 1.0 };
        // the plain difference loses the digits of 1; the series stops at x^6
        let allowed = if x < 1e-2 { 1e-14 } else { 4e-16 / want };
        assert!((x_coth_x_minus_one(x) / want - 1.0).abs() <= allowed.max(4e-16), "{x}");
        assert_eq!(x_coth_x_minus_one(x), x_coth_x_minus_one(-x));
    }
    for noise in [diffusive, hot_electrons] {
        assert_close(noise(1.0, 0.0, 0.3), 1.2, 1e-15, "4 kT G");
        assert_close(noise(1.0, 1e-9, 0.3), 1.2, 1e-15, "4 kT G");
    }
    assert_close(diffusive(1.0, 1.0, 0.0), 2.0 / 3.0, 1e-15, "F = 1/3");
    assert_close(HOT_ELECTRONS, 3f64.sqrt() / 4.0, 1e-16, "sqrt(3)/4");
    assert_close(hot_electrons(1.0, 1.0, 0.0), 3f64.sqrt() / 2.0, 1e-15, "F = sqrt(3)/4");
    // v + 1/v near its limit: second order in kT
    assert_close(hot_electrons(1.0, 1.0, 1e-6), 3f64.sqrt() / 2.0, 1e-9, "F = sqrt(3)/4");
    for t in [0.1, 0.5, 0.9] {
        assert_close(incoherent_barriers(t, 1), 1.0 - t, 1e-15, "one barrier");
    }
    // tunnel junctions: (1/3)(1 + 2/n^2)
    assert_close(incoherent_barriers(1e-9, 3), (1.0 + 2.0 / 9.0) / 3.0, 1e-8, "tunnel junctions");
    assert_close(incoherent_barriers(0.4, 1_000_000), DIFFUSIVE, 1e-11, "many barriers");
    assert_close(cavity([1000, 3000], Symmetry::Unitary), open_cavity(1.0, 3.0), 1e-6, "many modes");
    // 1 + 1/N_1 + 1/N_2 - 3/N
    assert_close(cavity([1000, 3000], Symmetry::Orthogonal), open_cavity(1.0, 3.0), 2e-4, "many modes");
}

/// The level: `Int T (1 - T) / Int T` of Breit and Wigner's formula by the general quadrature, at a bias 10^5 times the width.
#[test]
fn a_level_between_reservoirs() {
    for (left, right) in [(1.0, 1.0), (1.0, 3.0), (1.0, 10.0)] {
        let width: f64 = left + right;
        let s = |energy: f64| {
            let resonance = C64::I / C64::new(energy, 0.5 * width);
            let amplitude = [f64::sqrt(left), f64::sqrt(right)];
            let data = Matrix::from_fn(2, 2, |i, j| {
                C64::from(f64::from(i == j)) - resonance * amplitude[i] * amplitude[j]
            });
            Ok::<_, Infallible>(SMatrix::given(data, &[1, 1], energy).unwrap())
        };
        let kind = Singularity::Resonance { half_width: 0.5 * width };
        let structure =
            Structure::new([f64::NEG_INFINITY, f64::INFINITY], vec![SingularPoint { energy: 0.0, kind }]);
        let bias = 1e5 * width;
        let reservoirs = [0.5, -0.5].map(|half| Reservoir { mu: half * bias, kt: 0.0 });
        let noise = Noise::between(&reservoirs, &structure.unwrap(), Adaptive::default(), s).unwrap();
        assert!(noise.audit.passed(), "{:?}", noise.audit);
        // the tails of the level outside the bias: width/bias
        assert_close(noise.fano_factor(0), breit_wigner(left, right), 2e-5, "level");
    }
}

/// The diffusive wire: `T = 1/cosh^2 x` with x uniform.
#[test]
fn bimodal_eigenvalues() {
    let moments = Adaptive::default().integrate([0.0, 25.0], &Structure::default(), &[], |x: f64| {
        let t = x.cosh().powi(-2);
        Ok::<_, Infallible>([t, t * (1.0 - t)])
    });
    let [g, shot] = [0, 1].map(|k| moments.as_ref().unwrap().values[k]);
    assert_close(shot / g, DIFFUSIVE, 1e-12, "bimodal");
    assert_close(hot_cavity(1.0, 1.0), 3f64.sqrt() / (2.0 * PI), 1e-15, "symmetric");
}
