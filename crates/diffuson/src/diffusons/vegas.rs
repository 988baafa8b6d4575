//! Integrals over the unit cube by adaptive Monte Carlo: importance sampling and stratification.

use super::Estimated;
use crate::disorder::Fields;
use crate::droplets::{DropletError, require};

/// Adaptive Monte Carlo after G. P. Lepage, J. Comput. Phys. 27, 192 (1978): each variable is drawn from a histogram that follows the modulus of the integrand, and the cube of
/// the deviates is cut into equal boxes with the same number of points in each. The first passes only adapt; the others are averaged by their variances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vegas {
    /// Evaluations over all passes, adaptation included; a little fewer are made.
    pub evaluations: usize,
    /// Passes that count.
    pub passes: usize,
    /// Passes before them, which only adapt.
    pub adaptation: usize,
}

/// What a Monte Carlo integration found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampled {
    /// The integral; its error is one standard deviation.
    pub integral: Estimated,
    /// `chi^2` of the passes about their mean, per degree of freedom: 1 where errors are what they claim, far above 1 where they are not to be trusted.
    pub chi_square: f64,
}

/// Bins of the histogram of a variable.
const BINS: usize = 64;

/// Share of the way, on a logarithmic scale, that a bin moves towards its goal (Lepage's damping).
const DAMPING: f64 = 1.0;

/// Most variables.
const DIMENSIONS: usize = 32;

impl Vegas {
    /// Ten passes that count, after five that adapt.
    pub fn new(evaluations: usize) -> Self {
        Self { evaluations, passes: 10, adaptation: 5 }
    }

    /// `Int f(x) d^dx` over the unit cube of `dimension` variables, a pure function of the random fields 0, 1, ... (uniform deviates), one for each pass.
    ///
    /// # Errors
    ///
    /// A dimension of 0 or above 32, fewer than two passes that count, fewer than 64 evaluations in a pass; an integrand that is somewhere not finite.
    pub fn integrate(
        &self,
        dimension: usize,
        fields: &dyn Fields,
        mut integrand: impl FnMut(&[f64]) -> f64,
    ) -> Result<Sampled, DropletError> {
        let allowed = (1..=DIMENSIONS).contains(&dimension);
        require("dimension of a Monte Carlo integral", dimension as f64, allowed, "1 to 32")?;
        require("number of passes that count", self.passes as f64, self.passes >= 2, "at least 2")?;
        let share = self.evaluations / (self.passes + self.adaptation);
        require("number of evaluations in a pass", share as f64, share >= 64, "at least 64")?;
        let boxes = Boxes::new(dimension, share);
        let mut map = vec![Histogram::default(); dimension];
        let mut passes = Vec::with_capacity(self.passes);
        for pass in 0..self.adaptation + self.passes {
            let (value, variance) = boxes.pass(&mut map, fields, pass as u32, &mut integrand);
            require("an integral by Monte Carlo", value, (value + variance).is_finite(), "finite")?;
            map.iter_mut().for_each(Histogram::refine);
            if pass >= self.adaptation {
                passes.push((value, variance));
            }
        }
        let evaluations = (self.adaptation + self.passes) * boxes.count * boxes.points;
        Ok(average(&passes, evaluations))
    }
}

/// The mean of passes by their variances; of passes without variance, as constants have, the plain mean.
fn average(passes: &[(f64, f64)], evaluations: usize) -> Sampled {
    let exact = passes.iter().any(|p| p.1 == 0.0);
    let weight = |variance: f64| if exact { 1.0 } else { 1.0 / variance };
    let total: f64 = passes.iter().map(|p| weight(p.1)).sum();
    let value = passes.iter().map(|p| weight(p.1) * p.0).sum::<f64>() / total;
    let scatter: f64 = passes.iter().map(|p| weight(p.1) * (p.0 - value).powi(2)).sum();
    let error = if exact { scatter.sqrt() / passes.len() as f64 } else { total.sqrt().recip() };
    let chi_square = if exact { 0.0 } else { scatter / (passes.len() - 1) as f64 };
    Sampled { integral: Estimated { value, error, evaluations }, chi_square }
}

/// The cube of the deviates in equal boxes.
struct Boxes {
    dimension: usize,
    /// Boxes along a side.
    side: usize,
    count: usize,
    /// Points in a box, at least two: their scatter is the error.
    points: usize,
}

impl Boxes {
    fn new(dimension: usize, evaluations: usize) -> Self {
        let fits = |side: usize| side.checked_pow(dimension as u32).is_some_and(|n| n <= evaluations / 2);
        let side = (1..).take_while(|&side| fits(side)).last().unwrap_or(1);
        let count = side.pow(dimension as u32);
        Self { dimension, side, count, points: evaluations / count }
    }

