//! The samples that are there: in memory all of them, in a record chunk by chunk.
//!
//! Threads put in what they have finished; the scheduler says when a chunk is whole and to be saved; whoever ends the run early saves the rest. A record is made when the first
//! sample says which arrays there are. When one is continued, its first sample is computed again, and nothing is saved before it agrees: the record cannot know the function.

use super::rows::{Quantity, Row, UNNAMED};
use crate::errors::{Raise, input};
use diffuson_ensemble::schedule::{Checkpoint, Failure, Status};
use diffuson_ensemble::statistics::Moments;
use diffuson_store::{
    ArraySpec, FAILURE, Kind, Layout, Outcome, POINT, Provenance, Reader, Record, SAMPLE, STATUS, StoreError,
    Writer,
};
use pyo3::PyErr;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The value of the attribute `kind` of records of ensembles.
pub(super) const KIND: &str = "ensemble";
/// The dimension of real and imaginary part.
const PART: &str = "part";
/// How far the sample computed again may be from the one of the record, against the largest of its numbers: rounding of another processor, enlarged by resonances.
const AGREEMENT: f64 = 1e-6;

/// The record to keep samples in.
pub(super) struct Origin {
    pub(super) path: PathBuf,
    pub(super) provenance: Provenance,
    /// Units by name; "1" if not given.
    pub(super) units: BTreeMap<String, String>,
    /// Names of the dimensions by name, without that of the samples.
    pub(super) dims: BTreeMap<String, Vec<String>>,
    /// Samples that there will be at first.
    pub(super) samples: usize,
}

/// The numbers of a sample, array by array, or why there are none.
type Sample = Result<Vec<Vec<f64>>, String>;

/// All samples.
pub(super) struct Keeper {
    origin: Option<Origin>,
    state: Mutex<State>,
    /// Locked before the state, never after it.
    writer: Mutex<Option<Writer>>,
}

#[derive(Default)]
struct State {
    quantities: Option<Vec<Quantity>>,
    unnamed: bool,
    samples: BTreeMap<u64, Sample>,
    unsaved: BTreeSet<u64>,
    /// Those of the unsaved ones whose turn it is.
    ready: BTreeSet<u64>,
    /// The sample of the record that is to be computed again.
    witness: Option<u64>,
    /// Whether the run has ended: what comes in later is dropped.
    closed: bool,
}

/// What there is at the end.
pub(super) struct Collected {
    pub(super) quantities: Vec<Quantity>,
    pub(super) unnamed: bool,
    /// Numbers of the samples that have values.
    pub(super) numbers: Vec<i64>,
    /// Their values, array by array.
    pub(super) values: Vec<Vec<f64>>,
    pub(super) failed: Vec<(u64, String)>,
}

impl Keeper {
    /// In memory, or in a record that may be there already; at least `asked` of its samples are going to be used.
    pub(super) fn open(origin: Option<Origin>, asked: u64) -> Result<Self, PyErr> {
        let mut state = State::default();
        let mut writer = None;
        if let Some(origin) = origin.as_ref().filter(|origin| origin.path.symlink_metadata().is_ok()) {
            writer = Some(state.resume(origin).map_err(Raise::raise)?);
            let first = state.samples.iter().find(|(_, sample)| sample.is_ok());
            state.witness = first.map(|(&number, _)| number).filter(|&number| number < asked);
        }
        Ok(Self { origin, state: Mutex::new(state), writer: Mutex::new(writer) })
    }

