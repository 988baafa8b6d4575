//! Anderson's model on a square torus: one orbital per site, random site energies, hopping 1.

use super::{DropletError, require};
use crate::disorder::{Disorder, Fields, Run};
use diffuson_linalg::{C64, Matrix};

/// `H = sum_x e_x |x><x| - sum_<xy> |x><y| - E`, on `size` x `size` sites with periodic ends, energies e_x uniform in [-width/2, width/2], all in units of the hopping; E is the
/// Fermi energy. Time reversal is unbroken. Diffusion constant and density of states are calibrated with [`Relaxation`](super::Relaxation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AndersonLattice {
    size: usize,
    width: f64,
    fermi_energy: f64,
}

/// The random field of the site energies.
const ONSITE: u32 = 0;

impl AndersonLattice {
    /// A model by its side, the width of its box of energies and its Fermi energy (0 is the centre of the band, where the clean lattice has its van Hove singularity and sites of two
    /// sublattices are alike; -1 is away from both).
    ///
    /// # Errors
    /// Fewer than 3 sites along a side, which would be neighbours twice; a width below 0; numbers that are not finite.
    pub fn new(size: usize, width: f64, fermi_energy: f64) -> Result<Self, DropletError> {
        require("sites along a side", size as f64, size >= 3, "at least 3")?;
        require("width of the disorder", width, width >= 0.0 && width.is_finite(), "at least 0")?;
        require("Fermi energy", fermi_energy, fermi_energy.is_finite(), "finite")?;
        Ok(Self { size, width, fermi_energy })
    }

    /// Sites along a side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        self.size * self.size
    }

    /// The Hamiltonian of one sample, energies from the Fermi energy; site (x, y) is number `x + size y`. A pure function of random field 0.
    pub fn sample(&self, fields: &dyn Fields) -> Matrix {
        let (size, sites) = (self.size, self.sites());
        let onsite =
            Disorder::Box { width: self.width }.onsite(sites, &Run { fields, field: ONSITE, first: 0 });
        let mut hamiltonian = Matrix::zeros(sites, sites);
        for (site, energy) in onsite.iter().enumerate() {
            let [x, y] = [site % size, site / size];
            hamiltonian[(site, site)] = C64::new(energy - self.fermi_energy, 0.0);
            for neighbour in [y * size + (x + 1) % size, (y + 1) % size * size + x] {
                hamiltonian[(site, neighbour)] = C64::new(-1.0, 0.0);
                hamiltonian[(neighbour, site)] = C64::new(-1.0, 0.0);
            }
        }
        hamiltonian
    }
}
