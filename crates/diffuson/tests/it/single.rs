//! Transmissions in single precision against those in double: errors stay below what is stated, are measured in every run, and break no conservation law.

use crate::network::rough;
use crate::systems::{audited_probes, strip};
use diffuson::audit::laws;
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{Lead, Probe};
use diffuson::probes::{self, Accuracy, Measure, ProbeState};
use diffuson::scattering::{self, Options, Precision, Route, Scattered, Storage};
use diffuson::thermal::Window;

const ENERGY: f64 = -1.3;

/// Some ten times the largest errors of potentials (per bias) and heats (per largest heat) seen in conductors of 10^3 and 10^4 sites.
const POTENTIAL: f64 = 1e-4;
const HEAT: f64 = 2e-3;

fn solve(conductor: &Conductor, onsite: &[f64], route: Route, options: Options) -> Scattered {
    let dressed = conductor.at(ENERGY).unwrap();
    let solved = scattering::solve_with(&dressed, onsite, route, options).unwrap();
    assert!(solved.audit.passed(), "{route:?}: {:?}", solved.audit);
    solved
}

fn in_both(conductor: &Conductor, onsite: &[f64], route: Route) -> [Scattered; 2] {
    [Precision::Double, Precision::Single].map(|precision| {
        let options = Options { derivatives: true, precision, ..Options::default() };
        let solved = solve(conductor, onsite, route, options);
        assert_eq!(solved.exchange.stored().unwrap().precision(), precision);
        solved
    })
}

/// Everything between, on every site, probes of unequal strength but for a few sites without.
fn everywhere(lattice: Lattice, lead: Lead, width: f64) -> Conductor {
    let sites = (0..lattice.sites()).filter(|site| site % 11 != 3);
    let probe = |site: usize| Probe::WideBand { width: width * (1.0 + 0.1 * (site % 7) as f64) };
    let probes = sites.map(|site| (site, probe(site))).collect();
    Conductor::new(lattice, [Some(lead.clone()), Some(lead)], probes).unwrap()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, v| f64::max(m, v.abs()))
}

fn assert_same_probes(single: &ProbeState, double: &ProbeState, what: &str) {
    let pairs = [
        (&single.potential, &double.potential, POTENTIAL),
        (&single.heat, &double.heat, HEAT * largest(&double.heat)),
    ];
    for (got, want, allowed) in pairs {
        let difference: Vec<f64> = got.iter().zip(want).map(|(a, b)| a - b).collect();
        assert!(largest(&difference) < allowed, "{what}: {:.1e}", largest(&difference));
    }
}

/// With and without field, weak and strong coupling to the probes. `audited_probes` demands of both that charge, heat and energy are conserved to the rounding
/// of double precision.
#[test]
fn potentials_and_heats_are_those_of_double_precision() {
    for (family, flux, width) in [
        (Family::Square, 0.0, 0.1),
        (Family::Square, 0.04, 0.1),
        (Family::Square, 0.0, 1e-4),
        (Family::HoneycombZigzag, 0.03, 0.01),
        (Family::Cubic, 0.0, 0.5),
    ] {
        let lattice = Lattice::new(family, [30, 8, 1], Boundary::HardWall).unwrap();
        let lattice = lattice.with_flux(flux).unwrap();
        let onsite: Vec<f64> = rough(lattice.sites()).iter().map(|x| 1.3 * x).collect();
        let conductor = everywhere(lattice, Lead::WideBand { width: 1.0 }, width);
        let what = format!("{family:?}, flux {flux}, width {width}");
        let [double, single] = in_both(&conductor, &onsite, Route::Recursive);
        let measured = |s: &Scattered| {
            s.audit.laws().iter().find(|law| law.name == laws::SINGLE_PRECISION).map(|law| law.residual)
        };
        assert_eq!(measured(&double), None);
        let error = measured(&single).unwrap();
        // below, nothing is in single precision
        assert!(error > 1e-9, "{what}: {error:.1e}");
        for (exact, rounded) in [
            (&double.exchange, &single.exchange),
            (double.derivative.as_ref().unwrap(), single.derivative.as_ref().unwrap()),
        ] {
            let pairs =
                || (0..conductor.terminals()).flat_map(|a| (0..a).flat_map(move |b| [(a, b), (b, a)]));
            let most = pairs().map(|(a, b)| exact.transmission(a, b).abs()).fold(0.0, f64::max);
            for (a, b) in pairs() {
                let difference = (exact.transmission(a, b) - rounded.transmission(a, b)).abs();
                // the rows measured are some of all; |G|^2 is off by twice as much as |G|
                assert!(difference < 20.0 * error * most, "{what}, {a} {b}: {difference:.1e} of {most:.1e}");
            }
        }
        let [double, single] = [double, single].map(|s| audited_probes(&conductor, &s, Measure::Voltage));
        assert_same_probes(&single, &double, &what);
    }
}

/// Green functions fall below the smallest number in single precision on the way through a strongly absorbing wire, and T_ab before that: they become zero,
/// not slow and not wrong.
#[test]
fn what_decays_becomes_zero() {
    let conductor = everywhere(strip(300, 2, Boundary::HardWall), Lead::Continuation, 2.0);
    let [double, single] = in_both(&conductor, &rough(600), Route::Recursive);
    let through = |s: &Scattered| s.exchange.transmission(conductor.terminals() - 1, 0);
    assert!(through(&double) > 0.0 && through(&double) < 1e-80);
    assert_eq!(through(&single), 0.0);
    let [double, single] = [double, single].map(|s| audited_probes(&conductor, &s, Measure::Voltage));
    assert_same_probes(&single, &double, "absorbing wire");
}

/// Nested dissection stores in single precision what it finds in double; a threshold works on both.
#[test]
fn stored_in_single_precision() {
    let conductor = everywhere(strip(12, 5, Boundary::HardWall), Lead::Continuation, 0.3);
    let onsite = rough(60);
    let [double, single] = in_both(&conductor, &onsite, Route::NestedDissection);
    for a in 0..conductor.terminals() {
        for b in 0..conductor.terminals() {
            let [exact, stored] = [&double, &single].map(|s| s.exchange.transmission(a, b));
            assert_eq!(stored, f64::from(exact as f32));
        }
    }
    let storage = Storage::Above { threshold: 1e-4, allowed: 0.1 };
    let options = Options { derivatives: true, storage, precision: Precision::Single };
    let kept = solve(&conductor, &onsite, Route::Recursive, options);
    assert!(kept.exchange.dropped().unwrap().kept > 0);
}

/// Integrals over the Fermi window, with and without field.
#[test]
fn windows_in_single_precision() {
    for flux in [0.0, 0.05] {
        let lattice = strip(10, 4, Boundary::HardWall).with_flux(flux).unwrap();
        let conductor = everywhere(lattice, Lead::Continuation, 0.2);
        let onsite = rough(40);
        let [double, single] = [Precision::Double, Precision::Single].map(|precision| {
            let window = Window::linear(&conductor, ENERGY, 0.05).unwrap().in_precision(precision);
            let onsager = window.onsager(&onsite, Route::Recursive).unwrap();
            assert_eq!(onsager.l[2].stored().unwrap().precision(), precision);
            let drive = crate::systems::left_to_right(&conductor);
            let measure = Measure::VoltageAndTemperature;
            let state = probes::thermal(&onsager, &drive, measure, Accuracy::default()).unwrap();
            assert!(state.audit.passed(), "{precision:?}: {:?}", state.audit);
            state
        });
        assert_same_probes(&single, &double, &format!("flux {flux}"));
    }
}
