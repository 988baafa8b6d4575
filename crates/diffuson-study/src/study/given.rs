//! What a study says, and what follows from it at each point of its sweep.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, Source};
use crate::parse::Value;
use crate::parse::table::Measurements;
use crate::parse::value::{brief, error};
use crate::schema::{Condition, Key, Kind, Need};
use crate::settings::Missing;

/// The checked entries of a study.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(super) kind: &'static Kind,
    pub(super) entries: BTreeMap<&'static str, Checked>,
    /// In the order of the file; the first varies slowest.
    pub(super) axes: Vec<Axis>,
    source: Arc<Source>,
    headers: Vec<(String, Place)>,
    defaults: BTreeMap<&'static str, Value>,
}

/// The value of a key outside `[sweep]`.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(super) value: Value,
    pub(super) key_place: Place,
    pub(super) place: Place,
    /// The places of the elements of a list.
    pub(super) elements: Vec<Place>,
    /// From the command line.
    pub(super) overriding: bool,
}

/// The values of a swept key.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(super) key: &'static Key,
    pub(super) key_place: Place,
    pub(super) place: Place,
    pub(super) values: Vec<(Value, Place)>,
    /// From the command line.
    pub(super) overriding: bool,
}

/// The values of all keys at one point.
pub(crate) struct View<'a> {
    given: &'a Given,
    index: usize,
}

impl<'a> View<'a> {
    /// The value of a key: from the sweep, else from its section, else its default; `None` if it is absent or has no
    /// meaning at this point.
    pub(crate) fn get(&self, path: &str) -> Option<&'a Value> {
        let key = self.given.kind.key(path)?;
        if self.misfit(key).is_some() {
            return None;
        }
        let given = self.given;
        let swept = given.axes.iter().position(|axis| axis.key.path == path);
        swept
            .map(|axis| &given.axes[axis].values[given.position(self.index, axis)].0)
            .or_else(|| given.entries.get(path).map(|entry| &entry.value))
            .or_else(|| given.defaults.get(path))
    }

    /// The first condition of a key that does not hold here.
    fn misfit(&self, key: &Key) -> Option<Condition> {
        key.when.iter().copied().find(|condition| !match condition {
            Condition::Is(path, words) => {
                matches!(self.get(path), Some(Value::Word(word)) if words.contains(word))
            }
            Condition::Given(path) => self.given.has(path),
            Condition::NotGiven(path) => !self.given.has(path),
        })
    }

    /// Whether a key is swept over several values.
    pub(crate) fn varies(&self, path: &str) -> bool {
        self.given.axis(path).is_some_and(|axis| axis.values.len() > 1)
    }

    /// The number of a key.
    pub(crate) fn number(&self, path: &'static str) -> Result<f64, Missing> {
        self.number_if_any(path).ok_or(Missing(path))
    }

    /// The number of a key that may be absent.
    pub(crate) fn number_if_any(&self, path: &str) -> Option<f64> {
        if let Some(Value::Number(x)) = self.get(path) { Some(*x) } else { None }
    }

    /// The numbers of a list.
    pub(crate) fn numbers(&self, path: &'static str) -> Result<Vec<f64>, Missing> {
        if let Some(Value::Numbers(list)) = self.get(path) { Ok(list.to_vec()) } else { Err(Missing(path)) }
    }

    /// The integer of a key whose range begins at zero or above.
    pub(crate) fn count(&self, path: &'static str) -> Result<usize, Missing> {
        match self.get(path) {
            Some(Value::Integer(i)) => usize::try_from(*i).map_err(|_| Missing(path)),
            _ => Err(Missing(path)),
        }
    }

    /// The word of a choice.
    pub(crate) fn word(&self, path: &'static str) -> Result<&'static str, Missing> {
        if let Some(Value::Word(word)) = self.get(path) { Ok(word) } else { Err(Missing(path)) }
    }

    /// The measurements of a file.
    pub(crate) fn table(&self, path: &'static str) -> Result<Arc<Measurements>, Missing> {
        if let Some(Value::Table(_, table)) = self.get(path) { Ok(table.clone()) } else { Err(Missing(path)) }
    }

    /// Whether a list of choices has this word.
    pub(crate) fn lists(&self, path: &str, word: &str) -> bool {
        matches!(self.get(path), Some(Value::Words(words)) if words.contains(&word))
    }

    /// The text of a key that may be absent.
    pub(crate) fn text(&self, path: &str) -> Option<&'a str> {
        if let Some(Value::Text(text)) = self.get(path) { Some(text) } else { None }
    }
}

