//! Studies of the kind `droplets`, from the file to the record.

use super::computed;
use diffuson_store::Reader;

const STUDY: &str = r#"
kind = "droplets"
[metal]
conductance = 20.0
distance = 0.1
scattering_rate = 76.38232
[spin]
to = 40.0
points = 401
[pair]
from = 2.0
to = 5.0
points = 2
[temperature]
from = 0.01
to = 10.0
points = 4
[profile]
kind = "gaussian"
[sweep]
"counting.diagrams" = ["complete", "four"]
"#;

/// With tau = 0.1 ps, g = 20, 1 + F_0 = 0.1: gamma, alpha and beta of the Gaussian profile in either counting, T* in K (6.4e-6 for gamma = 3.9, 3.5 for 0.6007), distributions that are
/// normalised, the interaction at L/R = 2 and 5, and warnings.
#[test]
fn droplets_of_either_counting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("droplets.zarr");
    let outcome = computed(STUDY, &path, 2);
    assert!(outcome.audit_passed(), "{:?}", outcome.results.audits);
    let find = |id: &str, point: usize| {
        let found = outcome.results.estimates.iter().find(|e| e.quantity == id && e.point == point);
        found.map(|e| e.estimate.value)
    };
    // digits as given
    for (id, complete, four, digit) in [
        ("gamma", 0.64674, 3.88041, 6e-6),
        ("alpha", 2.3791, 0.357, 6e-4),
        ("beta", 41.721, 0.894, 6e-4),
        ("exponent", 4.0 * 0.64674, 4.0 * 3.88041, 3e-5),
    ] {
        assert!((find(id, 0).unwrap() - complete).abs() < digit, "{id}: {:?}", find(id, 0));
        assert!((find(id, 1).unwrap() - four).abs() < digit, "{id}: {:?}", find(id, 1));
    }
    assert!((find("complete_beta", 0).unwrap() - 66.753).abs() < 1e-3);
    for (point, gamma) in [(0, 0.64674), (1, 3.88041)] {
        // hbar/(k_B tau) = 76.38232 K
        let want = 76.38232 * (-4.0f64 * gamma).exp() / 2.0;
        assert!((find("crossover_temperature", point).unwrap() / want - 1.0).abs() < 1e-4);
    }
    // T*/U_t = g (1 + F_0); the printed energy lacks S^2 = (1 + F_0)^-2.
    let ratio = find("crossover_temperature", 0).unwrap() / find("interaction_energy", 0).unwrap();
    assert!((ratio - 2.0).abs() < 1e-12);
    let lost = find("printed_interaction_energy", 0).unwrap() / find("interaction_energy", 0).unwrap();
    assert!((lost - 0.01).abs() < 1e-14);
    assert!(
        find("mean_spin", 0).is_some() && find("mean_spin", 1).is_none(),
        "all orders are known of all diagrams"
    );

    let record = Reader::open(&path).unwrap();
    let read = |name: &str, point: usize| record.read_samples::<f64>(name, point, 0..1).unwrap().data;
    let trapezoid = |values: &[f64]| 0.1 * (values.iter().sum::<f64>() - 0.5 * (values[0] + values[400]));
    // Spins go on beyond 40 by 1e-6 at most; the trapezoidal rule errs by the slope at the ends.
    assert!((trapezoid(&read("spin_expanded", 0)) - 1.0).abs() < 1e-5);
    assert!(
        (trapezoid(&read("spin_all_orders", 0)) - 1.0).abs() < 2e-2,
        "{}",
        trapezoid(&read("spin_all_orders", 0))
    );
    assert!(read("spin_all_orders", 1).iter().all(|v| v.is_nan()));
    // chi/chi_P = 1 + T*/T at 10 K.
    let chi = read("susceptibility", 0)[3];
    assert!((chi - 1.0 - find("crossover_temperature", 0).unwrap() / 10.0).abs() < 1e-12);
    // Four diagrams, L/R = 2: -2 (1 + F_0) J_2/I_FF. Exactly it is more by 3 % at t = sqrt(2 G) = 5.6, and less by 1 + J_1/I_FF, which counts at L/R = 2 only.
    let approximate = read("interaction_mean_approximate", 1);
    let want = 2.0 * 0.1 * 0.9302 / 16.0 / 0.317_930_432_3;
    assert!((approximate[0] / want - 1.0).abs() < 1e-3, "{approximate:?} {want}");
    let exact = read("interaction_mean", 1);
    assert!(exact[0] < approximate[0] && exact[1] > approximate[1]);
    assert!(read("antiferromagnetic", 1).iter().all(|p| *p > 0.0 && *p < 0.5));
    // G = 2.6 is not rare, and spins of 4 are 0.2 of g.
    let warnings = outcome.results.warnings.join("\n");
    assert!(warnings.contains("not rare") && warnings.contains("2.59"), "{warnings}");
}

