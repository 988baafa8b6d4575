//! Runs and what can be done with their records.

use super::workshop::{PROGRAM, Ran, STUDY, Workshop, assert_equal};
use serde_json::Value;
use std::fs;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

#[test]
fn a_run_leaves_record_figures_and_page() {
    let workshop = Workshop::with_study();
    let ran = workshop.run(&["run", "study.toml"]).well();
    let first = "local-heat  12 x 5 sites, 2 points, 2 samples each, seed 7       recursive, ";
    assert!(ran.stdout.starts_with(first) && ran.stdout.contains(" Gflop per sample\ndone in "), "{ran:?}");
    assert!(ran.stdout.contains("results/study.zarr\n") && ran.stdout.contains("all passed"), "{ran:?}");
    assert_eq!(ran.stderr, "");
    let results = workshop.tree("results");
    let line =
        |name: &str| ran.stdout.lines().find(|line| line.starts_with(name)).expect("a line").to_owned();
    let figures = line("  figures  ");
    assert!(figures.starts_with("  figures  results/study/"), "{figures}");
    let mut drawn = 0;
    for (path, bytes) in results.iter().filter(|(path, _)| path.starts_with("study")) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let Some(bytes) = bytes else { continue };
        match name.rsplit_once('.') {
            Some((_, "svg")) => {
                assert!(bytes.starts_with(b"<svg"), "{name}");
                assert!(figures.contains(&name), "{name} is not in {figures}");
                drawn += 1;
            }
            Some((_, "png")) => assert!(bytes.starts_with(b"\x89PNG\r\n"), "{name}"),
            _ => assert_eq!(name, "report.html"),
        }
    }
    assert!(drawn >= 3, "{:?}", results.keys());
    assert_eq!(line("  report   "), "  report   results/study/report.html");
    let page = fs::read_to_string(workshop.path("results/study/report.html")).expect("a page");
    assert!(page.contains("A small strip") && page.contains("</html>"));
}

