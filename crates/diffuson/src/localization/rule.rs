//! The quadrature behind the Fermi-Dirac integrals and the kernel moments: `Int_0^inf u^x phi(u - z) du`, phi the Fermi window or its kin.
//!
//! Two things spoil a quadrature here: the branch point u^x at the edge, and the poles of the window at `u = z +- i pi (2k + 1)`. The
//! substitution
//!
//! ```text
//! u = ln(1 + e^v),   v = s - a e^{-s/2},   a = 1/4
//! ```
//!
//! meets both. Because `e^u = 1 + e^v` the window is rational in e^v, with its poles at `e^v = -(1 + e^z)`: on Im v = +- pi, Re v > 0, for
//! every z; the logarithm has its singularities on the same lines, at v = +- i pi. In the plane of s they are nearly as far from the axis:
//! where Re v <= Re s, `Im s + a e^{-s/2} sin(Im s/2) = pi` allows `Im s >= pi - a`. The branch point is at s = -inf, where the integrand falls
//! as `exp(-(1+x) a e^{-s/2})`. So the trapezoidal rule of step h in s errs by about `e^{-2 pi (pi - a)/h}`, 1e-18 at h = 7/16, whatever z
//! and x; its nodes are fixed once, per x only the powers u^x change, per z only the factor e^z.

use super::exponential::exponential;
use pulp::Arch;
use std::ops::Range;
use std::sync::LazyLock;

/// Nodes handled at a time; sums run in this many lanes, so their order does not depend on the machine.
const LANES: usize = 8;
/// Step in s: a binary fraction, so that every node is exact.
const STEP: f64 = 7.0 / 16.0;
/// a.
const STRETCH: f64 = 0.25;
/// Index of the node s = 0: nodes begin at s = -10.5, v = -58, far enough even for x = 0.
const ZERO: usize = 24;
/// Number of nodes: they end at s = 122, enough for [`LARGEST_POWER`] at [`CROSSOVER`].
const NODES: usize = 304;
/// Largest z at which the rule is used; above it the Sommerfeld series has converged to rounding.
pub(super) const CROSSOVER: f64 = 44.0;
/// Largest exponent x.
pub(super) const LARGEST_POWER: f64 = 13.0;

/// What is the same for all x and z.
struct Nodes {
    /// u in two parts of which the first is exact or zero: `(head - z) + tail` rounds as little as it can.
    head: [f64; NODES],
    tail: [f64; NODES],
    /// `e^{-u}`.
    boltzmann: [f64; NODES],
    /// `ln u`.
    logarithm: [f64; NODES],
    /// `h du/ds`.
    weight: [f64; NODES],
}

static NODES_OF_ALL: LazyLock<Nodes> = LazyLock::new(|| {
    let zero = [0.0; NODES];
    let mut nodes = Nodes { head: zero, tail: zero, boltzmann: zero, logarithm: zero, weight: zero };
    for k in 0..NODES {
        let [head, tail, boltzmann, weight] = node(k);
        (nodes.head[k], nodes.tail[k]) = (head, tail);
        nodes.boltzmann[k] = boltzmann;
        nodes.logarithm[k] = (head + tail).ln();
        nodes.weight[k] = weight;
    }
    nodes
});

/// Head, tail, Boltzmann factor and weight of the node k.
fn node(k: usize) -> [f64; 4] {
    let s = STEP * (k as f64 - ZERO as f64);
    let bend = STRETCH * (-0.5 * s).exp();
    let v = s - bend;
    let small = (-v.abs()).exp();
    let (head, tail) = if v > 0.0 { (s, small.ln_1p() - bend) } else { (0.0, small.ln_1p()) };
    let [boltzmann, rise] =
        if v > 0.0 { [small, 1.0] } else { [1.0, small] }.map(|part| part / (1.0 + small));
    [head, tail, boltzmann, STEP * (1.0 + 0.5 * bend) * rise]
}

/// `Int_0^inf f(u) du` by the same rule, without the tables: f must have vanished at `to`.
pub(super) fn integrate_any<const N: usize>(to: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    let mut sums = [0.0; N];
    for k in 0..=ZERO + (to / STEP) as usize {
        let [head, tail, _, weight] = node(k);
        let terms = f(head + tail);
        (0..N).for_each(|n| sums[n] += weight * terms[n]);
    }
    sums
}

