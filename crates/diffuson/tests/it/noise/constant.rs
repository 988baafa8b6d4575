//! Scattering that does not depend on energy.

use crate::systems::assert_close;
use crate::unitary::{conductor, haar};
use diffuson::noise::closed_forms::{crossover, equilibrium_heat, single_channel, splitter};
use diffuson::noise::{DifferentialNoise, Excess, Noise, TransmissionStatistics, exchanged, spectral};
use diffuson::scattering::SMatrix;
use diffuson::thermal::{Adaptive, Reservoir, Structure};
use diffuson::{C64, Matrix};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::convert::Infallible;

fn channel(t: f64) -> SMatrix {
    let [t, r] = [t.sqrt(), (1.0 - t).sqrt()];
    conductor(Matrix::from_fn(2, 2, |i, j| [[r, t], [t, -r]][i][j].into()), &[1, 1])
}

fn audited(s: &SMatrix, reservoirs: &[Reservoir]) -> Noise {
    let noise = Noise::constant(s, reservoirs).unwrap();
    assert!(noise.audit.passed(), "{:?}", noise.audit);
    noise
}

fn biased(bias: f64, kt: f64) -> [Reservoir; 2] {
    [Reservoir { mu: 0.5 * bias, kt }, Reservoir { mu: -0.5 * bias, kt }]
}

/// One channel, from thermal to shot noise and at zero temperature; what exceeds thermal noise keeps its digits as the bias goes to zero.
#[test]
fn one_channel() {
    for t in [0.1, 0.5, 1.0] {
        for bias in [0.0, 1e-9, 0.5, 3.0, 12.0, 1e3] {
            for kt in [0.0, 1.0] {
                let noise = audited(&channel(t), &biased(bias, kt));
                let want = single_channel(t, bias, kt);
                // roundings of sqrt(t) and sqrt(1 - t)
                assert!((noise.charge[0] - want).abs() <= 4e-15 * want, "{t} {bias} {kt}");
                assert_close(noise.charge[1], -noise.charge[0], 4e-15 * want, "conservation");
            }
        }
    }
    let noise = audited(&channel(0.5), &biased(3.0, 1.0));
    assert_close(noise.charge[0], 2.6571870895, 0.5e-10, "reference");
    for excess in [Excess::OverThermal, Excess::OverUnbiased(&audited(&channel(0.5), &biased(0.0, 1.0)))] {
        // F (coth x - 1/x), x = V/2kT
        let want = 0.5 * (1.0 / 1.5f64.tanh() - 1.0 / 1.5);
        assert_close(noise.excess_fano_factor(0, excess).unwrap(), want, 1e-13, "excess");
    }
    let shot = audited(&channel(0.3), &biased(0.2, 0.0));
    assert_close(shot.fano_factor(1), 0.7, 1e-14, "1 - T");
    assert_close(shot.correlation(0, 1), -1.0, 1e-14, "one current");
    assert!(audited(&channel(0.3), &biased(0.0, 0.1)).fano_factor(0).is_infinite());
    assert!(shot.excess_fano_factor(0, Excess::OverThermal).is_some());
    assert!(audited(&channel(0.3), &biased(0.0, 0.1)).excess_fano_factor(0, Excess::OverThermal).is_none());
}

/// `Int (f - f')^2`: both sides of each closed form meet, and quadrature between unequal temperatures meets them.
#[test]
fn exchange_integrals() {
    let r = |mu, kt| Reservoir { mu, kt };
    for bias in [0.0, 1e-6, 0.1, 2.0, 40.0, 1e4] {
        let near = exchanged(&r(bias, 1.0), &r(0.0, 1.0 + 1e-9));
        // 1e-9 in temperature changes the integral by as much; 1e-13 of it is the quadrature
        assert_close(near, exchanged(&r(bias, 1.0), &r(0.0, 1.0)), 2e-9 + 1e-13 * bias, "equal");
        let near = exchanged(&r(bias, 1.0), &r(0.0, 1e-7));
        // second order in the temperature of a smooth function, and a kink of weight 1e-7
        assert_close(near, exchanged(&r(bias, 1.0), &r(0.0, 0.0)), 1.1e-7, "one cold");
    }
    assert_close(exchanged(&r(0.0, 1.0), &r(0.0, 0.0)), 2.0 * 2f64.ln() - 1.0, 1e-15, "delta T noise");
    // V^2/6kT for small bias, to all digits
    assert!((exchanged(&r(1e-9, 1.0), &r(0.0, 1.0)) / (1e-18 / 6.0) - 1.0).abs() < 1e-15);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, rng_seed: RngSeed::Fixed(6), failure_persistence: None, ..ProptestConfig::default() })]

    /// Closed forms against the quadrature of the general case, temperatures zero among them; and all laws.
    #[test]
    fn is_the_general_case(channels in prop::collection::vec(1usize..4, 2..5), mu in prop::collection::vec(-2.0f64..2.0, 5), kt in prop::collection::vec(0usize..4, 5), sample in 0u64..1_000_000) {
        let s = conductor(haar(channels.iter().sum(), 2, sample), &channels);
        let reservoirs: Vec<_> = (0..channels.len()).map(|a| Reservoir { mu: mu[a], kt: [0.0, 0.3, 0.3, 0.7][kt[a]] }).collect();
        let quick = Noise::constant(&s, &reservoirs).unwrap();
        let general = Noise::between(&reservoirs, &Structure::default(), Adaptive::to(1e-12), |_| Ok::<_, Infallible>(s.clone())).unwrap();
        prop_assert!(quick.audit.passed() && general.audit.passed(), "{:?} {:?}", quick.audit, general.audit);
        let parts = |n: &Noise| [n.currents.particle.clone(), n.currents.heat.clone(), n.charge.clone(), n.charge_heat.clone(), n.heat.clone()].concat();
        for (quick, general) in parts(&quick).iter().zip(&parts(&general)) {
            // quadratures to 1e-12 of numbers up to some ten
            prop_assert!((quick - general).abs() < 1e-10, "{quick} {general}");
        }
        // derivatives: at zero temperature noise is piecewise linear in the bias
        let shift: Vec<_> = (0..channels.len()).map(|a| [1.0, 0.0, -0.7, 0.2, 0.5][a]).collect();
        let slope = DifferentialNoise::between(&reservoirs, &shift, &Structure::default(), Adaptive::to(1e-12), |_| Ok::<_, Infallible>(s.clone())).unwrap();
        prop_assert!(slope.audit.passed());
        let at = |v: f64| {
            let moved: Vec<_> = reservoirs.iter().zip(&shift).map(|(r, w)| Reservoir { mu: r.mu + v * w, ..*r }).collect();
            Noise::constant(&s, &moved).unwrap().charge
        };
        let v = 1e-5;
        for ((slope, after), before) in slope.charge.iter().zip(at(v)).zip(at(-v)) {
            // v^2 times third derivatives of some 1/kT^2 = 10, and roundings of numbers up to ten over v
            prop_assert!((slope - (after - before) / (2.0 * v)).abs() < 1e-8, "{slope} {after} {before}");
        }
    }
}

