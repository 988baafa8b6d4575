//! What holds for every refusal.

use diffuson_study::Diagnostic;

/// Checks that a refusal says something, about a place inside its source, and can be printed.
///
/// # Panics
/// If not.
pub fn check(error: &Diagnostic) {
    let text = &error.place.source.text;
    let span = &error.place.span;
    assert!(span.start <= span.end && span.end <= text.len(), "{error:?}");
    assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{error:?}");
    assert!(!error.message.is_empty() && !error.label.is_empty(), "{error:?}");
    assert!(error.line() >= 1 && error.to_string().contains(&error.message), "{error:?}");
}