/// The weights `h u^x du/ds` of one exponent, for all z or for the nodes that one z needs.
#[derive(Clone, Debug)]
pub(super) struct Powers {
    x: f64,
    weights: [f64; NODES],
}

impl Powers {
    /// For all z up to the crossover. `x` must lie between 0 and [`LARGEST_POWER`].
    pub(super) fn new(x: f64) -> Self {
        let mut powers = Self { x, weights: [0.0; NODES] };
        powers.fill(0..NODES);
        powers
    }

    /// For one z.
    #[inline]
    pub(super) fn at(x: f64, z: f64) -> Self {
        let mut powers = Self { x, weights: [0.0; NODES] };
        powers.fill(needed(x, z));
        powers
    }

    fn fill(&mut self, range: Range<usize>) {
        let (x, out) = (self.x, &mut self.weights[range.clone()]);
        let (logarithms, weights) = (&NODES_OF_ALL.logarithm[range.clone()], &NODES_OF_ALL.weight[range]);
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let out = out; // owned, or the closure would be called through a shim without vector instructions
                for ((out, weight), logarithm) in out.iter_mut().zip(weights).zip(logarithms) {
                    *out = weight * exponential((x * logarithm).max(-700.0));
                }
            },
        );
    }

    /// The exponent x.
    pub(super) fn exponent(&self) -> f64 {
        self.x
    }

    /// `e^{-z}` times the integrals of N functions.
    #[inline(always)]
    pub(super) fn integrate<const N: usize>(
        &self,
        z: f64,
        origin: f64,
        integrands: impl Fn(Node) -> [f64; N] + Copy,
    ) -> [f64; N] {
        let (fugacity, range) = (z.exp(), needed(self.x, z));
        let chunks = |values: &'static [f64; NODES]| values[range.clone()].as_chunks::<LANES>().0;
        let (weights, _) = self.weights[range.clone()].as_chunks::<LANES>();
        let (head, tail) = (chunks(&NODES_OF_ALL.head), chunks(&NODES_OF_ALL.tail));
        let (boltzmann, logarithm) = (chunks(&NODES_OF_ALL.boltzmann), chunks(&NODES_OF_ALL.logarithm));
        let mut lanes = [[0.0; LANES]; N];
        let out = &mut lanes;
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let out = out; // as above
                let mut sums = [[0.0; LANES]; N];
                for i in 0..weights.len() {
                    let (weights, head, tail) = (&weights[i], &head[i], &tail[i]);
                    let (boltzmann, logarithm) = (&boltzmann[i], &logarithm[i]);
                    for k in 0..LANES {
                        let occupied = fugacity * boltzmann[k];
                        let empty = 1.0 / (1.0 + occupied);
                        let terms = integrands(Node {
                            window: weights[k] * (boltzmann[k] * (empty * empty)),
                            distance: (head[k] - origin) + tail[k],
                            slope: (1.0 - occupied) * empty,
                            logarithm: logarithm[k],
                        });
                        (0..N).for_each(|n| sums[n][k] += terms[n]);
                    }
                }
                *out = sums;
            },
        );
        lanes.map(|lanes| lanes.iter().sum())
    }
}

/// One node as the integrands see it.
#[derive(Clone, Copy)]
pub(super) struct Node {
    /// Weight times `e^{-u} / (1 + e^{z-u})^2`: with the factor `e^z` left out, the Fermi window.
    pub(super) window: f64,
    /// `u - origin`.
    pub(super) distance: f64,
    /// `tanh((u - z)/2)`.
    pub(super) slope: f64,
    /// `ln u`.
    pub(super) logarithm: f64,
}

/// Nodes outside of which the integrand is below rounding, in whole groups of lanes.
fn needed(x: f64, z: f64) -> Range<usize> {
    // below, e^{-42} of the window, or e^{-37} of exp[(1+x)(s - a e^{-s/2})]; above, u^{x+2} e^{-u} over its integral
    let (from, to) = ((z - 42.0).max(1.5 * x.min(2.0) - 9.5), z.max(0.0) + 42.0 + 2.5 * x);
    let index = |s: f64| (ZERO as f64 + s / STEP).max(0.0) as usize;
    index(from) / LANES * LANES..(index(to) + 1).next_multiple_of(LANES).min(NODES)
}
