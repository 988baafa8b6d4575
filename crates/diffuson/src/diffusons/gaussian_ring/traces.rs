//! `Tr B(s)^n` in momentum space, and its integral or sum over s.

use super::super::Estimated;
use super::tail::Tail;
use crate::droplets::DropletError;
use crate::gauss::Gauss;
use diffuson_linalg::product_real;
use std::f64::consts::PI;

/// How finely a ring is evaluated.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// Largest momentum k = p/2, in 1/R. Beyond s = CROSSOVER x this the series of [`Tail`] takes over.
    momentum: f64,
    /// Step of the trapezoidal rule in y, `k = ln(1 + e^y)`.
    step: f64,
    /// Points of Gauss's rule in s.
    points: usize,
}

/// Each costs some three to ten times the one before and leaves a tenth of its error.
const LEVELS: [Level; 6] = [
    Level { momentum: 5.0, step: 0.8, points: 12 },
    Level { momentum: 8.0, step: 0.7, points: 16 },
    Level { momentum: 12.0, step: 0.6, points: 20 },
    Level { momentum: 18.0, step: 0.5, points: 28 },
    Level { momentum: 27.0, step: 0.42, points: 40 },
    Level { momentum: 40.0, step: 0.36, points: 56 },
];

/// Where the series begins, in momenta.
const CROSSOVER: f64 = 0.5;

/// The least y: momenta below `e^y` add `e^{2y}/s` to the logarithm that small s have.
const LEAST: f64 = -20.0;

/// Rows of channels are left out where their diagonal is below this: centrifugal forces keep small momenta from the droplet.
const NEGLIGIBLE: f64 = 1e-13;

/// The ring of n diffusons to a relative error, at zero temperature or with a spacing of Matsubara frequencies.
pub(super) fn ring(diffusons: usize, spacing: f64, tolerance: f64) -> Result<Estimated, DropletError> {
    let tail = Tail::new(diffusons);
    let (mut evaluations, mut before, mut residual) = (0, f64::NAN, f64::INFINITY);
    for level in LEVELS {
        let mut ring =
            Ring { channels: channels(level), level, diffusons, tail: &tail, traces: 0, unsure: 0.0 };
        let value = ring.value(spacing);
        evaluations += ring.traces;
        let error = (value - before).abs() + ring.unsure;
        if error <= tolerance * value {
            return Ok(Estimated { value, error, evaluations });
        }
        (before, residual) = (value, error / value);
    }
    Err(DropletError::NotConverged {
        what: "traces of a ring of diffusons",
        residual,
        steps: evaluations,
        goal: tolerance,
    })
}

struct Ring<'t> {
    channels: Vec<Channel>,
    level: Level,
    diffusons: usize,
    tail: &'t Tail,
    traces: usize,
    /// Last terms of the tail.
    unsure: f64,
}

/// Matsubara frequencies that are summed one by one before the sum is an integral with corrections at its end.
const SUMMED: usize = 24;

/// Gregory's corrections where an integral takes over from a sum: `sum_{k>N} f_k = Int_N^inf f - sum_j c_j (backward difference of order j of f_N)`.
const GREGORY: [f64; 8] = [
    1.0 / 2.0,
    1.0 / 12.0,
    1.0 / 24.0,
    19.0 / 720.0,
    3.0 / 160.0,
    863.0 / 60_480.0,
    275.0 / 24_192.0,
    33_953.0 / 3_628_800.0,
];

