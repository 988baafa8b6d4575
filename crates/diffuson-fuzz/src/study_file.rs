//! Text as a study file, with and without overrides.
//!
//! Lines that begin with `--set ` are overrides, the others are the file. A study that is valid and small is made ready to be computed, with all checks of the physics.

use crate::diagnostic;
use diffuson_study::Study;
use diffuson_study::run::costs;
use diffuson_study::settings::Settings;

/// One input.
///
/// # Panics
/// If a study or a refusal contradicts itself.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (sets, lines): (Vec<&str>, Vec<&str>) =
        text.split_inclusive('\n').partition(|line| line.starts_with("--set "));
    let overrides: Vec<String> =
        sets.iter().map(|line| line["--set ".len()..].trim_end_matches('\n').to_owned()).collect();
    let file = lines.concat();
    if !overrides.is_empty() {
        validate(&file, &[]);
    }
    validate(&file, &overrides);
}

fn validate(file: &str, overrides: &[String]) {
    // files that a study names are looked for where none are
    match Study::parse("/nowhere/study.toml", file, overrides) {
        Err(error) => diagnostic::check(&error),
        Ok(study) => {
            assert!(!study.points().is_empty() && !study.title().is_empty());
            assert!(study.settings().is_object());
            if is_small(&study)
                && let Err(error) = costs(&study)
            {
                diagnostic::check(&error);
            }
        }
    }
}

/// Whether the conductors of a study are made in no time.
fn is_small(study: &Study) -> bool {
    const MOST_SITES: usize = 200;
    let sites = study.points().iter().map(|point| match &point.settings {
        Settings::LocalHeat(settings) => settings.conductor.sites(),
        Settings::Noise(settings) => settings.conductor.sites(),
        Settings::Thermoelectric(settings) => settings.conductor.sites(),
        _ => 1,
    });
    sites.fold(0_usize, usize::saturating_add) <= MOST_SITES
}
