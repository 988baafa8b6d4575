//! Whatever is damaged is found, named, and computed again to the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use diffuson_store::{Damage, Reader, Status, StoreError, Writer};

use crate::run::{CHUNK, SHARD, assert_same, finish, record, tree, uniform};

const SAMPLES: usize = 10;

/// The files of a finished record.
fn finished(folder: &Path) -> (PathBuf, BTreeMap<String, Vec<u8>>) {
    let path = folder.join("straight.zarr");
    finish(&path, SAMPLES).unwrap();
    let files = tree(&path);
    (path, files)
}

fn put(path: &Path, files: &BTreeMap<String, Vec<u8>>) {
    let _ = fs::remove_dir_all(path);
    for (name, bytes) in files {
        let file = path.join(&name[1..]);
        if name.ends_with('/') {
            fs::create_dir_all(&file).unwrap();
        } else {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
    }
}

fn repair(path: &Path, samples: usize) -> Vec<Damage> {
    Writer::repair(path, &record(samples)).map(|(_, found)| found).unwrap()
}

/// Numbers one after the other, the same in every run.
struct Dice(usize);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 += 1;
        (uniform(self.0, 77, 3) * n as f64) as usize
    }
}

fn damage(file: &Path, dice: &mut Dice) {
    let mut bytes = fs::read(file).unwrap();
    match dice.below(5) {
        0 => return fs::remove_file(file).unwrap(),
        1 => bytes.truncate(dice.below(bytes.len())),
        2 => {
            let (at, length) = (dice.below(bytes.len()), dice.below(40));
            bytes.iter_mut().skip(at).take(length + 1).for_each(|byte| *byte ^= 0xa5);
        }
        3 => {
            let tail = bytes.split_off(dice.below(bytes.len()));
            bytes.extend([dice.below(256) as u8]);
            bytes.extend(tail);
        }
        _ => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
    }
    fs::write(file, bytes).unwrap();
}

#[test]
fn random_damage_is_repaired_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, files) = finished(folder.path());
    let path = folder.path().join("damaged.zarr");
    let names: Vec<&String> = files.keys().filter(|name| !name.ends_with('/')).collect();
    let mut dice = Dice(0);
    put(&path, &files);
    // Every file twice, then several at once.
    for round in 0..2 * names.len() + 40 {
        let several = if round < 2 * names.len() { 1 } else { 2 + dice.below(3) };
        let mut hit: Vec<&str> = (0..several)
            .map(|_| if several == 1 { round % names.len() } else { dice.below(names.len()) })
            .map(|i| names[i].as_str())
            .collect();
        hit.sort_unstable();
        hit.dedup();
        if hit.contains(&"/zarr.json") {
            // One witness must be left.
            hit.retain(|name| *name != "/status/zarr.json");
        }
        for name in &hit {
            damage(&path.join(&name[1..]), &mut dice);
        }
        let found = repair(&path, SAMPLES);
        for name in hit.iter().filter(|name| !name.ends_with("zarr.json")) {
            // What the root no longer knows is not looked at: it is removed.
            let file = path.join(&name[1..]);
            let known = found.iter().any(|it| it.file == file) || hit.contains(&"/zarr.json");
            assert!(known, "round {round}: {hit:?} {found:?}");
        }
        finish(&path, SAMPLES).unwrap();
        assert_eq!(repair(&path, SAMPLES), [], "round {round}: {hit:?}");
        let after = tree(&path);
        let differing: Vec<_> =
            files.iter().filter(|(name, bytes)| after.get(*name) != Some(bytes)).map(|it| it.0).collect();
        assert!(differing.is_empty() && after.len() == files.len(), "round {round}: {hit:?}: {differing:?}");
    }
    assert_same(&straight, &path);
}

#[test]
fn only_what_cannot_be_read_is_lost() {
    const SAMPLES: usize = SHARD + CHUNK;
    let folder = tempfile::tempdir().unwrap();
    let (straight, path) = (folder.path().join("a.zarr"), folder.path().join("b.zarr"));
    finish(&straight, SAMPLES).unwrap();
    put(&path, &tree(&straight));
    let file = path.join("heat/c/1/0/0");
    let mut bytes = fs::read(&file).unwrap();
    // Numbers do not compress: the first chunk is the first part of the file.
    bytes[10] ^= 4;
    fs::write(&file, &bytes).unwrap();
    fs::remove_file(path.join("steps/c/0/1")).unwrap();
    let found = repair(&path, SAMPLES);
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    let lost: Vec<_> = found.iter().map(|it| (it.file.clone(), it.lost)).collect();
    let expected = [(path.join("steps/c/0/1"), Some((0, CHUNK))), (file.clone(), Some((1, CHUNK)))];
    assert_eq!(lost, expected);
    assert_eq!(
        said[0],
        format!("{}: it is missing; 4 samples of point 0 are computed again", expected[0].0.display())
    );
    assert!(said[1].contains("checksum"), "{}", said[1]);
    let reader = Reader::open(&path).unwrap();
    let missing = |point: usize| {
        let status = reader.status(point).unwrap();
        (0..SAMPLES).filter(|&it| status[it] == Status::Missing).collect::<Vec<_>>()
    };
    assert_eq!(missing(0), (SHARD..SAMPLES).collect::<Vec<_>>());
    assert_eq!(missing(1), (0..CHUNK).collect::<Vec<_>>());
    // Results of samples that are lost are lost.
    assert!(matches!(reader.read::<f64>("estimate"), Err(StoreError::NoArray { .. })));
    finish(&path, SAMPLES).unwrap();
    assert_same(&straight, &path);
}

