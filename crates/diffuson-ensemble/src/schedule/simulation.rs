//! Ranks that exist in virtual time only: what limits a run on more of them than there are here?

use super::Transport;
use super::collector::Report;
use super::message::{Answer, Order, Portable};
use super::ranks::Nap;
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Nanoseconds of virtual time.
type Time = u64;

/// How simulated ranks compute and talk.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The number of ranks, rank 0 among them, which computes nothing.
    pub ranks: usize,
    /// Threads of each of the others.
    pub threads: usize,
    /// How long samples take: sample n the n-th of these, from the first again after the last. At least one.
    pub times: Vec<Duration>,
    /// How long a message travels.
    pub latency: Duration,
    /// What rank 0 spends in the network layer for a message it receives or sends.
    pub overhead: Duration,
    /// Bytes per second that rank 0 can receive.
    pub bandwidth: f64,
}

/// A [`Transport`] for rank 0 whose other ranks are simulated.
///
/// Rank 0 is not: its code runs, and the time its thread takes between calls is added to the virtual clock, so that messages pile up where it cannot keep pace. What other ranks
/// compute takes no time here; what it takes there, and how long messages travel, is that of the [`Machine`]. Waiting of rank 0 takes no time here either.
#[derive(Debug)]
pub struct Simulation<S> {
    machine: Machine,
    clock: Clock,
    /// When rank 0 was given the floor.
    since: Instant,
    events: BinaryHeap<Reverse<(Time, u64, usize)>>,
    /// What arrives with the events, by their numbers.
    answers: VecDeque<Option<Said<S>>>,
    first_answer: u64,
    /// When each thread of each rank is free.
    free: Vec<Vec<Time>>,
    sample: S,
    computed: Time,
    waited: Time,
}

/// What a simulated rank says.
#[derive(Debug)]
enum Said<S> {
    Here(Answer<S>),
    /// (point, sample, time it takes)
    Finished(usize, u64, Time),
}

/// The virtual time of rank 0, shared with whatever else takes its time: saving, say.
#[derive(Clone, Debug, Default)]
pub struct Clock(Rc<Cell<Time>>);

impl Clock {
    /// The time since the beginning.
    #[must_use]
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.0.get())
    }

    /// Rank 0 is busy for so long with something that takes no time here.
    pub fn spend(&self, time: Duration) {
        self.0.set(self.0.get() + nanos(time));
    }
}

impl<S: Portable + Clone> Simulation<S> {
    /// Simulated ranks that compute what [`Ranks`](super::Ranks) of this identity want; every sample has the value `sample`.
    #[must_use]
    pub fn new(machine: Machine, identity: &str, sample: S) -> Self {
        let mut simulation = Self {
            clock: Clock::default(),
            since: Instant::now(),
            events: BinaryHeap::new(),
            answers: VecDeque::new(),
            first_answer: 0,
            free: vec![vec![0; machine.threads]; machine.ranks],
            sample,
            computed: 0,
            waited: 0,
            machine,
        };
        for rank in 1..simulation.machine.ranks {
            let threads = simulation.machine.threads as u64;
            simulation.say(0, rank, Said::Here(Answer::Ready { threads, identity: identity.to_owned() }));
        }
        simulation
    }

    /// The clock of rank 0.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Time that all threads together have computed.
    #[must_use]
    pub fn computed(&self) -> Duration {
        Duration::from_nanos(self.computed)
    }

    /// Time that rank 0 has been busy, with messages, its books, and what its [`Clock`] was told.
    #[must_use]
    pub fn busy(&self) -> Duration {
        self.clock.now() - Duration::from_nanos(self.waited)
    }

    fn say(&mut self, at: Time, rank: usize, said: Said<S>) {
        let number = self.first_answer + self.answers.len() as u64;
        self.answers.push_back(Some(said));
        self.events.push(Reverse((at + nanos(self.machine.latency), number, rank)));
    }

    /// Adds what rank 0 has done since it was given the floor.
    fn account(&self) {
        self.clock.spend(self.since.elapsed());
    }

    fn compute(&mut self, rank: usize, sample: u64, points: Vec<usize>) {
        // a rank naps up to its longest nap before it looks, on average half of it
        let arrives = self.clock.0.get() + nanos(self.machine.latency) + nanos(Nap::LONGEST) / 2;
        let free = &mut self.free[rank];
        let Some(thread) = (0..free.len()).min_by_key(|&thread| free[thread]) else { return };
        let mut time = free[thread].max(arrives);
        let took = nanos(self.machine.times[sample as usize % self.machine.times.len()]);
        let ends: Vec<_> = points
            .into_iter()
            .map(|point| {
                time += took;
                (point, time)
            })
            .collect();
        free[thread] = time;
        for (point, end) in ends {
            self.computed += took;
            self.say(end, rank, Said::Finished(point, sample, took));
        }
    }
}

impl<S: Portable + Clone> Transport for Simulation<S> {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        self.machine.ranks
    }

    fn send(&mut self, to: usize, message: &[u8]) {
        self.account();
        self.clock.spend(self.machine.overhead);
        match Order::unpack(message) {
            Some(Order::Compute(units)) => {
                units.into_iter().for_each(|unit| self.compute(to, unit.sample, unit.points));
            }
            Some(Order::End) => self.say(self.clock.0.get(), to, Said::Here(Answer::Gone)),
            Some(Order::Halt) | None => {}
        }
        self.since = Instant::now();
    }

    fn receive(&mut self) -> Option<(usize, Vec<u8>)> {
        self.account();
        let due = |event: &&Reverse<(Time, u64, usize)>| event.0.0 <= self.clock.0.get();
        let answer = self.events.peek().filter(due).copied().and_then(|Reverse((_, number, rank))| {
            self.events.pop();
            let said = self.answers.get_mut((number - self.first_answer) as usize)?.take()?;
            while matches!(self.answers.front(), Some(None)) {
                self.answers.pop_front();
                self.first_answer += 1;
            }
            let answer = match said {
                Said::Here(answer) => answer,
                Said::Finished(point, sample, took) => Answer::Reports(vec![Report {
                    point,
                    sample,
                    outcome: Some(Ok(self.sample.clone())),
                    took: Duration::from_nanos(took),
                }]),
            };
            let bytes = answer.pack();
            let travels = Duration::from_secs_f64(bytes.len() as f64 / self.machine.bandwidth);
            self.clock.spend(self.machine.overhead + travels);
            Some((rank, bytes))
        });
        self.since = Instant::now();
        answer
    }

    fn wait(&mut self, _: Duration) {
        self.account();
        if let Some(Reverse((at, ..))) = self.events.peek() {
            let wait = at.saturating_sub(self.clock.0.get());
            self.waited += wait;
            self.clock.spend(Duration::from_nanos(wait));
        }
        self.since = Instant::now();
    }
}

fn nanos(time: Duration) -> Time {
    u64::try_from(time.as_nanos()).unwrap_or(Time::MAX)
}
