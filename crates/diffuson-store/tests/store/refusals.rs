//! What is refused, and that refusing changes nothing.

use std::fs;
use std::path::Path;

use diffuson_store::{ArraySpec, Kind, Outcome, Reader, Record, StoreError, Values, Writer};

use crate::run::{PIXELS, finish, record, results, tree};

fn refused(path: &Path, record: &Record, fresh: bool) -> StoreError {
    let before = path.is_dir().then(|| tree(path));
    let error = Writer::create_or_resume(path, record, fresh).unwrap_err();
    assert_eq!(path.is_dir().then(|| tree(path)), before, "changed by: {error}");
    let name = path.file_name().unwrap().to_str().unwrap();
    for leftover in ["lock", "partial", "discarded"] {
        assert!(!path.with_file_name(format!("{name}.{leftover}")).exists(), "{leftover} left by: {error}");
    }
    error
}

#[test]
fn another_study() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();

    let mut other = record(10);
    other.provenance.settings["probes"]["coupling"] = 0.25.into();
    let error = refused(&path, &other, false);
    let message = error.to_string();
    assert!(message.contains(path.to_str().unwrap()), "{message}");
    assert!(message.contains("probes.coupling is 0.1 there and 0.25 here"), "{message}");
    // A study of another version is another study still.
    other.provenance.version = "0.2.0".to_owned();
    assert!(matches!(refused(&path, &other, false), StoreError::OtherStudy { .. }));

    let mut other = record(10);
    other.provenance.seed = 1992;
    let error = refused(&path, &other, false);
    assert!(error.to_string().contains("seed is 18446744073709551615 there and 1992 here"), "{error}");

    let mut other = record(10);
    other.provenance.kind = "noise".to_owned();
    assert!(refused(&path, &other, false).to_string().contains("kind is \"local-heat\" there"));

    let mut other = record(10);
    other.provenance.settings.insert("bias".to_owned(), 0.5.into());
    assert!(refused(&path, &other, false).to_string().contains("bias is absent there and 0.5 here"));
}

#[test]
fn another_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    let mut other = record(10);
    other.provenance.version = "0.2.0".to_owned();
    // New versions may well have new settings.
    other.provenance.settings.insert("bias".to_owned(), 0.5.into());
    let message = refused(&path, &other, false).to_string();
    assert!(
        message.contains("made by version 0.1.0") && message.contains("this is version 0.2.0"),
        "{message}"
    );
    // It can be read all the same.
    assert_eq!(Reader::open(&path).unwrap().provenance().version, "0.1.0");
}

#[test]
fn another_layout() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    let mut other = record(10);
    other.points = 3;
    assert!(refused(&path, &other, false).to_string().contains("shape is [2,10] there and [3,10] here"));
    let mut other = record(10);
    other.layout.arrays[4].units = "S".to_owned();
    let message = refused(&path, &other, false).to_string();
    assert!(message.contains("conductance: attributes.units is \"e^2/h\" there and \"S\" here"), "{message}");
    let mut other = record(10);
    other.layout.arrays.push(ArraySpec::new("new", Kind::Float, &["point"], "1", "new"));
    assert!(refused(&path, &other, false).to_string().contains("new: "));
}

#[test]
fn what_is_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let check = |what: &str| {
        for fresh in [false, true] {
            let error = refused(&path, &record(10), fresh);
            assert!(matches!(error, StoreError::NotARecord { .. }), "{what}: {error}");
            assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        }
        assert!(matches!(Reader::open(&path), Err(StoreError::NotARecord { .. })), "{what}");
    };
    fs::write(&path, "a file").unwrap();
    check("a file");
    assert_eq!(fs::read(&path).unwrap(), b"a file");
    fs::remove_file(&path).unwrap();

    fs::create_dir(&path).unwrap();
    check("an empty folder");
    fs::write(path.join("precious.txt"), "data").unwrap();
    check("a folder with files");
    let foreign = r#"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#;
    let array = r#"{"zarr_format": 3, "node_type": "array", "attributes": {"created_by": "diffuson"}}"#;
    for (what, text) in
        [("foreign group", foreign), ("array", array), ("empty", ""), ("list", "[1]"), ("cut", "{\"a")]
    {
        fs::write(path.join("zarr.json"), text).unwrap();
        check(what);
    }
    fs::write(path.join("zarr.json"), [0xff, 0xfe, 0x00]).unwrap();
    check("binary");
}

