//! The other ranks, as rank 0 sees them, and what they do themselves.

use super::collector::{Collector, Unit};
use super::message::{Answer, Order};
use super::supply::Supply;
use super::threads::{RaiseOnDrop, Threads, pool};
use super::{Checkpoint, Error, Portable, Transport};
use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Computes samples for rank 0, until it says that the run is over.
///
/// `work` is that of [`run_over`](super::run_over) on rank 0, `identity` that of its [`Ranks`]. A raised `stop` is passed on to rank 0 and ends the run on all ranks.
///
/// # Errors
/// When the system gives no threads, in words; rank 0 goes on without this rank.
pub fn serve<S: Portable + Send, E: Display>(
    threads: usize,
    work: impl Fn(usize, u64) -> Result<S, E> + Sync,
    (transport, identity): (&mut dyn Transport, &str),
    stop: &AtomicBool,
) -> Result<(), String> {
    let pool = match pool(threads) {
        Ok(pool) => pool,
        Err(reason) => {
            decline(transport, &format!("it cannot start {threads} threads: {reason}"));
            return Err(reason);
        }
    };
    let say = |transport: &mut dyn Transport, answer: Answer<S>| transport.send(0, &answer.pack());
    say(transport, Answer::Ready { threads: threads as u64, identity: identity.to_owned() });
    let halted = &AtomicBool::new(false);
    let work = &work;
    pool.in_place_scope(|scope| {
        let _halt = RaiseOnDrop(halted);
        let mut here = Threads::new(scope, work, [stop, halted]);
        let (mut nap, mut told) = (Nap::default(), false);
        loop {
            while let Some((_, message)) = transport.receive() {
                nap.wake();
                match Order::unpack(&message) {
                    Some(Order::Compute(units)) => units.into_iter().for_each(|unit| here.start(unit)),
                    Some(Order::Halt) => halted.store(true, Ordering::Relaxed),
                    Some(Order::End) | None => return,
                }
            }
            if stop.load(Ordering::Relaxed) && !told {
                told = true;
                say(transport, Answer::Stop);
            }
            let mut reports = Vec::new();
            let mut wait = nap.take();
            while let Some(report) = here.next(wait) {
                wait = Duration::ZERO;
                reports.push(report);
                if reports.len() == MOST_REPORTS {
                    break;
                }
            }
            if !reports.is_empty() {
                nap.wake();
                say(transport, Answer::Reports(reports));
            }
        }
    });
    say(transport, Answer::Gone);
    Ok(())
}

/// Tells rank 0 that this rank takes no part in the run, and why; rank 0 tells its observer, and goes on without.
pub fn decline(transport: &mut dyn Transport, reason: &str) {
    transport.send(0, &Answer::<Vec<Vec<f64>>>::Declined(reason.to_owned()).pack());
}

/// Samples in one message, at most: rank 0 does not wait long for a message to arrive.
const MOST_REPORTS: usize = 256;

/// The other ranks of a run, as rank 0 sees them.
///
/// However rank 0 leaves the run (at its end, by an error, before it began), dropping this tells the others that it is over, and waits until they have ended.
pub struct Ranks<'t, S> {
    transport: &'t mut dyn Transport,
    identity: String,
    ranks: Vec<Rank>,
    /// Those that could take more, first come, first served.
    hungry: VecDeque<usize>,
    awaited: u64,
    threads: u64,
    in_hand: u64,
    halted: bool,
    nap: Nap,
    unpack: fn(&[u8]) -> Option<Answer<S>>,
}

/// What is known of one of them.
#[derive(Clone, Copy)]
enum Rank {
    /// Nothing yet.
    Awaited,
    /// It computes.
    Working { threads: u64, in_hand: u64, hungry: bool },
    /// It was told that the run is over, or never took part.
    Dismissed,
    /// It has ended.
    Gone,
}

impl<'t, S: Portable> Ranks<'t, S> {
    /// The ranks that talk by this transport, on rank 0 of it. `identity` says what is computed, in a line: a rank that computes something else takes no part.
    pub fn new(transport: &'t mut dyn Transport, identity: &str) -> Self {
        Self {
            ranks: vec![Rank::Awaited; transport.size() - 1],
            awaited: transport.size() as u64 - 1,
            transport,
            identity: identity.to_owned(),
            hungry: VecDeque::new(),
            threads: 0,
            in_hand: 0,
            halted: false,
            nap: Nap::default(),
            unpack: Answer::unpack,
        }
    }
}

