//! Speed of both routes against the number of operations they need, on one thread; and of the recursion in single precision.
//!
//! ```text
//! cargo bench -p diffuson                 full table, about two minutes
//! cargo bench -p diffuson -- --quick      the same with few rounds
//! cargo bench -p diffuson -- --large      also 150 x 150 and 200 x 200 sites, once each after a first run: twenty minutes, 16 GiB
//! ```
//!
//! The measure is the ratio of the time taken to the time the counted operations would take at the rate of a plain complex matrix
//! product in double precision on this machine (the best of three sizes). The demand is a ratio of at most 1.5 at 100 x 100 sites. A complex product
//! counts as eight operations, though the recursion does with six.
//!
//! Machines are shared and their clocks wander: product rates and runs alternate, each run is compared with the rates measured just before
//! and after it, and the table gives the median and the best of these ratios. Times are processor times of this thread where the system
//! tells them (Linux), elapsed times elsewhere. The first run, which finds its memory untouched, is shown apart: an ensemble pays it once.

use diffuson::conductor::{Conductor, Dressed};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead, Probe};
use diffuson::probes::{self, Accuracy, Drive, Measure, ProbeState};
use diffuson::scattering::{self, Options, Plan, Precision, Question, Route, Scattered};
use diffuson_linalg::{C64, Matrix, Op, product};
use std::hint::black_box;
use std::time::Instant;

const ENERGY: f64 = -1.3;
const DISORDER: f64 = 2.5;
const LEVEL_WIDTH: f64 = 0.1;
const DEMAND: f64 = 1.5;
const SINGLE: &str = "single precision";
const PRODUCT_SIZES: [usize; 3] = [100, 200, 400];

fn main() {
    let asked = |option| std::env::args().any(|a| a == option);
    let (quick, large) = (asked("--quick"), asked("--large"));
    println!("one thread; square lattice, hard walls, box disorder W = {DISORDER} t, E = {ENERGY} t,");
    println!("probes of level width {LEVEL_WIDTH} t on every site, potentials to 1e-13 of the current");
    println!("ratio = time x rate of a plain complex product / counted operations");
    println!("times: {}", if processor_time().is_some() { "processor" } else { "elapsed" });
    println!();
    println!(
        "{:<9} {:<34} {:>7} {:>8} {:>8} {:>8} {:>6} {:>7} {:>6} {:>6} {:>6} {:>7}",
        "sites",
        "what",
        "Gflop",
        "first s",
        "median s",
        "best s",
        "GF/s",
        "of rate",
        "first",
        "ratio",
        "best",
        "held MB"
    );
    let mut verdicts = Vec::new();
    // short runs are timed in batches
    let small = [(60, 20, 20), (50, 50, 5), (100, 100, 1)].map(|size| (size, if quick { 3 } else { 7 }));
    let beyond = [(150, 150, 1), (200, 200, 1)].map(|size| (size, 1));
    let sizes = small.into_iter().chain(beyond.into_iter().filter(|_| large));
    for ((length, width, batch), rounds) in sizes {
        let bench = Bench::new(length, width, batch, rounds);
        for case in bench.cases() {
            case.print(length, width);
            if length == 100 && case.operations > 0.0 && !case.name.contains(SINGLE) {
                verdicts.push((case.name, case.ratio()));
            }
        }
    }
    println!();
    for (name, ratio) in verdicts {
        let verdict = if ratio <= DEMAND { "met" } else { "MISSED" };
        println!("100 x 100, {name}: ratio {ratio:.2}, demand {DEMAND}: {verdict}");
    }
    let options = [("--quick", quick), ("--large", large)].into_iter().filter(|option| option.1);
    let options: String = options.map(|option| format!(" {}", option.0)).collect();
    println!("repeat with: cargo bench -p diffuson --{options}");
}

/// One line of the table: seconds per run and the product rates around each.
struct Case {
    name: &'static str,
    operations: f64,
    seconds: Vec<f64>,
    rates: Vec<f64>,
    held: Option<f64>,
}

impl Case {
    fn new(name: &'static str) -> Self {
        Self { name, operations: 0.0, seconds: Vec::new(), rates: Vec::new(), held: None }
    }

