//! What was computed, by what, from what; and whether two runs belong together.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::schema::SCHEMA_VERSION;

/// The value of the attribute `created_by`, by which a record is known.
pub(crate) const PROGRAM: &str = "diffuson";
/// Numbers above this are not exact in every reader of JSON.
const LARGEST_EXACT: u64 = 1 << 53;

/// What was computed, by which version, from which settings: the attributes of a record.
///
/// Two runs belong to one study, so that one may continue the other, if they agree in `kind`, `seed` and all
/// `settings` except those named in `free`. The other fields are for the reader: title, text, overrides and shard may
/// change from run to run, and the record keeps those of the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// One line for the reader.
    pub title: String,
    /// The kind of study.
    pub kind: String,
    /// The text of the study file.
    pub study: String,
    /// The version of the program.
    pub version: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Changes to the study file on the command line, `key=value`.
    pub overrides: Vec<String>,
    /// The part of the samples that the record was made for, as `2/10`; none for all of them.
    pub shard: Option<String>,
    /// Every key of the study with its resolved value, flat or nested.
    pub settings: Map<String, Value>,
    /// Settings that may differ between runs of one study (how many samples, what target error), with dots between
    /// the levels; a table frees all its keys.
    pub free: Vec<String>,
}

/// Where two studies differ.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) key: String,
    pub(crate) stored: String,
    pub(crate) requested: String,
    /// Whether both have the key.
    pub(crate) shared: bool,
}

impl Provenance {
    /// The fingerprint of the study: equal for runs that belong together.
    ///
    /// It is the 64-bit FNV-1a hash, in 16 hexadecimal digits, of the lines `key=value` of `kind`, `seed` and all
    /// settings that are not free, sorted, with dots between the levels of keys and values as JSON. It names a study
    /// in file names and tables; whether two studies are equal is decided by comparing the settings themselves, so
    /// nothing rests on the quality of the hash.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut lines: Vec<String> =
            self.identity().into_iter().map(|(key, value)| format!("{key}={value}\n")).collect();
        lines.sort_unstable();
        let mut fingerprint = Fingerprint::default();
        fingerprint.update(lines.concat().as_bytes());
        fingerprint.to_string()
    }

    /// All attributes of a record with this provenance.
    pub(crate) fn attributes(&self) -> Map<String, Value> {
        let mut attributes = Map::new();
        let mut put = |key: &str, value: Value| attributes.insert(key.to_owned(), value);
        put("title", json!(self.title));
        put("kind", json!(self.kind));
        put("study", json!(self.study));
        put("study_fingerprint", json!(self.fingerprint()));
        put("settings", Value::Object(self.settings.clone()));
        put("settings_free", json!(self.free));
        put("seed", json!(self.seed.to_string()));
        if self.seed <= LARGEST_EXACT {
            put("seed_number", json!(self.seed));
        }
        put("overrides", json!(self.overrides));
        if let Some(shard) = &self.shard {
            put("shard", json!(shard));
        }
        put("version", json!(self.version));
        put("schema_version", json!(SCHEMA_VERSION));
        put("created_by", json!(PROGRAM));
        attributes
    }

    /// The provenance behind the attributes of a record, or what is wrong with them.
    pub(crate) fn from_attributes(attributes: &Map<String, Value>) -> Result<Self, String> {
        let text = |key: &str| match attributes.get(key) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(format!("the attribute {key} should be text")),
        };
        let list = |key: &str| {
            let list = attributes.get(key).and_then(Value::as_array);
            list.and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect())
                .ok_or_else(|| format!("the attribute {key} should be a list of texts"))
        };
        let provenance = Self {
            title: text("title")?,
            kind: text("kind")?,
            study: text("study")?,
            version: text("version")?,
            seed: text("seed")?.parse().map_err(|_| "the attribute seed should be a whole number as text")?,
            overrides: list("overrides")?,
            shard: attributes.get("shard").map(|_| text("shard")).transpose()?,
            settings: match attributes.get("settings") {
                Some(Value::Object(settings)) => settings.clone(),
                _ => return Err("the attribute settings should be a table".to_owned()),
            },
            free: list("settings_free")?,
        };
        if text("study_fingerprint")? != provenance.fingerprint() {
            return Err(
                "study_fingerprint does not belong to the settings: the attributes were edited".to_owned()
            );
        }
        Ok(provenance)
    }

    /// Where `requested` is another study than this stored one.
    pub(crate) fn difference(&self, requested: &Self) -> Option<Difference> {
        first_difference(&self.identity(), &requested.identity())
    }

    /// What makes the study what it is, as keys with dots and values as JSON.
    fn identity(&self) -> Vec<(String, String)> {
        let mut identity = vec![
            ("kind".to_owned(), json!(self.kind).to_string()),
            ("seed".to_owned(), self.seed.to_string()),
        ];
        identity.extend(flatten(&self.settings).into_iter().filter(|(key, _)| !self.is_free(key)));
        identity
    }

    fn is_free(&self, key: &str) -> bool {
        self.free
            .iter()
            .any(|free| key.strip_prefix(free).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }
}

