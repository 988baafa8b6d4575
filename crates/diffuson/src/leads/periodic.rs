//! General periodic leads: cells j = 0, 1, 2, ... lead away from the conductor, cell 0 being the sites of the conductor the lead is
//! attached to. Every cell has the Hamiltonian h, and `v = <cell j+1| H |cell j>` joins it to the next.
//!
//! Where v starts from the first m orbitals of a cell only, these alone are needed of cell 0: Sigma = v^+ g v lives on them, and so do the overlaps of
//! modes in the current, `Phi^+ Gamma Phi`.
//!
//! From the singular values of the hopping, `v = u w^+` with u and w of as many columns as its rank. States of the cell that neither u nor w
//! reaches are no part of the lead: they would only make its equations singular at their energies, and are left out. The modes are found
//! in `bloch`, the self-energy from them in `surface`.

use super::bands::Bands;
use super::bloch::{Bloch, Cell, Propagating, reached};
use super::modes::{Modes, Waves, multiply, overlaps};
use super::{LeadError, LeadSelfEnergy};
use diffuson_linalg::{C64, Inverter, Matrix, eigen};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// A lead of identical cells, with or without magnetic field. Its modes and thresholds are those of the bands, the eigenvalues of
/// `h + v e^{-ik} + v^+ e^{ik}`; its self-energy on cell 0 is `Sigma = v^+ g v` with the surface Green function g of the cells beyond.
///
/// Where bands cross with opposite velocities, nothing is singular, but two modes of one Bloch factor spoil the equations: closer than some
/// 5e-5 in the factor, the self-energy is interpolated in energy.
///
/// ```
/// use diffuson::leads::PeriodicLead;
/// use diffuson::{C64, Matrix};
///
/// // a chain of hopping -1: E = -2 cos k
/// let one = |x| Matrix::from_diagonal(&[C64::new(x, 0.0)]);
/// let modes = PeriodicLead::new(one(0.0), one(-1.0))?.modes(-1.0)?;
/// assert!((modes.outgoing_momenta[0] - std::f64::consts::FRAC_PI_3).abs() < 1e-14);
/// assert!((modes.outgoing_velocities[0] - 3f64.sqrt()).abs() < 1e-14);
/// # Ok::<(), diffuson::leads::LeadError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodicLead {
    /// Whether h and v are real.
    real: bool,
    /// w on the orbitals of cell 0 that the conductor has, m x r.
    w: Matrix,
    /// The states (columns) of the cell that the hopping reaches, where these are not all.
    reached: Option<Matrix>,
    /// The cell, on these states.
    cell: Cell,
    latest: Latest,
}

/// What is found at one energy.
#[derive(Debug)]
struct Solved {
    self_energy: LeadSelfEnergy,
    modes: Result<Bloch, LeadError>,
}

/// What was found at the energy asked for last. It is no part of what a lead is: clones begin without, equal leads may have found different things, and none is written down.
#[derive(Default)]
struct Latest(Mutex<Option<(f64, Arc<Solved>)>>);

impl Latest {
    fn at(&self, energy: f64) -> Option<Arc<Solved>> {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.as_ref().filter(|(other, _)| *other == energy).map(|(_, solved)| solved.clone())
    }

    fn keep(&self, energy: f64, solved: Solved) -> Arc<Solved> {
        let solved = Arc::new(solved);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((energy, solved.clone()));
        solved
    }
}

impl Clone for Latest {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Latest")
    }
}

