//! What is written is read.

use diffuson_store::{
    ArraySpec, FAILURE, Kind, Layout, Outcome, POINT, Reader, Record, SAMPLE, STATUS, Status, StoreError,
    Writer,
};

use crate::run::{POINTS, SITES, finish, provenance, record, sample, save, write_coordinates};

#[test]
fn every_kind_of_value_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/down/run.zarr");
    finish(&path, 10).unwrap();
    let reader = Reader::open(&path).unwrap();

    assert_eq!((reader.points(), reader.samples(), reader.size("site")), (POINTS, 10, Some(SITES)));
    assert_eq!(reader.size("nothing"), None);
    let heat = reader.read::<f64>("heat").unwrap();
    assert_eq!(heat.dims, ["point", "sample", "site"]);
    assert_eq!(heat.shape, [POINTS, 10, SITES]);
    let conductance = reader.read::<f64>("conductance").unwrap();
    let steps = reader.read::<i64>("steps").unwrap();
    let flags = reader.read::<u8>("flags").unwrap();
    let remark = reader.read::<String>("remark").unwrap();
    let failure = reader.read::<String>(FAILURE).unwrap();
    let status = reader.read::<u8>(STATUS).unwrap();
    for point in 0..POINTS {
        for number in 0..10 {
            let expected = sample(point, number);
            let at = point * 10 + number;
            let bits = |values: &[f64]| values.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
            if expected.outcome == Outcome::Done {
                assert_eq!(bits(&heat.data[at * SITES..(at + 1) * SITES]), bits(&expected.heat));
                assert_eq!(conductance.data[at].to_bits(), expected.conductance.to_bits());
                assert_eq!((status.data[at], failure.data[at].as_str()), (1, ""));
            } else {
                // One bit pattern for all NaNs.
                assert_eq!(bits(&heat.data[at * SITES..(at + 1) * SITES]), [f64::NAN.to_bits(); SITES]);
                assert_eq!(status.data[at], 2);
                assert_eq!(Outcome::Failed(failure.data[at].clone()), expected.outcome);
            }
            assert_eq!(steps.data[at], expected.steps);
            assert_eq!(flags.data[at * 2..at * 2 + 2], expected.flags);
            assert_eq!(remark.data[at], expected.remark);
        }
    }
    assert_eq!(reader.status(1).unwrap()[4..7], [Status::Done, Status::Failed, Status::Done]);
    assert_eq!(reader.read::<i64>(POINT).unwrap().data, [0, 1]);
    assert_eq!(reader.read::<i64>(SAMPLE).unwrap().data, (0..10).collect::<Vec<i64>>());
    assert_eq!(reader.read::<i64>("site").unwrap().data, [10, 11, 12]);
    assert_eq!(reader.read::<String>("audit").unwrap().data, ["charge", "énergie"]);
    let x = reader.read::<f64>("x").unwrap();
    assert_eq!(x.data[..5], [0.0, 1.0, 2.0, 0.0, 1.0]);
    assert!(x.data[5].is_nan());
    assert_eq!(reader.read::<i64>("estimate_samples").unwrap().data, [9, 9]);
}

#[test]
fn part_of_the_samples_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    let reader = Reader::open(&path).unwrap();
    let all = reader.read::<f64>("heat").unwrap().data;
    for (first, end) in [(0, 10), (3, 9), (4, 8), (5, 5), (9, 10), (10, 10)] {
        let part = reader.read_samples::<f64>("heat", 1, first..end).unwrap();
        assert_eq!(part.dims, ["sample", "site"]);
        assert_eq!(part.shape, [end - first, SITES]);
        let expected = &all[(10 + first) * SITES..(10 + end) * SITES];
        let bits = |values: &[f64]| values.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&part.data), bits(expected));
    }
    for (point, samples) in [(2, 0..1), (0, 0..11), (0, 11..12)] {
        assert!(matches!(reader.read_samples::<f64>("heat", point, samples), Err(StoreError::Values { .. })));
    }
    assert!(matches!(reader.read_samples::<f64>("x", 0, 0..1), Err(StoreError::Values { .. })));
    assert!(matches!(reader.status(2), Err(StoreError::Values { .. })));
}

