//! Floating terminals in models whose amplitudes are given: closed forms, and the sheet's formula as it is written.

use super::spectral::weighted_traces;
use crate::systems::assert_close;
use crate::unitary::{conductor, haar};
use diffuson::noise::amplitudes::Amplitudes;
use diffuson::noise::probes::{self, ProbeKind, ProbeNoise, Setting};
use diffuson::noise::spectral;
use diffuson::scattering::SMatrix;
use diffuson::thermal::Reservoir;
use diffuson::{C64, Matrix};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::f64::consts::PI;

/// Nodes in series between two leads: an electron that leaves node k in a channel to the right enters node k + 1, or comes back, as a barrier of transmission `barriers[k]` has it,
/// in each of as many channels as it has. Terminals are the nodes, then the left and the right lead.
fn series(barriers: &[(usize, f64)]) -> SMatrix {
    let nodes = barriers.len() - 1;
    // channels of a node: to the left, then to the right; barrier k is right of node k - 1 and left of node k
    let mut channels: Vec<usize> = (0..nodes).map(|k| barriers[k].0 + barriers[k + 1].0).collect();
    channels.extend([barriers[0].0, barriers[nodes].0]);
    let first = |t: usize| channels[..t].iter().sum::<usize>();
    let total = first(channels.len());
    let mut s = Matrix::zeros(total, total);
    for (k, &(count, transmission)) in barriers.iter().enumerate() {
        for c in 0..count {
            let left = if k == 0 { first(nodes) + c } else { first(k - 1) + barriers[k - 1].0 + c };
            let right = if k == nodes { first(nodes + 1) + c } else { first(k) + c };
            let (t, r) = (transmission.sqrt(), (1.0 - transmission).sqrt());
            (s[(right, left)], s[(left, right)]) = (C64::from(t), C64::from(t));
            (s[(left, left)], s[(right, right)]) = (C64::from(r), C64::from(-r));
        }
    }
    conductor(s, &channels)
}

fn biased(kind: ProbeKind, bias: f64, kt: f64) -> Setting {
    Setting { kind, reservoirs: vec![Reservoir { mu: bias, kt }, Reservoir { mu: 0.0, kt }] }
}

/// The last two terminals driven.
fn noise(s: &SMatrix, setting: Setting) -> ProbeNoise {
    let driven = [s.leads() - 2, s.leads() - 1];
    let found = probes::flat(&Amplitudes::from(s), &driven, &[setting]).unwrap().remove(0);
    assert!(found.audit.passed(), "{:?}", found.audit);
    found
}

/// One node between two contacts at zero temperature: the closed forms of the sheet. Rounding of sums of a few terms.
#[test]
fn one_node() {
    let fano = |barriers: [(usize, f64); 2], kind| noise(&series(&barriers), biased(kind, 1.0, 0.0)).fano(0);
    let cold = ProbeKind::Inelastic { kt: 0.0 };
    // sum F_i R_i^2 / (sum R)^2 of two contacts
    assert_close(fano([(1, 0.5), (1, 0.5)], cold), 0.25, 1e-14, "two half-open contacts");
    assert_close(fano([(1, 0.2), (1, 0.8)], cold), 0.52, 1e-14, "unequal contacts");
    assert_close(fano([(3, 1.0), (5, 1.0)], cold), 0.0, 1e-14, "ideal contacts, cold electrons");
    assert_close(fano([(1, 1.0), (1, 1.0)], ProbeKind::Dephasing), 0.25, 1e-14, "dephasing cavity");
    assert_close(fano([(2, 1.0), (6, 1.0)], ProbeKind::Dephasing), 3.0 / 16.0, 1e-14, "dephasing cavity 1:3");
    // (sqrt 3/pi) sqrt(G_L G_R)/(G_L + G_R)
    let hot = |l: f64, r: f64| 3.0f64.sqrt() / PI * (l * r).sqrt() / (l + r);
    assert_close(hot(1.0, 1.0), 0.275664, 5e-7, "the sheet's number");
    assert_close(fano([(4, 1.0), (4, 1.0)], ProbeKind::Hot), hot(1.0, 1.0), 1e-12, "hot cavity");
    assert_close(hot(1.0, 3.0), 0.238732, 5e-7, "the sheet's number");
    assert_close(fano([(1, 1.0), (3, 1.0)], ProbeKind::Hot), hot(1.0, 3.0), 1e-12, "hot cavity 1:3");
}

