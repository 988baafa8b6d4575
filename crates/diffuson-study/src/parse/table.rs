//! A CSV file of measurements: names and units in the header, one measurement in a line.
//!
//! ```text
//! # comments begin with a hash
//! sample, T [K], sigma [S/cm], sigma_error [S/cm], S [uV/K], S_error [uV/K]
//! A,      4.2,   12.1,         0.2,                -31.5,    0.8
//! ```
//!
//! Columns may come in any order, separated by commas, semicolons or tabs. An empty cell is a value that was not measured.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::column;
use super::nearest::nearest;
use super::value::brief;
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::schema::{Column, Dimension, Range as Allowed};
use crate::units::{KELVIN, UNITS, Unit};

/// Measurements, column by column, in the units of the table of keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measurements {
    words: BTreeMap<String, Vec<String>>,
    numbers: BTreeMap<String, Vec<f64>>,
    /// Units as the header writes them.
    units: BTreeMap<String, String>,
    lines: Vec<usize>,
}

impl Measurements {
    /// The words of a column, if the file has it.
    pub(crate) fn words(&self, column: &str) -> Option<&[String]> {
        self.words.get(column).map(Vec::as_slice)
    }

    /// The numbers of a column, NaN where nothing was measured, if the file has it; `NAME_error` for standard errors.
    pub(crate) fn numbers(&self, column: &str) -> Option<&[f64]> {
        self.numbers.get(column).map(Vec::as_slice)
    }

    /// The unit of a column as the header writes it; empty without one.
    pub(crate) fn unit(&self, column: &str) -> &str {
        self.units.get(column).map_or("", String::as_str)
    }

    /// How many measurements there are.
    pub(crate) fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The line of the file of a measurement, from 1.
    pub(crate) fn line(&self, row: usize) -> usize {
        self.lines[row]
    }

    /// All columns by name; null where nothing was measured.
    pub(crate) fn to_json(&self) -> Value {
        let words = self.words.iter().map(|(name, column)| (name.clone(), json!(column)));
        let numbers = self.numbers.iter().map(|(name, column)| (name.clone(), json!(column)));
        Value::Object(words.chain(numbers).collect::<Map<_, _>>())
    }
}

/// What a column of the file holds.
struct Found {
    column: &'static Column,
    is_error: bool,
    unit: Option<Unit>,
    /// As it is written.
    symbol: String,
}

/// Reads a file that a key names. An unreadable file is an error at `place`; what is wrong inside, an error in the file itself.
pub(crate) fn read(
    folder: &Path,
    name: &str,
    key: &str,
    columns: &'static [Column],
    place: &Place,
) -> Result<Measurements, Diagnostic> {
    let (path, text) = column::text(folder, name, key, "measurements in columns", place)?;
    let source = Arc::new(Source { name: path.display().to_string(), text });
    parse(&source, key, columns)
}

