//! `Int_0^inf d kappa kappa^3 sum_m f(kappa, m)` over few frequencies kappa and angular momenta m.
//!
//! f is a trace of four or more operators `A_kappa = psi^{1/2} (kappa^2 - Laplacian)^{-1} psi^{1/2}`. Below `kappa_1`, some inverse radii, it is smooth in `kappa^{1/3}` but for logarithms at
//! kappa = 0 that `kappa^3` suppresses: Gauss's rule. Above, `kappa^6 f` is smooth in `1/kappa^2`, with a known value at infinity: Radau's rule. The sum over m takes the first terms as they
//! are; later ones are `(m^2 + c^2)^{-7/2}` times a polynomial in `1/(m^2 + c^2)`, for only `m^2` enters the waves, whose value at infinity is known too, through a few of them near Gauss's points.
//!
//! Both limits are those of slowly varying psi, f to n-th order in A:
//!
//! ```text
//! m -> inf:      f -> C_n m^{1-2n} Int psi^n r^{2n-1} dr,       C_n = Gamma(n - 1/2) / (2 sqrt(pi) Gamma(n)),  C_4 = 5/32
//! kappa -> inf:  sum_m f -> kappa^{2-2n} Int psi^n d^2x / (4 pi (n - 1))
//! ```

use super::Resolution;
use super::nodes::{Interpolation, radau};
use crate::gauss::Gauss;
use std::f64::consts::PI;

/// `kappa_1`, per unit of a profile.
const MIDDLE: f64 = 2.5;
/// Angular momenta that are summed one by one.
const FIRST: usize = 8;
/// c by kappa: angular momenta below `kappa r` are much alike.
const SPREAD: f64 = 1.0;
/// Least power of kappa and m with which f falls: `kappa^{-6}`, `m^{-7}`.
const POWER: f64 = 7.0;
/// The sum over m ends at this many times its first scale: `150^{-6} = 1e-13` of it are left.
const RANGE: f64 = 150.0;
/// `C_4`.
pub(super) const MANY_NODES: f64 = 5.0 / 32.0;
/// `2 pi / (4 pi (n - 1))` at n = 4, for `Int psi^4 r dr`.
pub(super) const SHORT_WAVES: f64 = 1.0 / 6.0;

/// Frequencies and what they count.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Frequencies, ascending.
    pub(super) frequencies: Vec<Frequency>,
    /// What `lim kappa^6 sum_m f` counts.
    pub(super) beyond: f64,
    /// `kappa_1`.
    pub(super) middle: f64,
}

/// One frequency and its channels.
#[derive(Clone, Debug)]
pub(super) struct Frequency {
    /// kappa.
    pub(super) kappa: f64,
    /// What its sum over m counts, `kappa^3` included.
    pub(super) weight: f64,
    /// Angular momenta m >= 0 and what they count in that sum; -m included.
    pub(super) channels: Vec<(usize, f64)>,
    /// What `lim m^7 f` counts in it.
    pub(super) beyond: f64,
}

impl Rule {
    /// For a profile of the given length.
    pub(super) fn new(resolution: &Resolution, unit: f64) -> Self {
        let frequency = |x: f64, weight: f64| {
            let (channels, beyond) = channels(SPREAD * x, resolution.channels);
            let kappa = x / unit;
            Frequency { kappa, weight: weight * kappa.powi(3) / unit, channels, beyond }
        };
        let low = Gauss::legendre(resolution.frequencies);
        let mut frequencies: Vec<Frequency> = low
            .points
            .iter()
            .zip(&low.weights)
            .map(|(x, w)| {
                let v = 0.5 * (1.0 + x);
                frequency(MIDDLE * v.powi(3), 1.5 * MIDDLE * v * v * w)
            })
            .collect();
        let (points, weights) = radau(resolution.frequencies / 3);
        // Int kappa^3 f d kappa = Int kappa^6 f ds / 2, s = 1/kappa^2
        let top = MIDDLE.powi(-2);
        for (s, w) in points.iter().zip(&weights).skip(1).rev() {
            let x = (top * s).sqrt().recip();
            frequencies.push(frequency(x, 0.5 * top * w * x.powi(3)));
        }
        let beyond = 0.5 * top * weights[0] * unit * unit;
        Self { frequencies, beyond, middle: MIDDLE / unit }
    }

    /// Channels of all frequencies.
    pub(super) fn channels(&self) -> usize {
        self.frequencies.iter().map(|f| f.channels.len()).sum()
    }
}

/// Angular momenta and what they count in the sum over all of both signs, and what the limit of `m^7 f` counts; `count` beyond the first.
fn channels(spread: f64, count: usize) -> (Vec<(usize, f64)>, f64) {
    let squared = |m: usize| (m * m) as f64 + spread * spread;
    let last = 1.0 / squared(FIRST);
    let mut sampled: Vec<usize> = Vec::with_capacity(count);
    for k in 1..=count {
        // near the zeros of Jacobi's polynomials of weight y^3 on [0, last]: y^2 from the sum, y from the value known at 0
        let angle = PI * (k as f64 - 0.25) / (count as f64 + 2.0);
        let y = last * (0.5 * angle).cos().powi(2);
        let m = (1.0 / y - spread * spread).sqrt().round() as usize;
        sampled.push(sampled.last().map_or(FIRST, |m| m + 1).max(m));
    }
    let nodes: Vec<f64> = sampled.iter().map(|&m| 1.0 / squared(m)).chain([0.0]).collect();
    let through = Interpolation::new(&nodes);
    let mut shares = vec![0.0; nodes.len()];
    for m in FIRST..(RANGE / last.sqrt()) as usize {
        let size = 2.0 * squared(m).powf(-0.5 * POWER);
        shares.iter_mut().zip(through.shares(1.0 / squared(m))).for_each(|(sum, share)| *sum += size * share);
    }
    let first = (0..FIRST).map(|m| (m, if m == 0 { 1.0 } else { 2.0 }));
    let later = sampled.iter().zip(&shares).map(|(&m, share)| (m, share * squared(m).powf(0.5 * POWER)));
    (first.chain(later).collect(), shares[count])
}

/// `-kappa K_m'(x) / K_m(x)`, `x = kappa r`, for m = 0 to `last`: how fast waves decay that come to r from within.
pub(super) fn decays(kappa: f64, r: f64, last: usize) -> Vec<f64> {
    let x = kappa * r;
    // K_0 / K_1 from K_m(x) = Int_0^inf exp(-x cosh t) cosh(m t) dt, by the trapezoidal rule that converges exponentially
    const STEPS: usize = 96;
    const EXPONENT: f64 = 42.0;
    let step = (1.0 + EXPONENT / x).acosh() / STEPS as f64;
    let [k_0, k_1] = (0..=STEPS).fold([0.0, 0.0], |[k_0, k_1], i| {
        let cosh = (step * i as f64).cosh();
        let term = (-x * (cosh - 1.0)).exp() * if i == 0 { 0.5 } else { 1.0 };
        [k_0 + term, k_1 + term * cosh]
    });
    let mut decays = vec![kappa * k_1 / k_0];
    // K_{m-1} / K_m, from K_{m+1} = K_{m-1} + (2m/x) K_m, and -K_m' = K_{m-1} + (m/x) K_m
    let mut ratio = k_0 / k_1;
    for m in 1..=last {
        let order = m as f64 / x;
        decays.push(kappa * (ratio + order));
        ratio = 1.0 / (ratio + 2.0 * order);
    }
    decays
}
