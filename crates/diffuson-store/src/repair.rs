//! Finding what is damaged in a record, and making it fit to be continued.
//!
//! Every file is read. What cannot be read is written anew from the study at hand, or, where it holds samples, these become missing, so that the run computes them again: samples are
//! pure functions of the study, and the record ends with the bytes it would have had. Chunks that can be read are kept.
//!
//! Nothing is taken over from another study. The root says which study a record belongs to; should it be lost, the metadata of the status do. One of the two must be there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::chunked::Chunked;
use crate::contents::{Contents, check_layout, check_study};
use crate::error::StoreError;
use crate::folder;
use crate::layout::{ArraySpec, Layout, POINT, SAMPLE, STATUS};
use crate::provenance::Provenance;
use crate::schema::{self, ROOT, Schema};
use crate::values::{Kind, Status, Value};

/// A file of a record that was damaged, and what is lost with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub reason: String,
    /// The point whose samples are lost, and how many of them are missing now; none where the study at hand knows what
    /// the file has to say, or where it follows from the samples.
    pub lost: Option<(usize, usize)>,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; ", self.file.display(), self.reason)?;
        match self.lost {
            Some((point, 1)) => write!(f, "1 sample of point {point} is computed again"),
            Some((point, samples)) => write!(f, "{samples} samples of point {point} are computed again"),
            None => write!(f, "it is written again"),
        }
    }
}

/// The record at `path` for a run of this provenance and these arrays, and what was damaged in it.
pub(crate) fn repair(
    path: &Path,
    provenance: &Provenance,
    base: Schema,
) -> Result<(Contents, Vec<Damage>), StoreError> {
    let requested = base.samples();
    let mut found = Vec::new();
    let (base, all) = witness(path, provenance, base, &mut found)?;
    let root_is_lost = !found.is_empty();
    folder::sweep(path)?;
    let mut contents = Contents::new(path, provenance.clone(), base, all)?;
    if root_is_lost {
        remove_unknown_arrays(path, &contents.all)?;
    }
    check_metadata(path, &contents.all, &mut found)?;
    check_whole_arrays(&contents, &mut found)?;
    check_samples(&contents, &mut found)?;
    if !found.is_empty() {
        // Results follow from all samples, and they do so again.
        contents.declare_results(&Layout::default())?;
    }
    contents.sync()?;
    contents.grow(requested.max(contents.base.samples()))?;
    Ok((contents, found))
}

/// The arrays of the record with its own number of samples and its own shards, without and with results, if it belongs to this study.
fn witness(
    path: &Path,
    provenance: &Provenance,
    mut base: Schema,
    found: &mut Vec<Damage>,
) -> Result<(Schema, Schema), StoreError> {
    let root = path.join(ROOT);
    match schema::open(path) {
        Ok((_, stored, mut all)) => {
            check_study(path, &stored, provenance)?;
            base.set_samples(all.samples());
            base.chunking = all.chunking;
            if let Err(other) = check_layout(path, &all, &base) {
                // Root and folder are two witnesses: where they agree, the record has other arrays.
                let agree = |(name, spec): (&String, &ArraySpec)| {
                    let differs =
                        base.arrays.get(name).is_some_and(|it| base.metadata(it) != all.metadata(spec));
                    differs
                        && read_json(&path.join(name).join(ROOT)).is_some_and(|own| own == all.metadata(spec))
                };
                if all.arrays.iter().any(agree) || base.points() != all.points() {
                    return Err(other);
                }
                found.push(Damage { file: root, reason: other.to_string(), lost: None });
                all = base.clone();
            }
            Ok((base, all))
        }
        Err(
            error @ (StoreError::Damaged { .. }
            | StoreError::SchemaVersion { .. }
            | StoreError::NotARecord { .. }),
        ) => {
            let Some(status) = read_json(&path.join(STATUS).join(ROOT)) else {
                return Err(match error {
                    StoreError::Damaged { .. } => StoreError::Unrepairable { path: path.to_path_buf() },
                    other => other,
                });
            };
            let attribute =
                |key| status.pointer("/attributes").and_then(|it| it.get(key)).and_then(Json::as_str);
            let is = |key, mine: &str| attribute(key).filter(|stored| *stored != mine).map(str::to_owned);
            if let Some(stored) = is("version", &provenance.version) {
                let requested = provenance.version.clone();
                return Err(StoreError::OtherVersion { path: path.to_path_buf(), stored, requested });
            }
            let requested = provenance.fingerprint();
            if let Some(stored) = is("study_fingerprint", &requested) {
                let key = "study_fingerprint".to_owned();
                return Err(StoreError::OtherStudy { path: path.to_path_buf(), key, stored, requested });
            }
            let chunking = schema::chunking(&status);
            let samples = samples(path, &base);
            if let (Some(chunking), Some(samples)) = (chunking, samples) {
                base.chunking = chunking;
                base.set_samples(samples);
            }
            let mut own = status;
            if let Some(stored) = own.pointer_mut("/shape/1") {
                *stored = base.samples().into();
            }
            if own != base.metadata(&base.arrays[STATUS]) {
                return Err(match error {
                    StoreError::Damaged { .. } => StoreError::Unrepairable { path: path.to_path_buf() },
                    other => other,
                });
            }
            found.push(Damage { file: root, reason: said(&error), lost: None });
            Ok((base.clone(), base))
        }
        Err(error) => Err(error),
    }
}

