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
//! # Which answers what
//!
//! | question | answer |
//! |---|---|
//! | one scatterer; what Eqs. 1 to 3 estimate | [`single_scatterer`] |
//! | two scatterers; sums over pairs | [`pairs`] |
//! | two scatterers under bias | [`biased_pairs`] |
//! | any number of scatterers, to all orders; temperature, field | [`point_scatterers`] |
//! | how waves from one side of a contact interfere at two places | [`hemisphere_average`] |
//! | random backgrounds and positions | [`Placement`] |
//! | how energy and conductance of random contacts belong together, in closed form | [`correlation`] |
//! | kelvin, nanometres and millivolts | [`Metal`] |
//! | a contact on a lattice, in which scatterers sit on sites | [`LatticeContact`], its shape [`ContactShape`] |
//! | random backgrounds and positions on its sites | [`SitePlacement`] |
//! | how fast does a defect gain or lose an energy? | [`Bath`] |
//! | which level, which position does it occupy? | [`upper_occupation`], [`steady_state`]; audited by [`audit_occupations`] |
//! | what do fluctuators of all splittings add to the conductance? | [`response`]; at any place, in a band: [`mean_excitation`], [`mean_excitation_below`] |
//! | with which exponent, at which bias as much as at a temperature? | [`Anomaly`] |
//! | what does the paper estimate? | [`threshold`], [`step_estimate`], [`interpolation`]; better [`smooth_interpolation`] |
//! | what do given fluctuators add? | [`conductance_change`], [`saturation`] |
//! | defects of many positions | [`boltzmann_energy`], [`fermi_energy`], [`any_to_any_energy`] |
//! | E*, and where in an orifice a defect is | [`Tunnelling`], [`displacement`], [`orifice_share`] |
//! | many mobile defects that interact; quench, annealing | [`InteractingDefects`], [`Occupation`] |
//! | their equilibrium at many temperatures | [`ReplicaExchange`] |
//! | their motion in time, under bias | [`KineticMonteCarlo`] |
//! | spectra of traces; telegraph noise and 1/f noise in closed form | [`Spectrum`], [`Telegraph`] |
//! | the two-channel Kondo curve | [`KondoCurve`] |
//! | a measured anomaly in both pictures | [`zero_bias`] |

pub mod biased_pairs;
pub mod correlation;
pub mod pairs;
pub mod point_scatterers;
pub mod single_scatterer;
pub mod zero_bias;

mod anomaly;
mod backscattering;
mod bath;
mod contact_shape;
mod interacting;
mod interpolation;
mod kinetic;
mod kondo;
mod lattice_contact;
mod metal;
mod occupation;
mod placement;
mod replica_exchange;
mod site_placement;
mod spectrum;

pub use anomaly::{
    Anomaly, Tunnelling, any_to_any_energy, boltzmann_energy, conductance_change, displacement, fermi_energy,
    interpolation, mean_excitation, mean_excitation_below, orifice_share, response, saturation,
    smooth_interpolation, step_estimate, threshold,
};
pub use backscattering::hemisphere_average;
pub use bath::Bath;
pub use contact_shape::ContactShape;
pub use interacting::{Ball, Coupling, InteractingDefects, Occupation, Places, RandomPlacement, Sequence};
pub use kinetic::{Hop, KineticMonteCarlo, TimeAverage};
pub use kondo::{KondoCurve, kondo_lifetime};
pub use lattice_contact::LatticeContact;
pub use metal::{Metal, confinement_temperature, flux_quantum_density};
pub use occupation::{Hops, audit_occupations, steady_state, upper_occupation};
pub use placement::{Arrangement, Placement, Region};
pub use point_scatterers::{Electrons, PointScatterer};
pub use replica_exchange::{Equilibrium, ReplicaExchange};
pub use site_placement::{SiteArrangement, SitePlacement};
pub use spectrum::{Spectrum, Telegraph};

use crate::audit::Audit;
use crate::conductor::ConductorError;
use crate::hamiltonian::HamiltonianError;
use crate::lattice::LatticeError;
use crate::leads::LeadError;
use crate::scattering::SolveError;

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

/// Which conductance of a contact that is not linear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conductance {
    /// `dI/dV`.
    #[default]
    Differential,
    /// `I/V`.
    Chord,
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
    /// A master equation whose stationary state depends on where it starts.
    #[error(
        "no rates lead from any of {states} groups of positions to another: what occupies them depends on the past"
    )]
    SeveralStationary {
        /// Number of groups that nothing leaves.
        states: usize,
    },
    /// A background without room.
    #[error("{placed} of {wanted} scatterers placed: no room for more at least {closest}/k_F apart")]
    Crowded {
        /// Scatterers that found a place.
        placed: usize,
        /// Scatterers asked for.
        wanted: usize,
        /// Closest distance allowed, in 1/k_F.
        closest: f64,
    },
    /// A site that the contact does not have.
    #[error("the contact has no site {site:?} (slice, y, z)")]
    NoSuchSite {
        /// The site.
        site: [usize; 3],
    },
    /// A scatterer on a site that was not named as a candidate.
    #[error(
        "a scatterer on site {site:?} (slice, y, z), which is none of the candidates the contact was solved for"
    )]
    NotACandidate {
        /// The site.
        site: [usize; 3],
    },
    /// Two scatterers on one site.
    #[error("two scatterers on site {site:?} (slice, y, z)")]
    Occupied {
        /// The site.
        site: [usize; 3],
    },
    /// Rough walls that leave no way from lead to lead.
    #[error("the walls leave no way through the contact")]
    Blocked,
    /// The lattice of a contact cannot be built.
    #[error(transparent)]
    Lattice(#[from] LatticeError),
    /// The Hamiltonian of a contact cannot be built.
    #[error(transparent)]
    Hamiltonian(#[from] HamiltonianError),
    /// The leads of a contact have no self-energy.
    #[error(transparent)]
    Lead(#[from] LeadError),
    /// A contact cannot be joined to its leads.
    #[error(transparent)]
    Conductor(#[from] ConductorError),
    /// A contact cannot be solved.
    #[error(transparent)]
    Solve(#[from] SolveError),
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
