//! A synthetic record that goes through a real store is drawn like the one in memory.

mod synthetic;

use diffuson_report::{Data, Record, figures, page, summary};
use diffuson_store::{ArraySpec, Kind, Layout, Outcome, Provenance, Reader, Record as Plan, Values, Writer};
use serde_json::Value;
use synthetic::{Options, record};

/// Writes `record` the way a run does; with `results`, also what is computed at the end.
fn store(record: &Record, results: bool, path: &std::path::Path) -> Writer {
    let [points, samples] = [0, 1].map(|i| record.arrays["status"].shape[i]);
    let text = |name: &str| record.text_attribute(name).to_owned();
    let Value::Object(settings) = record.attributes["settings"].clone() else { panic!("settings") };
    let provenance = Provenance {
        title: text("title"),
        kind: text("kind"),
        study: text("study"),
        version: text("version"),
        seed: 1992,
        overrides: vec![],
        shard: None,
        settings,
        free: vec![],
    };
    let own = ["point", "sample", "status", "failure"];
    let at_end =
        |name: &str| ["estimate", "quantity", "fit", "corr", "radius"].iter().any(|p| name.starts_with(p));
    let layout = |late: bool| {
        let chosen =
            record.arrays.iter().filter(|(name, _)| !own.contains(&name.as_str()) && at_end(name) == late);
        let mut layout = Layout::default();
        for (name, array) in chosen {
            let kind = if matches!(array.data, Data::Text(_)) { Kind::Text } else { Kind::Float };
            let dims: Vec<&str> = array.dims.iter().map(String::as_str).collect();
            let mut spec = ArraySpec::new(name, kind, &dims, array.text_attribute("units"), "synthetic");
            for key in ["key", "swept"] {
                if let Some(value) = array.attributes.get(key) {
                    spec = spec.with(key, value.clone());
                }
            }
            layout.arrays.push(spec);
            for (dim, size) in array.dims.iter().zip(&array.shape) {
                if !["point", "sample"].contains(&dim.as_str()) && !layout.dims.iter().any(|(d, _)| d == dim)
                {
                    layout.dims.push((dim.clone(), *size));
                }
            }
        }
        layout
    };
    let early = layout(false);
    let plan = Plan { provenance, points, samples, layout: early.clone() };
    let mut writer = Writer::create_or_resume(path, &plan, false).expect("a writer");
    let whole = |writer: &mut Writer, layout: &Layout| {
        for spec in layout.arrays.iter().filter(|spec| !spec.is_per_sample()) {
            match &record.arrays[&spec.name].data {
                Data::Real(values) => writer.write(&spec.name, values).expect("written"),
                Data::Text(values) => writer.write(&spec.name, values).expect("written"),
            }
        }
    };
    whole(&mut writer, &early);
    let status = record.arrays["status"].reals().expect("numbers");
    let reasons = record.arrays["failure"].texts().expect("text");
    for point in 0..points {
        let outcomes: Vec<(usize, Outcome)> = (0..samples)
            .map(|s| {
                let i = point * samples + s;
                (s, if status[i] == 2.0 { Outcome::Failed(reasons[i].clone()) } else { Outcome::Done })
            })
            .collect();
        let values: Vec<(&str, Values)> = early
            .arrays
            .iter()
            .filter(|spec| spec.is_per_sample())
            .map(|spec| {
                let data = record.arrays[&spec.name].reals().expect("numbers");
                let width = data.len() / points;
                (spec.name.as_str(), Values::from(&data[point * width..(point + 1) * width]))
            })
            .collect();
        writer.save(point, &outcomes, &values).expect("saved");
    }
    if results {
        let late = layout(true);
        writer.declare_results(&late).expect("declared");
        whole(&mut writer, &late);
    }
    writer
}

#[test]
fn stored_and_remembered_records_are_drawn_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("synthetic.zarr");
    let memory = record(&Options { samples: 4, ..Options::default() });
    store(&memory, true, &path);
    let stored = Record::load(&Reader::open(&path).expect("a reader")).expect("a record");
    assert_eq!(summary(&stored).expect("a table"), summary(&memory).expect("a table"));
    let outline = Record::outline(&Reader::open(&path).expect("a reader")).expect("a record");
    assert_eq!(summary(&outline).expect("a table"), summary(&memory).expect("a table"));
    for (a, b) in figures(&stored).expect("figures").iter().zip(&figures(&memory).expect("figures")) {
        assert_eq!(a.svg, b.svg, "{}", a.name);
    }
    assert!(page(&stored).expect("a page").contains("0.003 t from a lead threshold"));
}

#[test]
fn an_unfinished_store_is_drawn_as_far_as_it_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("unfinished.zarr");
    store(&record(&Options { samples: 2, failed: vec![], ..Options::default() }), false, &path);
    let stored = Record::load(&Reader::open(&path).expect("a reader")).expect("a record");
    assert!(stored.array("estimate").is_none());
    let drawn = figures(&stored).expect("figures");
    assert!(drawn[0].svg.contains("<image"), "the map is there");
    assert!(page(&stored).expect("a page").contains("they are written when a run ends"));
}

#[test]
fn of_many_samples_only_the_first_are_loaded_and_figures_say_so() {
    const SAMPLES: usize = 4_000_000;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.zarr");
    let memory = record(&Options { samples: 4, ..Options::default() });
    let mut writer = store(&memory, false, &path);
    writer.grow(SAMPLES).expect("room");
    let reader = Reader::open(&path).expect("a reader");
    let stored = Record::load(&reader).expect("a record");
    let held = stored.array("heat").expect("an array").shape[1];
    assert!(held > 4 && stored.samples == SAMPLES);
    let values = stored.arrays.values().filter(|array| array.dims.len() > 1 && array.dims[1] == "sample");
    let bytes: usize = values.map(|array| 8 * array.shape.iter().product::<usize>()).sum();
    // what all of them may take together
    assert!(bytes <= 1 << 28, "{bytes}");
    let text = summary(&Record::outline(&reader).expect("a record")).expect("a table");
    assert!(text.contains("audit    known when the run has ended"), "{text}");
    assert!(text.contains(&format!("1 of {} samples failed", 12 * SAMPLES)), "{text}");
    assert!(text.contains("sample 2 of point 3 (Γ = 0.1 t, W = 2 t): energy"), "{text}");
    let drawn = page(&stored).expect("a page");
    assert!(drawn.contains("The audit is known when the run has ended."));
    assert!(drawn.contains("The record holds 47 finished samples at 12 points"));
}
