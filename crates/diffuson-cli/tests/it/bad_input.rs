//! Broken studies and calls: exit code 1, one error that names key, value and line, and nothing on the disk.

use super::workshop::{Ran, STUDY, Workshop, assert_equal};

/// A change of the good study, and what the error must say.
struct Broken {
    /// Text of the good study, and what it is replaced by.
    edit: (&'static str, &'static str),
    /// Line and column of the mark.
    at: (usize, usize),
    /// What the error names: key, value, what is allowed or what to do.
    says: &'static [&'static str],
}

const fn broken(
    edit: (&'static str, &'static str),
    at: (usize, usize),
    says: &'static [&'static str],
) -> Broken {
    Broken { edit, at, says }
}

#[rustfmt::skip] // a table: one line per study
const BROKEN: &[Broken] = &[
    // names
    broken(("length   = 12", "lenght   = 12"), (6, 1), &["unknown key `conductor.lenght`", "did you mean `length`?"]),
    broken(("[probes]", "[probe]"), (15, 1), &["unknown section [probe]", "did you mean [probes]?"]),
    broken(("\"local-heat\"", "\"local-heta\""), (2, 9), &["`kind = \"local-heta\"`", "did you mean \"local-heat\"?"]),
    broken(("kind  = \"local-heat\"\n", ""), (1, 1), &["`kind` is missing", "needed: kind = \"local-heat\""]),
    // missing keys
    broken(("length   = 12\n", ""), (4, 1), &["`conductor.length` is missing", "add length = 60"]),
    broken(("width = 2.5\n", ""), (12, 9), &["`disorder.width` is missing", "\"box\""]),
    broken(("\"square\"", "\"cubic\""), (5, 12), &["`conductor.height` is missing", "\"cubic\""]),
    // types
    broken(("length   = 12", "length   = \"twelve\""), (6, 12), &["`conductor.length = \"twelve\"` is a text", "an integer >= 2"]),
    broken(("length   = 12", "length   = 12.5"), (6, 12), &["`conductor.length = 12.5`", "an integer >= 2"]),
    broken(("energy   = -1.3", "energy   = true"), (9, 12), &["`conductor.energy = true` is a truth value"]),
    broken(("energy   = -1.3", "energy   = 1979-05-27"), (9, 12), &["`conductor.energy = 1979-05-27` is a date"]),
    broken(("[\"voltage\"]", "\"voltage\""), (18, 12), &["`probes.measure = \"voltage\"` is a text"]),
    broken(("[\"voltage\"]", "[\"current\"]"), (18, 13), &["`probes.measure = \"current\"` is not a choice", "\"voltage\""]),
    broken(("\"box\"", "\"triangle\""), (12, 9), &["`disorder.kind = \"triangle\"` is not a choice", "\"gaussian\""]),
    // ranges
    broken(("width = 2.5", "width = -2.5"), (13, 9), &["`disorder.width = -2.5` is out of range", "a number >= 0"]),
    broken(("length   = 12", "length   = -12"), (6, 12), &["`conductor.length = -12` is out of range"]),
    broken(("width    = 5", "width    = 0"), (7, 12), &["`conductor.width = 0` is out of range"]),
    broken(("samples = 2", "samples = 0"), (24, 11), &["`ensemble.samples = 0` is out of range"]),
    broken(("seed    = 7", "seed    = -7"), (25, 11), &["`ensemble.seed = -7` is out of range"]),
    broken(("width = 2.5", "width = nan"), (13, 9), &["`disorder.width = nan` is not a finite number"]),
    broken(("energy   = -1.3", "energy   = inf"), (9, 12), &["`conductor.energy = inf` is not a finite number"]),
    broken(("width = 2.5", "width = 1e999"), (13, 9), &["`disorder.width = 1e999` is not a finite number"]),
    broken(("length   = 12", "length   = 99999999999999999999"), (6, 12), &["`conductor.length = 99999999999999999999` does not fit"]),
    // units
    broken(("width = 2.5", "width = \"2.5 kg\""), (13, 9), &["`disorder.width = \"2.5 kg\"` has the wrong unit `kg`", "meV"]),
    broken(("width = 2.5", "width = \"20 meV\""), (13, 9), &["`disorder.width = \"20 meV\"` has a unit, but the hopping", "conductor.hopping"]),
    // physics
    broken(("energy   = -1.3", "energy   = -4.5"), (9, 12), &["`conductor.energy = -4.5` is outside the band"]),
    broken(("energy   = -1.3", "energy   = -1.0"), (9, 12), &["`conductor.energy = -1` sits on a mode threshold", "a lead mode opens at -1.0", "keep 0.02 t away"]),
    broken(("coupling = 0.2\nmeasure  = [\"voltage\"]\n\n[sweep]\n\"probes.coupling\" = [0.2, 0.4]", "coupling = 0.0"), (17, 12), &["`probes.coupling = 0.0`", "zero"]),
    broken(("[0.2, 0.4]", "[0.2, 0.0]"), (21, 27), &["`probes.coupling = 0.0`"]),
    // sizes
    broken(("length   = 12\nwidth    = 5", "length   = 4000000000\nwidth    = 4"), (6, 12), &["`conductor.length = 4000000000` makes a conductor of more than"]),
    broken(("[conductor]\nlattice  = \"square\"\nlength   = 12\nwidth    = 5", "[solver]\nroute = \"recursive\"\n[conductor]\nlength = 20000\nwidth = 20"), (7, 10), &["`conductor.length = 20000` makes one sample need", "GiB by the route `recursive`", "at most 64 GiB per sample"]),
    broken(("samples = 2", "samples = 100000000000"), (24, 11), &["`ensemble.samples = 100000000000` is out of range"]),
    // sweeps
    broken(("[0.2, 0.4]", "[]"), (21, 21), &["`sweep.\"probes.coupling\" = []` is an empty list"]),
    broken(("[0.2, 0.4]", "0.2"), (21, 21), &["`sweep.\"probes.coupling\" = 0.2` is not a list"]),
    broken(("[0.2, 0.4]", "[0.2, 0.2]"), (21, 27), &["`sweep.\"probes.coupling\" = 0.2` is listed twice"]),
    broken(("[0.2, 0.4]", "[0.2, \"much\"]"), (21, 27), &["`probes.coupling = \"much\"`"]),
    broken(("\"probes.coupling\" =", "\"probes.copling\" ="), (21, 1), &["unknown key `probes.copling` in [sweep]", "did you mean \"probes.coupling\"?"]),
    broken(("\"probes.coupling\" = [0.2, 0.4]", "\"ensemble.seed\" = [1, 2]"), (21, 1), &["`ensemble.seed` cannot be swept"]),
    // keys that do not go together
    broken(("samples = 2", "samples = 2\nrelative_error = 0.1"), (24, 11), &["`ensemble.samples = 2` and ensemble.relative_error exclude each other"]),
    broken(("kind  = \"box\"", "kind  = \"none\""), (13, 9), &["`disorder.width = 2.5` has no meaning with disorder.kind = \"none\""]),
    broken(("[ensemble]", "[bias]\nvoltage = 0.1\n[ensemble]"), (24, 11), &["`bias.voltage = 0.1` needs temperature.kT"]),
    broken(("kind  = \"box\"\nwidth = 2.5", "kind  = \"values\"\nvalues = [1.0, 2.0]"), (13, 10), &["disorder.values", "60"]),
    broken(("kind  = \"box\"\nwidth = 2.5", "kind  = \"values\"\nfile = \"nowhere.csv\""), (13, 8), &["nowhere.csv"]),
    // TOML
    broken(("length   = 12", "length   = "), (6, 12), &["TOML"]),
    broken(("[disorder]", "[disorder"), (11, 10), &["TOML"]),
    broken(("seed    = 7", "seed    = 7\nseed    = 8"), (26, 1), &["TOML", "seed"]),
];