/// The number of samples, as most arrays in their folders have it.
fn samples(path: &Path, base: &Schema) -> Option<usize> {
    let mut votes: BTreeMap<u64, usize> = BTreeMap::new();
    for (name, spec) in &base.arrays {
        let Some(at) = spec.dims.iter().position(|dim| dim == SAMPLE) else { continue };
        let own = read_json(&path.join(name).join(ROOT));
        if let Some(samples) = own.as_ref().and_then(|own| own["shape"][at].as_u64()) {
            *votes.entry(samples).or_default() += 1;
        }
    }
    votes.into_iter().max_by_key(|(_, votes)| *votes).and_then(|(samples, _)| usize::try_from(samples).ok())
}

/// Compares the metadata in the folders of the arrays with those of the root. They are written again later, where they differ.
fn check_metadata(path: &Path, all: &Schema, found: &mut Vec<Damage>) -> Result<(), StoreError> {
    for (name, spec) in &all.arrays {
        let file = path.join(name).join(ROOT);
        let mut expected = all.metadata(spec);
        let reason = match read_json(&file) {
            None if fs::symlink_metadata(&file).is_ok() => "it cannot be understood",
            None => "it is missing",
            Some(own) => {
                // A run killed while it made room for more samples leaves other shapes.
                expected["shape"] = own["shape"].clone();
                if own == expected {
                    continue;
                }
                "it differs from what the study says"
            }
        };
        clear(path, &file)?;
        found.push(Damage { file, reason: reason.to_owned(), lost: None });
    }
    Ok(())
}

/// Reads coordinates, what describes the points, and results.
fn check_whole_arrays(contents: &Contents, found: &mut Vec<Damage>) -> Result<(), StoreError> {
    for (name, spec) in &contents.all.arrays {
        let size: usize = contents.all.shape(spec).iter().product();
        if spec.is_per_sample() || size == 0 {
            continue;
        }
        let array = &contents.arrays[name];
        if [POINT, SAMPLE].contains(&name.as_str()) {
            let per_chunk = contents.all.chunk_shape(spec)[0];
            for chunk in 0..size.div_ceil(per_chunk) {
                let numbers = read_whole::<i64>(array, &[chunk])?;
                let first = chunk * per_chunk;
                let right = |numbers: Vec<i64>| {
                    let inside = numbers.iter().take(size - first).enumerate();
                    let counts = inside.map(|(i, number)| (*number, (first + i) as i64)).all(|(a, b)| a == b);
                    if counts { Ok(()) } else { Err("it does not count from 0".to_owned()) }
                };
                note(contents, array.file(&[chunk]), numbers.and_then(right), found)?;
            }
            continue;
        }
        let index = vec![0; spec.dims.len()];
        let read = match spec.kind {
            Kind::Float => read_whole::<f64>(array, &index)?.map(drop),
            Kind::Integer => read_whole::<i64>(array, &index)?.map(drop),
            Kind::Byte => read_whole::<u8>(array, &index)?.map(drop),
            Kind::Text => read_whole::<String>(array, &index)?.map(drop),
        };
        note(contents, array.file(&index), read, found)?;
    }
    Ok(())
}