    /// Takes in a finished sample.
    pub(super) fn finish(&self, number: u64, outcome: Result<Row, String>) -> Result<(), PyErr> {
        let mut state = lock(&self.state);
        if state.closed {
            return Ok(());
        }
        let sample = match outcome {
            Err(reason) => Err(reason),
            Ok(Row { quantities, values, unnamed }) => {
                match &state.quantities {
                    Some(known) if *known != quantities => {
                        return Err(self.differs(number, known, &quantities));
                    }
                    Some(_) => state.unnamed = unnamed,
                    None => {
                        state.unnamed = unnamed;
                        state.quantities = Some(quantities.clone());
                        drop(state);
                        self.create(&quantities)?;
                        state = lock(&self.state);
                    }
                }
                Ok(values)
            }
        };
        if state.witness == Some(number) {
            let agrees = state.samples.get(&number).is_some_and(|stored| agree(stored, &sample));
            if !agrees {
                return Err(self.other_function(number));
            }
            state.witness = None;
            return Ok(());
        }
        state.samples.insert(number, sample);
        state.unsaved.insert(number);
        Ok(())
    }

    /// Saves whatever is not saved yet and lets go of the record.
    pub(super) fn close(&self) -> Result<(), PyErr> {
        let all: Vec<u64> = {
            let mut state = lock(&self.state);
            state.closed = true;
            state.unsaved.iter().copied().collect()
        };
        let saved = self.save(all).map_err(Raise::raise);
        lock(&self.writer).take();
        saved
    }

    /// The samples below `asked`.
    pub(super) fn collect(&self, asked: u64) -> Collected {
        let mut state = lock(&self.state);
        let quantities = state.quantities.take().unwrap_or_default();
        let mut found = Collected {
            values: vec![Vec::new(); quantities.len()],
            quantities,
            unnamed: state.unnamed,
            numbers: Vec::new(),
            failed: Vec::new(),
        };
        for (number, sample) in std::mem::take(&mut state.samples).into_iter().filter(|(n, _)| *n < asked) {
            match sample {
                Ok(values) => {
                    found.numbers.push(number as i64);
                    found.values.iter_mut().zip(values).for_each(|(all, one)| all.extend(one));
                }
                Err(reason) => found.failed.push((number, reason)),
            }
        }
        found
    }

    /// Whether the first `n` samples give the mean of every array to this relative error: the standard errors of its entries against their means, as root mean squares.
    fn is_enough(&self, n: u64, target: f64) -> bool {
        let state = lock(&self.state);
        let Some(quantities) = &state.quantities else { return false };
        (0..quantities.len()).all(|q| {
            let mut entries = vec![Moments::default(); quantities[q].width()];
            for values in state.samples.range(..n).filter_map(|(_, sample)| sample.as_ref().ok()) {
                entries.iter_mut().zip(&values[q]).for_each(|(entry, value)| entry.push(*value));
            }
            let squares = |f: fn(&Moments) -> f64| entries.iter().map(|m| f(m).powi(2)).sum::<f64>().sqrt();
            squares(Moments::standard_error) <= target * squares(Moments::mean)
        })
    }

    fn create(&self, quantities: &[Quantity]) -> Result<(), PyErr> {
        let Some(origin) = &self.origin else { return Ok(()) };
        let record = origin.record(quantities)?;
        let mut writer = lock(&self.writer);
        *writer = Some(start(&origin.path, &record, quantities).map_err(Raise::raise)?);
        Ok(())
    }

    fn save(&self, numbers: impl IntoIterator<Item = u64>) -> Result<(), StoreError> {
        let mut writer = lock(&self.writer);
        let (quantities, samples) = {
            let mut state = lock(&self.state);
            let State { ready, unsaved, .. } = &mut *state;
            ready.extend(numbers.into_iter().filter(|number| unsaved.contains(number)));
            let (Some(_), None, Some(quantities)) = (&*writer, state.witness, state.quantities.clone())
            else {
                return Ok(());
            };
            let ready = std::mem::take(&mut state.ready);
            let State { unsaved, samples, .. } = &mut *state;
            let of = |number: u64| {
                unsaved.remove(&number);
                samples.get(&number).map(|sample| (number, sample.clone()))
            };
            (quantities, ready.into_iter().filter_map(of).collect::<Vec<_>>())
        };
        match (&mut *writer, samples.last()) {
            (Some(writer), Some((last, _))) => {
                writer.grow(*last as usize + 1)?;
                write(writer, &quantities, samples)
            }
            _ => Ok(()),
        }
    }

