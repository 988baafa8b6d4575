//! A text file of numbers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bounded;
use crate::diagnostic::{Diagnostic, Place, Source};

/// Larger files are refused: 10^7 numbers of 20 characters fit.
const MOST_BYTES: u64 = 256 << 20;

/// Reads numbers separated by commas, semicolons, blanks or line ends; `#` begins a comment.
///
/// An unreadable file is an error at `place`, where the study file names it; a wrong number is an error in the file itself.
pub(crate) fn read(folder: &Path, name: &str, key: &str, place: &Place) -> Result<Vec<f64>, Diagnostic> {
    let (path, text) = text(folder, name, key, "one number per site", place)?;
    numbers(&text).map_err(|span| {
        let place = Place { span, source: Arc::new(Source { name: path.display().to_string(), text }) };
        Diagnostic {
            message: format!(
                "\"{}\" is not a finite number (`{key}`)",
                crate::parse::value::brief(place.text())
            ),
            key: key.to_owned(),
            place,
            label: "allowed: a number".to_owned(),
            help: "numbers are separated by commas, blanks or line ends; `#` begins a comment".to_owned(),
        }
    })
}

/// The path and the text of a file that a key names; `content` says what the text should hold.
pub(crate) fn text(
    folder: &Path,
    name: &str,
    key: &str,
    content: &str,
    place: &Place,
) -> Result<(PathBuf, String), Diagnostic> {
    let path = folder.join(name);
    let refuse = |what: String| Diagnostic {
        message: format!("`{key}` names {name}, {what}"),
        key: key.to_owned(),
        place: place.clone(),
        label: format!("looked for {}", path.display()),
        help: format!("the path is relative to the study file; the file is text with {content}"),
    };
    let facts = std::fs::metadata(&path).map_err(|e| refuse(format!("which cannot be opened: {e}")))?;
    if !facts.is_file() {
        return Err(refuse("which is not a file".to_owned()));
    }
    let bytes = bounded::read(&path, MOST_BYTES)
        .map_err(|e| refuse(format!("which cannot be read: {e}")))?
        .ok_or_else(|| refuse(format!("which has more than {} MiB", MOST_BYTES >> 20)))?;
    let text = String::from_utf8(bytes).map_err(|_| refuse("which is not a text file (UTF-8)".to_owned()))?;
    Ok((path, text))
}

/// The numbers of a text, or where the first thing is that is not a finite number.
fn numbers(text: &str) -> Result<Vec<f64>, std::ops::Range<usize>> {
    let mut values = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let data = line.split('#').next().unwrap_or("");
        for word in data.split(|c: char| c.is_whitespace() || c == ',' || c == ';' || c == '\u{feff}') {
            if word.is_empty() {
                continue;
            }
            let start = line_start + (word.as_ptr() as usize - line.as_ptr() as usize);
            match word.parse::<f64>() {
                Ok(value) if value.is_finite() => values.push(value + 0.0),
                _ => return Err(start..start + word.len()),
            }
        }
        line_start += line.len();
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_any_usual_layout() {
        assert_eq!(numbers("# eps\n0.1, -2e-1;3\n\n 4 # last\r\n"), Ok(vec![0.1, -0.2, 3.0, 4.0]));
        assert_eq!(numbers(""), Ok(vec![]));
        assert_eq!(numbers("1 2\n3 x4\n"), Err(6..8));
        assert_eq!(numbers("1,nan"), Err(2..5));
    }
}
