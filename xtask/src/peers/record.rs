//! What was measured: the table and the JSON file.

use super::case::Kind;
use super::compare::{Agreement, Run, TOLERANCE, median};
use super::process::Memory;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// One case, both sides.
pub(super) struct Row {
    pub(super) name: String,
    kind: Kind,
    /// Kwant's solver options that are not its defaults.
    pub(super) options: Value,
    pub(super) ours: Vec<Run>,
    pub(super) kwant: Vec<Run>,
    pub(super) agreement: Agreement,
    /// This library's and Kwant's.
    pub(super) memory: Option<[Memory; 2]>,
}

impl Row {
    pub(super) fn new(name: String, kind: Kind, options: Value) -> Self {
        Self {
            name,
            kind,
            options,
            ours: vec![],
            kwant: vec![],
            agreement: Agreement::default(),
            memory: None,
        }
    }

    pub(super) fn agrees(&self) -> bool {
        self.agreement.largest() <= TOLERANCE
    }
}

/// What ran where.
pub(super) fn heading(about: &Value) -> String {
    let kwant = &about["kwant"];
    let blas =
        kwant["blas"].as_array().into_iter().flatten().filter_map(|file| file.as_str()?.rsplit('/').next());
    let options = match words(&about["options"]) {
        _ if about["tuned"] == true => "the fastest of its options".to_owned(),
        none if none.is_empty() => {
            format!(
                "its defaults, ordering {}, {} right-hand sides at a time",
                text(&kwant["ordering"]),
                kwant["rhs"]
            )
        }
        given => given,
    };
    format!(
        "Diffuson {}; Kwant {} with MUMPS on {} ({options}); {} cores, {}",
        text(&about["version"]),
        text(&kwant["version"]),
        blas.filter(|file| !file.contains("lapack")).collect::<Vec<_>>().join(", "),
        about["cores"],
        text(&about["processor"]),
    )
}

/// Solver options in words.
fn words(options: &Value) -> String {
    let options = options.as_object().into_iter().flatten();
    options.map(|(key, value)| format!("{key} {}", text(value))).collect::<Vec<_>>().join(", ")
}

/// The table: medians, least times in brackets.
pub(super) fn table(about: &Value, rows: &[Row]) -> String {
    let mut out =
        heading(about) + "\nMedian (least) time of a call; one thread a side, all cores in ensemble-all.\n\n";
    let mut line = |cells: [&str; 6]| {
        let [name, ours, kwant, ratio, difference, phases] = cells;
        let text = format!("{name:<24} {ours:>20} {kwant:>20} {ratio:>6} {difference:>11}  {phases}");
        writeln!(out, "{}", text.trim_end()).expect("a string takes all");
    };
    line(["case", "Diffuson", "Kwant", "ratio", "difference", "of Kwant's time"]);
    for row in rows {
        let time = |runs: &[Run]| format!("{} ({})", duration(middle(runs)), duration(least(runs)));
        let ratio = middle(&row.kwant) / middle(&row.ours);
        let difference = format!("{:.0e}{}", row.agreement.largest(), if row.agrees() { "" } else { " !" });
        let mut shares: Vec<String> = phases(&row.kwant)
            .into_iter()
            .filter(|(name, _)| name != "again")
            .map(|(name, seconds)| format!("{name} {:.0} %", 100.0 * seconds / middle(&row.kwant)))
            .collect();
        if about["tuned"] == true {
            shares.push(words(&row.options));
        }
        let cells = [
            &row.name,
            &time(&row.ours),
            &time(&row.kwant),
            &format!("{ratio:.2}"),
            &difference,
            &shares.join(", "),
        ];
        line(cells.map(String::as_str));
    }
    let ensembles = rows.iter().filter(|row| matches!(row.kind, Kind::Ensemble | Kind::EnsembleAll));
    for row in ensembles {
        let rate = |runs: &[Run]| super::case::ENSEMBLE as f64 / middle(runs);
        let (ours, kwant) = (rate(&row.ours), rate(&row.kwant));
        writeln!(out, "\n{}: {ours:.1} samples/s, Kwant {kwant:.1}", row.name).expect("a string takes all");
    }
    let taken: Vec<_> = rows.iter().filter(|row| row.kind == Kind::Interop).collect();
    if !taken.is_empty() {
        out += "\nA finalized Kwant system, in Python: conversion (in it Kwant's evaluation of the Hamiltonian), S matrix; Kwant's call\n\n";
    }
    for row in taken {
        let [conversion, hamiltonian, smatrix] = times(&row.ours, ["conversion", "hamiltonian", "smatrix"]);
        let kwant = duration(middle(&row.kwant));
        writeln!(out, "{:<24} {conversion} ({hamiltonian}), {smatrix}; Kwant {kwant}", row.name)
            .expect("a string takes all");
    }
    let factored: Vec<_> = rows.iter().filter(|row| row.kind == Kind::Factor).collect();
    if !factored.is_empty() {
        out += "\nE - H - Sigma factorised: analysis, first factorisation, another one; this library also without use of the symmetry\n\n";
    }
    for row in factored {
        let ours = times(&row.ours, ["analyse", "factor", "again"]).join(", ");
        let general = times(&row.ours, ["general", "general again"]).join(", ");
        let kwant = times(&row.kwant, ["analyse", "factor", "again"]).join(", ");
        writeln!(out, "{:<24} {ours} (general {general}); MUMPS {kwant}", row.name)
            .expect("a string takes all");
    }
    let measured: Vec<_> = rows.iter().filter_map(|row| Some((&row.name, row.memory?))).collect();
    if !measured.is_empty() {
        out += "\nMemory of a fresh process in MiB: during the call above before / peak above the start / peak\n\n";
    }
    for (name, memory) in measured {
        let [ours, kwant] = memory.map(|m| {
            let mib = |bytes: u64| format!("{:.0}", bytes as f64 / 1_048_576.0);
            format!("{} / {} / {}", mib(m.call), mib(m.peak.saturating_sub(m.baseline)), mib(m.peak))
        });
        writeln!(out, "{name:<24} {ours:>20} {kwant:>20}").expect("a string takes all");
    }
    out
}

