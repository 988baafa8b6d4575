//! Bloch modes of a periodic lead at one energy.
//!
//! The hopping may be of any rank r: `v = u w^+` with u and w of r columns. A Bloch mode `psi_{j+1} = lambda psi_j` obeys
//!
//! ```text
//! K psi_j = -u alpha - lambda w beta + i u beta + i lambda w alpha,     alpha = w^+ psi_{j-1},   beta = u^+ psi_j,
//! K = h - E + i (u u^+ + w w^+),
//! ```
//!
//! which projected on u and w is a generalised eigenproblem of order 2r; the terms with i on both sides cancel and keep K regular (the
//! stabilisation used by Kwant; Wimmer, PhD thesis, Regensburg 2009). K is singular only where E is the energy of a state that neither u
//! nor w touches.
//!
//! Modes of one Bloch factor on the unit circle are told apart by their velocities: within such a cluster the current is diagonalised
//! against the norm. That gives the limits of the modes at neighbouring energies, also where left- and right-movers meet.

use super::LeadError;
use super::modes::{columns, multiply, overlaps};
use diffuson_linalg::{C64, Inverter, Matrix, eigen};
use std::f64::consts::{PI, TAU};

/// The cell of a periodic lead: the states that the hopping reaches.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    /// Hamiltonian.
    pub(super) h: Matrix,
    /// u and w beside each other, 2r columns.
    pub(super) ends: Matrix,
    /// h + i (u u^+ + w w^+).
    stabilised: Matrix,
}

/// The modes at one energy: r that are incoming or grow outward, and r that are outgoing or decay outward.
#[derive(Debug)]
pub(super) struct Bloch {
    pub(super) incoming: Propagating,
    pub(super) outgoing: Propagating,
    /// (alpha, beta) of the decaying modes, a column of 2r numbers each.
    pub(super) decaying: Vec<Vec<C64>>,
}

/// Propagating modes of one direction, each of current +-1.
#[derive(Debug)]
pub(super) struct Propagating {
    /// alpha = w^+ psi_{j-1}, r x p.
    pub(super) alpha: Matrix,
    /// beta = u^+ psi_j, r x p.
    pub(super) beta: Matrix,
    /// psi_j on the states of the cell.
    pub(super) psi: Matrix,
    /// Arguments of the Bloch factors, in (-pi, pi].
    pub(super) momenta: Vec<f64>,
    /// dE/dk.
    pub(super) velocities: Vec<f64>,
}

/// How close to 1 the modulus of a Bloch factor counts as propagating.
const PROPAGATING: f64 = 1e-7;

/// Bloch factors closer than that belong to one cluster. Taken apart, modes at a distance d are mixed by the machine precision over d;
/// taken together, by d: equal for the root of the machine precision.
const CLUSTER: f64 = 1e-8;

/// Smallest current of a propagating mode, against its amplitudes on u and w, and smallest distance of the Bloch factor of an evanescent one from the unit circle; at a threshold rounding
/// leaves either of the order of the root of the machine precision.
const THRESHOLD: f64 = 1e-6;

impl Cell {
    pub(super) fn new(h: Matrix, ends: Matrix) -> Self {
        let absorbed = multiply(&ends, &ends.adjoint());
        let stabilised = Matrix::from_fn(h.rows(), h.rows(), |i, j| h[(i, j)] + C64::I * absorbed[(i, j)]);
        Self { h, ends, stabilised }
    }

    /// Rank r of the hopping.
    pub(super) fn rank(&self) -> usize {
        self.ends.cols() / 2
    }

