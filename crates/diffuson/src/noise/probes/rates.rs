//! Transmissions between all terminals, and what they become for those that are driven.

use crate::krylov::{NotConverged, System};
use crate::noise::amplitudes::Amplitudes;
use crate::noise::laws_of::relative;
use crate::probes::ProbeError;
use crate::scattering::{Exchange, nan_max};

/// Columns of s at a time: enough for products of matrices, few beside the sites.
pub(super) const COLUMNS: usize = 64;

/// All T_ab.
pub(super) struct Rates {
    /// Column after column, zero on the diagonal: what a terminal reflects exceeds what a weak one exchanges by more than digits can hold.
    t: Vec<f64>,
    /// `sum_(b != a) T_ab`.
    into: Vec<f64>,
    /// `sum_(a != b) T_ab`.
    out_of: Vec<f64>,
    symmetric: bool,
    /// How far `sum_a T_ab` and `sum_b T_ab`, reflections included, are from the number of channels: the largest.
    pub(super) imbalance: f64,
}

/// So much may T_ab and T_ba differ by rounding, per largest transmission.
const SYMMETRIC: f64 = 1e-11;

/// A terminal that passes on less, per channel, exchanges rounding.
const CLOSED: f64 = 16.0 * f64::EPSILON;

impl Rates {
    pub(super) fn new(amplitudes: &Amplitudes<'_>) -> Self {
        let (n, owner) = (amplitudes.terminals(), amplitudes.owners());
        let mut t = vec![0.0; n * n];
        for from in (0..owner.len()).step_by(COLUMNS) {
            let columns = from..owner.len().min(from + COLUMNS);
            let s = amplitudes.columns(columns.clone());
            for (j, channel) in columns.enumerate() {
                let column = &mut t[owner[channel] * n..(owner[channel] + 1) * n];
                s.col(j).iter().zip(&owner).for_each(|(s, &a)| column[a] += s.norm_sqr());
            }
        }
        let [mut into, mut out_of] = [vec![0.0; n], vec![0.0; n]];
        let (mut asymmetry, mut largest) = (0.0, f64::MIN_POSITIVE);
        for b in 0..n {
            for a in (0..n).filter(|a| *a != b) {
                into[a] += t[a + b * n];
                out_of[b] += t[a + b * n];
                asymmetry = nan_max(asymmetry, (t[a + b * n] - t[b + a * n]).abs());
                largest = largest.max(t[a + b * n]);
            }
        }
        let channels = |a: usize| amplitudes.channels_of(a).len() as f64;
        let missing = |sum: &[f64], a: usize| (sum[a] + t[a + a * n] - channels(a)).abs();
        let imbalance = (0..n).map(|a| nan_max(missing(&into, a), missing(&out_of, a))).fold(0.0, nan_max);
        for a in 0..n {
            t[a + a * n] = 0.0;
            if into[a] <= CLOSED * channels(a) {
                (into[a], out_of[a]) = (0.0, 0.0);
            }
        }
        Self { t, into, out_of, symmetric: asymmetry <= SYMMETRIC * largest, imbalance }
    }

    /// From terminal b into all others.
    pub(super) fn column(&self, b: usize) -> &[f64] {
        let n = self.into.len();
        &self.t[b * n..(b + 1) * n]
    }

    /// `sum_(a != b) T_ab`: what leaves terminal b for others.
    pub(super) fn leaving(&self, b: usize) -> f64 {
        self.out_of[b]
    }

    /// `sum_ab T_ab (u_a - u_b) (v_a - v_b)`.
    pub(super) fn form(&self, u: &[f64], v: &[f64]) -> f64 {
        let column = |b: usize| -> f64 {
            let terms = self.column(b).iter().zip(u.iter().zip(v));
            terms.map(|(t, (x, y))| t * (x - u[b]) * (y - v[b])).sum()
        };
        (0..self.into.len()).map(column).sum()
    }
}

impl Exchange for Rates {
    fn terminals(&self) -> usize {
        self.into.len()
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        out.iter_mut().zip(&self.into).zip(v).for_each(|((o, s), v)| *o = -s * v);
        for (b, &v) in v.iter().enumerate().filter(|(_, v)| **v != 0.0) {
            out.iter_mut().zip(self.column(b)).for_each(|(o, t)| *o += t * v);
        }
    }

    fn outgoing(&self) -> &[f64] {
        &self.into
    }

    fn is_symmetric(&self) -> bool {
        self.symmetric
    }
}

/// The same with electrons on their way back: T_ba for T_ab.
struct Back<'r>(&'r Rates);

impl Exchange for Back<'_> {
    fn terminals(&self) -> usize {
        self.0.terminals()
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        for (b, out) in out.iter_mut().enumerate() {
            let all: f64 = self.0.column(b).iter().zip(v).map(|(t, v)| t * v).sum();
            *out = all - self.0.out_of[b] * v[b];
        }
    }

    fn outgoing(&self) -> &[f64] {
        &self.0.out_of
    }

    fn is_symmetric(&self) -> bool {
        self.0.symmetric
    }
}

