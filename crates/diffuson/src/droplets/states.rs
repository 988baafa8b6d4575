//! Eigenstates of one sample, kept real where the Hamiltonian is.

use super::{DropletError, require};
use diffuson_linalg::{Matrix, eigen};

/// Levels and states of a Hermitian matrix.
pub(super) struct States {
    /// Levels, ascending.
    pub(super) levels: Vec<f64>,
    /// Real parts of the states, one state after the other, and imaginary ones unless all are zero.
    pub(super) parts: Vec<Vec<f64>>,
}

/// Largest deviation of a Hamiltonian from its adjoint, per largest entry: rounding.
const HERMITIAN: f64 = 1e-10;

impl States {
    pub(super) fn new(hamiltonian: &Matrix) -> Result<Self, DropletError> {
        let n = hamiltonian.rows();
        let entries = hamiltonian.as_slice();
        if entries.iter().all(|z| z.im == 0.0) {
            let real: Vec<f64> = entries.iter().map(|z| z.re).collect();
            let found = eigen::symmetric(&real, n).map_err(|_| DropletError::Eigenvalues)?;
            return Ok(Self { levels: found.values, parts: vec![found.vectors] });
        }
        let found = eigen::hermitian(hamiltonian).map_err(|_| DropletError::Eigenvalues)?;
        let part = |of: fn(&diffuson_linalg::C64) -> f64| found.vectors.as_slice().iter().map(of).collect();
        Ok(Self { levels: found.values, parts: vec![part(|z| z.re), part(|z| z.im)] })
    }

    /// `sum_a w_a |psi_a(x)|^2` for every site x, summed over its orbitals, with a weight for every level.
    pub(super) fn density(&self, orbitals: usize, weights: &[f64]) -> Vec<f64> {
        let n = self.levels.len();
        let mut density = vec![0.0; n / orbitals];
        for part in &self.parts {
            for (state, weight) in part.chunks_exact(n).zip(weights).filter(|(_, w)| **w != 0.0) {
                for (at, site) in density.iter_mut().zip(state.chunks_exact(orbitals)) {
                    *at += weight * site.iter().map(|x| x * x).sum::<f64>();
                }
            }
        }
        density
    }
}

/// Checks a sample: a Hermitian matrix of finite numbers, of whole sites; a positive temperature. Gives the number of sites.
pub(super) fn validate(
    hamiltonian: &Matrix,
    orbitals: usize,
    temperature: f64,
) -> Result<usize, DropletError> {
    let n = hamiltonian.rows();
    require(
        "columns of the Hamiltonian",
        hamiltonian.cols() as f64,
        hamiltonian.cols() == n,
        "as many as rows",
    )?;
    let whole = orbitals > 0 && n > 0 && n.is_multiple_of(orbitals);
    require("orbitals per site", orbitals as f64, whole, "a divisor of the number of states")?;
    require("temperature", temperature, temperature > 0.0 && temperature.is_finite(), "positive")?;
    let size = hamiltonian.max_norm();
    require("largest entry of the Hamiltonian", size, size.is_finite(), "finite")?;
    let pairs = (0..n).flat_map(|j| (0..=j).map(move |i| (i, j)));
    let adjoint =
        pairs.map(|(i, j)| (hamiltonian[(i, j)] - hamiltonian[(j, i)].conj()).norm()).fold(0.0, f64::max);
    require(
        "deviation of the Hamiltonian from its adjoint",
        adjoint,
        adjoint <= HERMITIAN * size,
        "rounding",
    )?;
    Ok(n / orbitals)
}
