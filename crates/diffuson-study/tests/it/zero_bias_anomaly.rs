//! Studies of the kind `zero-bias-anomaly`, from the file to the record.

use super::computed;
use diffuson_store::Reader;

const STUDY: &str = r#"
kind = "zero-bias-anomaly"
[defects]
crossover = 2.0
[bias]
from = 0.02
to = 2e6
points = 5
[temperature]
from = 0.02
to = 20.0
points = 3
[sweep]
"held.energy" = [0.0, 4.0]
"#;

/// With E* = 2 K: the sheet's D(100, 2) = 17.1549035685, D(0, T) = pi^2 T^2/12 and the asymptote 0.959742 V^(2/3), in units of E*.
#[test]
fn curves_have_the_values_of_the_integral() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anomaly.zarr");
    let text =
        STUDY.replace("points = 5", "points = 3").replace("from = 0.02\nto = 2e6", "from = 2.0\nto = 2e4");
    let outcome = computed(&text, &path, 2);
    assert!(outcome.audit_passed() && outcome.results.audits.len() == 2, "{:?}", outcome.results.audits);
    let record = Reader::open(&path).unwrap();
    let read = |name: &str, point: usize| record.read_samples::<f64>(name, point, 0..1).unwrap().data;
    let biases = record.read::<f64>("bias").unwrap().data;
    // 200 K = 100 E* is the middle of 2 and 2e4 in the logarithm, to the rounding of a root.
    assert!((biases[1] / 200.0 - 1.0).abs() < 1e-14);
    // Eleven digits are printed.
    assert!((read("bias_response", 1)[1] / 4.0 / 17.1549035685 - 1.0).abs() < 1e-11);
    let thermal = std::f64::consts::PI.powi(2) / 12.0;
    for (t, got) in
        [0.02, 20.0f64.sqrt() * 0.02f64.sqrt(), 20.0].into_iter().zip(read("temperature_response", 0))
    {
        assert!((got / (thermal * t * t) - 1.0).abs() < 1e-12);
    }
    assert!(read("temperature_exponent", 0).iter().all(|e| (e - 2.0).abs() < 1e-9));
    // Kondo is put equal at kT = E* without bias and goes with the root; the step stands where nothing is held.
    let kondo = read("temperature_kondo", 0);
    assert!((kondo[2] / kondo[0] - 1000.0f64.sqrt()).abs() < 1e-9);
    assert!((kondo[2] / (10.0f64.sqrt() * thermal * 4.0) - 1.0).abs() < 1e-12);
    assert!(read("bias_step", 1).iter().all(|v| v.is_nan()));
    // (1/4) (eV/E*)^{2/3}, 4 K^2
    assert!((read("bias_step", 0)[1] / 100f64.powf(2.0 / 3.0) - 1.0).abs() < 1e-14);
}

#[test]
fn exponents_and_equal_effects_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exponents.zarr");
    let outcome = computed(STUDY, &path, 2);
    let find = |id: &str, point: usize| {
        outcome
            .results
            .estimates
            .iter()
            .find(|e| e.quantity == id && e.point == point)
            .map(|e| e.estimate.value)
    };
    // 2 far below E*, 2/3 at 10^6 E*: to terms of order eV/E* and (eV/E*)^{-2/3} ln.
    assert!((find("highest_exponent", 0).unwrap() - 2.0).abs() < 1e-3);
    assert!((find("last_exponent", 0).unwrap() - 2.0 / 3.0).abs() < 1e-3);
    // 1.147 at 10 E* and 0.91 at 32 E*.
    let linear = find("linear_bias", 0).unwrap() / 2.0;
    assert!(linear > 15.0 && linear < 32.0, "{linear}");
    assert!((find("threshold", 0).unwrap() / 200.0 - 1.0).abs() < 1e-12);
    // kT held is 2 E*: between 5.04 E* (kT = E*) and 38.1 E* (3 E*).
    let equal = find("equal_bias", 1).unwrap() / 2.0;
    assert!(equal > 5.04 && equal < 38.1, "{equal}");
    assert!(find("equal_bias", 0).is_none() && find("saturation", 0).is_none());
    // Eq. 15 is far off where both of its terms count, and by 40 where neither should.
    assert!(find("least_ratio", 0).unwrap() < 1.0 / 40.0);
}

/// Off the centre electrons of the two reservoirs meet less often; without pairs within a beam the slope of n(E) halves; a band saturates.
#[test]
fn place_pairs_and_band_count() {
    let folder = tempfile::tempdir().unwrap();
    let last = |more: &str, name: &str| {
        let text = STUDY.replace("crossover = 2.0", &format!("crossover = 2.0\n{more}"));
        let path = folder.path().join(name);
        let outcome = computed(&text, &path, 2);
        assert!(outcome.audit_passed(), "{:?}", outcome.results.audits);
        let record = Reader::open(&path).unwrap();
        *record.read_samples::<f64>("bias_response", 0, 0..1).unwrap().data.last().unwrap()
    };
    let centre = last("place = 0.0", "centre");
    assert!(last("place = 2.0", "off") < centre);
    // At 10^6 E* it is 2V beside 2V + 2E + E^3: no matter.
    assert!((last("pairs = \"between-beams\"", "between") / centre - 1.0).abs() < 1e-2);
    // n = 1/2 up to 3 K, to E/eV.
    assert!((last("band = 3.0", "band") - 2.25).abs() < 1e-4);
}

#[test]
fn impossible_studies_have_one_error_with_its_line() {
    let error = super::parse(&STUDY.replace("to = 2e6", "to = 0.01"), &[]).unwrap_err();
    assert_eq!((error.key.as_str(), error.line()), ("bias.to", 7));
    let error = super::parse(&STUDY.replace("to = 20.0", "to = 0.01"), &[]).unwrap_err();
    assert_eq!((error.key.as_str(), error.line()), ("temperature.to", 11));
    let error = super::parse(&STUDY.replace("crossover = 2.0", "crossover = 0.0"), &[]).unwrap_err();
    assert_eq!((error.key.as_str(), error.line()), ("defects.crossover", 4));
}
