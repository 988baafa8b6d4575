//! `cargo xtask bench-ranks`: strong and weak scaling of the program over MPI ranks, side by side with as many runs of one rank each.

use crate::peers::environment::processor;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const HELP: &str = "\
usage: cargo xtask bench-ranks [options]

Builds the program with MPI and runs one study - local heat, samples of some 50 ms, one thread a rank - in turns:

  strong      the same samples on 1, 2, ... ranks;
  weak        as many samples a rank on 1, 2, ... ranks;
  side        as many runs of one rank each at the same time, each with its part of the samples: what the machine itself
              loses when more of its cores work, without any scheduler.

Prints wall times, medians over the turns, the start of MPI included; efficiencies against one rank, and against the runs side by side; fails if the largest number of ranks has an
efficiency below the demand against whichever of the two allows for the machine.

  --ranks N       the largest number of ranks [default: one per core]
  --samples N     of the strong runs, and per rank of the weak ones [default: 1200]
  --turns K       [default: 3]
  --demand F      [default: 0.95]
  --mpirun PATH   the launcher [default: mpirun]
  --quick         200 samples, one turn, no demand
  --help          this text
";

const STUDY: &str = "\
kind = \"local-heat\"
[conductor]
length   = 72
width    = 30
boundary = \"periodic\"
energy   = -1.3
[disorder]
kind  = \"box\"
width = 2.5
[probes]
coupling = 0.1
";

struct Settings {
    ranks: usize,
    samples: usize,
    turns: usize,
    demand: f64,
    mpirun: String,
}

/// Runs the command.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let Some(settings) = Settings::parse(words)? else {
        print!("{HELP}");
        return Ok(());
    };
    let program = build(root)?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    fs::write(folder.path().join("study.toml"), STUDY).map_err(|e| e.to_string())?;
    let bench = Bench { settings: &settings, program, folder: folder.path() };
    let Settings { ranks, samples, turns, .. } = settings;
    println!("{}; {ranks} ranks at most, one thread each, {turns} turns", processor());

    // one warm-up, which also says what a sample costs
    let (few, more) = (samples / 8 + 1, samples / 2 + 1);
    let [short, long] = [bench.ranks(1, few)?, bench.ranks(1, more)?];
    let sample = (long - short) / (more - few) as f64;
    println!("a sample takes {:.1} ms; start and end {:.2} s\n", 1e3 * sample, short - sample * few as f64);

    let mut times = vec![[Vec::new(), Vec::new(), Vec::new()]; ranks];
    for _ in 0..turns {
        for n in 1..=ranks {
            times[n - 1][0].push(bench.ranks(n, samples)?);
            times[n - 1][1].push(bench.ranks(n, samples * n)?);
            times[n - 1][2].push(bench.side_by_side(n, samples)?);
        }
    }
    let median = |times: &[f64]| {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    println!(
        "{:>5} {:>9} {:>11} {:>9} {:>11} {:>9} {:>11} {:>18}",
        "ranks",
        "strong s",
        "efficiency",
        "weak s",
        "efficiency",
        "side s",
        "efficiency",
        "ranks against side"
    );
    let [strong, weak, side] = [0, 1, 2].map(|which| median(&times[0][which]));
    let mut last = [0.0; 2];
    for (n, found) in (1..=ranks).zip(&times) {
        let [a, b, c] = [0, 1, 2].map(|which| median(&found[which]));
        let efficiency = strong / (n as f64 * a);
        last = [efficiency, c / a];
        println!(
            "{n:>5} {a:>9.2} {:>9.1} % {b:>9.2} {:>9.1} % {c:>9.2} {:>9.1} % {:>16.1} %",
            100.0 * efficiency,
            100.0 * weak / b,
            100.0 * side / (n as f64 * c),
            100.0 * c / a
        );
    }
    let best = last[0].max(last[1]);
    if best < settings.demand {
        return Err(format!("{ranks} ranks reach {best:.3}, below {}", settings.demand));
    }
    Ok(())
}

