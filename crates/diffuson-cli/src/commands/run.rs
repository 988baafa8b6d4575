//! `diffuson run`

use crate::args::{StudyArgs, ThreadArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::{self, Paths};
use crate::progress::Display;
use crate::terminal::{Terminal, tell};
use crate::words::{count, time};
use crate::{interrupt, outline};
use clap::Args;
use diffuson_ensemble::schedule::Transport;
use diffuson_mpi::Mpi;
use diffuson_report::{Record, summary, write_all};
use diffuson_store::Reader;
use diffuson_study::run::{costs, ensemble, places, run_over};
use diffuson_study::settings::Stop;
use diffuson_study::{Diagnostic, Options, Outcome, Study};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) const HELP: &str = "\
Writes DIR/NAME.zarr, the record, and DIR/NAME/, its figures and report.html; NAME is that of the study file.
A record that is there is continued, never overwritten; a damaged one with --repair. Ctrl-C finishes the running samples and saves them; so do the signals TERM, HUP and USR1.
Under mpirun all ranks compute: mpirun -n 4 diffuson run STUDY. Threads are those of each rank.

Example:
  diffuson run studies/local-heat.toml --set disorder.width=2.5 --samples 100";

#[derive(Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    study: StudyArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What becomes of the results.
#[derive(Args)]
pub(crate) struct OutputArgs {
    /// Where record, figures and report go
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
    /// Discard the record that is there and start anew
    #[arg(long)]
    fresh: bool,
    /// Read every file of the record that is there, and compute again what is damaged
    #[arg(long, conflicts_with = "fresh")]
    repair: bool,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
    /// Print one JSON object on stdout, progress on stderr
    #[arg(long)]
    json: bool,
    /// Write the record only, no figures and no page
    #[arg(long)]
    no_report: bool,
}

impl RunArgs {
    /// The study, and the threads of a process.
    pub(crate) fn work(&self) -> (Result<Study, Box<Diagnostic>>, &ThreadArgs) {
        (self.study.read(), &self.output.threads)
    }
}

/// Runs a study, or continues it.
pub(crate) fn run(args: &RunArgs, terminal: &mut Terminal, mpi: Option<&mut Mpi>) -> Result<Exit, Failure> {
    compute(&args.study.read()?, &args.study.study, &args.output, terminal, mpi)
}

/// Runs a study, over the ranks there are; record and figures are named after a file.
pub(crate) fn compute(
    study: &Study,
    named_after: &Path,
    args: &OutputArgs,
    terminal: &mut Terminal,
    mpi: Option<&mut Mpi>,
) -> Result<Exit, Failure> {
    let workers = mpi.as_ref().map_or_else(String::new, |mpi| {
        let threads = args.threads.given().map_or(mpi.threads_of_all(), |n| n..=n);
        format!(", {}", outline::workers(mpi.size(), threads))
    });
    let headline = format!("{}{workers}\n", outline::headline(study, &costs(study)?));
    let (store, folder) = places(&args.out, named_after);
    match (args.quiet, args.json) {
        (true, _) => {}
        (false, true) => tell(&headline),
        (false, false) => terminal.say(&headline)?,
    }

    if args.repair {
        let found = diffuson_study::run::repair(study, &store)?;
        let lines: String = found.iter().map(|damage| format!("repaired: {damage}\n")).collect();
        let text = if lines.is_empty() { "nothing is damaged\n".to_owned() } else { lines };
        match (args.quiet, args.json) {
            (true, _) => {}
            (false, true) => tell(&text),
            (false, false) => terminal.say(&text)?,
        }
    }

    let mut display = Display::new(args.quiet);
    let stop = interrupt::flag(display.announcer())?;
    let threads = args.threads.among(mpi.as_deref());
    let options = Options { fresh: args.fresh, ..Options::new(&store, threads) };
    let start = Instant::now();
    let outcome = match mpi {
        None => diffuson_study::run(study, options, &mut display, &stop),
        Some(mpi) => {
            mpi.serve();
            run_over(study, options, mpi, &mut display, &stop)
        }
    };
    let computed = display.end();
    let outcome = outcome?;

    let record = Record::load(&Reader::open(&store)?)?;
    let mut paths = Paths { store, figures: Vec::new(), report: None };
    let talk = !args.quiet && !args.json;
    if talk && !outcome.interrupted {
        terminal.say(&done(computed, start.elapsed().as_secs_f64(), &paths.store))?;
        terminal.say(&summary(&record)?)?;
    }
    if !args.no_report && !outcome.interrupted {
        let (figures, page) = write_all(&record, &folder)?;
        (paths.figures, paths.report) = (figures, Some(page));
    }
    if talk {
        terminal.say(&files(&paths))?;
    }
    if args.json {
        terminal.say(&format!("{:#}\n", json::run(study, &outcome, &record, &paths)))?;
    }
    verdict(study, &outcome, &paths.store)
}

