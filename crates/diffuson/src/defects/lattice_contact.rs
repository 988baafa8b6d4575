//! A constriction of a lattice between wide leads, in which defects move from site to site: conductance and energy of all their positions from one factorisation for each
//! energy.
//!
//! The contact without scatterers is factorised at the Fermi energy (at the nodes of a thermal average, at T > 0) and at energies `mu + i w` along the imaginary axis. Between the
//! candidates, the sites where scatterers may be, that gives the Green function and the states that come from the leads; scatterers V are then added by changes of rank one,
//!
//! ```text
//! S      -> S + i w kappa u^T,     kappa = V / (1 - V G_kk),
//! dOmega =  Tr V - (2/pi) Int_0^inf dw ln|det[1 - G(mu + i w) V]|,
//! ```
//!
//! a background once and each position after it. The second line is `(1/pi) Im Int dE f ln det(1 - G V)` for both spins with the contour turned: resonances and bound states near the
//! real axis do not trouble it.

mod contour;
mod scatterers;
mod transport;

use super::{ContactShape, DefectError, Dressed, require};
use crate::audit::{Audit, laws};
use crate::gauss::Gauss;
use crate::scattering::{Between, Work, green_between, nan_max, states_on};
use contour::Contour;
use diffuson_linalg::sparse::Parallelism;
use diffuson_linalg::{C64, Matrix};
use scatterers::Sites;
use std::collections::BTreeMap;
use transport::Transport;

/// A contact without scatterers, and all that those at its candidates need to know of it. Memory: `16 (41 c^2 + 2 c m + m^2)` bytes for c
/// candidates and m channels at T = 0.
#[derive(Clone, Debug)]
pub struct LatticeContact {
    shape: ContactShape,
    energy: f64,
    /// Number of each candidate.
    candidates: BTreeMap<[usize; 3], usize>,
    /// At the nodes of the thermal average.
    transport: Vec<Transport>,
    average: Gauss,
    /// G between the candidates at the nodes of the contour.
    green: Vec<Matrix>,
    contour: Contour,
    audit: Audit,
    work: Work,
}

/// Nodes of the thermal average of conductances, the middle one at the Fermi energy: exact where transmissions are polynomials in energy of a degree below 22.
const THERMAL: usize = 11;

/// Unitarity of S with scatterers, per mode: solutions with a backward error of 1e-11 at most, times Green functions of some 1/t.
const SCATTERERS: f64 = 1e-9;

/// Error of energies by quadrature, in t.
const ENERGY: f64 = 1e-8;

/// Error of conductances by thermal average, per conductance (at least 1); thresholds of leads within kT of the Fermi energy limit it.
const AVERAGE: f64 = 1e-2;

impl LatticeContact {
    /// A contact of the given shape at the Fermi energy `energy` and temperature kT (both in t), with `flux` flux quanta per plaquette of the x-y plane, leads included, and the sites where
    /// scatterers may be. There are 41 factorisations at T = 0; at kT > 0 there are 11 for the conductance and, for energies, some `2.5 (reach/kT)^{1/2}` with a band that reaches as far: 30 at 0.1 t
    /// and 90 at 0.01 t.
    ///
    /// # Errors
    /// [`DefectError`] if a candidate is no site of the contact, there is none, energy or flux are not numbers, the temperature is negative or above 0 but so low that too many poles of
    /// the Fermi function count, or the contact cannot be solved.
    pub fn new(
        shape: ContactShape,
        energy: f64,
        flux: f64,
        temperature: f64,
        candidates: &[[usize; 3]],
    ) -> Result<Self, DefectError> {
        Self::with_parallelism(shape, energy, flux, temperature, candidates, Parallelism::Sequential)
    }