    /// The modes at `energy`.
    ///
    /// # Errors
    /// [`LeadError`] where a propagating mode carries no current or an evanescent one does not decay, or as many modes as must be outgoing are not found.
    pub(super) fn bloch(&self, energy: f64) -> Result<Bloch, LeadError> {
        let r = self.rank();
        let failed = |outgoing| LeadError::Modes { energy, outgoing, wanted: r };
        if r == 0 {
            let none = || Parts::default().sorted(1.0, self.h.rows(), 0);
            return Ok(Bloch { incoming: none(), outgoing: none(), decaying: Vec::new() });
        }
        let mut k = self.stabilised.clone();
        for i in 0..k.rows() {
            k[(i, i)] -= energy;
        }
        let mut k_inverse = Matrix::zeros(k.rows(), k.rows());
        Inverter::new(k.rows()).invert(&k, &mut k_inverse).map_err(|_| failed(0))?;
        let k_ends = multiply(&k_inverse, &self.ends);
        // u^+ K^-1 u and so on
        let ends = overlaps(&self.ends, &k_ends);
        let uu = |i, j| ends[(i, j)];
        let uw = |i, j| ends[(i, r + j)];
        let wu = |i, j| ends[(r + i, j)];
        let ww = |i, j| ends[(r + i, r + j)];
        let one = |i: usize, j: usize| if i == j { C64::ONE } else { C64::ZERO };
        let a = Matrix::from_fn(2 * r, 2 * r, |i, j| match (i < r, j < r) {
            (true, true) => -uu(i, j),
            (true, false) => C64::I * uu(i, j - r) - one(i, j - r),
            (false, true) => -wu(i - r, j),
            (false, false) => C64::I * wu(i - r, j - r),
        });
        let b = Matrix::from_fn(2 * r, 2 * r, |i, j| match (i < r, j < r) {
            (true, true) => -C64::I * uw(i, j),
            (true, false) => uw(i, j - r),
            (false, true) => one(i - r, j) - C64::I * ww(i - r, j),
            (false, false) => ww(i - r, j - r),
        });
        let mut decaying = Vec::with_capacity(r);
        let mut propagating = Vec::new();
        for mode in eigen::generalized(&a, &b).map_err(|_| failed(0))? {
            let (num, den) = (mode.alpha.norm(), mode.beta.norm());
            if (num - den).abs() <= PROPAGATING * den {
                propagating.push((mode.alpha / mode.beta, mode.vector));
            } else if (num - den).abs() <= THRESHOLD * den {
                return Err(LeadError::Threshold { threshold: energy });
            } else if num < den {
                decaying.push(mode.vector);
            }
        }
        let mut parts = [Parts::default(), Parts::default()];
        for cluster in clusters(propagating) {
            self.resolve(&k_ends, &cluster, energy, &mut parts)?;
        }
        let [incoming, outgoing] = parts;
        if decaying.len() + outgoing.len() != r || incoming.len() != outgoing.len() {
            return Err(failed(decaying.len() + outgoing.len()));
        }
        let (incoming, outgoing) = (incoming.sorted(1.0, k.rows(), r), outgoing.sorted(-1.0, k.rows(), r));
        Ok(Bloch { incoming, outgoing, decaying })
    }

    /// Adds the modes of a cluster to the incoming or to the outgoing ones.
    fn resolve(
        &self,
        k_ends: &Matrix,
        cluster: &[(C64, Vec<C64>)],
        energy: f64,
        [incoming, outgoing]: &mut [Parts; 2],
    ) -> Result<(), LeadError> {
        let (m, r) = (cluster.len(), self.rank());
        let x = Matrix::from_fn(2 * r, m, |i, k| cluster[k].1[i]);
        let source = Matrix::from_fn(2 * r, m, |i, k| {
            let (factor, vector) = &cluster[k];
            let (alpha, beta) = (vector[i % r], vector[r + i % r]);
            if i < r { C64::I * beta - alpha } else { factor * (C64::I * alpha - beta) }
        });
        let psi = multiply(k_ends, &source);
        let failed = |_| LeadError::Modes { energy, outgoing: 0, wanted: r };
        // to modes of norm 1 per cell
        let norm = eigen::hermitian(&overlaps(&psi, &psi)).map_err(failed)?;
        let power = |p: f64| {
            let scaled = Matrix::from_fn(m, m, |i, k| norm.vectors[(i, k)] * norm.values[k].max(0.0).powf(p));
            multiply(&scaled, &norm.vectors.adjoint())
        };
        let (root, inverse_root) = (power(0.5), power(-0.5));
        let half =
            Matrix::from_fn(m, m, |i, k| (0..r).map(|p| x[(r + p, i)].conj() * x[(p, k)]).sum::<C64>());
        // the probability current 2 Im (beta^+ alpha) as a Hermitian form; of a mode of norm 1 it is the velocity
        let current = Matrix::from_fn(m, m, |i, k| -C64::I * (half[(i, k)] - half[(k, i)].conj()));
        let current = multiply(&inverse_root, &multiply(&current, &inverse_root));
        let velocity = eigen::hermitian(&current).map_err(failed)?;
        let mixing = multiply(&inverse_root, &velocity.vectors);
        let inverse = overlaps(&velocity.vectors, &root);
        let (x, psi) = (multiply(&x, &mixing), multiply(&psi, &mixing));
        for (k, &v) in velocity.values.iter().enumerate() {
            let size: f64 = x.col(k).iter().map(|z| z.norm_sqr()).sum();
            if !(v.abs() > THRESHOLD * size) {
                return Err(LeadError::Threshold { threshold: energy });
            }
            let factor: C64 = (0..m).map(|l| inverse[(k, l)] * cluster[l].0 * mixing[(l, k)]).sum();
            let unit = 1.0 / v.abs().sqrt();
            let scaled = |column: &[C64]| column.iter().map(|z| z * unit).collect::<Vec<_>>();
            let to = if v > 0.0 { &mut *outgoing } else { &mut *incoming };
            to.0.push(Part {
                momentum: if factor.arg() > -PI { factor.arg() } else { PI },
                velocity: v,
                ends: scaled(x.col(k)),
                psi: scaled(psi.col(k)),
            });
        }
        Ok(())
    }
}

