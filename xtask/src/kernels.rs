//! `cargo xtask bench-kernels`: conductivity and thermopower of a mobility edge by this library and by SciPy's `quad`, in turns.

use crate::peers::{Worker, processor};
use diffuson::localization::{InvalidParameter, Kernels, MobilityEdge, THERMOPOWER_UNIT};
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const HELP: &str = "\
usage: cargo xtask bench-kernels [options]

Conductivity and thermopower of a mobility edge at the same points, by this library and by scipy.integrate.quad at equal accuracy (1e-12):
time per point, ratio, and largest relative difference, by classes of points.

  --python PATH   an interpreter that has SciPy [default: that of target/peers-venv, which `cargo xtask bench-peers` builds]
  --repeats K     turns of both sides [default: 5]
  --help          this text
";

/// How much faster than quad an evaluation is to be.
const DEMAND: f64 = 1000.0;
const EXPONENTS: [f64; 4] = [0.05, 0.5, 1.571, 5.0];
const POINTS: usize = 12;
/// Passes over the points of a class that are timed together here, where one would be too short for the clock.
const PASSES: u32 = 500;
/// Classes of points: name and range of z.
const CLASSES: [(&str, f64, f64); 5] = [
    ("insulator", -30.0, -5.0),
    ("critical", -5.0, 5.0),
    ("metal", 5.0, 40.0),
    ("deep metal", 40.1, 1e3),
    ("far metal", 1e3, 1e6),
];

/// Runs the command.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let Some((python, repeats)) = parse(words)? else {
        print!("{HELP}");
        return Ok(());
    };
    let python = python.unwrap_or_else(|| root.join("target/peers-venv/bin/python"));
    let script = root.join("benchmarks/kernels/scipy_quad.py");
    let mut scipy = Worker::start("the SciPy worker", Command::new(&python).arg(script)).map_err(|e| {
        format!(
            "{e}\n{}: give --python PATH, an interpreter that has SciPy, or build target/peers-venv by `cargo xtask bench-peers`",
            python.display()
        )
    })?;
    let about = scipy.ask(&json!({"do": "hello"}))?;
    println!("{}; Python {}, SciPy {}", processor(), about["python"], about["scipy"]);
    println!("median of {repeats} turns; demand: {DEMAND} times faster\n");
    println!(
        "{:<11} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>10} {:>10}",
        "class", "x", "quad us", "kept ns", "new ns", "ratio", "new x", "d sigma", "d S"
    );
    let (mut worst, mut disagree) = ([f64::INFINITY; 2], Vec::new());
    for (name, from, to) in CLASSES {
        for x in EXPONENTS {
            let row = Row::measure(&mut scipy, x, from, to, repeats)?;
            println!(
                "{name:<11} {x:>6} {:>9.0} {:>9.0} {:>9.0} {:>9.0} {:>9.0} {:>10.1e} {:>10.1e}",
                1e6 * row.quad,
                1e9 * row.kept,
                1e9 * row.new,
                row.quad / row.kept,
                row.quad / row.new,
                row.differences[0],
                row.differences[1]
            );
            worst = [worst[0].min(row.quad / row.kept), worst[1].min(row.quad / row.new)];
            if !row.agrees {
                disagree.push(format!("{name}, x = {x}"));
            }
        }
    }
    for (what, ratio) in [("exponent kept", worst[0]), ("new exponent at every point", worst[1])] {
        let verdict = if ratio >= DEMAND { "met" } else { "MISSED" };
        println!("\n{what}: smallest ratio {ratio:.0}, demand {DEMAND}: {verdict}");
    }
    if disagree.is_empty() { Ok(()) } else { Err(format!("the sides disagree: {}", disagree.join("; "))) }
}

/// Seconds per point, and the largest relative differences of conductivity and thermopower.
struct Row {
    quad: f64,
    kept: f64,
    new: f64,
    differences: [f64; 2],
    agrees: bool,
}

