//! Leads that repeat after two slices (honeycomb): the self-energy from the Bloch modes of the cell.
//!
//! Cells j = 1, 2, ... lead away from the conductor; each is a pair of slices (a, b), and cell 0 ends with the slice of the conductor
//! the lead is attached to. Cells are joined by `<a, j+1| H |b, j> = u v^T` with diagonal real u (on slice a) and v (on slice b), both of
//! rank r, the number of bonds. A Bloch mode `psi_{j+1} = lambda psi_j` obeys
//!
//! ```text
//! K psi_j = -u alpha - lambda v beta + i u beta + i lambda v alpha,     alpha = v^T psi_{j-1},   beta = u^T psi_j,
//! K = h - E + i (u u^T + v v^T),
//! ```
//!
//! which projected on u and v is a generalised eigenproblem of order 2r; the terms with i on both sides cancel and keep K regular
//! at every energy, also where hoppings are missing (the stabilisation used by Kwant; Wimmer, PhD thesis, Regensburg 2009).
//! With S = beta alpha^-1 over the r outgoing modes, `Sigma = v S v^T`. Its energy derivative follows from that of
//! `S = u^T g u`, `g = (E - h - v S v^T)^-1`: `S' - F^T S' F = -u^T g^2 u`, F = v^T g u, whose eigenvectors are the columns of alpha.

use super::separable::symmetrise;
use super::{End, LeadError, LeadSelfEnergy};
use crate::lattice::Lattice;
use crate::scattering::nan_max;
use diffuson_linalg::{C64, Inverter, Matrix, Op, eigen, product};
use std::f64::consts::PI;

/// The cell of a lead of two alternating slices.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// Sites of a slice.
    n: usize,
    /// Hamiltonian of the cell: sites of slice a, then of slice b.
    h: Matrix,
    /// Sites k at which slice b of a cell is joined to slice a of the next; there `<a k| H |b k> = -1`.
    joined: Vec<usize>,
}

/// How close to 1 the modulus of a Bloch factor counts as propagating.
const PROPAGATING: f64 = 1e-7;

/// How far the self-energy may be from solving Dyson's equation, relative: what a sound set of modes leaves, and what is bearable next to a
/// crossing of bands that is a threshold as well.
const SOUND: f64 = 1e-10;
const BEARABLE: f64 = 1e-6;

/// Smallest current of a propagating mode; at a threshold rounding leaves one of the order of the root of the machine precision.
const THRESHOLD: f64 = 1e-6;

impl Cell {
    pub(super) fn new(lattice: &Lattice, end: End) -> Self {
        let n = lattice.slice_sites();
        // slice b of cell 0 is the end slice; going outward, a is one further, b two further
        let (slice_b, outward) = match end {
            End::Left => (0, -1),
            End::Right => (lattice.slices() as isize - 1, 1),
        };
        let bonds = |from: isize| -> Vec<usize> {
            let first = from.min(from + outward);
            (0..n).filter(|&k| lattice.has_forward_bond(first, k)).collect()
        };
        let slice_a = slice_b + outward;
        let (h_a, h_b) = (lattice.slice_hamiltonian(slice_a), lattice.slice_hamiltonian(slice_b));
        let mut h = Matrix::zeros(2 * n, 2 * n);
        for j in 0..n {
            for i in 0..n {
                h[(i, j)] = h_a[(i, j)];
                h[(n + i, n + j)] = h_b[(i, j)];
            }
        }
        for k in bonds(slice_a) {
            h[(k, n + k)] = -C64::ONE;
            h[(n + k, k)] = -C64::ONE;
        }
        Self { n, h, joined: bonds(slice_b) }
    }

