//! A conductor at fixed energies of a Fermi window, and its transmissions between all terminals, probes among them.

use super::{Quadrature, fermi_window};
use crate::audit::Audit;
use crate::conductor::{Conductor, Dressed};
use crate::leads::LeadError;
use crate::scattering::{self, Exchange, Options, Precision, Route, SolveError, Transmissions, Work};

/// How far from a chemical potential the window is followed, in kT: `exp(-38)` is below rounding.
const CUTOFF: f64 = 38.0;

/// A conductor at all energies of a Fermi window. Does not depend on disorder: share it between samples.
#[derive(Clone, Debug)]
pub struct Window<'c> {
    dressed: Vec<Dressed<'c>>,
    quadrature: Quadrature,
    mu: f64,
    kt: f64,
    precision: Precision,
}

/// The matrices L0, L1, L2 between all terminals.
pub struct Onsager {
    /// `L^(n)`, in t^n.
    pub l: [Box<dyn Exchange>; 3],
    /// Temperature k_B T, in t.
    pub kt: f64,
    /// Estimated error of L0 relative to its largest row sum.
    pub quadrature_error: f64,
    /// Laws checked at every energy; the worst is kept.
    pub audit: Audit,
    /// Local density of states averaged over the window, in 1/t.
    pub density_of_states: Vec<f64>,
    /// Work done.
    pub work: Work,
}

impl<'c> Window<'c> {
    /// The window of linear response at chemical potential `mu` and temperature `kt` (both in t).
    ///
    /// # Errors
    /// [`LeadError`] if a lead has no self-energy at one of the energies.
    pub fn linear(conductor: &'c Conductor, mu: f64, kt: f64) -> Result<Self, LeadError> {
        Self::new(conductor, [mu, mu], kt, kt)
    }

    /// The window of transport between potentials `low` and `high`, reservoirs at temperature `kt` and no terminal hotter than `hottest`
    /// (all in t).
    ///
    /// # Errors
    /// [`LeadError`] if a lead has no self-energy at one of the energies.
    pub fn biased(
        conductor: &'c Conductor,
        [low, high]: [f64; 2],
        kt: f64,
        hottest: f64,
    ) -> Result<Self, LeadError> {
        Self::new(conductor, [low, high], kt, hottest)
    }

    fn new(
        conductor: &'c Conductor,
        [low, high]: [f64; 2],
        kt: f64,
        hottest: f64,
    ) -> Result<Self, LeadError> {
        let (from, to) = (low - CUTOFF * hottest, high + CUTOFF * hottest);
        let singular = conductor.singular_energies(from, to)?;
        let feature = conductor.narrowest_probe(0.5 * (low + high)).unwrap_or(kt);
        let quadrature = Quadrature::new(from, to, kt, feature, &singular);
        let dressed = quadrature.energies.iter().map(|&e| conductor.at(e)).collect::<Result<_, _>>()?;
        Ok(Self { dressed, quadrature, mu: 0.5 * (low + high), kt, precision: Precision::Double })
    }

    /// The same window, transmissions in the given precision on routes that know it.
    pub fn in_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    fn options(&self) -> Options {
        Options { precision: self.precision, ..Options::default() }
    }

    /// Energies and weights.
    pub fn quadrature(&self) -> &Quadrature {
        &self.quadrature
    }

    /// Mean chemical potential, in t.
    pub fn mu(&self) -> f64 {
        self.mu
    }

    /// Temperature k_B T of the reservoirs, in t.
    pub fn kt(&self) -> f64 {
        self.kt
    }

    /// The conductor at every energy, with the weights of the two rules.
    pub(crate) fn points(&self) -> impl Iterator<Item = (&Dressed<'c>, [f64; 2])> {
        let weights = self.quadrature.weights.iter().zip(&self.quadrature.coarse);
        self.dressed.iter().zip(weights.map(|(fine, coarse)| [*fine, *coarse]))
    }

