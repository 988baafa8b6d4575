//! What is generated from the table agrees with the validation.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included};
use std::process::Command;

use diffuson_study::Study;
use diffuson_study::schema::{Condition, Dimension, Form, KINDS, Key, Kind, Need, Range};
use serde_json::{Value, json};

use super::schema_checker::accepts;
use super::{STUDY, parse};

/// Sets a key and everything that gives it a meaning; fills in what is required then.
struct Assignment {
    kind: &'static Kind,
    values: BTreeMap<&'static str, String>,
}

impl Assignment {
    fn new(kind: &'static Kind, key: &'static Key, value: &str) -> Self {
        let mut this = Self { kind, values: BTreeMap::new() };
        this.make_meaningful(key);
        this.values.insert(key.path, value.to_owned());
        while let Some(needed) = kind.keys().find(|k| {
            k.need == Need::Required
                && !this.values.contains_key(k.path)
                && k.when.iter().all(|c| this.holds(c))
        }) {
            this.values.insert(needed.path, needed.example.to_owned());
        }
        if key.path == "disorder.values" {
            this.values.extend([("conductor.length", "2".to_owned()), ("conductor.width", "2".to_owned())]);
        }
        this
    }

    fn make_meaningful(&mut self, key: &Key) {
        for condition in key.when {
            match condition {
                Condition::Is(other, words) => _ = self.values.insert(other, format!("\"{}\"", words[0])),
                Condition::Given(other) => {
                    let other = self.kind.key(other).unwrap();
                    self.make_meaningful(other);
                    self.values.insert(other.path, other.example.to_owned());
                }
                Condition::NotGiven(_) => {}
            }
        }
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Is(other, words) => {
                let default = self.kind.key(other).map(|k| k.need);
                let default = if let Some(Need::Default(text)) = default { text } else { "" };
                let value = self.values.get(other).map_or(default, String::as_str);
                words.contains(&value.trim_matches('"'))
            }
            Condition::Given(other) => self.values.contains_key(other),
            Condition::NotGiven(other) => !self.values.contains_key(other),
        }
    }

    /// The study with the value in its section, or with a sweep over it.
    fn toml(&self) -> String {
        let dotted = |(path, value): (&&str, &String)| format!("{path} = {value}\n");
        self.values.iter().map(dotted).collect()
    }

    fn toml_with_sweep(mut self, path: &'static str, list: &str) -> String {
        self.values.remove(path);
        self.toml() + &format!("[sweep]\n\"{path}\" = {list}\n")
    }
}

/// Values that the form of a key refuses, as TOML.
fn wrong_values(key: &Key) -> Vec<String> {
    let outside = |range: Range, step: f64, integer: bool| {
        let write = |x: f64| if integer { format!("{x:.0}") } else { format!("{x:?}") };
        let low = match range.low {
            Included(low) => Some(write(low - step)),
            Excluded(low) => Some(write(low)),
            _ => None,
        };
        let high = match range.high {
            Included(high) => Some(write(high + step)),
            Excluded(high) => Some(write(high)),
            _ => None,
        };
        [low, high].into_iter().flatten().collect::<Vec<_>>()
    };
    let mut wrong = vec!["{ a = 1 }".to_owned()];
    match key.form {
        Form::Text | Form::File | Form::Table(_) => {
            wrong.extend(["3".to_owned(), "\"\"".to_owned(), "[]".to_owned()])
        }
        Form::Choice(_) => wrong.extend(["\"nonsense\"".to_owned(), "3".to_owned(), "[]".to_owned()]),
        Form::Subset(choices) => {
            let (name, other) = (choices[0].name, choices[1].name);
            wrong.push(format!("[\"{other}\"]"));
            wrong.extend([
                "[]".to_owned(),
                "\"voltage\"".to_owned(),
                "[3]".to_owned(),
                format!("[\"{name}\", \"{name}\"]"),
            ]);
        }
        Form::Integer(range) => {
            wrong.extend(["2.5".to_owned(), "\"2\"".to_owned(), "true".to_owned()]);
            wrong.extend(outside(range, 1.0, true));
        }
        Form::Integers(range, may_be_empty) => {
            wrong.extend(["3".to_owned(), "[1.5]".to_owned(), "[2, 2]".to_owned()]);
            wrong.extend(outside(range, 1.0, true).iter().map(|x| format!("[{x}]")));
            wrong.extend((!may_be_empty).then(|| "[]".to_owned()));
        }
        Form::Number(n) => {
            wrong.extend(["true".to_owned(), "[1.0]".to_owned()]);
            match n.dimension {
                Dimension::EnergyScale | Dimension::LengthScale => wrong.push("0.5".to_owned()),
                _ => wrong.extend(outside(n.range, n.range_step(), false)),
            }
        }
        Form::Numbers(_) => wrong.extend(["1.0".to_owned(), "[true]".to_owned(), "[[1.0]]".to_owned()]),
        Form::List(n) => {
            wrong.extend(["1.0".to_owned(), "[]".to_owned(), "[true]".to_owned()]);
            wrong.extend(outside(n.range, 1.0, false).iter().map(|x| format!("[{x}]")));
        }
        Form::PerSite(n) => {
            wrong.extend(["true".to_owned(), "[true]".to_owned()]);
            wrong.extend(outside(n.range, 1.0, false).iter().flat_map(|x| [x.clone(), format!("[{x}]")]));
        }
        Form::Or(..) => wrong.push("true".to_owned()),
    }
    wrong
}

