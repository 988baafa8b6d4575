//! Shares of an ensemble that independent runs have computed, joined into the record of the study.

use super::{Options, Outcome, RunError, begin, conclude, ensemble, places, pool, record, with_task};
use crate::diagnostic::Diagnostic;
use crate::settings::Stop;
use crate::study::Study;
use crate::task::Task;
use diffuson_ensemble::schedule::{Observer, Progress, Share};
use diffuson_store::{Reader, Status, StoreError};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// What joining has come to.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What follows from the samples that are there; `interrupted` if any are missing.
    pub outcome: Outcome,
    /// Whether the joining itself was stopped.
    pub stopped: bool,
    /// Samples of the study that none of the records has.
    pub missing: u64,
    /// Which shares they belong to, in rising order, if all records are shares of one division.
    pub lacking: Vec<Lacking>,
}

/// A share of which samples are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// Which share.
    pub share: Share,
    /// Whether its record was among those joined.
    pub found: bool,
    /// How many of its samples are missing.
    pub missing: u64,
    /// How many samples it has.
    pub samples: u64,
}

/// Joins records of one study, whole ones or shares, into `options.record`, which is created or continued as by a run; then everything follows from the samples as it does at the end of a run. With all samples there, the record has the bits of one run.
///
/// Samples are copied with bounded memory. What two records have in common is compared bit by bit. A merge may be stopped or killed at any moment; the same call takes the rest. Nothing is computed: samples that no record has stay missing. `options.threads` make the results; `options.share` does not matter.
///
/// # Errors
/// [`RunError::Study`] for an ensemble that stops at an error; [`RunError::Store`] if a record is of another study, version or layout (nothing is changed then), is damaged, or differs from another one in a sample.
pub fn merge(
    study: &Study,
    records: &[PathBuf],
    options: Options<'_>,
    observer: &mut dyn Observer,
    stop: &AtomicBool,
) -> Result<Merged, RunError> {
    samples_given(study)?;
    with_task(study, |task| {
        let record = record(study, task, Share::WHOLE);
        let records = records.iter().map(Reader::open).collect::<Result<Vec<_>, _>>()?;
        records.iter().try_for_each(|other| record.check(other))?;
        let mut writer = begin(task, &record, options)?;

        let samples = records.iter().map(Reader::samples).chain([writer.samples()]).max().unwrap_or(0);
        let all = (0..record.points).flat_map(|point| (0..samples).map(move |sample| (point, sample)));
        let known = all.filter(|&(point, sample)| writer.status(point, sample) != Status::Missing);
        let mut progress = Progress { done: known.count() as u64, ..Progress::default() };
        progress.total = (record.points * samples) as u64;
        observer.progress(&progress);
        for step in writer.merge(&records)? {
            let step = step?;
            progress.done += step.saved as u64;
            progress.latest = Some((step.point, step.samples.end as u64 - 1));
            observer.progress(&progress);
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        let outcome = conclude(task, writer, &pool(options.threads)?)?;
        let (missing, lacking) = lacking(study, task, &Reader::open(options.record)?, &records)?;
        let outcome = Outcome { interrupted: missing > 0, ..outcome };
        let stopped = missing > 0 && stop.load(Ordering::Relaxed);
        Ok(Merged { outcome, stopped, missing, lacking })
    })
}

/// The record of a share of a study, in the folder `out`: `NAME.shard-2-of-10.zarr`.
pub fn shard_place(out: &Path, study: &Path, share: Share) -> PathBuf {
    let (_, mut place) = places(out, study);
    let name = place.as_mut_os_string();
    name.push(format!("{MARK}{}-of-{}{ENDING}", share.number(), share.of()));
    place
}

const MARK: &str = ".shard-";
const ENDING: &str = ".zarr";

/// The records of all shares of a study that are in the folder `out`, in the order of their numbers.
///
/// # Errors
/// [`StoreError::Io`] if the folder cannot be read.
pub fn shards(out: &Path, study: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |source| StoreError::Io { action: "read", path: out.to_path_buf(), source };
    let entries = match out.read_dir() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let (_, name) = places(Path::new(""), study);
    let mut found = Vec::new();
    for entry in entries {
        let file = entry.map_err(failed)?.file_name();
        if let Some(share) = share_of(&file, name.as_os_str()) {
            found.push((share.of(), share.number(), out.join(file)));
        }
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(.., path)| path).collect())
}

