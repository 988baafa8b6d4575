//! The text of a study file.

use std::io::ErrorKind;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Source};
use crate::parse::bounded;

const MOST_BYTES: u64 = 1 << 20;
const NEW: &str = "`diffuson new local-heat > study.toml` writes a commented study file to begin with";

/// Reads a study file, or says why it is none.
pub(super) fn text(path: &Path) -> Result<String, Diagnostic> {
    let name = path.display().to_string();
    let refuse = |what: String, label: &str, help: &str| {
        Diagnostic::about_file(&name, format!("{name} {what}"), label, help.to_owned())
    };
    let unreadable = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => refuse("does not exist".to_owned(), "no such file", NEW),
        _ => refuse(
            format!("cannot be read: {e}"),
            "unreadable",
            "check the permissions of the file and its folders",
        ),
    };
    let facts = std::fs::metadata(path).map_err(unreadable)?;
    if facts.is_dir() {
        return Err(refuse("is a folder".to_owned(), "not a file", "name the study file inside it"));
    }
    if !facts.is_file() {
        return Err(refuse("is not a regular file".to_owned(), "not a file", NEW));
    }
    let Some(bytes) = bounded::read(path, MOST_BYTES).map_err(unreadable)? else {
        return Err(refuse(
            "has more than 1 MiB, too much for a study file".to_owned(),
            "allowed: at most 1 MiB",
            "put long lists of on-site energies into disorder.file",
        ));
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(refuse("is UTF-16 text".to_owned(), "allowed: UTF-8", "save it as UTF-8 (plain text)"));
    }
    if bytes.contains(&0) {
        return Err(refuse("is a binary file".to_owned(), "allowed: TOML text in UTF-8", NEW));
    }
    String::from_utf8(bytes).map_err(|error| {
        let end = error.utf8_error().valid_up_to();
        let byte = error.as_bytes()[end];
        // the text up to the first wrong byte is enough to give its line
        let text = String::from_utf8_lossy(&error.as_bytes()[..end]).into_owned();
        let mut diagnostic = refuse(
            format!("is not UTF-8 text: byte 0x{byte:02x} at position {end}"),
            "allowed: TOML text in UTF-8",
            "save it as UTF-8 (plain text)",
        );
        diagnostic.place.source = Source { name: name.clone(), text }.into();
        diagnostic.place.span = end..end;
        diagnostic
    })
}
