//! Fictitious leads: one-channel probes, one per site, which model inelastic scattering.

use super::chain::chain_self_energy;
use diffuson_linalg::C64;

/// A one-channel lead on a single site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Probe {
    /// Constant level width: `Sigma = -i Gamma / 2`.
    WideBand {
        /// Level width Gamma (the paper's Gamma_in), in t.
        width: f64,
    },
    /// A semi-infinite chain: `Sigma = (v / t_c)^2 s(E - e_c)`, see [`chain_self_energy`].
    Chain {
        /// Coupling amplitude v, in t.
        amplitude: f64,
        /// Hopping t_c of the chain, in t.
        hopping: f64,
        /// Band centre e_c of the chain, in t.
        centre: f64,
    },
}

/// The self-energy of a probe at one energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProbeSelfEnergy {
    /// Sigma, in t.
    pub sigma: C64,
    /// dSigma/dE.
    pub derivative: C64,
}

impl Probe {
    /// Sigma and dSigma/dE at `energy` (in t).
    pub fn self_energy(&self, energy: f64) -> ProbeSelfEnergy {
        match *self {
            Self::WideBand { width } => {
                ProbeSelfEnergy { sigma: C64::new(0.0, -0.5 * width), derivative: C64::ZERO }
            }
            Self::Chain { amplitude, hopping, centre } => {
                let strength = (amplitude / hopping).powi(2);
                let (s, ds) = chain_self_energy(energy - centre, hopping);
                ProbeSelfEnergy { sigma: strength * s, derivative: strength * ds }
            }
        }
    }

    /// Level width in t, of a chain at the centre of its band: a positive number unless a parameter is none.
    pub fn width_at_centre(&self) -> f64 {
        match *self {
            Self::WideBand { width } => width,
            Self::Chain { amplitude, hopping, centre } => {
                2.0 * amplitude * amplitude / hopping + 0.0 * centre
            }
        }
    }

    /// Whether the probe absorbs electrons at some energy.
    pub fn is_coupled(&self) -> bool {
        match *self {
            Self::WideBand { width } => width > 0.0,
            Self::Chain { amplitude, .. } => amplitude != 0.0,
        }
    }

    /// Energies at which the width has a square-root edge: the band edges of a chain.
    pub fn band_edges(&self) -> Vec<f64> {
        match *self {
            Self::WideBand { .. } => Vec::new(),
            Self::Chain { hopping, centre, .. } => vec![centre - 2.0 * hopping, centre + 2.0 * hopping],
        }
    }
}

impl ProbeSelfEnergy {
    /// Level width `Gamma = -2 Im Sigma`, in t.
    pub fn width(&self) -> f64 {
        -2.0 * self.sigma.im
    }

    /// dGamma/dE.
    pub fn width_derivative(&self) -> f64 {
        -2.0 * self.derivative.im
    }
}