/// Where every place has a droplet, G = 0.02, their spins reach hundreds of g, beyond what the profile resolves: that distribution is left out and said to be, all else is there.
#[test]
fn spins_that_are_not_resolved_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let text = STUDY.replace("distance = 0.1", "distance = 0.01").replace("to = 10.0", "to = 0.02");
    let outcome = computed(&text, &folder.path().join("common.zarr"), 2);
    assert!(outcome.audit_passed(), "{:?}", outcome.results.audits);
    let at_first = |id: &str| outcome.results.estimates.iter().any(|e| e.quantity == id && e.point == 0);
    assert!(at_first("typical_spin") && !at_first("mean_spin"));
    // of the complete counting alone: four diagrams never have it
    let warnings: Vec<&String> =
        outcome.results.warnings.iter().filter(|w| w.contains("to all orders are left out")).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("point 0"), "{warnings:?}");
}

/// The solved profile lies below the trial value by 7.1 %, and obeys its equation; its integral is 5.23 times its mean radius.
#[test]
fn the_optimum_lies_below_the_trial_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("optimum.zarr");
    let text = STUDY.replace("[profile]\nkind = \"gaussian\"\n", "").replace(
        "\"counting.diagrams\" = [\"complete\", \"four\"]",
        "\"profile.kind\" = [\"gaussian\", \"optimum\"]",
    );
    let outcome = computed(&text, &path, 2);
    assert!(outcome.audit_passed() && outcome.results.audits.len() == 6, "{:?}", outcome.results.audits);
    let gammas: Vec<f64> = outcome
        .results
        .estimates
        .iter()
        .filter(|e| e.quantity == "gamma")
        .map(|e| e.estimate.value)
        .collect();
    assert!((gammas[1] - 0.60072).abs() < 1e-5 && (gammas[1] / gammas[0] - 3.60430 / 3.88041).abs() < 1e-5);
    let integral =
        outcome.results.estimates.iter().find(|e| e.quantity == "profile_integral" && e.point == 1);
    assert!((integral.unwrap().estimate.value - 27.36f64.sqrt()).abs() < 2e-3);
    let record = Reader::open(&path).unwrap();
    let profile = record.read_samples::<f64>("profile", 1, 0..1).unwrap().data;
    // r/a = 0, 0.5, 1, 2, 4 of the solution of Eq. 33
    for (index, want) in [(0, 0.949449), (10, 0.578284), (20, 0.254152), (40, 0.0682640), (80, 0.0131392)] {
        assert!((profile[index] / want - 1.0).abs() < 1e-4, "{index}: {}", profile[index]);
    }
    let gaussian = record.read_samples::<f64>("gaussian_profile", 0, 0..1).unwrap().data;
    let same = record.read_samples::<f64>("profile", 0, 0..1).unwrap().data;
    assert!(gaussian.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-9));
}

#[test]
fn impossible_studies_have_one_error_with_its_line() {
    let error = super::parse(&STUDY.replace("to = 5.0", "to = 1.0"), &[]).unwrap_err();
    assert_eq!((error.key.as_str(), error.line()), ("pair.to", 12));
    let error = super::parse(&STUDY.replace("to = 10.0", "to = 0.001"), &[]).unwrap_err();
    assert_eq!((error.key.as_str(), error.line()), ("temperature.to", 16));
    let error = super::parse(&STUDY.replace("distance = 0.1", "distance = 1.5"), &[]).unwrap_err();
    assert_eq!((error.key.as_str(), error.line()), ("metal.distance", 5));
}
