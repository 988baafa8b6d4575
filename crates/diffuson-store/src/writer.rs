//! Making a record, and continuing it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::contents::{Contents, Part};
use crate::error::StoreError;
use crate::folder;
use crate::layout::{ArraySpec, FAILURE, Layout, Record, STATUS, own_arrays};
use crate::lock::Lock;
use crate::repair::{Damage, repair};
use crate::schema::{self, Schema};
use crate::values::{Outcome, Status, Values};

/// The one writer of a record.
///
/// The usual life: [`create_or_resume`](Self::create_or_resume), [`write`](Self::write) of the coordinates,
/// [`save`](Self::save) of every sample whose [`status`](Self::status) is missing, perhaps [`grow`](Self::grow) and
/// more of the same, at last [`declare_results`](Self::declare_results) and [`write`](Self::write) of the results.
/// Every step may be repeated by a later run and leaves the same bytes. To read what is there already, open a
/// [`Reader`](crate::Reader) at the same path.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    pub(crate) contents: Contents,
    status: Vec<Vec<Status>>,
    _lock: Lock,
}

impl Writer {
    /// Creates the record at `path`, or continues the one that is there.
    ///
    /// A record is continued if it belongs to the same study (see [`Provenance`](crate::Provenance)), was made by the same version of the
    /// program and has the same arrays; its attributes become those of `record`. It gets the larger of its own number
    /// of samples and that of `record`. With `fresh`, a record at `path`, whatever its study, is removed once its
    /// successor is ready; anything that is not a record of this program stays untouched, always.
    ///
    /// Missing folders above `path` are created. When creation fails or is killed, no record appears at `path`.
    ///
    /// # Errors
    /// [`Locked`](StoreError::Locked), [`NotARecord`](StoreError::NotARecord) for anything else at `path` (or at
    /// `path.partial`, `path.discarded`, see the crate), [`SchemaVersion`](StoreError::SchemaVersion),
    /// [`OtherStudy`](StoreError::OtherStudy), [`OtherVersion`](StoreError::OtherVersion),
    /// [`OtherLayout`](StoreError::OtherLayout), [`Layout`](StoreError::Layout), [`Damaged`](StoreError::Damaged),
    /// [`Io`](StoreError::Io).
    pub fn create_or_resume(
        path: impl AsRef<Path>,
        record: &Record,
        fresh: bool,
    ) -> Result<Self, StoreError> {
        let (schema, lock) = Self::prepare(path.as_ref(), record)?;
        let path = path.as_ref();
        let exists = folder::exists(path)?;
        let contents = if exists && !fresh {
            Contents::resume(path, &record.provenance, schema)?
        } else {
            if exists {
                schema::check_ours(path)?;
            }
            Contents::create(path, &record.provenance, &schema)?
        };
        let status = contents.status()?;
        Ok(Self { path: path.to_path_buf(), contents, status, _lock: lock })
    }

    /// Continues the record at `path` like [`create_or_resume`](Self::create_or_resume), whatever became of its files;
    /// and says what was damaged.
    ///
    /// Every file is read. Samples whose values or status cannot be read are missing afterwards; metadata and
    /// coordinates are written again; if anything was damaged, the results are removed. A run that then does what it
    /// always does ends with the bytes of a record that was never damaged. Files that cannot be opened for want of
    /// permission are left alone.
    ///
    /// Which study the record belongs to is said by its `zarr.json` and by `status/zarr.json`; samples of another study
    /// or version are refused as ever.
    ///
    /// # Errors
    /// [`Unrepairable`](StoreError::Unrepairable) if neither of the two can be understood, and those of
    /// [`create_or_resume`](Self::create_or_resume).
    pub fn repair(path: impl AsRef<Path>, record: &Record) -> Result<(Self, Vec<Damage>), StoreError> {
        let (schema, lock) = Self::prepare(path.as_ref(), record)?;
        let path = path.as_ref();
        let (contents, found) = if folder::exists(path)? {
            repair(path, &record.provenance, schema)?
        } else {
            (Contents::create(path, &record.provenance, &schema)?, Vec::new())
        };
        let status = contents.status()?;
        Ok((Self { path: path.to_path_buf(), contents, status, _lock: lock }, found))
    }

