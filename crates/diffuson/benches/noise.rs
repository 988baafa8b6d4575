//! What noise costs beside what it is made of: the S matrix at one energy, on one thread.
//!
//! ```text
//! cargo bench -p diffuson --bench noise                 half a minute
//! cargo bench -p diffuson --bench noise -- --quick      with few rounds
//! ```
//!
//! The demand: noise and S matrix of a strip of 100 x 100 sites between two leads in at most 1.3 times the time of S matrix and conductance. Rounds time one after the other, and
//! the table gives the smallest times of all rounds: machines are shared.

use diffuson::conductor::Conductor;
use diffuson::hamiltonian::Hamiltonian;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead};
use diffuson::noise::{Noise, SpectralNoise, spectral};
use diffuson::scattering::{Route, SMatrix, smatrix};
use diffuson::thermal::Reservoir;
use std::hint::black_box;
use std::time::Instant;

const ENERGY: f64 = -1.3;
const DISORDER: f64 = 1.0;
const DEMAND: f64 = 1.3;

fn main() {
    let rounds = if std::env::args().any(|a| a == "--quick") { 3 } else { 15 };
    println!("one thread; square lattice, hard walls, box disorder W = {DISORDER} t, E = {ENERGY} t");
    println!(
        "noise: all correlators at one energy, with their audit; constant: at any potentials and temperatures"
    );
    println!();
    println!(
        "{:<28} {:>6} {:>9} {:>14} {:>11} {:>6} {:>11}",
        "conductor", "modes", "S and G s", "S, G, noise s", "noise ms", "ratio", "constant ms"
    );
    let mut verdict = None;
    for size in [20, 50, 100] {
        let name = format!("{size} x {size}, two leads");
        let ratio = measure(&name, &strip(size), Route::Recursive, &[1.0, 0.0], rounds);
        verdict = Some((name, ratio));
    }
    for size in [30, 60] {
        let name = format!("{size} x {size}, four leads");
        measure(&name, &cross(size), Route::NestedDissection, &[1.0, 0.3, 0.0, 0.1], rounds);
    }
    println!();
    if let Some((name, ratio)) = verdict {
        let met = if ratio <= DEMAND { "met" } else { "MISSED" };
        println!("{name}: ratio {ratio:.3}, demand {DEMAND}: {met}");
    }
    println!("repeat with: cargo bench -p diffuson --bench noise");
}

fn measure(name: &str, conductor: &Conductor, route: Route, occupation: &[f64], rounds: usize) -> f64 {
    let onsite = onsite(conductor.sites());
    let dressed = conductor.at(ENERGY).expect("no threshold");
    let conductance = |s: &SMatrix| s.transmission(1, 0);
    let solve = || smatrix(&dressed, &onsite, route).expect("an S matrix");
    let last = solve();
    let [mut alone, mut with, mut noise, mut constant] = [(); 4].map(|()| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        alone.push(timed(|| conductance(&solve())).0);
        let (seconds, found) = timed(|| {
            let s = solve();
            (conductance(&s), spectral(&s, occupation))
        });
        assert_sound(&found.1);
        with.push(seconds);
        noise.push(timed(|| spectral(&last, occupation)).0);
        let reservoirs: Vec<_> =
            occupation.iter().map(|f| Reservoir { mu: ENERGY + 0.1 * f, kt: 0.02 }).collect();
        constant.push(timed(|| Noise::constant(&last, &reservoirs)).0);
    }
    let [alone, with, noise, constant] = [alone, with, noise, constant].map(smallest);
    let modes = last.channels(0).len();
    println!(
        "{name:<28} {modes:>6} {alone:>9.4} {with:>14.4} {:>11.3} {:>6.3} {:>11.3}",
        1e3 * noise,
        with / alone,
        1e3 * constant
    );
    with / alone
}

/// A fast wrong answer is no result.
fn assert_sound(noise: &SpectralNoise) {
    assert!(noise.audit.passed(), "{:?}", noise.audit);
}

fn strip(size: usize) -> Conductor {
    let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
    Conductor::new(lattice(size), leads, vec![]).expect("a strip")
}

/// A square with a lead on each side, a third of it wide.
fn cross(size: usize) -> Conductor {
    let hamiltonian = Hamiltonian::of(&lattice(size));
    let width = size / 3;
    let (middle, last) = (width..2 * width, size - 1);
    let site = |x: usize, y: usize| x * size + y;
    let sides: [Vec<usize>; 4] = [
        middle.clone().map(|y| site(0, y)).collect(),
        middle.clone().map(|x| site(x, 0)).collect(),
        middle.clone().map(|y| site(last, y)).collect(),
        middle.map(|x| site(x, last)).collect(),
    ];
    let row = Lattice::new(Family::Square, [1, width, 1], Boundary::HardWall).expect("a row");
    let sigma = Lead::Continuation.attach(&row, End::Left).and_then(|lead| lead.self_energy(ENERGY));
    let sigma = sigma.expect("no threshold");
    let lead = Lead::Given { sigma: sigma.sigma, derivative: sigma.derivative };
    let leads = sides.into_iter().map(|side| (lead.clone(), side)).collect();
    Conductor::network(hamiltonian, leads, vec![]).expect("a network")
}

fn lattice(size: usize) -> Lattice {
    Lattice::new(Family::Square, [size, size, 1], Boundary::HardWall).expect("a square")
}

/// On-site energies between -W/2 and W/2 without visible order.
fn onsite(sites: usize) -> Vec<f64> {
    (0..sites)
        .map(|i| 0.5 * DISORDER * ((7.31 * (i * i) as f64 + 0.37 * i as f64).sin() * 1e4).fract())
        .collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = black_box(work());
    (start.elapsed().as_secs_f64(), result)
}

fn smallest(values: Vec<f64>) -> f64 {
    values.into_iter().fold(f64::INFINITY, f64::min)
}
