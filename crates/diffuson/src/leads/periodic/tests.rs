use super::super::modes::Modes;
use super::super::{AttachedLead, End, Lead};
use super::*;
use crate::lattice::{Boundary, Family, Lattice};
use diffuson_linalg::Inverter;
use std::f64::consts::{PI, TAU};

/// Numbers in (-1, 1) from a linear congruence.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn matrix(&mut self, rows: usize, cols: usize, complex: bool) -> Matrix {
        Matrix::from_fn(rows, cols, |_, _| {
            let re = self.next();
            C64::new(re, if complex { self.next() } else { 0.0 })
        })
    }

    fn hermitian(&mut self, n: usize, complex: bool) -> Matrix {
        let a = self.matrix(n, n, complex);
        Matrix::from_fn(n, n, |i, j| 0.5 * (a[(i, j)] + a[(j, i)].conj()))
    }

    /// Of the given rank.
    fn hopping(&mut self, n: usize, rank: usize, complex: bool) -> Matrix {
        let (u, w) = (self.matrix(n, rank, complex), self.matrix(rank, n, complex));
        multiply(&u, &w)
    }
}

fn distance(a: &Matrix, b: &Matrix) -> f64 {
    assert_eq!([a.rows(), a.cols()], [b.rows(), b.cols()]);
    a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, crate::scattering::nan_max)
}

fn inverse(a: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(a.rows(), a.rows());
    Inverter::new(a.rows()).invert(a, &mut out).unwrap();
    out
}

/// (z - h - sigma)^-1.
fn green(z: C64, h: &Matrix, sigma: &Matrix) -> Matrix {
    let n = h.rows();
    let z = |i, j| if i == j { z } else { C64::ZERO };
    inverse(&Matrix::from_fn(n, n, |i, j| z(i, j) - h[(i, j)] - sigma[(i, j)]))
}

fn turned(q: &Matrix, m: &Matrix) -> Matrix {
    multiply(&multiply(q, m), &q.adjoint())
}

/// Two matrices as the diagonal blocks of one.
fn blocks(a: &Matrix, b: &Matrix) -> Matrix {
    let (n, m) = (a.rows(), b.rows());
    Matrix::from_fn(n + m, n + m, |i, j| match (i < n, j < n) {
        (true, true) => a[(i, j)],
        (false, false) => b[(i - n, j - n)],
        _ => C64::ZERO,
    })
}

/// Sigma at E + i eta by decimation: each step doubles the length of the lead.
fn decimated(h: &Matrix, v: &Matrix, energy: f64, eta: f64) -> Matrix {
    let z = C64::new(energy, eta);
    let none = Matrix::zeros(h.rows(), h.rows());
    let (mut surface, mut bulk) = (h.clone(), h.clone());
    let (mut out, mut back) = (v.clone(), v.adjoint());
    let add = |a: &Matrix, b: &Matrix| Matrix::from_fn(a.rows(), a.rows(), |i, j| a[(i, j)] + b[(i, j)]);
    for _ in 0..40 {
        let g = green(z, &bulk, &none);
        let (away, towards) = (multiply(&out, &multiply(&g, &back)), multiply(&back, &multiply(&g, &out)));
        surface = add(&surface, &towards);
        bulk = add(&bulk, &add(&away, &towards));
        out = multiply(&out, &multiply(&g, &out));
        back = multiply(&back, &multiply(&g, &back));
    }
    multiply(&v.adjoint(), &multiply(&green(z, &surface, &none), v))
}

/// Times that a band rises through the energy as k runs around the circle.
fn rising_bands(h: &Matrix, v: &Matrix, energy: f64) -> usize {
    const GRID: usize = 2000;
    let bands = Bands { h, v, symmetric: false };
    let rows: Vec<_> = (0..=GRID).map(|i| bands.at(TAU * i as f64 / GRID as f64).unwrap()).collect();
    let rises =
        |w: &[Vec<f64>]| w[0].iter().zip(&w[1]).filter(|(a, b)| **a < energy && **b >= energy).count();
    rows.windows(2).map(rises).sum()
}