impl Settings {
    fn parse(words: &[&str]) -> Result<Option<Self>, String> {
        let mut settings = Self {
            ranks: std::thread::available_parallelism().map_or(1, usize::from),
            samples: 1200,
            turns: 3,
            demand: 0.95,
            mpirun: "mpirun".to_owned(),
        };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            match word {
                "--help" => return Ok(None),
                "--quick" => (settings.samples, settings.turns, settings.demand) = (200, 1, 0.0),
                _ => {
                    let value = words.next().ok_or_else(|| format!("{word} needs a value; see --help"))?;
                    let whole = || {
                        let found = value.parse::<usize>().ok().filter(|n| *n > 0);
                        found.ok_or_else(|| format!("{word} {value}: not a whole number greater than 0"))
                    };
                    match word {
                        "--ranks" => settings.ranks = whole()?,
                        "--samples" => settings.samples = whole()?,
                        "--turns" => settings.turns = whole()?,
                        "--demand" => {
                            settings.demand =
                                value.parse().map_err(|_| format!("{word} {value}: no number"))?;
                        }
                        "--mpirun" => (*value).clone_into(&mut settings.mpirun),
                        _ => return Err(format!("no option {word}; see --help")),
                    }
                }
            }
        }
        Ok(Some(settings))
    }
}

/// Builds the program with the feature `mpi`; where it is.
fn build(root: &Path) -> Result<PathBuf, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--quiet", "--package", "diffuson-cli", "--features", "mpi"]);
    let built = cargo.current_dir(root).status().map_err(|e| format!("cargo: {e}"))?;
    if !built.success() {
        return Err("the program cannot be built with MPI: is there mpicc, and libclang?".to_owned());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release/diffuson"))
}

struct Bench<'b> {
    settings: &'b Settings,
    program: PathBuf,
    folder: &'b Path,
}

impl Bench<'_> {
    /// Seconds of a run on so many ranks.
    fn ranks(&self, ranks: usize, samples: usize) -> Result<f64, String> {
        let start = Instant::now();
        let run = self.start(ranks, samples, "out")?;
        self.finish(vec![run], start)
    }

    /// Seconds until all of so many runs have ended that share the samples among them, each with one rank.
    fn side_by_side(&self, runs: usize, samples: usize) -> Result<f64, String> {
        let start = Instant::now();
        let parts = (0..runs).map(|run| (samples * (run + 1) / runs) - samples * run / runs);
        let runs = parts.enumerate().map(|(run, part)| self.start(1, part, &format!("out-{run}")));
        self.finish(runs.collect::<Result<_, _>>()?, start)
    }

    fn start(&self, ranks: usize, samples: usize, out: &str) -> Result<Child, String> {
        let mut command = Command::new(&self.settings.mpirun);
        // ranks side by side must not be bound to the same core by launchers that do not know of each other
        command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        command
            .env("OMPI_MCA_hwloc_base_binding_policy", "none")
            .env("OMPI_MCA_rmaps_base_oversubscribe", "1");
        command.args(["-n", &ranks.to_string()]).arg(&self.program);
        command.args([
            "run",
            "study.toml",
            "--no-report",
            "--fresh",
            "--quiet",
            "--threads",
            "1",
            "--out",
            out,
        ]);
        command.args(["--samples", &samples.to_string()]);
        let child = command.current_dir(self.folder).stdout(Stdio::null()).spawn();
        child.map_err(|e| format!("{}: {e}", self.settings.mpirun))
    }

    fn finish(&self, runs: Vec<Child>, start: Instant) -> Result<f64, String> {
        for mut run in runs {
            let ended = run.wait().map_err(|e| e.to_string())?;
            if !ended.success() {
                return Err(format!("a run ended with {ended}"));
            }
        }
        Ok(start.elapsed().as_secs_f64())
    }
}
