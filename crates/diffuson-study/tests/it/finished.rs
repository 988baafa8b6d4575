//! A study that was run, for tests of what it gives.

use diffuson_store::Reader;
use diffuson_study::{Options, Outcome, Study, run};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// The record of a study, what came of it, and the folder that holds it.
pub(crate) struct Finished {
    pub(crate) reader: Reader,
    pub(crate) outcome: Outcome,
    _folder: TempDir,
}

impl Finished {
    /// Runs a study; audits may fail.
    pub(crate) fn new(text: &str, threads: usize) -> Self {
        let study = Study::parse("study.toml", text, &[]).unwrap_or_else(|error| panic!("{error}"));
        let folder = tempfile::tempdir().expect("a folder");
        let record = folder.path().join("study.zarr");
        let options = Options { fresh: true, ..Options::new(&record, threads) };
        let outcome = run(&study, options, &mut (), &AtomicBool::new(false)).expect("a run");
        Self { reader: Reader::open(&record).expect("a record"), outcome, _folder: folder }
    }

    /// The same with nothing wrong: no sample failed, no audit either.
    pub(crate) fn sound(text: &str, threads: usize) -> Self {
        let finished = Self::new(text, threads);
        let outcome = &finished.outcome;
        assert!(outcome.audit_passed() && outcome.failed == 0, "{:?}", outcome.results.audits);
        finished
    }

    /// All values of an array.
    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        self.reader.read::<f64>(name).expect(name).data
    }

    /// A derived quantity of a point, if it is there.
    pub(crate) fn estimate(&self, id: &str, point: usize) -> Option<f64> {
        let found = self.outcome.results.estimates.iter().find(|e| e.quantity == id && e.point == point);
        found.map(|e| e.estimate.value)
    }
}
