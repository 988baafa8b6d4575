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
        Ok(LeadSelfEnergy { sigma: embed(&s), derivative: embed(&ds), open_modes: Some(open_modes) })
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
            if propagating && current.abs() < 1e-9 * size {
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

    /// Band extrema of the lead within `[low, high]`.
    pub(super) fn thresholds(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        const GRID: usize = 128;
        let bands = |k: f64| self.bands(k);
        let step = PI / GRID as f64;
        let rows: Vec<Vec<f64>> = (0..=GRID).map(|i| bands(step * i as f64)).collect::<Result<_, _>>()?;
        let near = |e: f64| (low - 0.1..=high + 0.1).contains(&e);
        let mut found = Vec::new();
        for m in 0..2 * self.n {
            found.extend([rows[0][m], rows[GRID][m]]);
            for i in 1..GRID {
                let (before, here, after) = (rows[i - 1][m], rows[i][m], rows[i + 1][m]);
                let sign = if here < before && here <= after {
                    1.0
                } else if here > before && here >= after {
                    -1.0
                } else {
                    continue;
                };
                if near(here) {
                    let value = |k: f64| Ok(sign * bands(k)?[m]);
                    found.push(sign * golden_minimum(step * (i - 1) as f64, step * (i + 1) as f64, value)?);
                }
            }
        }
        Ok(found)
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

/// Value at the minimum of a unimodal function by golden-section search.
fn golden_minimum(
    mut low: f64,
    mut high: f64,
    f: impl Fn(f64) -> Result<f64, LeadError>,
) -> Result<f64, LeadError> {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut f_a, mut f_b) = (f(a)?, f(b)?);
    // the value is quadratic in the position, so 1e-8 in k is 1e-16 in energy
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
    Ok(f_a.min(f_b))
}
