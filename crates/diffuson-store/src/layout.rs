//! Which arrays a record has.

use serde_json::{Map, Value};

use crate::provenance::Provenance;
use crate::values::Kind;

/// The dimension, and integer coordinate, that counts the points of a sweep from 0.
pub const POINT: &str = "point";
/// The dimension, and integer coordinate, that counts the samples of a point from 0.
pub const SAMPLE: &str = "sample";
/// The byte array (point, sample) that says which samples are saved: 0 missing, 1 done, 2 failed.
pub const STATUS: &str = "status";
/// The text array (point, sample) with the reason of every failure.
pub const FAILURE: &str = "failure";

/// What a new record is made for.
#[derive(Clone, Debug)]
pub struct Record {
    /// What is computed, and from what.
    pub provenance: Provenance,
    /// The number of points, at least 1.
    pub points: usize,
    /// The number of samples per point. It may grow later and never shrinks.
    pub samples: usize,
    /// Further dimensions, the per-sample arrays, and the whole arrays that are known from the start. The arrays
    /// [`POINT`], [`SAMPLE`], [`STATUS`] and [`FAILURE`] come by themselves.
    pub layout: Layout,
}

/// Dimensions and arrays.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Names and sizes of the dimensions, besides [`POINT`] and [`SAMPLE`].
    pub dims: Vec<(String, usize)>,
    /// The arrays. An array with one dimension and its name is a coordinate.
    pub arrays: Vec<ArraySpec>,
}

/// One array: name, dimensions, kind, and the words that explain it.
#[derive(Clone, Debug, PartialEq)]
pub struct ArraySpec {
    /// The name: ASCII letters, digits and underscores, not beginning with two underscores.
    pub name: String,
    /// The names of the dimensions. Per-sample arrays begin with [`POINT`], [`SAMPLE`].
    pub dims: Vec<String>,
    /// What it holds.
    pub kind: Kind,
    /// The unit, "1" for pure numbers.
    pub units: String,
    /// What it is, in a few words, for axis labels.
    pub long_name: String,
    /// More words, possibly none.
    pub description: String,
    /// Further attributes.
    pub attributes: Map<String, Value>,
}

impl ArraySpec {
    /// An array without a description and further attributes.
    #[must_use]
    pub fn new(name: &str, kind: Kind, dims: &[&str], units: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            dims: dims.iter().map(|&dim| dim.to_owned()).collect(),
            kind,
            units: units.to_owned(),
            long_name: long_name.to_owned(),
            description: String::new(),
            attributes: Map::new(),
        }
    }

    /// The same array with a description.
    #[must_use]
    pub fn describe(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// The same array with one more attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(key.to_owned(), value.into());
        self
    }

    /// Whether every sample has its own values: whether [`SAMPLE`] is among the dimensions of anything but the
    /// coordinate of that name.
    #[must_use]
    pub fn is_per_sample(&self) -> bool {
        self.name != SAMPLE && self.dims.iter().any(|dim| dim == SAMPLE)
    }
}

/// The four arrays that every record keeps by itself.
pub(crate) fn own_arrays() -> [ArraySpec; 4] {
    [
        ArraySpec::new(POINT, Kind::Integer, &[POINT], "1", "point of the sweep"),
        ArraySpec::new(SAMPLE, Kind::Integer, &[SAMPLE], "1", "sample"),
        ArraySpec::new(STATUS, Kind::Byte, &[POINT, SAMPLE], "1", "status of the sample")
            .with("flag_values", vec![0, 1, 2])
            .with("flag_meanings", "missing done failed"),
        ArraySpec::new(FAILURE, Kind::Text, &[POINT, SAMPLE], "1", "why the sample failed"),
    ]
}
