//! Noise of lattice conductors with probes on their sites.

use crate::systems::{assert_close, strip};
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead, Probe};
use diffuson::noise::amplitudes::Amplitudes;
use diffuson::noise::probes::{self, ProbeKind, ProbeNoise, Setting};
use diffuson::noise::{spectral, spectral_between};
use diffuson::probes::{Accuracy, Drive, Measure, between, biased};
use diffuson::scattering::{self, Route, smatrix};
use diffuson::thermal::{Reservoir, Window};
use diffuson::{C64, Matrix};

fn rough(sites: usize, w: f64) -> Vec<f64> {
    (0..sites).map(|i| w * (0.5 - (i as f64 * 0.754_877_666).fract())).collect()
}

/// Strips and lattices of several kinds with wide-band and chain probes on some or all sites.
fn conductors() -> Vec<(Conductor, Vec<f64>)> {
    let lead = || Some(Lead::Continuation);
    let wide = |_| Probe::WideBand { width: 0.2 };
    let mixed = |site: usize| match site % 3 {
        0 => Probe::Chain { amplitude: 0.5, hopping: 1.0, centre: 0.1 },
        1 => Probe::WideBand { width: 0.3 },
        _ => Probe::Chain { amplitude: 0.6, hopping: 0.3, centre: 5.0 },
    };
    let flux = |l: Lattice, flux: f64| l.with_flux(flux).unwrap();
    let square = || strip(7, 5, Boundary::HardWall);
    let honeycomb = Lattice::new(Family::HoneycombZigzag, [6, 6, 1], Boundary::HardWall).unwrap();
    let on = |lattice: Lattice,
              probe: &dyn Fn(usize) -> Probe,
              keep: &dyn Fn(usize) -> bool,
              right: Option<Lead>| {
        let sites = lattice.sites();
        let probes = (0..sites).filter(|s| keep(*s)).map(|s| (s, probe(s))).collect();
        (Conductor::new(lattice, [lead(), right], probes).unwrap(), rough(sites, 1.5))
    };
    vec![
        on(square(), &wide, &|_| true, lead()),
        on(square(), &mixed, &|s| s % 4 != 0, lead()),
        on(flux(square(), 0.11), &wide, &|_| true, lead()),
        on(flux(square(), 0.07), &mixed, &|s| s % 4 != 0, Some(Lead::WideBand { width: 1.3 })),
        on(honeycomb, &wide, &|s| s % 2 == 0, lead()),
        on(square(), &wide, &|_| false, lead()),
    ]
}

/// s is unitary, its adjoint what it says, columns those of the whole; `|s|^2` are the transmissions of another route; without probes all is the S matrix.
#[test]
fn amplitudes_are_unitary_and_give_the_transmissions() {
    for (k, (conductor, onsite)) in conductors().iter().enumerate() {
        let dressed = conductor.at(-0.9).unwrap();
        let amplitudes = Amplitudes::new(&dressed, onsite).unwrap();
        assert!(amplitudes.audit().passed());
        let s = amplitudes.matrix();
        let n = s.rows();
        let unit = amplitudes.adjoint_times(&s);
        // rounding, amplified some ten times by resonances
        let worst = (0..n * n)
            .map(|k| (unit[(k / n, k % n)] - if k / n == k % n { C64::ONE } else { C64::ZERO }).norm());
        assert!(worst.fold(0.0, f64::max) < 1e-13, "conductor {k}");
        let v = Matrix::from_fn(n, 2, |i, j| C64::new((i + 2 * j) as f64 / n as f64, 0.3));
        let sum = |i: usize, j: usize| (0..n).map(|l| s[(i, l)] * v[(l, j)]).sum::<C64>();
        let whole = amplitudes.times(&v);
        assert!((0..n).all(|i| (0..2).all(|j| (whole[(i, j)] - sum(i, j)).norm() < 1e-12)), "conductor {k}");
        let solved = scattering::solve(&dressed, onsite, Route::Recursive, false).unwrap();
        for a in 0..conductor.terminals() {
            for b in (0..conductor.terminals()).filter(|b| *b != a) {
                let rows = || amplitudes.channels_of(a);
                let columns = amplitudes.channels_of(b);
                let t: f64 =
                    columns.flat_map(|j| rows().map(move |i| (i, j))).map(|at| s[at].norm_sqr()).sum();
                assert_close(t, solved.exchange.transmission(a, b), 1e-13, "T_ab");
            }
        }
        if conductor.probes() == 0 {
            let want = smatrix(&dressed, onsite, Route::Dense).unwrap();
            let pairs = s.as_slice().iter().zip(want.data().as_slice());
            assert!(pairs.map(|(x, y)| (x - y).norm()).fold(0.0, f64::max) < 1e-12);
        }
    }
}

