//! `diffuson fit`: measurements in, exponent out; wrong measurements and models, one clear error each.

use super::workshop::{Ran, Workshop, assert_equal};
use diffuson_study::schema::KINDS;
use std::fs;
use std::path::Path;

/// The worked example, with its x.
const EXPONENT: f64 = 1.1;

fn studies() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies")
}

fn with_example() -> Workshop {
    let workshop = Workshop::new();
    for (name, file) in
        [("model.toml", "mobility-edge-fit.toml"), ("data.csv", "data/synthetic-mobility-edge.csv")]
    {
        workshop.write(name, fs::read(studies().join(file)).expect("a ready study"));
    }
    workshop
}

/// The worked example recovers the exponent it was made from, within three standard errors, and leaves record, figures and page.
#[test]
fn the_worked_example_recovers_its_exponent() {
    let workshop = with_example();
    let ran = workshop.run(&["fit", "data.csv", "model.toml", "--json"]).well();
    let object = ran.json();
    let exponent = &object["estimates"][0]["exponent"];
    let (value, error) = (
        exponent["value"].as_f64().expect("a value"),
        exponent["standard_error"].as_f64().expect("an error"),
    );
    assert!((value - EXPONENT).abs() < 3.0 * error && error < 0.01, "{exponent}");
    assert_eq!(object["warnings"], serde_json::json!([]));
    assert!(object["audits"].as_object().expect("laws").values().all(|law| law["passed"] == true));
    for name in ["data", "collapse", "residuals", "exponent"] {
        let svg = fs::read_to_string(workshop.path(&format!("results/model/{name}.svg"))).expect("a figure");
        assert!(svg.starts_with("<svg") && !svg.contains("no data"), "{name}");
    }
    let page = fs::read_to_string(workshop.path("results/model/report.html")).expect("a page");
    assert!(page.contains("synthetic samples") && page.contains("collapse"));
    // the study itself, which names the same file, makes the same record
    let shown = workshop.run(&["show", "results/model.zarr"]).well().stdout;
    assert!(shown.contains("exponent x, collapse") && shown.contains("correlation"), "{shown}");
    let again = workshop.run(&["fit", "data.csv", "model.toml"]).well().stdout;
    assert!(again.contains("nothing was left to compute"), "{again}");
}

#[test]
fn a_model_needs_no_file() {
    let workshop = with_example();
    let args =
        ["fit", "data.csv", "--model", "mobility-edge", "--set", "posterior.steps=0", "--set", "data.to=5"];
    let ran = workshop.run(&args).well();
    assert!(ran.stdout.contains("results/data.zarr") && ran.stdout.contains("thermopower alone"), "{ran:?}");
}

/// Samples of one sign of S and a resistivity in any unit are the same measurements.
#[test]
fn resistivities_and_magnitudes_are_the_same_measurements() {
    let workshop = with_example();
    let text = fs::read_to_string(workshop.path("data.csv")).expect("measurements");
    let mut other = String::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split(", ").collect();
        match cells.as_slice() {
            ["sample", ..] => {
                other.push_str("sample; T [mK]; rho [Ohm cm]; rho_error [Ohm cm]; S [kB/e]; S_error [kB/e]")
            }
            [name, t, sigma, error, s, s_error] => {
                let number = |text: &str| text.parse::<f64>().expect("a number");
                let (sigma, error) = (number(sigma), number(error));
                let (rho, unit) = (100.0 / sigma, 86.17333262145179);
                let row = format!(
                    "{name}; {}; {rho}; {}; {}; {}",
                    1e3 * number(t),
                    rho * error / sigma,
                    -number(s) / unit,
                    number(s_error) / unit
                );
                other.push_str(&row);
            }
            _ => other.push_str(line),
        }
        other.push('\n');
    }
    workshop.write("other.csv", other);
    let exponent = |data: &str| {
        let args =
            ["fit", data, "model.toml", "--json", "--no-report", "--fresh", "--set", "posterior.steps=0"];
        workshop.run(&args).well().json()["estimates"][0]["exponent"]["value"].as_f64().expect("a value")
    };
    // to the rounding of units, far below the error of 0.006
    assert!((exponent("data.csv") - exponent("other.csv")).abs() < 1e-7);
}