#[test]
fn foreign_things_beside_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    for name in ["run.zarr.partial", "run.zarr.discarded"] {
        let beside = folder.path().join(name);
        fs::create_dir(&beside).unwrap();
        fs::write(beside.join("precious.txt"), "data").unwrap();
        let error = Writer::create_or_resume(&path, &record(1), true).unwrap_err();
        assert!(matches!(&error, StoreError::NotARecord { path, .. } if *path == beside), "{error}");
        assert_eq!(fs::read(beside.join("precious.txt")).unwrap(), b"data");
        assert!(!path.exists());
        fs::remove_dir_all(&beside).unwrap();
    }
}

#[test]
fn another_schema_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    let text = fs::read_to_string(path.join("zarr.json")).unwrap();
    fs::write(path.join("zarr.json"), text.replace("\"schema_version\": 2", "\"schema_version\": 3"))
        .unwrap();
    let expected = "schema version 3; this program reads and writes version 2";
    assert!(refused(&path, &record(10), false).to_string().contains(expected));
    assert!(Reader::open(&path).unwrap_err().to_string().contains(expected));
    // It is a record all the same, so it may be replaced.
    drop(Writer::create_or_resume(&path, &record(10), true).unwrap());
    assert!(Reader::open(&path).is_ok());
}

#[test]
fn a_second_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let first = Writer::create_or_resume(&path, &record(10), false).unwrap();
    for fresh in [false, true] {
        let error = Writer::create_or_resume(&path, &record(10), fresh).unwrap_err();
        assert!(matches!(&error, StoreError::Locked { path: locked } if *locked == path), "{error}");
    }
    #[cfg(unix)]
    {
        // The same record by another name.
        let link = folder.path().join("link.zarr");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(
            Writer::create_or_resume(&link, &record(10), false),
            Err(StoreError::Locked { .. })
        ));
    }
    assert!(Reader::open(&path).is_ok());
    drop(first);
    drop(Writer::create_or_resume(&path, &record(10), false).unwrap());
}

