//! A conductor without probes as a transmission: one realisation of its disorder, at any energy.

use super::linear::REACH;
use super::{
    Adaptive, Currents, FunctionError, LinearResponse, Reach, Reservoir, Resolution, Sommerfeld, Structure,
    TransmissionFunction, TransmissionMatrix, TransportError, currents,
};
use crate::audit::Audit;
use crate::conductor::Conductor;
use crate::leads::LeadError;
use crate::scattering::{self, Options, Route, SMatrix, SolveError, Work};

/// One realisation of a conductor whose terminals are leads, in the order of the conductor. Transmissions are those of its S matrices; modes that open
/// or close are singular points.
#[derive(Clone, Debug)]
pub struct Sample<'c> {
    conductor: &'c Conductor,
    onsite: &'c [f64],
    route: Route,
    audit: Audit,
    work: Work,
}

/// A conductor that is no transmission between reservoirs.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SampleError {
    /// Probes float: see [`probes::between`](crate::probes::between).
    #[error("the conductor has {0} probes, which scatter inelastically: take a window and eliminate them")]
    Probes(usize),
    /// Nothing to transmit between.
    #[error("{0} leads: transmission takes two or more")]
    Leads(usize),
    /// On-site energies of another conductor.
    #[error("{given} on-site energies for {sites} sites")]
    Sites {
        /// Energies given.
        given: usize,
        /// Sites of the conductor.
        sites: usize,
    },
}

/// Energies keep so far (in t) from a threshold, where leads cannot tell an open mode from a closed one: a square root moved by this much over as
/// small a range changes an integral by its power 3/2, 1e-15.
const MARGIN: f64 = 1e-10;

impl<'c> Sample<'c> {
    /// A realisation of the on-site energies (in t, one per site).
    ///
    /// # Errors
    /// [`SampleError`] if the conductor has probes or fewer than two leads, or another number of sites.
    pub fn new(conductor: &'c Conductor, onsite: &'c [f64], route: Route) -> Result<Self, SampleError> {
        if conductor.probes() > 0 {
            return Err(SampleError::Probes(conductor.probes()));
        }
        if conductor.leads() < 2 {
            return Err(SampleError::Leads(conductor.leads()));
        }
        if onsite.len() != conductor.sites() {
            return Err(SampleError::Sites { given: onsite.len(), sites: conductor.sites() });
        }
        Ok(Self { conductor, onsite, route, audit: Audit::default(), work: Work::default() })
    }

    /// Transmissions between the leads at one energy.
    ///
    /// # Errors
    /// [`SolveError`] if there is no Green function, or at a threshold of a lead mode.
    pub fn at(&mut self, energy: f64) -> Result<TransmissionMatrix, SolveError> {
        Ok(TransmissionMatrix::of(&self.smatrix(energy)?))
    }

    /// The S matrix at one energy.
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub fn smatrix(&mut self, energy: f64) -> Result<SMatrix, SolveError> {
        let s = scattering::smatrix(&self.conductor.at(energy)?, self.onsite, self.route)?;
        self.audit.merge(&s.audit);
        self.work += s.work;
        Ok(s)
    }

    /// The same, next to a singular point rather than at it.
    pub(crate) fn smatrix_beside(
        &mut self,
        structure: &Structure,
        energy: f64,
    ) -> Result<SMatrix, SolveError> {
        let too_close = structure.points().iter().find(|p| (p.energy - energy).abs() < MARGIN);
        self.smatrix(too_close.map_or(energy, |p| p.energy + MARGIN.copysign(energy - p.energy)))
    }

    fn beside(&mut self, structure: &Structure, energy: f64) -> Result<TransmissionMatrix, SolveError> {
        Ok(TransmissionMatrix::of(&self.smatrix_beside(structure, energy)?))
    }

    /// Thresholds of lead modes between two energies.
    ///
    /// # Errors
    /// [`LeadError`] if the bands of a lead cannot be found.
    pub fn structure(&self, [low, high]: [f64; 2]) -> Result<Structure, LeadError> {
        let found = self.conductor.singular_energies(low, high)?;
        Ok(Structure::known_thresholds(&found))
    }

