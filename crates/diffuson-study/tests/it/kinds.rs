//! Studies of the kinds `mobility-edge`, `number-variance` and `scaling`, from the file to the record.

use super::computed;
use diffuson_store::Reader;
use diffuson_study::Outcome;

const EDGE: &str = r#"
kind = "mobility-edge"
[edge]
distance = "1 K"
[temperature]
from = 0.05
to = 1.0
points = 2
[sweep]
"edge.exponent" = [0.5, 1.571]
"#;

/// The rows z = 1 and z = 20 of the table of kernels (13 digits, from 40-digit arithmetic): sigma = A T^x K0, S = -(k_B/e) K1/K0, L/L0, ZT.
#[test]
fn a_mobility_edge_has_the_coefficients_of_the_table_of_kernels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edge.zarr");
    let outcome = computed(EDGE, &path, 2);
    assert!(outcome.audit_passed() && outcome.results.audits.len() == 1, "{:?}", outcome.results.audits);
    let record = Reader::open(&path).unwrap();
    let rows = [
        (0, 0, 0.5, 20.0, 4.467486333083, 0.08270118055679, 0.9945245361118, 0.002090400138280),
        (0, 1, 0.5, 1.0, 0.9102056785735, 1.301197378028, 0.6125331136760, 0.8401915251503),
        (1, 0, 1.571, 20.0, 111.0504035174, 0.2570993350994, 0.9917267379079, 0.02025962460302),
        (1, 1, 1.571, 1.0, 2.253167556665, 2.236461005906, 0.8208996402416, 1.852055959875),
    ];
    for (point, temperature, x, z, k0, s, lorenz, zt) in rows {
        let read = |name: &str| record.read_samples::<f64>(name, point, 0..1).unwrap().data[temperature];
        let t: f64 = 1.0 / z;
        let expected = [
            ("conductivity", t.powf(x) * k0),
            ("thermopower", -86.1733326214518 * s),
            ("lorenz_ratio", lorenz),
            ("figure_of_merit", zt),
        ];
        for (name, value) in expected {
            // thirteen digits are printed; T = 1/20 of the grid has the rounding of its last digit
            assert!(
                (read(name) / value - 1.0).abs() < 2e-12,
                "{name} at x = {x}, z = {z}: {} {value}",
                read(name)
            );
        }
    }
    // the plateau of Eq. 37, and the minimum of the conductivity, which x > 1 does not have
    let estimate = |id: &str, point: usize| {
        let found = outcome.results.estimates.iter().find(|e| e.quantity == id && e.point == point);
        found.map(|e| e.estimate.value)
    };
    let plateau = estimate("plateau", 1).unwrap();
    assert!((plateau / -249.7485 - 1.0).abs() < 1e-6, "{plateau}");
    let minimum = estimate("conductivity_minimum", 0).unwrap();
    assert!((minimum / 0.762380993042 - 1.0).abs() < 1e-10, "{minimum}");
    assert_eq!(estimate("conductivity_minimum", 1), None);
}

/// A tail below the edge carries current past it, and is no part of what the closed forms are compared with.
#[test]
fn a_tail_below_the_edge_lowers_the_plateau() {
    let folder = tempfile::tempdir().unwrap();
    let with_tail = format!(
        "{}\n[tail]\nweight = 0.5\n",
        EDGE.replace("[0.5, 1.571]", "[1.0]").replace("to = 1.0", "to = 1e6")
    );
    let plateau = |text: &str, name: &str| {
        let path = folder.path().join(name);
        assert!(computed(text, &path, 1).audit_passed());
        Reader::open(&path).unwrap().read_samples::<f64>("thermopower", 0, 0..1).unwrap().data[1]
    };
    let ratio = plateau(&with_tail, "tail.zarr")
        / plateau(&with_tail.replace("weight = 0.5", "weight = 1e-9"), "none.zarr");
    // B = 0.5, alpha = 1, x = 1: 0.843 of the plateau; T/d = 1e6 is 1e-6 from it
    assert!((ratio - 0.843).abs() < 5e-4, "{ratio}");
}