/// The two synthetic tables of a zero-bias anomaly, with the study that fits them.
fn with_anomalies() -> Workshop {
    let workshop = Workshop::new();
    for (name, file) in [
        ("model.toml", "zero-bias-anomaly-fit.toml"),
        ("defects.csv", "data/synthetic-zero-bias-defects.csv"),
        ("kondo.csv", "data/synthetic-zero-bias-kondo.csv"),
    ] {
        workshop.write(name, fs::read(studies().join(file)).expect("a ready study"));
    }
    workshop
}

/// Short enough for a test.
const SHORT: [&str; 6] =
    ["--set", "posterior.steps=0", "--set", "comparison.repetitions=20", "--json", "--fresh"];

/// Each table chooses the picture it was made by, with its parameters (E* = 2 K, a = 1) within three standard errors.
#[test]
fn anomalies_are_told_apart() {
    let workshop = with_anomalies();
    for (table, quantity, truth, says) in [
        ("defects.csv", "crossover", 2.0, "The data prefer defects"),
        ("kondo.csv", "share", 1.0, "The data prefer two-channel Kondo"),
    ] {
        let args: Vec<&str> = ["fit", table, "model.toml"].into_iter().chain(SHORT).collect();
        let object = workshop.run(&args).well().json();
        let number = |id: &str, what: &str| object["estimates"][0][id][what].as_f64().expect("a number");
        assert_eq!(number("weight", "value") > 0.5, quantity == "crossover");
        assert!((number("weight", "value") - 0.5).abs() > 0.49);
        let error = number(quantity, "standard_error");
        assert!((number(quantity, "value") - truth).abs() < 3.0 * error && error < 0.1 * truth, "{object}");
        assert_eq!(object["warnings"], serde_json::json!([]), "{table}");
        for name in ["bias", "temperature", "residuals", "collapse"] {
            let svg =
                fs::read_to_string(workshop.path(&format!("results/model/{name}.svg"))).expect("a figure");
            assert!(svg.starts_with("<svg") && !svg.contains("no data"), "{name}");
        }
        let page = fs::read_to_string(workshop.path("results/model/report.html")).expect("a page");
        assert!(page.contains(says) && page.contains("in 100 % of the cases and the other picture in 0 %"));
    }
    let shown = workshop.run(&["show", "results/model.zarr"]).well().stdout;
    assert!(shown.contains("two-channel Kondo: share") && shown.contains("as_adverse"), "{shown}");
}

/// At low bias and temperature the pictures differ by less than the errors, and the result says so.
#[test]
fn data_that_do_not_decide_say_so() {
    let workshop = with_anomalies();
    let window = ["--set", "data.to=2", "--set", "data.bias_to=1 mV"];
    let args: Vec<&str> = ["fit", "defects.csv", "--model", "zero-bias-anomaly"]
        .into_iter()
        .chain(window)
        .chain(SHORT)
        .collect();
    let object = workshop.run(&args).well().json();
    let warnings = object["warnings"].to_string();
    assert!(warnings.contains("the data do not decide between the pictures"), "{warnings}");
    let page = fs::read_to_string(workshop.path("results/defects/report.html")).expect("a page");
    assert!(page.contains("The data do not decide"));
}

