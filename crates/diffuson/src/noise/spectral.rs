//! Fluctuations at one energy.

use super::laws_of::{self, relative};
use crate::audit::{Audit, laws};
use crate::scattering::{SMatrix, nan_max};
use crate::thermal::{Reservoir, SUMS, fermi_window};
use diffuson_linalg::{Matrix, Op, Panel, product};

/// Fluctuations of the currents at one energy, per unit of energy: their integral over energy is the noise.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectralNoise {
    /// Mean particle current into each terminal per unit of energy, in 1/h.
    pub current: Vec<f64>,
    /// One-sided correlator S_ab of the currents into terminals a and b, row by row, in e^2/h per spin (times an energy it is a noise in (e^2/h) t).
    pub correlator: Vec<f64>,
    /// Laws checked: unitarity, charge, conservation, positivity and sign of the noise.
    pub audit: Audit,
}

/// Fluctuations at one energy of a coherent conductor (no probes) whose leads have the occupations f_a, between 0 and 1.
///
/// At zero temperature and small bias of lead 0, `spectral(s, &[1, 0, ..])` is S/eV.
///
/// # Panics
/// If there are not as many occupations as leads.
pub fn spectral(s: &SMatrix, occupation: &[f64]) -> SpectralNoise {
    of(s, &Occupations::given(occupation))
}

/// The same between reservoirs, at the energy of the S matrix. Occupations are known to rounding of what is small, `1 - f` far below the potentials
/// and `f_b - f_c` between reservoirs that hardly differ.
///
/// # Panics
/// If there are not as many reservoirs as leads.
pub fn spectral_between(s: &SMatrix, reservoirs: &[Reservoir]) -> SpectralNoise {
    of(s, &Occupations::at(reservoirs, s.energy))
}

fn of(s: &SMatrix, occupations: &Occupations) -> SpectralNoise {
    let n = s.leads();
    assert_eq!(n, occupations.leads(), "an occupation for each lead");
    let transmission = Transmissions::of(s);
    let current = current(&transmission, occupations);
    let correlator = correlator(s, &transmission, occupations);
    let mut audit = s.audit.clone();
    audit.record(laws::UNITARITY, transmission.imbalance(), SUMS);
    let pairs = (0..n * n).map(|k| (k / n, k % n));
    let exchanged = pairs.map(|(a, b)| (transmission.get(a, b) * occupations.difference(b, a)).abs());
    let charge = relative(current.iter().sum::<f64>().abs(), exchanged.fold(0.0, nan_max));
    audit.record(laws::CHARGE, charge, SUMS);
    laws_of::correlators(&mut audit, &correlator, n, SUMS);
    SpectralNoise { current, correlator, audit }
}

/// All `T_ab`, reflections included.
pub(super) struct Transmissions {
    leads: usize,
    entries: Vec<f64>,
    channels: Vec<f64>,
}

impl Transmissions {
    pub(super) fn of(s: &SMatrix) -> Self {
        let n = s.leads();
        Self {
            leads: n,
            entries: (0..n * n).map(|k| s.transmission(k / n, k % n)).collect(),
            channels: (0..n).map(|a| s.channels(a).len() as f64).collect(),
        }
    }

    /// From lead b into lead a.
    pub(super) fn get(&self, a: usize, b: usize) -> f64 {
        self.entries[a * self.leads + b]
    }

    /// `M_a - T_aa`: what lead a does not reflect.
    pub(super) fn not_reflected(&self, a: usize) -> f64 {
        self.channels[a] - self.get(a, a)
    }

    /// `M_a delta_ab - T_ab`, row by row: the conductance where occupations change at this energy alone.
    pub(super) fn conductance(&self) -> Vec<f64> {
        let n = self.leads;
        let of = |(a, b)| if a == b { self.not_reflected(a) } else { -self.get(a, b) };
        (0..n * n).map(|k| of((k / n, k % n))).collect()
    }

