//! Kwant with MUMPS: what it needs, its virtual environment, and whether it really runs on MUMPS. Virtual environments of wheels alone.

use super::process::Worker;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A Python that has Kwant, checked.
pub(super) struct Kwant {
    python: PathBuf,
    script: PathBuf,
    /// What its worker says of itself.
    pub(super) about: Value,
}

impl Kwant {
    pub(super) fn start(&self) -> Result<Worker, String> {
        Worker::start("Kwant's worker", Command::new(&self.python).arg(&self.script))
    }
}

/// The environment in `target/peers-venv`, built if it is missing or out of date, or that of the given interpreter; with the Python package of this checkout, where
/// that is wanted.
pub(super) fn kwant(root: &Path, given: Option<&Path>, with_package: bool) -> Result<Kwant, String> {
    let root = fs::canonicalize(root).map_err(|e| format!("{}: {e}", root.display()))?;
    let folder = root.join("benchmarks/peers");
    let python = match given {
        Some(python) => python.to_owned(),
        None => virtual_environment(&folder, &root.join("target/peers-venv"))?,
    };
    if with_package && given.is_none() {
        eprintln!("building the Python package and installing it in target/peers-venv");
        // the versions that Kwant was built against stay
        let package = ["--no-cache-dir", "--constraint", "requirements.txt", "../.."];
        execute(pip(&python, &folder).args(package))?;
    }
    let mut kwant = Kwant { python, script: folder.join("kwant_worker.py"), about: Value::Null };
    kwant.about = kwant.start()?.ask(&json!({"do": "hello"}))?;
    if kwant.about["solver"] != "kwant.solvers.mumps" {
        let solver = &kwant.about["solver"];
        return Err(format!(
            "this Kwant solves with {solver} in place of MUMPS; delete target/peers-venv to build it anew"
        ));
    }
    if with_package && kwant.about["has_diffuson"] != true {
        let (python, root) = (kwant.python.display(), root.display());
        return Err(format!("interop needs this package beside Kwant: {python} -m pip install {root}"));
    }
    let libraries = kwant.about["blas"].to_string();
    if !OPTIMISED.iter().any(|name| libraries.contains(name)) {
        return Err(format!(
            "MUMPS runs on an unoptimised BLAS ({libraries}): apt-get install libopenblas0-serial"
        ));
    }
    Ok(kwant)
}

/// BLAS libraries worth comparing with, as they appear in the names of their files.
const OPTIMISED: [&str; 3] = ["openblas", "mkl", "blis"];

/// Versions of Python that have wheels of the pinned NumPy and SciPy, and that this package runs on.
const PYTHONS: [&str; 2] = ["3.12", "3.11"];

fn virtual_environment(folder: &Path, target: &Path) -> Result<PathBuf, String> {
    let base = python_that_suits(&PYTHONS);
    let missing = missing_packages(base.as_deref());
    if !(missing.is_empty() || is_built(folder, target)?) {
        return Err(format!(
            "Kwant with MUMPS needs Debian packages that are not here:\n\n    apt-get install --no-install-recommends {}\n",
            missing.join(" ")
        ));
    }
    let base = base.ok_or_else(|| format!("no Python {} found", PYTHONS.join(", ")))?;
    built(&base, folder, target)
}

/// What the environment with Kwant is made of.
fn wanted(folder: &Path) -> Result<String, String> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|e| format!("{name}: {e}"));
    Ok(read("requirements.txt")? + &read("requirements-kwant.txt")?)
}

fn is_built(folder: &Path, target: &Path) -> Result<bool, String> {
    let wanted = wanted(folder)?;
    Ok(fs::read_to_string(target.join("built-from.txt")).is_ok_and(|built| built == wanted))
}

/// An environment with Kwant, built from its source if it is missing or out of date.
fn built(base: &Path, folder: &Path, target: &Path) -> Result<PathBuf, String> {
    let python = target.join("bin/python");
    if is_built(folder, target)? {
        return Ok(python);
    }
    eprintln!("building Kwant in {} (some minutes, once)", target.display());
    install_wheels(base, target, folder, "requirements.txt")?;
    // no cache: it may hold a Kwant that was built without MUMPS
    let source =
        ["--no-build-isolation", "--no-cache-dir", "--no-binary", "kwant", "-r", "requirements-kwant.txt"];
    execute(pip(&python, folder).args(source))?;
    let stamp = target.join("built-from.txt");
    fs::write(&stamp, wanted(folder)?).map_err(|e| format!("{}: {e}", stamp.display()))?;
    Ok(python)
}

