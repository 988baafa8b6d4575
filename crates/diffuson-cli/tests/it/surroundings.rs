//! Locked, foreign and damaged records; disks that are full or read-only; readers that go away.

use super::workshop::{PROGRAM, Ran, STUDY, Workshop, assert_equal, skipped};
use std::fs;
use std::io::Read;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

const QUICK: [&str; 3] = ["run", "study.toml", "--no-report"];

fn refused(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{ran:?}");
    assert!(!ran.stderr.contains("panicked") && !ran.stderr.contains("bug"), "{ran:?}");
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is not in\n{}", ran.stderr);
    }
}

#[test]
fn the_record_of_another_study_stays_untouched_until_fresh() {
    let workshop = Workshop::with_study();
    workshop.run(&QUICK).well();
    let before = workshop.tree("results");
    let other = [&QUICK[..], &["--set", "disorder.width=3"]].concat();
    let ran = workshop.run(&other);
    let words =
        ["results/study.zarr belongs to another study: disorder.width is 2.5 there and 3.0 here", "--fresh"];
    refused(&ran, &words);
    assert_equal(&workshop.tree("results"), &before, "refused");

    workshop.run(&[&other[..], &["--fresh"]].concat()).well();
    workshop.run(&[&other[..], &["--out", "direct"]].concat()).well();
    assert_equal(&workshop.tree("results"), &workshop.tree("direct"), "fresh");
}

#[test]
fn foreign_folders_are_left_alone_even_by_fresh() {
    let workshop = Workshop::with_study();
    fs::create_dir_all(workshop.path("results/study.zarr")).expect("a folder");
    workshop.write("results/study.zarr/diary.txt", "dear diary");
    let before = workshop.tree("results");
    for fresh in [&[][..], &["--fresh"]] {
        let ran = workshop.run(&[&QUICK[..], fresh].concat());
        refused(&ran, &["results/study.zarr is not a record of this program", "it is left as it is"]);
        assert_equal(&workshop.tree("results"), &before, "foreign");
    }
}

#[test]
fn other_versions_and_damage_are_recognised() {
    let workshop = Workshop::with_study();
    workshop.run(&QUICK).well();
    let root = workshop.path("results/study.zarr/zarr.json");
    let text = fs::read_to_string(&root).expect("metadata");
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    // in the attributes of the record, and in those of the status
    assert_eq!(text.matches(&version).count(), 2);
    fs::write(&root, text.replace(&version, "\"version\": \"0.0.1\"")).expect("writable");
    refused(&workshop.run(&QUICK), &["was made by version 0.0.1 of the program", "--fresh"]);
    workshop.run(&["show", "results/study.zarr"]).well();

    fs::write(&root, &text[..text.len() / 2]).expect("writable");
    let words = ["results/study.zarr/zarr.json is damaged", "--repair"];
    refused(&workshop.run(&QUICK), &words);
    refused(&workshop.run(&["show", "results/study.zarr"]), &words);
    fs::write(&root, &text).expect("writable");
}

#[test]
fn damage_is_named_and_repaired() {
    let workshop = Workshop::with_study();
    workshop.run(&QUICK).well();
    let before = workshop.tree("results");
    let nothing = workshop.run(&[&QUICK[..], &["--repair"]].concat()).well();
    assert!(nothing.stdout.contains("nothing is damaged"), "{nothing:?}");
    assert_equal(&workshop.tree("results"), &before, "sound");

    let shard = workshop.path("results/study.zarr/heat/c/0/0/0");
    let mut bytes = fs::read(&shard).expect("a shard");
    bytes[20] ^= 1;
    fs::write(&shard, bytes).expect("writable");
    // what the results say is said without reading samples
    workshop.run(&["show", "results/study.zarr"]).well();
    let words = ["is damaged", "heat/c/0/0/0", "--repair"];
    refused(&workshop.run(&["report", "results/study.zarr"]), &words);
    refused(&workshop.run(&QUICK), &words);
    fs::remove_file(workshop.path("results/study.zarr/zarr.json")).expect("a file");
    let repaired = workshop.run(&[&QUICK[..], &["--repair"]].concat()).well();
    for line in [
        "repaired: results/study.zarr/heat/c/0/0/0: ",
        "of point 0 ",
        "repaired: results/study.zarr/zarr.json: it has no",
    ] {
        assert!(repaired.stdout.contains(line), "{line}: {repaired:?}");
    }
    assert_equal(&workshop.tree("results"), &before, "repaired");

    for lost in ["zarr.json", "status/zarr.json"] {
        fs::remove_file(workshop.path("results/study.zarr").join(lost)).expect("a file");
    }
    let words = ["is not a record of this program", "it is left as it is"];
    refused(&workshop.run(&[&QUICK[..], &["--repair"]].concat()), &words);
}

