//! A study file as a flat list of entries in the order of the file.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Place, Source};

/// A study file, or the overrides of one.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// What it says, in the order of the source.
    pub(crate) entries: Vec<Entry>,
    /// The headers of its sections, in the order of the source.
    pub(crate) headers: Vec<(String, Place)>,
}

/// `name = value` in a section.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The section; empty at the top of the file.
    pub(crate) section: String,
    /// The name within the section.
    pub(crate) name: String,
    /// Where the name is.
    pub(crate) place: Place,
    /// The value.
    pub(crate) raw: Raw,
}

/// A value of TOML and its place.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) value: RawValue,
    pub(crate) place: Place,
}

/// A value of TOML, as far as a study file can use it.
#[derive(Debug)]
pub(crate) enum RawValue {
    Text(String),
    /// `None` if it does not fit into 64 bits.
    Integer(Option<i64>),
    /// Infinite also if too large for a double.
    Float(f64),
    Flag,
    List(Vec<Raw>),
    /// A table within a section.
    Table,
    Date,
}

impl Entry {
    /// The path of the key: `section.name`.
    pub(crate) fn path(&self) -> String {
        if self.section.is_empty() { self.name.clone() } else { format!("{}.{}", self.section, self.name) }
    }
}

impl RawValue {
    /// The type in words.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Flag => "a truth value",
            Self::List(_) => "a list",
            Self::Table => "a table",
            Self::Date => "a date",
        }
    }
}

impl Document {
    /// Reads a study file.
    pub(crate) fn parse(source: &Arc<Source>) -> Result<Self, Diagnostic> {
        let root = DeTable::parse(&source.text).map_err(|e| syntax(source, 0, &e))?.into_inner();
        let mut document = Self::default();
        for (name, value) in root {
            let place = Place { source: source.clone(), span: name.span() };
            let (name, span) = (name.into_inner().into_owned(), value.span());
            match value.into_inner() {
                DeValue::Table(table) => {
                    for (inner, value) in table {
                        document.entries.push(Entry {
                            section: name.clone(),
                            place: Place { source: source.clone(), span: inner.span() },
                            name: inner.into_inner().into_owned(),
                            raw: raw(source, 0, value.span(), value.into_inner()),
                        });
                    }
                    document.headers.push((name, Place { source: source.clone(), span }));
                }
                value => {
                    let raw = raw(source, 0, span, value);
                    document.entries.push(Entry { section: String::new(), name, place, raw });
                }
            }
        }
        document.entries.sort_by_key(|entry| entry.place.span.start);
        document.headers.sort_by_key(|(_, place)| place.span.start);
        Ok(document)
    }

    /// Reads overrides `key=value`. The value is TOML; a value that is not, and does not begin like a text, list or
    /// table, is taken as a text, so that no quotes are needed in a shell. `sweep.KEY=[...]` adds or replaces a sweep.
    pub(crate) fn overrides(overrides: &[String]) -> Result<Self, Diagnostic> {
        let entries = overrides.iter().map(|text| one_override(text)).collect::<Result<_, _>>()?;
        Ok(Self { entries, headers: Vec::new() })
    }
}

fn one_override(text: &str) -> Result<Entry, Diagnostic> {
    let source = Arc::new(Source { name: "--set".to_owned(), text: text.to_owned() });
    let Some((key, value)) = text.split_once('=') else {
        return Err(Diagnostic {
            message: format!("the override `{text}` has no `=`"),
            key: String::new(),
            place: Place { span: 0..text.len(), source },
            label: "allowed: key=value".to_owned(),
            help: "as in --set probes.coupling=0.2".to_owned(),
        });
    };
    let start = key.len() + 1 + (value.len() - value.trim_start().len());
    let value = value.trim();
    let raw = match DeValue::parse(value) {
        Ok(parsed) => raw(&source, start, parsed.span(), parsed.into_inner()),
        Err(_) if !value.is_empty() && !value.starts_with(['"', '\'', '[', '{']) => Raw {
            value: RawValue::Text(value.to_owned()),
            place: Place { source: source.clone(), span: start..start + value.len() },
        },
        Err(error) => return Err(syntax(&source, start, &error)),
    };
    let place = Place { source, span: 0..key.len() };
    let path: String = key.trim().replace(['"', '\''], "");
    let (section, name) = match path.split_once('.') {
        Some((section, name)) => (section.to_owned(), name.to_owned()),
        None => (String::new(), path),
    };
    Ok(Entry { section, name, place, raw })
}

