//! Conductors through the Fermi window: S matrices, transmissions computed once, probes eliminated, magnetic fields.

use crate::network::{self, rough};
use crate::systems::{assert_close, left_to_right, strip};
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Lattice};
use diffuson::leads::{End, Lead, Probe};
use diffuson::probes::{self, Accuracy, Measure};
use diffuson::scattering::Route;
use diffuson::thermal::{
    Adaptive, Coefficients, LinearResponse, OnsagerMatrix, Reservoir, Resolution, Sample, SampleError,
    Structure, TransmissionFunction, TransmissionMatrix, TransportError, Window, field,
};
use diffuson::units::SOMMERFELD;
use std::convert::Infallible;

/// What the energies of lattice conductors are integrated to.
const FINE: f64 = 1e-10;

fn wire(lattice: Lattice) -> Conductor {
    Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::Continuation)], vec![]).unwrap()
}

fn fermi(x: f64) -> f64 {
    1.0 / (1.0 + x.exp())
}

/// A clean wire: `K0 = sum_n [f(bottom of mode n) - f(top)]`, modes being jumps of the sum, and the ends of the bands in the window.
#[test]
fn clean_wires_are_sums_of_steps() {
    let conductor = wire(strip(5, 4, Boundary::HardWall));
    let onsite = vec![0.0; 20];
    let mode = |n: usize| -2.0 * (std::f64::consts::PI * n as f64 / 5.0).cos();
    for (mu, kt) in [(-1.3, 0.05), (-3.5, 0.1), (0.1, 0.3)] {
        let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
        let response = sample.linear(mu, kt, Adaptive::to(FINE)).unwrap();
        assert!(response.audit.passed(), "{:?}", response.audit);
        let open = |e: f64| fermi((e - mu) / kt);
        let want: f64 = (1..=4).map(|n| open(mode(n) - 2.0) - open(mode(n) + 2.0)).sum();
        // the tolerance of the quadrature, of at most four modes
        assert_close(response.moments[0].get(1, 0), want, 4.0 * FINE, "conductance of a clean wire");
    }
}

/// All temperatures and biases from one function of energy are those computed from S matrices for each.
#[test]
fn transmissions_computed_once_serve_all_temperatures() {
    let conductor = wire(strip(12, 4, Boundary::HardWall));
    let onsite: Vec<f64> = rough(48).iter().map(|e| 1.5 * e).collect();
    let mut once = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
    let (mu, hottest) = (-1.1, 0.06);
    let reach = 52.0 * hottest;
    let function = once.function([mu - reach, mu + reach], Resolution::within(0.2)).unwrap();
    let energies = once.work().energies;
    assert_eq!(energies, function.evaluations());
    for kt in [0.0, 1e-3, 0.01, 0.06] {
        let what = format!("kT = {kt}");
        let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
        let direct = sample.linear(mu, kt, Adaptive::to(FINE)).unwrap();
        let quick = function.linear(mu, kt, Adaptive::to(FINE)).unwrap();
        assert!(quick.audit.passed() && direct.audit.passed(), "{what}: {:?}", quick.audit);
        let [a, b] = [&direct, &quick].map(|r| r.moments.each_ref().map(|k| k.get(0, 1)));
        for (a, b) in a.into_iter().zip(b) {
            // 1e-9 of the largest transmission in a piece, of which there are at most four, and the quadrature
            assert_close(b, a, 1e-8, &what);
        }
    }
    assert_eq!(once.work().energies, energies, "nothing computed again");
    let reservoirs = [Reservoir { mu: mu + 0.1, kt: 0.05 }, Reservoir { mu: mu - 0.2, kt: 0.02 }];
    let direct = once.currents(&reservoirs, Adaptive::to(FINE)).unwrap();
    let quick = function.currents(&reservoirs, Adaptive::to(FINE)).unwrap();
    assert!(quick.audit.passed() && direct.audit.passed(), "{:?} {:?}", quick.audit, direct.audit);
    for lead in 0..2 {
        // 1e-8 over a bias of 0.3 and heats of less than the transmission times that
        assert_close(quick.particle[lead], direct.particle[lead], 1e-8, "current");
        assert_close(quick.heat[lead], direct.heat[lead], 1e-8, "heat");
    }
    let beyond = function.linear(mu, 2.0 * hottest, Adaptive::to(FINE)).unwrap_err();
    assert!(matches!(beyond, TransportError::Transmission(_)), "{beyond}");
}

