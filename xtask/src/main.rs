//! Automation of this repository: `cargo xtask COMMAND`.
//!
//! * `generate` writes what is derived from code: `docs/KIND.md` (every key of a kind of study), `docs/KIND.schema.json`, the words of the fuzz targets, and what README.md shows of files; with `--check`
//!   it fails if they are not up to date. Either way it fails if a page of the book includes what is not there.
//! * `readme` runs the commands of the README's `sh` blocks as they are written, in order, and fails with the first that fails. Blocks marked
//!   `sh long` are left out: they take longer than a test should.
//! * `bench-peers` times this library against Kwant with MUMPS on the same systems and compares the S matrices; see [`peers`].
//! * `compare-kwant` does the latter for random conductors.
//! * `bench-kernels` times conductivity and thermopower of a mobility edge against SciPy's `quad`; see [`kernels`].
//! * `bench-transfer` times Lyapunov exponents of bars against NumPy and compares them; see [`transfer`].
//! * `bench-ranks` measures the program over MPI ranks; see [`scaling`].
//! * `simulate-ranks` runs the scheduler against ranks in virtual time; see [`simulated`].
//! * `python` checks the Python package; see [`python`](mod@python).
//! * `ranks` kills ranks of runs over `mpirun`; see [`ranks`].
//! * `fuzz` runs the fuzz targets; see [`fuzz`].
//! * `bench-rings` times rings of diffusons against VEGAS at equal error and compares them; see [`rings`].

mod fuzz;
mod kernels;
mod peers;
mod python;
mod ranks;
mod rings;
mod scaling;
mod simulated;
mod transfer;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["readme"] => readme(),
        ["bench-peers", rest @ ..] => peers::run(&root(), rest),
        ["compare-kwant", rest @ ..] => peers::compare_kwant(&root(), rest),
        ["bench-kernels", rest @ ..] => kernels::run(&root(), rest),
        ["bench-transfer", rest @ ..] => transfer::run(&root(), rest),
        ["bench-rings", rest @ ..] => rings::run(&root(), rest),
        ["bench-ranks", rest @ ..] => scaling::run(&root(), rest),
        ["simulate-ranks", rest @ ..] => simulated::simulate(&root(), rest),
        ["python", rest @ ..] => python::run(&root(), rest),
        ["ranks", rest @ ..] => ranks::run(&root(), rest),
        ["fuzz", rest @ ..] => fuzz::run(&root(), rest),
        ["bench-peers-worker"] => peers::serve(),
        _ => Err(
            "usage: cargo xtask generate [--check] | readme | bench-peers [--help] | compare-kwant [--help] \
             | bench-kernels [--help] | bench-transfer [--help] | bench-rings [--help] | bench-ranks [--help] | simulate-ranks [--help] \
             | python [--help] | ranks [--help] | fuzz [--help]"
                .to_owned(),
        ),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn generate(check: bool) -> Result<(), String> {
    for kind in diffuson_study::schema::KINDS {
        let schema = serde_json::to_string_pretty(&kind.json_schema()).map_err(|e| e.to_string())? + "\n";
        generated(&format!("docs/{}.md", kind.name), &kind.reference(), check)?;
        generated(&format!("docs/{}.schema.json", kind.name), &schema, check)?;
    }
    for (name, text) in fuzz::dictionaries() {
        generated(&format!("fuzz/dictionaries/{name}"), &text, check)?;
    }
    included(&root().join("book/src"))?;
    shown(check)
}

