//! The program under a launcher: that of the variable DIFFUSON_MPIRUN, or `mpirun`.

use super::workshop::{PROGRAM, Ran, Workshop};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The program with these arguments on so many ranks.
pub(crate) fn on_ranks(workshop: &Workshop, ranks: usize, args: &[&str]) -> Command {
    through(workshop, ranks, &[PROGRAM], args)
}

/// The same through a script, which is given the program and its arguments.
pub(crate) fn through_script(workshop: &Workshop, ranks: usize, script: &str, args: &[&str]) -> Command {
    workshop.write("rank.sh", format!("rank=${{OMPI_COMM_WORLD_RANK:-$PMI_RANK}}\n{script}\n"));
    through(workshop, ranks, &["sh", "rank.sh", PROGRAM], args)
}

fn through(workshop: &Workshop, ranks: usize, program: &[&str], args: &[&str]) -> Command {
    let launcher = std::env::var("DIFFUSON_MPIRUN").unwrap_or_else(|_| "mpirun".to_owned());
    let ranks = ranks.to_string();
    let mut command = workshop.command(&launcher, &[&["-n", &ranks], program, args].concat());
    command
        // Open MPI runs neither as root nor more ranks than cores unless it is told to
        .envs(["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"].map(|name| (name, "1")))
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end. What the launcher itself prints when a rank ends with an error is left out.
pub(crate) fn ran(mut command: Command) -> Ran {
    let mut ran = Ran::from(command.output().expect("a launcher"));
    let (mut own, mut launcher) = (String::new(), false);
    for line in ran.stderr.lines() {
        let rule = line.starts_with("-----");
        if !(rule || launcher) {
            own += &format!("{line}\n");
        }
        launcher ^= rule;
    }
    ran.stderr = own;
    ran
}

/// The processes of the program that a launcher has started, by their numbers.
pub(crate) fn ranks_of(launcher: &Child) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parents: HashMap<u32, u32> = numbers.filter_map(|number| Some((number, parent(number)?))).collect();
    let below = |number: u32| {
        std::iter::successors(Some(number), |n| parents.get(n).copied()).any(|n| n == launcher.id())
    };
    parents.keys().copied().filter(|&number| is_program(number) && below(number)).collect()
}

/// Whether this process is there and runs the program.
fn is_program(number: u32) -> bool {
    let program = fs::canonicalize(PROGRAM).expect("the program");
    fs::read_link(Path::new("/proc").join(number.to_string()).join("exe")).is_ok_and(|exe| exe == program)
}

fn parent(number: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // after the name, which may hold anything: state, parent
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Waits for the end of a launcher whose ranks have been killed or told to end. They do end; the launcher itself may not: that of Open MPI 4.1 now and then waits for a lock of its own when it clears up, and is
/// killed then.
pub(crate) fn ended(mut launcher: Child, ranks: &[u32]) -> Ran {
    wait_until("ranks that do not end", || !ranks.iter().any(|&rank| is_program(rank)));
    let start = Instant::now();
    while launcher.try_wait().expect("a status").is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            println!("the launcher did not end");
            launcher.kill().expect("a signal");
        }
        sleep(Duration::from_millis(2));
    }
    launcher.wait_with_output().expect("an end").into()
}

/// Waits for a condition, for two minutes at most.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(120), "{what}");
        sleep(Duration::from_millis(2));
    }
}

/// Sends a signal to processes; those that have ended meanwhile do not matter.
pub(crate) fn send(signal: &str, numbers: &[u32]) {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let sent = Command::new("kill").arg(signal).args(numbers).stderr(Stdio::null()).status();
    sent.expect("kill");
}
