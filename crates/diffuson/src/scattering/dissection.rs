//! Nested dissection: Green functions of conductors of any shape from one sparse factorisation.
//!
//! The surface, that is, the orbitals leads are attached to, is eliminated last: what elimination of all others leaves there is
//! `M = A_ss - A_sr A_rr^-1 A_rs` of `A = E - H - Sigma_probes`, and `(M - Sigma_leads)^-1` is the Green function between the leads. Without probes A is
//! Hermitian, without magnetic field real: the kind of arithmetic is chosen accordingly. The order of elimination belongs to the conductor and is found once.

mod columns;
mod surface;

pub(super) use columns::solve;
pub(super) use surface::{from_modes, real_schur};

use super::dense::multiply;
use super::{SolveError, Work};
use crate::audit::{Audit, laws};
use crate::conductor::{Conductor, Dressed};
use diffuson_linalg::sparse::{Analysis, Factor, Parallelism, Values};
use diffuson_linalg::{C64, Matrix};
use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What a conductor keeps for its factorisations: the analysis, and memory given back by earlier ones.
#[derive(Debug, Default)]
pub(crate) struct Dissection {
    analysis: OnceLock<Arc<Analysis>>,
    free: Mutex<Vec<Workspace>>,
}

/// Memory of one factorisation.
#[derive(Debug)]
struct Workspace {
    factor: Factor,
    real: Vec<f64>,
    lower: Vec<C64>,
    upper: Vec<C64>,
}

impl Dissection {
    /// The order of elimination, found when first asked for.
    pub(crate) fn analysis(&self, conductor: &Conductor) -> &Arc<Analysis> {
        self.analysis.get_or_init(|| {
            let h = conductor.hamiltonian();
            let entries: Vec<(u32, u32)> = h.entries().map(|(i, j, _)| (i as u32, j as u32)).collect();
            let sites = 0..h.sites();
            let positions: Vec<[f64; 3]> =
                sites.flat_map(|site| h.orbitals_of(site).map(move |_| h.position(site))).collect();
            Arc::new(Analysis::new(h.orbitals(), &entries, &positions, conductor.surface()))
        })
    }

    fn take(&self, dressed: &Dressed<'_>) -> Workspace {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Workspace {
            factor: Factor::new(self.analysis(dressed.conductor).clone()),
            real: Vec::new(),
            lower: Vec::new(),
            upper: Vec::new(),
        })
    }
}

/// The magnetic field as it is, or reversed: `E - H - Sigma` transposed, the Green function of electrons on their way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    AsIs,
    Reversed,
}

/// `E - H - Sigma` of one realisation, factorised. Its memory goes back to the conductor.
pub(crate) struct Factorised<'d> {
    dressed: &'d Dressed<'d>,
    sigma: Matrix,
    /// Of a solution, refined if it takes that.
    backward_error: f64,
    refine: bool,
    /// Right-hand sides so far.
    solves: Cell<usize>,
    /// Always there until dropped.
    workspace: Option<Workspace>,
}

impl Drop for Factorised<'_> {
    fn drop(&mut self) {
        let free = &self.dressed.conductor.dissection.free;
        free.lock().unwrap_or_else(PoisonError::into_inner).extend(self.workspace.take());
    }
}

impl Deref for Workspace {
    type Target = Factor;

    fn deref(&self) -> &Factor {
        &self.factor
    }
}

impl DerefMut for Workspace {
    fn deref_mut(&mut self) -> &mut Factor {
        &mut self.factor
    }
}

impl<'d> Factorised<'d> {
    /// Factorises, and inverts what is left on the surface.
    pub(super) fn new(
        dressed: &'d Dressed<'d>,
        onsite: &[f64],
        parallelism: Parallelism,
    ) -> Result<Self, SolveError> {
        Self::in_field(dressed, onsite, Field::AsIs, parallelism)
    }

    /// The same in the field asked for.
    pub(crate) fn in_field(
        dressed: &'d Dressed<'d>,
        onsite: &[f64],
        field: Field,
        parallelism: Parallelism,
    ) -> Result<Self, SolveError> {
        let mut factorised = Self::open(dressed, onsite, field, parallelism);
        if let Some(workspace) = &mut factorised.workspace {
            let closed = workspace.close(Some(&factorised.sigma));
            closed.map_err(|cause| SolveError::Singular { energy: dressed.energy, slice: 0, cause })?;
        }
        factorised.backward_error = factorised.test();
        factorised.refine = !(factorised.backward_error <= REFINED);
        if factorised.refine {
            factorised.backward_error = factorised.test();
        }
        Ok(factorised)
    }

