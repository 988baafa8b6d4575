//! The typed settings of one sweep point, one struct per kind of study, in the units of the table.

pub mod conductor;
pub mod defect_dynamics;
pub mod droplets;
pub mod droplets_fit;
pub mod ensemble;
pub mod fitting;
pub mod fluctuators;
pub mod local_heat;
pub mod mobility_edge;
pub mod mobility_edge_fit;
pub mod noise;
pub mod number_variance;
pub mod point_contact;
pub mod probes;
pub mod scaling;
pub mod spin_fluctuations;
pub mod thermoelectric;
pub mod zero_bias_anomaly;
pub mod zero_bias_anomaly_fit;

mod temperature;

pub use conductor::{ConductorSettings, DisorderSettings, LatticeName, LeadSettings};
pub use defect_dynamics::DefectDynamics;
pub use droplets::Droplets;
pub use droplets_fit::DropletsFit;
pub use ensemble::{EnsembleSettings, Stop};
pub use fitting::{Measured, MonteCarlo};
pub use fluctuators::Fluctuators;
pub use local_heat::LocalHeat;
pub use mobility_edge::MobilityEdge;
pub use mobility_edge_fit::MobilityEdgeFit;
pub use noise::Noise;
pub use number_variance::NumberVariance;
pub use point_contact::{ContactDrive, PointContact};
pub use scaling::{Driving, RandomEnergies, Scaling, ScalingMeasure, Symmetry, TransportSettings};
pub use spin_fluctuations::SpinFluctuations;
pub use thermoelectric::Thermoelectric;
pub use zero_bias_anomaly::ZeroBiasAnomaly;
pub use zero_bias_anomaly_fit::ZeroBiasAnomalyFit;

/// The settings of one point, by kind of study.
#[derive(Clone, Debug, PartialEq)]
pub enum Settings {
    /// Kind `fluctuators`.
    Fluctuators(Fluctuators),
    /// Kind `defect-dynamics`.
    DefectDynamics(DefectDynamics),
    /// Kind `droplets-fit`.
    DropletsFit(DropletsFit),
    /// Kind `droplets`.
    Droplets(Droplets),
    /// Kind `local-heat`.
    LocalHeat(LocalHeat),
    /// Kind `mobility-edge`.
    MobilityEdge(MobilityEdge),
    /// Kind `mobility-edge-fit`.
    MobilityEdgeFit(MobilityEdgeFit),
    /// Kind `noise`.
    Noise(Noise),
    /// Kind `number-variance`.
    NumberVariance(NumberVariance),
    /// Kind `point-contact`.
    PointContact(PointContact),
    /// Kind `scaling`.
    Scaling(Scaling),
    /// Kind `spin-fluctuations`.
    SpinFluctuations(SpinFluctuations),
    /// Kind `thermoelectric`.
    Thermoelectric(Thermoelectric),
    /// Kind `zero-bias-anomaly`.
    ZeroBiasAnomaly(ZeroBiasAnomaly),
    /// Kind `zero-bias-anomaly-fit`.
    ZeroBiasAnomalyFit(ZeroBiasAnomalyFit),
}

/// A key that must be given and is not.
pub(crate) struct Missing(pub(crate) &'static str);

/// A conflict between settings: which key to blame and what to say.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) key: &'static str,
    /// Which element of the key's list, if one.
    pub(crate) element: Option<usize>,
    /// The sentence `KEY = VALUE ...` continued.
    pub(crate) what: String,
    pub(crate) allowed: String,
    pub(crate) help: String,
}

/// A conflict to blame one key for.
fn problem(key: &'static str, what: &str, allowed: &str, help: &str) -> Problem {
    Problem { key, element: None, what: what.to_owned(), allowed: allowed.to_owned(), help: help.to_owned() }
}

impl Settings {
    /// How many samples are computed, and from which seed.
    pub fn ensemble(&self) -> EnsembleSettings {
        match self {
            Self::Fluctuators(settings) => settings.ensemble,
            Self::DefectDynamics(settings) => settings.ensemble,
            Self::DropletsFit(settings) => settings.monte_carlo.ensemble(),
            Self::LocalHeat(settings) => settings.ensemble,
            Self::Droplets(_)
            | Self::MobilityEdge(_)
            | Self::NumberVariance(_)
            | Self::PointContact(_)
            | Self::ZeroBiasAnomaly(_) => EnsembleSettings::EXACT,
            Self::MobilityEdgeFit(settings) => settings.monte_carlo.ensemble(),
            Self::Noise(settings) => settings.ensemble,
            Self::Scaling(settings) => settings.ensemble,
            Self::SpinFluctuations(settings) => settings.ensemble,
            Self::Thermoelectric(settings) => settings.ensemble,
            Self::ZeroBiasAnomalyFit(settings) => settings.monte_carlo.ensemble(),
        }
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Fluctuators(settings) => settings.problems(),
            Self::DefectDynamics(settings) => settings.problems(),
            Self::DropletsFit(settings) => settings.problems(),
            Self::Droplets(settings) => settings.problems(),
            Self::LocalHeat(settings) => local_heat::rules::problems(settings),
            Self::MobilityEdge(settings) => settings.problems(),
            Self::MobilityEdgeFit(settings) => settings.problems(),
            Self::Noise(settings) => settings.problems(),
            Self::NumberVariance(settings) => settings.problems(),
            Self::PointContact(settings) => settings.problems(),
            Self::Scaling(settings) => scaling::rules::problems(settings),
            Self::SpinFluctuations(settings) => settings.problems(),
            Self::Thermoelectric(settings) => settings.problems(),
            Self::ZeroBiasAnomaly(settings) => settings.problems(),
            Self::ZeroBiasAnomalyFit(settings) => settings.problems(),
        }
    }
}