/// Resistances in other units are the same measurements, to the rounding of units.
#[test]
fn resistances_are_the_same_anomaly() {
    let workshop = with_anomalies();
    let text = fs::read_to_string(workshop.path("defects.csv")).expect("measurements");
    let mut other = "T [mK]; bias [uV]; R [kOhm]; R_error [kOhm]\n".to_owned();
    for line in text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit())) {
        let numbers: Vec<f64> = line.split(", ").map(|c| c.parse().expect("a number")).collect();
        let &[bias, temperature, conductance, error] = numbers.as_slice() else { panic!("{line}") };
        let resistance = 25.812_807_459_304_5 / conductance;
        other.push_str(&format!(
            "{}; {}; {resistance}; {}\n",
            1e3 * temperature,
            1e3 * bias,
            resistance * error / conductance
        ));
    }
    workshop.write("other.csv", other);
    let crossover = |data: &str| {
        let args: Vec<&str> =
            ["fit", data, "model.toml", "--set", "comparison.repetitions=0", "--set", "posterior.steps=0"]
                .into_iter()
                .chain(["--json", "--no-report", "--fresh"])
                .collect();
        workshop.run(&args).well().json()["estimates"][0]["crossover"]["value"].as_f64().expect("a value")
    };
    // the search ends within 1e-4 of the standard error of 0.06
    assert!((crossover("defects.csv") - crossover("other.csv")).abs() < 1e-5);
}

#[test]
fn wrong_anomalies_give_one_error() {
    let workshop = with_anomalies();
    const HEAD: &str = "V [mV], T [K], G [e^2/h], G_error [e^2/h]\n";
    let cases: [(&str, &[&str]); 7] = [
        ("V [mV], T [K]\n1, 2\n", &["neither of the columns `conductance` and `resistance`"]),
        ("V [mV], T [K], G [S], R [Ohm]\n1, 2, 1, 1\n", &["both of the columns"]),
        ("V [mV], T [K], G [S]\n1, 2, 1\n", &["no column `conductance_error`", "data.conductance_noise"]),
        ("V [mV], V_error [mV], T [K], G [S], G_error [S]\n1, 1, 2, 1, 1\n", &["has errors of the bias"]),
        ("V [K], T [K], G [S]\n1, 2, 1\n", &["needs a unit", "mV"]),
        (&format!("{HEAD}1, 1, 3, 0.1\n1, -2, 3, 0.1\n"), &["bad.csv:3:4", "temperature = -2"]),
        (&format!("{HEAD}1, 1, 3, 0.1\n"), &["1 measured numbers are left for 3 parameters"]),
    ];
    for (text, words) in cases {
        workshop.write("bad.csv", text);
        refused(&workshop, &["fit", "bad.csv", "model.toml"], words);
    }
    let window = ["--set", "data.bias_from=3e-3", "--set", "data.bias_to=2e-3"];
    let args: Vec<&str> = ["fit", "defects.csv", "model.toml"].into_iter().chain(window).collect();
    refused(&workshop, &args, &["`data.bias_to = 2e-3` is not above data.bias_from"]);
    let none = ["fit", "defects.csv", "model.toml", "--set", "data.from=30"];
    refused(&workshop, &none, &["no measurements are left"]);
}

/// The two synthetic tables of one sample, with the study that fits them.
fn with_samples() -> Workshop {
    let workshop = Workshop::new();
    for (name, file) in [
        ("model.toml", "droplets-fit.toml"),
        ("droplets.csv", "data/synthetic-droplets.csv"),
        ("curie.csv", "data/synthetic-curie-tail.csv"),
    ] {
        workshop.write(name, fs::read(studies().join(file)).expect("a ready study"));
    }
    workshop
}

