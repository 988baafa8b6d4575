//! Cost of a lattice contact: the factorisations, and each further position of a defect.
//!
//! ```text
//! cargo bench -p diffuson --bench contact             contacts of 10^4 sites in two and three dimensions, some minutes
//! cargo bench -p diffuson --bench contact -- --quick  of 10^3 sites
//! ```
//!
//! A contact is factorised once for each energy: at the Fermi energy and at 40 energies along the imaginary axis. Conductance and energy of every position of a defect before any background then take
//! changes of rank one. The table says what each costs, and what one position costs less than a contact of its own. Elapsed times, one thread.

use diffuson::defects::{ContactShape, LatticeContact};
use std::hint::black_box;
use std::time::Instant;

/// Scatterers of the background.
const BACKGROUND: usize = 8;

/// Candidates: the background and the positions of the mobile scatterer.
const CANDIDATES: usize = 108;

fn main() {
    let quick = std::env::args().any(|a| a == "--quick");
    let shapes = if quick {
        [
            ("2d", [60, 1], [33, 1], 33, 0.0),
            ("2d, field", [60, 1], [33, 1], 33, 0.005),
            ("3d", [20, 20], [10, 10], 10, 0.0),
        ]
    } else {
        [
            ("2d", [150, 1], [100, 1], 100, 0.0),
            ("2d, field", [150, 1], [100, 1], 100, 0.001),
            ("3d", [36, 36], [22, 22], 21, 0.0),
        ]
    };
    println!(
        "holes in the wall between two leads; {CANDIDATES} candidates, {BACKGROUND} scatterers in the background, one thread"
    );
    println!(
        "{:<10} {:>6} {:>14} {:>11} {:>15} {:>14} {:>14} {:>10}",
        "", "sites", "factorisations", "contact s", "each energy s", "background ms", "position us", "ratio"
    );
    for (name, lead, opening, slices, flux) in shapes {
        let shape = ContactShape::hole(lead, opening, slices).expect("a hole in a wall");
        let sites: Vec<[usize; 3]> = shape.sites().collect();
        let candidates: Vec<[usize; 3]> =
            sites.iter().copied().step_by(sites.len() / CANDIDATES).take(CANDIDATES).collect();
        let begin = Instant::now();
        let contact = LatticeContact::new(shape, -3.3, flux, 0.0, &candidates).expect("a sound contact");
        let whole = begin.elapsed().as_secs_f64();
        let background: Vec<_> = candidates[..BACKGROUND].iter().map(|&site| (site, -1.2)).collect();
        let time = |positions: &[[usize; 3]]| {
            let dress = || {
                let begin = Instant::now();
                let dressed = contact.dress(&background, -1.2, positions).expect("candidates");
                assert!(black_box(&dressed).audit.passed(), "{:?}", dressed.audit);
                begin.elapsed().as_secs_f64()
            };
            (0..9).map(|_| dress()).fold(f64::INFINITY, f64::min)
        };
        let (one, all) = (time(&candidates[BACKGROUND..=BACKGROUND]), time(&candidates[BACKGROUND..]));
        let position = (all - one) / (CANDIDATES - BACKGROUND - 1) as f64;
        let energies = contact.work().factorisations;
        println!(
            "{name:<10} {:>6} {energies:>14} {whole:>11.2} {:>15.3} {:>14.3} {:>14.2} {:>10.0}",
            sites.len(),
            whole / energies as f64,
            1e3 * one,
            1e6 * position,
            whole / position
        );
    }
}
