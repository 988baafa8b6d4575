//! Integrals over the unit cube by adaptive cubature: deterministic, for smooth integrands of few variables.

use crate::droplets::{DropletError, require};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// An integral, or a sum, and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimated {
    /// The value.
    pub value: f64,
    /// Estimated error: of a deterministic rule meant as a bound, of a Monte Carlo one standard deviation.
    pub error: f64,
    /// Evaluations of the integrand.
    pub evaluations: usize,
}

/// Adaptive cubature by the rule of A. C. Genz and A. A. Malik, J. Comput. Appl. Math. 6, 295 (1980): degree 7, with one of degree 5 on the same points, whose difference is the
/// error of a region. The region of the largest error is halved, in the direction of the largest fourth difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cubature {
    /// Error wanted, relative to the integral.
    pub tolerance: f64,
    /// Evaluations after which the search is given up.
    pub evaluations: usize,
}

/// Most variables: a region takes `2^d + 2 d^2 + 2 d + 1` evaluations.
const DIMENSIONS: usize = 16;

impl Cubature {
    /// `Int f(x) d^dx` over the unit cube of `dimension` variables. The integrand is never asked on the boundary; where it is not a number, so is the result's error, and the search fails.
    ///
    /// # Errors
    ///
    /// A tolerance that is not positive, a dimension of 0 or above 16, or [`DropletError::NotConverged`] when the evaluations are spent.
    pub fn integrate(
        &self,
        dimension: usize,
        mut integrand: impl FnMut(&[f64]) -> f64,
    ) -> Result<Estimated, DropletError> {
        require("tolerance of a cubature", self.tolerance, self.tolerance > 0.0, "positive")?;
        let allowed = (1..=DIMENSIONS).contains(&dimension);
        require("dimension of a cubature", dimension as f64, allowed, "1 to 16")?;
        let rule = Rule::new(dimension);
        let whole = Region { centre: vec![0.5; dimension], half: vec![0.5; dimension], ..Region::default() };
        let mut regions = BinaryHeap::from([rule.apply(whole, &mut integrand)]);
        let mut evaluations = rule.points;
        loop {
            // A sum kept up to date from step to step would gather rounding of the first, largest errors.
            let (mut value, mut error) = (0.0, 0.0);
            for region in &regions {
                (value, error) = (value + region.value, error + region.error);
            }
            let goal = self.tolerance * f64::abs(value);
            if error <= goal {
                return Ok(Estimated { value, error, evaluations });
            }
            // As many halvings as there are regions, or fewer if they suffice, before the sums are made anew.
            let mut left = error;
            for _ in 0..regions.len() {
                if evaluations + 2 * rule.points > self.evaluations || !error.is_finite() {
                    let (residual, goal) = (error / f64::abs(value), self.tolerance);
                    let what = "adaptive cubature";
                    return Err(DropletError::NotConverged { what, residual, steps: evaluations, goal });
                }
                let Some(worst) = regions.pop() else { break };
                left -= worst.error;
                for half in worst.halves() {
                    let half = rule.apply(half, &mut integrand);
                    left += half.error;
                    regions.push(half);
                }
                evaluations += 2 * rule.points;
                if left <= goal {
                    break;
                }
            }
        }
    }
}

/// A box in the unit cube with its integral.
#[derive(Clone, Debug, Default)]
struct Region {
    centre: Vec<f64>,
    half: Vec<f64>,
    value: f64,
    error: f64,
    /// The direction in which the integrand is least a cubic.
    roughest: usize,
}

impl Region {
    fn halves(self) -> [Self; 2] {
        let along = self.roughest;
        let mut lower = self;
        lower.half[along] /= 2.0;
        let mut upper = lower.clone();
        lower.centre[along] -= lower.half[along];
        upper.centre[along] += upper.half[along];
        [lower, upper]
    }
}

/// By error; equal ones by place, so that the order of halving is a function of the integrand alone.
impl Ord for Region {
    fn cmp(&self, other: &Self) -> Ordering {
        let places = || self.centre.iter().zip(&other.centre).map(|(a, b)| a.total_cmp(b));
        self.error
            .total_cmp(&other.error)
            .then_with(|| places().find(|o| o.is_ne()).unwrap_or(Ordering::Equal))
    }
}

