//! Labels as glyph outlines, so that no font has to be installed anywhere.
//!
//! A label is plain text with LaTeX between dollar signs: `rms heat $q$ (bias/$t$)`. This module
//! is the only user of `latex-rust`, whose embedded STIX Two Math face (SIL Open Font License)
//! also sets the plain text. LaTeX that does not parse is set as plain text instead.

use std::sync::OnceLock;

use latex_rust::layout::{BoxContent, MathBox, MathStyle, layout};
use latex_rust::ttf_parser::{GlyphId, OutlineBuilder};
use latex_rust::{Dim, MathFont, lookup, parse};

use crate::number::superscript;

/// A typeset label: outlines in points, y downwards, origin at the left end of the base line.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// Advance width.
    pub(crate) width: f64,
    /// Largest extent above the base line.
    pub(crate) ascent: f64,
    /// Largest extent below the base line.
    pub(crate) descent: f64,
    /// Path data.
    pub(crate) path: String,
}

/// Typesets `text` at a font size in points.
pub(crate) fn set(text: &str, size: f64) -> Label {
    let mut pen = Pen { size, ..Pen::default() };
    let Some(font) = font() else {
        return Label { width: 0.0, ascent: 0.0, descent: 0.0, path: String::new() };
    };
    for (math, segment) in segments(text) {
        let set = math
            .then(|| layout(&parse(segment).ok()?, font, MathStyle::Text).ok())
            .flatten()
            .is_some_and(|tree| pen.math(&tree, font));
        if !set {
            pen.text(&if math { plain_math(segment) } else { segment.to_owned() }, font);
        }
    }
    Label { width: pen.x, ascent: pen.ascent, descent: pen.descent, path: pen.outline.path }
}

/// Typesets plain `text` in lines of at most `width` points.
pub(crate) fn wrap(text: &str, size: f64, width: f64) -> Vec<Label> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or("", String::as_str);
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        match lines.last_mut() {
            Some(line) if line.is_empty() || set(&longer, size).width <= width => *line = longer,
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| set(line, size)).collect()
}

/// `text` without typesetting: dollar signs dropped, commands as Unicode (`$\sigma$` is σ).
#[must_use]
pub fn plain(text: &str) -> String {
    segments(text)
        .map(|(math, segment)| if math { plain_math(segment) } else { segment.to_owned() })
        .collect()
}

/// The segments of `text`, each with whether it is LaTeX. An unpaired dollar sign is plain text.
pub(crate) fn segments(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let paired = text.matches('$').count().is_multiple_of(2);
    let whole = (!paired).then_some((false, text));
    let parts = text.split('$').enumerate().map(|(i, part)| (i % 2 == 1, part));
    whole
        .into_iter()
        .chain(parts.take(if paired { usize::MAX } else { 0 }))
        .filter(|(_, part)| !part.is_empty())
}

fn font() -> Option<&'static MathFont> {
    static FONT: OnceLock<Option<MathFont>> = OnceLock::new();
    FONT.get_or_init(|| MathFont::stix_two_math().ok()).as_ref()
}

fn plain_math(latex: &str) -> String {
    let mut out = String::new();
    let mut rest = latex;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                let name = &rest[..length];
                rest = &rest[length.max(usize::from(rest.starts_with([',', ';', ' ', '!', ':'])))..];
                match name {
                    "" => out.push(' '),
                    "mathrm" | "text" | "mathit" | "rm" | "left" | "right" | "operatorname" => {}
                    name => out.push_str(lookup(&format!("\\{name}")).map_or(name, |entry| entry.glyph)),
                }
                if !name.is_empty() {
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                }
            }
            '{' | '}' => {}
            '^' => {
                let (power, after) = group(rest);
                let raised = superscript(power);
                if raised.chars().count() == power.chars().count() {
                    out.push_str(&raised);
                } else {
                    out.push('^');
                    out.push_str(&plain_math(power));
                }
                rest = after;
            }
            c => out.push(c),
        }
    }
    out
}

