//! Several processes: locks, kills, full disks.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use diffuson_store::{Reader, Status, Writer};

use crate::run::{assert_same, finish, record, save, tree};

/// Where the second process works; set by the tests below.
const PATH: &str = "DIFFUSON_STORE_TEST_PATH";
const SAMPLES: usize = 32;

#[test]
#[ignore = "the other process of the tests below, which start it themselves"]
fn second_process() {
    let path = PathBuf::from(env::var_os(PATH).unwrap());
    match finish(&path, SAMPLES) {
        Ok(()) => println!("finished"),
        Err(error) => println!("error: {error}"),
    }
}

/// This test program, about to run `second_process`.
fn second(path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "processes::second_process", "--ignored", "--nocapture"]).env(PATH, path);
    command
}

fn output(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let writer = Writer::create_or_resume(&path, &record(SAMPLES), false).unwrap();
    let said = output(&mut second(&path));
    assert!(said.contains(&format!("error: {} is being written by another run", path.display())), "{said}");
    drop(writer);
    let said = output(&mut second(&path));
    assert!(said.contains("finished"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_run_killed_at_any_moment_ends_with_the_same_bytes() {
    use std::process::Stdio;
    use std::thread::sleep;
    use std::time::Instant;

    let folder = tempfile::tempdir().unwrap();
    let straight = folder.path().join("straight.zarr");
    let begun = Instant::now();
    let said = output(&mut second(&straight));
    assert!(said.contains("finished"), "{said}");
    let whole = begun.elapsed();

    // Two kinds of kills: early ones, each time from nothing, and late ones that add up.
    let mut killed = 0;
    for round in 0..20_u32 {
        let path =
            folder.path().join(if round < 12 { format!("{round}.zarr") } else { "last.zarr".to_owned() });
        let mut child = second(&path).stdout(Stdio::null()).spawn().unwrap();
        sleep(if round < 12 { whole * (round + 1) / 14 } else { whole / 6 });
        child.kill().unwrap();
        if !child.wait().unwrap().success() {
            killed += 1;
        }
        if round < 12 || round == 19 {
            finish(&path, SAMPLES).unwrap();
            assert_same(&straight, &path);
        }
    }
    assert!(killed > 0, "no run was killed before its end");
    let names = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name());
    let leftovers: Vec<_> = names.filter(|name| !name.to_str().unwrap().ends_with(".zarr")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

/// Runs `second_process` where no file may grow beyond `blocks` of 512 bytes: writing fails as on a full disk.
#[cfg(unix)]
fn cramped(path: &Path, blocks: usize) -> String {
    let program = second(path);
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks} || exit 1; exec \"$0\" \"$@\""));
    shell.arg(program.get_program()).args(program.get_args()).env(PATH, path);
    output(&mut shell)
}

#[cfg(unix)]
#[test]
fn without_space_there_is_an_error_and_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let said = cramped(&path, 1);
    let file = folder.path().join("run.zarr.partial/zarr.json");
    assert!(said.contains(&format!("error: cannot write {}: File too large", file.display())), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn when_space_runs_out_the_record_stays_good() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, path) = (folder.path().join("straight.zarr"), folder.path().join("run.zarr"));
    let size =
        |path: &Path| usize::try_from(std::fs::metadata(path.join("zarr.json")).unwrap().len()).unwrap();
    drop(Writer::create_or_resume(&straight, &record(SAMPLES), false).unwrap());
    let without_results = size(&straight);
    finish(&straight, SAMPLES).unwrap();
    // The largest file is the root; it has just enough space until it lists the results.
    let blocks = without_results.div_ceil(512);
    assert!(size(&straight) > blocks * 512);
    let said = cramped(&path, blocks);
    let file = path.join("zarr.json");
    assert!(said.contains(&format!("error: cannot write {}: File too large", file.display())), "{said}");
    assert!(tree(&path).keys().all(|name| !name.ends_with(".tmp")));
    let reader = Reader::open(&path).unwrap();
    assert!(reader.status(1).unwrap().iter().all(|status| *status != Status::Missing));
    finish(&path, SAMPLES).unwrap();
    assert_same(&straight, &path);
}

#[test]
fn a_save_that_fails_halfway_saves_nothing_and_may_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let (straight, path) = (folder.path().join("straight.zarr"), folder.path().join("run.zarr"));
    finish(&straight, 10).unwrap();
    let mut writer = Writer::create_or_resume(&path, &record(10), false).unwrap();
    save(&mut writer, 1, &[0, 1]).unwrap();
    // The arrays are written in the order of their names; this one is in the middle and cannot be written.
    let obstacle = path.join("heat/c/0");
    std::fs::write(&obstacle, "").unwrap();
    let error = save(&mut writer, 0, &[2, 3, 4]).unwrap_err();
    let expected = format!("cannot write {}", path.join("heat/c/0/0/0").display());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(path.join("conductance/c/0/0").exists() && !path.join("status/c/0/0").exists());
    assert_eq!((2..5).map(|it| writer.status(0, it)).collect::<Vec<_>>(), [Status::Missing; 3]);
    std::fs::remove_file(&obstacle).unwrap();
    save(&mut writer, 0, &[2, 3, 4]).unwrap();
    drop(writer);
    finish(&path, 10).unwrap();
    assert_same(&straight, &path);
}
