//! `cargo xtask bench-transfer`: Lyapunov exponents of bars by this library and by NumPy with LAPACK, on this machine, in turns.
//!
//! Both sides propagate bars of M x M sites at the Anderson transition through the same on-site energies, one thread each, at the interval this library chooses, and
//! take turns. What NumPy is timed for is the propagation alone, by its own clock; of this library it is the whole call, random numbers included.

use crate::peers::{environment, process::Worker};
use diffuson::disorder::{Disorder, Fields};
use diffuson::lattice::Boundary;
use diffuson::localization::lyapunov::{Bar, Length, LyapunovSpectrum};
use diffuson_ensemble::random::Realisation;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const HELP: &str = "\
usage: cargo xtask bench-transfer [options]

Slices per second of transfer matrices of bars of 8 x 8, 12 x 12 and 16 x 16 sites, W = 16.5, E = 0, periodic sides, by this library and by NumPy (LAPACK's
dgeqrf and dorgqr), one thread each, on the same disorder; fails if the exponents differ by more than 1e-8. The demand is a ratio of 5.

  --repeats K     turns a side and size [default: 5]
  --python PATH   an interpreter that has NumPy and SciPy, in place of target/peers-venv (which bench-peers builds)
  --help          this text
";

/// Sides of the bars, and slices after those discarded.
const BARS: [(usize, u64); 3] = [(8, 16384), (12, 4096), (16, 2048)];
/// Slices until both sides have forgotten their different starts.
const DISCARD: u64 = 800;
const WIDTH: f64 = 16.5;
/// Largest relative difference of Gamma and of the sum of all exponents: the loss of digits at the intervals chosen.
const TOLERANCE: f64 = 1e-8;
const DEMAND: f64 = 5.0;

struct Deviations(Realisation);

