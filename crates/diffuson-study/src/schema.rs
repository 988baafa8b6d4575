//! The keys of every kind of study: one table per kind is the only statement of what a study file may say.
//!
//! From a table follow the validation (types, ranges, units, defaults, which keys exclude each other), the commented
//! study file of [`Kind::template`], the JSON Schema of [`Kind::json_schema`] and the reference of [`Kind::reference`].
//!
//! # Adding a kind of study
//! 1. Write its table beside `schema/local_heat.rs`: a [`Kind`] with its sections and [`Key`]s. `title` and `kind` come
//!    first; the paths of all other keys are `section.name`. Sections that several kinds share are in `schema/conductor.rs`,
//!    `schema/probes.rs`, `schema/temperature.rs` and `schema/ensemble.rs`.
//! 2. Add it to [`KINDS`].
//! 3. Add a variant to [`Settings`] with a struct that reads the values of one point, beside
//!    `settings/local_heat.rs`, and the rules that tie several keys together, beside `settings/local_heat/rules.rs`.
//!
//! A default or an example is written as TOML and goes through the same check as a user's value; the tests do so for
//! every key of every kind.
//!
//! A kind that fits measurements has the key [`MEASUREMENTS`] of form [`Form::Table`], with its columns: `diffuson fit` then runs its studies.
//!
//! # Adding a key
//! One line in the table, one field in the settings. Keep the name a plain word of the field, the doc one sentence of
//! physics, and the default a case somebody would compute.

mod conductor;
mod defect_dynamics;
mod droplets;
mod droplets_fit;
mod ensemble;
mod fitting;
mod fluctuators;
mod json_schema;
mod key;
mod local_heat;
mod mobility_edge;
mod mobility_edge_fit;
mod noise;
mod number_variance;
mod point_contact;
mod probes;
mod reference;
mod scaling;
mod spin_fluctuations;
mod temperature;
mod template;
mod thermoelectric;
mod zero_bias_anomaly;
mod zero_bias_anomaly_fit;

use crate::settings::{Missing, Settings};
use crate::study::View;

pub use key::{Choice, Column, Condition, Dimension, Form, Key, Need, Number, Range};

/// All kinds of study.
pub const KINDS: &[Kind] = &[
    local_heat::KIND,
    defect_dynamics::KIND,
    droplets::KIND,
    droplets_fit::KIND,
    fluctuators::KIND,
    mobility_edge::KIND,
    mobility_edge_fit::KIND,
    noise::KIND,
    number_variance::KIND,
    point_contact::KIND,
    scaling::KIND,
    spin_fluctuations::KIND,
    thermoelectric::KIND,
    zero_bias_anomaly::KIND,
    zero_bias_anomaly_fit::KIND,
];

/// The key that names the measurements, which the kinds that fit have.
pub const MEASUREMENTS: &str = "data.file";

/// A kind of study: the question it asks and the keys that state it.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The value of the key `kind`.
    pub name: &'static str,
    /// What a study of this kind computes, in one sentence.
    pub doc: &'static str,
    /// Name and one sentence of every section, in the order of presentation.
    pub sections: &'static [(&'static str, &'static str)],
    /// All keys, grouped by section in the same order; those outside any section come first. See [`Kind::keys`].
    pub groups: &'static [&'static [Key]],
    /// Path of the key that gives the energy scale t in eV, where energies are in units of t.
    pub energy_scale: Option<&'static str>,
    /// The largest number of points of a sweep.
    pub most_points: usize,
    /// Reads the typed settings from the values of one point.
    pub(crate) settings: fn(&View<'_>) -> Result<Settings, Missing>,
}

impl Kind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// All keys, in the order of presentation.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + Clone + use<> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    /// The key with this path, as in `probes.coupling`.
    pub fn key(&self, path: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.path == path)
    }

    /// Whether studies of this kind fit measurements.
    pub fn fits(&self) -> bool {
        self.key(MEASUREMENTS).is_some()
    }

    /// The keys of a section; of the top of the file for an empty name.
    pub fn keys_of<'a>(&self, section: &'a str) -> impl Iterator<Item = &'static Key> + use<'a> {
        self.keys().filter(move |key| key.section() == section)
    }
}
