//! A figure of panels in rows and columns, with legends above.

use super::{LABEL_SIZE, Legend, ONE_COLUMN, Panel, TWO_COLUMNS};
use crate::figure::Figure;
use crate::svg::{Align, Canvas, Frame, MM};

/// Panels row by row; every row has as many.
pub(crate) struct Grid {
    pub(crate) legends: Vec<Legend>,
    pub(crate) rows: Vec<Vec<Panel>>,
    /// Height of a panel, in millimetres.
    pub(crate) height: f64,
}

const EDGE: f64 = 3.0;
const BETWEEN_ROWS: f64 = 6.0;
/// Height above a panel for its tag.
const TAG_ROOM: f64 = 10.0;

impl Grid {
    /// The figure: as wide as a column of a journal if there is one panel in a row, as two otherwise. Panels are marked (a), (b), ...
    pub(crate) fn figure(&self, name: &str, caption: String) -> Figure {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let width = if columns > 1 { TWO_COLUMNS } else { ONE_COLUMN } * MM;
        let mut canvas = Canvas::default();
        Legend::draw(&self.legends, &mut canvas, EDGE, EDGE, width - 2.0 * EDGE);
        let top = EDGE + Legend::height(&self.legends, width - 2.0 * EDGE) + 4.0;
        let height = self.height * MM;
        let panels = || self.rows.iter().flatten();
        let left = panels().map(|p| p.y.room_left(height)).fold(0.0, f64::max) + EDGE;
        let below = panels().map(|p| p.x.room_below()).fold(0.0, f64::max);
        let column = (width - EDGE) / columns as f64;
        let tagged = panels().count() > 1;
        let above = if tagged { TAG_ROOM } else { 0.0 };
        let step = above + height + below + BETWEEN_ROWS;
        let mut tag = b'a';
        for (i, row) in self.rows.iter().enumerate() {
            for (j, panel) in row.iter().enumerate() {
                let frame = Frame {
                    x: j as f64 * column + left,
                    y: top + above + i as f64 * step,
                    width: column - left - EDGE,
                    height,
                };
                panel.draw(&mut canvas, frame);
                if tagged {
                    // above the frame, where no data are
                    let name = format!("({})", char::from(tag));
                    canvas.write(&name, LABEL_SIZE, frame.x, frame.y - 3.5, Align::Start);
                    tag += 1;
                }
            }
        }
        let bottom = top + self.rows.len() as f64 * step - BETWEEN_ROWS;
        Figure::new(name, caption, canvas, width, bottom + EDGE)
    }
}
