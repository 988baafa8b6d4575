use super::*;
use crate::hamiltonian::Hamiltonian;
use crate::lattice::{Family, Lattice};
use crate::leads::{Lead, Probe};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
const POTENTIALS: Question = Question::Potentials { products: PRODUCTS, energies: 1.0, summed: true };

/// A square strip with two leads and probes on its first sites.
fn strip(length: usize, width: usize, flux: f64, probes: usize) -> Conductor {
    let lattice = Lattice::new(Family::Square, [length, width, 1], Boundary::HardWall).unwrap();
    let lattice = lattice.with_flux(flux).unwrap();
    let lead = Some(Lead::WideBand { width: 1.0 });
    let probes = (0..probes).map(|site| (site, Probe::WideBand { width: 0.1 })).collect();
    Conductor::new(lattice, [lead.clone(), lead], probes).unwrap()
}

/// The same without its slices: any Hamiltonian with two leads.
fn network(length: usize, width: usize) -> Conductor {
    let lattice = Lattice::new(Family::Square, [length, width, 1], Boundary::HardWall).unwrap();
    let (lead, last) = (Lead::WideBand { width: 1.0 }, (length - 1) * width);
    let leads = vec![(lead.clone(), (0..width).collect()), (lead, (last..last + width).collect())];
    Conductor::network(Hamiltonian::of(&lattice), leads, vec![]).unwrap()
}

fn forced(conductor: &Conductor, question: Question, route: Route) -> Plan {
    Plan::forced(conductor, question, route).unwrap()
}

#[test]
fn operations_are_those_of_the_table() {
    let (l, n) = (50.0, 10.0f64);
    let all = |derivatives| Question::Transmissions { derivatives };
    for (flux, once, wire) in [(0.0, 1.0, 24.0), (0.01, 2.0, 32.0)] {
        let c = strip(50, 10, flux, 500);
        let operations = |question, route| forced(&c, question, route).operations;
        assert_eq!(operations(Question::SMatrix, Route::Recursive), wire * l * n.powi(3));
        assert_eq!(operations(all(false), Route::Recursive), once * 4.0 * l * l * n.powi(3));
        assert_eq!(operations(all(true), Route::Recursive), once * 12.0 * l * l * n.powi(3));
        assert_eq!(operations(POTENTIALS, Route::Recursive), once * 12.0 * l * l * n.powi(3));
        assert_eq!(operations(POTENTIALS, Route::Sweep), (40.0 * 60.0 + 120.0) * l * n.powi(3));
        assert_eq!(operations(all(true), Route::Dense), 24.0 * (l * n).powi(3));
        assert_eq!(operations(Question::SMatrix, Route::Dense), 8.0 * (l * n).powi(3));
        // two solutions for each column of G; all columns in a field, those of probes without
        let size = boxes::strip([50, 10, 1], 2, false);
        let factors = operations(Question::SMatrix, Route::NestedDissection);
        let columns = if flux == 0.0 { 500.0 } else { 520.0 };
        assert_eq!(factors, (8.0 * once) * size.multiplications + 8.0 * 20.0f64.powi(3));
        let want = factors + 2.0 * columns * 16.0 * size.factor_entries;
        assert_eq!(operations(all(true), Route::NestedDissection), want);
        // every energy costs the same
        let window = Question::Potentials { products: PRODUCTS, energies: 150.0, summed: true };
        let ratio = operations(window, Route::Recursive) / operations(POTENTIALS, Route::Recursive);
        assert_eq!(ratio, 150.0);
    }
}

/// Without probes and field all is real, with either complex, with both without symmetry.
#[test]
fn arithmetic_follows_the_symmetry() {
    let operations = |flux, probes| {
        let plan = forced(&strip(30, 20, flux, probes), Question::SMatrix, Route::NestedDissection);
        (plan.operations - 8.0 * 40.0f64.powi(3)) / boxes::strip([30, 20, 1], 2, false).multiplications
    };
    let found = [operations(0.0, 0), operations(0.01, 0), operations(0.0, 1), operations(0.01, 1)];
    for (found, want) in found.into_iter().zip([2.0, 8.0, 8.0, 16.0]) {
        // a sum is taken apart again
        assert!((found - want).abs() < 1e-9, "{found} and not {want}");
    }
}

