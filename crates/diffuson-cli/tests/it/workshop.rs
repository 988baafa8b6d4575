//! A folder to work in, and the program in it.

use diffuson_store::{Reader, Status};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_diffuson");

/// A study of two points and two samples that takes milliseconds.
pub(crate) const STUDY: &str = r#"title = "A small strip"
kind  = "local-heat"

[conductor]
lattice  = "square"
length   = 12
width    = 5
boundary = "hard-wall"
energy   = -1.3

[disorder]
kind  = "box"
width = 2.5

[probes]
kind     = "wide-band"
coupling = 0.2
measure  = ["voltage"]

[sweep]
"probes.coupling" = [0.2, 0.4]

[ensemble]
samples = 2
seed    = 7
"#;

/// A study of ten points: a tenth of a second or so on one thread for each sample of all of them.
pub(crate) fn long_study(samples: usize) -> String {
    LONG_STUDY.replace("SAMPLES", &samples.to_string())
}

const LONG_STUDY: &str = r#"kind = "local-heat"
[conductor]
length   = 40
width    = 12
boundary = "periodic"
energy   = -1.3
[disorder]
kind  = "box"
width = 2.5
[sweep]
"probes.coupling" = [0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.20]
[ensemble]
samples = SAMPLES
"#;

/// What a call of the program left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in {} bytes of output", self.stdout.len()))
    }

    /// The same, with exit code 0.
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A temporary folder, the working directory of the program.
pub(crate) struct Workshop {
    folder: TempDir,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    /// One with [`STUDY`] in `study.toml`.
    pub(crate) fn with_study() -> Self {
        let workshop = Self::new();
        workshop.write("study.toml", STUDY);
        workshop
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).expect("the folder is writable");
    }

    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.command(PROGRAM, args).output().expect("the program starts").into()
    }

    /// The program in the background.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let mut command = self.command(PROGRAM, args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// Everything in a folder: paths and contents.
    pub(crate) fn tree(&self, name: &str) -> Tree {
        let mut tree = Tree::new();
        collect(&self.path(name), Path::new(""), &mut tree);
        tree
    }
}

/// Files with their contents, folders without.
pub(crate) type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

fn collect(folder: &Path, below: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = below.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            tree.insert(name.clone(), None);
            collect(&entry.path(), &name, tree);
        } else {
            tree.insert(name, Some(fs::read(entry.path()).expect("a readable file")));
        }
    }
}

/// Compares two trees without printing their bytes.
pub(crate) fn assert_equal(found: &Tree, expected: &Tree, what: &str) {
    let names = |tree: &Tree| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{what}: other files");
    let differ: Vec<_> =
        found.iter().filter(|(name, bytes)| expected[*name] != **bytes).map(|(n, _)| n).collect();
    assert!(differ.is_empty(), "{what}: other bits in {differ:?}");
}

/// Numbers in [0, 1) that are the same in every run of the test.
pub(crate) struct Uniform(pub(crate) u64);

impl Uniform {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Samples in a record: present, missing. None if there is no record yet.
pub(crate) fn samples(workshop: &Workshop, store: &str) -> Option<(usize, usize)> {
    let reader = Reader::open(workshop.path(store)).ok()?;
    let all: Vec<Status> = (0..reader.points()).flat_map(|p| reader.status(p).expect("a status")).collect();
    let missing = all.iter().filter(|status| **status == Status::Missing).count();
    Some((all.len() - missing, missing))
}

/// Says that a test cannot be done here.
pub(crate) fn skipped(why: &str) {
    // past the capture of the test harness
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}
