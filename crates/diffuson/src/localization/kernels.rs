//! Moments of the Fermi window over the power law above a mobility edge.
//!
//! `K_n(z; x) = Int_0^inf (u - z)^n u^x (-f')(u - z) du`, n = 0, 1, 2, with `z = (mu - E_m)/kT`: all transport coefficients follow from
//! them. They are Fermi-Dirac integrals, `K_0 = Gamma(x+1) F_{x-1}(z)` and so on, but `K_1 = Gamma(x+2) F_x - z K_0` loses a factor z^2 of
//! accuracy to cancellation. In the insulator, z <= 0, they are sums of positive multiples of the alternating series of `series.rs`; up to
//! z = 40 they are integrated as they stand, by the rule of `rule.rs`; above they are summed by the Sommerfeld series `K_n = z^x sum_m binom(x, m) z^{-m} Int y^{m+n} (-f') dy`, whose smallest term is of order e^{-z}.

use super::InvalidParameter;
use super::fermi_dirac::TWICE_ETA;
use super::rule::{CROSSOVER, Node, Powers, integrate_once};
use super::series::Series;

/// The moments `[K_0, K_1, K_2]` of one exponent x, for any z.
///
/// Relative accuracy 1e-12 for 0.05 <= x <= 12; towards x = 0 that of K_1 at large z is lost as 1/x, because K_1 itself vanishes.
///
/// ```
/// let linear = diffuson::localization::Kernels::new(1.0)?;
/// let [k0, ..] = linear.moments(-2.0);
/// assert!((k0 / (-2.0f64).exp().ln_1p() - 1.0).abs() < 1e-14); // K_0 = ln(1 + e^z)
/// # Ok::<(), diffuson::localization::InvalidParameter>(())
/// ```
#[derive(Clone, Debug)]
pub struct Kernels {
    powers: Powers,
    series: Series,
}

/// Moments with their derivatives; errors of the derivatives by z are 1e-12 of `K_0 max(1, z^n)`, as they are formed from each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Derivatives {
    /// `[K_0, K_1, K_2]`.
    pub moments: [f64; 3],
    /// `dK_n/dz`.
    pub by_z: [f64; 3],
    /// `dK_n/dx`.
    pub by_x: [f64; 3],
}

/// The two scaling functions of conductivity and thermopower, or a derivative of both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// `ln K_0`: `sigma = A T^x K_0`.
    pub ln_conductivity: f64,
    /// `Y = K_1/K_0`: `|S| = (k_B/e) Y`, of one sign (Eq. 27).
    pub thermopower: f64,
}

/// What is taken out of the moments, so that none overflows, underflows, or loses its relation to the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    /// `e^z`, z up to the crossover.
    Exponential,
    /// `z^x`, z above it.
    Power,
}

/// Moments about an origin: `unit * moments[n] = Int (u - origin)^n u^x (-f') du`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scaled {
    pub(super) unit: Unit,
    /// z in a metal; the edge, 0, in an insulator, where the electrons are.
    pub(super) origin: f64,
    pub(super) moments: [f64; 3],
}

/// The logarithmic derivative of K_0, the derivatives of Y, and those by x of the moments, in their unit.
struct Slopes {
    ln_k0_z: f64,
    ratio_z: f64,
    by_x: [f64; 3],
}

impl Kernels {
    /// Prepares the exponent `x`, between 0 and 12: what it costs, every further z saves.
    ///
    /// # Errors
    /// [`InvalidParameter`] if it is not.
    pub fn new(x: f64) -> Result<Self, InvalidParameter> {
        check_exponent(x)?;
        Ok(Self { powers: Powers::new(x), series: Series::new(x) })
    }

    /// The exponent x.
    pub fn exponent(&self) -> f64 {
        self.powers.exponent()
    }

    /// `[K_0, K_1, K_2]` at z; zero where they underflow, below about z = -700.
    pub fn moments(&self, z: f64) -> [f64; 3] {
        self.scaled(z).moments(self.exponent(), z)
    }

