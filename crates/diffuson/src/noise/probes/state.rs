//! Potentials and temperatures of floating terminals at any bias, and the correction of currents by their fluctuations.
//!
//! With rates T_ab(E) at the energies of a quadrature, currents `I_a = sum_E w T_ab (f_b - f_a)` and energy currents J_a, weighted with `e = (E - E0)/u`, are those of Fermi
//! functions whose potential and temperature are found by Newton's method from `I_p = 0` (and `J_p = 0`). The same Jacobian,
//!
//! ```text
//! D = d(I, J)/d(mu, kT),   df_b = -f_b' [ dmu_b + x_b d(kT_b) ],   x_b = (E - mu_b)/kT_b,
//! ```
//!
//! gives the correction: `dI_t = dI0_t - D_tp D_pp^-1 (dI0_p, dJ0_p)`, so that an electron of energy E from terminal p counts as `m_p + n_p e(E)` at terminal t.

use super::ProbeNoiseError;
use super::rates::Rates;
use crate::noise::laws_of::relative;
use crate::probes::ProbeError;
use crate::scattering::{Exchange, nan_max};
use crate::thermal::{Reservoir, fermi_window};
use diffuson_linalg::RealLu;

/// Transmissions at one energy of the quadrature.
pub(super) struct Point {
    pub(super) energy: f64,
    pub(super) weight: f64,
    pub(super) rates: Rates,
}

/// What is asked for.
pub(super) struct Problem<'p> {
    pub(super) points: &'p [Point],
    pub(super) driven: &'p [usize],
    /// Floating terminals that exchange electrons.
    pub(super) floating: Vec<usize>,
    /// Whether temperatures float too.
    pub(super) hot: bool,
    /// E0 and u.
    pub(super) centre: f64,
    pub(super) unit: f64,
}

/// Currents and energy currents into all terminals.
pub(super) struct Flow {
    pub(super) particle: Vec<f64>,
    energy: Vec<f64>,
    /// What each terminal would send out with the largest difference of occupations that there is: the scale of its currents, however weak it is.
    exchanged: Vec<f64>,
}

impl Flow {
    /// Most that a terminal exchanges.
    pub(super) fn gross(&self) -> f64 {
        self.exchanged.iter().copied().fold(0.0, nan_max)
    }
}

/// For each driven terminal the weights `m + n e(E)` of all terminals.
pub(super) struct Correction {
    pub(super) constant: Vec<Vec<f64>>,
    pub(super) slope: Vec<Vec<f64>>,
}

/// Newton steps before giving up; from the state of the mean transmissions it takes some five.
const STEPS: usize = 40;

/// Current into a probe per what it exchanges.
const TOLERANCE: f64 = 1e-13;

/// What rounding may leave of them.
pub(super) const ALLOWED: f64 = 1e-9;