    pub(super) fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        match self.by_modes(energy) {
            Ok((found, residual)) if residual <= SOUND => Ok(found),
            doubtful => self.through_crossing(energy).map_or_else(
                || match doubtful {
                    Ok((found, residual)) if residual <= BEARABLE => Ok(found),
                    Ok(_) => Err(LeadError::Modes {
                        energy,
                        outgoing: self.joined.len(),
                        wanted: self.joined.len(),
                    }),
                    Err(error) => Err(error),
                },
                Ok,
            ),
        }
    }

    /// The self-energy where bands cross with opposite velocities, as at the Dirac point of a metallic ribbon: two modes of one Bloch
    /// factor cannot be told apart there, but nothing opens and the self-energy is analytic. None if it is not.
    fn through_crossing(&self, energy: f64) -> Option<LeadSelfEnergy> {
        const STEP: f64 = 1e-4;
        let around: Vec<LeadSelfEnergy> = [-2.0, -1.0, 1.0, 2.0]
            .iter()
            .map(|k| self.by_modes(energy + k * STEP).ok().filter(|(_, residual)| *residual <= SOUND))
            .map(|found| found.map(|(found, _)| found))
            .collect::<Option<_>>()?;
        let same_modes = around.iter().all(|s| s.open_modes == around[0].open_modes);
        // cubic interpolation; the means of the near and of the far pair differ by (3/2) STEP^2 times the second derivative
        let between = |of: &dyn Fn(&LeadSelfEnergy) -> &Matrix| {
            let [a, b, c, d] = [0, 1, 2, 3].map(|k| of(&around[k]));
            let mean = |x: &Matrix, y: &Matrix| {
                Matrix::from_fn(self.n, self.n, |i, j| 0.5 * (x[(i, j)] + y[(i, j)]))
            };
            let (far, near) = (mean(a, d), mean(b, c));
            let bend = Matrix::from_fn(self.n, self.n, |i, j| near[(i, j)] - far[(i, j)]);
            let value = Matrix::from_fn(self.n, self.n, |i, j| near[(i, j)] + bend[(i, j)] / 3.0);
            (bend.max_norm() < 1e-3 * (1.0 + near.max_norm())).then_some(value)
        };
        let (sigma, derivative) = (between(&|s| &s.sigma)?, between(&|s| &s.derivative)?);
        same_modes.then_some(LeadSelfEnergy { sigma, derivative, open_modes: around[0].open_modes })
    }

    /// The self-energy and how far it is from solving Dyson's equation, relative.
    fn by_modes(&self, energy: f64) -> Result<(LeadSelfEnergy, f64), LeadError> {
        let (n, r) = (self.n, self.joined.len());
        let failed = |outgoing| LeadError::Modes { energy, outgoing, wanted: r };
        let modes = self.outgoing(energy)?;
        let alpha = Matrix::from_fn(r, r, |i, k| modes[k].alpha[i]);
        let beta = Matrix::from_fn(r, r, |i, k| modes[k].beta[i]);
        let mut alpha_inverse = Matrix::zeros(r, r);
        Inverter::new(r).invert(&alpha, &mut alpha_inverse).map_err(|_| failed(r))?;
        let mut s = multiply(&beta, &alpha_inverse);
        symmetrise(&mut s);

        // g = (E - h - v S v^T)^-1 of the first cell
        let mut a = Matrix::from_fn(2 * n, 2 * n, |i, j| -self.h[(i, j)]);
        for i in 0..2 * n {
            a[(i, i)] += energy;
        }
        for (p, &i) in self.joined.iter().enumerate() {
            for (q, &j) in self.joined.iter().enumerate() {
                a[(n + i, n + j)] -= s[(p, q)];
            }
        }
        let mut g = Matrix::zeros(2 * n, 2 * n);
        Inverter::new(2 * n).invert(&a, &mut g).map_err(|_| failed(r))?;
        // u = 1 and v = -1 on the joined sites
        let g_u = Matrix::from_fn(2 * n, r, |i, q| g[(i, self.joined[q])]);
        // S = u^T g u is Dyson's equation; modes that are not independent do not solve it
        let residual = |p: usize, q: usize| (g_u[(self.joined[p], q)] - s[(p, q)]).norm();
        let pairs = (0..r).flat_map(|p| (0..r).map(move |q| (p, q)));
        let residual = pairs.map(|(p, q)| residual(p, q)).fold(0.0, nan_max) / (1.0 + s.max_norm());
        let g_g = multiply(&g_u.transpose(), &g_u);

        let a_t = multiply(&alpha.transpose(), &multiply(&g_g, &alpha));
        let mut y = Matrix::zeros(r, r);
        for j in 0..r {
            for i in 0..r {
                let gap = 1.0 - modes[i].factor * modes[j].factor;
                if gap.norm() < 1e-10 {
                    return Err(LeadError::Threshold { threshold: energy });
                }
                y[(i, j)] = -a_t[(i, j)] / gap;
            }
        }
        let mut ds = multiply(&alpha_inverse.transpose(), &multiply(&y, &alpha_inverse));
        symmetrise(&mut ds);

        let embed = |m: &Matrix| {
            let mut full = Matrix::zeros(n, n);
            for (p, &i) in self.joined.iter().enumerate() {
                for (q, &j) in self.joined.iter().enumerate() {
                    full[(i, j)] = m[(p, q)];
                }
            }
            full
        };
        let open_modes = modes.iter().filter(|m| m.propagating).count();
        let found = LeadSelfEnergy { sigma: embed(&s), derivative: embed(&ds), open_modes: Some(open_modes) };
        Ok((found, residual))
    }

    /// The r modes that decay away from the conductor or carry current away from it.
    fn outgoing(&self, energy: f64) -> Result<Vec<Mode>, LeadError> {
        let (n, r) = (self.n, self.joined.len());
        let failed = |outgoing| LeadError::Modes { energy, outgoing, wanted: r };
        let mut k = self.h.clone();
        for i in 0..2 * n {
            k[(i, i)] -= energy;
        }
        for &i in &self.joined {
            k[(i, i)] += C64::I;
            k[(n + i, n + i)] += C64::I;
        }
        let mut k_inverse = Matrix::zeros(2 * n, 2 * n);
        Inverter::new(2 * n).invert(&k, &mut k_inverse).map_err(|_| failed(0))?;
        // entries of u^T K^-1 u and so on; u = +1 on slice a, v = -1 on slice b
        let u = |p: usize| self.joined[p];
        let v = |p: usize| n + self.joined[p];
        let uu = |p, q| k_inverse[(u(p), u(q))];
        let uv = |p, q| -k_inverse[(u(p), v(q))];
        let vu = |p, q| -k_inverse[(v(p), u(q))];
        let vv = |p, q| k_inverse[(v(p), v(q))];
        let one = |p: usize, q: usize| if p == q { C64::ONE } else { C64::ZERO };
        let a = Matrix::from_fn(2 * r, 2 * r, |i, j| match (i < r, j < r) {
            (true, true) => -uu(i, j),
            (true, false) => C64::I * uu(i, j - r) - one(i, j - r),
            (false, true) => -vu(i - r, j),
            (false, false) => C64::I * vu(i - r, j - r),
        });
        let b = Matrix::from_fn(2 * r, 2 * r, |i, j| match (i < r, j < r) {
            (true, true) => -C64::I * uv(i, j),
            (true, false) => uv(i, j - r),
            (false, true) => one(i - r, j) - C64::I * vv(i - r, j),
            (false, false) => vv(i - r, j - r),
        });
        let mut outgoing = Vec::with_capacity(r);
        for mode in eigen::generalized(&a, &b).map_err(|_| failed(0))? {
            let (num, den) = (mode.alpha.norm(), mode.beta.norm());
            let (alpha, beta) = mode.vector.split_at(r);
            let propagating = (num - den).abs() <= PROPAGATING * den;
            // probability current 2 Im (u^T psi_{j+1})^* (v^T psi_j)
            let current: f64 = alpha.iter().zip(beta).map(|(a, b)| 2.0 * (b.conj() * a).im).sum();
            let size: f64 = mode.vector.iter().map(|z| z.norm_sqr()).sum();
            if propagating && current.abs() < THRESHOLD * size {
                return Err(LeadError::Threshold { threshold: energy });
            }
            if if propagating { current > 0.0 } else { num < den } {
                let scale = 1.0 / alpha.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
                outgoing.push(Mode {
                    factor: mode.alpha / mode.beta,
                    propagating,
                    alpha: alpha.iter().map(|z| z * scale).collect(),
                    beta: beta.iter().map(|z| z * scale).collect(),
                });
            }
        }
        if outgoing.len() == r { Ok(outgoing) } else { Err(failed(outgoing.len())) }
    }

    /// Band extrema of the lead near `[low, high]`.
    pub(super) fn thresholds(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        const GRID: usize = 128;
        let step = PI / GRID as f64;
        let rows: Vec<Vec<f64>> =
            (0..=GRID).map(|i| self.bands(step * i as f64)).collect::<Result<_, _>>()?;
        // a band that is flat throughout carries no mode
        let everywhere = |e: f64| rows.iter().all(|row| row.iter().any(|b| (b - e).abs() < 1e-9));
        let mut found = Vec::new();
        for m in 0..2 * self.n {
            for (i, row) in rows.iter().enumerate() {
                if !(low - 0.1..=high + 0.1).contains(&row[m]) {
                    continue;
                }
                let k = step * i as f64;
                let (position, inward) = if i == 0 || i == GRID {
                    (k, if i == 0 { &[1.0][..] } else { &[-1.0] })
                } else {
                    let (before, here, after) = (rows[i - 1][m], row[m], rows[i + 1][m]);
                    let sign = if here < before && here <= after {
                        1.0
                    } else if here > before && here >= after {
                        -1.0
                    } else {
                        continue;
                    };
                    let value = |k: f64| Ok(sign * self.bands(k)?[m]);
                    (golden_minimum(k - step, k + step, value)?, &[-1.0, 1.0][..])
                };
                let energy = self.bands(position)?[m];
                let shapes = inward.iter().map(|side| self.shape(position, energy, m, *side));
                let shapes = shapes.collect::<Result<Vec<_>, _>>()?;
                if shapes.contains(&Shape::Extremum) || shapes.contains(&Shape::Flat) && !everywhere(energy) {
                    found.push(energy);
                }
            }
        }
        Ok(found)
    }

    /// Shape of band m next to k, on one side.
    fn shape(&self, k: f64, energy: f64, m: usize, side: f64) -> Result<Shape, LeadError> {
        const DISTANCE: f64 = 1e-5;
        let change = |d: f64| -> Result<f64, LeadError> { Ok((self.bands(k + side * d)?[m] - energy).abs()) };
        let (near, far) = (change(DISTANCE)?, change(2.0 * DISTANCE)?);
        Ok(match far {
            _ if far < 1e-12 => Shape::Flat,
            _ if far > 3.0 * near => Shape::Extremum,
            _ => Shape::Crossing,
        })
    }

    fn bands(&self, k: f64) -> Result<Vec<f64>, LeadError> {
        let mut h = self.h.clone();
        for &i in &self.joined {
            h[(i, self.n + i)] -= C64::from_polar(1.0, -k);
            h[(self.n + i, i)] -= C64::from_polar(1.0, k);
        }
        eigen::hermitian_values(&h).map_err(|_| LeadError::Modes {
            energy: 0.0,
            outgoing: 0,
            wanted: self.joined.len(),
        })
    }
}

