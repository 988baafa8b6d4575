//! What every route must obey, on random conductors: the identities of multi-terminal transport, and one another.
//!
//! Solvers are exact to rounding, amplified by the sharpness of the narrowest resonance: 1e-10 of the largest number of a kind is the tolerance
//! throughout unless another is named with its reason. Some of the random conductors have hardly any probes or none; of these one in some
//! thousands has a level so narrow, or is cut by a recursion into parts that have one, that it misses 1e-10. The conductors are the same in
//! every run.

use crate::systems::{assert_close, audited, audited_probes, left_to_right, probed, strip};
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead, Probe};
use diffuson::probes::{self, Accuracy, Drive, Measure, ProbeState};
use diffuson::scattering::{self, Exchange, Route, Scattered};
use diffuson::thermal::Window;
use diffuson::units::SOMMERFELD;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A conductor with a realisation of its disorder, an energy, and the terminals to drive.
#[derive(Clone, Debug)]
struct Device {
    lattice: Lattice,
    leads: [Option<Lead>; 2],
    probes: Vec<(usize, Probe)>,
    onsite: Vec<f64>,
    energy: f64,
    /// Terminals are driven in the order of these numbers, at these potentials.
    drive: Vec<(u8, f64)>,
}

fn lattice() -> impl Strategy<Value = Lattice> {
    let family = prop::sample::select(vec![
        Family::Square,
        Family::Cubic,
        Family::HoneycombZigzag,
        Family::HoneycombArmchair,
    ]);
    let boundary = prop::sample::select(vec![Boundary::HardWall, Boundary::Periodic]);
    let flux = prop_oneof![Just(0.0), -0.3..0.3];
    (family, boundary, 1..=6_usize, 1..=6_usize, 1..=3_usize, flux).prop_filter_map(
        "sides too short",
        |(family, boundary, length, width, height, flux)| {
            let size = match family {
                Family::Cubic => [length, width.min(3), height],
                _ => [length, width, 1],
            };
            let lattice = Lattice::new(family, size, boundary).ok()?;
            // periodic sides take whole flux quanta only
            let honeycomb = matches!(family, Family::HoneycombZigzag | Family::HoneycombArmchair);
            let quantum = if honeycomb { 2.0 } else { 1.0 } / lattice.width() as f64;
            let flux = match boundary {
                Boundary::HardWall => flux,
                Boundary::Periodic => quantum * f64::round(5.0 * flux),
            };
            Some(lattice.with_flux(flux).unwrap())
        },
    )
}

fn lead() -> impl Strategy<Value = Option<Lead>> {
    prop_oneof![
        1 => Just(None),
        4 => Just(Some(Lead::Continuation)),
        2 => (0.3..2.5).prop_map(|width| Some(Lead::WideBand { width })),
    ]
}

/// A probe for every site: none, one of zero strength, wide band, or a chain in the band of which the energy may or may not lie.
fn probe() -> impl Strategy<Value = Option<Probe>> {
    let chain = (0.3..0.8, 0.7..1.5, -3.0..3.0_f64);
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Probe::WideBand { width: 0.0 })),
        1 => Just(Some(Probe::Chain { amplitude: 0.0, hopping: 1.0, centre: 0.0 })),
        6 => (0.1..1.5).prop_map(|width| Some(Probe::WideBand { width })),
        2 => chain.prop_map(|(amplitude, hopping, centre)| Some(Probe::Chain { amplitude, hopping, centre })),
    ]
}

fn device() -> impl Strategy<Value = Device> {
    let raw = lattice().prop_flat_map(|lattice| {
        let sites = lattice.sites();
        let probes = (prop::bool::ANY, prop::collection::vec(probe(), sites));
        let onsite = prop::collection::vec(-1.0..1.0, sites);
        let drive = prop::collection::vec((any::<u8>(), 0.0..0.5), 2..=4);
        (Just(lattice), [lead(), lead()], probes, onsite, -0.95..0.95, drive)
    });
    raw.prop_filter_map(
        "no current can flow",
        |(lattice, leads, (uniform, probes), onsite, energy, drive)| {
            let probe = |site: usize| probes[if uniform { 0 } else { site }];
            let probes = (0..lattice.sites()).filter_map(|site| Some((site, probe(site)?))).collect();
            let energy = energy * lattice.band_edge();
            // potentials around 0, -1, +1, 0: at least two differ
            let drive =
                drive.iter().zip([0.0, -1.0, 1.0, 0.0]).map(|(&(t, v), offset)| (t, v + offset)).collect();
            let mut device = Device { lattice, leads, probes, onsite, energy, drive };
            device.energy = device.off_thresholds()?;
            device.drive = device.driven()?;
            Some(device)
        },
    )
}

