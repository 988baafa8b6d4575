//! What one sample of an ensemble of contacts with point scatterers costs: energies and conductances of all positions of the mobile scatterer, on one thread.
//!
//! ```text
//! cargo bench -p diffuson --bench point_scatterers                 some seconds
//! cargo bench -p diffuson --bench point_scatterers -- --quick      with few rounds
//! ```
//!
//! Smallest times of all rounds: machines are shared.

use diffuson::defects::point_scatterers::{dress, scatter};
use diffuson::defects::{Electrons, PointScatterer};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let rounds = if std::env::args().any(|a| a == "--quick") { 3 } else { 30 };
    let cold = Electrons::default();
    let warm = Electrons { temperature: 0.002, ..cold };
    let field = Electrons { field: [0.0, 0.0, 0.004], ..cold };
    println!("one thread; phase shifts of 60 degrees; ms per sample, with its audit");
    println!();
    println!(
        "{:<30} {:>9} {:>12} {:>9} {:>14} {:>12}",
        "scatterers", "T = 0", "kT = 0.002", "field", "one by one", "1e5 samples"
    );
    for (scatterers, radius, closest, positions) in
        [(12, 25.0, 8.0, 2), (20, 20.0, 3.0, 2), (20, 20.0, 3.0, 16), (60, 40.0, 3.0, 2)]
    {
        let (background, places) = contact(scatterers, radius, closest, positions);
        let shift = 60f64.to_radians();
        let all = |electrons: &Electrons| {
            smallest(rounds, || {
                let dressed = dress(&background, shift, &places, electrons).expect("a contact");
                // A fast wrong answer is no result.
                assert!(dressed.audit.passed(), "{:?}", dressed.audit);
                dressed
            })
        };
        let [at_zero, at_temperature, in_field] = [&cold, &warm, &field].map(all);
        let one_by_one = smallest(rounds, || {
            places
                .iter()
                .map(|&position| {
                    let mut set = background.clone();
                    set.push(PointScatterer { position, phase_shift: shift });
                    scatter(&set, &cold).expect("a contact").energy[0]
                })
                .sum::<f64>()
        });
        let name = format!("{scatterers}, {positions} positions");
        println!(
            "{name:<30} {:>9.3} {:>12.3} {:>9.3} {:>14.3} {:>10.0} s",
            1e3 * at_zero,
            1e3 * at_temperature,
            1e3 * in_field,
            1e3 * one_by_one,
            1e5 * at_zero
        );
    }
    println!();
    println!("one by one: every position from the beginning, at T = 0");
    println!("repeat with: cargo bench -p diffuson --bench point_scatterers");
}

/// A mobile scatterer near the centre of a ball and the others in it, without visible order.
fn contact(
    scatterers: usize,
    radius: f64,
    closest: f64,
    positions: usize,
) -> (Vec<PointScatterer>, Vec<[f64; 3]>) {
    let noise = |i: usize| (((i as f64 + 0.5) * 12.9898).sin() * 43758.5453).rem_euclid(1.0);
    let side = (positions as f64).cbrt().ceil() as usize;
    let places: Vec<[f64; 3]> = (0..positions)
        .map(|i| [i % side, i / side % side, i / side / side].map(|n| 2.5 * n as f64))
        .collect();
    let mut background: Vec<PointScatterer> = Vec::new();
    let mut draw = 0;
    while background.len() + 1 < scatterers {
        let position = [0, 1, 2].map(|c| radius * (2.0 * noise(3 * draw + c) - 1.0));
        draw += 1;
        let far = |other: &[f64; 3]| distance(&position, other) >= closest;
        if distance(&position, &[0.0; 3]) < radius
            && places.iter().all(far)
            && background.iter().all(|s| far(&s.position))
        {
            background.push(PointScatterer { position, phase_shift: 60f64.to_radians() });
        }
    }
    (background, places)
}

fn distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn smallest<T>(rounds: usize, mut work: impl FnMut() -> T) -> f64 {
    let time = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(time).fold(f64::INFINITY, f64::min)
}