/// The S matrices of narrow strips go slice by slice, those of wide ones by nested dissection; the times of both are measured to be equal at 20 to 40
/// sites across.
#[test]
fn wires_and_sheets() {
    for (length, width, route) in [
        (1000, 3, Route::Recursive),
        (50, 10, Route::Recursive),
        (1000, 10, Route::Recursive),
        (20, 40, Route::NestedDissection),
        (100, 50, Route::NestedDissection),
        (5000, 60, Route::NestedDissection),
        (300, 300, Route::NestedDissection),
    ] {
        for (flux, probes) in [(0.0, 0), (0.01, 0), (0.0, length * width)] {
            if width == 40 && probes > 0 {
                continue;
            }
            let plan = Plan::smatrix(&strip(length, width, flux, probes));
            assert_eq!(plan.route, route, "{length} x {width}, flux {flux}, {probes} probes: {plan:?}");
            assert!(matches!(plan.reason, Reason::Fastest { ratio, .. } if ratio >= 1.0), "{plan:?}");
        }
    }
}

/// What stands in the [module](super) about local heat: recursion up to `L (12 + 1500/(n + 25)/energies) = 28 x 60 + 120`, sweeps beyond,
/// and beyond what transmissions may take.
#[test]
fn recursion_and_sweeps_change_places_as_calibrated() {
    for (length, width) in [(40, 10), (60, 4), (60, 20), (100, 10), (100, 40), (149, 40), (151, 40)] {
        let conductor = strip(length, width, 0.0, length * width);
        for (energies, summed) in [(1.0, true), (150.0, true), (150.0, false)] {
            let read = 1500.0 / (width as f64 + 25.0) / if summed { energies } else { 1.0 };
            let recursive = length as f64 * (12.0 + read) <= 28.0 * 60.0 + 120.0;
            let question = Question::Potentials { products: PRODUCTS, energies, summed };
            let want = if recursive { Route::Recursive } else { Route::Sweep };
            let plan = Plan::fastest(&conductor, question, f64::INFINITY);
            assert_eq!(plan.route, want, "{length} x {width}, {energies} energies");
        }
    }
    let conductor = strip(85, 200, 0.0, 17_000);
    let plan = Plan::fastest(&conductor, POTENTIALS, 2.0 * GIB);
    let Reason::Memory { faster: Route::Recursive, memory } = plan.reason else { panic!("{plan:?}") };
    assert_eq!(plan.route, Route::Sweep);
    assert_eq!(memory, 8.0 * 17_002.0f64.powi(2) + 8.0 * 85.0 * 16.0 * 200.0f64.powi(2));
    assert_eq!(plan.reason.to_string(), "recursive would take 2.6 GiB");
}

/// A recursion computes what passes between all sites, whether they have probes or not.
#[test]
fn few_probes_are_solved_for_by_columns() {
    let all = Question::Transmissions { derivatives: true };
    for (question, of_all) in [(all, Route::Recursive), (POTENTIALS, Route::Sweep)] {
        let route = |probes| Plan::fastest(&strip(100, 40, 0.0, probes), question, GIB).route;
        assert_eq!(route(10), Route::NestedDissection);
        assert_eq!(route(4000), of_all);
    }
}

#[test]
fn networks_have_no_slices() {
    let network = network(30, 20);
    let counts = network.dissection.analysis(&network).counts();
    let plan = Plan::smatrix(&network);
    assert_eq!((plan.route, plan.reason), (Route::NestedDissection, Reason::Only));
    assert_eq!(plan.operations, 2.0 * counts.multiplications + 8.0 * 40.0f64.powi(3));
    for route in [Route::Recursive, Route::Sweep] {
        assert_eq!(Plan::forced(&network, Question::SMatrix, route), None);
    }
    let routes: Vec<Route> = Plan::all(&network, POTENTIALS).iter().map(|plan| plan.route).collect();
    assert_eq!(routes, [Route::NestedDissection, Route::Dense]);
}

#[test]
fn sweeps_store_no_transmissions() {
    let question = Question::Transmissions { derivatives: false };
    assert_eq!(Plan::forced(&strip(20, 4, 0.0, 80), question, Route::Sweep), None);
}

/// A million slices of three sites: some kilobytes by the recursion, a gigabyte by nested dissection.
#[test]
fn long_wires_need_no_memory() {
    let wire = strip(1_000_000, 3, 0.0, 0);
    let plan = Plan::smatrix(&wire);
    assert_eq!(plan.route, Route::Recursive);
    assert!(plan.memory < 10_000.0, "{plan:?}");
    assert!(forced(&wire, Question::SMatrix, Route::NestedDissection).memory > 0.5 * GIB);
}

#[test]
fn reasons_are_words() {
    let before = Route::Sweep;
    let words = [
        (Reason::Forced, "asked for"),
        (Reason::Only, "the only one that answers"),
        (Reason::Fastest { before, ratio: 2.04 }, "2.0 times faster than sweep"),
        (Reason::Fastest { before, ratio: 26.4 }, "26 times faster than sweep"),
    ];
    words.iter().for_each(|(reason, words)| assert_eq!(reason.to_string(), *words));
}
