//! Records that hold shares of a run, joined.

use std::path::{Path, PathBuf};

use diffuson_store::{Outcome, Reader, Record, Status, StoreError, Writer};

use crate::run::{
    CHUNK, PIXELS, POINTS, SHARD, SITES, assert_same, finish, record, sample, save, tree, write_coordinates,
    write_results,
};

const SAMPLES: usize = 3 * CHUNK - 1;

/// A record with some samples of a run, the later ones saved first.
fn part(path: PathBuf, record: &Record, holds: impl Fn(usize, usize) -> bool) -> PathBuf {
    let mut writer = Writer::create_or_resume(&path, record, false).unwrap();
    write_coordinates(&mut writer).unwrap();
    for point in 0..POINTS {
        let numbers: Vec<usize> = (0..record.samples).filter(|&number| holds(point, number)).collect();
        let (early, late) = numbers.split_at(numbers.len() / 2);
        for some in [late, early] {
            save(&mut writer, point, some).unwrap();
        }
    }
    path
}

fn open(paths: &[PathBuf]) -> Vec<Reader> {
    paths.iter().map(|path| Reader::open(path).unwrap()).collect()
}

/// Joins records; the number of samples taken over.
fn join(path: &Path, samples: usize, parts: &[PathBuf]) -> Result<usize, StoreError> {
    let mut writer = Writer::create_or_resume(path, &record(samples), false)?;
    write_coordinates(&mut writer)?;
    let taken = writer.merge(&open(parts))?.map(|step| Ok(step?.saved)).sum::<Result<usize, StoreError>>()?;
    write_results(&mut writer)?;
    Ok(taken)
}

#[test]
fn shares_in_any_order_make_the_record_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.zarr");
    finish(&whole, SAMPLES).unwrap();
    // stretches of samples, every third, whole points; one share is empty
    type Holds = fn(usize, usize, usize) -> bool;
    let ways: [Holds; 3] = [
        |share, _, number| number / 4 == share,
        |share, point, number| (number + point) % 3 == share,
        |share, point, _| point == share,
    ];
    for (way, holds) in ways.into_iter().enumerate() {
        let name = |share: usize| folder.path().join(format!("{way}.{share}.zarr"));
        let parts: Vec<PathBuf> = (0..3)
            .map(|share| {
                let mut record = record(SAMPLES);
                record.provenance.shard = Some(format!("{}/3", share + 1));
                part(name(share), &record, |point, number| holds(share, point, number))
            })
            .collect();
        for (round, order) in [[0, 1, 2], [2, 0, 1]].into_iter().enumerate() {
            let joined = folder.path().join(format!("{way}-{round}.zarr"));
            let all = order.map(|share| parts[share].clone());
            assert_eq!(join(&joined, SAMPLES, &all).unwrap(), POINTS * SAMPLES);
            assert_same(&joined, &whole);
            // again, one by one, and with itself: nothing is left to be taken
            assert_eq!(join(&joined, SAMPLES, &all[..1]).unwrap(), 0);
            assert_eq!(join(&joined, SAMPLES, std::slice::from_ref(&joined)).unwrap(), 0);
            assert_same(&joined, &whole);
        }
    }
}

#[test]
fn a_share_may_come_later_or_be_computed_by_the_run_itself() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, joined] = ["whole", "joined"].map(|name| folder.path().join(format!("{name}.zarr")));
    finish(&whole, SAMPLES).unwrap();
    let share = |share: usize| {
        let path = folder.path().join(format!("{share}.zarr"));
        part(path, &record(SAMPLES), |_, number| number / 3 == share)
    };
    assert_eq!(join(&joined, SAMPLES, &[share(1), share(3)]).unwrap(), POINTS * 5);
    let reader = Reader::open(&joined).unwrap();
    let missing = reader.status(1).unwrap().iter().filter(|status| **status == Status::Missing).count();
    assert_eq!(missing, 6);
    assert_eq!(join(&joined, SAMPLES, &[share(0)]).unwrap(), POINTS * 3);
    finish(&joined, SAMPLES).unwrap();
    assert_same(&joined, &whole);
}

#[test]
fn a_merge_cut_short_after_any_step_and_repeated_leaves_the_same_bytes() {
    const SAMPLES: usize = SHARD + 3;
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.zarr");
    finish(&whole, SAMPLES).unwrap();
    let parts: Vec<PathBuf> = (0..2)
        .map(|share| {
            let path = folder.path().join(format!("{share}.zarr"));
            part(path, &record(SAMPLES), |_, number| number % 2 == share)
        })
        .collect();
    let steps = POINTS * SAMPLES.div_ceil(SHARD);
    for cut in 0..=steps {
        let joined = folder.path().join(format!("cut-{cut}.zarr"));
        let mut writer = Writer::create_or_resume(&joined, &record(SAMPLES), false).unwrap();
        let records = open(&parts);
        let done: usize = writer.merge(&records).unwrap().take(cut).map(|step| step.unwrap().saved).sum();
        drop(writer);
        assert_eq!(join(&joined, SAMPLES, &parts).unwrap(), POINTS * SAMPLES - done);
        assert_same(&joined, &whole);
    }
}