const KINDS: [ProbeKind; 3] = [ProbeKind::Dephasing, ProbeKind::Inelastic { kt: 0.04 }, ProbeKind::Hot];

fn between_leads(
    conductor: &Conductor,
    kind: ProbeKind,
    mu: [f64; 2],
    kt: [f64; 2],
) -> (Vec<usize>, Setting) {
    let driven = vec![conductor.lead_terminal(0), conductor.lead_terminal(1)];
    let reservoirs = (0..2).map(|t| Reservoir { mu: mu[t], kt: kt[t] }).collect();
    (driven, Setting { kind, reservoirs })
}

fn resolved(
    conductor: &Conductor,
    onsite: &[f64],
    kind: ProbeKind,
    mu: [f64; 2],
    kt: f64,
    hottest: f64,
) -> ProbeNoise {
    let (driven, setting) = between_leads(conductor, kind, mu, [kt; 2]);
    let window = Window::biased(conductor, [mu[0].min(mu[1]), mu[0].max(mu[1])], kt, hottest).unwrap();
    let found = probes::resolved(&window, onsite, &driven, &setting).unwrap();
    assert!(found.audit.passed(), "{kind:?} {:?}", found.audit);
    found
}

/// At equilibrium S = 4 kT G, G with the probes eliminated by another route and other equations. Relative to the errors of the quadratures, which are far smaller.
#[test]
fn equilibrium_noise_is_that_of_the_conductance() {
    let (mu, kt) = (-0.9, 0.04);
    for (conductor, onsite) in &conductors()[..4] {
        let window = Window::linear(conductor, mu, kt).unwrap();
        let onsager = window.onsager(onsite, Route::Recursive).unwrap();
        let leads = [conductor.lead_terminal(0), conductor.lead_terminal(1)];
        for (kind, measure) in [(KINDS[1], Measure::Voltage), (KINDS[2], Measure::VoltageAndTemperature)] {
            let g = -between(&onsager, &leads, measure, Accuracy::default()).unwrap().block(0, 0)[0][0];
            let found = resolved(conductor, onsite, kind, [mu; 2], kt, kt);
            assert_close(found.between(0, 0), 4.0 * kt * g, 1e-10 * kt, "S = 4 kT G");
            assert_close(found.between(0, 1), -4.0 * kt * g, 1e-10 * kt, "S = -4 kT G");
            assert_eq!(found.current, [0.0; 2]);
        }
        // dephasing: G is the integral of that at each energy
        let found = resolved(conductor, onsite, KINDS[0], [mu; 2], kt, kt);
        let small = 1e-4 * kt;
        let driven = resolved(conductor, onsite, KINDS[0], [mu + 0.5 * small, mu - 0.5 * small], kt, kt);
        // linear in the bias up to its cube
        assert_close(
            found.between(0, 0),
            4.0 * kt * driven.current[1] / small,
            1e-7 * kt,
            "S = 4 kT G, dephasing",
        );
        // all kinds, one energy
        let dressed = conductor.at(mu).unwrap();
        let amplitudes = Amplitudes::new(&dressed, onsite).unwrap();
        let solved = scattering::solve(&dressed, onsite, Route::Recursive, true).unwrap();
        let drive = Drive::unit(leads[0], leads[1]).unwrap();
        let state = diffuson::probes::linear(
            solved.exchange.as_ref(),
            solved.derivative.as_deref().unwrap(),
            &drive,
            Measure::Voltage,
            Accuracy::default(),
        );
        let g = state.unwrap().conductance(leads[0], 1.0);
        for kind in KINDS {
            let (driven, setting) = between_leads(conductor, kind, [mu; 2], [kt; 2]);
            let found = probes::flat(&amplitudes, &driven, &[setting]).unwrap().remove(0);
            assert!(found.audit.passed(), "{:?}", found.audit);
            assert_close(found.between(0, 0), 4.0 * kt * g, 1e-11 * kt, "S = 4 kT G, flat");
        }
    }
}

