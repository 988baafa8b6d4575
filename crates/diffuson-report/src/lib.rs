//! Figures, a page and a table, drawn from stored records only: nothing here computes physics.
//!
//! - [`Record`]: a stored record in memory
//! - [`figures`], [`map`]: [`Figure`]s as SVG and PNG
//! - [`page`]: one self-contained HTML page
//! - [`summary`]: the estimates as plain text for a terminal; [`soundness`]: the audits alone
//! - [`write_all`], [`write_figures`], [`write_page`]: files, never half written
//! - [`with_error`], [`short`]: numbers as physicists print them
//!
//! Labels are outlines of STIX Two Math (SIL Open Font License 1.1), so a figure needs no fonts.

mod base64;
mod color;
mod defect_dynamics;
mod droplets;
mod droplets_fit;
mod error;
mod figure;
mod fitted;
mod fluctuators;
mod html;
mod kind;
mod label;
mod local_heat;
mod mobility_edge;
mod mobility_edge_fit;
mod noise;
mod number;
mod number_variance;
mod plot;
mod point_contact;
mod raster;
mod record;
mod run;
mod scaling;
mod setting;
mod spin_fluctuations;
mod svg;
mod sweep;
mod symbols;
mod table;
mod thermoelectric;
mod write;
mod zero_bias_anomaly;
mod zero_bias_anomaly_fit;

pub use error::ReportError;
pub use figure::{Figure, figures};
pub use html::page;
pub use label::plain;
pub use local_heat::map;
pub use number::{short, with_error};
pub use record::{Array, Data, Record};
pub use table::{soundness, summary};
pub use write::{write_all, write_figures, write_page};