/// Which share of the study `name` a file is named after.
fn share_of(file: &OsStr, name: &OsStr) -> Option<Share> {
    let rest = file.as_encoded_bytes().strip_prefix(name.as_encoded_bytes())?;
    let rest = std::str::from_utf8(rest).ok()?.strip_prefix(MARK)?.strip_suffix(ENDING)?;
    let share: Share = rest.replacen("-of-", "/", 1).parse().ok()?;
    // no other spelling of the same numbers
    (rest == format!("{}-of-{}", share.number(), share.of())).then_some(share)
}

/// Shares are those of a number of samples.
pub(super) fn samples_given(study: &Study) -> Result<(), Diagnostic> {
    let Stop::RelativeError { .. } = ensemble(study).stop else { return Ok(()) };
    Err(study.diagnostic(
        0,
        "ensemble.relative_error",
        "an ensemble that stops at an error has no shares".to_owned(),
        "how many samples it takes is known at its end only".to_owned(),
        "say how many there are: `ensemble.samples = 1000` in place of `ensemble.relative_error`".to_owned(),
    ))
}

/// How many samples a share of a study has.
///
/// # Errors
/// [`Diagnostic`] if the study asks for something impossible.
pub fn samples_of(study: &Study, share: Share) -> Result<u64, Diagnostic> {
    with_task(study, |task| {
        let ranges = (0..study.points().len()).map(|point| range(study, task, share, point));
        Ok(ranges.map(|range| range.end - range.start).sum())
    })
}

/// The samples of a point that belong to a share. Points that share the work of a sample are in one share.
fn range(study: &Study, task: &dyn Task, share: Share, point: usize) -> Range<u64> {
    share.range(task.leader(point), ensemble(study).most_samples() as u64)
}

/// The largest number of shares that are told one by one.
const MOST_SHARES: u64 = 1_000_000;

/// How many samples of the study are missing, and from which shares.
fn lacking(
    study: &Study,
    task: &dyn Task,
    merged: &Reader,
    records: &[Reader],
) -> Result<(u64, Vec<Lacking>), StoreError> {
    let found: Option<Vec<Share>> =
        records.iter().map(|record| record.provenance().shard.as_ref()?.parse().ok()).collect();
    let found = found.unwrap_or_default();
    let of = found.first().map_or(0, |share| share.of());
    let of = if of <= MOST_SHARES && found.iter().all(|share| share.of() == of) { of } else { 0 };
    let mut lacking: Vec<Lacking> = (1..=of)
        .filter_map(|number| Share::new(number, of).ok())
        .map(|share| Lacking { share, found: found.contains(&share), missing: 0, samples: 0 })
        .collect();

    let samples = ensemble(study).most_samples();
    let mut total = 0;
    for point in 0..merged.points() {
        let status = merged.status(point)?;
        let missing = |from: u64, to: u64| {
            let is_missing = |n: u64| status.get(n as usize).is_none_or(|it| *it == Status::Missing);
            (from..to).filter(|&n| is_missing(n)).count() as u64
        };
        total += missing(0, samples as u64);
        for it in &mut lacking {
            let Range { start, end } = range(study, task, it.share, point);
            it.samples += end - start;
            it.missing += missing(start, end);
        }
    }
    lacking.retain(|it| it.missing > 0);
    Ok((total, lacking))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_found_under_the_name_it_is_written_to() {
        let study = Path::new("studies/a.b.toml");
        let share = Share::new(2, 10).expect("a share");
        let place = shard_place("out".as_ref(), study, share);
        assert_eq!(place, Path::new("out/a.b.shard-2-of-10.zarr"));
        assert_eq!(share_of(place.file_name().expect("a name"), "a.b".as_ref()), Some(share));
        for other in [
            "a.b.zarr",
            "a.bc.shard-2-of-10.zarr",
            "a.b.shard-02-of-10.zarr",
            "a.b.shard-2-of-10.zarr.lock",
            "a.b.shard-11-of-10.zarr",
            "a.b.shard-2/10.zarr",
        ] {
            assert_eq!(share_of(other.as_ref(), "a.b".as_ref()), None, "{other}");
        }
    }
}