#[test]
fn a_record_that_is_being_written_is_refused() {
    let workshop = Workshop::with_study();
    let long = ["--threads", "1", "--set", "temperature.kT=0.0005", "--set", "conductor.length=100"];
    let long = [&QUICK[..], &long, &["--set", "conductor.width=40"]].concat();
    let mut other = workshop.start(&long);
    let start = Instant::now();
    // the last that is written before the first sample
    while !workshop.path("results/study.zarr/probes_coupling/c/0").exists() {
        assert!(start.elapsed() < Duration::from_secs(120), "no record was made");
        sleep(Duration::from_millis(2));
    }
    let before = workshop.tree("results");
    let ran = workshop.run(&long);
    let fresh = workshop.run(&[&long[..], &["--fresh"]].concat());
    assert_equal(&workshop.tree("results"), &before, "locked");
    other.kill().expect("a signal");
    other.wait().expect("an end");
    refused(&ran, &["results/study.zarr is being written by another run", "wait until that run has ended"]);
    refused(&fresh, &["results/study.zarr is being written by another run"]);
    // the lock of a killed run does not last
    workshop.run(&[&QUICK[..], &["--fresh"]].concat()).well();
}

#[test]
fn places_where_nothing_can_be_written_are_named() {
    let workshop = Workshop::with_study();
    let before = workshop.tree("");
    for out in ["study.toml", "study.toml/results", "/dev/null/results", "/proc/results"] {
        let ran = workshop.run(&[&QUICK[..], &["--out", out]].concat());
        refused(&ran, &["error: cannot ", out]);
        assert_equal(&workshop.tree(""), &before, out);
    }
    workshop.run(&QUICK).well();
    refused(
        &workshop.run(&["plot", "results/study.zarr", "--out", "study.toml"]),
        &["cannot write study.toml"],
    );
}

/// The program under a limit of file size, in units of 512 bytes: the writing of a larger file fails half way.
fn limited(workshop: &Workshop, blocks: u32, args: &[&str]) -> Ran {
    let script = format!("ulimit -f {blocks}; trap '' XFSZ; exec \"$0\" \"$@\"");
    let args = [&["-c", &script, PROGRAM], args].concat();
    workshop.command("sh", &args).output().expect("a shell").into()
}

#[test]
fn a_record_that_cannot_be_created_leaves_nothing() {
    let workshop = Workshop::with_study();
    let ran = limited(&workshop, 1, &QUICK);
    refused(&ran, &["cannot write results/study.zarr", "File too large", "make room"]);
    assert!(workshop.tree("results").is_empty(), "{:?}", workshop.tree("results").keys());
}

#[test]
fn a_run_that_cannot_write_any_more_keeps_what_it_has() {
    let workshop = Workshop::new();
    // fields of 600 sites and 8 samples take more than the metadata
    workshop.write(
        "study.toml",
        STUDY.replace("length   = 12", "length   = 120").replace("samples = 2", "samples = 8"),
    );
    workshop.run(&[&QUICK[..], &["--out", "direct"]].concat()).well();
    let largest = |name: &str| {
        let tree = workshop.tree("direct/study.zarr");
        let of =
            tree.iter().filter(|(path, _)| path.starts_with(name)).filter_map(|(_, bytes)| bytes.as_ref());
        of.map(Vec::len).max().expect("a file")
    };
    let (heat, metadata) = (largest("heat"), largest("zarr.json"));
    assert!(heat < metadata, "the limit below should strike at the end of the run: {heat} {metadata}");
    let limit = u32::try_from((metadata - 1) / 512).expect("a small number");
    let ran = limited(&workshop, limit, &QUICK);
    refused(&ran, &["cannot write results/study.zarr", "make room and run the same command again"]);
    let ran = workshop.run(&QUICK).well();
    assert!(ran.stdout.contains("nothing was left to compute"), "{ran:?}");
    assert_equal(&workshop.tree("results"), &workshop.tree("direct"), "continued");
}

