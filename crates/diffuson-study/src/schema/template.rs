//! A commented study file with every key.

use super::{Condition, Form, Key, Kind, Need};

const WIDTH: usize = 110;

impl Kind {
    /// A study file of this kind that validates and lists every key with its meaning, unit, values and default. Keys that
    /// may be left out are commented out.
    pub fn template(&self) -> String {
        let mut out = String::new();
        comment(&mut out, &format!("A study of kind {}. {}", self.name, self.doc));
        comment(
            &mut out,
            "Lines that begin with `# name =` are optional; they show the default, or an example where there is none.",
        );
        for key in self.keys_of("") {
            self.entry(&mut out, key);
        }
        for (section, doc) in self.sections {
            out.push('\n');
            comment(&mut out, doc);
            out.push_str(&format!("[{section}]\n"));
            for key in self.keys_of(section) {
                self.entry(&mut out, key);
            }
        }
        let swept: Vec<_> = self.keys().filter(|key| key.sweepable).collect();
        if swept.is_empty() {
            return out;
        }
        out.push('\n');
        comment(
            &mut out,
            "Lists of values; a point for every combination, the first key varying slowest. A swept key may be left out above.",
        );
        let paths: Vec<_> = swept.iter().map(|key| key.path).collect();
        comment(&mut out, &format!("Keys: {}.", paths.join(", ")));
        out.push_str("[sweep]\n");
        for key in swept.iter().filter(|key| self.is_active(key) && key.form.dimension().is_some()) {
            out.push_str(&format!("# \"{}\" = [{}]\n", key.path, key.example));
        }
        out
    }

    fn entry(&self, out: &mut String, key: &Key) {
        out.push('\n');
        comment(out, key.doc);
        let mut facts = match key.form {
            Form::Choice(choices) => {
                for choice in choices {
                    comment(out, &format!("  \"{}\": {}", choice.name, choice.doc));
                }
                Vec::new()
            }
            form => vec![form.describe()],
        };
        if !key.unit().is_empty() {
            facts.push(format!("unit {}", key.unit()));
        }
        match key.need {
            Need::Required => {}
            Need::Default(value) => facts.push(format!("default {value}")),
            Need::Absent(meaning) => facts.push(format!("if absent: {meaning}")),
        }
        facts.extend(key.when.iter().map(Condition::describe));
        if !facts.is_empty() {
            comment(out, &format!("({})", facts.join("; ")));
        }
        let mark = if self.is_active(key) { "" } else { "# " };
        out.push_str(&format!("{mark}{} = {}\n", key.name(), key.example));
    }

    /// Whether the template gives the key: it is required, and has a meaning beside the other keys given.
    fn is_active(&self, key: &Key) -> bool {
        let shown = |other: &Key| match other.need {
            Need::Required => other.example,
            Need::Default(value) => value,
            Need::Absent(_) => "",
        };
        key.need == Need::Required
            && key.when.iter().all(|condition| match condition {
                Condition::Is(other, words) => {
                    self.key(other).is_some_and(|k| words.contains(&shown(k).trim_matches('"')))
                }
                Condition::Given(other) => self.key(other).is_some_and(|k| self.is_active(k)),
                Condition::NotGiven(other) => !self.key(other).is_some_and(|k| self.is_active(k)),
            })
    }
}

impl Condition {
    /// The condition in words.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Is(other, words) => {
                let words = words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(" or ");
                format!("only with {other} = {words}")
            }
            Self::Given(other) => format!("only with {other}"),
            Self::NotGiven(other) => format!("not with {other}"),
        }
    }
}

/// Appends a comment, wrapped; the lines after the first of an indented text are indented further.
fn comment(out: &mut String, text: &str) {
    let indent = &text[..text.len() - text.trim_start().len()];
    let mut line = format!("#{indent}");
    for word in text.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = format!("#{}", indent.repeat(2));
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}