    /// Factorises all but the surface.
    fn open(dressed: &'d Dressed<'d>, onsite: &[f64], field: Field, parallelism: Parallelism) -> Self {
        let mut workspace = dressed.conductor.dissection.take(dressed);
        workspace.set_parallelism(parallelism);
        let Workspace { factor, real, lower, upper } = &mut workspace;
        let h = dressed.conductor.hamiltonian();
        if dressed.is_real() {
            dressed.entries_real(onsite, real);
            factor.factorise(Values::Real(real));
        } else {
            dressed.entries_complex(onsite, lower);
            if field == Field::Reversed {
                let off_diagonal = h.entries().zip(&mut *lower).filter(|((i, j, _), _)| i != j);
                off_diagonal.for_each(|(_, z)| *z = z.conj());
            }
            if h.is_real() {
                factor.factorise(Values::Symmetric(lower));
            } else if !is_absorbing(dressed) {
                factor.factorise(Values::Hermitian(lower));
            } else {
                upper.clear();
                let mirrored = h.entries().zip(&*lower);
                upper.extend(mirrored.map(|((i, j, _), z)| if i == j { *z } else { z.conj() }));
                factor.factorise(Values::General { lower, upper });
            }
        }
        Self {
            dressed,
            sigma: match field {
                Field::AsIs => dressed.surface_self_energy(),
                Field::Reversed => dressed.surface_self_energy().transpose(),
            },
            backward_error: 0.0,
            refine: false,
            solves: Cell::new(0),
            workspace: Some(workspace),
        }
    }

    fn workspace(&self) -> &Workspace {
        self.workspace.as_ref().expect("there until dropped")
    }

    /// `A x`, self-energies of leads included.
    fn apply(&self, x: &[C64]) -> Vec<C64> {
        let mut y = self.apply_sparse(x);
        for (j, &col) in self.dressed.surface().iter().enumerate() {
            for (i, &row) in self.dressed.surface().iter().enumerate() {
                y[row] -= self.sigma[(i, j)] * x[col];
            }
        }
        y
    }

    /// `A x` without the self-energies of leads: of the matrix factorised.
    fn apply_sparse(&self, x: &[C64]) -> Vec<C64> {
        let workspace = self.workspace();
        let h = self.dressed.conductor.hamiltonian();
        let mut y = vec![C64::ZERO; x.len()];
        let real = self.dressed.is_real();
        for (e, (i, j, _)) in h.entries().enumerate() {
            let below = if real { C64::from(workspace.real[e]) } else { workspace.lower[e] };
            y[i] += below * x[j];
            if i != j {
                y[j] += below.conj() * x[i];
            }
        }
        y
    }

    /// `A^-1 b`, refined once where elimination amplified rounding.
    pub(crate) fn solve(&self, b: Matrix) -> Matrix {
        self.solves.set(self.solves.get() + b.cols());
        if !self.refine {
            let mut x = b;
            self.workspace().solve(&mut x);
            return x;
        }
        let mut x = b.clone();
        self.workspace().solve(&mut x);
        let mut residual = b;
        for c in 0..x.cols() {
            let y = self.apply(x.col(c));
            residual.col_mut(c).iter_mut().zip(y).for_each(|(r, y)| *r -= y);
        }
        self.workspace().solve(&mut residual);
        x.as_mut_slice().iter_mut().zip(residual.as_slice()).for_each(|(x, d)| *x += d);
        x
    }

    /// Columns of G.
    pub(crate) fn columns(&self, which: &[usize]) -> Matrix {
        if self.refine {
            let mut unit = Matrix::zeros(self.dressed.conductor.hamiltonian().orbitals(), which.len());
            which.iter().enumerate().for_each(|(c, &row)| unit[(row, c)] = C64::ONE);
            return self.solve(unit);
        }
        self.solves.set(self.solves.get() + which.len());
        self.workspace().columns(which)
    }

    /// `G W` on all orbitals for numbers W on the surface, a column for each mode.
    pub(super) fn states(&self, modes: &Matrix) -> Matrix {
        let mut rhs = Matrix::zeros(self.dressed.conductor.hamiltonian().orbitals(), modes.cols());
        for c in 0..modes.cols() {
            self.dressed.surface().iter().enumerate().for_each(|(i, &row)| rhs[(row, c)] = modes[(i, c)]);
        }
        self.solve(rhs)
    }

