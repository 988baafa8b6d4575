//! Studies of kind `scaling` that sweep disorder and energy: the mobility edge as a curve, from the file to the record.

use super::{computed, parse};
use diffuson_store::Reader;
use std::path::Path;

const TRAJECTORY: &str = r#"
kind = "scaling"
[disorder]
kind = "box"
[measure]
slices = 4000
[fit]
driven_by  = "disorder"
irrelevant = 0
[sweep]
"lattice.size"   = [4, 6, 8]
"disorder.width" = [12.0, 14.0, 16.0, 18.0, 20.0]
"lattice.energy" = [0.0, 6.0, 9.0]
[ensemble]
samples = 2
"#;

fn reals(record: &Path, name: &str) -> Vec<f64> {
    Reader::open(record).unwrap().read::<f64>(name).unwrap().data
}

/// At 0 and 6 t the transition is near W = 16.54 and 15.9; at 9 t all disorders localise: a warning for that energy, no failure. A small study without
/// irrelevant field finds both within four of its standard errors and the 0.3 that such fits to small bars are low (one false alarm in 16 000 each).
#[test]
fn an_energy_without_transition_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("curve.zarr");
    let outcome = computed(TRAJECTORY, &path, 2);
    assert!(outcome.audit_passed(), "{:?}", outcome.results.audits);
    assert_eq!(reals(&path, "trajectory_at"), [0.0, 6.0, 9.0]);
    let warnings = &outcome.results.warnings;
    assert!(warnings.iter().any(|w| w.contains("E = 9 t") && w.contains("do not bracket")), "{warnings:?}");
    assert!(!warnings.iter().any(|w| w.contains("E = 6 t") || w.contains("joint")), "{warnings:?}");
    let [points, errors] =
        ["", "_error"].map(|end| reals(&path, &format!("trajectory_joint_critical_point{end}")));
    for (k, known) in [16.54, 15.9].into_iter().enumerate() {
        assert!((points[k] + 0.15 - known).abs() < 0.15 + 4.0 * errors[k], "{points:?} {errors:?}");
    }
    assert!(points[0] > points[1] && points[2].is_nan(), "{points:?}");
    let fit = |name: &str| outcome.results.fits.iter().find(|f| f.name == name);
    let center = fit("critical disorder W_c, E = 0 t, joint").expect("a joint fit");
    assert_eq!((center.estimate.value, center.expected), (points[0], Some(16.54)));
    assert!(fit("critical disorder W_c, E = 6 t, joint").is_some_and(|f| f.expected.is_none()));
    assert!(fit("exponent nu, joint").is_some_and(|f| f.expected == Some(1.571)));
    assert!(fit("goodness of fit Q, joint").is_some_and(|f| f.estimate.value > 0.1));
    // all points that a fit has on one curve, others on none
    let (scaled, energies) = (reals(&path, "scaled_variable"), reals(&path, "lattice_energy"));
    let on_curve =
        |energy: f64| scaled.iter().zip(&energies).filter(|(x, e)| **e == energy && x.is_finite()).count();
    assert_eq!([0.0, 6.0, 9.0].map(on_curve), [15, 15, 0]);
    assert_eq!(Reader::open(&path).unwrap().read::<f64>("curve_value").unwrap().shape[0], 1);
}

/// What drives, and which values take part, is no part of what was computed: other fits are made to the same record, of the same bars.
#[test]
fn a_record_can_be_fitted_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("curve.zarr");
    computed(TRAJECTORY, &path, 2);
    let gamma = reals(&path, "gamma");
    let other = TRAJECTORY.replace("= \"disorder\"", "= \"energy\"\nvalue_from = 1.3\nvalue_to = 2.2");
    let outcome = computed(&other, &path, 1);
    assert_eq!(reals(&path, "gamma"), gamma);
    assert_eq!(reals(&path, "trajectory_at"), [12.0, 14.0, 16.0, 18.0, 20.0]);
    // with more disorder than 16.54 all energies are localised: told for each, and nothing fails
    for place in ["W = 18 t", "W = 20 t"] {
        assert!(outcome.results.warnings.iter().any(|w| w.contains(place)), "{:?}", outcome.results.warnings);
    }
}

/// A disorder and an energy that are both swept leave open what drives; what is named must be swept; a thermopower is that of one disorder.
#[test]
fn what_drives_must_be_clear() {
    let error = |text: String| parse(&text, &[]).unwrap_err();
    let open = error(TRAJECTORY.replace("driven_by  = \"disorder\"", ""));
    assert_eq!((open.key.as_str(), open.line()), ("fit.driven_by", 7));
    assert!(open.message.contains("disorder and energy are both swept"), "{open}");
    let word = error(TRAJECTORY.replace("= \"disorder\"", "= \"disordr\""));
    assert_eq!((word.key.as_str(), word.line()), ("fit.driven_by", 8));
    // a single value in a sweep drives nothing
    let energies = TRAJECTORY.replace("[12.0, 14.0, 16.0, 18.0, 20.0]", "[15.5]");
    let wrong = error(energies.clone());
    assert_eq!((wrong.key.as_str(), wrong.line()), ("fit.driven_by", 8));
    assert!(wrong.message.contains("is not what is swept"), "{wrong}");
    let energies = energies.replace("= \"disorder\"", "= \"energy\"");
    assert!(
        parse(&energies, &[]).is_ok() && parse(&energies.replace("driven_by  = \"energy\"", ""), &[]).is_ok()
    );
    let crossed = error(TRAJECTORY.replace("irrelevant = 0", "value_from = 2.0\nvalue_to = 1.5"));
    assert_eq!((crossed.key.as_str(), crossed.line()), ("fit.value_to", 10));
    let transport = |text: &str| text.replace("[sweep]", "[transport]\ndistance = 0.5\n[sweep]");
    let several = error(transport(&TRAJECTORY.replace("= \"disorder\"", "= \"energy\"")));
    assert_eq!((several.key.as_str(), several.line()), ("transport.distance", 11));
    assert!(several.help.contains("give disorder.width one value"), "{several}");
    assert!(parse(&transport(&energies), &[]).is_ok());
}