    /// `[K_0, K_1, K_2]` at one x and z, without preparing x for others.
    ///
    /// # Errors
    /// [`InvalidParameter`] unless x lies between 0 and 12.
    pub fn moments_once(x: f64, z: f64) -> Result<[f64; 3], InvalidParameter> {
        check_exponent(x)?;
        let scaled = if z <= 0.0 {
            Scaled::by_series(&Series::new(x), z)
        } else if z <= CROSSOVER {
            Scaled::by_quadrature(z, integrate_once(x, z, z, moments_at))
        } else {
            Scaled::degenerate(x, z)
        };
        Ok(scaled.moments(x, z))
    }

    /// The scaling functions at z, accurate also where the moments underflow or overflow.
    pub fn scaling(&self, z: f64) -> Scaling {
        self.scaled(z).scaling(self.exponent(), z)
    }

    /// The scaling functions, their derivatives by z, and by x.
    pub fn scaling_derivatives(&self, z: f64) -> [Scaling; 3] {
        let (scaled, slopes) = self.with_slopes(z);
        let value = scaled.scaling(self.exponent(), z);
        let [k0, k1, _] = scaled.moments;
        let ln_k0_x = slopes.by_x[0] / k0;
        let by_z = Scaling { ln_conductivity: slopes.ln_k0_z, thermopower: slopes.ratio_z };
        // about any origin: Y + z - origin = k1/k0
        let by_x = Scaling { ln_conductivity: ln_k0_x, thermopower: slopes.by_x[1] / k0 - k1 / k0 * ln_k0_x };
        [value, by_z, by_x]
    }

    /// The moments and their derivatives.
    pub fn derivatives(&self, z: f64) -> Derivatives {
        let x = self.exponent();
        let (scaled, slopes) = self.with_slopes(z);
        let moments = scaled.moments(x, z);
        let by_x = Scaled { moments: slopes.by_x, ..scaled }.moments(x, z);
        // of I_n = Int u^{x+n} (-f'): dI_n/dz = (x+n) I_{n-1}
        let k0 = slopes.ln_k0_z * moments[0];
        let k1 = x * moments[0] - z * k0;
        Derivatives { moments, by_z: [k0, k1, x * moments[1] - z * k1], by_x }
    }

    /// `d^2 Y/dz^2`, z up to the crossover.
    pub(super) fn ratio_curvature(&self, z: f64) -> f64 {
        // derivatives of the window w by z: with s = tanh(y/2), w s and w (3s^2 - 1)/2
        let [k0, i1, first, second] = self.powers.integrate(z, 0.0, |n| {
            let curvature = n.window * (1.5 * n.slope * n.slope - 0.5);
            [n.window, n.window * n.distance, n.window * n.slope, curvature]
        });
        let (mean, slope) = (i1 / k0, first / k0); // Y + z, K_0'/K_0
        let mean_z = self.exponent() + 1.0 - mean * slope;
        -mean_z * slope - mean * (second / k0 - slope * slope)
    }

    pub(super) fn scaled(&self, z: f64) -> Scaled {
        if z <= 0.0 {
            Scaled::by_series(&self.series, z)
        } else if z <= CROSSOVER {
            Scaled::by_quadrature(z, self.powers.integrate(z, z, moments_at))
        } else {
            Scaled::degenerate(self.exponent(), z)
        }
    }

    fn with_slopes(&self, z: f64) -> (Scaled, Slopes) {
        let x = self.exponent();
        if z > CROSSOVER {
            return Scaled::degenerate_with_slopes(x, z);
        }
        let origin = z.max(0.0);
        let [k0, k1, k2, slope, x0, x1, x2] = self.powers.integrate(z, origin, |n| {
            let (first, by_x) = (n.window * n.distance, n.window * n.logarithm);
            let (second, first_x) = (first * n.distance, by_x * n.distance);
            [n.window, first, second, n.window * n.slope, by_x, first_x, first_x * n.distance]
        });
        let ln_k0_z = slope / k0;
        let ratio_z = x - (k1 / k0 + origin) * ln_k0_z;
        let scaled = Scaled { unit: Unit::Exponential, origin, moments: [k0, k1, k2] };
        (scaled, Slopes { ln_k0_z, ratio_z, by_x: [x0, x1, x2] })
    }
}

fn check_exponent(x: f64) -> Result<(), InvalidParameter> {
    InvalidParameter::check("exponent of the conductivity", x, 0.0..=12.0, "from 0 to 12")
}