impl Device {
    fn conductor(&self) -> Option<Conductor> {
        Conductor::new(self.lattice.clone(), self.leads.clone(), self.probes.clone()).ok()
    }

    /// The next energy with no threshold and no band edge of a probe within 0.02 t, nor the edge states of honeycomb leads.
    fn off_thresholds(&self) -> Option<f64> {
        let conductor = self.conductor()?;
        let singular = conductor.singular_energies(self.energy - 0.02, self.energy + 2.0).unwrap();
        let free = |e: &f64| {
            singular.iter().all(|s| (s - e).abs() > 0.02) && (self.lattice.period() == 1 || e.abs() > 0.05)
        };
        (0..100).map(|k| self.energy + 0.0173 * f64::from(k)).find(free)
    }

    /// Two to four terminals that exchange electrons with others; None where fewer do.
    fn driven(&self) -> Option<Vec<(u8, f64)>> {
        let conductor = self.conductor()?;
        let solved = self.solve(&conductor, Route::Dense);
        let mut coupled: Vec<usize> = (0..conductor.terminals()).collect();
        coupled.retain(|&t| solved.exchange.outgoing()[t] > 1e-3);
        let mut drive = Vec::new();
        for &(order, potential) in &self.drive {
            if !coupled.is_empty() {
                let terminal = coupled.remove(usize::from(order) % coupled.len());
                drive.push((u8::try_from(terminal).unwrap(), potential));
            }
        }
        // two driven terminals that see nothing of each other carry no current
        let flows = drive.len() >= 2 && {
            let t =
                |a: usize| solved.exchange.transmission(usize::from(drive[a].0), usize::from(drive[1 - a].0));
            t(0) > 1e-3 && t(1) > 1e-3
        };
        flows.then_some(drive)
    }

    fn solve(&self, conductor: &Conductor, route: Route) -> Scattered {
        scattering::solve(&conductor.at(self.energy).unwrap(), &self.onsite, route, true).unwrap()
    }

    fn drive(&self) -> Drive {
        Drive::new(self.drive.iter().map(|&(t, v)| (usize::from(t), v)).collect()).unwrap()
    }
}

/// All T_ab of an exchange, row by row.
fn matrix(exchange: &dyn Exchange) -> Vec<Vec<f64>> {
    let n = exchange.terminals();
    (0..n).map(|a| (0..n).map(|b| exchange.transmission(a, b)).collect()).collect()
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |m, v| f64::max(m, v.abs()))
}

/// Largest difference; a NaN in one place only is infinitely far.
fn distance<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
    let pair = |(a, b): (&f64, &f64)| match (a.is_nan(), b.is_nan()) {
        (true, true) => 0.0,
        (false, false) => (a - b).abs(),
        _ => f64::INFINITY,
    };
    a.into_iter().zip(b).map(pair).fold(0.0, f64::max)
}

