//! Records too large to be read: what `show` says of them, and how soon.

use super::workshop::{STUDY, Workshop};
use diffuson_store::{ArraySpec, Kind, Layout, Outcome, Provenance, Record, Writer};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn show_reads_no_sample_of_a_run_that_has_ended() {
    let workshop = Workshop::with_study();
    workshop.run(&["run", "study.toml", "--no-report"]).well();
    let before = workshop.run(&["show", "results/study.zarr"]).well();
    assert!(before.stdout.contains("4 done, 0 failed, 0 missing"), "{before:?}");
    assert!(before.stdout.contains("all passed"), "{before:?}");
    let root = fs::read_to_string(workshop.path("results/study.zarr/zarr.json")).expect("metadata");
    let root: Value = serde_json::from_str(&root).expect("JSON");
    let arrays = root["consolidated_metadata"]["metadata"].as_object().expect("arrays");
    let mut spoiled = 0;
    for (name, array) in arrays {
        let dims = array["dimension_names"].as_array().expect("dimensions");
        if dims.iter().any(|dim| dim == "sample") {
            let files = workshop.path("results/study.zarr").join(name).join("c");
            fs::remove_dir_all(&files).expect("a folder");
            fs::write(&files, "nothing to be read").expect("writable");
            spoiled += 1;
        }
    }
    assert!(spoiled > 10, "{spoiled} arrays have samples");
    let after = workshop.run(&["show", "results/study.zarr"]).well();
    assert_eq!(before.stdout, after.stdout);
}

const SITES: usize = 1200;
const SHARD: usize = 1024;
const LAWS: [&str; 2] = ["charge", "heat"];

/// A record with one full shard of every array.
fn one_shard(path: &Path) -> Writer {
    let number = |name: &str, dims: &[&str]| ArraySpec::new(name, Kind::Float, dims, "1", name);
    let layout = Layout {
        dims: vec![("site".to_owned(), SITES), ("audit".to_owned(), LAWS.len())],
        arrays: vec![
            ArraySpec::new("audit", Kind::Text, &["audit"], "1", "law of the audit"),
            number("heat", &["point", "sample", "site"]),
            number("conductance", &["point", "sample"]),
            number("audit_residual", &["point", "sample", "audit"]),
            number("audit_allowed", &["point", "sample", "audit"]),
        ],
    };
    let provenance = Provenance {
        title: "A record of 100 GiB".to_owned(),
        kind: "local-heat".to_owned(),
        study: STUDY.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: 7,
        overrides: vec![],
        settings: serde_json::Map::new(),
        free: vec![],
        shard: None,
    };
    let record = Record { provenance, points: 1, samples: SHARD, layout };
    let mut writer = Writer::create_or_resume(path, &record, false).expect("a record");
    writer.write("audit", &LAWS.map(str::to_owned)).expect("written");
    let mut state = 7_u64;
    let mut numbers = |n: usize| -> Vec<f64> {
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..n).map(next).collect()
    };
    let (heat, conductance, residual) = (numbers(SHARD * SITES), numbers(SHARD), numbers(2 * SHARD));
    let samples: Vec<_> = (0..SHARD).map(|sample| (sample, Outcome::Done)).collect();
    let values = [
        ("heat", (&heat).into()),
        ("conductance", (&conductance).into()),
        ("audit_residual", (&residual).into()),
        ("audit_allowed", (&[1.0; 2 * SHARD]).into()),
    ];
    writer.save(0, &samples, &values).expect("saved");
    writer
}

/// The same with so many shards, all of them links to the first.
fn multiply(path: &Path, shards: usize) {
    let root = path.join("zarr.json");
    let mut text: Value = serde_json::from_str(&fs::read_to_string(&root).expect("metadata")).expect("JSON");
    let arrays = text["consolidated_metadata"]["metadata"].as_object_mut().expect("arrays");
    for (name, array) in arrays {
        let dims = array["dimension_names"].as_array().expect("dimensions").clone();
        if let Some(at) = dims.iter().position(|dim| dim == "sample") {
            array["shape"][at] = (shards * SHARD).into();
        }
        if dims.len() < 2 || dims[1] != "sample" {
            continue;
        }
        let rest = &["/0", ""][usize::from(dims.len() < 3)];
        let folder = path.join(name).join("c/0");
        for shard in 1..shards {
            let link = folder.join(format!("{shard}{rest}"));
            fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
            fs::hard_link(folder.join(format!("0{rest}")), link).expect("a link");
        }
    }
    fs::write(&root, text.to_string()).expect("writable");
}

fn results(writer: &mut Writer, samples: usize) {
    let of_laws = |name: &str, kind| ArraySpec::new(name, kind, &["audit"], "1", name);
    let counts = ["samples_done", "samples_failed"];
    let mut arrays: Vec<_> =
        counts.iter().map(|name| ArraySpec::new(name, Kind::Integer, &["point"], "1", name)).collect();
    arrays.extend(["audit_worst", "audit_worst_allowed"].map(|name| of_laws(name, Kind::Float)));
    let whole = ["audit_worst_point", "audit_worst_sample", "audit_violations"];
    arrays.extend(whole.map(|name| of_laws(name, Kind::Integer)));
    writer.declare_results(&Layout { dims: vec![], arrays }).expect("declared");
    writer.write("samples_done", &[samples as i64]).expect("written");
    writer.write("samples_failed", &[0_i64]).expect("written");
    writer.write("audit_worst", &[0.5, 0.25]).expect("written");
    writer.write("audit_worst_allowed", &[1.0, 1.0]).expect("written");
    for name in whole {
        writer.write(name, &[0_i64, 0]).expect("written");
    }
}

/// `cargo test --release -p diffuson-cli --test it -- --ignored --nocapture 100_gib`
#[test]
#[ignore = "80 000 links and a clock"]
fn show_answers_in_a_second_on_100_gib() {
    const SHARDS: usize = 11_700;
    let workshop = Workshop::with_study();
    for finished in [false, true] {
        let path = workshop.path(if finished { "finished.zarr" } else { "begun.zarr" });
        let mut writer = one_shard(&path);
        if finished {
            results(&mut writer, SHARDS * SHARD);
        }
        drop(writer);
        let one = fs::metadata(path.join("heat/c/0/0/0")).expect("a shard").len();
        multiply(&path, SHARDS);
        let size = one as f64 * SHARDS as f64 / 1024_f64.powi(3);
        assert!(size >= 100.0, "{size} GiB");
        let start = Instant::now();
        let shown = workshop.run(&["show", path.to_str().expect("text")]).well().stdout;
        let took = start.elapsed();
        println!("{size:.1} GiB, finished: {finished}: {took:.2?}");
        assert!(shown.contains(&format!("{} done, 0 failed, 0 missing", SHARDS * SHARD)), "{shown}");
        assert!(
            shown.contains(if finished { "all passed" } else { "known when the run has ended" }),
            "{shown}"
        );
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}
