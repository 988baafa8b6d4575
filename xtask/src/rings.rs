//! `cargo xtask bench-rings`: rings of diffusons by this library and by plain VEGAS, at equal error, in turns.
//!
//! The error is relative; here it is what the deterministic route claims, a bound, there one standard deviation.

use crate::peers::environment::{processor, wheels};
use crate::peers::process::Worker;
use diffuson::diffusons::{Estimated, GaussianRing, Pattern};
use diffuson::droplets::DropletError;
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const HELP: &str = "\
usage: cargo xtask bench-rings [options]

Rings of diffusons through one Gaussian droplet (q_4, q_6, q_8) and through two (L = 10 R) by this library and by the package vegas of G. P. Lepage, one thread each,
at equal relative errors: times, ratio, and the distance of the values in standard deviations; fails beyond 5 of these, and where neither route of this library is 10 times
faster than VEGAS in plain variables, t = u/(1 - u). Beside them VEGAS in the variables of this library. The package is installed once into target/vegas-venv.

  --quick         errors of 1e-3 alone, else 1e-4 too
  --repeats K     turns of both sides [default: 3]
  --python PATH   an interpreter that has the package, in place of target/vegas-venv
  --help          this text
";

const DEMAND: f64 = 10.0;
const ERRORS: [f64; 2] = [1e-3, 1e-4];
const PLAIN: &str = "plain";
const VARIABLES: [&str; 2] = [PLAIN, "logarithmic"];
const DISTANCE: f64 = 10.0;

/// Evaluations in a pass beyond which VEGAS is not asked: minutes.
const MOST: u64 = 3_000_000;

/// Seconds below which an evaluation here is repeated.
const SHORT: f64 = 0.02;

