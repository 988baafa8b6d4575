//! Noise through the Fermi window.

use super::laws_of::{self, relative};
use super::spectral::{Occupations, Transmissions, correlator, current};
use crate::audit::{Audit, laws};
use crate::scattering::{SMatrix, nan_max};
use crate::thermal::{Adaptive, Currents, Integral, Reach, Reservoir, SUMS, Structure, TransportError};

/// Zero-frequency noise of the charge and heat currents between reservoirs, at any potentials and temperatures, zero temperature included,
///
/// ```text
/// Int dE S_ab(E),     Int dE (E - mu_b) S_ab(E),     Int dE (E - mu_a) (E - mu_b) S_ab(E),
/// ```
///
/// one-sided, S_ab(E) as in [`spectral`](super::spectral()): scattering is elastic, so that different energies fluctuate independently. Screening is not included:
/// scattering is that of the unbiased conductor.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// Mean currents; their quadrature error is that of the noise too.
    pub currents: Currents,
    /// Charge currents into terminals a and b, row by row, in (e^2/h) t.
    pub charge: Vec<f64>,
    /// Particle current into a and heat current into b, row by row, in t^2/h; that of charge is -|e| times this.
    pub charge_heat: Vec<f64>,
    /// Heat currents into a and b, row by row, in t^3/h.
    pub heat: Vec<f64>,
    /// Laws checked: those of the S matrices and of the currents; conservation of charge and energy by fluctuations, positivity of charge and heat together, sign;
    /// between equal reservoirs, the equilibrium noise.
    pub audit: Audit,
}

/// What is taken off the noise to have the excess noise.
#[derive(Clone, Copy, Debug)]
pub enum Excess<'n> {
    /// `S - 4 kT I/V` of two reservoirs, kT the mean of their temperatures, V their bias: thermal noise of the conductance at that very bias.
    OverThermal,
    /// `S(V) - S(0)`: the noise of the same conductor without bias. The two agree where scattering does not depend on energy.
    OverUnbiased(&'n Noise),
}

impl Noise {
    /// Noise between reservoirs of a conductor without probes whose S matrix is a function of energy.
    ///
    /// # Errors
    /// [`TransportError`] if a reservoir makes no sense, or the S matrix fails or has another number of leads.
    pub fn between<E>(
        reservoirs: &[Reservoir],
        structure: &Structure,
        adaptive: Adaptive,
        mut smatrix: impl FnMut(f64) -> Result<SMatrix, E>,
    ) -> Result<Self, TransportError<E>> {
        let mut scattering = Audit::default();
        let mut noise = Self::from_fluctuations(reservoirs, structure, adaptive, |energy, occupations| {
            let s = smatrix(energy).map_err(TransportError::Transmission)?;
            let (given, wanted) = (s.leads(), reservoirs.len());
            if given != wanted {
                return Err(TransportError::Terminals { given, wanted });
            }
            let t = Transmissions::of(&s);
            scattering.merge(&s.audit);
            scattering.record(laws::UNITARITY, t.imbalance(), SUMS);
            let correlator = correlator(&s, &t, occupations);
            Ok(Fluctuations { current: current(&t, occupations), correlator, conductance: t.conductance() })
        })?;
        noise.audit.merge(&scattering);
        Ok(noise)
    }

    /// From what currents and fluctuations are at an energy for occupations there.
    pub(super) fn from_fluctuations<E>(
        reservoirs: &[Reservoir],
        structure: &Structure,
        adaptive: Adaptive,
        mut at: impl FnMut(f64, &Occupations) -> Result<Fluctuations, TransportError<E>>,
    ) -> Result<Self, TransportError<E>> {
        let n = reservoirs.len();
        let Reach { range, marks, unit } = Reach::of(reservoirs, structure, &[])?;
        let equilibrium = reservoirs.iter().all(|r| r.kt > 0.0 && *r == reservoirs[0]);
        let integral = adaptive.integrate(range, structure, &marks, |energy| {
            let occupations = Occupations::at(reservoirs, energy);
            let found = at(energy, &occupations)?;
            let above = |a: usize| (energy - reservoirs[a].mu) / unit;
            let correlators = || found.correlator.iter().enumerate().map(|(k, s)| (k / n, k % n, s));
            let mut values = found.current.clone();
            values.extend(found.current.iter().enumerate().map(|(a, i)| above(a) * i));
            values.extend(correlators().map(|(_, _, s)| s));
            values.extend(correlators().map(|(_, b, s)| above(b) * s));
            values.extend(correlators().map(|(a, b, s)| above(a) * above(b) * s));
            if equilibrium {
                values.extend(found.conductance.iter().map(|g| g * occupations.thermal[0]));
            }
            Ok(values)
        })?;
        let part = |which: usize, factor: f64| -> Vec<f64> {
            let from = 2 * n + which * n * n;
            match integral.values.get(from..from + n * n) {
                Some(values) => values.iter().map(|v| factor * v).collect(),
                None => vec![0.0; n * n],
            }
        };
        let mut noise = Self {
            currents: Currents::of(reservoirs, &integral, unit, adaptive.tolerance),
            charge: part(0, 1.0),
            charge_heat: part(1, unit),
            heat: part(2, unit * unit),
            audit: Audit::default(),
        };
        noise.check(&integral, unit, adaptive.tolerance);
        if equilibrium {
            noise.check_equilibrium(&part(3, 1.0), adaptive.tolerance);
        }
        Ok(noise)
    }

