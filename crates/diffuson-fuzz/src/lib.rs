//! What the fuzz targets do with their bytes, one module each.
//!
//! A target fails by a panic, by an overflow, by a study or a diagnostic that contradicts itself, or by the limits that the fuzzer sets on time and memory.

pub mod csv_table;
pub mod diagnostic;
pub mod record;
pub mod scratch;
pub mod store_chunk;
pub mod store_metadata;
pub mod study_file;
