//! The two-channel Kondo picture of a zero-bias anomaly, for comparison: conductance that scales as `sqrt T` and `sqrt V`.
//!
//! A leading irrelevant operator of dimension 1/2 gives electrons a lifetime that changes as the root of energy and temperature (I. Affleck and
//! A. W. W. Ludwig, Phys. Rev. B 48, 7297 (1993)), and with it the differential conductance of a contact changes by
//!
//! ```text
//! G(V, T) - G(0, 0) = B sqrt(T) [1 + Gam(w)],      w = (9/pi^2) A eV/kT,
//! K(x) = Int_0^1 du u^{-1/2} (1-u)^{-3/2} [cos((x/2pi) ln u) F(-1/2, -1/2; 1; u) - 4/pi],
//! Y(v) = -Int dx (-f'(x)) K(x + v),      Gam(w) = Y(v)/Y(0) - 1,      v = pi^2 w/9,
//! ```
//!
//! with A the share of the bias that drops between the impurity and the electrons that scatter off it: 1, or 1/2 if it drops symmetrically.
//! `Gam = 0.0912 w^2` for small w and `sqrt(w) - 1` for large w. The impurity stays in equilibrium.
//!
//! # One integral for all
//!
//! With `u = e^{-s}` the hypergeometric function is a Legendre function, `F = (1-u)^{1/2} P_{1/2}(coth(s/2))`, the thermal average turns `cos(xs/2pi)` into
//! `(s/2)/sinh(s/2) cos(vs/2pi)`, and with `x = coth(s/2)` the average of K is the finite part of `Int_1^inf Q_0(x) P_{1/2}(x) dx`: `Y(0) = 4/3`, exactly, and
//!
//! ```text
//! Gam(w) = (3/4) Int_0^inf ds W(s) [1 - cos(qs)],      W = (s/4) P_{1/2}(coth(s/2))/sinh^2(s/2),      q = w pi/18.
//! ```
//!
//! [`KondoCurve`] interpolates that integral; its relative error is below 1e-11 for all w.

mod integral;

use super::interpolation::Pieces;
use super::{Conductance, DefectError, require};
use std::f64::consts::PI;
use std::sync::LazyLock;

/// The change of conductance with bias and temperature in the two-channel Kondo picture.
///
/// ```
/// use diffuson::defects::{Conductance, KondoCurve};
///
/// let curve = KondoCurve::new(1.0, Conductance::Differential)?;
/// // sqrt(T) without bias, (3/pi) sqrt(A eV) without temperature
/// assert_eq!(curve.rise(0.0, 4.0), 2.0);
/// assert!((curve.rise(4.0, 0.0) - 6.0 / std::f64::consts::PI).abs() < 1e-12);
/// # Ok::<(), diffuson::defects::DefectError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KondoCurve {
    share: f64,
    measured: Conductance,
}

impl KondoCurve {
    /// The curve for a share A of the bias, as the conductance that is measured.
    ///
    /// # Errors
    ///
    /// A share that is not positive.
    pub fn new(share: f64, measured: Conductance) -> Result<Self, DefectError> {
        require("share of the bias", share, share > 0.0 && share.is_finite(), "positive")?;
        Ok(Self { share, measured })
    }

    /// `[G(V, T) - G(0, 0)]/B = sqrt(T) [1 + Gam(w)]`, eV and kT in one unit of energy, B per root of it; even in the bias. Without temperature `(3/pi) sqrt(A eV)`, two
    /// thirds of it as I/V.
    pub fn rise(&self, bias: f64, temperature: f64) -> f64 {
        let bias = self.share * bias.abs();
        if temperature > 0.0 {
            return temperature.sqrt() * (1.0 + self.scaling(9.0 / (PI * PI) * bias / temperature));
        }
        let part = if self.measured == Conductance::Chord { 2.0 / 3.0 } else { 1.0 };
        3.0 / PI * part * bias.sqrt()
    }