fn transposed(t: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..t.len()).map(|a| t.iter().map(|row| row[a]).collect()).collect()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(1993), failure_persistence: None, ..Default::default() }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn transmissions_of_random_conductors(device in device()) {
        let conductor = device.conductor().unwrap();
        let reversed = {
            let flux = -device.lattice.flux();
            let lattice = device.lattice.clone().with_flux(flux).unwrap();
            Device { lattice, ..device.clone() }
        };
        let oracle = device.solve(&conductor, Route::Dense);
        let [t_oracle, dt_oracle] = [oracle.exchange.as_ref(), oracle.derivative.as_deref().unwrap()].map(matrix);
        let scale = largest(t_oracle.iter().flatten());
        let d_scale = largest(dt_oracle.iter().flatten()).max(scale);
        for route in Route::ALL {
            let solved = device.solve(&conductor, route);
            prop_assert!(solved.audit.passed(), "{route:?}: {:?}", solved.audit);
            for (exchange, oracle, scale) in [
                (solved.exchange.as_ref(), &t_oracle, scale),
                (solved.derivative.as_deref().unwrap(), &dt_oracle, d_scale),
            ] {
                let t = matrix(exchange);
                prop_assert!(distance(t.iter().flatten(), oracle.iter().flatten()) <= 1e-10 * scale, "{route:?}");
                // unitarity: rows and columns have the same sums, and those the exchange claims
                let columns = transposed(&t);
                for (a, outgoing) in exchange.outgoing().iter().enumerate() {
                    let (row, column) = (t[a].iter().sum::<f64>(), columns[a].iter().sum::<f64>());
                    prop_assert!((row - column).abs() <= 1e-10 * scale, "{route:?}: {row} {column}");
                    prop_assert!((row - outgoing).abs() <= 1e-10 * scale, "{route:?}: {row} {outgoing}");
                }
                if conductor.is_time_reversal_symmetric() {
                    prop_assert!(exchange.is_symmetric());
                    prop_assert!(distance(t.iter().flatten(), columns.iter().flatten()) <= 1e-10 * scale);
                }
            }
            let t = matrix(solved.exchange.as_ref());
            prop_assert!(t.iter().flatten().all(|t| *t >= -1e-12 * scale), "{route:?}");
            // Onsager: T_ab(B) = T_ba(-B), and so the derivative
            let back = reversed.solve(&reversed.conductor().unwrap(), route);
            let t_back = transposed(&matrix(back.exchange.as_ref()));
            prop_assert!(distance(t.iter().flatten(), t_back.iter().flatten()) <= 1e-10 * scale, "{route:?}");
            let densities = (&solved.density_of_states, &oracle.density_of_states);
            let most = largest(densities.1);
            prop_assert!(distance(densities.0, densities.1) <= 1e-10 * most, "{route:?}");
            prop_assert!(densities.0.iter().all(|d| *d > -1e-12 * most));
        }
    }

    /// Amplitudes between the modes of the leads, slice by slice, by sparse factors and from the whole inverse; their squares sum up to the
    /// transmissions.
    #[test]
    fn amplitudes_of_random_conductors(device in device()) {
        let conductor = device.conductor().unwrap();
        let dressed = conductor.at(device.energy).unwrap();
        let amplitudes = |route| scattering::smatrix(&dressed, &device.onsite, route).unwrap();
        let [dense, wire, sparse] = [Route::Dense, Route::Recursive, Route::NestedDissection].map(amplitudes);
        prop_assert!(dense.audit.passed(), "{:?}", dense.audit);
        for s in [&wire, &sparse] {
            prop_assert!(s.audit.passed(), "{:?}", s.audit);
            let difference = dense.data().as_slice().iter().zip(s.data().as_slice()).map(|(a, b)| (a - b).norm());
            prop_assert!(difference.fold(0.0, f64::max) <= 1e-10);
        }
        let t = device.solve(&conductor, Route::Dense).exchange;
        for a in 0..conductor.leads() {
            for b in (0..conductor.leads()).filter(|&b| b != a) {
                let want = t.transmission(conductor.lead_terminal(a), conductor.lead_terminal(b));
                prop_assert!((wire.transmission(a, b) - want).abs() <= 1e-10 * want.max(1.0));
            }
        }
    }

    /// T' is never computed by differences; here it is compared with some. The step is 1/1000 of the distance kept from the square roots at
    /// thresholds and 1/5000 of the smallest level width, which resonances in conductors with few probes undercut by the number of
    /// sites they extend over: 1e-5 of the largest.
    #[test]
    fn derivatives_of_random_conductors(device in device()) {
        let conductor = device.conductor().unwrap();
        let step = 2e-5;
        for route in [Route::Recursive, Route::Sweep, Route::NestedDissection] {
            let at = |k: f64| {
                let dressed = conductor.at(device.energy + k * step).unwrap();
                matrix(scattering::solve(&dressed, &device.onsite, route, false).unwrap().exchange.as_ref())
            };
            let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(at);
            let exact = matrix(device.solve(&conductor, route).derivative.as_deref().unwrap());
            let scale = largest(exact.iter().flatten()).max(1e-3);
            for i in 0..exact.len() {
                for j in 0..exact.len() {
                    let difference = (8.0 * (c[i][j] - b[i][j]) - (d[i][j] - a[i][j])) / (12.0 * step);
                    prop_assert!((exact[i][j] - difference).abs() <= 1e-5 * scale, "{route:?}: {difference}, {}", exact[i][j]);
                }
            }
        }
    }

    #[test]
    fn probes_of_random_conductors(device in device()) {
        let conductor = device.conductor().unwrap();
        let drive = device.drive();
        let (low, high) = drive.range();
        let driven = |t: usize| drive.potentials().iter().any(|&(d, _)| d == t);
        let mut states: Vec<ProbeState> = Vec::new();
        for route in Route::ALL {
            let solved = device.solve(&conductor, route);
            let (t, dt) = (solved.exchange.as_ref(), solved.derivative.as_deref().unwrap());
            let measure = Measure::VoltageAndTemperature;
            let state = probes::linear(t, dt, &drive, measure, Accuracy::default());
            prop_assert!(state.is_ok(), "{route:?}: {state:?}");
            let state = state.unwrap();
            prop_assert!(state.audit.passed(), "{route:?}: {:?}", state.audit);
            let through = largest(&state.current);
            let joint = state.joint.as_ref().unwrap();
            let joule = state.joule.as_ref().unwrap();
            for a in 0..conductor.terminals() {
                let coupled = driven(a) || t.outgoing()[a] > 0.0;
                prop_assert_eq!(state.potential[a].is_nan(), !coupled, "{:?} {}", route, a);
                prop_assert_eq!(joint.temperature[a].is_nan(), !coupled, "{:?} {}", route, a);
                for number in [state.current[a], state.heat[a], joule[a], joint.current[a], joint.heat[a]] {
                    prop_assert!(number.is_finite(), "{route:?}");
                }
                prop_assert!(!coupled || (low - 1e-12..=high + 1e-12).contains(&state.potential[a]), "{route:?}");
                if !driven(a) {
                    // or rounding, where hardly any current flows
                    let allowed = (1e-12 * through).max(3e-14 * largest(t.terms()));
                    prop_assert!(state.current[a].abs() <= allowed, "{route:?}");
                    let theta = largest(joint.temperature.iter().filter(|t| !t.is_nan()));
                    let allowed = (1e-11 * largest(&state.heat)).max(3e-14 * theta * largest(t.terms()));
                    prop_assert!(joint.heat[a].abs() <= allowed, "{route:?}");
                }
                prop_assert!(joule[a] >= -1e-12 * through, "{route:?}");
            }
            // charge, Peltier heat and energy are conserved over all terminals; rounding of q is that of its terms
            let allowed = (1e-11 * through).max(1e-13 * largest(t.terms()));
            prop_assert!(state.current.iter().sum::<f64>().abs() <= allowed, "{route:?}");
            let terms = largest(dt.terms()).max(largest(t.terms())) * (high - low);
            let scale = largest(&state.heat).max(1e-2 * terms);
            prop_assert!(state.heat.iter().sum::<f64>().abs() <= 1e-11 * scale, "{route:?}");
            let coupled = |a: &usize| !state.potential[*a].is_nan();
            let power: f64 =
                (0..conductor.terminals()).filter(coupled).map(|a| -state.potential[a] * state.current[a]).sum();
            prop_assert!((joule.iter().sum::<f64>() - power).abs() <= 1e-10 * power, "{route:?}");
            states.push(state);
        }
        let solved = device.solve(&conductor, Route::Dense);
        let terms = largest(solved.derivative.as_ref().unwrap().outgoing()).max(largest(solved.exchange.outgoing()));
        for state in &states[1..] {
            prop_assert!(distance(&state.potential, &states[0].potential) <= 1e-10 * (high - low));
            let allowed = 1e-10 * largest(&states[0].heat).max(1e-2 * terms * (high - low));
            prop_assert!(distance(&state.heat, &states[0].heat) <= allowed);
            // temperatures as the heats they conduct: those of nearly isolated probes are less exact
            let conducted = |s: &ProbeState| -> Vec<f64> {
                let theta = &s.joint.as_ref().unwrap().temperature;
                theta.iter().zip(solved.exchange.outgoing()).map(|(t, s)| s * t).collect()
            };
            prop_assert!(distance(&conducted(state), &conducted(&states[0])) <= allowed);
        }
    }
}

