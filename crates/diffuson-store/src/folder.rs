//! The folder of a record as a whole: is it ours, make it appear at once, remove it, tidy it up.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::schema::{self, ROOT};

/// `NAME.zarr.EXTENSION` beside `NAME.zarr`.
pub(crate) fn sibling(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, ToOwned::to_owned);
    name.push(".");
    name.push(extension);
    path.with_file_name(name)
}

/// Where a record is made before it appears under its name.
pub(crate) fn partial(path: &Path) -> PathBuf {
    sibling(path, "partial")
}

/// Where a record goes before it is removed.
fn discarded(path: &Path) -> PathBuf {
    sibling(path, "discarded")
}

/// Whether there is anything at this path, be it a link that leads nowhere.
pub(crate) fn exists(path: &Path) -> Result<bool, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io("open", path, error)),
    }
}

/// Puts the finished folder `partial(path)` in its place; what is at `path` must be a record of ours and is removed.
pub(crate) fn publish(path: &Path) -> Result<(), StoreError> {
    let (new, old) = (partial(path), discarded(path));
    let replaces = exists(path)?;
    if replaces {
        fs::rename(path, &old).map_err(|source| StoreError::io("replace", path, source))?;
    }
    if let Err(source) = fs::rename(&new, path) {
        if replaces {
            // Best effort: the error of the first rename is the one to report.
            let _ = fs::rename(&old, path);
        }
        return Err(StoreError::io("create", path, source));
    }
    if replaces { remove(&old) } else { Ok(()) }
}

/// Removes what a killed process left beside the record. Anything else under these names is refused.
pub(crate) fn clear_leftovers(path: &Path) -> Result<(), StoreError> {
    for leftover in [partial(path), discarded(path)] {
        if !exists(&leftover)? {
            continue;
        }
        if !is_beginning(&leftover)? {
            schema::check_ours(&leftover)?;
        }
        remove(&leftover)?;
    }
    Ok(())
}

/// Whether this is a folder in which a record has been begun or almost removed: nothing in it but perhaps the
/// temporary file of its first metadata.
fn is_beginning(folder: &Path) -> Result<bool, StoreError> {
    let failed = |source| StoreError::io("read", folder, source);
    let temporary = OsString::from(format!("{ROOT}.tmp"));
    for entry in fs::read_dir(folder).map_err(failed)? {
        if entry.map_err(failed)?.file_name() != temporary {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes a folder of ours, the metadata that make it known as ours last.
pub(crate) fn remove(folder: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::io("remove", folder, source);
    // Of a link, the link alone: what it leads to may be elsewhere.
    if fs::symlink_metadata(folder).map_err(failed)?.is_symlink() {
        return fs::remove_file(folder).map_err(failed);
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name() == ROOT {
            continue;
        }
        let removed = if entry.file_type().map_err(failed)?.is_dir() {
            fs::remove_dir_all(entry.path())
        } else {
            fs::remove_file(entry.path())
        };
        removed.map_err(|source| StoreError::io("remove", &entry.path(), source))?;
    }
    match fs::remove_file(folder.join(ROOT)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    fs::remove_dir(folder).map_err(failed)
}

/// Removes the temporary files that a killed process left inside a record: those of metadata and chunks.
pub(crate) fn sweep(folder: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::io("read", folder, source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            sweep(&path)?;
        } else if is_temporary(&entry.file_name()) {
            fs::remove_file(&path).map_err(|source| StoreError::io("remove", &path, source))?;
        }
    }
    Ok(())
}

/// Whether a file of this name is metadata (`zarr.json`) or a chunk (a number; `c` in arrays without dimensions) that
/// was being written.
fn is_temporary(name: &OsStr) -> bool {
    name.to_str()
        .and_then(|name| name.strip_suffix(".tmp"))
        .is_some_and(|key| key == ROOT || key == "c" || key.bytes().all(|byte| byte.is_ascii_digit()))
}
