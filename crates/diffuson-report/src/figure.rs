//! A finished figure.

use crate::error::ReportError;
use crate::kind::Kind;
use crate::label;
use crate::plot::{LABEL_SIZE, ONE_COLUMN};
use crate::raster;
use crate::record::Record;
use crate::run::Run;
use crate::svg::{Align, Canvas, Frame, INK, MM, Stroke};

/// The figures of a record.
///
/// # Errors
///
/// [`ReportError::Kind`] for an unknown kind, [`ReportError::Missing`] or [`ReportError::Shape`] if
/// the record contradicts itself. Missing data is no error: the figure then says what is missing.
pub fn figures(record: &Record) -> Result<Vec<Figure>, ReportError> {
    let kind = Kind::of(record)?;
    Ok((kind.figures)(&Run::new(record)?))
}

/// A figure: a name for its files, a caption, and the drawing.
#[derive(Clone, Debug)]
pub struct Figure {
    /// File name without ending, such as `map`.
    pub name: String,
    /// What is shown, as text with LaTeX between dollar signs.
    pub caption: String,
    /// The drawing, self-contained: glyphs are outlines, images are embedded.
    pub svg: String,
}

impl Figure {
    pub(crate) fn new(name: &str, caption: String, canvas: Canvas, width: f64, height: f64) -> Self {
        let svg = canvas.finish(width, height, &label::plain(&caption));
        Self { name: name.to_owned(), caption, svg }
    }

    /// A figure that says why there is nothing to draw.
    pub(crate) fn empty(name: &str, what: &str, reason: &str) -> Self {
        let (width, height) = (ONE_COLUMN * MM, 40.0 * MM);
        let mut canvas = Canvas::default();
        let inset = 6.0;
        let frame = Frame { x: inset, y: inset, width: width - 2.0 * inset, height: height - 2.0 * inset };
        let (right, bottom) = (frame.right(), frame.bottom());
        let outline = [(inset, inset), (right, inset), (right, bottom), (inset, bottom), (inset, inset)];
        canvas.polyline(&outline, &Stroke { color: INK.to_owned(), width: 0.6, dashes: "3 2" });
        let middle = width / 2.0;
        canvas.write(&format!("{what}: no data"), LABEL_SIZE, middle, inset + 24.0, Align::Middle);
        for (i, line) in label::wrap(reason, LABEL_SIZE, frame.width - 16.0).iter().take(5).enumerate() {
            canvas.text(line, middle, inset + 40.0 + 11.0 * i as f64, Align::Middle);
        }
        Self::new(name, format!("{what}: no data. {reason}"), canvas, width, height)
    }

    /// The figure as PNG on white, at `dpi` pixels per inch (300 for print).
    ///
    /// # Errors
    ///
    /// [`ReportError::Raster`] if the resolution is not a sensible number of pixels.
    pub fn png(&self, dpi: f64) -> Result<Vec<u8>, ReportError> {
        raster::png(&self.svg, dpi)
            .map_err(|reason| ReportError::Raster { figure: self.name.clone(), reason })
    }
}
