//! Every entry of a study file against its key, in the order of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::given::{Axis, Checked, Given};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::parse::nearest::nearest;
use crate::parse::value::{brief, error, repeated};
use crate::parse::{Context, Document, Entry, Raw, RawValue, Value, check};
use crate::schema::{KINDS, Key, Kind, MEASUREMENTS, Need};

/// Checks a study file and its overrides, entry by entry, then what they say together.
pub(super) fn read(
    source: &Arc<Source>,
    folder: &Path,
    file: Document,
    overrides: Document,
) -> Result<Given, Diagnostic> {
    if file.entries.is_empty() && file.headers.is_empty() {
        return Err(Diagnostic {
            message: format!("{} is empty", source.name),
            key: String::new(),
            place: Place { source: source.clone(), span: 0..0 },
            label: "nothing is asked here".to_owned(),
            help: "`diffuson new local-heat > study.toml` writes a commented study file to begin with"
                .to_owned(),
        });
    }
    let kind = kind(source, &file, &overrides)?;
    let replaced: BTreeSet<String> = overrides.entries.iter().map(Entry::path).collect();
    let stands = |entry: &&Entry| {
        let path = entry.path();
        !replaced.contains(&path)
            && !path.strip_prefix("sweep.").is_some_and(|swept| replaced.contains(swept))
    };
    let mut reader = Reader {
        kind,
        context: Context { hopping: None, energy_scale: kind.energy_scale, folder },
        given: Given::new(kind, source.clone(), file.headers.clone(), defaults(kind, folder)?),
    };
    let standing: Vec<_> = file.entries.iter().filter(stands).collect();
    reader.read_energy_scale(standing.iter().copied().chain(&overrides.entries))?;
    let mut headers = file.headers.iter().peekable();
    for entry in standing {
        while let Some((name, place)) = headers.next_if(|(_, p)| p.span.start < entry.place.span.start) {
            reader.known_section(name, place)?;
        }
        reader.entry(entry, false)?;
    }
    headers.try_for_each(|(name, place)| reader.known_section(name, place))?;
    overrides.entries.iter().try_for_each(|entry| reader.entry(entry, true))?;
    let mut given = reader.given;
    given.axes.sort_by_key(|axis| (axis.overriding, axis.key_place.span.start));
    given.settle()?;
    Ok(given)
}

/// The kind of the study, which decides about all other keys; one that fits if an override names measurements.
fn kind(source: &Arc<Source>, file: &Document, overrides: &Document) -> Result<&'static Kind, Diagnostic> {
    let names = quoted(KINDS.iter());
    let is_kind = |entry: &&Entry| entry.section.is_empty() && entry.name == "kind";
    let Some(entry) = overrides.entries.iter().rfind(is_kind).or_else(|| file.entries.iter().find(is_kind))
    else {
        let misspelt =
            file.entries.iter().find(|e| e.section.is_empty() && nearest(&e.name, ["kind"]).is_some());
        let (place, label) = match misspelt {
            Some(entry) => (entry.place.clone(), "did you mean `kind`?".to_owned()),
            None => (Place { source: source.clone(), span: 0..0 }, format!("needed: kind = {names}")),
        };
        return Err(Diagnostic {
            message: "`kind` is missing: which question does the study ask?".to_owned(),
            key: "kind".to_owned(),
            place,
            label,
            help: format!("write kind = {names} at the top, before any [section]"),
        });
    };
    let place = &entry.raw.place;
    let RawValue::Text(name) = &entry.raw.value else {
        let what = format!("is {}", entry.raw.value.describe());
        return Err(error("kind", place, &what, &names, "write the kind in quotes".to_owned()));
    };
    let found = Kind::named(name).ok_or_else(|| {
        let help = match nearest(name, KINDS.iter().map(|k| k.name)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => KINDS.iter().map(|k| format!("{}: {}", k.name, k.doc)).collect::<Vec<_>>().join("\n"),
        };
        error("kind", place, "is not a kind of study", &names, help)
    })?;
    match overrides.entries.iter().rfind(|entry| entry.path() == MEASUREMENTS) {
        Some(file) if !found.fits() => {
            let what =
                format!("does not fit measurements, such as those in {}", brief(file.raw.place.text()));
            let help = format!("`diffuson run` computes a study of the kind {name}");
            Err(error("kind", place, &what, &quoted(KINDS.iter().filter(|k| k.fits())), help))
        }
        _ => Ok(found),
    }
}

