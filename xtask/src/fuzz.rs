//! Fuzzing: every target for some seconds, side by side, or one after the other for a number of inputs, each by all processors.
//!
//! The targets are in `fuzz/`, a workspace of its own; what they do with their bytes is in `crates/diffuson-fuzz`, whose tests replay the corpus. `cargo fuzz` builds them, with
//! assertions and checks for overflow, and without a sanitizer: that needs no nightly compiler, and there is no `unsafe` here.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const HELP: &str = "\
usage: cargo xtask fuzz [--seconds N | --executions N] [--jobs N] [TARGET]...

Builds the fuzz targets (cargo-fuzz must be installed: cargo install --locked cargo-fuzz) and runs them, all of them if none is named, from the corpus in fuzz/corpus.
What is found is kept in target/fuzz/corpus, and an input that fails in fuzz/artifacts.

  --seconds N       how long each target runs (default 10), targets side by side
  --executions N    how many inputs each target tries, instead: targets one after the other, the inputs divided among the processes
  --jobs N          processes at once (default: as many as there are processors)
  --minimise        afterwards, add to fuzz/corpus what reaches new code, as little of it as does
";

/// What a target may take: input in bytes, memory in MiB, one allocation in MiB, seconds for one input.
const LIMITS: [&str; 4] = ["-max_len=4096", "-rss_limit_mb=2048", "-malloc_limit_mb=1024", "-timeout=10"];

pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut plan = Plan { most: Most::Seconds(10), jobs: processors(), targets: Vec::new(), minimise: false };
    let mut rest = arguments.iter();
    while let Some(&argument) = rest.next() {
        let mut number = || {
            let value = rest.next().and_then(|value| value.parse::<u64>().ok()).filter(|value| *value > 0);
            value.ok_or_else(|| format!("{argument} takes a number\n\n{HELP}"))
        };
        match argument {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--seconds" => plan.most = Most::Seconds(number()?),
            "--executions" => plan.most = Most::Executions(number()?),
            "--jobs" => plan.jobs = usize::try_from(number()?).unwrap_or(usize::MAX),
            "--minimise" => plan.minimise = true,
            other if other.starts_with('-') => return Err(format!("unknown argument {other}\n\n{HELP}")),
            target => plan.targets.push(target.to_owned()),
        }
    }
    let root = fs::canonicalize(root).map_err(|e| format!("{}: {e}", root.display()))?;
    let known = targets(&root)?;
    if let Some(unknown) = plan.targets.iter().find(|target| !known.contains(target)) {
        return Err(format!("there is no target {unknown}; there are {}", known.join(", ")));
    }
    if plan.targets.is_empty() {
        plan.targets = known;
    }
    let fuzzers = build(&root, &plan.targets)?;
    let mut failed = Vec::new();
    match plan.most {
        Most::Seconds(_) => {
            for group in fuzzers.chunks(plan.jobs.max(1)) {
                let running = group.iter().map(|fuzzer| fuzzer.start(&root, &plan.most, 0));
                for run in running.collect::<Result<Vec<_>, _>>()? {
                    failed.extend(tell(vec![run])?);
                }
            }
        }
        Most::Executions(all) => {
            let jobs = plan.jobs.max(1);
            for fuzzer in &fuzzers {
                let part = Most::Executions(all.div_ceil(jobs as u64));
                let running = (0..jobs).map(|job| fuzzer.start(&root, &part, job));
                failed.extend(tell(running.collect::<Result<_, _>>()?)?);
            }
        }
    }
    if !failed.is_empty() {
        return Err(failed.join("\n"));
    }
    if plan.minimise {
        fuzzers.iter().try_for_each(|fuzzer| fuzzer.minimise(&root))?;
    }
    Ok(())
}

struct Plan {
    most: Most,
    jobs: usize,
    targets: Vec<String>,
    minimise: bool,
}

