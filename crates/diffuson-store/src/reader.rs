//! Reading a record, finished or not.

use std::ops::Range;
use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::chunked::{Chunked, Folder};
use crate::chunking::Chunking;
use crate::error::StoreError;
use crate::layout::{ArraySpec, SAMPLE, STATUS};
use crate::provenance::Provenance;
use crate::schema::{self, Schema};
use crate::values::{Array, Counts, Kind, Status, Value};

/// An open record. It takes no lock: a record may be read while a run is writing it, and then shows the arrays and
/// the number of samples of the moment when it was opened.
#[derive(Debug)]
pub struct Reader {
    folder: Folder,
    attributes: Map<String, Json>,
    provenance: Provenance,
    pub(crate) schema: Schema,
}

impl Reader {
    /// Opens the record at `path`, made by any version of the program that wrote the same schema.
    ///
    /// # Errors
    /// [`NotFound`](StoreError::NotFound), [`NotARecord`](StoreError::NotARecord),
    /// [`SchemaVersion`](StoreError::SchemaVersion), [`Damaged`](StoreError::Damaged) if its metadata were changed,
    /// [`Io`](StoreError::Io).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let (attributes, provenance, schema) = schema::open(path.as_ref())?;
        Ok(Self { folder: Folder::new(path.as_ref())?, attributes, provenance, schema })
    }

    /// Where the record is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What was computed, by which version, from which settings.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// All attributes of the record as they are stored.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Json> {
        &self.attributes
    }

    /// The number of points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.schema.points()
    }

    /// The number of samples per point, missing ones included.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.schema.samples()
    }

    /// The size of a dimension, if the record has it.
    #[must_use]
    pub fn size(&self, dim: &str) -> Option<usize> {
        self.schema.sizes.get(dim).copied()
    }

    /// All arrays, in the order of their names.
    pub fn arrays(&self) -> impl Iterator<Item = &ArraySpec> {
        self.schema.arrays.values()
    }

    /// What the record says of an array.
    ///
    /// # Errors
    /// [`NoArray`](StoreError::NoArray).
    pub fn array(&self, name: &str) -> Result<&ArraySpec, StoreError> {
        self.schema
            .arrays
            .get(name)
            .ok_or_else(|| StoreError::NoArray { path: self.path().to_path_buf(), array: name.to_owned() })
    }

    /// What is known of every sample of a point.
    ///
    /// # Errors
    /// [`Values`](StoreError::Values) if there is no such point, [`Damaged`](StoreError::Damaged), [`Io`](StoreError::Io).
    pub fn status(&self, point: usize) -> Result<Vec<Status>, StoreError> {
        self.check_range(STATUS, point, &(0..self.samples()))?;
        read_status(&self.open_array(STATUS)?, &self.schema, point, 0..self.samples())
    }

    /// How many samples of a point are done, have failed, or are missing.
    ///
    /// # Errors
    /// Those of [`status`](Self::status).
    pub fn counts(&self, point: usize) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        for status in self.status(point)? {
            match status {
                Status::Done => counts.done += 1,
                Status::Failed => counts.failed += 1,
                Status::Missing => counts.missing += 1,
            }
        }
        Ok(counts)
    }

    /// Reads an array.
    ///
    /// Samples that are not saved read as NaN, 0 or empty text. [`STATUS`] itself can be read as bytes.
    ///
    /// # Errors
    /// [`NoArray`](StoreError::NoArray), [`WrongKind`](StoreError::WrongKind), [`NotWritten`](StoreError::NotWritten)
    /// for a whole array that the run has not come to yet, [`Damaged`](StoreError::Damaged), [`Io`](StoreError::Io).
    pub fn read<T: Value>(&self, name: &str) -> Result<Array<T>, StoreError> {
        let spec = self.array(name)?;
        self.check_kind(spec, T::KIND)?;
        let array = self.open_array(name)?;
        let shape = self.schema.shape(spec);
        let mut data = self.empty(name, &shape)?;
        if spec.is_per_sample() {
            for point in 0..self.points() {
                self.append_samples(spec, &array, point, 0..self.samples(), &mut data)?;
            }
        } else if !shape.contains(&0) {
            self.append_whole(spec, &array, &shape, &mut data)?;
        }
        Ok(Array { dims: spec.dims.clone(), shape, data })
    }

    /// Reads some consecutive samples of one point of a per-sample array; the first dimension of the answer is
    /// [`SAMPLE`].
    ///
    /// # Errors
    /// Those of [`read`](Self::read), and [`Values`](StoreError::Values) if the array is not per-sample or the point
    /// or a sample lies outside.
    pub fn read_samples<T: Value>(
        &self,
        name: &str,
        point: usize,
        samples: Range<usize>,
    ) -> Result<Array<T>, StoreError> {
        let spec = self.array(name)?;
        self.check_kind(spec, T::KIND)?;
        if !spec.is_per_sample() {
            return Err(StoreError::values(name, "has no samples"));
        }
        self.check_range(name, point, &samples)?;
        let mut shape = self.schema.shape(spec).split_off(1);
        shape[0] = samples.len();
        let mut data = self.empty(name, &shape)?;
        self.append_samples(spec, &self.open_array(name)?, point, samples, &mut data)?;
        Ok(Array { dims: spec.dims[1..].to_vec(), shape, data })
    }

    fn append_samples<T: Value>(
        &self,
        spec: &ArraySpec,
        array: &Chunked,
        point: usize,
        samples: Range<usize>,
        data: &mut Vec<T>,
    ) -> Result<(), StoreError> {
        let width = self.schema.width(spec);
        let Chunking { chunk: per_chunk, shard: per_shard } = self.schema.chunking;
        // The status is written last and therefore read first.
        let status = read_status(&self.open_array(STATUS)?, &self.schema, point, samples.clone())?;
        let mut index = vec![0; spec.dims.len()];
        index[0] = point;
        let mut next = samples.start;
        while next < samples.end {
            index[1] = next / per_shard;
            let mut shard = None;
            let shard_end = ((index[1] + 1) * per_shard).min(samples.end);
            while next < shard_end {
                let first = next - next % per_chunk;
                let end = (first + per_chunk).min(shard_end);
                let known = &status[next - samples.start..end - samples.start];
                let mut values: Option<Vec<T>> = None;
                if known.iter().any(|status| *status != Status::Missing) {
                    let lost = || {
                        StoreError::damaged(
                            &array.file(&index),
                            "its samples are done, but they are not there",
                        )
                    };
                    if shard.is_none() {
                        shard = Some(array.open_shard(&index)?.ok_or_else(lost)?);
                    }
                    let read = shard.as_mut().map(|shard| shard.read(first % per_shard / per_chunk));
                    values = Some(read.transpose()?.flatten().ok_or_else(lost)?);
                }
                for (sample, status) in (next..end).zip(known) {
                    match &values {
                        Some(values) if *status != Status::Missing => {
                            data.extend_from_slice(&values[(sample - first) * width..][..width]);
                        }
                        _ => data.extend(std::iter::repeat_n(T::fill(), width)),
                    }
                }
                next = end;
            }
        }
        Ok(())
    }

    fn append_whole<T: Value>(
        &self,
        spec: &ArraySpec,
        array: &Chunked,
        shape: &[usize],
        data: &mut Vec<T>,
    ) -> Result<(), StoreError> {
        let chunk_shape = self.schema.chunk_shape(spec);
        // Only the coordinate of the samples has more than one chunk.
        let chunks = if spec.name == SAMPLE { shape[0].div_ceil(chunk_shape[0]) } else { 1 };
        for chunk in 0..chunks {
            let mut index = vec![0; shape.len()];
            if let Some(first) = index.first_mut() {
                *first = chunk;
            }
            let values: Vec<T> = array.read(&index)?.ok_or_else(|| StoreError::NotWritten {
                path: self.path().to_path_buf(),
                array: spec.name.clone(),
            })?;
            data.extend(values);
        }
        data.truncate(shape.iter().product());
        Ok(())
    }

    fn open_array(&self, name: &str) -> Result<Chunked, StoreError> {
        self.schema.open(&self.folder, self.array(name)?)
    }

    fn check_kind(&self, spec: &ArraySpec, requested: Kind) -> Result<(), StoreError> {
        if spec.kind == requested {
            return Ok(());
        }
        Err(StoreError::WrongKind { array: spec.name.clone(), stored: spec.kind, requested })
    }

    fn check_range(&self, name: &str, point: usize, samples: &Range<usize>) -> Result<(), StoreError> {
        if point < self.points() && samples.start <= samples.end && samples.end <= self.samples() {
            return Ok(());
        }
        Err(StoreError::values(
            name,
            format!(
                "point {point}, samples {} to {} of {} points with {} samples",
                samples.start,
                samples.end,
                self.points(),
                self.samples()
            ),
        ))
    }

    /// An empty vector with room for an array of this shape.
    fn empty<T>(&self, name: &str, shape: &[usize]) -> Result<Vec<T>, StoreError> {
        let mut data = Vec::new();
        let room = shape.iter().try_fold(1_usize, |product, &size| product.checked_mul(size));
        match room.map(|room| data.try_reserve_exact(room)) {
            Some(Ok(())) => Ok(data),
            _ => Err(StoreError::values(name, format!("shape {shape:?} does not fit into memory"))),
        }
    }
}

