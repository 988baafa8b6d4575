//! The ranks of a run, joined by an MPI library.

use crate::{Launch, Order, StartError, cores};
use diffuson_ensemble::schedule::Transport;
use mpi::Threading;
use mpi::collective::SystemOperation;
use mpi::environment::{Universe, initialize_with_threading, library_version};
use mpi::point_to_point::MatchedReceiveVec;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Destination, Source};
use std::collections::{BTreeMap, VecDeque};
use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::thread::{panicking, sleep};
use std::time::Duration;

/// The ranks of this run.
///
/// All calls are made on the thread that started it, as MPI_THREAD_FUNNELED asks for. A rank that leaves without an [end](Order::End), by a panic for one, takes all others with it: none waits for
/// what cannot come.
pub struct Mpi {
    world: SimpleCommunicator,
    threads: usize,
    fewest: usize,
    most: usize,
    /// Messages that have arrived while another was waited for.
    inbox: VecDeque<(usize, Vec<u8>)>,
    orders: VecDeque<Order>,
    /// Beginnings of messages, by rank.
    begun: BTreeMap<usize, Vec<u8>>,
    /// Ranks that have taken leave.
    gone: usize,
    ended: bool,
    /// Finalises MPI: after everything else.
    _universe: Universe,
    _stays_on_its_thread: PhantomData<*const ()>,
}

/// What a message is, as its tag says. All of them are taken in the order in which they were sent: a rank that has taken leave has sent nothing since.
mod tag {
    /// A message of the scheduler, or its last piece.
    pub(super) const MESSAGE: i32 = 0;
    /// A piece of one that another follows.
    pub(super) const PIECE: i32 = 1;
    pub(super) const SERVE: i32 = 2;
    /// One byte, the exit code.
    pub(super) const END: i32 = 3;
    pub(super) const LEAVE: i32 = 4;
}

/// MPI counts bytes in 31 bits: longer messages are sent in pieces.
const PIECE: usize = 1 << 26;

/// What rank 0 sends goes to a buffer first, so that it never waits; MPI ends the job if that overflows. The scheduler hands a rank a thousand samples ahead at most, 24 bytes each, or one sample of all points of a sweep that
/// share its work, 8 bytes for each of at most ten thousand. Memory that is not used is never touched, so that this costs nothing. From 2^13 ranks on there is less for each, since MPI
/// counts these bytes in 31 bits too; what short messages to ranks that listen take is given back at once.
const BUFFER_PER_RANK: usize = 1 << 18;

/// How long a rank sleeps before it looks again whether there is an order, or a farewell.
const LISTEN: Duration = Duration::from_millis(5);

/// How long a rank sleeps before it looks again whether a message has been sent, and helps with it where the network needs that.
const SENDING: Duration = Duration::from_millis(1);

impl Mpi {
    /// Joins the ranks that a launcher has started together with this process. None if it was started alone; MPI is left untouched then.
    ///
    /// # Errors
    /// [`StartError`] on every rank alike.
    pub fn start() -> Result<Option<Self>, StartError> {
        let Some(launch) = Launch::find().filter(Launch::several) else { return Ok(None) };
        let (mut universe, threading) =
            initialize_with_threading(Threading::Funneled).ok_or(StartError::Twice)?;
        if threading < Threading::Funneled {
            return Err(StartError::OneThread { library: library() });
        }
        let world = universe.world();
        let (rank, size) = (index(world.rank()), index(world.size()));
        if size == 1 {
            return launch.size.map_or(Ok(None), |launched| {
                Err(StartError::OtherLauncher { launched, library: library() })
            });
        }
        if rank == 0 {
            universe.set_buffer_size((size * BUFFER_PER_RANK).min(i32::MAX as usize));
        }
        let threads = fair_threads(&world);
        let [mut fewest, mut most] = [0_u64; 2];
        world.all_reduce_into(&(threads as u64), &mut fewest, SystemOperation::min());
        world.all_reduce_into(&(threads as u64), &mut most, SystemOperation::max());
        Ok(Some(Self {
            world,
            threads,
            fewest: fewest as usize,
            most: most as usize,
            inbox: VecDeque::new(),
            orders: VecDeque::new(),
            begun: BTreeMap::new(),
            gone: 0,
            ended: false,
            _universe: universe,
            _stays_on_its_thread: PhantomData,
        }))
    }

    /// The worker threads of this rank: the cores that it may use, divided among the ranks of its node that may use them too; at least 1.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The fewest and the most [worker threads](Self::threads) of a rank.
    pub fn threads_of_all(&self) -> RangeInclusive<usize> {
        self.fewest..=self.most
    }