/// How long a target runs.
enum Most {
    Seconds(u64),
    Executions(u64),
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The names of the targets.
fn targets(root: &Path) -> Result<Vec<String>, String> {
    let folder = root.join("fuzz/fuzz_targets");
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        names.extend(path.file_stem().and_then(OsStr::to_str).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// A target that is built.
struct Fuzzer {
    name: String,
    program: PathBuf,
}

/// Builds all targets at once, where `cargo fuzz` builds them.
fn build(root: &Path, names: &[String]) -> Result<Vec<Fuzzer>, String> {
    let folder = root.join("target/fuzz");
    let status = Command::new("cargo")
        .args(["fuzz", "build", "--sanitizer", "none"])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", &folder)
        .status()
        .map_err(|e| format!("cargo fuzz: {e}"))?;
    if !status.success() {
        return Err("the fuzz targets were not built; is cargo-fuzz installed?".to_owned());
    }
    let host = host()?;
    let program = |name: &String| folder.join(&host).join("release").join(name);
    Ok(names.iter().map(|name| Fuzzer { name: name.clone(), program: program(name) }).collect())
}

/// The platform that the compiler compiles for.
fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|e| format!("rustc: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).ok_or_else(|| "rustc does not say which platform this is".to_owned())
}

/// A target that runs.
struct Running {
    name: String,
    child: Child,
    log: PathBuf,
    start: Instant,
}

impl Fuzzer {
    /// The corpus on record, and that of this checkout.
    fn corpora(&self, root: &Path) -> Result<[PathBuf; 2], String> {
        let kept = root.join("fuzz/corpus").join(&self.name);
        let grown = root.join("target/fuzz/corpus").join(&self.name);
        for folder in [&kept, &grown] {
            fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        Ok([kept, grown])
    }

    /// Starts one of the processes of this target.
    fn start(&self, root: &Path, most: &Most, job: usize) -> Result<Running, String> {
        let [kept, grown] = self.corpora(root)?;
        let artifacts = root.join("fuzz/artifacts").join(&self.name);
        fs::create_dir_all(&artifacts).map_err(|e| format!("{}: {e}", artifacts.display()))?;
        let log = root.join("target/fuzz").join(format!("{}-{job}.log", self.name));
        let file = fs::File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
        let mut command = Command::new(&self.program);
        command.args(LIMITS).arg("-print_final_stats=1");
        command.arg(match most {
            Most::Seconds(seconds) => format!("-max_total_time={seconds}"),
            Most::Executions(executions) => format!("-runs={executions}"),
        });
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        let dictionary = root.join("fuzz/dictionaries").join(format!("{}.dict", self.name));
        if dictionary.is_file() {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        let child = command
            .args([grown, kept])
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .map_err(|e| format!("{}: {e}", self.program.display()))?;
        Ok(Running { name: self.name.clone(), child, log, start: Instant::now() })
    }

    /// Adds to the corpus on record those inputs of this checkout that reach code which no other reaches.
    fn minimise(&self, root: &Path) -> Result<(), String> {
        let [kept, grown] = self.corpora(root)?;
        let status = Command::new(&self.program)
            .args(LIMITS)
            .arg("-merge=1")
            .args([kept, grown])
            .stderr(Stdio::null())
            .status()
            .map_err(|e| format!("{}: {e}", self.program.display()))?;
        if status.success() { Ok(()) } else { Err(format!("{}: the corpus was not merged", self.name)) }
    }
}

/// Waits for the processes of one target and says how it was; what failed, if something did.
fn tell(runs: Vec<Running>) -> Result<Option<String>, String> {
    let (mut name, mut executions, mut seconds, mut failures) = (String::new(), 0.0, 0.0_f64, Vec::new());
    for run in runs {
        let ended = run.wait()?;
        (executions, seconds) = (executions + ended.executions, seconds.max(ended.seconds));
        failures.extend(ended.failure);
        name = ended.name;
    }
    let found = if failures.is_empty() { "no failure" } else { "FAILED" };
    println!(
        "{name:<16} {executions:>10} executions in {seconds:>6.0} s, {:>6.0}/s   {found}",
        executions / seconds
    );
    // who watches may want it at once
    let _ = std::io::stdout().flush();
    Ok((!failures.is_empty()).then(|| failures.join("\n")))
}

/// A process that has ended.
struct Ended {
    name: String,
    executions: f64,
    seconds: f64,
    failure: Option<String>,
}

impl Running {
    fn wait(mut self) -> Result<Ended, String> {
        let status = self.child.wait().map_err(|e| format!("{}: {e}", self.name))?;
        let seconds = self.start.elapsed().as_secs_f64();
        let log = fs::read(&self.log).map_err(|e| format!("{}: {e}", self.log.display()))?;
        let log = String::from_utf8_lossy(&log);
        let executions = log
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse::<f64>().ok())
            .unwrap_or(0.0);
        let told = log.lines().filter(|line| {
            ["panicked at", "ERROR: libFuzzer", "Test unit written to"].iter().any(|word| line.contains(word))
        });
        let told = told.collect::<Vec<_>>().join("\n  ");
        let failure = format!("{}: {told}\n  all of it: {}", self.name, self.log.display());
        let failure = (!status.success()).then_some(failure);
        Ok(Ended { name: self.name, executions, seconds, failure })
    }
}

/// The words that a study file and a table may hold, for the fuzzer to put together: contents by file name.
pub(crate) fn dictionaries() -> Vec<(String, String)> {
    use diffuson_study::schema::{Form, KINDS};
    use diffuson_study::units::UNITS;
    let mut study: Vec<String> =
        ["[sweep]", "--set ", "--set sweep.", "inf", "nan", "1e308", "0x10", "\"\"\"", "1_000"]
            .map(str::to_owned)
            .to_vec();
    let mut table: Vec<String> = ["_error", "nan", "inf", "1e308", "\u{feff}"].map(str::to_owned).to_vec();
    fn words(form: &Form, into: &mut Vec<String>) {
        match form {
            Form::Choice(choices) | Form::Subset(choices) => {
                into.extend(choices.iter().map(|choice| format!("\"{}\"", choice.name)));
            }
            Form::Or(choice, other) => {
                into.push(format!("\"{}\"", choice.name));
                words(other, into);
            }
            _ => {}
        }
    }
    for kind in KINDS {
        study.push(format!("kind = \"{}\"\n", kind.name));
        study.extend(kind.sections.iter().map(|(name, _)| format!("[{name}]\n")));
        for key in kind.keys() {
            study.push(format!("{} = {}\n", key.name(), key.example));
            study.push(format!("\"{}\" = [{}]\n", key.path, key.example));
            words(&key.form, &mut study);
            if let Form::Table(columns) = key.form {
                table.extend(columns.iter().flat_map(|column| column.aliases).map(|name| (*name).to_owned()));
                table.extend(columns.iter().map(|column| column.name.to_owned()));
            }
        }
    }
    study.extend(UNITS.iter().map(|unit| format!("\"1 {}\"", unit.symbol)));
    table.extend(UNITS.iter().map(|unit| format!("[{}]", unit.symbol)));
    [("study_file", study), ("csv_table", table)]
        .map(|(target, mut words)| {
            words.sort();
            words.dedup();
            let lines: String = words.iter().map(|word| quoted(word)).collect();
            (format!("{target}.dict"), lines)
        })
        .into()
}

/// A word as a line of a dictionary.
fn quoted(word: &str) -> String {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", byte as char),
        0x20..0x7f => (byte as char).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    format!("\"{}\"\n", word.bytes().map(byte).collect::<String>())
}
