//! Legends above the panels, where they hide no data.

use super::{LINE_WIDTH, Marker, TICK_SIZE};
use crate::label::{self, Label};
use crate::svg::{Align, Canvas, Stroke};

const LEADING: f64 = TICK_SIZE * 1.45;
const SAMPLE: f64 = 12.0;
const GAP: f64 = 9.0;

/// A title and the entries it introduces: `disorder W/t:  o 2  o 3  o 4`.
#[derive(Clone, Debug)]
pub(crate) struct Legend {
    pub(crate) title: String,
    pub(crate) entries: Vec<LegendEntry>,
}

/// One entry: a sample of the line, the marker, or both.
#[derive(Clone, Debug)]
pub(crate) struct LegendEntry {
    pub(crate) text: String,
    pub(crate) marker: Option<(Marker, String)>,
    pub(crate) line: Option<Stroke>,
}

impl Legend {
    /// Height of these legends when laid out in `width`.
    pub(crate) fn height(legends: &[Self], width: f64) -> f64 {
        let rows = place(legends, width).last().map_or(0, |placed| placed.row + 1);
        rows as f64 * LEADING
    }

    /// Draws legends from `(x, y)` on, side by side where they fit into `width`, else below one another.
    pub(crate) fn draw(legends: &[Self], canvas: &mut Canvas, x: f64, y: f64, width: f64) {
        for Placed { row, at, piece } in place(legends, width) {
            let (at, base) = (x + at, y + row as f64 * LEADING + TICK_SIZE);
            let (entry, text) = match &piece {
                Piece::Title(title) => {
                    canvas.text(title, at, base, Align::Start);
                    continue;
                }
                Piece::Entry(entry, text) => (entry, text),
            };
            let middle = base - TICK_SIZE * 0.33;
            if let Some(stroke) = &entry.line {
                canvas.polyline(&[(at, middle), (at + SAMPLE, middle)], stroke);
            }
            if let Some((marker, color)) = &entry.marker {
                marker.draw(canvas, at + entry.sample() / 2.0, middle, 2.1, color);
            }
            canvas.text(text, at + entry.sample() + 2.0, base, Align::Start);
        }
    }

    fn heading(&self) -> Option<Label> {
        (!self.title.is_empty()).then(|| label::set(&self.title, TICK_SIZE))
    }

    fn width(&self) -> f64 {
        let title = self.heading().map_or(0.0, |t| t.width + 0.6 * GAP);
        let entries =
            self.entries.iter().map(|e| e.sample() + 2.0 + label::set(&e.text, TICK_SIZE).width + GAP);
        title + entries.sum::<f64>() - GAP
    }
}

enum Piece<'a> {
    Title(Label),
    Entry(&'a LegendEntry, Label),
}

/// A piece with its row and the distance from the left.
struct Placed<'a> {
    row: usize,
    at: f64,
    piece: Piece<'a>,
}

fn place(legends: &[Legend], width: f64) -> Vec<Placed<'_>> {
    let mut placed = Vec::new();
    let (mut row, mut at) = (0, 0.0);
    for legend in legends {
        if at > 0.0 && at + GAP + legend.width() > width {
            (row, at) = (row + 1, 0.0);
        } else if at > 0.0 {
            at += GAP;
        }
        let start = at;
        let mut indent = 0.0;
        if let Some(title) = legend.heading() {
            indent = title.width + 0.6 * GAP;
            placed.push(Placed { row, at, piece: Piece::Title(title) });
        }
        at += indent;
        for entry in &legend.entries {
            let text = label::set(&entry.text, TICK_SIZE);
            let length = entry.sample() + 2.0 + text.width;
            if at + length > width && at > start + indent {
                (row, at) = (row + 1, indent);
            }
            placed.push(Placed { row, at, piece: Piece::Entry(entry, text) });
            at += length + GAP;
        }
    }
    placed
}

impl LegendEntry {
    /// An entry with a marker only.
    pub(crate) fn marker(text: &str, marker: Marker, color: &str) -> Self {
        Self { text: text.to_owned(), marker: Some((marker, color.to_owned())), line: None }
    }

    /// An entry with a line only.
    pub(crate) fn line(text: &str, color: &str, dashes: &'static str) -> Self {
        let stroke = Stroke { color: color.to_owned(), width: LINE_WIDTH, dashes };
        Self { text: text.to_owned(), marker: None, line: Some(stroke) }
    }

    fn sample(&self) -> f64 {
        if self.line.is_some() { SAMPLE } else { 5.0 }
    }
}
