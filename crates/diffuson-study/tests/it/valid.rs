//! Good studies and what they resolve to.

use diffuson::scattering::Precision;
use diffuson_study::settings::Settings;
use diffuson_study::settings::{conductor::*, ensemble::*, local_heat::*};
use diffuson_study::{Point, Study};
use serde_json::json;

use super::{STUDY, parse};

fn study(text: &str) -> Study {
    parse(text, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn local_heat(point: &Point) -> &LocalHeat {
    let Settings::LocalHeat(settings) = &point.settings else { panic!("another kind") };
    settings
}

fn with(from: &str, to: &str) -> String {
    assert!(STUDY.contains(from), "{from}");
    STUDY.replace(from, to)
}

#[test]
fn a_study_resolves_to_typed_settings() {
    let study = study(STUDY);
    assert_eq!(study.kind().name, "local-heat");
    assert_eq!(study.title(), "Local Peltier heat in a dirty strip");
    assert_eq!(study.source().text, STUDY);
    let first = local_heat(&study.points()[0]);
    assert_eq!(
        first.conductor,
        ConductorSettings {
            lattice: LatticeName::Square,
            length: 6,
            width: 4,
            height: 1,
            periodic: true,
            energy: -1.3,
            flux: 0.0,
            hopping_ev: None,
            lattice_constant_nm: None,
        }
    );
    assert_eq!(first.disorder, DisorderSettings::Box { width: 2.0 });
    assert_eq!(first.leads, LeadSettings::Strip);
    assert_eq!(
        first.probes,
        ProbeSettings {
            model: ProbeModel::WideBand { coupling: PerSite::Uniform(0.1) },
            sites: None,
            measure_temperature: false,
        }
    );
    assert_eq!((first.temperature, first.voltage), (None, None));
    assert_eq!(
        first.solver,
        SolverSettings { route: Route::Auto, precision: Precision::Double, tolerance: 1e-12 }
    );
    assert_eq!(first.observables.averaging_box, 1.0);
    assert_eq!(first.observables.margin, 3.0);
    assert!(first.observables.cells.is_empty());
    assert_eq!(first.ensemble, EnsembleSettings { stop: Stop::Samples(40), seed: 1992 });
}

#[test]
fn a_sweep_is_a_product_in_the_order_of_the_file() {
    let text = with(
        "\"disorder.width\" = [2.0, 3.0]",
        "\"disorder.width\" = [2.0, 3]\n\"conductor.boundary\" = [\"hard-wall\", \"periodic\"]\n\"probes.coupling\" = [0.2]",
    );
    let study = study(&text);
    let seen: Vec<_> = study
        .points()
        .iter()
        .map(|p| p.swept.iter().map(|s| (s.key.path, s.value.clone())).collect::<Vec<_>>())
        .collect();
    let expected: Vec<_> = [(2.0, "hard-wall"), (2.0, "periodic"), (3.0, "hard-wall"), (3.0, "periodic")]
        .map(|(w, b)| {
            vec![
                ("disorder.width", json!(w)),
                ("conductor.boundary", json!(b)),
                ("probes.coupling", json!(0.2)),
            ]
        })
        .into();
    assert_eq!(seen, expected);
    assert_eq!(study.points()[3].index, 3);
    assert_eq!(
        study.swept_keys().map(|k| k.path).collect::<Vec<_>>(),
        ["disorder.width", "conductor.boundary", "probes.coupling"]
    );
    let last = local_heat(&study.points()[3]);
    assert_eq!(last.disorder, DisorderSettings::Box { width: 3.0 });
    // the sweep wins over the section
    assert_eq!(last.probes.model, ProbeModel::WideBand { coupling: PerSite::Uniform(0.2) });
}

#[test]
fn settings_list_every_key_in_the_order_of_the_table() {
    let settings = study(&with("seed    = 1992", "")).settings();
    assert_eq!(settings["conductor"]["energy"], json!(-1.3));
    assert_eq!(settings["conductor"]["height"], json!(null));
    assert_eq!(settings["conductor"]["hopping"], json!(null));
    assert_eq!(settings["ensemble"]["seed"], json!(1992));
    assert_eq!(settings["ensemble"]["of"], json!(null));
    assert_eq!(settings["sweep"], json!({ "disorder.width": [2.0, 3.0] }));
    assert!(settings["disorder"].get("width").is_none(), "a swept key appears in the sweep only");
    let sections: Vec<_> = settings.as_object().unwrap().keys().cloned().collect();
    let expected = [
        "title",
        "kind",
        "conductor",
        "disorder",
        "leads",
        "probes",
        "temperature",
        "bias",
        "solver",
        "observables",
        "ensemble",
        "sweep",
    ];
    assert_eq!(sections, expected);
    for section in expected {
        for key in study(STUDY).kind().keys_of(section) {
            assert!(
                key.path == "disorder.width" || settings[section].get(key.name()).is_some(),
                "{}",
                key.path
            );
        }
    }
}

#[test]
fn settings_do_not_depend_on_the_way_of_writing() {
    let reordered = r#"
        probes = { coupling = 1e-1, measure = ["voltage"] }
        kind = 'local-heat'
        title = "Local Peltier heat in a dirty strip"
        ensemble.seed = 1_992
        [sweep]
        "disorder.width" = [2, 3.0]
        [disorder]
        kind = "box"
        [conductor]
        boundary = "periodic"
        energy = -1.30
        width = 0x4
        length = 6
    "#;
    assert_eq!(study(reordered).settings().to_string(), study(STUDY).settings().to_string());
}

#[test]
fn units_are_converted_where_a_scale_is_given() {
    // the hopping stands below the energy that uses it
    let text = with(
        "energy   = -1.3",
        "energy = \"-65 meV\"\nhopping = \"50 meV\"\nlattice_constant = \"5 angstrom\"",
    ) + "[temperature]\nkT = \"300 mK\"\n[bias]\nvoltage = \"1 mV\"\n";
    let study = study(&text);
    let s = local_heat(&study.points()[0]);
    assert!((s.conductor.energy + 1.3).abs() < 1e-15);
    assert_eq!(s.conductor.hopping_ev, Some(0.05));
    assert_eq!(s.conductor.lattice_constant_nm, Some(0.5));
    // k_B/e = 8.617333262e-5 eV/K (CODATA 2022)
    assert!((s.temperature.unwrap() / (0.3 * 8.617_333_262e-5 / 0.05) - 1.0).abs() < 1e-9);
    assert_eq!(s.voltage, Some(0.02));
    assert_eq!(study.settings()["conductor"]["hopping"], json!(0.05));
    assert_eq!(local_heat(&self::study(&with("-1.3", "\"-1.3 t\"")).points()[0]).conductor.energy, -1.3);
}

#[test]
fn a_sweep_over_a_kind_takes_the_keys_of_each() {
    let text = with(
        "\"disorder.width\" = [2.0, 3.0]",
        "\"disorder.kind\" = [\"none\", \"gaussian\", \"box\"]\n\"leads.kind\" = [\"strip\", \"wide-band\"]",
    )
    .replace("width = 2.5", "width = 2.5\ndeviation = \"0.7 t\"")
        + "[leads]\ncoupling = 2\n";
    let study = study(&text);
    let seen: Vec<_> =
        study.points().iter().map(|p| (local_heat(p).disorder.clone(), local_heat(p).leads)).collect();
    let wide = LeadSettings::WideBand { coupling: 2.0 };
    let mut expected = Vec::new();
    for disorder in [
        DisorderSettings::Clean,
        DisorderSettings::Gaussian { deviation: 0.7 },
        DisorderSettings::Box { width: 2.5 },
    ] {
        expected.push((disorder.clone(), LeadSettings::Strip));
        expected.push((disorder, wide));
    }
    assert_eq!(seen, expected);
}

#[test]
fn probes_may_be_chains_of_given_strength_on_given_sites() {
    let list = (0..24).map(|i| format!("0.{i:02}")).collect::<Vec<_>>().join(", ");
    let probes = format!("kind = \"chain\"\namplitude = [{list}]\ncentre = \"energy\"\nsites = [3, 0, 7]");
    let text = with("kind     = \"wide-band\"\ncoupling = 0.1", &probes)
        .replace("[\"voltage\"]", "[\"temperature\", \"voltage\"]");
    let study = study(&text);
    let s = local_heat(&study.points()[0]);
    let ProbeModel::Chain { amplitude, hopping, centre } = &s.probes.model else { panic!("{s:?}") };
    assert_eq!((amplitude.at(7), amplitude.at(24), *hopping, *centre), (0.07, 0.0, 1.0, -1.3));
    assert_eq!(s.probes.sites.as_deref(), Some(&[3, 0, 7][..]));
    assert!(s.probes.measure_temperature);
    assert_eq!(study.settings()["probes"]["centre"], json!("energy"));
    assert_eq!(study.settings()["probes"]["measure"], json!(["voltage", "temperature"]));
}

#[test]
fn on_site_energies_come_from_a_list_or_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let numbers: Vec<f64> = (0..24).map(|i| f64::from(i) / 8.0 - 1.0).collect();
    let lines: String = numbers.iter().map(|x| format!("{x}\n")).collect();
    std::fs::write(folder.path().join("eps.csv"), lines).unwrap();
    let sweepless = STUDY.replace("\"disorder.width\" = [2.0, 3.0]", "");
    let from_file =
        sweepless.replace("kind  = \"box\"\nwidth = 2.5", "kind = \"values\"\nfile = \"eps.csv\"");
    let path = folder.path().join("study.toml");
    std::fs::write(&path, from_file).unwrap();
    let read = Study::read(&path, &[]).unwrap();
    assert_eq!(local_heat(&read.points()[0]).disorder, DisorderSettings::Values(numbers.clone().into()));
    assert_eq!(read.settings()["disorder"]["file"], json!({ "name": "eps.csv", "values": numbers }));
    let listed = sweepless
        .replace("kind  = \"box\"\nwidth = 2.5", &format!("kind = \"values\"\nvalues = {numbers:?}"));
    assert_eq!(local_heat(&study(&listed).points()[0]).disorder, DisorderSettings::Values(numbers.into()));
}

#[test]
fn an_ensemble_may_stop_at_an_error() {
    let ensemble = |text: &str| local_heat(&study(&with("samples = 40", text)).points()[0]).ensemble.stop;
    assert_eq!(ensemble(""), Stop::Samples(40));
    let stop = Stop::RelativeError { of: "heat_rms_box", target: 0.02, max_samples: 1000 };
    assert_eq!(ensemble("relative_error = 0.02"), stop);
    let stop = Stop::RelativeError { of: "conductance", target: 0.1, max_samples: 7 };
    assert_eq!(ensemble("relative_error = 0.1\nof = \"conductance\"\nmax_samples = 7"), stop);
}

#[test]
fn overrides_replace_what_the_file_says() {
    let at = |overrides: &[&str]| parse(STUDY, overrides).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(local_heat(&at(&["conductor.energy=-1"]).points()[0]).conductor.energy, -1.0);
    assert_eq!(at(&["conductor.energy=-1"]).overrides(), ["conductor.energy=-1"]);
    assert!(local_heat(&at(&["conductor.boundary = hard-wall"]).points()[0]).conductor.length == 6);
    assert_eq!(at(&["ensemble.seed=1", "ensemble.seed=2"]).settings()["ensemble"]["seed"], json!(2));
    // an override of a swept key ends its sweep; a sweep can be set too
    assert_eq!(at(&["disorder.width=1"]).points().len(), 1);
    assert_eq!(at(&["sweep.disorder.width=[1, 2, 3]"]).points().len(), 3);
    assert_eq!(at(&["sweep.\"probes.coupling\"=[1, 2, 3]"]).points().len(), 6);
    // what loses its meaning by an override goes
    let clean = at(&["disorder.kind=none"]);
    assert_eq!(clean.points().len(), 1);
    assert_eq!(local_heat(&clean.points()[0]).disorder, DisorderSettings::Clean);
    let stop = local_heat(&at(&["ensemble.relative_error=0.1"]).points()[0]).ensemble.stop;
    assert!(matches!(stop, Stop::RelativeError { target: 0.1, .. }), "{stop:?}");
    let to_an_error = with("samples = 40", "relative_error = 0.1\nmax_samples = 50");
    let back = parse(&to_an_error, &["ensemble.samples=3"]).unwrap();
    assert_eq!(local_heat(&back.points()[0]).ensemble.stop, Stop::Samples(3));
    // a broken value in the file does not matter if it is replaced
    assert!(parse(&with("-1.3", "nan"), &["conductor.energy=-1"]).is_ok());
}

#[test]
fn later_checks_can_point_at_a_value() {
    let text = with("\"disorder.width\" = [2.0, 3.0]", "\"conductor.energy\" = [-1.3, -3.0]");
    let study = study(&text);
    let at = |point, key| study.diagnostic(point, key, "m".into(), "l".into(), "h".into());
    // a swept key: the element of this point
    let energy = at(1, "conductor.energy");
    assert_eq!((energy.value(), energy.line()), ("-3.0", 21));
    assert_eq!(study.span_of("conductor.energy").unwrap().text(), "[-1.3, -3.0]");
    // a given key: its value; a default: the header of its section; else the kind
    assert_eq!((at(1, "conductor.length").value(), at(1, "conductor.length").line()), ("6", 6));
    assert_eq!((at(0, "conductor.flux").value(), at(0, "conductor.flux").line()), ("[conductor]", 4));
    assert_eq!((at(0, "solver.route").value(), at(0, "solver.route").line()), ("\"local-heat\"", 2));
    assert!(study.span_of("solver.route").is_none());
    assert_eq!(energy.to_string(), "m\n  --> study.toml:21:29: l\n  = help: h");
}

/// Single precision is the recursion's: it takes half the memory for what is stored.
#[test]
fn single_precision_can_be_asked_for() {
    let cost = |solver: &str| {
        let study = study(&format!("{STUDY}\n[solver]\nroute = \"recursive\"\n{solver}"));
        (
            local_heat(&study.points()[0]).solver.precision,
            diffuson_study::run::costs(&study).unwrap().remove(0),
        )
    };
    let [(double, all), (single, half)] = ["", "precision = \"single\"\n"].map(cost);
    assert_eq!([double, single], [Precision::Double, Precision::Single]);
    let told = |cost: &diffuson_study::Cost| (cost.method.clone(), cost.reason.clone());
    let words = |method: &str, reason: &str| (method.to_owned(), reason.to_owned());
    assert_eq!(told(&all), words("recursive", "asked for"));
    assert_eq!(told(&half), words("recursive, single precision", "asked for"));
    assert!(half.memory < all.memory && half.memory > 0.5 * all.memory, "{} {}", half.memory, all.memory);
    let automatic = study(&format!("{STUDY}\n[solver]\nprecision = \"single\"\n"));
    let cost = diffuson_study::run::costs(&automatic).unwrap().remove(0);
    assert_eq!(told(&cost), words("recursive, single precision", "the only one that answers"));
}

#[test]
fn every_route_can_be_asked_for() {
    for (name, route) in [
        ("auto", Route::Auto),
        ("recursive", Route::Recursive),
        ("sweep", Route::Sweep),
        ("nested-dissection", Route::NestedDissection),
        ("dense", Route::Dense),
    ] {
        let study = study(&format!("{STUDY}\n[solver]\nroute = \"{name}\"\n"));
        assert_eq!(local_heat(&study.points()[0]).solver.route, route);
        let cost = diffuson_study::run::costs(&study).unwrap().remove(0);
        if route == Route::Auto {
            assert!(cost.reason.contains(" times faster than "), "{cost:?}");
        } else {
            assert_eq!((cost.method.as_str(), cost.reason.as_str()), (name, "asked for"));
        }
        assert!(cost.operations > 0.0 && cost.memory > 0.0, "{cost:?}");
    }
}