/// What a shell script does in a name space of its own, where it may mount disks; `None` if that cannot be done here.
fn with_disks(workshop: &Workshop, script: &str, args: &[&str]) -> Option<Ran> {
    let args = [&["-rm", "sh", "-c", script, PROGRAM], args].concat();
    let Ok(output) = workshop.command("unshare", &args).output() else {
        skipped("unshare is not installed");
        return None;
    };
    let ran = Ran::from(output);
    if ran.stderr.contains("unshare:") || ran.code == Some(77) {
        skipped("no disk can be mounted");
        return None;
    }
    Some(ran)
}

#[test]
fn a_disk_that_fills_up_at_any_moment_costs_no_sample() {
    let workshop = Workshop::with_study();
    let args = ["run", "study.toml", "--threads", "2"];
    workshop.run(&[&args[..], &["--out", "direct"]].concat()).well();
    let direct = workshop.tree("direct");
    fs::create_dir(workshop.path("disk")).expect("a folder");
    // the disk is too small; when it has grown, the same command ends the run
    let script = "mount -t tmpfs -o size=$1k full disk 2>/dev/null || exit 77
        shift; \"$0\" \"$@\" && echo fits; first=$?
        mount -o remount,size=64m disk || exit 77
        \"$0\" \"$@\" >/dev/null || exit 9
        rm -rf kept; cp -a disk kept; exit $first";
    let (mut refused_at, mut fits_at) = (0, None);
    let sizes = std::iter::successors(Some(8_u32), |size| Some(size * 4 / 3));
    for size in sizes.take_while(|size| *size < 1 << 15) {
        let kibibytes = size.to_string();
        let args = [&[kibibytes.as_str()][..], &args, &["--out", "disk"]].concat();
        let Some(ran) = with_disks(&workshop, script, &args) else { return };
        assert_equal(&workshop.tree("kept"), &direct, &format!("{size} KiB"));
        if ran.code == Some(0) {
            fits_at = Some(size);
            break;
        }
        refused(&ran, &["No space left on device"]);
        refused_at += 1;
    }
    assert!(
        fits_at.is_some() && refused_at > 4,
        "{refused_at} disks were too small, {fits_at:?} KiB are enough"
    );
}

#[test]
fn a_disk_that_is_read_only_is_an_error_like_others() {
    let workshop = Workshop::with_study();
    fs::create_dir(workshop.path("disk")).expect("a folder");
    let script = "mount -t tmpfs disk disk 2>/dev/null || exit 77
        \"$0\" \"$@\" >/dev/null || exit 9
        mount -o remount,ro disk || exit 77
        \"$0\" \"$@\" --samples 3 >/dev/null; code=$?
        \"$0\" show disk/study.zarr || exit 9
        exit $code";
    let Some(ran) = with_disks(&workshop, script, &[&QUICK[..], &["--out", "disk"]].concat()) else { return };
    refused(&ran, &["disk/study.zarr", "Read-only file system"]);
    assert!(ran.stdout.contains("audit"), "{ran:?}");
}

#[test]
fn an_output_folder_that_disappears_is_an_error_like_others() {
    let workshop = Workshop::with_study();
    let long =
        [&QUICK[..], &["--set", "conductor.length=60", "--set", "conductor.width=20", "--samples", "40"]]
            .concat();
    let child = workshop.start(&long);
    let start = Instant::now();
    while !workshop.path("results/study.zarr/probes_coupling/c/0").exists() {
        assert!(start.elapsed() < Duration::from_secs(120), "no record was made");
        sleep(Duration::from_millis(1));
    }
    // the run may put a file there while its folder is emptied
    while workshop.path("results").exists() && fs::remove_dir_all(workshop.path("results")).is_err() {
        sleep(Duration::from_millis(1));
    }
    let ran: Ran = child.wait_with_output().expect("an end").into();
    refused(&ran, &["results/study.zarr"]);
}

