//! The scheduler's promises: equal content for any number of threads, any interruption, any failure.

use super::memory::Full;
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::schedule::{
    Checkpoint, Error, Failure, Observer, Plan, Progress, Share, Status, Stopping, Summary, run,
};
use diffuson_ensemble::statistics::Moments;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

type Outcome = Result<f64, Failure>;

type Memory = super::memory::Memory<f64>;

/// Sample 5 fails and sample 11 panics, at every point.
fn work(point: usize, sample: u64) -> Result<f64, String> {
    match sample {
        5 => Err(format!("residual too large at point {point}")),
        11 => quiet_panic(point),
        _ => Ok(point as f64 + Realisation::new(1992, sample).normal(0, point as u64)),
    }
}

/// Panics without the default message, which would litter the output of the tests.
fn quiet_panic(point: usize) -> ! {
    std::panic::resume_unwind(Box::new(format!("index out of range at point {point}")))
}

fn expected(points: usize, samples: u64) -> BTreeMap<(usize, u64), Outcome> {
    let outcome = |point, sample| match sample {
        5 => Err(Failure::Numerical(format!("residual too large at point {point}"))),
        11 => Err(Failure::Bug(format!("index out of range at point {point}"))),
        _ => work(point, sample).map_err(Failure::Numerical),
    };
    let all = (0..points).flat_map(|point| (0..samples).map(move |sample| (point, sample)));
    all.map(|(point, sample)| ((point, sample), outcome(point, sample))).collect()
}

fn plan<'a>(points: usize, samples: u64, threads: usize, memory: &Memory) -> Plan<'a, Memory> {
    let stopping = Stopping::Samples { samples, share: Share::WHOLE };
    Plan { points, threads, leaders: Vec::new(), unsaved: memory.unsaved, stopping }
}

/// Stops the run when so many samples have been finished in it, and records what it was told.
struct Plug<'a> {
    after: usize,
    stop: &'a AtomicBool,
    told: Vec<Progress>,
}

