//! The metadata of a record: bytes in their place, or edits of those that are sound, as text or as JSON.
//!
//! The first byte says which; the others are the bytes, or the edits.

use crate::record::{self, Sound};
use diffuson_store::{ArraySpec, Reader, Writer};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Largest number of values that is read of one array: a record may state any number of missing samples, which cost nothing until they are read.
const MOST_VALUES: usize = 1 << 12;

/// One input.
///
/// # Panics
/// If a record is read in contradiction to what it states, or the scratch folder cannot be written.
pub fn run(data: &[u8]) {
    thread_local! { static TARGET: Target = Target::new(); }
    TARGET.with(|target| target.run(data));
}

struct Target {
    sound: Sound,
    root: PathBuf,
    text: Vec<u8>,
    metadata: Value,
    arrays: Vec<(PathBuf, Vec<u8>)>,
}

impl Target {
    fn new() -> Self {
        let sound = Sound::new();
        let root = sound.path.join("zarr.json");
        let text = fs::read(&root).expect("metadata");
        let metadata = serde_json::from_slice(&text).expect("JSON");
        let of_array = |(path, _): &&(PathBuf, Vec<u8>)| *path != root && path.ends_with("zarr.json");
        let arrays = sound.files.iter().filter(of_array).cloned().collect();
        Self { root, text, metadata, arrays, sound }
    }

    fn run(&self, data: &[u8]) {
        let Some((&choice, rest)) = data.split_first() else { return };
        let number = crc32c::crc32c(data) as usize;
        match choice % 8 {
            0 => self.with(&self.root, rest, number),
            1 | 2 => self.with(&self.root, &spliced(&self.text, rest), number),
            3 => {
                let Some((&which, rest)) = rest.split_first() else { return };
                let (file, text) = &self.arrays[usize::from(which) % self.arrays.len()];
                self.with(file, &spliced(text, rest), number);
            }
            _ => self.with(&self.root, edited(self.metadata.clone(), rest).to_string().as_bytes(), number),
        }
    }

    /// Opens the record with another content of one file; if it still is a record, reads some of it; sometimes all of it, and continues it. What is no record any more is sometimes repaired. `number` decides.
    fn with(&self, file: &Path, content: &[u8], number: usize) {
        fs::write(file, content).expect("a file in memory");
        let Ok(reader) = Reader::open(&self.sound.path) else {
            if !number.is_multiple_of(512) {
                return self.put_back(file);
            }
            self.sound.repair();
            return self.sound.restore();
        };
        let values =
            |spec: &ArraySpec| spec.dims.iter().try_fold(1_usize, |n, dim| n.checked_mul(reader.size(dim)?));
        let every = if number.is_multiple_of(128) { 1 } else { 8 };
        let read = reader.arrays().skip(number % every).step_by(every);
        for spec in read.filter(|spec| values(spec).is_some_and(|n| n <= MOST_VALUES)) {
            record::read(&reader, spec);
        }
        if reader.samples() > MOST_VALUES || reader.points() > MOST_VALUES {
            return self.put_back(file);
        }
        for point in 0..reader.points().min(2) {
            if let Ok(status) = reader.status(point) {
                assert_eq!(status.len(), reader.samples());
            }
        }
        if every > 1 {
            return self.put_back(file);
        }
        let _ = Writer::create_or_resume(&self.sound.path, &self.sound.record, false);
        self.sound.restore();
    }

    /// What the record had in place of this file.
    fn put_back(&self, file: &Path) {
        let (_, bytes) =
            self.sound.files.iter().find(|(path, _)| path == file).expect("a file of the record");
        fs::write(file, bytes).expect("a file in memory");
    }
}

/// A text in which a stretch, from a place and of a length given by the first bytes, is replaced by the others.
fn spliced(text: &[u8], edit: &[u8]) -> Vec<u8> {
    let [high, low, length, new @ ..] = edit else { return text.to_vec() };
    let at = (usize::from(*high) << 8 | usize::from(*low)) % (text.len() + 1);
    let rest = &text[(at + usize::from(*length)).min(text.len())..];
    [&text[..at], new, rest].concat()
}

/// A document with some values replaced, removed or copied; four bytes an edit.
fn edited(mut document: Value, edits: &[u8]) -> Value {
    for edit in edits.chunks_exact(4).take(8) {
        let place = usize::from(edit[0]) << 8 | usize::from(edit[1]);
        let places = count(&document);
        let other = nth(&mut document, &mut (usize::from(edit[3]) * 7 % places)).cloned();
        let Some(value) = nth(&mut document, &mut (place % places)) else { continue };
        *value = match edit[2] % 16 {
            0 => Value::Null,
            1 => json!(0),
            2 => json!(-1),
            3 => json!(u64::MAX),
            4 => json!(1_u64 << 33),
            5 => json!(1e300),
            6 => json!("NaN"),
            7 => json!([]),
            8 => json!({}),
            9 => json!("../../etc"),
            10 => json!(edit[3]),
            11 => json!([edit[3], 1]),
            12 => json!("float64"),
            13 => json!(["point", "sample"]),
            _ => other.unwrap_or(Value::Null),
        };
    }
    document
}

/// How many values a document has, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(table) => table.values().map(count).sum(),
        _ => 0,
    }
}

/// The value of this number in the order of the document.
fn nth<'v>(value: &'v mut Value, number: &mut usize) -> Option<&'v mut Value> {
    if *number == 0 {
        return Some(value);
    }
    *number -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|value| nth(value, number)),
        Value::Object(table) => table.values_mut().find_map(|value| nth(value, number)),
        _ => None,
    }
}