/// A value with its place; `offset` is where the text that was parsed begins in the source.
fn raw(source: &Arc<Source>, offset: usize, span: std::ops::Range<usize>, value: DeValue<'_>) -> Raw {
    let value = match value {
        DeValue::String(text) => RawValue::Text(text.into_owned()),
        DeValue::Integer(i) => RawValue::Integer(i64::from_str_radix(i.as_str(), i.radix()).ok()),
        // the grammar has been checked: the parser of doubles knows all of it
        DeValue::Float(f) => RawValue::Float(f.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(_) => RawValue::Flag,
        DeValue::Datetime(_) => RawValue::Date,
        DeValue::Array(list) => RawValue::List(
            list.into_iter()
                .map(|element| raw(source, offset, element.span(), element.into_inner()))
                .collect(),
        ),
        DeValue::Table(_) => RawValue::Table,
    };
    Raw { value, place: Place { source: source.clone(), span: span.start + offset..span.end + offset } }
}

fn syntax(source: &Arc<Source>, offset: usize, error: &toml::de::Error) -> Diagnostic {
    let end = source.text.len();
    let span = error.span().map_or(end..end, |s| (s.start + offset).min(end)..(s.end + offset).min(end));
    let place = Place { source: source.clone(), span };
    let (what, expected) = error.message().split_once(", expected ").unwrap_or((error.message(), ""));
    let help = match what {
        "duplicate key" => "each key and each [section] may appear once",
        "string values must be quoted" if place.text().trim().is_empty() => "write a value after the `=`",
        "string values must be quoted" => "put texts in double quotes; numbers are written 0.5 or 1e-3",
        _ => "a study file is TOML: [section] headers and lines `key = value`; see https://toml.io",
    };
    let label = match expected {
        "" | "nothing" => what.to_owned(),
        "literal string" => "expected a value: a number, \"text\", true, false or [list]".to_owned(),
        expected => format!("expected {expected}"),
    };
    Diagnostic {
        message: format!("not valid TOML: {what}"),
        key: String::new(),
        place,
        label,
        help: help.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Arc<Source> {
        Arc::new(Source { name: "s.toml".into(), text: text.into() })
    }

    #[test]
    fn entries_come_in_the_order_of_the_file_with_their_places() {
        let text = "z = 1\na = true\n[m]\nk = [1, 0.5]\n[b]\nx.y = 3\n";
        let document = Document::parse(&source(text)).unwrap();
        let seen: Vec<_> = document
            .entries
            .iter()
            .map(|e| (e.path(), e.place.text().to_owned(), e.raw.place.text().to_owned()))
            .collect();
        let expected = [("z", "z", "1"), ("a", "a", "true"), ("m.k", "k", "[1, 0.5]"), ("b.x", "x", "x")];
        assert_eq!(seen, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
        let headers: Vec<_> = document.headers.iter().map(|(n, p)| (n.as_str(), p.text())).collect();
        assert_eq!(headers, [("m", "[m]"), ("b", "[b]")]);
    }

    #[test]
    fn overrides_take_toml_or_bare_words() {
        let entry = one_override("temperature.kT = 300 mK").unwrap();
        assert_eq!(entry.path(), "temperature.kT");
        assert!(matches!(&entry.raw.value, RawValue::Text(t) if t == "300 mK"));
        assert_eq!(entry.raw.place.text(), "300 mK");
        let entry = one_override("sweep.\"probes.coupling\"=[0.1, 0.2]").unwrap();
        assert_eq!((entry.section.as_str(), entry.name.as_str()), ("sweep", "probes.coupling"));
        let RawValue::List(list) = &entry.raw.value else { panic!("{:?}", entry.raw) };
        assert_eq!(list[1].place.text(), "0.2");
        assert!(one_override("a").is_err());
        assert!(one_override("a=").is_err());
        assert!(one_override("a=[1, 2").is_err());
    }
}