/// On-site energies between -W/2 and W/2 without visible order.
fn rough(sites: usize, full_width: f64) -> Vec<f64> {
    (0..sites)
        .map(|i| 7.31 * (i * i) as f64 + 0.37 * i as f64)
        .map(|x| full_width * (x.sin() * 1e4).fract() / 2.0)
        .collect()
}

/// The routes against each other where the block structure matters: 24 slices of 10 sites.
#[test]
fn routes_agree_on_a_rough_strip() {
    for flux in [0.0, 0.03] {
        let lattice = strip(24, 10, Boundary::HardWall).with_flux(flux).unwrap();
        let conductor = probed(lattice, Lead::Continuation, Probe::WideBand { width: 0.1 });
        let onsite = rough(240, 2.0);
        let solve = |route| {
            let solved = audited(&conductor, &onsite, -1.7, route);
            let state = audited_probes(&conductor, &solved, Measure::VoltageAndTemperature);
            (solved, state)
        };
        let (oracle, want) = solve(Route::Dense);
        let heat_scale = largest(&want.heat);
        for route in [Route::Recursive, Route::Sweep, Route::NestedDissection] {
            let (solved, state) = solve(route);
            let theta = |s: &ProbeState| s.joint.as_ref().unwrap().temperature.clone();
            assert!(distance(&state.potential, &want.potential) < 1e-10, "{route:?}");
            assert!(distance(&state.heat, &want.heat) < 1e-10 * heat_scale, "{route:?}");
            assert!(distance(&theta(&state), &theta(&want)) < 1e-10 * largest(&theta(&want)), "{route:?}");
            assert!(distance(&solved.density_of_states, &oracle.density_of_states) < 1e-10, "{route:?}");
            // some columns of T and T': the sweep pays one product each
            for b in [0, 3, 77, 120, 163, 239, 240, 241] {
                for (got, want) in [
                    (&solved.exchange, &oracle.exchange),
                    (solved.derivative.as_ref().unwrap(), oracle.derivative.as_ref().unwrap()),
                ] {
                    let column = |e: &dyn Exchange| -> Vec<f64> {
                        let mut unit = vec![0.0; 242];
                        unit[b] = 1.0;
                        let mut out = vec![0.0; 242];
                        e.current(&unit, &mut out);
                        out
                    };
                    let (got, want) = (column(got.as_ref()), column(want.as_ref()));
                    assert!(distance(&got, &want) < 1e-10 * largest(&want), "{route:?}, column {b}");
                }
            }
        }
    }
}

