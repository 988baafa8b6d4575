//! Chunks and shards as files: the only place that speaks to `zarrs`.
//!
//! A shard is what the codec `sharding_indexed` of Zarr says: the encoded chunks that exist, in their order, then an index with the place of each, then the checksum of the index.
//! We put it together ourselves, so that a file that grew takes over the chunks that did not change as they are, a save costs nothing for samples that are not there, and a repair
//! gets at every chunk alone. Stricter than the codec, chunks follow each other without gaps: the same chunks make the same file.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use zarrs::array::{
    Array, ArrayMetadata, ArrayToBytesCodecTraits, BytesRepresentation, ChunkShape, CodecOptions,
    ElementOwned,
};
use zarrs::filesystem::{FilesystemStore, FilesystemStoreCreateError};
use zarrs_storage::storage_adapter::atomic_write::AtomicWriteStorageAdapter;
use zarrs_storage::{StorageError, StoreKey, WritableStorageTraits};

use crate::error::StoreError;
use crate::frame;
use crate::text;
use crate::values::Value;

/// Writes under a temporary name (`KEY.tmp`), synchronises, and renames.
type Storage = AtomicWriteStorageAdapter<FilesystemStore>;

/// The most that chunks of text may hold, in bytes; those of numbers have a size.
const MOST_TEXT: u64 = 1 << 28;
/// Files up to this many bytes are read at once.
const SMALL: u64 = 1 << 16;
/// The bytes of the checksum after whatever it is taken of.
const CHECKSUM: usize = 4;
/// The place of a chunk that does not exist, in the index of a shard.
const NOWHERE: u64 = u64::MAX;

/// The folder of a record.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    storage: Arc<Storage>,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Result<Self, StoreError> {
        let files = FilesystemStore::new(path).map_err(|error| {
            let source = match error {
                FilesystemStoreCreateError::IOError(source) => source,
                other @ FilesystemStoreCreateError::InvalidBasePath(_) => io::Error::other(other),
            };
            StoreError::io("use", path, source)
        })?;
        Ok(Self { path: path.to_path_buf(), storage: Arc::new(Storage::new(Arc::new(files))) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one file, at once or not at all, `key` being its name below the folder with `/` between the levels.
    pub(crate) fn write(&self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let path = self.path.join(key);
        let failed = |error| StoreError::io("write", &path, io_error(error));
        let key = StoreKey::new(key).map_err(|error| failed(error.into()))?;
        self.storage.set(&key, bytes.into()).map_err(|error| {
            // Best effort: the failure itself is what is reported.
            if let Ok(temporary) = Storage::temporary_key(&key) {
                let _ = self.storage.erase(&temporary);
            }
            failed(error)
        })
    }
}

/// One array as a grid of files.
#[derive(Debug)]
pub(crate) struct Chunked {
    folder: Folder,
    name: String,
    values: Coder,
    /// Of arrays in shards: the coder of their index.
    index: Option<Coder>,
}

impl Chunked {
    /// The array of this name. A file holds one chunk, or a shard of so many of them. `metadata` are those of the same array without shards.
    pub(crate) fn new(
        folder: &Folder,
        name: &str,
        metadata: Json,
        chunks_per_shard: Option<usize>,
    ) -> Result<Self, StoreError> {
        let failed = |reason: String| StoreError::damaged(&folder.path.join(name), reason);
        let values = Coder::new(folder, metadata).map_err(failed)?;
        let index = chunks_per_shard.map(|chunks| Coder::new(folder, index_metadata(chunks)));
        let index = index.transpose().map_err(failed)?;
        Ok(Self { folder: folder.clone(), name: name.to_owned(), values, index })
    }

    /// Writes a file that is one chunk.
    pub(crate) fn write<T: Value>(&self, index: &[usize], values: Vec<T>) -> Result<(), StoreError> {
        let chunk = self.encode(values)?;
        self.folder.write(&self.key(index), chunk)
    }

    /// Reads a file that is one chunk, if it was ever written.
    pub(crate) fn read<T: Value>(&self, index: &[usize]) -> Result<Option<Vec<T>>, StoreError> {
        let file = self.file(index);
        match fs::read(&file) {
            Ok(bytes) => {
                self.values.decode(&bytes).map(Some).map_err(|reason| StoreError::damaged(&file, reason))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read", &file, error)),
        }
    }

    /// One chunk as it is stored.
    pub(crate) fn encode<T: Value>(&self, values: Vec<T>) -> Result<Vec<u8>, StoreError> {
        self.values.encode(values).map_err(|reason| StoreError::values(&self.name, reason))
    }

    /// Opens a shard, if it was ever written.
    pub(crate) fn open_shard(&self, index: &[usize]) -> Result<Option<Shard<'_>>, StoreError> {
        let path = self.file(index);
        let failed = |error| StoreError::io("read", &path, error);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let Some(coder) = &self.index else { return Err(StoreError::damaged(&path, "it is no shard")) };
        let size = file.metadata().map_err(failed)?.len();
        let entries = coder.entries();
        let length = (8 * entries + CHECKSUM) as u64;
        let Some(end) = size.checked_sub(length) else {
            return Err(StoreError::damaged(&path, "it is cut short: there is no room for its index"));
        };
        let begin = if size <= SMALL { 0 } else { end };
        let bytes = read_at(&mut file, &(begin..size)).map_err(failed)?;
        let index = &bytes[(end - begin) as usize..];
        let places = coder.decode_plain::<u64>(index).and_then(|numbers| places(&numbers, end));
        let places = places.map_err(|reason| StoreError::damaged(&path, format!("its index: {reason}")))?;
        let held = if begin == 0 { bytes } else { Vec::new() };
        Ok(Some(Shard { values: &self.values, path, file, held, places }))
    }

    /// Writes a shard of encoded chunks, those that exist; without any, removes it.
    pub(crate) fn write_shard(&self, index: &[usize], chunks: &[Option<Vec<u8>>]) -> Result<(), StoreError> {
        if chunks.iter().all(Option::is_none) {
            return self.erase(index);
        }
        let Some(coder) = &self.index else { return Err(StoreError::values(&self.name, "has no shards")) };
        let mut bytes = Vec::new();
        let mut places = Vec::with_capacity(2 * chunks.len());
        for chunk in chunks {
            match chunk {
                Some(chunk) => {
                    places.extend([bytes.len() as u64, chunk.len() as u64]);
                    bytes.extend_from_slice(chunk);
                }
                None => places.extend([NOWHERE; 2]),
            }
        }
        bytes.extend(coder.encode(places).map_err(|reason| StoreError::values(&self.name, reason))?);
        self.folder.write(&self.key(index), bytes)
    }

    /// Removes a file, if it is there.
    pub(crate) fn erase(&self, index: &[usize]) -> Result<(), StoreError> {
        let file = self.file(index);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("remove", &file, error))
            }
            _ => Ok(()),
        }
    }

    /// The file at this place of the grid.
    pub(crate) fn file(&self, index: &[usize]) -> PathBuf {
        self.folder.path.join(self.key(index))
    }

    fn key(&self, index: &[usize]) -> String {
        let levels = index.iter().map(|i| format!("/{i}"));
        format!("{}/c{}", self.name, levels.collect::<String>())
    }
}

