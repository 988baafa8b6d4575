//! Speed of both routes against the number of operations they need, on one thread.
//!
//! ```text
//! cargo bench -p diffuson                 full table, about two minutes
//! cargo bench -p diffuson -- --quick      small systems and one round at full size
//! ```
//!
//! The measure is the ratio of the time taken to the time the counted operations would take at the rate of a plain complex matrix
//! product on this machine (the best of three sizes). The demand is a ratio of at most 1.6 at 100 x 100 sites. Machines are shared and
//! their clocks wander, so product rates and runs alternate, and the table gives the ratio of the medians and the ratio of the best.

use diffuson::conductor::{Conductor, Dressed};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead, Probe};
use diffuson::probes::{self, Accuracy, Drive, Measure, ProbeState};
use diffuson::scattering::{self, Route, Scattered};
use diffuson_linalg::{C64, Matrix, Op, product};
use std::hint::black_box;
use std::time::Instant;

const ENERGY: f64 = -1.3;
const DISORDER: f64 = 2.5;
const LEVEL_WIDTH: f64 = 0.1;
const DEMAND: f64 = 1.6;
const PRODUCT_SIZES: [usize; 3] = [100, 200, 400];

fn main() {
    let quick = std::env::args().any(|a| a == "--quick");
    println!(
        "one thread; square lattice, hard walls, box disorder W = {DISORDER} t, probes of width {LEVEL_WIDTH} t on every site, E = {ENERGY} t"
    );
    println!(
        "ratio = time / (counted operations / rate of a plain complex product): of medians, of best runs"
    );
    println!();
    println!(
        "{:<9} {:<34} {:>7} {:>10} {:>10} {:>7} {:>7} {:>7} {:>7} {:>8}",
        "sites", "what", "Gflop", "median s", "best s", "GF/s", "of rate", "ratio", "best", "held MB"
    );
    let mut demanded = Vec::new();
    for (length, width, rounds) in [(60, 20, 40_usize), (40, 40, 12), (100, 100, 5)] {
        let rounds = if quick { rounds.div_ceil(8) } else { rounds };
        let at_full_size = length == 100;
        for case in measure(length, width, rounds) {
            case.print(length, width);
            if at_full_size && case.demanded {
                demanded.push((case.name, case.ratio()));
            }
        }
    }
    println!();
    for (name, ratio) in demanded {
        let verdict = if ratio <= DEMAND { "met" } else { "MISSED" };
        println!("100 x 100, {name}: ratio {ratio:.2}, demand {DEMAND}: {verdict}");
    }
    println!("repeat with: cargo bench -p diffuson{}", if quick { " -- --quick" } else { "" });
}

/// One line of the table.
struct Case {
    name: &'static str,
    demanded: bool,
    operations: f64,
    seconds: Vec<f64>,
    /// Operations per second of plain products, measured between the runs.
    rates: Vec<f64>,
    held: Option<f64>,
}

impl Case {
    fn new(name: &'static str, demanded: bool) -> Self {
        Self { name, demanded, operations: 0.0, seconds: Vec::new(), rates: Vec::new(), held: None }
    }

    fn record(&mut self, seconds: f64, rate: f64, operations: f64) {
        self.seconds.push(seconds);
        self.rates.push(rate);
        self.operations = operations;
    }

    /// Ratio of the medians.
    fn ratio(&self) -> f64 {
        median(&self.seconds) * median(&self.rates) / self.operations
    }

    fn print(&self, length: usize, width: usize) {
        let (typical, best) = (median(&self.seconds), smallest(&self.seconds));
        let fastest = self.rates.iter().copied().fold(0.0, f64::max);
        let held = self.held.map_or(String::new(), |mb| format!("{mb:.0}"));
        print!("{:<9} {:<34}", format!("{length} x {width}"), self.name);
        if self.operations > 0.0 {
            print!(
                " {:>7.2} {typical:>10.5} {best:>10.5} {:>7.1} {:>7.2} {:>7.2} {:>7.2} {held:>8}",
                self.operations / 1e9,
                self.operations / typical / 1e9,
                1.0 / self.ratio(),
                self.ratio(),
                best * fastest / self.operations,
            );
        } else {
            print!(" {:>7} {typical:>10.5} {best:>10.5}", "");
        }
        println!();
    }
}