    /// The same where each factorisation may be shared among the threads of the rayon pool it is called in: the same bits.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_parallelism(
        shape: ContactShape,
        energy: f64,
        flux: f64,
        temperature: f64,
        candidates: &[[usize; 3]],
        parallelism: Parallelism,
    ) -> Result<Self, DefectError> {
        require("energy", energy, energy.is_finite(), "any finite number")?;
        require("flux", flux, flux.is_finite(), "any finite number")?;
        require("number of candidates", candidates.len() as f64, !candidates.is_empty(), "at least 1")?;
        if let Some(&site) = candidates.iter().find(|&&site| !shape.contains(site)) {
            return Err(DefectError::NoSuchSite { site });
        }
        let numbered: BTreeMap<[usize; 3], usize> =
            shape.sites().enumerate().map(|(own, site)| (site, own)).collect();
        let mut sites = candidates.to_vec();
        sites.sort_unstable();
        sites.dedup();
        let orbitals: Vec<usize> = sites.iter().map(|site| numbered[site]).collect();
        let conductor = shape.conductor(flux)?;
        let onsite = vec![0.0; conductor.sites()];
        let (mut audit, mut work) = (Audit::default(), Work::default());

        let contour = Contour::new(temperature, reach(&shape, energy, 2.0 * band_edge(&shape)))?;
        let average = if temperature == 0.0 { Gauss::thermal(1) } else { Gauss::thermal(THERMAL) };
        let mut transport = Vec::with_capacity(average.points.len());
        for x in &average.points {
            let dressed = conductor.continued(C64::from(energy + temperature * x))?;
            let states = states_on(&dressed, &onsite, &orbitals, parallelism)?;
            audit.merge(&states.s.audit);
            work += states.s.work;
            transport.push(Transport::new(states));
        }
        let mut green = Vec::with_capacity(contour.nodes.len());
        for w in &contour.nodes {
            let dressed = conductor.continued(C64::new(energy, *w))?;
            let Between { green: found, audit: sound, work: done } =
                green_between(&dressed, &onsite, &orbitals, parallelism)?;
            audit.merge(&sound);
            work += done;
            green.push(found);
        }
        let candidates = sites.into_iter().enumerate().map(|(own, site)| (site, own)).collect();
        Ok(Self { shape, energy, candidates, transport, average, green, contour, audit, work })
    }

    /// The shape.
    pub fn shape(&self) -> &ContactShape {
        &self.shape
    }

    /// The candidates, in ascending order.
    pub fn sites(&self) -> impl ExactSizeIterator<Item = [usize; 3]> {
        self.candidates.keys().copied()
    }

    /// Conductance without scatterers in e^2/h, both spins.
    pub fn conductance(&self) -> f64 {
        let weighted = self.transport.iter().zip(&self.average.weights);
        2.0 * weighted.map(|(node, weight)| weight * node.transmission).sum::<f64>()
    }

    /// Electrons on a candidate without scatterers, both spins: a weak scatterer there has the energy V n.
    ///
    /// # Errors
    /// [`DefectError::NotACandidate`].
    pub fn electrons(&self, site: [usize; 3]) -> Result<f64, DefectError> {
        let at = self.number(site)?;
        let weighted = self.green.iter().zip(&self.contour.weights);
        Ok(1.0 + weighted.map(|(g, weight)| weight * g[(at, at)].re).sum::<f64>())
    }

    /// Audit of the contact without scatterers: unitarity, reciprocity, backward errors.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Work done for the contact: one factorisation for each energy, whatever is asked for after.
    pub fn work(&self) -> Work {
        self.work
    }

    /// All positions of a mobile scatterer of potential `potential` before a background of scatterers, (site, potential in t). Energies are grand potentials and include `Tr V`.
    ///
    /// The background takes some `s^2 (s + p)` complex operations for each energy and s scatterers, and `s m^2` of the S matrix of m channels; a position `s^2` for each energy and `m^2`. The audit
    /// compares transmission and reflection, which are changed independently, for every position.
    ///
    /// # Errors
    /// [`DefectError`] if a site is no candidate, two scatterers have one site, or a potential is not a number.
    pub fn dress(
        &self,
        background: &[([usize; 3], f64)],
        potential: f64,
        positions: &[[usize; 3]],
    ) -> Result<Dressed, DefectError> {
        let numbered = |&(site, v): &([usize; 3], f64)| {
            require("potential", v, v.is_finite(), "any finite number")?;
            Ok((self.number(site)?, v))
        };
        let fixed = background.iter().map(numbered).collect::<Result<Vec<(usize, f64)>, DefectError>>()?;
        require("potential", potential, potential.is_finite(), "any finite number")?;
        let places = positions.iter().map(|&site| self.number(site)).collect::<Result<Vec<_>, _>>()?;
        let mut taken: Vec<[usize; 3]> = background.iter().map(|&(site, _)| site).collect();
        taken.sort_unstable();
        let twice = taken.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let met = || positions.iter().copied().find(|site| taken.binary_search(site).is_ok());
        if let Some(site) = twice.or_else(met) {
            return Err(DefectError::Occupied { site });
        }
        let mut audit = self.audit.clone();
        let energy = self.energies(&fixed, potential, &places, &mut audit);
        let conductance = self.conductances(&fixed, potential, &places, &mut audit);
        Ok(Dressed { energy, conductance, audit })
    }

    /// What the background adds to energies and conductances: [`dress`](Self::dress) less that of the mobile scatterer alone. In a continuum without walls, where a scatterer alone has the same energy
    /// and conductance everywhere, that is all that positions differ by.
    ///
    /// # Errors
    /// As [`dress`](Self::dress).
    pub fn interaction(
        &self,
        background: &[([usize; 3], f64)],
        potential: f64,
        positions: &[[usize; 3]],
    ) -> Result<Dressed, DefectError> {
        let mut found = self.dress(background, potential, positions)?;
        let alone = self.dress(&[], potential, positions)?;
        found.audit.merge(&alone.audit);
        found.energy.iter_mut().zip(alone.energy).for_each(|(e, alone)| *e -= alone);
        found.conductance.iter_mut().zip(alone.conductance).for_each(|(g, alone)| *g -= alone);
        Ok(found)
    }

    fn energies(
        &self,
        fixed: &[(usize, f64)],
        potential: f64,
        places: &[usize],
        audit: &mut Audit,
    ) -> Vec<f64> {
        let mut terms = vec![Vec::with_capacity(self.green.len()); places.len()];
        for (green, weight) in self.green.iter().zip(&self.contour.weights) {
            let mut sites = Sites::new(green, fixed, places);
            let logarithm = sites.add_all(fixed);
            for (terms, own) in terms.iter_mut().zip(&sites.own) {
                terms.push(-weight * (logarithm + (1.0 - potential * own).norm().ln()));
            }
        }
        let sum = |of: fn(f64) -> f64| fixed.iter().map(|&(_, v)| of(v)).sum::<f64>() + of(potential);
        let (trace, strength) = (sum(|v| v), sum(f64::abs));
        let strongest = fixed.iter().map(|&(_, v)| v.abs()).fold(potential.abs(), f64::max);
        let reach = reach(&self.shape, self.energy, strongest);
        let error = |terms: &Vec<f64>| self.contour.error(terms, strength, reach);
        let worst = terms.iter().map(error).fold(0.0, nan_max);
        audit.record(laws::GRAND_POTENTIAL, worst, ENERGY);
        terms.iter().map(|terms| trace + terms.iter().sum::<f64>()).collect()
    }

    fn conductances(
        &self,
        fixed: &[(usize, f64)],
        potential: f64,
        places: &[usize],
        audit: &mut Audit,
    ) -> Vec<f64> {
        let mut terms = vec![Vec::with_capacity(self.transport.len()); places.len()];
        for (node, weight) in self.transport.iter().zip(&self.average.weights) {
            let found = node.dress(fixed, places, potential);
            audit.record(laws::UNITARITY, found.unitarity, SCATTERERS);
            audit.record(laws::RECIPROCITY, found.reciprocity, SCATTERERS);
            terms.iter_mut().zip(found.changes).for_each(|(terms, change)| terms.push(2.0 * weight * change));
        }
        if self.transport.len() > 1 {
            let worst = terms.iter().map(|terms| self.average.error(terms)).fold(0.0, nan_max);
            audit.record(laws::QUADRATURE, worst / self.conductance().max(1.0), AVERAGE);
        }
        terms.iter().map(|terms| terms.iter().sum()).collect()
    }

    /// The phase shift `-arg(1 - V g)` in radians of one scatterer, g the Green function of its site at the Fermi energy without others: above 0 where it attracts. In a wire it
    /// takes `2 sin^2` of that from the conductance.
    ///
    /// # Errors
    /// [`DefectError`] if the site is no candidate or the potential is not a number.
    pub fn phase_shift(&self, site: [usize; 3], potential: f64) -> Result<f64, DefectError> {
        require("potential", potential, potential.is_finite(), "any finite number")?;
        Ok(-(1.0 - potential * self.local(site)?).arg())
    }

    /// The potential of a phase shift, in t: the inverse of [`phase_shift`](Self::phase_shift).
    ///
    /// # Errors
    /// [`DefectError`] if the site is no candidate, or no finite potential has such a phase shift: those below 0 reach up to `-arg g`, those above 0 down to `-pi - arg g`.
    pub fn potential(&self, site: [usize; 3], phase_shift: f64) -> Result<f64, DefectError> {
        let g = self.local(site)?;
        let [least, most] = [-std::f64::consts::PI - g.arg(), -g.arg()];
        let allowed = "between -pi - arg g and -arg g of the Green function of the site";
        require("phase shift", phase_shift, phase_shift > least && phase_shift < most, allowed)?;
        Ok(phase_shift.sin() / (g.im * phase_shift.cos() + g.re * phase_shift.sin()))
    }

    /// The potential of a phase shift by the Green function averaged over some candidates, in t: `1/V = <Re g> + <Im g> cot d`, the mean of what single sites would have.
    ///
    /// # Errors
    /// As [`potential`](Self::potential), for any of the sites; no sites.
    pub fn mean_potential(&self, sites: &[[usize; 3]], phase_shift: f64) -> Result<f64, DefectError> {
        require("number of sites", sites.len() as f64, !sites.is_empty(), "at least 1")?;
        let mut inverse = 0.0;
        for &site in sites {
            inverse += 1.0 / self.potential(site, phase_shift)?;
        }
        Ok(sites.len() as f64 / inverse)
    }

    /// G of a candidate at the Fermi energy.
    fn local(&self, site: [usize; 3]) -> Result<C64, DefectError> {
        let at = self.number(site)?;
        Ok(self.transport[self.transport.len() / 2].green[(at, at)])
    }

    fn number(&self, site: [usize; 3]) -> Result<usize, DefectError> {
        self.candidates.get(&site).copied().ok_or(DefectError::NotACandidate { site })
    }
}

/// Half the width of the band of the leads, in t.
fn band_edge(shape: &ContactShape) -> f64 {
    if shape.lead()[1] == 1 { 4.0 } else { 6.0 }
}

/// No state of a contact with potentials up to `strongest` is further from the Fermi energy, in t.
fn reach(shape: &ContactShape, energy: f64, strongest: f64) -> f64 {
    energy.abs() + band_edge(shape) + strongest
}

#[cfg(test)]
mod tests;
