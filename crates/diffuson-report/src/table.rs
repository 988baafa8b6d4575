//! The estimates as plain text for the terminal.

use crate::error::ReportError;
use crate::kind::Kind;
use crate::label::plain;
use crate::number::short;
use crate::record::Record;
use crate::run::Run;
use crate::symbols;

/// A summary of `record`: one row per point, then fits, audits, warnings and failed samples.
///
/// Errors in parentheses are one standard error in the last digits.
///
/// # Errors
///
/// [`ReportError::Kind`] for records of an unknown kind, [`ReportError::Missing`] or
/// [`ReportError::Shape`] if the record contradicts itself.
pub fn summary(record: &Record) -> Result<String, ReportError> {
    let run = Run::new(record)?;
    let mut out = columns(&estimates(&run, Kind::of(record)?));
    let fits = fits(&run);
    if !fits.is_empty() {
        out.push('\n');
        out.push_str(&columns(&fits));
    }
    out.push('\n');
    out.push_str(&audits(&run));
    out.extend(run.verdict().map(|verdict| format!("  verdict  {verdict}\n")));
    out.extend(run.warnings().iter().map(|warning| format!("  warning  {}\n", warning.replace('\n', " "))));
    out.extend(failures(&run));
    Ok(out)
}

/// Audits and failed samples alone: what can be said of a shard, whose averages stand for nothing yet.
///
/// # Errors
///
/// [`ReportError::Shape`] if the record contradicts itself.
pub fn soundness(record: &Record) -> Result<String, ReportError> {
    let run = Run::new(record)?;
    Ok(audits(&run) + &failures(&run).concat())
}

fn estimates(run: &Run, kind: &Kind) -> Vec<Vec<String>> {
    let present: Vec<(&str, &str)> = kind
        .columns
        .iter()
        .copied()
        .filter(|(id, _)| (0..run.points).any(|point| run.estimate(id, point).value.is_finite()))
        .collect();
    let unit = |unit: &str| {
        let unit = if unit == "1" { "" } else { unit };
        if unit.is_empty() { String::new() } else { format!(" [{unit}]") }
    };
    let mut heading: Vec<String> =
        run.sweeps.iter().map(|s| format!("{}{}", symbols::words(s.key), unit(s.units))).collect();
    heading.extend(present.iter().map(|(id, name)| format!("{name}{}", unit(run.quantity_label(id).1))));
    heading.push("samples".to_owned());
    let rows = (0..run.points).map(|point| {
        let mut row: Vec<String> = run.sweeps.iter().map(|sweep| sweep.text(point)).collect();
        row.extend(present.iter().map(|(id, _)| run.estimate(id, point).text()));
        row.push(run.sample_count(point).to_string());
        row
    });
    std::iter::once(heading).chain(rows).collect()
}

fn fits(run: &Run) -> Vec<Vec<String>> {
    let fits = run.fits().into_iter().filter(|fit| fit.result.value.is_finite());
    fits.map(|fit| {
        let expected = if fit.expected.is_finite() { short(fit.expected, 4) } else { String::new() };
        let expected = match (fit.reference, expected.as_str()) {
            (_, "") => String::new(),
            ("", expected) => format!("expected {expected}"),
            (reference, expected) => format!("{reference}: {expected}"),
        };
        vec![plain(&fit.label(run)), fit.result.text(), expected]
    })
    .collect()
}

/// Widest line of residuals.
const LINE: usize = 96;

/// Residuals, then the verdict; a failed audit gets a line of its own.
fn audits(run: &Run) -> String {
    let audits = run.audits();
    if !run.audits_are_known() {
        return "  audit    known when the run has ended\n".to_owned();
    }
    if audits.is_empty() {
        return "  audit    none recorded\n".to_owned();
    }
    let parts: Vec<String> = audits
        .iter()
        .filter_map(|audit| Some(format!("{} {}", audit.name, short(audit.worst?.residual, 1))))
        .collect();
    let failed: Vec<_> = audits.iter().filter(|audit| audit.violations > 0).collect();
    let verdict = match failed.len() {
        _ if parts.is_empty() => "no law was checked",
        0 => "all passed",
        1 => "1 law FAILED",
        n => &format!("{n} laws FAILED"),
    };
    let mut lines = vec![String::new()];
    for part in parts.iter().map(String::as_str).chain([verdict]) {
        if lines.last().is_some_and(|line| line.len() + part.len() + 3 > LINE) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if line.is_empty() { "" } else { "   " });
            line.push_str(part);
        }
    }
    let mut out = format!("  audit    {}\n", lines.join("\n           "));
    for audit in failed {
        if let Some(check) = audit.worst {
            out.push_str(&format!(
                "  FAILED   {}: residual {}, allowed {}, in {}; {} samples in all\n",
                audit.name,
                short(check.residual, 3),
                short(check.allowed, 3),
                place(run, check.point, check.sample),
                audit.violations
            ));
        }
    }
    out
}

/// How many samples failed, and the first few with their reasons.
fn failures(run: &Run) -> Vec<String> {
    const SHOWN: usize = 5;
    let (failures, failed) = (run.failures(), run.failed_count());
    if failed == 0 {
        return Vec::new();
    }
    let mut lines =
        vec![format!("  {failed} of {} samples failed and are left out:\n", run.points * run.samples)];
    lines.extend(failures.iter().take(SHOWN).map(|(point, sample, reason)| {
        format!("    {}: {}\n", place(run, *point, *sample), reason.replace('\n', " "))
    }));
    if failed > SHOWN {
        lines.push(format!("    and {} more\n", failed - SHOWN));
    }
    lines
}

fn place(run: &Run, point: usize, sample: usize) -> String {
    plain(&run.sample_label(point, sample)).replace('\u{a0}', " ").replace('\u{2212}', "-")
}

/// Rows as left-aligned columns.
fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut out = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for (column, cell) in row.iter().enumerate() {
            line.push_str(&format!(" {cell:<width$}  ", width = width(column)));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