/// Energies of S matrices of a rough wire for some temperatures: evenly over the largest window, and where their windows need them. What is saved costs no
/// integral anything.
#[test]
fn windows_need_fewer_energies_than_their_range() {
    let conductor = wire(strip(40, 4, Boundary::HardWall));
    let onsite = rough(160);
    let mu = -1.1;
    for (temperatures, [even_energies, energies]) in
        [(&[0.01][..], [1326, 748]), (&[0.002, 0.004, 0.008, 0.016, 0.03], [5406, 2839])]
    {
        let windows: Vec<Reservoir> = temperatures.iter().map(|&kt| Reservoir { mu, kt }).collect();
        let resolution = Resolution::within(4.0 * temperatures[0]);
        let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
        let even = sample.function(TransmissionFunction::range_for(&windows), resolution).unwrap();
        let some = sample.function_for(&windows, resolution).unwrap();
        assert_eq!([even.evaluations(), some.evaluations()], [even_energies, energies]);
        assert_eq!(sample.work().energies, even_energies + energies);
        for kt in temperatures {
            let [even, some] = [&even, &some].map(|f| f.linear(mu, *kt, Adaptive::to(FINE)).unwrap());
            // ten tolerances of the transmission are allowed either way
            assert!(even.audit.passed() && some.audit.passed(), "{:?} {:?}", even.audit, some.audit);
            let stated = even.quadrature_error + some.quadrature_error;
            let largest = even.moments[2].get(0, 1);
            for (even, some) in even.moments.iter().zip(&some.moments) {
                // of the largest of the three integrals, that of x^2; 1e-13 is the rounding of S matrices
                let difference = (even.get(0, 1) - some.get(0, 1)).abs();
                assert!(
                    difference <= (stated + 1e-13) * largest,
                    "kT = {kt}: {difference:e}, stated {stated:e}"
                );
            }
        }
    }
}

/// Activated transport: all of the integral lies where the window has fallen to e^-12, and is as accurate as anywhere.
#[test]
fn tails_that_carry_everything_are_resolved() {
    let (edge, kt) = (0.12, 0.01);
    let t = |e: f64| {
        let level = 1.0 / (1.0 + ((e - 0.15) / 0.001).powi(2));
        Ok::<_, Infallible>(TransmissionMatrix::two_terminal(if e > edge {
            (e - edge).sqrt() + level
        } else {
            0.0
        }))
    };
    let structure = Structure::edge(edge, 0.5).unwrap();
    let windows = [Reservoir { mu: 0.0, kt }, Reservoir { mu: 0.05, kt: 0.5 * kt }];
    let function =
        TransmissionFunction::for_windows(&windows, structure.clone(), Resolution::within(0.02), t).unwrap();
    for Reservoir { mu, kt } in windows {
        let direct = LinearResponse::new(2, mu, kt, &structure, Adaptive::to(1e-12), t).unwrap();
        let quick = function.linear(mu, kt, Adaptive::to(1e-12)).unwrap();
        // ten tolerances, and what lies beyond 36 kT: e^-24 of what begins at 12
        assert!(quick.audit.passed() && direct.audit.passed(), "{:?}", quick.audit);
        for (direct, quick) in direct.moments.iter().zip(&quick.moments) {
            assert_close(quick.get(0, 1) / direct.get(0, 1), 1.0, 1e-8, "activated transport");
        }
    }
}

#[test]
fn bad_samples_are_refused() {
    let probed = Conductor::new(
        strip(3, 2, Boundary::HardWall),
        [Some(Lead::Continuation), Some(Lead::Continuation)],
        vec![(2, Probe::WideBand { width: 0.4 })],
    )
    .unwrap();
    let error = |c: &Conductor, onsite: &[f64]| Sample::new(c, onsite, Route::Dense).unwrap_err();
    assert_eq!(error(&probed, &[0.0; 6]), SampleError::Probes(1));
    let clean = wire(strip(3, 2, Boundary::HardWall));
    assert_eq!(error(&clean, &[0.0; 5]), SampleError::Sites { given: 5, sites: 6 });
}