/// What holds for every bad input: one error, nothing else, nothing written.
fn refused(workshop: &Workshop, args: &[&str]) -> Ran {
    let before = workshop.tree("");
    let ran = workshop.run(args);
    assert_eq!(ran.code, Some(1), "{args:?} {ran:?}");
    let errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert!(errors == 1 && ran.stderr.starts_with("error: "), "{args:?} {ran:?}");
    assert!(ran.stderr.contains("  = help: "), "{args:?} {ran:?}");
    assert!(!ran.stderr.contains("panicked") && !ran.stderr.contains("bug"), "{args:?} {ran:?}");
    assert_equal(&workshop.tree(""), &before, &format!("{args:?}"));
    ran
}

fn says(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} is not in\n{}", ran.stderr);
    }
}

#[test]
fn the_good_study_is_good() {
    Workshop::with_study().run(&["check", "study.toml"]).well();
}

#[test]
fn broken_studies_give_one_error_at_the_right_place() {
    assert!(BROKEN.len() >= 40);
    let workshop = Workshop::new();
    for Broken { edit: (from, to), at: (line, column), says: words } in BROKEN {
        assert_eq!(STUDY.matches(from).count(), 1, "{from:?} should stand once in the good study");
        let text = STUDY.replacen(from, to, 1);
        workshop.write("study.toml", &text);
        let ran = refused(&workshop, &["run", "study.toml"]);
        says(&ran, words);
        says(&ran, &[&format!(" --> study.toml:{line}:{column}\n")]);
        let marked = text.lines().nth(line - 1).unwrap_or_default();
        says(&ran, &[&format!("\n{line} | {marked}"), "^"]);
        assert_eq!(refused(&workshop, &["check", "study.toml"]).stderr, ran.stderr);
    }
}