impl Row {
    fn measure(scipy: &mut Worker, x: f64, from: f64, to: f64, repeats: usize) -> Result<Self, String> {
        let points: Vec<f64> =
            (0..POINTS).map(|i| from + (to - from) * i as f64 / (POINTS - 1) as f64).collect();
        let edge = MobilityEdge::new(1.0, x).map_err(|e| e.to_string())?;
        let mut row = Self { quad: 0.0, kept: 0.0, new: 0.0, differences: [0.0; 2], agrees: true };
        let (mut quad, mut kept, mut new) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..repeats {
            let answer = scipy.ask(&json!({"do": "evaluate", "x": x, "z": points}))?;
            let seconds = answer["seconds"].as_f64().ok_or("an answer without seconds")?;
            quad.push(seconds / POINTS as f64);
            kept.push(seconds_per_point(&points, |z| {
                black_box(edge.transport(z, 1.0)).ok();
            }));
            new.push(seconds_per_point(&points, |z| {
                black_box(Kernels::moments_once(black_box(x), z)).ok();
            }));
            row.compare(&edge, &points, &answer["points"])?;
        }
        (row.quad, row.kept, row.new) = (median(quad), median(kept), median(new));
        Ok(row)
    }

    /// Quad's estimates are of its truncation; what E - mu loses by rounding at large mu is beside them.
    fn compare(&mut self, edge: &MobilityEdge, points: &[f64], theirs: &Value) -> Result<(), String> {
        for (&z, point) in points.iter().zip(theirs.as_array().ok_or("an answer without points")?) {
            let number = |k: usize| point[k].as_f64().ok_or_else(|| format!("z = {z}: {point}"));
            let (sigma, heat, sigma_error, heat_error) = (number(0)?, number(1)?, number(2)?, number(3)?);
            let ours = edge.transport(z, 1.0).map_err(|e: InvalidParameter| e.to_string())?;
            let ratio = -ours.thermopower / THERMOPOWER_UNIT;
            let differences = [sigma / ours.conductivity - 1.0, heat / sigma / ratio - 1.0].map(f64::abs);
            let rounding = f64::EPSILON * (1.0 + z.abs()) / ratio;
            let allowed = [
                1e-11 + sigma_error / sigma,
                1e-11 + sigma_error / sigma + (heat_error / heat).abs() + rounding,
            ];
            for n in 0..2 {
                self.differences[n] = self.differences[n].max(differences[n]);
                self.agrees &= differences[n] <= allowed[n];
            }
        }
        Ok(())
    }
}

fn seconds_per_point(points: &[f64], mut evaluate: impl FnMut(f64)) -> f64 {
    let started = Instant::now();
    (0..PASSES).for_each(|_| points.iter().for_each(|&z| evaluate(black_box(z))));
    started.elapsed().as_secs_f64() / (f64::from(PASSES) * points.len() as f64)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `None`: the help was asked for.
fn parse(words: &[&str]) -> Result<Option<(Option<PathBuf>, usize)>, String> {
    let (mut python, mut repeats) = (None, 5);
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
        match word {
            "--help" | "-h" => return Ok(None),
            "--python" => python = Some(value()?.into()),
            "--repeats" => {
                let text = value()?;
                repeats = text
                    .parse()
                    .ok()
                    .filter(|n| *n > 0)
                    .ok_or_else(|| format!("--repeats {text}: not a number above 0"))?;
            }
            _ => return Err(format!("unknown option {word}\n\n{HELP}")),
        }
    }
    Ok(Some((python, repeats)))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let (python, repeats) = parse(&["--python", "p", "--repeats", "3"]).unwrap().unwrap();
        assert_eq!((python, repeats), (Some("p".into()), 3));
        assert!(parse(&["--help"]).unwrap().is_none());
        for wrong in [&["--repeats", "0"][..], &["--python"], &["--fast"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
