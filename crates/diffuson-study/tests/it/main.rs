//! The study file from the outside.

mod broken;
mod droplets;
mod finished;
mod fluctuators;
mod generated;
mod kinds;
mod mutations;
mod noise;
mod point_contact;
mod schema_checker;
mod spin_fluctuations;
mod thermoelectric;
mod trajectory;
mod valid;
mod zero_bias_anomaly;

use diffuson_study::{Diagnostic, Options, Outcome, Study, run};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A small study with a comment, a sweep and every usual section. The tests count its lines.
const STUDY: &str = r#"title = "Local Peltier heat in a dirty strip"
kind  = "local-heat"

[conductor] # line 4
lattice  = "square"
length   = 6
width    = 4
boundary = "periodic"
energy   = -1.3

[disorder] # line 11
kind  = "box"
width = 2.5

[probes] # line 15
kind     = "wide-band"
coupling = 0.1
measure  = ["voltage"]

[sweep] # line 20
"disorder.width" = [2.0, 3.0]

[ensemble] # line 23
samples = 40
seed    = 1992
"#;

fn parse(text: &str, overrides: &[&str]) -> Result<Study, Diagnostic> {
    let overrides: Vec<_> = overrides.iter().map(|s| (*s).to_owned()).collect();
    Study::parse("study.toml", text, &overrides)
}

/// A study that must be valid, computed or continued.
fn computed(text: &str, record: &Path, threads: usize) -> Outcome {
    let study = parse(text, &[]).unwrap_or_else(|error| panic!("{error}"));
    let options = Options::new(record, threads);
    run(&study, options, &mut (), &AtomicBool::new(false)).unwrap()
}