    /// Times one batch between two measurements of the product rate.
    fn time<T>(&mut self, batch: usize, mut run: impl FnMut() -> T) -> T {
        let before = product_rate();
        let (seconds, result) = timed(|| {
            (1..batch).for_each(|_| drop(black_box(run())));
            run()
        });
        self.seconds.push(seconds / batch as f64);
        self.rates.push(0.5 * (before + product_rate()));
        result
    }

    /// Ratios of all rounds but the first.
    fn ratios(&self) -> Vec<f64> {
        let rounds = self.seconds.iter().zip(&self.rates).skip(1);
        rounds.map(|(seconds, rate)| seconds * rate / self.operations).collect()
    }

    fn ratio(&self) -> f64 {
        median(&self.ratios())
    }

    fn print(&self, length: usize, width: usize) {
        let (first, later) = (self.seconds[0], &self.seconds[1..]);
        let (typical, best) = (median(later), smallest(later));
        print!("{:<9} {:<34}", format!("{length} x {width}"), self.name);
        if self.operations > 0.0 {
            let held = self.held.map_or(String::new(), |mb| format!("{mb:.0}"));
            println!(
                " {:>7.2} {first:>8.4} {typical:>8.4} {best:>8.4} {:>6.1} {:>7.2} {:>6.2} {:>6.2} {:>6.2} {held:>7}",
                self.operations / 1e9,
                self.operations / typical / 1e9,
                1.0 / self.ratio(),
                first * self.rates[0] / self.operations,
                self.ratio(),
                smallest(&self.ratios()),
            );
        } else {
            println!(" {:>7} {first:>8.4} {typical:>8.4} {best:>8.4}", "");
        }
    }
}

/// One conductor and how often to run it.
struct Bench {
    length: usize,
    width: usize,
    batch: usize,
    rounds: usize,
    onsite: Vec<f64>,
    guess: Vec<f64>,
}

impl Bench {
    fn new(length: usize, width: usize, batch: usize, rounds: usize) -> Self {
        let (onsite, guess) = (onsite(length * width), straight_line(length, width));
        Self { length, width, batch, rounds: rounds + 1, onsite, guess }
    }

    fn conductor(&self) -> Conductor {
        let lattice = Lattice::new(Family::Square, [self.length, self.width, 1], Boundary::HardWall);
        let lattice = lattice.expect("a strip");
        let probes =
            (0..lattice.sites()).map(|site| (site, Probe::WideBand { width: LEVEL_WIDTH })).collect();
        let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
        Conductor::new(lattice, leads, probes).expect("terminals")
    }

    fn count(&self, route: Route, products: f64) -> f64 {
        let question = Question::Potentials { products, energies: 1.0, summed: false };
        let plan = Plan::forced(&self.conductor(), question, route);
        plan.expect("a strip").operations
    }

    fn cases(&self) -> Vec<Case> {
        let mut setup = Case::new("leads (once for all samples)");
        for _ in 0..self.rounds {
            // a conductor keeps its leads
            setup.time(self.batch, || self.conductor().at(ENERGY).map(drop).expect("no threshold"));
        }
        let (recursive, stored, of_recursion) = self.recursion(Precision::Double);
        let (in_single, then_in_single, of_single) = self.recursion(Precision::Single);
        let (swept, of_sweep) = self.sweep();
        assert_same(&of_recursion, &of_sweep, 1e-9);
        // what is stated of single precision, ten times
        assert_same(&of_recursion, &of_single, 2e-3);
        vec![setup, recursive, stored, in_single, then_in_single, swept]
    }

    fn recursion(&self, precision: Precision) -> (Case, Case, ProbeState) {
        let mut all = Case::new(match precision {
            Precision::Double => "recursion: all T and T'",
            Precision::Single => "the same in single precision",
        });
        let mut then = Case::new("  then potentials and heats");
        all.operations = self.count(Route::Recursive, 0.0);
        let before = resident();
        let conductor = self.conductor();
        let dressed = conductor.at(ENERGY).expect("no threshold");
        let mut state = None;
        for _ in 0..self.rounds {
            let scattered = all.time(self.batch, || self.solve(&dressed, Route::Recursive, precision));
            all.held = resident().zip(before).map(|(after, before)| after - before);
            state = Some(then.time(self.batch, || self.potentials(&conductor, &scattered)));
        }
        (all, then, state.expect("at least one round"))
    }

