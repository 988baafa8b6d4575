//! Joining records of one study: samples that other runs have computed, taken over as they are.

use std::iter::once;
use std::ops::Range;

use crate::contents::{check_layout, check_study};
use crate::error::StoreError;
use crate::layout::{ArraySpec, FAILURE, Record, STATUS};
use crate::provenance::Provenance;
use crate::reader::Reader;
use crate::schema::Schema;
use crate::values::{Kind, Outcome, Status, Value, Values};
use crate::writer::Writer;

/// Takes the samples of other records over into one that is being written: made by [`Writer::merge`].
///
/// An iterator that does the work. Each step takes what the other records have of one stretch of samples of one point,
/// as long as a file of the written record, and saves it at once. So no file is written twice, and the memory needed is
/// that of the per-sample arrays of one stretch, however large the records and however many. An item says what was
/// saved; or [`Conflict`](StoreError::Conflict) if a sample differs between two records, the written one
/// included (all that they share is compared, bit by bit), [`Damaged`](StoreError::Damaged), [`Io`](StoreError::Io):
/// nothing of the step is saved then, and it was the last one.
///
/// It may be dropped after any step: a later merge of the same records takes the rest, and the record ends with the
/// same bytes.
#[derive(Debug)]
pub struct Merge<'m> {
    writer: &'m mut Writer,
    /// The written record as it is on disk.
    target: Reader,
    records: &'m [Reader],
    point: usize,
    /// The first sample of the next stretch.
    next: usize,
    /// Which samples of this point each record has, the written one first.
    present: Vec<Vec<Range<usize>>>,
}

/// What one step of a [`Merge`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The point.
    pub point: usize,
    /// The samples looked at.
    pub samples: Range<usize>,
    /// How many of them were taken over.
    pub saved: usize,
}

impl Writer {
    /// Begins to take over the samples of other records that [belong](Record::check) to this one.
    ///
    /// They may be unfinished, lack any samples, or share some. The record grows to the number of samples of the
    /// largest of them.
    ///
    /// # Errors
    /// Those of [`Record::check`], [`Io`](StoreError::Io).
    pub fn merge<'m>(&'m mut self, records: &'m [Reader]) -> Result<Merge<'m>, StoreError> {
        for record in records {
            check(record, &self.contents.provenance, &self.contents.base)?;
        }
        self.grow(records.iter().map(Reader::samples).max().unwrap_or(0))?;
        let target = Reader::open(self.path())?;
        Ok(Merge { writer: self, target, records, point: 0, next: 0, present: Vec::new() })
    }
}

impl Record {
    /// Whether the samples of another record may be taken over into this one: it belongs to the same study, was made by
    /// the same version of the program, and has the same arrays.
    ///
    /// # Errors
    /// [`OtherStudy`](StoreError::OtherStudy), [`OtherVersion`](StoreError::OtherVersion),
    /// [`OtherLayout`](StoreError::OtherLayout), which name the other record; [`Layout`](StoreError::Layout).
    pub fn check(&self, other: &Reader) -> Result<(), StoreError> {
        check(other, &self.provenance, &Schema::new(self)?)
    }
}

fn check(other: &Reader, provenance: &Provenance, base: &Schema) -> Result<(), StoreError> {
    check_study(other.path(), other.provenance(), provenance)?;
    // how many samples there are, and how they lie in files, is each record's own
    let mut stored = other.schema.clone();
    stored.set_samples(base.samples());
    stored.chunking = base.chunking;
    check_layout(other.path(), &stored, base)
}

impl Iterator for Merge<'_> {
    type Item = Result<Step, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let samples = self.writer.samples();
        if self.next >= samples {
            (self.point, self.next) = (self.point + 1, 0);
        }
        if self.point >= self.writer.points() || samples == 0 {
            return None;
        }
        let end = samples.min(self.next + self.writer.contents.base.chunking.shard);
        let (point, samples) = (self.point, self.next..end);
        let saved = self.step(samples.clone());
        self.next = end;
        if saved.is_err() {
            self.point = self.writer.points();
        }
        Some(saved.map(|saved| Step { point, samples, saved }))
    }
}