impl Fields for Deviations {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

/// Runs the command.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let Some((repeats, python)) = options(root, words)? else {
        print!("{HELP}");
        return Ok(());
    };
    let mut numpy = Worker::start(
        "NumPy's worker",
        Command::new(&python).arg(root.join("benchmarks/transfer/numpy_worker.py")),
    )?;
    let about = numpy.ask(&json!({"do": "hello"}))?;
    let [version, blas] = ["numpy", "blas"].map(|key| about[key].as_str().unwrap_or("?").to_owned());
    println!("{}; NumPy {version}, {blas}; one thread; median of {repeats} turns", environment::processor());
    println!(
        "{:<9} {:>8} {:>13} {:>13} {:>7} {:>7} {:>7} {:>12}",
        "bar", "interval", "ours /s", "NumPy /s", "ratio", "demand", "GF/s", "difference"
    );
    let mut failed = Vec::new();
    for (side, slices) in BARS {
        let row = measure(&mut numpy, side, slices, repeats)?;
        println!(
            "{:<9} {:>8} {:>13.0} {:>13.0} {:>7.1} {DEMAND:>7} {:>7.1} {:>12.1e}",
            format!("{side} x {side}"),
            row.interval,
            row.ours,
            row.theirs,
            row.ratio,
            row.rate,
            row.difference
        );
        if !(row.difference <= TOLERANCE) {
            failed.push(format!("{side} x {side}: exponents differ by {:.1e}", row.difference));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

/// Slices per second, and how exponents agree.
struct Row {
    interval: u64,
    ours: f64,
    theirs: f64,
    ratio: f64,
    /// Operations of ours per second, in units of 1e9.
    rate: f64,
    difference: f64,
}

fn measure(numpy: &mut Worker, side: usize, slices: u64, repeats: usize) -> Result<Row, String> {
    let disorder = Disorder::Box { width: WIDTH };
    let bar = Bar::new([side; 2], Boundary::Periodic, disorder, 0.0).map_err(|e| e.to_string())?;
    let length = Length { slices, discard: DISCARD, relative_error: None };
    let fields = Deviations(Realisation::new(8, side as u64));
    let ours = || bar.lyapunov(length, &fields).map_err(|e| e.to_string());
    let found = ours()?;
    let work = found.work;
    // the window of slices that both average over begins with a whole interval
    let skipped = work.discarded % work.interval;
    let file = energies(bar.channels(), skipped, work.discarded + work.slices)?;
    let request = json!({
        "do": "bar", "width": side, "interval": work.interval, "file": file.path(), "discard": work.discarded - skipped,
    });
    let (mut mine, mut yours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut difference = 0.0f64;
    for _ in 0..repeats {
        let started = Instant::now();
        let again = ours()?;
        let seconds = started.elapsed().as_secs_f64();
        let answer = numpy.ask(&request)?;
        difference = difference.max(distance(&again, &answer)?);
        let theirs = answer["seconds"].as_f64().ok_or("an answer without seconds")?;
        mine.push((work.discarded + work.slices) as f64 / seconds);
        yours.push(work.slices as f64 / theirs);
        ratios.push(mine[mine.len() - 1] / yours[yours.len() - 1]);
    }
    let ours = median(mine);
    let rate = ours * work.operations as f64 / (work.discarded + work.slices) as f64 * 1e-9;
    Ok(Row { interval: work.interval, ours, theirs: median(yours), ratio: median(ratios), rate, difference })
}

/// Relative difference of the smallest exponents, or of the sums of all: the one that is larger.
fn distance(ours: &LyapunovSpectrum, answer: &Value) -> Result<f64, String> {
    let theirs: Vec<f64> =
        answer["exponents"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    if theirs.len() != ours.exponents.len() || answer["slices"].as_u64() != Some(ours.work.slices) {
        return Err(format!("{} exponents over {} slices in answer", theirs.len(), answer["slices"]));
    }
    let sum: f64 = ours.exponents.iter().map(|exponent| exponent.value).sum();
    let sums = theirs.iter().sum::<f64>() / sum - 1.0;
    let smallest = theirs[theirs.len() - 1] / ours.smallest().value - 1.0;
    Ok(sums.abs().max(smallest.abs()))
}

/// On-site energies of slices from..to as raw doubles.
fn energies(sites: usize, from: u64, to: u64) -> Result<tempfile::NamedTempFile, String> {
    let mut energies = vec![0.0; (to - from) as usize * sites];
    let fields = Deviations(Realisation::new(8, sites.isqrt() as u64));
    fields.uniform(diffuson::localization::lyapunov::ONSITE_FIELD, from * sites as u64, &mut energies);
    let bytes: Vec<u8> = energies.iter().flat_map(|u| (WIDTH * (u - 0.5)).to_ne_bytes()).collect();
    let mut file = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    file.write_all(&bytes).map_err(|e| e.to_string())?;
    Ok(file)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Repeats and the interpreter. `None`: the help was asked for.
fn options(root: &Path, words: &[&str]) -> Result<Option<(usize, PathBuf)>, String> {
    let mut repeats = 5;
    let mut python = None;
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
        match word {
            "--help" | "-h" => return Ok(None),
            "--repeats" => {
                let text = value()?;
                repeats = text
                    .parse()
                    .ok()
                    .filter(|n| *n > 0)
                    .ok_or(format!("{word} {text}: not a number above 0"))?;
            }
            "--python" => python = Some(PathBuf::from(value()?)),
            _ => return Err(format!("unknown option {word}\n\n{HELP}")),
        }
    }
    let python = match python {
        Some(python) => python,
        None => {
            let built = root.join("target/peers-venv/bin/python");
            if !built.exists() {
                return Err(
                    "target/peers-venv is missing: `cargo xtask bench-peers --quick` builds it, or name an \
                            interpreter that has NumPy and SciPy by --python"
                        .to_owned(),
                );
            }
            built
        }
    };
    Ok(Some((repeats, python)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let read = |words: &[&str]| options(Path::new("nowhere"), words);
        let python = PathBuf::from("py");
        assert_eq!(read(&["--repeats", "3", "--python", "py"]), Ok(Some((3, python))));
        assert_eq!(read(&["--help"]), Ok(None));
        for wrong in [&["--repeats", "0"][..], &["--repeats"], &["--fast"], &[]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
