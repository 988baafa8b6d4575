//! The table of a kind as a JSON Schema, for editors that complete and check TOML.
//!
//! The schema says what one key may be and which keys go together; what needs arithmetic (lists with one number per
//! site, units that need the hopping, the band) is left to the validation.

use std::ops::Bound::{Excluded, Included, Unbounded};

use serde_json::{Map, Value, json};

use super::{Choice, Condition, Form, Key, Kind, Need, Number, Range};
use crate::units::UNITS;

impl Kind {
    /// The JSON Schema (draft 2020-12) of study files of this kind.
    pub fn json_schema(&self) -> Value {
        let mut properties = Map::new();
        for key in self.keys_of("") {
            properties.insert(key.name().to_owned(), describe(key));
        }
        for (section, doc) in self.sections {
            let keys: Map<_, _> =
                self.keys_of(section).map(|key| (key.name().to_owned(), describe(key))).collect();
            properties.insert((*section).to_owned(), object(doc, keys));
        }
        let axes =
            self.keys().filter(|key| key.sweepable).map(|key| (key.path.to_owned(), axis(key))).collect();
        properties
            .insert("sweep".to_owned(), object("Lists of values; one point for every combination.", axes));
        let head = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": format!("Diffuson study: {}", self.name),
        });
        let together: Vec<_> = self.keys().flat_map(|key| self.together(key)).collect();
        merged([head, object(self.doc, properties), json!({ "allOf": together })])
    }

    /// What a key demands of others.
    fn together(&self, key: &Key) -> Vec<Value> {
        let applies = match key.when {
            [] => None,
            when => Some(json!({ "allOf": when.iter().map(|c| self.holds(c)).collect::<Vec<_>>() })),
        };
        let mut rules = Vec::new();
        if key.need == Need::Required {
            match &applies {
                None => rules.push(given(key)),
                Some(applies) => rules.push(json!({ "if": applies, "then": given(key) })),
            }
        }
        if let Some(applies) = applies {
            rules.push(json!({ "if": given(key), "then": applies }));
        }
        rules
    }

    /// That a condition holds at some point of the sweep.
    fn holds(&self, condition: &Condition) -> Value {
        let (Condition::Given(path) | Condition::NotGiven(path) | Condition::Is(path, _)) = condition;
        let Some(key) = self.key(path) else { return json!(true) };
        match condition {
            Condition::Given(_) => given(key),
            Condition::NotGiven(_) => json!({ "not": given(key) }),
            Condition::Is(_, words) => {
                let is = json!({ "enum": words });
                let mut ways = vec![
                    swept(path, json!({ "contains": is })),
                    json!({ "allOf": [{ "not": swept(path, json!(true)) }, within(key, is)] }),
                ];
                if matches!(key.need, Need::Default(text) if words.contains(&text.trim_matches('"'))) {
                    ways.push(json!({ "not": given(key) }));
                }
                json!({ "anyOf": ways })
            }
        }
    }
}

/// That the key is given, in its section or in the sweep.
fn given(key: &Key) -> Value {
    let here = within(key, json!(true));
    if key.sweepable { json!({ "anyOf": [here, swept(key.path, json!(true))] }) } else { here }
}

/// That the key is given in its section and satisfies a schema.
fn within(key: &Key, schema: Value) -> Value {
    let entry = json!({ "required": [key.name()], "properties": { key.name(): schema } });
    match key.section() {
        "" => entry,
        section => json!({ "required": [section], "properties": { section: entry } }),
    }
}

/// That the key is swept and its list satisfies a schema.
fn swept(path: &str, schema: Value) -> Value {
    json!({ "required": ["sweep"], "properties": { "sweep": { "required": [path], "properties": { path: schema } } } })
}

fn object(doc: &str, properties: Map<String, Value>) -> Value {
    json!({ "description": doc, "type": "object", "additionalProperties": false, "properties": properties })
}

fn describe(key: &Key) -> Value {
    let value = match key.need {
        Need::Default(text) => json!({ "default": from_toml(text) }),
        Need::Required | Need::Absent(_) => json!({ "examples": [from_toml(key.example)] }),
    };
    merged([form(key.form), json!({ "description": sentence(key) }), value])
}

