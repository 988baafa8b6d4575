//! Several ranks compute what one process computes, whatever happens to them.

use super::memory::Full;
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::schedule::{
    Error, Failure, Observer, Plan, Portable, Progress, Ranks, Share, Stopping, Summary, Transport, decline,
    run_over, serve,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// Samples saved at a time, at most.
const UNSAVED: u64 = 50;

type Sample = Vec<Vec<f64>>;

type Memory = super::memory::Memory<Sample>;

/// Ranks that are threads.
struct Threads {
    rank: usize,
    peers: Vec<Sender<(usize, Vec<u8>)>>,
    inbox: Receiver<(usize, Vec<u8>)>,
}

fn ranks(size: usize) -> Vec<Threads> {
    let (peers, inboxes): (Vec<_>, Vec<_>) = (0..size).map(|_| channel()).unzip();
    let rank = |(rank, inbox)| Threads { rank, peers: peers.clone(), inbox };
    inboxes.into_iter().enumerate().map(rank).collect()
}

impl Transport for Threads {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.peers.len()
    }

    fn send(&mut self, to: usize, message: &[u8]) {
        assert!(self.rank > 0 || message.len() <= 4096, "rank 0 sends {} bytes", message.len());
        // ranks that have ended hear nothing
        let _ = self.peers[to].send((self.rank, message.to_vec()));
    }

    fn receive(&mut self) -> Option<(usize, Vec<u8>)> {
        self.inbox.try_recv().ok()
    }
}

/// Sample 5 fails and sample 11 panics.
fn work(point: usize, sample: u64) -> Result<Sample, String> {
    match sample {
        5 => Err(format!("residual too large at point {point}")),
        11 => std::panic::resume_unwind(Box::new("index out of range")),
        _ => Ok(vec![vec![Realisation::new(1992, sample).normal(0, point as u64); point], vec![f64::NAN]]),
    }
}

fn expected(points: usize, samples: u64) -> BTreeMap<(usize, u64), Vec<u8>> {
    let all = (0..points).flat_map(|point| (0..samples).map(move |sample| (point, sample)));
    let outcome = |point, sample| match sample {
        11 => Err(Failure::Bug("index out of range".to_owned())),
        _ => work(point, sample).map_err(Failure::Numerical),
    };
    all.map(|(point, sample)| ((point, sample), bits(&outcome(point, sample)))).collect()
}

/// NaNs are equal to their like.
fn bits(outcome: &Result<Sample, Failure>) -> Vec<u8> {
    match outcome {
        Ok(sample) => {
            let mut bytes = vec![0];
            sample.pack(&mut bytes);
            bytes
        }
        Err(failure) => format!("{failure:?}").into_bytes(),
    }
}

fn plan<'a>(points: usize, samples: u64, threads: usize) -> Plan<'a, Memory> {
    let stopping = Stopping::Samples { samples, share: Share::WHOLE };
    Plan { points, threads, leaders: Vec::new(), unsaved: UNSAVED, stopping }
}

/// Hears everything; raises a flag when so many samples have been finished.
struct Ear<'a> {
    after: u64,
    stop: &'a AtomicBool,
    finished: u64,
    notices: Vec<String>,
}

impl<'a> Ear<'a> {
    fn new(after: u64, stop: &'a AtomicBool) -> Self {
        Self { after, stop, finished: 0, notices: Vec::new() }
    }
}

