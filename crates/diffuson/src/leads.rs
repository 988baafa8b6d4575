//! Leads: what is attached to the first and the last slice of a conductor, and the fictitious leads (probes) on its sites.
//!
//! Both enter the Green function through a self-energy and its analytic energy derivative, nothing else; amplitudes of scattering are taken
//! between the [`Modes`] of leads. A new kind of lead is a new variant of [`Lead`] with an arm in [`Lead::attach`]; a new kind of probe is a new variant of [`Probe`] with an arm in
//! [`Probe::self_energy`].

mod bands;
mod bloch;
mod chain;
mod continuation;
mod modes;
mod periodic;
mod probe;
mod separable;
mod surface;
mod wide;

pub use chain::{chain_self_energy, matched_chain_self_energy};
pub use modes::Modes;
pub use periodic::PeriodicLead;
pub use probe::{Probe, ProbeSelfEnergy};
pub use wide::WideLead;

use crate::lattice::Lattice;
use diffuson_linalg::{C64, Matrix, adjoint_difference};
use std::sync::Arc;

/// A real lead: a reservoir attached to all sites of an end slice.
#[derive(Clone, Debug, PartialEq)]
pub enum Lead {
    /// The lattice itself, clean, without probes and without field, continued to infinity: modes, propagating and evanescent.
    Continuation,
    /// The same constant level width Gamma (in t) on each site of the end slice: `Sigma = -i Gamma / 2`.
    WideBand {
        /// Level width Gamma.
        width: f64,
    },
    /// A self-energy given as a matrix on the end slice with its energy derivative, both taken as independent of the energy asked for.
    Given {
        /// Self-energy, in t.
        sigma: Matrix,
        /// Its derivative by energy.
        derivative: Matrix,
    },
    /// Cells that repeat, attached to as many sites as the end slice has, which is cell 0: see [`PeriodicLead`].
    Periodic(PeriodicLead),
    /// A strip or bar wider than what it is attached to, behind a wall with an opening: see [`WideLead`].
    Wide(WideLead),
}

/// The end of a conductor at which a lead is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Before slice 0.
    Left,
    /// After the last slice.
    Right,
}

/// The retarded self-energy of a lead on its slice at one energy.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadSelfEnergy {
    /// Sigma, in t.
    pub sigma: Matrix,
    /// dSigma/dE.
    pub derivative: Matrix,
    /// Number of propagating modes, for a lead that has modes.
    pub open_modes: Option<usize>,
}

impl LeadSelfEnergy {
    /// Level-width matrix `Gamma = i (Sigma - Sigma^+)`, in t.
    pub fn width(&self) -> Matrix {
        adjoint_difference(&self.sigma)
    }

    /// dGamma/dE.
    pub fn width_derivative(&self) -> Matrix {
        adjoint_difference(&self.derivative)
    }
}

/// A lead whose self-energy does not exist.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LeadError {
    /// The level width of a wide-band lead is negative or not a number.
    #[error("a lead of level width {width} t, but a width must be a number not below 0")]
    BadWidth {
        /// The width, in t.
        width: f64,
    },
    /// A given self-energy or its derivative is not of the order of a slice.
    #[error("a lead given as matrices of order {given}, but a slice has {wanted} sites")]
    WrongOrder {
        /// Rows or columns given.
        given: usize,
        /// Sites of a slice.
        wanted: usize,
    },
    /// The cell Hamiltonian of a periodic lead is not square, the hopping has not as many rows, more columns, or none.
    #[error(
        "the {what} of a periodic lead is a matrix of {rows} x {cols} entries, but the cell Hamiltonian is square (here {order} rows), and the hopping has as many rows, \
         and from 1 to as many columns"
    )]
    CellShape {
        /// Which matrix.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        cols: usize,
        /// Rows of the cell Hamiltonian.
        order: usize,
    },
    /// An entry of a matrix of a periodic lead is not a finite number.
    #[error("the {what} of a periodic lead has an entry that is not a finite number")]
    CellNotFinite {
        /// Which matrix.
        what: &'static str,
    },
    /// The cell Hamiltonian of a periodic lead is not Hermitian.
    #[error(
        "the cell Hamiltonian of a periodic lead differs from its adjoint by {difference} t, but it is Hermitian"
    )]
    NotHermitian {
        /// Largest difference between an entry and the conjugate of its mirror image, in t.
        difference: f64,
    },
    /// A given self-energy has a level width that is not positive: its channels do not exist.
    #[error("a lead whose level width has the eigenvalue {width} t, but none is below 0")]
    NegativeWidth {
        /// The eigenvalue, in t.
        width: f64,
    },
    /// The opening of a wide lead is no list of different sites of its end.
    #[error(
        "an opening at the sites {opening:?}, which is no list of different sites among the {sites} of the end"
    )]
    Opening {
        /// The sites given.
        opening: Vec<usize>,
        /// Sites of the end.
        sites: usize,
    },
    /// The bands of the lead cannot be found: an eigenvalue iteration did not converge.
    #[error("the bands of the lead could not be found: an eigenvalue iteration did not converge")]
    Bands,
    /// A mode of the lead opens at this energy: its velocity vanishes and energy derivatives diverge.
    #[error("a lead mode opens at E = {threshold} t: energy derivatives diverge there")]
    Threshold {
        /// Energy of the threshold, in t.
        threshold: f64,
    },
    /// The eigenproblem of the modes failed.
    #[error(
        "the modes of the lead at E = {energy} t could not be separated ({outgoing} outgoing of {wanted})"
    )]
    Modes {
        /// Energy, in t.
        energy: f64,
        /// Outgoing modes found.
        outgoing: usize,
        /// Outgoing modes that must exist.
        wanted: usize,
    },
}

