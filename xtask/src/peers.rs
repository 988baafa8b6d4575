//! `cargo xtask bench-peers`: the same S matrices by this library and by Kwant with MUMPS, on this machine, in turns.
//!
//! One process a side answers requests on its standard input (`peers/worker.rs`, `benchmarks/peers/kwant_worker.py`; where the Python package takes
//! Kwant's systems, the latter on both sides), so that starting Python is timed by nobody. Both sides read the same file of on-site energies, work single-threaded, and take turns sample by sample;
//! every pair of answers is compared. What is timed is the call alone, on the worker's own clock.

mod case;
mod compare;
pub(crate) mod environment;
mod ours;
pub(crate) mod process;
mod random;
mod record;
mod worker;

use case::{Kind, System};
use compare::{Agreement, Run};
use environment::Kwant;
use record::Row;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) use environment::processor;
pub(crate) use process::Worker;
pub(crate) use random::run as compare_kwant;
pub(crate) use worker::serve;

const HELP: &str = "\
usage: cargo xtask bench-peers [options]

The S matrix of disordered square and cubic conductors between two clean leads, by this library and by Kwant 1.5 with MUMPS: time,
memory, and agreement to 1e-9. Kwant is built once into target/peers-venv (some minutes; it says which Debian packages it misses), and for the
kind interop the Python package of this checkout is built and installed there.

  --quick         100 x 100 and 12^3 only, three repeats
  --only TEXT     only cases whose name holds TEXT; names are SYSTEM/KIND, e.g. square-100/ensemble
  --repeats K     measured calls a side and case [default: 5]
  --shape LxWxH   one system of this shape in place of the list
  --ordering O    MUMPS ordering in place of Kwant's choice: scotch, metis, pord, amf, amd, qamd, auto
  --rhs N         right-hand sides that Kwant solves at a time [Kwant's default: 6]
  --tune          Kwant works with the fastest of its orderings and of 6 or 32 right-hand sides, found case by case beforehand
  --python PATH   an interpreter that has Kwant already (e.g. of conda-forge) in place of target/peers-venv, and for interop this package
  --json FILE     writes every measured number
  --help          this text

Kinds: smatrix (leads computed before), one-off (leads included), ensemble (200 samples, one core), ensemble-all (200 samples, all
cores; Kwant by a process each), factor (E - H - Sigma factorised, nothing else: ours as the symmetric matrix it is and, listed below, as
a general one, as which MUMPS takes it), interop (a finalized Kwant system, leads included: kwant.smatrix against diffuson.from_kwant and
smatrix in Python, conversion and S matrix listed apart).
";

/// What the command line asks for.
struct Options {
    quick: bool,
    only: Option<String>,
    repeats: usize,
    shape: Option<[usize; 3]>,
    /// Kwant's options, as fields of its requests.
    kwant: Value,
    tune: bool,
    python: Option<PathBuf>,
    json: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let Some(options) = Options::parse(words)? else {
        print!("{HELP}");
        return Ok(());
    };
    let systems = case::systems(options.quick, options.shape);
    let cases: Vec<(&System, Kind)> = systems
        .iter()
        .flat_map(|system| system.kinds().into_iter().map(move |kind| (system, kind)))
        .filter(|(system, kind)| {
            options.only.as_ref().is_none_or(|text| case::name(system, *kind).contains(text))
        })
        .collect();
    if cases.is_empty() {
        return Err(format!("no case holds `{}`; see --help", options.only.unwrap_or_default()));
    }
    let interop = cases.iter().any(|(_, kind)| *kind == Kind::Interop);
    let kwant = environment::kwant(root, options.python.as_deref(), interop)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let about = json!({
        "version": env!("CARGO_PKG_VERSION"), "kwant": kwant.about, "options": options.kwant, "tuned": options.tune, "cores": cores,
        "processor": environment::processor(),
    });
    eprintln!("{}", record::heading(&about));
    let mut rows = Vec::new();
    for (system, kind) in cases {
        let started = Instant::now();
        eprint!("{:<24}", case::name(system, kind));
        let row = measure(&options, &kwant, system, kind, cores)?;
        eprintln!(
            "{:>8.1} s{}",
            started.elapsed().as_secs_f64(),
            if row.agrees() { "" } else { "  DISAGREE" }
        );
        rows.push(row);
    }
    print!("{}", record::table(&about, &rows));
    if let Some(file) = &options.json {
        let text = serde_json::to_string_pretty(&record::json(&about, &rows)).map_err(|e| e.to_string())?;
        std::fs::write(file, text + "\n").map_err(|e| format!("{}: {e}", file.display()))?;
    }
    match rows.iter().filter(|row| !row.agrees()).map(|row| row.name.as_str()).collect::<Vec<_>>() {
        disagree if disagree.is_empty() => Ok(()),
        disagree => {
            Err(format!("the sides disagree beyond {:e}: {}", compare::TOLERANCE, disagree.join(", ")))
        }
    }
}

/// Times one case on both sides, in turns, after one turn that warms both; then memory, in fresh processes.
fn measure(
    options: &Options,
    kwant: &Kwant,
    system: &System,
    kind: Kind,
    cores: usize,
) -> Result<Row, String> {
    // an ensemble is many samples already: few passes over all of them, and nothing to warm
    let (samples, warming, turns) = match kind {
        Kind::Ensemble | Kind::EnsembleAll => (case::ENSEMBLE, 0, options.repeats.div_ceil(3)),
        _ => (options.repeats + 1, 1, options.repeats + 1),
    };
    let energies = system.write_samples(samples)?;
    let mut ours = vec![if kind == Kind::Interop { kwant.start()? } else { Worker::ours()? }];
    let mut theirs = vec![kwant.start()?];
    if kind == Kind::EnsembleAll {
        for _ in 1..cores {
            theirs.push(kwant.start()?);
        }
    }
    for worker in ours.iter_mut().chain(&mut theirs) {
        worker.ask(&system.prepare())?;
    }
    let request = |turn: usize, kwant: &Value| {
        let mut request = kind.request(energies.path(), turn, samples, cores);
        merge(&mut request, kwant);
        request
    };
    let mut row = Row::new(case::name(system, kind), kind, options.kwant.clone());
    if options.tune {
        let probe = if kind == Kind::Factor { Kind::Factor } else { Kind::Smatrix };
        let probe = probe.request(energies.path(), 0, samples, cores);
        row.options = fastest_options(&mut theirs[0], &kwant.about["orderings"], &probe)?;
    }
    for turn in 0..turns {
        eprint!(".");
        let request = request(turn, &row.options);
        let mut our_request = request.clone();
        if kind == Kind::Interop {
            our_request["by"] = json!("diffuson");
        }
        let mine = process::ask_all(&mut ours, &our_request)?;
        let yours = process::ask_all(&mut theirs, &request)?;
        row.agreement = row.agreement.and(Agreement::of(kind, &mine, &yours)?);
        if turn >= warming {
            row.ours.push(Run::read(&mine)?);
            row.kwant.push(Run::read(&yours)?);
        }
    }
    drop((ours, theirs));
    if matches!(kind, Kind::Smatrix | Kind::Factor) {
        let request = request(0, &row.options);
        row.memory = Some([
            process::peak_memory(Worker::ours()?, &system.prepare(), &request)?,
            process::peak_memory(kwant.start()?, &system.prepare(), &request)?,
        ]);
    }
    Ok(row)
}

/// The solver options with which Kwant answers `request` fastest.
fn fastest_options(worker: &mut Worker, orderings: &Value, request: &Value) -> Result<Value, String> {
    let mut best = (f64::INFINITY, json!({}));
    for ordering in orderings.as_array().into_iter().flatten() {
        for rhs in [6, 32] {
            let options = json!({"ordering": ordering, "rhs": rhs});
            let mut request = request.clone();
            merge(&mut request, &options);
            let total = Run::read(&worker.ask(&request)?)?.total;
            if total < best.0 {
                best = (total, options);
            }
        }
    }
    Ok(best.1)
}

fn merge(into: &mut Value, from: &Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from.clone());
    }
}