/// The names of kinds, as they are written in a study file.
fn quoted<'k>(kinds: impl Iterator<Item = &'k Kind>) -> String {
    kinds.map(|kind| format!("\"{}\"", kind.name)).collect::<Vec<_>>().join(" or ")
}

/// The defaults of a kind, through the same check as a user's values.
fn defaults(kind: &'static Kind, folder: &Path) -> Result<BTreeMap<&'static str, Value>, Diagnostic> {
    let context = Context { hopping: None, energy_scale: kind.energy_scale, folder };
    let mut defaults = BTreeMap::new();
    for key in kind.keys() {
        if let Need::Default(text) = key.need {
            let document = Document::overrides(&[format!("{}={text}", key.path)])?;
            for entry in &document.entries {
                defaults.insert(key.path, check(key, key.form, &entry.raw, &context)?);
            }
        }
    }
    Ok(defaults)
}

struct Reader<'a> {
    kind: &'static Kind,
    context: Context<'a>,
    given: Given,
}

impl Reader<'_> {
    /// Finds the hopping first: energies before it in the file may have units.
    fn read_energy_scale<'e>(&mut self, entries: impl Iterator<Item = &'e Entry>) -> Result<(), Diagnostic> {
        let Some(scale) = self.kind.energy_scale else { return Ok(()) };
        for entry in entries.filter(|entry| entry.path() == scale) {
            if let Some(key) = self.kind.key(scale)
                && let Value::Number(hopping) = check(key, key.form, &entry.raw, &self.context)?
            {
                self.context.hopping = Some(hopping);
            }
        }
        Ok(())
    }

    fn sections(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.kind.sections.iter().map(|(section, _)| *section).chain(["sweep"])
    }

    fn is_section(&self, name: &str) -> bool {
        self.sections().any(|section| section == name)
    }

    fn known_section(&self, name: &str, place: &Place) -> Result<(), Diagnostic> {
        if self.is_section(name) {
            return Ok(());
        }
        let help = match nearest(name, self.sections()) {
            Some(near) => format!("did you mean [{near}]?"),
            None => "remove it, or move its keys to the section they belong to".to_owned(),
        };
        Err(Diagnostic {
            message: format!("unknown section [{}]", brief(name)),
            key: name.to_owned(),
            place: place.clone(),
            label: format!(
                "allowed: {}",
                self.sections().map(|s| format!("[{s}]")).collect::<Vec<_>>().join(" ")
            ),
            help,
        })
    }

    fn entry(&mut self, entry: &Entry, overriding: bool) -> Result<(), Diagnostic> {
        if entry.section == "sweep" {
            return self.axis(entry, overriding);
        }
        if !entry.section.is_empty() {
            self.known_section(&entry.section, &entry.place)?;
        }
        let found = self.kind.keys_of(&entry.section).find(|k| k.name() == entry.name);
        let Some(key) = found else { return Err(self.unknown(entry)) };
        let value = check(key, key.form, &entry.raw, &self.context)?;
        let elements = match &entry.raw.value {
            RawValue::List(list) => list.iter().map(|element| element.place.clone()).collect(),
            _ => Vec::new(),
        };
        let checked = Checked {
            value,
            key_place: entry.place.clone(),
            place: entry.raw.place.clone(),
            elements,
            overriding,
        };
        self.given.entries.insert(key.path, checked);
        Ok(())
    }

    fn axis(&mut self, entry: &Entry, overriding: bool) -> Result<(), Diagnostic> {
        let path = &entry.name;
        let key = match self.kind.key(path) {
            Some(key) if key.sweepable => key,
            found => return Err(self.not_sweepable(entry, found)),
        };
        let refuse = |raw: &Raw, what: &str, help: String| {
            let allowed = format!("a list of values, each {}", key.form.swept().describe());
            error(&format!("sweep.\"{path}\""), &raw.place, what, &allowed, help)
        };
        let example = format!("\"{path}\" = [{}]", brief(entry.raw.place.text()));
        let RawValue::List(list) = &entry.raw.value else {
            return Err(refuse(&entry.raw, "is not a list", format!("write {example}")));
        };
        if list.is_empty() {
            return Err(refuse(
                &entry.raw,
                "is an empty list",
                "list at least one value, or remove the line".to_owned(),
            ));
        }
        let mut values = Vec::new();
        for raw in list {
            values.push((check(key, key.form.swept(), raw, &self.context)?, raw.place.clone()));
        }
        let texts: Vec<_> = values.iter().map(|(value, _)| value.to_json().to_string()).collect();
        if let Some(i) = repeated(&texts) {
            return Err(refuse(
                &list[i],
                "is listed twice",
                "each value of a sweep may be listed once".to_owned(),
            ));
        }
        // a later override of the same sweep replaces an earlier one
        self.given.axes.retain(|axis| axis.key.path != key.path);
        let (key_place, place) = (entry.place.clone(), entry.raw.place.clone());
        self.given.axes.push(Axis { key, key_place, place, values, overriding });
        Ok(())
    }

    fn unknown(&self, entry: &Entry) -> Diagnostic {
        let path = entry.path();
        let section = entry.section.as_str();
        let names: Vec<_> = self.kind.keys_of(section).map(Key::name).collect();
        let (message, help) = if section.is_empty() && self.is_section(&entry.name) {
            (
                format!("`{path}` is a section, not a key"),
                format!("write [{path}] on a line of its own, then its keys"),
            )
        } else {
            let elsewhere = self.kind.keys().find(|k| k.name() == entry.name || k.path == entry.name);
            let help = match (elsewhere, nearest(&entry.name, names.iter().copied())) {
                (Some(key), _) if key.section().is_empty() => {
                    format!("`{}` belongs at the top of the file, before any [section]", key.name())
                }
                (Some(key), _) => format!("did you mean `{}` in [{}]?", key.name(), key.section()),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!("remove it; `diffuson new {}` lists all keys", self.kind.name),
            };
            (format!("unknown key `{}`", brief(&path)), help)
        };
        let label = match section {
            "" => format!("allowed here: {}, and sections", names.join(", ")),
            section => format!("allowed in [{section}]: {}", names.join(", ")),
        };
        Diagnostic { message, key: path, place: entry.place.clone(), label, help }
    }

    fn not_sweepable(&self, entry: &Entry, found: Option<&Key>) -> Diagnostic {
        let path = &entry.name;
        let sweepable = || self.kind.keys().filter(|k| k.sweepable).map(|k| k.path);
        let (message, help) = match found {
            Some(_) => (format!("`{path}` cannot be swept"), "run one study per value instead".to_owned()),
            None if matches!(entry.raw.value, RawValue::Table) => (
                format!("unknown key `{}` in [sweep]", brief(path)),
                format!("write the whole path in quotes, as in \"{}.name\" = [...]", brief(path)),
            ),
            None => {
                let mut meant: Vec<_> = sweepable().filter(|p| p.ends_with(&format!(".{path}"))).collect();
                meant.extend(nearest(path, sweepable()));
                let help = if meant.is_empty() {
                    "write the whole path in quotes, as in \"section.key\" = [...]".to_owned()
                } else {
                    format!("did you mean \"{}\"?", meant.join("\" or \""))
                };
                (format!("unknown key `{}` in [sweep]", brief(path)), help)
            }
        };
        let section = path.split('.').next().unwrap_or("");
        let beside: Vec<_> = sweepable().filter(|p| p.split('.').next() == Some(section)).collect();
        let label = if beside.is_empty() {
            "allowed: the path of a key that can be swept".to_owned()
        } else {
            format!("allowed: {}", beside.join(", "))
        };
        Diagnostic { message, key: format!("sweep.\"{path}\""), place: entry.place.clone(), label, help }
    }
}