impl Given {
    pub(super) fn new(
        kind: &'static Kind,
        source: Arc<Source>,
        headers: Vec<(String, Place)>,
        defaults: BTreeMap<&'static str, Value>,
    ) -> Self {
        Self { kind, entries: BTreeMap::new(), axes: Vec::new(), source, headers, defaults }
    }

    /// The number of points of the sweep.
    pub(super) fn points(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    pub(super) fn view(&self, index: usize) -> View<'_> {
        View { given: self, index }
    }

    pub(super) fn axis(&self, path: &str) -> Option<&Axis> {
        self.axes.iter().find(|axis| axis.key.path == path)
    }

    fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path) || self.axis(path).is_some()
    }

    /// Which value of an axis belongs to a point.
    fn position(&self, index: usize, axis: usize) -> usize {
        let stride: usize = self.axes[axis + 1..].iter().map(|axis| axis.values.len()).product();
        index / stride % self.axes[axis].values.len()
    }

    /// Checks what the entries say together: the size of the sweep, keys without meaning, missing keys.
    pub(super) fn settle(&mut self) -> Result<(), Diagnostic> {
        // an override and what it displaced: the file may not have known about it
        let mut displaced: BTreeSet<&str> = BTreeSet::new();
        displaced.extend(self.entries.iter().filter(|(_, entry)| entry.overriding).map(|(path, _)| *path));
        displaced.extend(self.axes.iter().filter(|axis| axis.overriding).map(|axis| axis.key.path));
        self.limit_points()?;
        while let Some((key, index, condition)) = self.first_misfit() {
            let (Condition::Is(other, _) | Condition::Given(other) | Condition::NotGiven(other)) = condition;
            let drop = if !displaced.contains(key.path) && displaced.contains(other) {
                key.path
            } else if displaced.contains(key.path)
                && !displaced.contains(other)
                && matches!(condition, Condition::NotGiven(_))
            {
                other
            } else {
                return Err(self.meaningless(key, index, condition));
            };
            self.entries.remove(drop);
            self.axes.retain(|axis| axis.key.path != drop);
            displaced.insert(drop);
        }
        for index in 0..self.points() {
            let view = self.view(index);
            let lacks = |key: &&Key| {
                key.need == Need::Required && view.misfit(key).is_none() && view.get(key.path).is_none()
            };
            if let Some(key) = self.kind.keys().find(lacks) {
                return Err(self.missing(index, key.path));
            }
        }
        Ok(())
    }

    fn limit_points(&self) -> Result<(), Diagnostic> {
        let most = self.kind.most_points;
        let mut points = 1_usize;
        for axis in &self.axes {
            points = points.saturating_mul(axis.values.len());
            if points > most {
                let what = format!("brings the sweep to {points} points");
                let key = format!("sweep.\"{}\"", axis.key.path);
                let help =
                    "a sweep has one point for every combination of its values; split the study".to_owned();
                return Err(error(&key, &axis.place, &what, &format!("at most {most} points"), help));
            }
        }
        Ok(())
    }

    /// The first given key, in the order of the file, that has no meaning: at no point, or, if swept, at some point.
    fn first_misfit(&self) -> Option<(&'static Key, usize, Condition)> {
        let mut found: Vec<_> = Vec::new();
        for key in self.kind.keys().filter(|key| !key.when.is_empty()) {
            let misfit = |index| self.view(index).misfit(key).map(|condition| (key, index, condition));
            if let Some(axis) = self.axis(key.path) {
                let somewhere = (0..self.points()).find_map(misfit);
                found.extend(somewhere.map(|m| (axis.overriding, axis.key_place.span.start, m)));
            } else if let Some(entry) = self.entries.get(key.path)
                && let Some(first) = misfit(0)
                && (1..self.points()).all(|index| misfit(index).is_some())
            {
                found.push((entry.overriding, entry.key_place.span.start, first));
            }
        }
        found
            .into_iter()
            .min_by_key(|(overriding, start, _)| (*overriding, *start))
            .map(|(_, _, misfit)| misfit)
    }

    fn meaningless(&self, key: &Key, index: usize, condition: Condition) -> Diagnostic {
        let value = self.written(index, key.path, None);
        let place = self.place(index, key.path, None);
        let (message, label, help) = match condition {
            Condition::Is(other, words) => {
                let words = words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(" or ");
                let now = self.written(index, other, None);
                (
                    format!("`{} = {value}` has no meaning with {other} = {now}", key.path),
                    format!("allowed: only with {other} = {words}"),
                    format!("remove it, or set {other} = {words}"),
                )
            }
            Condition::Given(other) => {
                let doc = self.kind.key(other).map_or("", |k| k.doc);
                (
                    format!("`{} = {value}` needs {other}", key.path),
                    format!("allowed: only together with {other}"),
                    format!("remove it, or give {other}: {doc}"),
                )
            }
            Condition::NotGiven(other) => (
                format!("`{} = {value}` and {other} exclude each other", key.path),
                format!("allowed: only without {other}"),
                "keep one of the two".to_owned(),
            ),
        };
        Diagnostic { message, key: key.path.to_owned(), place, label, help }
    }

    /// The error about a key that must be given.
    pub(super) fn missing(&self, index: usize, path: &str) -> Diagnostic {
        let key = self.kind.key(path);
        let (doc, example) = key.map_or(("", ""), |k| (k.doc, k.example));
        let (section, name) = path.split_once('.').unwrap_or(("", path));
        let mut reason = String::new();
        let mut instead = String::new();
        let mut place = self.place(index, path, None);
        for condition in key.map_or(&[][..], |k| k.when) {
            match condition {
                Condition::Is(other, _) => {
                    reason = format!(" with {other} = {}", self.written(index, other, None));
                    place = self.place(index, other, None);
                }
                Condition::NotGiven(other) => instead = format!(" (or {other})"),
                Condition::Given(_) => {}
            }
        }
        Diagnostic {
            message: format!("`{path}` is missing"),
            key: path.to_owned(),
            place,
            label: format!("needed{reason}: {name}{instead}"),
            help: format!("add {name} = {example} (your value) to [{section}]: {doc}"),
        }
    }

    /// The key that is given instead of this one, if it is not given and another is that excludes it.
    pub(super) fn stand_in(&self, path: &'static str) -> &'static str {
        let when = self.kind.key(path).map_or(&[][..], |key| key.when);
        let other = when.iter().find_map(|condition| match condition {
            Condition::NotGiven(other) if self.has(other) => Some(*other),
            _ => None,
        });
        if self.has(path) { path } else { other.unwrap_or(path) }
    }

    /// Where the value of a key at a point is written, or an element of it; else the header of its section, else the kind.
    pub(super) fn place(&self, index: usize, path: &str, element: Option<usize>) -> Place {
        if let Some(place) = self.written_at(index, path, element) {
            return place.clone();
        }
        let section = path.split_once('.').map_or("", |(section, _)| section);
        let header = self.headers.iter().find(|(name, _)| name == section).map(|(_, place)| place);
        let kind = self.entries.get("kind").map(|entry| &entry.place);
        header.or(kind).cloned().unwrap_or_else(|| Place { source: self.source.clone(), span: 0..0 })
    }

    /// The value of a key at a point as it is written, or its default.
    pub(super) fn written(&self, index: usize, path: &str, element: Option<usize>) -> String {
        match (self.written_at(index, path, element), self.kind.key(path).map(|key| key.need)) {
            (Some(place), _) => brief(place.text()),
            (None, Some(Need::Default(text))) => text.to_owned(),
            (None, _) => "(absent)".to_owned(),
        }
    }

    fn written_at(&self, index: usize, path: &str, element: Option<usize>) -> Option<&Place> {
        if let Some(axis) = self.axes.iter().position(|axis| axis.key.path == path) {
            return Some(&self.axes[axis].values[self.position(index, axis)].1);
        }
        let entry = self.entries.get(path)?;
        Some(element.and_then(|i| entry.elements.get(i)).unwrap_or(&entry.place))
    }
}