impl Observer for Ear<'_> {
    fn progress(&mut self, progress: &Progress) {
        self.finished += u64::from(progress.latest.is_some());
        if self.finished >= self.after {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn notice(&mut self, words: &str) {
        self.notices.push(words.to_owned());
    }
}

/// One run on so many ranks; rank `who` raises its own flag after so many of its samples.
fn over(
    memory: &mut Memory,
    plan: Plan<'_, Memory>,
    size: usize,
    ear: &mut Ear<'_>,
    (who, after): (usize, u64),
) -> Result<Summary, Error<Full>> {
    let mut all = ranks(size);
    let mut first = all.remove(0);
    let stop = ear.stop;
    thread::scope(|scope| {
        for mut other in all {
            scope.spawn(move || {
                let (stop, count) = (AtomicBool::new(false), AtomicU64::new(0));
                let rank = other.rank;
                let work = |point, sample| {
                    if rank == who && count.fetch_add(1, Ordering::Relaxed) == after {
                        stop.store(true, Ordering::Relaxed);
                    }
                    work(point, sample)
                };
                serve(2, work, (&mut other, "this"), &stop).unwrap();
            });
        }
        run_over(plan, memory, work, &mut Ranks::new(&mut first, "this"), ear, stop)
    })
}

const NEVER: (usize, u64) = (0, 0);

#[test]
fn any_number_of_ranks_saves_the_same() {
    for (size, threads) in [(1, 1), (2, 1), (3, 2), (5, 1), (4, 0)] {
        let mut memory = Memory::new(UNSAVED);
        let stop = AtomicBool::new(false);
        let mut ear = Ear::new(u64::MAX, &stop);
        let summary = over(&mut memory, plan(3, 60, threads), size, &mut ear, NEVER).unwrap();
        assert_eq!(summary, Summary { samples: vec![60; 3], done: 180, failed: 6, interrupted: false });
        let found: BTreeMap<_, _> = memory.kept.iter().map(|(key, outcome)| (*key, bits(outcome))).collect();
        assert_eq!(found, expected(3, 60), "{size} ranks");
        assert!(ear.notices.is_empty(), "{:?}", ear.notices);
    }
}

/// Each sample waits until five have started: this ends only if all threads of all ranks compute at once.
#[test]
fn all_ranks_work_at_once() {
    let started = AtomicU64::new(0);
    let work = |_, _| -> Result<Sample, String> {
        started.fetch_add(1, Ordering::SeqCst);
        while started.load(Ordering::SeqCst) < 5 {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(Vec::new())
    };
    let mut all = ranks(3);
    let mut first = all.remove(0);
    let mut memory = Memory::new(UNSAVED);
    let stop = &AtomicBool::new(false);
    let summary = thread::scope(|scope| {
        for mut other in all {
            scope.spawn(move || serve(2, work, (&mut other, ""), stop).unwrap());
        }
        run_over(plan(1, 5, 1), &mut memory, work, &mut Ranks::new(&mut first, ""), &mut (), stop).unwrap()
    });
    assert_eq!(summary.done, 5);
}

/// Points that share the work of a sample have it on one rank.
#[test]
fn shared_work_stays_together() {
    let mut all = ranks(3);
    let mut first = all.remove(0);
    let places = std::sync::Mutex::new(BTreeMap::<u64, Vec<usize>>::new());
    let work_on = |rank: usize| {
        let places = &places;
        move |_: usize, sample: u64| -> Result<Sample, String> {
            places.lock().unwrap().entry(sample).or_default().push(rank);
            thread::sleep(Duration::from_micros(100));
            Ok(Vec::new())
        }
    };
    let stop = &AtomicBool::new(false);
    thread::scope(|scope| {
        for mut other in all {
            let work = work_on(other.rank);
            scope.spawn(move || serve(1, work, (&mut other, ""), stop).unwrap());
        }
        let plan = Plan { leaders: vec![0; 4], ..plan(4, 50, 1) };
        run_over(plan, &mut Memory::new(UNSAVED), work_on(0), &mut Ranks::new(&mut first, ""), &mut (), stop)
            .unwrap()
    });
    let places = places.into_inner().unwrap();
    assert_eq!(places.len(), 50);
    assert!(places.values().all(|ranks| ranks.len() == 4 && ranks.iter().all(|rank| *rank == ranks[0])));
    assert!(places.values().any(|ranks| ranks[0] > 0), "rank 0 has done everything");
}

#[test]
fn ranks_that_cannot_or_compute_something_else_are_left_out_and_named() {
    let mut all = ranks(4);
    let mut first = all.remove(0);
    let mut memory = Memory::new(UNSAVED);
    let stop = &AtomicBool::new(false);
    let mut ear = Ear::new(u64::MAX, stop);
    thread::scope(|scope| {
        let [mut one, mut two, mut three] = <[_; 3]>::try_from(all).ok().unwrap();
        scope.spawn(move || decline(&mut one, "study.toml does not exist"));
        scope.spawn(move || serve(1, work, (&mut two, "that"), stop).unwrap());
        scope.spawn(move || serve(1, work, (&mut three, "this"), stop).unwrap());
        // nothing is computed here: the run waits for the one that can
        run_over(plan(2, 40, 0), &mut memory, work, &mut Ranks::new(&mut first, "this"), &mut ear, stop)
            .unwrap()
    });
    assert_eq!(memory.kept.len(), 80);
    ear.notices.sort();
    let [one, two] = <[_; 2]>::try_from(ear.notices).unwrap();
    assert_eq!(one, "rank 1 takes no part: study.toml does not exist");
    assert!(two.starts_with("rank 2 takes no part: it has another study"), "{two}");
}

#[test]
fn a_run_that_nobody_computes_is_an_error() {
    let mut all = ranks(2);
    let mut first = all.remove(0);
    let mut one = all.remove(0);
    decline(&mut one, "no");
    let ended = run_over(
        plan(1, 4, 0),
        &mut Memory::new(UNSAVED),
        work,
        &mut Ranks::new(&mut first, ""),
        &mut (),
        &AtomicBool::new(false),
    );
    assert!(matches!(ended, Err(Error::Nobody)), "{ended:?}");
}

#[test]
fn a_full_disk_ends_all_ranks() {
    let mut memory = Memory { full_after: Some(0), ..Memory::new(UNSAVED) };
    let stop = AtomicBool::new(false);
    let ended = over(&mut memory, plan(3, 1000, 1), 3, &mut Ear::new(u64::MAX, &stop), NEVER);
    assert!(matches!(ended, Err(Error::Save { .. })), "{ended:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Stopped on rank 0 or on another after any number of samples, continued on another number of ranks: the content is that of the plain loop.
    #[test]
    fn interruptions_leave_no_trace(
        points in 1usize..4, samples in 1u64..60, size in 1usize..5,
        restarts in prop::collection::vec((1u64..60, 1usize..5, 0usize..5, 0u64..20), 0..5),
    ) {
        let mut memory = Memory::new(UNSAVED);
        for (after, size, who, count) in restarts {
            let stop = AtomicBool::new(false);
            let summary = over(&mut memory, plan(points, samples, 1), size, &mut Ear::new(after, &stop), (who, count)).unwrap();
            prop_assert_eq!(summary.interrupted, summary.done < points as u64 * samples);
            prop_assert_eq!(summary.done, memory.kept.len() as u64);
        }
        let stop = AtomicBool::new(false);
        let summary = over(&mut memory, plan(points, samples, 2), size, &mut Ear::new(u64::MAX, &stop), NEVER).unwrap();
        prop_assert!(!summary.interrupted);
        let found: BTreeMap<_, _> = memory.kept.iter().map(|(key, outcome)| (*key, bits(outcome))).collect();
        prop_assert_eq!(found, expected(points, samples));
    }
}