/// Many channels: `4 kT G (1 - F) + 2 e I F coth`, F from the eigenvalues; ideal channels without shot noise.
#[test]
fn many_channels() {
    let s = conductor(haar(9, 3, 0), &[4, 5]);
    let statistics = TransmissionStatistics::of(&s.transmission_eigenvalues(1, 0).unwrap());
    let noise = audited(&s, &biased(0.7, 0.1));
    let want = crossover(statistics.conductance, statistics.fano_factor(), 0.7, 0.1);
    assert_close(noise.charge[0], want, 1e-13, "crossover");
    let shot = spectral(&s, &[1.0, 0.0]).correlator[0];
    assert_close(shot, 2.0 * statistics.shot_noise, 1e-13, "sum T (1 - T)");
    let binomial = TransmissionStatistics::of(&[0.2, 0.5, 1.0 + 1e-16, -1e-17]);
    assert_close(binomial.third_cumulant, 0.2 * 0.8 * 0.6, 1e-16, "third cumulant");
    assert_close(binomial.shot_noise, 0.16 + 0.25, 1e-15, "shot noise");
    let ideal = Matrix::from_fn(4, 4, |i, j| if (i + 2) % 4 == j { C64::ONE } else { C64::ZERO });
    let noise = audited(&conductor(ideal, &[2, 2]), &biased(5.0, 1.0));
    assert_eq!(noise.charge[0], 8.0, "4 kT G at any bias");
    assert_close(noise.heat[0], equilibrium_heat(2.0, 1.0) + heat_of_bias(5.0), 1e-10, "heat noise");
}

/// What a bias V adds to the heat noise of two ideal channels at kT = 1: `2 G Int [(E - V/2)^2 - E^2] {f_L (1 - f_L) + f_R (1 - f_R)}`, with f (1 - f) around +-V/2: V^2 of the far one.
fn heat_of_bias(bias: f64) -> f64 {
    2.0 * 2.0 * bias * bias
}

/// Hanbury Brown and Twiss: correlations of the two outputs of a splitter, anticorrelated, and without bias only thermal.
#[test]
fn beam_splitter() {
    let (t2, t3): (f64, f64) = (0.3, 0.5);
    // any unitary matrix with such a first column
    let first = [(1.0 - t2 - t3).sqrt(), t2.sqrt(), t3.sqrt()];
    let mut columns = vec![first.to_vec(), vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
    for j in 1..3 {
        for k in 0..j {
            let overlap: f64 = columns[j].iter().zip(&columns[k]).map(|(a, b)| a * b).sum();
            let earlier = columns[k].clone();
            columns[j].iter_mut().zip(earlier).for_each(|(c, e)| *c -= overlap * e);
        }
        let norm = columns[j].iter().map(|c| c * c).sum::<f64>().sqrt();
        columns[j].iter_mut().for_each(|c| *c /= norm);
    }
    let s = conductor(Matrix::from_fn(3, 3, |i, j| columns[j][i].into()), &[1, 1, 1]);
    let cold = |mu| Reservoir { mu, kt: 0.0 };
    let noise = audited(&s, &[cold(1.0), cold(0.0), cold(0.0)]);
    let want = splitter(t2, t3, 1.0);
    assert_eq!(want.map(|row| row.map(|s| (s * 1e12).round() / 1e12)), [[0.42, -0.3], [-0.3, 0.5]]);
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        assert_close(noise.charge[3 * (a + 1) + b + 1], want[a][b], 1e-14, "splitter");
    }
}
