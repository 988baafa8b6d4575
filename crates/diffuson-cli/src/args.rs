//! The command line.

use crate::commands::{
    check, completions, fit, merge, new, plot, reference, report, reproduce, run, schema, show,
};
use crate::exit::{self, Exit};
use crate::failure::Failure;
use crate::terminal::Terminal;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use diffuson_ensemble::schedule::{Share, Transport};
use diffuson_mpi::Mpi;
use diffuson_study::schema::{KINDS, Kind};
use diffuson_study::{Diagnostic, Study};
use std::ffi::OsString;
use std::path::PathBuf;

/// Quantum transport in disordered conductors - charge, heat and noise - from a study file to figures.
#[derive(Parser)]
#[command(name = "diffuson", version, after_help = exit::HELP, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a study, or continue it where it stopped
    #[command(after_help = run::HELP)]
    Run(run::RunArgs),
    /// Join the shards of a study into its record
    #[command(after_help = merge::HELP)]
    Merge(merge::MergeArgs),
    /// Fit a model to measurements
    #[command(after_help = fit::HELP)]
    Fit(fit::FitArgs),
    /// Validate a study and predict time, memory and disk
    #[command(after_help = check::HELP)]
    Check(check::CheckArgs),
    /// Print a commented study file to begin with
    #[command(after_help = new::HELP)]
    New(KindArgs),
    /// Print the JSON Schema of study files, for editors
    #[command(after_help = schema::HELP)]
    Schema(KindArgs),
    /// Print all keys of study files as Markdown
    #[command(after_help = reference::HELP)]
    Reference(KindArgs),
    /// Summarise a record
    #[command(after_help = show::HELP)]
    Show(show::ShowArgs),
    /// Draw the figures of a record
    #[command(after_help = plot::HELP)]
    Plot(RecordArgs),
    /// Write the figures and the page of a record
    #[command(after_help = report::HELP)]
    Report(RecordArgs),
    /// Test published statements against the studies behind them
    #[command(after_help = reproduce::HELP)]
    Reproduce(reproduce::ReproduceArgs),
    /// Print the completions of a shell
    #[command(after_help = completions::HELP)]
    Completions(completions::CompletionsArgs),
}

impl Command {
    /// Does it; what can be computed over ranks is, the rest is done by this process alone.
    pub(crate) fn run(self, terminal: &mut Terminal, mpi: Option<&mut Mpi>) -> Result<Exit, Failure> {
        match self {
            Self::Run(args) => run::run(&args, terminal, mpi),
            Self::Merge(args) => merge::run(&args, terminal),
            Self::Fit(args) => fit::run(&args, terminal, mpi),
            Self::Check(args) => check::run(&args, terminal),
            Self::New(args) => new::run(&args, terminal),
            Self::Schema(args) => schema::run(&args, terminal),
            Self::Reference(args) => reference::run(&args, terminal),
            Self::Show(args) => show::run(&args, terminal),
            Self::Plot(args) => plot::run(&args, terminal),
            Self::Report(args) => report::run(&args, terminal),
            Self::Reproduce(args) => reproduce::run(&args, terminal),
            Self::Completions(args) => completions::run(&args, terminal),
        }
    }

    /// What it computes, if ranks can help.
    pub(crate) fn work(&self) -> Option<Work<'_>> {
        match self {
            Self::Run(args) => Some(args.work()),
            Self::Fit(args) => Some(args.work()),
            _ => None,
        }
    }
}

/// What a rank computes for rank 0.
pub(crate) struct Work<'a> {
    pub(crate) study: Result<Study, Box<Diagnostic>>,
    pub(crate) share: Share,
    pub(crate) threads: &'a ThreadArgs,
}

/// Which study.
#[derive(Args)]
pub(crate) struct StudyArgs {
    /// The study file (TOML)
    pub(crate) study: PathBuf,
    /// Replace what the file says about a key: --set disorder.width=3, --set 'sweep.probes.coupling=[0.1, 0.2]'
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Samples per point, the same as --set ensemble.samples=N
    #[arg(long, value_name = "N")]
    samples: Option<u64>,
}

