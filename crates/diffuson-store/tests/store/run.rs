//! A small run to make records of: what the tests have in common.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use diffuson_store::{
    ArraySpec, Kind, Layout, Outcome, Provenance, Record, Status, StoreError, Values, Writer,
};
use serde_json::json;

pub(crate) const POINTS: usize = 2;
pub(crate) const SITES: usize = 3;
/// Samples of the widest array that make a chunk of 1 MiB, and a shard of 16 MiB.
pub(crate) const CHUNK: usize = 4;
pub(crate) const SHARD: usize = 64;
/// Entries of the widest array.
pub(crate) const PIXELS: usize = (1 << 20) / CHUNK;

pub(crate) fn record(samples: usize) -> Record {
    Record { provenance: provenance(samples), points: POINTS, samples, layout: layout() }
}

pub(crate) fn provenance(samples: usize) -> Provenance {
    let settings = json!({
        "conductor": {"length": 60, "width": 20, "energy": -1.3},
        "probes": {"coupling": 0.1, "kind": "wide-band"},
        "ensemble": {"samples": samples}
    });
    Provenance {
        title: "Heat in a strip: Γ, μ".to_owned(),
        kind: "local-heat".to_owned(),
        study: "title = \"Heat in a strip\"\n[conductor]\n".to_owned(),
        version: "0.1.0".to_owned(),
        seed: u64::MAX,
        overrides: vec!["probes.coupling=0.1".to_owned()],
        shard: None,
        settings: settings.as_object().unwrap().clone(),
        free: vec!["ensemble".to_owned()],
    }
}

pub(crate) fn layout() -> Layout {
    Layout {
        dims: vec![("site".to_owned(), SITES), ("audit".to_owned(), 2), ("pixel".to_owned(), PIXELS)],
        arrays: vec![
            ArraySpec::new("site", Kind::Integer, &["site"], "1", "site"),
            ArraySpec::new("audit", Kind::Text, &["audit"], "1", "conservation law"),
            ArraySpec::new("x", Kind::Float, &["point", "site"], "a", "position along the current"),
            ArraySpec::new("probes_coupling", Kind::Float, &["point"], "t", "strength of the probes")
                .with("key", "probes.coupling")
                .with("swept", true),
            ArraySpec::new("conductance", Kind::Float, &["point", "sample"], "e^2/h", "conductance"),
            ArraySpec::new("heat", Kind::Float, &["point", "sample", "site"], "bias/t", "local heat")
                .describe("positive where heat is delivered to the probe"),
            ArraySpec::new("steps", Kind::Integer, &["point", "sample"], "1", "steps of the solver"),
            ArraySpec::new("flags", Kind::Byte, &["point", "sample", "audit"], "1", "audit passed"),
            ArraySpec::new("picture", Kind::Byte, &["point", "sample", "pixel"], "1", "picture"),
            ArraySpec::new("remark", Kind::Text, &["point", "sample"], "1", "remark"),
        ],
    }
}

pub(crate) fn results() -> Layout {
    Layout {
        dims: vec![("quantity".to_owned(), 2)],
        arrays: vec![
            ArraySpec::new("quantity", Kind::Text, &["quantity"], "1", "quantity"),
            ArraySpec::new("estimate", Kind::Float, &["point", "quantity"], "1", "mean over the samples"),
            ArraySpec::new("estimate_samples", Kind::Integer, &["point"], "1", "samples behind the estimate"),
        ],
    }
}

/// The values of one sample: a pure function of (point, sample), like those of a real run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) outcome: Outcome,
    pub(crate) conductance: f64,
    pub(crate) heat: Vec<f64>,
    pub(crate) steps: i64,
    pub(crate) flags: Vec<u8>,
    /// Of one shade.
    pub(crate) picture: u8,
    pub(crate) remark: String,
}