/// Window, first and second moment at a node.
#[inline(always)]
fn moments_at(node: Node) -> [f64; 3] {
    let first = node.window * node.distance;
    [node.window, first, first * node.distance]
}

impl Scaled {
    #[inline]
    fn by_series(series: &Series, z: f64) -> Self {
        Self { unit: Unit::Exponential, origin: 0.0, moments: series.moments(z) }
    }

    fn by_quadrature(z: f64, moments: [f64; 3]) -> Self {
        Self { unit: Unit::Exponential, origin: z, moments }
    }

    fn degenerate(x: f64, z: f64) -> Self {
        let mut moments = [0.0; 3];
        sommerfeld(x, z, |n, _, term, _| moments[n] += term);
        Self { unit: Unit::Power, origin: z, moments }
    }

    fn degenerate_with_slopes(x: f64, z: f64) -> (Self, Slopes) {
        let (mut moments, mut by_z, mut by_x) = ([0.0; 3], [0.0; 3], [0.0; 3]);
        sommerfeld(x, z, |n, m, term, term_x| {
            moments[n] += term;
            by_z[n] -= m * term / z;
            by_x[n] += term_x + term * z.ln();
        });
        let ratio_z = (by_z[1] - moments[1] / moments[0] * by_z[0]) / moments[0];
        let ln_k0_z = x / z + by_z[0] / moments[0];
        (Self { unit: Unit::Power, origin: z, moments }, Slopes { ln_k0_z, ratio_z, by_x })
    }

    /// `Y = K_1/K_0`.
    pub(super) fn ratio(&self, z: f64) -> f64 {
        self.moments[1] / self.moments[0] + self.shift(z)
    }

    /// `K_2/K_0 - (K_1/K_0)^2`, the variance of the energies that carry the current, about any origin.
    pub(super) fn variance(&self) -> f64 {
        let mean = self.moments[1] / self.moments[0];
        self.moments[2] / self.moments[0] - mean * mean
    }

    fn scaling(&self, x: f64, z: f64) -> Scaling {
        let unit = match self.unit {
            Unit::Exponential => z,
            Unit::Power => x * z.ln(),
        };
        Scaling { ln_conductivity: unit + self.moments[0].ln(), thermopower: self.ratio(z) }
    }

    fn moments(&self, x: f64, z: f64) -> [f64; 3] {
        let unit = match self.unit {
            Unit::Exponential => z.exp(),
            Unit::Power => z.powf(x),
        };
        let [a, b, c] = self.moments.map(|m| unit * m);
        let shift = self.shift(z);
        [a, b + shift * a, c + shift * (2.0 * b + shift * a)]
    }

    /// From the moments about the origin to those about z; zero or positive, so that nothing cancels.
    fn shift(&self, z: f64) -> f64 {
        if self.unit == Unit::Power { 0.0 } else { self.origin - z }
    }
}

/// The terms `binom(x, m) z^{-m} Int y^{m+n} (-f') dy` of moment n, and their derivatives by x: `add(n, m, term, derivative)`.
#[inline(always)]
fn sommerfeld(x: f64, z: f64, mut add: impl FnMut(usize, f64, f64, f64)) {
    let inverse = 1.0 / z;
    add(0, 0.0, 1.0, 0.0);
    add(2, 0.0, 2.0 * TWICE_ETA[0], 0.0);
    // x (x-1) ... (x-m+1) z^{-m} and its derivative
    let (mut fall, mut fall_x) = (1.0, 0.0);
    for k in 1..TWICE_ETA.len() {
        let m = 2.0 * k as f64;
        (fall, fall_x) = (fall * (x - m + 2.0) * inverse, (fall_x * (x - m + 2.0) + fall) * inverse);
        let eta = TWICE_ETA[k - 1];
        add(1, m - 1.0, eta * m * fall, eta * m * fall_x);
        if m * fall.abs() <= 1e-17 * x * inverse && m * fall_x.abs() <= 1e-17 * inverse {
            break;
        }
        (fall, fall_x) = (fall * (x - m + 1.0) * inverse, (fall_x * (x - m + 1.0) + fall) * inverse);
        let next = TWICE_ETA[k] * (m + 1.0) * (m + 2.0);
        add(0, m, eta * fall, eta * fall_x);
        add(2, m, next * fall, next * fall_x);
    }
}
