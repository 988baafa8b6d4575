//! Shares of an ensemble computed by independent runs, and joined.

use super::workshop::{PROGRAM, Ran, STUDY, Tree, Workshop, assert_equal};
use diffuson_ensemble::schedule::Share;
use diffuson_store::{Reader, Status};
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Instant;

/// Two points of seven samples in milliseconds.
fn workshop() -> (Workshop, Tree) {
    let workshop = Workshop::new();
    workshop.write("study.toml", STUDY.replace("samples = 2", "samples = 7"));
    workshop.run(&["run", "study.toml", "--out", "whole"]).well();
    let whole = workshop.tree("whole");
    (workshop, whole)
}

fn shard(workshop: &Workshop, share: &str, threads: &str) -> Ran {
    workshop.run(&["run", "study.toml", "--shard", share, "--threads", threads])
}

/// Compares what a merge has left with what one run has, the shards aside.
fn assert_whole(workshop: &Workshop, whole: &Tree) {
    let mut merged = workshop.tree("results");
    merged.retain(|path, _| path.starts_with("study") || path.starts_with("study.zarr"));
    assert_equal(&merged, whole, "merged");
}

#[test]
fn three_shards_make_the_record_and_the_page_of_one_run() {
    let (workshop, whole) = workshop();
    for (share, threads, samples) in [("3/3", "1", 4), ("1/3", "2", 5), ("2/3", "4", 5)] {
        let ran = shard(&workshop, share, threads).well();
        let (number, _) = share.split_once('/').expect("a share");
        let headline = format!(" Gflop per sample, shard {number} of 3: {samples} of 14 samples\n");
        assert!(ran.stdout.contains(&headline), "{ran:?}");
        assert!(ran.stdout.contains(&format!("results/study.shard-{number}-of-3.zarr\n")), "{ran:?}");
        assert!(ran.stdout.contains("all passed") && !ran.stdout.contains("report.html"), "{ran:?}");
        let merge = "when all 3 shards are there: diffuson merge study.toml --out results\n";
        assert!(ran.stdout.ends_with(merge), "{ran:?}");
        let record = format!("results/study.shard-{number}-of-3.zarr");
        let shown = workshop.run(&["show", &record]).well().stdout;
        assert!(shown.contains(&format!("shard        {number} of 3\n")), "{shown}");
        assert!(shown.contains(&format!("{samples} done, 0 failed, {} missing", 14 - samples)), "{shown}");
    }
    assert!(!workshop.path("results/study").exists(), "a shard has no figures");
    // a shard that is there is not computed again
    assert!(shard(&workshop, "2/3", "1").well().stdout.contains("nothing was left to compute"));

    let ran = workshop.run(&["merge", "study.toml"]).well();
    assert!(ran.stdout.starts_with("local-heat  3 records into results/study.zarr\n14 samples joined in "));
    assert!(ran.stdout.contains("report   results/study/report.html") && ran.stderr.is_empty(), "{ran:?}");
    assert_whole(&workshop, &whole);
    // again, and anew from records that are named, in another order
    assert!(workshop.run(&["merge", "study.toml"]).well().stdout.contains("0 samples joined"));
    assert_whole(&workshop, &whole);
    let named = [2, 3, 1].map(|number| format!("results/study.shard-{number}-of-3.zarr"));
    let [a, b, c] = named.each_ref().map(String::as_str);
    workshop.run(&["merge", "study.toml", a, b, c, "--fresh", "--quiet"]).well();
    assert_whole(&workshop, &whole);
}

#[test]
fn what_is_missing_is_named_and_comes_later() {
    let (workshop, whole) = workshop();
    shard(&workshop, "1/4", "1").well();
    shard(&workshop, "4/4", "1").well();
    let ran = workshop.run(&["merge", "study.toml"]);
    assert_eq!(ran.code, Some(130), "{ran:?}");
    let error = "error: 8 of 14 samples are missing (of 4 shards 2-3 absent); the others are saved in results/study.zarr\n";
    let help = "finish shards 2-3 and merge again, or compute the rest here: diffuson run study.toml --out results\n";
    assert!(ran.stderr.starts_with(error) && ran.stderr.ends_with(help), "{ran:?}");
    assert!(!workshop.path("results/study").exists());
    let object = workshop.run(&["merge", "study.toml", "--json"]).json();
    assert_eq!(object["interrupted"], true);

    // one comes from its shard, the other is computed by the run
    shard(&workshop, "2/4", "1").well();
    let ran = workshop.run(&["merge", "study.toml", "results/study.shard-2-of-4.zarr"]);
    assert!(ran.stderr.contains("(of 4 shards 3 absent)"), "{ran:?}");
    workshop.run(&["run", "study.toml"]).well();
    assert_whole(&workshop, &whole);
}

