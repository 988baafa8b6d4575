//! The metadata of a record: from layouts to `zarr.json` and back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::chunked::{Chunked, Folder};
use crate::chunking::{Chunking, sample_bytes};
use crate::error::StoreError;
use crate::layout::{ArraySpec, Layout, POINT, Record, SAMPLE, STATUS, own_arrays};
use crate::provenance::{PROGRAM, Provenance};
use crate::values::Kind;

/// The version of everything this crate writes. Records of other versions are refused.
pub const SCHEMA_VERSION: u64 = 2;

/// The name of every metadata file.
pub(crate) const ROOT: &str = "zarr.json";
/// The chunk of the coordinate of the samples: fixed, so that it does not depend on how their number grew.
const COORDINATE_CHUNK: usize = 1 << 16;
/// The most points of a record.
const MOST_POINTS: usize = 1 << 24;
/// The most samples of all points together: their status is in memory.
const MOST_SAMPLES: usize = 1 << 30;
/// The largest number of values in a chunk.
const LARGEST_CHUNK: usize = 1 << 31;
/// The attributes every array has from its own fields.
const OWN_ATTRIBUTES: [&str; 3] = ["units", "long_name", "description"];

/// All arrays of a record and the sizes of all dimensions.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) arrays: BTreeMap<String, ArraySpec>,
    pub(crate) sizes: BTreeMap<String, usize>,
    pub(crate) chunking: Chunking,
}

impl Schema {
    pub(crate) fn new(record: &Record) -> Result<Self, StoreError> {
        if record.points == 0 {
            return Err(StoreError::layout("a record needs at least 1 point"));
        }
        let mut schema = Self {
            arrays: BTreeMap::new(),
            sizes: [(POINT.to_owned(), record.points), (SAMPLE.to_owned(), record.samples)].into(),
            chunking: chunking_of(&record.layout),
        };
        let own =
            own_arrays().map(|own| if own.name == STATUS { sealed(own, &record.provenance) } else { own });
        schema.add(&Layout { dims: Vec::new(), arrays: own.to_vec() })?;
        schema.add(&record.layout)?;
        Ok(schema)
    }

    /// Adds dimensions and arrays, all or none of them.
    pub(crate) fn add(&mut self, layout: &Layout) -> Result<(), StoreError> {
        let mut sum = self.clone();
        for (name, size) in &layout.dims {
            check_name("dimension", name)?;
            if let Some(other) = sum.sizes.insert(name.clone(), *size).filter(|other| other != size) {
                return Err(StoreError::layout(format!("dimension {name} has sizes {other} and {size}")));
            }
        }
        for spec in &layout.arrays {
            sum.check(spec)?;
            if sum.arrays.insert(spec.name.clone(), spec.clone()).is_some() {
                return Err(StoreError::layout(format!("array {} is declared twice", spec.name)));
            }
        }
        *self = sum;
        Ok(())
    }

    fn check(&self, spec: &ArraySpec) -> Result<(), StoreError> {
        let name = &spec.name;
        let fail = |reason: String| Err(StoreError::layout(format!("array {name} {reason}")));
        check_name("array", name)?;
        if let Some(dim) = spec.dims.iter().find(|&dim| !self.sizes.contains_key(dim)) {
            return fail(format!("has dimension {dim}, whose size is not given"));
        }
        if spec.dims.iter().collect::<BTreeSet<_>>().len() < spec.dims.len() {
            return fail(format!("has a dimension twice: {}", spec.dims.join(", ")));
        }
        if self.sizes.contains_key(name) && spec.dims != [name.as_str()] {
            return fail("is named like a dimension, so it must have that dimension and no other".to_owned());
        }
        if spec.is_per_sample() && !spec.dims.starts_with(&[POINT.to_owned(), SAMPLE.to_owned()]) {
            return fail(format!("has samples, so its dimensions must begin with {POINT}, {SAMPLE}"));
        }
        if spec.is_per_sample() {
            let (points, samples) = (self.points(), self.samples());
            let all = points.checked_mul(samples);
            if points > MOST_POINTS || all.is_none_or(|all| all > MOST_SAMPLES) {
                return fail(format!(
                    "has {points} points of {samples} samples; a record holds at most {MOST_POINTS} and {MOST_SAMPLES} in all"
                ));
            }
        }
        if spec.units.is_empty() || spec.long_name.is_empty() {
            return fail("needs units and a long_name".to_owned());
        }
        if let Some(key) = OWN_ATTRIBUTES.into_iter().find(|&key| spec.attributes.contains_key(key)) {
            return fail(format!("sets {key} among its further attributes"));
        }
        let chunk = self.chunk_shape(spec);
        let values = chunk.iter().try_fold(1_usize, |product, &size| product.checked_mul(size));
        if values.is_none_or(|values| values > LARGEST_CHUNK) {
            return fail(format!("has chunks of shape {chunk:?}, more than {LARGEST_CHUNK} values"));
        }
        Ok(())
    }