    /// Linear response at one chemical potential and temperature, by S matrices at the energies it takes. For several, see
    /// [`function`](Self::function).
    ///
    /// # Errors
    /// [`TransportError`] as [`LinearResponse::new`].
    pub fn linear(
        &mut self,
        mu: f64,
        kt: f64,
        adaptive: Adaptive,
    ) -> Result<LinearResponse, TransportError<SolveError>> {
        super::linear::check(mu, kt)?;
        let structure = self.known([mu - REACH * kt, mu + REACH * kt])?;
        let terminals = self.conductor.leads();
        let mut response =
            LinearResponse::new(terminals, mu, kt, &structure, adaptive, |e| self.beside(&structure, e))?;
        if self.conductor.is_time_reversal_symmetric() {
            response.record_symmetry(adaptive.tolerance.max(super::linear::SUMS));
        }
        response.audit.merge(&self.audit);
        Ok(response)
    }

    /// Currents at any bias and temperatures, by S matrices at the energies they take. The transmissions are those of the unbiased conductor.
    ///
    /// # Errors
    /// [`TransportError`] as [`currents`].
    pub fn currents(
        &mut self,
        reservoirs: &[Reservoir],
        adaptive: Adaptive,
    ) -> Result<Currents, TransportError<SolveError>> {
        let structure = self.structure_for(reservoirs)?;
        let mut found = currents(reservoirs, &structure, adaptive, |e| self.beside(&structure, e))?;
        found.audit.merge(&self.audit);
        Ok(found)
    }

    /// The transmission as a function, on a range of energies: S matrices once, all temperatures and biases from them.
    ///
    /// # Errors
    /// [`FunctionError`] as [`TransmissionFunction::new`].
    pub fn function(
        &mut self,
        range: [f64; 2],
        resolution: Resolution,
    ) -> Result<TransmissionFunction, FunctionError<SolveError>> {
        let structure = self.structure(range).map_err(|e| FunctionError::Transmission(e.into()))?;
        let mut function =
            TransmissionFunction::new(range, structure.clone(), resolution, |e| self.beside(&structure, e))?;
        function.add_audit(&self.audit);
        Ok(function)
    }

    /// The same for linear response at these potentials and temperatures, no more accurate anywhere than their windows need.
    ///
    /// # Errors
    /// [`FunctionError`] as [`TransmissionFunction::for_windows`].
    pub fn function_for(
        &mut self,
        windows: &[Reservoir],
        resolution: Resolution,
    ) -> Result<TransmissionFunction, FunctionError<SolveError>> {
        let range = TransmissionFunction::range_for(windows);
        let structure = self.structure(range).map_err(|e| FunctionError::Transmission(e.into()))?;
        let at = |e| self.beside(&structure, e);
        let mut function = TransmissionFunction::for_windows(windows, structure.clone(), resolution, at)?;
        function.add_audit(&self.audit);
        Ok(function)
    }

    /// The Sommerfeld expansion at a chemical potential and temperature, slopes taken analytically.
    ///
    /// # Errors
    /// [`SolveError`] if there is no Green function at mu or kT to either side, or these are thresholds.
    pub fn sommerfeld(&mut self, mu: f64, kt: f64) -> Result<Sommerfeld, SolveError> {
        let leads: Vec<usize> =
            (0..self.conductor.leads()).map(|lead| self.conductor.lead_terminal(lead)).collect();
        Sommerfeld::new(mu, kt, |energy| {
            let options = Options { derivatives: true, ..Options::default() };
            let solved =
                scattering::solve_with(&self.conductor.at(energy)?, self.onsite, self.route, options)?;
            self.audit.merge(&solved.audit);
            self.work += solved.work;
            let slope = solved.derivative.as_deref().unwrap_or_else(|| unreachable!("asked for"));
            Ok([solved.exchange.as_ref(), slope].map(|t| TransmissionMatrix::among(t, &leads)))
        })
    }

    /// Thresholds of lead modes at energies that the reservoirs fill differently.
    pub(crate) fn structure_for(
        &self,
        reservoirs: &[Reservoir],
    ) -> Result<Structure, TransportError<SolveError>> {
        self.known(Reach::of(reservoirs, &Structure::default(), &[])?.range)
    }

    fn known(&self, range: [f64; 2]) -> Result<Structure, TransportError<SolveError>> {
        self.structure(range).map_err(|e| TransportError::Transmission(e.into()))
    }

    /// Laws checked at every energy so far; the worst is kept.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Work done so far.
    pub fn work(&self) -> Work {
        self.work
    }
}