#[cfg(unix)]
#[test]
fn a_record_is_written_by_one_run_under_whatever_name() {
    let workshop = Workshop::with_study();
    workshop.run(&[&QUICK[..], &["--samples", "1"]].concat()).well();
    let long =
        ["--set", "conductor.length=100", "--set", "conductor.width=40", "--samples", "400", "--fresh"];
    let mut other = workshop.start(&[&QUICK[..], &long].concat());
    let start = Instant::now();
    while !workshop.path("results/study.zarr.lock").exists() {
        assert!(start.elapsed() < Duration::from_secs(120), "no lock was taken");
        sleep(Duration::from_millis(1));
    }
    std::os::unix::fs::symlink("results", workshop.path("folder")).expect("a link");
    fs::create_dir(workshop.path("links")).expect("a folder");
    std::os::unix::fs::symlink("../results/study.zarr", workshop.path("links/study.zarr")).expect("a link");
    let ran = ["results", "./results/../results", "folder", "links"]
        .map(|out| workshop.run(&[&QUICK[..], &["--out", out]].concat()));
    other.kill().expect("a signal");
    other.wait().expect("an end");
    for ran in ran {
        refused(&ran, &["is being written by another run"]);
    }
}

#[test]
fn output_that_cannot_be_written_is_no_panic() {
    let workshop = Workshop::with_study();
    workshop.run(&QUICK).well();
    for args in [&["show", "results/study.zarr"][..], &["new", "local-heat"], &["check", "study.toml"]] {
        // nobody reads
        let mut child = workshop.start(args);
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("text");
        assert_eq!((child.wait().expect("an end").code(), stderr.as_str()), (Some(0), ""), "{args:?}");
        // nothing can be written
        if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
            let mut command = workshop.command(PROGRAM, args);
            let ran: Ran = command.stdout(Stdio::from(full)).output().expect("it starts").into();
            refused(&ran, &["cannot write to standard output"]);
        }
    }
    // a run goes on although nobody listens
    let mut child = workshop.start(&[&QUICK[..], &["--out", "alone"]].concat());
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    assert_equal(&workshop.tree("alone"), &workshop.tree("results"), "nobody listened");
}

#[test]
fn nothing_but_text_goes_into_pipes() {
    let workshop = Workshop::with_study();
    workshop.write("bad.toml", STUDY.replace("12", "-12"));
    for args in
        [&["run", "study.toml"][..], &["run", "bad.toml"], &["--help"], &["show", "results/study.zarr"]]
    {
        let ran = workshop.run(args);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{args:?} {ran:?}");
        assert!(!ran.stdout.contains('\r') && !ran.stderr.contains('\r'), "{args:?} {ran:?}");
    }
}

#[cfg(not(feature = "mpi"))]
#[test]
fn a_build_without_mpi_says_so_once_when_it_is_launched_over_ranks() {
    let workshop = Workshop::with_study();
    for (rank, errors) in [("0", 1), ("1", 0)] {
        let mut command = workshop.command(PROGRAM, &QUICK);
        command.envs([("OMPI_COMM_WORLD_RANK", rank), ("OMPI_COMM_WORLD_SIZE", "2")]);
        let ran = Ran::from(command.output().expect("it starts"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        let words = "error: this program was built without MPI: cargo build --release --features mpi\n";
        assert_eq!(ran.stderr.matches(words).count(), errors, "{ran:?}");
        assert!(errors == 1 || ran.stderr.is_empty(), "{ran:?}");
    }
    assert_eq!(workshop.tree("").len(), 1, "nothing was written");
    // one rank is a process like any other
    let mut command = workshop.command(PROGRAM, &QUICK);
    command.envs([("OMPI_COMM_WORLD_RANK", "0"), ("OMPI_COMM_WORLD_SIZE", "1")]);
    Ran::from(command.output().expect("it starts")).well();
}