/// Without probes all kinds are the coherent conductor, at one energy and integrated.
#[test]
fn without_probes() {
    let (conductor, onsite) = &conductors()[5];
    let ([high, low], kt) = ([-0.8, -1.0], 0.05);
    let reservoirs = [Reservoir { mu: high, kt }, Reservoir { mu: low, kt }];
    let window = Window::biased(conductor, [low, high], kt, kt).unwrap();
    let rule = window.quadrature();
    let mut want = [0.0; 4];
    for (&energy, &weight) in rule.energies.iter().zip(&rule.weights) {
        let s = smatrix(&conductor.at(energy).unwrap(), onsite, Route::Dense).unwrap();
        let at = spectral_between(&s, &reservoirs).correlator;
        want.iter_mut().zip(at).for_each(|(w, s)| *w += weight * s);
    }
    let dressed = conductor.at(-0.9).unwrap();
    let amplitudes = Amplitudes::new(&dressed, onsite).unwrap();
    let s = smatrix(&dressed, onsite, Route::Dense).unwrap();
    for kind in KINDS {
        let got = resolved(conductor, onsite, kind, [high, low], kt, kt);
        assert!((0..4).all(|k| (got.correlator[k] - want[k]).abs() < 1e-12), "{kind:?}");
    }
    let [got, want] = [
        probes::dephased(&amplitudes, &[0, 1], &[1.0, 0.2]).unwrap().correlator,
        spectral(&s, &[1.0, 0.2]).correlator,
    ];
    assert!((0..4).all(|k| (got[k] - want[k]).abs() < 1e-12));
}

/// Probes that hardly couple: the balance is as good as with strong ones, and noise goes to that of the coherent conductor, linearly, whatever the probes do.
#[test]
fn weak_probes_go_to_the_coherent_conductor() {
    for flux in [0.0, 0.013] {
        let lattice = Lattice::new(Family::Square, [24, 10, 1], Boundary::HardWall).unwrap();
        let lattice = lattice.with_flux(flux).unwrap();
        let onsite = rough(lattice.sites(), 1.5);
        let coupled = |gamma: f64, ratio: f64| {
            // neighbours differ in strength by `ratio`
            let width = |site: usize| if site.is_multiple_of(2) { gamma } else { ratio * gamma };
            let probes = (0..lattice.sites()).map(|s| (s, Probe::WideBand { width: width(s) })).collect();
            Conductor::new(lattice.clone(), [Some(Lead::Continuation), Some(Lead::Continuation)], probes)
                .unwrap()
        };
        let noise = |gamma: f64, ratio: f64, kind: ProbeKind| {
            let conductor = coupled(gamma, ratio);
            let dressed = conductor.at(-0.9).unwrap();
            let amplitudes = Amplitudes::new(&dressed, &onsite).unwrap();
            let (driven, setting) = between_leads(&conductor, kind, [0.02, 0.0], [0.0; 2]);
            let found = probes::flat(&amplitudes, &driven, &[setting]).unwrap().remove(0);
            assert!(found.audit.passed(), "{flux} {gamma} {ratio} {kind:?} {:?}", found.audit);
            found.fano_factor(1)
        };
        let clean =
            Conductor::new(lattice.clone(), [Some(Lead::Continuation), Some(Lead::Continuation)], vec![]);
        let s = smatrix(&clean.unwrap().at(-0.9).unwrap(), &onsite, Route::Dense).unwrap();
        let coherent = spectral(&s, &[1.0, 0.0]);
        let coherent = coherent.correlator[3] / (2.0 * coherent.current[1].abs());
        for kind in [ProbeKind::Dephasing, ProbeKind::Hot] {
            for gamma in [1e-3, 1e-2, 0.1, 1.0] {
                let f = noise(gamma, 1.0, kind);
                assert!(f > 0.0 && f < 1.0, "{gamma}: {f}");
            }
            // a neighbour of strength 1 next to one of 1e-6: no limit, but the audit
            noise(1e-6, 1e6, kind);
            let slope = |gamma: f64| (noise(gamma, 1.0, kind) - coherent) / gamma;
            let slopes = [1e-6, 1e-5, 1e-4].map(slope);

            // the next order is Gamma times a dwell time, below 100/t
            assert_close(slopes[1], slopes[2], 1e-2 * slopes[2].abs(), "linear");
            // a tenth of that, and roundings of F (1e-13) over Gamma
            assert_close(slopes[0], slopes[1], 1e-3 * slopes[1].abs() + 1e-7, "linear");
        }
    }
}