impl PartialOrd for Region {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Region {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Region {}

/// Weights of the five kinds of point, in this order: the centre; on the axes at [`INNER`] and at [`OUTER`]; on the diagonals of the planes at [`OUTER`]; in the corners at [`CORNER`].
struct Rule {
    seventh: [f64; 5],
    fifth: [f64; 4],
    points: usize,
    signs: Vec<Vec<f64>>,
}

/// Distances from the centre in half sides, squared: 9/70, 9/10 and 9/19.
const INNER: f64 = 9.0 / 70.0;
const OUTER: f64 = 9.0 / 10.0;
const CORNER: f64 = 9.0 / 19.0;

impl Rule {
    fn new(dimension: usize) -> Self {
        let d = dimension as f64;
        let corners = 1usize << dimension;
        let seventh = [
            (12_824.0 - 9_120.0 * d + 400.0 * d * d) / 19_683.0,
            980.0 / 6_561.0,
            (1_820.0 - 400.0 * d) / 19_683.0,
            200.0 / 19_683.0,
            6_859.0 / 19_683.0 / corners as f64,
        ];
        let fifth = [
            (729.0 - 950.0 * d + 50.0 * d * d) / 729.0,
            245.0 / 486.0,
            (265.0 - 100.0 * d) / 1_458.0,
            25.0 / 729.0,
        ];
        let sign =
            |corner: usize, k: usize| if corner >> k & 1 == 0 { -CORNER.sqrt() } else { CORNER.sqrt() };
        let signs = (0..corners).map(|corner| (0..dimension).map(|k| sign(corner, k)).collect()).collect();
        let points = 1 + 4 * dimension + 2 * dimension * (dimension - 1) + corners;
        Self { seventh, fifth, points, signs }
    }

    fn apply(&self, mut region: Region, integrand: &mut impl FnMut(&[f64]) -> f64) -> Region {
        let (centre, half) = (&region.centre, &region.half);
        let dimension = centre.len();
        let mut point = centre.clone();
        let [inner, outer] = [INNER.sqrt(), OUTER.sqrt()];
        let middle = integrand(&point);
        let (mut near, mut far, mut planes, mut corners) = (0.0, 0.0, 0.0, 0.0);
        let mut roughest = (0, -1.0);
        for k in 0..dimension {
            let mut pair = |reach: f64| {
                [-reach, reach].map(|offset| {
                    point[k] = centre[k] + offset * half[k];
                    integrand(&point)
                })
            };
            let [two_near, two_far] = [pair(inner), pair(outer)].map(|[a, b]| a + b);
            point[k] = centre[k];
            near += two_near;
            far += two_far;
            let fourth = two_near - 2.0 * middle - INNER / OUTER * (two_far - 2.0 * middle);
            // A wider side first among equals: constant integrands are halved evenly.
            if fourth.abs() > roughest.1 || (fourth.abs() == roughest.1 && half[k] > half[roughest.0]) {
                roughest = (k, fourth.abs());
            }
        }
        for k in 0..dimension {
            for l in 0..k {
                for (a, b) in [(-outer, -outer), (-outer, outer), (outer, -outer), (outer, outer)] {
                    point[k] = centre[k] + a * half[k];
                    point[l] = centre[l] + b * half[l];
                    planes += integrand(&point);
                }
                point[l] = centre[l];
            }
            point[k] = centre[k];
        }
        for signs in &self.signs {
            for ((x, c), (h, s)) in point.iter_mut().zip(centre).zip(half.iter().zip(signs)) {
                *x = c + h * s;
            }
            corners += integrand(&point);
        }
        let volume: f64 = half.iter().map(|h| 2.0 * h).product();
        let sums = [middle, near, far, planes, corners];
        let rule = |weights: &[f64]| volume * weights.iter().zip(sums).map(|(w, s)| w * s).sum::<f64>();
        region.value = rule(&self.seventh);
        region.error = (region.value - rule(&self.fifth)).abs();
        region.roughest = roughest.0;
        region
    }
}
