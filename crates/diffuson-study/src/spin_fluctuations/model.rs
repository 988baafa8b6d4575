//! The model of a point, and what is known of it.

use super::question::settings;
use crate::settings::spin_fluctuations::{ModelSettings, SpinFluctuations};
use crate::strip::Deviations;
use crate::study::Study;
use crate::task::Made;
use diffuson::Matrix;
use diffuson::droplets::{AndersonLattice, OrbitalModel};

/// A microscopic model.
pub(super) enum Model {
    Orbitals(OrbitalModel),
    Anderson(AndersonLattice),
}

impl Model {
    pub(super) fn new(study: &Study, point: usize) -> Made<Self> {
        let found = match settings(study, point).model {
            ModelSettings::Orbitals { size, orbitals, hopping, time_reversal } => {
                OrbitalModel::new(size, orbitals, hopping, time_reversal).map(Self::Orbitals)
            }
            ModelSettings::Anderson { size, width, energy } => {
                AndersonLattice::new(size, width, energy).map(Self::Anderson)
            }
        };
        found.map_err(|e| {
            study.diagnostic(
                point,
                "model.kind",
                format!("`model`: {e}"),
                "not a model".to_owned(),
                String::new(),
            )
        })
    }

    /// The orbital model, of which all is known, or a refusal.
    pub(super) fn known(study: &Study, point: usize, compute: &str) -> Made<OrbitalModel> {
        match Self::new(study, point)? {
            Self::Orbitals(model) => Ok(model),
            Self::Anderson(_) => Err(study.diagnostic(
                point,
                "model.kind",
                "`model.kind = \"anderson\"`: its diffusion constant is not known without a measurement"
                    .to_owned(),
                format!("allowed with fluctuations.compute = \"{compute}\": \"orbitals\""),
                "theory has no free parameter for the orbital model".to_owned(),
            )),
        }
    }

    /// The Hamiltonian of one sample and one spin, site by site.
    pub(super) fn sample(&self, numbers: &Deviations) -> Matrix {
        match self {
            Self::Orbitals(model) => model.sample(numbers),
            Self::Anderson(lattice) => lattice.sample(numbers),
        }
    }

    pub(super) fn orbitals(&self) -> usize {
        match self {
            Self::Orbitals(model) => model.orbitals(),
            Self::Anderson(_) => 1,
        }
    }

    pub(super) fn sites(&self) -> usize {
        match self {
            Self::Orbitals(model) => model.sites(),
            Self::Anderson(lattice) => lattice.sites(),
        }
    }

    /// g, where it is known.
    pub(super) fn conductance(&self) -> f64 {
        match self {
            Self::Orbitals(model) => model.conductance(),
            Self::Anderson(_) => f64::NAN,
        }
    }
}

/// `torus of 8 x 8 sites with 8 orbitals`
pub(super) fn system(settings: &SpinFluctuations) -> String {
    let size = settings.model.size();
    match settings.model.orbitals() {
        1 => format!("torus of {size} x {size} sites"),
        orbitals => format!("torus of {size} x {size} sites with {orbitals} orbitals"),
    }
}

/// Rows of the Hamiltonian.
pub(super) fn states(settings: &SpinFluctuations) -> f64 {
    (settings.model.size().pow(2) * settings.model.orbitals()) as f64
}
