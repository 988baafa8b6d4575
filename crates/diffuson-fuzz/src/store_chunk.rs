//! A file of a record that holds chunks: bytes in its place, with or without what gets them past checksums, decompression and the index of a shard.

use crate::record::{self, Sound, WIDE};
use diffuson_store::{ArraySpec, Reader, STATUS};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// One input: which file, how it is wrapped, and the bytes.
///
/// # Panics
/// If a record is read in contradiction to what it states, or the scratch folder cannot be written.
pub fn run(data: &[u8]) {
    thread_local! { static TARGET: Target = Target::new(); }
    TARGET.with(|target| target.run(data));
}

struct Target {
    chunks: Vec<File>,
    reader: Reader,
    sound: Sound,
}

/// A file of chunks.
struct File {
    path: PathBuf,
    bytes: Vec<u8>,
    array: ArraySpec,
    /// Chunks in it, if it is a shard.
    shard: Option<usize>,
}

impl Target {
    fn new() -> Self {
        let sound = Sound::new();
        let reader = Reader::open(&sound.path).expect("a record");
        let mut chunks = Vec::new();
        for (path, bytes) in &sound.files {
            let inside = path.strip_prefix(&sound.path).expect("a file of the record");
            let name = inside.iter().next().and_then(|name| name.to_str()).expect("a name");
            if path.ends_with("zarr.json") || name == WIDE {
                continue;
            }
            let array = reader.array(name).expect("an array").clone();
            let shard = chunks_per_shard(&sound.path.join(name).join("zarr.json"));
            chunks.push(File { path: path.clone(), bytes: bytes.clone(), array, shard });
        }
        Self { chunks, reader, sound }
    }

    fn run(&self, data: &[u8]) {
        let [which, wrapping, rest @ ..] = data else { return };
        let file = &self.chunks[usize::from(*which) % self.chunks.len()];
        fs::write(&file.path, file.wrapped(*wrapping, rest)).expect("a file in memory");
        record::read(&self.reader, &file.array);
        if file.array.name == STATUS {
            for point in 0..self.reader.points() {
                let _ = self.reader.status(point);
            }
        }
        // rarely: a repair costs as much as some hundred inputs
        if crc32c::crc32c(data).is_multiple_of(1024) {
            self.sound.repair();
            return self.sound.restore();
        }
        fs::write(&file.path, &file.bytes).expect("a file in memory");
    }
}

/// Chunks of samples in a shard of the array with this metadata, if it has shards.
fn chunks_per_shard(metadata: &Path) -> Option<usize> {
    let metadata: Value = serde_json::from_slice(&fs::read(metadata).ok()?).ok()?;
    let size = |pointer: &str| metadata.pointer(pointer)?.as_u64();
    let shard = size("/chunk_grid/configuration/chunk_shape/1")?;
    usize::try_from(shard / size("/codecs/0/configuration/chunk_shape/1")?).ok()
}

impl File {
    /// The bytes in the place of the file, of a chunk in it, or as edits of it.
    fn wrapped(&self, wrapping: u8, bytes: &[u8]) -> Vec<u8> {
        let kept = self.bytes.len().saturating_sub(4);
        let new = match wrapping % 8 {
            0 => return bytes.to_vec(),
            1 => with_checksum(bytes.to_vec()),
            2 | 3 => with_checksum(zstd::bulk::compress(bytes, 1).unwrap_or_default()),
            4 => return edited(&self.bytes, bytes),
            5 => return with_checksum(edited(&self.bytes[..kept], bytes)),
            6 => return with_checksum([&self.bytes[..bytes.len().min(kept)], bytes].concat()),
            _ => return self.bytes[..self.bytes.len().min(bytes.len())].to_vec(),
        };
        match self.shard {
            Some(chunks) => shard(new, chunks),
            None => new,
        }
    }
}

/// A shard with one chunk of so many.
fn shard(mut chunk: Vec<u8>, chunks: usize) -> Vec<u8> {
    let mut index = Vec::with_capacity(16 * chunks);
    index.extend(0_u64.to_le_bytes());
    index.extend((chunk.len() as u64).to_le_bytes());
    index.resize(16 * chunks, u8::MAX);
    chunk.extend(with_checksum(index));
    chunk
}

/// A file with some bytes replaced, counted from its end; two bytes say where, the third what.
fn edited(file: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    for edit in edits.chunks_exact(3) {
        let back = (usize::from(edit[0]) << 8 | usize::from(edit[1])) % file.len().max(1);
        if let Some(byte) = file.iter_mut().nth_back(back) {
            *byte = edit[2];
        }
    }
    file
}

/// The checksum that follows every chunk and every index.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
    bytes
}
