//! The moments on the insulating side, z <= 0, by their alternating series.
//!
//! `K_0 = Gamma(x+1) sum_{k>=1} (-1)^{k+1} e^{kz} k^{-x}`, and about the edge `Int u^n u^x (-f') du = Gamma(x+n+1) sum (-1)^{k+1} e^{kz} k^{-x-n}`:
//! terms e^{kz} k^{-x} serve all three. They are moments of a positive measure on [0, e^z], so the weights of Cohen, Rodriguez Villegas and
//! Zagier (Experimental Mathematics 9, 3 (2000), algorithm 1) sum them with an error of `2 (3 + sqrt 8)^{-n}`, 1e-18 for the 24 taken here.

use super::exponential::exponential;
use super::fermi_dirac::gamma;
use pulp::Arch;
use std::sync::LazyLock;

/// Terms: three vectors of eight.
const TERMS: usize = 24;
/// Terms summed at a time; the order of sums does not depend on the machine.
const LANES: usize = 8;

/// What is the same for all x and z.
struct Terms {
    /// The weight that takes the place of `(-1)^k`, k = 0, 1, ...
    weight: [f64; TERMS],
    /// `ln (k + 1)`.
    logarithm: [f64; TERMS],
    /// `1/(k + 1)`.
    inverse: [f64; TERMS],
}

static TERMS_OF_ALL: LazyLock<Terms> = LazyLock::new(|| {
    let n = TERMS as f64;
    let power = (3.0 + 8f64.sqrt()).powi(TERMS as i32);
    let d = 0.5 * (power + power.recip());
    let (mut b, mut c) = (-1.0, -d);
    let mut terms = Terms { weight: [0.0; TERMS], logarithm: [0.0; TERMS], inverse: [0.0; TERMS] };
    for i in 0..TERMS {
        let k = i as f64;
        c = b - c;
        b *= (k + n) * (k - n) / ((k + 0.5) * (k + 1.0));
        terms.weight[i] = c / d;
        terms.logarithm[i] = (k + 1.0).ln();
        terms.inverse[i] = 1.0 / (k + 1.0);
    }
    terms
});

/// The series of one exponent x.
#[derive(Clone, Debug)]
pub(super) struct Series {
    x: f64,
    gamma: f64,
    /// Weights times `(k + 1)^{-x}`.
    terms: [f64; TERMS],
}

impl Series {
    /// `x` must lie between 0 and 13.
    #[inline]
    pub(super) fn new(x: f64) -> Self {
        let mut series = Self { x, gamma: gamma(x + 1.0), terms: [0.0; TERMS] };
        let (all, out) = (&*TERMS_OF_ALL, &mut series.terms);
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let out = out; // owned, or the closure would be called through a shim without vector instructions
                for k in 0..TERMS {
                    out[k] = all.weight[k] * exponential(-x * all.logarithm[k]);
                }
            },
        );
        series
    }

    /// `e^{-z} Int u^{x+n} (-f')(u - z) du`, n = 0, 1, 2, for z <= 0.
    #[inline]
    pub(super) fn moments(&self, z: f64) -> [f64; 3] {
        // all terms but the first are nothing long before, and below -700 they would be subnormal
        let z = z.max(-600.0);
        let mut sums = [0.0; 3];
        let (terms, inverse, out) = (&self.terms, &TERMS_OF_ALL.inverse, &mut sums);
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let out = out; // as above
                let mut lanes = [[0.0; LANES]; 3];
                for first in (0..TERMS).step_by(LANES) {
                    for lane in 0..LANES {
                        let k = first + lane;
                        let term = terms[k] * exponential((k as f64 * z).max(-600.0));
                        let next = term * inverse[k];
                        lanes[0][lane] += term;
                        lanes[1][lane] += next;
                        lanes[2][lane] += next * inverse[k];
                    }
                }
                *out = lanes.map(|lane| lane.iter().sum());
            },
        );
        let (x, gamma) = (self.x, self.gamma);
        [gamma * sums[0], gamma * (x + 1.0) * sums[1], gamma * (x + 1.0) * (x + 2.0) * sums[2]]
    }
}