/// Each table leads to what it was made by; that of droplets gives T* = 1.000 K and 1 + F_0 = 0.12 back within three standard errors, and says how much the countings differ.
#[test]
fn one_crossover_temperature_or_a_curie_tail() {
    let workshop = with_samples();
    for (table, says, figures) in [
        ("curie.csv", "does not saturate as droplets", &["tables", "excess", "residuals"][..]),
        ("droplets.csv", "one crossover temperature T*", &["tables", "excess", "residuals", "distance"]),
    ] {
        let args: Vec<&str> = ["fit", table, "model.toml"].into_iter().chain(SHORT).collect();
        let object = workshop.run(&args).well().json();
        assert_eq!(object["warnings"], serde_json::json!([]), "{table}");
        let number = |id: &str, what: &str| object["estimates"][0][id][what].as_f64().expect("a number");
        assert!(number("curie_significance", "value") > 5.0);
        if table == "droplets.csv" {
            for (quantity, truth) in [("crossover", 1.0), ("distance", 0.12)] {
                let error = number(quantity, "standard_error");
                let off = (number(quantity, "value") - truth).abs();
                assert!(off < 3.0 * error && error < 0.05 * truth, "{quantity} {object}");
            }
            assert!(number("saturation_significance", "value") > 5.0 && number("weight", "value") > 0.5);
        } else {
            assert!(number("weight", "value") < 1e-3 && number("separation", "value") > 5.0);
            assert!(object["estimates"][0]["distance"]["value"].is_null(), "{object}");
        }
        for name in figures {
            let svg =
                fs::read_to_string(workshop.path(&format!("results/model/{name}.svg"))).expect("a figure");
            assert!(svg.starts_with("<svg") && !svg.contains("no data"), "{name}");
        }
        let page = fs::read_to_string(workshop.path("results/model/report.html")).expect("a page");
        assert!(page.contains(says) && page.contains("data like these would say"), "{says}");
    }
    let page = fs::read_to_string(workshop.path("results/model/report.html")).expect("a page");
    assert!(page.contains("(four diagrams); a prefactor of 10 in T* would change it by"));
    let shown = workshop.run(&["show", "results/model.zarr"]).well().stdout;
    assert!(shown.contains("droplets: T*") && shown.contains("chi_0 (arb. u.)"), "{shown}");
}

/// One table alone, or rates with errors that hide the saturation: the result says what cannot be told.
#[test]
fn samples_that_do_not_decide_say_so() {
    let workshop = with_samples();
    let text = fs::read_to_string(workshop.path("droplets.csv")).expect("measurements");
    let first = |columns: usize| -> String {
        let cut = |l: &str| l.split(", ").take(columns).collect::<Vec<_>>().join(", ") + "\n";
        text.lines().filter(|l| !l.starts_with('#')).map(cut).collect()
    };
    for (name, columns, says) in
        [("alone", 3, "which was not measured"), ("rough", 4, "The data do not decide")]
    {
        workshop.write(&format!("{name}.csv"), first(columns));
        let file = format!("{name}.csv");
        let args: Vec<&str> = ["fit", &file, "--model", "droplets", "--set", "data.dephasing_error=0.9"]
            .into_iter()
            .chain(SHORT)
            .collect();
        workshop.run(&args).well();
        let page = fs::read_to_string(workshop.path(&format!("results/{name}/report.html"))).expect("a page");
        assert!(page.contains(says), "{says}");
    }
}

/// Susceptibilities in another unit and rates as energies are the same sample, to the rounding of units.
#[test]
fn other_units_are_the_same_sample() {
    let workshop = with_samples();
    let text = fs::read_to_string(workshop.path("droplets.csv")).expect("measurements");
    let mut other = "chi [emu/mol]; chi_error [emu/mol]; rate [ueV]; rate_error [ueV]; T [mK]\n".to_owned();
    for line in text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit())) {
        let cells: Vec<Option<f64>> = line.split(',').map(|c| c.trim().parse().ok()).collect();
        // hbar = 6.582119569e-10 ueV s, per nanosecond
        let scaled = |k: usize, factor: f64| cells[k].map_or(String::new(), |v| (factor * v).to_string());
        let of = [(1, 1e-3), (2, 1e-3), (3, 0.658_211_956_9), (4, 0.658_211_956_9), (0, 1e3)];
        other.push_str(&of.map(|(k, factor)| scaled(k, factor)).join("; "));
        other.push('\n');
    }
    workshop.write("other.csv", other);
    let crossover = |data: &str| {
        let args: Vec<&str> = ["fit", data, "model.toml", "--no-report"].into_iter().chain(SHORT).collect();
        workshop.run(&args).well().json()["estimates"][0]["crossover"]["value"].as_f64().expect("a value")
    };
    // ten digits of hbar; the search ends within 1e-8 of the standard error
    assert!((crossover("droplets.csv") - crossover("other.csv")).abs() < 1e-8);
}