impl PartialEq for Latest {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Singular values of the hopping count from here, against the largest one. The self-energy changes by as much.
const RANK: f64 = 1e-13;

/// How far a cell Hamiltonian may be from Hermitian, against its largest entry: some roundings.
const HERMITIAN: f64 = 1e-12;

/// Left- and right-movers whose Bloch factors are closer than that are told apart badly: the self-energy is interpolated, if it can be.
const CROSSING: f64 = 5e-5;

/// How far the self-energy may be from solving Dyson's equation, relative: what a sound set of modes leaves, and what is bearable next to a
/// crossing of bands that is a threshold as well.
const SOUND: f64 = 1e-10;
const BEARABLE: f64 = 1e-6;

/// Doublings of decimation: 2^60 cells are longer than any wave that decays by more than rounding.
const DECIMATIONS: usize = 60;

/// What the modes at one energy give.
struct Solution {
    modes: Bloch,
    sigma: Matrix,
    /// None where it diverges, or an incoming and an outgoing mode have the same Bloch factor.
    derivative: Option<Matrix>,
    residual: f64,
    /// Smallest distance between Bloch factors of incoming and outgoing modes.
    gap: f64,
}

impl Solution {
    /// The self-energy, if there is one with a residual of no more than `residual`.
    fn up_to(&self, residual: f64) -> Option<LeadSelfEnergy> {
        let derivative = self.derivative.as_ref().filter(|_| self.residual <= residual)?;
        Some(LeadSelfEnergy {
            sigma: self.sigma.clone(),
            derivative: derivative.clone(),
            open_modes: Some(self.modes.outgoing.momenta.len()),
        })
    }
}

impl PeriodicLead {
    /// The lead of cells with Hamiltonian `h` (n x n, Hermitian), joined by `v = <cell j+1| H |cell j>` in the direction away from the conductor, in t. `v` is n x m, of
    /// any rank: the orbitals of a cell from which it starts come first, and the lead is attached to m orbitals of the conductor, which are these of cell 0. With m = n it may start from
    /// any.
    ///
    /// # Errors
    /// [`LeadError`] if the shapes do not match, `h` is not Hermitian (but for rounding) or an entry is not a finite number.
    pub fn new(h: Matrix, v: Matrix) -> Result<Self, LeadError> {
        let n = h.rows();
        for (what, m, fits) in [
            ("cell Hamiltonian", &h, n > 0 && h.cols() == n),
            ("hopping", &v, v.rows() == n && (1..=n).contains(&v.cols())),
        ] {
            if !fits {
                return Err(LeadError::CellShape { what, rows: m.rows(), cols: m.cols(), order: n });
            }
            if !m.as_slice().iter().all(|z| z.is_finite()) {
                return Err(LeadError::CellNotFinite { what });
            }
        }
        let skew = Matrix::from_fn(n, n, |i, j| h[(i, j)] - h[(j, i)].conj()).max_norm();
        if skew > HERMITIAN * h.max_norm() {
            return Err(LeadError::NotHermitian { difference: skew });
        }
        let real = [&h, &v].into_iter().all(|m| m.as_slice().iter().all(|z| z.im == 0.0));
        let h = Matrix::from_fn(n, n, |i, j| 0.5 * (h[(i, j)] + h[(j, i)].conj()));
        let (u, w) = factors(&v).map_err(|_| LeadError::Bands)?;
        let r = w.cols();
        let ends = Matrix::from_fn(n, 2 * r, |i, k| match k.checked_sub(r) {
            None => u[(i, k)],
            Some(k) if i < w.rows() => w[(i, k)],
            Some(_) => C64::ZERO,
        });
        if r == 0 {
            return Ok(Self { real, w, reached: None, cell: Cell::new(h, ends), latest: Latest::default() });
        }
        let reached = reached(&h, &ends).map_err(|_| LeadError::Bands)?;
        let cell = match &reached {
            Some(states) => Cell::new(overlaps(states, &multiply(&h, states)), overlaps(states, &ends)),
            None => Cell::new(h, ends),
        };
        Ok(Self { real, w, reached, cell, latest: Latest::default() })
    }

    /// Orbitals of the conductor that it is attached to, m.
    pub fn interface_orbitals(&self) -> usize {
        self.w.rows()
    }

    /// Whether h and v are real: no magnetic field.
    pub fn is_time_reversal_symmetric(&self) -> bool {
        self.real
    }

    /// The propagating modes at `energy` (in t), as amplitudes on the orbitals it is attached to, and the self-energy.
    ///
    /// # Errors
    /// [`LeadError`] at a mode threshold, or if the modes cannot be told apart.
    pub fn modes(&self, energy: f64) -> Result<Modes, LeadError> {
        self.modes_on(energy, 0..self.interface_orbitals())
    }

    /// Sigma at `energy` (in t) on the orbitals it is attached to, its energy derivative and the number of modes.
    ///
    /// # Errors
    /// [`LeadError`] at a mode threshold, or if the modes cannot be told apart.
    pub fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        if self.cell.rank() == 0 {
            return Ok(self.closed());
        }
        Ok(self.solved(energy)?.self_energy.clone())
    }

    /// The self-energy of cells that nothing joins.
    fn closed(&self) -> LeadSelfEnergy {
        let none = Matrix::zeros(self.interface_orbitals(), self.interface_orbitals());
        LeadSelfEnergy { sigma: none.clone(), derivative: none, open_modes: Some(0) }
    }

    /// The self-energy and the modes it comes from, kept for the energy asked for last: who asks for one of them will ask for the other.
    fn solved(&self, energy: f64) -> Result<Arc<Solved>, LeadError> {
        if let Some(known) = self.latest.at(energy) {
            return Ok(known);
        }
        let solution = self.by_modes(energy);
        let plain = solution.as_ref().ok().filter(|s| s.gap >= CROSSING).and_then(|s| s.up_to(SOUND));
        let self_energy = match plain.or_else(|| self.through_crossing(energy)) {
            Some(found) => found,
            None => {
                let (solution, outgoing) = (solution.as_ref().map_err(LeadError::clone)?, self.cell.rank());
                solution.up_to(BEARABLE).ok_or(if solution.derivative.is_none() {
                    LeadError::Threshold { threshold: energy }
                } else {
                    LeadError::Modes { energy, outgoing, wanted: outgoing }
                })?
            }
        };
        // waves may be told apart where their self-energy was interpolated
        let modes = solution.map(|solution| solution.modes).or_else(|_| self.cell.bloch(energy));
        Ok(self.latest.keep(energy, Solved { self_energy, modes }))
    }

