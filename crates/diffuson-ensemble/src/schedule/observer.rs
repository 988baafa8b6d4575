//! Who is told how far a run has come.

/// Follows a run: a progress bar, a log, a test that pulls the plug.
///
/// Called from the thread that called [`run`](super::run), between its saves: once at the start, and after every
/// sample. Rates and times left are the observer's business: nothing here looks at a clock. `()` ignores everything.
pub trait Observer {
    /// How far the run has come.
    fn progress(&mut self, progress: &Progress);

    /// Something that the user should hear of, in a line, and that does not end the run: a rank that cannot take part.
    fn notice(&mut self, _words: &str) {}
}

impl Observer for () {
    fn progress(&mut self, _: &Progress) {}
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Samples that need no more work, over all points: finished now or found in the checkpoint, failed ones included.
    pub done: u64,
    /// Of these, the ones that failed.
    pub failed: u64,
    /// Samples asked for so far. Grows when a round of [`Stopping::Target`](super::Stopping) was not enough.
    pub total: u64,
    /// The (point, sample) that has just finished; none in the first report.
    pub latest: Option<(usize, u64)>,
}
