//! Amplitudes of one energy for the whole window.

use super::correlate::correlate;
use super::overlap::{Overlap, exchange};
use super::rates::{Rates, Reduction};
use super::{ProbeKind, ProbeNoise, ProbeNoiseError, ROUNDING, Setting, check_driven};
use crate::audit::{Audit, laws};
use crate::noise::SpectralNoise;
use crate::noise::amplitudes::Amplitudes;
use crate::noise::laws_of::{negative_part, relative};
use crate::scattering::{Exchange, nan_max};
use crate::thermal::Reservoir;

/// Fluctuations at one energy with the given occupations of the driven terminals; all others dephase. Currents and correlators are those of the driven terminals, in their order.
///
/// At zero temperature and small bias of the first one, with occupations 1, 0, ..., the correlators are S/eV: those of a conductor whose amplitudes change little between the potentials.
///
/// # Errors
/// [`ProbeNoiseError`] if fewer than two terminals are driven, an occupation is not between 0 and 1, or the occupations of the others cannot be found.
pub fn dephased(
    amplitudes: &Amplitudes<'_>,
    driven: &[usize],
    occupations: &[f64],
) -> Result<SpectralNoise, ProbeNoiseError> {
    check_driven(driven, amplitudes.terminals())?;
    if occupations.len() != driven.len() {
        return Err(ProbeNoiseError::Reservoirs { given: occupations.len(), driven: driven.len() });
    }
    if let Some(&bad) = occupations.iter().find(|f| !(0.0..=1.0).contains(*f)) {
        return Err(ProbeNoiseError::Occupation(bad));
    }
    let rates = Rates::new(amplitudes);
    let reduction = Reduction::new(&rates, driven)?;
    let n = driven.len();
    let pair = |k: usize| {
        let (f, g) = (occupations[k / n], occupations[k % n]);
        f * (1.0 - g) + g * (1.0 - f)
    };
    let g: Vec<f64> = (0..n * n).map(pair).collect();
    let mut audit = Audit::default();
    let overlap = Overlap::of_mixtures(&reduction.sources, &g);
    let correlator = correlate(amplitudes, &rates, &reduction.weights, &[overlap], &mut audit).remove(0);
    let difference = |u: usize, t: usize| occupations[u] - occupations[t];
    let current = reduction.currents(difference);
    audit_reduced(&mut audit, &reduction, &current, difference, &correlator);
    Ok(SpectralNoise { current, correlator, audit })
}

/// Currents and noise in each of the settings, from amplitudes at one energy: the first order in the ratio of the window, bias and temperatures, to the energy over which
/// amplitudes change. All terminals but the driven ones float. Settings share the solutions: many cost little more than one.
///
/// The state then follows from the probabilities x_t that an electron in a floating terminal has entered by the driven terminal t: `mu = sum_t x_t mu_t`, and of hot electrons
/// `(kT)^2 = sum_t x_t [ (kT_t)^2 + (3/pi^2) (mu_t - mu)^2 ]`; fluctuations of their temperature carry no charge.
///
/// # Errors
/// [`ProbeNoiseError`] if fewer than two terminals are driven, a setting makes no sense, or potentials cannot be found.
pub fn flat(
    amplitudes: &Amplitudes<'_>,
    driven: &[usize],
    settings: &[Setting],
) -> Result<Vec<ProbeNoise>, ProbeNoiseError> {
    check_driven(driven, amplitudes.terminals())?;
    settings.iter().try_for_each(|setting| setting.check(driven.len(), true))?;
    let rates = Rates::new(amplitudes);
    let reduction = Reduction::new(&rates, driven)?;
    let states: Vec<State> =
        settings.iter().map(|setting| State::new(&rates, &reduction, driven, setting)).collect();
    let overlaps: Vec<Overlap> = states.iter().map(|state| state.overlap(&reduction)).collect();
    let mut common = Audit::default();
    let correlators = correlate(amplitudes, &rates, &reduction.weights, &overlaps, &mut common);
    let results = settings.iter().zip(states).zip(correlators);
    Ok(results
        .map(|((setting, state), correlator)| {
            let difference = |u: usize, t: usize| setting.reservoirs[u].mu - setting.reservoirs[t].mu;
            let current = reduction.currents(difference);
            let mut audit = common.clone();
            audit_reduced(&mut audit, &reduction, &current, difference, &correlator);
            state.audit_probes(&mut audit, &rates, driven);
            let (potential, temperature) =
                state.terminals.iter().map(|r| r.map_or((f64::NAN, f64::NAN), |r| (r.mu, r.kt))).unzip();
            let (driven, work) = (driven.to_vec(), amplitudes.work());
            ProbeNoise { driven, current, correlator, potential, temperature, audit, work }
        })
        .collect())
}

/// The state of all terminals in one setting; none where a terminal exchanges electrons with none.
struct State {
    terminals: Vec<Option<Reservoir>>,
    kind: ProbeKind,
    /// `Int dE [f_t (1 - f_u) + f_u (1 - f_t)]` of the driven terminals, row by row.
    driven: Vec<f64>,
}

