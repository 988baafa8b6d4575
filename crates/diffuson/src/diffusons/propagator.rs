//! One diffuson, in momentum, in space and in time.

use crate::C64;
use std::f64::consts::{PI, TAU};

/// `D(omega; q) = 1/(-i omega + D q^2 + Gamma)`: what is left of a density after random scattering, in two dimensions. hbar = k_B = 1; the time dependence is `e^{-i omega t}`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diffuson {
    /// Diffusion constant D, positive, in length^2 x energy.
    pub diffusion: f64,
    /// Rate Gamma at which phase memory is lost, at least 0, an energy.
    pub rate: f64,
}

impl Diffuson {
    /// `1/(-i omega + D q^2 + Gamma)` (Eq. A9), an inverse energy. Infinite at `omega = q = Gamma = 0`.
    pub fn in_momentum(&self, omega: f64, q: f64) -> C64 {
        C64::new(self.diffusion * q * q + self.rate, -omega).inv()
    }

    /// `Int d^2q/(2 pi)^2 e^{i q r}` of it: `K_0(r sqrt((Gamma - i omega)/D)) / (2 pi D)`, the root with a positive real part; an inverse energy x length^2. Infinite where the argument vanishes.
    pub fn in_space(&self, omega: f64, r: f64) -> C64 {
        let argument = (C64::new(self.rate, -omega) / self.diffusion).sqrt() * r;
        macdonald(argument) / (TAU * self.diffusion)
    }

    /// `Int d omega/(2 pi) e^{-i omega t}` of that: `e^{-Gamma t - r^2/4Dt} / (4 pi D t)` for t > 0 (Eq. A10), 0 before; an inverse area.
    pub fn in_time(&self, t: f64, r: f64) -> f64 {
        if !(t > 0.0) {
            return if t.is_nan() { f64::NAN } else { 0.0 };
        }
        let spread = 4.0 * self.diffusion * t;
        (-self.rate * t - r * r / spread).exp() / (PI * spread)
    }

    /// At the imaginary frequency `i omega_n` of [`bosonic_frequency`]: `1/(omega_n + D q^2 + Gamma)`, real.
    pub fn at_matsubara(&self, n: usize, temperature: f64, q: f64) -> f64 {
        (bosonic_frequency(n, temperature) + self.diffusion * q * q + self.rate).recip()
    }

    /// The same in space: `K_0(r sqrt((Gamma + omega_n)/D)) / (2 pi D)`.
    pub fn at_matsubara_in_space(&self, n: usize, temperature: f64, r: f64) -> f64 {
        let damped = Self { rate: self.rate + bosonic_frequency(n, temperature), ..*self };
        damped.in_space(0.0, r).re
    }
}

/// `omega_n = 2 pi n T`.
pub fn bosonic_frequency(n: usize, temperature: f64) -> f64 {
    TAU * n as f64 * temperature
}

/// Up to this modulus the power series of `K_0` loses one digit at most.
const SERIES: f64 = 2.0;

/// Step and number of the points of the trapezoidal rule. It is off by `e^{-2 pi b / STEP}`, b the distance of the branch points `+- i sqrt(2 z)` from the axis, at least
/// 2 cos(pi/4) beyond [`SERIES`]; the last point is at 6.25, where `e^{-w^2}` is 1e-17.
const STEP: f64 = 0.25;
const POINTS: i32 = 25;