    /// `Gam(w)` of dI/dV, `(1/w) Int_0^w Gam` of I/V, which is `(2/3) sqrt(w) - 1` for large w. Even in w.
    pub fn scaling(&self, w: f64) -> f64 {
        let w = w.abs();
        let t = (w / BEND).asinh();
        match self.measured {
            _ if w == 0.0 => 0.0,
            Conductance::Differential if t < END => TABLES[0].at(t) * reference(w),
            Conductance::Chord if t < END => TABLES[1].at(t) * reference(w),
            // the next term is w^{-3/2} ln w: 1e-11 of the root
            Conductance::Differential => w.sqrt() - 1.0,
            Conductance::Chord => {
                let last = BEND * END.sinh();
                let average = integral::chord(last * PER_W);
                let beyond = 2.0 / 3.0 * (w.powf(1.5) - last.powf(1.5)) - (w - last);
                (last * average + beyond) / w
            }
        }
    }
}

/// `K(x)`, the energy dependence of the lifetime (x = energy/kT); even, `-(4/pi) sqrt(x)` for large x. Its thermal average is -4/3. Computed to 1e-12 by the integral itself.
pub fn kondo_lifetime(x: f64) -> f64 {
    integral::lifetime(x.abs() / (2.0 * PI))
}

/// q/w.
const PER_W: f64 = PI / 18.0;
/// The curves are analytic up to `|Im w| = 18/pi` and interpolated in `asinh(w/BEND)`, in which singular points stay away from the axis for all w.
const BEND: f64 = 6.0;
/// Where the tables end, in that variable: w = 1.3e6.
const END: f64 = 13.0;

/// What the curves are divided by before they are interpolated: as `w^2` for small and `sqrt w` for large w.
fn reference(w: f64) -> f64 {
    w * w / (w * w + BEND * BEND).powf(0.75)
}

