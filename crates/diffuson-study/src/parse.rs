//! From TOML to checked values.
//!
//! [`document`] turns a study file and its overrides into a flat list of entries that know their place;
//! [`value`] checks one entry against its key and converts units; [`bounded`] reads a file of limited size; [`mod@column`] reads a file of numbers, [`table`] one of measurements.

pub(crate) mod bounded;
pub(crate) mod column;
pub(crate) mod document;
pub(crate) mod nearest;
pub(crate) mod table;
pub(crate) mod value;

pub(crate) use document::{Document, Entry, Raw, RawValue};
pub(crate) use value::{Context, Value, check};