/// A propagating mode.
struct Part {
    momentum: f64,
    velocity: f64,
    ends: Vec<C64>,
    psi: Vec<C64>,
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn len(&self) -> usize {
        self.0.len()
    }

    /// In ascending (`sign` 1) or descending (-1) order of momentum.
    fn sorted(mut self, sign: f64, n: usize, r: usize) -> Propagating {
        self.0.sort_by(|a, b| (sign * a.momentum).total_cmp(&(sign * b.momentum)));
        let (p, modes) = (self.len(), &self.0);
        Propagating {
            alpha: Matrix::from_fn(r, p, |i, k| modes[k].ends[i]),
            beta: Matrix::from_fn(r, p, |i, k| modes[k].ends[r + i]),
            psi: Matrix::from_fn(n, p, |i, k| modes[k].psi[i]),
            momenta: modes.iter().map(|m| m.momentum).collect(),
            velocities: modes.iter().map(|m| m.velocity).collect(),
        }
    }
}

/// Groups modes by their Bloch factors, around the unit circle.
fn clusters(mut modes: Vec<(C64, Vec<C64>)>) -> Vec<Vec<(C64, Vec<C64>)>> {
    modes.sort_by(|a, b| a.0.arg().total_cmp(&b.0.arg()));
    let mut found: Vec<Vec<(C64, Vec<C64>)>> = Vec::new();
    for mode in modes {
        match found.last_mut() {
            Some(last) if mode.0.arg() - last[last.len() - 1].0.arg() < CLUSTER => last.push(mode),
            _ => found.push(vec![mode]),
        }
    }
    if found.len() > 1 {
        let (first, last) = (&found[0], &found[found.len() - 1]);
        if first[0].0.arg() + TAU - last[last.len() - 1].0.arg() < CLUSTER {
            let last = found.pop().unwrap_or_default();
            found[0].extend(last);
        }
    }
    found
}

/// The states (columns, orthonormal) of a cell that the columns of `ends` reach, or None if these are all: of each degenerate level of h, the
/// combinations that overlap with `ends`.
pub(super) fn reached(h: &Matrix, ends: &Matrix) -> Result<Option<Matrix>, eigen::NoConvergence> {
    /// Levels closer than that, and overlaps below, count as none.
    const ROUNDING: f64 = 1e-11;
    let n = h.rows();
    let levels = eigen::hermitian(h)?;
    let amplitudes = overlaps(&levels.vectors, ends);
    let same = ROUNDING * (h.max_norm() + ends.max_norm().powi(2));
    let mut states: Vec<Vec<C64>> = Vec::with_capacity(n);
    let mut from = 0;
    while from < n {
        let to = (from + 1..n).find(|&k| levels.values[k] - levels.values[k - 1] > same).unwrap_or(n);
        let level: Vec<usize> = (from..to).collect();
        let rows = Matrix::from_fn(level.len(), ends.cols(), |i, k| amplitudes[(from + i, k)]);
        let overlap = eigen::singular(&rows)?;
        let touched = overlap.values.iter().filter(|s| **s > ROUNDING * ends.max_norm()).count();
        let found = multiply(&columns(&levels.vectors, &level), &overlap.u);
        states.extend((0..touched).map(|k| found.col(k).to_vec()));
        from = to;
    }
    Ok((states.len() < n).then(|| Matrix::from_fn(n, states.len(), |i, k| states[k][i])))
}