    /// On rank 0: tells the other ranks to compute.
    pub fn serve(&mut self) {
        self.tell(&[], tag::SERVE);
    }

    /// On other ranks: what rank 0 wants next. Waits for it, asleep. Messages of the scheduler that nobody has taken are dropped.
    pub fn order(&mut self) -> Order {
        loop {
            if let Some(order) = self.orders.pop_front() {
                if let Order::End(_) = order {
                    self.world.process_at_rank(0).send_with_tag(&[0_u8; 0][..], tag::LEAVE);
                    self.ended = true;
                }
                return order;
            }
            if !self.take() {
                sleep(LISTEN);
            }
            self.inbox.clear();
        }
    }

    /// On rank 0: tells the other ranks to end with an exit code, and waits until they have. What they send meanwhile is dropped.
    pub fn end(mut self, code: u8) {
        self.tell(&[code], tag::END);
        while self.gone + 1 < self.size() {
            if !self.take() {
                sleep(LISTEN);
            }
            self.inbox.clear();
        }
        self.ended = true;
    }

    fn tell(&mut self, message: &[u8], tag: i32) {
        for rank in 1..self.world.size() {
            self.world.process_at_rank(rank).buffered_send_with_tag(message, tag);
        }
    }

    /// Takes one message, if one has arrived.
    fn take(&mut self) -> bool {
        let Some(arrived) = self.world.any_process().immediate_matched_probe() else { return false };
        let (mut message, status) = arrived.matched_receive_vec::<u8>();
        let from = index(status.source_rank());
        match status.tag() {
            tag::SERVE => self.orders.push_back(Order::Serve),
            tag::END => self.orders.push_back(Order::End(message.first().copied().unwrap_or_default())),
            tag::LEAVE => self.gone += 1,
            tag::PIECE => self.begun.entry(from).or_default().append(&mut message),
            _ => {
                let whole = match self.begun.remove(&from) {
                    Some(mut begun) => {
                        begun.append(&mut message);
                        begun
                    }
                    None => message,
                };
                self.inbox.push_back((from, whole));
            }
        }
        true
    }
}

impl Transport for Mpi {
    fn rank(&self) -> usize {
        index(self.world.rank())
    }

    fn size(&self) -> usize {
        index(self.world.size())
    }

    fn send(&mut self, to: usize, message: &[u8]) {
        let buffered = self.world.rank() == 0;
        let receiver = self.world.process_at_rank(to as i32);
        let mut rest = message;
        loop {
            let (piece, after) = rest.split_at(rest.len().min(PIECE));
            let tag = if after.is_empty() { tag::MESSAGE } else { tag::PIECE };
            if buffered {
                receiver.buffered_send_with_tag(piece, tag);
            } else {
                asleep_until_sent(&receiver, piece, tag);
            }
            rest = after;
            if rest.is_empty() {
                return;
            }
        }
    }

    fn receive(&mut self) -> Option<(usize, Vec<u8>)> {
        while self.inbox.is_empty() && self.take() {}
        self.inbox.pop_front()
    }
}

impl Drop for Mpi {
    fn drop(&mut self) {
        if !self.ended {
            // as Rust ends after a panic
            self.world.abort(if panicking() { 101 } else { 1 });
        }
    }
}

/// Sends a piece as MPI_Send does, which for a long one waits until the receiver listens - but MPI waits by looking all the time, on a core that has samples to compute.
fn asleep_until_sent(receiver: &impl Destination, piece: &[u8], tag: i32) {
    mpi::request::scope(|scope| {
        let mut request = receiver.immediate_send_with_tag(scope, piece, tag);
        while let Err(unfinished) = request.test() {
            request = unfinished;
            sleep(SENDING);
        }
    });
}

fn fair_threads(world: &SimpleCommunicator) -> usize {
    let node = world.split_shared(world.rank());
    let mine = cores::of_this_process();
    let mut all = vec![[0; size_of::<cores::CoreSet>()]; index(node.size())];
    node.all_gather_into(&mine[..], all.as_flattened_mut());
    cores::threads(&all, index(node.rank()))
}

/// `Open MPI v4.1.4`
fn library() -> String {
    let version = library_version().unwrap_or_default();
    let words = version.split(',').next().unwrap_or_default();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Ranks and sizes are never negative.
fn index(rank: i32) -> usize {
    usize::try_from(rank).unwrap_or_default()
}
