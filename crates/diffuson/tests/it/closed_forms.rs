//! Conductors that can be solved on paper, and limits in which one regime becomes another.
//!
//! Chains run over every length up to 200; the dense route, which costs N^3, up to 60.

use crate::systems::{assert_close, audited, audited_probes, left_to_right, probed, strip};
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Lattice};
use diffuson::leads::{End, Lead, Probe, matched_chain_self_energy};
use diffuson::probes::{self, Accuracy, Drive, Measure, ProbeState};
use diffuson::scattering::{Route, Scattered};
use diffuson::thermal::{Quadrature, Spectrum, SpectrumPoint, Window};
use diffuson::units::SOMMERFELD;
use diffuson::{C64, Matrix};

/// The longest chain of the dense route.
const LONGEST_DENSE: usize = 60;

fn chain(length: usize) -> Lattice {
    strip(length, 1, Boundary::HardWall)
}

/// Every (route, length) up to the longest each can take.
fn cases(longest: usize) -> impl Iterator<Item = (Route, usize)> {
    Route::ALL.into_iter().flat_map(move |route| {
        let limit = if route == Route::Dense { longest.min(LONGEST_DENSE) } else { longest };
        (1..=limit).map(move |n| (route, n))
    })
}

fn solved(conductor: &Conductor, energy: f64, route: Route) -> (Scattered, ProbeState) {
    let solved = audited(conductor, &vec![0.0; conductor.sites()], energy, route);
    let state = audited_probes(conductor, &solved, Measure::Voltage);
    (solved, state)
}

fn resistance(conductor: &Conductor, energy: f64, route: Route) -> f64 {
    let source = conductor.lead(End::Left).unwrap();
    1.0 / solved(conductor, energy, route).1.conductance(source, 1.0)
}

/// The wave number of a chain whose sites all carry a probe: E + i Gamma/2 = -2 cos k, Im k > 0.
fn wave_number(energy: f64, width: f64) -> C64 {
    let k = (-0.5 * C64::new(energy, 0.5 * width)).acos();
    if k.im > 0.0 { k } else { -k }
}

/// A chain with a probe on every site between leads that continue it, probes included, without reflection.
fn matched_chain(length: usize, energy: f64, width: f64) -> Conductor {
    let (sigma, derivative) = matched_chain_self_energy(energy, width);
    let lead = Lead::Given {
        sigma: Matrix::from_diagonal(&[sigma]),
        derivative: Matrix::from_diagonal(&[derivative]),
    };
    probed(chain(length), lead, Probe::WideBand { width })
}

/// Exactly ohmic at every length, with a linear profile, and heat within the decay length of its ends only:
/// `G = 1 / [(1 + sinh^2 kappa / sin^2 p)(1 + N tanh kappa)]`, `mu_i = 1 - (i + c)/(N + coth kappa)`, `c = (coth kappa - 1)/2`,
/// `q_i = (1/2) (N + coth kappa)^-1 (dkappa/dE) / sinh^2 kappa (T_iL - T_iR)`.
///
/// Potentials are solved to currents of 1e-13; the resistance of a long chain multiplies that by some N^2: 1e-9 at N = 200.
#[test]
fn matched_chains_are_ohmic_at_every_length() {
    for (energy, width) in [(-1.3, 0.2), (0.6, 1.7), (0.0, 0.5)] {
        let k = wave_number(energy, width);
        let (p, kappa) = (k.re, k.im);
        let growth = (1.0 / (2.0 * k.sin())).im; // dkappa/dE
        for (route, length) in cases(200) {
            let what = format!("N = {length}, E = {energy}, Gamma = {width}, {route:?}");
            let n = length as f64;
            let (left, right) = (length, length + 1);
            let (solved, state) = solved(&matched_chain(length, energy, width), energy, route);
            let unit = 1.0 + (kappa.sinh() / p.sin()).powi(2);
            let want = 1.0 / (unit * (1.0 + n * kappa.tanh()));
            assert_close(state.conductance(left, 1.0), want, 1e-11 * want, &what);
            let drop = 1.0 / (n + 1.0 / kappa.tanh());
            let ends = 0.5 * (1.0 / kappa.tanh() - 1.0);
            for i in 0..length {
                let mu = 1.0 - drop * (i as f64 + 1.0 + ends);
                assert_close(state.potential[i], mu, 1e-9, &what);
                let into = |lead| solved.exchange.transmission(i, lead);
                // transmissions of the sweep cost a product each: its heats of long chains are compared at a few sites
                if route != Route::Sweep || length <= 10 || i % 50 == 0 {
                    let q = 0.5 * drop * growth / kappa.sinh().powi(2) * (into(left) - into(right));
                    assert_close(state.heat[i], q, 1e-10, &what);
                }
            }
        }
    }
}

