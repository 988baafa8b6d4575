//! Any number of ranks and threads leaves the bits of one process.

use super::kills::SAMPLES;
use super::launcher::{on_ranks, ran, through_script};
use super::workshop::{Ran, STUDY, Workshop, assert_equal, long_study};
use std::fs;

/// Bits and exit code of one process on one thread are those of all of these ranks and threads, in turn.
fn agree(study: &str, code: i32, ranks_and_threads: &[(usize, &str)]) {
    let workshop = Workshop::new();
    workshop.write("study.toml", study);
    let args = ["run", "study.toml", "--no-report", "--out"];
    let alone = workshop.run(&[&args[..], &["alone", "--threads", "1"]].concat());
    assert_eq!(alone.code, Some(code), "{alone:?}");
    let expected = workshop.tree("alone");
    for (ranks, threads) in ranks_and_threads {
        let out = format!("{ranks}-ranks-{threads}-threads");
        let all = ran(on_ranks(&workshop, *ranks, &[&args[..], &[&out, "--threads", threads]].concat()));
        assert_eq!(all.code, Some(code), "{all:?}");
        assert_equal(&workshop.tree(&out), &expected, &out);
        // the first line says who computes, the others what came out, not where it lies
        let plural = if *threads == "1" { "" } else { "s" };
        let workers = format!(", {ranks} ranks x {threads} thread{plural}");
        assert!(*ranks == 1 || all.stdout.lines().next().is_some_and(|l| l.ends_with(&workers)), "{all:?}");
        assert_eq!(results(&all), results(&alone));
    }
}

fn results(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().skip(2).filter(|line| !line.contains(".zarr")).collect()
}

const EVERYTHING: [(usize, &str); 8] =
    [(1, "1"), (2, "1"), (3, "1"), (4, "1"), (1, "2"), (2, "2"), (3, "2"), (4, "2")];

#[test]
fn one_to_four_ranks_of_one_and_two_threads_leave_the_bits_of_one_process() {
    agree(&STUDY.replace("samples = 2", "samples = 60"), 0, &EVERYTHING);
}

#[test]
fn ensembles_that_stop_at_an_error_stop_at_the_same_sample() {
    let study =
        STUDY.replace("samples = 2", "relative_error = 0.05\nof = \"conductance\"\nmax_samples = 400");
    agree(&study, 0, &[(3, "1"), (2, "2")]);
}

#[test]
fn points_that_share_their_samples_find_them_on_any_rank() {
    let study = r#"kind = "fluctuators"
[contact]
model = "pairs"
[scatterers]
number      = 5
phase_shift = 20.0
[bath]
from   = 0.01
to     = 100.0
points = 9
[sweep]
"bath.crossover" = [0.001, 0.01, 0.1]
[ensemble]
samples = 3000
seed    = 1994
"#;
    agree(study, 0, &[(3, "1"), (2, "2")]);
}

#[test]
fn samples_that_fail_elsewhere_are_recorded_with_their_reasons() {
    // no current flows at all
    agree(
        &STUDY.replace("width = 2.5", "width = 1e160").replace("samples = 2", "samples = 12"),
        4,
        &[(3, "1")],
    );
}

#[test]
fn fits_run_over_ranks() {
    let studies = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies");
    let data = format!("{studies}/data/synthetic-mobility-edge.csv");
    let model = format!("{studies}/mobility-edge-fit.toml");
    let workshop = Workshop::new();
    let args = ["fit", &data, &model, "--no-report", "--out"];
    workshop.run(&[&args[..], &["alone"]].concat()).well();
    ran(on_ranks(&workshop, 2, &[&args[..], &["ranks"]].concat())).well();
    assert_equal(&workshop.tree("ranks"), &workshop.tree("alone"), "a fit");
}

#[test]
fn a_shard_runs_over_ranks() {
    let workshop = Workshop::new();
    workshop.write("study.toml", STUDY.replace("samples = 2", "samples = 30"));
    let args = ["run", "study.toml", "--shard", "2/3", "--threads", "1", "--out"];
    workshop.run(&[&args[..], &["alone"]].concat()).well();
    ran(on_ranks(&workshop, 3, &[&args[..], &["ranks"]].concat())).well();
    assert_equal(&workshop.tree("ranks"), &workshop.tree("alone"), "a shard");
}

#[test]
fn both_of_two_ranks_compute() {
    let workshop = Workshop::new();
    workshop.write("study.toml", long_study(SAMPLES));
    // the second line that the shell prints is the time of its children
    let script = "\"$@\"; code=$?; times > times-$rank; exit $code";
    ran(through_script(&workshop, 2, script, &["run", "study.toml", "--no-report", "--threads", "1"])).well();
    let [first, second] = [0, 1].map(|rank| {
        let times = fs::read_to_string(workshop.path(&format!("times-{rank}"))).expect("times");
        let user = times.lines().nth(1).and_then(|line| line.split('m').nth(1)).expect("a time");
        let seconds =
            user.split('s').next().and_then(|seconds| seconds.replace(',', ".").parse::<f64>().ok());
        seconds.unwrap_or_else(|| panic!("{times}"))
    });
    // The start of a rank takes some 50 ms of the second or two. In an idle machine both have half, in a busy one either may be slowed down.
    assert!(second > 0.2 * (first + second) && first + second > 0.5, "{first} s, {second} s");
}