fn measure(length: usize, width: usize, rounds: usize) -> Vec<Case> {
    let mut setup = Case::new("leads (once for all samples)", false);
    let mut recursive = Case::new("recursion: all T and T'", true);
    let mut stored = Case::new("  potentials and heats from T, T'", false);
    let mut swept = Case::new("matrix-free: potentials and heats", true);
    let onsite = onsite(length * width);
    let lattice = Lattice::new(Family::Square, [length, width, 1], Boundary::HardWall).expect("a strip");
    let probes = (0..lattice.sites()).map(|site| (site, Probe::WideBand { width: LEVEL_WIDTH })).collect();
    let conductor = Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::Continuation)], probes)
        .expect("terminals");
    let guess = straight_line(length, width);
    let count = |route: Route, products| route.operations(length, width, true, products);
    for _ in 0..rounds {
        let (seconds, dressed) = timed(|| conductor.at(ENERGY).expect("no threshold"));
        setup.record(seconds, 0.0, 0.0);

        let before = resident();
        let rate = product_rate();
        let (seconds, scattered) = timed(|| solve(&dressed, &onsite, Route::Recursive));
        recursive.record(seconds, 0.5 * (rate + product_rate()), count(Route::Recursive, 0.0));
        recursive.held = resident().zip(before).map(|(after, before)| after - before);
        let (seconds, of_recursion) = timed(|| potentials(&conductor, &scattered, &guess));
        stored.record(seconds, 0.0, 0.0);
        drop(scattered);

        let before = resident();
        let rate = product_rate();
        let (seconds, (of_sweep, scattered)) = timed(|| {
            let scattered = solve(&dressed, &onsite, Route::Sweep);
            (potentials(&conductor, &scattered, &guess), scattered)
        });
        // two of the products give the heats: not part of the count of the potentials
        let products = (of_sweep.products - 2) as f64;
        swept.record(seconds, 0.5 * (rate + product_rate()), count(Route::Sweep, products));
        swept.held = resident().zip(before).map(|(after, before)| after - before);
        drop(scattered);
        assert_same(&of_recursion, &of_sweep);
    }
    vec![setup, recursive, stored, swept]
}

fn solve(dressed: &Dressed<'_>, onsite: &[f64], route: Route) -> Scattered {
    let scattered = scattering::solve(dressed, onsite, route, true).expect("a Green function");
    assert!(scattered.audit.passed(), "{:?}", scattered.audit);
    scattered
}

fn potentials(conductor: &Conductor, scattered: &Scattered, guess: &[f64]) -> ProbeState {
    let [left, right] = [End::Left, End::Right].map(|end| conductor.lead(end).expect("both leads"));
    let drive = Drive::unit(left, right).expect("two terminals");
    let derivative = scattered.derivative.as_deref().expect("asked for");
    let accuracy = Accuracy { guess: Some(guess), ..Accuracy::default() };
    probes::linear(scattered.exchange.as_ref(), derivative, &drive, Measure::Voltage, accuracy)
        .expect("potentials")
}

/// A fast wrong answer is no result.
fn assert_same(a: &ProbeState, b: &ProbeState) {
    for (a, b, what) in [(&a.potential, &b.potential, "potentials"), (&a.heat, &b.heat, "heats")] {
        let size = a.iter().map(|x| x.abs()).fold(0.0, f64::max);
        let distance = a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
        assert!(distance <= 1e-9 * size, "{what} of the routes differ by {distance:.1e}");
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
        let repeats = 400 / n * (400 / n);
        let mut fastest: f64 = 0.0;
        for _ in 0..3 {
            let (seconds, ()) = timed(|| {
                for _ in 0..repeats {
                    product(
                        out.all_mut(),
                        false,
                        1.0,
                        (black_box(&a).all(), Op::Plain),
                        (a.all(), Op::Plain),
                    );
                }
            });
            fastest = fastest.max(8.0 * (repeats * n * n * n) as f64 / seconds);
        }
        black_box(&out);
        fastest
    };
    PRODUCT_SIZES.into_iter().map(rate).fold(0.0, f64::max)
}

/// Resident memory of this process in MB, where the system tells.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    0.5 * (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2])
}

fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
