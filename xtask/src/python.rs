//! Everything the Python package must pass beside its tests, which the README runs: style, types, every example, the wheel on every CPython at hand, and agreement with Kwant.

use crate::peers::environment::{self, execute, version_of};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
usage: cargo xtask python [--python PATH]... [--without-kwant]

Builds the wheel and installs it in virtual environments under target/: in one with the tools that check it (ruff, mypy, pytest), in one of each other CPython from 3.11 on that is found on the PATH or named,
and in one with Kwant, which is built from source once (some minutes; it needs a C++ compiler and Python's headers). Runs every example, and the tests that compare with Kwant; the others are run by
target/venv/bin/pytest python/tests, as the README says.

  --python PATH     another interpreter to import the wheel with
  --without-kwant   leave out the tests and examples that need Kwant
";

pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut others = Vec::new();
    let mut with_kwant = true;
    let mut rest = arguments.iter();
    while let Some(&argument) = rest.next() {
        match argument {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--without-kwant" => with_kwant = false,
            "--python" => others.push(PathBuf::from(rest.next().ok_or("--python takes a path")?)),
            other => return Err(format!("unknown argument {other}\n\n{HELP}")),
        }
    }
    let root = fs::canonicalize(root).map_err(|e| format!("{}: {e}", root.display()))?;
    let base = pythons().into_iter().next().ok_or("no Python from 3.11 on, with venv, was found")?;

    say("tools");
    let checked = installed(&base, &root.join("target/venv"))?;
    pip(&root, &checked, &["--upgrade", ".[test]"])?;
    say("style and types");
    python(&root, &checked, &["-m", "ruff", "check", "python"])?;
    python(&root, &checked, &["-m", "ruff", "format", "--check", "--quiet", "python"])?;
    python(&root, &checked, &["-m", "mypy"])?;
    say("examples");
    let (plain, need_kwant): (Vec<_>, Vec<_>) = examples(&root)?.into_iter().partition(|e| !e.needs_kwant);
    plain.iter().try_for_each(|example| example.run(&root, &checked))?;

    say("the wheel");
    let wheel = wheel(&root, &checked)?;
    let here = version_of(&base);
    let elsewhere = pythons().into_iter().filter(|other| version_of(other) != here);
    for other in elsewhere.chain(others) {
        let version = version_of(&other).ok_or_else(|| format!("{} is no Python", other.display()))?;
        let venv = installed(&other, &root.join(format!("target/venv-{version}")))?;
        pip(&root, &venv, &["--force-reinstall", "--no-deps", &wheel])?;
        pip(&root, &venv, &[&wheel])?;
        python(&root, &venv, &["python/examples/first_steps.py"])?;
        println!(
            "{} imports and runs on CPython {version}",
            Path::new(&wheel).file_name().unwrap_or_default().display()
        );
    }
    if with_kwant {
        say("against Kwant");
        let venv = environment::kwant_for_tests(&root)?;
        // Kwant needs the NumPy it was built with
        pip(&root, &venv, &["--constraint", "benchmarks/peers/requirements.txt", ".[test]"])?;
        python(&root, &venv, &["-m", "pytest", "-q", "-m", "kwant", "python/tests"])?;
        need_kwant.iter().try_for_each(|example| example.run(&root, &venv))?;
    }
    Ok(())
}

fn say(what: &str) {
    println!("\n-- {what}");
}

/// A script of `python/examples`.
struct Example {
    path: PathBuf,
    needs_kwant: bool,
}

impl Example {
    /// In `target/examples`, where its figure is left.
    fn run(&self, root: &Path, interpreter: &Path) -> Result<(), String> {
        let folder = root.join("target/examples");
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        println!("{}", self.path.file_name().unwrap_or_default().display());
        execute(Command::new(interpreter).arg(&self.path).current_dir(folder).env("MPLBACKEND", "agg"))
    }
}

fn examples(root: &Path) -> Result<Vec<Example>, String> {
    let folder = root.join("python/examples");
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let text = fs::read_to_string(&path).map_err(failed)?;
            found.push(Example { path, needs_kwant: text.lines().any(|line| line == "import kwant") });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Builds the wheel in `target/wheels`: one for every CPython from 3.11 on.
fn wheel(root: &Path, interpreter: &Path) -> Result<String, String> {
    let folder = root.join("target/wheels");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    python(root, interpreter, &["-m", "pip", "wheel", "--quiet", "--no-deps", "-w", "target/wheels", "."])?;
    let wheels = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let wheel = wheels.flatten().map(|entry| entry.path()).next().ok_or("no wheel was built")?;
    let name = wheel.to_string_lossy().into_owned();
    if name.contains("-cp311-abi3-") { Ok(name) } else { Err(format!("{name} is for one CPython only")) }
}

/// The interpreter of a virtual environment, made if it is not there.
fn installed(base: &Path, target: &Path) -> Result<PathBuf, String> {
    let python = target.join("bin/python");
    if !python.is_file() {
        execute(Command::new(base).args(["-m", "venv"]).arg(target))?;
    }
    Ok(python)
}

fn pip(root: &Path, interpreter: &Path, arguments: &[&str]) -> Result<(), String> {
    let install = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
    python(root, interpreter, &[&install, arguments].concat())
}

fn python(root: &Path, interpreter: &Path, arguments: &[&str]) -> Result<(), String> {
    execute(Command::new(interpreter).args(arguments).current_dir(root))
}

/// Interpreters from 3.11 on that can make virtual environments: `python3` first, then by version.
fn pythons() -> Vec<PathBuf> {
    let names = ["python3".to_owned()].into_iter().chain((11..=20).map(|minor| format!("python3.{minor}")));
    let mut found: Vec<PathBuf> = Vec::new();
    for name in names.map(PathBuf::from) {
        let Some(version) = version_of(&name) else { continue };
        let suits = version
            .strip_prefix("3.")
            .and_then(|minor| minor.parse().ok())
            .is_some_and(|minor: u32| minor >= 11);
        let known = found.iter().any(|other| version_of(other).as_ref() == Some(&version));
        let can = Command::new(&name)
            .args(["-c", "import ensurepip, venv"])
            .output()
            .is_ok_and(|o| o.status.success());
        if suits && !known && can {
            found.push(name);
        }
    }
    found
}