/// What is known of some consecutive samples of a point.
pub(crate) fn read_status(
    array: &Chunked,
    schema: &Schema,
    point: usize,
    samples: Range<usize>,
) -> Result<Vec<Status>, StoreError> {
    let Chunking { chunk: per_chunk, shard: per_shard } = schema.chunking;
    let mut all = Vec::new();
    all.try_reserve_exact(samples.len()).map_err(|_| {
        StoreError::values(STATUS, format!("{} samples do not fit into memory", samples.len()))
    })?;
    // Most chunks say the same, that all samples are done: they are not decoded again.
    let mut last: Option<(Vec<u8>, Vec<u8>)> = None;
    let mut next = samples.start;
    while next < samples.end {
        let index = [point, next / per_shard];
        let shard_end = ((index[1] + 1) * per_shard).min(samples.end);
        let Some(mut shard) = array.open_shard(&index)? else {
            all.resize(all.len() + shard_end - next, Status::Missing);
            next = shard_end;
            continue;
        };
        while next < shard_end {
            let first = next - next % per_chunk;
            let end = (first + per_chunk).min(shard_end);
            let chunk = first % per_shard / per_chunk;
            let Some(stored) = shard.raw(chunk)? else {
                all.resize(all.len() + end - next, Status::Missing);
                next = end;
                continue;
            };
            let codes = match last {
                Some((same, codes)) if same == stored => codes,
                _ => shard.read::<u8>(chunk)?.unwrap_or_default(),
            };
            for &code in codes.iter().skip(next - first).take(end - next) {
                all.push(Status::from_code(code).ok_or_else(|| {
                    StoreError::damaged(shard.path(), format!("no status has the number {code}"))
                })?);
            }
            last = Some((stored, codes));
            next = end;
        }
    }
    Ok(all)
}