impl StudyArgs {
    /// The study with its overrides.
    pub(crate) fn read(&self) -> Result<Study, Box<Diagnostic>> {
        let samples = self.samples.map(|n| format!("ensemble.samples={n}"));
        let overrides: Vec<String> = self.set.iter().cloned().chain(samples).collect();
        Study::read(&self.study, &overrides).map_err(Box::new)
    }

    /// The command line of another command for the same study, for a shell.
    pub(crate) fn command(&self, command: &str, more: &[OsString]) -> String {
        let set = self.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]);
        let samples = self.samples.iter().flat_map(|n| ["--samples".to_owned(), n.to_string()]);
        let options = set.chain(samples).map(OsString::from);
        let study = [OsString::from(command), self.study.clone().into()];
        command_line(study.into_iter().chain(options).chain(more.iter().cloned()))
    }
}

/// `diffuson` with these arguments, quoted for a shell.
pub(crate) fn command_line(args: impl Iterator<Item = OsString>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    let quoted = |arg: OsString| {
        let arg = arg.to_string_lossy().into_owned();
        if !arg.is_empty() && arg.chars().all(plain) {
            arg
        } else {
            format!("'{}'", arg.replace('\'', r"'\''"))
        }
    };
    std::iter::once("diffuson".to_owned()).chain(args.map(quoted)).collect::<Vec<_>>().join(" ")
}

/// Threads of all ranks beyond which one core in so many is well spent on handing out.
const MANY: usize = 256;

/// On how many threads.
#[derive(Args)]
pub(crate) struct ThreadArgs {
    /// Worker threads [default: one per available core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    threads: Option<u16>,
}

impl ThreadArgs {
    pub(crate) fn count(&self) -> usize {
        self.among(None)
    }

    /// The number of threads of this process if it is one of several ranks. Where very many threads compute, rank 0 keeps one of its cores for handing out and saving.
    pub(crate) fn among(&self, mpi: Option<&Mpi>) -> usize {
        let fair = match mpi {
            None => std::thread::available_parallelism().map_or(1, usize::from),
            Some(mpi) if mpi.rank() == 0 && mpi.size() * mpi.threads() > MANY => mpi.threads() - 1,
            Some(mpi) => mpi.threads(),
        };
        self.given().unwrap_or(fair)
    }

    /// The number asked for.
    pub(crate) fn given(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }
}

/// Which kind of study.
#[derive(Args)]
pub(crate) struct KindArgs {
    /// The kind of study
    #[arg(value_parser = kind_parser())]
    pub(crate) kind: &'static Kind,
}

fn kind_parser() -> impl TypedValueParser<Value = &'static Kind> {
    PossibleValuesParser::new(KINDS.iter().map(|kind| kind.name))
        .try_map(|name| Kind::named(&name).ok_or("no such kind"))
}

/// Which record, and where its figures go.
#[derive(Args)]
pub(crate) struct RecordArgs {
    /// The record, a folder NAME.zarr
    pub(crate) store: PathBuf,
    /// Where to write [default: the folder NAME beside the record]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl RecordArgs {
    pub(crate) fn folder(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| figures_of(&self.store))
    }
}

/// The folder of figures beside a record: its path without the ending.
fn figures_of(store: &std::path::Path) -> PathBuf {
    match store.extension() {
        Some(_) => store.with_extension(""),
        None => store.with_extension("figures"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_are_fit_for_a_shell() {
        let study = StudyArgs {
            study: "my study.toml".into(),
            set: vec!["sweep.disorder.width=[1, 2]".to_owned()],
            samples: Some(9),
        };
        assert_eq!(
            study.command("merge", &["--out".into(), "it's".into()]),
            r"diffuson merge 'my study.toml' --set 'sweep.disorder.width=[1, 2]' --samples 9 --out 'it'\''s'"
        );
    }

    #[test]
    fn figures_lie_beside_the_record_and_never_in_it() {
        assert_eq!(figures_of("results/a.b.zarr".as_ref()), PathBuf::from("results/a.b"));
        assert_eq!(figures_of("results/record".as_ref()), PathBuf::from("results/record.figures"));
    }
}
