//! `diffuson run`

use crate::args::{StudyArgs, ThreadArgs, Work, command_line};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::{self, Paths};
use crate::progress::Display;
use crate::terminal::{Terminal, tell};
use crate::words::{count, time};
use crate::{interrupt, outline};
use clap::Args;
use diffuson_ensemble::schedule::{Share, Transport};
use diffuson_mpi::Mpi;
use diffuson_report::{Record, soundness, summary, write_all};
use diffuson_store::Reader;
use diffuson_study::run::{costs, ensemble, places, run_over, samples_of, shard_place};
use diffuson_study::settings::Stop;
use diffuson_study::{Options, Outcome, Study};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) const HELP: &str = "\
Writes DIR/NAME.zarr, the record, and DIR/NAME/, its figures and report.html; NAME is that of the study file.
A record that is there is continued, never overwritten; a damaged one with --repair. Ctrl-C finishes the running samples and saves them; so do the signals TERM, HUP and USR1.
Under mpirun all ranks compute: mpirun -n 4 diffuson run STUDY. Threads are those of each rank.

With --shard I/N it computes one of N shares of the samples and writes DIR/NAME.shard-I-of-N.zarr alone, so that N independent
runs, say those of a job array, share the work; `diffuson merge` joins them.

Example:
  diffuson run studies/local-heat.toml --set disorder.width=2.5 --samples 100";

#[derive(Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// Compute share I of N only, I = 1 to N
    #[arg(long, value_name = "I/N")]
    shard: Option<Share>,
    #[command(flatten)]
    threads: ThreadArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What becomes of the results.
#[derive(Args)]
pub(crate) struct OutputArgs {
    /// Where record, figures and report go
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub(super) out: PathBuf,
    /// Discard the record that is there and start anew
    #[arg(long)]
    pub(super) fresh: bool,
    /// Read every file of the record that is there, and compute again what is damaged
    #[arg(long, conflicts_with = "fresh")]
    repair: bool,
    /// Print nothing but errors
    #[arg(long)]
    pub(super) quiet: bool,
    /// Print one JSON object on stdout, progress on stderr
    #[arg(long)]
    json: bool,
    /// Write the record only, no figures and no page
    #[arg(long)]
    no_report: bool,
}

impl RunArgs {
    /// What a rank computes.
    pub(crate) fn work(&self) -> Work<'_> {
        Work { study: self.study.read(), share: self.shard.unwrap_or(Share::WHOLE), threads: &self.threads }
    }
}

/// Runs a study or a share of it, or continues it.
pub(crate) fn run(args: &RunArgs, terminal: &mut Terminal, mpi: Option<&mut Mpi>) -> Result<Exit, Failure> {
    let study = args.study.read()?;
    let share = args.shard.filter(|share| *share != Share::WHOLE);
    let part = share.map(|share| Part {
        share,
        merge: args.study.command("merge", &["--out".into(), args.output.out.clone().into()]),
    });
    compute(&study, &args.study.study, part, &args.threads, &args.output, terminal, mpi)
}

/// A share of an ensemble.
pub(crate) struct Part {
    share: Share,
    /// The command that joins all shares.
    merge: String,
}

