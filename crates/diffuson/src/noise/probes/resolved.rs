//! Amplitudes at every energy of a window.

use super::correlate::correlate;
use super::flat::audit_positivity;
use super::overlap::Overlap;
use super::rates::{Rates, Reduction};
use super::state::{ALLOWED, Point, Problem};
use super::{ProbeKind, ProbeNoise, ProbeNoiseError, ROUNDING, Setting, check_driven};
use crate::audit::{Audit, laws};
use crate::noise::amplitudes::Amplitudes;
use crate::noise::laws_of::relative;
use crate::scattering::{Exchange, Work, nan_max};
use crate::thermal::{Reservoir, Window};

/// Currents and noise in one setting, from amplitudes at every energy of a window, whose energies have to reach beyond the potentials by 38 times the highest temperature that
/// occurs, hot probes among them (below `sqrt(max kT^2 + 3 eV^2 / 4 pi^2)` where transmissions change little). All terminals but the driven ones float.
///
/// Probes that relax energy need all rates before the state is known: they are kept, 8 N^2 bytes for each energy, and amplitudes are computed a second time. Dephasing probes
/// take energy by energy. The transmissions are those of the unbiased conductor: screening is not included.
///
/// # Errors
/// [`ProbeNoiseError`] if fewer than two terminals are driven, the setting makes no sense (temperatures are above zero here), there are no amplitudes, or the state cannot be found.
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn resolved(
    window: &Window<'_>,
    onsite: &[f64],
    driven: &[usize],
    setting: &Setting,
) -> Result<ProbeNoise, ProbeNoiseError> {
    let terminals = window.points().next().map_or(0, |(dressed, _)| dressed.conductor().terminals());
    check_driven(driven, terminals)?;
    setting.check(driven.len(), false)?;
    let mut sums = Sums::new(driven.len());
    let (potential, temperature) = if setting.kind == ProbeKind::Dephasing {
        dephasing(window, onsite, driven, &setting.reservoirs, &mut sums)?
    } else {
        relaxing(window, onsite, driven, setting, &mut sums)?
    };
    Ok(sums.finish(driven, potential, temperature))
}

/// Integrals over energy in the making.
struct Sums {
    current: Vec<f64>,
    correlator: Vec<f64>,
    /// By the coarser rule.
    coarse: Vec<f64>,
    /// Gross current.
    exchanged: f64,
    /// Of the sum of the weights of driven terminals from 1.
    deviation: f64,
    audit: Audit,
    work: Work,
}

impl Sums {
    fn new(n: usize) -> Self {
        Self {
            current: vec![0.0; n],
            correlator: vec![0.0; n * n],
            coarse: vec![0.0; n * n],
            exchanged: 0.0,
            deviation: 0.0,
            audit: Audit::default(),
            work: Work::default(),
        }
    }

    fn add(&mut self, [fine, coarse]: [f64; 2], correlator: &[f64]) {
        self.correlator.iter_mut().zip(correlator).for_each(|(s, c)| *s += fine * c);
        self.coarse.iter_mut().zip(correlator).for_each(|(s, c)| *s += coarse * c);
    }

    fn finish(mut self, driven: &[usize], potential: Vec<f64>, temperature: Vec<f64>) -> ProbeNoise {
        let n = driven.len();
        let charge = relative(self.current.iter().sum::<f64>().abs(), self.exchanged);
        self.audit.record(laws::CHARGE, charge, ROUNDING.max(ALLOWED));
        self.audit.record(laws::NOISE_CONSERVATION, self.deviation, ROUNDING.max(ALLOWED));
        audit_positivity(&mut self.audit, &self.correlator, n);
        let scale = (0..n).map(|t| self.correlator[t * n + t]).fold(0.0, nan_max);
        let pairs = self.correlator.iter().zip(&self.coarse);
        let difference = pairs.map(|(fine, coarse)| (fine - coarse).abs()).fold(0.0, nan_max);
        let error = crate::thermal::Quadrature::error_estimate(relative(difference, scale));
        self.audit.record(laws::QUADRATURE, error, QUADRATURE);
        ProbeNoise {
            driven: driven.to_vec(),
            current: self.current,
            correlator: self.correlator,
            potential,
            temperature,
            audit: self.audit,
            work: self.work,
        }
    }
}