/// To first order, beside the full integrals: off by the correction it states, to a factor, while that is small; and the formula of Mott.
#[test]
fn sommerfeld_knows_where_it_fails() {
    let conductor = wire(strip(8, 3, Boundary::HardWall));
    let onsite = rough(24);
    let mu = -0.9;
    let mut corrections = vec![];
    for kt in [1e-4, 1e-3, 3e-3, 0.01, 0.3] {
        let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
        let full = sample.linear(mu, kt, Adaptive::to(FINE)).unwrap().onsager().coefficients(0, 1).unwrap();
        let expansion = sample.sommerfeld(mu, kt).unwrap();
        let first = expansion.first().coefficients(0, 1).unwrap();
        let next = expansion.next().coefficients(0, 1).unwrap();
        let correction = expansion.correction();
        corrections.push(correction);
        let what = format!("kT = {kt}, correction {correction:.1e}");
        if correction < 0.1 {
            let error = |c: &Coefficients| {
                let of = |a: f64, b: f64| (a / b - 1.0).abs();
                of(c.response[0][0], full.response[0][0])
                    .max(of(c.response[0][1], full.response[0][1]))
                    .max(of(c.response[1][1], full.response[1][1]))
            };
            // the order beyond the next is as much smaller again; K1 is a difference, known to the tolerance times K0
            let seen = 3.0 * FINE * full.response[0][0] / full.response[0][1].abs();
            assert!(error(&first) < 1.5 * correction + seen, "{what}: {:e}", error(&first));
            assert!(error(&next) < 20.0 * correction * correction + seen, "{what}: {:e}", error(&next));
        }
    }
    assert!(corrections[0] < 1e-4, "cold enough: {corrections:?}");
    assert!(corrections[4] > 0.3, "warm: {corrections:?}");
}

/// A strip with a probe on some sites, or on all.
fn probed(flux: f64, sites: impl Iterator<Item = usize>) -> Conductor {
    let lattice = strip(6, 4, Boundary::HardWall).with_flux(flux).unwrap();
    let probes = sites.map(|site| (site, Probe::WideBand { width: 0.3 + 0.02 * site as f64 })).collect();
    Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::WideBand { width: 1.7 })], probes).unwrap()
}

fn eliminated(conductor: &Conductor, onsite: &[f64], mu: f64, kt: f64, measure: Measure) -> OnsagerMatrix {
    let window = Window::linear(conductor, mu, kt).unwrap();
    let onsager = window.onsager(onsite, Route::Recursive).unwrap();
    let leads = [conductor.lead(End::Left).unwrap(), conductor.lead(End::Right).unwrap()];
    let matrix = probes::between(&onsager, &leads, measure, Accuracy::default()).unwrap();
    assert!(matrix.audit().passed(), "{:?}", matrix.audit());
    matrix
}

/// What the leads see is what the probe equations say: conductance, heats, for both kinds of probes; and a direct elimination of the dense matrix.
#[test]
fn eliminated_probes_are_those_of_the_probe_equations() {
    let (mu, kt) = (-0.8, 0.04);
    for flux in [0.0, 0.07] {
        let conductor = probed(flux, (0..24).filter(|s| s % 5 != 1));
        let onsite = rough(24);
        let window = Window::linear(&conductor, mu, kt).unwrap();
        let onsager = window.onsager(&onsite, Route::Recursive).unwrap();
        let (left, right) = (conductor.lead(End::Left).unwrap(), conductor.lead(End::Right).unwrap());
        let drive = left_to_right(&conductor);
        for measure in [Measure::Voltage, Measure::VoltageAndTemperature] {
            let what = format!("flux {flux}, {measure:?}");
            let matrix = eliminated(&conductor, &onsite, mu, kt, measure);
            let flow = matrix.currents(&[1.0, 0.0], &[0.0, 0.0]);
            let state = probes::thermal(&onsager, &drive, measure, Accuracy::default()).unwrap();
            let (current, heat) = match &state.joint {
                Some(joint) => (&joint.current, &joint.heat),
                None => (&state.current, &state.heat),
            };
            for (place, lead) in [left, right].into_iter().enumerate() {
                // currents into the probes are solved for to 1e-13 of the current
                assert_close(flow.particle[place], current[lead], 1e-12, &what);
                assert_close(flow.heat[place], SOMMERFELD * kt * heat[lead], 1e-12, &what);
            }
            // an independent elimination: the dense matrix of all terminals
            let dense = LinearResponse {
                mu,
                kt,
                moments: [0, 1, 2].map(|n| {
                    let terminals = conductor.terminals();
                    let entries = (0..terminals * terminals)
                        .map(|k| onsager.l[n].transmission(k / terminals, k % terminals) / kt.powi(n as i32))
                        .collect();
                    diffuson::thermal::TransmissionMatrix::new(terminals, entries).unwrap()
                }),
                quadrature_error: 0.0,
                evaluations: 0,
                audit: diffuson::audit::Audit::default(),
            };
            let floating: Vec<(usize, Measure)> = (0..conductor.probes()).map(|t| (t, measure)).collect();
            let reduced = dense.onsager().floating(&floating).unwrap();
            assert_eq!(reduced.terminals(), [left, right]);
            for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                for (x, y) in matrix.block(a, b).as_flattened().iter().zip(reduced.block(a, b).as_flattened())
                {
                    assert_close(*x, *y, 1e-11, &what);
                }
            }
        }
    }
}

