//! A folder of this process, in memory where there is such a place.

use std::path::Path;
use tempfile::TempDir;

/// An empty folder that goes when it is dropped.
///
/// # Panics
/// If none can be made.
#[must_use]
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}