    /// G_kk of some orbitals, ascending.
    pub(super) fn diagonal(&self, orbitals: &[usize]) -> Vec<C64> {
        if self.refine {
            let block = |orbitals: &[usize]| {
                let columns = self.columns(orbitals);
                orbitals.iter().enumerate().map(|(c, &k)| columns[(k, c)]).collect::<Vec<_>>()
            };
            return orbitals.chunks(COLUMNS).flat_map(block).collect();
        }
        let starts = self.dressed.conductor.hamiltonian().column_starts();
        let found = self.workspace().selected().lower;
        orbitals.iter().map(|&k| found[starts[k]]).collect()
    }

    /// `dG/dE = -G X G`, `X = 1 - dSigma/dE`, of columns of G.
    fn slopes(&self, columns: &Matrix) -> Matrix {
        let (dressed, h) = (self.dressed, self.dressed.conductor.hamiltonian());
        let mut rhs = Matrix::zeros(columns.rows(), columns.cols());
        for c in 0..columns.cols() {
            for (site, probe) in dressed.sites.iter().enumerate() {
                let unit = probe.derivative - C64::ONE;
                h.orbitals_of(site).for_each(|i| rhs[(i, c)] = unit * columns[(i, c)]);
            }
        }
        let surface = dressed.surface();
        let of_leads = multiply(&dressed.surface_self_energy_derivative(), &rows(columns, surface));
        for c in 0..columns.cols() {
            surface.iter().enumerate().for_each(|(i, &row)| rhs[(row, c)] += of_leads[(i, c)]);
        }
        self.solve(rhs)
    }

    /// `|b - A x| / (|A| |x| + |b|)` of a solution x for a right-hand side b of no regularity, in the norm of the largest entry: rounding of
    /// the entries of A alone makes it some machine epsilons.
    fn test(&self) -> f64 {
        let n = self.dressed.conductor.hamiltonian().orbitals();
        let b = Matrix::from_fn(n, 1, |i, _| C64::from(irregular(i)));
        let x = self.solve(b.clone());
        let y = self.apply(x.col(0));
        let residual = y.iter().zip(b.col(0)).map(|(y, b)| (y - b).norm()).fold(0.0, super::nan_max);
        residual / (self.norm() * x.max_norm() + b.max_norm())
    }

    /// Largest row sum of moduli of the sparse part.
    pub(super) fn norm(&self) -> f64 {
        let workspace = self.workspace();
        let h = self.dressed.conductor.hamiltonian();
        let real = self.dressed.is_real();
        let mut sums = vec![0.0; h.orbitals()];
        for (e, (i, j, _)) in h.entries().enumerate() {
            let size = if real { workspace.real[e].abs() } else { workspace.lower[e].norm() };
            sums[i] += size;
            if i != j {
                sums[j] += size;
            }
        }
        sums.into_iter().fold(0.0, f64::max)
    }

    pub(crate) fn audit(&self) -> Audit {
        let mut audit = Audit::default();
        audit.record(laws::BACKWARD_ERROR, self.backward_error, REFINED);
        audit
    }

    pub(crate) fn work(&self) -> Work {
        Work { factorisations: 1, inversions: 1, solves: self.solves.get(), energies: 1 }
    }
}

/// A backward error beyond which solutions are refined; pivots that amplify rounding, which are rare, leave some 1e-12.
const REFINED: f64 = 1e-11;

/// Columns of G solved for at a time where not all are kept: enough for products of matrices, few beside the sites.
const COLUMNS: usize = 64;

/// Numbers of no regularity between -1/2 and 1/2: the golden ratio's multiples are spread evenly.
fn irregular(i: usize) -> f64 {
    0.5 - (i as f64 * 0.618_033_988_749_894_9).fract()
}

/// Whether a probe has an open band, or the energy is off the real axis: then A is not Hermitian.
fn is_absorbing(dressed: &Dressed<'_>) -> bool {
    dressed.broadening != 0.0 || dressed.sites.iter().any(|probe| probe.sigma.im != 0.0)
}

/// Some rows of a matrix.
pub(super) fn rows(m: &Matrix, which: &[usize]) -> Matrix {
    Matrix::from_fn(which.len(), m.cols(), |i, c| m[(which[i], c)])
}

#[cfg(test)]
mod tests;