    /// L0, L1, L2 for one realisation of the on-site energies.
    ///
    /// # Errors
    /// [`SolveError`] if a Green function does not exist.
    pub fn onsager(&self, onsite: &[f64], route: Route) -> Result<Onsager, SolveError> {
        let mut stored: Option<[Transmissions; 3]> = None;
        let mut kept: [Vec<(f64, std::sync::Arc<dyn Exchange>)>; 3] = Default::default();
        let mut coarse: Option<Vec<f64>> = None;
        let (mut audit, mut work) = (Audit::default(), Work::default());
        let mut density_of_states = vec![0.0; onsite.len()];
        for (k, dressed) in self.dressed.iter().enumerate() {
            let x = (dressed.energy() - self.mu) / self.kt;
            let window = fermi_window(x) / self.kt;
            let weight = self.quadrature.weights[k] * window;
            if weight < 1e-18 {
                continue;
            }
            let solved = scattering::solve_with(dressed, onsite, route, self.options())?;
            audit.merge(&solved.audit);
            work += solved.work;
            density_of_states.iter_mut().zip(&solved.density_of_states).for_each(|(d, s)| *d += weight * s);
            let half = self.quadrature.coarse[k] * window;
            let sums = coarse.get_or_insert_with(|| vec![0.0; solved.exchange.terminals()]);
            sums.iter_mut().zip(solved.exchange.outgoing()).for_each(|(c, s)| *c += half * s);
            let powers = [1.0, x * self.kt, (x * self.kt).powi(2)];
            if let Some(t) = solved.exchange.stored() {
                let l = stored.get_or_insert_with(|| std::array::from_fn(|_| t.zeros_like()));
                l.iter_mut().zip(powers).for_each(|(l, p)| l.add(weight * p, t));
            } else {
                let shared: std::sync::Arc<dyn Exchange> = solved.exchange.into();
                kept.iter_mut().zip(powers).for_each(|(l, p)| l.push((weight * p, shared.clone())));
            }
        }
        let l: [Box<dyn Exchange>; 3] = match stored {
            Some(l) => l.map(|l| Box::new(l) as Box<dyn Exchange>),
            None => kept.map(|terms| Box::new(Sum::new(terms)) as Box<dyn Exchange>),
        };
        let fine = l[0].outgoing();
        let scale = fine.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let difference = fine
            .iter()
            .zip(coarse.unwrap_or_default())
            .map(|(f, c)| (f - c).abs())
            .fold(0.0, scattering::nan_max);
        let quadrature_error = Quadrature::error_estimate(difference / scale);
        Ok(Onsager { l, kt: self.kt, quadrature_error, audit, density_of_states, work })
    }

    /// The transmissions at every energy of the window with their weights dE, for one realisation of the on-site energies.
    ///
    /// # Errors
    /// [`SolveError`] if a Green function does not exist.
    pub fn spectrum(&self, onsite: &[f64], route: Route) -> Result<Spectrum, SolveError> {
        let (mut audit, mut work) = (Audit::default(), Work::default());
        let mut points = Vec::with_capacity(self.dressed.len());
        for (k, dressed) in self.dressed.iter().enumerate() {
            let solved = scattering::solve_with(dressed, onsite, route, self.options())?;
            audit.merge(&solved.audit);
            work += solved.work;
            points.push(SpectrumPoint {
                energy: dressed.energy(),
                weight: self.quadrature.weights[k],
                coarse: self.quadrature.coarse[k],
                exchange: solved.exchange,
                density_of_states: solved.density_of_states,
            });
        }
        Ok(Spectrum { points, kt: self.kt, audit, work })
    }
}

/// Transmissions at a set of energies.
pub struct Spectrum {
    /// One point per energy, ascending.
    pub points: Vec<SpectrumPoint>,
    /// Temperature k_B T of the reservoirs, in t.
    pub kt: f64,
    /// Laws checked at every energy; the worst is kept.
    pub audit: Audit,
    /// Work done.
    pub work: Work,
}

/// Transmissions at one energy.
pub struct SpectrumPoint {
    /// Energy, in t.
    pub energy: f64,
    /// Weight dE of the quadrature, in t.
    pub weight: f64,
    /// Weight in the coarser rule that estimates the error.
    pub coarse: f64,
    /// T_ab(E).
    pub exchange: Box<dyn Exchange>,
    /// Local density of states of each site, in 1/t.
    pub density_of_states: Vec<f64>,
}

impl Spectrum {
    /// The point nearest to an energy; `None` if there are no points.
    pub fn nearest(&self, energy: f64) -> Option<&SpectrumPoint> {
        self.points.iter().min_by(|a, b| (a.energy - energy).abs().total_cmp(&(b.energy - energy).abs()))
    }
}

/// A weighted sum of exchanges that are not stored.
struct Sum {
    parts: Vec<(f64, std::sync::Arc<dyn Exchange>)>,
    outgoing: Vec<f64>,
    terms: Vec<f64>,
}

impl Sum {
    fn new(parts: Vec<(f64, std::sync::Arc<dyn Exchange>)>) -> Self {
        let mut outgoing = vec![0.0; parts.first().map_or(0, |t| t.1.terminals())];
        let mut terms = outgoing.clone();
        for (weight, t) in &parts {
            outgoing.iter_mut().zip(t.outgoing()).for_each(|(o, s)| *o += weight * s);
            terms.iter_mut().zip(t.terms()).for_each(|(o, s)| *o += weight.abs() * s);
        }
        Self { parts, outgoing, terms }
    }
}

impl Exchange for Sum {
    fn terminals(&self) -> usize {
        self.outgoing.len()
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        let mut term = vec![0.0; out.len()];
        out.fill(0.0);
        for (weight, t) in &self.parts {
            t.current(v, &mut term);
            out.iter_mut().zip(&term).for_each(|(o, t)| *o += weight * t);
        }
    }

    fn outgoing(&self) -> &[f64] {
        &self.outgoing
    }

    fn terms(&self) -> &[f64] {
        &self.terms
    }

    fn is_symmetric(&self) -> bool {
        self.parts.iter().all(|(_, t)| t.is_symmetric())
    }
}