/// All numbers.
pub(super) fn json(about: &Value, rows: &[Row]) -> Value {
    let side = |runs: &[Run], memory: Option<Memory>| {
        let phases: Map<String, Value> = phases(runs).into_iter().map(|(name, s)| (name, json!(s))).collect();
        let totals: Vec<f64> = runs.iter().map(|run| run.total).collect();
        let memory = memory.map(|m| json!({"peak": m.peak, "baseline": m.baseline, "call": m.call}));
        json!({
            "seconds": {"median": middle(runs), "least": least(runs), "all": totals, "phases": phases},
            "bytes": memory,
        })
    };
    let cases: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "case": row.name,
                "ours": side(&row.ours, row.memory.map(|m| m[0])),
                "kwant": side(&row.kwant, row.memory.map(|m| m[1])),
                "ratio": middle(&row.kwant) / middle(&row.ours),
                "difference": {"transmission": row.agreement.transmission, "eigenvalue": row.agreement.eigenvalue},
                "agrees": row.agrees(),
                "options": row.options,
            })
        })
        .collect();
    json!({"about": about, "tolerance": TOLERANCE, "cases": cases})
}

fn middle(runs: &[Run]) -> f64 {
    median(runs.iter().map(|run| run.total))
}

fn least(runs: &[Run]) -> f64 {
    runs.iter().map(|run| run.total).fold(f64::INFINITY, f64::min)
}

/// Medians of the phases.
fn phases(runs: &[Run]) -> Vec<(String, f64)> {
    let names = runs.first().into_iter().flat_map(|run| run.phases.iter().map(|(name, _)| name));
    let seconds = |name: &String| {
        median(
            runs.iter()
                .flat_map(|run| run.phases.iter().filter(|phase| phase.0 == *name).map(|phase| phase.1)),
        )
    };
    names.map(|name| (name.clone(), seconds(name))).collect()
}

/// Medians of some phases, in words.
fn times<const N: usize>(runs: &[Run], names: [&str; N]) -> [String; N] {
    let all = phases(runs);
    names.map(|name| all.iter().find(|(n, _)| n == name).map_or("-".to_owned(), |p| duration(p.1)))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Words of a duration, in the unit that suits it.
fn duration(seconds: f64) -> String {
    let (value, unit) = if seconds < 1.0 { (1e3 * seconds, "ms") } else { (seconds, "s") };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}