/// Published digits of the sheet.
#[test]
fn matched_chains_have_their_check_values() {
    for (length, energy, width, resistance, first_heat) in [
        (5, -1.3, 0.2, 1.337644243334, -0.01041767017442),
        (40, -1.3, 0.2, 3.649009526304, -0.009291821624991),
        (40, 0.6, 1.7, 20.796596913596, 0.001550877227026),
        (7, 0.0, 0.5, 1.897434441220, 0.0),
    ] {
        for route in Route::ALL {
            let (_, state) = solved(&matched_chain(length, energy, width), energy, route);
            let what = format!("N = {length}, E = {energy}, {route:?}");
            assert_close(1.0 / state.conductance(length, 1.0), resistance, 1e-11, &what);
            assert_close(state.heat[0], first_heat, 1e-14, &what);
        }
    }
}

/// One probe anywhere on a perfect chain: R = 1 + Gamma/2v, v = sqrt(4 - E^2), and no heat, since both leads feed it alike.
#[test]
fn one_probe_on_a_perfect_chain() {
    for (energy, width) in [(0.0, 0.5), (-1.3, 0.2), (1.7, 2.3), (0.4, 1e-3)] {
        for (length, site) in [(1, 0), (2, 1), (7, 3), (20, 0)] {
            let lead = Some(Lead::Continuation);
            let probe = vec![(site, Probe::WideBand { width })];
            let conductor = Conductor::new(chain(length), [lead.clone(), lead], probe).unwrap();
            for route in Route::ALL {
                let what = format!("probe {site} of {length}, E = {energy}, Gamma = {width}, {route:?}");
                let (_, state) = solved(&conductor, energy, route);
                let want = 1.0 + width / (2.0 * (4.0 - energy * energy).sqrt());
                assert_close(1.0 / state.conductance(1, 1.0), want, 1e-12, &what);
                assert_close(state.potential[0], 0.5, 1e-12, &what);
                // what is left of two equal derivatives of order 1/v^2
                assert_close(state.heat[0], 0.0, 1e-13, &what);
            }
        }
    }
}

/// One level between wide-band leads, with a probe: the probe follows the leads by their widths and takes no heat at any detuning.
#[test]
fn one_level_with_a_probe() {
    let (left, right, width) = (0.7, 0.4, 0.3);
    let total: f64 = left + right + width;
    let wide = |width| Some(Lead::WideBand { width });
    let probe = vec![(0, Probe::WideBand { width })];
    let conductor = Conductor::new(chain(1), [wide(left), wide(right)], probe).unwrap();
    for route in Route::ALL {
        for detuning in [-3.0, -0.4, 0.0, 0.05, 1.1] {
            let what = format!("detuning {detuning}, {route:?}");
            let (_, state) = solved(&conductor, detuning, route);
            let lorentzian = total / (detuning * detuning + 0.25 * total * total);
            let want = left * right / (left + right) * lorentzian;
            assert_close(state.conductance(1, 1.0), want, 1e-14, &what);
            assert_close(state.potential[0], left / (left + right), 1e-14, &what);
            assert_close(state.heat[0], 0.0, 1e-15, &what);
        }
    }
}

/// Between ordinary leads a probed chain becomes ohmic only after a few sites: `1/sigma = (1 + sinh^2 kappa / sin^2 p) tanh kappa`, at the
/// band centre `(Gamma/4) sqrt(1 + (Gamma/4)^2)`.
#[test]
fn probed_chains_between_ordinary_leads() {
    let conductor = |length, width| probed(chain(length), Lead::Continuation, Probe::WideBand { width });
    for (energy, width, first, increment, offset) in [
        (0.0, 0.5, [1.125, 1.255625, 1.3764880952381], 0.1259727773171648, 1.001909589932),
        (-1.3, 0.2, [1.0657951694960, 1.1316817280831, 1.1988249586715], 0.06603900808486607, 1.000421426273),
    ] {
        let k = wave_number(energy, width);
        let resistivity = (1.0 + (k.im.sinh() / k.re.sin()).powi(2)) * k.im.tanh();
        assert_close(resistivity, increment, 1e-15, "increment");
        if energy == 0.0 {
            let quarter: f64 = 0.25 * width;
            assert_close(resistivity, quarter * (1.0 + quarter * quarter).sqrt(), 1e-15, "band centre");
        }
        for route in Route::ALL {
            let what = format!("E = {energy}, {route:?}");
            let r = |length| resistance(&conductor(length, width), energy, route);
            for (n, want) in (1..).zip(first) {
                assert_close(r(n), want, 2e-13, &what);
            }
            if route == Route::Dense {
                // at 60 sites the increment is within exp(-2 kappa N) of its limit: 1e-4 for the weaker probes
                let step = r(LONGEST_DENSE) - r(LONGEST_DENSE - 1);
                assert_close(step, increment, 1e-4, &what);
            } else {
                assert_close(r(200) - r(199), increment, 1e-11, &what);
                assert_close(r(200) - 200.0 * increment, offset, 1e-11, &what);
            }
        }
    }
}

