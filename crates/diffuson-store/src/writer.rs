//! Making a record, and continuing it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::chunked::{Chunked, Folder};
use crate::error::StoreError;
use crate::folder;
use crate::layout::{ArraySpec, FAILURE, Layout, POINT, Record, SAMPLE, STATUS, own_arrays};
use crate::lock::Lock;
use crate::provenance::{Provenance, first_difference, flatten};
use crate::reader::{read_samples_chunk, read_status};
use crate::schema::{self, ROOT, Schema};
use crate::values::{Outcome, Status, Value, Values};

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
    contents: Contents,
    status: Vec<Vec<Status>>,
    _lock: Lock,
}

/// The arrays of a record and their metadata.
#[derive(Debug)]
struct Contents {
    folder: Folder,
    provenance: Provenance,
    /// The arrays that the record was created with.
    base: Schema,
    /// Those and the results.
    all: Schema,
    arrays: BTreeMap<String, Chunked>,
}

impl Writer {
    /// Creates the record at `path`, or continues the one that is there.
    ///
    /// A record is continued if it belongs to the same study (see [`Provenance`]), was made by the same version of the
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
        let path = path.as_ref();
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
        let exists = folder::exists(path)?;
        let contents = if exists && !fresh {
            Contents::resume(path, &record.provenance, schema)?
        } else {
            if exists {
                schema::read_root(path)?;
            }
            create(path, &record.provenance, &schema)?;
            Contents::new(path, record.provenance.clone(), schema.clone(), schema)?
        };
        let status = contents.status()?;
        Ok(Self { path: path.to_path_buf(), contents, status, _lock: lock })
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

    /// Saves samples of one point, in rising order: how each ended, and all per-sample arrays of the layout.
    ///
    /// The values of an array are those of all these samples, one sample after the other. The other samples of a chunk
    /// stay as they are. Chunks are saved one after the other, each of them wholly or not at all: its status is
    /// written last.
    ///
    /// # Errors
    /// [`Values`](StoreError::Values) if samples or values do not fit or an array is left out,
    /// [`NoArray`](StoreError::NoArray), [`WrongKind`](StoreError::WrongKind): nothing is written then.
    /// [`Damaged`](StoreError::Damaged) if the other samples of a chunk cannot be read, [`Io`](StoreError::Io): the
    /// chunks before are saved, and the same call may be repeated.
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

        let per_chunk = self.contents.base.chunk_samples;
        let mut saved = 0;
        for group in samples.chunk_by(|(a, _), (b, _)| a / per_chunk == b / per_chunk) {
            let chunk = group[0].0 / per_chunk;
            let first = chunk * per_chunk;
            let old = &mut self.status[point][first..];
            let old = &mut old[..per_chunk.min(self.contents.base.samples() - first)];
            let part = Part { point, chunk, first, group, skip: saved, old };
            for &(spec, values) in &blocks {
                match values {
                    Values::Float(values) => self.contents.save_chunk(&part, spec, values)?,
                    Values::Integer(values) => self.contents.save_chunk(&part, spec, values)?,
                    Values::Byte(values) => self.contents.save_chunk(&part, spec, values)?,
                    Values::Text(values) => self.contents.save_chunk(&part, spec, values)?,
                }
            }
            let mut new = part.old.to_vec();
            for (sample, outcome) in group {
                new[sample - first] = match outcome {
                    Outcome::Done => Status::Done,
                    Outcome::Failed(_) => Status::Failed,
                };
            }
            let mut codes: Vec<u8> = new.iter().map(|&status| status as u8).collect();
            codes.resize(per_chunk, Status::Missing as u8);
            self.contents.arrays[STATUS].write(&[point, chunk], codes)?;
            part.old.copy_from_slice(&new);
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
        match values {
            Values::Float(values) => self.contents.write_whole(name, values),
            Values::Integer(values) => self.contents.write_whole(name, values),
            Values::Byte(values) => self.contents.write_whole(name, values),
            Values::Text(values) => self.contents.write_whole(name, values),
        }
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

/// The samples of one call that fall into one chunk.
struct Part<'a> {
    point: usize,
    chunk: usize,
    /// The first sample of the chunk.
    first: usize,
    /// The samples to save.
    group: &'a [(usize, Outcome)],
    /// How many samples of the call come before them.
    skip: usize,
    /// What was known of the samples of the chunk.
    old: &'a mut [Status],
}

/// Makes a new record and puts it in its place.
fn create(path: &Path, provenance: &Provenance, schema: &Schema) -> Result<(), StoreError> {
    let partial = folder::partial(path);
    fs::create_dir(&partial).map_err(|source| StoreError::io("create", &partial, source))?;
    let made = Contents::new(&partial, provenance.clone(), schema.clone(), schema.clone())
        .and_then(|contents| {
            // The root comes first: it tells whose folder this is, should the process be killed here.
            contents.folder.write(ROOT, text(&schema.root(provenance)))?;
            contents.sync()
        })
        .and_then(|()| folder::publish(path));
    if made.is_err() {
        // Best effort: the first error is the one to report, and the next writer tries again.
        let _ = fs::remove_dir_all(&partial);
    }
    made
}

impl Contents {
    fn new(folder: &Path, provenance: Provenance, base: Schema, all: Schema) -> Result<Self, StoreError> {
        let folder = Folder::new(folder)?;
        let arrays = open_arrays(&folder, &all)?;
        Ok(Self { folder, provenance, base, all, arrays })
    }