    pub(crate) fn points(&self) -> usize {
        self.sizes[POINT]
    }

    pub(crate) fn samples(&self) -> usize {
        self.sizes[SAMPLE]
    }

    pub(crate) fn set_samples(&mut self, samples: usize) {
        self.sizes.insert(SAMPLE.to_owned(), samples);
    }

    /// The shape of an array of this record.
    pub(crate) fn shape(&self, spec: &ArraySpec) -> Vec<usize> {
        spec.dims.iter().map(|dim| self.sizes[dim]).collect()
    }

    /// The shape of its chunks.
    pub(crate) fn chunk_shape(&self, spec: &ArraySpec) -> Vec<usize> {
        let per_sample = spec.is_per_sample();
        let size = |dim: &String| match dim.as_str() {
            POINT if per_sample => 1,
            SAMPLE if per_sample => self.chunking.chunk,
            SAMPLE => COORDINATE_CHUNK,
            _ => self.sizes[dim].max(1),
        };
        spec.dims.iter().map(size).collect()
    }

    /// The array itself, in its folder.
    pub(crate) fn open(&self, folder: &Folder, spec: &ArraySpec) -> Result<Chunked, StoreError> {
        let shards = spec.is_per_sample().then(|| self.chunking.chunks());
        Chunked::new(folder, &spec.name, self.in_chunks(spec), shards)
    }

    /// The values that per-sample arrays have for each sample.
    pub(crate) fn width(&self, spec: &ArraySpec) -> usize {
        self.shape(spec).iter().skip(2).product()
    }

    /// The `zarr.json` of an array.
    pub(crate) fn metadata(&self, spec: &ArraySpec) -> Value {
        let mut metadata = self.in_chunks(spec);
        if spec.is_per_sample() {
            let grid = &mut metadata["chunk_grid"]["configuration"]["chunk_shape"];
            let chunk = std::mem::replace(&mut grid[1], json!(self.chunking.shard));
            let mut shape = grid.clone();
            shape[1] = chunk;
            let codecs = metadata["codecs"].take();
            metadata["codecs"] = json!([{"name": "sharding_indexed", "configuration": {
                "chunk_shape": shape,
                "codecs": codecs,
                "index_codecs": [
                    {"name": "bytes", "configuration": {"endian": "little"}},
                    {"name": "crc32c"}
                ],
                "index_location": "end"
            }}]);
        }
        metadata
    }

    /// The metadata of an array as if each of its chunks were a file.
    fn in_chunks(&self, spec: &ArraySpec) -> Value {
        let (data_type, fill_value, serializer) = match spec.kind {
            Kind::Float => {
                ("float64", json!("NaN"), json!({"name": "bytes", "configuration": {"endian": "little"}}))
            }
            Kind::Integer => {
                ("int64", json!(0), json!({"name": "bytes", "configuration": {"endian": "little"}}))
            }
            Kind::Byte => ("uint8", json!(0), json!({"name": "bytes"})),
            Kind::Text => ("string", json!(""), json!({"name": "vlen-utf8", "configuration": {}})),
        };
        let mut attributes = Map::new();
        attributes.insert("units".to_owned(), json!(spec.units));
        attributes.insert("long_name".to_owned(), json!(spec.long_name));
        if !spec.description.is_empty() {
            attributes.insert("description".to_owned(), json!(spec.description));
        }
        attributes.extend(spec.attributes.clone());
        json!({
            "zarr_format": 3,
            "node_type": "array",
            "shape": self.shape(spec),
            "data_type": data_type,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": self.chunk_shape(spec)}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": fill_value,
            "codecs": [
                serializer,
                {"name": "zstd", "configuration": {"level": 3, "checksum": false}},
                {"name": "crc32c"}
            ],
            "attributes": attributes,
            "dimension_names": spec.dims,
            "storage_transformers": []
        })
    }