#[test]
fn the_record_says_where_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(*reader.provenance(), provenance(10));
    assert_eq!(reader.path(), path);
    let attributes = reader.attributes();
    assert_eq!(attributes["seed"], "18446744073709551615");
    assert_eq!(attributes["study_fingerprint"], provenance(99).fingerprint());
    assert_eq!((&attributes["schema_version"], &attributes["created_by"]), (&2.into(), &"diffuson".into()));

    let names: Vec<&str> = reader.arrays().map(|spec| spec.name.as_str()).collect();
    let expected = [
        "audit",
        "conductance",
        "estimate",
        "estimate_samples",
        "failure",
        "flags",
        "heat",
        "picture",
        "point",
        "probes_coupling",
        "quantity",
        "remark",
        "sample",
        "site",
        "status",
        "steps",
        "x",
    ];
    assert_eq!(names, expected);
    let heat = reader.array("heat").unwrap();
    assert_eq!((heat.units.as_str(), heat.long_name.as_str()), ("bias/t", "local heat"));
    assert_eq!(heat.description, "positive where heat is delivered to the probe");
    assert!(heat.is_per_sample() && !reader.array("sample").unwrap().is_per_sample());
    let swept = reader.array("probes_coupling").unwrap();
    assert_eq!(
        (&swept.attributes["key"], &swept.attributes["swept"]),
        (&"probes.coupling".into(), &true.into())
    );
}

#[test]
fn an_unfinished_record_can_be_read_and_shows_nothing_that_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let mut writer = Writer::create_or_resume(&path, &record(10), false).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert!(matches!(reader.read::<f64>("x"), Err(StoreError::NotWritten { array, .. }) if array == "x"));
    write_coordinates(&mut writer).unwrap();
    assert_eq!(reader.read::<i64>("site").unwrap().data, [10, 11, 12]);

    save(&mut writer, 1, &[2, 6, 9]).unwrap();
    let conductance = reader.read::<f64>("conductance").unwrap().data;
    for (at, value) in conductance.iter().enumerate() {
        if [12, 16, 19].contains(&at) {
            assert_eq!(value.to_bits(), sample(1, at - 10).conductance.to_bits());
        } else {
            assert!(value.is_nan());
        }
    }
    assert_eq!(reader.read::<String>("remark").unwrap().data[15], "");
    // A run killed between the arrays of a chunk and its status leaves values that do not count.
    let status = path.join("status/c/1/0");
    let before = std::fs::read(&status).unwrap();
    save(&mut writer, 1, &[7]).unwrap();
    assert_eq!(reader.read::<i64>("steps").unwrap().data[16..18], [5999, 6999]);
    std::fs::write(&status, before).unwrap();
    assert_eq!(reader.read::<i64>("steps").unwrap().data[16..18], [5999, 0]);
    std::fs::remove_file(&status).unwrap();
    assert!(reader.read::<f64>("conductance").unwrap().data[16].is_nan());
    assert_eq!(reader.status(1).unwrap(), [Status::Missing; 10]);

    assert!(
        matches!(reader.read::<f64>("estimate"), Err(StoreError::NoArray { array, .. }) if array == "estimate")
    );
    assert!(matches!(
        reader.read::<f64>("steps"),
        Err(StoreError::WrongKind { stored: Kind::Integer, requested: Kind::Float, .. })
    ));
}

#[test]
fn empty_dimensions_and_single_numbers_are_arrays_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let layout = Layout {
        dims: vec![("fit".to_owned(), 0), ("site".to_owned(), 0)],
        arrays: vec![
            ArraySpec::new("fit", Kind::Text, &["fit"], "1", "fit"),
            ArraySpec::new("heat", Kind::Float, &["point", "sample", "site"], "1", "heat"),
            ArraySpec::new("total", Kind::Float, &[], "1", "total"),
        ],
    };
    let record = Record { provenance: provenance(0), points: 1, samples: 0, layout };
    let mut writer = Writer::create_or_resume(&path, &record, false).unwrap();
    let none: [String; 0] = [];
    writer.write("fit", &none).unwrap();
    writer.write("total", &[7.5]).unwrap();
    writer.grow(2).unwrap();
    let heat: [f64; 0] = [];
    writer.save(0, &[(1, Outcome::Done)], &[("heat", (&heat).into())]).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.read::<String>("fit").unwrap().shape, [0]);
    assert_eq!(reader.read::<f64>("total").unwrap().data, [7.5]);
    assert_eq!(reader.read::<f64>("total").unwrap().shape, [0_usize; 0]);
    assert_eq!(reader.read::<f64>("heat").unwrap().shape, [1, 2, 0]);
    assert_eq!(reader.status(0).unwrap(), [Status::Missing, Status::Done]);
    drop(writer);
    let writer = Writer::create_or_resume(&path, &record, false).unwrap();
    assert_eq!((writer.samples(), writer.status(0, 1)), (2, Status::Done));
}