#[test]
fn things_in_the_place_of_files_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, files) = finished(folder.path());
    let path = folder.path().join("b.zarr");
    put(&path, &files);
    for name in ["heat/c/0/0/0", "status/c/1/0", "x/c/0/0", "estimate/zarr.json", "steps/zarr.json"] {
        fs::remove_file(path.join(name)).unwrap();
        fs::create_dir_all(path.join(name).join("deeper")).unwrap();
    }
    for name in ["flags/c/1", "remark/c", "sample"] {
        fs::remove_dir_all(path.join(name)).unwrap();
        fs::write(path.join(name), "a file").unwrap();
    }
    assert!(!repair(&path, SAMPLES).is_empty());
    finish(&path, SAMPLES).unwrap();
    assert_same(&straight, &path);
}

#[test]
fn samples_of_another_study_are_never_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let (_, files) = finished(folder.path());
    let path = folder.path().join("b.zarr");
    let mut other = record(SAMPLES);
    other.provenance.settings["probes"]["coupling"] = 0.25.into();
    let mut newer = record(SAMPLES);
    newer.provenance.version = "0.2.0".to_owned();
    for lost in [None, Some("zarr.json")] {
        put(&path, &files);
        if let Some(lost) = lost {
            fs::remove_file(path.join(lost)).unwrap();
        }
        let before = tree(&path);
        assert!(matches!(Writer::repair(&path, &other), Err(StoreError::OtherStudy { .. })));
        assert!(matches!(Writer::repair(&path, &newer), Err(StoreError::OtherVersion { .. })));
        assert_eq!(tree(&path), before);
    }
    // A record without its root is a damaged one, for every other command too.
    let root = path.join("zarr.json");
    let damaged = |error: StoreError| matches!(&error, StoreError::Damaged { path, .. } if *path == root);
    assert!(damaged(Reader::open(&path).unwrap_err()));
    assert!(damaged(Writer::create_or_resume(&path, &record(SAMPLES), false).unwrap_err()));
    // Both witnesses lost.
    fs::write(path.join("status/zarr.json"), "{").unwrap();
    let before = tree(&path);
    assert!(matches!(Writer::repair(&path, &record(SAMPLES)), Err(StoreError::NotARecord { .. })));
    fs::write(path.join("zarr.json"), &files["/zarr.json"][..40]).unwrap();
    assert!(matches!(Writer::repair(&path, &record(SAMPLES)), Err(StoreError::NotARecord { .. })));
    let text = String::from_utf8(files["/zarr.json"].clone()).unwrap();
    fs::write(path.join("zarr.json"), text.replace("\"float64\"", "\"float32\"")).unwrap();
    let error = Writer::repair(&path, &record(SAMPLES)).unwrap_err();
    assert!(matches!(error, StoreError::Unrepairable { .. }), "{error}");
    fs::remove_file(path.join("zarr.json")).unwrap();
    assert_eq!(tree(&path), before);
    // Another layout of the same study is no damage.
    put(&path, &files);
    let mut other = record(SAMPLES);
    other.layout.arrays[4].units = "S".to_owned();
    assert!(matches!(Writer::repair(&path, &other), Err(StoreError::OtherLayout { .. })));
    // A damaged record can be replaced.
    fs::remove_file(path.join("zarr.json")).unwrap();
    drop(Writer::create_or_resume(&path, &record(SAMPLES), true).unwrap());
    assert!(Reader::open(&path).is_ok());
}

#[test]
fn a_sound_record_is_left_as_it_is_and_a_new_one_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (path, files) = finished(folder.path());
    assert_eq!(repair(&path, SAMPLES), []);
    assert_eq!(tree(&path), files);
    let new = folder.path().join("new.zarr");
    assert_eq!(repair(&new, SAMPLES), []);
    finish(&new, SAMPLES).unwrap();
    assert_same(&path, &new);
    // More samples may be asked for at the same time.
    let longer = folder.path().join("longer.zarr");
    finish(&longer, SAMPLES + 9).unwrap();
    fs::remove_file(path.join("heat/c/0/0/0")).unwrap();
    assert_eq!(repair(&path, SAMPLES + 9).len(), 1);
    finish(&path, SAMPLES + 9).unwrap();
    assert_same(&longer, &path);
}
