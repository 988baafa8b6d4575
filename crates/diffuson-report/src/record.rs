//! A stored record in memory: the only thing figures, page and table are drawn from.

use std::collections::BTreeMap;

use diffuson_store::{ArraySpec, FAILURE, Kind, Reader, SAMPLE, STATUS, Status, StoreError};
use serde_json::{Value, json};

use crate::error::ReportError;
use crate::kind;

/// Per-sample arrays are loaded for as many samples as fit into this many bytes altogether.
const SAMPLE_BYTES: usize = 1 << 28;
/// Audits of a record whose run has not ended are looked at sample by sample up to this many bytes.
const AUDIT_BYTES: usize = 1 << 26;
/// Failures of a record whose run has not ended that are looked up.
const FIRST_FAILURES: usize = 20;

/// Named arrays with dimensions and attributes, and the attributes of the whole record.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Attributes of the root group: title, kind, study text, settings, seed, version, ...
    pub attributes: Value,
    /// Samples per point, missing ones included. Arrays may hold the first of them only.
    pub samples: usize,
    /// Arrays by name.
    pub arrays: BTreeMap<String, Array>,
}

/// One array of a record, in row-major order.
#[derive(Clone, Debug)]
pub struct Array {
    /// Names of the dimensions, slowest first.
    pub dims: Vec<String>,
    /// Lengths of the dimensions.
    pub shape: Vec<usize>,
    /// The entries.
    pub data: Data,
    /// Attributes: `units`, `long_name`, ...
    pub attributes: Value,
}

/// Entries of an array. Integers are held as `f64` (exact below 2^53).
#[derive(Clone, Debug)]
pub enum Data {
    /// Numbers; NaN means "not there".
    Real(Vec<f64>),
    /// Text.
    Text(Vec<String>),
}

impl Record {
    /// Loads the record that `reader` has open.
    ///
    /// Arrays that the run has not written yet are left out, and per-sample arrays that nothing shows. Of the others
    /// only the first samples of each point are loaded if all would take more than 256 MiB; the figures then say so.
    ///
    /// # Errors
    /// [`ReportError::Store`] if the store cannot be read.
    pub fn load(reader: &Reader) -> Result<Self, ReportError> {
        let kind = reader.attributes().get("kind").and_then(Value::as_str).and_then(kind::Kind::named);
        let shown = kind.map_or(&[][..], |kind| kind.shown);
        let shown: Vec<&ArraySpec> = reader
            .arrays()
            .filter(|spec| spec.is_per_sample() && spec.kind == Kind::Float)
            .filter(|spec| shown.contains(&spec.name.as_str()))
            .collect();
        let widths = shown.iter().map(|spec| width(reader, spec));
        let per_sample = widths.sum::<usize>().saturating_mul(8).saturating_add(8) * reader.points().max(1);
        let samples = reader.samples().min((SAMPLE_BYTES / per_sample).max(1));
        let mut record = Self::outline(reader)?;
        for spec in shown {
            let array = load_samples(reader, spec, samples)?;
            record.arrays.insert(spec.name.clone(), array);
        }
        if record.array(STATUS).is_none_or(|status| status.shape[1] < samples) {
            record.load_status(reader, samples)?;
        }
        Ok(record)
    }

