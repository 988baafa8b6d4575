//! Time per point of a sweep of the kinetic point contact across two thresholds, and what a solution is made of; one thread.
//!
//! ```text
//! cargo bench -p diffuson --bench kinetics
//! ```
//!
//! A sweep has 200 gate voltages at constant current, as Fig. 3 of cond-mat/0503461 would; best of several.

use diffuson::kinetics::{
    Closure, Drive, Excess, InelasticRatio, Law, PointContact, RateLaw, Rates, Source, SteadyState,
};
use std::hint::black_box;
use std::time::Instant;

const POINTS: usize = 200;
const CURRENT: f64 = 9.984843; // 100 nA at 1.5 K

fn main() {
    let contact = |law| PointContact::uniform(&[5.0, 17.0], law).expect("two sub-bands");
    let surrogate = contact(RateLaw::surrogate(3.0));
    let paths = contact(RateLaw::Scaled {
        law: Law::ConstantMeanFreePath,
        elastic: 1.0,
        inelastic: InelasticRatio::Occupation { exponent: 1.0 },
    });
    let mus: Vec<f64> = (0..POINTS).map(|k| 24.0 * k as f64 / (POINTS - 1) as f64).collect();
    let drive = Drive::Current(CURRENT);
    println!("{POINTS} points at constant current, two sub-bands: per point");
    let closed = sweep(&mus, 50, |mu| {
        let state = surrogate.closed_form(mu, drive).expect("a state");
        black_box(state.fano(Source::Compressibility, Excess::Johnson)).ok();
    });
    println!("  constant times, closed form   {:>9.2} us", closed);
    for (name, contact) in
        [("constant times, solved     ", &surrogate), ("constant paths, solved     ", &paths)]
    {
        let solved = sweep(&mus, 3, |mu| {
            let state = contact.solve(mu, drive).expect("a state");
            black_box(state.fano(Source::Occupation, Excess::Johnson)).ok();
        });
        println!("  {name}   {solved:>9.0} us");
    }
    println!("one sub-band, u = 10");
    for eta in [-5.0, 5.0, 20.0, 80.0] {
        for (name, rates) in [("times", Rates::times(0.5, 0.5)), ("paths", Rates::mean_free_paths(1.0, 1.0))]
        {
            let rates = rates.expect("rates");
            let state = SteadyState::new(eta, 10.0, rates, Closure::Mermin).expect("a state");
            let elements = state.distribution().len() / 16;
            let steady = sweep(&[eta], 20, |eta| {
                black_box(SteadyState::new(eta, 10.0, rates, Closure::Mermin)).ok();
            });
            let spectrum = sweep(&[1.0], 20, |omega| {
                black_box(state.spectrum(omega)).ok();
            });
            println!(
                "  eta {eta:>3}, {name}: {elements:>4} elements; state and noise {steady:>6.0} us, one frequency {spectrum:>6.0} us"
            );
        }
    }
}

/// Microseconds per point.
fn sweep(points: &[f64], rounds: usize, mut evaluate: impl FnMut(f64)) -> f64 {
    let round = || {
        let started = Instant::now();
        points.iter().for_each(|&x| evaluate(black_box(x)));
        started.elapsed().as_secs_f64() * 1e6 / points.len() as f64
    };
    std::iter::repeat_with(round).take(rounds).fold(f64::INFINITY, f64::min)
}
