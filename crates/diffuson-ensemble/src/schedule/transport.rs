//! Messages between the processes of one run.

use std::time::Duration;

/// How the ranks of a run talk: MPI on a cluster, channels in a test, a simulation.
///
/// Ranks are numbered from 0; rank 0 schedules and saves, the others compute for it. What an implementation must keep to:
///
/// * Messages from one rank to another arrive whole, once, and in the order in which they were sent.
/// * [`send`](Self::send) on rank 0 never waits for the receiver: rank 0 sends to ranks that may be waiting for it. Its messages are short, at most a few kilobytes. On other ranks it may wait until rank 0 listens; their messages carry samples.
/// * All calls come from one thread.
pub trait Transport {
    /// Which rank this process is.
    fn rank(&self) -> usize;

    /// The number of ranks, at least 1.
    fn size(&self) -> usize;

    /// Sends a message to another rank.
    fn send(&mut self, to: usize, message: &[u8]);

    /// The next message that has arrived, with the rank it is from; none if none has. Never waits.
    fn receive(&mut self) -> Option<(usize, Vec<u8>)>;

    /// Waits for a message, about so long at most; called where there is nothing else to wait for.
    fn wait(&mut self, at_most: Duration) {
        std::thread::sleep(at_most);
    }
}