    /// Sigma at a complex energy (in t). Above the real axis, where no mode propagates, by decimation: every step doubles the cells between those that are left,
    /// `g = (z - h)^-1`, `h_0 += v^+ g v`, `h += v^+ g v + v g v^+`, `v -> v g v`.
    ///
    /// # Errors
    /// [`LeadError`] on the real axis, if the modes cannot be told apart.
    pub(super) fn continued(&self, energy: C64) -> Result<Matrix, LeadError> {
        let (n, r) = (self.interface_orbitals(), self.cell.rank());
        if energy.im == 0.0 || r == 0 {
            return Ok(self.self_energy(energy.re)?.sigma);
        }
        let order = self.cell.h.rows();
        let unsolved = LeadError::Modes { energy: energy.re, outgoing: 0, wanted: r };
        let mut inverter = Inverter::new(order);
        let mut resolvent = |h: &Matrix| {
            let a =
                Matrix::from_fn(order, order, |i, j| if i == j { energy - h[(i, j)] } else { -h[(i, j)] });
            let mut g = Matrix::zeros(order, order);
            inverter.invert(&a, &mut g).map(|()| g).map_err(|_| unsolved.clone())
        };
        let hopping = multiply(&self.cell.end(0), &self.cell.end(r).adjoint());
        let (mut end, mut h) = (self.cell.h.clone(), self.cell.h.clone());
        // hoppings outward and inward
        let (mut out, mut back) = (hopping.clone(), hopping.adjoint());
        for _ in 0..DECIMATIONS {
            let g = resolvent(&h)?;
            let (g_out, g_back) = (multiply(&g, &out), multiply(&g, &back));
            let from_beyond = multiply(&back, &g_out);
            add(&mut end, &from_beyond);
            add(&mut h, &from_beyond);
            add(&mut h, &multiply(&out, &g_back));
            (out, back) = (multiply(&out, &g_out), multiply(&back, &g_back));
            if out.max_norm().min(back.max_norm())
                < f64::EPSILON * (1.0 + end.max_norm()) * energy.im.min(1.0)
            {
                break;
            }
        }
        let g = resolvent(&end)?;
        let u = self.cell.end(0);
        let s = multiply(&u.adjoint(), &multiply(&g, &u));
        let sigma = multiply(&self.w, &multiply(&s, &self.w.adjoint()));
        Ok(if self.real {
            Matrix::from_fn(n, n, |i, j| 0.5 * (sigma[(i, j)] + sigma[(j, i)]))
        } else {
            sigma
        })
    }

    /// Energies in `[low, high]` (in t) at which a mode opens or closes, ascending: the extrema of the bands, looked for at steps of pi/128
    /// in k.
    ///
    /// # Errors
    /// [`LeadError`] if the bands cannot be found.
    pub fn thresholds(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        let r = self.cell.rank();
        if r == 0 {
            return Ok(Vec::new());
        }
        let v = multiply(&self.cell.end(0), &self.cell.end(r).adjoint());
        let mut found = Bands { h: &self.cell.h, v: &v, symmetric: self.real }.extrema(low, high)?;
        found.retain(|e| (low..=high).contains(e));
        found.sort_by(f64::total_cmp);
        found.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        Ok(found)
    }

    /// [`modes`](Self::modes) on some sites of cell 0, for a hopping that starts from no others.
    pub(super) fn modes_on(&self, energy: f64, sites: Range<usize>) -> Result<Modes, LeadError> {
        let solved = if self.cell.rank() == 0 {
            Arc::new(Solved { self_energy: self.closed(), modes: self.cell.bloch(energy) })
        } else {
            self.solved(energy)?
        };
        let (found, modes) = (&solved.self_energy, solved.modes.as_ref().map_err(LeadError::clone)?);
        let (from, n) = (sites.start, sites.len());
        let waves = |modes: &Propagating| {
            let psi = self.reached.as_ref().map(|states| multiply(states, &modes.psi));
            let psi = psi.as_ref().unwrap_or(&modes.psi);
            Waves {
                waves: Matrix::from_fn(n, psi.cols(), |i, k| psi[(from + i, k)]),
                momenta: modes.momenta.clone(),
                velocities: modes.velocities.clone(),
            }
        };
        let part = |m: &Matrix| Matrix::from_fn(n, n, |i, j| m[(from + i, from + j)]);
        let self_energy = LeadSelfEnergy {
            sigma: part(&found.sigma),
            derivative: part(&found.derivative),
            open_modes: found.open_modes,
        };
        let incoming = (!self.real).then(|| waves(&modes.incoming));
        Ok(Modes::from_waves(waves(&modes.outgoing), incoming, self_energy))
    }