/// An open shard. It stays what it was when another takes its place.
#[derive(Debug)]
pub(crate) struct Shard<'a> {
    values: &'a Coder,
    path: PathBuf,
    file: File,
    /// All of a small file.
    held: Vec<u8>,
    places: Vec<Option<Range<u64>>>,
}

impl Shard<'_> {
    /// A chunk of it, if it exists.
    pub(crate) fn read<T: Value>(&mut self, chunk: usize) -> Result<Option<Vec<T>>, StoreError> {
        let values = self.values;
        let Some(bytes) = self.stored(chunk)? else { return Ok(None) };
        let decoded = values.decode(&bytes);
        drop(bytes);
        decoded
            .map(Some)
            .map_err(|reason| StoreError::damaged(&self.path, format!("its chunk {chunk}: {reason}")))
    }

    /// A chunk of it as it is stored, if it exists.
    pub(crate) fn raw(&mut self, chunk: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.stored(chunk)?.map(Cow::into_owned))
    }

    fn stored(&mut self, chunk: usize) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        let Some(Some(place)) = self.places.get(chunk) else { return Ok(None) };
        if let Some(held) = self.held.get(place.start as usize..place.end as usize) {
            return Ok(Some(Cow::Borrowed(held)));
        }
        let read = read_at(&mut self.file, place);
        read.map(|bytes| Some(Cow::Owned(bytes))).map_err(|error| StoreError::io("read", &self.path, error))
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn read_at(file: &mut File, place: &Range<u64>) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(place.start))?;
    // The place lies within the file, so this many bytes were there a moment ago.
    let mut bytes = vec![0; (place.end - place.start) as usize];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Where the chunks are, from the index of a shard whose chunks end at `end`.