/// The 6 x 3 sample of the limits below; wide-band leads, so that nothing but the probes and the disorder depends on energy.
fn sample() -> (Conductor, Vec<f64>) {
    let lattice = strip(6, 3, Boundary::HardWall);
    let onsite = (0..18).map(|i| 1.5 * (2.3 * f64::from(i) * f64::from(i)).sin()).collect();
    (probed(lattice, Lead::WideBand { width: 2.0 }, Probe::WideBand { width: 0.4 }), onsite)
}

const MU: f64 = -0.7;

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().map(f64::abs).fold(0.0, f64::max)
}

fn difference(a: &[f64], b: &[f64]) -> f64 {
    largest(a.iter().zip(b).map(|(a, b)| a - b))
}

/// Joint probes at any bias in a conductor whose transmissions do not depend on energy: `(kT_i)^2 = (kT_0)^2 + (3/pi^2) V^2 h_i (1 - h_i)`
/// with h_i the potential of voltage probes, for any sample. The temperature at the middle of a long wire is sqrt(3)/(2 pi) V.
///
/// Newton's method leaves currents of 1e-13, the window is cut where exp(-38) of the hottest distribution is left: 1e-11.
#[test]
fn hot_probes_without_energy_dependence() {
    let (conductor, onsite) = sample();
    let drive = left_to_right(&conductor);
    for route in Route::ALL {
        let unit = audited_probes(&conductor, &audited(&conductor, &onsite, MU, route), Measure::Voltage);
        for (kt, bias) in [(0.05, 0.3), (0.1, 0.1), (0.02, 0.4)] {
            let hottest = (kt * kt + bias * bias / (4.0 * SOMMERFELD)).sqrt();
            let (low, high) = (MU - 0.5 * bias, MU + 0.5 * bias);
            let rule = Quadrature::new(low - 38.0 * hottest, high + 38.0 * hottest, kt, 1.0, &[]);
            let points = rule.energies.iter().zip(rule.weights.iter().zip(&rule.coarse));
            // transmissions of one energy at every point
            let points = points.map(|(&energy, (&weight, &coarse))| {
                let Scattered { exchange, density_of_states, .. } = audited(&conductor, &onsite, MU, route);
                SpectrumPoint { energy, weight, coarse, exchange, density_of_states }
            });
            let spectrum = Spectrum {
                points: points.collect(),
                kt,
                audit: Default::default(),
                work: Default::default(),
            };
            let drive = Drive::new(drive.potentials().iter().map(|&(t, v)| (t, low + bias * v)).collect());
            let measure = Measure::VoltageAndTemperature;
            let state = probes::biased(&spectrum, &drive.unwrap(), measure, Accuracy::default()).unwrap();
            assert!(state.audit.passed(), "{:?}", state.audit);
            let joint = state.joint.as_ref().unwrap();
            for i in 0..conductor.probes() {
                let what = format!("probe {i}, kT = {kt}, V = {bias}, {route:?}");
                let h = unit.potential[i];
                let want = kt * kt + bias * bias * h * (1.0 - h) / SOMMERFELD;
                assert_close(joint.temperature[i].powi(2), want, 1e-11, &what);
                // the potentials do not depend on the temperatures
                assert_close(joint.potential[i], low + bias * h, 1e-11, &what);
                assert_close(state.potential[i], low + bias * h, 1e-11, &what);
            }
        }
    }
}

