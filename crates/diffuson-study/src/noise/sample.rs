//! One sample: a realisation of the disorder, its currents, their correlators and its transmission eigenvalues.

use super::point::{Point, Reach};
use crate::examination;
use crate::strip::Deviations;
use diffuson::audit::Audit;
use diffuson::noise::amplitudes::Amplitudes;
use diffuson::noise::probes::{ProbeNoise, Setting, flat, resolved};
use diffuson::noise::{Noise, spectral};
use diffuson::scattering::{SMatrix, smatrix};
use diffuson::thermal::{Adaptive, Reservoir, Sample as Realised};
use diffuson_ensemble::random::Realisation;
use std::slice;

/// What one sample gives: in the limit of small voltage per eV, otherwise in t.
pub(super) struct Sample {
    /// Particle current into each lead, times h.
    pub(super) current: Vec<f64>,
    /// Correlators of the charge currents, row by row, in e^2/h.
    pub(super) noise: Vec<f64>,
    /// Conductance of the first lead against all others, in e^2/h.
    pub(super) conductance: f64,
    /// Transmission eigenvalues at the chemical potential without bias, from the first into the second of two leads; none with probes.
    pub(super) eigenvalues: Option<Vec<f64>>,
    pub(super) audit: Audit,
}

/// Accuracy of integrals over energy: errors of ensembles are a million times that.
const ACCURACY: f64 = 1e-9;

impl Point<'_> {
    pub(super) fn sample(&self, seed: u64, sample: u64) -> Result<Sample, String> {
        let onsite =
            self.disorder.onsite(self.conductor.sites(), &Deviations(Realisation::new(seed, sample)));
        let mut found = match &self.probes {
            None => self.coherent(&onsite)?,
            Some(setting) => self.probed(&onsite, setting)?,
        };
        let (voltage, kt) = self.energies();
        // without bias by the noise of equilibrium
        found.conductance =
            if voltage > 0.0 { -found.current[0] / voltage } else { found.noise[0] / (4.0 * kt) };
        let at = Reservoir { mu: self.dressed.energy(), kt };
        found.audit.merge(&examination::of_first(sample, self.conductor, &onsite, at)?);
        if found.noise.iter().any(|s| !s.is_finite()) || !found.conductance.is_finite() {
            return Err("the noise is not a number".to_owned());
        }
        Ok(found)
    }

    fn coherent(&self, onsite: &[f64]) -> Result<Sample, String> {
        let s = smatrix(&self.dressed, onsite, self.plan.route).map_err(|e| e.to_string())?;
        let eigenvalues = self.eigenvalues_of(&s)?;
        let sample =
            |current, noise, audit| Sample { current, noise, conductance: f64::NAN, eigenvalues, audit };
        Ok(match self.reach {
            Reach::SmallVoltage => {
                let occupation: Vec<f64> = (0..s.leads()).map(|lead| f64::from(lead == 0)).collect();
                let found = spectral(&s, &occupation);
                sample(found.current, found.correlator, found.audit)
            }
            Reach::OneEnergy => {
                let found = Noise::constant(&s, &self.reservoirs).map_err(|e| e.to_string())?;
                sample(found.currents.particle, found.charge, found.audit)
            }
            Reach::Window => {
                let mut realised =
                    Realised::new(self.conductor, onsite, self.plan.route).map_err(|e| e.to_string())?;
                let found =
                    realised.noise(&self.reservoirs, Adaptive::to(ACCURACY)).map_err(|e| e.to_string())?;
                let mut audit = found.audit;
                audit.merge(&s.audit);
                sample(found.currents.particle, found.charge, audit)
            }
        })
    }

    /// All terminals but the leads float.
    fn probed(&self, onsite: &[f64], setting: &Setting) -> Result<Sample, String> {
        let leads: Vec<usize> =
            (0..self.conductor.leads()).map(|lead| self.conductor.lead_terminal(lead)).collect();
        let found = match &self.window {
            Some(window) => resolved(window, onsite, &leads, setting).map_err(|e| e.to_string())?,
            None => {
                let amplitudes = Amplitudes::new(&self.dressed, onsite).map_err(|e| e.to_string())?;
                let all = flat(&amplitudes, &leads, slice::from_ref(setting)).map_err(|e| e.to_string())?;
                all.into_iter().next().ok_or("no setting, no noise")?
            }
        };
        let ProbeNoise { current, correlator: noise, audit, .. } = found;
        Ok(Sample { current, noise, conductance: f64::NAN, eigenvalues: None, audit })
    }

    fn eigenvalues_of(&self, s: &SMatrix) -> Result<Option<Vec<f64>>, String> {
        if s.leads() != 2 {
            return Ok(None);
        }
        s.transmission_eigenvalues(1, 0)
            .map(Some)
            .map_err(|_| "transmission eigenvalues did not converge".to_owned())
    }
}