/// Everything that modes promise: they solve the equation of the bands, carry unit current, are orthogonal in it, and belong to the
/// self-energy; the amplitudes of reflection from any cell are unitary. Sums of some n products of entries of order 1/(velocity): 1e-10.
fn assert_modes(h: &Matrix, v: &Matrix, energy: f64, modes: &Modes, what: &str) {
    const TOLERANCE: f64 = 1e-10;
    let n = h.rows();
    let sigma = &modes.self_energy.sigma;
    let width = modes.self_energy.width();
    let open = modes.self_energy.open_modes.unwrap();
    let none = |m: &Matrix, what: &str| assert!(m.max_norm() < TOLERANCE, "{what}: {:e}", m.max_norm());
    for (phi, momenta, velocities, sigma, sign) in [
        (&modes.outgoing, &modes.outgoing_momenta, &modes.outgoing_velocities, sigma.clone(), 1.0),
        (&modes.incoming, &modes.incoming_momenta, &modes.incoming_velocities, sigma.adjoint(), -1.0),
    ] {
        assert_eq!([phi.rows(), phi.cols(), momenta.len(), velocities.len()], [n, open, open, open]);
        let unit = overlaps(phi, &multiply(&width, phi));
        assert!(distance(&unit, &Matrix::identity(open)) < 1e-13, "{what}: current {unit:?}");
        let factor = |k: usize| C64::from_polar(1.0, momenta[k]);
        let next = Matrix::from_fn(n, open, |i, k| factor(k) * phi[(i, k)]);
        let last = Matrix::from_fn(n, open, |i, k| factor(k).conj() * phi[(i, k)]);
        // v^+ psi_1 = Sigma psi_0
        let (back, by_sigma) = (overlaps(v, &next), multiply(&sigma, phi));
        none(
            &Matrix::from_fn(n, open, |i, k| back[(i, k)] - by_sigma[(i, k)]),
            &format!("{what}: Sigma phi"),
        );
        let (inside, out) = (multiply(h, phi), multiply(v, &last));
        let missing = |i, k| inside[(i, k)] - energy * phi[(i, k)] + out[(i, k)] + back[(i, k)];
        none(&Matrix::from_fn(n, open, missing), &format!("{what}: H psi = E psi"));
        let out = multiply(v, phi);
        for k in 0..open {
            assert!(momenta[k] > -PI && momenta[k] <= PI);
            let norm: f64 = phi.col(k).iter().map(|z| z.norm_sqr()).sum();
            let current: C64 = (0..n).map(|i| next[(i, k)].conj() * out[(i, k)]).sum();
            assert!((2.0 * current.im - sign).abs() < TOLERANCE, "{what}: current {current}");
            assert!((velocities[k] * norm - sign).abs() < TOLERANCE, "{what}: velocity {velocities:?}");
        }
    }
    // reflection from cell 0 and one more level in it
    let g = green(C64::new(energy + 0.37, 0.0), h, sigma);
    let (w_in, w_out) = (multiply(&width, &modes.incoming), multiply(&width, &modes.outgoing));
    let (through, direct) = (overlaps(&w_out, &multiply(&g, &w_in)), overlaps(&modes.outgoing, &w_in));
    let s = Matrix::from_fn(open, open, |a, b| C64::I * through[(a, b)] - direct[(a, b)]);
    assert!(
        distance(&overlaps(&s, &s), &Matrix::identity(open)) < 1e-12 * (1.0 + g.max_norm()),
        "{what}: {s:?}"
    );
}

/// [`assert_modes`], and against what knows no modes: Dyson's equation, decimation, the bands, differences.
fn assert_lead(h: &Matrix, v: &Matrix, energy: f64, what: &str) -> Modes {
    let lead = PeriodicLead::new(h.clone(), v.clone()).unwrap();
    let modes = lead.modes(energy).unwrap_or_else(|e| panic!("{what}: {e}"));
    assert_modes(h, v, energy, &modes, what);
    let LeadSelfEnergy { sigma, derivative, open_modes } = &modes.self_energy;
    let scale = 1.0 + derivative.max_norm();
    let by_dyson = multiply(&v.adjoint(), &multiply(&green(C64::new(energy, 0.0), h, sigma), v));
    // some n roundings, of a Green function that can be large
    assert!(distance(&by_dyson, sigma) < 1e-11 * scale, "{what}: Dyson");
    // E + i eta shifts Sigma by eta times its derivative
    let shifted = decimated(h, v, energy, 1e-8);
    assert!(
        distance(&shifted, sigma) < 1e-6 * scale,
        "{what}: {:e} off decimation",
        distance(&shifted, sigma)
    );
    let widths = eigen::hermitian_values(&modes.self_energy.width()).unwrap();
    assert!(widths.iter().all(|w| *w > -1e-12 * scale), "{what}: widths {widths:?}");
    assert_eq!(*open_modes, Some(rising_bands(h, v, energy)), "{what}");
    // fourth-order differences: rounding over the step, and the fifth derivative, large next to thresholds: 1e-6. Next to a pole (a state
    // bound to the end of the lead, broadened) the root of the derivative is the inverse of the distance
    let step = 1e-4 / scale.sqrt();
    let at = |k: f64| lead.self_energy(energy + k * step).unwrap().sigma;
    let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(at);
    let slope = Matrix::from_fn(h.rows(), h.rows(), |i, j| {
        (8.0 * (c[(i, j)] - b[(i, j)]) - (d[(i, j)] - a[(i, j)])) / (12.0 * step)
    });
    assert!(distance(&slope, derivative) < 1e-6 * scale, "{what}: slope {:e}", distance(&slope, derivative));
    modes
}

