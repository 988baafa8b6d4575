//! One writer at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::folder::sibling;

/// The right to write a record, held until dropped or until the process ends in whatever way.
///
/// It is an advisory lock of the operating system on an empty file beside the record, so that nothing inside the
/// record speaks of it.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// The lock of the record at `path`, which need not exist yet; the folder around it must.
    pub(crate) fn acquire(path: &Path) -> Result<Self, StoreError> {
        // The same record under another name (a link) has the same lock.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let lock = sibling(&real, "lock");
        let failed = |source| StoreError::io("lock", &lock, source);
        loop {
            let file =
                OpenOptions::new().create(true).truncate(false).write(true).open(&lock).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: path.to_path_buf() }),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
            // Between opening and locking, its last owner may have removed the file.
            if is_at(&file, &lock) {
                return Ok(Self { path: lock, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    /// Removes the file while it is still locked, so that nobody's lock is removed but our own. A file that cannot be
    /// removed does no harm.
    fn drop(&mut self) {
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether this open file is the one found at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => id(open) == id(there),
        _ => false,
    }
}

/// Elsewhere lock files stay, so that an open one is always the one found at its path.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn nobody_holds_a_lock_that_another_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.zarr");
        let (holders, acquired) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while acquired.load(Ordering::SeqCst) < 500 {
                        match Lock::acquire(&path) {
                            Ok(lock) => {
                                assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                                thread::yield_now();
                                holders.fetch_sub(1, Ordering::SeqCst);
                                acquired.fetch_add(1, Ordering::SeqCst);
                                drop(lock);
                            }
                            Err(error) => assert!(matches!(error, StoreError::Locked { .. }), "{error}"),
                        }
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), usize::from(!cfg!(unix)));
    }
}
