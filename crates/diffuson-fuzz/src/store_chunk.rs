//! A file of chunks: bytes in its place, with or without what gets them past the checksum and the decompression.

use crate::record::{self, Sound};
use diffuson_store::{ArraySpec, Reader};
use std::fs;
use std::path::PathBuf;

/// One input: which file, how it is wrapped, and the bytes.
///
/// # Panics
/// If a record is read in contradiction to what it states, or the scratch folder cannot be written.
pub fn run(data: &[u8]) {
    thread_local! { static TARGET: Target = Target::new(); }
    TARGET.with(|target| target.run(data));
}

struct Target {
    /// Chunks and the arrays they belong to.
    chunks: Vec<(PathBuf, Vec<u8>, ArraySpec)>,
    reader: Reader,
    _sound: Sound,
}

impl Target {
    fn new() -> Self {
        let sound = Sound::new();
        let reader = Reader::open(&sound.path).expect("a record");
        let mut chunks = Vec::new();
        for (path, bytes) in &sound.files {
            let inside = path.strip_prefix(&sound.path).expect("a file of the record");
            let array = inside.iter().next().and_then(|name| name.to_str()).expect("a name");
            if !path.ends_with("zarr.json") {
                let spec = reader.array(array).expect("an array").clone();
                chunks.push((path.clone(), bytes.clone(), spec));
            }
        }
        Self { chunks, reader, _sound: sound }
    }

    fn run(&self, data: &[u8]) {
        let [which, wrapping, rest @ ..] = data else { return };
        let (path, sound, spec) = &self.chunks[usize::from(*which) % self.chunks.len()];
        fs::write(path, wrapped(*wrapping, rest, sound)).expect("a file in memory");
        record::read(&self.reader, spec);
        if spec.name == diffuson_store::STATUS {
            for point in 0..self.reader.points() {
                let _ = self.reader.status(point);
            }
        }
        fs::write(path, sound).expect("a file in memory");
    }
}

/// The bytes as a file.
fn wrapped(wrapping: u8, bytes: &[u8], sound: &[u8]) -> Vec<u8> {
    match wrapping % 6 {
        0 => bytes.to_vec(),
        1 => with_checksum(bytes.to_vec()),
        2 => with_checksum(compressed(bytes)),
        3 => {
            // a sound file with some bytes replaced
            let mut file = sound.to_vec();
            for edit in bytes.chunks_exact(2) {
                let at = usize::from(edit[0]) % file.len().max(1);
                if let Some(byte) = file.get_mut(at) {
                    *byte = edit[1];
                }
            }
            file
        }
        4 => {
            let kept = sound.len().saturating_sub(4);
            with_checksum([&sound[..bytes.len().min(kept)], bytes].concat())
        }
        _ => sound[..sound.len().min(bytes.len())].to_vec(),
    }
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap_or_default()
}

/// The checksum that the record appends to every chunk.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
    bytes
}