/// A localised conductor without probes: its transmission is far below rounding of the terms that make the sum rules, and still right.
#[test]
fn localised_conductors_pass_their_audit() {
    let (length, width) = (40, 3);
    let lead = Some(Lead::Continuation);
    let lattice = strip(length, width, Boundary::HardWall);
    let conductor = Conductor::new(lattice, [lead.clone(), lead], vec![]).unwrap();
    let onsite = rough(length * width, 25.0);
    let [recursive, sweep, dissected, dense] = Route::ALL.map(|route| {
        let solved = audited(&conductor, &onsite, 0.3, route);
        solved.exchange.transmission(1, 0)
    });
    assert!(recursive > 0.0 && recursive < 1e-15, "{recursive:e}");
    // differences of terms of order 1 in the sweep: no relative accuracy below rounding
    assert_close(sweep, recursive, 1e-13, "sweep");
    // products of small factors, each with a relative accuracy of rounding
    for (t, what) in [(dissected, "nested dissection"), (dense, "dense")] {
        assert_close(t, recursive, 1e-11 * recursive, what);
    }
}

/// As all probes fade, the conductance becomes that of the coherent conductor, linearly in Gamma, and each potential that of a single weak
/// probe on its site: the fraction of electrons there that come from the left.
#[test]
fn weak_probes_measure_without_disturbing() {
    let (length, width) = (8, 5);
    let lattice = strip(length, width, Boundary::HardWall);
    let onsite = rough(length * width, 2.0);
    let energy = -1.3;
    let lead = Some(Lead::Continuation);
    let bare = Conductor::new(lattice.clone(), [lead.clone(), lead.clone()], vec![]).unwrap();
    for route in Route::ALL {
        let coherent = audited(&bare, &onsite, energy, route);
        let t_lr = coherent.exchange.transmission(1, 0);
        let with = |gamma: f64| {
            let conductor = probed(lattice.clone(), Lead::Continuation, Probe::WideBand { width: gamma });
            let solved = audited(&conductor, &onsite, energy, route);
            let state = audited_probes(&conductor, &solved, Measure::Voltage);
            (state.conductance(length * width, 1.0) - t_lr, state.potential)
        };
        let [(coarse, _), (fine, _), (_, faint)] = [1e-4, 1e-5, 1e-7].map(with);
        // the next order is Gamma over the width of the levels, some 0.1
        assert!((coarse / fine - 10.0).abs() < 0.03, "{route:?}: {coarse:e} {fine:e}");
        for site in [0, 7, 18, 22, 39] {
            let gamma = 1e-7;
            let probe = vec![(site, Probe::WideBand { width: gamma })];
            let single = Conductor::new(lattice.clone(), [lead.clone(), lead.clone()], probe).unwrap();
            let solved = audited(&single, &onsite, energy, route);
            let [left, right] = [1, 2].map(|b| solved.exchange.transmission(0, b));
            assert_close(faint[site], left / (left + right), 1e-5, &format!("{route:?}, site {site}"));
            // what the weak probe absorbs counts the states: S = Gamma A, A = 2 pi nu
            let density = (left + right) / gamma / std::f64::consts::TAU;
            let want = coherent.density_of_states[site];
            assert_close(density, want, 1e-5 * want.max(1e-2), &format!("{route:?}, site {site}"));
        }
    }
}

/// A probe of zero strength is no terminal, and a conductor without it is the same conductor.
#[test]
fn disconnected_probes_drop_out() {
    let lattice = strip(5, 3, Boundary::HardWall);
    let lead = Some(Lead::Continuation);
    let probe = |site| (site, Probe::WideBand { width: 0.3 });
    let without: Vec<_> = [1, 4, 9, 14].map(probe).into();
    let mut with = without.clone();
    with.push((0, Probe::WideBand { width: 0.0 }));
    with.push((7, Probe::Chain { amplitude: 0.0, hopping: 1.0, centre: 0.0 }));
    let onsite = rough(15, 1.0);
    let [with, without] =
        [with, without].map(|p| Conductor::new(lattice.clone(), [lead.clone(), lead.clone()], p).unwrap());
    assert_eq!(with.probe_sites().collect::<Vec<_>>(), [1, 4, 9, 14]);
    for route in Route::ALL {
        let [with, without] =
            [&with, &without].map(|c| matrix(audited(c, &onsite, -0.4, route).exchange.as_ref()));
        assert_eq!(with, without, "{route:?}");
    }
}