    /// The `zarr.json` of the record.
    ///
    /// The block `consolidated_metadata` repeats those of the arrays: without it `xarray.open_zarr` warns and has to
    /// look for the arrays. It also makes every change of the arrays one atomic write.
    pub(crate) fn root(&self, provenance: &Provenance) -> Value {
        let metadata: Map<String, Value> =
            self.arrays.iter().map(|(name, spec)| (name.clone(), self.metadata(spec))).collect();
        json!({
            "zarr_format": 3,
            "node_type": "group",
            "attributes": provenance.attributes(),
            "consolidated_metadata": {"kind": "inline", "must_understand": false, "metadata": metadata}
        })
    }

    /// The arrays behind the `zarr.json` of a record, or what is wrong with it.
    pub(crate) fn from_root(root: &Map<String, Value>, provenance: &Provenance) -> Result<Self, String> {
        let metadata = root
            .get("consolidated_metadata")
            .and_then(|block| block.get("metadata"))
            .and_then(Value::as_object)
            .ok_or("it has no block consolidated_metadata")?;
        let chunking = metadata.get(STATUS).and_then(chunking);
        let chunking = chunking.ok_or_else(|| format!("array {STATUS} has no shards"))?;
        let mut schema = Self { arrays: BTreeMap::new(), sizes: BTreeMap::new(), chunking };
        for (name, metadata) in metadata {
            let (spec, shape) =
                spec(name, metadata).ok_or_else(|| format!("array {name}: incomplete metadata"))?;
            for (dim, size) in spec.dims.iter().zip(shape) {
                if schema.sizes.insert(dim.clone(), size).is_some_and(|other| other != size) {
                    return Err(format!("array {name}: dimension {dim} has another size elsewhere"));
                }
            }
            schema.arrays.insert(name.clone(), spec);
        }
        for own in own_arrays() {
            let own = if own.name == STATUS { sealed(own, provenance) } else { own };
            if schema.arrays.get(&own.name) != Some(&own) {
                return Err(format!("array {} is missing or changed", own.name));
            }
        }
        for (name, spec) in &schema.arrays {
            schema.check(spec).map_err(|error| error.to_string())?;
            if schema.metadata(spec) != metadata[name] {
                return Err(format!("array {name}: not the metadata of schema version {SCHEMA_VERSION}"));
            }
        }
        Ok(schema)
    }
}

/// The `zarr.json` at the root of the record at `path`, if it is a record of ours (of any schema version).
///
/// A record whose root is lost or cannot be understood is known by the metadata of its status: it is ours, and damaged.
pub(crate) fn read_root(path: &Path) -> Result<Map<String, Value>, StoreError> {
    let not_ours = |reason: &str| {
        let status = fs::read(path.join(STATUS).join(ROOT)).ok();
        let status: Option<Value> = status.and_then(|text| serde_json::from_slice(&text).ok());
        let sealed = status.is_some_and(|it| it.pointer("/attributes/study_fingerprint").is_some());
        if sealed {
            StoreError::damaged(&path.join(ROOT), reason)
        } else {
            StoreError::NotARecord { path: path.to_path_buf(), reason: reason.to_owned() }
        }
    };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::NotFound { path: path.to_path_buf() });
        }
        Err(error) => return Err(StoreError::io("open", path, error)),
        Ok(there) if !there.is_dir() => return Err(not_ours("it is not a folder")),
        Ok(_) => {}
    }
    let file = path.join(ROOT);
    let text = match fs::read(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(not_ours("it has no zarr.json")),
        Err(error) => return Err(StoreError::io("read", &file, error)),
        Ok(text) => text,
    };
    let root: Map<String, Value> = serde_json::from_slice(&text)
        .map_err(|error| not_ours(&format!("its zarr.json cannot be understood ({error})")))?;
    let group = root.get("node_type").is_some_and(|kind| kind == "group");
    if !group || root.get("attributes").and_then(|it| it.get("created_by")).is_none_or(|by| by != PROGRAM) {
        return Err(not_ours(&format!("its zarr.json does not say that it was created by {PROGRAM}")));
    }
    Ok(root)
}