/// Runs a study, or a part of it, over the ranks there are; record and figures are named after a file.
pub(crate) fn compute(
    study: &Study,
    named_after: &Path,
    part: Option<Part>,
    threads: &ThreadArgs,
    args: &OutputArgs,
    terminal: &mut Terminal,
    mpi: Option<&mut Mpi>,
) -> Result<Exit, Failure> {
    let share = part.as_ref().map_or(Share::WHOLE, |part| part.share);
    let workers = mpi.as_ref().map_or_else(String::new, |mpi| {
        let threads = threads.given().map_or(mpi.threads_of_all(), |n| n..=n);
        format!(", {}", outline::workers(mpi.size(), threads))
    });
    let headline = outline::headline(study, &costs(study)?);
    let samples = samples_of(study, share)?;
    let shard = part.as_ref().map_or_else(String::new, |_| outline::shard(study, share, samples));
    args.begin(&format!("{headline}{shard}{workers}\n"), terminal)?;
    let (whole, folder) = places(&args.out, named_after);
    let store = if part.is_some() { shard_place(&args.out, named_after, share) } else { whole };

    args.repair(study, &store, share, terminal)?;
    let mut display = Display::new(args.quiet);
    let stop = interrupt::flag(display.announcer())?;
    let threads = threads.among(mpi.as_deref());
    let options = Options { fresh: args.fresh, share, ..Options::new(&store, threads) };
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

    let first = match computed {
        0 => format!("nothing was left to compute. {}\n\n", store.display()),
        _ => format!("done in {}. {}\n\n", time(start.elapsed().as_secs_f64()), store.display()),
    };
    let figures = part.is_none().then_some(folder.as_path());
    args.end(study, &outcome, (&store, figures), &first, terminal)?;
    if let Some(part) = part.filter(|_| args.talks() && !outcome.interrupted) {
        terminal.say(&format!("  merge    when all {} shards are there: {}\n", share.of(), part.merge))?;
    }
    let interrupted = || {
        let there: u64 = outcome.samples.iter().sum();
        Failure::new(
            Exit::Interrupted,
            format!("interrupted: {there} of {} are saved in {}", wanted(study, samples), store.display()),
            format!("continue with: {}", same_command(std::env::args_os())),
        )
    };
    verdict(&outcome, &store, interrupted)
}

impl OutputArgs {
    /// Whether there is text on stdout.
    pub(super) fn talks(&self) -> bool {
        !self.quiet && !self.json
    }

    /// Says what comes before the results.
    pub(super) fn begin(&self, headline: &str, terminal: &mut Terminal) -> Result<(), Failure> {
        match (self.quiet, self.json) {
            (true, _) => {}
            (false, true) => tell(headline),
            (false, false) => terminal.say(headline)?,
        }
        Ok(())
    }

    /// Repairs the record that is there, if that is wanted, and says what was damaged.
    pub(super) fn repair(
        &self,
        study: &Study,
        store: &Path,
        share: Share,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        if !self.repair {
            return Ok(());
        }
        let found = diffuson_study::run::repair(study, store, share)?;
        let lines: String = found.iter().map(|damage| format!("repaired: {damage}\n")).collect();
        let text = if lines.is_empty() { "nothing is damaged\n".to_owned() } else { lines };
        self.begin(&text, terminal)
    }

    /// Writes figures and page of a record that is complete, if it gets any, and says what is in it.
    pub(super) fn end(
        &self,
        study: &Study,
        outcome: &Outcome,
        (store, figures): (&Path, Option<&Path>),
        first: &str,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let record = Record::load(&Reader::open(store)?)?;
        let mut paths = Paths { store: store.to_path_buf(), figures: Vec::new(), report: None };
        if self.talks() && !outcome.interrupted {
            terminal.say(first)?;
            terminal.say(&if figures.is_some() { summary(&record)? } else { soundness(&record)? })?;
        }
        if let Some(folder) = figures.filter(|_| !self.no_report && !outcome.interrupted) {
            let (figures, page) = write_all(&record, folder)?;
            (paths.figures, paths.report) = (figures, Some(page));
        }
        if self.talks() {
            terminal.say(&files(&paths))?;
        }
        if self.json {
            terminal.say(&format!("{:#}\n", json::run(study, outcome, &record, &paths)))?;
        }
        Ok(())
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
pub(super) fn verdict(
    outcome: &Outcome,
    store: &Path,
    interrupted: impl FnOnce() -> Failure,
) -> Result<Exit, Failure> {
    let exit = exit(outcome);
    let failed_laws: Vec<&str> =
        outcome.results.audits.iter().filter(|law| !law.passed).map(|law| law.name.as_str()).collect();
    let samples: u64 = outcome.samples.iter().sum();
    let (message, help) = match exit {
        Exit::Interrupted => return Err(interrupted()),
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
fn wanted(study: &Study, samples: u64) -> String {
    let most = count(samples as usize, "sample");
    match ensemble(study).stop {
        Stop::Samples(_) => most,
        Stop::RelativeError { .. } => format!("at most {most}"),
    }
}

/// This command line without `--fresh` and `--repair`.
pub(super) fn same_command(args: impl Iterator<Item = OsString>) -> String {
    command_line(args.skip(1).filter(|arg| arg != "--fresh" && arg != "--repair"))
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
}
