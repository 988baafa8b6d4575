//! The arrays of a record on disk, kept in step with their metadata. What a writer works on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::chunked::{Chunked, Folder};
use crate::error::StoreError;
use crate::folder;
use crate::layout::{ArraySpec, FAILURE, Layout, POINT, SAMPLE, STATUS};
use crate::provenance::{Provenance, first_difference, flatten};
use crate::reader::read_status;
use crate::schema::{self, ROOT, Schema};
use crate::values::{Outcome, Status, Value, Values};

/// The arrays of a record and their metadata.
#[derive(Debug)]
pub(crate) struct Contents {
    folder: Folder,
    pub(crate) provenance: Provenance,
    /// The arrays that the record was created with.
    pub(crate) base: Schema,
    /// Those and the results.
    pub(crate) all: Schema,
    pub(crate) arrays: BTreeMap<String, Chunked>,
}

/// The samples of one call that fall into one shard.
pub(crate) struct Part<'a> {
    pub(crate) point: usize,
    pub(crate) shard: usize,
    /// The first sample of the shard.
    pub(crate) first: usize,
    /// The samples to save.
    pub(crate) group: &'a [(usize, Outcome)],
    /// How many samples of the call come before them.
    pub(crate) skip: usize,
    /// What was known of the samples of the shard.
    pub(crate) old: &'a mut [Status],
}

impl Contents {
    /// Makes a new record and puts it in its place.
    pub(crate) fn create(path: &Path, provenance: &Provenance, schema: &Schema) -> Result<Self, StoreError> {
        let partial = folder::partial(path);
        fs::create_dir(&partial).map_err(|source| StoreError::io("create", &partial, source))?;
        let at = |folder| Self::new(folder, provenance.clone(), schema.clone(), schema.clone());
        let made = at(&partial)
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
        made.and_then(|()| at(path))
    }

    pub(crate) fn new(
        folder: &Path,
        provenance: Provenance,
        base: Schema,
        all: Schema,
    ) -> Result<Self, StoreError> {
        let folder = Folder::new(folder)?;
        let arrays = open_arrays(&folder, &all)?;
        Ok(Self { folder, provenance, base, all, arrays })
    }