    /// What leaves a lead and what enters it against what it does not reflect: the largest difference per largest number of channels.
    pub(super) fn imbalance(&self) -> f64 {
        let sums = |a: usize| {
            let others = || (0..self.leads).filter(move |b| *b != a);
            let row: f64 = others().map(|b| self.get(a, b)).sum();
            let column: f64 = others().map(|b| self.get(b, a)).sum();
            let left = self.not_reflected(a);
            nan_max((row - left).abs(), (column - left).abs())
        };
        let most = self.channels.iter().copied().fold(1.0, f64::max);
        (0..self.leads).map(sums).fold(0.0, nan_max) / most
    }
}

/// Occupations of the leads, as what fluctuations depend on.
pub(super) struct Occupations {
    /// `f (1 - f)`.
    pub(super) thermal: Vec<f64>,
    /// `1 - 2 f`.
    slope: Vec<f64>,
    /// `f_b - f_c`, row by row.
    difference: Vec<f64>,
}

impl Occupations {
    fn given(f: &[f64]) -> Self {
        let n = f.len();
        Self {
            thermal: f.iter().map(|f| f * (1.0 - f)).collect(),
            slope: f.iter().map(|f| 1.0 - 2.0 * f).collect(),
            difference: (0..n * n).map(|k| f[k / n] - f[k % n]).collect(),
        }
    }

    /// Of reservoirs at an energy, to rounding of what is small: `1 - f` far below the potentials, `f` far above, and differences of neighbours.
    pub(super) fn at(reservoirs: &[Reservoir], energy: f64) -> Self {
        let n = reservoirs.len();
        let thermal = |r: &Reservoir| if r.kt > 0.0 { fermi_window((energy - r.mu) / r.kt) } else { 0.0 };
        Self {
            thermal: reservoirs.iter().map(thermal).collect(),
            slope: reservoirs.iter().map(|r| 1.0 - 2.0 * r.occupation(energy)).collect(),
            difference: (0..n * n).map(|k| reservoirs[k / n].excess(&reservoirs[k % n], energy)).collect(),
        }
    }

    pub(super) fn leads(&self) -> usize {
        self.thermal.len()
    }

    /// `f_b - f_c`.
    pub(super) fn difference(&self, b: usize, c: usize) -> f64 {
        self.difference[b * self.leads() + c]
    }

    /// The lead with the occupation from which those of all channels differ least: the weighted median.
    pub(super) fn reference(&self, s: &SMatrix) -> usize {
        let distance = |r: usize| -> f64 {
            (0..self.leads()).map(|c| s.channels(c).len() as f64 * self.difference(c, r).abs()).sum()
        };
        (0..self.leads()).min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or(0)
    }
}

/// `I_a = sum_b T_ab (f_b - f_a)`.
pub(super) fn current(t: &Transmissions, occupations: &Occupations) -> Vec<f64> {
    let into = |a: usize| (0..t.leads).map(|b| t.get(a, b) * occupations.difference(b, a)).sum();
    (0..t.leads).map(into).collect()
}

/// S_ab, row by row: the formulas at the head of the module.
pub(super) fn correlator(s: &SMatrix, t: &Transmissions, occupations: &Occupations) -> Vec<f64> {
    let n = s.leads();
    let mut out = vec![0.0; n * n];
    let reference = occupations.reference(s);
    for a in 0..n {
        let others = (0..n).filter(|b| *b != a);
        let thermal: f64 =
            others.map(|b| t.get(a, b) * (occupations.thermal[a] + occupations.thermal[b])).sum();
        out[a * n + a] = 2.0 * (thermal + partition(s, a, occupations));
        for b in 0..a {
            let thermal = t.get(b, a) * occupations.thermal[a] + t.get(a, b) * occupations.thermal[b];
            let rho = coherence(s, [a, b], |c| occupations.difference(c, reference));
            let cross = -2.0 * (thermal + square(&rho));
            (out[a * n + b], out[b * n + a]) = (cross, cross);
        }
    }
    out
}

