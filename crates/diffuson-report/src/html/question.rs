//! What was computed, in one paragraph.

use serde_json::Value;

use crate::html::rich::rich;
use crate::number::{short, typeset};
use crate::run::Run;
use crate::symbols::{symbol, unit, unit_label};

pub(crate) fn describe(run: &Run) -> String {
    let value = |key: &str| setting(run, key);
    let mut text = String::new();

    let shape = ["conductor.length", "conductor.width"].map(value);
    let lattice = value("conductor.lattice").map(|name| format!("{name} lattice, "));
    let sides = value("conductor.boundary").map(|sides| format!("{sides} sides"));
    if let [Some(length), Some(width)] = shape {
        let height =
            value("conductor.height").filter(|h| h != "1").map_or(String::new(), |h| format!(" × {h}"));
        let kind = [lattice, sides].into_iter().flatten().collect::<String>();
        let kind = kind.trim_end_matches(", ");
        let kind = if kind.is_empty() { String::new() } else { format!(" ({kind})") };
        text.push_str(&format!("A conductor of {length} × {width}{height} sites{kind} joins two leads"));
    } else {
        text.push_str("A conductor joins two leads");
    }
    if let Some(energy) = value("conductor.energy") {
        text.push_str(&format!(", which feed it electrons of energy $E$ = {energy}"));
    }
    text.push_str(". ");
    if let Some(kind) = value("disorder.kind") {
        let width =
            ["disorder.width", "disorder.deviation"].into_iter().find_map(|k| Some((symbol(k), value(k)?)));
        let width = width.map_or(String::new(), |(symbol, w)| format!(", {symbol} = {w}"));
        text.push_str(&format!("Random site energies ({kind}{width}) scatter them elastically. "));
    }
    let temperature = setting(run, "probes.measure").is_some_and(|m| m.contains("temperature"));
    let strength = value("probes.coupling")
        .map_or(String::new(), |g| format!(" of coupling {} = {g}", symbol("probes.coupling")));
    text.push_str(&format!(
        "Probes{strength} on the sites take up electrons and give back as many: electrons lose their phase there, but \
         not their number, and each probe settles at the local potential{}. ",
        if temperature { "; in a second calculation it also settles at the local temperature" } else { "" }
    ));
    text.push_str(
        "The heat $q$ that a probe receives, to first order in the bias, is the local Peltier heat: positive where the \
         metal gives heat to the probe, negative where it takes heat up. Times $\\pi^2 (kT)^2/3h$ it is the heat current. ",
    );
    let done: usize = (0..run.points).map(|point| run.done(point).count()).sum();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    text.push_str(&format!("The record holds {}", plural(done, "finished sample")));
    if run.points > 1 {
        text.push_str(&format!(" at {} of a sweep", plural(run.points, "point")));
    }
    text.push('.');
    format!("<p>{}</p>\n", rich(&text))
}

/// A setting as text with its unit; a swept key lists its values.
fn setting(run: &Run, key: &str) -> Option<String> {
    if let Some(sweep) = run.sweep(key) {
        let mut values: Vec<String> = (0..run.points).map(|point| typeset(&sweep.text(point))).collect();
        let mut seen = Vec::new();
        values.retain(|v| {
            !seen.contains(v) && {
                seen.push(v.clone());
                true
            }
        });
        return Some(format!("{}{}", values.join(", "), spaced(sweep.units)));
    }
    let mut value = run.record.attributes.get("settings")?;
    for part in key.split('.') {
        value = value.get(part)?;
    }
    let text = match value {
        Value::String(text) => return Some(text.clone()),
        Value::Number(number) => typeset(&short(number.as_f64()?, 12)),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        _ => return None,
    };
    let unit = if key.starts_with("conductor.") && key != "conductor.energy" { "" } else { unit(key) };
    Some(format!("{text}{}", spaced(unit)))
}

fn spaced(unit: &str) -> String {
    let label = unit_label(unit);
    if label.is_empty() { label } else { format!(" {label}") }
}
