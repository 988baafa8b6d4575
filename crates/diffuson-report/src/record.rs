//! A stored record in memory: the only thing figures, page and table are drawn from.

use std::collections::BTreeMap;

use diffuson_store::{ArraySpec, Kind, Reader, StoreError};
use serde_json::{Value, json};

use crate::error::ReportError;
use crate::kind;

/// Arrays of one value per site are loaded for as many samples as fit into this many bytes each.
const FIELD_BYTES: usize = 1 << 28;

/// Named arrays with dimensions and attributes, and the attributes of the whole record.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Attributes of the root group: title, kind, study text, settings, seed, version, ...
    pub attributes: Value,
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
    /// Arrays that the run has not written yet are left out, and per-sample arrays that nothing
    /// shows. Of arrays over sites only the first samples of each point are loaded if all would
    /// take more than 256 MiB; the figures then say so.
    ///
    /// # Errors
    /// [`ReportError::Store`] if the store cannot be read.
    pub fn load(reader: &Reader) -> Result<Self, ReportError> {
        let kind = reader.attributes().get("kind").and_then(Value::as_str).and_then(kind::Kind::named);
        let shown = kind.map_or(&[][..], |kind| kind.shown);
        let mut arrays = BTreeMap::new();
        for spec in reader.arrays().filter(|spec| is_drawn(spec, shown)) {
            match load(reader, spec) {
                Ok((shape, data)) => {
                    let mut attributes = spec.attributes.clone();
                    attributes.insert("units".to_owned(), json!(spec.units));
                    attributes.insert("long_name".to_owned(), json!(spec.long_name));
                    let attributes = Value::Object(attributes);
                    arrays.insert(
                        spec.name.clone(),
                        Array { dims: spec.dims.clone(), shape, data, attributes },
                    );
                }
                Err(StoreError::NotWritten { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { attributes: Value::Object(reader.attributes().clone()), arrays })
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

/// Per-sample arrays are only loaded if figures or tables show them; all other arrays are small.
fn is_drawn(spec: &ArraySpec, shown: &[&str]) -> bool {
    const ALWAYS: [&str; 4] = ["status", "failure", "audit_residual", "audit_allowed"];
    let name = spec.name.as_str();
    !spec.is_per_sample() || ALWAYS.contains(&name) || shown.contains(&name)
}

fn load(reader: &Reader, spec: &ArraySpec) -> Result<(Vec<usize>, Data), StoreError> {
    if spec.is_per_sample() && spec.dims.last().is_some_and(|dim| dim == "site") && spec.kind == Kind::Float {
        return load_first_samples(reader, spec);
    }
    Ok(match spec.kind {
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
    })
}

fn load_first_samples(reader: &Reader, spec: &ArraySpec) -> Result<(Vec<usize>, Data), StoreError> {
    let widths: Vec<usize> = spec.dims[2..].iter().map(|dim| reader.size(dim).unwrap_or(0)).collect();
    let per_sample = widths.iter().product::<usize>().saturating_mul(8 * reader.points());
    let samples = reader.samples().min((FIELD_BYTES / per_sample.max(1)).max(1));
    let mut data = Vec::new();
    for point in 0..reader.points() {
        data.extend(reader.read_samples::<f64>(&spec.name, point, 0..samples)?.data);
    }
    let shape = [reader.points(), samples].into_iter().chain(widths).collect();
    Ok((shape, Data::Real(data)))
}
