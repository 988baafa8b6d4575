//! The record of a run: one Zarr v3 group on disk, complete enough to be read without the program.
//!
//! * [`Writer`] makes the record of a run, or continues it where it stopped; only one at a time.
//! * [`Reader`] opens a finished or unfinished record, also while a run is writing it.
//! * [`Record`], [`Layout`], [`ArraySpec`]: which arrays a record has. This crate knows their shapes and units, not
//!   their physics.
//! * [`Provenance`]: what was computed, by which version, from which settings; and whether two runs belong together.
//! * [`Array`], [`Values`], [`Kind`]: typed numbers and text, in C order.
//! * [`StoreError`]: everything that can go wrong, with the path.
//!
//! # What is in the folder
//!
//! `NAME.zarr` holds `zarr.json` (attributes, and the metadata of all arrays, so that `xarray.open_zarr` needs no
//! options) and one folder per array. Two kinds of arrays:
//!
//! * *per-sample* arrays have the dimensions (`point`, `sample`, ...) and are stored in chunks of `chunk_samples`
//!   samples of one point, one file each;
//! * *whole* arrays (coordinates, results) have no `sample` dimension and are one chunk, one file.
//!
//! The record itself keeps four arrays: the coordinates [`POINT`] and [`SAMPLE`], [`STATUS`] (0 missing, 1 done,
//! 2 failed) and [`FAILURE`] (why). Missing numbers are NaN, missing text is empty. Chunks are compressed (zstd) and
//! carry a checksum (CRC-32C).
//!
//! # What survives
//!
//! Every file is written under a temporary name, synchronised and renamed, and the status of a chunk is written after
//! all its other arrays. So a run killed at any moment leaves a record that can be continued: a sample is done or
//! failed with all its values there, or it is missing. Continued or not, whatever the order of the saves and the
//! number of interruptions, the same samples give the same bytes in the same files. No clock, no host name and no path is stored.
//!
//! Three names beside the record belong to it: `NAME.zarr.lock` (the advisory lock of the writer, released by the
//! operating system when the process dies, removed when the writer is dropped), `NAME.zarr.partial` (a record being created) and
//! `NAME.zarr.discarded` (one being removed). What a killed process leaves of them is cleared by the next writer.

mod chunked;
mod error;
mod folder;
mod layout;
mod lock;
mod provenance;
mod reader;
mod schema;
mod values;
mod writer;

pub use error::StoreError;
pub use layout::{ArraySpec, FAILURE, Layout, POINT, Record, SAMPLE, STATUS};
pub use provenance::Provenance;
pub use reader::Reader;
pub use schema::SCHEMA_VERSION;
pub use values::{Array, Kind, Outcome, Status, Value, Values};
pub use writer::Writer;
