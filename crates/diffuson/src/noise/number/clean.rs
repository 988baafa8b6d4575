//! Correlations of free fermions on the clean infinite chain: functions of H = -(hops to both neighbours), whose entries depend on distance.

use crate::thermal::{Reservoir, fermi, fermi_window};
use diffuson_linalg::C64;
use std::f64::consts::PI;

/// Entries of a function of the clean chain, to rounding of the largest, as far as they are not smaller than that.
#[derive(Clone, Debug)]
pub(super) struct Entries {
    at: Vec<f64>,
}

/// Which function of the energy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// f
    Occupation,
    /// f (1 - f) = kT df/dmu
    Window,
}

/// Entries up to this distance are integrated over k, others are sums over the poles of the Fermi function: few of them, the farther the fewer.
const NEAR: usize = 32;

/// Decay, as the logarithm, at which entries vanish beside rounding.
const NEGLIGIBLE: f64 = 44.0;

impl Function {
    /// Its value at an energy.
    pub(super) fn at(self, reservoir: Reservoir, energy: f64) -> f64 {
        let x = (energy - reservoir.mu) / reservoir.kt;
        match self {
            Self::Occupation => fermi(x),
            Self::Window => fermi_window(x),
        }
    }

    /// `g(z) lambda^r`, the Green function at a pole, or its derivative by z: what the residue there takes, over `2 kT` or `2 (kT)^2`.
    fn residue(self, z: C64, g: C64, r: usize) -> C64 {
        match self {
            Self::Occupation => g,
            // dg/dz = -z g^3, d lambda/dz = -g lambda
            Self::Window => -g * g * (z * g + r as f64),
        }
    }
}

impl Entries {
    /// `F_r = Int_(-pi)^(pi) dk/2pi F(-2 cos k) cos(kr)`.
    ///
    /// Near entries: the trapezoidal rule, exact but for images a whole ring away. Far ones: `2 kT Re sum_n G_r(mu + i pi kT (2n + 1))`, or
    /// its derivative by mu times kT. About `(32 + ln R) R` operations for a range R of some 14 v/kT sites, v the velocity at mu.
    pub(super) fn new(function: Function, reservoir: Reservoir) -> Self {
        let Reservoir { mu, kt } = reservoir;
        let pole = |n: usize| C64::new(mu, PI * kt * (2 * n + 1) as f64);
        let range = ((NEGLIGIBLE / -inner_root(pole(0)).norm().ln()).ceil() as usize).max(NEAR);
        let nodes = 2 * range;
        let cosine: Vec<f64> = (0..nodes).map(|m| (2.0 * PI * m as f64 / nodes as f64).cos()).collect();
        let values: Vec<f64> = cosine.iter().map(|c| function.at(reservoir, -2.0 * c)).collect();
        let near = |r: usize| {
            let terms = values.iter().enumerate().map(|(m, value)| value * cosine[m * r % nodes]);
            terms.sum::<f64>() / nodes as f64
        };
        let mut at: Vec<f64> = (0..NEAR).map(near).collect();
        at.resize(range + 1, 0.0);
        let weight = match function {
            Function::Occupation => 2.0 * kt,
            Function::Window => 2.0 * kt * kt,
        };
        for z in (0..).map(pole) {
            let lambda = inner_root(z);
            let reach = ((NEGLIGIBLE / -lambda.norm().ln()).ceil() as usize).min(range);
            if reach < NEAR {
                break;
            }
            let g = (lambda - lambda.inv()).inv();
            let mut power = lambda.powu(NEAR as u32);
            for (r, entry) in at.iter_mut().enumerate().take(reach + 1).skip(NEAR) {
                *entry += weight * (function.residue(z, g, r) * power).re;
                power *= lambda;
            }
        }
        Self { at }
    }

    /// The entry at a distance.
    pub(super) fn at(&self, distance: usize) -> f64 {
        self.at.get(distance).copied().unwrap_or(0.0)
    }

    /// The largest distance at which an entry is not negligible.
    pub(super) fn range(&self) -> usize {
        self.at.len() - 1
    }
}

/// The root of `lambda + 1/lambda = -z` inside the unit circle: waves decay as `lambda^r`, and `G_r(z) = lambda^r / (lambda - 1/lambda)`.
fn inner_root(z: C64) -> C64 {
    let half = -0.5 * z;
    let root = (half * half - 1.0).sqrt();
    let (a, b) = (half + root, half - root);
    if a.norm_sqr() >= b.norm_sqr() { a.inv() } else { b.inv() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Poles and nodes: entries on both sides of the seam by the other method, here a ring of ten times the range.
    #[test]
    fn poles_agree_with_nodes() {
        for (mu, kt) in [(-1.0, 0.1), (0.3, 0.02), (1.9, 0.05), (-2.5, 0.3), (0.0, 7.0)] {
            let reservoir = Reservoir { mu, kt };
            for function in [Function::Occupation, Function::Window] {
                let entries = Entries::new(function, reservoir);
                let nodes = 10 * entries.range();
                for r in [0, 1, 7, NEAR - 1, NEAR, NEAR + 1, 50, 99, 200]
                    .into_iter()
                    .filter(|r| *r <= entries.range())
                {
                    let sum: f64 = (0..nodes)
                        .map(|m| {
                            let k = 2.0 * PI * m as f64 / nodes as f64;
                            function.at(reservoir, -2.0 * k.cos()) * (k * r as f64).cos()
                        })
                        .sum();
                    // rounding of values of order 1, and of k r
                    let got = entries.at(r);
                    assert!((got - sum / nodes as f64).abs() < 2e-15, "{function:?} {mu} {kt} {r}: {got:e}");
                }
                assert!(entries.at(entries.range()).abs() < 1e-18);
            }
        }
    }
}