/// The first key that both lists have with different values, or else the first that only one of them has.
pub(crate) fn first_difference(
    stored: &[(String, String)],
    requested: &[(String, String)],
) -> Option<Difference> {
    let value = |list: &[(String, String)], key: &str| {
        list.iter().find(|(other, _)| other == key).map(|(_, value)| value.clone())
    };
    let keys = requested.iter().chain(stored).map(|(key, _)| key);
    let differences = keys.filter_map(|key| {
        let (stored, requested) = (value(stored, key), value(requested, key));
        (stored != requested).then(|| Difference {
            key: key.clone(),
            shared: stored.is_some() && requested.is_some(),
            stored: stored.unwrap_or_else(|| "absent".to_owned()),
            requested: requested.unwrap_or_else(|| "absent".to_owned()),
        })
    });
    // `min_by_key` keeps the first of equals.
    differences.min_by_key(|difference| !difference.shared)
}

/// The leaves of a table of tables: keys with dots between the levels, values as JSON with sorted keys.
pub(crate) fn flatten(table: &Map<String, Value>) -> Vec<(String, String)> {
    let mut leaves = Vec::new();
    for (key, value) in table {
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                leaves.extend(flatten(inner).into_iter().map(|(rest, leaf)| (format!("{key}.{rest}"), leaf)));
            }
            _ => leaves.push((key.clone(), sorted(value).to_string())),
        }
    }
    leaves
}

/// The same value with the keys of all tables in it sorted.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(table) => {
            let mut entries: Vec<_> = table.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map<_, _>>().into()
        }
        _ => value.clone(),
    }
}

/// The 64-bit FNV-1a hash (Fowler, Noll, Vo) of bytes or text, piece by piece; prints as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Takes in further bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.0 = bytes.iter().fold(self.0, step);
    }
}

impl fmt::Write for Fingerprint {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.update(text.as_bytes());
        Ok(())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provenance(settings: Value) -> Provenance {
        Provenance {
            title: "Heat in a strip".into(),
            kind: "local-heat".into(),
            study: "title = ...".into(),
            version: "0.1.0".into(),
            seed: 1992,
            overrides: vec!["probes.coupling=0.1".into()],
            shard: None,
            settings: settings.as_object().unwrap().clone(),
            free: vec!["ensemble.samples".into(), "output".into()],
        }
    }

    #[test]
    fn fnv1a_gives_its_published_values() {
        let mut fingerprint = Fingerprint::default();
        assert_eq!(fingerprint.to_string(), "cbf29ce484222325");
        fingerprint.update(b"foo");
        fingerprint.update(b"bar");
        assert_eq!(fingerprint.to_string(), "85944171f73967e8");
    }