fn parse(source: &Arc<Source>, key: &str, columns: &'static [Column]) -> Result<Measurements, Diagnostic> {
    let file = File { source, key };
    let mut lines = file.records()?.into_iter();
    let names: Vec<&str> = columns.iter().map(|c| c.name).collect();
    let Some(header) = lines.next() else {
        let help = format!("the first line names the columns: {}", names.join(", "));
        return Err(file.error(0..0, "the file is empty".to_owned(), "needed: a header", help));
    };
    let mut found: Vec<Found> = Vec::new();
    for cell in &header.cells {
        let new = file.column(cell, columns)?;
        if found.iter().any(|f| f.column.name == new.column.name && f.is_error == new.is_error) {
            let message = format!("column `{}` is there twice", cell.text);
            return Err(file.error(cell.span.clone(), message, "remove one", String::new()));
        }
        let other = found.iter().find(|f| f.column.name == new.column.name && f.symbol != new.symbol);
        if let Some(other) = other.filter(|_| new.has_any_unit()) {
            let message = format!("`{}` is not in the unit of `{}`", cell.text, other.name());
            let label = format!("needed: [{}]", other.symbol);
            return Err(file.error(cell.span.clone(), message, &label, String::new()));
        }
        found.push(new);
    }
    for column in columns.iter().filter(|c| c.required) {
        if !found.iter().any(|f| f.column.name == column.name && !f.is_error) {
            let message = format!("the column `{}` is missing", column.name);
            let other = column.aliases.join(" or ");
            let help =
                if other.is_empty() { String::new() } else { format!("it may also be called {other}") };
            return Err(file.error(header.span, message, &format!("needed: {}", column.name), help));
        }
    }
    let units = found.iter().map(|f| (f.name(), f.symbol.clone())).collect();
    let mut table = Measurements { units, ..Measurements::default() };
    for record in lines {
        if record.cells.len() != found.len() {
            let message =
                format!("this line has {} cells, but the header {}", record.cells.len(), found.len());
            let help = "leave a cell empty where nothing was measured".to_owned();
            return Err(file.error(record.span, message, &format!("needed: {} cells", found.len()), help));
        }
        table.lines.push(record.line);
        for (cell, found) in record.cells.iter().zip(&found) {
            let name = found.name();
            match found.column.numbers {
                None => {
                    if cell.text.is_empty() && found.column.required {
                        let message = format!("`{name}` is empty");
                        return Err(file.error(cell.span.clone(), message, "needed: a word", String::new()));
                    }
                    table.words.entry(name).or_default().push(cell.text.clone());
                }
                Some(_) => {
                    let value = file.number(cell, found)?;
                    table.numbers.entry(name).or_default().push(value);
                }
            }
        }
        // a value in a column with errors has an error, and an error has a value
        for (cell, error) in record.cells.iter().zip(&found).filter(|(_, f)| f.is_error) {
            let value = found.iter().position(|f| f.column.name == error.column.name && !f.is_error);
            let Some(value) = value.map(|k| &record.cells[k]) else {
                let message = format!("`{}` has errors but no values", error.column.name);
                return Err(file.error(cell.span.clone(), message, "no such column", String::new()));
            };
            if value.text.is_empty() != cell.text.is_empty() {
                let message = format!("a value of `{}` without its error, or the reverse", error.column.name);
                let help = "fill both cells or neither, or leave the column of errors out".to_owned();
                return Err(file.error(record.span.clone(), message, "one of the two is empty", help));
            }
        }
    }
    if table.lines.is_empty() {
        let message = "the file has a header but no measurements".to_owned();
        return Err(file.error(header.span, message, "needed: lines below it", String::new()));
    }
    Ok(table)
}

impl Found {
    /// Whether the file may choose the unit, the same for values and errors.
    fn has_any_unit(&self) -> bool {
        self.column.numbers.is_some_and(|n| n.dimension == Dimension::Arbitrary)
    }

    fn name(&self) -> String {
        if self.is_error { format!("{}_error", self.column.name) } else { self.column.name.to_owned() }
    }
}

/// A line of the file, cut into cells.
struct Line {
    cells: Vec<Cell>,
    span: Range<usize>,
    line: usize,
}

struct Cell {
    text: String,
    span: Range<usize>,
}

struct File<'a> {
    source: &'a Arc<Source>,
    key: &'a str,
}

