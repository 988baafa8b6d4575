//! A file of measurements put into a study that fits a model to it.

use crate::diagnostic::Diagnostic;
use crate::schema::{KINDS, MEASUREMENTS};
use crate::study::Study;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What is fitted.
#[derive(Clone, Copy, Debug)]
pub enum Model<'m> {
    /// A study file whose `data.file` is replaced.
    File(&'m Path),
    /// The text of one, and its name in messages; files that it names are relative to the working directory.
    Text(&'m str, &'m str),
    /// One of [`models`], with the defaults of its kind.
    Named(&'m str),
}

/// What the names of kinds that fit end with.
const SUFFIX: &str = "-fit";

/// The models that can be fitted: kinds of study that read measurements, without the suffix.
pub fn models() -> impl Iterator<Item = &'static str> {
    KINDS.iter().filter(|kind| kind.fits()).filter_map(|kind| kind.name.strip_suffix(SUFFIX))
}

/// The study that fits `model` to the measurements in the file `data`, a path relative to the working directory.
///
/// # Errors
/// Those of [`Study::read`] and [`Study::parse`].
pub fn fit(data: &Path, model: Model<'_>, overrides: &[String]) -> Result<Study, Diagnostic> {
    let folder = match model {
        Model::File(study) => study.parent().unwrap_or(Path::new("")),
        _ => Path::new(""),
    };
    let file = Value::String(beside(folder, data).display().to_string());
    let overrides: Vec<String> =
        std::iter::once(format!("{MEASUREMENTS}={file}")).chain(overrides.iter().cloned()).collect();
    match model {
        Model::File(study) => Study::read(study, &overrides),
        Model::Text(name, text) => Study::parse(name, text, &overrides),
        Model::Named(model) => {
            let name = format!("--model {model}");
            Study::parse(&name, &format!("kind = \"{model}{SUFFIX}\"\n"), &overrides)
        }
    }
}

/// A path, relative to the working directory, as seen from a folder: relative if it lies within.
fn beside(folder: &Path, path: &Path) -> PathBuf {
    if folder == Path::new("") || path.is_absolute() {
        return path.to_owned();
    }
    match path.strip_prefix(folder) {
        Ok(inside) => inside.to_owned(),
        Err(_) => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_found_from_the_folder_of_the_model() {
        assert_eq!(beside(Path::new(""), Path::new("a/b.csv")), PathBuf::from("a/b.csv"));
        assert_eq!(beside(Path::new("a"), Path::new("a/b.csv")), PathBuf::from("b.csv"));
        assert_eq!(beside(Path::new("a"), Path::new("/c/b.csv")), PathBuf::from("/c/b.csv"));
        let outside = beside(Path::new("a"), Path::new("c/b.csv"));
        assert!(outside.is_absolute() && outside.ends_with("c/b.csv"));
    }

    #[test]
    fn models_are_the_kinds_that_read_measurements() {
        assert_eq!(models().collect::<Vec<_>>(), ["droplets", "mobility-edge", "zero-bias-anomaly"]);
    }
}
