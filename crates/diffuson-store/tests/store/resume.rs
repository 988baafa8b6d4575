//! The same samples make the same bytes, by whatever road.

use std::fs;
use std::path::Path;

use diffuson_store::{Reader, Status, StoreError, Writer};

use crate::run::{
    CHUNK, SHARD, assert_same, finish, record, save, save_missing, tree, write_coordinates, write_results,
};

fn open(path: &Path, samples: usize) -> Writer {
    Writer::create_or_resume(path, &record(samples), false).unwrap()
}

#[test]
fn a_run_leaves_its_record_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    finish(&folder.path().join("run.zarr"), 10).unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["run.zarr"]);
    let files = tree(&folder.path().join("run.zarr"));
    assert!(files.keys().all(|name| !name.ends_with(".tmp")), "{:?}", files.keys());
}

#[test]
fn interruptions_orders_and_partial_chunks_leave_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, crooked) = (folder.path().join("a.zarr"), folder.path().join("b.zarr"));
    finish(&straight, 11).unwrap();

    let mut writer = open(&crooked, 11);
    save(&mut writer, 1, &[10]).unwrap();
    save(&mut writer, 1, &[0, 3, 5]).unwrap();
    drop(writer);
    let mut writer = open(&crooked, 11);
    assert_eq!(
        (0..11).map(|it| writer.status(1, it)).filter(|it| *it != Status::Missing).collect::<Vec<_>>(),
        [Status::Done, Status::Done, Status::Failed, Status::Done]
    );
    save(&mut writer, 0, &[7, 8, 9]).unwrap();
    save(&mut writer, 1, &[1]).unwrap();
    // The same sample twice is the same sample.
    save(&mut writer, 1, &[0, 1]).unwrap();
    drop(writer);
    // Results of what is there so far, as an interrupted run may leave them.
    write_results(&mut open(&crooked, 11)).unwrap();
    finish(&crooked, 11).unwrap();
    assert_same(&straight, &crooked);
    // A run that finds nothing to do changes nothing.
    finish(&crooked, 11).unwrap();
    assert_same(&straight, &crooked);
}

#[test]
fn growth_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, crooked) = (folder.path().join("a.zarr"), folder.path().join("b.zarr"));
    finish(&straight, 19).unwrap();
    finish(&crooked, 2).unwrap();
    finish(&crooked, 5).unwrap();
    let mut writer = open(&crooked, 5);
    for samples in [9, 7, 14] {
        writer.grow(samples).unwrap();
        save(&mut writer, 0, &[samples - 1]).unwrap();
    }
    assert_eq!(writer.samples(), 14);
    drop(writer);
    finish(&crooked, 19).unwrap();
    assert_same(&straight, &crooked);
}

#[test]
fn many_samples_leave_no_trace_of_their_growth() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, crooked) = (folder.path().join("a.zarr"), folder.path().join("b.zarr"));
    save(&mut open(&straight, 70_000), 1, &[3, 65_539, 69_999]).unwrap();
    let mut writer = open(&crooked, 4);
    save(&mut writer, 1, &[3]).unwrap();
    for samples in [65_535, 65_536, 65_537, 65_540] {
        writer.grow(samples).unwrap();
        let reader = Reader::open(&crooked).unwrap();
        assert_eq!(reader.samples(), samples);
        assert_eq!(reader.read::<i64>("sample").unwrap().data, (0..samples as i64).collect::<Vec<_>>());
    }
    save(&mut writer, 1, &[65_539]).unwrap();
    drop(writer);
    save(&mut open(&crooked, 70_000), 1, &[69_999]).unwrap();
    assert_same(&straight, &crooked);
}

#[test]
fn a_record_never_shrinks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    let before = Reader::open(&path).unwrap().read::<f64>("heat").unwrap();
    let writer = open(&path, 3);
    assert_eq!((writer.samples(), writer.status(0, 9)), (10, Status::Done));
    let reader = Reader::open(&path).unwrap();
    let bits = |values: &[f64]| values.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&reader.read::<f64>("heat").unwrap().data), bits(&before.data));
    assert_eq!(reader.provenance().settings["ensemble"]["samples"], 3);
}