/// Energies between thresholds, 0.03 from them, and not in the middle of a band, where decimation fails.
fn energies(lead: &PeriodicLead) -> Vec<f64> {
    let thresholds = lead.thresholds(-30.0, 30.0).unwrap();
    let clear = |e: &f64| thresholds.iter().all(|t| (t - e).abs() > 0.03);
    thresholds.windows(2).map(|w| w[0] + 0.43 * (w[1] - w[0])).filter(clear).collect()
}

#[test]
fn random_cells_and_hoppings_of_every_rank() {
    let mut numbers = Numbers(1);
    let mut tried = 0;
    for n in 1..=6 {
        for rank in 1..=n {
            for complex in [false, true] {
                let (h, v) = (numbers.hermitian(n, complex), numbers.hopping(n, rank, complex));
                let lead = PeriodicLead::new(h.clone(), v.clone()).unwrap();
                assert_eq!(lead.is_time_reversal_symmetric(), !complex);
                for energy in energies(&lead) {
                    tried += 1;
                    let what = format!("n = {n}, rank {rank}, complex {complex}, E = {energy}");
                    let modes = assert_lead(&h, &v, energy, &what);
                    if !complex {
                        let sigma = &modes.self_energy.sigma;
                        assert_eq!(*sigma, sigma.transpose(), "{what}");
                    }
                }
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

/// Copies of one lead, mixed by a unitary matrix: all momenta and velocities are degenerate, and Sigma is known from one copy.
#[test]
fn copies_of_a_lead() {
    let mut numbers = Numbers(2);
    for (n, rank, copies) in [(1, 1, 2), (2, 1, 3), (3, 2, 2), (3, 3, 2)] {
        let (h, v) = (numbers.hermitian(n, true), numbers.hopping(n, rank, true));
        let times = |m: &Matrix| (1..copies).fold(m.clone(), |all, _| blocks(&all, m));
        let q = eigen::hermitian(&numbers.hermitian(n * copies, true)).unwrap().vectors;
        let one = PeriodicLead::new(h.clone(), v.clone()).unwrap();
        for energy in energies(&one) {
            let what = format!("{copies} copies of n = {n}, rank {rank}, E = {energy}");
            let modes = assert_lead(&turned(&q, &times(&h)), &turned(&q, &times(&v)), energy, &what);
            let want = turned(&q, &times(&one.self_energy(energy).unwrap().sigma));
            // the condition of modes that are not orthogonal
            assert!(distance(&modes.self_energy.sigma, &want) < 1e-11 * (1.0 + want.max_norm()), "{what}");
        }
    }
}

/// Two chains whose momenta are displaced against each other, and mixed: at k = 0 a left-mover of one meets a right-mover of the other. On
/// the crossing, and next to it, Sigma is that of the chains; its derivative is interpolated, good to 1e-7.
#[test]
fn left_and_right_movers_of_one_bloch_factor() {
    let theta: f64 = 0.7;
    let q = eigen::hermitian(&Numbers(3).hermitian(2, true)).unwrap().vectors;
    let v = Matrix::from_diagonal(&[-C64::from_polar(1.0, theta), -C64::from_polar(1.0, -theta)]);
    let (h, v) = (Matrix::zeros(2, 2), turned(&q, &v));
    let lead = PeriodicLead::new(h.clone(), v.clone()).unwrap();
    for away in [0.0, 1e-13, 1e-10, 1e-8, 3e-7, 1e-5, 1e-3] {
        let energy = -2.0 * theta.cos() + away;
        let modes = lead.modes(energy).unwrap();
        let (s, ds) = super::super::chain_self_energy(energy, 1.0);
        let unit = |z| Matrix::from_diagonal(&[z, z]);
        assert!(distance(&modes.self_energy.sigma, &unit(s)) < 1e-11, "{away}");
        assert!(distance(&modes.self_energy.derivative, &unit(ds)) < 1e-7, "{away}");
        if away == 0.0 || away > 1e-6 {
            assert_modes(&h, &v, energy, &modes, &format!("{away}"));
        }
        let open =
            multiply(&modes.outgoing.adjoint(), &multiply(&modes.self_energy.width(), &modes.outgoing));
        assert!(distance(&open, &Matrix::identity(2)) < 1e-13, "{away}");
    }
}

/// A hopping 1 -> 2 -> 3 that ends in each cell has modes of Bloch factor 0 without enough eigenvectors, beside a chain that conducts;
/// mixed by a unitary matrix, so that nothing vanishes exactly, or not.
#[test]
fn hoppings_that_end_somewhere() {
    let mut numbers = Numbers(4);
    let h = Matrix::from_diagonal(&[0.3, -0.4, 0.1, 0.2].map(|e| C64::new(e, 0.0)));
    let mut v = Matrix::zeros(4, 4);
    v[(1, 0)] = C64::new(0.8, 0.0);
    v[(2, 1)] = C64::new(0.6, 0.1);
    v[(3, 3)] = C64::new(-1.0, 0.0);
    for q in [Matrix::identity(4), eigen::hermitian(&numbers.hermitian(4, true)).unwrap().vectors] {
        for energy in [-0.9, 0.25, 1.4] {
            assert_lead(&turned(&q, &h), &turned(&q, &v), energy, &format!("E = {energy}"));
        }
    }
}

/// At the energy of a state that no hopping reaches, alone in the cell or in a degenerate level, nothing happens.
#[test]
fn states_that_no_hopping_reaches() {
    let one = |x| Matrix::from_diagonal(&[C64::new(x, 0.0)]);
    let q = eigen::hermitian(&Numbers(5).hermitian(3, true)).unwrap().vectors;
    for apart in [0.5, 0.2] {
        let h = turned(&q, &blocks(&blocks(&one(0.2), &one(0.5)), &one(apart)));
        let v = turned(&q, &blocks(&blocks(&one(-1.0), &one(0.0)), &one(0.0)));
        let lead = PeriodicLead::new(h, v).unwrap();
        let (s, ds) = super::super::chain_self_energy(0.3, 1.0);
        let modes = lead.modes(0.5).unwrap();
        let on_chain = |z| turned(&q, &Matrix::from_diagonal(&[z, C64::ZERO, C64::ZERO]));
        // roundings of numbers of order 1
        assert!(distance(&modes.self_energy.sigma, &on_chain(s)) < 1e-13);
        assert!(distance(&modes.self_energy.derivative, &on_chain(ds)) < 1e-13);
        assert_eq!(modes.outgoing.cols(), 1);
        let found = lead.thresholds(-5.0, 5.0).unwrap();
        assert!(found.len() == 2 && (found[0] + 1.8).abs() < 1e-12 && (found[1] - 2.2).abs() < 1e-12);
    }
    let cut = PeriodicLead::new(one(0.2), one(0.0)).unwrap().modes(0.2).unwrap();
    assert_eq!((cut.outgoing.cols(), cut.self_energy.sigma.max_norm()), (0, 0.0));
}

/// A hopping that starts from the first m orbitals of a cell of 5, of any rank, given as 5 x m: self-energy and modes are those of the square
/// matrix on these orbitals, and there is nothing on the others. Thresholds and what holds above the real axis are of the lead, however it is written. Roundings of
/// numbers of order 1/(velocity): 1e-11.
#[test]
fn hoppings_from_some_orbitals_only() {
    let mut numbers = Numbers(6);
    let block = |a: &Matrix, m: usize| Matrix::from_fn(m, m, |i, j| a[(i, j)]);
    for (m, rank, complex) in [(1, 1, false), (2, 2, true), (3, 2, true), (3, 3, false), (4, 1, true)] {
        let h = numbers.hermitian(5, complex);
        let v = multiply(&numbers.matrix(5, rank, complex), &numbers.matrix(rank, m, complex));
        let padded = Matrix::from_fn(5, 5, |i, j| if j < m { v[(i, j)] } else { C64::ZERO });
        let (narrow, square) =
            (PeriodicLead::new(h.clone(), v).unwrap(), PeriodicLead::new(h.clone(), padded.clone()).unwrap());
        assert_eq!([narrow.interface_orbitals(), square.interface_orbitals()], [m, 5]);
        assert_eq!(narrow.is_time_reversal_symmetric(), !complex);
        let energies = energies(&square);
        assert!(!energies.is_empty(), "{m} of 5 orbitals, rank {rank}");
        assert_eq!(narrow.thresholds(-30.0, 30.0).unwrap(), square.thresholds(-30.0, 30.0).unwrap());
        for energy in energies {
            let what = format!("{m} of 5 orbitals, rank {rank}, E = {energy}");
            let whole = assert_lead(&h, &padded, energy, &what);
            let part = narrow.modes(energy).unwrap();
            let (sigma, all) = (&part.self_energy.sigma, &whole.self_energy.sigma);
            assert_eq!([sigma.rows(), part.outgoing.rows(), part.incoming.rows()], [m; 3], "{what}");
            let scale = 1.0 + whole.self_energy.derivative.max_norm();
            assert!(distance(sigma, &block(all, m)) < 1e-11 * scale, "{what}");
            assert_eq!(all.max_norm(), block(all, m).max_norm(), "{what}");
            assert!(
                distance(&part.self_energy.derivative, &block(&whole.self_energy.derivative, m))
                    < 1e-11 * scale
            );
            assert_eq!(part.outgoing_momenta, whole.outgoing_momenta, "{what}");
            // phases follow the largest of the amplitudes there are: projectors do not
            for (part, whole) in [(&part.outgoing, &whole.outgoing), (&part.incoming, &whole.incoming)] {
                for k in 0..whole.cols() {
                    let projector = |a: &Matrix| Matrix::from_fn(m, m, |i, j| a[(i, k)] * a[(j, k)].conj());
                    assert!(distance(&projector(part), &projector(whole)) < 1e-11 * scale, "{what}");
                }
            }
            let above = C64::new(energy, 0.2);
            let (part, whole) = (narrow.continued(above).unwrap(), square.continued(above).unwrap());
            assert!(distance(&part, &block(&whole, m)) < 1e-13, "{what}");
        }
    }
}

/// A slice of a square lattice with `flux` flux quanta per plaquette, and the hopping to the next.
fn hall_strip(width: usize, flux: f64) -> (Matrix, Matrix) {
    let h = Matrix::from_fn(width, width, |i, j| C64::new(if i.abs_diff(j) == 1 { -1.0 } else { 0.0 }, 0.0));
    let phases: Vec<C64> = (0..width).map(|y| -C64::from_polar(1.0, TAU * flux * y as f64)).collect();
    (h, Matrix::from_diagonal(&phases))
}

/// Edge states in a strong field: as many as Landau levels below, each direction at its own edge.
#[test]
fn edge_states_in_a_magnetic_field() {
    let (h, v) = hall_strip(16, 0.12);
    let lead = PeriodicLead::new(h.clone(), v.clone()).unwrap();
    for (energy, levels) in [(-3.0, 1), (-1.7, 2)] {
        let modes = assert_lead(&h, &v, energy, &format!("E = {energy}"));
        assert_eq!(modes.outgoing.cols(), levels);
        let mean = |m: &Matrix| {
            let weight = |i: usize| (0..levels).map(|k| m[(i, k)].norm_sqr()).sum::<f64>();
            let all: f64 = (0..16).map(weight).sum();
            (0..16).map(|i| i as f64 * weight(i)).sum::<f64>() / all
        };
        assert!((mean(&modes.outgoing) - mean(&modes.incoming)).abs() > 7.5, "E = {energy}");
    }
    for energy in energies(&lead) {
        assert_lead(&h, &v, energy, &format!("E = {energy}"));
    }
}

/// In wide strips in a field modes decay at very different rates, and are nearly dependent: Sigma loses no more than rounding by it.
#[test]
fn wide_strips_in_a_magnetic_field() {
    let (h, v) = hall_strip(40, 0.03);
    let lead = PeriodicLead::new(h.clone(), v.clone()).unwrap();
    for energy in [-3.1, -2.2, -0.3] {
        let modes = lead.modes(energy).unwrap();
        assert_modes(&h, &v, energy, &modes, &format!("E = {energy}"));
        assert_eq!(modes.outgoing.cols(), rising_bands(&h, &v, energy));
        let w = multiply(&modes.self_energy.width(), &modes.outgoing);
        assert!(distance(&multiply(&w, &w.adjoint()), &modes.self_energy.width()) < 1e-13, "E = {energy}");
    }
}

/// The transverse modes of a clean strip and of its slices taken as a periodic lead. Roundings, magnified by the distance to a threshold.
#[test]
fn slices_as_a_periodic_lead() {
    for boundary in [Boundary::HardWall, Boundary::Periodic] {
        for width in [3, 7] {
            let lattice = Lattice::new(Family::Square, [2, width, 1], boundary).unwrap();
            let v = Matrix::from_diagonal(&vec![-C64::ONE; width]);
            let cells = PeriodicLead::new(lattice.slice_hamiltonian(0), v.clone()).unwrap();
            let attach = |lead: Lead| lead.attach(&lattice, End::Right).unwrap();
            let (slices, cells) = (attach(Lead::Continuation), attach(Lead::Periodic(cells)));
            let thresholds = |lead: &AttachedLead| lead.thresholds(-5.0, 5.0).unwrap();
            assert_eq!(thresholds(&slices).len(), thresholds(&cells).len());
            for energy in [-3.31, -1.7, 0.29, 2.6] {
                let what = format!("{boundary:?} {width} at {energy}");
                let (want, got) = (slices.modes(energy).unwrap(), cells.modes(energy).unwrap());
                assert_modes(&lattice.slice_hamiltonian(0), &v, energy, &want, &what);
                assert_modes(&lattice.slice_hamiltonian(0), &v, energy, &got, &what);
                assert!(distance(&want.self_energy.sigma, &got.self_energy.sigma) < 1e-12, "{what}");
                let scale = 1.0 + want.self_energy.derivative.max_norm();
                let off = distance(&want.self_energy.derivative, &got.self_energy.derivative);
                assert!(off < 1e-11 * scale, "{what}: {off:e}");
                let lists = |m: &Modes| {
                    [&m.outgoing_momenta, &m.outgoing_velocities, &m.incoming_momenta, &m.incoming_velocities]
                        .map(Clone::clone)
                        .concat()
                };
                let off =
                    lists(&want).iter().zip(lists(&got)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(off < 1e-12, "{what}: {off:e}");
            }
        }
    }
}

/// The modes of a honeycomb ribbon on its end slice, also at a crossing of bands: unit currents, unitary reflection.
#[test]
fn ribbons_have_modes_on_their_end_slice() {
    use Family::{HoneycombArmchair, HoneycombZigzag};
    for (family, boundary, width, energy) in [
        (HoneycombZigzag, Boundary::HardWall, 6, 0.4),
        (HoneycombZigzag, Boundary::Periodic, 6, 0.0),
        (HoneycombArmchair, Boundary::HardWall, 5, 2f64.sqrt()),
        (HoneycombArmchair, Boundary::HardWall, 5, 0.3),
    ] {
        let lattice = Lattice::new(family, [3, width, 1], boundary).unwrap();
        for end in [End::Left, End::Right] {
            let modes = Lead::Continuation.attach(&lattice, end).unwrap().modes(energy).unwrap();
            let what = format!("{family:?} {boundary:?} {width} {end:?} at {energy}");
            let (width, open) = (modes.self_energy.width(), modes.outgoing.cols());
            assert_eq!(Some(open), modes.self_energy.open_modes, "{what}");
            assert!(open > 0, "{what}");
            for phi in [&modes.outgoing, &modes.incoming] {
                let unit = overlaps(phi, &multiply(&width, phi));
                assert!(distance(&unit, &Matrix::identity(open)) < 1e-13, "{what}");
                // the modes exhaust the width; interpolated at crossings
                let w = multiply(&width, phi);
                assert!(distance(&multiply(&w, &w.adjoint()), &width) < 1e-10, "{what}");
            }
        }
    }
}

/// Constant self-energies have the eigenvectors of their widths for modes: one per site, or as many as the rank.
#[test]
fn channels_of_constant_self_energies() {
    let lattice = Lattice::new(Family::Square, [2, 4, 1], Boundary::HardWall).unwrap();
    let mut numbers = Numbers(6);
    let couplings = numbers.matrix(4, 2, true);
    let width = multiply(&couplings, &couplings.adjoint());
    let shift = numbers.hermitian(4, true);
    let sigma = Matrix::from_fn(4, 4, |i, j| shift[(i, j)] - 0.5 * C64::I * width[(i, j)]);
    let given = |sigma: Matrix| Lead::Given { sigma, derivative: Matrix::zeros(4, 4) };
    for (lead, open) in
        [(Lead::WideBand { width: 0.6 }, 4), (Lead::WideBand { width: 0.0 }, 0), (given(sigma), 2)]
    {
        let modes = lead.attach(&lattice, End::Left).unwrap().modes(0.1).unwrap();
        assert_eq!([modes.incoming.cols(), modes.outgoing.cols()], [open; 2]);
        assert_eq!(modes.incoming, modes.outgoing);
        assert!(modes.outgoing_momenta.is_empty() && modes.incoming_velocities.is_empty());
        let width = modes.self_energy.width();
        let w = multiply(&width, &modes.outgoing);
        // roundings of numbers of order 1
        assert!(distance(&overlaps(&modes.outgoing, &w), &Matrix::identity(open)) < 1e-13);
        assert!(distance(&multiply(&w, &w.adjoint()), &width) < 1e-13);
    }
    let gain = given(Matrix::from_diagonal(&[-0.5, -0.5, 0.1, 0.0].map(|im| C64::new(0.0, im))));
    let refused = gain.attach(&lattice, End::Left).unwrap().modes(0.1);
    assert!(matches!(refused, Err(LeadError::NegativeWidth { width }) if (width + 0.2).abs() < 1e-14));
}

#[test]
fn matrices_that_make_no_lead_are_refused() {
    let square = Matrix::identity(2);
    let mut skew = square.clone();
    skew[(0, 1)] = C64::I;
    let mut broken = square.clone();
    broken[(1, 1)] = C64::new(f64::NAN, 0.0);
    let refused = |h: &Matrix, v: &Matrix| PeriodicLead::new(h.clone(), v.clone()).unwrap_err();
    let shape = |e| matches!(e, LeadError::CellShape { .. });
    assert!(shape(refused(&Matrix::zeros(2, 3), &square)));
    assert!(shape(refused(&square, &Matrix::identity(3))));
    assert!(shape(refused(&square, &Matrix::zeros(2, 3))));
    assert!(shape(refused(&square, &Matrix::zeros(2, 0))));
    assert!(shape(refused(&Matrix::zeros(0, 0), &Matrix::zeros(0, 0))));
    assert!(matches!(refused(&skew, &square), LeadError::NotHermitian { difference: 1.0 }));
    assert_eq!(refused(&broken, &square), LeadError::CellNotFinite { what: "cell Hamiltonian" });
    assert_eq!(refused(&square, &broken), LeadError::CellNotFinite { what: "hopping" });
    let lattice = Lattice::new(Family::Square, [2, 3, 1], Boundary::HardWall).unwrap();
    let narrow = Lead::Periodic(PeriodicLead::new(square.clone(), square).unwrap());
    assert_eq!(
        narrow.attach(&lattice, End::Left).unwrap_err(),
        LeadError::WrongOrder { given: 2, wanted: 3 }
    );
}

/// At thresholds, as they are found, all leads of two slices say so: none loses the mode that opens there among the evanescent ones.
#[test]
fn nothing_is_solved_at_a_threshold() {
    use super::super::continuation::Continuation;
    let families = [
        (Family::HoneycombZigzag, [2, 4, 6]),
        (Family::HoneycombArmchair, [3, 5, 7]),
        (Family::Square, [2, 6, 8]),
    ];
    for (family, widths) in families {
        for (boundary, width) in
            [Boundary::HardWall, Boundary::Periodic].into_iter().flat_map(|b| widths.map(|w| (b, w)))
        {
            let Ok(lattice) = Lattice::new(family, [4, width, 1], boundary) else { continue };
            let lead = Continuation::new(&lattice, End::Right).unwrap();
            let thresholds = lead.thresholds(-7.0, 7.0).unwrap();
            assert!(!thresholds.is_empty());
            for energy in thresholds {
                let what = format!("{family:?} {boundary:?} {width} at {energy}");
                // crossings of bands are extrema of none of them
                let slopes = lead.modes(energy).map(|m| m.outgoing_velocities.clone());
                assert!(matches!(slopes, Err(LeadError::Threshold { .. })), "{what}: {slopes:?}");
            }
        }
    }
}