#[test]
fn wrong_samples_give_one_error() {
    let workshop = with_samples();
    const HEAD: &str = "T [K], chi [emu], chi_error [emu], rate [1/ns], rate_error [1/ns]\n";
    let cases: [(&str, &[&str]); 8] = [
        ("T [K]\n1\n", &["neither of the columns `susceptibility` and `dephasing_rate`"]),
        ("chi [emu]\n1\n", &["the column `temperature` is missing", "also be called T"]),
        ("T [K], chi [emu]\n1, 2\n", &["no column `susceptibility_error`", "data.susceptibility_error"]),
        ("T [K], rate [nm], rate_error [nm]\n1, 2, 1\n", &["needs a unit", "K, mK, 1/s, 1/ns, 1/ps"]),
        ("T [K], chi [emu], chi_error [%]\n1, 2, 1\n", &["is not in the unit of", "needed: [emu]"]),
        ("T [K], T_error [K], chi, chi_error\n1, 1, 2, 1\n", &["has errors of the temperature"]),
        (&format!("{HEAD}1, 1, 0.1, 3, 0.1\n2, 1, 0.1, -3, 0.1\n"), &["bad.csv:3:12", "dephasing_rate = -3"]),
        (&format!("{HEAD}1, 1, 0.1, , \n2, 1, 0.1, , \n"), &["2 measured susceptibilities are left for 2"]),
    ];
    for (text, words) in cases {
        workshop.write("bad.csv", text);
        refused(&workshop, &["fit", "bad.csv", "model.toml"], words);
    }
    let none = ["fit", "droplets.csv", "model.toml", "--set", "data.from=30"];
    refused(&workshop, &none, &["no measurements are left"]);
    let window = ["--set", "data.from=3", "--set", "data.to=2"];
    let args: Vec<&str> = ["fit", "droplets.csv", "model.toml"].into_iter().chain(window).collect();
    refused(&workshop, &args, &["`data.to = 2` is not above data.from"]);
    let rate = ["--model", "droplets", "--set", "metal.conductance=20"];
    let args: Vec<&str> = ["fit", "droplets.csv"].into_iter().chain(rate).collect();
    refused(&workshop, &args, &["metal.scattering_rate"]);
}

/// What holds for every wrong input: one error with a help, exit code 1, nothing written.
fn refused(workshop: &Workshop, args: &[&str], words: &[&str]) -> Ran {
    let before = workshop.tree("");
    let ran = workshop.run(args);
    assert_eq!(ran.code, Some(1), "{args:?} {ran:?}");
    let errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert!(errors == 1 && !ran.stderr.contains("panicked"), "{args:?} {ran:?}");
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is not in\n{}", ran.stderr);
    }
    assert_equal(&workshop.tree(""), &before, &format!("{args:?}"));
    ran
}

#[test]
fn wrong_measurements_give_one_error() {
    let workshop = with_example();
    const HEAD: &str = "sample, T [K], sigma [S/m], sigma_error [S/m], S [uV/K], S_error [uV/K]\n";
    let cases: [(&str, &[&str]); 12] = [
        ("", &["the file is empty"]),
        (HEAD, &["no measurements"]),
        ("T [K], sigma [S/m]\n1, 2\n", &["the column `sample` is missing"]),
        ("sample, sigma [S/m]\nA, 2\n", &["the column `temperature` is missing", "also be called T"]),
        ("sample, T\nA, 2\n", &["`T` needs a unit", "temperature [K]"]),
        ("sample, T [K], sgima [S/m]\nA, 1, 2\n", &["is not a column", "did you mean `sigma`?"]),
        ("sample, T [K], sigma [K]\nA, 1, 2\n", &["needs a unit", "S/cm"]),
        (
            "sample, T [K], sigma [S/m], S [uV/K]\nA, 1, 3, -20\n",
            &["no column `conductivity_error`", "data.conductivity_error"],
        ),
        (
            "sample, T [K], S [uV/K], S_error [uV/K]\nA, 1, 3, 1\n",
            &["has no column `conductivity`", "fit.method = \"thermopower\""],
        ),
        (
            &format!("{HEAD}A, 1, 3, 0.1, -20, 1\nA, -2, 3, 0.1, -30, 1\n"),
            &["bad.csv:3:4", "temperature = -2"],
        ),
        (&format!("{HEAD}A, 1, 3, 0.1, -20, 1\n"), &["2 measured numbers are left for 3 parameters"]),
        (
            &format!(
                "{HEAD}A, 1, 3, 0.1, -20, 1\nA, 2, 3, 0.1, -30, 1\nB, 1, 9, 0.1, 20, 1\nB, 2, 9, 0.1, 30, 1\n"
            ),
            &["has the opposite sign of the others"],
        ),
    ];
    for (text, words) in cases {
        workshop.write("bad.csv", text);
        refused(&workshop, &["fit", "bad.csv", "model.toml"], words);
    }
    refused(&workshop, &["fit", "nowhere.csv", "model.toml"], &["names nowhere.csv, which cannot be opened"]);
    refused(
        &workshop,
        &["fit", "data.csv", "model.toml", "--set", "data.from=30"],
        &["no measurements are left"],
    );
}