/// Reciprocity of Onsager and Casimir, `L_ij(B) = L_ji(-B)`, with two and three terminals and with probes; without probes two terminals have l12 = l21.
///
/// Tolerances: 1e-10 for quadratures at the same energies in both fields, 1e-12 for the solvers.
#[test]
fn reciprocity_in_a_magnetic_field() {
    let (mu, kt) = (-0.8, 0.05);
    let onsite = rough(24);
    for measure in [Measure::Voltage, Measure::VoltageAndTemperature] {
        let [plus, minus] = [0.06, -0.06]
            .map(|flux| eliminated(&probed(flux, [7, 10, 17].into_iter()), &onsite, mu, kt, measure));
        assert!(plus.reciprocity(&minus) < 1e-11, "{measure:?}: {:e}", plus.reciprocity(&minus));
        let c = plus.coefficients(plus.terminals()[0], plus.terminals()[1]).unwrap();
        // two leads and three probes
        assert!(c.field_audit(5).passed(), "{:?}", c.field_audit(5));
        let reversed = minus.coefficients(minus.terminals()[0], minus.terminals()[1]).unwrap();
        if measure == Measure::VoltageAndTemperature {
            assert!((c.asymmetry() - 1.0).abs() > 1e-3, "asymmetric: {}", c.asymmetry());
        }
        assert_close(c.peltier(), reversed.thermopower(), 1e-10, "Pi(B) = T S(-B)");
        assert_close(c.conductance(), reversed.conductance(), 1e-10, "G(B) = G(-B)");
    }
    for flux in [0.02, 0.06, 0.11, 0.2] {
        for site in [6, 9, 14] {
            let conductor = probed(flux, [site].into_iter());
            let matrix = eliminated(&conductor, &onsite, mu, kt, Measure::VoltageAndTemperature);
            let c = matrix.coefficients(matrix.terminals()[0], matrix.terminals()[1]).unwrap();
            assert!(c.field_audit(3).passed(), "flux {flux}, site {site}: {:?}", c.field_audit(3));
            assert!(
                c.generalized_figure_of_merit()
                    <= field::largest_figure_of_merit(c.asymmetry(), Some(3)).abs()
            );
        }
    }
    let three = |flux: f64| {
        let (cross, arms) = network::cross(flux);
        let leads = arms.into_iter().take(3).map(|arm| (Lead::WideBand { width: 1.3 }, arm)).collect();
        let conductor = Conductor::network(cross, leads, vec![]).unwrap();
        let onsite = rough(conductor.sites());
        let mut sample = Sample::new(&conductor, &onsite, Route::NestedDissection).unwrap();
        let response = sample.linear(-0.7, 0.03, Adaptive::to(1e-9)).unwrap();
        assert!(response.audit.passed(), "{:?}", response.audit);
        response.onsager()
    };
    let [plus, minus] = [0.05, -0.05].map(three);
    assert!(plus.reciprocity(&minus) < 1e-8, "{:e}", plus.reciprocity(&minus));
    assert!(plus.reciprocity(&plus) > 1e-3, "the field matters");
}

/// Without structure nothing is known beforehand; with it the same integrals come out of fewer S matrices.
#[test]
fn thresholds_save_energies() {
    let conductor = wire(strip(8, 3, Boundary::HardWall));
    let onsite = rough(24);
    let (mu, kt) = (-1.0, 0.1);
    let mut sample = Sample::new(&conductor, &onsite, Route::Recursive).unwrap();
    let with = sample.linear(mu, kt, Adaptive::to(1e-9)).unwrap();
    let blind =
        LinearResponse::new(2, mu, kt, &Structure::default(), Adaptive::to(1e-9), |e| sample.at(e)).unwrap();
    assert_close(with.moments[0].get(0, 1), blind.moments[0].get(0, 1), 1e-8, "the same conductance");
    assert!(2 * with.evaluations < blind.evaluations, "{} {}", with.evaluations, blind.evaluations);
}
