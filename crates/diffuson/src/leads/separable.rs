//! Leads whose slices are all alike and joined site to site: transverse modes times a semi-infinite chain each,
//! `Sigma = sum_n chi_n s(E - e_n) chi_n^T`.

use super::chain::chain_self_energy;
use super::{LeadError, LeadSelfEnergy};
use crate::lattice::Lattice;
use diffuson_linalg::{C64, Matrix, eigen};

/// Transverse modes of a lead, in ascending energy e_n.
#[derive(Clone, Debug)]
pub(super) struct Separable {
    energies: Vec<f64>,
    modes: Vec<f64>,
}

impl Separable {
    pub(super) fn new(lattice: &Lattice) -> Result<Self, LeadError> {
        let n = lattice.slice_sites();
        let slice: Vec<f64> = lattice.slice_hamiltonian(0).as_slice().iter().map(|z| z.re).collect();
        let failed = |_| LeadError::Modes { energy: 0.0, outgoing: 0, wanted: n };
        let eigen = eigen::symmetric(&slice, n).map_err(failed)?;
        Ok(Self { energies: eigen.values, modes: eigen.vectors })
    }

    pub(super) fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        let n = self.energies.len();
        let (mut sigma, mut derivative) = (Matrix::zeros(n, n), Matrix::zeros(n, n));
        let mut open_modes = 0;
        for (e_n, chi) in self.energies.iter().zip(self.modes.chunks_exact(n)) {
            let x = energy - e_n;
            if (x.abs() - 2.0).abs() < 1e-12 {
                return Err(LeadError::Threshold { threshold: e_n + x.signum() * 2.0 });
            }
            open_modes += usize::from(x.abs() < 2.0);
            let (s, ds) = chain_self_energy(x, 1.0);
            for j in 0..n {
                for i in 0..n {
                    sigma[(i, j)] += s * (chi[i] * chi[j]);
                    derivative[(i, j)] += ds * (chi[i] * chi[j]);
                }
            }
        }
        symmetrise(&mut sigma);
        symmetrise(&mut derivative);
        Ok(LeadSelfEnergy { sigma, derivative, open_modes: Some(open_modes) })
    }

    pub(super) fn thresholds(&self) -> Vec<f64> {
        self.energies.iter().flat_map(|e_n| [e_n - 2.0, e_n + 2.0]).collect()
    }
}

/// Removes the rounding error by which a symmetric matrix differs from its transpose.
pub(super) fn symmetrise(m: &mut Matrix) {
    for j in 0..m.cols() {
        for i in j + 1..m.rows() {
            let mean: C64 = 0.5 * (m[(i, j)] + m[(j, i)]);
            m[(i, j)] = mean;
            m[(j, i)] = mean;
        }
    }
}
