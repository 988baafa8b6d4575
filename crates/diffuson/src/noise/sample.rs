//! Noise of one realisation of a conductor.

use super::{DifferentialNoise, Noise};
use crate::scattering::SolveError;
use crate::thermal::{Adaptive, Reservoir, Sample, TransportError};

impl Sample<'_> {
    /// Noise at any bias and temperatures, by S matrices at the energies it takes. They are those of the unbiased conductor.
    ///
    /// # Errors
    /// [`TransportError`] as [`Noise::between`].
    pub fn noise(
        &mut self,
        reservoirs: &[Reservoir],
        adaptive: Adaptive,
    ) -> Result<Noise, TransportError<SolveError>> {
        let structure = self.structure_for(reservoirs)?;
        let mut noise =
            Noise::between(reservoirs, &structure, adaptive, |e| self.smatrix_beside(&structure, e))?;
        noise.audit.merge(self.audit());
        Ok(noise)
    }

    /// Derivatives of currents and noise by a bias that shifts the potentials by `shift` times itself.
    ///
    /// # Errors
    /// [`TransportError`] as [`DifferentialNoise::between`].
    pub fn differential_noise(
        &mut self,
        reservoirs: &[Reservoir],
        shift: &[f64],
        adaptive: Adaptive,
    ) -> Result<DifferentialNoise, TransportError<SolveError>> {
        let structure = self.structure_for(reservoirs)?;
        let smatrix = |e| self.smatrix_beside(&structure, e);
        let mut found = DifferentialNoise::between(reservoirs, shift, &structure, adaptive, smatrix)?;
        found.audit.merge(self.audit());
        Ok(found)
    }
}