#[test]
fn shards_and_chunks_without_their_status_are_computed_again() {
    const SAMPLES: usize = SHARD + CHUNK + 2;
    let folder = tempfile::tempdir().unwrap();
    let (straight, killed) = (folder.path().join("a.zarr"), folder.path().join("b.zarr"));
    finish(&straight, SAMPLES).unwrap();
    // Killed within the first shard of one point, before the status of its last chunk; and in the second of the other.
    let mut writer = open(&killed, SAMPLES);
    save(&mut writer, 0, &(0..SHARD - CHUNK).collect::<Vec<_>>()).unwrap();
    save(&mut writer, 1, &(0..SAMPLES).collect::<Vec<_>>()).unwrap();
    let status = fs::read(killed.join("status/c/0/0")).unwrap();
    save(&mut writer, 0, &(SHARD - CHUNK..SAMPLES).collect::<Vec<_>>()).unwrap();
    drop(writer);
    fs::write(killed.join("status/c/0/0"), status).unwrap();
    fs::remove_file(killed.join("status/c/0/1")).unwrap();
    fs::remove_file(killed.join("heat/c/0/1/0")).unwrap();
    let mut writer = open(&killed, SAMPLES);
    let missing = |writer: &Writer, point: usize| {
        (0..SAMPLES).filter(|&it| writer.status(point, it) == Status::Missing).collect::<Vec<_>>()
    };
    assert_eq!(missing(&writer, 0), (SHARD - CHUNK..SAMPLES).collect::<Vec<_>>());
    assert!(missing(&writer, 1).is_empty());
    save_missing(&mut writer).unwrap();
    drop(writer);
    finish(&killed, SAMPLES).unwrap();
    assert_same(&straight, &killed);
}

/// One call may bring any samples; it writes every file once.
#[test]
fn saves_across_chunks_and_shards_leave_the_same_files() {
    const SAMPLES: usize = 2 * SHARD + 3;
    let folder = tempfile::tempdir().unwrap();
    let (straight, crooked) = (folder.path().join("a.zarr"), folder.path().join("b.zarr"));
    let mut writer = open(&straight, SAMPLES);
    save(&mut writer, 1, &(0..SAMPLES).collect::<Vec<_>>()).unwrap();
    let mut writer = open(&crooked, SAMPLES);
    let every = |nth: usize| (0..SAMPLES).filter(|it| it % 5 % nth == nth - 1).collect::<Vec<_>>();
    for numbers in [every(3), every(4), (1..SAMPLES - 1).step_by(7).collect(), every(1)] {
        save(&mut writer, 1, &numbers).unwrap();
    }
    assert_same(&straight, &crooked);
    // What a killed run has left for samples that are not done is not kept.
    let begun = folder.path().join("c.zarr");
    let mut writer = open(&begun, SAMPLES);
    save(&mut writer, 1, &[1]).unwrap();
    let status = fs::read(begun.join("status/c/1/0")).unwrap();
    save(&mut writer, 1, &[1, 2, 9]).unwrap();
    drop(writer);
    fs::write(begun.join("status/c/1/0"), status).unwrap();
    save(&mut open(&begun, SAMPLES), 1, &[3]).unwrap();
    let expected = folder.path().join("d.zarr");
    save(&mut open(&expected, SAMPLES), 1, &[1, 3]).unwrap();
    assert_same(&expected, &begun);
}

/// Records keep the shards and chunks they were made with.
#[test]
fn a_record_with_other_shards_is_continued_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    drop(open(&path, 10));
    let text = fs::read_to_string(path.join("zarr.json")).unwrap();
    let mut root: serde_json::Value = serde_json::from_str(&text).unwrap();
    let arrays = root["consolidated_metadata"]["metadata"].as_object_mut().unwrap();
    for array in arrays.values_mut().filter(|array| array["dimension_names"][1] == "sample") {
        array["chunk_grid"]["configuration"]["chunk_shape"][1] = 6.into();
        array["codecs"][0]["configuration"]["chunk_shape"][1] = 2.into();
    }
    fs::write(path.join("zarr.json"), root.to_string()).unwrap();
    finish(&path, 10).unwrap();
    assert!(path.join("heat/c/1/1/0").exists());
    let before = tree(&path);
    finish(&path, 10).unwrap();
    assert_eq!(tree(&path), before);
    let reader = Reader::open(&path).unwrap();
    let heat = reader.read_samples::<f64>("heat", 1, 5..9).unwrap().data;
    let expected = (5..9).flat_map(|number| crate::run::sample(1, number).heat);
    assert!(heat.iter().zip(expected).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()));
}

