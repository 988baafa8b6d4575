//! Leads: what is attached to the first and the last slice of a conductor, and the fictitious leads (probes) on its sites.
//!
//! Both enter the Green function through a self-energy and its analytic energy derivative, nothing else. A new kind of lead is a
//! new variant of [`Lead`] with an arm in [`Lead::attach`]; a new kind of probe is a new variant of [`Probe`] with an arm in
//! [`Probe::self_energy`].

mod chain;
mod modes;
mod probe;
mod separable;

pub use chain::{chain_self_energy, matched_chain_self_energy};
pub use probe::{Probe, ProbeSelfEnergy};

use crate::lattice::Lattice;
use diffuson_linalg::{C64, Matrix, adjoint_difference};

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

/// A lead prepared for one end of a lattice: whatever does not depend on energy is done once.
#[derive(Clone, Debug)]
pub struct AttachedLead(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Fixed(LeadSelfEnergy),
    Separable(separable::Separable),
    Modes(modes::Cell),
}

impl Lead {
    /// Prepares the lead for one end of `lattice`.
    ///
    /// # Errors
    /// [`LeadError`] if the width is not positive, a given self-energy is not of the order of a slice, or the transverse modes cannot be
    /// found.
    pub fn attach(&self, lattice: &Lattice, end: End) -> Result<AttachedLead, LeadError> {
        let n = lattice.slice_sites();
        Ok(AttachedLead(match self {
            Self::Continuation if lattice.period() == 1 => {
                Kind::Separable(separable::Separable::new(lattice)?)
            }
            Self::Continuation => Kind::Modes(modes::Cell::new(lattice, end)),
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
        }))
    }
}

impl AttachedLead {
    /// The self-energy at `energy` (in t).
    ///
    /// # Errors
    /// [`LeadError`] at a mode threshold.
    pub fn self_energy(&self, energy: f64) -> Result<LeadSelfEnergy, LeadError> {
        match &self.0 {
            Kind::Fixed(sigma) => Ok(sigma.clone()),
            Kind::Separable(lead) => lead.self_energy(energy),
            Kind::Modes(cell) => cell.self_energy(energy),
        }
    }

    /// Energies in `[low, high]` (in t) at which a mode opens or closes, ascending. The transmission has square-root
    /// singularities there.
    ///
    /// # Errors
    /// [`LeadError`] if the bands of the lead cannot be found.
    pub fn thresholds(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        let mut found = match &self.0 {
            Kind::Fixed(_) => Vec::new(),
            Kind::Separable(lead) => lead.thresholds(),
            Kind::Modes(cell) => cell.thresholds(low, high)?,
        };
        found.retain(|e| (low..=high).contains(e));
        found.sort_by(f64::total_cmp);
        found.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        Ok(found)
    }
}
