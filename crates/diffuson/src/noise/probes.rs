//! Noise of conductors with floating terminals: probes that break the phase, or also relax energy, on any number of sites.
//!
//! No current flows into a floating terminal at low frequency, neither on average nor as it fluctuates. What a fluctuation of its own would carry there, its occupation
//! sends back: `dI_t = dI0_t - G_tp G_pp^-1 dI0_p`, so that with `M = [1, -G_tp G_pp^-1]` the correlators of the driven terminals are `S = M S0 M^T` (M. Büttiker, Phys. Rev. B 33,
//! 3020 (1986); C. W. J. Beenakker and M. Büttiker, Phys. Rev. B 46, 1889 (1992)). Row t of M holds the probability that an electron from any terminal ends in t. With it as a
//! diagonal matrix L_t,
//!
//! ```text
//! S_tt' = (e^2/h) Int dE sum_ij Re [ A(t)_ij A(t')_ij^* ] { f_i (1 - f_j) + f_j (1 - f_i) },     A(t) = L_t - s^+ L_t s,
//! ```
//!
//! the sum over all channels i, j: terms of one sign for t = t', so that S is positive semidefinite, and none of the n^4 traces between n terminals.
//!
//! | probe | state | what its fluctuations conserve |
//! |---|---|---|
//! | [`Dephasing`](ProbeKind::Dephasing) | no current at any energy | particles at every energy |
//! | [`Inelastic`](ProbeKind::Inelastic) | Fermi function at the temperature of a bath, no current | particles |
//! | [`Hot`](ProbeKind::Hot) | Fermi function, neither particle nor energy current | particles and energy |
//!
//! | question | answer |
//! |---|---|
//! | one energy, dephasing, given occupations | [`dephased`] |
//! | amplitudes that hardly change in the window: any bias and temperatures from those at one energy, many of them at once | [`flat`] |
//! | amplitudes as they change with energy | [`resolved`] |
//!
//! Cross-correlations between driven terminals are not negative as a rule where probes relax energy: their sign is no law.
//!
//! # Cost
//!
//! Twice the columns of the Green function and once, for each driven terminal but the first, as many solutions with its adjoint: see [`amplitudes`](super::amplitudes). Memory is
//! one real matrix of the transmissions between all terminals, 8 N^2 bytes; [`resolved`] has one for each energy, unless the probes dephase.

mod correlate;
mod flat;
mod overlap;
mod rates;
mod resolved;
mod state;

pub use flat::{dephased, flat};
pub use resolved::resolved;

use crate::audit::Audit;
use crate::probes::ProbeError;
use crate::scattering::{SolveError, Work};
use crate::thermal::Reservoir;

/// What a floating terminal does to the electrons it takes up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ProbeKind {
    /// Gives them back at the same energy, without memory of their phase.
    Dephasing,
    /// Gives them back in equilibrium with a bath.
    Inelastic {
        /// Temperature k_B T of the bath, in t.
        kt: f64,
    },
    /// Gives them back in equilibrium with each other: their energy stays with the electrons.
    Hot,
}

/// What is asked of a conductor: its probes and the reservoirs at its driven terminals.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The floating terminals.
    pub kind: ProbeKind,
    /// One for each driven terminal, in their order.
    pub reservoirs: Vec<Reservoir>,
}

/// Currents into the driven terminals, their correlators at low frequency, and the state of all terminals.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeNoise {
    /// The driven terminals.
    pub driven: Vec<usize>,
    /// Mean particle currents into them, in t/h.
    pub current: Vec<f64>,
    /// One-sided correlators S_tt' of these currents, row by row, in (e^2/h) t per spin.
    pub correlator: Vec<f64>,
    /// Electrochemical potentials of all terminals, in t; of dephasing ones that of a Fermi function of as many electrons. NaN where a terminal exchanges electrons with none.
    pub potential: Vec<f64>,
    /// Temperatures k_B T of all terminals, in t; of dephasing ones `Int dE f (1 - f)`, which of a Fermi function is k_B T.
    pub temperature: Vec<f64>,
    /// Laws checked: those of the solver, unitarity, the fluctuation-dissipation theorem of the amplitudes, probe currents (and heats), charge, conservation and positivity of the noise.
    pub audit: Audit,
    /// Work done. Settings that are asked for together share it.
    pub work: Work,
}

impl ProbeNoise {
    /// S_tt' of two driven terminals, by their places among these.
    ///
    /// # Panics
    /// If there are no such places.
    pub fn between(&self, t: usize, u: usize) -> f64 {
        self.correlator[t * self.driven.len() + u]
    }

    /// Fano factor `S_tt / 2 |I_t|` of a driven terminal; at equilibrium infinite.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn fano(&self, t: usize) -> f64 {
        self.between(t, t) / (2.0 * self.current[t].abs())
    }
}

/// Noise that cannot be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProbeNoiseError {
    /// Fewer than two different terminals are driven, or one that does not exist.
    #[error("terminals {driven:?} are driven, but two or more different ones of 0 to {last} must be")]
    Driven {
        /// The driven terminals.
        driven: Vec<usize>,
        /// The last terminal.
        last: usize,
    },
    /// Not one reservoir (or occupation) for each driven terminal.
    #[error("{given} reservoirs for {driven} driven terminals")]
    Reservoirs {
        /// Given.
        given: usize,
        /// Driven terminals.
        driven: usize,
    },
    /// A reservoir or bath that makes no sense.
    #[error(
        "a reservoir at potential {mu} t and temperature {kt} t: both are finite numbers, the latter {least}"
    )]
    Reservoir {
        /// Potential, in t.
        mu: f64,
        /// Temperature, in t.
        kt: f64,
        /// What is allowed.
        least: &'static str,
    },
    /// An occupation that is no probability.
    #[error("occupation {0}: an occupation is a number from 0 to 1")]
    Occupation(f64),
    /// The state of the floating terminals cannot be found.
    #[error(transparent)]
    Probes(#[from] ProbeError),
    /// There are no amplitudes.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

/// Two or more different terminals.
fn check_driven(driven: &[usize], terminals: usize) -> Result<(), ProbeNoiseError> {
    let mut sorted = driven.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let exist = sorted.last().is_some_and(|&t| t < terminals);
    if exist && sorted.len() == driven.len() && driven.len() > 1 {
        return Ok(());
    }
    Err(ProbeNoiseError::Driven { driven: driven.to_vec(), last: terminals.saturating_sub(1) })
}

impl Setting {
    /// `cold`: whether zero temperature is allowed.
    fn check(&self, driven: usize, cold: bool) -> Result<(), ProbeNoiseError> {
        if self.reservoirs.len() != driven {
            return Err(ProbeNoiseError::Reservoirs { given: self.reservoirs.len(), driven });
        }
        let bath = match self.kind {
            ProbeKind::Inelastic { kt } => Some(Reservoir { mu: 0.0, kt }),
            _ => None,
        };
        let sound =
            |r: &&Reservoir| r.mu.is_finite() && r.kt.is_finite() && (r.kt > 0.0 || (cold && r.kt == 0.0));
        match self.reservoirs.iter().chain(&bath).find(|r| !sound(r)) {
            Some(&Reservoir { mu, kt }) => {
                let least = if cold { "not below 0" } else { "above 0" };
                Err(ProbeNoiseError::Reservoir { mu, kt, least })
            }
            None => Ok(()),
        }
    }
}