/// n ideal nodes: n + 1 perfect segments in series, which add the noise `2 (T_j + T_(j+1))` of what their ends emit, `T_j = Int f_j (1 - f_j)`, so that
/// `F = 2 sum_j T_j / ((n + 1) eV)`. Hot: `T_j = (sqrt 3/pi) eV sqrt(x_j (1 - x_j))`, `x_j = j/(n + 1)`, a sum that tends to sqrt(3)/4. Dephasing: `T_j = eV x_j (1 - x_j)`,
/// hence `(1/3) [1 - (n + 1)^-2]`. Cold: nothing.
#[test]
fn ideal_nodes_in_series() {
    for n in [1usize, 2, 5, 40, 300] {
        let s = series(&vec![(1, 1.0); n + 1]);
        let x = |j: usize| j as f64 / (n + 1) as f64;
        let bias = 0.37;
        let hot = noise(&s, biased(ProbeKind::Hot, bias, 0.0));
        let temperature = |j: usize| 3.0f64.sqrt() / PI * bias * (x(j) * (1.0 - x(j))).sqrt();
        let want = 2.0 * (1..=n).map(temperature).sum::<f64>() / (bias * (n + 1) as f64);
        // potentials to 1e-13 of the current times its n^2 amplification, twice; the rule leaves 1e-13
        let tolerance = 1e-12 + 1e-15 * (n * n) as f64;
        assert_close(hot.fano(0), want, tolerance, "hot nodes");
        assert!(want < 3.0f64.sqrt() / 4.0);
        for j in 1..=n {
            assert_close(hot.temperature[j - 1], temperature(j), 1e-8, "profile of temperature");
            assert_close(hot.potential[j - 1], bias * (1.0 - x(j)), 1e-11, "profile of potential");
        }
        let dephasing = noise(&s, biased(ProbeKind::Dephasing, bias, 0.0));
        let want = (1.0 - ((n + 1) as f64).powi(-2)) / 3.0;
        assert_close(dephasing.fano(0), want, tolerance, "dephasing nodes");
        let cold = noise(&s, biased(ProbeKind::Inelastic { kt: 0.0 }, bias, 0.0));
        assert_close(cold.fano(0), 0.0, tolerance, "cold nodes");
        assert_close(cold.current[1], bias / (n + 1) as f64, 1e-12, "series of conductances 1");
    }
    // n = 300: the sum over sqrt(x (1 - x)) is wrong by some (n + 1)^(-3/2), that over x (1 - x) by (n + 1)^-2
    let s = series(&[(1, 1.0); 301]);
    let [hot, dephasing] =
        [ProbeKind::Hot, ProbeKind::Dephasing].map(|kind| noise(&s, biased(kind, 1.0, 0.0)).fano(0));
    assert_close(hot, 3.0f64.sqrt() / 4.0, 3e-4, "hot wire");
    assert_close(dephasing, 1.0 / 3.0, 1e-5, "dephasing wire");
}

