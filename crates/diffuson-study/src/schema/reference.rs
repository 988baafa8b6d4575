//! The reference of a kind of study, in Markdown.

use super::{Choice, Condition, Form, Key, Kind, Need};

impl Kind {
    /// The keys of this kind as Markdown: one table per section.
    pub fn reference(&self) -> String {
        let mut out = format!("## `{}`\n\n{}\n", self.name, self.doc);
        for (section, doc) in [("", "At the top of the file.")].iter().chain(self.sections) {
            if !section.is_empty() {
                out.push_str(&format!("\n### `[{section}]`\n"));
            }
            out.push_str(&format!(
                "\n{doc}\n\n| key | meaning | values | unit | default | sweep |\n|---|---|---|---|---|---|\n"
            ));
            for key in self.keys_of(section) {
                out.push_str(&row(key));
            }
        }
        out.push_str(&format!(
            "\n### `[sweep]`\n\n`\"section.key\" = [values]` for every key marked in the column *sweep*; one point for every \
             combination, the first key varying slowest, at most {} points.\n",
            self.most_points
        ));
        out
    }
}

fn row(key: &Key) -> String {
    let mut meaning = vec![key.doc.to_owned()];
    meaning.extend(key.when.iter().map(|condition| format!("{}.", capital(&Condition::describe(condition)))));
    let values = match key.form {
        Form::Choice(choices) | Form::Subset(choices) => {
            let list = matches!(key.form, Form::Subset(_));
            let words =
                choices.iter().map(|c: &Choice| format!("`\"{}\"` ({})", c.name, c.doc)).collect::<Vec<_>>();
            format!("{}{}", if list { "list of " } else { "" }, words.join(", "))
        }
        form => form.describe(),
    };
    let default = match key.need {
        Need::Required => "required".to_owned(),
        Need::Default(value) => format!("`{value}`"),
        Need::Absent(meaning) => format!("absent: {meaning}"),
    };
    let swept = if key.sweepable { "yes" } else { "" };
    let cells =
        [format!("`{}`", key.name()).as_str(), &meaning.join(" "), &values, key.unit(), &default, swept]
            .map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
