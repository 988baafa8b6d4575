//! Leads: the self-energy of a clean continuation is the fixed point of Dyson's equation, opens modes where the bands say so, and
//! takes electrons away, never in.

use crate::systems::{assert_close, audited};
use diffuson::conductor::{Conductor, ConductorError};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{AttachedLead, End, Lead, LeadError};
use diffuson::scattering::Route;
use diffuson::{C64, Matrix};
use diffuson_linalg::{Inverter, eigen};
use std::f64::consts::{PI, TAU};

/// Ribbons of both orientations, bars and strips: hard walls and periodic sides, even and odd widths.
fn lattices(length: usize) -> Vec<Lattice> {
    use Boundary::{HardWall, Periodic};
    let flat = [
        (HardWall, [2, 3, 4, 5, 8, 11].as_slice()),
        (Periodic, [4, 6, 8, 10].as_slice()),
    ];
    let mut all = Vec::new();
    for family in [Family::HoneycombZigzag, Family::HoneycombArmchair, Family::Square] {
        for (boundary, widths) in flat {
            all.extend(widths.iter().map(|&w| Lattice::new(family, [length, w, 1], boundary).unwrap()));
        }
    }
    all.push(Lattice::new(Family::Square, [length, 1, 1], HardWall).unwrap());
    all.push(Lattice::new(Family::Cubic, [length, 3, 2], HardWall).unwrap());
    all.push(Lattice::new(Family::Cubic, [length, 3, 4], Periodic).unwrap());
    all
}

fn name(lattice: &Lattice) -> String {
    format!("{:?} {:?} {} x {}", lattice.family(), lattice.boundary(), lattice.width(), lattice.height())
}

/// Energies of the band that keep a distance of 0.02 t from every threshold.
fn energies(lead: &AttachedLead, lattice: &Lattice) -> Vec<f64> {
    let edge = lattice.band_edge();
    let candidates = (0..14).map(|i| edge * (-0.97 + 0.1437 * f64::from(i)));
    candidates.filter(|&e| lead.thresholds(e - 0.02, e + 0.02).unwrap().is_empty()).collect()
}

fn distance(a: &Matrix, b: &Matrix) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
}

/// The bands of the clean lattice repeated after two slices, from its bonds alone.
struct Bands {
    cell: Matrix,
    between: Vec<C64>,
}

impl Bands {
    fn new(lattice: &Lattice) -> Self {
        let n = lattice.slice_sites();
        let slices = [lattice.slice_hamiltonian(0), lattice.slice_hamiltonian(1)];
        let inside = lattice.forward_hopping(0);
        let cell = Matrix::from_fn(2 * n, 2 * n, |i, j| match (i / n, j / n) {
            (a, b) if a == b => slices[a][(i % n, j % n)],
            _ if i % n == j % n => inside[i % n],
            _ => C64::ZERO,
        });
        Self { cell, between: lattice.forward_hopping(1) }
    }

    fn at(&self, k: f64) -> Vec<f64> {
        let n = self.between.len();
        let mut h = self.cell.clone();
        for (i, t) in self.between.iter().enumerate() {
            h[(n + i, i)] += t * C64::from_polar(1.0, k);
            h[(i, n + i)] += (t * C64::from_polar(1.0, k)).conj();
        }
        eigen::hermitian_values(&h).unwrap()
    }

    /// Bands that pass `energy` between k = 0 and pi, for each energy: as many modes run in either direction.
    fn open_modes(&self, energies: &[f64]) -> Vec<usize> {
        const GRID: usize = 1500;
        let rows: Vec<_> = (0..=GRID).map(|i| self.at(PI * i as f64 / GRID as f64)).collect();
        let crosses = |a: &f64, b: &f64, e: f64| (*a < e) != (*b < e);
        let count = |e: f64| {
            rows.windows(2)
                .map(|w| w[0].iter().zip(&w[1]).filter(|(a, b)| crosses(a, b, e)).count())
                .sum()
        };
        energies.iter().map(|&e| count(e)).collect()
    }
}

