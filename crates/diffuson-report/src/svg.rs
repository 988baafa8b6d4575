//! Writing SVG: a canvas in points, no identifiers, no fonts, the same bytes every time.
//!
//! Ink is `currentColor` and the ground is one rectangle of class `paper`, so a page can restyle
//! a figure for dark screens. No coordinate is ever NaN: what is not finite is not drawn.

use std::fmt::Write;

use crate::base64;
use crate::label::{self, Label};

/// Points per millimetre.
pub(crate) const MM: f64 = 72.0 / 25.4;

/// The colour of axes and text.
pub(crate) const INK: &str = "currentColor";

/// An SVG document being drawn; lengths in points, y downwards.
#[derive(Default)]
pub(crate) struct Canvas {
    body: String,
}

/// A rectangle on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// How a line is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Stroke {
    pub(crate) color: String,
    pub(crate) width: f64,
    /// Lengths of dashes and gaps; empty for a full line.
    pub(crate) dashes: &'static str,
}

/// Where a label sits relative to its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

impl Stroke {
    pub(crate) fn ink(width: f64) -> Self {
        Self { color: INK.to_owned(), width, dashes: "" }
    }

    fn attributes(&self) -> String {
        let dashes = if self.dashes.is_empty() {
            String::new()
        } else {
            format!(r#" stroke-dasharray="{}""#, self.dashes)
        };
        format!(r#"fill="none" stroke="{}" stroke-width="{}"{dashes}"#, self.color, number(self.width))
    }
}

impl Canvas {
    /// The finished document: `width` x `height` points, described by `description`.
    pub(crate) fn finish(self, width: f64, height: f64, description: &str) -> String {
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{mm_w}mm" height="{mm_h}mm" "#,
                r#"viewBox="0 0 {w} {h}" color="black" role="img">"#,
                "\n<desc>{desc}</desc>\n",
                r#"<rect class="paper" width="{w}" height="{h}" fill="white"/>"#,
                "\n{body}</svg>\n"
            ),
            mm_w = number(width / MM),
            mm_h = number(height / MM),
            w = number(width),
            h = number(height),
            desc = escape(description),
            body = self.body,
        )
    }

    /// Draws `inside` cut off at the edges of `frame`, in unchanged coordinates.
    pub(crate) fn clipped(&mut self, frame: Frame, inside: impl FnOnce(&mut Self)) {
        let [x, y, w, h] = [frame.x, frame.y, frame.width, frame.height].map(number);
        let _ = writeln!(
            self.body,
            r#"<svg x="{x}" y="{y}" width="{w}" height="{h}" viewBox="{x} {y} {w} {h}" overflow="hidden">"#
        );
        inside(self);
        self.body.push_str("</svg>\n");
    }

    /// Draws `inside` as one group that shows `tip` when pointed at.
    pub(crate) fn tipped(&mut self, tip: &str, inside: impl FnOnce(&mut Self)) {
        let _ = writeln!(self.body, r#"<g class="tip"><title>{}</title>"#, escape(tip));
        inside(self);
        self.body.push_str("</g>\n");
    }

    /// A line through `points`, broken where a point is not finite.
    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], stroke: &Stroke) {
        let mut path = String::new();
        for piece in points.split(|(x, y)| !x.is_finite() || !y.is_finite()).filter(|p| p.len() > 1) {
            for (i, (x, y)) in piece.iter().enumerate() {
                let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(*x), number(*y));
            }
        }
        if !path.is_empty() {
            let _ = writeln!(self.body, r#"<path d="{path}" {}/>"#, stroke.attributes());
        }
    }

    /// A filled polygon.
    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], fill: &str, attributes: &str) {
        if points.len() < 3 || points.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
            return;
        }
        let mut path = String::new();
        for (i, (x, y)) in points.iter().enumerate() {
            let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(*x), number(*y));
        }
        let _ = writeln!(self.body, r#"<path d="{path}z" fill="{fill}" {attributes}/>"#);
    }

    /// A path with its own attributes.
    pub(crate) fn path(&mut self, data: &str, attributes: &str) {
        let _ = writeln!(self.body, r#"<path d="{data}" {attributes}/>"#);
    }

    /// A PNG image stretched over `frame`, its pixels kept sharp.
    pub(crate) fn image(&mut self, frame: Frame, png: &[u8]) {
        let _ = writeln!(
            self.body,
            concat!(
                r#"<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" "#,
                r#"style="image-rendering:pixelated" href="data:image/png;base64,{}"/>"#
            ),
            number(frame.x),
            number(frame.y),
            number(frame.width),
            number(frame.height),
            base64::encode(png)
        );
    }

    /// A label whose base line starts, is centred or ends at the anchor.
    pub(crate) fn text(&mut self, label: &Label, x: f64, y: f64, align: Align) {
        let x = x - shift(label.width, align);
        self.outline(label, &format!("translate({} {})", number(x), number(y)));
    }

    /// A label turned to read upwards, with the same meaning of `align` along its base line.
    pub(crate) fn text_upwards(&mut self, label: &Label, x: f64, y: f64, align: Align) {
        let y = y + shift(label.width, align);
        self.outline(label, &format!("translate({} {})rotate(-90)", number(x), number(y)));
    }

    /// Typesets and draws in one go.
    pub(crate) fn write(&mut self, text: &str, size: f64, x: f64, y: f64, align: Align) {
        self.text(&label::set(text, size), x, y, align);
    }

    fn outline(&mut self, label: &Label, transform: &str) {
        if !label.path.is_empty() {
            let _ = writeln!(self.body, r#"<path transform="{transform}" d="{}" fill="{INK}"/>"#, label.path);
        }
    }
}

impl Frame {
    pub(crate) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

fn shift(width: f64, align: Align) -> f64 {
    match align {
        Align::Start => 0.0,
        Align::Middle => width / 2.0,
        Align::End => width,
    }
}

/// A coordinate with at most two decimals.
pub(crate) fn number(x: f64) -> String {
    let text = format!("{:.2}", if x.is_finite() { x } else { 0.0 });
    let text = crate::number::trim_zeros(&text);
    if text == "-0" { "0".to_owned() } else { text }
}

/// `text` safe inside XML or HTML, in content and in quoted attributes; control characters that
/// XML forbids become spaces.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_missing_points() {
        let mut canvas = Canvas::default();
        canvas.polyline(
            &[(0.0, 0.0), (1.0, 1.0), (f64::NAN, 2.0), (3.0, f64::INFINITY), (4.0, 4.0), (5.0, 5.0)],
            &Stroke::ink(1.0),
        );
        assert!(canvas.body.contains(r#"d="M0 0L1 1M4 4L5 5""#), "{}", canvas.body);
    }

    #[test]
    fn everything_that_is_special_is_escaped() {
        assert_eq!(escape("<a href=\"x\">&'\u{0}\n"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39; \n");
    }

    #[test]
    fn coordinates_are_short_and_finite() {
        assert_eq!(number(1.0), "1");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(2.345_6), "2.35");
        assert_eq!(number(f64::NAN), "0");
    }
}
