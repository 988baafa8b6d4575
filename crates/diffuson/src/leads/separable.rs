//! Leads whose slices are all alike and joined site to site: transverse modes times a semi-infinite chain each,
//! `Sigma = sum_n chi_n s(E - e_n) chi_n^T`.

use super::chain::{chain_self_energy, continued_chain};
use super::modes::{Modes, Waves};
use super::{LeadError, LeadSelfEnergy};
use crate::lattice::Lattice;
use diffuson_linalg::eigen::{self, SymmetricEigen};
use diffuson_linalg::{C64, Matrix};

/// Transverse modes chi_n of a lead, in ascending energy e_n.
#[derive(Clone, Debug)]
pub(super) struct Separable(SymmetricEigen);

impl Separable {
    pub(super) fn new(lattice: &Lattice) -> Result<Self, LeadError> {
        let n = lattice.slice_sites();
        let slice: Vec<f64> = lattice.slice_hamiltonian(0).as_slice().iter().map(|z| z.re).collect();
        Ok(Self(eigen::symmetric(&slice, n).map_err(|_| LeadError::Bands)?))
    }

    pub(super) fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        let mut open_modes = 0;
        let (mut s, mut ds) = (Vec::new(), Vec::new());
        for e_n in &self.0.values {
            let x = energy - e_n;
            if (x.abs() - 2.0).abs() < 1e-12 {
                return Err(LeadError::Threshold { threshold: e_n + x.signum() * 2.0 });
            }
            open_modes += usize::from(x.abs() < 2.0);
            let (s_n, ds_n) = chain_self_energy(x, 1.0);
            s.push(s_n);
            ds.push(ds_n);
        }
        Ok(LeadSelfEnergy {
            sigma: self.0.function(&s),
            derivative: self.0.function(&ds),
            open_modes: Some(open_modes),
        })
    }

    /// Sigma at a complex energy.
    pub(super) fn continued(&self, energy: C64) -> Matrix {
        let s: Vec<C64> = self.0.values.iter().map(|e_n| continued_chain(energy - e_n)).collect();
        self.0.function(&s)
    }

    /// `chi_n / sqrt(v_n)` in both directions, where `E = e_n - 2 cos k_n` and `v_n = 2 sin k_n`.
    pub(super) fn modes(&self, energy: f64) -> Result<Modes, LeadError> {
        let self_energy = self.self_energy(energy)?;
        let n = self.0.values.len();
        let open: Vec<usize> = (0..n).filter(|&m| (energy - self.0.values[m]).abs() < 2.0).collect();
        let cosines: Vec<f64> = open.iter().map(|&m| -0.5 * (energy - self.0.values[m])).collect();
        let velocities: Vec<f64> = cosines.iter().map(|c| 2.0 * (1.0 - c * c).sqrt()).collect();
        let momenta = cosines.iter().zip(&velocities).map(|(c, v)| (0.5 * v).atan2(*c)).collect();
        let waves = Matrix::from_fn(n, open.len(), |i, k| {
            C64::new(self.0.vectors[open[k] * n + i] / velocities[k].sqrt(), 0.0)
        });
        Ok(Modes::from_waves(Waves { waves, momenta, velocities }, None, self_energy))
    }

    pub(super) fn thresholds(&self) -> Vec<f64> {
        self.0.values.iter().flat_map(|e_n| [e_n - 2.0, e_n + 2.0]).collect()
    }
}