/// `K_0(z)` for Re z >= 0, to some 1e-15 of itself. Infinite at 0, NaN for Re z < 0.
///
/// Near 0 by its power series. Beyond, from `K_0 = Int_0^inf e^{-z cosh t} dt` with `cosh t = 1 + w^2/z`,
///
/// ```text
/// K_0(z) = e^{-z} / sqrt(z) Int_-inf^inf dw e^{-w^2} / sqrt(2 + w^2/z)
/// ```
///
/// of which the trapezoidal rule converges geometrically.
pub(crate) fn macdonald(z: C64) -> C64 {
    if !(z.re >= 0.0) {
        return C64::new(f64::NAN, f64::NAN);
    }
    if z == C64::ZERO {
        return C64::new(f64::INFINITY, 0.0);
    }
    if z.norm() > SERIES {
        let term = |n: i32| {
            let w = STEP * f64::from(n);
            (-w * w).exp() / (2.0 + w * w / z).sqrt()
        };
        let sum = term(0) + 2.0 * (1..=POINTS).map(term).sum::<C64>();
        return STEP * sum * (-z).exp() / z.sqrt();
    }
    // K_0 = sum_k (z^2/4)^k / k!^2 (H_k - gamma - ln(z/2)), H_k = 1 + 1/2 + ... + 1/k.
    let quarter = z * z / 4.0;
    let logarithm = (z / 2.0).ln() + EULER_GAMMA;
    let (mut power, mut harmonic, mut sum) = (C64::new(1.0, 0.0), 0.0, C64::new(0.0, 0.0));
    for k in 1..20 {
        sum += power * (harmonic - logarithm);
        power *= quarter / f64::from(k * k);
        harmonic += f64::from(k).recip();
    }
    sum
}

/// Euler's constant.
const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

#[cfg(test)]
mod tests {
    use super::{SERIES, macdonald};
    use crate::C64;
    use std::f64::consts::{FRAC_PI_2, PI};

    /// `Int_0^inf e^{-z cosh t} dt` by the trapezoidal rule, along a path that turns so that the exponent stays real far out.
    fn by_integral(z: C64) -> C64 {
        let (step, turn) = (0.01, z.arg());
        let point = |n: i32| {
            let t = step * f64::from(n);
            let path = C64::new(t, -turn * t.tanh());
            let slope = C64::new(1.0, -turn * (1.0 - t.tanh().powi(2)));
            (-z * path.cosh()).exp() * slope
        };
        step * ((1..1500).map(point).sum::<C64>() + point(0) / 2.0)
    }

    #[test]
    fn the_macdonald_function_is_its_integral() {
        for modulus in [1e-3, 0.1, 1.0, 1.99, 2.01, 3.0, 10.0, 40.0] {
            for turn in [0.0, 0.3, PI / 4.0, 1.2, 1.5, -0.7, -1.5] {
                let z = C64::from_polar(modulus, turn);
                let (got, want) = (macdonald(z), by_integral(z));
                // Rounding of exponents up to 40 in both.
                assert!((got / want - 1.0).norm() < 1e-13, "{z}: {got} {want}");
            }
        }
        // Tables: K_0(1), K_0(5).
        assert!((macdonald(C64::new(1.0, 0.0)).re / 0.421_024_438_240_708_34 - 1.0).abs() < 1e-15);
        assert!((macdonald(C64::new(5.0, 0.0)).re / 0.003_691_098_334_042_594_3 - 1.0).abs() < 1e-14);
    }

    /// On the imaginary axis `K_0(i x) = -(pi/2) [Y_0(x) + i J_0(x)]`, from a library.
    #[test]
    fn on_the_imaginary_axis_it_is_a_bessel_function() {
        for x in [0.01, 0.7, 1.9, 2.1, 5.0, 30.0] {
            let want = -FRAC_PI_2 * C64::new(libm::y0(x), libm::j0(x));
            let got = macdonald(C64::new(0.0, x));
            assert!((got - want).norm() / want.norm() < 1e-14, "{x}: {got} {want}");
        }
        assert!(macdonald(C64::new(-1.0, 0.0)).re.is_nan());
        assert_eq!(macdonald(C64::new(0.0, 0.0)).re, f64::INFINITY);
        assert!(macdonald(C64::new(SERIES, 0.0)).re > macdonald(C64::new(SERIES * (1.0 + 1e-9), 0.0)).re);
    }
}
