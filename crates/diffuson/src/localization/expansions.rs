//! Limits and expansions of the transport coefficients of a mobility edge, beside the exact functions of [`Kernels`](super::Kernels).
//!
//! `t = T/d` and `z = d/T`, d the distance of mu from the edge in kelvin; thermopowers are magnitudes in k_B/e. Where a function says
//! within which range it is good to 1 %, that was found by comparison with the exact functions and is tested.

use super::fermi_dirac::{eta, reciprocal_gamma};
use super::{InvalidParameter, THERMOPOWER_UNIT};
use crate::units::SOMMERFELD;
use std::f64::consts::{LN_2, PI};

const PI2: f64 = PI * PI;

/// Low temperature: series in t = T/d on the metallic side, asymptotic. None is of use above t = 0.25, where terms of order e^{-1/t} take
/// over.
pub mod low_temperature {
    use super::*;

    /// `sigma/(A d^x) = 1 + (pi^2/6) x(x-1) t^2 + (7 pi^4/360) x(x-1)(x-2)(x-3) t^4` (Eq. 15, its t^4 term added). Within 1 % for
    /// 0.05 <= x <= 1.6 and t <= 0.22.
    pub fn conductivity(x: f64, t: f64) -> f64 {
        let t2 = t * t;
        let fourth = 7.0 / 360.0 * PI2 * PI2 * x * (x - 1.0) * (x - 2.0) * (x - 3.0);
        1.0 + t2 * (PI2 / 6.0 * x * (x - 1.0) + t2 * fourth)
    }

    /// `(pi^2/3) x t` (Eqs. 28 and 31). Within 1 % for 0.05 <= x <= 1.6 and t <= 0.045.
    pub fn thermopower_linear(x: f64, t: f64) -> f64 {
        SOMMERFELD * x * t
    }

    /// `(pi^2/3) x t / [1 + (pi^2/6) x(x-1) t^2]` (Eq. 30). Of its two t^3 terms only one is kept: right to that order for x = 1 and x = 2
    /// alone. Within 1 % for 0.05 <= x <= 1.6 and t <= 0.045.
    pub fn thermopower_mixed(x: f64, t: f64) -> f64 {
        SOMMERFELD * x * t / (1.0 + PI2 / 6.0 * x * (x - 1.0) * t * t)
    }

    /// `Q/(A k_B d^{x+1})`, what Eq. 39 divides by sigma: `(pi^2/3) x t^2 + (7 pi^4/90) x(x-1)(x-2) t^4`. Divided by `t sigma` to t^2 it is the
    /// thermopower, within 1 % for 0.05 <= x <= 1.6 and t <= 0.08.
    pub fn heat(x: f64, t: f64) -> f64 {
        let t2 = t * t;
        t2 * (SOMMERFELD * x + 7.0 / 90.0 * PI2 * PI2 * x * (x - 1.0) * (x - 2.0) * t2)
    }

    /// `(pi^2/3) x t + (pi^4/45) x(x-1)(x-7) t^3 + (pi^6/945) x(x-1)(2x^3-46x^2+241x-279) t^5` (Eq. 40, its t^5 term added). Within 1 % for
    /// 0.05 <= x <= 1.6 and t <= 0.085 (smallest x first: there S itself vanishes, but not the terms of order e^{-1/t}).
    pub fn thermopower(x: f64, t: f64) -> f64 {
        let t2 = t * t;
        let third = PI2 * PI2 / 45.0 * x * (x - 1.0) * (x - 7.0);
        let polynomial = ((2.0 * x - 46.0) * x + 241.0) * x - 279.0;
        let fifth = PI2 * PI2 * PI2 / 945.0 * x * (x - 1.0) * polynomial;
        t * (SOMMERFELD * x + t2 * (third + t2 * fifth))
    }

    /// `L/L_0 = 1 + (pi^2/15) x(3x-8) t^2 + (2 pi^4/315) x(x-1)(x-3)(5x-52) t^4`. Within 1 % for 0.05 <= x <= 1.6 and t <= 0.13.
    pub fn lorenz_ratio(x: f64, t: f64) -> f64 {
        let t2 = t * t;
        let fourth = 2.0 / 315.0 * PI2 * PI2 * x * (x - 1.0) * (x - 3.0) * (5.0 * x - 52.0);
        1.0 + t2 * (PI2 / 15.0 * x * (3.0 * x - 8.0) + t2 * fourth)
    }

    /// `ZT = (pi^2/3) x^2 t^2 - (pi^4/45) x^2 (x^2+8x-14) t^4`, electrons only. Within 1 % for 0.05 <= x <= 1.6 and t <= 0.07.
    pub fn figure_of_merit(x: f64, t: f64) -> f64 {
        let (x2, t2) = (x * x, t * t);
        x2 * t2 * (SOMMERFELD - PI2 * PI2 / 45.0 * (x2 + 8.0 * x - 14.0) * t2)
    }

