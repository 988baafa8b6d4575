//! What theory says of the fluctuations of a metal on a torus, to leading order in 1/g.

use super::model::Model;
use diffuson::diffusons::{RingCovariance, RingSum};
use diffuson::droplets::{
    DropletError, FourierModes, OrbitalModel, TimeReversal, ladder_covariance, predicted_variance,
};

/// The best that is known: for the orbital model its own closed ladders, exact in wave vector and temperature; for any other rings of diffusons with the constants that were measured.
#[derive(Clone, Copy)]
pub(super) enum Theory {
    Ladders(OrbitalModel),
    Diffusons { rings: RingSum, density: f64 },
}

impl Theory {
    /// For a model; `measured` are its diffusion constant and density of states of one spin per site, if it does not know them.
    pub(super) fn new(model: &Model, measured: impl FnOnce() -> (f64, f64)) -> Result<Self, DropletError> {
        Ok(match model {
            Model::Orbitals(model) => Self::Ladders(*model),
            Model::Anderson(lattice) => {
                let (diffusion, density) = measured();
                let rings = RingSum::new(lattice.size(), diffusion, density, TimeReversal::Unbroken)?;
                Self::Diffusons { rings, density }
            }
        })
    }

    /// Density of states of one spin per site.
    pub(super) fn density(&self) -> f64 {
        match self {
            Self::Ladders(model) => model.density(),
            Self::Diffusons { density, .. } => *density,
        }
    }

    pub(super) fn time_reversal(&self) -> TimeReversal {
        match self {
            Self::Ladders(model) => model.time_reversal(),
            Self::Diffusons { .. } => TimeReversal::Unbroken,
        }
    }

    /// Covariances of F_1 between modes.
    pub(super) fn covariance(
        &self,
        modes: &FourierModes,
        temperature: f64,
    ) -> Result<RingCovariance, DropletError> {
        match self {
            Self::Ladders(model) => ladder_covariance(model, modes, temperature),
            Self::Diffusons { rings, .. } => {
                let functions = modes.values().chunks_exact(rings.sites()).map(<[f64]>::to_vec);
                rings.covariance(&functions.collect::<Vec<_>>(), temperature)
            }
        }
    }

    /// The variance of F_1 on a profile.
    pub(super) fn variance(&self, profile: &[f64], temperature: f64) -> Result<f64, DropletError> {
        match self {
            Self::Ladders(model) => predicted_variance(model, profile, temperature),
            Self::Diffusons { .. } => self.diffusive_variance(profile, temperature),
        }
    }

    /// The same of rings of pure diffusion, which holds for long waves at low temperature only.
    pub(super) fn diffusive_variance(&self, profile: &[f64], temperature: f64) -> Result<f64, DropletError> {
        let rings = match self {
            Self::Ladders(model) => model.rings()?,
            Self::Diffusons { rings, .. } => *rings,
        };
        Ok(rings.covariance(&[profile.to_vec()], temperature)?.at(0, 0, 0, 0))
    }
}