#[test]
fn what_a_killed_writer_leaves_is_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, killed) = (folder.path().join("a.zarr"), folder.path().join("b.zarr"));
    finish(&straight, 10).unwrap();
    finish(&killed, 10).unwrap();
    fs::write(folder.path().join("b.zarr.lock"), "").unwrap();
    for stale in ["zarr.json.tmp", "heat/zarr.json.tmp", "heat/c/0/0/0.tmp", "status/c/1/0.tmp"] {
        fs::write(killed.join(stale), "half a file").unwrap();
    }
    // Killed while it grew: the coordinate and one array were ahead of the root.
    fs::create_dir_all(killed.join("sample/c")).unwrap();
    fs::copy(killed.join("sample/c/0"), killed.join("sample/c/1")).unwrap();
    fs::copy(killed.join("sample/c/0"), killed.join("sample/c/2")).unwrap();
    fs::write(killed.join("heat/zarr.json"), "{}").unwrap();
    fs::remove_file(killed.join("steps/zarr.json")).unwrap();
    // Somebody else's file stays.
    fs::write(killed.join("notes.tmp"), "mine").unwrap();
    finish(&killed, 10).unwrap();
    assert_eq!(fs::read(killed.join("notes.tmp")).unwrap(), b"mine");
    fs::remove_file(killed.join("notes.tmp")).unwrap();
    assert_same(&straight, &killed);
}

#[test]
fn a_killed_creation_or_removal_is_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let straight = folder.path().join("straight.zarr");
    finish(&straight, 10).unwrap();
    let partial = folder.path().join("run.zarr.partial");
    let discarded = folder.path().join("run.zarr.discarded");
    // Killed before the first file, within the first file, within the rest, and while removing an old record.
    for stage in 0..4 {
        fs::create_dir(&partial).unwrap();
        match stage {
            0 => {}
            1 => fs::write(partial.join("zarr.json.tmp"), "{").unwrap(),
            _ => {
                fs::copy(straight.join("zarr.json"), partial.join("zarr.json")).unwrap();
                fs::create_dir_all(partial.join("heat/c")).unwrap();
            }
        }
        if stage == 3 {
            fs::rename(&partial, &discarded).unwrap();
        }
        finish(&path, 10).unwrap();
        assert!(!partial.exists() && !discarded.exists());
        assert_same(&straight, &path);
        fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn results_are_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    finish(&path, 10).unwrap();
    let mut writer = open(&path, 10);
    let mut fewer = crate::run::results();
    fewer.arrays.retain(|spec| spec.name != "estimate_samples");
    fewer.dims[0].1 = 3;
    writer.declare_results(&fewer).unwrap();
    assert!(!path.join("estimate_samples").exists());
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.size("quantity"), Some(3));
    assert!(matches!(reader.read::<f64>("estimate"), Err(StoreError::NotWritten { .. })));
    assert!(matches!(reader.read::<i64>("estimate_samples"), Err(StoreError::NoArray { .. })));
    drop(writer);
    let straight = folder.path().join("straight.zarr");
    finish(&straight, 10).unwrap();
    finish(&path, 10).unwrap();
    assert_same(&straight, &path);
}

#[test]
fn fresh_starts_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (path, expected) = (folder.path().join("run.zarr"), folder.path().join("expected.zarr"));
    finish(&path, 10).unwrap();
    fs::write(path.join("heat/c/0/0/0"), "damaged").unwrap();
    let mut other = record(6);
    other.provenance.seed = 1;
    other.provenance.version = "9.9.9".to_owned();
    for (path, fresh) in [(&path, true), (&expected, false)] {
        let mut writer = Writer::create_or_resume(path, &other, fresh).unwrap();
        write_coordinates(&mut writer).unwrap();
    }
    assert_same(&expected, &path);
    assert!(!folder.path().join("run.zarr.discarded").exists());
    // Fresh without an old record is a new record.
    let new = folder.path().join("new.zarr");
    write_coordinates(&mut Writer::create_or_resume(&new, &other, true).unwrap()).unwrap();
    assert_same(&expected, &new);
}