/// Terminals that exchange electrons with none have no potential and no temperature; nothing else is ever NaN. Here: a chain probe out of its
/// band, and probes on a dimer that no bond joins to the driven one.
#[test]
fn only_isolated_terminals_have_no_potential() {
    let measure = Measure::VoltageAndTemperature;
    let chain = Probe::Chain { amplitude: 0.5, hopping: 1.0, centre: 5.0 };
    let wide = Probe::WideBand { width: 0.5 };
    let lead = Some(Lead::Continuation);
    let strip = strip(4, 2, Boundary::HardWall);
    let banded = Conductor::new(strip, [lead.clone(), lead], vec![(2, wide), (5, chain)]).unwrap();
    // one slice of a zigzag ribbon: sites 0 and 1 joined, site 2 alone
    let slice = Lattice::new(Family::HoneycombZigzag, [1, 3, 1], Boundary::HardWall).unwrap();
    let broken = Conductor::new(slice, [None, None], vec![(0, wide), (1, wide), (2, wide)]).unwrap();
    for route in Route::ALL {
        for (conductor, [source, drain], isolated) in [(&banded, [2, 3], 1), (&broken, [0, 1], 2)] {
            // rounding differs from energy to energy
            for energy in (0..20).map(|k| -0.2 + 0.021 * f64::from(k)) {
                let solved = audited(conductor, &rough(conductor.sites(), 1.0), energy, route);
                let derivative = solved.derivative.as_deref().unwrap();
                let drive = Drive::unit(source, drain).unwrap();
                let state = probes::linear(
                    solved.exchange.as_ref(),
                    derivative,
                    &drive,
                    measure,
                    Accuracy::default(),
                )
                .unwrap();
                let joint = state.joint.as_ref().unwrap();
                for t in 0..conductor.terminals() {
                    let what = format!("{route:?} at {energy}, terminal {t}: {state:?}");
                    assert_eq!(state.potential[t].is_nan(), t == isolated, "{what}");
                    assert_eq!(joint.temperature[t].is_nan(), t == isolated, "{what}");
                    assert!(state.current[t].is_finite() && state.heat[t].is_finite(), "{what}");
                }
                assert_close(state.heat[isolated], 0.0, 1e-14, "isolated");
            }
        }
    }
}

/// At finite bias a terminal that is closed in part of the window, here a chain probe whose band begins inside, is a probe like any other.
#[test]
fn terminals_that_open_inside_the_window_are_balanced() {
    let (mu, kt, bias) = (-0.6, 0.02, 0.1);
    let chain = Probe::Chain { amplitude: 0.6, hopping: 1.0, centre: 1.4 };
    let lattice = strip(3, 2, Boundary::HardWall);
    let lead = Some(Lead::WideBand { width: 1.5 });
    let wide = Probe::WideBand { width: 0.4 };
    let conductor = Conductor::new(lattice, [lead.clone(), lead], vec![(1, wide), (2, chain)]).unwrap();
    for route in Route::ALL {
        let window = Window::biased(&conductor, [mu - 0.5 * bias, mu + 0.5 * bias], kt, kt).unwrap();
        let spectrum = window.spectrum(&rough(6, 1.0), route).unwrap();
        let open = |k: usize| spectrum.points[k].exchange.outgoing()[1] > 0.0;
        assert!(!open(0) && open(spectrum.points.len() - 1));
        let drive = Drive::new(vec![(2, mu + 0.5 * bias), (3, mu - 0.5 * bias)]).unwrap();
        let state = probes::biased(&spectrum, &drive, Measure::Voltage, Accuracy::default()).unwrap();
        assert!(state.audit.passed(), "{:?}", state.audit);
        assert!((mu - 0.5 * bias..mu + 0.5 * bias).contains(&state.potential[1]), "{route:?}: {state:?}");
        assert_close(state.current[1], 0.0, 1e-13 * state.current[3], &format!("{route:?}"));
    }
}

