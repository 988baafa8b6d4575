//! The tables of the page.

use serde_json::Value;

use crate::html::rich::rich;
use crate::number::{short, typeset};
use crate::record::Record;
use crate::run::Run;
use crate::svg::escape;
use crate::symbols;

/// Longest value of a parameter that is printed in full, characters.
const LONGEST: usize = 120;

/// One sentence: did everything hold?
pub(crate) fn verdict(run: &Run) -> String {
    let audits = run.audits();
    let violated = audits.iter().filter(|audit| audit.violations > 0).count();
    let checked = audits.iter().filter(|audit| audit.worst.is_some()).count();
    let failed = run.failed_count();
    let (class, mut text) = match (checked, violated) {
        _ if !run.audits_are_known() => ("", "The audit is known when the run has ended.".to_owned()),
        (0, _) => ("bad", "No conservation law was checked.".to_owned()),
        (n, 0) => ("good", format!("All {n} laws hold in every finished sample.")),
        (n, v) => ("bad", format!("{v} of {n} laws are violated.")),
    };
    if failed > 0 {
        let all = run.points * run.samples;
        text.push_str(&format!(
            " <span class=\"bad\">{failed} of {all} samples failed</span> and are left out of all averages."
        ));
    }
    let warnings: String = run.warnings().iter().map(|w| format!("<li>{}</li>\n", rich(w))).collect();
    let warnings = if warnings.is_empty() {
        warnings
    } else {
        format!("<p class=\"warning\">Limits of validity:</p>\n<ul class=\"warning\">\n{warnings}</ul>\n")
    };
    format!("<p class=\"verdict {class}\">{text}</p>\n{warnings}")
}

/// Every law with the check that came closest to failing.
pub(crate) fn audits(run: &Run) -> String {
    if !run.audits_are_known() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = run
        .audits()
        .iter()
        .map(|audit| {
            let name = escape(audit.name);
            let Some(check) = audit.worst else {
                return vec![
                    name,
                    "–".to_owned(),
                    "–".to_owned(),
                    "<span class=\"quiet\">not applicable</span>".to_owned(),
                    String::new(),
                ];
            };
            let verdict = match audit.violations {
                0 => "<span class=\"good\">passed</span>".to_owned(),
                n => format!(
                    "<span class=\"bad\">failed</span> in {n} sample{}",
                    if n == 1 { "" } else { "s" }
                ),
            };
            let place = rich(&run.sample_label(check.point, check.sample));
            vec![name, typeset(&short(check.residual, 2)), typeset(&short(check.allowed, 2)), verdict, place]
        })
        .collect();
    table("", &["law", "worst residual", "allowed", "verdict", "where"], &rows, &[1, 2])
}

/// All estimated quantities, one row per point.
pub(crate) fn estimates(run: &Run) -> String {
    let ids: Vec<&String> = run
        .quantities()
        .iter()
        .filter(|id| (0..run.points).any(|point| run.estimate(id, point).value.is_finite()))
        .collect();
    if ids.is_empty() {
        return "<p>No estimates are recorded; they are written when a run ends.</p>\n".to_owned();
    }
    let mut head: Vec<String> =
        run.sweeps.iter().map(|s| heading(&symbols::symbol(s.key), s.units)).collect();
    head.extend(ids.iter().map(|id| {
        let (name, units) = run.quantity_label(id);
        heading(&name, units)
    }));
    head.push("samples".to_owned());
    let rows: Vec<Vec<String>> = (0..run.points)
        .map(|point| {
            let mut row: Vec<String> = run.sweeps.iter().map(|s| escape(&typeset(&s.text(point)))).collect();
            row.extend(ids.iter().map(|id| typeset(&run.estimate(id, point).text())));
            row.push(run.sample_count(point).to_string());
            row
        })
        .collect();
    let numbers: Vec<usize> = (0..head.len()).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let caption = "Errors in parentheses are one standard error in the last digits.";
    table(caption, &head, &rows, &numbers)
}

/// Fitted exponents beside what theory expects.
pub(crate) fn fits(run: &Run) -> String {
    let fits = run.fits();
    if fits.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = fits
        .iter()
        .map(|fit| {
            vec![
                rich(&fit.label(run)),
                typeset(&fit.result.text()),
                typeset(&short(fit.expected, 4)),
                rich(fit.reference),
                fit.points.map_or("–".to_owned(), |n| n.to_string()),
            ]
        })
        .collect();
    table("Fits", &["exponent", "fitted", "expected", "from", "points"], &rows, &[1, 2, 4])
}

/// Samples that failed, with their reasons.
pub(crate) fn failures(run: &Run) -> String {
    let failures = run.failures();
    if failures.is_empty() {
        return "<p>None.</p>\n".to_owned();
    }
    let rows: Vec<Vec<String>> = failures
        .iter()
        .map(|(point, sample, reason)| vec![rich(&run.sample_label(*point, *sample)), escape(reason)])
        .collect();
    let more = match run.failed_count().saturating_sub(rows.len()) {
        0 => String::new(),
        more => format!("<p>And {more} more; the record holds the reasons of all.</p>\n"),
    };
    table("", &["sample", "reason"], &rows, &[]) + &more
}