    /// The contents of the record at `path`, if they may be continued by a run of this provenance and these arrays.
    pub(crate) fn resume(path: &Path, provenance: &Provenance, mut base: Schema) -> Result<Self, StoreError> {
        let (_, stored, mut all) = schema::open(path)?;
        check_study(path, &stored, provenance)?;
        let samples = base.samples().max(all.samples());
        base.set_samples(all.samples());
        base.chunking = all.chunking;
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

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn grow(&mut self, samples: usize) -> Result<(), StoreError> {
        let (mut base, mut all) = (self.base.clone(), self.all.clone());
        base.set_samples(samples);
        all.set_samples(samples);
        let grown = Self::new(self.folder.path(), self.provenance.clone(), base, all)?;
        grown.sync()?;
        *self = grown;
        Ok(())
    }

    pub(crate) fn declare_results(&mut self, layout: &Layout) -> Result<(), StoreError> {
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
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        self.write_coordinates()?;
        self.write_metadata(ROOT, text(&self.all.root(&self.provenance)))?;
        for (name, spec) in &self.all.arrays {
            self.write_metadata(&format!("{name}/{ROOT}"), text(&self.all.metadata(spec)))?;
        }
        Ok(())
    }

    fn write_metadata(&self, key: &str, text: Vec<u8>) -> Result<(), StoreError> {
        // Whatever cannot be read is written anew.
        let unchanged = fs::read(self.folder.path().join(key)).is_ok_and(|old| old == text);
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

    pub(crate) fn status(&self) -> Result<Vec<Vec<Status>>, StoreError> {
        let array = &self.arrays[STATUS];
        (0..self.base.points())
            .map(|point| read_status(array, &self.base, point, 0..self.base.samples()))
            .collect()
    }

    pub(crate) fn spec(&self, name: &str) -> Result<&ArraySpec, StoreError> {
        self.all.arrays.get(name).ok_or_else(|| StoreError::NoArray {
            path: self.folder.path().to_path_buf(),
            array: name.to_owned(),
        })
    }

    /// Every per-sample array of the layout with the values given for it.
    pub(crate) fn match_blocks<'a>(
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
    pub(crate) fn check(
        &self,
        spec: &ArraySpec,
        shape: &[usize],
        values: Values<'_>,
    ) -> Result<(), StoreError> {
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

    /// Writes a shard of all arrays, that of the status last.
    pub(crate) fn save_part(
        &self,
        part: &mut Part<'_>,
        blocks: &[(&ArraySpec, Values<'_>)],
    ) -> Result<(), StoreError> {
        for &(spec, values) in blocks {
            match values {
                Values::Float(values) => self.save_shard(part, spec, values)?,
                Values::Integer(values) => self.save_shard(part, spec, values)?,
                Values::Byte(values) => self.save_shard(part, spec, values)?,
                Values::Text(values) => self.save_shard(part, spec, values)?,
            }
        }
        let mut new = part.old.to_vec();
        for (sample, outcome) in part.group {
            new[sample - part.first] = match outcome {
                Outcome::Done => Status::Done,
                Outcome::Failed(_) => Status::Failed,
            };
        }
        self.write_status(part.point, part.shard, &new)?;
        part.old.copy_from_slice(&new);
        Ok(())
    }

    /// Writes what is known of the samples of one shard.
    pub(crate) fn write_status(
        &self,
        point: usize,
        shard: usize,
        status: &[Status],
    ) -> Result<(), StoreError> {
        let array = &self.arrays[STATUS];
        let per_chunk = self.base.chunking.chunk;
        let encode = |known: &[Status]| {
            let mut codes: Vec<u8> = known.iter().map(|&status| status as u8).collect();
            codes.resize(per_chunk, Status::Missing as u8);
            let saved = known.iter().any(|status| *status != Status::Missing);
            saved.then(|| array.encode(codes)).transpose()
        };
        let mut chunks: Vec<_> = status.chunks(per_chunk).map(encode).collect::<Result<_, _>>()?;
        chunks.resize(self.base.chunking.chunks(), None);
        array.write_shard(&[point, shard], &chunks)
    }

    /// Writes a shard of one array anew: chunks that get samples of this part with what they had and those, all others as they are.
    ///
    /// Nothing is kept that the status does not know: whatever a killed run left, the same samples make the same file.
    fn save_shard<T: Value>(
        &self,
        part: &Part<'_>,
        spec: &ArraySpec,
        values: &[T],
    ) -> Result<(), StoreError> {
        let array = &self.arrays[&spec.name];
        let per_chunk = self.base.chunking.chunk;
        let width = self.base.width(spec);
        let size: usize = self.base.chunk_shape(spec).iter().product();
        let mut index = vec![0; spec.dims.len()];
        index[..2].copy_from_slice(&[part.point, part.shard]);

        let mut old = None;
        let mut next = 0;
        let mut chunks = Vec::with_capacity(self.base.chunking.chunks());
        for (chunk, known) in part.old.chunks(per_chunk).enumerate() {
            let begin = next;
            let end = part.first + (chunk + 1) * per_chunk;
            next += part.group[begin..].iter().take_while(|(sample, _)| *sample < end).count();
            let group = &part.group[begin..next];
            let kept = known.iter().enumerate().any(|(i, status)| {
                let replaced = || group.binary_search_by_key(&(end - per_chunk + i), |it| it.0).is_ok();
                *status != Status::Missing && !replaced()
            });
            if kept && old.is_none() {
                old = Some(array.open_shard(&index)?.ok_or_else(|| lost(array.file(&index)))?);
            }
            let old = old.as_mut().filter(|_| kept);
            if group.is_empty() {
                chunks.push(match old {
                    Some(old) => Some(old.raw(chunk)?.ok_or_else(|| lost(array.file(&index)))?),
                    None => None,
                });
                continue;
            }
            let mut new = match old {
                Some(old) => {
                    let mut new: Vec<T> = old.read(chunk)?.ok_or_else(|| lost(array.file(&index)))?;
                    for (i, _) in known.iter().enumerate().filter(|(_, status)| **status == Status::Missing) {
                        new[i * width..(i + 1) * width].fill(T::fill());
                    }
                    new
                }
                None => filled(&spec.name, size)?,
            };
            for (i, (sample, _)) in group.iter().enumerate() {
                let source = &values[(part.skip + begin + i) * width..][..width];
                let target = &mut new[(sample + per_chunk - end) * width..][..width];
                for (target, source) in target.iter_mut().zip(source) {
                    *target = source.canonical();
                }
            }
            chunks.push(Some(array.encode(new)?));
        }
        chunks.resize(self.base.chunking.chunks(), None);
        array.write_shard(&index, &chunks)
    }

    /// Writes all values of a whole array.
    pub(crate) fn write_whole(&self, name: &str, values: Values<'_>) -> Result<(), StoreError> {
        match values {
            Values::Float(values) => self.write_only_chunk(name, values),
            Values::Integer(values) => self.write_only_chunk(name, values),
            Values::Byte(values) => self.write_only_chunk(name, values),
            Values::Text(values) => self.write_only_chunk(name, values),
        }
    }

    fn write_only_chunk<T: Value>(&self, name: &str, values: &[T]) -> Result<(), StoreError> {
        if values.is_empty() {
            return Ok(());
        }
        let array = &self.arrays[name];
        let index = vec![0; self.all.arrays[name].dims.len()];
        array.write(&index, values.iter().map(T::canonical).collect::<Vec<_>>())
    }
}

fn open_arrays(folder: &Folder, schema: &Schema) -> Result<BTreeMap<String, Chunked>, StoreError> {
    let open = |(name, spec): (&String, _)| Ok((name.clone(), schema.open(folder, spec)?));
    schema.arrays.iter().map(open).collect()
}

/// Whether a run of one study and version may continue the record of another.
pub(crate) fn check_study(
    path: &Path,
    stored: &Provenance,
    requested: &Provenance,
) -> Result<(), StoreError> {
    let same_version = stored.version == requested.version;
    if let Some(difference) = stored.difference(requested).filter(|it| it.shared || same_version) {
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
            stored: stored.version.clone(),
            requested: requested.version.clone(),
        });
    }
    Ok(())
}

/// Whether the stored record has all arrays of the new run, with the same metadata.
pub(crate) fn check_layout(path: &Path, stored: &Schema, requested: &Schema) -> Result<(), StoreError> {
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

/// A chunk that is not there, although its samples are done.
fn lost(file: PathBuf) -> StoreError {
    StoreError::damaged(&file, "its samples are done, but they are not there")
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

/// Metadata as text; a table of JSON values always has one.
fn text(metadata: &serde_json::Value) -> Vec<u8> {
    format!("{metadata:#}\n").into_bytes()
}
