//! Events per second of kinetic Monte Carlo with interacting defects, and heat-bath sweeps; one thread.
//!
//! ```text
//! cargo bench -p diffuson --bench monte_carlo
//! ```
//!
//! Contacts as in the ready studies: defects in a ball at the density of 32 in radius 25/k_F, Born length 0.3, tunnelling constants equal. A hop changes all N (z - 1) rates. Times are processor
//! times of this thread where the system tells them (Linux), the best of several rounds: machines are shared. The demand is 1e6 events per second
//! with 100 mobile defects of two sites.

use diffuson::defects::{Ball, Bath, Coupling, InteractingDefects, KineticMonteCarlo, Occupation, Sequence};
use diffuson::disorder::Fields;
use diffuson_ensemble::random::Realisation;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: usize = 7;
const HOPS: u64 = 200_000;
const DEMAND: f64 = 1e6;

struct Numbers(Realisation);

impl Fields for Numbers {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

fn main() {
    let numbers = Numbers(Realisation::new(1992, 0));
    println!("energies in s_E; E* = 0.1 s_E; traces of energy and conductance are kept");
    println!(
        "{:>8} {:>6} {:>8} {:>8} {:>12} {:>10} {:>8}",
        "defects", "sites", "kT", "eV", "events/s", "tried/hop", "demand"
    );
    for (mobile, sites) in [(100, 2), (100, 3), (100, 6), (30, 2), (300, 2)] {
        let ball = Ball {
            radius: 25.0 * (mobile as f64 / 32.0).cbrt(),
            mobile,
            sites,
            spread: 3.0,
            fixed: 0,
            closest: 2.0,
        };
        let places = ball.place(&numbers).expect("room");
        let coupling = Coupling { born_length: 0.3, between_mobile: true, direct_bias: 0.0 };
        let defects = Arc::new(InteractingDefects::new(&places, coupling).expect("defects"));
        let unit = defects.random_placement().energy_deviation;
        for (kt, bias) in
            [(1.0, 0.0), (0.3, 0.0), (0.1, 0.0), (0.05, 1.0), (0.005, 1.0), (0.005, 10.0), (0.005, 300.0)]
        {
            let bath = Bath::new(kt * unit, bias * unit, 0.1 * unit).expect("bath");
            let mut random = Sequence::new(&numbers, 1);
            let start = Occupation::random(&defects, &mut random);
            let mut moving =
                KineticMonteCarlo::new(start, bath, &vec![0.0; mobile], random).expect("dynamics");
            moving.average(HOPS);
            let before = moving.hops();
            let best = (0..ROUNDS)
                .map(|_| timed(|| _ = black_box(moving.average(HOPS))))
                .fold(f64::INFINITY, f64::min);
            assert!(moving.audit().passed(), "{:?}", moving.audit());
            let after = moving.hops();
            let tried = (after.1 - before.1) as f64 / (after.0 - before.0) as f64;
            let rate = HOPS as f64 / best;
            let verdict = match (mobile, sites) {
                (100, 2) if rate >= DEMAND => "met",
                (100, 2) => "MISSED",
                _ => "",
            };
            println!("{mobile:>8} {sites:>6} {kt:>8} {bias:>8} {rate:>12.3e} {tried:>10.2} {verdict:>8}");
        }
        let mut random = Sequence::new(&numbers, 2);
        let mut occupation = Occupation::random(&defects, &mut random);
        let sweeps = 2000;
        let seconds = timed(|| (0..sweeps).for_each(|_| occupation.sweep(0.3 * unit, &mut random)));
        let per_second = (sweeps * mobile) as f64 / seconds;
        println!("{mobile:>8} {sites:>6} heat bath at kT = 0.3: {per_second:.3e} defects per second");
    }
}

/// Seconds this thread has spent on a processor, where the system tells.
fn processor_time() -> Option<f64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(statistics.split_whitespace().next()?.parse::<f64>().ok()? * 1e-9)
}

fn timed(work: impl FnOnce()) -> f64 {
    let (start, elapsed) = (processor_time(), Instant::now());
    work();
    let elapsed = elapsed.elapsed().as_secs_f64();
    processor_time().zip(start).map_or(elapsed, |(end, start)| end - start)
}