/// A lead prepared for one end of a lattice: whatever does not depend on energy is done once, for all clones.
#[derive(Clone, Debug)]
pub struct AttachedLead(Arc<Kind>);

#[derive(Clone, Debug)]
enum Kind {
    Fixed(LeadSelfEnergy),
    Separable(separable::Separable),
    Continuation(continuation::Continuation),
    Periodic(PeriodicLead),
    Wide(wide::Wide),
}

impl Lead {
    /// Prepares the lead for one end of `lattice`.
    ///
    /// # Errors
    /// [`LeadError`] if the width is not positive, a given self-energy or cell is not of the order of a slice, or the transverse modes
    /// cannot be found.
    pub fn attach(&self, lattice: &Lattice, end: End) -> Result<AttachedLead, LeadError> {
        let n = lattice.slice_sites();
        Ok(AttachedLead(Arc::new(match self {
            Self::Continuation if lattice.period() == 1 => {
                Kind::Separable(separable::Separable::new(lattice)?)
            }
            Self::Continuation => Kind::Continuation(continuation::Continuation::new(lattice, end)?),
            Self::Periodic(lead) if lead.interface_orbitals() != n => {
                return Err(LeadError::WrongOrder { given: lead.interface_orbitals(), wanted: n });
            }
            Self::Periodic(lead) => Kind::Periodic(lead.clone()),
            Self::Wide(lead) if lead.sites() != n => {
                return Err(LeadError::WrongOrder { given: lead.sites(), wanted: n });
            }
            Self::Wide(lead) => Kind::Wide(lead.prepared()?),
            Self::WideBand { width } if !(width.is_finite() && *width >= 0.0) => {
                return Err(LeadError::BadWidth { width: *width });
            }
            Self::WideBand { width } => Kind::Fixed(LeadSelfEnergy {
                sigma: Matrix::from_diagonal(&vec![C64::new(0.0, -0.5 * width); n]),
                derivative: Matrix::zeros(n, n),
                open_modes: None,
            }),
            Self::Given { sigma, derivative } => {
                let orders = [sigma.rows(), sigma.cols(), derivative.rows(), derivative.cols()];
                if let Some(&given) = orders.iter().find(|&&order| order != n) {
                    return Err(LeadError::WrongOrder { given, wanted: n });
                }
                Kind::Fixed(LeadSelfEnergy {
                    sigma: sigma.clone(),
                    derivative: derivative.clone(),
                    open_modes: None,
                })
            }
        })))
    }

    /// Whether it is another lead at the other end of a lattice.
    pub(crate) fn depends_on_end(&self, lattice: &Lattice) -> bool {
        matches!(self, Self::Continuation) && lattice.period() > 1
    }
}

impl AttachedLead {
    /// Whether both are clones of one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The self-energy at `energy` (in t).
    ///
    /// # Errors
    /// [`LeadError`] at a mode threshold.
    pub fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        match self.0.as_ref() {
            Kind::Fixed(sigma) => Ok(sigma.clone()),
            Kind::Separable(lead) => lead.self_energy(energy),
            Kind::Continuation(lead) => lead.self_energy(energy),
            Kind::Periodic(lead) => lead.self_energy(energy),
            Kind::Wide(lead) => lead.self_energy(energy),
        }
    }

    /// Sigma at a complex energy (in t) on or above the real axis, to which it is continued analytically; what does not depend on energy does not there either.
    ///
    /// # Errors
    /// [`LeadError`] on the real axis, where the modes of a lead cannot be told apart.
    pub(crate) fn continued(&self, energy: C64) -> Result<Matrix, LeadError> {
        match self.0.as_ref() {
            Kind::Fixed(sigma) => Ok(sigma.sigma.clone()),
            Kind::Separable(lead) => Ok(lead.continued(energy)),
            Kind::Continuation(lead) => lead.continued(energy),
            Kind::Periodic(lead) => lead.continued(energy),
            Kind::Wide(lead) => lead.continued(energy),
        }
    }

    /// The propagating modes at `energy` (in t), normalised to unit current, or the channels of a lead without Bloch waves.
    ///
    /// # Errors
    /// [`LeadError`] at a mode threshold, or if a given self-energy has a negative level width.
    pub fn modes(&self, energy: f64) -> Result<Modes, LeadError> {
        match self.0.as_ref() {
            Kind::Fixed(sigma) => Modes::channels(sigma.clone()),
            Kind::Separable(lead) => lead.modes(energy),
            Kind::Continuation(lead) => lead.modes(energy),
            Kind::Periodic(lead) => lead.modes(energy),
            Kind::Wide(lead) => lead.modes(energy),
        }
    }

    /// Energies in `[low, high]` (in t) at which a mode opens or closes, ascending. The transmission has square-root
    /// singularities there.
    ///
    /// # Errors
    /// [`LeadError`] if the bands of the lead cannot be found.
    pub fn thresholds(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        let mut found = match self.0.as_ref() {
            Kind::Fixed(_) => Vec::new(),
            Kind::Separable(lead) => lead.thresholds(),
            Kind::Continuation(lead) => lead.thresholds(low, high)?,
            Kind::Periodic(lead) => lead.thresholds(low, high)?,
            Kind::Wide(lead) => lead.thresholds(low, high)?,
        };
        found.retain(|e| (low..=high).contains(e));
        found.sort_by(f64::total_cmp);
        found.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        Ok(found)
    }
}