/// Uniform chain probes are wide-band probes of their width at that energy, at an energy shifted by the real part of their self-energy, while
/// the leads stay where they are.
#[test]
fn chain_probes_are_wide_band_probes_at_a_shifted_energy() {
    let lattice = strip(8, 4, Boundary::HardWall);
    let onsite = rough(32, 2.0);
    let energy = -1.3;
    let chain = Probe::Chain { amplitude: 0.4, hopping: 1.0, centre: 0.0 };
    let sigma = chain.self_energy(energy);
    let [left, right] = [End::Left, End::Right].map(|end| {
        let lead = Lead::Continuation.attach(&lattice, end).unwrap().self_energy(energy).unwrap();
        Some(Lead::Given { sigma: lead.sigma, derivative: lead.derivative })
    });
    let probes = (0..32).map(|site| (site, Probe::WideBand { width: sigma.width() })).collect();
    let shifted = Conductor::new(lattice.clone(), [left, right], probes).unwrap();
    let chained = probed(lattice, Lead::Continuation, chain);
    for route in Route::ALL {
        let got = matrix(audited(&chained, &onsite, energy, route).exchange.as_ref());
        let want = matrix(audited(&shifted, &onsite, energy - sigma.sigma.re, route).exchange.as_ref());
        assert!(distance(got.iter().flatten(), want.iter().flatten()) < 1e-13, "{route:?}");
    }
}

/// Chain probes centred at the energy release (1 - c/2) times the heat of wide-band probes in the bulk, c = Gamma / 2 t_c: with the energy the
/// probes' own self-energies move too. Leads add a part that dies out within a few inelastic lengths, a few sites here.
#[test]
fn chain_probes_release_less_heat_in_the_bulk() {
    let (length, width, gamma) = (70, 5, 0.4);
    let lattice = strip(length, width, Boundary::HardWall);
    let onsite = rough(length * width, 2.0);
    let energy = -1.3;
    let c = 0.5 * gamma;
    let chain = Probe::Chain { amplitude: f64::sqrt(c), hopping: 1.0, centre: energy };
    let heat = |probe| {
        let conductor = probed(lattice.clone(), Lead::Continuation, probe);
        let solved = audited(&conductor, &onsite, energy, Route::Recursive);
        audited_probes(&conductor, &solved, Measure::Voltage).heat
    };
    let (wide, chained) = (heat(Probe::WideBand { width: gamma }), heat(chain));
    let bulk = 30 * width..40 * width;
    let expected: Vec<f64> = wide[bulk.clone()].iter().map(|q| (1.0 - 0.5 * c) * q).collect();
    assert!(distance(&chained[bulk.clone()], &expected) < 1e-3 * largest(&expected));
    // close to the leads it is not so
    let ends = 0..3 * width;
    let expected: Vec<f64> = wide[ends.clone()].iter().map(|q| (1.0 - 0.5 * c) * q).collect();
    assert!(distance(&chained[ends], &expected) > 1e-2 * largest(&expected));
}

/// Clean conductors without probes, by every route.
#[test]
fn clean_conductors_transmit_their_open_modes() {
    for family in [Family::Square, Family::HoneycombZigzag, Family::HoneycombArmchair, Family::Cubic] {
        let lattice = Lattice::new(family, [5, 4, 1], Boundary::HardWall).unwrap();
        let lead = Some(Lead::Continuation);
        let conductor = Conductor::new(lattice, [lead.clone(), lead], vec![]).unwrap();
        for energy in [-2.7, -1.11, 0.43] {
            let open = conductor.at(energy).unwrap().open_modes(End::Left).unwrap();
            for route in Route::ALL {
                let solved = audited(&conductor, &[0.0; 20], energy, route);
                let t = solved.exchange.transmission(1, 0);
                assert_close(t, open as f64, 1e-12, &format!("{family:?}, E = {energy}, {route:?}"));
            }
        }
    }
}

/// The response of the driven leads when all probes are joint ones, from L0, L1, L2 by elimination: [[L11, L12], [L21, L22]] between the
/// (particle, heat) currents out of the left lead and its (potential, relative temperature), the right lead being the reference.
fn joint_response(conductor: &Conductor, onsite: &[f64], mu: f64, kt: f64) -> [[f64; 2]; 2] {
    let window = Window::linear(conductor, mu, kt).unwrap();
    let onsager = window.onsager(onsite, Route::Recursive).unwrap();
    let l: Vec<Vec<Vec<f64>>> = onsager.l.iter().map(|l| matrix(l.as_ref())).collect();
    let (left, n) = (conductor.lead(End::Left).unwrap(), conductor.probes());
    // unknowns (mu, theta) of the probes; currents into a: sum_b L (x_b - x_a)
    let unknowns: Vec<(usize, usize)> = (0..n).flat_map(|a| [(a, 0), (a, 1)]).collect();
    let entry = |(a, i): (usize, usize), (b, j): (usize, usize)| {
        let l = &l[i + j];
        if a == b { -l[a].iter().sum::<f64>() } else { l[a][b] }
    };
    let drives = [(left, 0), (left, 1)];
    let mut rows: Vec<Vec<f64>> = unknowns
        .iter()
        .map(|&u| {
            let known = drives.iter().map(|&d| -entry(u, d));
            unknowns.iter().map(|&v| entry(u, v)).chain(known).collect()
        })
        .collect();
    // elimination with row exchanges; the last two columns become the solutions for either drive
    let size = rows.len();
    for k in 0..size {
        let pivot = (k..size).max_by(|&a, &b| rows[a][k].abs().total_cmp(&rows[b][k].abs())).unwrap();
        rows.swap(k, pivot);
        let head: Vec<f64> = rows[k].iter().map(|x| x / rows[k][k]).collect();
        for (i, row) in rows.iter_mut().enumerate() {
            if i != k {
                let factor = row[k];
                row.iter_mut().zip(&head).for_each(|(x, h)| *x -= factor * h);
            }
        }
        rows[k] = head;
    }
    [0, 1].map(|i| {
        [0, 1].map(|j| {
            let direct = entry((left, i), drives[j]);
            let through: f64 =
                unknowns.iter().zip(&rows).map(|(&u, row)| entry((left, i), u) * row[size + j]).sum();
            -(direct + through)
        })
    })
}