/// Quotients of Gam and of its average over [0, w].
static TABLES: LazyLock<[Pieces; 2]> = LazyLock::new(|| {
    [integral::differential, integral::chord].map(|curve: fn(f64) -> f64| {
        Pieces::new(0.0, END, 2 * END as usize, |t| {
            let w = BEND * t.sinh();
            curve(w * PER_W) / reference(w)
        })
    })
});

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(measured: Conductance) -> KondoCurve {
        KondoCurve::new(1.0, measured).unwrap()
    }

    /// Quadratures of the definition whose own thermal average is off -4/3 by 2.7e-10.
    #[test]
    fn the_lifetime_is_that_of_the_definition() {
        for (x, k) in [
            (0.0, -0.9138931623338),
            (1.0, -1.1191208560134),
            (5.0, -2.7989529223581),
            (20.0, -5.6977265793948),
        ] {
            assert!((kondo_lifetime(x) - k).abs() < 4e-10, "{x}: {}", kondo_lifetime(x));
            assert_eq!(kondo_lifetime(-x), kondo_lifetime(x));
        }
        // K(0) term by term: Int u^{n-1/2} (1-u)^{-3/2} = -2 sqrt(pi) Gamma(n+1/2)/Gamma(n), none for n = 0, where 4/pi takes it away. Terms fall as n^{-5/2} with a series in
        // 1/n, so that Richardson's extrapolation from 64 to 4096 terms leaves 1e-12.
        let (mut term, mut sum, mut partial) = (PI.sqrt() / 8.0, 0.0, Vec::new());
        for n in 1..=4096u32 {
            sum += term;
            let m = f64::from(n);
            term *= ((m - 0.5) / (m + 1.0)).powi(2) * (m + 0.5) / m;
            if n >= 64 && n.is_power_of_two() {
                partial.push(sum);
            }
        }
        let mut power = 1.5;
        while partial.len() > 1 {
            let gain = 2f64.powf(power);
            partial = partial.windows(2).map(|p| (gain * p[1] - p[0]) / (gain - 1.0)).collect();
            power += 1.0;
        }
        let exact = -2.0 * PI.sqrt() * partial[0];
        assert!((kondo_lifetime(0.0) - exact).abs() < 3e-12, "{} {exact}", kondo_lifetime(0.0));
        // -(4/pi) sqrt(x): corrections x^{-3/2} ln x.
        let far = kondo_lifetime(1e4) / -100.0;
        assert!((far - 4.0 / PI).abs() < 1e-5, "{far}");
    }

    /// Y(v) by a sum over the Fermi window of K itself: the trapezoidal rule of step 1/2 errs by e^{-2 pi pi/(1/2)} = 7e-18 with the poles of f' at i pi, and by the tail left out,
    /// e^{-40} times K.
    #[test]
    fn the_thermal_average_is_exact() {
        let average = |v: f64| -> f64 {
            (-80..=80)
                .map(|k| {
                    let x = 0.5 * f64::from(k);
                    0.125 / (0.5 * x).cosh().powi(2) * kondo_lifetime(x + v)
                })
                .sum()
        };
        assert!((average(0.0) + 4.0 / 3.0).abs() < 1e-11, "{}", average(0.0));
        let c = curve(Conductance::Differential);
        for w in [0.03, 0.7, 3.0, 12.0, 150.0] {
            let want = average(PI * PI / 9.0 * w) / average(0.0) - 1.0;
            // the sums are good to 1e-12, their difference for small w to no more
            assert!((c.scaling(w) - want).abs() < 1e-11 * (1.0 + want), "{w}: {} {want}", c.scaling(w));
        }
    }

    /// Interpolation against the integral it is made from: degree 15 on pieces of half width 1/4 with the nearest singular point, w = 18i/pi, 1.27 away: 10^-16, and rounding of
    /// sums of 600 terms.
    #[test]
    fn the_table_is_the_integral() {
        for k in 0..400 {
            let w = 1e-3 * 10f64.powf(f64::from(k) * 0.0225);
            for (measured, exact) in [
                (Conductance::Differential, integral::differential(w * PER_W)),
                (Conductance::Chord, integral::chord(w * PER_W)),
            ] {
                let got = curve(measured).scaling(w);
                assert!((got / exact - 1.0).abs() < 1e-11, "{measured:?} {w}: {got} {exact}");
            }
        }
    }

    /// The sheet's table, six digits.
    #[test]
    fn published_points_lie_on_the_curve() {
        let c = curve(Conductance::Differential);
        for (w, gam) in [
            (0.1, 0.000911),
            (0.25, 0.005685),
            (0.5, 0.022569),
            (1.0, 0.087663),
            (2.0, 0.314408),
            (3.0, 0.604669),
            (5.0, 1.164880),
            (7.0, 1.614801),
            (10.0, 2.151460),
            (20.0, 3.470905),
            (30.0, 4.477207),
            (50.0, 6.071431),
            (100.0, 9.000306),
        ] {
            assert!((c.scaling(w) - gam).abs() < 1e-6, "{w}: {}", c.scaling(w));
        }
    }

    #[test]
    fn both_limits_are_met_without_a_step() {
        let [d, c] = [Conductance::Differential, Conductance::Chord].map(curve);
        // 0.0912 w^2, a third of it averaged; the next term is w^4
        let (small, averaged) = (d.scaling(1e-4) * 1e8, c.scaling(1e-4) * 1e8);
        assert!((small - 0.0912).abs() < 1e-4 && (averaged / small - 1.0 / 3.0).abs() < 1e-7, "{small}");
        let end = BEND * END.sinh();
        for curve in [d, c] {
            let [below, above] = [end * (1.0 - 1e-12), end * (1.0 + 1e-12)].map(|w| curve.scaling(w));
            assert!((above / below - 1.0).abs() < 2e-11, "{below} {above}");
        }
        // (1/w) Int_0^w (sqrt - 1) = (2/3) sqrt w - 1, and what is left over falls as 1/w
        for w in [1e7, 1e9] {
            assert!((c.scaling(w) - (2.0 / 3.0 * w.sqrt() - 1.0)).abs() < 10.0 / w);
        }
        // I/V is the average of dI/dV: d(w M)/dw = Gam, by central differences good to h^2
        for w in [0.5, 5.0, 500.0] {
            let h = 1e-4 * w;
            let slope = ((w + h) * c.scaling(w + h) - (w - h) * c.scaling(w - h)) / (2.0 * h);
            assert!((slope / d.scaling(w) - 1.0).abs() < 1e-7, "{w}");
        }
        assert_eq!(d.rise(3.0, 2.0), d.rise(-3.0, 2.0));
        let half = KondoCurve::new(0.5, Conductance::Differential).unwrap();
        assert_eq!(half.rise(3.0, 2.0), d.rise(1.5, 2.0));
        // towards zero temperature without a step
        assert!((d.rise(1.0, 1e-9) - d.rise(1.0, 0.0)).abs() < 1e-9);
        assert!(KondoCurve::new(0.0, Conductance::Chord).is_err());
    }
}
