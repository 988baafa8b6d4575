//! The settings of a study, as a record holds them, for sentences.

use serde_json::Value;

use crate::number::{short, typeset};
use crate::run::Run;
use crate::symbols::{unit, unit_label};

/// The value of a key of the study.
pub(crate) struct Setting<'a> {
    pub(crate) text: String,
    unit: &'a str,
}

impl Setting<'_> {
    /// The value with its unit, with LaTeX.
    pub(crate) fn with_unit(&self) -> String {
        let unit = unit_label(self.unit);
        if unit.is_empty() { self.text.clone() } else { format!("{} {unit}", self.text) }
    }
}

/// A setting as text; a swept key lists its values.
pub(crate) fn setting<'a>(run: &Run<'a>, key: &str) -> Option<Setting<'a>> {
    if let Some(sweep) = run.sweep(key) {
        let mut values: Vec<String> = Vec::new();
        for point in 0..run.points {
            let value = typeset(&sweep.text(point));
            if !values.contains(&value) {
                values.push(value);
            }
        }
        return Some(Setting { text: values.join(", "), unit: sweep.units });
    }
    let mut value = run.record.attributes.get("settings")?;
    for part in key.split('.') {
        value = value.get(part)?;
    }
    let word = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    let (text, unit) = match value {
        Value::String(text) => (text.clone(), ""),
        Value::Number(number) => (typeset(&short(number.as_f64()?, 12)), unit(key)),
        Value::Array(items) => (items.iter().map(word).collect::<Vec<_>>().join(", "), unit(key)),
        _ => return None,
    };
    Some(Setting { text, unit })
}
