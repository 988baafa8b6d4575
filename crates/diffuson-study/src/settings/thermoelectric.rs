//! Settings of a study of kind `thermoelectric`: energies in t, lengths in a.

use super::conductor::rules as conductor;
use super::probes::ProbeSettings;
use super::{
    ConductorSettings, DisorderSettings, EnsembleSettings, LeadSettings, Missing, Problem, temperature,
};
use crate::study::View;

/// All settings of one point of a `thermoelectric` study.
#[derive(Clone, Debug, PartialEq)]
pub struct Thermoelectric {
    /// The clean conductor; its energy is the chemical potential.
    pub conductor: ConductorSettings,
    /// On-site energies.
    pub disorder: DisorderSettings,
    /// The real leads.
    pub leads: LeadSettings,
    /// Inelastic scattering; `None` without.
    pub probes: Option<ProbeSettings>,
    /// Thermal energies kT in t, ascending; the same at all points.
    pub temperatures: Vec<f64>,
    /// Width of the first pieces of the transmission, in units of the lowest temperature.
    pub resolution: f64,
    /// Relative error of the transmission.
    pub tolerance: f64,
    /// The disorder average; the same at all points.
    pub ensemble: EnsembleSettings,
}

impl Thermoelectric {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        Ok(Self {
            conductor: ConductorSettings::new(view)?,
            disorder: DisorderSettings::new(view)?,
            leads: LeadSettings::new(view)?,
            probes: ProbeSettings::wide_band_if_any(view)?,
            temperatures: temperature::temperatures(view)?,
            resolution: view.number("solver.resolution")?,
            tolerance: view.number("solver.tolerance")?,
            ensemble: EnsembleSettings::new(view)?,
        })
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = conductor::shape(&self.conductor);
        // lists and sites are compared with a conductor that can be built
        if problems.is_empty() {
            problems.extend(conductor::problems(&self.conductor, &self.disorder, self.leads));
            problems.extend(self.probes.iter().flat_map(|probes| probes.problems(&self.conductor)));
            problems.extend(temperature::order(&self.temperatures));
        }
        problems
    }
}