/// Every setting with its resolved value.
pub(crate) fn parameters(run: &Run) -> String {
    let mut settings = Vec::new();
    if let Some(root) = run.record.attributes.get("settings") {
        flatten("", root, &mut settings);
    }
    let rows: Vec<Vec<String>> = settings
        .into_iter()
        .filter(|(key, _)| key != "title" && key != "kind")
        .map(|(key, value)| {
            let name = key.strip_prefix("sweep.").unwrap_or(&key);
            let unit = run.sweep(name).map_or_else(|| fixed_unit(run, name), |sweep| sweep.units);
            vec![format!("<code>{}</code>", escape(&key)), escape(&value), rich(&symbols::unit_label(unit))]
        })
        .collect();
    if rows.is_empty() {
        return "<p>The record states no settings.</p>\n".to_owned();
    }
    table("", &["key", "value", "unit"], &rows, &[])
}

/// Where the numbers come from and how to get them again.
pub(crate) fn provenance(record: &Record) -> String {
    let overrides: Vec<&str> = record
        .attributes
        .get("overrides")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut command = "diffuson run study.toml".to_owned();
    for change in &overrides {
        command.push_str(&format!(" --set {}", quoted(change)));
    }
    let shard = record.text_attribute("shard");
    if !shard.is_empty() {
        command.push_str(&format!(" --shard {}", quoted(shard)));
    }
    let mut rows: Vec<Vec<String>> = [
        ("version", "version"),
        ("seed", "seed"),
        ("study_fingerprint", "fingerprint of the study"),
        ("shard", "shard"),
    ]
    .into_iter()
    .filter(|(key, _)| *key != "shard" || !shard.is_empty())
    .map(|(key, name)| vec![name.to_owned(), format!("<code>{}</code>", escape(record.text_attribute(key)))])
    .collect();
    if !overrides.is_empty() {
        let list =
            overrides.iter().map(|o| format!("<code>{}</code>", escape(o))).collect::<Vec<_>>().join("<br>");
        rows.push(vec!["changes on the command line".to_owned(), list]);
    }
    format!(
        "{}<p>To repeat, save the study below as <code>study.toml</code> and run</p>\n<pre class=\"command\">{}</pre>\n\
         <details open>\n<summary>Study, word for word</summary>\n<pre>{}</pre>\n</details>\n\
         <p class=\"quiet\">Same study, seed and version give the same numbers, bit for bit.</p>\n",
        table("", &[], &rows, &[]),
        escape(&command),
        escape(record.text_attribute("study")),
    )
}

/// An argument as a POSIX shell takes it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-=+:,/@%".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

fn flatten(prefix: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let text = match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, value, out);
            }
            return;
        }
        Value::Null => return,
        Value::Array(items) if items.is_empty() => return,
        // Whole numbers (a seed) keep all their digits.
        Value::Number(number) if number.is_f64() => typeset(&short(number.as_f64().unwrap_or(f64::NAN), 15)),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            items.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    let shown: String = text.chars().take(LONGEST).collect();
    let more = if shown.len() < text.len() { " …" } else { "" };
    out.push((prefix.to_owned(), shown + more));
}

/// The unit of a key that is not swept; kinds have temperatures in units of their own.
fn fixed_unit<'a>(run: &Run<'a>, key: &str) -> &'a str {
    match key {
        "temperature.from" | "temperature.to" => {
            run.array("temperature").map_or("", |array| array.text_attribute("units"))
        }
        key => symbols::unit(key),
    }
}

fn heading(name: &str, unit: &str) -> String {
    let unit = rich(&symbols::unit_label(unit));
    if unit.is_empty() { rich(name) } else { format!("{} <span class=\"unit\">{unit}</span>", rich(name)) }
}

/// A table of HTML cells; `numbers` are the columns aligned for reading figures.
fn table(caption: &str, head: &[&str], rows: &[Vec<String>], numbers: &[usize]) -> String {
    let cells = |tag: &str, row: &mut dyn Iterator<Item = &str>| -> String {
        let cell = |(i, text): (usize, &str)| {
            let class = if numbers.contains(&i) { " class=\"number\"" } else { "" };
            format!("<{tag}{class}>{text}</{tag}>")
        };
        row.enumerate().map(cell).collect()
    };
    let mut out = "<div class=\"table\" tabindex=\"0\">\n<table>\n".to_owned();
    if !caption.is_empty() {
        out.push_str(&format!("<caption>{caption}</caption>\n"));
    }
    if !head.is_empty() {
        out.push_str(&format!("<thead><tr>{}</tr></thead>\n", cells("th", &mut head.iter().copied())));
    }
    out.push_str("<tbody>\n");
    for row in rows {
        out.push_str(&format!("<tr>{}</tr>\n", cells("td", &mut row.iter().map(String::as_str))));
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_survive_the_shell() {
        assert_eq!(quoted("ensemble.samples=8"), "ensemble.samples=8");
        assert_eq!(quoted("title=it's"), r"'title=it'\''s'");
        assert_eq!(quoted("a=$(rm)"), "'a=$(rm)'");
        assert_eq!(quoted(""), "''");
    }
}
