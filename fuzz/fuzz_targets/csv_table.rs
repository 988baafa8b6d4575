//! Bytes as a table of measurements or a file of numbers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| diffuson_fuzz::csv_table::run(data));