const SCALING: &str = r#"
kind = "scaling"
[disorder]
kind = "box"
[measure]
slices = 4000
[fit]
smallest_size = 3
irrelevant    = 0
[sweep]
"lattice.size"   = [3, 4, 5]
"disorder.width" = [14.0, 16.5, 19.0]
[ensemble]
samples = 3
"#;

/// Bars and fits: the same bits for any number of threads, an error from the blocks, all fits on record.
#[test]
fn scaling_has_the_same_bits_for_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = |threads: usize| folder.path().join(format!("{threads}.zarr"));
    let first = computed(SCALING, &path(1), 1);
    let second = computed(SCALING, &path(3), 3);
    assert!(first.audit_passed(), "{:?}", first.results.audits);
    let bits = |threads: usize, name: &str| -> Vec<u64> {
        let record = Reader::open(path(threads)).unwrap();
        let all = (0..9).flat_map(|p| record.read_samples::<f64>(name, p, 0..3).unwrap().data);
        all.map(f64::to_bits).collect()
    };
    for name in ["gamma", "gamma_error", "audit_residual"] {
        assert_eq!(bits(1, name), bits(3, name), "{name}");
    }
    let told =
        |o: &Outcome| o.results.estimates.iter().map(|e| e.estimate.value.to_bits()).collect::<Vec<_>>();
    assert_eq!(told(&first), told(&second));
    // samples of different points have nothing in common: equal disorder at equal size would make differences by W much less than the errors
    let gamma = bits(1, "gamma");
    assert_eq!(gamma.iter().collect::<std::collections::BTreeSet<_>>().len(), gamma.len());
    // the error of a point is that of its bars
    let record = Reader::open(path(1)).unwrap();
    let errors = record.read_samples::<f64>("gamma_error", 4, 0..3).unwrap().data;
    let expected = errors.iter().map(|e| e * e).sum::<f64>().sqrt() / 3.0;
    let estimate = first.results.estimates.iter().find(|e| e.point == 4).unwrap().estimate;
    assert!((estimate.standard_error / expected - 1.0).abs() < 1e-14);
    // every expansion that was tried is on record
    let tried = record.read::<f64>("tried_goodness").unwrap().data;
    assert!(tried.len() >= 6 && tried.iter().any(|q| q.is_finite()), "{tried:?}");
}

/// Conductances of cubes between leads of chains: values known for W = 16.54 at the centre of the band, periodic sides.
#[test]
fn cubes_at_the_transition_conduct_as_on_record() {
    let text = r#"
kind = "scaling"
[lattice]
size = 4
[disorder]
kind = "box"
width = 16.54
[measure]
quantity = "conductance"
[ensemble]
samples = 4000
"#;
    let folder = tempfile::tempdir().unwrap();
    let outcome = computed(text, &folder.path().join("cubes.zarr"), 2);
    assert!(outcome.audit_passed(), "{:?}", outcome.results.audits);
    let find = |id: &str| outcome.results.estimates.iter().find(|e| e.quantity == id).unwrap().estimate;
    // L = 4, 20000 cubes: <g> = 0.3834(23), exp<ln g> = 0.2387, var ln g = 1.24; four of our standard errors, the seed being fixed
    for (id, value) in
        [("conductance", 0.3834), ("typical_conductance", 0.2387), ("log_conductance_variance", 1.24)]
    {
        let e = find(id);
        let known = if id == "conductance" { 0.0023 } else { 0.01 * value };
        assert!((e.value - value).abs() < 4.0 * e.standard_error.hypot(known), "{id}: {e} {value}");
    }
    // one size, nothing swept: told, not fitted
    assert!(outcome.results.fits.is_empty());
    assert!(
        outcome.results.warnings[0].contains("lattice.size is not swept"),
        "{:?}",
        outcome.results.warnings
    );
}

const SEGMENT: &str = r#"
kind = "number-variance"
[segment]
from = 400
to = 1600
points = 3
[sweep]
"barrier.transmission" = [1.0, 0.75, 0.25, 0.029]
"#;

