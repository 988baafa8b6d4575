//! Studies and folders made to do harm: nothing outside the output folder is touched, and what is too much is refused at once.

use super::workshop::{PROGRAM, STUDY, Workshop, assert_equal, skipped};
use std::fs;
use std::time::{Duration, Instant};

/// What every refusal of something too large must be faster than, on a machine that does other things too.
const AT_ONCE: Duration = Duration::from_secs(20);

#[test]
fn nothing_outside_the_output_folder_is_written() {
    for name in [
        "..toml",
        "...toml",
        "....toml",
        ".toml",
        "a b\nc.toml",
        "<script>&\".toml",
        "~.toml",
        "$HOME.toml",
        "x.zarr",
    ] {
        let workshop = Workshop::new();
        fs::create_dir(workshop.path("in")).expect("a folder");
        workshop.write(&format!("in/{name}"), STUDY);
        workshop.write("precious.txt", "precious");
        let before = workshop.tree("");
        workshop.run(&["run", &format!("in/{name}"), "--out", "in/out"]).well();
        let mut after = workshop.tree("");
        assert!(after.contains_key(std::path::Path::new("in/out")), "{name}");
        after.retain(|path, _| !path.starts_with("in/out"));
        assert_equal(&after, &before, name);
        // the record and the figures, each under a name of its own
        assert_eq!(fs::read_dir(workshop.path("in/out")).expect("a folder").count(), 2, "{name}");
    }
}

#[test]
fn files_that_a_study_names_are_only_read() {
    let workshop = Workshop::new();
    workshop.write("precious.txt", "1 2 3");
    let study = |file: &str| {
        STUDY.replace("kind  = \"box\"\nwidth = 2.5", &format!("kind = \"values\"\nfile = '{file}'"))
    };
    for file in [
        "precious.txt",
        "../precious.txt",
        "study.toml",
        "results",
        "/dev/zero",
        "/dev/stdin",
        "/proc/self/mem",
        "",
    ] {
        workshop.write("study.toml", study(file));
        let before = workshop.tree("");
        let start = Instant::now();
        let ran = workshop.run(&["run", "study.toml"]);
        assert_eq!(ran.code, Some(1), "{file} {ran:?}");
        assert!(ran.stderr.contains("disorder.") && !ran.stderr.contains("panicked"), "{file} {ran:?}");
        assert!(start.elapsed() < AT_ONCE, "{file}");
        assert_equal(&workshop.tree(""), &before, file);
    }
}

#[cfg(unix)]
#[test]
fn links_in_the_output_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let workshop = Workshop::with_study();
    workshop.write("precious.txt", "precious");
    workshop.run(&["run", "study.toml", "--out", "elsewhere"]).well();
    fs::create_dir_all(workshop.path("results/study")).expect("a folder");
    let link = |to: &str, name: &str| symlink(workshop.path(to), workshop.path(name)).expect("a link");
    for name in ["study/report.html", "study/map.svg", "study/map.png", "study.zarr.lock"] {
        link("precious.txt", &format!("results/{name}"));
    }
    // a whole record under the names that are cleared before a run
    link("elsewhere/study.zarr", "results/study.zarr.partial");
    link("elsewhere/study.zarr", "results/study.zarr.discarded");
    let elsewhere = workshop.tree("elsewhere");
    workshop.run(&["run", "study.toml"]).well();
    assert_eq!(fs::read_to_string(workshop.path("precious.txt")).expect("text"), "precious");
    assert_equal(&workshop.tree("elsewhere"), &elsewhere, "left alone");
    assert_equal(&workshop.tree("results/study.zarr"), &workshop.tree("elsewhere/study.zarr"), "the record");

    // a record that is a link is replaced, not emptied
    fs::remove_dir_all(workshop.path("results/study.zarr")).expect("removed");
    link("elsewhere/study.zarr", "results/study.zarr");
    workshop.run(&["run", "study.toml", "--fresh"]).well();
    assert_equal(&workshop.tree("elsewhere"), &elsewhere, "left alone by --fresh");
    assert!(!workshop.path("results/study.zarr").is_symlink());
}

