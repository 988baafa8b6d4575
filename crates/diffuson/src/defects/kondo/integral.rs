//! `Int_0^inf ds W(s) phi(qs)` by the trapezoidal rule in `ln s`, along a ray on which phi does not oscillate.
//!
//! On the axis for slow phases. For fast ones `cos(qs) = Re e^{iqs}` and the ray is turned to 45 degrees: halfway between the axis, beyond which `e^{iqs}` grows, and the singular
//! points `2 pi i n` of W. Either way the rule of step 1/8 errs by `e^{-2 pi (pi/4) 8} = 7e-18`. Nodes reach down to `s = e^-80`, because for q >> 1 the integrand falls as the root of `qs` only.

use num_complex::Complex64;
use std::f64::consts::FRAC_PI_4;
use std::sync::LazyLock;

/// Steps of `ln s` per unit.
const PER_UNIT: i32 = 8;
/// Range of `ln s`: at the upper end the slowest weight, `e^{-s/2}` on the turned ray, is 1e-17.
const RANGE: std::ops::RangeInclusive<i32> = -80 * PER_UNIT..=19 * PER_UNIT / 4;
/// Phases per s up to which the axis is taken; there cos(qs) grows by less than the weights fall, within 1.1 of the axis.
const SLOW: f64 = 0.25;

/// A node: s, and the weights `A(s) ds`, `W(s) ds` with `A = P_{1/2}(coth(s/2))/(2 sinh(s/2))`, `W = A (s/2)/sinh(s/2)`.
struct Node {
    s: Complex64,
    lifetime: Complex64,
    thermal: Complex64,
}

fn nodes(angle: f64) -> Vec<Node> {
    let node = |k| {
        let s = Complex64::from_polar((f64::from(k) / f64::from(PER_UNIT)).exp(), angle);
        let complement = -expm1(-s); // 1 - u
        let half = (-0.5 * s).exp();
        let lifetime =
            hypergeometric(complement) * half / complement.sqrt().powi(3) * s / f64::from(PER_UNIT);
        Node { s, lifetime, thermal: lifetime * s * half / complement }
    };
    RANGE.map(node).collect()
}

static AXIS: LazyLock<Vec<Node>> = LazyLock::new(|| nodes(0.0));
static TURNED: LazyLock<Vec<Node>> = LazyLock::new(|| nodes(FRAC_PI_4));

/// Gam, `(3/4) Int W (1 - cos(qs))`.
pub(super) fn differential(q: f64) -> f64 {
    0.75 * thermal(q, |phase| 2.0 * (0.5 * phase).sin().powi(2), |y| -expm1(y))
}

/// Its average, `(3/4) Int W (1 - sin(qs)/(qs))`.
pub(super) fn chord(q: f64) -> f64 {
    0.75 * thermal(q, |phase| averaged(Complex64::new(0.0, phase)).re, averaged)
}

fn thermal(q: f64, slow: impl Fn(f64) -> f64, fast: impl Fn(Complex64) -> Complex64) -> f64 {
    if q <= SLOW {
        AXIS.iter().map(|n| n.thermal.re * slow(q * n.s.re)).sum()
    } else {
        TURNED.iter().map(|n| (n.thermal * fast(Complex64::i() * q * n.s)).re).sum()
    }
}

/// K: its thermal average -4/3 and `Int A [cos(qs) - (s/2)/sinh(s/2)]`.
pub(super) fn lifetime(q: f64) -> f64 {
    static AT_ZERO: LazyLock<f64> = LazyLock::new(|| {
        -4.0 / 3.0 + AXIS.iter().map(|n| n.lifetime.re * below_sinh(0.5 * n.s.re)).sum::<f64>()
    });
    let change: f64 = if q <= SLOW {
        AXIS.iter().map(|n| n.lifetime.re * 2.0 * (0.5 * q * n.s.re).sin().powi(2)).sum()
    } else {
        TURNED.iter().map(|n| (n.lifetime * -expm1(Complex64::i() * q * n.s)).re).sum()
    };
    *AT_ZERO - change
}

/// `F(-1/2, -1/2; 1; u)` for `|u| < 1` from 1 - u: `(2/pi) [2 E - (1-u) K]`, the complete elliptic integrals of parameter u by the arithmetic-geometric mean.
fn hypergeometric(complement: Complex64) -> Complex64 {
    let (mut a, mut b) = (Complex64::ONE, complement.sqrt());
    let (mut sum, mut power) = (Complex64::ONE, 1.0);
    // the difference of the means is squared in each step, after some seven that halve the logarithm of their ratio
    while (a - b).norm() > 1e-9 * a.norm() {
        let c = 0.5 * (a - b);
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
        power *= 2.0;
        sum -= power * c * c;
    }
    sum / (0.5 * (a + b))
}

/// `e^z - 1`, to rounding of its modulus.
fn expm1(z: Complex64) -> Complex64 {
    let (sine, half) = (z.im.sin(), (0.5 * z.im).sin());
    Complex64::new(z.re.exp_m1() * z.im.cos() - 2.0 * half * half, z.re.exp() * sine)
}

/// `1 - (e^y - 1)/y`, which is `1 - sin(x)/x` in the real part for `y = ix`.
fn averaged(y: Complex64) -> Complex64 {
    if y.norm() > 1.0 {
        return 1.0 - expm1(y) / y;
    }
    // y/2! + y^2/3! + ...: 18 terms are 1e-17 at |y| = 1
    let mut sum = Complex64::ZERO;
    for k in (2..20).rev() {
        sum = (sum + 1.0) * y / f64::from(k);
    }
    -sum
}

/// `1 - y/sinh y`.
fn below_sinh(y: f64) -> f64 {
    if y > 0.5 {
        return 1.0 - y / y.sinh();
    }
    // sinh y - y = y^3/6 (1 + y^2/20 (1 + y^2/42 (...)))
    let series = [110.0, 72.0, 42.0, 20.0].iter().fold(1.0, |sum, d| 1.0 + y * y / d * sum);
    y.powi(3) / 6.0 * series / y.sinh()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Against its own power series at arguments inside the disc: 200 terms of 0.8^n n^-3.
    #[test]
    fn the_hypergeometric_function_is_its_series() {
        for u in [Complex64::new(0.3, 0.0), Complex64::new(-0.6, 0.5), Complex64::new(0.1, -0.7)] {
            let (mut term, mut sum) = (Complex64::ONE, Complex64::ONE);
            for n in 0..200 {
                let n = f64::from(n);
                term *= u * ((n - 0.5) / (n + 1.0)).powi(2);
                sum += term;
            }
            assert!((hypergeometric(1.0 - u) - sum).norm() < 1e-14, "{u}");
        }
        // 4/pi at u = 1, approached as the complement itself
        assert!((hypergeometric(Complex64::new(1e-20, 0.0)).re - 4.0 / PI).abs() < 1e-13);
    }

    /// Both rays hold at the phases between them.
    #[test]
    fn the_ray_makes_no_difference() {
        let q = SLOW;
        let [above, below] = [q * (1.0 + 1e-15), q].map(|q| [differential(q), chord(q), lifetime(q)]);
        for (a, b) in above.iter().zip(below) {
            assert!((a / b - 1.0).abs() < 2e-13, "{a} {b}");
        }
    }
}
