//! The Green function between the leads, from the Schur complement on the surface.

use super::{Factorised, REFINED, irregular, is_absorbing, rows};
use crate::audit::Audit;
use crate::conductor::Dressed;
use crate::scattering::dense::multiply;
use crate::scattering::{SolveError, Work, nan_max};
use diffuson_linalg::sparse::{Parallelism, Values};
use diffuson_linalg::{C64, Matrix};

/// The Green function on the surface.
pub(in crate::scattering) fn surface(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    parallelism: Parallelism,
) -> Result<(Matrix, Work, Audit), SolveError> {
    let factorised = Factorised::new(dressed, onsite, parallelism)?;
    Ok((factorised.on_surface(), factorised.work(), factorised.audit()))
}

/// The Schur complement M of a real matrix on the surface, column after column; none where rounding was amplified, or rows were left over.
///
/// It is tested by elimination of another kind: for any x, `M x_s` is what elimination makes of the right-hand side A x.
pub(in crate::scattering) fn real_schur(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    parallelism: Parallelism,
) -> Option<(Vec<f64>, Work, Audit)> {
    let mut factorised = Factorised::open(dressed, onsite, parallelism);
    let workspace = factorised.workspace();
    let (m, surface) = (workspace.real_schur()?, dressed.surface());
    let n = surface.len();
    if m.len() != n * n {
        return None;
    }
    let orbitals = dressed.conductor.hamiltonian().orbitals();
    let x: Vec<f64> = (0..orbitals).map(irregular).collect();
    let reduced = workspace.reduced(&factorised.apply_real(&x))?;
    let (mut residual, mut norm) = (vec![0.0; n], vec![0.0; n]);
    for (j, &col) in surface.iter().enumerate() {
        for i in 0..n {
            residual[i] += m[j * n + i] * x[col];
            norm[i] += m[j * n + i].abs();
        }
    }
    let worst = residual.iter().zip(reduced).map(|(m_x, b)| (m_x - b).abs()).fold(0.0, nan_max);
    // x is at most one half
    let norm = norm.into_iter().fold(factorised.norm(), nan_max);
    let (m, error) = (m.to_vec(), worst / (0.5 * norm));
    factorised.backward_error = error;
    let work = Work { factorisations: 1, inversions: 1, energies: 1, ..Work::default() };
    (error <= REFINED).then(|| (m, work, factorised.audit()))
}

impl Factorised<'_> {
    /// `A x` of a real matrix, without the self-energies of leads.
    fn apply_real(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; x.len()];
        let entries = self.dressed.conductor.hamiltonian().entries();
        for ((i, j, _), value) in entries.zip(&self.workspace().real) {
            y[i] += value * x[j];
            if i != j {
                y[j] += value * x[i];
            }
        }
        y
    }

    /// G on the surface.
    fn on_surface(&self) -> Matrix {
        if self.refine {
            let surface = self.dressed.surface();
            return rows(&self.columns(surface), surface);
        }
        self.workspace().kept_inverse()
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
