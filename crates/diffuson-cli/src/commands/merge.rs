//! `diffuson merge`

use super::run::{OutputArgs, same_command, verdict};
use crate::args::StudyArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt;
use crate::progress::Display;
use crate::terminal::Terminal;
use crate::words::{count, time};
use clap::Args;
use diffuson_ensemble::schedule::Share;
use diffuson_store::StoreError;
use diffuson_study::run::{Lacking, Merged, merge, places, shards};
use diffuson_study::{Options, RunError};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Instant;

pub(crate) const HELP: &str = "\
Joins DIR/NAME.shard-I-of-N.zarr, as left by `diffuson run STUDY --shard I/N` for I = 1 to N, into DIR/NAME.zarr, and writes results,
figures and report as `diffuson run` does: with all samples there, the record has the same bits. The shards stay. --set and --samples
must be those of the runs. Samples that two records share must agree bit by bit.

If samples are missing, the others are saved, the shards that lack them are named, and the program ends with 130: merge again when they
are there, or let `diffuson run` compute them.

Example:
  diffuson merge studies/local-heat.toml --out results";

#[derive(Args)]
pub(crate) struct MergeArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// The records to join [default: all DIR/NAME.shard-*-of-*.zarr]
    records: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Joins the shards of a study.
pub(crate) fn run(args: &MergeArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let study = args.study.read()?;
    let output = &args.output;
    let (store, figures) = places(&output.out, &args.study.study);
    let records = records(args)?;
    output.begin(
        &format!("{}  {} into {}\n", study.kind().name, count(records.len(), "record"), store.display()),
        terminal,
    )?;

    output.repair(&study, &store, Share::WHOLE, terminal)?;
    let mut display = Display::new(output.quiet);
    let stop = interrupt::flag(display.announcer())?;
    let threads = available_parallelism().map_or(1, usize::from);
    let options = Options { fresh: output.fresh, ..Options::new(&store, threads) };
    let start = Instant::now();
    let merged = merge(&study, &records, options, &mut display, &stop);
    let taken = display.end();
    let merged = merged.map_err(|error| refused(error, &store))?;

    let seconds = start.elapsed().as_secs_f64();
    let first =
        format!("{} joined in {}. {}\n\n", count(taken as usize, "sample"), time(seconds), store.display());
    output.end(&study, &merged.outcome, (&store, Some(&figures)), &first, terminal)?;
    verdict(&merged.outcome, &store, || unfinished(args, &merged, &store))
}

/// The records named, or all shards that are there.
fn records(args: &MergeArgs) -> Result<Vec<PathBuf>, Failure> {
    if !args.records.is_empty() {
        return Ok(args.records.clone());
    }
    let (out, study) = (&args.output.out, &args.study.study);
    let found = shards(out, study)?;
    if found.is_empty() {
        let (store, _) = places(Path::new(""), study);
        let name = store.with_extension("");
        return Err(Failure::new(
            Exit::Input,
            format!("there are no shards {}.shard-*-of-*.zarr in {}", name.display(), out.display()),
            format!(
                "compute them first: {}",
                args.study.command("run", &["--shard".into(), "1/10".into(), "--out".into(), out.into()])
            ),
        ));
    }
    Ok(found)
}

/// An error of one of the records, unless it is that of the record being written.
fn refused(error: RunError, store: &Path) -> Failure {
    let help = match &error {
        RunError::Store(
            StoreError::OtherStudy { path, .. }
            | StoreError::OtherVersion { path, .. }
            | StoreError::OtherLayout { path, .. },
        ) if path != store => {
            "nothing was joined: move that record away, compute it anew, or name the records to join after the study"
        }
        RunError::Store(StoreError::Damaged { path, .. }) if !path.starts_with(store) => {
            "what was joined before is kept: run its share again with --repair and merge again, or leave it out and let `diffuson run` compute its samples"
        }
        RunError::Store(StoreError::Conflict { .. }) => {
            "one was changed or computed on another kind of machine: decide which to keep, and compute the other anew with --fresh"
        }
        _ => return error.into(),
    };
    Failure::new(Exit::Input, error.to_string(), help)
}

/// Samples are missing, or the joining was stopped.
fn unfinished(args: &MergeArgs, merged: &Merged, store: &Path) -> Failure {
    let there: u64 = merged.outcome.samples.iter().sum();
    if merged.stopped {
        return Failure::new(
            Exit::Interrupted,
            format!("interrupted: {} are saved in {}", count(there as usize, "sample"), store.display()),
            format!("continue with: {}", same_command(std::env::args_os())),
        );
    }
    let rest = args.study.command("run", &["--out".into(), (&args.output.out).into()]);
    let (which, again) = match merged.lacking.as_slice() {
        [] => (String::new(), "the records".to_owned()),
        some => (format!(" ({})", lacking(some)), format!("shards {}", numbers(some.iter()))),
    };
    Failure::new(
        Exit::Interrupted,
        format!(
            "{} of {} samples are missing{which}; the others are saved in {}",
            merged.missing,
            there + merged.missing,
            store.display()
        ),
        format!("finish {again} and merge again, or compute the rest here: {rest}"),
    )
}

/// `of 10 shards 3,5-7 absent, 2 unfinished`
fn lacking(lacking: &[Lacking]) -> String {
    let (unfinished, absent): (Vec<_>, Vec<_>) = lacking.iter().partition(|it| it.found);
    let of = lacking.first().map_or(0, |it| it.share.of());
    let told = [(absent, "absent"), (unfinished, "unfinished")]
        .into_iter()
        .filter(|(some, _)| !some.is_empty())
        .map(|(some, how)| format!("{} {how}", numbers(some.into_iter())));
    format!("of {} shards {}", of, told.collect::<Vec<_>>().join(", "))
}

/// Numbers of shares as job arrays take them: `2,4-6`.
fn numbers<'l>(lacking: impl Iterator<Item = &'l Lacking>) -> String {
    let numbers: Vec<u64> = lacking.map(|it| it.share.number()).collect();
    let runs = numbers.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [first, .., last] => format!("{first}-{last}"),
        [only] => only.to_string(),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_shards_are_told_as_a_job_array_takes_them() {
        let lack = |&(number, found): &(u64, bool)| Lacking {
            share: Share::new(number, 20).expect("a share"),
            found,
            missing: 1,
            samples: 2,
        };
        let all = [(2, true), (3, false), (5, false), (6, false), (7, false), (20, true)].iter().map(lack);
        let all: Vec<Lacking> = all.collect();
        assert_eq!(lacking(&all), "of 20 shards 3,5-7 absent, 2,20 unfinished");
        assert_eq!(lacking(&all[..1]), "of 20 shards 2 unfinished");
        assert_eq!(numbers(all.iter()), "2-3,5-7,20");
    }
}