    /// Loads what [`summary`](crate::summary) tells: no sample is read of a record whose run has ended.
    ///
    /// Of others the samples are counted, and their audits looked at while they are few.
    ///
    /// # Errors
    /// [`ReportError::Store`] if the store cannot be read.
    pub fn outline(reader: &Reader) -> Result<Self, ReportError> {
        let mut record = Self {
            attributes: Value::Object(reader.attributes().clone()),
            samples: reader.samples(),
            arrays: BTreeMap::new(),
        };
        // The coordinate of the samples counts from 0, and there may be very many.
        for spec in reader.arrays().filter(|spec| !spec.is_per_sample() && spec.name != SAMPLE) {
            match load_whole(reader, spec) {
                Ok(array) => {
                    record.arrays.insert(spec.name.clone(), array);
                }
                Err(StoreError::NotWritten { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        record.load_status(reader, 0)?;
        let stored = ["samples_done", "samples_failed"].map(|name| record.reals(name).to_vec());
        let all = reader.points() as f64 * reader.samples() as f64;
        if stored[0].len() == reader.points() && stored.iter().flatten().sum::<f64>() == all {
            return Ok(record);
        }
        let mut counted = [Vec::new(), Vec::new()];
        for point in 0..reader.points() {
            let counts = reader.counts(point)?;
            counted[0].push(counts.done as f64);
            counted[1].push(counts.failed as f64);
        }
        if counted != stored {
            record.replace_census(reader, counted)?;
        }
        Ok(record)
    }

    /// What is there now, instead of what there was when a run last ended.
    fn replace_census(&mut self, reader: &Reader, counted: [Vec<f64>; 2]) -> Result<(), ReportError> {
        self.arrays.retain(|name, _| !name.starts_with("audit_worst") && !name.starts_with("first_failure"));
        self.arrays.remove("audit_violations");
        let points = reader.points();
        for (name, counts) in ["samples_done", "samples_failed"].into_iter().zip(counted) {
            self.put(name, &["point"], vec![points], Data::Real(counts));
        }
        let (mut at, mut of, mut why) = (Vec::new(), Vec::new(), Vec::new());
        for point in (0..points).filter(|_| self.reals("samples_failed").iter().any(|n| *n > 0.0)) {
            let status = reader.status(point)?.into_iter().enumerate();
            let failed = status.filter(|(_, status)| *status == Status::Failed);
            for (sample, _) in failed.take(FIRST_FAILURES - at.len()) {
                at.push(point as f64);
                of.push(sample as f64);
                why.push(reader.read_samples::<String>(FAILURE, point, sample..sample + 1)?.data.concat());
            }
        }
        let dims = ["first_failure"];
        let n = vec![at.len()];
        self.put("first_failure", &dims, n.clone(), Data::Text(why));
        self.put("first_failure_point", &dims, n.clone(), Data::Real(at));
        self.put("first_failure_sample", &dims, n, Data::Real(of));
        let laws = self.texts("audit").len();
        if reader.samples().saturating_mul(16).saturating_mul(points).saturating_mul(laws) <= AUDIT_BYTES {
            for name in ["audit_residual", "audit_allowed"] {
                if let Some(spec) = reader.array(name).ok().filter(|spec| spec.is_per_sample()) {
                    self.arrays.insert(name.to_owned(), load_samples(reader, spec, reader.samples())?);
                }
            }
            if laws > 0 {
                self.load_status(reader, reader.samples())?;
            }
        }
        Ok(())
    }

    fn put(&mut self, name: &str, dims: &[&str], shape: Vec<usize>, data: Data) {
        let dims = dims.iter().map(|&dim| dim.to_owned()).collect();
        self.arrays.insert(name.to_owned(), Array { dims, shape, data, attributes: json!({}) });
    }

    /// The status of the first samples of every point.
    fn load_status(&mut self, reader: &Reader, samples: usize) -> Result<(), StoreError> {
        let mut codes = Vec::new();
        for point in 0..reader.points() {
            codes.extend(
                reader.read_samples::<u8>(STATUS, point, 0..samples)?.data.into_iter().map(f64::from),
            );
        }
        self.put(STATUS, &["point", "sample"], vec![reader.points(), samples], Data::Real(codes));
        Ok(())
    }

    /// The array of this name.
    #[must_use]
    pub fn array(&self, name: &str) -> Option<&Array> {
        self.arrays.get(name)
    }

    /// A root attribute as text; empty when absent.
    #[must_use]
    pub fn text_attribute(&self, name: &str) -> &str {
        self.attributes.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// Entries of a one-dimensional text array; empty when absent.
    #[must_use]
    pub fn texts(&self, name: &str) -> &[String] {
        self.array(name).and_then(Array::texts).unwrap_or(&[])
    }

    /// Entries of a numeric array; empty when absent.
    #[must_use]
    pub fn reals(&self, name: &str) -> &[f64] {
        self.array(name).and_then(Array::reals).unwrap_or(&[])
    }
}

impl Array {
    /// The numbers, if this array holds numbers.
    #[must_use]
    pub fn reals(&self) -> Option<&[f64]> {
        match &self.data {
            Data::Real(values) => Some(values),
            Data::Text(_) => None,
        }
    }

    /// The texts, if this array holds text.
    #[must_use]
    pub fn texts(&self) -> Option<&[String]> {
        match &self.data {
            Data::Text(values) => Some(values),
            Data::Real(_) => None,
        }
    }

    /// An attribute as text; empty when absent.
    #[must_use]
    pub fn text_attribute(&self, name: &str) -> &str {
        self.attributes.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// The innermost row at the given leading indices, if it exists.
    #[must_use]
    pub fn row(&self, leading: &[usize]) -> Option<&[f64]> {
        let values = self.reals()?;
        let (&length, outer) = self.shape.split_last()?;
        if outer.len() != leading.len() || leading.iter().zip(outer).any(|(i, n)| i >= n) {
            return None;
        }
        let index = leading.iter().zip(outer).fold(0, |at, (i, n)| at * n + i);
        values.get(index * length..(index + 1) * length)
    }
}

/// Values per sample.
fn width(reader: &Reader, spec: &ArraySpec) -> usize {
    spec.dims[2..].iter().map(|dim| reader.size(dim).unwrap_or(0)).product()
}

fn attributes(spec: &ArraySpec) -> Value {
    let mut attributes = spec.attributes.clone();
    attributes.insert("units".to_owned(), json!(spec.units));
    attributes.insert("long_name".to_owned(), json!(spec.long_name));
    Value::Object(attributes)
}

fn load_whole(reader: &Reader, spec: &ArraySpec) -> Result<Array, StoreError> {
    let (shape, data) = match spec.kind {
        Kind::Float => {
            let array = reader.read::<f64>(&spec.name)?;
            (array.shape, Data::Real(array.data))
        }
        Kind::Integer => {
            let array = reader.read::<i64>(&spec.name)?;
            (array.shape, Data::Real(array.data.into_iter().map(|v| v as f64).collect()))
        }
        Kind::Byte => {
            let array = reader.read::<u8>(&spec.name)?;
            (array.shape, Data::Real(array.data.into_iter().map(f64::from).collect()))
        }
        Kind::Text => {
            let array = reader.read::<String>(&spec.name)?;
            (array.shape, Data::Text(array.data))
        }
    };
    Ok(Array { dims: spec.dims.clone(), shape, data, attributes: attributes(spec) })
}

/// The first samples of every point.
fn load_samples(reader: &Reader, spec: &ArraySpec, samples: usize) -> Result<Array, StoreError> {
    let mut data = Vec::new();
    for point in 0..reader.points() {
        data.extend(reader.read_samples::<f64>(&spec.name, point, 0..samples)?.data);
    }
    let widths = spec.dims[2..].iter().map(|dim| reader.size(dim).unwrap_or(0));
    let shape = [reader.points(), samples].into_iter().chain(widths).collect();
    Ok(Array { dims: spec.dims.clone(), shape, data: Data::Real(data), attributes: attributes(spec) })
}