/// Small rough conductors in a field, with joint probes on the given sites.
fn in_field(flux: f64, probes: &[usize]) -> Conductor {
    let lattice = strip(4, 3, Boundary::HardWall).with_flux(flux).unwrap();
    let probes = probes.iter().map(|&site| (site, Probe::WideBand { width: 0.8 })).collect();
    let lead = |width| Some(Lead::WideBand { width });
    Conductor::new(lattice, [lead(1.0), lead(0.6)], probes).unwrap()
}

/// Joint probes: the response of the leads is symmetric without field and transposed by reversing it, and the solver's own state is that of
/// elimination. The solver drives by voltage only; the temperature-driven column comes from L0, L1, L2.
#[test]
fn onsager_relations_of_joint_probes() {
    let onsite = rough(12, 2.0);
    let (mu, kt) = (-0.9, 0.05);
    for sites in [&[4][..], &[1, 5, 6, 10]] {
        for flux in [0.0, 0.13] {
            let conductor = in_field(flux, sites);
            let l = joint_response(&conductor, &onsite, mu, kt);
            let reversed = joint_response(&in_field(-flux, sites), &onsite, mu, kt);
            for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                assert_close(l[i][j], reversed[j][i], 1e-13, &format!("flux {flux}, {i}{j}"));
            }
            // with the field the thermopower is asymmetric, or the test would show nothing
            let asymmetry = (l[0][1] - l[1][0]).abs();
            assert!(if flux == 0.0 { asymmetry < 1e-13 } else { asymmetry > 1e-5 }, "{asymmetry:e}");
            for route in [Route::Recursive, Route::Sweep, Route::NestedDissection] {
                let window = Window::linear(&conductor, mu, kt).unwrap();
                let onsager = window.onsager(&onsite, route).unwrap();
                let drive = left_to_right(&conductor);
                let measure = Measure::VoltageAndTemperature;
                let state = probes::thermal(&onsager, &drive, measure, Accuracy::default()).unwrap();
                assert!(state.audit.passed(), "{:?}", state.audit);
                let joint = state.joint.as_ref().unwrap();
                let left = conductor.lead(End::Left).unwrap();
                assert_close(-joint.current[left], l[0][0], 1e-11, "current");
                assert_close(-joint.heat[left] * SOMMERFELD * kt * kt, l[1][0], 1e-11, "heat");
            }
        }
    }
}

/// The second law with broken time reversal: `4 L11 L22 - (L12 + L21)^2 >= tan^2(pi/n) (L12 - L21)^2` for n terminals, for three
/// `L11 L22 + L12 L21 - L12^2 - L21^2 >= 0` (Brandner and Seifert).
#[test]
fn bounds_on_the_response_in_a_field() {
    let kt = 0.25;
    let mut strongest = 0.0;
    for k in 0..24 {
        let onsite: Vec<f64> = rough(12 * 24, 5.0)[12 * k..12 * (k + 1)].to_vec();
        for sites in [&[(5 * k + 1) % 12][..], &[0, 4, 8]] {
            let conductor = in_field(0.05 + 0.017 * k as f64, sites);
            let [[l11, l12], [l21, l22]] = joint_response(&conductor, &onsite, -1.5 + 0.1 * k as f64, kt);
            let n = sites.len() as f64 + 2.0;
            let left = 4.0 * l11 * l22 - (l12 + l21).powi(2);
            let right = (std::f64::consts::PI / n).tan().powi(2) * (l12 - l21).powi(2);
            assert!(left >= right - 1e-15, "{k}: {left:e} {right:e}");
            if sites.len() == 1 {
                assert!(l11 * l22 + l12 * l21 >= l12 * l12 + l21 * l21 - 1e-15, "{k}");
            }
            strongest = f64::max(strongest, right / left);
        }
    }
    // the bound is not idle
    assert!(strongest > 1e-4, "{strongest:e}");
}