/// A study of another kind, ready to run, is no model: the error is about its kind, and names the kinds that are.
#[test]
fn studies_that_do_not_fit_are_no_models() {
    let workshop = with_example();
    let fits: Vec<String> =
        KINDS.iter().filter(|kind| kind.fits()).map(|kind| format!("\"{}\"", kind.name)).collect();
    for kind in KINDS.iter().filter(|kind| !kind.fits()) {
        let study = workshop.run(&["new", kind.name]).well().stdout;
        let is_kind = |line: &str| line.starts_with("kind ") || line.starts_with("kind=");
        let line = 1 + study.lines().position(is_kind).expect("a kind");
        workshop.write("study.toml", study);
        let says = [
            format!("`kind = \"{}\"` does not fit measurements, such as those in \"data.csv\"", kind.name),
            format!("study.toml:{line}:"),
            format!("allowed: {}", fits.join(" or ")),
        ];
        refused(&workshop, &["fit", "data.csv", "study.toml"], &says.each_ref().map(String::as_str));
    }
    let other = ["fit", "data.csv", "model.toml", "--set", "kind=scaling"];
    refused(&workshop, &other, &["`kind = scaling` does not fit measurements", "--set"]);
}

#[test]
fn wrong_models_give_one_error() {
    let workshop = with_example();
    let model = fs::read_to_string(workshop.path("model.toml")).expect("a model");
    const NO_FIT: &[&str] = &[
        "`kind = \"mobility-edge\"` does not fit measurements, such as those in \"data.csv\"",
        "--> model.toml:8:9",
        "allowed: \"droplets-fit\" or \"mobility-edge-fit\"",
        "`diffuson run`",
    ];
    let cases: [(&str, &str, &[&str]); 4] = [
        ("\"joint\"", "\"both\"", &["`fit.method = \"both\"` is not a choice", "model.toml:14:10"]),
        ("method =", "metod =", &["unknown key `fit.metod`", "did you mean `method`?"]),
        ("[fit]", "[data]\nfrom = 3\nto = 2\n[fit]", &["model.toml"]),
        ("\"mobility-edge-fit\"", "\"mobility-edge\"", NO_FIT),
    ];
    for (from, to, words) in cases {
        workshop.write("bad.toml", model.replacen(from, to, 1));
        refused(&workshop, &["fit", "data.csv", "bad.toml"], &[]);
        let ran = workshop.run(&["fit", "data.csv", "bad.toml"]);
        for word in words {
            let word = word.replace("model.toml", "bad.toml");
            assert!(ran.stderr.contains(&word), "{word:?} is not in\n{}", ran.stderr);
        }
    }
    refused(
        &workshop,
        &["fit", "data.csv", "model.toml", "--set", "data.from=3", "--set", "data.to=2"],
        &["`data.to = 2` is not above data.from"],
    );
    refused(&workshop, &["fit", "data.csv", "nowhere.toml"], &["nowhere.toml does not exist"]);
    for args in [&["fit", "data.csv"][..], &["fit", "data.csv", "--model", "ising"], &["fit"]] {
        assert_eq!(workshop.run(args).code, Some(2), "{args:?}");
    }
}