/// Tolerance of the quadrature.
const QUADRATURE: f64 = 1e-8;

/// Occupations that contribute less than this, relative to one state full and one empty, are left out.
const NEGLIGIBLE: f64 = 1e-17;

/// No current at any energy: each energy for itself.
fn dephasing(
    window: &Window<'_>,
    onsite: &[f64],
    driven: &[usize],
    reservoirs: &[Reservoir],
    sums: &mut Sums,
) -> Result<(Vec<f64>, Vec<f64>), ProbeNoiseError> {
    let n = driven.len();
    let mut state: Option<(Vec<f64>, Vec<f64>)> = None;
    for (dressed, weights) in window.points() {
        let g: Vec<f64> = (0..n * n)
            .map(|k| overlap_at(&reservoirs[k / n], &reservoirs[k % n], dressed.energy()))
            .collect();
        if g.iter().all(|g| *g < NEGLIGIBLE) {
            continue;
        }
        let amplitudes = Amplitudes::new(dressed, onsite)?;
        let rates = Rates::new(&amplitudes);
        let reduction = Reduction::new(&rates, driven)?;
        let overlap = Overlap::of_mixtures(&reduction.sources, &g);
        let found = correlate(&amplitudes, &rates, &reduction.weights, &[overlap], &mut sums.audit).remove(0);
        sums.add(weights, &found);
        sums.work += amplitudes.work();
        sums.deviation = nan_max(sums.deviation, reduction.deviation);
        let difference = |u: usize, t: usize| reservoirs[u].excess(&reservoirs[t], dressed.energy());
        let current = reduction.currents(difference);
        sums.current.iter_mut().zip(&current).for_each(|(s, i)| *s += weights[0] * i);
        let exchanged = (0..n * n).map(|k| (reduction.transmission[k] * difference(k % n, k / n)).abs());
        sums.exchanged += weights[0] * exchanged.fold(0.0, nan_max);
        let (mu, kt) = state
            .get_or_insert_with(|| (vec![reservoirs[0].mu; rates.terminals()], vec![0.0; rates.terminals()]));
        for a in 0..rates.terminals() {
            let x = |k: usize| reduction.sources[k][a];
            mu[a] += weights[0] * (0..n).map(|t| x(t) * difference(t, 0)).sum::<f64>();
            kt[a] += 0.5 * weights[0] * (0..n * n).map(|k| x(k / n) * x(k % n) * g[k]).sum::<f64>();
        }
    }
    let (mut mu, mut kt) = state.unwrap_or_default();
    for (&t, r) in driven.iter().zip(reservoirs) {
        (mu[t], kt[t]) = (r.mu, r.kt);
    }
    Ok((mu, kt))
}

/// `f (1 - g) + g (1 - f)` at an energy.
fn overlap_at(a: &Reservoir, b: &Reservoir, energy: f64) -> f64 {
    let empty = |r: &Reservoir| Reservoir { mu: -r.mu, kt: r.kt }.occupation(-energy);
    a.occupation(energy) * empty(b) + b.occupation(energy) * empty(a)
}