impl File<'_> {
    fn error(&self, span: Range<usize>, message: String, label: &str, help: String) -> Diagnostic {
        let place = Place { source: self.source.clone(), span };
        Diagnostic { message, key: self.key.to_owned(), place, label: label.to_owned(), help }
    }

    fn records(&self) -> Result<Vec<Line>, Diagnostic> {
        let text = self.source.text.trim_start_matches('\u{feff}');
        let skipped = self.source.text.len() - text.len();
        let header = text.lines().find(|l| !l.trim().is_empty() && !l.starts_with('#')).unwrap_or_default();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|d| header.bytes().filter(|b| b == d).count())
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut lines = Vec::new();
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(lines),
                Err(e) => {
                    let at = e.position().map_or(0, |p| p.byte() as usize) + skipped;
                    return Err(self.error(at..at, e.to_string(), "not CSV", String::new()));
                }
            }
            let (start, line) = record.position().map_or((0, 1), |p| (p.byte() as usize, p.line() as usize));
            let end = (reader.position().byte() as usize).min(text.len());
            let raw = text.get(start..end).unwrap_or_default();
            let span = skipped + start..skipped + start + raw.trim_end().len();
            let mut from = 0;
            let cells = record.iter().map(|cell| {
                // a cell with quotes in it is not in the line as it reads
                let place = raw[from..].find(cell).map(|k| from + k..from + k + cell.len());
                let place = place.unwrap_or(from..from);
                from = place.end;
                Cell {
                    text: cell.to_owned(),
                    span: skipped + start + place.start..skipped + start + place.end,
                }
            });
            lines.push(Line { cells: cells.collect(), span, line });
        }
    }

    /// What a cell of the header names: `T [K]`, `sigma_error (S/cm)`, `sample`.
    fn column(&self, cell: &Cell, columns: &'static [Column]) -> Result<Found, Diagnostic> {
        let (name, unit) = match cell.text.find(['[', '(']) {
            Some(at) if cell.text.ends_with([']', ')']) => {
                (cell.text[..at].trim(), Some(cell.text[at + 1..cell.text.len() - 1].trim()))
            }
            _ => (cell.text.as_str(), None),
        };
        let is_error = name.ends_with("_error");
        let plain = name.strip_suffix("_error").unwrap_or(name);
        let is = |c: &&Column| c.name == plain || c.aliases.contains(&plain);
        let Some(column) = columns.iter().find(is).filter(|c| !is_error || c.numbers.is_some()) else {
            let known = columns.iter().flat_map(|c| std::iter::once(c.name).chain(c.aliases.iter().copied()));
            let label = format!("allowed: {}", columns.iter().map(|c| c.name).collect::<Vec<_>>().join(", "));
            let help = match nearest(plain, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let numbers = columns.iter().find(|c| c.numbers.is_some() && !c.required);
                    let name = numbers.map_or("value", |c| c.name);
                    format!("errors are in columns such as `{name}_error`")
                }
            };
            return Err(self.error(
                cell.span.clone(),
                format!("`{}` is not a column", brief(&cell.text)),
                &label,
                help,
            ));
        };
        let dimension = column.numbers.map_or(Dimension::Pure, |n| n.dimension);
        let measures = dimension.measures();
        let symbol = unit.unwrap_or_default().to_owned();
        let unit = match (unit, measures) {
            (None, []) => None,
            (Some(_), []) if dimension == Dimension::Arbitrary => None,
            (Some(symbol), measures) => {
                let found = Unit::named(symbol).filter(|u| measures.contains(&u.measure));
                let Some(found) = found else { return Err(self.unit(cell, column, dimension)) };
                Some(found)
            }
            (None, _) => return Err(self.unit(cell, column, dimension)),
        };
        Ok(Found { column, is_error, unit, symbol })
    }

    /// That a column has no unit, or a wrong one.
    fn unit(&self, cell: &Cell, column: &Column, dimension: Dimension) -> Diagnostic {
        let known: Vec<&str> = UNITS
            .iter()
            .filter(|u| dimension.measures().contains(&u.measure) && u.symbol.is_ascii())
            .map(|u| u.symbol)
            .collect();
        let help = format!("write the unit in brackets: {} [{}]", column.name, dimension.unit());
        let message = format!("`{}` needs a unit", brief(&cell.text));
        self.error(cell.span.clone(), message, &format!("units: {}", known.join(", ")), help)
    }

    /// The number of a cell in the unit of its dimension; NaN for an empty cell.
    fn number(&self, cell: &Cell, found: &Found) -> Result<f64, Diagnostic> {
        let Some(number) = found.column.numbers else { return Ok(f64::NAN) };
        let name = found.name();
        if cell.text.is_empty() && !found.column.required {
            return Ok(f64::NAN);
        }
        let range = if found.is_error { Allowed::above(0.0) } else { number.range };
        let base = |value: f64| match (found.unit, number.dimension) {
            (Some(unit), dimension) if dimension.is_in_kelvin() => unit.to_base(value) / KELVIN.to_base(1.0),
            (Some(unit), _) => unit.to_base(value),
            (None, _) => value,
        };
        match cell.text.parse::<f64>().map(base) {
            Ok(value) if value.is_finite() && range.contains(value) => Ok(value),
            _ => {
                let message = format!("`{name} = {}` is not possible", brief(&cell.text));
                let allowed = format!("allowed: {}", range.describe("a number"));
                let help =
                    "a point separates decimals; leave the cell empty if nothing was measured".to_owned();
                Err(self.error(cell.span.clone(), message, &allowed, help))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Number;

    const POSITIVE: Allowed = Allowed::above(0.0);
    const COLUMNS: &[Column] = &[
        Column { name: "sample", aliases: &[], numbers: None, required: false },
        Column {
            name: "temperature",
            aliases: &["T"],
            numbers: Some(Number { range: POSITIVE, dimension: Dimension::Kelvin }),
            required: true,
        },
        Column {
            name: "thermopower",
            aliases: &["S"],
            numbers: Some(Number { range: Allowed::ANY, dimension: Dimension::Thermopower }),
            required: false,
        },
    ];

    fn table(text: &str) -> Result<Measurements, Diagnostic> {
        parse(&Arc::new(Source { name: "d.csv".into(), text: text.into() }), "data.file", COLUMNS)
    }

    #[test]
    fn columns_come_in_any_order_with_their_units() {
        for text in [
            "# by hand\nsample, T [K], S [uV/K]\nA, 4.0, -20\nB, 8, \n",
            "\u{feff}S (uV/K);sample;temperature [mK]\r\n-20;A;4000\r\n;B;8e3\r\n",
            "T [K]\tS [uV/K]\tsample\n4\t-20\tA\n\n8\t\tB\n",
        ] {
            let table = table(text).unwrap();
            assert_eq!(table.words("sample"), Some(&["A".to_owned(), "B".to_owned()][..]));
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-15 * b.abs();
            let (t, s) = (table.numbers("temperature").unwrap(), table.numbers("thermopower").unwrap());
            assert!(close(t[0], 4.0) && close(t[1], 8.0), "{t:?}");
            assert!(close(s[0], -20e-6) && s[1].is_nan(), "{s:?}");
            assert!(table.numbers("thermopower_error").is_none());
        }
    }

    #[test]
    fn every_mistake_has_one_error_with_its_line() {
        for (text, message, line) in [
            ("", "empty", 1),
            ("T [K]\n", "no measurements", 1),
            ("sample, S [uV/K]\nA, 1\n", "`temperature` is missing", 1),
            ("T [K], sigma [S/m]\n1, 2\n", "not a column", 1),
            ("T [K], T [mK]\n1, 2\n", "twice", 1),
            ("T\n1\n", "needs a unit", 1),
            ("T [V]\n1\n", "needs a unit", 1),
            ("T [K]\n1\nfour\n", "temperature = four", 3),
            ("T [K]\n1\n-4\n", "temperature = -4", 3),
            ("# c\nT [K], S [uV/K]\n1, 2\n3\n", "1 cells", 4),
            ("T [K], S [uV/K], S_error [uV/K]\n1, 2, 1\n2, 3,\n", "without its error", 3),
            ("T [K], S [uV/K], S_error [uV/K]\n1, 2, 0\n", "thermopower_error = 0", 2),
            ("T [K], S_error [uV/K]\n1, 2\n", "no values", 2),
            // a cell with quotes in it, which ends within a character of the line as it reads
            ("\"b\"\"c\u{b5}a\", T [K]\n", "is not a column", 1),
        ] {
            let error = table(text).unwrap_err();
            assert!(error.message.contains(message), "{text:?}: {}", error.message);
            assert_eq!(error.line(), line, "{text:?}: {error}");
        }
    }
}
