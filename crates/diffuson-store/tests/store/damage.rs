//! Damaged records give errors that name the file, and nothing else happens.

use std::fs;
use std::path::{Path, PathBuf};

use diffuson_store::{ArraySpec, Kind, Layout, Outcome, Reader, Record, StoreError, Writer};

use crate::run::{CHUNK, PIXELS, finish, record, save};

fn finished() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    (folder, path)
}

fn read_all(path: &Path) -> Result<(), StoreError> {
    let reader = Reader::open(path)?;
    for name in ["conductance", "heat", "x", "estimate", "probes_coupling"] {
        reader.read::<f64>(name)?;
    }
    for name in ["steps", "sample", "point", "site"] {
        reader.read::<i64>(name)?;
    }
    reader.read::<u8>("status")?;
    reader.read::<u8>("flags")?;
    for name in ["remark", "failure", "audit", "quantity"] {
        reader.read::<String>(name)?;
    }
    Ok(())
}

#[test]
fn every_damaged_chunk_is_found_and_named() {
    let (_folder, path) = finished();
    read_all(&path).unwrap();
    let chunks = [
        "heat/c/1/0/0",
        "conductance/c/0/0",
        "steps/c/0/0",
        "flags/c/1/0/0",
        "remark/c/0/0",
        "failure/c/1/0",
        "status/c/0/0",
        "audit/c/0",
        "estimate/c/0/0",
        "sample/c/0",
        "x/c/0/0",
    ];
    for chunk in chunks {
        let file = path.join(chunk);
        let good = fs::read(&file).unwrap();
        let middle = good.len() / 2;
        let mut flipped = good.clone();
        flipped[middle] ^= 0x10;
        let damages: [&[u8]; 5] = [&good[..middle], &good[..good.len() - 1], b"", b"abc", &flipped];
        for damage in damages {
            fs::write(&file, damage).unwrap();
            let error = read_all(&path).unwrap_err();
            assert!(matches!(&error, StoreError::Damaged { path, .. } if *path == file), "{chunk}: {error}");
        }
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let error = read_all(&path).unwrap_err();
        assert!(error.to_string().contains(file.to_str().unwrap()), "{chunk}: {error}");
        fs::remove_dir(&file).unwrap();
        fs::write(&file, good).unwrap();
        read_all(&path).unwrap();
    }
}

#[test]
fn a_damaged_chunk_does_not_keep_others_from_being_read() {
    let (_folder, path) = finished();
    let file = path.join("heat/c/0/0/0");
    let mut bytes = fs::read(&file).unwrap();
    bytes[10] ^= 1;
    fs::write(&file, bytes).unwrap();
    let reader = Reader::open(&path).unwrap();
    let read = |samples| reader.read_samples::<f64>("heat", 0, samples);
    for samples in [0..1, 0..10, CHUNK - 1..CHUNK + 1] {
        assert!(matches!(read(samples), Err(StoreError::Damaged { path, .. }) if path == file));
    }
    assert_eq!(read(CHUNK..10).unwrap().shape, [10 - CHUNK, 3]);
}

#[test]
fn a_lost_chunk_does_not_pass_for_an_empty_one() {
    let (_folder, path) = finished();
    let file = path.join("heat/c/0/0/0");
    fs::remove_file(&file).unwrap();
    assert!(matches!(read_all(&path), Err(StoreError::Damaged { path, .. }) if path == file));
    fs::remove_file(path.join("x/c/0/0")).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert!(matches!(reader.read::<f64>("x"), Err(StoreError::NotWritten { .. })));
}

