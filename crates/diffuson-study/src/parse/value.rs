//! One value against its key.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::nearest::nearest;
use super::table::{self, Measurements};
use super::{Raw, RawValue, column};
use crate::diagnostic::{Diagnostic, Place};
use crate::schema::{Choice, Form, Key, Number, Range};
use crate::units::{self, Unit};

/// A checked value, in the units that the table states.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    /// A choice, or the word of [`Form::Or`].
    Word(&'static str),
    Words(Vec<&'static str>),
    Integer(i64),
    Integers(Arc<[i64]>),
    Number(f64),
    Numbers(Arc<[f64]>),
    /// The numbers in a file, and its name.
    File(String, Arc<[f64]>),
    /// The measurements in a file, and its name.
    Table(String, Arc<Measurements>),
}

impl Value {
    /// The value as JSON. A file becomes an object with its name and its numbers, so that a record can do without the file.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Word(word) => json!(word),
            Self::Words(words) => json!(words),
            Self::Integer(i) => json!(i),
            Self::Integers(list) => json!(list.as_ref()),
            Self::Number(x) => json!(x),
            Self::Numbers(list) => json!(list.as_ref()),
            Self::File(name, numbers) => json!({ "name": name, "values": numbers.as_ref() }),
            Self::Table(name, table) => json!({ "name": name, "columns": table.to_json() }),
        }
    }
}

/// What the check of a value needs besides its key.
pub(crate) struct Context<'a> {
    /// The hopping t in eV, if given.
    pub(crate) hopping: Option<f64>,
    /// The key that would give it, where energies are in units of t.
    pub(crate) energy_scale: Option<&'static str>,
    /// The folder of the study file.
    pub(crate) folder: &'a Path,
}

/// Checks a value against the form of a key (or of one element of its sweep) and converts its units.
pub(crate) fn check(key: &Key, form: Form, raw: &Raw, context: &Context<'_>) -> Result<Value, Diagnostic> {
    Check { key, context }.form(form, raw)
}

/// A text as it may stand in a message: one line, not long, no control characters.
pub(crate) fn brief(text: &str) -> String {
    const MOST: usize = 48;
    let shown: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() { format!("{shown}...") } else { shown }
}

struct Check<'a> {
    key: &'a Key,
    context: &'a Context<'a>,
}