    fn differs(&self, number: u64, known: &[Quantity], found: &[Quantity]) -> PyErr {
        let list = |all: &[Quantity]| all.iter().map(Quantity::describe).collect::<Vec<_>>().join(", ");
        let whence = match &self.origin {
            Some(origin) => format!("{} has", origin.path.display()),
            None => "other samples have".to_owned(),
        };
        input(format!("sample {number} has {}; but {whence} {}", list(found), list(known)))
    }

    fn other_function(&self, number: u64) -> PyErr {
        let path = self.origin.as_ref().map(|origin| origin.path.display().to_string()).unwrap_or_default();
        input(format!(
            "{path} was made by another function: sample {number}, computed again, is not the one stored there (or the function is not one of the sample alone)"
        ))
    }
}

impl State {
    fn resume(&mut self, origin: &Origin) -> Result<Writer, StoreError> {
        let reader = Reader::open(&origin.path)?;
        // a record of something else is refused by its provenance
        let quantities = if reader.provenance().kind == KIND { quantities(&reader) } else { Vec::new() };
        let record = Record { layout: origin.layout(&quantities), ..origin.bare() };
        let writer = start(&origin.path, &record, &quantities)?;
        let status = reader.status(0)?;
        let reasons = reader.read_samples::<String>(FAILURE, 0, 0..status.len())?.data;
        let columns: Vec<Vec<f64>> = quantities
            .iter()
            .map(|q| Ok(reader.read_samples::<f64>(&q.name, 0, 0..status.len())?.data))
            .collect::<Result<_, StoreError>>()?;
        let of = |i: usize| {
            let width = quantities.iter().map(Quantity::width);
            columns.iter().zip(width).map(|(all, width)| all[i * width..(i + 1) * width].to_vec()).collect()
        };
        for (i, (status, reason)) in status.into_iter().zip(reasons).enumerate() {
            match status {
                diffuson_store::Status::Missing => None,
                diffuson_store::Status::Done => self.samples.insert(i as u64, Ok(of(i))),
                diffuson_store::Status::Failed => self.samples.insert(i as u64, Err(reason)),
            };
        }
        self.unnamed = quantities.iter().all(|q| q.name == UNNAMED);
        self.quantities = Some(quantities);
        Ok(writer)
    }
}

impl Origin {
    /// A record of these arrays.
    fn record(&self, quantities: &[Quantity]) -> Result<Record, PyErr> {
        let names: Vec<&str> = quantities.iter().map(|q| q.name.as_str()).collect();
        if let Some(name) =
            self.units.keys().chain(self.dims.keys()).find(|name| !names.contains(&name.as_str()))
        {
            return Err(input(format!(
                "units or dims of {name:?}, but the function returns {}",
                names.join(", ")
            )));
        }
        for (name, dims) in &self.dims {
            let axes = quantities.iter().find(|q| q.name == *name).map_or(0, |q| q.shape.len());
            if axes != dims.len() {
                return Err(input(format!(
                    "dims of {name:?} are {dims:?}, but it has {axes} dimensions besides the samples"
                )));
            }
        }
        Ok(Record { layout: self.layout(quantities), ..self.bare() })
    }

    fn bare(&self) -> Record {
        Record {
            provenance: self.provenance.clone(),
            points: 1,
            samples: self.samples,
            layout: Layout::default(),
        }
    }

    fn layout(&self, quantities: &[Quantity]) -> Layout {
        let mut layout = Layout::default();
        for q in quantities {
            let axis = |axis| format!("{}_{axis}", q.name);
            let named = self.dims.get(&q.name).cloned();
            let mut dims = named.unwrap_or_else(|| (0..q.shape.len()).map(axis).collect());
            layout.dims.extend(dims.iter().cloned().zip(q.shape.iter().copied()));
            if q.complex {
                dims.push(PART.to_owned());
            }
            let dims: Vec<&str> =
                [POINT, SAMPLE].into_iter().chain(dims.iter().map(String::as_str)).collect();
            let units = self.units.get(&q.name).map_or("1", String::as_str);
            layout.arrays.push(ArraySpec::new(&q.name, Kind::Float, &dims, units, &q.name.replace('_', " ")));
        }
        if quantities.iter().any(|q| q.complex) {
            layout.dims.push((PART.to_owned(), 2));
            layout.arrays.push(ArraySpec::new(PART, Kind::Text, &[PART], "1", "part of a complex number"));
        }
        layout
    }
}