/// A step that leaves a range.
trait Step {
    fn range_step(&self) -> f64;
}

impl Step for diffuson_study::schema::Number {
    fn range_step(&self) -> f64 {
        match self.range.high {
            Included(high) => high,
            _ => 1.0,
        }
    }
}

/// A folder with the files that the examples name, and the name of a study in it.
fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("energies.csv"), "0.5\n".repeat(1200)).unwrap();
    let measurements =
        "sample, T [K], sigma [S/m], sigma_error [S/m], S [uV/K], S_error [uV/K]\nA, 1, 3, 0.1, -20, 1\n";
    std::fs::write(folder.path().join("measurements.csv"), measurements).unwrap();
    let conductances = "V [mV], T [K], G [e^2/h], G_error [e^2/h]\n0.2, 1, 300, 0.1\n";
    std::fs::write(folder.path().join("conductances.csv"), conductances).unwrap();
    let film = "T [K], chi [emu/mol], chi_error [emu/mol]\n1, 3, 0.1\n";
    std::fs::write(folder.path().join("film.csv"), film).unwrap();
    let name = folder.path().join("study.toml").display().to_string();
    (folder, name)
}

/// A study as TOML, and what the two say of it.
struct Case {
    text: String,
    good: bool,
    /// The same, except where the validation compares the points of a sweep.
    good_by_schema: bool,
}

/// Studies from every key of a kind.
fn cases(kind: &'static Kind) -> Vec<Case> {
    let mut cases = Vec::new();
    for key in kind.keys() {
        let set = |value: &str| Assignment::new(kind, key, value);
        cases.push((set(key.example).toml(), true));
        cases.extend(wrong_values(key).iter().map(|wrong| (set(wrong).toml(), false)));
        let list = format!("[{}]", key.example);
        cases.push((set(key.example).toml_with_sweep(key.path, &list), key.sweepable));
        if key.sweepable {
            cases.push((set(key.example).toml_with_sweep(key.path, "[]"), false));
            cases.push((
                set(key.example).toml_with_sweep(key.path, &format!("[{0}, {0}]", key.example)),
                false,
            ));
            cases.push((set(key.example).toml_with_sweep(key.path, "[true]"), false));
        }
        // without a key that is required there
        if key.need == Need::Required {
            let mut without = set(key.example);
            without.values.remove(key.path);
            cases.push((without.toml(), false));
        }
        // where the key has no meaning
        if !key.when.is_empty() {
            let mut base = Assignment::new(kind, kind.key("title").unwrap(), "\"t\"");
            for condition in key.when {
                if let Condition::NotGiven(other) = condition {
                    base.values.insert(other, kind.key(other).unwrap().example.to_owned());
                }
            }
            if !key.when.iter().all(|c| base.holds(c)) {
                base.values.insert(key.path, key.example.to_owned());
                cases.push((base.toml(), false));
            }
        }
    }
    let edits = [
        ("", "", true),
        ("length ", "lenght ", false),
        ("[probes]", "[prob]", false),
        ("kind  = \"local-heat\"", "", false),
        ("[sweep]", "[sweep]\n\"probes.strength\" = [1]", false),
        ("\"disorder.width\" = [2.0, 3.0]", "\"disorder.kind\" = [\"none\", \"box\"]", true),
        ("\"disorder.width\" = [2.0, 3.0]", "\"leads.kind\" = [\"strip\", \"wide-band\"]", false),
        ("width = 2.5", "", true),
        ("coupling = 0.1", "", false),
        ("seed    = 1992", "seed = 9223372036854775807", true),
    ];
    // the study of the tests is of the first kind
    let edits = edits.iter().filter(|_| kind.name == KINDS[0].name);
    cases.extend(edits.map(|&(from, to, good)| (STUDY.replacen(from, to, 1), good)));
    let mut cases: Vec<_> =
        cases.into_iter().map(|(text, good)| Case { text, good, good_by_schema: good }).collect();
    // the width is swept also where it has no meaning
    if kind.name == KINDS[0].name {
        let text = STUDY.replacen("[sweep]", "[sweep]\n\"disorder.kind\" = [\"none\", \"box\"]", 1);
        cases.push(Case { text, good: false, good_by_schema: true });
    }
    cases
}

#[test]
fn the_schema_agrees_with_the_validation() {
    let (_folder, name) = folder();
    for kind in KINDS {
        let schema = kind.json_schema();
        let cases = cases(kind);
        assert!(cases.len() > 4 * kind.keys().count(), "{} {}", kind.name, cases.len());
        for Case { text, good, good_by_schema } in &cases {
            let validated = Study::parse(&name, text, &[]);
            assert_eq!(
                validated.is_ok(),
                *good,
                "{text}\n{}",
                validated.map_or_else(|e| e.to_string(), |_| "accepted".into())
            );
            let instance: Value = toml::from_str(text).unwrap();
            assert_eq!(accepts(&schema, &instance), *good_by_schema, "{text}");
        }
    }
}