    /// Number of terminals.
    pub fn terminals(&self) -> usize {
        self.currents.reservoirs.len()
    }

    /// Fano factor `S_aa / 2 e |I_a|` of a terminal: 1 for independent electrons; infinite without current.
    pub fn fano_factor(&self, terminal: usize) -> f64 {
        self.charge[terminal * (self.terminals() + 1)] / (2.0 * self.currents.particle[terminal].abs())
    }

    /// Fano factor of the excess noise. None for [`Excess::OverThermal`] unless there are two reservoirs at different potentials, and for a noise between other
    /// numbers of terminals.
    pub fn excess_fano_factor(&self, terminal: usize, excess: Excess<'_>) -> Option<f64> {
        let n = self.terminals();
        let current = self.currents.particle[terminal].abs();
        let background = match (excess, self.currents.reservoirs.as_slice()) {
            (Excess::OverThermal, [left, right]) if left.mu != right.mu => {
                2.0 * (left.kt + right.kt) * current / (left.mu - right.mu).abs()
            }
            (Excess::OverUnbiased(zero), _) if zero.terminals() == n => zero.charge[terminal * (n + 1)],
            _ => return None,
        };
        Some((self.charge[terminal * (n + 1)] - background) / (2.0 * current))
    }

    /// Cross-correlation `S_ab / sqrt(S_aa S_bb)` of charge currents, between -1 and 1.
    pub fn correlation(&self, a: usize, b: usize) -> f64 {
        let n = self.terminals();
        self.charge[a * n + b] / (self.charge[a * (n + 1)] * self.charge[b * (n + 1)]).sqrt()
    }

    fn check(&mut self, integral: &Integral, unit: f64, tolerance: f64) {
        let n = self.terminals();
        let allowed = (n as f64 * tolerance).max(SUMS);
        self.audit.merge(&self.currents.audit);
        laws_of::correlators(&mut self.audit, &self.charge, n, allowed);
        // heats in the unit in which they were integrated
        let (mixed, heat) = (
            |a: usize, b: usize| self.charge_heat[a * n + b] / unit,
            |a: usize, b: usize| self.heat[a * n + b] / (unit * unit),
        );
        let both = |i: usize, j: usize| match (i < n, j < n) {
            (true, true) => self.charge[i * n + j],
            (true, false) => mixed(i, j - n),
            (false, true) => mixed(j, i - n),
            (false, false) => heat(i - n, j - n),
        };
        let scale = (0..2 * n).map(|i| both(i, i).abs()).fold(0.0, nan_max);
        let matrix: Vec<f64> = (0..4 * n * n).map(|k| both(k / (2 * n), k % (2 * n))).collect();
        let negative = laws_of::negative_part(&matrix, 2 * n);
        self.audit.record(laws::NOISE_POSITIVITY, relative(negative, scale), allowed);
        let mean = self.currents.reservoirs.iter().map(|r| r.mu).sum::<f64>() / n as f64;
        let mu = |a: usize| (self.currents.reservoirs[a].mu - mean) / unit;
        let energy = |i: usize| (0..n).map(|b| both(i, n + b) + mu(b) * both(i, b)).sum::<f64>().abs();
        let particles = |a: usize| (0..n).map(|b| both(b, n + a)).sum::<f64>().abs();
        let worst = (0..2 * n).map(energy).chain((0..n).map(particles)).fold(0.0, nan_max);
        self.audit.record(laws::ENERGY_NOISE, relative(worst, scale), allowed);
        self.audit.record(laws::QUADRATURE, integral.relative_error(), tolerance);
    }

    /// `S_ab = 2 kT (G_ab + G_ba)`, kT G given.
    fn check_equilibrium(&mut self, conductance: &[f64], tolerance: f64) {
        let n = self.terminals();
        let scale = (0..n).map(|a| self.charge[a * (n + 1)]).fold(0.0, nan_max);
        let pairs = (0..n * n).map(|k| (k, (k % n) * n + k / n));
        let missed =
            pairs.map(|(k, mirror)| (self.charge[k] - 2.0 * (conductance[k] + conductance[mirror])).abs());
        let allowed = (n as f64 * tolerance).max(EQUILIBRIUM);
        self.audit.record(laws::EQUILIBRIUM_NOISE, relative(missed.fold(0.0, nan_max), scale), allowed);
    }
}

/// How far noise may be from that of equilibrium: `M - T_aa` loses digits where nearly all is reflected.
const EQUILIBRIUM: f64 = 1e-8;

/// Currents and fluctuations at an energy.
pub(super) struct Fluctuations {
    pub(super) current: Vec<f64>,
    pub(super) correlator: Vec<f64>,
    /// `M_a delta_ab - T_ab`.
    pub(super) conductance: Vec<f64>,
}
