//! Bytes as the metadata of a record.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| diffuson_fuzz::store_metadata::run(data));