/// The same with the reference implementation in Python where it is installed, units of quantities included.
#[test]
fn the_schema_agrees_with_the_validation_in_python() {
    let probe = Command::new("python3").args(["-c", "import jsonschema"]).output();
    if !probe.is_ok_and(|out| out.status.success()) {
        eprintln!("SKIPPED: python3 has no jsonschema");
        return;
    }
    let (folder, _) = folder();
    let mut kinds = Vec::new();
    for kind in KINDS {
        let mut cases = cases(kind);
        let scaled = STUDY.replace("energy   = -1.3", "energy = VALUE\nhopping = \"50 meV\"");
        for (value, good) in [
            ("\"-65 meV\"", true),
            ("\"-1.3t\"", true),
            ("\" -1.3e0 t \"", true),
            ("\"5 kg\"", false),
            ("\"5 K\"", false),
            ("\"5\"", false),
            ("\"meV\"", false),
            ("\"1e meV\"", false),
        ] {
            let text = scaled.replace("VALUE", value);
            assert_eq!(parse(&text, &[]).is_ok(), good, "{value}");
            if kind.name != KINDS[0].name {
                continue;
            }
            cases.push(Case { text, good, good_by_schema: good });
        }
        let instances: Vec<_> = cases
            .iter()
            .map(|case| json!([toml::from_str::<Value>(&case.text).unwrap(), case.good_by_schema, case.text]))
            .collect();
        kinds.push(json!({ "schema": kind.json_schema(), "instances": instances }));
    }
    let file = folder.path().join("cases.json");
    std::fs::write(&file, json!(kinds).to_string()).unwrap();
    let script = r#"
import json, sys
from jsonschema import Draft202012Validator as V
for kind in json.load(open(sys.argv[1])):
    V.check_schema(kind["schema"])
    validator = V(kind["schema"])
    for instance, good, text in kind["instances"]:
        assert validator.is_valid(instance) == good, (good, text, [e.message for e in validator.iter_errors(instance)])
"#;
    let out = Command::new("python3").args(["-c", script]).arg(&file).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn the_template_validates_and_lists_every_key() {
    let (_folder, name) = folder();
    for kind in KINDS {
        let template = kind.template();
        let study = Study::parse(&name, &template, &[]).unwrap_or_else(|error| panic!("{error}\n{template}"));
        assert_eq!(study.kind().name, kind.name);
        assert!(template.lines().all(|line| line.chars().count() <= 120), "{template}");
        let mut section = String::new();
        let mut listed = Vec::new();
        for line in template.lines() {
            if line.starts_with('[') {
                section = line.trim_matches(['[', ']']).to_owned();
            } else if let Some((name, _)) = line.trim_start_matches("# ").split_once(" = ")
                && !name.contains([' ', '"'])
            {
                listed.push(if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") });
            }
        }
        assert_eq!(listed, kind.keys().map(|key| key.path).collect::<Vec<_>>());
        for key in kind.keys() {
            assert!(template.contains(&format!(
                "\n{}{} = {}\n",
                if listed_active(&template, key) { "" } else { "# " },
                key.name(),
                key.example
            )));
        }
    }
}

fn listed_active(template: &str, key: &Key) -> bool {
    template.contains(&format!("\n{} = {}\n", key.name(), key.example))
}

#[test]
fn the_reference_has_a_row_for_every_key() {
    for kind in KINDS {
        let reference = kind.reference();
        for key in kind.keys() {
            let row = reference.lines().find(|line| {
                line.starts_with(&format!("| `{}` | {}", key.name(), key.doc.replace('|', "\\|")))
            });
            let row = row.unwrap_or_else(|| panic!("no row for {}", key.path));
            assert_eq!(row.replace("\\|", "").matches('|').count(), 7, "{row}");
            assert_eq!(row.ends_with("| yes |"), key.sweepable, "{row}");
        }
    }
}

#[test]
fn the_table_is_sound() {
    for kind in KINDS {
        let keys: Vec<_> = kind.keys().collect();
        assert_eq!((keys[0].path, keys[1].path), ("title", "kind"));
        let mut sections: Vec<_> = kind.keys().map(|key| key.section()).collect();
        sections.dedup();
        assert_eq!(sections[1..], kind.sections.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        assert!(kind.energy_scale.is_none_or(|key| kind.key(key).is_some()));
        for (i, key) in kind.keys().enumerate() {
            assert!(keys[..i].iter().all(|other| other.path != key.path), "{} twice", key.path);
            assert!(key.doc.ends_with('.') && !key.example.is_empty(), "{}", key.path);
            for condition in key.when {
                let (Condition::Is(other, _) | Condition::Given(other) | Condition::NotGiven(other)) =
                    condition;
                let other = kind.key(other).unwrap_or_else(|| panic!("{}: {other}", key.path));
                // conditions on choices are looked up without end otherwise
                assert!(!matches!(condition, Condition::Is(..)) || other.when.is_empty(), "{}", key.path);
            }
        }
    }
}