    /// The contents of the record at `path`, if they may be continued by a run of this provenance and these arrays.
    fn resume(path: &Path, provenance: &Provenance, mut base: Schema) -> Result<Self, StoreError> {
        let (_, stored, mut all) = schema::open(path)?;
        let same_version = stored.version == provenance.version;
        if let Some(difference) = stored.difference(provenance).filter(|it| it.shared || same_version) {
            return Err(StoreError::OtherStudy {
                path: path.to_path_buf(),
                key: difference.key,
                stored: difference.stored,
                requested: difference.requested,
            });
        }
        if !same_version {
            return Err(StoreError::OtherVersion {
                path: path.to_path_buf(),
                stored: stored.version,
                requested: provenance.version.clone(),
            });
        }
        let samples = base.samples().max(all.samples());
        base.set_samples(all.samples());
        check_layout(path, &all, &base)?;
        folder::sweep(path)?;
        let mut contents = Self::new(path, provenance.clone(), base, all.clone())?;
        all.set_samples(samples);
        contents.base.set_samples(samples);
        contents.arrays = open_arrays(&contents.folder, &all)?;
        contents.all = all;
        contents.sync()?;
        Ok(contents)
    }

    fn grow(&mut self, samples: usize) -> Result<(), StoreError> {
        let (mut base, mut all) = (self.base.clone(), self.all.clone());
        base.set_samples(samples);
        all.set_samples(samples);
        let grown = Self::new(self.folder.path(), self.provenance.clone(), base, all)?;
        grown.sync()?;
        *self = grown;
        Ok(())
    }

    fn declare_results(&mut self, layout: &Layout) -> Result<(), StoreError> {
        if let Some(spec) = layout.arrays.iter().find(|spec| spec.dims.iter().any(|dim| dim == SAMPLE)) {
            return Err(StoreError::layout(format!("result {} has the dimension {SAMPLE}", spec.name)));
        }
        let mut all = self.base.clone();
        all.add(layout)?;
        let new = Self::new(self.folder.path(), self.provenance.clone(), self.base.clone(), all)?;
        // The root names every array that has a folder, at every moment: folders go before it changes and come after.
        for name in self.all.arrays.keys().filter(|&name| !self.base.arrays.contains_key(name)) {
            let folder = self.folder.path().join(name);
            if folder::exists(&folder)? {
                fs::remove_dir_all(&folder).map_err(|source| StoreError::io("remove", &folder, source))?;
            }
        }
        new.sync()?;
        *self = new;
        Ok(())
    }

    /// Writes coordinates and metadata wherever they differ from what they should be.
    fn sync(&self) -> Result<(), StoreError> {
        self.write_coordinates()?;
        self.write_metadata(ROOT, text(&self.all.root(&self.provenance)))?;
        for (name, spec) in &self.all.arrays {
            self.write_metadata(&format!("{name}/{ROOT}"), text(&self.all.metadata(spec)))?;
        }
        Ok(())
    }

    fn write_metadata(&self, key: &str, text: String) -> Result<(), StoreError> {
        // Whatever cannot be read is written anew.
        let unchanged = fs::read(self.folder.path().join(key)).is_ok_and(|old| old == text.as_bytes());
        if unchanged { Ok(()) } else { self.folder.write(key, text) }
    }

    fn write_coordinates(&self) -> Result<(), StoreError> {
        for (name, size) in [(POINT, self.all.points()), (SAMPLE, self.all.samples())] {
            let array = &self.arrays[name];
            let per_chunk = self.all.chunk_shape(&self.all.arrays[name])[0];
            let chunks = size.div_ceil(per_chunk);
            for chunk in 0..chunks {
                let first = chunk * per_chunk;
                let number = |i: usize| if i < size { i as i64 } else { 0 };
                array.write(&[chunk], (first..first + per_chunk).map(number).collect::<Vec<_>>())?;
            }
            // A run killed while it grew may have left more.
            for chunk in (chunks..).take_while(|&chunk| array.file(&[chunk]).exists()) {
                array.erase(&[chunk])?;
            }
        }
        Ok(())
    }

    fn status(&self) -> Result<Vec<Vec<Status>>, StoreError> {
        let array = &self.arrays[STATUS];
        let chunks = self.base.samples().div_ceil(self.base.chunk_samples);
        (0..self.base.points())
            .map(|point| {
                let chunks: Result<Vec<_>, _> =
                    (0..chunks).map(|chunk| read_status(array, &self.base, point, chunk)).collect();
                chunks.map(|chunks| chunks.concat())
            })
            .collect()
    }

    fn spec(&self, name: &str) -> Result<&ArraySpec, StoreError> {
        self.all.arrays.get(name).ok_or_else(|| StoreError::NoArray {
            path: self.folder.path().to_path_buf(),
            array: name.to_owned(),
        })
    }

