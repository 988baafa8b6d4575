//! `diffuson show`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::words::{columns, count};
use clap::Args;
use diffuson_report::{Record, summary};
use diffuson_store::{ArraySpec, Reader};
use serde_json::Value;
use std::path::PathBuf;

pub(crate) const HELP: &str = "Example:\n  diffuson show results/local-heat.zarr";

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The record, a folder NAME.zarr
    store: PathBuf,
}

/// Prints where a record comes from, what is in it, and its results.
pub(crate) fn run(args: &ShowArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let reader = Reader::open(&args.store).map_err(Failure::reading)?;
    let record = Record::outline(&reader)?;
    let mut text = format!("{}\n\n", reader.provenance().title);
    text.push_str(&columns(&facts(&reader, &record)));
    text.push_str("\narrays\n");
    text.push_str(&columns(&reader.arrays().map(array).collect::<Vec<_>>()));
    text.push_str("\nresults\n");
    text.push_str(&summary(&record)?);
    terminal.say(&text)?;
    Ok(Exit::Done)
}

/// Provenance and size.
fn facts(reader: &Reader, record: &Record) -> Vec<Vec<String>> {
    let from = reader.provenance();
    let mut facts = vec![
        ("kind", from.kind.clone()),
        ("seed", from.seed.to_string()),
        ("version", from.version.clone()),
        ("study", from.fingerprint()),
    ];
    if let Some(shard) = &from.shard {
        facts.push(("shard", shard.replace('/', " of ")));
    }
    if !from.overrides.is_empty() {
        facts.push(("overrides", from.overrides.join("  ")));
    }
    if let Some(Value::Object(sweep)) = from.settings.get("sweep") {
        facts.extend(sweep.iter().map(|(key, values)| ("sweep", format!("{key} = {values}"))));
    }
    facts.push(("samples", samples(reader, record)));
    facts.push(("dimensions", dimensions(reader)));
    facts.into_iter().map(|(name, fact)| vec![name.to_owned(), fact]).collect()
}

fn samples(reader: &Reader, record: &Record) -> String {
    let [done, failed] =
        ["samples_done", "samples_failed"].map(|name| record.reals(name).iter().sum::<f64>());
    let missing = reader.points() as f64 * reader.samples() as f64 - done - failed;
    let size = format!("{} x {}", count(reader.points(), "point"), count(reader.samples(), "sample"));
    format!("{size}: {done} done, {failed} failed, {missing} missing")
}

/// Names and sizes, in the order in which the arrays name them.
fn dimensions(reader: &Reader) -> String {
    let mut names: Vec<&str> = Vec::new();
    for dim in reader.arrays().flat_map(|array| &array.dims) {
        if !names.contains(&dim.as_str()) {
            names.push(dim);
        }
    }
    let sized = names.iter().map(|name| format!("{name} {}", reader.size(name).unwrap_or(0)));
    sized.collect::<Vec<_>>().join(", ")
}

fn array(spec: &ArraySpec) -> Vec<String> {
    let units = if spec.units == "1" { String::new() } else { spec.units.clone() };
    vec![format!("{} ({})", spec.name, spec.dims.join(", ")), units, spec.long_name.clone()]
}
