//! One set of axes with everything drawn in it.

use super::{AXIS_WIDTH, Axis, Item, LABEL_SIZE, TICK_SIZE};
use crate::label;
use crate::svg::{Align, Canvas, Frame, Stroke};

/// A corner of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
}

/// Axes, items, and lines of text in the corners.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) items: Vec<Item>,
    /// Text in a corner; several notes in one corner are stacked.
    pub(crate) notes: Vec<(Corner, String)>,
}

impl Panel {
    pub(crate) fn new(x: Axis, y: Axis) -> Self {
        Self { x, y, items: Vec::new(), notes: Vec::new() }
    }

    /// Draws the panel with its axes along the edges of `frame`; labels go outside.
    pub(crate) fn draw(&self, canvas: &mut Canvas, frame: Frame) {
        self.draw_over(canvas, frame, |_| {});
    }

    /// As [`Panel::draw`], with `ground` (a heat map) under everything.
    pub(crate) fn draw_over(&self, canvas: &mut Canvas, frame: Frame, ground: impl FnOnce(&mut Canvas)) {
        canvas.clipped(frame, |canvas| {
            ground(canvas);
            for item in &self.items {
                item.draw(canvas, frame, &self.x, &self.y);
            }
        });
        let Frame { x, y, .. } = frame;
        let corners = [
            (x, y),
            (frame.right(), y),
            (frame.right(), frame.bottom()),
            (x, frame.bottom()),
            (x, y),
            (frame.right(), y),
        ];
        canvas.polyline(&corners, &Stroke::ink(AXIS_WIDTH));
        self.x.draw_horizontal(canvas, frame);
        self.y.draw_vertical(canvas, frame);
        self.draw_notes(canvas, frame);
    }

    fn draw_notes(&self, canvas: &mut Canvas, frame: Frame) {
        const INSET: f64 = 6.0;
        const LEADING: f64 = TICK_SIZE * 1.3;
        for corner in [Corner::TopLeft, Corner::TopRight, Corner::BottomLeft] {
            let notes: Vec<&str> =
                self.notes.iter().filter(|(at, _)| *at == corner).map(|(_, text)| text.as_str()).collect();
            for (i, text) in notes.iter().enumerate() {
                let (x, align) = match corner {
                    Corner::TopRight => (frame.right() - INSET, Align::End),
                    _ => (frame.x + INSET, Align::Start),
                };
                let y = match corner {
                    Corner::BottomLeft => frame.bottom() - INSET - (notes.len() - 1 - i) as f64 * LEADING,
                    _ => frame.y + INSET + LABEL_SIZE * 0.6 + i as f64 * LEADING,
                };
                canvas.text(&label::set(text, TICK_SIZE), x, y, align);
            }
        }
    }
}
