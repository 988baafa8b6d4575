//! Time of rings of diffusons to a given error, by every route.
//!
//! ```text
//! cargo bench -p diffuson --bench rings             some minutes
//! cargo bench -p diffuson --bench rings -- --quick  some seconds
//! ```
//!
//! One thread. `error` is what a route claims, relative; `off` how far it is from the best value known here: traces to 1e-8, for two droplets cubature over times to 1e-7.
//! Against another package: `cargo xtask bench-rings`.

use diffuson::diffusons::{Estimated, GaussianRing, Pattern};
use diffuson::disorder::Fields;
use diffuson_ensemble::random::Realisation;
use std::hint::black_box;
use std::time::Instant;

struct Deviations(Realisation);

impl Fields for Deviations {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

fn main() {
    let quick = std::env::args().any(|a| a == "--quick");
    println!(
        "{:<14} {:<12} {:>9} {:>16} {:>9} {:>9} {:>12} {:>11}",
        "ring", "route", "wanted", "value", "error", "off", "evaluations", "ms"
    );
    let distance = 10.0;
    let rings = [4, 6, 8].map(|n| (format!("q_{n}"), GaussianRing::single(n)));
    let names = ["abab", "abbb", "aabb"];
    let pairs = Pattern::ALL.map(|pattern| GaussianRing::pair(pattern, distance));
    let pairs = names.iter().map(|name| format!("{name}, L = 10 R")).zip(pairs);
    for (name, ring) in rings.into_iter().chain(pairs) {
        let ring = ring.expect("a ring");
        let single = ring.by_traces(1e-3).is_ok();
        let best = ring.cubature(if single { 1e-8 } else { 1e-7 }).expect("converges").value;
        let show = |route: &str, wanted: f64, run: &dyn Fn() -> Estimated| {
            let (found, seconds) = time(run);
            let wanted = if wanted > 0.0 { format!("{wanted:.0e}") } else { String::new() };
            println!(
                "{name:<14} {route:<12} {wanted:>9} {:>16.10e} {:>9.1e} {:>9.1e} {:>12} {:>11.3}",
                found.value,
                found.error / found.value,
                (found.value / best - 1.0).abs(),
                found.evaluations,
                1e3 * seconds
            );
        };
        for tolerance in [1e-3, 1e-4, 1e-6, 1e-8] {
            if single {
                show("traces", tolerance, &|| ring.by_traces(tolerance).expect("converges"));
            }
        }
        for tolerance in [1e-3, 1e-4, 1e-5, 1e-6] {
            // Eight times to 1e-4 take seconds, to 1e-5 a minute.
            let least = match (name.as_str(), quick) {
                ("q_8", true) => 1e-3,
                ("q_8", false) => 1e-4,
                ("q_6", _) => 1e-5,
                _ => 1e-6,
            };
            if tolerance >= least {
                show("times", tolerance, &|| ring.by_times(tolerance).expect("converges"));
            }
        }
        let fields = Deviations(Realisation::new(1, 0));
        let evaluations = if quick { 300_000 } else { 3_000_000 };
        show("Monte Carlo", 0.0, &|| ring.monte_carlo(&fields, evaluations).expect("enough evaluations"));
    }
}

/// The fastest of some runs, of long ones of one.
fn time(run: &dyn Fn() -> Estimated) -> (Estimated, f64) {
    let once = || {
        let begin = Instant::now();
        let found = black_box(run());
        (found, begin.elapsed().as_secs_f64())
    };
    let first = once();
    let repeats = if first.1 > 1.0 { 0 } else { 5 };
    (0..repeats).map(|_| once()).fold(first, |best, next| if next.1 < best.1 { next } else { best })
}
