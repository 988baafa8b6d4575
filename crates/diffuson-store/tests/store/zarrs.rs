//! Shards as zarrs itself reads them, with its own codec.

use std::sync::Arc;

use diffuson_store::{Reader, Writer};
use zarrs::array::{Array, ArrayShardedExt};
use zarrs::filesystem::FilesystemStore;

use crate::run::{CHUNK, POINTS, SHARD, SITES, record, save};

#[test]
fn its_own_codec_reads_the_same_values() {
    const SAMPLES: usize = SHARD + CHUNK + 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let mut writer = Writer::create_or_resume(&path, &record(SAMPLES), false).unwrap();
    // One chunk and one shard are not there at all.
    save(&mut writer, 0, &(CHUNK + 1..SAMPLES).collect::<Vec<_>>()).unwrap();
    save(&mut writer, 1, &[2, 3, 3 * CHUNK]).unwrap();
    let reader = Reader::open(&path).unwrap();
    let store = Arc::new(FilesystemStore::new(&path).unwrap());

    let heat = Array::open(store.clone(), "/heat").unwrap();
    assert!(heat.is_sharded());
    let all: Vec<f64> = heat.retrieve_array_subset(&heat.subset_all()).unwrap();
    let ours = reader.read::<f64>("heat").unwrap();
    assert_eq!((ours.shape, ours.data.len()), (vec![POINTS, SAMPLES, SITES], all.len()));
    assert!(ours.data.iter().zip(&all).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert_eq!(all.iter().filter(|it| it.is_finite()).count() / SITES, {
        let done = |point| reader.counts(point).unwrap().done;
        done(0) + done(1)
    });

    let remark = Array::open(store, "/remark").unwrap();
    let all: Vec<String> = remark.retrieve_array_subset(&remark.subset_all()).unwrap();
    assert_eq!(reader.read::<String>("remark").unwrap().data, all);
}
