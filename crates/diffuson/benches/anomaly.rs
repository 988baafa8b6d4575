//! Time for the response of fluctuators at one bias and temperature, and for the stationary state of a defect of many positions, on one thread.
//!
//! ```text
//! cargo bench -p diffuson --bench anomaly
//! ```
//!
//! Best of many rounds.

use diffuson::defects::{Bath, Hops, response, steady_state};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    println!("microseconds for D(V, T), energies in E*");
    for (bias, temperature) in [
        (0.0, 1.0),
        (1.0, 0.1),
        (1.0, 1.0),
        (10.0, 0.5),
        (100.0, 2.0),
        (1e4, 0.01),
        (100.0, 0.0),
        (1e6, 1e-3),
    ] {
        let best = best(200, || black_box(response(black_box(bias), temperature)));
        println!("  eV = {bias:<8} kT = {temperature:<6} {:8.2}", best * 1e6);
    }
    println!("milliseconds for a stationary state");
    let bath = Bath::new(1.0, 300.0, 1.0).expect("a bath");
    let positions = [
        ("all to all", 6),
        ("all to all", 60),
        ("all to all", 729),
        ("nearest neighbours", 729),
        ("nearest neighbours", 3375),
    ];
    for (name, count) in positions {
        let energy: Vec<f64> =
            (0..count).map(|i| 100.0 * (0.618_033_988_749_895 * i as f64).fract()).collect();
        let hops = match name {
            "all to all" => Hops::All,
            _ => Hops::cubic((count as f64).cbrt().round() as usize),
        };
        let best = best(3, || black_box(steady_state(&energy, &hops, &bath)).is_ok());
        println!("  {count:>5} positions, {name:<20} {:10.4}", best * 1e3);
    }
}

/// Seconds.
fn best<R>(rounds: usize, mut work: impl FnMut() -> R) -> f64 {
    let mut time = || {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(|_| time()).fold(f64::INFINITY, f64::min)
}