    #[test]
    fn attributes_give_back_the_provenance() {
        for seed in [0, 1992, LARGEST_EXACT, u64::MAX] {
            let made = Provenance { seed, ..provenance(json!({"probes": {"coupling": 0.1}})) };
            let attributes = made.attributes();
            assert_eq!(attributes.contains_key("seed_number"), seed <= LARGEST_EXACT);
            assert_eq!(Provenance::from_attributes(&attributes).unwrap(), made);
        }
    }

    #[test]
    fn a_shard_belongs_to_its_study() {
        let whole = provenance(json!({"a": 1}));
        let shard = Provenance { shard: Some("2/10".into()), ..whole.clone() };
        assert!(!whole.attributes().contains_key("shard"));
        assert_eq!(Provenance::from_attributes(&shard.attributes()).unwrap(), shard);
        assert_eq!((whole.difference(&shard), whole.fingerprint()), (None, shard.fingerprint()));
    }

    #[test]
    fn edited_or_broken_attributes_are_found_out() {
        let good = provenance(json!({"a": 1})).attributes();
        let shard = Provenance { shard: Some("2/10".into()), ..provenance(json!({})) };
        let mut edited = shard.attributes();
        edited.insert("shard".into(), json!(2));
        assert!(Provenance::from_attributes(&edited).unwrap_err().contains("shard"));
        for key in ["title", "kind", "study", "version", "seed", "overrides", "settings", "settings_free"] {
            let mut bad = good.clone();
            bad.insert(key.into(), json!(1.5));
            let reason = Provenance::from_attributes(&bad).unwrap_err();
            assert!(reason.contains(key), "{key}: {reason}");
            bad.remove(key);
            assert!(Provenance::from_attributes(&bad).is_err(), "{key}");
        }
        let mut edited = good.clone();
        edited.insert("settings".into(), json!({"a": 2}));
        assert!(Provenance::from_attributes(&edited).unwrap_err().contains("study_fingerprint"));
    }

    #[test]
    fn order_nesting_and_free_settings_do_not_make_another_study() {
        let nested = provenance(
            json!({"b": [1, {"y": 2, "x": 3}], "a": {"c": 0.1, "d": "t"}, "ensemble": {"samples": 40}}),
        );
        let flat = provenance(
            json!({"a.d": "t", "a.c": 0.1, "b": [1, {"x": 3, "y": 2}], "output": {"figures": true}, "ensemble.samples": 80}),
        );
        assert_eq!(nested.difference(&flat), None);
        assert_eq!(nested.fingerprint(), flat.fingerprint());
        // A prefix of a name is not a level.
        let other = provenance(json!({"a.d": "t", "a.c": 0.1, "b": [1, {"x": 3, "y": 2}], "outputs": 1}));
        assert_eq!(flat.difference(&other).unwrap().key, "outputs");
    }

    #[test]
    fn the_first_difference_is_named_and_shared_keys_come_first() {
        let stored = provenance(json!({"probes": {"coupling": 0.1, "kind": "wide-band"}, "gone": true}));
        let requested = provenance(json!({"new": 1, "probes": {"coupling": 0.2, "kind": "chain"}}));
        let difference = stored.difference(&requested).unwrap();
        assert_eq!(difference.key, "probes.coupling");
        assert_eq!((difference.stored.as_str(), difference.requested.as_str()), ("0.1", "0.2"));
        assert!(difference.shared);
        assert_ne!(stored.fingerprint(), requested.fingerprint());

        let requested =
            provenance(json!({"new": 1, "probes": {"coupling": 0.1, "kind": "wide-band"}, "gone": true}));
        let difference = stored.difference(&requested).unwrap();
        assert_eq!((difference.key.as_str(), difference.stored.as_str()), ("new", "absent"));
        assert!(!difference.shared);

        let seed = Provenance { seed: 7, ..stored.clone() };
        assert_eq!(stored.difference(&seed).unwrap().key, "seed");
        let kind = Provenance { kind: "noise".into(), ..stored.clone() };
        assert_eq!(stored.difference(&kind).unwrap().stored, r#""local-heat""#);
    }
}