impl Ring<'_> {
    /// `Int_0^inf ds s F(s)`, or `sum_{k>=1} h (h k) F(h k)`.
    fn value(&mut self, spacing: f64) -> f64 {
        if spacing == 0.0 {
            return self.integral(0.0);
        }
        let terms: Vec<f64> = (1..=SUMMED).map(|k| self.term(spacing * k as f64, spacing)).collect();
        let mut differences: Vec<f64> = terms.iter().rev().take(GREGORY.len()).copied().collect();
        let mut ends = 0.0;
        for (order, coefficient) in GREGORY.into_iter().enumerate() {
            ends -= coefficient * differences[0];
            for k in 0..GREGORY.len() - 1 - order {
                differences[k] -= differences[k + 1];
            }
        }
        terms.iter().sum::<f64>() + ends + self.integral(spacing * SUMMED as f64)
    }

    /// `Int_from^inf ds s F(s)`; up to the crossover by Gauss's rule in `s^{1/6}`, where what the logarithms of small s leave of analyticity has the weight `s^{11/6}`.
    fn integral(&mut self, from: f64) -> f64 {
        let crossover = CROSSOVER * self.level.momentum;
        let [beyond, unsure] = self.tail.integral(from.max(crossover));
        self.unsure += unsure;
        if from >= crossover {
            return beyond;
        }
        let rule = Gauss::legendre(self.level.points);
        let (first, last) = (from.powf(1.0 / 6.0), crossover.powf(1.0 / 6.0));
        let (middle, half) = ((first + last) / 2.0, (last - first) / 2.0);
        let point = |(x, w): (&f64, &f64)| {
            let u = middle + half * x;
            self.term(u.powi(6), half * w * 6.0 * u.powi(5))
        };
        rule.points.iter().zip(&rule.weights).map(point).sum::<f64>() + beyond
    }

    /// `s F(s)`, `F(s) = Tr B(s)^n`, with a weight.
    fn term(&mut self, s: f64, weight: f64) -> f64 {
        if s >= CROSSOVER * self.level.momentum {
            let [trace, unsure] = self.tail.trace(s);
            self.unsure += weight * s * unsure;
            return weight * s * trace;
        }
        self.traces += 1;
        // The momenta left out, as in a uniform medium: Int d^2x d^2p/(2 pi)^2 e^{-n x^2} / (s + k^2)^n.
        let (n, edge) = (self.diffusons as i32, self.level.momentum - excursion(self.diffusons));
        let beyond = (s + edge * edge).powi(1 - n) / f64::from(n * (n - 1));
        let channels = self.channels.iter().map(|channel| channel.trace(s, self.diffusons));
        weight * s * (beyond + channels.sum::<f64>())
    }
}

/// How far a ring that starts at some momentum exceeds it, on average: a closed walk of n normal steps of variance 1/2 (F. Spitzer, Trans. Am. Math. Soc. 82, 323 (1956)). Walks that leave the
/// momenta kept and return are not among them, as if these ended that much earlier.
fn excursion(diffusons: usize) -> f64 {
    let n = diffusons as f64;
    (1..diffusons).map(|j| j as f64).map(|j| (j * (n - j) / (4.0 * PI * n)).sqrt() / j).sum()
}

/// The Gaussian between momenta of one angular momentum, `2 sqrt(k k') e^{-k^2 - k'^2} I_m(2 k k')` times the roots of the weights.
struct Channel {
    momenta: Vec<f64>,
    matrix: Vec<f64>,
    /// m and -m.
    copies: f64,
}

impl Channel {
    /// `Tr [G^{1/2} V G^{1/2}]^n`, `G = 1/(s + k^2)`.
    fn trace(&self, s: f64, diffusons: usize) -> f64 {
        let size = self.momenta.len();
        let root: Vec<f64> = self.momenta.iter().map(|k| (s + k * k).sqrt().recip()).collect();
        let mut bond = self.matrix.clone();
        for (column, r) in bond.chunks_exact_mut(size).zip(&root) {
            column.iter_mut().zip(&root).for_each(|(entry, l)| *entry *= l * r);
        }
        let half = power(&bond, size, diffusons / 2);
        let other = if diffusons.is_multiple_of(2) { None } else { Some(times(&half, &bond, size)) };
        // Symmetric matrices.
        self.copies * half.iter().zip(other.as_ref().unwrap_or(&half)).map(|(a, b)| a * b).sum::<f64>()
    }
}

