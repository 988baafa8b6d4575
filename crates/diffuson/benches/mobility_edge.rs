//! Nanoseconds for conductivity and thermopower of a mobility edge at one point, on one thread.
//!
//! ```text
//! cargo bench -p diffuson --bench mobility_edge
//! ```
//!
//! "kept": the exponent is prepared, as in a plot; "slopes" adds the derivatives that a fit needs; "new": another exponent at every point. Best of
//! many rounds over the points of a class. Against SciPy's `quad`: `cargo xtask bench-kernels`.

use diffuson::localization::{Kernels, MobilityEdge};
use std::hint::black_box;
use std::time::Instant;

const POINTS: usize = 256;
const ROUNDS: usize = 400;
const EXPONENTS: [f64; 4] = [0.05, 0.5, 1.571, 5.0];
const CLASSES: [(&str, f64, f64); 6] = [
    ("deep insulator", -50.0, -10.0),
    ("insulator", -10.0, 0.0),
    ("critical", -1.0, 1.0),
    ("metal", 1.0, 44.0),
    ("deep metal", 44.1, 1e3),
    ("far metal", 1e3, 1e6),
];

fn main() {
    println!("ns per point (sigma, S)");
    println!("{:<15} {:>17} {:>6} {:>8} {:>8} {:>8}", "class", "z", "x", "kept", "slopes", "new");
    for (name, from, to) in CLASSES {
        let points: Vec<f64> =
            (0..POINTS).map(|i| from + (to - from) * i as f64 / (POINTS - 1) as f64).collect();
        for x in EXPONENTS {
            let edge = MobilityEdge::new(1.0, x).expect("a valid exponent");
            let kept = nanoseconds(&points, |z| {
                black_box(edge.transport(z, 1.0)).ok();
            });
            let slopes = nanoseconds(&points, |z| {
                black_box(edge.kernels().scaling_derivatives(z));
            });
            let new = nanoseconds(&points, |z| {
                black_box(Kernels::moments_once(black_box(x), z)).ok();
            });
            let range = format!("{from} .. {to}");
            println!("{name:<15} {range:>17} {x:>6} {kept:>8.0} {slopes:>8.0} {new:>8.0}");
        }
    }
}

fn nanoseconds(points: &[f64], mut evaluate: impl FnMut(f64)) -> f64 {
    let round = || {
        let started = Instant::now();
        points.iter().for_each(|&z| evaluate(black_box(z)));
        started.elapsed().as_nanos() as f64 / points.len() as f64
    };
    std::iter::repeat_with(round).take(ROUNDS).fold(f64::INFINITY, f64::min)
}
