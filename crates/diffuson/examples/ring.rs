//! Conductance of a ring against the magnetic flux through it (Aharonov and Bohm): a conductor cut out of a lattice, two leads, the S matrix.
//!
//! ```text
//! cargo run --release -p diffuson --example ring
//! ```

use diffuson::conductor::Conductor;
use diffuson::hamiltonian::{Hamiltonian, peierls};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{Lead, PeriodicLead};
use diffuson::scattering::{self, Route};
use diffuson::{C64, Matrix};
use std::error::Error;

const LENGTH: usize = 121;
const WIDTH: usize = 81;
const ENERGY: f64 = -1.3;

// ANCHOR: ring
/// A ring of mean radius 30 and width 5 with an arm of 5 rows on either side, in a field of `flux` quanta per plaquette.
fn ring(flux: f64) -> Result<Conductor, Box<dyn Error>> {
    let lattice = Lattice::new(Family::Square, [LENGTH, WIDTH, 1], Boundary::HardWall)?.with_flux(flux)?;
    let (region, _) = Hamiltonian::carve(&lattice, |[x, y, _]| {
        let (dx, dy) = (x - 60.0, y - 40.0);
        let radius = dx.hypot(dy);
        (28.0..=32.0).contains(&radius) || radius > 28.0 && dy.abs() <= 2.0
    })?;
    let arm = |x: f64, outward: f64| -> Result<(Lead, Vec<usize>), Box<dyn Error>> {
        let interface: Vec<usize> = (0..region.sites()).filter(|&i| region.position(i)[0] == x).collect();
        let n = interface.len();
        let cell = Matrix::from_fn(n, n, |i, j| C64::from(if i.abs_diff(j) == 1 { -1.0 } else { 0.0 }));
        // <x + outward, y| H |x, y>
        let hopping: Vec<C64> = interface
            .iter()
            .map(|&i| region.position(i))
            .map(|p| -peierls([p[0] + outward, p[1], 0.0], p, flux))
            .collect();
        Ok((Lead::Periodic(PeriodicLead::new(cell, Matrix::from_diagonal(&hopping))?), interface))
    };
    let leads = vec![arm(0.0, -1.0)?, arm((LENGTH - 1) as f64, 1.0)?];
    Ok(Conductor::network(region, leads, vec![])?)
}
// ANCHOR_END: ring

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "square lattice, E = {ENERGY} t; a quantum of flux through the mean ring: 1/{:.0} per plaquette",
        area()
    );
    println!("{:>14} {:>12} {:>12} {:>12}", "flux / quantum", "G / (e^2/h)", "unitarity", "backward");
    for step in 0..=24 {
        let quanta = f64::from(step) / 8.0;
        // ANCHOR: solve
        let conductor = ring(quanta / area())?;
        let onsite = vec![0.0; conductor.sites()];
        let s = scattering::smatrix(&conductor.at(ENERGY)?, &onsite, Route::NestedDissection)?;
        assert!(s.audit.passed(), "{:?}", s.audit);
        let conductance = s.transmission(1, 0);
        // ANCHOR_END: solve
        let residual =
            |name| s.audit.laws().iter().find(|law| law.name == name).map_or(f64::NAN, |law| law.residual);
        println!(
            "{quanta:>14.3} {conductance:>12.6} {:>12.1e} {:>12.1e}",
            residual(diffuson::audit::laws::UNITARITY),
            residual(diffuson::audit::laws::BACKWARD_ERROR),
        );
    }
    Ok(())
}

/// Plaquettes inside the mean radius.
fn area() -> f64 {
    std::f64::consts::PI * 30f64.powi(2)
}
