//! Defects that move, in a metallic point contact: electrons dress them, so that a position's energy and its conductance belong together, and what occupies
//! the positions changes the conductance with temperature and bias: zero-bias anomalies.
//!
//! The theory is that of V. I. Kozub and A. M. Rudin, "Zero-bias anomalies of point contact resistance due to adiabatic electron renormalization of dynamical
//! defects"; equation numbers are theirs.
//!
//! # Units
//!
//! In the continuum lengths are in `1/k_F`, energies in `e_F` and `hbar^2/2m = 1`, so that `k = sqrt(E)` and `hbar v_F = 2`; on a lattice lengths are in a, energies
//! in t. Conductances are in e^2/h. **Both spins are counted** in conductances and energies, unlike elsewhere in the crate: the energy of a defect is compared with kT.

//!
//! # What answers what
//!
//! | question | function |
//! |---|---|
//! | transition rates under bias, with phonons | [`Bath`] |
//! | many mobile defects that interact; quench, annealing | [`InteractingDefects`], [`Occupation`] |
//! | their equilibrium at many temperatures | [`ReplicaExchange`] |
//! | their motion in time, under bias | [`KineticMonteCarlo`] |
//! | spectra of traces; telegraph noise and 1/f noise in closed form | [`Spectrum`], [`Telegraph`] |

mod bath;
mod interacting;
mod kinetic;
mod replica_exchange;
mod spectrum;

pub use bath::Bath;
pub use interacting::{Ball, Coupling, InteractingDefects, Occupation, Places, RandomPlacement, Sequence};
pub use kinetic::{Hop, KineticMonteCarlo, TimeAverage};
pub use replica_exchange::{Equilibrium, ReplicaExchange};
pub use spectrum::{Spectrum, Telegraph};

use crate::audit::Audit;

/// The positions of one mobile defect, dressed by the electrons. Both spins.
#[derive(Clone, Debug, PartialEq)]
pub struct Dressed {
    /// Grand potential of the electrons with the defect at each position, less that of the conductor without scatterers.
    pub energy: Vec<f64>,
    /// Conductance with the defect at each position, less that of the conductor without scatterers, in e^2/h.
    pub conductance: Vec<f64>,
    /// Laws that the two obey.
    pub audit: Audit,
}

impl Dressed {
    /// The fluctuator made of two positions. None if their energies are the same.
    pub fn fluctuator(&self, one: usize, other: usize) -> Option<Fluctuator> {
        let energy = self.energy[one] - self.energy[other];
        let conductance = self.conductance[one] - self.conductance[other];
        (energy != 0.0)
            .then(|| Fluctuator { splitting: energy.abs(), conductance: conductance * energy.signum() })
    }
}

/// A defect that switches between two positions (Eq. 11).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fluctuator {
    /// Energy of the upper level above the lower one, positive (E).
    pub splitting: f64,
    /// Conductance of the upper level less that of the lower one, in e^2/h.
    pub conductance: f64,
}

/// What is asked of defects that they cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DefectError {
    /// A number out of range.
    #[error("{name} is {value}; allowed: {allowed}")]
    OutOfRange {
        /// What the number is.
        name: &'static str,
        /// The number.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
}

/// The number, if it is allowed.
pub(crate) fn require(
    name: &'static str,
    value: f64,
    holds: bool,
    allowed: &'static str,
) -> Result<f64, DefectError> {
    holds.then_some(value).ok_or(DefectError::OutOfRange { name, value, allowed })
}