fn power(matrix: &[f64], size: usize, exponent: usize) -> Vec<f64> {
    match exponent {
        1 => matrix.to_vec(),
        even if even.is_multiple_of(2) => {
            let half = power(matrix, size, even / 2);
            times(&half, &half, size)
        }
        odd => times(&power(matrix, size, odd - 1), matrix, size),
    }
}

fn times(a: &[f64], b: &[f64], size: usize) -> Vec<f64> {
    let mut out = vec![0.0; size * size];
    product_real(&mut out, a, b, size, size);
    out
}

/// All channels whose entries matter.
///
/// The trapezoidal rule in y is off by `e^{-2 pi b/step}`, b the distance of the nearest singularity from the axis: `s + k^2 = 0` is at `Im y = pi/2` for small s, further for larger.
fn channels(level: Level) -> Vec<Channel> {
    let count = ((level.momentum - LEAST) / level.step).ceil();
    let nodes: Vec<(f64, f64)> = (0..count as usize)
        .map(|n| level.momentum - level.step * (n as f64 + 0.5))
        .map(|y| (y.max(0.0) + (-y.abs()).exp().ln_1p(), level.step / (1.0 + (-y).exp())))
        .rev()
        .collect();
    let size = nodes.len();
    // Channel by channel, the lower triangle of a matrix: its rows one after the other.
    let orders = 6 * level.momentum as usize;
    let mut triangles = vec![Vec::with_capacity(size * (size + 1) / 2); orders];
    let mut scaled = vec![0.0; orders];
    for (row, &(k, w)) in nodes.iter().enumerate() {
        for &(l, v) in &nodes[..=row] {
            bessel_i(2.0 * k * l, &mut scaled);
            let weight = 2.0 * (k * l * w * v).sqrt() * (-(k - l) * (k - l)).exp();
            triangles.iter_mut().zip(&scaled).for_each(|(triangle, value)| triangle.push(weight * value));
        }
    }
    let entry = |triangle: &[f64], row: usize, column: usize| {
        let (low, high) = (row.min(column), row.max(column));
        triangle[high * (high + 1) / 2 + low]
    };
    let channel = |(m, triangle): (usize, &Vec<f64>)| {
        let matters = |n: &usize| m == 0 || entry(triangle, *n, *n) > NEGLIGIBLE * nodes[*n].0.powi(2);
        let first = (0..size).find(matters)?;
        let column = |c: usize| (first..size).map(move |r| entry(triangle, r, c));
        let matrix = (first..size).flat_map(column).collect();
        let momenta = nodes[first..].iter().map(|node| node.0).collect();
        Some(Channel { momenta, matrix, copies: if m == 0 { 1.0 } else { 2.0 } })
    };
    triangles.iter().enumerate().map_while(channel).collect()
}

/// `e^{-z} I_m(z)`, m = 0, 1, ..., for z >= 0: the recursion downwards from where they vanish, normalised by `I_0 + 2 I_1 + 2 I_2 + ... = e^z`.
fn bessel_i(z: f64, out: &mut [f64]) {
    out.fill(0.0);
    // I_m falls as e^{-m^2/2z} for large z, faster than (z/2)^m/m! for small.
    let start = 20 + (80.0 * z).sqrt() as usize;
    let (mut above, mut here, mut sum) = (0.0, 1e-280, 0.0);
    for m in (0..=start).rev() {
        if let Some(out) = out.get_mut(m) {
            *out = here;
        }
        sum += if m == 0 { here } else { 2.0 * here };
        let below = above + 2.0 * m as f64 / z * here;
        (above, here) = (here, below);
        if here > 1e200 {
            (above, here, sum) = (above * 1e-250, here * 1e-250, sum * 1e-250);
            out.iter_mut().for_each(|value| *value *= 1e-250);
        }
    }
    out.iter_mut().for_each(|value| *value /= sum);
}