impl Observer for Plug<'_> {
    fn progress(&mut self, progress: &Progress) {
        self.told.push(*progress);
        if self.told.len() > self.after {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn any_number_of_threads_saves_the_same() {
    for threads in [1, 2, 4, 7] {
        let mut memory = Memory::new(4);
        let plan = plan(3, 30, threads, &memory);
        let summary = run(plan, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap();
        assert_eq!(memory.kept, expected(3, 30));
        assert_eq!(summary, Summary { samples: vec![30; 3], done: 90, failed: 6, interrupted: false });
    }
}

/// The order in which one thread computes.
fn order(plan: impl FnOnce(&Memory) -> Plan<'static, Memory>) -> Vec<(usize, u64)> {
    let order = std::sync::Mutex::new(Vec::new());
    let work = |point, sample| -> Result<f64, String> {
        order.lock().unwrap().push((point, sample));
        Ok(0.0)
    };
    let mut memory = Memory::new(2);
    let plan = plan(&memory);
    run(plan, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap();
    order.into_inner().unwrap()
}

#[test]
fn points_advance_together() {
    let found = order(|memory| plan(2, 20, 1, memory));
    let parts = [(0, 0..16), (1, 0..16), (0, 16..20), (1, 16..20)];
    assert!(found.into_iter().eq(parts.into_iter().flat_map(|(point, part)| part.map(move |n| (point, n)))));
}

#[test]
fn points_that_share_the_work_of_a_sample_have_it_one_after_the_other() {
    let found = order(|memory| Plan { leaders: vec![0, 1, 0], ..plan(3, 2, 1, memory) });
    assert_eq!(found, [(0, 0), (2, 0), (0, 1), (2, 1), (1, 0), (1, 1)]);
}

#[test]
fn points_that_share_the_work_of_a_sample_are_in_one_share() {
    let stopping = || Stopping::Samples { samples: 4, share: Share::new(2, 2).unwrap() };
    let found =
        order(|memory| Plan { leaders: vec![0, 1, 0], stopping: stopping(), ..plan(3, 4, 1, memory) });
    assert_eq!(found, [(0, 2), (2, 2), (0, 3), (2, 3), (1, 0), (1, 1)]);
}

#[test]
fn shares_together_are_everything() {
    let mut memory = Memory::new(4);
    for number in [3, 1, 2] {
        let stopping = Stopping::Samples { samples: 30, share: Share::new(number, 3).unwrap() };
        let plan = Plan { stopping, ..plan(2, 30, 2, &memory) };
        let summary = run(plan, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap();
        assert_eq!((summary.done, summary.interrupted), (20, false));
    }
    assert_eq!(memory.kept, expected(2, 30));
}

#[test]
fn all_threads_work_at_once() {
    // Each sample waits until four have started: this ends only if four run together.
    let started = AtomicUsize::new(0);
    let work = |_, _| -> Result<f64, String> {
        started.fetch_add(1, Ordering::SeqCst);
        while started.load(Ordering::SeqCst) < 4 {
            std::thread::yield_now();
        }
        Ok(0.0)
    };
    let mut memory = Memory::new(1);
    let plan = plan(2, 2, 4, &memory);
    assert_eq!(run(plan, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap().done, 4);
}

#[test]
fn progress_counts_every_sample_once() {
    let mut memory = Memory::new(4);
    let stop = AtomicBool::new(false);
    let mut plug = Plug { after: usize::MAX, stop: &stop, told: Vec::new() };
    let first = plan(1, 8, 2, &memory);
    run(first, &mut memory, work, &mut (), &stop).unwrap();
    let second = plan(2, 12, 2, &memory);
    run(second, &mut memory, work, &mut plug, &stop).unwrap();
    assert_eq!(plug.told[0], Progress { done: 8, failed: 1, total: 24, latest: None });
    assert!(plug.told.iter().map(|told| told.done).eq(8..=24));
    assert_eq!(plug.told.last().unwrap().failed, 4);
    let mut seen: Vec<_> = plug.told.iter().filter_map(|told| told.latest).collect();
    seen.sort_unstable();
    let missing = (8..12).map(|sample| (0, sample)).chain((0..12).map(|sample| (1, sample)));
    assert!(seen.into_iter().eq(missing));
}

#[test]
fn nothing_to_do_is_done() {
    let mut memory = Memory::new(4);
    let empty = plan(0, 8, 2, &memory);
    let summary = run(empty, &mut memory, work, &mut (), &AtomicBool::new(true)).unwrap();
    assert_eq!(summary, Summary { samples: vec![], done: 0, failed: 0, interrupted: false });
    let none = plan(2, 0, 2, &memory);
    let summary = run(none, &mut memory, work, &mut (), &AtomicBool::new(true)).unwrap();
    assert_eq!(summary, Summary { samples: vec![0; 2], done: 0, failed: 0, interrupted: false });
}

/// Says that something was saved.
struct Telling<'a> {
    memory: Memory,
    saved: &'a AtomicBool,
}

impl Checkpoint for Telling<'_> {
    type Sample = f64;
    type Error = Full;

    fn status(&self, point: usize, sample: u64) -> Status {
        self.memory.status(point, sample)
    }

    fn save(&mut self, point: usize, samples: Vec<(u64, Outcome)>) -> Result<(), Full> {
        self.memory.save(point, samples)?;
        self.saved.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// The first sample runs until something is saved; the second stops the run.
#[test]
fn a_stop_saves_what_is_finished_while_other_samples_run() {
    let (stop, saved) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut checkpoint = Telling { memory: Memory::new(8), saved: &saved };
    let mut plug = Plug { after: 1, stop: &stop, told: Vec::new() };
    let work = |_: usize, sample: u64| {
        let start = Instant::now();
        // the limit only ends a test that fails
        while sample == 0 && !saved.load(Ordering::Relaxed) && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok::<_, String>(f64::from(saved.load(Ordering::Relaxed)))
    };
    let stopping = Stopping::Samples { samples: 8, share: Share::WHOLE };
    let plan = Plan { points: 1, threads: 2, leaders: Vec::new(), unsaved: 8, stopping };
    run(plan, &mut checkpoint, work, &mut plug, &stop).unwrap();
    assert_eq!(checkpoint.memory.kept[&(0, 0)], Ok(1.0));
    assert!(checkpoint.memory.saves.len() >= 2, "{:?}", checkpoint.memory.saves);
}

#[test]
fn a_stop_before_the_start_computes_nothing() {
    let mut memory = Memory::new(4);
    let plan = plan(2, 8, 2, &memory);
    let summary = run(plan, &mut memory, work, &mut (), &AtomicBool::new(true)).unwrap();
    assert!(summary.interrupted && summary.done == 0 && memory.saves.is_empty());
}

#[test]
fn a_zero_in_the_plan_is_an_error() {
    let mut memory = Memory::new(4);
    let refused = |memory: &mut Memory, plan| {
        matches!(run(plan, memory, work, &mut (), &AtomicBool::new(false)), Err(Error::Zero { .. }))
    };
    let no_threads = plan(1, 1, 0, &memory);
    assert!(refused(&mut memory, no_threads));
    let no_room = Plan { unsaved: 0, ..plan(1, 1, 1, &memory) };
    assert!(refused(&mut memory, no_room));
    let mut enough = |_: &Memory, _, _| Ok(true);
    let stopping = Stopping::Target { at_most: 5, batch: 0, enough: &mut enough };
    let no_batch = Plan { stopping, ..plan(1, 1, 1, &memory) };
    assert!(refused(&mut memory, no_batch));
    assert!(memory.saves.is_empty());
}

#[test]
fn a_full_disk_ends_the_run_with_its_error_and_a_later_run_completes() {
    for threads in [1, 4] {
        let mut memory = Memory { full_after: Some(3), ..Memory::new(4) };
        let started = AtomicU64::new(0);
        let counted = |point, sample| {
            started.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_micros(100));
            work(point, sample)
        };
        let first = plan(3, 400, threads, &memory);
        match run(first, &mut memory, counted, &mut (), &AtomicBool::new(false)) {
            Err(error @ Error::Save { .. }) => {
                assert!(error.to_string().starts_with("cannot save samples of point"));
                assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no space left");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(memory.saves.len(), 3);
        assert!(started.load(Ordering::Relaxed) < 1200 / 2, "the run went on after the error");

        memory.full_after = None;
        let second = plan(3, 400, threads, &memory);
        run(second, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap();
        assert_eq!(memory.kept, expected(3, 400));
    }
}

/// Samples queued behind the running ones do not start any more once a save has failed.
#[test]
fn after_an_error_nothing_starts() {
    struct Broken(Arc<AtomicBool>);
    impl Checkpoint for Broken {
        type Sample = f64;
        type Error = Full;
        fn status(&self, _: usize, _: u64) -> Status {
            Status::Missing
        }
        fn save(&mut self, _: usize, _: Vec<(u64, Outcome)>) -> Result<(), Full> {
            self.0.store(true, Ordering::SeqCst);
            Err(Full)
        }
    }
    let refused = Arc::new(AtomicBool::new(false));
    let started = AtomicU64::new(0);
    // Sample 1 is still running when the save of sample 0 fails, and long enough after it.
    let work = |_, sample| -> Result<f64, String> {
        started.fetch_add(1, Ordering::SeqCst);
        while sample > 0 && !refused.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_millis(100 * sample));
        Ok(0.0)
    };
    let stopping = Stopping::Samples { samples: 100, share: Share::WHOLE };
    let plan = Plan { points: 1, threads: 1, leaders: Vec::new(), unsaved: 1, stopping };
    let ended = run(plan, &mut Broken(refused.clone()), work, &mut (), &AtomicBool::new(false));
    assert!(matches!(ended, Err(Error::Save { point: 0, first_sample: 0, source: Full })));
    assert!(started.load(Ordering::SeqCst) <= 2);
}

/// A panic of the observer reaches the caller, and does not wait for the whole ensemble.
#[test]
fn a_panicking_observer_ends_the_run() {
    struct Bad;
    impl Observer for Bad {
        fn progress(&mut self, progress: &Progress) {
            if progress.done == 3 {
                quiet_panic(0);
            }
        }
    }
    let mut memory = Memory::new(4);
    let started = AtomicU64::new(0);
    let counted = |point, sample| {
        started.fetch_add(1, Ordering::Relaxed);
        work(point, sample)
    };
    let plan = plan(1, 1000, 2, &memory);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run(plan, &mut memory, counted, &mut Bad, &AtomicBool::new(false))
    }));
    assert!(ended.is_err());
    assert!(started.load(Ordering::Relaxed) < 500);
}

/// Finished samples that wait to be saved stay few, however slow the saves and however long the run.
#[test]
fn unsaved_samples_stay_bounded() {
    struct Slow(Memory);
    impl Checkpoint for Slow {
        type Sample = f64;
        type Error = Full;
        fn status(&self, point: usize, sample: u64) -> Status {
            self.0.status(point, sample)
        }
        fn save(&mut self, point: usize, samples: Vec<(u64, Outcome)>) -> Result<(), Full> {
            std::thread::sleep(std::time::Duration::from_millis(1));
            self.0.save(point, samples)
        }
    }
    let mut slow = Slow(Memory::new(7));
    let stopping = Stopping::Samples { samples: 300, share: Share::WHOLE };
    let plan = Plan { points: 2, threads: 2, leaders: Vec::new(), unsaved: 7, stopping };
    run(plan, &mut slow, |_, _| Ok::<_, String>(0.0), &mut (), &AtomicBool::new(false)).unwrap();
    // that no save has more than seven is asserted in `Memory::save`
    assert_eq!(slow.0.kept.len(), 600);
}

/// Relative error of the mean of the first `n` samples below `target`.
fn precise(memory: &Memory, point: usize, n: u64, target: f64) -> bool {
    let values = (0..n).filter_map(|sample| memory.kept[&(point, sample)].as_ref().ok());
    values.copied().collect::<Moments>().estimate().relative_error() < target
}

/// Runs to a target error, pulling the plug after each of `plugs` samples; the last run is undisturbed.
fn run_to_target(unsaved: u64, batch: u64, threads: usize, plugs: &[usize]) -> (Memory, Summary) {
    let mut memory = Memory::new(unsaved);
    for after in plugs.iter().copied().chain([usize::MAX]) {
        let stop = AtomicBool::new(false);
        let mut enough = |memory: &Memory, point, n| Ok(precise(memory, point, n, 0.05));
        let stopping = Stopping::Target { at_most: 150, batch, enough: &mut enough };
        let plan = Plan { stopping, ..plan(4, 0, threads, &memory) };
        let mut plug = Plug { after, stop: &stop, told: Vec::new() };
        let summary = run(plan, &mut memory, work, &mut plug, &stop).unwrap();
        if after == usize::MAX {
            let last = plug.told.last().unwrap();
            assert_eq!((last.done, last.total), (summary.done, summary.done));
            return (memory, summary);
        }
    }
    unreachable!("the last plug is never pulled")
}

/// Point 0 has mean zero and runs into the maximum; the others stop where their error does, in whole rounds.
#[test]
fn a_target_error_stops_each_point_at_its_own_round() {
    let (memory, summary) = run_to_target(4, 10, 2, &[]);
    assert_eq!(summary.samples[0], 150);
    assert!(!summary.interrupted);
    for (point, &samples) in summary.samples.iter().enumerate().skip(1) {
        assert!(samples.is_multiple_of(10) && samples <= 150, "point {point}: {samples}");
        if samples < 150 {
            assert!(precise(&memory, point, samples, 0.05));
        }
        assert!(!precise(&memory, point, samples - 10, 0.05));
    }
    assert!(summary.samples[3] < summary.samples[1], "{:?}", summary.samples);
    assert_eq!(summary.done, summary.samples.iter().sum::<u64>());
    assert_eq!(memory.kept.len() as u64, summary.done);
}

/// More samples than needed in the checkpoint do not change where a target is reached.
#[test]
fn a_target_does_not_depend_on_what_is_already_there() {
    let (_, fresh) = run_to_target(4, 10, 2, &[]);
    let mut memory = Memory::new(4);
    let fixed = plan(4, 160, 2, &memory);
    run(fixed, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap();
    let mut enough = |memory: &Memory, point, n| Ok(precise(memory, point, n, 0.05));
    let stopping = Stopping::Target { at_most: 150, batch: 10, enough: &mut enough };
    let target = Plan { stopping, ..plan(4, 0, 2, &memory) };
    let summary = run(target, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap();
    assert_eq!(summary, fresh);
}

#[test]
fn a_failing_decision_is_an_error() {
    let mut memory = Memory::new(4);
    let mut enough = |_: &Memory, _, _| Err(Full);
    let stopping = Stopping::Target { at_most: 20, batch: 5, enough: &mut enough };
    let plan = Plan { stopping, ..plan(1, 0, 2, &memory) };
    let error = run(plan, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, Error::Decide { point: 0, samples: 5, source: Full }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Plugs pulled anywhere, any saves and threads (another number after each restart): the content is that of the
    /// plain loop, and nothing finished is ever lost or computed twice (the latter asserted in `Memory::save`).
    #[test]
    fn interruptions_leave_no_trace(
        points in 1usize..4, samples in 1u64..40, unsaved in 1u64..12,
        restarts in prop::collection::vec((1usize..40, 1usize..5), 0..6), threads in 1usize..5,
    ) {
        let mut memory = Memory::new(unsaved);
        for (after, threads) in restarts {
            let stop = AtomicBool::new(false);
            let mut plug = Plug { after, stop: &stop, told: Vec::new() };
            let plan = plan(points, samples, threads, &memory);
            let summary = run(plan, &mut memory, work, &mut plug, &stop).unwrap();
            prop_assert_eq!(summary.interrupted, summary.done < points as u64 * samples);
            prop_assert_eq!(summary.done, memory.kept.len() as u64);
            prop_assert_eq!(plug.told.last().unwrap().done, summary.done);
        }
        let plan = plan(points, samples, threads, &memory);
        let summary = run(plan, &mut memory, work, &mut (), &AtomicBool::new(false)).unwrap();
        prop_assert!(!summary.interrupted);
        prop_assert_eq!(memory.kept, expected(points, samples));
    }

    #[test]
    fn a_target_is_reached_at_the_same_samples_whatever_happens(
        unsaved in 1u64..12, threads in 1usize..5, plugs in prop::collection::vec(1usize..80, 0..5),
    ) {
        let (plain, summary) = run_to_target(unsaved, 10, 1, &[]);
        let (disturbed, end) = run_to_target(unsaved, 10, threads, &plugs);
        prop_assert_eq!(end, summary);
        prop_assert_eq!(disturbed.kept, plain.kept);
    }
}
