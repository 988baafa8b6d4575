//! Chunks as files: the only place that speaks to `zarrs`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use zarrs::array::{Array, ArrayError, ArrayMetadata, CodecOptions};
use zarrs::filesystem::{FilesystemStore, FilesystemStoreCreateError};
use zarrs_storage::storage_adapter::atomic_write::AtomicWriteStorageAdapter;
use zarrs_storage::{StorageError, StoreKey, WritableStorageTraits};

use crate::error::StoreError;
use crate::values::Value;

/// Writes under a temporary name (`KEY.tmp`), synchronises, and renames.
type Storage = AtomicWriteStorageAdapter<FilesystemStore>;

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

    /// Writes one file that is not a chunk, `key` being its name below the folder with `/` between the levels.
    pub(crate) fn write(&self, key: &str, text: String) -> Result<(), StoreError> {
        let path = self.path.join(key);
        let failed = |error| StoreError::io("write", &path, io_error(error));
        let key = StoreKey::new(key).map_err(|error| failed(error.into()))?;
        self.storage.set(&key, text.into_bytes().into()).map_err(|error| {
            self.forget(&key);
            failed(error)
        })
    }

    /// The array of this name, with this `zarr.json` (which is not written).
    pub(crate) fn array(&self, name: &str, metadata: &Json) -> Result<Chunked, StoreError> {
        let failed = |reason: String| StoreError::damaged(&self.path.join(name), reason);
        let metadata: ArrayMetadata =
            serde_json::from_value(metadata.clone()).map_err(|error| failed(error.to_string()))?;
        let array = Array::new_with_metadata(self.storage.clone(), &format!("/{name}"), metadata)
            .map_err(|error| failed(error.to_string()))?;
        Ok(Chunked { folder: self.clone(), name: name.to_owned(), array })
    }

    /// Removes the temporary file of a write that failed; the failure itself is what the caller reports.
    fn forget(&self, key: &StoreKey) {
        if let Ok(temporary) = Storage::temporary_key(key) {
            let _ = self.storage.erase(&temporary);
        }
    }
}

/// One array as a grid of chunks.
#[derive(Debug)]
pub(crate) struct Chunked {
    folder: Folder,
    name: String,
    array: Array<Storage>,
}

impl Chunked {
    /// Writes a whole chunk, at once or not at all.
    pub(crate) fn write<T: Value>(&self, index: &[usize], values: Vec<T>) -> Result<(), StoreError> {
        self.array.store_chunk_opt(&grid(index), values, &options()).map_err(|error| {
            self.folder.forget(&self.array.chunk_key(&grid(index)));
            match error {
                ArrayError::StorageError(error) => {
                    StoreError::io("write", &self.file(index), io_error(error))
                }
                other => StoreError::values(&self.name, other.to_string()),
            }
        })
    }

    /// Reads a whole chunk, if it was ever written.
    pub(crate) fn read<T: Value>(&self, index: &[usize]) -> Result<Option<Vec<T>>, StoreError> {
        self.array.retrieve_chunk_if_exists_opt(&grid(index), &options()).map_err(|error| match error {
            ArrayError::StorageError(error) => StoreError::io("read", &self.file(index), io_error(error)),
            other => StoreError::damaged(&self.file(index), other.to_string()),
        })
    }

    /// Removes a chunk, if it is there.
    pub(crate) fn erase(&self, index: &[usize]) -> Result<(), StoreError> {
        let failed = |error| StoreError::io("remove", &self.file(index), io_error(error));
        self.array.erase_chunk(&grid(index)).map_err(failed)
    }

    /// The file of a chunk.
    pub(crate) fn file(&self, index: &[usize]) -> PathBuf {
        self.folder.path.join(self.array.chunk_key(&grid(index)).as_str())
    }
}

/// Chunks without any value are written as well: otherwise a lost chunk would pass for an empty one.
fn options() -> CodecOptions {
    CodecOptions::default().with_store_empty_chunks(true).with_concurrent_target(1)
}

fn grid(index: &[usize]) -> Vec<u64> {
    index.iter().map(|&i| i as u64).collect()
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
