//! Integrals along the imaginary frequency axis, and sums over Matsubara frequencies, by one rule.

use crate::scattering::nan_max;
use diffuson_linalg::eigen::symmetric;
use std::f64::consts::PI;

/// Points of the rule.
const POINTS: usize = 16;

/// Error of a panel at which it is halved, and of what follows the last one, per integral of the modulus so far.
const ENOUGH: f64 = 1e-9;

/// Halvings of a panel at most.
const DEPTH: u32 = 16;

/// An integral or sum of a vector.
pub(super) struct Sum {
    pub(super) values: Vec<f64>,
    /// Largest estimated error of a component, per integral of its modulus.
    pub(super) error: f64,
}

/// `Int_0^inf f dw` at zero temperature, `2 pi T sum_{n >= 0} f((2n+1) pi T)` otherwise, of vectors whose magnitude falls at least like `exp(-2 r Im
/// sqrt(1 + iw))`.
///
/// Panels grow threefold, from [0, 4/r] on. Each holds a number m of frequencies, infinitely many at T = 0, and has Gauss's rule of 16 points for
/// them: for points at equal distances the orthogonal polynomials have the coefficients `k^2 (1 - k^2/m^2) / (4 k^2 - 1)` of Chebyshev, which are
/// Legendre's for many. Sixteen frequencies or fewer are added up themselves. Low temperatures thus cost as much as T = 0.
///
/// The error of a panel is that of coefficients of f in those polynomials that fall geometrically, as the first that Gauss's rule takes for another
/// (the 32nd) follows from the last two. Panels are halved until it is below 1e-9. From one panel to the next the exponent grows by a factor of 1.7
/// or more: if a panel is a share p of the whole, `p^1.5` bounds what follows, and is counted as an error; the sum ends where that is below 1e-9.
pub(super) fn along_imaginary_axis(
    temperature: f64,
    closest: f64,
    components: usize,
    f: impl FnMut(f64, &mut [f64]),
) -> Sum {
    let zero = || vec![0.0; components];
    let mut work = Work {
        spacing: 2.0 * PI * temperature,
        f,
        legendre: Rule::new(None),
        values: zero(),
        magnitudes: zero(),
        errors: zero(),
    };
    let width = 4.0 / closest;
    let first = (width / work.spacing).max(POINTS as f64);
    let mut panel = if first.is_finite() && first < 1e12 {
        Panel { from: 0.0, to: first.round() * work.spacing, count: Some(first.round() as u64) }
    } else {
        Panel { from: 0.0, to: width, count: None }
    };
    loop {
        let before = work.magnitudes.clone();
        work.add(&panel, DEPTH);
        let rest: Vec<f64> = work
            .magnitudes
            .iter()
            .zip(&before)
            .map(|(now, before)| if *now == 0.0 { 0.0 } else { now * ((now - before) / now).powf(1.5) })
            .collect();
        // NaN ends it too
        if !rest.iter().zip(&work.magnitudes).any(|(r, m)| *r > ENOUGH * m) {
            work.errors.iter_mut().zip(rest).for_each(|(e, r)| *e += r);
            break;
        }
        let width = 2.0 * panel.to;
        panel = Panel {
            from: panel.to,
            to: panel.to + width,
            count: panel.count.map(|_| (width / work.spacing).round() as u64),
        };
    }
    let ratios = work.errors.iter().zip(&work.magnitudes);
    let error = ratios.map(|(e, m)| if *m == 0.0 { 0.0 } else { e / m }).fold(0.0, nan_max);
    Sum { values: work.values, error }
}

/// Frequencies between two bounds, these half a spacing beside the first and the last.
struct Panel {
    from: f64,
    to: f64,
    /// None: a continuum.
    count: Option<u64>,
}

struct Work<F> {
    spacing: f64,
    f: F,
    legendre: Rule,
    values: Vec<f64>,
    magnitudes: Vec<f64>,
    errors: Vec<f64>,
}