/// Whether what is at `path` is a record of ours, be it damaged, so that it may be removed.
pub(crate) fn check_ours(path: &Path) -> Result<(), StoreError> {
    match read_root(path) {
        Ok(_) | Err(StoreError::Damaged { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Provenance and arrays of the record at `path`.
pub(crate) fn open(path: &Path) -> Result<(Map<String, Value>, Provenance, Schema), StoreError> {
    let mut root = read_root(path)?;
    let damaged = |reason: String| StoreError::damaged(&path.join(ROOT), reason);
    let Some(Value::Object(attributes)) = root.remove("attributes") else {
        return Err(damaged("its attributes are not a table".to_owned()));
    };
    let version = attributes.get("schema_version").unwrap_or(&Value::Null);
    if version != SCHEMA_VERSION {
        return Err(StoreError::SchemaVersion {
            path: path.to_path_buf(),
            found: version.to_string(),
            supported: SCHEMA_VERSION,
        });
    }
    let provenance = Provenance::from_attributes(&attributes).map_err(damaged)?;
    let schema = Schema::from_root(&root, &provenance).map_err(damaged)?;
    Ok((attributes, provenance, schema))
}

/// The status of samples says which study they belong to, and by which version they were computed: should the root be lost, nothing else does.
fn sealed(status: ArraySpec, provenance: &Provenance) -> ArraySpec {
    status
        .with("study_fingerprint", provenance.fingerprint())
        .with("version", provenance.version.as_str())
        .with("schema_version", SCHEMA_VERSION)
}

/// How the samples of such arrays are cut into shards and chunks.
fn chunking_of(layout: &Layout) -> Chunking {
    let size = |dim: &String| layout.dims.iter().find(|(name, _)| name == dim).map_or(1, |(_, size)| *size);
    let per_sample = layout.arrays.iter().filter(|spec| spec.is_per_sample());
    let bytes =
        per_sample.map(|spec| sample_bytes(spec, spec.dims.iter().map(size).fold(1, usize::saturating_mul)));
    Chunking::of(bytes.max().unwrap_or(0))
}

/// How they are cut, by the metadata of their status.
pub(crate) fn chunking(status: &Value) -> Option<Chunking> {
    let shard = sizes(status.pointer("/chunk_grid/configuration/chunk_shape")?)?;
    let chunk = sizes(status.pointer("/codecs/0/configuration/chunk_shape")?)?;
    Chunking::stored(*chunk.get(1)?, *shard.get(1)?)
}

/// What an array is, by its metadata, and its shape.
fn spec(name: &str, metadata: &Value) -> Option<(ArraySpec, Vec<usize>)> {
    let shape = sizes(metadata.get("shape")?)?;
    let dims: Vec<String> = metadata
        .get("dimension_names")?
        .as_array()?
        .iter()
        .map(|dim| dim.as_str().map(str::to_owned))
        .collect::<Option<_>>()?;
    let kind = match metadata.get("data_type")?.as_str()? {
        "float64" => Kind::Float,
        "int64" => Kind::Integer,
        "uint8" => Kind::Byte,
        "string" => Kind::Text,
        _ => return None,
    };
    let mut attributes = metadata.get("attributes")?.as_object()?.clone();
    let [units, long_name, description] = OWN_ATTRIBUTES.map(|key| match attributes.shift_remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    });
    let description = description.unwrap_or_default();
    let spec = ArraySpec {
        name: name.to_owned(),
        dims,
        kind,
        units: units?,
        long_name: long_name?,
        description,
        attributes,
    };
    (spec.dims.len() == shape.len()).then_some((spec, shape))
}

fn sizes(list: &Value) -> Option<Vec<usize>> {
    list.as_array()?.iter().map(|size| size.as_u64().and_then(|size| usize::try_from(size).ok())).collect()
}

fn check_name(what: &str, name: &str) -> Result<(), StoreError> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain && !name.is_empty() && !name.starts_with("__") {
        return Ok(());
    }
    Err(StoreError::layout(format!(
        "{what} {name:?}: names are ASCII letters, digits and underscores, not beginning with two of them"
    )))
}
