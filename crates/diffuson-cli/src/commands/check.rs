//! `diffuson check`

use crate::args::{StudyArgs, ThreadArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::outline;
use crate::terminal::Terminal;
use crate::words::{bytes, columns, significant, time};
use clap::Args;
use diffuson_study::run::ensemble;
use diffuson_study::{Cost, Forecast, Study, forecast};
use serde_json::{Value, json};

pub(crate) const HELP: &str = "\
Computes one sample of the cheapest point to measure the speed, unless that would take long. Writes nothing.

Example:
  diffuson check studies/local-heat.toml --threads 8";

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    study: StudyArgs,
    #[command(flatten)]
    threads: ThreadArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Validates a study and predicts time, memory and disk.
pub(crate) fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let study = args.study.read()?;
    let forecast = forecast(&study, args.threads.count())?;
    let costs = &forecast.costs;
    if args.json {
        terminal.say(&format!("{:#}\n", object(&study, &forecast)))?;
    } else {
        terminal.say(&format!("{}\n", outline::headline(&study, costs)))?;
        terminal.say(&format!("\n{}\n{}", columns(&table(costs)), words(&forecast)))?;
    }
    Ok(Exit::Done)
}

/// One row for all consecutive points that cost the same.
fn table(costs: &[Cost]) -> Vec<Vec<String>> {
    let head =
        ["points", "system", "method", "Gflop per sample", "memory per sample", "stored per sample", "why"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut first = 0;
    let described = |point: usize| {
        let cost = &costs[point];
        [
            cost.system.clone(),
            cost.method.clone(),
            significant(cost.operations / 1e9),
            bytes(cost.memory),
            bytes(cost.stored),
            cost.reason.clone(),
        ]
    };
    while first < costs.len() {
        let row = described(first);
        let next = (first + 1..costs.len()).find(|&point| described(point) != row).unwrap_or(costs.len());
        let points = if next == first + 1 { first.to_string() } else { format!("{first} to {}", next - 1) };
        rows.push(std::iter::once(points).chain(row).collect());
        first = next;
    }
    rows
}

fn words(forecast: &Forecast) -> String {
    let Forecast { threads, speed, trial, seconds, memory, disk, .. } = forecast;
    let speed = significant(speed / 1e9);
    let origin = match trial {
        Some((point, seconds)) => {
            format!("measured: one sample of point {point} took {}", short_time(*seconds))
        }
        None => "assumed: one sample would take too long to measure".to_owned(),
    };
    let on = format!("on {threads} thread{}", if *threads == 1 { "" } else { "s" });
    columns(&[
        vec!["speed".to_owned(), format!("{speed} Gflop/s per thread ({origin})")],
        vec!["time".to_owned(), format!("about {} {on}", time(*seconds))],
        vec!["memory".to_owned(), format!("about {} {on}", bytes(*memory))],
        vec!["disk".to_owned(), format!("at most {}", bytes(*disk))],
    ])
}

/// As [`time`], with milliseconds.
fn short_time(seconds: f64) -> String {
    if seconds < 1.0 { format!("{} ms", significant(1e3 * seconds)) } else { time(seconds) }
}

fn object(study: &Study, forecast: &Forecast) -> Value {
    let points = forecast.costs.iter().zip(json::points(study)).map(|(cost, swept)| {
        json!({
            "swept": swept,
            "system": cost.system,
            "method": cost.method,
            "reason": cost.reason,
            "operations": cost.operations,
            "memory_bytes": cost.memory,
            "stored_bytes": cost.stored,
        })
    });
    json!({
        "study": study.source().name,
        "title": study.title(),
        "kind": study.kind().name,
        "seed": ensemble(study).seed,
        "samples": forecast.samples,
        "points": points.collect::<Vec<_>>(),
        "threads": forecast.threads,
        "operations_per_second": forecast.speed,
        "measured": forecast.trial.is_some(),
        "seconds": forecast.seconds,
        "memory_bytes": forecast.memory,
        "disk_bytes": forecast.disk,
    })
}