/// The argument of a superscript and what follows it.
fn group(text: &str) -> (&str, &str) {
    if let Some(inner) = text.strip_prefix('{')
        && let Some(end) = inner.find('}')
    {
        return (&inner[..end], &inner[end + 1..]);
    }
    text.split_at(text.chars().next().map_or(0, char::len_utf8))
}

/// Sets glyphs one after another.
#[derive(Default)]
struct Pen {
    size: f64,
    x: f64,
    ascent: f64,
    descent: f64,
    outline: Outline,
}

impl Pen {
    fn text(&mut self, text: &str, font: &MathFont) {
        let face = font.face();
        let scale = self.size / f64::from(font.units_per_em());
        for c in text.chars() {
            let glyph = face.glyph_index(c).or_else(|| face.glyph_index('?')).unwrap_or(GlyphId(0));
            self.glyph(glyph, scale, self.x, 0.0, font);
            self.x += f64::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
        }
    }

    fn math(&mut self, tree: &MathBox, font: &MathFont) -> bool {
        if !drawable(tree) {
            return false;
        }
        self.place(tree, font, self.x, 0.0);
        self.x += em(&tree.width) * self.size;
        true
    }

    fn place(&mut self, tree: &MathBox, font: &MathFont, x: f64, parent_base: f64) {
        let base = parent_base - em(&tree.shift) * self.size;
        match &tree.content {
            BoxContent::Glyph { glyph_id, scale, .. } => {
                let scale = em(scale) * self.size / f64::from(font.units_per_em());
                self.glyph(GlyphId(*glyph_id), scale, x, base, font);
            }
            BoxContent::Rule => {
                let (w, h, d) = (em(&tree.width), em(&tree.height), em(&tree.depth));
                let (top, bottom) = (base - h * self.size, base + d * self.size);
                self.outline.rectangle(x, top, x + w * self.size, bottom);
                self.extend(top, bottom);
            }
            BoxContent::HList(children) => {
                let mut at = x;
                for child in children {
                    self.place(child, font, at, base);
                    at += em(&child.width) * self.size;
                }
            }
            BoxContent::VList(children) => {
                let mut below = 0.0;
                for (i, child) in children.iter().enumerate() {
                    let offset = if i == 0 { 0.0 } else { below + em(&child.height) };
                    self.place(child, font, x, base + offset * self.size);
                    below = offset + em(&child.depth);
                }
            }
            BoxContent::Overlap(children) => {
                for child in children {
                    self.place(child, font, x, base);
                }
            }
            _ => {}
        }
    }

    fn glyph(&mut self, glyph: GlyphId, scale: f64, x: f64, base: f64, font: &MathFont) {
        self.outline.transform = [scale, x, base];
        if let Some(bounds) = font.face().outline_glyph(glyph, &mut self.outline) {
            let (top, bottom) = (f64::from(bounds.y_max) * scale, f64::from(bounds.y_min) * scale);
            self.extend(base - top, base - bottom);
        }
    }

    fn extend(&mut self, top: f64, bottom: f64) {
        self.ascent = self.ascent.max(-top);
        self.descent = self.descent.max(bottom);
    }
}

/// Whether a laid-out tree has only the boxes that [`Pen::place`] draws.
fn drawable(tree: &MathBox) -> bool {
    match &tree.content {
        BoxContent::Empty | BoxContent::Kern(_) | BoxContent::Rule | BoxContent::Glyph { .. } => true,
        BoxContent::HList(children) | BoxContent::VList(children) | BoxContent::Overlap(children) => {
            children.iter().all(drawable)
        }
        _ => false,
    }
}

fn em(dim: &Dim) -> f64 {
    dim.as_ratio().map_or(0.0, |(num, den)| num as f64 / den as f64)
}

/// Path data in hundredths of a point, relative commands, exact running position.
#[derive(Default)]
struct Outline {
    /// Scale, shift in x, base line.
    transform: [f64; 3],
    at: [i64; 2],
    path: String,
}

impl Outline {
    fn point(&self, x: f32, y: f32) -> [i64; 2] {
        let [scale, shift, base] = self.transform;
        [hundredths(shift + f64::from(x) * scale), hundredths(base - f64::from(y) * scale)]
    }