impl<S> Ranks<'_, S> {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }

    /// Their threads; ranks that have not reported yet are taken to have so many.
    pub(super) fn threads(&self, each: u64) -> u64 {
        self.threads + self.awaited * each.max(1)
    }

    /// Samples that they have in hand.
    pub(super) fn in_hand(&self) -> u64 {
        self.in_hand
    }

    /// Whether a rank may still take part.
    pub(super) fn expects_more(&self) -> bool {
        self.awaited > 0
    }

    /// How long to wait for something else before they are listened to again.
    pub(super) fn nap(&mut self) -> Duration {
        self.nap.take()
    }

    /// Waits for what they say next, where there is nothing else to wait for.
    pub(super) fn wait(&mut self) {
        self.transport.wait(self.nap.take());
    }

    /// Gives work to those who could take more.
    pub(super) fn hand_out<C: Checkpoint<Sample = S>>(
        &mut self,
        collector: &mut Collector<'_, '_, C>,
        supply: &Supply,
        all_threads: u64,
    ) {
        while collector.waiting() > 0
            && let Some(index) = self.hungry.pop_front()
        {
            let Rank::Working { threads, in_hand, hungry } = &mut self.ranks[index] else { continue };
            *hungry = false;
            let wanted = supply.of(*threads, all_threads, collector.waiting());
            let mut units: Vec<Unit> = Vec::new();
            while *in_hand < wanted
                && let Some(unit) = collector.next()
            {
                *in_hand += unit.points.len() as u64;
                self.in_hand += unit.points.len() as u64;
                units.push(unit);
            }
            for order in Order::compute(units) {
                self.transport.send(index + 1, &order.pack());
            }
        }
    }

    /// Takes in what they say; whether they said anything.
    pub(super) fn listen<C: Checkpoint<Sample = S>>(
        &mut self,
        collector: &mut Collector<'_, '_, C>,
        supply: &mut Supply,
        stop: &AtomicBool,
    ) -> Result<bool, Error<C::Error>> {
        let mut heard = false;
        // what comes later waits until those who reported have new work
        for _ in 0..MOST_MESSAGES {
            let Some((from, message)) = self.transport.receive() else { break };
            self.nap.wake();
            heard = true;
            let answer = (self.unpack)(&message);
            if matches!(answer, Some(Answer::Ready { .. } | Answer::Declined(_))) {
                self.awaited -= 1;
            }
            match answer {
                Some(Answer::Ready { threads, identity }) if identity == self.identity => {
                    self.ranks[from - 1] = Rank::Working { threads, in_hand: 0, hungry: true };
                    self.threads += threads;
                    self.hungry.push_back(from - 1);
                    if self.halted {
                        self.transport.send(from, &Order::Halt.pack());
                    }
                }
                Some(Answer::Ready { identity, .. }) => {
                    collector.notice(&format!(
                        "rank {from} takes no part: it has another study or another version of the program ({identity}, not {})",
                        self.identity
                    ));
                    self.dismiss_rank(from);
                }
                Some(Answer::Declined(reason)) => {
                    collector.notice(&format!("rank {from} takes no part: {reason}"));
                    self.ranks[from - 1] = Rank::Gone;
                }
                Some(Answer::Reports(reports)) => {
                    for report in reports {
                        self.finished(from - 1);
                        if report.outcome.is_some() {
                            supply.heard(report.took);
                        }
                        collector.collect(report)?;
                    }
                }
                Some(Answer::Stop) => stop.store(true, Ordering::Relaxed),
                Some(Answer::Gone) => self.ranks[from - 1] = Rank::Gone,
                None => collector.notice(&format!("rank {from} says what cannot be understood")),
            }
        }
        Ok(heard)
    }

    /// A rank has one sample less in hand.
    fn finished(&mut self, index: usize) {
        if let Rank::Working { in_hand, hungry, .. } = &mut self.ranks[index] {
            *in_hand = in_hand.saturating_sub(1);
            self.in_hand = self.in_hand.saturating_sub(1);
            if !*hungry {
                *hungry = true;
                self.hungry.push_back(index);
            }
        }
    }

    /// No sample is to be begun any more.
    pub(super) fn halt(&mut self) {
        if !std::mem::replace(&mut self.halted, true) {
            for (index, rank) in self.ranks.iter().enumerate() {
                if matches!(rank, Rank::Working { .. }) {
                    self.transport.send(index + 1, &Order::Halt.pack());
                }
            }
        }
    }

    fn dismiss_rank(&mut self, rank: usize) {
        self.transport.send(rank, &Order::End.pack());
        self.ranks[rank - 1] = Rank::Dismissed;
    }
}

impl<S> Drop for Ranks<'_, S> {
    fn drop(&mut self) {
        for from in 1..=self.ranks.len() {
            if matches!(self.ranks[from - 1], Rank::Working { .. }) {
                self.dismiss_rank(from);
            }
        }
        while self.ranks.iter().any(|rank| !matches!(rank, Rank::Gone)) {
            let Some((from, message)) = self.transport.receive() else {
                self.transport.wait(self.nap.take());
                continue;
            };
            match (self.unpack)(&message) {
                Some(Answer::Ready { .. }) => self.dismiss_rank(from),
                Some(Answer::Declined(_) | Answer::Gone) => self.ranks[from - 1] = Rank::Gone,
                _ => {}
            }
        }
    }
}

/// Messages taken in at once.
const MOST_MESSAGES: usize = 256;

/// Short waits while messages come, longer ones when they do not: looking for messages costs some ten microseconds, and everybody has work in hand for far longer than these waits.
#[derive(Debug)]
pub(super) struct Nap(Duration);

impl Default for Nap {
    fn default() -> Self {
        Self(Self::SHORTEST)
    }
}

impl Nap {
    const SHORTEST: Duration = Duration::from_millis(1);
    pub(super) const LONGEST: Duration = Duration::from_millis(20);

    fn wake(&mut self) {
        self.0 = Self::SHORTEST;
    }

    fn take(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 3 / 2).min(Self::LONGEST);
        now
    }
}