#[test]
fn what_is_too_deep_too_long_or_too_much_is_refused_at_once() {
    let lists = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let tables = format!("x = {}1{}", "{y = ".repeat(40_000), "}".repeat(40_000));
    let values: Vec<String> = (1..=1000).map(|k| format!("{}", f64::from(k) / 1000.0)).collect();
    let sweep = |key: &str| format!("\"{key}\" = [{}]\n", values.join(", "));
    let axes =
        ["conductor.energy", "disorder.width", "probes.coupling", "conductor.flux"].map(sweep).concat();
    let swept = STUDY.replace("\"probes.coupling\" = [0.2, 0.4]\n", &axes);
    let long = "k".repeat(100_000);
    let studies = [
        ("deep lists", format!("{STUDY}x = {}", lists(400_000)), "TOML"),
        ("deep tables", format!("{STUDY}{tables}"), "TOML"),
        ("dotted keys", format!("{STUDY}{} = 1", "x.".repeat(200_000) + "x"), ""),
        ("a long line", format!("{STUDY}# {}\n\u{1}", "x".repeat((1 << 20) - 2000)), "TOML"),
        ("a long key", STUDY.replace("length ", &format!("{long} ")), "unknown key"),
        ("a long section", STUDY.replace("[probes]", &format!("[{long}]")), "unknown section"),
        ("a long title", STUDY.replace("A small strip", &long), "too long"),
        ("a long number", STUDY.replace("2.5", &"9".repeat(100_000)), "does not fit into 64 bits"),
        (
            "a long exponent",
            STUDY.replace("2.5", &format!("1e{}", "9".repeat(100_000))),
            "not a finite number",
        ),
        ("NaN", STUDY.replace("-1.3", "nan"), "not a finite number"),
        ("infinity", STUDY.replace("-1.3", "-inf"), "not a finite number"),
        ("a sweep of 10^12 points", swept, "points"),
        ("10^18 samples", STUDY.replace("samples = 2", "samples = 1000000000000000000"), "out of range"),
        (
            "10^11 samples in all",
            STUDY
                .replace("samples = 2", "samples = 10000000")
                .replace("[0.2, 0.4]", &format!("[{}]", values.join(", "))),
            "too many for one record",
        ),
        ("a wide conductor", STUDY.replace("width    = 5", "width    = 400000"), "across the current"),
        (
            "many large conductors",
            STUDY
                .replace("length   = 12", "length   = 20000")
                .replace("[0.2, 0.4]", &format!("[{}]", values.join(", "))),
            "sites together",
        ),
    ];
    let workshop = Workshop::new();
    for (what, text, word) in studies {
        workshop.write("study.toml", &text);
        let before = workshop.tree("");
        let start = Instant::now();
        // 1 GiB is enough to say no
        let script = "ulimit -v 1048576; exec \"$0\" \"$@\"";
        let run =
            workshop.command("sh", &["-c", script, PROGRAM, "run", "study.toml", "--threads", "1"]).output();
        let output = run.expect("a shell");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let shown: String = error.chars().take(600).collect();
        assert_eq!(output.status.code(), Some(1), "{what}: {shown}");
        assert!(error.starts_with("error: ") && error.contains(word), "{what}: {shown}");
        assert!(!error.contains("panicked"), "{what}: {shown}");
        assert!(error.len() < 20_000, "{what}: {} bytes", error.len());
        assert!(start.elapsed() < AT_ONCE, "{what}: {:?}", start.elapsed());
        assert_equal(&workshop.tree(""), &before, what);
    }
}

#[test]
fn metadata_nested_without_end_are_no_record() {
    let workshop = Workshop::with_study();
    workshop.run(&["run", "study.toml", "--no-report"]).well();
    let root = workshop.path("results/study.zarr/zarr.json");
    let sound = fs::read_to_string(&root).expect("metadata");
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    for bad in [deep.clone(), sound.replacen("\"title\"", &format!("\"x\": {deep}, \"title\""), 1)] {
        fs::write(&root, bad).expect("writable");
        for command in
            [&["show", "results/study.zarr"][..], &["run", "study.toml"], &["report", "results/study.zarr"]]
        {
            let ran = workshop.run(command);
            assert_eq!(ran.code, Some(1), "{command:?} {ran:?}");
            assert!(ran.stderr.contains("results/study.zarr") && !ran.stderr.contains("panicked"), "{ran:?}");
        }
    }
}

/// Clocks that jump: every second reading of the calendar is years from the one before.
const JUMPING: &str = r#"
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static long jump(void) { static long n; n = (n + 1) % 7; return (n - 3) * 100000000L; }
int clock_gettime(clockid_t clock, struct timespec *t) {
    int failed = syscall(SYS_clock_gettime, clock, t);
    if (!failed && clock == CLOCK_REALTIME) t->tv_sec += jump();
    return failed;
}
int gettimeofday(struct timeval *restrict t, void *restrict zone) {
    struct timespec now; (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec; t->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *t) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t) *t = now.tv_sec;
    return now.tv_sec;
}
"#;

#[cfg(target_os = "linux")]
#[test]
fn clocks_that_jump_change_no_bit() {
    let workshop = Workshop::with_study();
    workshop.write("clock.c", JUMPING);
    let cc = workshop.command("cc", &["-shared", "-fPIC", "-o", "clock.so", "clock.c"]).output();
    if !cc.is_ok_and(|output| output.status.success()) {
        return skipped("there is no C compiler");
    }
    workshop.run(&["run", "study.toml", "--out", "steady"]).well();
    let jumping = |args: &[&str]| -> super::workshop::Ran {
        let mut command = workshop.command(PROGRAM, args);
        command.env("LD_PRELOAD", workshop.path("clock.so")).output().expect("it starts").into()
    };
    jumping(&["run", "study.toml", "--samples", "1"]).well();
    // what is there may be from the future, or from before there were computers
    let mut years = [-30_i64, 0, 60].into_iter().cycle();
    for (path, bytes) in workshop.tree("results") {
        if bytes.is_some() {
            let seconds = 86_400 * 365 * (40 + years.next().unwrap_or(0)).unsigned_abs();
            let file =
                fs::File::options().write(true).open(workshop.path("results").join(path)).expect("a file");
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(seconds)).expect("a time");
        }
    }
    let ran = jumping(&["run", "study.toml"]).well();
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    assert_equal(&workshop.tree("results"), &workshop.tree("steady"), "jumping clocks");
}
