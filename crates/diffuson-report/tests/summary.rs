//! The table for the terminal.

mod synthetic;

use diffuson_report::{Data, summary};
use synthetic::{Options, record};

#[test]
fn one_row_per_point_then_fits_audits_and_failures() {
    let text = summary(&record(&Options::default())).expect("a table");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0].split("  ").map(str::trim).filter(|s| !s.is_empty()).collect::<Vec<_>>(),
        [
            "probe coupling [t]",
            "disorder width [t]",
            "L_in [a]",
            "sigma [e^2/h]",
            "rms heat (box L_in) [bias/t]",
            "prefactor",
            "rms temperature [bias/t]",
            "samples"
        ]
    );
    assert_eq!(
        lines[1].split_whitespace().collect::<Vec<_>>(),
        ["0.05", "2", "12.29(18)", "5.83(9)", "0.00514(8)", "1.099(17)", "0.587(9)", "8"]
    );
    let column = lines[0].find("sigma").expect("sigma");
    assert!(
        (1..=12)
            .all(|i| lines[i].as_bytes()[column - 1] == b' ' && lines[i].as_bytes()[column].is_ascii_digit())
    );
    assert!(
        text.contains("exponent of rms heat, boxes of side L_in in probe coupling   -0.47(2)   Eq. 12: -0.5"),
        "{text}"
    );
    assert!(
        text.contains(
            "audit    probe currents 1e-15   charge 2e-15   heat 3e-15   row sums 4e-15   all passed"
        )
    );
    assert!(text.contains(
        "1 of 96 samples failed and are left out:\n    sample 2 of point 3 (Γ = 0.1 t, W = 2 t): energy"
    ));
}

#[test]
fn a_violated_law_names_residual_limit_and_sample() {
    let mut record =
        record(&Options { couplings: vec![0.1], disorders: vec![2.0], failed: vec![], ..Options::default() });
    if let Some(Data::Real(residuals)) = record.arrays.get_mut("audit_residual").map(|a| &mut a.data) {
        residuals[4 * 5 + 2] = 3.1e-7;
        residuals[4 * 6 + 2] = 1e-9;
    }
    let text = summary(&record).expect("a table");
    assert!(text.contains("1 law FAILED"), "{text}");
    assert!(
        text.contains("FAILED   heat: residual 3.1e-7, allowed 1e-10, in sample 5; 2 samples in all"),
        "{text}"
    );
}

#[test]
fn without_temperature_there_is_no_such_column() {
    let text = summary(&record(&Options { temperature: false, ..Options::default() })).expect("a table");
    assert!(!text.contains("temperature"), "{text}");
}

#[test]
fn many_failures_are_counted_not_listed() {
    let failed = (0..12).map(|p| (p, 0)).collect();
    let text = summary(&record(&Options { failed, ..Options::default() })).expect("a table");
    assert!(text.contains("12 of 96 samples failed") && text.ends_with("    and 7 more\n"), "{text}");
}
