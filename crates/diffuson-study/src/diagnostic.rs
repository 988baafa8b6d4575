//! One error about a study file: which key, which value, which line, what is allowed, what to do.

mod text;

pub use text::error;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// An error in a study file, in an override, or in a file that the study names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: names the key and the value given.
    pub message: String,
    /// Path of the key, as in `probes.coupling`; empty if the error belongs to no key (syntax, unreadable file).
    pub key: String,
    /// Where the error is.
    pub place: Place,
    /// A few words to stand under the marked text: what is allowed there.
    pub label: String,
    /// What to do about it; may be empty.
    pub help: String,
}

/// A stretch of text in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file or override.
    pub source: Arc<Source>,
    /// Bytes `start..end` of the text of the source.
    pub span: Range<usize>,
}

/// A text that was read: a study file, a `--set key=value` override, or a file of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name to print: the path as the user gave it, or `--set`.
    pub name: String,
    /// The text; empty where there is none to show (a file that cannot be read).
    pub text: String,
}

impl Diagnostic {
    /// The line of the error, from 1.
    pub fn line(&self) -> usize {
        self.place.line_and_column().0
    }

    /// The marked text: as a rule, the value given.
    pub fn value(&self) -> &str {
        self.place.text()
    }

    /// An error about a source as a whole, where no line can be shown.
    pub(crate) fn about_file(name: &str, message: String, label: &str, help: String) -> Self {
        let source = Arc::new(Source { name: name.to_owned(), text: String::new() });
        Self {
            message,
            key: String::new(),
            place: Place { source, span: 0..0 },
            label: label.to_owned(),
            help,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.place.line_and_column();
        write!(f, "{}\n  --> {}:{line}:{column}: {}", self.message, self.place.source.name, self.label)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "\n  = help: {}", self.help) }
    }
}

impl std::error::Error for Diagnostic {}

impl Place {
    /// The text at this place.
    pub fn text(&self) -> &str {
        self.source.text.get(self.span.clone()).unwrap_or("")
    }

    /// Line and column (in characters) of the start, both from 1.
    pub fn line_and_column(&self) -> (usize, usize) {
        let before = &self.source.text.as_bytes()[..self.span.start.min(self.source.text.len())];
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_prints_place_value_and_help() {
        let text = "a = 1\nlänge = -3\n".to_owned();
        let start = text.find("-3").unwrap();
        let source = Arc::new(Source { name: "s.toml".into(), text });
        let diagnostic = Diagnostic {
            message: "`länge` is -3".into(),
            key: "länge".into(),
            place: Place { source, span: start..start + 2 },
            label: "a number > 0".into(),
            help: "turn it round".into(),
        };
        assert_eq!(diagnostic.line(), 2);
        assert_eq!(diagnostic.value(), "-3");
        assert_eq!(
            diagnostic.to_string(),
            "`länge` is -3\n  --> s.toml:2:9: a number > 0\n  = help: turn it round"
        );
    }

    #[test]
    fn a_place_beyond_the_text_is_harmless() {
        let source = Arc::new(Source { name: "s".into(), text: "é".into() });
        let place = Place { source, span: 1..900 };
        assert_eq!(place.text(), "");
        assert_eq!(place.line_and_column(), (1, 2));
    }
}