/// A number in [0, 1) made of its arguments.
pub(crate) fn uniform(a: usize, b: usize, c: usize) -> f64 {
    let mut z = ((a as u64) << 42 | (b as u64) << 21 | c as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

pub(crate) fn sample(point: usize, number: usize) -> Sample {
    if number % 7 == 5 {
        return Sample {
            outcome: Outcome::Failed(format!("residual = 3.1e-7, allowed 1e-10, sample {number}")),
            conductance: f64::NAN,
            heat: vec![-f64::NAN; SITES],
            steps: 0,
            flags: vec![0; 2],
            picture: 0,
            remark: String::new(),
        };
    }
    Sample {
        outcome: Outcome::Done,
        conductance: uniform(point, number, 0),
        heat: (0..SITES).map(|site| uniform(point, number, site + 1) - 0.5).collect(),
        steps: number as i64 * 1000 - point as i64,
        flags: vec![1, number as u8],
        picture: 7 * number as u8,
        remark: format!("Σ of sample {number}"),
    }
}

/// Computes and saves these samples.
pub(crate) fn save(writer: &mut Writer, point: usize, numbers: &[usize]) -> Result<(), StoreError> {
    let samples: Vec<Sample> = numbers.iter().map(|&number| sample(point, number)).collect();
    let outcomes: Vec<_> =
        numbers.iter().zip(&samples).map(|(&number, sample)| (number, sample.outcome.clone())).collect();
    let conductance: Vec<f64> = samples.iter().map(|it| it.conductance).collect();
    let heat: Vec<f64> = samples.iter().flat_map(|it| it.heat.clone()).collect();
    let steps: Vec<i64> = samples.iter().map(|it| it.steps).collect();
    let flags: Vec<u8> = samples.iter().flat_map(|it| it.flags.clone()).collect();
    let picture: Vec<u8> = samples.iter().flat_map(|it| [it.picture; PIXELS]).collect();
    let remark: Vec<String> = samples.iter().map(|it| it.remark.clone()).collect();
    let values: [(&str, Values<'_>); 6] = [
        ("heat", (&heat).into()),
        ("conductance", (&conductance).into()),
        ("steps", (&steps).into()),
        ("flags", (&flags).into()),
        ("picture", (&picture).into()),
        ("remark", (&remark).into()),
    ];
    writer.save(point, &outcomes, &values)
}

pub(crate) fn write_coordinates(writer: &mut Writer) -> Result<(), StoreError> {
    writer.write("site", &[10_i64, 11, 12])?;
    writer.write("audit", &["charge".to_owned(), "énergie".to_owned()])?;
    writer.write("x", &[0.0, 1.0, 2.0, 0.0, 1.0, f64::NAN])?;
    writer.write("probes_coupling", &[0.1, 0.2])
}

/// Saves all missing samples, chunk by chunk.
pub(crate) fn save_missing(writer: &mut Writer) -> Result<(), StoreError> {
    for point in 0..writer.points() {
        let missing: Vec<usize> =
            (0..writer.samples()).filter(|&it| writer.status(point, it) == Status::Missing).collect();
        for chunk in missing.chunk_by(|a, b| a / CHUNK == b / CHUNK) {
            save(writer, point, chunk)?;
        }
    }
    Ok(())
}

pub(crate) fn write_results(writer: &mut Writer) -> Result<(), StoreError> {
    writer.declare_results(&results())?;
    writer.write("quantity", &["conductance".to_owned(), "heat".to_owned()])?;
    let samples = writer.samples();
    let done = |point| (0..samples).filter(|&it| writer.status(point, it) == Status::Done).count();
    let counts: Vec<i64> = (0..POINTS).map(|point| done(point) as i64).collect();
    let estimates: Vec<f64> = (0..POINTS * 2).map(|i| samples as f64 / (i + 1) as f64).collect();
    writer.write("estimate", &estimates)?;
    writer.write("estimate_samples", &counts)
}

/// A whole run, whatever is there already.
pub(crate) fn finish(path: &Path, samples: usize) -> Result<(), StoreError> {
    let mut writer = Writer::create_or_resume(path, &record(samples), false)?;
    write_coordinates(&mut writer)?;
    save_missing(&mut writer)?;
    write_results(&mut writer)
}

/// All files below a folder, by name. Empty folders count as well.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn add(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}/{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                files.insert(name.clone() + "/", Vec::new());
                add(&entry.path(), &name, files);
            } else {
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    add(folder, "", &mut files);
    files
}

/// Fails unless both folders hold the same files with the same bytes.
pub(crate) fn assert_same(left: &Path, right: &Path) {
    let (left, right) = (tree(left), tree(right));
    let names = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&left), names(&right));
    for (name, bytes) in &left {
        assert!(*bytes == right[name], "{name} differs");
    }
}