/// How currents and then correlators change where occupations change by `by`: the formulas of the head, differentiated.
pub(super) fn change(s: &SMatrix, t: &Transmissions, occupations: &Occupations, by: &[f64]) -> Vec<f64> {
    let n = s.leads();
    let into = |a: usize| (0..n).map(|b| t.get(a, b) * (by[b] - by[a])).sum();
    let mut out: Vec<f64> = (0..n).map(into).collect();
    out.resize(n + n * n, 0.0);
    // of f (1 - f)
    let thermal = |a: usize| by[a] * occupations.slope[a];
    let reference = occupations.reference(s);
    for a in 0..n {
        let others = (0..n).filter(|b| *b != a);
        let own: f64 = others.map(|b| t.get(a, b) * (thermal(a) + thermal(b))).sum();
        let pairs = (0..n).flat_map(|c| (0..c).map(move |b| (b, c)));
        let weights = pairs.map(|(b, c)| (b, c, 2.0 * occupations.difference(b, c) * (by[b] - by[c])));
        let partition: f64 = weights.filter(|w| w.2 != 0.0).map(|(b, c, w)| w * overlap(s, a, [b, c])).sum();
        out[n + a * n + a] = 2.0 * (own + partition);
        for b in 0..a {
            let rho = coherence(s, [a, b], |c| occupations.difference(c, reference));
            let change = coherence(s, [a, b], |c| by[c] - by[reference]);
            let cross = thermal(a) * t.get(b, a) + thermal(b) * t.get(a, b) + 2.0 * inner(&rho, &change);
            (out[n + a * n + b], out[n + b * n + a]) = (-2.0 * cross, -2.0 * cross);
        }
    }
    out
}

/// `sum_(b < c) (f_b - f_c)^2 |s_ab^+ s_ac|^2`.
fn partition(s: &SMatrix, a: usize, occupations: &Occupations) -> f64 {
    let pairs = (0..s.leads()).flat_map(|c| (0..c).map(move |b| (b, c)));
    let different = pairs.filter(|&(b, c)| occupations.difference(b, c) != 0.0);
    different.map(|(b, c)| occupations.difference(b, c).powi(2) * overlap(s, a, [b, c])).sum()
}

/// `|s_ab^+ s_ac|^2`.
pub(super) fn overlap(s: &SMatrix, a: usize, [b, c]: [usize; 2]) -> f64 {
    let mut out = Matrix::zeros(s.channels(b).len(), s.channels(c).len());
    product(out.all_mut(), false, 1.0, (panel(s, a, b), Op::Adjoint), (panel(s, a, c), Op::Plain));
    square(&out)
}

/// `sum_c w_c s_ac s_bc^+`: what leaves into leads a and b in common, for sources of weights w.
pub(super) fn coherence(s: &SMatrix, [a, b]: [usize; 2], weight: impl Fn(usize) -> f64) -> Matrix {
    let mut out = Matrix::zeros(s.channels(a).len(), s.channels(b).len());
    for c in (0..s.leads()).filter(|c| weight(*c) != 0.0) {
        product(out.all_mut(), true, weight(c), (panel(s, a, c), Op::Plain), (panel(s, b, c), Op::Adjoint));
    }
    out
}

fn panel(s: &SMatrix, to: usize, from: usize) -> Panel<'_> {
    s.data().block(s.channels(to), s.channels(from))
}

/// `Re Tr X_c^+ X_d`, `X_c = s_ac s_bc^+`, of the pairs c < d, those of smaller d first: as `sum_c X_c = 0`, these are the weights of `(f_c - f_d)^2` in
/// `-|sum_c f_c X_c|^2`.
pub(super) fn pair_overlaps(s: &SMatrix, [a, b]: [usize; 2]) -> Vec<f64> {
    let each: Vec<Matrix> =
        (0..s.leads()).map(|c| coherence(s, [a, b], |d| if c == d { 1.0 } else { 0.0 })).collect();
    let pairs = (0..s.leads()).flat_map(|d| (0..d).map(move |c| (c, d)));
    pairs.map(|(c, d)| inner(&each[c], &each[d])).collect()
}

/// `Re Tr x^+ y`.
fn inner(x: &Matrix, y: &Matrix) -> f64 {
    x.as_slice().iter().zip(y.as_slice()).map(|(x, y)| x.re * y.re + x.im * y.im).sum()
}

fn square(m: &Matrix) -> f64 {
    m.as_slice().iter().map(|z| z.norm_sqr()).sum()
}