#[test]
fn damaged_metadata_are_found() {
    let (_folder, path) = finished();
    let file = path.join("zarr.json");
    let good = fs::read_to_string(&file).unwrap();
    let edits = [
        ("\"consolidated_metadata\"", "\"lost\""),
        ("\"float64\"", "\"float32\""),
        ("\"float64\"", "\"no such type\""),
        ("\"crc32c\"", "\"gzip\""),
        ("\"level\": 3", "\"level\": 4"),
        ("\"status\": {", "\"stat\": {"),
        ("\"long_name\"", "\"name\""),
        ("\"chunk_shape\"", "\"chunks\""),
        ("\"dimension_names\"", "\"dims\""),
        ("\"fill_value\": \"NaN\"", "\"fill_value\": 0"),
        ("\"seed\": \"18446744073709551615\"", "\"seed\": \"-1\""),
        ("\"seed\": \"18446744073709551615\"", "\"seed\": 7"),
        ("\"coupling\": 0.1", "\"coupling\": 0.2"),
        ("\"settings\": {", "\"setting\": {"),
        ("\"separator\": \"/\"", "\"separator\": \".\""),
    ];
    for (from, to) in edits {
        assert!(good.contains(from), "{from}");
        fs::write(&file, good.replacen(from, to, 1)).unwrap();
        let error = read_all(&path).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { path, .. } if *path == file), "{to}: {error}");
        let error = Writer::create_or_resume(&path, &record(10), false).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { path, .. } if *path == file), "{to}: {error}");
    }
    // Numbers that are too large, wherever they stand.
    let value: serde_json::Value = serde_json::from_str(&good).unwrap();
    for (pointer, number) in [
        ("/consolidated_metadata/metadata/heat/shape/0", 1_u64 << 60),
        ("/consolidated_metadata/metadata/heat/shape/2", u64::MAX),
        ("/consolidated_metadata/metadata/status/chunk_grid/configuration/chunk_shape/1", 1 << 40),
        ("/consolidated_metadata/metadata/status/chunk_grid/configuration/chunk_shape/1", 0),
        ("/consolidated_metadata/metadata/heat/chunk_grid/configuration/chunk_shape/1", 5),
        ("/consolidated_metadata/metadata/x/shape/1", 1 << 40),
    ] {
        let mut damaged = value.clone();
        *damaged.pointer_mut(pointer).unwrap() = number.into();
        fs::write(&file, damaged.to_string()).unwrap();
        let error = read_all(&path).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { .. }), "{pointer}: {error}");
    }
    // So is a number of samples that is wrong everywhere.
    let mut damaged = value.clone();
    for (_, array) in damaged["consolidated_metadata"]["metadata"].as_object_mut().unwrap() {
        let dims = array["dimension_names"].clone();
        for (i, _) in dims.as_array().unwrap().iter().enumerate().filter(|(_, dim)| **dim == "sample") {
            array["shape"][i] = (1_u64 << 60).into();
        }
    }
    fs::write(&file, damaged.to_string()).unwrap();
    let error = read_all(&path).unwrap_err();
    assert!(matches!(&error, StoreError::Damaged { .. }), "{error}");
    // The order of the keys does not matter.
    fs::write(&file, value.to_string()).unwrap();
    read_all(&path).unwrap();
}

#[test]
fn a_number_that_is_no_status_is_found() {
    let (_folder, path) = finished();
    // A chunk of bytes from elsewhere: well formed, but not a status.
    let per_sample = ["point", "sample", "pixel"];
    let layout = Layout {
        dims: vec![("pixel".to_owned(), PIXELS)],
        arrays: vec![
            ArraySpec::new("codes", Kind::Byte, &per_sample[..2], "1", "c"),
            ArraySpec::new("picture", Kind::Byte, &per_sample, "1", "p"),
        ],
    };
    let other = path.with_file_name("other.zarr");
    let mut writer = Writer::create_or_resume(&other, &Record { layout, ..record(4) }, false).unwrap();
    let samples: Vec<_> = (0..4).map(|it| (it, Outcome::Done)).collect();
    let picture = vec![0_u8; 4 * PIXELS];
    writer
        .save(0, &samples, &[("codes", (&[0_u8, 1, 2, 3]).into()), ("picture", (&picture).into())])
        .unwrap();
    fs::copy(other.join("codes/c/0/0"), path.join("status/c/0/0")).unwrap();
    let message = Reader::open(&path).unwrap().status(0).unwrap_err().to_string();
    assert!(message.contains("status/c/0/0") && message.contains("number 3"), "{message}");
    assert!(matches!(Writer::create_or_resume(&path, &record(10), false), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_partial_chunk_that_cannot_be_read_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let mut writer = Writer::create_or_resume(&path, &record(10), false).unwrap();
    save(&mut writer, 0, &[0, 1]).unwrap();
    let file = path.join("heat/c/0/0/0");
    fs::write(&file, "damaged").unwrap();
    assert!(matches!(save(&mut writer, 0, &[2]), Err(StoreError::Damaged { path, .. }) if path == file));
    assert_eq!(fs::read(&file).unwrap(), b"damaged");
    fs::remove_file(&file).unwrap();
    assert!(matches!(save(&mut writer, 0, &[2]), Err(StoreError::Damaged { path, .. }) if path == file));
    // Saving the whole chunk needs nothing from before.
    save(&mut writer, 0, &[0, 1, 2, 3]).unwrap();
    assert_eq!(Reader::open(&path).unwrap().read_samples::<f64>("heat", 0, 0..4).unwrap().shape, [4, 3]);
}