/// Fermi functions: the state from all energies, then the noise at each.
fn relaxing(
    window: &Window<'_>,
    onsite: &[f64],
    driven: &[usize],
    setting: &Setting,
    sums: &mut Sums,
) -> Result<(Vec<f64>, Vec<f64>), ProbeNoiseError> {
    let mut points = Vec::new();
    for (dressed, [weight, _]) in window.points() {
        let amplitudes = Amplitudes::new(dressed, onsite)?;
        points.push(Point { energy: dressed.energy(), weight, rates: Rates::new(&amplitudes) });
        sums.work += amplitudes.work();
    }
    let reservoirs = &setting.reservoirs;
    let (mean, unit) = scale_of(reservoirs);
    let terminals = points[0].rates.terminals();
    let exchanges = |a: &usize| points.iter().any(|point| point.rates.outgoing()[*a] > 0.0);
    let floating = (0..terminals).filter(|a| !driven.contains(a)).filter(exchanges).collect();
    let hot = setting.kind == ProbeKind::Hot;
    let problem = Problem { points: &points, driven, floating, hot, centre: mean, unit };
    let mut state = guess(&problem, setting, terminals)?;
    let flow = problem.solve(&mut state)?;
    let [particles, energies] = problem.residual(&flow);
    sums.audit.record(laws::PROBE_CURRENTS, particles, ALLOWED);
    if hot {
        sums.audit.record(laws::PROBE_HEATS, energies, ALLOWED);
    }
    sums.current = driven.iter().map(|&t| flow.particle[t]).collect();
    sums.exchanged = flow.gross();
    let correction = problem.correction(&state)?;
    for &p in &problem.floating {
        let [m, n] = [&correction.constant, &correction.slope].map(|w| w.iter().map(|w| w[p]).sum::<f64>());
        sums.deviation = [(m - 1.0).abs(), n.abs()].into_iter().fold(sums.deviation, nan_max);
    }
    for (point, (dressed, weights)) in points.iter().zip(window.points()) {
        let f: Vec<f64> = state.iter().map(|r| r.occupation(point.energy)).collect();
        if f.iter().all(|f| *f < NEGLIGIBLE) || f.iter().all(|f| 1.0 - f < NEGLIGIBLE) {
            continue;
        }
        let amplitudes = Amplitudes::new(dressed, onsite)?;
        let at_energy = problem.weights(&correction, point.energy);
        let overlap = [Overlap::of_occupations(f)];
        let found = correlate(&amplitudes, &point.rates, &at_energy, &overlap, &mut sums.audit).remove(0);
        sums.add(weights, &found);
        sums.work += amplitudes.work();
    }
    let floats = |a: &usize| driven.contains(a) || problem.floating.contains(a);
    let known = |a: usize| if floats(&a) { state[a] } else { Reservoir { mu: f64::NAN, kt: f64::NAN } };
    Ok((0..terminals).map(known).map(|r| (r.mu, r.kt)).unzip())
}

/// Mean potential, and the width of the window.
fn scale_of(reservoirs: &[Reservoir]) -> (f64, f64) {
    let mean = reservoirs.iter().map(|r| r.mu).sum::<f64>() / reservoirs.len() as f64;
    let unit = reservoirs.iter().map(|r| r.kt + (r.mu - mean).abs()).fold(0.0, f64::max);
    (mean, unit)
}

/// The state for the rates in the middle of the window at all energies.
fn guess(
    problem: &Problem<'_>,
    setting: &Setting,
    terminals: usize,
) -> Result<Vec<Reservoir>, ProbeNoiseError> {
    let reservoirs = &setting.reservoirs;
    let distance = |p: &&Point| (p.energy - problem.centre).abs();
    let middle = problem.points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let reduction = middle.map(|point| Reduction::new(&point.rates, problem.driven)).transpose()?;
    let mean = Reservoir { mu: problem.centre, kt: reservoirs[0].kt };
    let mut state = vec![mean; terminals];
    for &p in &problem.floating {
        let sources = reduction.iter().flat_map(|r| r.sources.iter().map(|x| x[p]));
        let parts: Vec<(f64, &Reservoir)> = sources.zip(reservoirs).collect();
        if parts.iter().map(|(x, _)| x).sum::<f64>() > 0.5 {
            state[p].mu = parts.iter().map(|(x, r)| x * r.mu).sum();
        }
        let mu = state[p].mu;
        let joule = 3.0 / std::f64::consts::PI.powi(2);
        let square: f64 = parts.iter().map(|(x, r)| x * (r.kt * r.kt + joule * (r.mu - mu).powi(2))).sum();
        state[p].kt = match setting.kind {
            ProbeKind::Inelastic { kt } => kt,
            _ => square.sqrt().max(reservoirs.iter().map(|r| r.kt).fold(f64::INFINITY, f64::min)),
        };
    }
    problem.driven.iter().zip(reservoirs).for_each(|(&t, r)| state[t] = *r);
    Ok(state)
}