impl Options {
    /// `None`: the help was asked for.
    fn parse(words: &[&str]) -> Result<Option<Self>, String> {
        let mut options = Self {
            quick: false,
            only: None,
            repeats: 0,
            shape: None,
            kwant: json!({}),
            tune: false,
            python: None,
            json: None,
        };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
            let number = |text: &str| {
                text.parse()
                    .ok()
                    .filter(|n| *n > 0)
                    .ok_or_else(|| format!("{word} {text}: not a number above 0"))
            };
            match word {
                "--help" | "-h" => return Ok(None),
                "--quick" => options.quick = true,
                "--only" => options.only = Some(value()?.to_owned()),
                "--repeats" => options.repeats = number(value()?)?,
                "--shape" => {
                    let text = value()?;
                    let sides = text.split('x').map(number).collect::<Result<Vec<_>, _>>()?;
                    let shape =
                        sides.try_into().map_err(|_| format!("--shape {text}: not of the form LxWxH"))?;
                    options.shape = Some(shape);
                }
                "--ordering" => options.kwant["ordering"] = json!(value()?),
                "--rhs" => options.kwant["rhs"] = json!(number(value()?)?),
                "--tune" => options.tune = true,
                "--python" => options.python = Some(value()?.into()),
                "--json" => options.json = Some(value()?.into()),
                _ => return Err(format!("unknown option {word}\n\n{HELP}")),
            }
        }
        if options.tune && options.kwant != json!({}) {
            return Err("--tune chooses the options that --ordering and --rhs give".to_owned());
        }
        if options.repeats == 0 {
            options.repeats = if options.quick { 3 } else { 5 };
        }
        Ok(Some(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let options = Options::parse(&["--quick", "--shape", "10x8x1", "--rhs", "32"]).unwrap().unwrap();
        assert_eq!((options.repeats, options.shape), (3, Some([10, 8, 1])));
        assert_eq!(options.kwant, json!({"rhs": 32}));
        assert!(Options::parse(&["--help"]).unwrap().is_none());
        for wrong in [
            &["--shape", "10x8"][..],
            &["--repeats", "0"],
            &["--repeats"],
            &["--fast"],
            &["--tune", "--rhs", "6"],
        ] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
