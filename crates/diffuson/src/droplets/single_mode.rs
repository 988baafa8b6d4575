//! Section III of the paper: one random number for the magnetic energy of a droplet. Good for how things scale, not for prefactors.

use super::error::require;
use super::{DropletError, Metal};
use crate::gauss::RULE;
use std::f64::consts::PI;

/// The magnetic energy of a region, `E(S)/delta_1 = (1 + F_0) S^2 + zeta (S^2/g - S^4/g^3)` (Eq. 20, with the level spacing delta_1 in front of both terms), zeta with the density
/// `e^{-zeta^2}/sqrt(pi)` (Eq. 21).
///
/// Its minimum `1 + F_0 + zeta/g - c zeta S^2/g^3 = 0` (Eq. 22) has c = 2 by Eq. 20; the paper drops the 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SingleMode {
    metal: Metal,
    nonlinearity: f64,
}

/// Equal panels of eight points that moments take, up to where the probability has fallen by e^-45.
const PANELS: usize = 32;
/// See [`PANELS`].
const EXPONENT: f64 = 45.0;

impl SingleMode {
    /// As printed: c = 1.
    pub fn printed(metal: Metal) -> Self {
        Self { metal, nonlinearity: 1.0 }
    }

    /// As it follows from Eq. 20: c = 2.
    pub fn derived(metal: Metal) -> Self {
        Self { metal, nonlinearity: 2.0 }
    }

    /// The largest spin, `g/sqrt(c)`: that of an infinite zeta.
    pub fn largest_spin(&self) -> f64 {
        self.metal.conductance() / self.nonlinearity.sqrt()
    }

    /// `E(S)/delta_1` for a zeta (Eq. 20 with c/2 in front of the last term).
    pub fn energy(&self, spin: f64, zeta: f64) -> f64 {
        let g = self.metal.conductance();
        let square = spin * spin;
        square * (self.metal.distance() + zeta / g - 0.5 * self.nonlinearity * zeta * square / g.powi(3))
    }

    /// The zeta whose droplet has a spin: `-g (1 + F_0) / (1 - c S^2/g^2)` (Eq. 22); minus infinity from the largest spin on.
    pub fn amplitude(&self, spin: f64) -> f64 {
        let left = 1.0 - self.nonlinearity * (spin / self.metal.conductance()).powi(2);
        if left > 0.0 { -self.metal.rarity() / left } else { f64::NEG_INFINITY }
    }

    /// `-ln P(S) = zeta^2` (Eq. 23).
    pub fn exponent(&self, spin: f64) -> f64 {
        self.amplitude(spin).powi(2)
    }

    /// The same to second order in S/g, `g^2 (1 + F_0)^2 + 2 c (1 + F_0)^2 S^2`: Eq. 24 with the factor 2 it has lost.
    pub fn expanded_exponent(&self, spin: f64) -> f64 {
        self.metal.rarity().powi(2) + 2.0 * self.nonlinearity * (self.metal.distance() * spin).powi(2)
    }

    /// Mean spin of the distribution `e^{-zeta(S)^2} dS` (Eq. 23), or with the density of zeta, `e^{-zeta^2} |d zeta|`.
    pub fn mean_spin(&self, with_jacobian: bool) -> f64 {
        let bottom = self.exponent(0.0);
        let end = self.largest_spin() * (1.0 - 1.0 / (1.0 + EXPONENT / bottom).sqrt()).sqrt();
        let weight = |spin: f64| {
            let zeta = self.amplitude(spin);
            let jacobian = if with_jacobian { spin * zeta * zeta } else { 1.0 };
            jacobian * (bottom - zeta * zeta).exp()
        };
        let half = 0.5 * end / PANELS as f64;
        let points = (0..PANELS).flat_map(|k| RULE.map(|(x, w)| (half * ((2 * k + 1) as f64 + x), w)));
        let [total, first] = points.fold([0.0; 2], |[total, first], (spin, w)| {
            let weight = w * weight(spin);
            [total + weight, first + weight * spin]
        });
        first / total
    }

    /// Mean spin of `exp[-2 c (1 + F_0)^2 S^2] dS`: `1/[(1 + F_0) sqrt(2 pi c)]`.
    pub fn expanded_mean_spin(&self) -> f64 {
        1.0 / (self.metal.distance() * (2.0 * PI * self.nonlinearity).sqrt())
    }
}

/// `h(u) = <dE^2>/(delta_1 g)^2`, u = S/g: the fluctuation of the magnetic energy (Eq. 18) by levels that are correlated as `pi/(omega^2 + E_T^2)` (Eq. 16), `E_T = g delta_1`.
///
/// ```text
/// h(u) = 2 pi [f(2u) - 4 f(u)],    f(t) = (t^3/6 - t/2) arctan t + (1/12 - t^2/4) ln(1 + t^2)
/// h -> pi u^4  (u << 1),    h -> (2 pi^2/3) u^3  (u >> 1)                       (Eq. 19)
/// ```
///
/// The two cross at `u = 2 pi/3`. NaN for a negative u.
pub fn energy_variance(spin_over_conductance: f64) -> f64 {
    let u = spin_over_conductance;
    if !(u >= 0.0) {
        return f64::NAN;
    }
    if u < SERIES {
        // f'''' = 1/(1 + t^2); the terms t^2 of f cancel
        let term = |k: i32| {
            let n = f64::from(2 * k);
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            sign * (2f64.powi(2 * k + 5) - 8.0) * u.powi(2 * k + 4)
                / ((n + 1.0) * (n + 2.0) * (n + 3.0) * (n + 4.0))
        };
        return PI * (0..TERMS).map(term).sum::<f64>();
    }
    let f = |t: f64| (t.powi(3) / 6.0 - t / 2.0) * t.atan() + (1.0 / 12.0 - t * t / 4.0) * (t * t).ln_1p();
    2.0 * PI * (f(2.0 * u) - 4.0 * f(u))
}

/// Below this u the closed form loses two digits and more, while the series in `(2u)^2` converges to rounding in [`TERMS`] terms.
const SERIES: f64 = 0.2;
/// See [`SERIES`].
const TERMS: i32 = 20;

/// Where the two limits of [`energy_variance`] cross, as S/g.
pub const ENERGY_CROSSOVER: f64 = 2.0 * PI / 3.0;

/// `<rho(0) rho(omega)>` of Eq. 16, `pi/(omega^2 + E_T^2)`, not normalised: one spin without Cooperons has `1/(8 pi^3 E_T)` in place of `pi/E_T`.
///
/// # Errors
///
/// A Thouless energy that is not positive.
pub fn level_correlation(frequency: f64, thouless_energy: f64) -> Result<f64, DropletError> {
    require("Thouless energy", thouless_energy, thouless_energy > 0.0, "positive")?;
    Ok(PI / (frequency * frequency + thouless_energy * thouless_energy))
}