/// Writes a file that follows from code, or says that it is not up to date.
fn generated(name: &str, text: &str, check: bool) -> Result<(), String> {
    let path = root().join(name);
    if fs::read_to_string(&path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if check {
        return Err(format!("{name} is not up to date: run `cargo xtask generate`"));
    }
    fs::write(&path, text).map_err(|e| format!("{name}: {e}"))?;
    println!("{name}");
    Ok(())
}

/// What README.md shows of files: the block after a line `<!-- include FILE -->` holds the file.
fn shown(check: bool) -> Result<(), String> {
    let path = root().join("README.md");
    let old = fs::read_to_string(&path).map_err(|e| format!("README.md: {e}"))?;
    let read = |file: &str| {
        fs::read_to_string(root().join(file)).map_err(|e| format!("README.md includes {file}: {e}"))
    };
    let new = with_files(&old, read)?;
    match (new == old, check) {
        (true, _) => Ok(()),
        (false, true) => Err("README.md is not up to date: run `cargo xtask generate`".to_owned()),
        (false, false) => {
            println!("README.md");
            fs::write(&path, new).map_err(|e| format!("README.md: {e}"))
        }
    }
}

/// A text with the contents of files in the blocks that name them.
fn with_files(text: &str, read: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out += line;
        out.push('\n');
        let Some(file) = line.strip_prefix("<!-- include ").and_then(|rest| rest.strip_suffix(" -->")) else {
            continue;
        };
        let fence = lines.next().filter(|fence| fence.starts_with("```"));
        let fence =
            fence.ok_or_else(|| format!("README.md: no block after the line that includes {file}"))?;
        if !lines.any(|line| line == "```") {
            return Err(format!("README.md: the block that includes {file} has no end"));
        }
        out += &format!("{fence}\n{}```\n", read(file)?);
    }
    Ok(out)
}

/// Whether everything the pages of the book include is there: files, the anchors in them, and figures.
fn included(pages: &Path) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", pages.display());
    for page in fs::read_dir(pages).map_err(failed)? {
        let page = page.map_err(failed)?.path();
        if page.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(&page).map_err(|e| format!("{}: {e}", page.display()))?;
        for figure in text.split("](figures/").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !pages.join("figures").join(figure).is_file() {
                return Err(format!("{} shows figures/{figure}, which is not there", page.display()));
            }
        }
        for include in text.split("{{#include ").skip(1) {
            let what = include.split("}}").next().unwrap_or_default();
            let (file, anchor) =
                what.split_once(':').map_or((what, None), |(file, anchor)| (file, Some(anchor)));
            let found = fs::read_to_string(pages.join(file));
            let found = found.map_err(|e| format!("{} includes {file}: {e}", page.display()))?;
            if anchor.is_some_and(|anchor| !found.contains(&format!("ANCHOR: {anchor}\n"))) {
                return Err(format!("{} includes {what}, but the file has no such anchor", page.display()));
            }
        }
    }
    Ok(())
}

fn readme() -> Result<(), String> {
    let text = fs::read_to_string(root().join("README.md")).map_err(|e| format!("README.md: {e}"))?;
    let commands = shell_blocks(&text);
    if commands.is_empty() {
        return Err("README.md has no `sh` block".to_owned());
    }
    for command in commands {
        println!("\n$ {command}");
        let status =
            Command::new("bash").args(["-euo", "pipefail", "-c", &command]).current_dir(root()).status();
        let status = status.map_err(|e| format!("bash: {e}"))?;
        if !status.success() {
            return Err(format!("`{command}` ended with {status}"));
        }
    }
    Ok(())
}

/// The lines of all blocks that begin with exactly "```sh", without comments.
fn shell_blocks(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.trim() {
            "```sh" => inside = true,
            fence if fence.starts_with("```") => inside = false,
            command if inside && !command.is_empty() && !command.starts_with('#') => {
                commands.push(command.to_owned())
            }
            _ => {}
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::{shell_blocks, with_files};

    #[test]
    fn blocks_hold_the_files_they_name() {
        let text = "a\n<!-- include f.py -->\n```python\nold\n```\nb\n";
        let read =
            |file: &str| if file == "f.py" { Ok("new\n".to_owned()) } else { Err("no such file".to_owned()) };
        assert_eq!(with_files(text, read).unwrap(), "a\n<!-- include f.py -->\n```python\nnew\n```\nb\n");
        assert!(with_files("<!-- include g.py -->\n```\n```\n", read).is_err());
        assert!(with_files("<!-- include f.py -->\n```python\nold\n", read).is_err());
    }

    #[test]
    fn only_plain_sh_blocks_are_run() {
        let text = "text\n```sh\nfirst   # why\n# comment\n\nsecond\n```\n```sh long\nslow\n```\n```toml\nx = 1\n```\n";
        assert_eq!(shell_blocks(text), ["first   # why", "second"]);
    }
}