impl Merge<'_> {
    /// Takes over one stretch of samples of the point; how many.
    fn step(&mut self, stretch: Range<usize>) -> Result<usize, StoreError> {
        if stretch.start == 0 {
            let present = |record: &Reader| Ok(runs(&record.status(self.point)?));
            self.present = once(&self.target).chain(self.records).map(present).collect::<Result<_, _>>()?;
        }
        let sources = self.sources(&stretch)?;
        let mut taken = Vec::new();
        let mut first = stretch.start;
        for run in sources.chunk_by(|a, b| a == b) {
            // what the written record has stays
            if let Some(source) = run[0].filter(|&source| source > 0) {
                taken.push((source, first..first + run.len()));
            }
            first += run.len();
        }
        self.take(&taken)?;
        Ok(taken.iter().map(|(_, samples)| samples.len()).sum())
    }

    /// For each sample of a stretch the first record that has it. All others that have it must agree.
    fn sources(&self, stretch: &Range<usize>) -> Result<Vec<Option<usize>>, StoreError> {
        let mut sources = vec![None; stretch.len()];
        for (record, present) in self.present.iter().enumerate() {
            let mut shared = Vec::new();
            let from = present.partition_point(|run| run.end <= stretch.start);
            for run in present[from..].iter().take_while(|run| run.start < stretch.end) {
                for sample in run.start.max(stretch.start)..run.end.min(stretch.end) {
                    match &mut sources[sample - stretch.start] {
                        Some(other) => shared.push((*other, sample)),
                        none => *none = Some(record),
                    }
                }
            }
            for run in shared.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1) {
                let (other, first) = run[0];
                self.compare(other, record, first..first + run.len())?;
            }
        }
        Ok(sources)
    }

    /// Fails unless two records have the same bits for these samples.
    fn compare(&self, one: usize, other: usize, samples: Range<usize>) -> Result<(), StoreError> {
        for spec in self.per_sample() {
            let a = self.read(spec, &[(one, samples.clone())])?;
            let b = self.read(spec, &[(other, samples.clone())])?;
            if let Some(at) = a.first_difference(&b) {
                let width = a.values().len() / samples.len();
                return Err(StoreError::Conflict {
                    path: self.record(one).path().to_path_buf(),
                    other: self.record(other).path().to_path_buf(),
                    array: spec.name.clone(),
                    point: self.point,
                    sample: samples.start + at / width,
                });
            }
        }
        Ok(())
    }

    /// Saves samples, in rising order, each from the record it is taken from.
    fn take(&mut self, taken: &[(usize, Range<usize>)]) -> Result<(), StoreError> {
        if taken.is_empty() {
            return Ok(());
        }
        let mut outcomes = Vec::new();
        for (record, samples) in taken {
            let record = self.record(*record);
            let status = record.read_samples::<u8>(STATUS, self.point, samples.clone())?.data;
            let reasons = record.read_samples::<String>(FAILURE, self.point, samples.clone())?.data;
            for ((sample, code), reason) in samples.clone().zip(status).zip(reasons) {
                let failed = code == Status::Failed as u8;
                outcomes.push((sample, if failed { Outcome::Failed(reason) } else { Outcome::Done }));
            }
        }
        let mut blocks = Vec::new();
        for spec in self.per_sample().filter(|spec| ![STATUS, FAILURE].contains(&spec.name.as_str())) {
            blocks.push((spec.name.clone(), self.read(spec, taken)?));
        }
        let values: Vec<(&str, Values<'_>)> =
            blocks.iter().map(|(name, block)| (name.as_str(), block.values())).collect();
        self.writer.save(self.point, &outcomes, &values)
    }

    /// Record 0 is the written one.
    fn record(&self, number: usize) -> &Reader {
        number.checked_sub(1).map_or(&self.target, |number| &self.records[number])
    }

    fn per_sample(&self) -> impl Iterator<Item = &ArraySpec> {
        self.writer.contents.base.arrays.values().filter(|spec| spec.is_per_sample())
    }

    /// The values of an array for samples of the point, one piece after the other.
    fn read(&self, spec: &ArraySpec, pieces: &[(usize, Range<usize>)]) -> Result<Block, StoreError> {
        Ok(match spec.kind {
            Kind::Float => Block::Float(self.read_as(spec, pieces)?),
            Kind::Integer => Block::Integer(self.read_as(spec, pieces)?),
            Kind::Byte => Block::Byte(self.read_as(spec, pieces)?),
            Kind::Text => Block::Text(self.read_as(spec, pieces)?),
        })
    }

    fn read_as<T: Value>(
        &self,
        spec: &ArraySpec,
        pieces: &[(usize, Range<usize>)],
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        for (record, samples) in pieces {
            let piece = self.record(*record).read_samples::<T>(&spec.name, self.point, samples.clone())?;
            all.extend(piece.data);
        }
        Ok(all)
    }
}

/// Values of any kind.
enum Block {
    Float(Vec<f64>),
    Integer(Vec<i64>),
    Byte(Vec<u8>),
    Text(Vec<String>),
}

impl Block {
    fn values(&self) -> Values<'_> {
        match self {
            Self::Float(values) => values.into(),
            Self::Integer(values) => values.into(),
            Self::Byte(values) => values.into(),
            Self::Text(values) => values.into(),
        }
    }

    /// Where another block of the same kind and length has other bits.
    fn first_difference(&self, other: &Self) -> Option<usize> {
        fn differ<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> Option<usize> {
            a.iter().zip(b).position(|(a, b)| !same(a, b))
        }
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => differ(a, b, |a, b| a.to_bits() == b.to_bits()),
            (Self::Integer(a), Self::Integer(b)) => differ(a, b, i64::eq),
            (Self::Byte(a), Self::Byte(b)) => differ(a, b, u8::eq),
            (Self::Text(a), Self::Text(b)) => differ(a, b, String::eq),
            _ => Some(0),
        }
    }
}

/// The samples that are not missing, as ranges.
fn runs(status: &[Status]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut first = 0;
    for run in status.chunk_by(|a, b| (*a == Status::Missing) == (*b == Status::Missing)) {
        if run[0] != Status::Missing {
            runs.push(first..first + run.len());
        }
        first += run.len();
    }
    runs
}