fn done(computed: u64, seconds: f64, store: &Path) -> String {
    let store = store.display();
    match computed {
        0 => format!("nothing was left to compute. {store}\n\n"),
        _ => format!("done in {}. {store}\n\n", time(seconds)),
    }
}

/// `figures  results/local-heat/map.svg, exponents.svg      report  results/local-heat/report.html`
fn files(paths: &Paths) -> String {
    let Some(report) = &paths.report else { return String::new() };
    let name = |(i, path): (usize, &PathBuf)| match path.file_name() {
        Some(name) if i > 0 => name.to_string_lossy().into_owned(),
        _ => path.display().to_string(),
    };
    let figures: Vec<String> = paths.figures.iter().enumerate().map(name).collect();
    format!("  figures  {}\n  report   {}\n", figures.join(", "), report.display())
}

/// How the program ends; everything but a complete and sound result is told on stderr.
fn verdict(study: &Study, outcome: &Outcome, store: &Path) -> Result<Exit, Failure> {
    let exit = exit(outcome);
    let failed_laws: Vec<&str> =
        outcome.results.audits.iter().filter(|law| !law.passed).map(|law| law.name.as_str()).collect();
    let samples: u64 = outcome.samples.iter().sum();
    let (message, help) = match exit {
        Exit::Interrupted => (
            format!("interrupted: {samples} of {} are saved in {}", wanted(study), store.display()),
            format!("continue with: {}", same_command(std::env::args_os())),
        ),
        Exit::AuditFailed => (
            format!("the audit failed: {}", failed_laws.join(", ")),
            format!("do not use these numbers; `diffuson show {}` names the samples", store.display()),
        ),
        Exit::SamplesFailed => (
            format!("{} of {samples} samples failed; they are left out of the results", outcome.failed),
            format!("`diffuson show {}` lists the reasons", store.display()),
        ),
        exit => return Ok(exit),
    };
    Err(Failure::new(exit, message, help))
}

fn exit(outcome: &Outcome) -> Exit {
    if outcome.interrupted {
        Exit::Interrupted
    } else if !outcome.audit_passed() {
        Exit::AuditFailed
    } else if outcome.failed > 0 {
        Exit::SamplesFailed
    } else {
        Exit::Done
    }
}

/// `480 samples`; `at most 480 samples` where their errors decide.
fn wanted(study: &Study) -> String {
    let ensemble = ensemble(study);
    let most = count(ensemble.most_samples() * study.points().len(), "sample");
    match ensemble.stop {
        Stop::Samples(_) => most,
        Stop::RelativeError { .. } => format!("at most {most}"),
    }
}

/// This command line without `--fresh` and `--repair`, for a shell.
fn same_command(args: impl Iterator<Item = OsString>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    let quoted = |arg: OsString| {
        let arg = arg.to_string_lossy().into_owned();
        if !arg.is_empty() && arg.chars().all(plain) {
            arg
        } else {
            format!("'{}'", arg.replace('\'', r"'\''"))
        }
    };
    let rest = args.skip(1).filter(|arg| arg != "--fresh" && arg != "--repair").map(quoted);
    std::iter::once("diffuson".to_owned()).chain(rest).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffuson_study::{Results, WorstLaw};

    #[test]
    fn exit_codes_follow_the_worst_that_happened() {
        let law = |passed| WorstLaw { name: "heat".into(), residual: 1.0, allowed: 2.0, passed, at: (0, 0) };
        let outcome = |interrupted, passed, failed| {
            let mut results = Results::default();
            results.audits = vec![law(true), law(passed)];
            exit(&Outcome { samples: vec![4], failed, interrupted, results })
        };
        assert_eq!(outcome(false, true, 0), Exit::Done);
        assert_eq!(outcome(false, true, 1), Exit::SamplesFailed);
        assert_eq!(outcome(false, false, 1), Exit::AuditFailed);
        assert_eq!(outcome(true, false, 1), Exit::Interrupted);
        let codes = [Exit::Done, Exit::Input, Exit::AuditFailed, Exit::SamplesFailed, Exit::Interrupted]
            .map(Exit::code);
        assert_eq!(codes, [0, 1, 3, 4, 130]);
    }

    #[test]
    fn the_command_to_continue_is_fit_for_a_shell() {
        let args = [
            "target/diffuson",
            "run",
            "my study.toml",
            "--fresh",
            "--set",
            "sweep.disorder.width=[1, 2]",
            "it's",
        ];
        assert_eq!(
            same_command(args.iter().map(OsString::from)),
            r"diffuson run 'my study.toml' --set 'sweep.disorder.width=[1, 2]' 'it'\''s'"
        );
    }
}