/// At finite bias: the state is that of the probe equations; the noise that of the sheet, integrated and reduced as it is written, energy by energy for dephasing probes, with
/// particles (and energies) integrated for those that relax.
#[test]
fn finite_bias_is_the_formula_of_the_sheet() {
    let ([high, low], kt) = ([-0.7, -1.1], 0.05);
    for flux in [0.0, 0.13] {
        let lattice = strip(3, 2, Boundary::HardWall).with_flux(flux).unwrap();
        let probe =
            |site: usize| Probe::Chain { amplitude: 0.5 + 0.1 * site as f64, hopping: 4.0, centre: 0.0 };
        let probes = vec![(0, probe(0)), (3, probe(3)), (4, probe(4))];
        let conductor =
            Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::WideBand { width: 1.5 })], probes)
                .unwrap();
        let onsite = rough(6, 1.0);
        for kind in KINDS {
            let got = resolved(&conductor, &onsite, kind, [high, low], kt, 0.12);
            let want = oracle::noise(&conductor, &onsite, kind, [high, low], kt, &got);
            for (got, want) in got.correlator.iter().zip(want) {
                // quadratures to 1e-10; the state to 1e-12
                assert_close(*got, want, 1e-10, "S");
            }
            if kind == ProbeKind::Dephasing {
                continue;
            }
            let window = Window::biased(&conductor, [low, high], kt, 0.12).unwrap();
            let spectrum = window.spectrum(&onsite, Route::Dense).unwrap();
            let drive = Drive::new(vec![(3, high), (4, low)]).unwrap();
            let (measure, same_kt) = match kind {
                ProbeKind::Hot => (Measure::VoltageAndTemperature, true),
                _ => (Measure::Voltage, false),
            };
            let state = biased(&spectrum, &drive, measure, Accuracy::default()).unwrap();
            if same_kt {
                let joint = state.joint.unwrap();
                for p in 0..3 {
                    assert_close(got.potential[p], joint.potential[p], 1e-9, "potential");
                    assert_close(got.temperature[p], joint.temperature[p], 1e-9, "temperature");
                }
                assert_close(got.current[0], joint.current[3], 1e-10, "current");
            }
        }
        // a bath at the temperature of the leads is what the probe equations know
        let got = resolved(&conductor, &onsite, ProbeKind::Inelastic { kt }, [high, low], kt, 0.12);
        let window = Window::biased(&conductor, [low, high], kt, 0.12).unwrap();
        let spectrum = window.spectrum(&onsite, Route::Dense).unwrap();
        let drive = Drive::new(vec![(3, high), (4, low)]).unwrap();
        let state = biased(&spectrum, &drive, Measure::Voltage, Accuracy::default()).unwrap();
        (0..3).for_each(|p| assert_close(got.potential[p], state.potential[p], 1e-10, "potential"));
        assert_close(got.current[0], state.current[3], 1e-11, "current");
    }
}

/// Probes that hardly change with energy: resolved is flat. Corrections are of second order in the window per width of levels and bands.
#[test]
fn a_narrow_window_is_flat() {
    let (conductor, onsite) = &conductors()[0];
    let (kt, bias) = (2e-4, 1e-3);
    let mu = [-0.9 + 0.5 * bias, -0.9 - 0.5 * bias];
    let dressed = conductor.at(-0.9).unwrap();
    let amplitudes = Amplitudes::new(&dressed, onsite).unwrap();
    for kind in [ProbeKind::Dephasing, ProbeKind::Inelastic { kt: 1e-4 }, ProbeKind::Hot] {
        let (driven, setting) = between_leads(conductor, kind, mu, [kt; 2]);
        let flat = probes::flat(&amplitudes, &driven, std::slice::from_ref(&setting)).unwrap().remove(0);
        assert!(flat.audit.passed(), "{:?}", flat.audit);
        let window = Window::biased(conductor, [mu[1], mu[0]], 1e-4, 4e-4).unwrap();
        let got = probes::resolved(&window, onsite, &driven, &setting).unwrap();
        assert!(got.audit.passed(), "{:?}", got.audit);
        assert_close(got.between(0, 0), flat.between(0, 0), 1e-4 * flat.between(0, 0), "S");
        assert_close(got.current[1], flat.current[1], 1e-4 * flat.current[1], "I");
    }
}