    fn sweep(&self) -> (Case, ProbeState) {
        let mut case = Case::new("matrix-free: potentials and heats");
        let before = resident();
        let conductor = self.conductor();
        let dressed = conductor.at(ENERGY).expect("no threshold");
        let mut state = None;
        for _ in 0..self.rounds {
            let (scattered, last) = case.time(self.batch, || {
                let scattered = self.solve(&dressed, Route::Sweep, Precision::Double);
                let state = self.potentials(&conductor, &scattered);
                (scattered, state)
            });
            case.held = resident().zip(before).map(|(after, before)| after - before);
            drop(scattered);
            // two of the products give the heats: not part of the count of the potentials
            case.operations = self.count(Route::Sweep, (last.products - 2) as f64);
            state = Some(last);
        }
        (case, state.expect("at least one round"))
    }

    fn solve(&self, dressed: &Dressed<'_>, route: Route, precision: Precision) -> Scattered {
        let options = Options { derivatives: true, precision, ..Options::default() };
        let scattered =
            scattering::solve_with(dressed, &self.onsite, route, options).expect("a Green function");
        assert!(scattered.audit.passed(), "{:?}", scattered.audit);
        scattered
    }

    fn potentials(&self, conductor: &Conductor, scattered: &Scattered) -> ProbeState {
        let [left, right] = [End::Left, End::Right].map(|end| conductor.lead(end).expect("both leads"));
        let drive = Drive::unit(left, right).expect("two terminals");
        let derivative = scattered.derivative.as_deref().expect("asked for");
        let accuracy = Accuracy { guess: Some(&self.guess), ..Accuracy::default() };
        probes::linear(scattered.exchange.as_ref(), derivative, &drive, Measure::Voltage, accuracy)
            .expect("potentials")
    }
}

/// A fast wrong answer is no result.
fn assert_same(a: &ProbeState, b: &ProbeState, tolerance: f64) {
    for (a, b, what) in [(&a.potential, &b.potential, "potentials"), (&a.heat, &b.heat, "heats")] {
        let size = a.iter().map(|x| x.abs()).fold(0.0, f64::max);
        let distance = a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
        assert!(distance <= tolerance * size, "{what} of the routes differ by {distance:.1e}");
    }
}

/// Potentials falling evenly from the left lead to the right one.
fn straight_line(length: usize, width: usize) -> Vec<f64> {
    let slices = (0..length).map(|x| 1.0 - (x + 1) as f64 / (length + 1) as f64);
    slices.flat_map(|mu| std::iter::repeat_n(mu, width)).chain([1.0, 0.0]).collect()
}

/// On-site energies, uniform in [-W/2, W/2] (the splitmix64 sequence).
fn onsite(sites: usize) -> Vec<f64> {
    let mut state = 1992u64;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64
    };
    (0..sites).map(|_| DISORDER * (next() - 0.5)).collect()
}

/// Real operations per second of a complex product of square matrices: the best size.
fn product_rate() -> f64 {
    let rate = |n: usize| {
        let a = Matrix::from_fn(n, n, |i, j| C64::new((i + 2 * j) as f64, i as f64 - j as f64));
        let mut out = Matrix::zeros(n, n);
        // about 50 ms: long against the resolution of processor times
        let repeats = 300 * 100usize.pow(3) / n.pow(3);
        let (seconds, ()) = timed(|| {
            for _ in 0..repeats {
                product(out.all_mut(), false, 1.0, (black_box(&a).all(), Op::Plain), (a.all(), Op::Plain));
            }
        });
        black_box(&out);
        8.0 * (repeats * n.pow(3)) as f64 / seconds
    };
    PRODUCT_SIZES.into_iter().map(rate).fold(0.0, f64::max)
}

/// Resident memory of this process in MB, where the system tells.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// Seconds this thread has spent on a processor, where the system tells (to a few milliseconds).
fn processor_time() -> Option<f64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(statistics.split_whitespace().next()?.parse::<f64>().ok()? * 1e-9)
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let (start, elapsed) = (processor_time(), Instant::now());
    let result = work();
    let elapsed = elapsed.elapsed().as_secs_f64();
    (processor_time().zip(start).map_or(elapsed, |(end, start)| end - start), result)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    0.5 * (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2])
}

fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