    fn command(&mut self, command: char, points: &[[i64; 2]]) {
        self.path.push(command);
        let mut first = true;
        for point in points {
            for (to, from) in point.iter().zip(self.at) {
                push_hundredths(&mut self.path, to - from, first);
                first = false;
            }
        }
        if let Some(last) = points.last() {
            self.at = *last;
        }
    }

    fn rectangle(&mut self, left: f64, top: f64, right: f64, bottom: f64) {
        let [l, t, r, b] = [left, top, right, bottom].map(hundredths);
        self.start([l, t]);
        self.command('l', &[[r, t]]);
        self.command('l', &[[r, b]]);
        self.command('l', &[[l, b]]);
        self.path.push('z');
        self.at = [l, t];
    }

    fn start(&mut self, point: [i64; 2]) {
        self.path.push('M');
        push_hundredths(&mut self.path, point[0], true);
        push_hundredths(&mut self.path, point[1], false);
        self.at = point;
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start(self.point(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.command('l', &[self.point(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.command('q', &[self.point(x1, y1), self.point(x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.command('c', &[self.point(x1, y1), self.point(x2, y2), self.point(x, y)]);
    }

    fn close(&mut self) {
        self.path.push('z');
    }
}

fn hundredths(x: f64) -> i64 {
    (x * 100.0).round() as i64
}

/// Appends `n / 100`, with a separating space where a sign does not separate already.
fn push_hundredths(out: &mut String, n: i64, first: bool) {
    if n < 0 {
        out.push('-');
    } else if !first {
        out.push(' ');
    }
    let n = n.unsigned_abs();
    let (whole, cents) = (n / 100, n % 100);
    if whole > 0 || cents == 0 {
        out.push_str(&whole.to_string());
    }
    if cents > 0 {
        out.push('.');
        out.push(char::from(b'0' + (cents / 10) as u8));
        if !cents.is_multiple_of(10) {
            out.push(char::from(b'0' + (cents % 10) as u8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn math_and_text_have_ink_and_width() {
        for text in
            ["rms heat", r"$\sigma$ ($e^2/h$)", r"$\frac{L_\mathrm{in}}{2\pi D}$", r"$10^{-2}$", "−0.47(2)"]
        {
            let label = set(text, 8.0);
            assert!(label.width > 4.0 && label.ascent > 3.0, "{text}");
            assert!(label.path.starts_with('M') && label.path.ends_with('z'), "{text}");
            assert!(!label.path.contains("NaN"));
        }
    }

    #[test]
    fn width_grows_with_size_and_text() {
        assert!((set("heat", 16.0).width / set("heat", 8.0).width - 2.0).abs() < 1e-9);
        assert!(set("heats", 8.0).width > set("heat", 8.0).width);
        assert_eq!(set("", 8.0).width, 0.0);
    }

    #[test]
    fn long_text_is_wrapped() {
        let lines =
            wrap("all forty samples of this point failed, so there is nothing to draw here", 8.0, 100.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| line.width <= 100.0));
    }

    #[test]
    fn broken_latex_falls_back_to_plain_text() {
        for broken in
            [r"$\frac{1}$", r"$\nosuchcommand x$", "$x_{$", r"$\begin{x}$", "odd $ dollar", r"$\color{red}$"]
        {
            assert!(set(broken, 8.0).width > 0.0, "{broken}");
        }
        let bad = set(r"$\nosuchcommand$", 8.0);
        assert_eq!(bad.path, set("nosuchcommand", 8.0).path);
    }

    #[test]
    fn plain_text_for_terminals() {
        assert_eq!(plain(r"conductivity $\sigma$"), "conductivity σ");
        assert_eq!(plain(r"$L_\mathrm{in}$"), "L_in");
        assert_eq!(plain(r"$e^2/h$"), "e²/h");
        assert_eq!(plain(r"$t^{-1}$"), "t⁻¹");
        assert_eq!(plain(r"$2\pi D$"), "2πD");
        assert_eq!(plain("5 $ each"), "5 $ each");
    }
}
