//! Bytes as a chunk of a record.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| diffuson_fuzz::store_chunk::run(data));