#[test]
fn json_has_the_promised_fields_and_the_numbers_of_the_record() {
    let workshop = Workshop::with_study();
    let ran = workshop.run(&["run", "study.toml", "--json"]).well();
    let object = ran.json();
    assert_eq!(object["study"], "study.toml");
    assert_eq!(object["title"], "A small strip");
    assert_eq!(object["kind"], "local-heat");
    assert_eq!(object["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(object["seed"], 7);
    assert_eq!(object["samples"], serde_json::json!([2, 2]));
    assert_eq!((&object["failed"], &object["interrupted"]), (&Value::from(0), &Value::from(false)));
    assert_eq!(object["points"][1]["probes.coupling"], 0.4);
    assert!(ran.stderr.starts_with("local-heat  12 x 5 sites"), "{ran:?}");

    let reader = diffuson_store::Reader::open(workshop.path("results/study.zarr")).expect("a record");
    let names = reader.read::<String>("quantity").expect("names").data;
    let units = reader.read::<String>("quantity_units").expect("units").data;
    let values = reader.read::<f64>("estimate").expect("values").data;
    let errors = reader.read::<f64>("estimate_error").expect("errors").data;
    let mut finite = 0;
    for (point, estimates) in object["estimates"].as_array().expect("a list").iter().enumerate() {
        assert_eq!(estimates.as_object().expect("an object").len(), names.len());
        for (q, name) in names.iter().enumerate() {
            let (estimate, at) = (&estimates[name], point * names.len() + q);
            assert_eq!(estimate["unit"], units[q].as_str());
            if values[at].is_finite() {
                finite += 1;
                assert_eq!(number(&estimate["value"]), values[at]);
                assert_eq!(estimate["standard_error"].as_f64(), errors[at].is_finite().then_some(errors[at]));
                assert_eq!(estimate["n"], 2);
            } else {
                assert!(estimate["value"].is_null() && estimate["n"] == 0, "{name}: {estimate}");
            }
        }
    }
    assert!(finite >= 10, "{object:#}");
    let audits = object["audits"].as_object().expect("an object");
    assert!(audits.len() >= 5, "{audits:?}");
    for (name, audit) in audits {
        assert_eq!(audit["passed"], true, "{name}");
        assert!(number(&audit["residual"]) <= number(&audit["allowed"]), "{name}");
        assert!(number(&audit["point"]) < 2.0 && number(&audit["sample"]) < 2.0, "{name}");
    }
    assert!(object["fits"].is_array() && object["warnings"].is_array());
    let paths = &object["paths"];
    for path in paths["figures"].as_array().expect("a list").iter().chain([&paths["store"], &paths["report"]])
    {
        assert!(workshop.path(path.as_str().expect("a path")).exists(), "{path}");
    }
}

#[test]
fn quiet_runs_print_nothing_and_no_report_draws_nothing() {
    let workshop = Workshop::with_study();
    let ran = workshop.run(&["run", "study.toml", "--quiet", "--no-report"]).well();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let entries = fs::read_dir(workshop.path("results")).expect("a folder").count();
    assert_eq!(entries, 1, "only the record");
    let object = workshop.run(&["run", "study.toml", "--json", "--no-report", "--quiet"]).well().json();
    assert!(object["paths"]["report"].is_null() && object["paths"]["figures"] == serde_json::json!([]));
}

#[test]
fn a_finished_run_computes_nothing_and_changes_no_bit() {
    let workshop = Workshop::with_study();
    workshop.run(&["run", "study.toml"]).well();
    let before = workshop.tree("results");
    let ran = workshop.run(&["run", "study.toml"]).well();
    assert!(ran.stdout.contains("nothing was left to compute. results/study.zarr"), "{ran:?}");
    assert_equal(&workshop.tree("results"), &before, "again");
}

#[test]
fn more_samples_extend_a_record_to_that_of_a_direct_run() {
    let workshop = Workshop::with_study();
    let run = |samples: &str, out: &str| {
        workshop.run(&["run", "study.toml", "--no-report", "--samples", samples, "--out", out]).well()
    };
    run("1", "extended");
    let one = workshop.tree("extended");
    let ran = run("5", "extended");
    assert!(ran.stderr.contains("continuing: 2 of 10 samples are there"), "{ran:?}");
    run("5", "direct");
    assert_equal(&workshop.tree("extended"), &workshop.tree("direct"), "1 and 5 samples");
    assert_ne!(workshop.tree("extended"), one);
    let set = workshop
        .run(&["run", "study.toml", "--no-report", "--set", "ensemble.samples=5", "--out", "set"])
        .well();
    assert_equal(&workshop.tree("set"), &workshop.tree("direct"), "--samples and --set");
    assert!(set.stdout.contains("5 samples each"), "{set:?}");
}

#[test]
fn samples_replace_a_target_error() {
    let workshop = Workshop::new();
    workshop.write(
        "study.toml",
        STUDY.replace("samples = 2", "relative_error = 0.01\nof = \"conductance\"\nmax_samples = 20"),
    );
    let ran = workshop.run(&["run", "study.toml", "--no-report", "--samples", "3"]).well();
    assert!(ran.stdout.contains("2 points, 3 samples each"), "{ran:?}");
    let ran = workshop.run(&["check", "study.toml"]).well();
    assert!(ran.stdout.contains("at most 20 samples (conductance to 1 %) each"), "{ran:?}");
    let object = workshop.run(&["run", "study.toml", "--no-report", "--json", "--fresh"]).well().json();
    assert_eq!(object["samples"], serde_json::json!([20, 20]));
}

#[test]
fn a_record_can_be_shown_plotted_and_reported_later() {
    let workshop = Workshop::with_study();
    let run = workshop.run(&["run", "study.toml", "--set", "disorder.width=2"]).well();
    let whole = workshop.tree("results");
    let shown = workshop.run(&["show", "results/study.zarr"]).well().stdout;
    for words in [
        "A small strip\n",
        "local-heat",
        "disorder.width=2",
        "probes.coupling = [0.2,0.4]",
        "2 points x 2 samples: 4 done, 0 failed, 0 missing",
        "site 60",
        "heat (point, sample, site)",
        "local reduced heat",
        "bias/t",
    ] {
        assert!(shown.contains(words), "{words:?} is not in\n{shown}");
    }
    // the table of the run is the table of the record
    let (_, table) = run.stdout.split_once("\n\n").expect("a table");
    let (table, _) = table.split_once("  figures").expect("figures");
    assert!(shown.contains(table), "{table}\nis not in\n{shown}");

    fs::remove_dir_all(workshop.path("results/study")).expect("figures");
    workshop.run(&["report", "results/study.zarr"]).well();
    assert_equal(&workshop.tree("results"), &whole, "report");
    let listed = workshop.run(&["plot", "results/study.zarr", "--out", "figures"]).well().stdout;
    let figures = workshop.tree("figures");
    assert_eq!(listed.lines().count(), figures.len(), "{listed}");
    for (path, bytes) in figures {
        assert_eq!(Some(&bytes), whole.get(&std::path::Path::new("study").join(&path)), "{path:?}");
    }
}

#[test]
fn a_violated_law_exits_with_3_and_says_where() {
    let workshop = Workshop::with_study();
    // disorder beyond all reason: transmissions are lost in rounding, and the audit finds out
    let ran = workshop.run(&["run", "study.toml", "--set", "disorder.width=1e12", "--no-report"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stdout.contains("FAILED") && ran.stdout.contains("in sample "), "{ran:?}");
    assert!(ran.stderr.contains("error: the audit failed: "), "{ran:?}");
    let ran = workshop.run(&["run", "study.toml", "--set", "disorder.width=1e12", "--no-report", "--json"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let object = ran.json();
    let audits = object["audits"].as_object().expect("an object");
    assert!(audits.values().any(|audit| audit["passed"] == false), "{object:#}");
    assert!(ran.stderr.contains("error: the audit failed: "), "{ran:?}");
}

#[test]
fn failed_samples_exit_with_4_and_keep_their_reasons() {
    let workshop = Workshop::with_study();
    // no current flows at all
    let args = ["run", "study.toml", "--set", "disorder.width=1e160"];
    let ran = workshop.run(&args);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.stderr.contains("error: 4 of 4 samples failed; they are left out of the results"), "{ran:?}");
    assert!(workshop.path("results/study/report.html").exists());
    let shown = workshop.run(&["show", "results/study.zarr"]).well().stdout;
    assert!(shown.contains("0 done, 4 failed, 0 missing") && shown.contains("no current flows"), "{shown}");
    let again = workshop.run(&[&args[..], &["--json"]].concat());
    assert_eq!((again.code, &again.json()["failed"]), (Some(4), &Value::from(4)));
    let check = workshop.run(&["check", "study.toml", "--set", "disorder.width=1e160"]);
    assert_eq!(check.code, Some(4), "{check:?}");
    assert!(check.stderr.contains("the first sample of point 0 fails: no current flows"), "{check:?}");
}

#[test]
fn check_predicts_and_writes_nothing() {
    let workshop = Workshop::with_study();
    let ran = workshop.run(&["check", "study.toml", "--threads", "2"]).well();
    for words in [
        "12 x 5",
        "recursive",
        "0 to 1",
        "times faster than",
        "measured: one sample of point 0 took",
        "on 2 threads",
    ] {
        assert!(ran.stdout.contains(words), "{words:?} is not in\n{}", ran.stdout);
    }
    let object = workshop.run(&["check", "study.toml", "--json", "--threads", "1"]).well().json();
    assert_eq!((&object["samples"], &object["measured"]), (&Value::from(2), &Value::from(true)));
    let points = object["points"].as_array().expect("a list");
    assert_eq!((points.len(), &points[0]["system"]), (2, &Value::from("12 x 5 sites")));
    let operations: f64 = points.iter().map(|p| number(&p["operations"])).sum();
    let seconds = 2.0 * operations / number(&object["operations_per_second"]);
    assert!((number(&object["seconds"]) / seconds - 1.0).abs() < 1e-12, "{object:#}");
    let stored: f64 = points.iter().map(|p| number(&p["stored_bytes"])).sum();
    assert_eq!(number(&object["disk_bytes"]), 2.0 * stored);
    let why = points[0]["reason"].as_str().expect("words");
    assert!(why.contains("times faster than"), "{why}");
    // a route that is asked for is taken
    for route in ["recursive", "sweep", "nested-dissection", "dense"] {
        let set = format!("solver.route=\"{route}\"");
        let object = workshop.run(&["check", "study.toml", "--json", "--set", &set]).well().json();
        let point = &object["points"][1];
        assert_eq!((&point["method"], &point["reason"]), (&Value::from(route), &Value::from("asked for")));
        assert!(number(&point["operations"]) > 0.0 && number(&point["memory_bytes"]) > 0.0, "{point}");
    }
    // a sample that would take long is not tried
    let large =
        ["--set", "conductor.length=300", "--set", "temperature.kT=0.01", "--set", "conductor.width=20"];
    let ran = workshop.run(&[&["check", "study.toml", "--json"], &large[..]].concat()).well();
    assert_eq!(ran.json()["measured"], false);
    let ran = workshop.run(&[&["check", "study.toml"], &large[..]].concat()).well();
    assert!(ran.stdout.contains("10 Gflop/s per thread (assumed: "), "{ran:?}");
    assert_eq!(workshop.tree("").len(), 1, "nothing was written");
}

/// What columns of few probes cost is small beside all transmissions; the heats do not depend on the route.
#[test]
fn few_probes_go_by_nested_dissection() {
    let workshop = Workshop::with_study();
    let few = [
        "--set",
        "conductor.length=60",
        "--set",
        "conductor.width=20",
        "--set",
        "probes.sites=[100, 500, 900]",
    ];
    let checked = workshop.run(&[&["check", "study.toml", "--json"], &few[..]].concat()).well().json();
    assert_eq!(checked["points"][0]["method"], "nested-dissection");
    let run = |route: &str| {
        let set = format!("solver.route={route:?}");
        let args =
            [&["run", "study.toml", "--no-report", "--json", "--fresh", "--set", &set], &few[..]].concat();
        workshop.run(&args).well().json()
    };
    let [sparse, recursive] = ["auto", "recursive"].map(run);
    assert!(sparse["audits"]["backward error"]["passed"] == true, "{sparse:#}");
    assert!(recursive["audits"]["backward error"].is_null(), "{recursive:#}");
    let conductance = |object: &Value| number(&object["estimates"][0]["conductance"]["value"]);
    let (a, b) = (conductance(&sparse), conductance(&recursive));
    // potentials are found to a residual of 1e-12
    assert!((a - b).abs() < 1e-9 * b, "{a} and {b}");
}

/// The plan says so, the audit measures what it costs, and estimates are the same to that; a route that does not know it is refused.
#[test]
fn single_precision() {
    let workshop = Workshop::with_study();
    let single = ["--set", "solver.precision=\"single\""];
    let ran = workshop.run(&[&["check", "study.toml"], &single[..]].concat()).well();
    assert!(ran.stdout.contains("recursive, single precision"), "{ran:?}");
    let run = |set: &[&str]| {
        let args = [&["run", "study.toml", "--no-report", "--json", "--fresh"], set].concat();
        workshop.run(&args).well().json()
    };
    let [double, single] = [&[][..], &single].map(run);
    let law = |object: &Value| object["audits"]["single precision"].clone();
    assert!(law(&double).is_null() && law(&single)["passed"] == true, "{single:#}");
    let conductance = |object: &Value| number(&object["estimates"][0]["conductance"]["value"]);
    let (a, b) = (conductance(&single), conductance(&double));
    // ten times the largest error of potentials stated
    assert!((a - b).abs() < 1e-4 * b && a != b, "{a} and {b}");
    let sweep = ["--set", "solver.precision=\"single\"", "--set", "solver.route=\"sweep\""];
    let ran = workshop.run(&[&["check", "study.toml"], &sweep[..]].concat());
    assert!(ran.code == Some(1) && ran.stderr.contains("solver.precision"), "{ran:?}");
}

#[test]
fn progress_on_a_terminal_is_a_bar() {
    let workshop = Workshop::new();
    workshop.write("study.toml", STUDY.replace("samples = 2", "samples = 40"));
    let line = format!("{PROGRAM} run study.toml --no-report");
    let ran: Ran = match workshop.command("script", &["-qec", &line, "/dev/null"]).output() {
        Ok(output) => output.into(),
        Err(_) => return super::workshop::skipped("script is not installed"),
    };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains("/80 samples") && ran.stdout.contains("[=") && ran.stdout.contains(" left"),
        "{ran:?}"
    );
}

/// Every kind of study comes with figures, a page, a table and JSON; `show` reads them back.
#[test]
fn every_kind_of_study_is_drawn_and_told() {
    let edge = r#"kind = "mobility-edge"
[temperature]
points = 20
[sweep]
"edge.exponent" = [0.5, 1.57]
"#;
    let scaling = r#"kind = "scaling"
[measure]
slices = 4000
[fit]
irrelevant = 0
[sweep]
"lattice.size"   = [4, 5, 6]
"disorder.width" = [14.0, 16.5, 19.0]
[ensemble]
samples = 2
"#;
    let curve = r#"kind = "scaling"
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
    let kinds: [(&str, &str, &[&str], &[&str]); 3] = [
        (
            "edge",
            edge,
            &["conductivity", "thermopower", "heat"],
            &["exponent x", "plateau S [uV/K]", "closed form"],
        ),
        ("scaling", scaling, &["crossing"], &["Gamma", "orthonormalisation", "size"]),
        (
            "curve",
            curve,
            &["trajectory", "crossing", "collapse"],
            &["critical disorder W_c, E = 6 t, joint", "exponent nu, joint", "E = 9 t"],
        ),
    ];
    for (name, text, figures, words) in kinds {
        let workshop = Workshop::new();
        workshop.write(&format!("{name}.toml"), text);
        let study = format!("{name}.toml");
        let ran = workshop.run(&["run", &study, "--out", "out", "--threads", "2"]).well();
        let shown = workshop.run(&["show", &format!("out/{name}.zarr")]).well();
        for word in words {
            assert!(ran.stdout.contains(word), "{word:?} is not in\n{}", ran.stdout);
            assert!(shown.stdout.contains(word), "{word:?} is not in\n{}", shown.stdout);
        }
        let files = workshop.tree("out");
        for figure in figures {
            for ending in ["svg", "png"] {
                let file = format!("{name}/{figure}.{ending}");
                assert!(files.keys().any(|path| path.ends_with(&file)), "{file} is not there");
            }
        }
        assert!(files.keys().any(|path| path.ends_with(format!("{name}/report.html"))));
        let object = workshop.run(&["run", &study, "--out", "out", "--json", "--no-report"]).well().json();
        assert!(object["audits"].as_object().is_some_and(|a| !a.is_empty()), "{object:#}");
        assert!(
            object["estimates"]
                .as_array()
                .is_some_and(|e| e.len() == object["points"].as_array().unwrap().len())
        );
    }
}

#[test]
fn a_thermoelectric_study_is_computed_and_drawn() {
    let workshop = Workshop::with_study();
    let study = r#"
        kind = "thermoelectric"
        conductor = { length = 4, width = 2 }
        disorder = { kind = "box", width = 1.0 }
        temperature = { from = 0.02, to = 0.05, points = 3 }
        sweep."conductor.energy" = [-2.2, -1.9, -1.6]
        ensemble.samples = 3
    "#;
    fs::write(workshop.path("wire.toml"), study).expect("a study");
    let ran = workshop.run(&["run", "wire.toml"]).well();
    assert!(ran.stdout.contains("all passed") && ran.stdout.contains("3 points, 3 samples each"), "{ran:?}");
    for name in ["temperature", "gate", "samples"] {
        let figure = fs::read_to_string(workshop.path(&format!("results/wire/{name}.svg"))).expect(name);
        assert!(!figure.contains("no data"), "{name}");
    }
    let page = fs::read_to_string(workshop.path("results/wire/report.html")).expect("a page");
    assert!(page.contains("formula of Mott"));
}

#[test]
fn a_study_of_noise_is_computed_and_drawn() {
    let workshop = Workshop::with_study();
    let figures = |study: &str, names: &[&str]| {
        fs::write(workshop.path("noise.toml"), study).expect("a study");
        let ran = workshop.run(&["run", "noise.toml", "--fresh"]).well();
        assert!(ran.stdout.contains("all passed"), "{ran:?}");
        for name in names {
            let figure = fs::read_to_string(workshop.path(&format!("results/noise/{name}.svg"))).expect(name);
            assert!(!figure.contains("no data"), "{name}");
        }
        fs::read_to_string(workshop.path("results/noise/report.html")).expect("a page")
    };
    let wire = r#"
        kind = "noise"
        conductor = { length = 8, width = 4, energy = -1.3 }
        disorder = { kind = "box", width = 1.0 }
        bias.scattering = "constant"
        temperature.kT = 0.01
        sweep."bias.voltage" = [0.0, 0.02, 0.04]
        ensemble.samples = 3
    "#;
    assert!(figures(wire, &["fano", "noise", "eigenvalues"]).contains("Fano factor"));
    let splitter = r#"
        kind = "noise"
        conductor = { shape = "splitter", length = 6, width = 6, energy = -2.3 }
        disorder.kind = "box"
        openings.first = 3
        sweep."disorder.width" = [0.5, 1.0]
        ensemble.samples = 3
    "#;
    assert!(figures(splitter, &["fano", "correlations"]).contains("3 leads"));
}
