//! Results as one JSON object. A number that is not there is null.

use diffuson_report::Record;
use diffuson_study::run::ensemble;
use diffuson_study::{Outcome, Study};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The files a run leaves.
pub(crate) struct Paths {
    pub(crate) store: PathBuf,
    pub(crate) figures: Vec<PathBuf>,
    pub(crate) report: Option<PathBuf>,
}

/// The results of a run. Lists named `points`, `samples` and `estimates` have one entry per point of the sweep.
pub(crate) fn run(study: &Study, outcome: &Outcome, record: &Record, paths: &Paths) -> Value {
    let results = &outcome.results;
    let fits = results.fits.iter().map(|fit| {
        json!({
            "name": fit.name,
            "value": fit.estimate.value,
            "standard_error": fit.estimate.standard_error,
            "expected": fit.expected,
            "reference": fit.reference,
            "points": fit.points,
        })
    });
    let audits = results.audits.iter().map(|law| {
        let (point, sample) = law.at;
        let facts = json!({
            "residual": law.residual,
            "allowed": law.allowed,
            "passed": law.passed,
            "point": point,
            "sample": sample,
        });
        (law.name.clone(), facts)
    });
    json!({
        "study": text(Path::new(&study.source().name)),
        "title": study.title(),
        "kind": study.kind().name,
        "version": record.text_attribute("version"),
        "fingerprint": record.text_attribute("study_fingerprint"),
        "seed": ensemble(study).seed,
        "overrides": study.overrides(),
        "shard": record.attributes.get("shard"),
        "points": points(study),
        "samples": outcome.samples,
        "failed": outcome.failed,
        "interrupted": outcome.interrupted,
        "estimates": (0..study.points().len()).map(|p| estimates(p, outcome, record)).collect::<Vec<_>>(),
        "fits": fits.collect::<Vec<_>>(),
        "audits": audits.collect::<Map<_, _>>(),
        "verdict": results.verdict,
        "warnings": results.warnings,
        "paths": {
            "store": text(&paths.store),
            "figures": paths.figures.iter().map(|path| text(path)).collect::<Vec<_>>(),
            "report": paths.report.as_deref().map(text),
        },
    })
}

/// The swept keys and their values, point by point.
pub(crate) fn points(study: &Study) -> Vec<Value> {
    let swept = |point: &diffuson_study::Point| {
        point
            .swept
            .iter()
            .map(|swept| (swept.key.path.to_owned(), swept.value.clone()))
            .collect::<Map<_, _>>()
            .into()
    };
    study.points().iter().map(swept).collect()
}

pub(crate) fn text(path: &Path) -> String {
    path.display().to_string()
}

/// All quantities of the record at one point.
fn estimates(point: usize, outcome: &Outcome, record: &Record) -> Value {
    let names = record.texts("quantity").iter().zip(record.texts("quantity_units"));
    let estimate = |(name, unit): (&String, &String)| {
        let mut known = outcome.results.estimates.iter();
        let found = known.find(|e| e.point == point && e.quantity == name).map(|e| e.estimate);
        let value = json!({
            "value": found.map(|e| e.value),
            "standard_error": found.map(|e| e.standard_error),
            "n": found.map_or(0, |e| e.samples),
            "unit": unit,
        });
        (name.clone(), value)
    };
    names.map(estimate).collect::<Map<_, _>>().into()
}
