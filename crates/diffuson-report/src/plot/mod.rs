//! A small plotting layer: panels with axes, series, maps, colour bars and legends, as SVG.
//!
//! We draw ourselves because no kept library does what these figures need without C or installed
//! fonts: plotters (2024) has no colour bar and wants system fonts, kuva brings 300 packages and
//! draws one rectangle per cell of a heat map, charming and plotly need a browser for files.

mod axis;
mod cells;
mod colorbar;
mod grid;
mod legend;
mod marker;
mod panel;
mod scale;
mod series;
mod style;
mod voronoi;

pub(crate) use axis::Axis;
pub(crate) use cells::{Field, Geometry};
pub(crate) use colorbar::{ColorBar, ColorScale};
pub(crate) use grid::Grid;
pub(crate) use legend::{Legend, LegendEntry};
pub(crate) use marker::Marker;
pub(crate) use panel::{Corner, Panel};
pub(crate) use scale::Scale;
pub(crate) use series::{Datum, Item};
pub(crate) use style::Styles;

/// Widths of one and of two columns of a journal page, millimetres.
pub(crate) const ONE_COLUMN: f64 = 86.0;
/// See [`ONE_COLUMN`].
pub(crate) const TWO_COLUMNS: f64 = 178.0;

/// Font sizes in points.
pub(crate) const LABEL_SIZE: f64 = 8.0;
/// See [`LABEL_SIZE`].
pub(crate) const TICK_SIZE: f64 = 7.0;

/// Line widths in points.
pub(crate) const AXIS_WIDTH: f64 = 0.6;
/// See [`AXIS_WIDTH`].
pub(crate) const LINE_WIDTH: f64 = 0.9;
