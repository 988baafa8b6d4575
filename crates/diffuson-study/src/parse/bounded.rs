//! Files of a limited size.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a file, `None` if there are more than `most`. What the file says of its size is not asked: devices and files that the system makes up say nothing.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, [7; 10]).unwrap();
        assert_eq!(read(&path, 10).unwrap(), Some(vec![7; 10]));
        assert_eq!(read(&path, 9).unwrap(), None);
        // without end
        #[cfg(unix)]
        assert_eq!(read(Path::new("/dev/zero"), 1 << 10).unwrap(), None);
    }
}
