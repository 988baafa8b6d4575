//! `cargo xtask ranks`: kills ranks of real runs at random moments, far more often than the tests do, and compares the records with those of undisturbed runs.

use std::path::Path;
use std::process::Command;

const HELP: &str = "\
usage: cargo xtask ranks [options]

Runs a study over ranks of mpirun and kills one of three at a random moment, and in another run both of two; continues with the same command every time, and compares the bits of
the record with those of one process. Needs what the feature mpi needs. With the launcher DIFFUSON_MPIRUN, or mpirun.

  --kills N   so many kills of either sort [default: 100], some 3 s each
  --help      this text
";

/// Runs the command.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let kills = match words {
        [] => 100,
        ["--kills", number] => {
            number.parse().ok().filter(|n: &u32| *n > 0).ok_or("--kills needs a number")?
        }
        ["--help"] => {
            print!("{HELP}");
            return Ok(());
        }
        _ => return Err(HELP.to_owned()),
    };
    let status = Command::new("cargo")
        .args(["test", "--release", "--workspace", "--features", "diffuson-cli/mpi", "--test", "mpi"])
        .args(["--", "--nocapture", "--test-threads", "1", "killed"])
        .env("DIFFUSON_KILLS", kills.to_string())
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo test ended with {status}")) }
}