    fn by_modes(&self, energy: f64) -> Result<Solution, LeadError> {
        let (n, r) = (self.interface_orbitals(), self.cell.rank());
        let modes = self.cell.bloch(energy)?;
        let surface = self.cell.surface(energy, &modes);
        let surface = surface.ok_or(LeadError::Modes { energy, outgoing: r, wanted: r })?;
        let on_cell = |s: &Matrix| {
            let full = multiply(&self.w, &multiply(s, &self.w.adjoint()));
            // time reversal makes it symmetric; rounding does not
            let mean = |i, j| 0.5 * (full[(i, j)] + full[(j, i)]);
            if self.real { Matrix::from_fn(n, n, mean) } else { full }
        };
        Ok(Solution {
            gap: modes.gap(),
            sigma: on_cell(&surface.s),
            derivative: surface.derivative(&modes.incoming, &modes.outgoing).as_ref().map(on_cell),
            residual: surface.residual,
            modes,
        })
    }

    /// The self-energy where bands cross with opposite velocities, as at the Dirac point of a metallic ribbon: two modes of one Bloch
    /// factor are told apart badly there, but nothing opens and the self-energy is analytic. None if it is not.
    fn through_crossing(&self, energy: f64) -> Option<LeadSelfEnergy> {
        const STEP: f64 = 1e-4;
        let n = self.interface_orbitals();
        let around: Vec<LeadSelfEnergy> = [-2.0, -1.0, 1.0, 2.0]
            .iter()
            .map(|k| self.by_modes(energy + k * STEP).ok()?.up_to(SOUND))
            .collect::<Option<_>>()?;
        let same_modes = around.iter().all(|s| s.open_modes == around[0].open_modes);
        // cubic interpolation; the means of the near and of the far pair differ by (3/2) STEP^2 times the second derivative
        let between = |of: &dyn Fn(&LeadSelfEnergy) -> &Matrix| {
            let [a, b, c, d] = [0, 1, 2, 3].map(|k| of(&around[k]));
            let mean = |x: &Matrix, y: &Matrix| Matrix::from_fn(n, n, |i, j| 0.5 * (x[(i, j)] + y[(i, j)]));
            let (far, near) = (mean(a, d), mean(b, c));
            let bend = Matrix::from_fn(n, n, |i, j| near[(i, j)] - far[(i, j)]);
            let value = Matrix::from_fn(n, n, |i, j| near[(i, j)] + bend[(i, j)] / 3.0);
            (bend.max_norm() < 1e-3 * (1.0 + near.max_norm())).then_some(value)
        };
        let (sigma, derivative) = (between(&|s| &s.sigma)?, between(&|s| &s.derivative)?);
        same_modes.then_some(LeadSelfEnergy { sigma, derivative, open_modes: around[0].open_modes })
    }
}

fn add(sum: &mut Matrix, part: &Matrix) {
    sum.as_mut_slice().iter_mut().zip(part.as_slice()).for_each(|(a, b)| *a += b);
}

/// u and w of `v = u w^+`, with as many columns as the rank of v: singular vectors times the root of their singular values. Rows and columns
/// of v that vanish are left out of the decomposition, so that u and w vanish there exactly.
fn factors(v: &Matrix) -> Result<(Matrix, Matrix), eigen::NoConvergence> {
    let (n, m) = (v.rows(), v.cols());
    let rows: Vec<usize> = (0..n).filter(|&i| (0..m).any(|j| v[(i, j)] != C64::ZERO)).collect();
    let cols: Vec<usize> = (0..m).filter(|&j| (0..n).any(|i| v[(i, j)] != C64::ZERO)).collect();
    if rows.is_empty() {
        return Ok((Matrix::zeros(n, 0), Matrix::zeros(m, 0)));
    }
    let parts = eigen::singular(&Matrix::from_fn(rows.len(), cols.len(), |i, j| v[(rows[i], cols[j])]))?;
    let rank = parts.values.iter().filter(|s| **s > RANK * parts.values[0]).count();
    let spread = |vectors: &Matrix, at: &[usize], order: usize| {
        let mut out = Matrix::zeros(order, rank);
        for k in 0..rank {
            for (i, &site) in at.iter().enumerate() {
                out[(site, k)] = parts.values[k].sqrt() * vectors[(i, k)];
            }
        }
        out
    };
    Ok((spread(&parts.u, &rows, n), spread(&parts.w, &cols, m)))
}

#[cfg(test)]
mod tests;
