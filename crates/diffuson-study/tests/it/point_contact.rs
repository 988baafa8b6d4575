//! Studies of kind `point-contact`, from the file to the record.

use super::finished::Finished;
use super::parse;
use diffuson::kinetics::Equilibrium;

/// Numbers of the equation sheet, to their digits.
#[test]
fn the_staircase_has_its_heights() {
    let text = "kind = \"point-contact\"\ncontact.rates = \"constant-path\"\ngate = { from = 2.0, to = 23.0, points = 8 }\nsweep.\"contact.ratio\" = [1.0, 0.6]\n";
    let finished = Finished::sound(text, 2);
    let heights = finished.numbers("conductance");
    let expected = [(0, 0.047426), (1, 0.500006), (2, 0.952698), (3, 1.0), (5, 1.499994), (7, 1.997527)];
    for (gate, want) in expected {
        assert!((heights[gate] - want).abs() < 6e-7, "{heights:?}");
        // 2r/(1+r) of it at r = 0.6
        assert!((heights[8 + gate] - 0.75 * heights[gate]).abs() < 1e-12, "{heights:?}");
    }
    // nothing flows
    assert!(finished.outcome.results.estimates.is_empty() && finished.reader.read::<f64>("noise").is_err());
}

/// Peaks of the surrogate at 50 and 100 nA, and the square of the current; Landauer and Büttiker at the first point.
#[test]
fn noise_at_constant_current_peaks_where_the_sheet_says() {
    let text = "kind = \"point-contact\"\ncontact = { inelastic = \"occupation\", exponent = 3.0 }\ngate = { from = 0.0, to = 25.0, points = 251 }\n\
                sweep.\"drive.current\" = [\"50 nA\", \"0.1 uA\"]\n";
    let finished = Finished::sound(text, 2);
    for (point, first, second) in [(0, 0.4807, 0.0659), (1, 0.9614, 0.1317)] {
        let of = |id| finished.estimate(id, point).expect(id);
        // the sheet's peaks are values on a grid of 0.1 kT
        assert!((of("first_peak") - 5.9).abs() < 0.05 && (of("second_peak") - 18.9).abs() < 0.05);
        assert!((of("first_peak_excess") / first - 1.0).abs() < 1e-3, "{}", of("first_peak_excess"));
        assert!((of("second_peak_excess") / second - 1.0).abs() < 1e-3, "{}", of("second_peak_excess"));
    }
    let exponent = &finished.outcome.results.fits[0];
    assert!((exponent.estimate.value - 2.0).abs() < 1e-9 && exponent.expected == Some(2.0), "{exponent:?}");
    // one electron at a time where the contact is closed
    assert!((finished.numbers("excess_landauer")[0] - 1.0).abs() < 1e-3);
    // amperes and volts: 100 nA through 0.3759 of the quantum at 3.434 mV
    let at = 251 + 59;
    assert!((finished.numbers("current")[at] - 100.0).abs() < 1e-8);
    assert!((finished.numbers("voltage")[at] - 3.434).abs() < 6e-4);
    assert!((finished.numbers("conductance")[at] - 0.3759).abs() < 6e-5);
    let excess = finished.numbers("noise")[at] - 0.3759 * 6.4184e-27;
    assert!((excess / 3.081e-26 - 1.0).abs() < 1e-3, "{excess:e}");
}

/// Constant times: S(omega) = S(0)/(1 + (omega tau)^2), tau the conductance per electron.
#[test]
fn collisions_end_the_noise_at_high_frequency() {
    let text = "kind = \"point-contact\"\ncontact.thresholds = [0.0]\ngate = { from = -1.0, to = 3.0, points = 3 }\ndrive.current = \"20 nA\"\nnoise.frequency = 2.0\n";
    let finished = Finished::sound(text, 2);
    let (ratios, conductances) = (finished.numbers("noise_ratio"), finished.numbers("conductance"));
    for ((ratio, conductance), eta) in ratios.iter().zip(conductances).zip([-1.0, 1.0, 3.0]) {
        let tau = conductance / Equilibrium::new(eta).expect("a sub-band").number;
        // rounding of two solutions of the kinetic equation
        assert!((ratio * (1.0 + (2.0 * tau).powi(2)) - 1.0).abs() < 1e-11, "{ratio} {tau}");
    }
}

/// The linear closure fills states twice where rates depend on energy: the audit says so.
#[test]
fn a_broken_principle_is_reported() {
    let text = |closure: &str| {
        format!(
            "kind = \"point-contact\"\ncontact = {{ thresholds = [0.0], rates = \"constant-path\", closure = \"{closure}\" }}\ngate = {{ from = 19.0, to = 20.0, points = 2 }}\n\
             drive.voltage = \"1.3 mV\"\n"
        )
    };
    Finished::sound(&text("mermin"), 1);
    let broken = Finished::new(&text("linear"), 1).outcome;
    let failed: Vec<&str> =
        broken.results.audits.iter().filter(|law| !law.passed).map(|law| law.name.as_str()).collect();
    assert_eq!(failed, ["Pauli principle"]);
}

/// A field that opens inelastic channels makes the current saturate: gates at which no voltage drives it have no noise, and the others keep theirs.
#[test]
fn a_current_that_cannot_flow_is_left_out() {
    let text = "kind = \"point-contact\"\ncontact = { thresholds = [5.0], inelastic = \"field\", exponent = 1.0, scale = 10.0 }\ngate = { from = 0.0, to = 20.0, points = 3 }\n\
                drive.current = \"100 nA\"\n";
    let finished = Finished::new(text, 2);
    assert!(finished.outcome.failed == 0);
    let voltages = finished.numbers("voltage");
    assert!(voltages[0].is_nan() && voltages[2].is_finite(), "{voltages:?}");
    let warnings = &finished.outcome.results.warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("no voltage drives the current"), "{warnings:?}");
    assert!(finished.numbers("conductance").iter().all(|g| g.is_finite()));
}

#[test]
fn impossible_contacts_name_their_key() {
    let error = |rest: &str| parse(&format!("kind = \"point-contact\"\n{rest}"), &[]).unwrap_err();
    assert_eq!(error("contact.thresholds = [5.0, 5.0]\n").key, "contact.thresholds");
    assert_eq!(error("contact.thresholds = []\n").key, "contact.thresholds");
    assert_eq!(error("gate = { from = 3.0, to = 3.0 }\n").key, "gate.to");
    assert_eq!(error("contact = { rates = \"constant-time\", ratio = 0.0 }\n").key, "contact.ratio");
    let both = error("drive = { current = \"1 nA\", voltage = \"1 mV\" }\n");
    assert!(both.key.starts_with("drive."), "{both:?}");
}