#[test]
fn the_threshold_of_the_design_is_found() {
    let workshop = Workshop::with_study();
    let set = ["--set", "conductor.width=20", "--set", "conductor.energy=-3.0"];
    let ran = refused(&workshop, &[&["run", "study.toml"], &set[..]].concat());
    says(
        &ran,
        &[
            "`conductor.energy = -3` sits on a mode threshold",
            "opens at -3.000",
            " --> --set:1:18\n",
            "-3.030",
            "-2.970",
        ],
    );
}

#[test]
fn bad_overrides_are_shown_like_lines_of_the_file() {
    let workshop = Workshop::with_study();
    let cases: [(&str, usize, &[&str]); 7] = [
        ("disorder.width=-1", 16, &["`disorder.width = -1` is out of range"]),
        ("disorder.widht=1", 1, &["unknown key `disorder.widht`", "did you mean `width`?"]),
        ("disorder.width", 1, &["has no `=`"]),
        ("disorder.width=", 16, &["disorder.width"]),
        ("conductor.length=[12]", 18, &["`conductor.length = [12]` is a list"]),
        ("sweep.disorder.width=3", 22, &["is not a list"]),
        ("kind=tunnelling", 6, &["`kind = tunnelling` is not a kind of study"]),
    ];
    for (set, column, words) in cases {
        let ran = refused(&workshop, &["run", "study.toml", "--set", set]);
        says(&ran, words);
        says(&ran, &[&format!(" --> --set:1:{column}\n"), set]);
    }
    says(
        &refused(&workshop, &["run", "study.toml", "--samples", "0"]),
        &["`ensemble.samples = 0` is out of range"],
    );
}

#[test]
fn files_that_are_no_studies_are_named() {
    let workshop = Workshop::new();
    workshop.write("empty.toml", "");
    workshop.write("comment.toml", "# nothing\n");
    workshop.write("binary.toml", [0x7f, b'E', b'L', b'F', 0, 1, 2, 3]);
    workshop.write("latin.toml", b"kind = \"local-heat\"\ntitle = \"h\xf6he\"\n");
    workshop.write("utf16.toml", b"\xff\xfek\0i\0");
    workshop.write("large.toml", "# 0123456789\n".repeat(100_000));
    std::fs::create_dir(workshop.path("folder.toml")).expect("a folder");
    let cases: [(&str, &[&str]); 9] = [
        ("missing.toml", &["missing.toml does not exist", "diffuson new local-heat"]),
        ("empty.toml", &["empty.toml is empty", "diffuson new local-heat"]),
        ("comment.toml", &["comment.toml is empty"]),
        ("binary.toml", &["binary.toml is a binary file"]),
        ("latin.toml", &["latin.toml is not UTF-8 text: byte 0xf6", " --> latin.toml:2:11\n"]),
        ("utf16.toml", &["utf16.toml is UTF-16 text"]),
        ("large.toml", &["large.toml has more than 1 MiB"]),
        ("folder.toml", &["folder.toml is a folder"]),
        ("/dev/null", &["/dev/null is not a regular file"]),
    ];
    for (file, words) in cases {
        says(&refused(&workshop, &["run", file]), words);
        says(&refused(&workshop, &["check", file]), words);
    }
}

#[test]
fn things_that_are_no_records_are_named() {
    let workshop = Workshop::with_study();
    std::fs::create_dir(workshop.path("folder.zarr")).expect("a folder");
    for command in ["show", "plot", "report"] {
        says(
            &refused(&workshop, &[command, "nowhere.zarr"]),
            &["there is no record at nowhere.zarr", "diffuson run"],
        );
        says(&refused(&workshop, &[command, "study.toml"]), &["study.toml is not a record of this program"]);
        says(
            &refused(&workshop, &[command, "folder.zarr"]),
            &["folder.zarr is not a record of this program"],
        );
    }
}
