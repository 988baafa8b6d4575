//! The record of a run: one Zarr v3 group on disk, complete enough to be read without the program.
//!
//! * [`Writer`] makes the record of a run, or continues it where it stopped; only one at a time.
//! * [`Reader`] opens a finished or unfinished record, also while a run is writing it.
//! * [`Merge`]: samples of other records of the same study taken over by a writer.
//! * [`Record`], [`Layout`], [`ArraySpec`]: which arrays a record has. This crate knows their shapes and units, not
//!   their physics.
//! * [`Provenance`]: what was computed, by which version, from which settings; and whether two runs belong together.
//!   [`Fingerprint`]: a hash, for settings too long to be written down.
//! * [`Array`], [`Values`], [`Kind`]: typed numbers and text, in C order.
//! * [`Damage`]: what [`Writer::repair`] has found.
//! * [`StoreError`]: everything that can go wrong, with the path.
//!
//! # What is in the folder
//!
//! `NAME.zarr` holds `zarr.json` (attributes, and the metadata of all arrays, so that `xarray.open_zarr` needs no
//! options) and one folder per array. Two kinds of arrays:
//!
//! * *per-sample* arrays have the dimensions (`point`, `sample`, ...). A file is a *shard*: many samples of one point
//!   (codec `sharding_indexed`), in chunks that are compressed and read one by one. How many samples go together
//!   follows from the bytes of a sample: some 1 MiB of its widest array make a chunk, 16 MiB a shard, and never more
//!   than 1024 and 65536 samples; so 10^6 samples make 16 files per array when they are numbers, and a file per 16 MiB
//!   when they are fields;
//! * *whole* arrays (coordinates, results) have no `sample` dimension and are one chunk, one file.
//!
//! The record itself keeps four arrays: the coordinates [`POINT`] and [`SAMPLE`], [`STATUS`] (0 missing, 1 done,
//! 2 failed) and [`FAILURE`] (why). Missing numbers are NaN, missing text is empty. Chunks are compressed (zstd) and
//! carry a checksum (CRC-32C), as does the index of a shard. The metadata of the status repeat fingerprint and version
//! of the study.
//!
//! # What survives
//!
//! Every file is written under a temporary name, synchronised and renamed, and the status of the samples of a shard is
//! written after all their other arrays. So a run killed at any moment leaves a record that can be continued: a sample is done or
//! failed with all its values there, or it is missing. Continued or not, whatever the order of the saves and the
//! number of interruptions, the same samples give the same bytes in the same files. No clock, no host name and no
//! path is stored.
//!
//! A file that was damaged afterwards is found when it is read ([`StoreError::Damaged`]), and [`Writer::repair`] finds
//! them all: what is lost becomes missing and is computed again, to the same bytes.
//!
//! Three names beside the record belong to it: `NAME.zarr.lock` (the advisory lock of the writer, released by the
//! operating system when the process dies, removed when the writer is dropped), `NAME.zarr.partial` (a record being
//! created) and `NAME.zarr.discarded` (one being removed). What a killed process leaves of them is cleared by the
//! next writer.
//!
//! # Example
//!
//! ```
//! use diffuson_store::{ArraySpec, Kind, Layout, Outcome, Provenance, Reader, Record, Status, Writer};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("run.zarr");
//! let record = Record {
//!     provenance: Provenance {
//!         title: "Conductance of a strip".into(),
//!         kind: "local-heat".into(),
//!         study: "...".into(),
//!         version: "0.1.0".into(),
//!         seed: 1992,
//!         overrides: vec![],
//!         shard: None,
//!         settings: Default::default(),
//!         free: vec!["ensemble.samples".into()],
//!     },
//!     points: 1,
//!     samples: 3,
//!     layout: Layout {
//!         dims: vec![],
//!         arrays: vec![ArraySpec::new("conductance", Kind::Float, &["point", "sample"], "e^2/h", "conductance")],
//!     },
//! };
//! let mut writer = Writer::create_or_resume(&path, &record, false)?;
//! let samples = [(0, Outcome::Done), (1, Outcome::Failed("no convergence".into()))];
//! writer.save(0, &samples, &[("conductance", (&[3.7, f64::NAN]).into())])?;
//! drop(writer);
//!
//! let writer = Writer::create_or_resume(&path, &record, false)?;
//! assert_eq!(writer.status(0, 1), Status::Failed);
//! assert_eq!(writer.status(0, 2), Status::Missing);
//! assert_eq!(Reader::open(&path)?.read::<f64>("conductance")?.data[0], 3.7);
//! # Ok(())
//! # }
//! ```

mod chunked;
mod chunking;
mod contents;
mod error;
mod folder;
mod frame;
mod layout;
mod lock;
mod merge;
mod provenance;
mod reader;
mod repair;
mod schema;
mod text;
mod values;
mod writer;

pub use error::StoreError;
pub use layout::{ArraySpec, FAILURE, Layout, POINT, Record, SAMPLE, STATUS};
pub use merge::{Merge, Step};
pub use provenance::{Fingerprint, Provenance};
pub use reader::Reader;
pub use repair::Damage;
pub use schema::SCHEMA_VERSION;
pub use values::{Array, Counts, Kind, Outcome, Status, Value, Values};
pub use writer::Writer;
