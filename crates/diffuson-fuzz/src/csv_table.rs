//! Text as each kind of table that a study can name: measurements, on-site energies.

use crate::{diagnostic, scratch};
use diffuson_study::measurements::{self, Model};
use diffuson_study::{Diagnostic, Study};
use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// One input: its first byte says what the others are.
///
/// # Panics
/// If a study or a refusal contradicts itself, or the scratch folder cannot be written.
pub fn run(data: &[u8]) {
    thread_local! { static PLACE: OnceCell<(TempDir, PathBuf)> = const { OnceCell::new() }; }
    let Some((&choice, text)) = data.split_first() else { return };
    PLACE.with(|place| {
        let (_, file) = place.get_or_init(|| {
            let folder = scratch::folder();
            let file = folder.path().join("table.csv");
            (folder, file)
        });
        fs::write(file, text).expect("a file in memory");
        let models: Vec<&str> = measurements::models().collect();
        let read: Result<Study, Diagnostic> = match models.get(usize::from(choice) % (models.len() + 1)) {
            Some(model) => measurements::fit(file, Model::Named(model), &[]),
            None => Study::parse(&file.with_file_name("study.toml").display().to_string(), CONDUCTOR, &[]),
        };
        match read {
            Err(error) => diagnostic::check(&error),
            Ok(study) => {
                assert!(study.settings().is_object());
                if let Err(error) = diffuson_study::run::costs(&study) {
                    diagnostic::check(&error);
                }
            }
        }
    });
}

const CONDUCTOR: &str = r#"
kind = "local-heat"
[conductor]
length = 2
width = 2
energy = -1.3
[disorder]
kind = "values"
file = "table.csv"
[probes]
coupling = 0.1
"#;
