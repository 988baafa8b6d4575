//! Where the distribution is resolved: elements on the half axis x > 0, each with its mirror image, and Gauss points in them: products of three polynomials of degree 4 and a rate
//! are integrated exactly.

use super::rates::Rates;
use crate::gauss::RULE;

/// A function of x on the whole axis: its values `[f(x), f(-x)]` at the Gauss points.
pub(super) type Function<T> = Vec<[T; 2]>;

/// Elements between nodes 0 = x_0 < x_1 < ... and their Gauss points.
#[derive(Clone, Debug)]
pub(super) struct Mesh {
    /// Ends of the elements.
    pub(super) nodes: Vec<f64>,
    /// Gauss points, element after element.
    pub(super) points: Vec<f64>,
    /// Their weights.
    pub(super) weights: Vec<f64>,
}

/// Length of an element by the shortest scale of the solution there: errors of integrals fall with its ninth power, to 1e-13.
const RESOLUTION: f64 = 0.14;
/// A part of the solution that has decayed by e^{-d} may be resolved e^{d/10} times less well.
const RELIEF: f64 = 10.0;
/// Exponents at which a tail is cut off: e^{-45} = 3e-20.
const REACH: f64 = 45.0;

impl Mesh {
    /// For a field u and a local equilibrium `1/(1 + exp(x^2 - eta))`.
    ///
    /// Scales that need resolution: the Fermi edge, one kT wide at `x^2 = eta`; the kink that rates proportional to |x| leave at x = 0; where rates of
    /// different laws are equal; and
    /// the length `(u/2) / sqrt(r_in (r_in + r_el))` over which the field carries what it has smeared.
    pub(super) fn new(eta: f64, u: f64, rates: &Rates) -> Self {
        let scales = Scales::new(eta, u, rates);
        let mut nodes = vec![0.0];
        let mut x = 0.0;
        while !scales.is_beyond(x) {
            let mut h = scales.allowed(x).min(1.0 + x);
            while h > [1.0, 2.0, 3.0].iter().map(|n| scales.allowed(x + n * h)).fold(f64::INFINITY, f64::min)
            {
                h *= 0.85;
            }
            x += h;
            nodes.push(x);
        }
        let elements = nodes.windows(2).flat_map(|n| {
            let (centre, half) = (0.5 * (n[0] + n[1]), 0.5 * (n[1] - n[0]));
            RULE.iter().map(move |(x, weight)| (centre + half * x, half * weight))
        });
        let (points, weights) = elements.unzip();
        Self { nodes, points, weights }
    }

    /// Energy up to which distributions are resolved.
    pub(super) fn reach(&self) -> f64 {
        self.nodes.last().map_or(0.0, |x| x * x)
    }

    /// The function with values `[f(x), f(-x)]`.
    pub(super) fn function<T>(&self, f: impl FnMut(f64) -> [T; 2]) -> Function<T> {
        self.points.iter().copied().map(f).collect()
    }

    /// `Int f dx` over the whole axis, f given at point number k and its place |x|.
    pub(super) fn integral(&self, f: impl Fn(usize, f64) -> [f64; 2]) -> f64 {
        self.points
            .iter()
            .zip(&self.weights)
            .enumerate()
            .map(|(k, (&x, w))| {
                let [plus, minus] = f(k, x);
                w * (plus + minus)
            })
            .sum()
    }
}

/// Lengths on which the solution varies.
struct Scales<'r> {
    eta: f64,
    u: f64,
    rates: &'r Rates,
    /// Place of the Fermi edge, 0 in depletion.
    edge: f64,
    /// Whether rates have a kink at x = 0.
    kink: bool,
    /// Least |x| at which a rate changes from one law to the other; 0 if none does.
    crossover: f64,
    /// Whether the field smears the edge more than temperature does.
    smeared: bool,
}

impl<'r> Scales<'r> {
    fn new(eta: f64, u: f64, rates: &'r Rates) -> Self {
        let edge = eta.max(0.0).sqrt();
        let mut scales = Self {
            eta,
            u,
            rates,
            edge,
            kink: rates.have_kink(),
            crossover: rates.crossover(),
            smeared: false,
        };
        scales.smeared = u > 0.0 && scales.decay(edge) < 4.0 * (edge + 1.0);
        scales
    }

    /// Inverse of the length over which the homogeneous solutions vary at x.
    fn decay(&self, x: f64) -> f64 {
        let (inelastic, total) = self.rates.inelastic_and_total(x);
        2.0 / self.u * (inelastic * total).sqrt()
    }

    /// Exponent of their decay between two places, by Simpson's rule: mesh design needs no more.
    fn exponent(&self, from: f64, to: f64) -> f64 {
        const PANELS: usize = 4;
        let h = (to - from) / (2 * PANELS) as f64;
        let weight = |k: usize| match k {
            0 => 1.0,
            k if k == 2 * PANELS => 1.0,
            k => 2.0 + 2.0 * (k % 2) as f64,
        };
        (h / 3.0 * (0..=2 * PANELS).map(|k| weight(k) * self.decay(from + h * k as f64)).sum::<f64>()).abs()
    }

    /// Largest element at x.
    fn allowed(&self, x: f64) -> f64 {
        // no element reaches what it is relieved by being far from
        let relief = |d: f64| (d / RELIEF).exp().min(1.0 + 2.0 * d);
        let mut smallest = RESOLUTION / (2.0 * x) * relief((x * x - self.eta.max(0.0)).abs());
        if self.crossover > 0.0 {
            smallest = smallest.min(2.5 * RESOLUTION * (self.crossover + x));
        }
        if !(self.u > 0.0) {
            return smallest;
        }
        let length = RESOLUTION / self.decay(x);
        if self.kink {
            smallest = smallest.min(length * relief(self.exponent(0.0, x)));
        }
        if self.smeared {
            smallest = smallest.min(length * relief(self.exponent(self.edge, x)));
        }
        smallest
    }

    /// Whether nothing is left of the distribution.
    fn is_beyond(&self, x: f64) -> bool {
        let bare = (self.eta.max(0.0) + REACH).sqrt();
        x >= bare && (!(self.u > 0.0) || self.exponent(bare, x) >= REACH)
    }
}