/// The scheduler's view of a keeper.
pub(super) struct Book {
    pub(super) keeper: Arc<Keeper>,
}

impl Book {
    /// Whether the first `n` samples are enough.
    pub(super) fn is_enough(&self, n: u64, target: f64) -> bool {
        self.keeper.is_enough(n, target)
    }
}

impl Checkpoint for Book {
    /// The numbers are with the keeper already.
    type Sample = ();
    type Error = StoreError;

    fn status(&self, _: usize, sample: u64) -> Status {
        let state = lock(&self.keeper.state);
        match state.samples.get(&sample) {
            _ if state.witness == Some(sample) => Status::Missing,
            None => Status::Missing,
            Some(Ok(_)) => Status::Done,
            Some(Err(_)) => Status::Failed,
        }
    }

    fn save(&mut self, _: usize, samples: Vec<(u64, Result<(), Failure>)>) -> Result<(), StoreError> {
        self.keeper.save(samples.into_iter().map(|(number, _)| number))
    }
}

/// The arrays of a record.
fn quantities(reader: &Reader) -> Vec<Quantity> {
    let per_sample = reader.arrays().filter(|spec| spec.is_per_sample());
    let own = [STATUS, FAILURE];
    let of = |spec: &ArraySpec| {
        let complex = spec.dims.last().is_some_and(|dim| dim == PART);
        let axes = spec.dims.iter().skip(2).filter(|dim| *dim != PART);
        let shape = axes.filter_map(|dim| reader.size(dim)).collect();
        Quantity { name: spec.name.clone(), shape, complex }
    };
    per_sample.filter(|spec| !own.contains(&spec.name.as_str())).map(of).collect()
}

fn start(path: &PathBuf, record: &Record, quantities: &[Quantity]) -> Result<Writer, StoreError> {
    let mut writer = Writer::create_or_resume(path, record, false)?;
    if quantities.iter().any(|q| q.complex) {
        writer.write(PART, &["real".to_owned(), "imaginary".to_owned()])?;
    }
    Ok(writer)
}

fn write(
    writer: &mut Writer,
    quantities: &[Quantity],
    samples: Vec<(u64, Sample)>,
) -> Result<(), StoreError> {
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); quantities.len()];
    let mut outcomes = Vec::with_capacity(samples.len());
    for (number, sample) in samples {
        let outcome = match sample {
            Ok(values) => {
                columns.iter_mut().zip(values).for_each(|(column, values)| column.extend(values));
                Outcome::Done
            }
            Err(reason) => {
                let widths = columns.iter_mut().zip(quantities);
                widths.for_each(|(column, q)| column.resize(column.len() + q.width(), f64::NAN));
                Outcome::Failed(reason)
            }
        };
        outcomes.push((number as usize, outcome));
    }
    let names = quantities.iter().map(|q| q.name.as_str());
    let values: Vec<_> = names.zip(columns.iter().map(|column| column.into())).collect();
    writer.save(0, &outcomes, &values)
}

/// Whether a sample computed again is the one stored.
fn agree(stored: &Sample, again: &Sample) -> bool {
    let (Ok(stored), Ok(again)) = (stored, again) else { return false };
    stored.iter().zip(again).all(|(stored, again)| {
        let scale = stored.iter().filter(|x| x.is_finite()).fold(0.0, |scale: f64, x| scale.max(x.abs()));
        let close =
            |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= AGREEMENT * scale;
        stored.len() == again.len() && stored.iter().zip(again).all(close)
    })
}

/// A panic of another thread leaves nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