/// A disordered strip with a probe on every site, at zero temperature: 1/3 of dephasing and sqrt(3)/4 of hot probes, each less what the contacts take off.
///
/// A wire of n ideal nodes has `(1/3) [1 - (n + 1)^-2]` and `2 sum_j T_j/(n + 1)`, where n + 1 is its resistance in units of that of its contacts: here `M R`, of M modes. The
/// strip is no row of nodes and its resistance fluctuates, so that the comparison is one of some per cent.
#[test]
fn dirty_wires_with_probes_have_their_fano_factors() {
    let (length, width) = (90, 6);
    let lattice = strip(length, width, Boundary::HardWall);
    let probes = (0..lattice.sites()).map(|site| (site, Probe::WideBand { width: 0.2 })).collect();
    let conductor =
        Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::Continuation)], probes).unwrap();
    let dressed = conductor.at(-0.9).unwrap();
    let modes = dressed.open_modes(End::Left).unwrap() as f64;
    let amplitudes = Amplitudes::new(&dressed, &rough(length * width, 2.5)).unwrap();
    let cold = |kind| between_leads(&conductor, kind, [0.01, 0.0], [0.0; 2]).1;
    let (driven, _) = between_leads(&conductor, ProbeKind::Hot, [0.0; 2], [0.0; 2]);
    let kinds = [ProbeKind::Dephasing, ProbeKind::Hot, ProbeKind::Inelastic { kt: 0.0 }];
    let found = probes::flat(&amplitudes, &driven, &kinds.map(cold)).unwrap();
    found.iter().for_each(|found| assert!(found.audit.passed(), "{:?}", found.audit));
    let resistance = modes * 0.01 / found[0].current[1];
    assert!(resistance > 10.0, "diffusive: {resistance}");
    let third = (1.0 - resistance.powi(-2)) / 3.0;
    // the sum over nodes of sqrt(x (1 - x)) is the integral less 0.416 (n + 1)^(-3/2) (Euler and Maclaurin with square roots at both ends: 2 zeta(-1/2) = -0.4157)
    let hot =
        3.0f64.sqrt() / 4.0 - 2.0 * 3.0f64.sqrt() / std::f64::consts::PI * 0.4157 * resistance.powf(-1.5);
    assert_close(found[0].fano_factor(0), third, 0.03 * third, "dephasing");
    assert_close(found[1].fano_factor(0), hot, 0.03 * hot, "hot");
    // cold electrons: the noise of resistors of a phase-breaking length each, far below
    assert!(found[2].fano_factor(0) < 0.5 * third, "{}", found[2].fano_factor(0));
}

/// The sheet's formulas on matrices that are kept, by sums over all terminals.
mod oracle {
    use super::*;

    struct At {
        energy: f64,
        weight: f64,
        s: Matrix,
        t: Vec<Vec<f64>>,
        owner: Vec<usize>,
    }

    /// Solves `x A = B` for the rows of B.
    fn right_divided(b: &[Vec<f64>], a: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let n = a.len();
        let transposed = Matrix::from_fn(n, n, |i, j| C64::from(a[j][i]));
        let rhs = Matrix::from_fn(n, b.len(), |i, j| C64::from(b[j][i]));
        // Gauss-Jordan with the largest pivots
        let (mut m, mut x) = (transposed, rhs);
        for k in 0..n {
            let pivot = (k..n).max_by(|p, q| m[(*p, k)].norm().total_cmp(&m[(*q, k)].norm())).unwrap();
            for c in 0..n {
                let z = m[(k, c)];
                m[(k, c)] = m[(pivot, c)];
                m[(pivot, c)] = z;
            }
            for c in 0..x.cols() {
                let z = x[(k, c)];
                x[(k, c)] = x[(pivot, c)];
                x[(pivot, c)] = z;
            }
            let inverse = m[(k, k)].inv();
            for row in (0..n).filter(|r| *r != k) {
                let factor = m[(row, k)] * inverse;
                for c in 0..n {
                    let z = m[(k, c)];
                    m[(row, c)] -= factor * z;
                }
                for c in 0..x.cols() {
                    let z = x[(k, c)];
                    x[(row, c)] -= factor * z;
                }
            }
        }
        (0..b.len()).map(|j| (0..n).map(|i| (x[(i, j)] / m[(i, i)]).re).collect()).collect()
    }