impl<F: FnMut(f64, &mut [f64])> Work<F> {
    fn add(&mut self, panel: &Panel, depth: u32) {
        let own;
        let rule = match panel.count {
            None => &self.legendre,
            Some(m) => {
                own = Rule::new(Some(m));
                &own
            }
        };
        let (middle, half) = (0.5 * (panel.from + panel.to), 0.5 * (panel.to - panel.from));
        let components = self.values.len();
        let mut found = vec![0.0; rule.nodes.len() * components];
        for (x, out) in rule.nodes.iter().zip(found.chunks_exact_mut(components)) {
            (self.f)(middle + half * x, out);
        }
        let estimates: Vec<[f64; 3]> = (0..components)
            .map(|c| rule.apply(found.iter().skip(c).step_by(components)).map(|x| 2.0 * half * x))
            .collect();
        let coarse = |c: usize| estimates[c][2] > ENOUGH * self.magnitudes[c].max(estimates[c][1]);
        if depth > 0 && (0..components).any(coarse) {
            for part in panel.halves(self.spacing) {
                self.add(&part, depth - 1);
            }
            return;
        }
        for (c, [value, magnitude, error]) in estimates.into_iter().enumerate() {
            self.values[c] += value;
            self.magnitudes[c] += magnitude;
            self.errors[c] += error;
        }
    }
}

impl Panel {
    fn halves(&self, spacing: f64) -> [Self; 2] {
        let (middle, counts) = match self.count {
            None => (0.5 * (self.from + self.to), [None; 2]),
            Some(m) => (self.from + (m / 2) as f64 * spacing, [Some(m / 2), Some(m - m / 2)]),
        };
        [
            Self { from: self.from, to: middle, count: counts[0] },
            Self { from: middle, to: self.to, count: counts[1] },
        ]
    }
}

/// A mean over frequencies on [-1, 1].
struct Rule {
    nodes: Vec<f64>,
    /// `sqrt(w_i) p_k(x_i)` in column i: eigenvectors of the Jacobi matrix. Empty for a plain mean.
    vectors: Vec<f64>,
}

impl Rule {
    fn new(count: Option<u64>) -> Self {
        let m = count.map_or(f64::INFINITY, |m| m as f64);
        if m <= POINTS as f64 {
            let nodes = (0..count.unwrap_or(0)).map(|i| (2.0 * i as f64 + 1.0) / m - 1.0).collect();
            return Self { nodes, vectors: Vec::new() };
        }
        let mut jacobi = vec![0.0; POINTS * POINTS];
        for k in 1..POINTS {
            let k2 = (k * k) as f64;
            let beside = (k2 * (1.0 - k2 / (m * m)) / (4.0 * k2 - 1.0)).sqrt();
            jacobi[(k - 1) * POINTS + k] = beside;
            jacobi[k * POINTS + k - 1] = beside;
        }
        match symmetric(&jacobi, POINTS) {
            Ok(eigen) => Self { nodes: eigen.values, vectors: eigen.vectors },
            // Eight rows always converge; if not, the error says so.
            Err(_) => Self { nodes: vec![f64::NAN; POINTS], vectors: vec![f64::NAN; POINTS * POINTS] },
        }
    }

    /// Mean of f, mean of its modulus, and estimated error.
    fn apply<'a>(&self, f: impl Iterator<Item = &'a f64>) -> [f64; 3] {
        if self.vectors.is_empty() {
            let share = 1.0 / self.nodes.len() as f64;
            return f.fold([0.0; 3], |[v, m, e], x| [v + share * x, m + share * x.abs(), e]);
        }
        let mut coefficients = [0.0; POINTS];
        let mut magnitude = 0.0;
        for (x, vector) in f.zip(self.vectors.chunks_exact(POINTS)) {
            coefficients.iter_mut().zip(vector).for_each(|(c, v)| *c += vector[0] * v * x);
            magnitude += vector[0] * vector[0] * x.abs();
        }
        let largest = coefficients.iter().fold(0.0f64, |m, c| m.max(c.abs()));
        let last = coefficients[POINTS - 1].abs().max(coefficients[POINTS - 2].abs());
        let points = POINTS as f64;
        let error = largest * (last / largest).powf(2.0 * points / (points - 1.0));
        [coefficients[0], magnitude, if largest == 0.0 { 0.0 } else { error }]
    }
}