/// As kT goes to zero the heat of linear response at temperature T becomes the Sommerfeld heat; what is left falls as (kT)^2. So do the
/// temperatures of joint probes, which to Sommerfeld order do not depend on T.
#[test]
fn the_sommerfeld_limit_is_reached_with_the_square_of_the_temperature() {
    let (conductor, onsite) = sample();
    let drive = left_to_right(&conductor);
    let measure = Measure::VoltageAndTemperature;
    for route in [Route::Recursive, Route::Sweep] {
        let cold = audited_probes(&conductor, &audited(&conductor, &onsite, MU, route), measure);
        let at = |kt: f64| {
            let window = Window::linear(&conductor, MU, kt).unwrap();
            let onsager = window.onsager(&onsite, route).unwrap();
            let state = probes::thermal(&onsager, &drive, measure, Accuracy::default()).unwrap();
            assert!(state.audit.passed(), "{:?}", state.audit);
            let theta = |s: &ProbeState| s.joint.as_ref().unwrap().temperature.clone();
            [
                difference(&state.heat, &cold.heat) / largest(cold.heat.iter().copied()),
                difference(&state.potential, &cold.potential),
                difference(&theta(&state), &theta(&cold)) / largest(theta(&cold)),
            ]
        };
        let errors = [0.008, 0.004].map(at);
        for (coarse, fine) in errors[0].iter().zip(errors[1]) {
            // corrections of the next order are (kT/Gamma)^2 of it: 4e-4 of 4
            assert!(fine < 0.01 && (coarse / fine - 4.0).abs() < 0.05, "{route:?}: {errors:?}");
        }
    }
}

/// As the bias goes to zero, what changes sign with it becomes the linear response at the same temperature and what does not is of
/// second order.
#[test]
fn small_bias_is_linear_response() {
    let (conductor, onsite) = sample();
    let kt = 0.02;
    let drive = left_to_right(&conductor);
    let measure = Measure::VoltageAndTemperature;
    let route = Route::Recursive;
    let window = Window::linear(&conductor, MU, kt).unwrap();
    let linear =
        probes::thermal(&window.onsager(&onsite, route).unwrap(), &drive, measure, Accuracy::default())
            .unwrap();
    // (odd part per bias, even part) of potentials, heats, and the temperatures and potentials of joint probes
    let at = |bias: f64| {
        let [forward, backward] = [bias, -bias].map(|v| {
            let (low, high) = (MU - 0.5 * bias, MU + 0.5 * bias);
            let window = Window::biased(&conductor, [low, high], kt, 1.2 * kt).unwrap();
            let potentials = drive.potentials().iter().map(|&(t, unit)| (t, MU + v * (unit - 0.5))).collect();
            let spectrum = window.spectrum(&onsite, route).unwrap();
            let drive = Drive::new(potentials).unwrap();
            let state = probes::biased(&spectrum, &drive, measure, Accuracy::default()).unwrap();
            assert!(state.audit.passed(), "{:?}", state.audit);
            let joint = state.joint.unwrap();
            [state.potential, state.heat, joint.temperature, joint.potential]
        });
        let odd = |k: usize| -> Vec<f64> {
            forward[k].iter().zip(&backward[k]).map(|(f, b)| (f - b) / (2.0 * bias)).collect()
        };
        let joint = linear.joint.as_ref().unwrap();
        let centred = |mu: &[f64]| -> Vec<f64> { mu.iter().map(|mu| mu - 0.5).collect() };
        let reduced: Vec<f64> = odd(1).iter().map(|j| j / (SOMMERFELD * kt * kt)).collect();
        // at the driven terminals theta = 0
        let theta: Vec<f64> = odd(2).iter().map(|t| t / kt).collect();
        let even_heat: f64 = forward[1].iter().zip(&backward[1]).map(|(f, b)| 0.5 * (f + b)).sum();
        let errors = [
            difference(&odd(0), &centred(&linear.potential)),
            difference(&reduced, &linear.heat) / largest(linear.heat.iter().copied()),
            difference(&theta, &joint.temperature) / largest(joint.temperature.iter().copied()),
            difference(&odd(3), &centred(&joint.potential)),
        ];
        (errors, even_heat / (bias * bias))
    };
    let (coarse, _) = at(0.2 * kt);
    let (fine, joule) = at(0.1 * kt);
    for (k, (coarse, fine)) in coarse.iter().zip(fine).enumerate() {
        // third order in V remains: a quarter at half the bias
        assert!(fine < 1e-3 && (coarse / fine - 4.0).abs() < 0.1, "{k}: {coarse:e} {fine:e}");
    }
    // all heat is Joule heat G V^2, up to the fourth order in V
    let want = linear.conductance(conductor.lead(End::Left).unwrap(), 1.0);
    assert_close(joule, want, 1e-3 * want, "Joule heat");
}