    /// What comes before a record is opened for writing.
    fn prepare(path: &Path, record: &Record) -> Result<(Schema, Lock), StoreError> {
        let schema = Schema::new(record)?;
        if path.file_name().is_none() {
            let source = io::Error::new(io::ErrorKind::InvalidInput, "the path does not end in a name");
            return Err(StoreError::io("create", path, source));
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| StoreError::io("create", parent, source))?;
        }
        let lock = Lock::acquire(path)?;
        folder::clear_leftovers(path)?;
        Ok((schema, lock))
    }

    /// Where the record is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.contents.base.points()
    }

    /// The number of samples per point, missing ones included.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.contents.base.samples()
    }

    /// What is known of a sample; outside the record every sample is missing.
    #[must_use]
    pub fn status(&self, point: usize, sample: usize) -> Status {
        self.status.get(point).and_then(|samples| samples.get(sample)).copied().unwrap_or(Status::Missing)
    }

    /// Saves any samples of one point, in rising order: how each ended, and all per-sample arrays of the layout.
    ///
    /// The values of an array are those of all these samples, one sample after the other. Every file that gets some of
    /// them is written anew, once, with its other samples as they are. The files of one shard of samples come
    /// together, that of the status last: the samples of a shard are saved all of them or none.
    ///
    /// # Errors
    /// [`Values`](StoreError::Values) if samples or values do not fit or an array is left out,
    /// [`NoArray`](StoreError::NoArray), [`WrongKind`](StoreError::WrongKind): nothing is written then.
    /// [`Damaged`](StoreError::Damaged) if the other samples of a file cannot be read, [`Io`](StoreError::Io): the
    /// shards before are saved, and the same call may be repeated.
    pub fn save(
        &mut self,
        point: usize,
        samples: &[(usize, Outcome)],
        values: &[(&str, Values<'_>)],
    ) -> Result<(), StoreError> {
        let failures: Vec<String> = samples.iter().map(|(_, outcome)| reason(outcome)).collect();
        self.check_samples(point, samples)?;
        let mut blocks: Vec<(&ArraySpec, Values<'_>)> = self.contents.match_blocks(samples.len(), values)?;
        blocks.push((&self.contents.base.arrays[FAILURE], Values::from(&failures)));

        let per_shard = self.contents.base.chunking.shard;
        let mut saved = 0;
        for group in samples.chunk_by(|(a, _), (b, _)| a / per_shard == b / per_shard) {
            let shard = group[0].0 / per_shard;
            let first = shard * per_shard;
            let old = &mut self.status[point][first..];
            let inside = old.len().min(per_shard);
            let mut part = Part { point, shard, first, group, skip: saved, old: &mut old[..inside] };
            self.contents.save_part(&mut part, &blocks)?;
            saved += group.len();
        }
        Ok(())
    }

    /// Makes room for this many samples per point, if there are fewer.
    ///
    /// # Errors
    /// [`Io`](StoreError::Io); the record then is as it was, or grows when it is continued.
    pub fn grow(&mut self, samples: usize) -> Result<(), StoreError> {
        if samples > self.samples() {
            self.contents.grow(samples)?;
            for status in &mut self.status {
                status.resize(samples, Status::Missing);
            }
        }
        Ok(())
    }

    /// Writes, or writes again, all values of a whole array.
    ///
    /// # Errors
    /// [`NoArray`](StoreError::NoArray), [`WrongKind`](StoreError::WrongKind), [`Values`](StoreError::Values) if their
    /// number is wrong or the array is per-sample or kept by the record itself, [`Io`](StoreError::Io).
    pub fn write<'a>(&mut self, name: &str, values: impl Into<Values<'a>>) -> Result<(), StoreError> {
        let values = values.into();
        let spec = self.contents.spec(name)?;
        if spec.is_per_sample() || own_arrays().iter().any(|own| own.name == name) {
            return Err(StoreError::values(name, "is not written as a whole: see Writer::save"));
        }
        self.contents.check(spec, &self.contents.all.shape(spec), values)?;
        self.contents.write_whole(name, values)
    }

    /// Declares all arrays that are computed from the samples, so that they can be written. Those declared before, by
    /// this writer or by an earlier run, are removed with their values: results of different numbers of samples are
    /// never mixed.
    ///
    /// # Errors
    /// [`Layout`](StoreError::Layout), also for per-sample arrays and for arrays the record was created with;
    /// [`Io`](StoreError::Io).
    pub fn declare_results(&mut self, layout: &Layout) -> Result<(), StoreError> {
        self.contents.declare_results(layout)
    }

    fn check_samples(&self, point: usize, samples: &[(usize, Outcome)]) -> Result<(), StoreError> {
        if point >= self.points() {
            let reason = format!("point {point} of {} points", self.points());
            return Err(StoreError::values(STATUS, reason));
        }
        if let Some((sample, _)) = samples.iter().find(|(sample, _)| *sample >= self.samples()) {
            let reason = format!("sample {sample} of {} samples", self.samples());
            return Err(StoreError::values(STATUS, reason));
        }
        if let Some(pair) = samples.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            let reason = format!("sample {} before sample {}", pair[0].0, pair[1].0);
            return Err(StoreError::values(STATUS, reason));
        }
        Ok(())
    }
}

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => String::new(),
        Outcome::Failed(reason) => reason.clone(),
    }
}
