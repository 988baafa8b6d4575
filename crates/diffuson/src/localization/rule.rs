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

/// Sums run in this many lanes, so their order does not depend on the machine.
const LANES: usize = 8;
/// Nodes handled at a time.
const GROUP: usize = 2 * LANES;
/// Step in s: a binary fraction, so that every node is exact.
const STEP: f64 = 7.0 / 16.0;
/// a.
const STRETCH: f64 = 0.25;
/// Index of the node s = 0: nodes begin at s = -10.5, v = -58, far enough even for x = 0.
const ZERO: usize = 24;
/// Number of nodes: they end at s = 101, enough for [`LARGEST_POWER`] at [`CROSSOVER`] in whole groups.
const NODES: usize = 256;
/// Largest z at which the rule is used; above it the Sommerfeld series has converged to rounding.
pub(super) const CROSSOVER: f64 = 40.0;
/// Largest exponent x.
pub(super) const LARGEST_POWER: f64 = 13.0;

/// A number per node, so placed in memory that no vector lies across two cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Table([f64; NODES]);

/// What is the same for all x and z.
struct Nodes {
    /// u in two parts of which the first is exact or zero: `(head - z) + tail` rounds as little as it can.
    head: Table,
    tail: Table,
    /// `e^{-u}`.
    boltzmann: Table,
    /// `ln u`.
    logarithm: Table,
    /// `h du/ds`.
    weight: Table,
}

static NODES_OF_ALL: LazyLock<Nodes> = LazyLock::new(|| {
    let zero = Table([0.0; NODES]);
    let mut nodes = Nodes { head: zero, tail: zero, boltzmann: zero, logarithm: zero, weight: zero };
    for k in 0..NODES {
        let [head, tail, boltzmann, weight] = node(k);
        (nodes.head.0[k], nodes.tail.0[k]) = (head, tail);
        nodes.boltzmann.0[k] = boltzmann;
        nodes.logarithm.0[k] = (head + tail).ln();
        nodes.weight.0[k] = weight;
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

/// The weights `h u^x du/ds` of one exponent, for all z.
#[derive(Clone, Debug)]
pub(super) struct Powers {
    x: f64,
    weights: Table,
}

impl Powers {
    /// `x` must lie between 0 and [`LARGEST_POWER`].
    pub(super) fn new(x: f64) -> Self {
        let mut powers = Self { x, weights: Table([0.0; NODES]) };
        let (all, out) = (&*NODES_OF_ALL, &mut powers.weights);
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let out = out; // owned, or the closure would be called through a shim without vector instructions
                for k in 0..NODES {
                    out.0[k] = power(x, all.logarithm.0[k], all.weight.0[k]);
                }
            },
        );
        powers
    }

    /// The exponent x.
    pub(super) fn exponent(&self) -> f64 {
        self.x
    }

    /// `e^{-z}` times the integrals of N functions, for z up to the crossover.
    #[inline(always)]
    pub(super) fn integrate<const N: usize>(
        &self,
        z: f64,
        origin: f64,
        integrands: impl Fn(Node) -> [f64; N] + Copy,
    ) -> [f64; N] {
        sum(
            self.x,
            z,
            origin,
            integrands,
            #[inline(always)]
            |first| *group(&self.weights, first),
        )
    }
}

/// [`Powers::integrate`] for an exponent that is not needed again: the powers of the nodes of this one z, as they are met.
#[inline(always)]
pub(super) fn integrate_once<const N: usize>(
    x: f64,
    z: f64,
    origin: f64,
    integrands: impl Fn(Node) -> [f64; N] + Copy,
) -> [f64; N] {
    let all = &*NODES_OF_ALL;
    sum(
        x,
        z,
        origin,
        integrands,
        #[inline(always)]
        |first| {
            let (logarithm, weight) = (group(&all.logarithm, first), group(&all.weight, first));
            let mut weights = [0.0; GROUP];
            for k in 0..GROUP {
                weights[k] = power(x, logarithm[k], weight[k]);
            }
            weights
        },
    )
}

/// The nodes from `first` on that are handled together.
#[inline(always)]
fn group(values: &Table, first: usize) -> &[f64; GROUP] {
    values.0[first..].first_chunk().expect("ranges are whole groups")
}

/// `weight u^x`, u given by its logarithm.
#[inline(always)]
fn power(x: f64, logarithm: f64, weight: f64) -> f64 {
    weight * exponential((x * logarithm).max(-700.0))
}

/// The sums over nodes; `weights(first)` are those of the group that begins there.
#[inline(always)]
fn sum<const N: usize>(
    x: f64,
    z: f64,
    origin: f64,
    integrands: impl Fn(Node) -> [f64; N] + Copy,
    weights: impl Fn(usize) -> [f64; GROUP] + Copy,
) -> [f64; N] {
    let (fugacity, range, all) = (z.exp(), needed(x, z), &*NODES_OF_ALL);
    let mut lanes = [[0.0; LANES]; N];
    let out = &mut lanes;
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let out = out; // owned, or the closure would be called through a shim without vector instructions
            let mut sums = [[0.0; LANES]; N];
            for first in range.step_by(GROUP) {
                let (head, tail) = (group(&all.head, first), group(&all.tail, first));
                let (boltzmann, logarithm) = (group(&all.boltzmann, first), group(&all.logarithm, first));
                let weights = weights(first);
                let (mut occupied, mut empty) = ([0.0; GROUP], [0.0; GROUP]);
                for k in 0..GROUP {
                    occupied[k] = fugacity * boltzmann[k];
                }
                let (near, far) = occupied.split_at(LANES);
                let mut both = [0.0; LANES];
                for k in 0..LANES {
                    both[k] = 1.0 / ((1.0 + near[k]) * (1.0 + far[k])); // one division serves two nodes
                }
                for k in 0..LANES {
                    empty[k] = both[k] * (1.0 + far[k]);
                    empty[k + LANES] = both[k] * (1.0 + near[k]);
                }
                for half in [0, LANES] {
                    for lane in 0..LANES {
                        let k = half + lane;
                        let terms = integrands(Node {
                            window: weights[k] * (boltzmann[k] * (empty[k] * empty[k])),
                            distance: (head[k] - origin) + tail[k],
                            slope: (1.0 - occupied[k]) * empty[k],
                            logarithm: logarithm[k],
                        });
                        (0..N).for_each(|n| sums[n][lane] += terms[n]);
                    }
                }
            }
            *out = sums;
        },
    );
    lanes.map(|lanes| lanes.iter().sum())
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

/// Nodes outside of which the integrand is below rounding, in whole groups.
#[inline(always)]
fn needed(x: f64, z: f64) -> Range<usize> {
    // below, e^{-40} of the window or exp[-(1+x) V] of the power, V = -v(s) = -s + a e^{-s/2}, of which s = -3.2 ln(1 + V/2) is a bound;
    // above, u^{x+2} e^{-u} over its integral
    const REACH: f64 = 40.0;
    let edge = -3.2 * (1.0 + 0.5 * (REACH - z.max(0.0)) / (1.0 + x)).ln();
    let to = z.max(0.0) + REACH + 60.0 * x / (z.max(0.0) + 20.0);
    let index = |s: f64| (ZERO as f64 + s / STEP).max(0.0) as usize;
    let first = index(edge.max(z - REACH)) / LANES * LANES;
    let groups = (index(to) - first) / GROUP + 1;
    first..first + groups * GROUP
}
