//! A run that is killed or interrupted and continued leaves the bits of one that is not.

use super::workshop::{PROGRAM, Ran, Tree, Uniform, Workshop, assert_equal, long_study, samples};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const KILLS: usize = 20;

fn run(threads: &str, out: &str) -> [String; 7] {
    ["run", "long.toml", "--no-report", "--threads", threads, "--out", out].map(str::to_owned)
}

fn strs(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

/// A run without interruption: its record and the time it took.
fn undisturbed(workshop: &Workshop, threads: &str) -> (Tree, Duration) {
    let start = Instant::now();
    let out = format!("whole-{threads}");
    workshop.run(&strs(&run(threads, &out))).well();
    (workshop.tree(&format!("{out}/long.zarr")), start.elapsed())
}

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("long.toml", long_study(8));
    workshop
}

/// Kills a run at random moments, continues it, and starts anew whenever it came to its end before the last kill.
/// Returns how many kills left an unfinished record with samples.
fn kill_and_resume(workshop: &Workshop, threads: &str, expected: &Tree, whole: Duration) -> usize {
    let mut random = Uniform(1992 + threads.parse::<u64>().expect("a number"));
    let (mut kills, mut halfway, mut round) = (0, 0, 0);
    loop {
        let out = format!("killed-{threads}-{round}");
        let store = format!("{out}/long.zarr");
        let args = run(threads, &out);
        while kills < KILLS {
            let mut child = workshop.command(PROGRAM, &strs(&args));
            let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
            sleep(whole.mul_f64(0.25 * random.next()));
            let ended = child.try_wait().expect("a status").is_some();
            child.kill().expect("a signal");
            child.wait().expect("an end");
            if ended {
                break;
            }
            kills += 1;
            halfway +=
                usize::from(samples(workshop, &store).is_some_and(|(done, missing)| done > 0 && missing > 0));
        }
        workshop.run(&strs(&args)).well();
        assert_equal(&workshop.tree(&store), expected, &format!("{threads} threads, {kills} kills"));
        let beside: Vec<_> = fs::read_dir(workshop.path(&out)).expect("a folder").collect();
        assert_eq!(beside.len(), 1, "something was left beside the record: {beside:?}");
        if kills == KILLS {
            return halfway;
        }
        round += 1;
    }
}

#[test]
fn twenty_kills_leave_the_same_bits_for_one_two_and_four_threads() {
    let workshop = workshop();
    let (expected, _) = undisturbed(&workshop, "1");
    let mut halfway = 0;
    for threads in ["1", "2", "4"] {
        let (found, whole) = undisturbed(&workshop, threads);
        assert_equal(&found, &expected, &format!("{threads} threads"));
        halfway += kill_and_resume(&workshop, threads, &expected, whole);
    }
    assert!(halfway >= 5, "only {halfway} of {} kills hit a run between its samples", 3 * KILLS);
}

fn send(signal: &str, child: &Child) {
    let status = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(status.success());
}

#[test]
fn signals_save_say_how_to_continue_and_the_rest_gives_the_same_bits() {
    let workshop = workshop();
    let (expected, _) = undisturbed(&workshop, "2");
    // Ctrl-C, what batch systems send before they end a job, and the end of a session
    for signal in ["-INT", "-TERM", "-USR1"] {
        stop_and_resume(&workshop, signal, &expected);
    }
    if !hangups_are_ignored() {
        stop_and_resume(&workshop, "-HUP", &expected);
    }
}

/// Whether this process was started by `nohup` or its like, which the program respects.
fn hangups_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

fn stop_and_resume(workshop: &Workshop, signal: &str, expected: &Tree) {
    // the machine may be so busy elsewhere that the run is over before the signal comes
    let interrupted = (0..10).find_map(|attempt| {
        let out = format!("interrupted{signal}-{attempt}");
        let store = format!("{out}/long.zarr");
        let child = workshop.start(&strs(&run("2", &out)));
        let start = Instant::now();
        while samples(workshop, &store).is_none_or(|(done, _)| done == 0) {
            assert!(start.elapsed() < Duration::from_secs(120), "no sample was saved");
            sleep(Duration::from_millis(2));
        }
        send(signal, &child);
        let ran = Ran::from(child.wait_with_output().expect("an end"));
        (ran.code != Some(0)).then_some((out, store, ran))
    });
    let (out, store, ran) = interrupted.expect("ten attempts");
    assert_eq!(ran.code, Some(130), "{ran:?}");
    let command = format!("continue with: diffuson run long.toml --no-report --threads 2 --out {out}\n");
    assert!(ran.stderr.contains("Ctrl-C now leaves at once"), "{ran:?}");
    assert!(ran.stderr.contains(&command), "{ran:?}");
    let (done, missing) = samples(workshop, &store).expect("a record");
    assert!(done > 0 && missing > 0, "{done} {missing}");
    assert!(
        ran.stderr.contains(&format!("error: interrupted: {done} of 80 samples are saved in {store}")),
        "{ran:?}"
    );

    let ran = workshop.run(&strs(&run("2", &out))).well();
    assert!(ran.stderr.contains(&format!("continuing: {done} of 80 samples are there")), "{ran:?}");
    assert_equal(&workshop.tree(&store), expected, &format!("stopped by {signal} and continued"));
}

#[test]
fn ctrl_c_does_not_wait_for_the_running_sample_once_the_run_is_told_to_stop() {
    let workshop = workshop();
    // one sample takes minutes: a few hundred energies
    let args = ["run", "long.toml", "--no-report", "--threads", "1", "--set", "temperature.kT=0.0005"];
    let long = ["--set", "conductor.length=100", "--set", "conductor.width=40"];
    let mut child = workshop.start(&[&args[..], &long].concat());
    let start = Instant::now();
    while samples(&workshop, "results/long.zarr").is_none() {
        assert!(start.elapsed() < Duration::from_secs(120), "no record was made");
        sleep(Duration::from_millis(2));
    }
    // the first sample starts
    sleep(Duration::from_millis(500));
    send("-TERM", &child);
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    stderr.read_line(&mut line).expect("a line");
    assert!(line.starts_with("stopping when the running samples are finished"), "{line}");
    // batch systems repeat themselves
    send("-TERM", &child);
    send("-USR1", &child);
    sleep(Duration::from_millis(300));
    assert!(child.try_wait().expect("a status").is_none(), "the running sample was not waited for");
    send("-INT", &child);
    let again = Instant::now();
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    assert!(again.elapsed() < Duration::from_secs(10), "{:?}", again.elapsed());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert!(!rest.contains("panic") && !rest.contains("bug"), "{rest}");
    assert_eq!(samples(&workshop, "results/long.zarr"), Some((0, 80)));
}

#[cfg(target_os = "linux")]
#[test]
fn the_end_of_the_session_does_not_end_a_run_under_nohup() {
    let workshop = workshop();
    let args = run("1", "results");
    let mut child = workshop.command("nohup", &[&[PROGRAM], &strs(&args)[..]].concat());
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("nohup");
    let start = Instant::now();
    while samples(&workshop, "results/long.zarr").is_none() {
        assert!(start.elapsed() < Duration::from_secs(120), "no record was made");
        sleep(Duration::from_millis(2));
    }
    send("-HUP", &child);
    Ran::from(child.wait_with_output().expect("an end")).well();
}