/// A file that is one chunk, or what is wrong with it.
fn read_whole<T: Value>(array: &Chunked, index: &[usize]) -> Result<Result<Vec<T>, String>, StoreError> {
    Ok(match tolerate(array.read(index))? {
        Ok(Some(values)) => Ok(values),
        Ok(None) => Err("it is missing".to_owned()),
        Err(reason) => Err(reason),
    })
}

fn note(
    contents: &Contents,
    file: PathBuf,
    read: Result<(), String>,
    found: &mut Vec<Damage>,
) -> Result<(), StoreError> {
    if let Err(reason) = read {
        clear(contents.path(), &file)?;
        found.push(Damage { file, reason, lost: None });
    }
    Ok(())
}

/// What could be read of one shard: the reason why not, by chunk.
struct Unreadable {
    file: PathBuf,
    /// Whether it is the file as a whole.
    whole: bool,
    chunks: BTreeMap<usize, String>,
}

/// Reads all samples that are done; those that cannot be read become missing.
fn check_samples(contents: &Contents, found: &mut Vec<Damage>) -> Result<(), StoreError> {
    let schema = &contents.base;
    let per_shard = schema.chunking.shard;
    let per_chunk = schema.chunking.chunk;
    for point in 0..schema.points() {
        for shard in 0..schema.samples().div_ceil(per_shard) {
            let inside = per_shard.min(schema.samples() - shard * per_shard);
            let (mut status, damage) = status(contents, point, shard, inside)?;
            let mut unreadable: Vec<Unreadable> = damage.into_iter().collect();
            let of_status = unreadable.len();
            let known = status.clone();
            let needed: Vec<usize> = known
                .chunks(per_chunk)
                .enumerate()
                .filter(|(_, known)| known.iter().any(|status| *status != Status::Missing))
                .map(|(chunk, _)| chunk)
                .collect();
            for (name, spec) in
                schema.arrays.iter().filter(|(name, spec)| spec.is_per_sample() && *name != STATUS)
            {
                let array = &contents.arrays[name];
                let mut index = vec![0; spec.dims.len()];
                index[..2].copy_from_slice(&[point, shard]);
                let read = match spec.kind {
                    Kind::Float => check_shard::<f64>(array, &index, &needed)?,
                    Kind::Integer => check_shard::<i64>(array, &index, &needed)?,
                    Kind::Byte => check_shard::<u8>(array, &index, &needed)?,
                    Kind::Text => check_shard::<String>(array, &index, &needed)?,
                };
                unreadable.extend(read);
            }
            if unreadable.is_empty() {
                continue;
            }
            let lost: BTreeSet<usize> = unreadable.iter().flat_map(|it| it.chunks.keys().copied()).collect();
            for chunk in lost {
                let end = inside.min((chunk + 1) * per_chunk);
                status[chunk * per_chunk..end].fill(Status::Missing);
            }
            // First nothing counts as done any more, then files go: a repair that is killed can be repeated.
            let whole: Vec<&Path> =
                unreadable.iter().filter(|it| it.whole).map(|it| it.file.as_path()).collect();
            let (of_status_file, others) = whole.split_at(whole.len().min(of_status));
            for file in of_status_file {
                clear(contents.path(), file)?;
            }
            contents.write_status(point, shard, &status)?;
            for file in others {
                clear(contents.path(), file)?;
            }
            for (i, it) in unreadable.into_iter().enumerate() {
                // What the status said is not known where it is lost itself.
                let counts = |sample: &usize| i < of_status || known[*sample] != Status::Missing;
                let ranges = it.chunks.keys().map(|k| k * per_chunk..inside.min((k + 1) * per_chunk));
                let samples = ranges.flatten().filter(counts).count();
                let reason = it.chunks.into_values().next();
                let reason = reason.unwrap_or_else(|| "something else is in its place".to_owned());
                found.push(Damage { file: it.file, reason, lost: (samples > 0).then_some((point, samples)) });
            }
        }
    }
    Ok(())
}

