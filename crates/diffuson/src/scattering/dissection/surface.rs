//! The Green function between the leads, from the Schur complement on the surface.

use super::{Factorised, Field, REFINED, irregular, is_absorbing, rows};
use crate::audit::Audit;
use crate::conductor::Dressed;
use crate::scattering::dense::multiply;
use crate::scattering::{SolveError, Work, nan_max};
use diffuson_linalg::sparse::{Parallelism, Values};
use diffuson_linalg::{C64, Matrix, solve};

/// `G W` on the surface for the modes W of the leads: `(M - Sigma) X = W` with the Schur complement M, or, where elimination amplified rounding, refined
/// solutions of the whole.
///
/// Solved rather than multiplied with the inverse: a level at the very energy that no open mode couples to makes G as large as it likes, not `W^+ G W`.
pub(in crate::scattering) fn from_modes(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    modes: &Matrix,
    parallelism: Parallelism,
) -> Result<(Matrix, Work, Audit), SolveError> {
    let surface = dressed.surface();
    let mut factorised = Factorised::open(dressed, onsite, Field::AsIs, parallelism);
    if factorised.has_sound_schur() {
        let mut m = factorised.workspace().schur();
        for j in 0..surface.len() {
            (0..surface.len()).for_each(|i| m[(i, j)] -= factorised.sigma[(i, j)]);
        }
        let on_surface = |i: usize, c| if i < surface.len() { modes[(i, c)] } else { C64::ZERO };
        let padded = Matrix::from_fn(m.rows(), modes.cols(), on_surface);
        let singular = |cause| SolveError::Singular { energy: dressed.energy, slice: 0, cause };
        let x = solve(&m, &padded).map_err(singular)?;
        let x = Matrix::from_fn(surface.len(), modes.cols(), |i, c| x[(i, c)]);
        return Ok((x, factorised.work(), factorised.audit()));
    }
    drop(factorised);
    let factorised = Factorised::new(dressed, onsite, parallelism)?;
    let x = rows(&factorised.states(modes), surface);
    Ok((x, factorised.work(), factorised.audit()))
}

/// The Schur complement M of a real matrix on the surface, column after column; none where rounding was amplified, or rows were left over.
pub(in crate::scattering) fn real_schur(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    parallelism: Parallelism,
) -> Option<(Vec<f64>, Work, Audit)> {
    let mut factorised = Factorised::open(dressed, onsite, Field::AsIs, parallelism);
    if !factorised.has_sound_schur() {
        return None;
    }
    let m = factorised.workspace().real_schur()?;
    let whole = m.len() == dressed.surface().len().pow(2);
    whole.then(|| (m.to_vec(), factorised.work(), factorised.audit()))
}

impl Factorised<'_> {
    /// Tests the Schur complement M by elimination of another kind: for any x, `M x_s` is what elimination makes of the right-hand side A x.
    fn has_sound_schur(&mut self) -> bool {
        let orbitals = self.dressed.conductor.hamiltonian().orbitals();
        let x: Vec<C64> = (0..orbitals).map(|i| C64::from(irregular(i))).collect();
        let reduced = self.workspace().reduced(&self.apply_sparse(&x));
        let (m, remaining) = (self.workspace().schur(), self.workspace().remaining());
        let (mut residual, mut norm) = (reduced, vec![0.0; remaining.len()]);
        for (j, &row) in remaining.iter().enumerate() {
            for (i, z) in m.col(j).iter().enumerate() {
                residual[i] -= z * x[row];
                norm[i] += z.norm();
            }
        }
        let worst = residual.iter().map(|z| z.norm()).fold(0.0, nan_max);
        // x is at most one half
        self.backward_error = worst / (0.5 * norm.into_iter().fold(self.norm(), nan_max));
        self.backward_error <= REFINED
    }

    /// G on the surface.
    fn on_surface(&self) -> Matrix {
        if self.refine {
            let surface = self.dressed.surface();
            return rows(&self.columns(surface), surface);
        }
        self.workspace().kept_inverse()
    }

    /// `G W` on the surface for numbers W there, a column for each mode.
    pub(in crate::scattering) fn filled_by(&self, modes: &Matrix) -> Matrix {
        multiply(&self.on_surface(), modes)
    }

    /// G on the surface and, if asked for, `dG/dE = -G (dM/dE - dSigma/dE) G` of the Schur complement M.
    pub(super) fn on_surface_with_slope(&self, with_slope: bool) -> (Matrix, Option<Matrix>) {
        if !with_slope {
            return (self.on_surface(), None);
        }
        let surface = self.dressed.surface();
        let mut middle = if self.refine { Matrix::zeros(0, 0) } else { self.slope_of_schur() };
        if middle.rows() != surface.len() {
            // not all other rows could be eliminated, or not soundly
            let columns = self.columns(surface);
            return (rows(&columns, surface), Some(rows(&self.slopes(&columns), surface)));
        }
        let of_leads = self.dressed.surface_self_energy_derivative();
        middle.as_mut_slice().iter_mut().zip(of_leads.as_slice()).for_each(|(m, s)| *m = s - *m);
        let g = self.workspace().kept_inverse();
        let slope = multiply(&multiply(&g, &middle), &g);
        (g, Some(slope))
    }

    /// dM/dE: that of A is `1 - dSigma/dE` of the probes, on the diagonal.
    fn slope_of_schur(&self) -> Matrix {
        let (dressed, workspace) = (self.dressed, self.workspace());
        let h = dressed.conductor.hamiltonian();
        let mut slopes = vec![C64::ZERO; h.values().len()];
        for (site, probe) in dressed.sites.iter().enumerate() {
            let places = h.orbitals_of(site).map(|orbital| h.column_starts()[orbital]);
            places.for_each(|place| slopes[place] = C64::ONE - probe.derivative);
        }
        let (lower, upper) = (&slopes[..], &slopes[..]);
        if dressed.is_real() {
            let real: Vec<f64> = slopes.iter().map(|z| z.re).collect();
            workspace.slope(Values::Real(&real))
        } else if h.is_real() {
            workspace.slope(Values::Symmetric(lower))
        } else if is_absorbing(dressed) {
            workspace.slope(Values::General { lower, upper })
        } else {
            workspace.slope(Values::Hermitian(lower))
        }
    }
}