#[test]
fn places_where_nothing_can_be_made() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for place in ["file/run.zarr", "file/deeper/run.zarr"] {
        let path = folder.path().join(place);
        let error = Writer::create_or_resume(&path, &record(10), false).unwrap_err();
        assert!(matches!(&error, StoreError::Io { .. }), "{error}");
        assert!(error.to_string().contains(folder.path().join("file").to_str().unwrap()), "{error}");
        assert!(Reader::open(&path).is_err());
    }
    let error = Writer::create_or_resume(folder.path().join(".."), &record(10), false).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    assert!(matches!(Reader::open(folder.path().join("none.zarr")), Err(StoreError::NotFound { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn layouts_that_contradict_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    type Change = fn(&mut Record);
    let changes: [(&str, Change); 19] = [
        ("at least 1 point", |it| it.points = 0),
        ("names", |it| it.layout.arrays[0].name = "a/b".into()),
        ("names", |it| it.layout.arrays[0].name = String::new()),
        ("names", |it| it.layout.arrays[0].name = "..".into()),
        ("names", |it| it.layout.arrays[0].name = "__a".into()),
        ("names", |it| it.layout.dims[0].0 = "a b".into()),
        ("declared twice", |it| it.layout.arrays[2].name = "heat".into()),
        ("declared twice", |it| it.layout.arrays[4].name = "status".into()),
        ("sizes", |it| it.layout.dims.push(("point".into(), 7))),
        ("sizes", |it| it.layout.dims.push(("site".into(), 7))),
        ("size is not given", |it| it.layout.arrays[2].dims[1] = "radius".into()),
        ("dimension twice", |it| it.layout.arrays[2].dims[0] = "site".into()),
        ("must begin with point, sample", |it| it.layout.arrays[5].dims.swap(0, 1)),
        ("must begin with point, sample", |it| drop(it.layout.arrays[4].dims.remove(0))),
        ("named like a dimension", |it| it.layout.arrays[0].dims.push("point".into())),
        ("needs units", |it| it.layout.arrays[2].units.clear()),
        ("long_name", |it| it.layout.arrays[2].long_name.clear()),
        ("sets units", |it| it.layout.arrays[2] = it.layout.arrays[2].clone().with("units", "m")),
        ("more than", |it| it.layout.dims[2].1 = 1 << 40),
    ];
    for (expected, change) in changes {
        let mut record = record(10);
        change(&mut record);
        let error = refused(&path, &record, false);
        assert!(matches!(error, StoreError::Layout { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut writer = Writer::create_or_resume(&path, &record(10), false).unwrap();
    let before = tree(&path);
    let mut bad = results();
    bad.arrays.push(ArraySpec::new("late", Kind::Float, &["point", "sample"], "1", "late"));
    assert!(matches!(writer.declare_results(&bad), Err(StoreError::Layout { .. })));
    let mut bad = results();
    bad.arrays[1].name = "x".into();
    assert!(matches!(writer.declare_results(&bad), Err(StoreError::Layout { .. })));
    assert_eq!(tree(&path), before);
}

#[test]
fn values_that_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let mut writer = Writer::create_or_resume(&path, &record(10), false).unwrap();
    let before = tree(&path);
    let (two, six, steps, flags) = ([0.0; 2], [0.0; 6], [0_i64; 2], [0_u8; 4]);
    let remark = [String::new(), String::new()];
    let picture = vec![0_u8; 2 * PIXELS];
    let good: [(&str, Values<'_>); 6] = [
        ("conductance", (&two).into()),
        ("heat", (&six).into()),
        ("steps", (&steps).into()),
        ("flags", (&flags).into()),
        ("remark", (&remark).into()),
        ("picture", (&picture).into()),
    ];
    let done = |numbers: [usize; 2]| numbers.map(|number| (number, Outcome::Done));
    let mut refuse = |point: usize, numbers: [usize; 2], values: &[(&str, Values<'_>)], expected: &str| {
        let error = writer.save(point, &done(numbers), values).unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    };
    refuse(2, [0, 1], &good, "point 2 of 2 points");
    refuse(0, [0, 10], &good, "sample 10 of 10 samples");
    refuse(0, [1, 1], &good, "sample 1 before sample 1");
    refuse(0, [2, 1], &good, "sample 2 before sample 1");
    refuse(0, [0, 1], &good[1..], "conductance: should be given once");
    refuse(
        0,
        [0, 1],
        &[good[0], good[0], good[1], good[2], good[3], good[4], good[5]],
        "should be given once",
    );
    let with = |changed: (&'static str, Values<'static>)| {
        let mut values: Vec<(&str, Values<'_>)> =
            good.iter().copied().filter(|it| it.0 != changed.0).collect();
        values.push(changed);
        values
    };
    refuse(
        0,
        [0, 1],
        &with(("heat", Values::Float(&[0.0; 5]))),
        "5 values given, 6 expected for the shape [2, 3]",
    );
    refuse(0, [0, 1], &with(("heat", Values::Byte(&[0; 6]))), "holds float values, not byte");
    refuse(0, [0, 1], &with(("x", Values::Float(&[0.0; 6]))), "x: is not among the values of a sample");
    refuse(0, [0, 1], &with(("status", Values::Byte(&[1; 2]))), "status: is not among");
    refuse(0, [0, 1], &with(("nothing", Values::Byte(&[1; 2]))), "has no array nothing");

    assert!(matches!(writer.write("x", &[0.0; 5]), Err(StoreError::Values { .. })));
    assert!(matches!(writer.write("x", &[0_i64; 6]), Err(StoreError::WrongKind { .. })));
    assert!(matches!(writer.write("heat", &[0.0; 60]), Err(StoreError::Values { .. })));
    assert!(matches!(writer.write("sample", &[0_i64; 10]), Err(StoreError::Values { .. })));
    assert!(matches!(writer.write("nothing", &[0.0]), Err(StoreError::NoArray { .. })));
    assert_eq!(tree(&path), before);
}