impl State {
    fn new(rates: &Rates, reduction: &Reduction, driven: &[usize], setting: &Setting) -> Self {
        let reservoirs = &setting.reservoirs;
        let n = driven.len();
        let pairs: Vec<f64> = (0..n * n).map(|k| exchange(&reservoirs[k / n], &reservoirs[k % n])).collect();
        let mixed = |a: usize| {
            let parts = || reservoirs.iter().zip(&reduction.sources).map(|(r, x)| (x[a], r));
            let mu: f64 = parts().map(|(x, r)| x * (r.mu - reservoirs[0].mu)).sum::<f64>() + reservoirs[0].mu;
            let kt = match setting.kind {
                ProbeKind::Dephasing => {
                    let mean =
                        |k: usize| reduction.sources[k / n][a] * reduction.sources[k % n][a] * pairs[k];
                    0.5 * (0..n * n).map(mean).sum::<f64>()
                }
                ProbeKind::Inelastic { kt } => kt,
                ProbeKind::Hot => {
                    let joule = 3.0 / std::f64::consts::PI.powi(2);
                    let square = parts().map(|(x, r)| x * (r.kt * r.kt + joule * (r.mu - mu).powi(2)));
                    square.sum::<f64>().max(0.0).sqrt()
                }
            };
            Reservoir { mu, kt }
        };
        let state = |a: usize| match driven.iter().position(|t| *t == a) {
            Some(place) => Some(reservoirs[place]),
            None => (rates.outgoing()[a] > 0.0).then(|| mixed(a)),
        };
        Self { terminals: (0..rates.terminals()).map(state).collect(), kind: setting.kind, driven: pairs }
    }

    fn overlap(&self, reduction: &Reduction) -> Overlap {
        if self.kind == ProbeKind::Dephasing {
            return Overlap::of_mixtures(&reduction.sources, &self.driven);
        }
        // a terminal without exchange adds nothing, whatever its state
        let other = Reservoir { mu: 0.0, kt: 0.0 };
        let any = self.terminals.iter().flatten().next().copied().unwrap_or(other);
        let all: Vec<Reservoir> = self.terminals.iter().map(|r| r.unwrap_or(any)).collect();
        Overlap::of_reservoirs(&all)
    }

    /// No particles into floating terminals, and no energy into hot ones: of `mu` and `mu^2 + (pi kT)^2 / 3` the sums over T_ab vanish.
    fn audit_probes(&self, audit: &mut Audit, rates: &Rates, driven: &[usize]) {
        let reference = self.terminals[driven[0]].map_or(0.0, |r| r.mu);
        let values = |of: &dyn Fn(Reservoir) -> f64| -> Vec<f64> {
            self.terminals
                .iter()
                .map(|r| r.map_or(0.0, |r| of(Reservoir { mu: r.mu - reference, ..r })))
                .collect()
        };
        let mut check = |law: &'static str, values: &[f64]| {
            let mut flow = vec![0.0; values.len()];
            rates.current(values, &mut flow);
            let floating = |a: &usize| !driven.contains(a) && rates.outgoing()[*a] > 0.0;
            // per what each exchanges at the largest of the values: at equilibrium there are no net flows
            let most = values.iter().map(|v| v.abs()).fold(0.0, nan_max);
            let each = |a: usize| relative(flow[a].abs(), rates.outgoing()[a] * most);
            let worst = (0..flow.len()).filter(floating).map(each).fold(0.0, nan_max);
            audit.record(law, worst, ROUNDING);
        };
        check(laws::PROBE_CURRENTS, &values(&|r| r.mu));
        if self.kind == ProbeKind::Hot {
            let pi = std::f64::consts::PI;
            check(laws::PROBE_HEATS, &values(&|r| r.mu * r.mu + (pi * r.kt).powi(2) / 3.0));
        }
    }
}

/// Charge, conservation and positivity of what is left between the driven terminals.
pub(super) fn audit_reduced(
    audit: &mut Audit,
    reduction: &Reduction,
    current: &[f64],
    difference: impl Fn(usize, usize) -> f64,
    correlator: &[f64],
) {
    let n = current.len();
    let exchanged = (0..n * n).map(|k| (reduction.transmission[k] * difference(k % n, k / n)).abs());
    let scale = exchanged.fold(0.0, nan_max);
    audit.record(laws::CHARGE, relative(current.iter().sum::<f64>().abs(), scale), ROUNDING);
    // sum_u S_tu is the correlator with the sum of the weights, which is 1, of which A vanishes
    audit.record(laws::NOISE_CONSERVATION, reduction.deviation, ROUNDING);
    audit_positivity(audit, correlator, n);
}

/// No combination of currents has a negative noise.
pub(super) fn audit_positivity(audit: &mut Audit, correlator: &[f64], n: usize) {
    let scale = (0..n).map(|t| correlator[t * n + t].abs()).fold(0.0, nan_max);
    audit.record(laws::NOISE_POSITIVITY, relative(negative_part(correlator, n), scale), ROUNDING);
}