/// What is known of the samples of a shard, and which chunks of it could not be read.
fn status(
    contents: &Contents,
    point: usize,
    shard: usize,
    inside: usize,
) -> Result<(Vec<Status>, Option<Unreadable>), StoreError> {
    let array = &contents.arrays[STATUS];
    let per_chunk = contents.base.chunking.chunk;
    let index = [point, shard];
    let mut status = vec![Status::Missing; inside];
    let mut unreadable = Unreadable { file: array.file(&index), whole: false, chunks: BTreeMap::new() };
    let mut opened = match tolerate(array.open_shard(&index))? {
        Ok(Some(opened)) => opened,
        Ok(None) => {
            // That of the first samples is written after all their other files.
            let others =
                contents.base.arrays.iter().filter(|(name, spec)| spec.is_per_sample() && *name != STATUS);
            let mut others = others.map(|(name, spec)| {
                let mut index = vec![0; spec.dims.len()];
                index[..2].copy_from_slice(&[point, shard]);
                contents.arrays[name].file(&index)
            });
            if others.any(|file| file.exists()) {
                let chunks = 0..inside.div_ceil(per_chunk);
                unreadable.chunks = chunks.map(|chunk| (chunk, "it is missing".to_owned())).collect();
            }
            return Ok((status, (!unreadable.chunks.is_empty()).then_some(unreadable)));
        }
        Err(reason) => {
            let chunks = 0..inside.div_ceil(per_chunk);
            unreadable.chunks = chunks.map(|chunk| (chunk, reason.clone())).collect();
            unreadable.whole = true;
            return Ok((status, Some(unreadable)));
        }
    };
    for (chunk, known) in status.chunks_mut(per_chunk).enumerate() {
        let codes: Option<Vec<u8>> = match tolerate(opened.read(chunk))? {
            Ok(codes) => codes,
            Err(reason) => {
                unreadable.chunks.insert(chunk, reason);
                continue;
            }
        };
        for (status, code) in known.iter_mut().zip(codes.into_iter().flatten()) {
            match Status::from_code(code) {
                Some(code) => *status = code,
                None => {
                    unreadable.chunks.insert(chunk, format!("no status has the number {code}"));
                }
            }
        }
        if unreadable.chunks.contains_key(&chunk) {
            known.fill(Status::Missing);
        }
    }
    Ok((status, (!unreadable.chunks.is_empty()).then_some(unreadable)))
}

/// Which of the chunks that should be in a shard cannot be read.
fn check_shard<T: Value>(
    array: &Chunked,
    index: &[usize],
    needed: &[usize],
) -> Result<Option<Unreadable>, StoreError> {
    let mut unreadable = Unreadable { file: array.file(index), whole: false, chunks: BTreeMap::new() };
    let all = |reason: &str| needed.iter().map(|&chunk| (chunk, reason.to_owned())).collect();
    if needed.is_empty() {
        // Whatever a file says that nothing knows of, it is replaced; but something else would be in the way.
        let blocked = match fs::symlink_metadata(&unreadable.file) {
            Ok(there) => !there.is_file(),
            Err(error) => error.kind() == io::ErrorKind::NotADirectory,
        };
        unreadable.whole = blocked;
        return Ok(blocked.then_some(unreadable));
    }
    match tolerate(array.open_shard(index))? {
        Ok(Some(mut shard)) => {
            for &chunk in needed {
                let reason = match tolerate(shard.read::<T>(chunk))? {
                    Ok(Some(_)) => continue,
                    Ok(None) => "its samples are done, but they are not there".to_owned(),
                    Err(reason) => reason,
                };
                unreadable.chunks.insert(chunk, reason);
            }
        }
        Ok(None) => unreadable.chunks = all("it is missing"),
        Err(reason) => {
            unreadable.chunks = all(&reason);
            unreadable.whole = true;
        }
    }
    Ok((!unreadable.chunks.is_empty()).then_some(unreadable))
}

