//! Where a profile is resolved: spectral elements in t, `r = l sinh t`, which is even near the centre and logarithmic far out, where profiles are powers; wider outwards, where short waves no longer
//! matter.

use super::nodes::{Interpolation, lobatto};

/// l in units of a profile.
const CORE: f64 = 0.8;
/// Width of an element, in t, over that of the one inside it.
const GROWTH: f64 = 1.15;

/// Elements, their Lobatto nodes, and the radial Laplacian on them.
#[derive(Clone, Debug)]
pub(super) struct Mesh {
    /// Radii of the nodes, ascending from 0.
    pub(super) radii: Vec<f64>,
    /// `Int f(r) dr = sum_i f(r_i) measure_i`.
    pub(super) measure: Vec<f64>,
    degree: usize,
    /// l of `r = l sinh t`.
    length: f64,
    /// Ends of the elements in t.
    ends: Vec<f64>,
    reference: Interpolation,
    /// `Int f'(r)^2 r dr` as a form in the values: lower band, `degree + 1` entries a row, the last one on the diagonal.
    stiffness: Vec<f64>,
}

impl Mesh {
    /// The first `kept` of `elements` elements of polynomials of the degree that reach from the centre to `reach` times `unit`.
    pub(super) fn new(degree: usize, [kept, elements]: [usize; 2], reach: f64, unit: f64) -> Self {
        let (x, w) = lobatto(degree);
        let reference = Interpolation::new(&x);
        let length = CORE * unit;
        let widths = |n: usize| GROWTH.powi(n as i32) - 1.0;
        let last = (reach / CORE).asinh() / widths(elements);
        let ends: Vec<f64> = (0..=kept).map(|e| last * widths(e)).collect();
        let order = kept * degree + 1;
        let (mut radii, mut measure) = (vec![0.0; order], vec![0.0; order]);
        let mut stiffness = vec![0.0; order * (degree + 1)];
        let slopes = reference.derivative();
        for (e, end) in ends.windows(2).enumerate() {
            let width = end[1] - end[0];
            for q in 0..=degree {
                let (i, t) = (e * degree + q, end[0] + 0.5 * width * (1.0 + x[q]));
                radii[i] = length * t.sinh();
                measure[i] += 0.5 * width * w[q] * length * t.cosh();
                // r f_t^2 / (dr/dt) dt, f_t = 2/width times the slope on [-1, 1]
                let conductance = 2.0 / width * w[q] * t.tanh();
                for (a, b) in (0..=degree).flat_map(|a| (0..=a).map(move |b| (a, b))) {
                    stiffness[(e * degree + a) * (degree + 1) + degree + b - a] +=
                        conductance * slopes[q][a] * slopes[q][b];
                }
            }
        }
        Self { radii, measure, degree, length, ends, reference, stiffness }
    }

    /// Outermost radius.
    pub(super) fn reach(&self) -> f64 {
        self.radii[self.radii.len() - 1]
    }

    /// The same mesh with all lengths multiplied.
    pub(super) fn scaled(mut self, factor: f64) -> Self {
        self.radii.iter_mut().chain(&mut self.measure).for_each(|x| *x *= factor);
        self.length *= factor;
        self
    }

    /// `Int f(r) r dr` of a function of number and radius of the node.
    pub(super) fn integral(&self, f: impl Fn(usize, f64) -> f64) -> f64 {
        self.radii.iter().zip(&self.measure).enumerate().map(|(i, (&r, w))| w * r * f(i, r)).sum()
    }

    /// The function of the given values at a radius; zero beyond the mesh.
    pub(super) fn at(&self, r: f64, values: &[f64]) -> f64 {
        if !(r <= self.reach()) {
            return 0.0;
        }
        let t = (r / self.length).asinh();
        let last = self.ends.len() - 2;
        let element = self.ends[1..=last].partition_point(|end| *end <= t);
        let [from, to] = [self.ends[element], self.ends[element + 1]];
        let first = element * self.degree;
        self.reference.at((2.0 * t - from - to) / (to - from), &values[first..=first + self.degree])
    }

    /// Green function `g(r_i, r_j)` of `-(1/r) d/dr r d/dr + m^2/r^2 + kappa^2` at all pairs of nodes, column after column: `(g f)(r) = Int g(r, r') f(r') r' dr'`. What leaves the mesh decays as
    /// `K_m(kappa r)`: `decay` is `-kappa K_m' / K_m` at the outermost node.
    pub(super) fn green(&self, m: usize, kappa: f64, decay: f64) -> Vec<f64> {
        let (n, p) = (self.radii.len(), self.degree);
        // waves of m > 0 vanish at the centre
        let first = usize::from(m > 0);
        let mut factor = self.stiffness.clone();
        for i in first..n {
            let r = self.radii[i];
            let barrier = if m > 0 { (m * m) as f64 / r } else { 0.0 };
            factor[i * (p + 1) + p] += self.measure[i] * (kappa * kappa * r + barrier);
        }
        factor[n * (p + 1) - 1] += self.reach() * decay;
        cholesky(&mut factor, n, p, first);
        inverse(&factor, n, p, first)
    }
}

/// Replaces the lower band of a positive matrix from row `first` on by that of its factor L, `L L^T`, with reciprocals on the diagonal.
fn cholesky(band: &mut [f64], n: usize, p: usize, first: usize) {
    for i in first..n {
        let start = i.saturating_sub(p).max(first);
        for j in start..=i {
            let common = start.max(j.saturating_sub(p));
            let row = &band[i * (p + 1) + p + common - i..][..j - common];
            let other = &band[j * (p + 1) + p + common - j..][..j - common];
            let rest = band[i * (p + 1) + p + j - i] - row.iter().zip(other).map(|(x, y)| x * y).sum::<f64>();
            band[i * (p + 1) + p + j - i] =
                if j == i { 1.0 / rest.sqrt() } else { rest * band[j * (p + 1) + p] };
        }
    }
}

/// The inverse of `L L^T`; zero before `first`.
fn inverse(factor: &[f64], n: usize, p: usize, first: usize) -> Vec<f64> {
    let entry = |i: usize, j: usize| factor[i * (p + 1) + p + j - i];
    // rows of the inverse, all right-hand sides at once
    let mut x = vec![0.0; n * n];
    for i in first..n {
        let (done, rest) = x.split_at_mut(i * n);
        let row = &mut rest[..=i];
        row[i] = 1.0;
        for j in i.saturating_sub(p).max(first)..i {
            subtract(row, entry(i, j), &done[j * n..=j * n + i]);
        }
        row.iter_mut().for_each(|v| *v *= entry(i, i));
    }
    for i in (first..n).rev() {
        let (before, done) = x.split_at_mut((i + 1) * n);
        let row = &mut before[i * n..];
        for j in i + 1..(i + p + 1).min(n) {
            subtract(row, entry(j, i), &done[(j - i - 1) * n..(j - i) * n]);
        }
        row.iter_mut().for_each(|v| *v *= entry(i, i));
    }
    x
}

/// `row -= factor * other`.
fn subtract(row: &mut [f64], factor: f64, other: &[f64]) {
    row.iter_mut().zip(other).for_each(|(x, y)| *x -= factor * y);
}
