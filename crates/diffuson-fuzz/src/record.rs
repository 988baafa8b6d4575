//! A record with arrays of every kind, some samples done, one failed, some missing.

use crate::scratch;
use diffuson_store::{
    ArraySpec, Kind, Layout, Outcome, Provenance, Reader, Record, StoreError, Value, Writer,
};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The record, where it is, and its files as they should be.
pub struct Sound {
    /// What it was made from.
    pub record: Record,
    /// Where it is.
    pub path: PathBuf,
    /// Every file and its contents, by name.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    _folder: TempDir,
}

impl Sound {
    /// Makes it.
    ///
    /// # Panics
    /// If it cannot be written.
    #[must_use]
    pub fn new() -> Self {
        let folder = scratch::folder();
        let path = folder.path().join("run.zarr");
        let record = record();
        write(&path, &record).expect("a record");
        let mut files = Vec::new();
        collect(&path, &mut files);
        files.sort();
        Self { record, path, files, _folder: folder }
    }

    /// Repairs the record; if that can be done, everything in it that belongs to samples can be read afterwards.
    ///
    /// # Panics
    /// If not.
    pub fn repair(&self) {
        let Ok((writer, _)) = Writer::repair(&self.path, &self.record) else { return };
        drop(writer);
        let reader = Reader::open(&self.path).expect("a repaired record");
        for spec in reader.arrays().filter(|spec| spec.is_per_sample() && spec.name != WIDE) {
            assert!(read(&reader, spec), "{} after a repair", spec.name);
        }
    }

    /// Makes the record what it was, from nothing.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn restore(&self) {
        if self.path.exists() {
            fs::remove_dir_all(&self.path).expect("a folder in memory");
        }
        for (path, bytes) in &self.files {
            fs::create_dir_all(path.parent().unwrap_or(path)).expect("a folder in memory");
            fs::write(path, bytes).expect("a file in memory");
        }
    }
}

impl Default for Sound {
    fn default() -> Self {
        Self::new()
    }
}

/// An array so wide that chunks hold few samples: the others are read the faster. It is left alone.
pub const WIDE: &str = "wide";
const WIDTH: usize = 1 << 17;

fn record() -> Record {
    let array = |name: &str, kind, dims: &[&str]| ArraySpec::new(name, kind, dims, "1", name);
    Record {
        provenance: Provenance {
            title: "Fuzzed".to_owned(),
            kind: "local-heat".to_owned(),
            study: "kind = \"local-heat\"\n".to_owned(),
            version: "0.1.0".to_owned(),
            seed: 1992,
            overrides: Vec::new(),
            settings: serde_json::Map::new(),
            free: Vec::new(),
            shard: None,
        },
        points: 2,
        samples: 5,
        layout: Layout {
            dims: vec![("site".to_owned(), 3), ("column".to_owned(), WIDTH)],
            arrays: vec![
                array("heat", Kind::Float, &["point", "sample", "site"]),
                array("word", Kind::Text, &["point", "sample"]),
                array(WIDE, Kind::Byte, &["point", "sample", "column"]),
                array("energy", Kind::Float, &[]),
            ],
        },
    }
}

fn write(path: &Path, record: &Record) -> Result<(), StoreError> {
    let mut writer = Writer::create_or_resume(path, record, false)?;
    writer.write("energy", &[-1.3])?;
    let samples = [(0, Outcome::Done), (1, Outcome::Failed("no convergence".to_owned())), (2, Outcome::Done)];
    for point in 0..record.points {
        let heat: Vec<f64> = (0..9).map(f64::from).collect();
        let wide = vec![7_u8; 3 * WIDTH];
        let words = ["one", "", "three"].map(str::to_owned);
        writer.save(
            point,
            &samples,
            &[("heat", (&heat).into()), ("word", (&words).into()), (WIDE, (&wide).into())],
        )?;
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push((path.clone(), fs::read(&path).expect("a file")));
        }
    }
}

/// Reads an array in whole; an error is an answer.
///
/// # Panics
/// If it has another number of values than its shape says.
pub fn read(reader: &Reader, spec: &ArraySpec) -> bool {
    fn whole<T: Value>(reader: &Reader, name: &str) -> bool {
        reader.read::<T>(name).is_ok_and(|array| {
            assert_eq!(array.data.len(), array.shape.iter().product::<usize>(), "{name}");
            true
        })
    }
    match spec.kind {
        Kind::Float => whole::<f64>(reader, &spec.name),
        Kind::Integer => whole::<i64>(reader, &spec.name),
        Kind::Byte => whole::<u8>(reader, &spec.name),
        Kind::Text => whole::<String>(reader, &spec.name),
    }
}