/// The reason why a file cannot be read, if it is the file's: what it holds, or what stands in its place. All else (permissions, too many open files, a file system that does not
/// answer) is an error that ends the repair: the file may well be in order, and is left alone.
fn tolerate<T>(read: Result<T, StoreError>) -> Result<Result<T, String>, StoreError> {
    use io::ErrorKind as Kind;
    let of_the_file = [Kind::IsADirectory, Kind::NotADirectory, Kind::UnexpectedEof];
    match read {
        Ok(values) => Ok(Ok(values)),
        Err(StoreError::Io { action, path, source }) if !of_the_file.contains(&source.kind()) => {
            Err(StoreError::Io { action, path, source })
        }
        Err(error) => Ok(Err(said(&error))),
    }
}

/// What is wrong, without the file.
fn said(error: &StoreError) -> String {
    match error {
        StoreError::Damaged { reason, .. } | StoreError::NotARecord { reason, .. } => reason.clone(),
        StoreError::Io { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// A file of metadata, if it can be understood.
fn read_json(file: &Path) -> Option<Json> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// Removes what stands where a file should be, or where a folder above it should be; nothing outside the record.
fn clear(record: &Path, file: &Path) -> Result<(), StoreError> {
    let failed = |at: &Path| {
        let at = at.to_path_buf();
        move |source| StoreError::io("remove", &at, source)
    };
    for above in file.ancestors().skip(1).take_while(|above| *above != record) {
        if fs::symlink_metadata(above).is_ok_and(|there| !there.is_dir()) {
            fs::remove_file(above).map_err(failed(above))?;
        }
    }
    match fs::symlink_metadata(file) {
        Ok(there) if there.is_dir() => fs::remove_dir_all(file).map_err(failed(file)),
        Ok(_) => fs::remove_file(file).map_err(failed(file)),
        Err(_) => Ok(()),
    }
}

/// Removes the arrays that nothing knows any more: results, after the root that named them was lost. Other folders stay.
fn remove_unknown_arrays(path: &Path, known: &Schema) -> Result<(), StoreError> {
    let failed = |source| StoreError::io("read", path, source);
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let folder = entry.path();
        let is_known = name.to_str().is_some_and(|name| known.arrays.contains_key(name));
        if is_known || !entry.file_type().map_err(failed)?.is_dir() {
            continue;
        }
        let ours = |inner: fs::DirEntry| [ROOT, "c"].iter().any(|own| inner.file_name() == *own);
        let mut inner = fs::read_dir(&folder).map_err(failed)?;
        if inner.all(|inner| inner.is_ok_and(ours)) {
            fs::remove_dir_all(&folder).map_err(|source| StoreError::io("remove", &folder, source))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_that_does_not_answer_is_no_damage() {
        let read = |source| tolerate::<()>(Err(StoreError::io("read", Path::new("heat/c/0"), source)));
        // too many open files, input/output error, stale handle, timed out
        #[cfg(target_os = "linux")]
        for code in [24, 5, 116, 110] {
            assert!(read(io::Error::from_raw_os_error(code)).is_err(), "{code}");
        }
        assert!(read(io::ErrorKind::PermissionDenied.into()).is_err());
        assert!(read(io::ErrorKind::IsADirectory.into()).is_ok_and(|reason| reason.is_err()));
        let damaged = StoreError::damaged(Path::new("heat/c/0"), "its checksum differs");
        assert_eq!(tolerate::<()>(Err(damaged)).unwrap(), Err("its checksum differs".to_owned()));
    }
}