fn places(numbers: &[u64], end: u64) -> Result<Vec<Option<Range<u64>>>, String> {
    let mut next = 0;
    let place = |pair: &[u64]| match pair {
        [NOWHERE, NOWHERE] => Ok(None),
        &[offset, length] if offset == next && length <= end - next => {
            next += length;
            Ok(Some(offset..next))
        }
        _ => Err("it names a place where the chunk cannot be".to_owned()),
    };
    let places = numbers.chunks_exact(2).map(place).collect::<Result<_, _>>()?;
    if next == end { Ok(places) } else { Err("it leaves part of the file out".to_owned()) }
}

/// From values to bytes and back, for chunks of one shape.
#[derive(Debug)]
struct Coder {
    array: Array<Storage>,
    shape: ChunkShape,
}

impl Coder {
    fn new(folder: &Folder, metadata: Json) -> Result<Self, String> {
        let metadata: ArrayMetadata = serde_json::from_value(metadata).map_err(|error| error.to_string())?;
        let array = Array::new_with_metadata(folder.storage.clone(), "/", metadata)
            .map_err(|error| error.to_string())?;
        let origin = vec![0; array.dimensionality()];
        let shape = array.chunk_shape(&origin).map_err(|error| error.to_string())?;
        Ok(Self { array, shape })
    }

    /// Values in a chunk.
    fn entries(&self) -> usize {
        self.shape.iter().map(|size| size.get() as usize).product()
    }

    fn encode<T: ElementOwned>(&self, values: Vec<T>) -> Result<Vec<u8>, String> {
        let (kind, fill) = (self.array.data_type(), self.array.fill_value());
        let values = T::into_array_bytes(kind, values).map_err(|error| error.to_string())?;
        if values.size() as u64 + 4 * (1 + self.entries() as u64) > MOST_TEXT && kind.fixed_size().is_none() {
            return Err(format!("a chunk holds more than {} MiB of text", MOST_TEXT >> 20));
        }
        let bytes = self.array.codecs().encode(values, &self.shape, kind, fill, &options());
        bytes.map(Cow::into_owned).map_err(|error| error.to_string())
    }

    /// Values of a compressed chunk.
    fn decode<T: ElementOwned>(&self, bytes: &[u8]) -> Result<Vec<T>, String> {
        let (frame, _) = bytes
            .len()
            .checked_sub(CHECKSUM)
            .and_then(|end| bytes.split_at_checked(end))
            .ok_or("it is cut short")?;
        let size = frame::content_size(frame)?;
        let expected = self.array.data_type().fixed_size().map(|each| (each * self.entries()) as u64);
        if expected.map_or(size > MOST_TEXT, |expected| size != expected) {
            return Err(format!("it says that it holds {size} bytes"));
        }
        self.decode_plain(bytes)
    }

    /// Values of bytes that may not be compressed.
    fn decode_plain<T: ElementOwned>(&self, bytes: &[u8]) -> Result<Vec<T>, String> {
        let (kind, fill) = (self.array.data_type(), self.array.fill_value());
        let codecs = self.array.codecs();
        let mut plain = Cow::Borrowed(bytes);
        for codec in codecs.bytes_to_bytes_codecs().iter().rev() {
            let decoded = codec.decode(plain, &BytesRepresentation::UnboundedSize, &options());
            plain = decoded.map_err(|error| error.to_string())?;
        }
        if kind.fixed_size().is_none() {
            text::check(&plain, self.entries())?;
        }
        let values = codecs.array_to_bytes_codec().decode(plain, &self.shape, kind, fill, &options());
        let values = values.map_err(|error| error.to_string())?;
        let values: Vec<T> = T::from_array_bytes(kind, values).map_err(|error| error.to_string())?;
        let expected = self.entries();
        if values.len() == expected {
            Ok(values)
        } else {
            Err(format!("it has {} values instead of {expected}", values.len()))
        }
    }
}

/// The index of a shard as an array of its own.
fn index_metadata(chunks: usize) -> Json {
    json!({
        "zarr_format": 3,
        "node_type": "array",
        "shape": [chunks, 2],
        "data_type": "uint64",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [chunks, 2]}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": 0,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]
    })
}

fn options() -> CodecOptions {
    CodecOptions::default().with_concurrent_target(1)
}

fn io_error(error: StorageError) -> io::Error {
    match error {
        StorageError::IOError(error) => match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(error.kind(), error.to_string()),
        },
        other => io::Error::other(other),
    }
}