impl Problem<'_> {
    pub(super) fn flow(&self, state: &[Reservoir]) -> Flow {
        let n = state.len();
        let mut flow = Flow { particle: vec![0.0; n], energy: vec![0.0; n], exchanged: vec![0.0; n] };
        let (mut f, mut term) = (vec![0.0; n], vec![0.0; n]);
        for point in self.points {
            // from the first driven terminal: nothing flows at equilibrium, exactly
            f.iter_mut().zip(state).for_each(|(f, r)| *f = r.excess(&state[self.driven[0]], point.energy));
            point.rates.current(&f, &mut term);
            let e = self.scaled(point.energy);
            let most = f.iter().map(|f| f.abs()).fold(0.0, nan_max);
            for a in 0..n {
                flow.particle[a] += point.weight * term[a];
                flow.energy[a] += point.weight * e * term[a];
                flow.exchanged[a] += point.weight * point.rates.outgoing()[a] * most;
            }
        }
        flow
    }

    fn scaled(&self, energy: f64) -> f64 {
        (energy - self.centre) / self.unit
    }

    /// Largest currents (and energy currents) into floating terminals, each per what the terminal exchanges.
    pub(super) fn residual(&self, flow: &Flow) -> [f64; 2] {
        let each = |of: &[f64], p: usize| relative(of[p].abs(), flow.exchanged[p]);
        let worst = |of: &[f64]| self.floating.iter().map(|&p| each(of, p)).fold(0.0, nan_max);
        [worst(&flow.particle), if self.hot { worst(&flow.energy) } else { 0.0 }]
    }

    /// Newton's method from the given state of all terminals.
    pub(super) fn solve(&self, state: &mut Vec<Reservoir>) -> Result<Flow, ProbeNoiseError> {
        let mut flow = self.flow(state);
        for _ in 0..STEPS {
            let [i, j] = self.residual(&flow);
            let worst = nan_max(i, j);
            if worst <= TOLERANCE {
                return Ok(flow);
            }
            let mut step: Vec<f64> = self.floating.iter().map(|&p| -flow.particle[p]).collect();
            if self.hot {
                step.extend(self.floating.iter().map(|&p| -flow.energy[p]));
            }
            self.jacobian(state).factors(self)?.solve(&mut step);
            // halve a step that does not reduce the residual or makes a temperature negative
            let mut fraction = 1.0;
            let better = loop {
                let mut trial = state.clone();
                for (k, &p) in self.floating.iter().enumerate() {
                    trial[p].mu += fraction * step[k];
                    if self.hot {
                        trial[p].kt += fraction * step[self.floating.len() + k];
                    }
                }
                if trial.iter().all(|r| r.kt > 0.0) {
                    let next = self.flow(&trial);
                    let [i, j] = self.residual(&next);
                    if nan_max(i, j) < worst {
                        break Some((trial, next));
                    }
                }
                fraction *= 0.5;
                if fraction < 1e-6 {
                    break None;
                }
            };
            match better {
                Some((trial, next)) => (*state, flow) = (trial, next),
                None => break,
            }
        }
        let [i, j] = self.residual(&flow);
        let residual = nan_max(i, j);
        if residual <= ALLOWED {
            return Ok(flow);
        }
        Err(ProbeError::Newton { residual, allowed: ALLOWED, steps: STEPS }.into())
    }

    /// The correction of the currents into driven terminals about a state.
    pub(super) fn correction(&self, state: &[Reservoir]) -> Result<Correction, ProbeNoiseError> {
        let (n, count) = (state.len(), self.floating.len());
        let jacobian = self.jacobian(state);
        let factors = jacobian.factors(self)?;
        let mut found = Correction { constant: Vec::new(), slope: Vec::new() };
        for &t in self.driven {
            let mut row: Vec<f64> = (0..jacobian.unknowns(count)).map(|k| -jacobian.get(t, k)).collect();
            factors.solve_transposed(&mut row);
            let (mut constant, mut slope) = (vec![0.0; n], vec![0.0; n]);
            constant[t] = 1.0;
            for (k, &p) in self.floating.iter().enumerate() {
                constant[p] = row[k];
                if self.hot {
                    slope[p] = row[count + k];
                }
            }
            found.constant.push(constant);
            found.slope.push(slope);
        }
        Ok(found)
    }

    fn jacobian(&self, state: &[Reservoir]) -> Jacobian {
        let (n, count) = (state.len(), self.floating.len());
        let kinds = if self.hot { 2 } else { 1 };
        let mut d = vec![0.0; kinds * n * kinds * count];
        let rows = kinds * n;
        for point in self.points {
            let e = self.scaled(point.energy);
            for (k, &b) in self.floating.iter().enumerate() {
                let Reservoir { mu, kt } = state[b];
                let x = (point.energy - mu) / kt;
                let response = point.weight * fermi_window(x) / kt;
                let (column, lost) = (point.rates.column(b), point.rates.leaving(b));
                for (kind, factor) in [response, response * x].into_iter().enumerate().take(kinds) {
                    let at = (kind * count + k) * rows;
                    for (moment, factor) in [factor, factor * e].into_iter().enumerate().take(kinds) {
                        let out = &mut d[at + moment * n..at + (moment + 1) * n];
                        out.iter_mut().zip(column).for_each(|(o, t)| *o += factor * t);
                        out[b] -= factor * lost;
                    }
                }
            }
        }
        Jacobian { d, n, rows }
    }

    /// Weights of all terminals at an energy.
    pub(super) fn weights(&self, correction: &Correction, energy: f64) -> Vec<Vec<f64>> {
        let e = self.scaled(energy);
        let at = |(m, n): (&Vec<f64>, &Vec<f64>)| m.iter().zip(n).map(|(m, n)| m + e * n).collect();
        correction.constant.iter().zip(&correction.slope).map(at).collect()
    }
}

/// Derivatives of the currents (then energy currents) into all terminals by the potentials (then temperatures) of the floating ones, column after column.
struct Jacobian {
    d: Vec<f64>,
    n: usize,
    rows: usize,
}

impl Jacobian {
    /// Of the current into a terminal by an unknown.
    fn get(&self, terminal: usize, unknown: usize) -> f64 {
        self.d[unknown * self.rows + terminal]
    }

    fn unknowns(&self, floating: usize) -> usize {
        self.rows / self.n * floating
    }

    /// Factors of its rows of floating terminals.
    fn factors(&self, problem: &Problem<'_>) -> Result<RealLu, ProbeNoiseError> {
        let order = self.unknowns(problem.floating.len());
        let rows = || {
            let moments = (0..self.rows / self.n).map(|m| m * self.n);
            moments.flat_map(|first| problem.floating.iter().map(move |p| first + p))
        };
        let square: Vec<f64> =
            (0..order).flat_map(|k| rows().map(move |row| self.d[k * self.rows + row])).collect();
        // a singular Jacobian: floating terminals that exchange electrons with none at the energies of their states
        RealLu::new(&square, order).map_err(|_| ProbeError::NoCurrent(0.0).into())
    }
}
