//! Bytes as a study file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| diffuson_fuzz::study_file::run(data));