    /// Every per-sample array of the layout with the values given for it.
    fn match_blocks<'a>(
        &self,
        samples: usize,
        values: &[(&str, Values<'a>)],
    ) -> Result<Vec<(&ArraySpec, Values<'a>)>, StoreError> {
        for (name, _) in values {
            let spec = self.spec(name)?;
            if !spec.is_per_sample() || [STATUS, FAILURE].contains(name) {
                return Err(StoreError::values(name, "is not among the values of a sample"));
            }
        }
        let wanted = self.base.arrays.values().filter(|spec| spec.is_per_sample());
        let mut blocks = Vec::new();
        for spec in wanted.filter(|spec| ![STATUS, FAILURE].contains(&spec.name.as_str())) {
            let mut given = values.iter().filter(|(name, _)| *name == spec.name);
            let (Some(&(_, values)), None) = (given.next(), given.next()) else {
                return Err(StoreError::values(&spec.name, "should be given once for these samples"));
            };
            let mut shape = self.base.shape(spec).split_off(1);
            shape[0] = samples;
            self.check(spec, &shape, values)?;
            blocks.push((spec, values));
        }
        Ok(blocks)
    }

    /// Whether values fit into this shape of an array.
    fn check(&self, spec: &ArraySpec, shape: &[usize], values: Values<'_>) -> Result<(), StoreError> {
        if values.kind() != spec.kind {
            return Err(StoreError::WrongKind {
                array: spec.name.clone(),
                stored: spec.kind,
                requested: values.kind(),
            });
        }
        let expected: usize = shape.iter().product();
        if values.len() != expected {
            let reason =
                format!("{} values given, {expected} expected for the shape {shape:?}", values.len());
            return Err(StoreError::values(&spec.name, reason));
        }
        Ok(())
    }

    /// Writes a chunk of one array anew: what it had and what is in `values` for the samples of this part.
    fn save_chunk<T: Value>(
        &self,
        part: &Part<'_>,
        spec: &ArraySpec,
        values: &[T],
    ) -> Result<(), StoreError> {
        let array = &self.arrays[&spec.name];
        let width: usize = self.base.shape(spec)[2..].iter().product();
        let size: usize = self.base.chunk_shape(spec).iter().product();
        let old = if part.group.len() == part.old.len() {
            None
        } else {
            read_samples_chunk(array, spec, part.point, part.chunk, part.old)?
        };
        let mut new = match old {
            Some(old) => old,
            None => filled(&spec.name, size)?,
        };
        for (i, (sample, _)) in part.group.iter().enumerate() {
            let source = &values[(part.skip + i) * width..][..width];
            let target = &mut new[(sample - part.first) * width..][..width];
            for (target, source) in target.iter_mut().zip(source) {
                *target = source.canonical();
            }
        }
        let mut index = vec![0; spec.dims.len()];
        index[..2].copy_from_slice(&[part.point, part.chunk]);
        array.write(&index, new)
    }

    fn write_whole<T: Value>(&self, name: &str, values: &[T]) -> Result<(), StoreError> {
        if values.is_empty() {
            return Ok(());
        }
        let array = &self.arrays[name];
        let index = vec![0; self.all.arrays[name].dims.len()];
        array.write(&index, values.iter().map(T::canonical).collect::<Vec<_>>())
    }
}

fn open_arrays(folder: &Folder, schema: &Schema) -> Result<BTreeMap<String, Chunked>, StoreError> {
    let open = |(name, spec): (&String, _)| Ok((name.clone(), folder.array(name, &schema.metadata(spec))?));
    schema.arrays.iter().map(open).collect()
}

/// Whether the stored record has all arrays of the new run, with the same metadata.
fn check_layout(path: &Path, stored: &Schema, requested: &Schema) -> Result<(), StoreError> {
    for (name, spec) in &requested.arrays {
        let leaves = |schema: &Schema| {
            let metadata = schema.arrays.get(name).map(|spec| schema.metadata(spec));
            metadata.as_ref().and_then(serde_json::Value::as_object).map(flatten).unwrap_or_default()
        };
        let new = requested.metadata(spec);
        let difference = first_difference(&leaves(stored), &new.as_object().map(flatten).unwrap_or_default());
        if let Some(difference) = difference {
            return Err(StoreError::OtherLayout {
                path: path.to_path_buf(),
                array: name.clone(),
                key: difference.key,
                stored: difference.stored,
                requested: difference.requested,
            });
        }
    }
    Ok(())
}

/// A chunk of which nothing is there yet.
fn filled<T: Value>(name: &str, size: usize) -> Result<Vec<T>, StoreError> {
    let mut values = Vec::new();
    values.try_reserve_exact(size).map_err(|_| {
        StoreError::values(name, format!("a chunk of {size} values does not fit into memory"))
    })?;
    values.resize(size, T::fill());
    Ok(values)
}

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => String::new(),
        Outcome::Failed(reason) => reason.clone(),
    }
}

/// Metadata as text; a table of JSON values always has one.
fn text(metadata: &serde_json::Value) -> String {
    format!("{metadata:#}\n")
}