/// `M S0 M^T` of correlators between all terminals, `M = [1, -G_tp G_pp^-1]` by elimination of one terminal after the other.
fn eliminated(s: &SMatrix, s0: &[f64], floating: usize) -> Vec<f64> {
    let n = s.leads();
    let mut g: Vec<Vec<f64>> = (0..n)
        .map(|a| {
            (0..n)
                .map(|b| if a == b { s.channels(a).len() as f64 } else { 0.0 } - s.transmission(a, b))
                .collect()
        })
        .collect();
    let mut m: Vec<Vec<f64>> =
        (0..n).map(|a| (0..n).map(|b| if a == b { 1.0 } else { 0.0 }).collect()).collect();
    for p in 0..floating {
        for a in p + 1..n {
            let factor = g[a][p] / g[p][p];
            for b in 0..n {
                g[a][b] -= factor * g[p][b];
                m[a][b] -= factor * m[p][b];
            }
        }
    }
    let rows = || floating..n;
    let entry = |t: usize, u: usize| -> f64 {
        (0..n).flat_map(|a| (0..n).map(move |b| (a, b))).map(|(a, b)| m[t][a] * s0[a * n + b] * m[u][b]).sum()
    };
    rows().flat_map(|t| rows().map(move |u| entry(t, u))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, rng_seed: RngSeed::Fixed(11), failure_persistence: None, ..ProptestConfig::default() })]

    /// Random unitary matrices without time reversal, any number of floating and of driven terminals: the sheet's four sums over terminals, integrated over energy and reduced.
    #[test]
    fn is_the_formula_of_the_sheet(
        probe_channels in prop::collection::vec(1usize..4, 0..4),
        lead_channels in prop::collection::vec(1usize..4, 2..4),
        mu in prop::collection::vec(-0.5f64..0.5, 3),
        kt in prop::collection::vec(0.05f64..0.3, 4),
        sample in 0u64..1_000_000,
    ) {
        let (floating, n) = (probe_channels.len(), lead_channels.len());
        let channels: Vec<usize> = probe_channels.iter().chain(&lead_channels).copied().collect();
        let s = conductor(haar(channels.iter().sum(), 2, sample), &channels);
        let amplitudes = Amplitudes::from(&s);
        let driven: Vec<usize> = (floating..floating + n).collect();
        let reservoirs: Vec<Reservoir> = (0..n).map(|t| Reservoir { mu: mu[t], kt: kt[t] }).collect();
        let kinds = [ProbeKind::Dephasing, ProbeKind::Inelastic { kt: kt[3] }, ProbeKind::Hot];
        let settings = kinds.map(|kind| Setting { kind, reservoirs: reservoirs.clone() });
        let all = probes::flat(&amplitudes, &driven, &settings).unwrap();
        // potentials of dephasing terminals are linear in those of the driven ones
        let sources: Vec<Vec<f64>> = (0..n)
            .map(|t| {
                let unit = (0..n).map(|u| Reservoir { mu: if u == t { 1.0 } else { 0.0 }, kt: 0.1 }).collect();
                let setting = Setting { kind: ProbeKind::Dephasing, reservoirs: unit };
                probes::flat(&amplitudes, &driven, &[setting]).unwrap().remove(0).potential
            })
            .collect();
        for (found, kind) in all.iter().zip(kinds) {
            prop_assert!(found.audit.passed(), "{kind:?} {:?}", found.audit);
            // no particles, and no energy into hot ones
            let quadratic = |a: usize| found.potential[a].powi(2) + (PI * found.temperature[a]).powi(2) / 3.0;
            for p in 0..floating {
                let into = |v: &dyn Fn(usize) -> f64| -> f64 { (0..channels.len()).map(|b| s.transmission(p, b) * (v(b) - v(p))).sum() };
                prop_assert!(into(&|a| found.potential[a]).abs() < 1e-12);
                prop_assert!(kind != ProbeKind::Hot || into(&quadratic).abs() < 1e-12);
            }
            // trapezoidal rule: exp(-2 pi^2 kT/step) = 1e-20 for the least kT, ends at 38 of the largest, which no state exceeds by much
            let step = 0.02;
            let mut g = vec![0.0; channels.len() * channels.len()];
            for k in -1000..=1000 {
                let e = step * f64::from(k);
                let fermi = |a: usize| Reservoir { mu: found.potential[a], kt: found.temperature[a] }.occupation(e);
                let mixed = |a: usize| (0..n).map(|t| sources[t][a] * reservoirs[t].occupation(e)).sum();
                let f: Vec<f64> = (0..channels.len()).map(|a| if kind == ProbeKind::Dephasing { mixed(a) } else { fermi(a) }).collect();
                g.iter_mut().enumerate().for_each(|(k, g)| {
                    let (f, h) = (f[k / channels.len()], f[k % channels.len()]);
                    *g += step * (f * (1.0 - h) + h * (1.0 - f));
                });
            }
            let s0 = weighted_traces(&s, |a, b| g[a * channels.len() + b]);
            let sum = eliminated(&s, &s0, floating);
            for (got, want) in found.correlator.iter().zip(&sum) {
                // 1000 roundings of numbers of order 1
                prop_assert!((got - want).abs() < 1e-11, "{kind:?}: {got} {want}");
            }
        }
        if floating == 0 {
            let want = spectral(&s, &[0.3, 0.9, 0.1][..n]);
            let got = probes::dephased(&amplitudes, &driven, &[0.3, 0.9, 0.1][..n]).unwrap();
            for (x, y) in got.correlator.iter().zip(&want.correlator).chain(got.current.iter().zip(&want.current)) {
                prop_assert!((x - y).abs() < 1e-13, "{x} {y}");
            }
        }
    }
}