#[test]
fn the_number_of_open_modes_is_that_of_the_bands() {
    for lattice in lattices(2) {
        let lead = Lead::Continuation.attach(&lattice, End::Left).unwrap();
        let energies = energies(&lead, &lattice);
        let want = Bands::new(&lattice).open_modes(&energies);
        for (&e, want) in energies.iter().zip(want) {
            assert_eq!(lead.self_energy(e).unwrap().open_modes, Some(want), "{} at {e}", name(&lattice));
        }
    }
}

/// Without disorder and probes every open mode is transmitted. The modes come from an eigenproblem that is not Hermitian; 1e-9 leaves
/// room for its condition, 1e-12 is reached where the modes are orthogonal.
#[test]
fn a_clean_conductor_transmits_every_open_mode() {
    for length in [1, 2, 3] {
        for lattice in lattices(length) {
            let tolerance = if lattice.period() == 1 { 1e-12 } else { 1e-9 };
            let lead = Some(Lead::Continuation);
            let conductor = Conductor::new(lattice.clone(), [lead.clone(), lead.clone()], vec![]).unwrap();
            let attached = Lead::Continuation.attach(&lattice, End::Left).unwrap();
            let onsite = vec![0.0; lattice.sites()];
            for e in energies(&attached, &lattice) {
                let dressed = conductor.at(e).unwrap();
                let open = dressed.open_modes(End::Left).unwrap();
                assert_eq!(dressed.open_modes(End::Right), Some(open));
                let solved = audited(&conductor, &onsite, e, Route::Recursive);
                let what = format!("{}, length {length}, E = {e}", name(&lattice));
                assert_close(solved.exchange.transmission(0, 1), open as f64, tolerance, &what);
                // a step in energy that opens no mode changes nothing
                let slope = solved.derivative.unwrap().transmission(0, 1);
                assert_close(slope, 0.0, 1e3 * tolerance, &format!("{what}: derivative"));
            }
        }
    }
}

/// Two more clean slices leave the self-energy and its derivative unchanged, on either side.
#[test]
fn self_energies_are_fixed_points_of_dyson() {
    for lattice in lattices(3) {
        let n = lattice.slice_sites();
        let mut inverter = Inverter::new(n);
        for end in [End::Left, End::Right] {
            let lead = Lead::Continuation.attach(&lattice, end).unwrap();
            for e in energies(&lead, &lattice) {
                let want = lead.self_energy(e).unwrap();
                let (mut sigma, mut slope) = (want.sigma.clone(), want.derivative.clone());
                for step in 0..2 {
                    // from the end slice towards the other end
                    let (slice, bond) = match end {
                        End::Left => (step, step),
                        End::Right => (2 - step, 1 - step),
                    };
                    let v = lattice.forward_hopping(bond);
                    let h = lattice.slice_hamiltonian(slice as isize);
                    let unit = |i, j| if i == j { C64::ONE } else { C64::ZERO };
                    let a = Matrix::from_fn(n, n, |i, j| e * unit(i, j) - h[(i, j)] - sigma[(i, j)]);
                    let x = Matrix::from_fn(n, n, |i, j| unit(i, j) - slope[(i, j)]);
                    let mut g = Matrix::zeros(n, n);
                    inverter.invert(&a, &mut g).unwrap();
                    let gxg = multiply(&multiply(&g, &x), &g);
                    sigma = Matrix::from_fn(n, n, |i, j| v[i] * g[(i, j)] * v[j]);
                    slope = Matrix::from_fn(n, n, |i, j| -(v[i] * gxg[(i, j)] * v[j]));
                }
                let what = format!("{} {end:?} at {e}", name(&lattice));
                // two inversions of blocks whose inverse can be large: 1e-9 of the self-energy
                assert_close(distance(&sigma, &want.sigma), 0.0, 1e-9, &what);
                let scale = 1.0 + want.derivative.max_norm();
                assert_close(distance(&slope, &want.derivative), 0.0, 1e-8 * scale, &format!("{what}: d/dE"));
            }
        }
    }
}

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
}