fn sentence(key: &Key) -> String {
    let unit = key.unit();
    let unit = if unit.is_empty() { String::new() } else { format!(" Unit: {unit}.") };
    let absent =
        if let Need::Absent(meaning) = key.need { format!(" If absent: {meaning}.") } else { String::new() };
    let words = match key.form {
        Form::Choice(choices) => choices.iter().map(|c| format!("\n{}: {}", c.name, c.doc)).collect(),
        _ => String::new(),
    };
    format!("{}{unit}{absent}{words}", key.doc)
}

fn axis(key: &Key) -> Value {
    json!({ "description": key.doc, "type": "array", "minItems": 1, "uniqueItems": true, "items": form(key.form.swept()) })
}

fn form(form: Form) -> Value {
    match form {
        Form::Text => json!({ "type": "string", "minLength": 1, "maxLength": 200 }),
        Form::File | Form::Table(_) => json!({ "type": "string", "minLength": 1 }),
        Form::Choice(choices) => words(choices),
        Form::Subset(choices) => json!({
            "type": "array", "contains": words(&choices[..1]), "uniqueItems": true, "items": words(choices),
        }),
        Form::Integer(range) => bounded("integer", range),
        Form::Integers(range, may_be_empty) => json!({
            "type": "array", "minItems": usize::from(!may_be_empty), "uniqueItems": true, "items": bounded("integer", range),
        }),
        Form::Number(n) => number(n),
        Form::Numbers(n) => json!({ "type": "array", "items": number(n) }),
        Form::List(n) => json!({ "type": "array", "minItems": 1, "items": number(n) }),
        Form::PerSite(n) => json!({ "anyOf": [number(n), { "type": "array", "items": number(n) }] }),
        Form::Or(choice, other) => json!({ "anyOf": [words(&[choice]), self::form(*other)] }),
    }
}

fn words(choices: &[Choice]) -> Value {
    json!({ "enum": choices.iter().map(|c| c.name).collect::<Vec<_>>() })
}

/// A number, or a text with one of the units of the dimension.
fn number(n: Number) -> Value {
    let measures = n.dimension.measures();
    if measures.is_empty() {
        return bounded("number", n.range);
    }
    let known = UNITS.iter().filter(|u| measures.contains(&u.measure)).map(|u| u.symbol);
    let known = known.chain(n.dimension.is_in_hopping().then_some("t"));
    // symbols such as 1/(Ohm m) have characters that mean something in a pattern
    let units = known.map(|s| s.replace('(', r"\(").replace(')', r"\)")).collect::<Vec<_>>().join("|");
    let pattern = format!(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*({units})\s*$");
    let text = json!({ "type": "string", "pattern": pattern });
    if n.dimension.is_scale() { text } else { json!({ "anyOf": [bounded("number", n.range), text] }) }
}

fn bounded(kind: &str, range: Range) -> Value {
    let end = |v: f64| if kind == "integer" { json!(v as i64) } else { json!(v) };
    let mut schema = json!({ "type": kind });
    match range.low {
        Included(v) => schema["minimum"] = end(v),
        Excluded(v) => schema["exclusiveMinimum"] = end(v),
        Unbounded => {}
    }
    match range.high {
        Included(v) => schema["maximum"] = end(v),
        Excluded(v) => schema["exclusiveMaximum"] = end(v),
        Unbounded => {}
    }
    schema
}

/// A default or example of the table as JSON; the tests see to it that all of them are TOML.
fn from_toml(text: &str) -> Value {
    toml::from_str::<Map<String, Value>>(&format!("value = {text}"))
        .ok()
        .and_then(|mut map| map.remove("value"))
        .unwrap_or(Value::Null)
}

/// One object of several; where they share a key, the later one holds.
fn merged<const N: usize>(parts: [Value; N]) -> Value {
    let entries =
        parts.into_iter().flat_map(|part| if let Value::Object(map) = part { map } else { Map::new() });
    Value::Object(entries.collect())
}