/// 1.0106 at 1600 sites for every transmission, one at infinite length, and an excess that falls as 1/length.
#[test]
fn number_fluctuations_do_not_know_of_a_barrier() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("segment.zarr");
    let outcome = computed(SEGMENT, &path, 3);
    assert!(outcome.audit_passed() && outcome.results.audits.len() == 3, "{:?}", outcome.results.audits);
    let record = Reader::open(&path).unwrap();
    assert_eq!(record.read::<f64>("length").unwrap().data, [400.0, 800.0, 1600.0]);
    let mut boundaries = Vec::new();
    for (point, transmission) in [1.0, 0.75, 0.25, 0.029].into_iter().enumerate() {
        let read = |name: &str| record.read_samples::<f64>(name, point, 0..1).unwrap().data;
        assert_eq!(format!("{:.4}", read("ratio")[2]), "1.0106");
        boundaries.extend(read("boundary"));
        let find = |id: &str| {
            let found = outcome.results.estimates.iter().find(|e| e.quantity == id && e.point == point);
            found.unwrap().estimate
        };
        // roundings of the height that was made of the transmission
        assert!((find("transmission_ratio").value / transmission - 1.0).abs() < 1e-12);
        assert!((find("longest_excess").value + 1.0 - read("ratio")[2]).abs() < 1e-12);
        let infinite = find("infinite_ratio");
        assert!((infinite.value - 1.0).abs() < infinite.standard_error && infinite.standard_error < 1e-4);
        // what the response lacks at a barrier, some site's worth, is a correction of second order in 1/length
        let exponent = &outcome.results.fits[point];
        assert_eq!(exponent.points, 3);
        assert!((exponent.estimate.value + 1.0).abs() < 2e-3, "{exponent:?}");
    }
    // correlations have fallen by e^(-36) on the way from the barrier to an end of the shortest segment
    for boundary in &boundaries {
        assert!((boundary / boundaries[0] - 1.0).abs() < 1e-12, "{boundaries:?}");
    }
    // a barrier at the end of the segment, and lengths that are not long: told, not fitted
    let short = SEGMENT.replace("from = 400", "from = 2").replace("to = 1600", "to = 20");
    let edge = short.replace("[sweep]", "[barrier]\nposition = 0.0\n[sweep]");
    let outcome = computed(&edge, &folder.path().join("edge.zarr"), 1);
    assert!(outcome.audit_passed() && outcome.results.fits.is_empty());
}

#[test]
fn impossible_studies_have_one_error_with_its_line() {
    let wrong = |text: String| super::parse(&text, &[]).unwrap_err();
    let error = wrong(EDGE.replace("to = 1.0", "to = 0.01"));
    assert_eq!((error.key.as_str(), error.line()), ("temperature.to", 7));
    let error = wrong(EDGE.replace("\"1 K\"", "\"1 nm\""));
    assert_eq!((error.key.as_str(), error.line()), ("edge.distance", 4));
    let error = wrong(SCALING.replace("[3, 4, 5]", "[2, 4, 5]"));
    assert_eq!((error.key.as_str(), error.line()), ("lattice.size", 11));
    let error = wrong(SCALING.replace("samples = 3", "relative_error = 0.1\nof = \"conductance\""));
    assert_eq!((error.key.as_str(), error.line()), ("ensemble.of", 15));
    let error = wrong(SEGMENT.replace("to = 1600", "to = 400"));
    assert_eq!((error.key.as_str(), error.line()), ("segment.to", 5));
    let error = wrong(SEGMENT.replace("from = 400", "from = 1599"));
    assert_eq!((error.key.as_str(), error.line()), ("segment.points", 6));
    // cubes have neither flux nor spin; in two dimensions no conductivity vanishes as a power
    let with = |lattice: &str, more: &str| {
        wrong(
            SCALING
                .replace("[disorder]", &format!("[lattice]\n{lattice}\n[disorder]"))
                .replace("[sweep]", &format!("{more}\n[sweep]")),
        )
    };
    let cubes = SCALING.replace("slices = 4000", "quantity = \"conductance\"");
    let error = wrong(cubes.replace("[disorder]", "[lattice]\nsymmetry = \"unitary\"\n[disorder]"));
    assert_eq!((error.key.as_str(), error.line()), ("lattice.symmetry", 4));
    let error = with("dimension = 2", "[transport]\ndistance = 0.5");
    assert_eq!((error.key.as_str(), error.line()), ("lattice.dimension", 4));
}
