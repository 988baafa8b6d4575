//! Every input on record, through the function that the fuzzer runs: what once failed does not fail again, whatever fuzzers are installed.

use diffuson_fuzz::{csv_table, store_chunk, store_metadata, study_file};
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut inputs = 0;
    for entry in fs::read_dir(&folder).expect("a corpus") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("an input");
        assert!(
            catch_unwind(|| run(&bytes)).is_ok(),
            "cargo fuzz run --sanitizer none {target} {}",
            path.display()
        );
        inputs += 1;
    }
    assert!(inputs > 100, "{inputs} inputs in {}", folder.display());
}

#[test]
fn study_files() {
    replay("study_file", study_file::run);
}

#[test]
fn tables() {
    replay("csv_table", csv_table::run);
}

#[test]
fn metadata_of_records() {
    replay("store_metadata", store_metadata::run);
}

#[test]
fn chunks_of_records() {
    replay("store_chunk", store_chunk::run);
}