/// How the energy of a band changes with the distance in k: not at all, with its square, or, where bands cross and the bands in ascending
/// order have a kink, in proportion. A kink is an extremum but no threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Flat,
    Extremum,
    Crossing,
}

/// A Bloch mode of the lead: `alpha = v^T psi_{j-1}`, `beta = u^T psi_j`.
struct Mode {
    factor: C64,
    propagating: bool,
    alpha: Vec<C64>,
    beta: Vec<C64>,
}

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(a.rows(), b.cols());
    product(out.all_mut(), false, 1.0, (a.all(), Op::Plain), (b.all(), Op::Plain));
    out
}

/// Place of the minimum of a unimodal function by golden-section search.
fn golden_minimum(
    mut low: f64,
    mut high: f64,
    f: impl Fn(f64) -> Result<f64, LeadError>,
) -> Result<f64, LeadError> {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut f_a, mut f_b) = (f(a)?, f(b)?);
    // the value is quadratic in the position: 1e-8 in k is 1e-16 in energy
    while high - low > 1e-8 {
        if f_a < f_b {
            (high, b, f_b) = (b, a, f_a);
            a = high - ratio * (high - low);
            f_a = f(a)?;
        } else {
            (low, a, f_a) = (a, b, f_b);
            b = low + ratio * (high - low);
            f_b = f(b)?;
        }
    }
    Ok(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::super::separable::Separable;
    use super::*;
    use crate::lattice::{Boundary, Family};

    /// Lattices that repeat after every slice, taken as cells of two: transverse modes give the same self-energy. Opposite transverse
    /// momenta make the modes degenerate; E = 0, where the two-slice cell folds bands onto each other, is interpolated.
    #[test]
    fn separable_leads_are_a_special_case() {
        use Boundary::{HardWall, Periodic};
        for (family, boundary, [width, height]) in [
            (Family::Square, HardWall, [1, 1]),
            (Family::Square, HardWall, [2, 1]),
            (Family::Square, HardWall, [7, 1]),
            (Family::Square, Periodic, [3, 1]),
            (Family::Square, Periodic, [6, 1]),
            (Family::Cubic, HardWall, [2, 3]),
            (Family::Cubic, Periodic, [3, 4]),
        ] {
            let lattice = Lattice::new(family, [2, width, height], boundary).unwrap();
            let separable = Separable::new(&lattice).unwrap();
            for end in [End::Left, End::Right] {
                let cell = Cell::new(&lattice, end);
                for energy in [-6.3, -4.4, -3.31, -1.7, -0.83, 0.0, 0.29, 1.27, 2.6, 3.3] {
                    let near = |t: &f64| (t - energy).abs() < 0.02;
                    if separable.thresholds().iter().any(near) {
                        continue;
                    }
                    let (want, got) =
                        (separable.self_energy(energy).unwrap(), cell.self_energy(energy).unwrap());
                    let distance = |a: &Matrix, b: &Matrix| {
                        a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, nan_max)
                    };
                    let what = format!("{family:?} {boundary:?} {width} x {height} {end:?} at {energy}");
                    let allowed = if energy == 0.0 { 1e-9 } else { 1e-12 };
                    assert!(distance(&want.sigma, &got.sigma) < allowed, "{what}");
                    let scale = 1.0 + want.derivative.max_norm();
                    assert!(distance(&want.derivative, &got.derivative) < 100.0 * allowed * scale, "{what}");
                    assert_eq!(want.open_modes, got.open_modes, "{what}");
                }
            }
        }
    }
}