#[test]
fn the_record_grows_to_the_largest() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.zarr");
    finish(&whole, SAMPLES).unwrap();
    finish(&whole, 2).unwrap();
    let small = part(folder.path().join("small.zarr"), &record(3), |_, _| true);
    let large = part(folder.path().join("large.zarr"), &record(SAMPLES), |_, number| number >= 2);
    let joined = folder.path().join("joined.zarr");
    // sample 2 is in both, with the same bits
    assert_eq!(join(&joined, 2, &[small, large]).unwrap(), POINTS * SAMPLES);
    assert_same(&joined, &whole);
    // nothing to join, no samples at all
    let empty = folder.path().join("empty.zarr");
    assert_eq!(join(&empty, 0, &[]).unwrap(), 0);
}

#[test]
fn samples_that_differ_are_refused_with_both_records_named() {
    let folder = tempfile::tempdir().unwrap();
    let good = part(folder.path().join("good.zarr"), &record(SAMPLES), |_, number| number < 6);
    let bad = part(folder.path().join("bad.zarr"), &record(SAMPLES), |_, number| number >= 7);
    // sample 5 of point 1, the last of a stretch that both share, by the smallest step there is; and one that failed there and not here
    let edit = |point: usize, number: usize, outcome: Outcome, step: u64| {
        let it = sample(point, number);
        let heat: Vec<f64> = it.heat.iter().map(|x| f64::from_bits(x.to_bits() + step)).collect();
        let picture = [it.picture; PIXELS];
        let (conductance, steps, remark) = ([it.conductance], [it.steps], [it.remark]);
        let values = [
            ("heat", (&heat).into()),
            ("conductance", (&conductance).into()),
            ("steps", (&steps).into()),
            ("flags", (&it.flags).into()),
            ("picture", (&picture).into()),
            ("remark", (&remark).into()),
        ];
        let mut writer = Writer::create_or_resume(&bad, &record(SAMPLES), false).unwrap();
        writer.save(point, &[(number, outcome)], &values).unwrap();
    };
    let joined = folder.path().join("joined.zarr");
    let refused = |array: &str, sample: usize| {
        for (first, second) in [(&good, &bad), (&bad, &good)] {
            let error = join(&joined, SAMPLES, &[first.clone(), second.clone()]).unwrap_err();
            let StoreError::Conflict { path, other, array: found, point: 1, sample: at } = &error else {
                panic!("{error}")
            };
            assert_eq!((path, other), (first, second));
            assert_eq!((found.as_str(), *at), (array, sample));
            let text = error.to_string();
            assert!(text.contains("good.zarr") && text.contains("bad.zarr"), "{text}");
            let reader = Reader::open(&joined).unwrap();
            assert!(reader.status(1).unwrap()[..CHUNK].iter().all(|status| *status == Status::Missing));
            std::fs::remove_dir_all(&joined).unwrap();
        }
    };
    edit(1, 3, sample(1, 3).outcome, 1);
    refused("heat", 3);
    edit(1, 3, Outcome::Failed(String::new()), 0);
    refused("status", 3);
    // what the written record has counts as well
    join(&joined, SAMPLES, &[good]).unwrap();
    let before = tree(&joined);
    let error = join(&joined, SAMPLES, &[bad]).unwrap_err();
    assert!(matches!(&error, StoreError::Conflict { path, .. } if *path == joined), "{error}");
    assert!(before["/heat/c/1/0/0"] == tree(&joined)["/heat/c/1/0/0"]);
}

#[test]
fn what_does_not_belong_to_the_study_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [mut study, mut version, mut layout] = [record(2), record(2), record(2)];
    study.provenance.seed = 7;
    version.provenance.version = "0.0.9".to_owned();
    layout.layout.dims[0].1 = SITES + 1;
    let joined = folder.path().join("joined.zarr");
    let refused = |name: &str, other: &Record| {
        let path = folder.path().join(name);
        drop(Writer::create_or_resume(&path, other, false).unwrap());
        assert!(record(2).check(&Reader::open(&path).unwrap()).is_err());
        let error = join(&joined, 2, &[path]).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        error
    };
    let error = refused("study.zarr", &study);
    assert!(matches!(&error, StoreError::OtherStudy { key, .. } if key == "seed"), "{error}");
    let error = refused("version.zarr", &version);
    assert!(matches!(&error, StoreError::OtherVersion { stored, .. } if stored == "0.0.9"), "{error}");
    let error = refused("layout.zarr", &layout);
    assert!(matches!(&error, StoreError::OtherLayout { key, .. } if key == "shape"), "{error}");
}

#[test]
fn a_damaged_share_is_named_and_the_rest_stays_good() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, joined] = ["whole", "joined"].map(|name| folder.path().join(format!("{name}.zarr")));
    finish(&whole, SAMPLES).unwrap();
    let share = part(folder.path().join("share.zarr"), &record(SAMPLES), |_, _| true);
    let file = share.join("heat/c/1/0/0");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let error = join(&joined, SAMPLES, std::slice::from_ref(&share)).unwrap_err();
    assert!(matches!(&error, StoreError::Damaged { path, .. } if *path == file), "{error}");
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(join(&joined, SAMPLES, &[share]).unwrap(), SAMPLES);
    assert_same(&joined, &whole);
}