/// Floating terminals eliminated at one energy.
pub(super) struct Reduction {
    /// For each driven terminal the part of the occupation of every terminal that comes from it: an electron found there entered by that terminal last. They add up to 1.
    pub(super) sources: Vec<Vec<f64>>,
    /// For each driven terminal the probability that an electron which any terminal emits ends there: the correction of its current, `M = -G_tp G_pp^-1`.
    pub(super) weights: Vec<Vec<f64>>,
    /// Transmissions between the driven terminals, directly and through floating ones, row by row.
    pub(super) transmission: Vec<f64>,
    /// How far the weights, each found on its own, are from adding up to 1.
    pub(super) deviation: f64,
}

impl Reduction {
    /// # Errors
    /// [`ProbeError`] if the iteration does not converge.
    pub(super) fn new(rates: &Rates, driven: &[usize]) -> Result<Self, ProbeError> {
        let weights = harmonic(&Back(rates), driven)?;
        let sources = if rates.symmetric { weights.clone() } else { harmonic(rates, driven)? };
        let mut current = vec![0.0; rates.terminals()];
        let mut transmission = vec![0.0; driven.len() * driven.len()];
        for (u, source) in sources.iter().enumerate() {
            rates.current(source, &mut current);
            let others = driven.iter().enumerate().filter(|(t, _)| *t != u);
            others.for_each(|(t, &terminal)| transmission[t * driven.len() + u] = current[terminal]);
        }
        let connected = |a: usize| driven.contains(&a) || rates.into[a] > 0.0;
        let missing = |a: usize| (weights.iter().map(|w| w[a]).sum::<f64>() - 1.0).abs();
        let deviation = (0..rates.terminals()).filter(|a| connected(*a)).map(missing).fold(0.0, nan_max);
        Ok(Self { sources, weights, transmission, deviation })
    }

    /// `sum_u T_tu (f_u - f_t)` for every driven terminal, of `difference(u, t) = f_u - f_t`.
    pub(super) fn currents(&self, difference: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let n = self.weights.len();
        let into = |t: usize| (0..n).map(|u| self.transmission[t * n + u] * difference(u, t)).sum();
        (0..n).map(into).collect()
    }
}

/// Solutions of `sum_b T_ab (v_b - v_a) = 0` at the floating terminals a, for each driven terminal that which is 1 there and 0 at the others. Zero at terminals that exchange
/// electrons with none.
///
/// Currents vanish in units of what each terminal exchanges: an error there is one of probabilities, however weak the terminal.
fn harmonic(exchange: &dyn Exchange, driven: &[usize]) -> Result<Vec<Vec<f64>>, ProbeError> {
    let (n, outgoing) = (exchange.terminals(), exchange.outgoing());
    let floating: Vec<usize> = (0..n).filter(|a| outgoing[*a] > 0.0 && !driven.contains(a)).collect();
    let open = driven.iter().filter(|&&t| outgoing[t] > 0.0).count();
    let units: Vec<f64> = floating.iter().map(|&a| outgoing[a]).collect();
    let precondition = |r: &mut [f64]| r.iter_mut().zip(&units).for_each(|(r, unit)| *r /= unit);
    let [mut v, mut current] = [vec![0.0; n], vec![0.0; n]];
    let mut apply = |x: &[f64], out: &mut [f64]| {
        floating.iter().zip(x).for_each(|(&a, x)| v[a] = *x);
        exchange.current(&v, &mut current);
        floating.iter().zip(out).for_each(|(&a, out)| *out = -current[a]);
    };
    let mut system = System {
        apply: &mut apply,
        precondition: &precondition,
        symmetric: exchange.is_symmetric(),
        units: Some(&units),
    };
    let solution = |&one: &usize| {
        let mut found = vec![0.0; n];
        found[one] = 1.0;
        if outgoing[one] <= 0.0 {
            return Ok(found);
        }
        let mut from_one = vec![0.0; n];
        exchange.current(&found, &mut from_one);
        let source: Vec<f64> = floating.iter().map(|&a| from_one[a]).collect();
        // all electrons come from the only one there is; starts that add up to 1 would hide errors from the sum of the solutions
        let mut x = vec![if open == 1 { 1.0 } else { 0.0 }; floating.len()];
        if open > 1 {
            system.solve(&source, &mut x, PROBABILITY).map_err(|NotConverged { iterations, residual }| {
                ProbeError::NotConverged { residual, allowed: PROBABILITY, products: iterations }
            })?;
        }
        floating.iter().zip(x).for_each(|(&a, x)| found[a] = x);
        Ok(found)
    };
    driven.iter().map(solution).collect()
}

/// Current into a floating terminal per what it exchanges: some hundred roundings of the sums over terminals.
const PROBABILITY: f64 = 1e-13;

/// Deviations of `s^+ s v` from v.
pub(super) fn deviation_from_unitary(amplitudes: &Amplitudes<'_>) -> f64 {
    let n = amplitudes.channels();
    // of no regularity: multiples of the golden ratio are spread evenly
    let number = |i: usize| 0.5 - (i as f64 * 0.618_033_988_749_894_9).fract();
    let v = diffuson_linalg::Matrix::from_fn(n, 1, |i, _| number(i).into());
    let back = amplitudes.adjoint_times(&amplitudes.times(&v));
    let worst = back.as_slice().iter().zip(v.as_slice()).map(|(x, v)| (x - v).norm()).fold(0.0, nan_max);
    relative(worst, v.max_norm())
}
