//! Errors as text, in the manner of rustc.

use super::Diagnostic;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, normalize_untrusted_str};

/// Spans of more bytes are marked at their beginning only.
const MOST_MARKED: usize = 200;

impl Diagnostic {
    /// The error as text that ends in a line break: what is wrong, the line with the mark, what is allowed, what to do. With `colour`, for terminals.
    pub fn rendered(&self, colour: bool) -> String {
        if self.place.source.text.is_empty() {
            error(&self.message, &self.label, &self.help, colour)
        } else {
            marked(self, colour)
        }
    }
}

/// An error that no line of text is to blame for, in the same form; note and help may be empty.
pub fn error(message: &str, note: &str, help: &str, colour: bool) -> String {
    let [red, bold, plain] = if colour { ["\x1b[1;91m", "\x1b[1m", "\x1b[0m"] } else { [""; 3] };
    let mut text = format!("{red}error{plain}{bold}: {}{plain}\n", normalize_untrusted_str(message));
    for (name, words) in [("note", note), ("help", help)].into_iter().filter(|(_, words)| !words.is_empty()) {
        text.push_str(&format!("  = {bold}{name}{plain}: {}\n", normalize_untrusted_str(words)));
    }
    text
}

/// An error with the line of the study file it is about.
fn marked(diagnostic: &Diagnostic, colour: bool) -> String {
    let Diagnostic { message, place, label, help, .. } = diagnostic;
    let mark = AnnotationKind::Primary.span(span(diagnostic));
    let mark = if label.is_empty() { mark } else { mark.label(label.as_str()) };
    let snippet =
        Snippet::source(place.source.text.as_str()).path(place.source.name.as_str()).annotation(mark);
    let group = Level::ERROR.primary_title(message.as_str()).element(snippet);
    let group = if help.is_empty() {
        group
    } else {
        group.element(Level::HELP.message(normalize_untrusted_str(help)))
    };
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group]) + "\n"
}

/// The marked bytes, within the text and at boundaries of characters; long values are marked at their beginning.
fn span(diagnostic: &Diagnostic) -> std::ops::Range<usize> {
    let text = diagnostic.place.source.text.as_str();
    let inside = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (inside(diagnostic.place.span.start), inside(diagnostic.place.span.end));
    start..end.max(start).min(inside(start + MOST_MARKED)).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Place, Source};

    fn rendered(text: &str, span: std::ops::Range<usize>, colour: bool) -> String {
        let source = Source { name: "s.toml".to_owned(), text: text.to_owned() };
        let place = Place { source: source.into(), span };
        let (label, help) = ("a number > 0".to_owned(), "turn it round".to_owned());
        let (message, key) = ("`a` is -1".to_owned(), "a".to_owned());
        Diagnostic { message, key, place, label, help }.rendered(colour)
    }

    #[test]
    fn a_place_is_shown_with_its_line() {
        let expected = "error: `a` is -1\n --> s.toml:2:5\n  |\n2 | a = -1\n  |     ^^ a number > 0\n  |\n  = help: turn it round\n";
        assert_eq!(rendered("# b\na = -1\n", 8..10, false), expected);
    }

    #[test]
    fn without_text_there_is_no_place() {
        let expected = "error: `a` is -1\n  = note: a number > 0\n  = help: turn it round\n";
        assert_eq!(rendered("", 0..0, false), expected);
    }

    #[test]
    fn impossible_spans_and_long_values_are_harmless() {
        rendered("a = 1", 70..900, false);
        rendered("é", 1..1, true);
        let long = format!("a = [{}]", "1, ".repeat(5000));
        assert!(rendered(&long, 4..long.len(), false).len() < 2000);
    }

    #[test]
    fn colours_come_only_when_asked_for() {
        let bad = |colour| error("no\u{1b}[31m", "", "try again", colour);
        assert_eq!(bad(false).matches('\u{1b}').count(), 0);
        assert!(bad(true).contains("\u{1b}[1;91merror"));
        assert!(rendered("a = -1", 4..6, true).contains('\u{1b}'));
    }
}