    pub(super) fn noise(
        conductor: &Conductor,
        onsite: &[f64],
        kind: ProbeKind,
        mu: [f64; 2],
        kt: f64,
        state: &ProbeNoise,
    ) -> Vec<f64> {
        let window = Window::biased(conductor, [mu[1], mu[0]], kt, 0.12).unwrap();
        let rule = window.quadrature();
        let (n, probes) = (conductor.terminals(), conductor.probes());
        let mut points = Vec::new();
        for (&energy, &weight) in rule.energies.iter().zip(&rule.weights) {
            let dressed = conductor.at(energy).unwrap();
            let amplitudes = Amplitudes::new(&dressed, onsite).unwrap();
            let owner: Vec<usize> = (0..n).flat_map(|t| amplitudes.channels_of(t).map(move |_| t)).collect();
            let s = amplitudes.matrix();
            let mut t = vec![vec![0.0; n]; n];
            for j in 0..s.cols() {
                (0..s.rows()).for_each(|i| t[owner[i]][owner[j]] += s[(i, j)].norm_sqr());
            }
            points.push(At { energy, weight, s, t, owner });
        }
        let channels = |at: &At, a: usize| at.owner.iter().filter(|o| **o == a).count() as f64;
        let g = |at: &At, a: usize, b: usize| if a == b { channels(at, a) } else { 0.0 } - at.t[a][b];
        let leads = [Reservoir { mu: mu[0], kt }, Reservoir { mu: mu[1], kt }];
        // rows of M: particles of all terminals, then energies of the probes
        let moments = if kind == ProbeKind::Hot { 2 } else { 1 };
        let integrated = (kind != ProbeKind::Dephasing).then(|| {
            let count = moments * probes;
            let mut pp = vec![vec![0.0; count]; count];
            let mut tp = vec![vec![0.0; count]; 2];
            for at in &points {
                for b in 0..probes {
                    let (potential, temperature) = (state.potential[b], state.temperature[b]);
                    let x = (at.energy - potential) / temperature;
                    let slope = at.weight * diffuson::thermal::fermi_window(x) / temperature;
                    for (m, by) in [slope, slope * x].into_iter().enumerate().take(moments) {
                        let column = m * probes + b;
                        (0..2).for_each(|t| tp[t][column] += g(at, probes + t, b) * by);
                        for a in 0..probes {
                            (0..moments).for_each(|e| {
                                pp[e * probes + a][column] += g(at, a, b) * by * at.energy.powi(e as i32);
                            });
                        }
                    }
                }
            }
            right_divided(&tp, &pp)
        });
        let mut sum = vec![0.0; 4];
        for at in &points {
            let own = || {
                let pp: Vec<Vec<f64>> =
                    (0..probes).map(|a| (0..probes).map(|b| g(at, a, b)).collect()).collect();
                let tp: Vec<Vec<f64>> =
                    (0..2).map(|t| (0..probes).map(|b| g(at, probes + t, b)).collect()).collect();
                right_divided(&tp, &pp)
            };
            let x = integrated.clone().unwrap_or_else(own);
            let m = |t: usize, a: usize| {
                if a >= probes {
                    return if a == probes + t { 1.0 } else { 0.0 };
                }
                -(0..moments).map(|e| x[t][e * probes + a] * at.energy.powi(e as i32)).sum::<f64>()
            };
            let f: Vec<f64> = if kind == ProbeKind::Dephasing {
                let pp: Vec<Vec<f64>> =
                    (0..probes).map(|a| (0..probes).map(|b| g(at, b, a)).collect()).collect();
                let source = vec![
                    (0..probes)
                        .map(|p| {
                            -(0..2)
                                .map(|t| g(at, p, probes + t) * leads[t].occupation(at.energy))
                                .sum::<f64>()
                        })
                        .collect(),
                ];
                let mut f = right_divided(&source, &pp).remove(0);
                f.extend(leads.iter().map(|r| r.occupation(at.energy)));
                f
            } else {
                (0..n)
                    .map(|a| {
                        Reservoir { mu: state.potential[a], kt: state.temperature[a] }.occupation(at.energy)
                    })
                    .collect()
            };
            // A(a)_ij of all terminals, no trick
            let owner = &at.owner;
            let count = owner.len();
            let vertex = |a: usize, i: usize, j: usize| {
                let own = if i == j && owner[i] == a { C64::ONE } else { C64::ZERO };
                own - (0..count)
                    .filter(|k| owner[*k] == a)
                    .map(|k| at.s[(k, i)].conj() * at.s[(k, j)])
                    .sum::<C64>()
            };
            for t in 0..2 {
                for u in 0..2 {
                    for i in 0..count {
                        for j in 0..count {
                            let [x, y]: [C64; 2] =
                                [t, u].map(|t| (0..n).map(|a| m(t, a) * vertex(a, i, j)).sum());
                            let (fi, fj) = (f[owner[i]], f[owner[j]]);
                            sum[2 * t + u] +=
                                at.weight * (x * y.conj()).re * (fi * (1.0 - fj) + fj * (1.0 - fi));
                        }
                    }
                }
            }
        }
        sum
    }
}
