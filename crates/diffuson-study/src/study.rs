//! A validated study: what it asks, point by point, and where in the file each thing is said.
//!
//! Validation goes from the single to the joint, and stops at the first error of a stage in the order of the file:
//! TOML; every entry against its key (`study/entries.rs`); keys that have no meaning beside others, and missing ones
//! (`study/given.rs`); the rules of the kind at every point of the sweep (`settings/local_heat/rules.rs`).

mod entries;
mod given;
mod load;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, json};

use crate::diagnostic::{Diagnostic, Place, Source};
use crate::parse::Document;
use crate::schema::{Key, Kind};
use crate::settings::{Problem, Settings};
use given::Given;

pub(crate) use given::View;

/// The most samples of all points of a study together.
const MOST_SAMPLES: usize = 1_000_000_000;

/// A validated study file together with the overrides of a command line.
#[derive(Clone, Debug)]
pub struct Study {
    source: Arc<Source>,
    overrides: Vec<String>,
    given: Given,
    points: Vec<Point>,
}

/// One point of the sweep; a study without sweep has one point.
#[derive(Clone, Debug)]
pub struct Point {
    /// Position in the sweep. The key that comes first in the file varies slowest.
    pub index: usize,
    /// The swept keys in the order of the file, and their values here.
    pub swept: Vec<Swept>,
    /// All settings at this point.
    pub settings: Settings,
}

/// The value of a swept key at one point.
#[derive(Clone, Debug)]
pub struct Swept {
    /// The key.
    pub key: &'static Key,
    /// Its value: a number or integer (in the unit of the key), or a word.
    pub value: serde_json::Value,
}

impl Study {
    /// Reads and validates a study file.
    ///
    /// # Errors
    /// The first error, as for [`Study::parse`]; or that the file is missing, a folder, larger than 1 MiB, or not UTF-8 text.
    pub fn read(path: &Path, overrides: &[String]) -> Result<Self, Diagnostic> {
        Self::parse(&path.display().to_string(), &load::text(path)?, overrides)
    }

    /// Validates the text of a study file. `name` is its path, for messages and to find the files that it names.
    ///
    /// An override `key=value` replaces what the file says about a key, a sweep over it included; what the file says
    /// about other keys that lose their meaning by it is dropped. `sweep.KEY=[...]` sets a sweep.
    ///
    /// # Errors
    /// The first error: of the file in its order, then of the overrides, then of missing keys, then of the rules that tie
    /// several keys together.
    pub fn parse(name: &str, text: &str, overrides: &[String]) -> Result<Self, Diagnostic> {
        let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
        let folder = Path::new(name).parent().unwrap_or(Path::new(""));
        let given =
            entries::read(&source, folder, Document::parse(&source)?, Document::overrides(overrides)?)?;
        let mut study = Self { source, overrides: overrides.to_vec(), given, points: Vec::new() };
        study.points = (0..study.given.points()).map(|index| study.point(index)).collect::<Result<_, _>>()?;
        study.limit_samples()?;
        Ok(study)
    }

    /// The kind of the study.
    pub fn kind(&self) -> &'static Kind {
        self.given.kind
    }

    /// The title; the name of the kind if the file gives none.
    pub fn title(&self) -> &str {
        self.given.view(0).text("title").unwrap_or(self.kind().name)
    }

    /// The name and the text of the study file, verbatim.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The overrides, verbatim.
    pub fn overrides(&self) -> &[String] {
        &self.overrides
    }

    /// The points of the sweep.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The swept keys in the order of the file.
    pub fn swept_keys(&self) -> impl Iterator<Item = &'static Key> + '_ {
        self.given.axes.iter().map(|axis| axis.key)
    }

    /// The resolved study as JSON, in the order of the table: every key by section with its value (null if absent or
    /// without meaning here), numbers in the units of the table, a file of numbers as an object with its name and values, and `sweep` with the swept keys, which appear only there.
    /// Two studies with equal settings ask the same.
    pub fn settings(&self) -> serde_json::Value {
        let mut root = Map::new();
        for key in self.kind().keys() {
            if self.given.axis(key.path).is_some() {
                continue;
            }
            let value = (0..self.points.len()).find_map(|index| self.given.view(index).get(key.path));
            let value = value.map_or(json!(null), |v| v.to_json());
            match key.section() {
                "" => _ = root.insert(key.name().to_owned(), value),
                section => {
                    let section = root.entry(section).or_insert_with(|| json!({}));
                    section[key.name()] = value;
                }
            }
        }
        let sweep: Map<_, _> = self
            .given
            .axes
            .iter()
            .map(|axis| {
                (axis.key.path.to_owned(), axis.values.iter().map(|(value, _)| value.to_json()).collect())
            })
            .collect();
        root.insert("sweep".to_owned(), sweep.into());
        root.into()
    }

    /// Where the value of a key is written: in the file, in an override, or, for a swept key, as its list. `None` if the
    /// key is not given.
    pub fn span_of(&self, key: &str) -> Option<&Place> {
        let axis = self.given.axis(key).map(|axis| &axis.place);
        axis.or_else(|| self.given.entries.get(key).map(|entry| &entry.place))
    }

    /// An error about a key at one point of the sweep, for checks that need the physics. It marks the value given; for a
    /// swept key the element of the sweep; for a key that is not given the header of its section.
    pub fn diagnostic(
        &self,
        point: usize,
        key: &str,
        message: String,
        label: String,
        help: String,
    ) -> Diagnostic {
        let place = self.given.place(point, key, None);
        Diagnostic { message, key: key.to_owned(), place, label, help }
    }

    /// That the record would not have room for the samples.
    fn limit_samples(&self) -> Result<(), Diagnostic> {
        let points = self.points.len();
        let samples = self.points[0].settings.ensemble().most_samples();
        if samples.saturating_mul(points) <= MOST_SAMPLES {
            return Ok(());
        }
        let given =
            ["ensemble.max_samples", "ensemble.samples"].into_iter().find(|key| self.span_of(key).is_some());
        Err(self.diagnostic(
            0,
            given.unwrap_or("ensemble.samples"),
            format!("{samples} samples at each of {points} points are too many for one record"),
            format!("allowed: at most {MOST_SAMPLES} samples in all points"),
            "take fewer samples, or split the study".to_owned(),
        ))
    }

    fn point(&self, index: usize) -> Result<Point, Diagnostic> {
        let view = self.given.view(index);
        let swept = |axis: &given::Axis| {
            view.get(axis.key.path).map(|value| Swept { key: axis.key, value: value.to_json() })
        };
        let settings =
            (self.kind().settings)(&view).map_err(|missing| self.given.missing(index, missing.0))?;
        let problems = settings.problems().into_iter().map(|problem| self.problem(index, problem));
        match problems.min_by_key(|d| (d.place.source.name == "--set", d.place.span.start)) {
            Some(first) => Err(first),
            None => Ok(Point { index, swept: self.given.axes.iter().filter_map(swept).collect(), settings }),
        }
    }

    fn problem(&self, index: usize, problem: Problem) -> Diagnostic {
        let Problem { key, element, what, allowed, help } = problem;
        let key = self.given.stand_in(key);
        let value = self.given.written(index, key, element);
        Diagnostic {
            message: format!("`{key} = {value}` {what}"),
            key: key.to_owned(),
            place: self.given.place(index, key, element),
            label: format!("allowed: {allowed}"),
            help,
        }
    }
}
