//! One axis of a panel: its range, its label, and how it is drawn.

use super::{AXIS_WIDTH, LABEL_SIZE, Scale, TICK_SIZE};
use crate::label::{self, Label};
use crate::number::{short, typeset};
use crate::svg::{Align, Canvas, Frame, Stroke};

const MAJOR: f64 = 3.2;
const MINOR: f64 = 1.8;
const GAP: f64 = 2.4;

/// A labelled axis over `lo..=hi`.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) scale: Scale,
    pub(crate) lo: f64,
    pub(crate) hi: f64,
    /// Whether tick labels and the axis label are drawn.
    pub(crate) labelled: bool,
    /// Where the labelled ticks go, if not at round numbers.
    pub(crate) at: Vec<f64>,
}

impl Axis {
    /// An axis that holds all finite `values`; none if there are no values to hold.
    pub(crate) fn holding(label: &str, scale: Scale, values: impl Iterator<Item = f64>) -> Option<Self> {
        let (lo, hi) = scale.range(values)?;
        Some(Self::new(label, scale, lo, hi))
    }

    pub(crate) fn new(label: &str, scale: Scale, lo: f64, hi: f64) -> Self {
        Self { label: label.to_owned(), scale, lo, hi, labelled: true, at: Vec::new() }
    }

    /// The same axis without tick labels and label, for stacked panels.
    pub(crate) fn bare(mut self) -> Self {
        self.labelled = false;
        self
    }

    /// The same axis with its labelled ticks at the given values, if there is room between them.
    pub(crate) fn ticked_at(mut self, mut values: Vec<f64>, length: f64) -> Self {
        values.retain(|v| v.is_finite());
        values.sort_by(f64::total_cmp);
        values.dedup();
        let crowded = values.windows(2).any(|p| (self.fraction(p[1]) - self.fraction(p[0])) * length < 22.0);
        if values.len() > 1 && !crowded {
            self.at = values;
        }
        self
    }

    pub(crate) fn fraction(&self, value: f64) -> f64 {
        self.scale.fraction(value, self.lo, self.hi)
    }

    fn ticks(&self, length: f64, spacing: f64) -> (Vec<(f64, Label)>, Vec<f64>) {
        let count = (length / spacing).round().clamp(2.0, 8.0) as usize;
        let mut ticks = self.scale.ticks(self.lo, self.hi, count);
        if !self.at.is_empty() {
            ticks.minor.clear();
            ticks.major = self.at.iter().map(|v| (*v, typeset(&short(*v, 4)))).collect();
        }
        let labels = ticks.major.into_iter().map(|(v, text)| (v, label::set(&text, TICK_SIZE))).collect();
        (labels, ticks.minor)
    }

    /// Width needed left of a frame of this height when this is its vertical axis.
    pub(crate) fn room_left(&self, height: f64) -> f64 {
        if !self.labelled {
            return GAP;
        }
        let (ticks, _) = self.ticks(height, 24.0);
        let widest = ticks.iter().map(|(_, l)| l.width).fold(0.0, f64::max);
        let title = label::set(&self.label, LABEL_SIZE);
        GAP + widest + 3.0 + title.ascent + title.descent + 1.0
    }

    /// Height needed below a frame when this is its horizontal axis.
    pub(crate) fn room_below(&self) -> f64 {
        if !self.labelled {
            return GAP;
        }
        let title = label::set(&self.label, LABEL_SIZE);
        GAP + TICK_SIZE * 0.75 + 4.0 + title.ascent + title.descent + 1.0
    }

    /// Draws ticks on the bottom and top edges of `frame`, labels below.
    pub(crate) fn draw_horizontal(&self, canvas: &mut Canvas, frame: Frame) {
        let stroke = Stroke::ink(AXIS_WIDTH);
        let at = |v: f64| frame.x + self.fraction(v) * frame.width;
        let (major, minor) = self.ticks(frame.width, 38.0);
        for (values, length) in [(major.iter().map(|(v, _)| *v).collect(), MAJOR), (minor, MINOR)] {
            for x in values.iter().map(|v: &f64| at(*v)) {
                canvas.polyline(&[(x, frame.bottom()), (x, frame.bottom() - length)], &stroke);
                canvas.polyline(&[(x, frame.y), (x, frame.y + length)], &stroke);
            }
        }
        if self.labelled {
            let base = frame.bottom() + GAP + TICK_SIZE * 0.75;
            for (value, text) in &major {
                canvas.text(text, at(*value), base, Align::Middle);
            }
            let title = label::set(&self.label, LABEL_SIZE);
            canvas.text(&title, frame.x + frame.width / 2.0, base + 4.0 + title.ascent, Align::Middle);
        }
    }

    /// Draws ticks on the left and right edges of `frame`, labels on the left.
    pub(crate) fn draw_vertical(&self, canvas: &mut Canvas, frame: Frame) {
        let stroke = Stroke::ink(AXIS_WIDTH);
        let at = |v: f64| frame.bottom() - self.fraction(v) * frame.height;
        let (major, minor) = self.ticks(frame.height, 24.0);
        for (values, length) in [(major.iter().map(|(v, _)| *v).collect(), MAJOR), (minor, MINOR)] {
            for y in values.iter().map(|v: &f64| at(*v)) {
                canvas.polyline(&[(frame.x, y), (frame.x + length, y)], &stroke);
                canvas.polyline(&[(frame.right(), y), (frame.right() - length, y)], &stroke);
            }
        }
        if self.labelled {
            for (value, text) in &major {
                canvas.text(text, frame.x - GAP, at(*value) + TICK_SIZE * 0.33, Align::End);
            }
            let title = label::set(&self.label, LABEL_SIZE);
            let left = frame.x - self.room_left(frame.height) + 1.0;
            canvas.text_upwards(&title, left + title.ascent, frame.y + frame.height / 2.0, Align::Middle);
        }
    }
}