    /// Mean and its variance of one pass, whose squares it leaves in the histograms.
    fn pass(
        &self,
        map: &mut [Histogram],
        fields: &dyn Fields,
        field: u32,
        integrand: &mut impl FnMut(&[f64]) -> f64,
    ) -> (f64, f64) {
        let size = self.points * self.dimension;
        let (mut deviates, mut bins) = (vec![0.0; size], vec![0; self.dimension]);
        let mut point = vec![0.0; self.dimension];
        let (mut value, mut variance) = (0.0, 0.0);
        for stratum in 0..self.count {
            fields.uniform(field, (stratum * size) as u64, &mut deviates);
            let (mut mean, mut squares) = (0.0, 0.0);
            for (n, deviates) in deviates.chunks_exact(self.dimension).enumerate() {
                let (mut jacobian, mut place) = (1.0, stratum);
                for (k, deviate) in deviates.iter().enumerate() {
                    let y = ((place % self.side) as f64 + deviate) / self.side as f64;
                    place /= self.side;
                    let (x, stretch, bin) = map[k].at(y);
                    (point[k], bins[k]) = (x, bin);
                    jacobian *= stretch;
                }
                let f = jacobian * integrand(&point);
                for (histogram, &bin) in map.iter_mut().zip(&bins) {
                    histogram.squares[bin] += f * f;
                    histogram.hits[bin] += 1;
                }
                // Welford's running mean and sum of squares about it.
                let off = f - mean;
                mean += off / (n + 1) as f64;
                squares += off * (f - mean);
            }
            value += mean;
            variance += squares / (self.points * (self.points - 1)) as f64;
        }
        let count = self.count as f64;
        (value / count, variance / (count * count))
    }
}

/// The density from which a variable is drawn: steps of equal probability.
#[derive(Clone, Debug)]
struct Histogram {
    edges: Vec<f64>,
    /// Sums of squares of what fell into each step, and how many points.
    squares: Vec<f64>,
    hits: Vec<u64>,
}

impl Default for Histogram {
    fn default() -> Self {
        let edges = (0..=BINS).map(|n| n as f64 / BINS as f64).collect();
        Self { edges, squares: vec![0.0; BINS], hits: vec![0; BINS] }
    }
}

impl Histogram {
    /// The value of a deviate, `dx/dy`, and its step.
    fn at(&self, y: f64) -> (f64, f64, usize) {
        let place = y * BINS as f64;
        let bin = (place as usize).min(BINS - 1);
        let width = self.edges[bin + 1] - self.edges[bin];
        (self.edges[bin] + (place - bin as f64) * width, BINS as f64 * width, bin)
    }

    /// Moves the edges so that each step would hold the same damped mean square, and forgets what was gathered.
    fn refine(&mut self) {
        // One more point of average size in each step: few points, or none, say little.
        let overall = self.squares.iter().sum::<f64>() / self.hits.iter().sum::<u64>().max(1) as f64;
        let mean = |n: usize| (self.squares[n] + overall) / (self.hits[n] + 1) as f64;
        // Smoothed over neighbours, which keeps empty steps from collapsing.
        let smooth = |n: usize| {
            let (left, right) = (n.saturating_sub(1), (n + 1).min(BINS - 1));
            (mean(left) + 6.0 * mean(n) + mean(right)) / 8.0
        };
        let total: f64 = (0..BINS).map(smooth).sum();
        if total > 0.0 && total.is_finite() {
            let goals: Vec<f64> = (0..BINS).map(|n| damped(smooth(n) / total)).collect();
            let share = goals.iter().sum::<f64>() / BINS as f64;
            let (mut edges, mut gathered, mut bin) = (vec![0.0], 0.0, 0);
            for n in 1..BINS {
                while bin < BINS - 1 && gathered + goals[bin] < n as f64 * share {
                    gathered += goals[bin];
                    bin += 1;
                }
                let part = ((n as f64 * share - gathered) / goals[bin]).clamp(0.0, 1.0);
                edges.push(self.edges[bin] + part * (self.edges[bin + 1] - self.edges[bin]));
            }
            edges.push(1.0);
            self.edges = edges;
        }
        self.squares.fill(0.0);
        self.hits.fill(0);
    }
}

/// `[(1 - r) / ln(1/r)]^alpha`: between r and a constant, 1 at r = 1.
fn damped(r: f64) -> f64 {
    if r <= 0.0 {
        return 1e-3;
    }
    if (1.0 - r).abs() < 1e-8 { 1.0 } else { ((1.0 - r) / -r.ln()).powf(DAMPING) }
}