    /// `d|S|/dT` at T -> 0 in V/K^2, from the prefactor A and the conductivity sigma(0) at T = 0: `(k_B/e)(pi^2 x/3) [A/sigma(0)]^{1/x}`
    /// (Eq. 41 with its prefactor, from Eqs. 8 and 31). On a double logarithmic scale a line of slope -1/x.
    pub fn thermopower_slope(x: f64, prefactor: f64, conductivity: f64) -> f64 {
        THERMOPOWER_UNIT * SOMMERFELD * x * (prefactor / conductivity).powf(x.recip())
    }
}

/// High temperature: Taylor series in z = d/T, which converge for |z| < pi; and the plateau of the thermopower.
pub mod high_temperature {
    use super::*;

    /// Coefficients of 1, z, z^2 of `Sigma(z) = Gamma(x+1) sum_n eta(x-n) z^n/n!`; the first is that of Eqs. 16 and 36. The sum of the three
    /// is within 1 % for 0.05 <= x <= 1.6 and |z| <= 0.5.
    ///
    /// # Errors
    /// [`InvalidParameter`] unless 0 <= x <= 12.
    pub fn conductivity(x: f64) -> Result<[f64; 3], InvalidParameter> {
        let gamma = reciprocal_gamma(x + 1.0).recip();
        let [a, b, c] = [eta(x)?, eta(x - 1.0)?, eta(x - 2.0)?];
        Ok([gamma * a, gamma * b, 0.5 * gamma * c])
    }

    /// Coefficients of 1, z, z^2 of the thermopower Y(z). What Eq. 29 calls "const - z" has this first coefficient, and a second one between
    /// -0.69 and -0.75 in place of -1. The sum of the three is within 1 % for 0.05 <= x <= 1.6 and |z| <= 1.1.
    ///
    /// # Errors
    /// [`InvalidParameter`] unless 0 <= x <= 12.
    pub fn thermopower(x: f64) -> Result<[f64; 3], InvalidParameter> {
        let zeroth = eta(x)?;
        let [p, q, r] = [eta(x + 1.0)? / zeroth, eta(x - 1.0)? / zeroth, eta(x - 2.0)? / zeroth];
        let second = -0.5 * q + p * q * q - 0.5 * p * r;
        Ok([(x + 1.0) * p, x - (x + 1.0) * p * q, (x + 1.0) * second])
    }

    /// The plateau `(1+x) eta(1+x)/eta(x) = (1+x) zeta(1+x)(2^x-1) / [zeta(x)(2^x-2)]` (Eq. 37): `2 ln 2` at x = 0, `pi^2/(6 ln 2)` at
    /// x = 1, where the second form is 0/0.
    ///
    /// # Errors
    /// [`InvalidParameter`] unless 0 <= x <= 12.
    pub fn plateau(x: f64) -> Result<f64, InvalidParameter> {
        Ok((1.0 + x) * eta(1.0 + x)? / eta(x)?)
    }

    /// The plateau as `2 ln 2 + x` (Eq. 38): exact at x = 0, 0.785 and infinity, 5.02 % too large at worst, at x = 4.59. Within 1 % for
    /// x <= 1.15.
    pub fn plateau_linear(x: f64) -> f64 {
        2.0 * LN_2 + x
    }

    /// The plateau as `(1+x) [1 + (2 ln 2 - 1) 2^{-x}]`: within 0.67 % for all x >= 0, exact at 0 and infinity. Not in the paper.
    pub fn plateau_interpolated(x: f64) -> f64 {
        (1.0 + x) * (1.0 + (2.0 * LN_2 - 1.0) * (-x).exp2())
    }
}

/// The insulating side, z -> -infinity: corrections are of relative order e^z.
pub mod insulating {
    use super::*;

    /// `Sigma = Gamma(x+1) e^z`. Within 1 % for 0.05 <= x <= 5 and z <= -4.6.
    pub fn conductivity(x: f64, z: f64) -> f64 {
        z.exp() / reciprocal_gamma(x + 1.0)
    }

    /// `Y = 1 + x - z`, activated, with the heat of transport 1 + x. Within 1 % for 0.05 <= x <= 5 and z <= -2.6.
    pub fn thermopower(x: f64, z: f64) -> f64 {
        1.0 + x - z
    }

    /// `L/L_0 = 3(1+x)/pi^2`. Within 1 % for 0.05 <= x <= 5 and z <= -3.9.
    pub fn lorenz_ratio(x: f64) -> f64 {
        (1.0 + x) / SOMMERFELD
    }

    /// `ZT = (1+x-z)^2/(1+x)`, electrons only. Within 1 % for 0.05 <= x <= 5 and z <= -3.1.
    pub fn figure_of_merit(x: f64, z: f64) -> f64 {
        (1.0 + x - z).powi(2) / (1.0 + x)
    }
}
