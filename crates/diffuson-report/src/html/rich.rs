//! Text with LaTeX as HTML: formulas become inline drawings that scale and colour with the text.

use crate::label;
use crate::svg::{escape, number};

/// Font size at which formulas are set, points.
const SIZE: f64 = 10.0;
/// Points of a formula in one em of the page: formulas are a little larger than the sans-serif text around them.
const EM: f64 = 9.0;

/// `text` with LaTeX between dollar signs, as HTML.
pub(crate) fn rich(text: &str) -> String {
    let mut html = String::new();
    let mut after_formula = false;
    for (math, segment) in label::segments(text) {
        if after_formula && segment.starts_with([')', ',', '.', ';', ':']) {
            // Without a word joiner the line may break between a formula and its full stop.
            html.push('\u{2060}');
        }
        html.push_str(&if math { formula(segment) } else { escape(segment) });
        after_formula = math;
    }
    html
}

fn formula(latex: &str) -> String {
    let source = format!("${latex}$");
    let drawn = label::set(&source, SIZE);
    let words = escape(&label::plain(&source));
    if drawn.path.is_empty() || drawn.width <= 0.0 {
        return words;
    }
    let (ascent, descent) = (drawn.ascent + 0.3, drawn.descent + 0.3);
    let em = |points: f64| format!("{:.3}em", points / EM);
    format!(
        "<svg class=\"formula\" role=\"img\" aria-label=\"{words}\" viewBox=\"0 {top} {w} {h}\" \
         style=\"width:{width};height:{height};vertical-align:-{depth}\"><path d=\"{path}\" fill=\"currentColor\"/></svg>",
        top = number(-ascent),
        w = number(drawn.width),
        h = number(ascent + descent),
        width = em(drawn.width),
        height = em(ascent + descent),
        depth = em(descent),
        path = drawn.path,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_formulas_are_drawn() {
        let html = rich(r"a < b, $\sigma$ & <script>");
        assert!(html.starts_with("a &lt; b, <svg"));
        assert!(html.ends_with("</svg> &amp; &lt;script&gt;"));
        assert!(html.contains("aria-label=\"σ\""));
    }

    #[test]
    fn a_full_stop_stays_with_its_formula() {
        assert!(rich("of $q$.").ends_with("</svg>\u{2060}."));
    }

    #[test]
    fn latex_cannot_break_out() {
        let html = rich("$</svg><script>alert(1)</script>$");
        assert!(!html.contains("<script>"), "{html}");
    }
}