#[test]
fn shards_may_be_empty_overlap_or_come_from_other_divisions() {
    let (workshop, whole) = workshop();
    // twenty shards for fourteen samples
    let size = |share: &Share| share.range(0, 7).count() + share.range(1, 7).count();
    for samples in [0, 1] {
        let mut shares = (1..=20).map(|number| Share::new(number, 20).expect("a share"));
        let share = shares.find(|share| size(share) == samples).expect("such a share");
        let ran = shard(&workshop, &share.to_string(), "1").well();
        assert!(ran.stdout.contains(&format!("of 20: {samples} of 14 samples")), "{ran:?}");
    }
    shard(&workshop, "1/2", "1").well();
    shard(&workshop, "2/2", "1").well();
    // the whole study as its only share is the study
    workshop.run(&["run", "study.toml", "--shard", "1/1", "--out", "only"]).well();
    assert_equal(&workshop.tree("only"), &whole, "1/1");
    workshop.run(&["merge", "study.toml"]).well();
    assert_whole(&workshop, &whole);
}

fn refused(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is not in\n{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_joined_is_refused_and_named() {
    let (workshop, _) = workshop();
    refused(
        &workshop.run(&["merge", "study.toml"]),
        &[
            "there are no shards study.shard-*-of-*.zarr in results",
            "diffuson run study.toml --shard 1/10 --out results",
        ],
    );
    shard(&workshop, "1/2", "1").well();
    let other = ["run", "study.toml", "--set", "disorder.width=3", "--out", "other", "--shard", "2/2"];
    workshop.run(&other).well();
    let foreign = "other/study.shard-2-of-2.zarr";
    let ran = workshop.run(&["merge", "study.toml", "results/study.shard-1-of-2.zarr", foreign]);
    refused(
        &ran,
        &[
            foreign,
            "belongs to another study: disorder.width is 3.0 there and 2.5 here",
            "nothing was joined",
        ],
    );
    assert!(!workshop.path("results/study.zarr").exists());

    // a sample that two records share, one of them changed: the same file with the value of another sample
    shard(&workshop, "2/2", "1").well();
    shard(&workshop, "1/3", "1").well();
    let [shared, changed] = ["1-of-2", "1-of-3"].map(|share| format!("results/study.shard-{share}.zarr"));
    let chunk = |record: &str, point: usize| workshop.path(&format!("{record}/conductance/c/{point}/0"));
    fs::copy(chunk(&changed, 1), chunk(&changed, 0)).expect("a chunk");
    let ran = workshop.run(&["merge", "study.toml"]);
    refused(&ran, &["is not the same in ", &shared, &changed, "conductance differs", "--fresh"]);

    refused(&workshop.run(&["merge", "study.toml", "nothing.zarr"]), &["there is no record at nothing.zarr"]);
    workshop.write("error.toml", STUDY.replace("samples = 2", "relative_error = 0.1"));
    for args in [&["run", "error.toml", "--shard", "1/2"][..], &["merge", "error.toml", foreign]] {
        refused(&workshop.run(args), &["error.toml:24", "has no shares", "ensemble.samples = "]);
    }
}

/// Samples in a record: none if there is no record yet.
fn samples(workshop: &Workshop, store: &str) -> usize {
    let Ok(reader) = Reader::open(workshop.path(store)) else { return 0 };
    let status = (0..reader.points()).flat_map(|point| reader.status(point).expect("a status"));
    status.filter(|status| *status != Status::Missing).count()
}

#[test]
fn a_merge_killed_at_any_moment_and_repeated_leaves_the_same_bits() {
    const KILLS: u32 = 8;
    let workshop = Workshop::new();
    // many points, so that the joining takes many steps
    let couplings: Vec<String> = (1..=8).map(|n| format!("0.{n:02}")).collect();
    workshop.write("study.toml", STUDY.replace("[0.2, 0.4]", &format!("[{}]", couplings.join(", "))));
    workshop.run(&["run", "study.toml", "--no-report", "--out", "whole"]).well();
    let whole = workshop.tree("whole");
    for share in ["1/3", "2/3", "3/3"] {
        shard(&workshop, share, "2").well();
    }
    let merge = ["merge", "study.toml", "--no-report", "--quiet"];
    let start = Instant::now();
    workshop.run(&merge).well();
    let undisturbed = start.elapsed();
    let mut halfway = 0;
    for kill in 0..KILLS {
        let there = samples(&workshop, "results/study.zarr");
        if kill == 0 || there == 16 {
            fs::remove_dir_all(workshop.path("results/study.zarr")).expect("a record");
        }
        let mut command = workshop.command(PROGRAM, &merge);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        sleep(undisturbed.mul_f64(f64::from(kill) / f64::from(KILLS)));
        child.kill().expect("a signal");
        child.wait().expect("an end");
        halfway += usize::from((1..16).contains(&samples(&workshop, "results/study.zarr")));
    }
    assert!(halfway > 0, "no kill hit a merge between its samples");
    workshop.run(&merge).well();
    assert_whole(&workshop, &whole);
}