impl Check<'_> {
    fn form(&self, form: Form, raw: &Raw) -> Result<Value, Diagnostic> {
        match (form, &raw.value) {
            (Form::Text, RawValue::Text(text)) => self.text(text, raw),
            (Form::File, RawValue::Text(name)) => {
                let numbers = column::read(self.context.folder, name, self.key.path, &raw.place)?;
                Ok(Value::File(name.clone(), numbers.into()))
            }
            (Form::Table(columns), RawValue::Text(name)) => {
                let table = table::read(self.context.folder, name, self.key.path, columns, &raw.place)?;
                Ok(Value::Table(name.clone(), table.into()))
            }
            (Form::Choice(choices), RawValue::Text(word)) => {
                Ok(Value::Word(self.choice(choices, word, raw)?))
            }
            (Form::Subset(choices), RawValue::List(list)) => self.subset(choices, list, raw),
            (Form::Integer(range), _) => Ok(Value::Integer(self.integer(range, raw)?)),
            (Form::Integers(range, may_be_empty), RawValue::List(list)) => {
                if list.is_empty() && !may_be_empty {
                    return Err(self.error(raw, "is empty", form.describe(), "list at least one".to_owned()));
                }
                let values =
                    list.iter().map(|element| self.integer(range, element)).collect::<Result<Vec<_>, _>>()?;
                self.distinct(&values, list)?;
                Ok(Value::Integers(values.into()))
            }
            (
                Form::Number(number) | Form::PerSite(number),
                RawValue::Integer(_) | RawValue::Float(_) | RawValue::Text(_),
            ) => Ok(Value::Number(self.number(number, raw)?)),
            (Form::List(_), RawValue::List(list)) if list.is_empty() => {
                Err(self.error(raw, "is empty", form.describe(), "list at least one".to_owned()))
            }
            (Form::Numbers(number) | Form::List(number) | Form::PerSite(number), RawValue::List(list)) => {
                let values =
                    list.iter().map(|element| self.number(number, element)).collect::<Result<Vec<_>, _>>()?;
                Ok(Value::Numbers(values.into()))
            }
            (Form::Or(choice, _), RawValue::Text(word)) if word == choice.name => {
                Ok(Value::Word(choice.name))
            }
            (Form::Or(choice, other), RawValue::Text(word)) if units::split(word).is_none() => {
                let help = match nearest(word, [choice.name]) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => self.meaning(),
                };
                Err(self.error(raw, "is not allowed", Form::Or(choice, other).describe(), help))
            }
            (Form::Or(_, other), _) => self.form(*other, raw),
            _ => Err(self.wrong_type(form, raw)),
        }
    }

    fn text(&self, text: &str, raw: &Raw) -> Result<Value, Diagnostic> {
        let one_line =
            !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control);
        if one_line {
            Ok(Value::Text(text.to_owned()))
        } else {
            let help = "write one line of at most 200 characters, or leave the key out".to_owned();
            Err(self.error(raw, "is empty, too long, or not one line", Form::Text.describe(), help))
        }
    }

    fn choice(&self, choices: &'static [Choice], word: &str, raw: &Raw) -> Result<&'static str, Diagnostic> {
        let found = choices.iter().find(|c| c.name == word);
        found.map(|c| c.name).ok_or_else(|| {
            let help = match nearest(word, choices.iter().map(|c| c.name)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => self.meaning(),
            };
            self.error(raw, "is not a choice", Choice::list(choices, " or "), help)
        })
    }

    fn subset(&self, choices: &'static [Choice], list: &[Raw], raw: &Raw) -> Result<Value, Diagnostic> {
        let form = Form::Subset(choices);
        if list.is_empty() {
            return Err(self.error(raw, "is empty", form.describe(), self.meaning()));
        }
        let mut words = Vec::new();
        for element in list {
            let RawValue::Text(word) = &element.value else { return Err(self.wrong_type(form, element)) };
            words.push(self.choice(choices, word, element)?);
        }
        self.distinct(&words, list)?;
        let first = choices[0].name;
        if !words.contains(&first) {
            let help = format!("write {}", list_of(choices[..1].iter().map(|c| c.name).chain(words)));
            return Err(self.error(raw, &format!("lacks \"{first}\""), form.describe(), help));
        }
        // in the order of the table: the order of writing has no meaning
        words.sort_by_key(|word| choices.iter().position(|c| c.name == *word));
        Ok(Value::Words(words))
    }

    fn integer(&self, range: Range, raw: &Raw) -> Result<i64, Diagnostic> {
        let allowed = range.describe("an integer");
        match raw.value {
            RawValue::Integer(Some(i)) if range.contains(i as f64) => Ok(i),
            RawValue::Integer(Some(_)) => Err(self.error(raw, "is out of range", allowed, self.meaning())),
            RawValue::Integer(None) => {
                let help = format!("the largest integer is {}", i64::MAX);
                Err(self.error(raw, "does not fit into 64 bits", allowed, help))
            }
            RawValue::Float(x) if x.fract() == 0.0 && x.abs() < 1e15 => Err(self.error(
                raw,
                "is not an integer",
                allowed,
                format!("write {x:.0}, without point or exponent"),
            )),
            RawValue::Float(_) => Err(self.error(raw, "is not an integer", allowed, self.meaning())),
            _ => Err(self.wrong_type(Form::Integer(range), raw)),
        }
    }

    fn number(&self, number: Number, raw: &Raw) -> Result<f64, Diagnostic> {
        let form = Form::Number(number);
        let value = match &raw.value {
            RawValue::Integer(_) | RawValue::Float(_) if number.dimension.is_scale() => {
                let unit = number.dimension.unit();
                let help =
                    format!("write it in quotes with its unit: \"{} {unit}\"", brief(raw.place.text()));
                return Err(self.error(raw, "has no unit", form.describe(), help));
            }
            RawValue::Integer(Some(i)) => *i as f64,
            RawValue::Integer(None) => {
                let help = "write it with an exponent, as in 1e20".to_owned();
                return Err(self.error(
                    raw,
                    "is an integer that does not fit into 64 bits",
                    form.describe(),
                    help,
                ));
            }
            RawValue::Float(x) => *x,
            RawValue::Text(text) => self.quantity(number, text, raw)?,
            _ => return Err(self.wrong_type(form, raw)),
        };
        if !value.is_finite() {
            Err(self.error(raw, "is not a finite number", form.describe(), self.meaning()))
        } else if !number.range.contains(value) {
            let allowed = number.range.describe("a number");
            Err(self.error(raw, "is out of range", allowed, self.meaning()))
        } else {
            // no negative zero, so that equal settings are equal bits
            Ok(value + 0.0)
        }
    }

    /// A number in a text with its unit.
    fn quantity(&self, number: Number, text: &str, raw: &Raw) -> Result<f64, Diagnostic> {
        let allowed = Form::Number(number).describe();
        let measures = number.dimension.measures();
        let Some((value, symbol)) = units::split(text) else {
            return Err(self.wrong_type(Form::Number(number), raw));
        };
        let in_hopping = number.dimension.is_in_hopping();
        if symbol.is_empty() {
            let (what, help) = if number.dimension.is_scale() {
                ("has no unit", format!("add one: \"{value} {}\"", number.dimension.unit()))
            } else {
                ("is a text", format!("write the number without quotes: {}", text.trim()))
            };
            return Err(self.error(raw, what, allowed, help));
        }
        if measures.is_empty() {
            let help = format!("write the number alone: {value}");
            return Err(self.error(raw, "has a unit where none is allowed", allowed, help));
        }
        if symbol == "t" && in_hopping {
            return Ok(value);
        }
        let Some(unit) = Unit::named(symbol).filter(|unit| measures.contains(&unit.measure)) else {
            let mut known: Vec<_> = units::UNITS
                .iter()
                .filter(|u| measures.contains(&u.measure) && u.symbol.is_ascii())
                .map(|u| u.symbol)
                .collect();
            if in_hopping {
                known.push("t");
            }
            let what = format!("has the wrong unit `{}`", brief(symbol));
            let help = match known.iter().find(|k| k.eq_ignore_ascii_case(symbol)) {
                Some(near) => format!("did you mean {near}?"),
                None => self.meaning(),
            };
            return Err(self.error(raw, &what, format!("units: {}", known.join(", ")), help));
        };
        let base = unit.to_base(value);
        if number.dimension.is_in_kelvin() {
            return Ok(base / units::KELVIN.to_base(1.0));
        }
        match (in_hopping, self.context.hopping) {
            (false, _) => Ok(base),
            (true, Some(hopping)) => Ok(base / hopping),
            (true, None) => {
                let help = match self.context.energy_scale {
                    Some(key) => {
                        format!("give {key} = \"50 meV\" (your value), or write the number in units of t")
                    }
                    None => "write the number in units of t".to_owned(),
                };
                let allowed = format!("{allowed} in units of t");
                Err(self.error(raw, "has a unit, but the hopping t has no value", allowed, help))
            }
        }
    }

    fn distinct<T: PartialEq + Ord>(&self, values: &[T], list: &[Raw]) -> Result<(), Diagnostic> {
        match repeated(values) {
            None => Ok(()),
            Some(i) => {
                let help = "each may be listed once".to_owned();
                Err(self.error(&list[i], "is listed twice", "different values".to_owned(), help))
            }
        }
    }

    fn wrong_type(&self, form: Form, raw: &Raw) -> Diagnostic {
        self.error(raw, &format!("is {}", raw.value.describe()), form.describe(), self.meaning())
    }

    /// The key's own sentence, as help of last resort.
    fn meaning(&self) -> String {
        match self.key.unit() {
            "" => format!("{}: {}", self.key.path, self.key.doc),
            unit => format!("{} [{unit}]: {}", self.key.path, self.key.doc),
        }
    }

    fn error(&self, raw: &Raw, what: &str, allowed: String, help: String) -> Diagnostic {
        error(self.key.path, &raw.place, what, &allowed, help)
    }
}

/// Words as a list of TOML.
fn list_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "))
}

/// Index of the first value that has occurred before.
pub(crate) fn repeated<T: Ord>(values: &[T]) -> Option<usize> {
    let mut seen = std::collections::BTreeSet::new();
    values.iter().position(|value| !seen.insert(value))
}

/// An error about the value at a place: `KEY = VALUE WHAT`.
pub(crate) fn error(key: &str, place: &Place, what: &str, allowed: &str, help: String) -> Diagnostic {
    Diagnostic {
        message: format!("`{key} = {}` {what}", brief(place.text())),
        key: key.to_owned(),
        place: place.clone(),
        label: format!("allowed: {allowed}"),
        help,
    }
}