/// The interpreter of `target/kwant-venv`, an environment with Kwant on whatever solver it finds: on MUMPS where the system has it, else on that of SciPy, which is slow but does for tests.
pub(crate) fn kwant_for_tests(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("benchmarks/peers");
    let target = root.join("target/kwant-venv");
    let python = python_that_suits(&PYTHONS);
    let needed = missing_packages(python.as_deref())
        .into_iter()
        .filter(|p| p.starts_with("python3") || p.starts_with('g'));
    let needed: Vec<&str> = needed.filter(|package| *package != "gfortran").collect();
    if !needed.is_empty() {
        return Err(format!(
            "Kwant needs Debian packages that are not here:\n\n    apt-get install --no-install-recommends {}\n",
            needed.join(" ")
        ));
    }
    let base = python.ok_or_else(|| format!("no Python {} found", PYTHONS.join(", ")))?;
    built(&base, &folder, &target)
}

/// The interpreter of `target/NAME`, an environment of the wheels that a file of `benchmarks/peers` lists; installed if it is missing or out of date.
pub(crate) fn wheels(root: &Path, file: &str, name: &str, pythons: &[&str]) -> Result<PathBuf, String> {
    let root = fs::canonicalize(root).map_err(|e| format!("{}: {e}", root.display()))?;
    let (folder, target) = (root.join("benchmarks/peers"), root.join("target").join(name));
    let wanted = fs::read_to_string(folder.join(file)).map_err(|e| format!("{file}: {e}"))?;
    let (stamp, python) = (target.join("built-from.txt"), target.join("bin/python"));
    if fs::read_to_string(&stamp).is_ok_and(|built| built == wanted) {
        return Ok(python);
    }
    let base = python_that_suits(pythons);
    let base = base.ok_or_else(|| format!("no Python {} found", pythons.join(", ")))?;
    eprintln!("installing {file} in {} (once)", target.display());
    install_wheels(&base, &target, &folder, file)?;
    fs::write(&stamp, wanted).map_err(|e| format!("{}: {e}", stamp.display()))?;
    Ok(python)
}

/// A new environment with the wheels that a file lists.
fn install_wheels(base: &Path, target: &Path, folder: &Path, file: &str) -> Result<(), String> {
    if target.exists() {
        fs::remove_dir_all(target).map_err(|e| format!("{}: {e}", target.display()))?;
    }
    execute(Command::new(base).args(["-m", "venv"]).arg(target))?;
    execute(pip(&target.join("bin/python"), folder).args(["--only-binary", ":all:", "-r", file]))
}

fn pip(python: &Path, folder: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--disable-pip-version-check", "--quiet", "install"]).current_dir(folder);
    command
}

pub(crate) fn execute(command: &mut Command) -> Result<(), String> {
    let words = format!("{command:?}");
    // what pip and the compilers say belongs with the progress
    let status = command.stdout(std::io::stderr()).status().map_err(|e| format!("{words}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{words} ended with {status}")) }
}

/// Version of a Python, such as 3.12; none if it is no Python that runs.
pub(crate) fn version_of(python: &Path) -> Option<String> {
    output(Command::new(python).args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]))
}

fn python_that_suits(pythons: &[&str]) -> Option<PathBuf> {
    let names = ["python3".to_owned()].into_iter().chain(pythons.iter().map(|v| format!("python{v}")));
    let mut names = names.map(PathBuf::from);
    names.find(|name| version_of(name).is_some_and(|v| pythons.contains(&v.as_str())))
}

/// Debian packages without which Kwant does not build, or builds without MUMPS, or runs on a slow BLAS.
fn missing_packages(python: Option<&Path>) -> Vec<&'static str> {
    let compiler = |name: &str| output(Command::new(name).arg("-dumpversion")).is_some();
    // a compiler answers with the bare name of a file that it does not find
    let library = |name: &str| {
        let found = output(Command::new("gcc").arg(format!("-print-file-name={name}")));
        found.map(PathBuf::from).filter(|path| path.is_absolute())
    };
    let header = "import os, sysconfig; print(os.path.exists(sysconfig.get_path('include') + '/Python.h'))";
    let succeeds = |python: &Path, code: &str| output(Command::new(python).args(["-c", code]));
    let blas = library("libblas.so.3").and_then(|path| fs::canonicalize(path).ok());
    let blas = blas.is_some_and(|path| OPTIMISED.iter().any(|name| path.to_string_lossy().contains(name)));
    [
        ("python3", python.is_some()),
        ("python3-venv", python.is_none_or(|p| succeeds(p, "import ensurepip, venv").is_some())),
        ("python3-dev", python.is_none_or(|p| succeeds(p, header).as_deref() == Some("True"))),
        ("gcc", compiler("gcc")),
        ("g++", compiler("g++")),
        ("gfortran", library("libgfortran.so").is_some()),
        ("libmumps-scotch-dev", library("libzmumps_scotch.so").is_some()),
        ("libopenblas0-serial", blas),
    ]
    .into_iter()
    .filter_map(|(package, found)| (!found).then_some(package))
    .collect()
}

/// Standard output of a command that succeeds.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Model of the processor.
pub(crate) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("model name"));
    line.map_or_else(|| env::consts::ARCH.to_owned(), |rest| rest.trim_matches([' ', '\t', ':']).to_owned())
}