/// Runs the command.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let Some(options) = Options::parse(words)? else {
        print!("{HELP}");
        return Ok(());
    };
    let python = match &options.python {
        Some(python) => python.clone(),
        None => wheels(root, "requirements-vegas.txt", "vegas-venv", &["3.12", "3.11"])?,
    };
    let script = root.join("benchmarks/peers/vegas_worker.py");
    let mut vegas = Worker::start("the worker of vegas", Command::new(&python).arg(script))?;
    let about = vegas.ask(&json!({"do": "hello"}))?;
    let [version, numpy, interpreter] =
        ["vegas", "numpy", "python"].map(|key| about[key].as_str().unwrap_or("?").to_owned());
    println!("{}; vegas {version}, NumPy {numpy}, Python {interpreter}", processor());
    println!("one thread a side, median of {} turns; demand: {DEMAND} times faster\n", options.repeats);
    println!(
        "{:<6} {:>6} {:<8} {:>11} {:>12} {:>11} {:>12} {:<12} {:>8} {:>9}",
        "ring",
        "error",
        "route",
        "ours ms",
        "evaluations",
        "VEGAS ms",
        "evaluations",
        "variables",
        "ratio",
        "off/sigma"
    );
    let mut failed = Vec::new();
    for case in cases()? {
        for &error in ERRORS.iter().take(if options.quick { 1 } else { 2 }) {
            let mut fastest = 0.0f64;
            for (route, ours) in case.routes() {
                for variables in VARIABLES {
                    let found = measure(&mut vegas, &case, error, ours, variables, options.repeats)?;
                    let Some(row) = found else {
                        println!(
                            "{:<6} {error:>6.0e} {route:<8} {variables:>62}: more than {MOST} a pass",
                            case.name
                        );
                        // Slower than anything that is measured.
                        fastest = f64::INFINITY;
                        continue;
                    };
                    println!("{:<6} {error:>6.0e} {route:<8} {row}", case.name);
                    if variables == PLAIN {
                        fastest = fastest.max(row.ratio);
                    }
                    if !(row.deviation < 5.0) {
                        failed
                            .push(format!("{} at {error:.0e}: {:.1} sigma apart", case.name, row.deviation));
                    }
                }
            }
            if fastest < DEMAND {
                failed.push(format!("{} at {error:.0e}: ratio {fastest:.1}", case.name));
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

type Route = fn(&GaussianRing, f64) -> Result<Estimated, DropletError>;

struct Case {
    name: String,
    ring: GaussianRing,
    diffusons: usize,
    pattern: Option<&'static str>,
}

impl Case {
    fn routes(&self) -> Vec<(&'static str, Route)> {
        let times: (&str, Route) = ("times", GaussianRing::by_times);
        if self.pattern.is_some() { vec![times] } else { vec![("traces", GaussianRing::by_traces), times] }
    }
}

fn cases() -> Result<Vec<Case>, String> {
    let single = |diffusons| {
        let ring = GaussianRing::single(diffusons)?;
        Ok(Case { name: format!("q_{diffusons}"), ring, diffusons, pattern: None })
    };
    let pair = |(pattern, name): (Pattern, &'static str)| {
        let ring = GaussianRing::pair(pattern, DISTANCE)?;
        Ok(Case { name: name.to_owned(), ring, diffusons: 4, pattern: Some(name) })
    };
    let pairs = Pattern::ALL.into_iter().zip(["abab", "abbb", "aabb"]);
    let cases = [4, 6, 8].into_iter().map(single).chain(pairs.map(pair));
    cases.collect::<Result<_, DropletError>>().map_err(|e| e.to_string())
}

/// Times of both sides in milliseconds, and how far apart they are.
struct Row {
    ours: f64,
    theirs: f64,
    evaluations: [u64; 2],
    variables: &'static str,
    ratio: f64,
    /// Difference of the values, in standard deviations of VEGAS and the error claimed here together.
    deviation: f64,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [ours, theirs] = self.evaluations;
        let (variables, ratio, deviation) = (self.variables, self.ratio, self.deviation);
        write!(f, "{:>11.3} {ours:>12} {:>11.1} {theirs:>12} {variables:<12}", self.ours, self.theirs)?;
        write!(f, " {ratio:>8.1} {deviation:>9.2}")
    }
}

/// `None`: VEGAS does not reach the error with [`MOST`] evaluations.
fn measure(
    vegas: &mut Worker,
    case: &Case,
    error: f64,
    route: Route,
    variables: &'static str,
    repeats: usize,
) -> Result<Option<Row>, String> {
    let (mut ours, mut theirs, mut deviation) = (Vec::new(), Vec::new(), 0.0f64);
    let mut evaluations = [0; 2];
    for seed in 0..repeats {
        let (found, seconds) = timed(|| route(&case.ring, error))?;
        let request = json!({
            "do": "ring", "diffusons": case.diffusons, "pattern": case.pattern, "distance": DISTANCE,
            "variables": variables, "error": error, "seed": seed + 1, "most": MOST,
        });
        let answer = vegas.ask(&request)?;
        if answer["given up"].is_u64() {
            return Ok(None);
        }
        let number = |key: &str| answer[key].as_f64().ok_or_else(|| format!("no {key} in {answer}"));
        let (value, sigma) = (number("value")?, number("error")?);
        deviation = deviation.max((value - found.value).abs() / sigma.hypot(found.error));
        ours.push(1e3 * seconds);
        // Whatever VEGAS reached below the error is taken off its time by the law of large numbers.
        theirs.push(1e3 * number("seconds")? * (sigma / value / error).powi(2));
        evaluations = [found.evaluations as u64, integer(&answer["evaluations"])];
    }
    let (ours, theirs) = (median(ours), median(theirs));
    Ok(Some(Row { ours, theirs, evaluations, variables, ratio: theirs / ours, deviation }))
}

/// A result, and the seconds it takes; short ones are repeated.
fn timed(run: impl Fn() -> Result<Estimated, DropletError>) -> Result<(Estimated, f64), String> {
    let started = Instant::now();
    let mut passes = 0;
    loop {
        let found = black_box(run()).map_err(|e| e.to_string())?;
        passes += 1;
        let seconds = started.elapsed().as_secs_f64();
        if seconds > SHORT {
            return Ok((found, seconds / f64::from(passes)));
        }
    }
}

fn integer(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[derive(Debug, PartialEq)]
struct Options {
    quick: bool,
    repeats: usize,
    python: Option<PathBuf>,
}

impl Options {
    /// `None`: the help was asked for.
    fn parse(words: &[&str]) -> Result<Option<Self>, String> {
        let mut options = Self { quick: false, repeats: 3, python: None };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
            match word {
                "--help" | "-h" => return Ok(None),
                "--quick" => options.quick = true,
                "--python" => options.python = Some(value()?.into()),
                "--repeats" => {
                    let text = value()?;
                    let count = text.parse().ok().filter(|n| *n > 0);
                    options.repeats =
                        count.ok_or_else(|| format!("--repeats {text}: not a number above 0"))?;
                }
                _ => return Err(format!("unknown option {word}\n\n{HELP}")),
            }
        }
        Ok(Some(options))
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let options = Options::parse(&["--quick", "--python", "p", "--repeats", "2"]).unwrap().unwrap();
        assert_eq!(options, Options { quick: true, repeats: 2, python: Some("p".into()) });
        assert!(Options::parse(&["--help"]).unwrap().is_none());
        for wrong in [&["--repeats", "0"][..], &["--python"], &["--fast"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
