//! The clean lattice continued where its slices alternate (honeycomb): a periodic lead whose cell is a pair of slices.
//!
//! Going outward, cell j consists of slices (a, b), and slice b of cell 0 is the end slice of the conductor; cells are joined from b to
//! a, so that the self-energy acts on slice b alone.

use super::modes::Modes;
use super::periodic::PeriodicLead;
use super::{End, LeadError, LeadSelfEnergy};
use crate::lattice::Lattice;
use diffuson_linalg::{C64, Matrix};

/// A lead of two alternating slices.
#[derive(Clone, Debug)]
pub(super) struct Continuation {
    lead: PeriodicLead,
    /// Sites of a slice.
    n: usize,
}

impl Continuation {
    pub(super) fn new(lattice: &Lattice, end: End) -> Result<Self, LeadError> {
        let n = lattice.slice_sites();
        let (slice_b, outward) = match end {
            End::Left => (0, -1),
            End::Right => (lattice.slices() as isize - 1, 1),
        };
        let slice_a = slice_b + outward;
        let (h_a, h_b) = (lattice.slice_hamiltonian(slice_a), lattice.slice_hamiltonian(slice_b));
        let mut h = Matrix::zeros(2 * n, 2 * n);
        let mut v = Matrix::zeros(2 * n, 2 * n);
        for j in 0..n {
            for i in 0..n {
                h[(i, j)] = h_a[(i, j)];
                h[(n + i, n + j)] = h_b[(i, j)];
            }
        }
        let joined = |from: isize, k: usize| lattice.has_forward_bond(from.min(from + outward), k);
        for k in 0..n {
            // two slices on, the bonds are those between a and b
            if joined(slice_a, k) {
                h[(k, n + k)] = -C64::ONE;
                h[(n + k, k)] = -C64::ONE;
            }
            if joined(slice_b, k) {
                v[(k, n + k)] = -C64::ONE;
            }
        }
        Ok(Self { lead: PeriodicLead::new(h, v)?, n })
    }

    pub(super) fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        let LeadSelfEnergy { sigma, derivative, open_modes } = self.lead.self_energy(energy)?;
        Ok(LeadSelfEnergy {
            sigma: self.on_slice_b(&sigma),
            derivative: self.on_slice_b(&derivative),
            open_modes,
        })
    }

    /// Sigma at a complex energy.
    pub(super) fn continued(&self, energy: C64) -> Result<Matrix, LeadError> {
        Ok(self.on_slice_b(&self.lead.continued(energy)?))
    }

    pub(super) fn modes(&self, energy: f64) -> Result<Modes, LeadError> {
        self.lead.modes_on(energy, self.n..2 * self.n)
    }

    pub(super) fn thresholds(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        self.lead.thresholds(low, high)
    }

    fn on_slice_b(&self, m: &Matrix) -> Matrix {
        Matrix::from_fn(self.n, self.n, |i, j| m[(self.n + i, self.n + j)])
    }
}

#[cfg(test)]
mod tests {
    use super::super::separable::Separable;
    use super::*;
    use crate::lattice::{Boundary, Family};
    use crate::scattering::nan_max;

    /// Lattices that repeat after every slice, taken as cells of two: transverse modes give the same self-energy. Opposite transverse
    /// momenta make the modes degenerate; E = 0, where the cell of two slices folds bands onto each other, is interpolated.
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
                let pairs = Continuation::new(&lattice, end).unwrap();
                for energy in [-6.3, -4.4, -3.31, -1.7, -0.83, 0.0, 0.29, 1.27, 2.6, 3.3] {
                    let near = |t: &f64| (t - energy).abs() < 0.02;
                    if separable.thresholds().iter().any(near) {
                        continue;
                    }
                    let (want, got) =
                        (separable.self_energy(energy).unwrap(), pairs.self_energy(energy).unwrap());
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
