//! Correlator of the local Peltier heat of a dirty two-dimensional metal: the function `g_ij` of Eq. 9 of D. P. DiVincenzo, "Fluctuating local thermoelectric heat in
//! dirty metals", Phys. Rev. B (1993), which the paper could not give.
//!
//! A probe sits on every site; all probes together break phases at a rate Gamma. The potential falls along a straight line of slope s (Eqs. 6 and 7). The reduced heat
//! into the probe at r is `q(r) = Int d^2r' T'(r, r') (mu(r') - mu(r))`, the heat current `(pi^2 (kT)^2 / 3h) q`. To leading order in the inverse conductance, on scales
//! above the mean free path, with time reversal, per spin (no spin factors: q of one spin), and with `kappa = k L_in`, `L_in = sqrt(D / Gamma)`, hbar = 1:
//!
//! ```text
//! Int d^2r <q(0) q(r)> e^{-ikr} = (s L_in / 2 pi D)^2 L_in^2 (8 pi / 3) kappa^2 / (1 + kappa^2)^2 [1 + cos^2(k, s) m(kappa^2)]
//! m(y) = 6 (y^2 + 8 y + 4 - 2 (2 - y) F) / (y (y + 4)^2),    F = 4 arsinh(sqrt(y) / 2) / sqrt(y (y + 4)),    m(0) = 4
//! ```
//!
//! All functions measure lengths in L_in and heats in `s L_in / 2 pi D`: Eq. 11 with the printed hD and without `(kT)^2/h`. `g_ij` of Eq. 9 is `(pi^2/3)^2` times that.
//! It depends on nothing else. Conservation shows as the zero at k = 0: the heats of all probes cancel, whence negative correlation far along the gradient. The single 1
//! gives a logarithm at short distances, cut off by the mean free path, where the granular heat of single sites sets in; so there is no `g_ij(0)`.
//!
//! # Derivation
//!
//! Rotations of the sigma model remove both the potential mu(r) and a test function phi(r) from the terms with Gamma, since probes at one potential give no heat; only
//! `grad mu` and `grad phi` are left. So `q = -div j'`, j' being the derivative by energy of a current driven by the nonlocal conductivity of coherent
//! conductors (C. L. Kane, R. A. Serota and P. A. Lee, Phys. Rev. B 37, 6701 (1988)), every diffuson having the mass Gamma: `P_omega(q) = 1/(Gamma - i omega + D q^2)`,
//! omega the difference of the two energies. Two Hikami boxes at r and r' joined by two diffusons give, in `e^2/h`,
//!
//! ```text
//! <d sigma_ab(r1, r2) d sigma_cd(r3, r4)> = 4 D^2 |P_omega(r1 - r2)|^2 d_ac d_bd d(r1 - r3) d(r2 - r4) + 2 D^2 Re P_omega(r1 - r3)^2 d_ab d_cd d(r1 - r2) d(r3 - r4)
//! ```
//!
//! fluctuations of the diffusion constant (out of one box, into the other) and of the density of states (out of and into the same); Cooperons add the same with (c, r3) and (d, r4) exchanged. Without
//! Gamma these are the universal fluctuations of the conductance: in a long wire `(4 + 2) sum_n (pi n)^-4 = 1/15` without and 2/15 with Cooperons, of which a third from the density of states. Two derivatives by
//! energy are `-d^2/d omega^2` at omega = 0; with a prime for d/d Gamma they make `|P|^2` into `2 (P P'' - P'^2)` and `Re P^2` into `2 (P P'' + P'^2)`, so that the extraneous currents are
//!
//! ```text
//! <J_i(r) J_j(r')> = 4 D^2 [ s^2 d_ij d(r - r') Int d^2x 2 (P P'' - P'^2)(x) + s_i s_j 4 (P P'')(r - r') ]
//! ```
//!
//! The first term is the speckle of Langevin's picture: two energies share the intensity `|n_omega|^2` that the gradient feeds, and scatter out of it at random; the second is the local conductivity.
//! Density spreads what J piles up: `q = -Gamma div J / (Gamma - D Laplacian)`, two outgoing diffusons. Incoming ones have no effect, as the straight line solves the mean equation.
//! The integral is `1/(6 pi D Gamma^3)`; m is the transform of `4 P P''` over it, by differentiation of the bubble of two diffusons of different mass.
//!
//! Left out, beside 1/g: two diffusons from one source to one box, `Gamma tau` times smaller; what is correlated only within the mean free path, which is the granular heat of single sites; and in a field the currents of
//! equilibrium, which Cooperons cancel here.

use crate::droplets::DropletError;
use crate::droplets::require;
use crate::gauss::RULE;
use std::f64::consts::{FRAC_PI_2, PI};

/// `<q(0) q(r)>` in units of `(s L_in / 2 pi D)^2`: `radial - dipole cos 2 theta`, theta the angle between r and the gradient.
///
/// As a tensor, `g_ij = radial delta_ij - dipole (2 r_i r_j / r^2 - delta_ij)`, to be contracted with the direction of the gradient twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// Mean over directions of r.
    pub radial: f64,
    /// Half of what it is across less along the gradient.
    pub dipole: f64,
}

impl Correlation {
    /// At a distance in L_in, within 1e-9.
    ///
    /// # Errors
    ///
    /// [`DropletError::OutOfRange`] for a distance that is not positive and finite: at none the correlation is logarithmically infinite.
    pub fn at(distance: f64) -> Result<Self, DropletError> {
        let r = distance;
        require("distance", r, r > 0.0 && r.is_finite(), "above 0")?;
        if r > FAR {
            return Ok(Self { radial: 0.0, dipole: 0.0 });
        }
        let [radial, dipole] = directed(r, |k| [libm::j0(k * r), libm::jn(2, k * r)]);
        // beyond the last panel the weight falls slowly against the oscillations: the first term by parts
        let beyond = weight(last(r)) * libm::j1(last(r) * r) / r;
        let speckle = modified_bessel(0, r) - 0.5 * r * modified_bessel(1, r);
        Ok(Self { radial: 4.0 / 3.0 * (speckle + radial - beyond), dipole: 4.0 / 3.0 * (dipole + beyond) })
    }

    /// Mean over pairs with distances from `inner` to `outer`, in L_in: what a bin of a measured correlation holds.
    ///
    /// # Errors
    ///
    /// [`DropletError::OutOfRange`] unless `0 <= inner < outer` and finite.
    pub fn of_ring(inner: f64, outer: f64) -> Result<Self, DropletError> {
        require("inner radius", inner, inner >= 0.0, "at least 0")?;
        require("outer radius", outer, outer > inner && outer.is_finite(), "above the inner radius")?;
        let within = |r: f64| {
            let r = r.min(FAR);
            if r == 0.0 {
                return [0.0; 2];
            }
            let [radial, dipole] = directed(r, |k| {
                let x = k * r;
                let j1 = libm::j1(x);
                // 2 (1 - J_0) - x J_1 = x^4/32 (1 - x^2/18 + ...) for small x
                let second = if x < 0.03 {
                    x.powi(4) / 32.0 * (1.0 - x * x / 18.0)
                } else {
                    2.0 * (1.0 - libm::j0(x)) - x * j1
                };
                [r * j1 / k, second / (k * k)]
            });
            let end = weight(last(r)) / last(r);
            let beyond = end * libm::j0(last(r) * r);
            [0.5 * r * r * modified_bessel(0, r) + radial + beyond, dipole + 0.5 * end - beyond]
        };
        let ([radial, dipole], [core_radial, core_dipole]) = (within(outer), within(inner));
        let per_area = 8.0 / (3.0 * (outer * outer - inner * inner));
        Ok(Self { radial: per_area * (radial - core_radial), dipole: per_area * (dipole - core_dipole) })
    }

    /// With r along the gradient.
    pub fn along(&self) -> f64 {
        self.radial - self.dipole
    }

    /// With r across the gradient.
    pub fn across(&self) -> f64 {
        self.radial + self.dipole
    }
}

/// `Int d^2r <q(0) q(r)> e^{-ikr}` in units of `(s L_in / 2 pi D)^2 L_in^2`, k in 1/L_in, its components along and across the gradient. Never negative; zero at k = 0.
pub fn spectrum(along: f64, across: f64) -> f64 {
    let square = along * along + across * across;
    let directed = if square > 0.0 { along * along / square * directed_share(square) } else { 0.0 };
    8.0 * PI / 3.0 * square / (1.0 + square).powi(2) * (1.0 + directed)
}

/// `<Q^2>` of the mean Q of q over a square of the given side (in L_in) in an unbounded plane, in units of `(s L_in / 2 pi D)^2`, within 1e-7. The square may be turned: its dipole vanishes.
///
/// # Errors
///
/// [`DropletError::OutOfRange`] for a side that is not positive and finite.
pub fn box_variance(side: f64) -> Result<f64, DropletError> {
    require("side", side, side > 0.0 && side.is_finite(), "above 0")?;
    // how many pairs of points of the square of unit side are a distance x apart, per x dx
    let inside = |x: f64| 2.0 * PI - 8.0 * x + 2.0 * x * x;
    let corners = |x: f64| {
        let angle = (1.0 / x).acos();
        let (sine, cosine) = angle.sin_cos();
        4.0 * (FRAC_PI_2 - 2.0 * angle - 2.0 * x * (cosine - sine) + 0.5 * x * x * (2.0 * angle).cos())
    };
    let mut sum = 0.0;
    let mut panel = |from: f64, to: f64, pairs: &dyn Fn(f64) -> f64| -> Result<(), DropletError> {
        let half = 0.5 * (to - from);
        for (at, weight) in RULE {
            let x = from + half * (1.0 + at);
            sum += half * weight * x * pairs(x) * Correlation::at(side * x)?.radial;
        }
        Ok(())
    };
    // towards the logarithm at no distance, then steps of L_in at most
    let steps = side.ceil().max(2.0);
    let first = 1.0 / steps;
    for level in 0..20 {
        let to = first * 0.5_f64.powi(level);
        panel(if level == 19 { 0.0 } else { 0.5 * to }, to, &inside)?;
    }
    for step in 1..steps as usize {
        panel(step as f64 * first, (step + 1) as f64 * first, &inside)?;
    }
    // the number of pairs has a branch point at x = 1
    let diagonal = std::f64::consts::SQRT_2 - 1.0;
    let corner_steps = (side * diagonal).ceil().max(2.0);
    let square = |u: f64| 1.0 + diagonal * u * u;
    for step in 0..corner_steps as usize {
        let half = 0.5 / corner_steps;
        for (at, weight) in RULE {
            let u = half * (2.0 * step as f64 + 1.0 + at);
            let x = square(u);
            sum += half * weight * 2.0 * diagonal * u * x * corners(x) * Correlation::at(side * x)?.radial;
        }
    }
    Ok(sum)
}

/// m(y), the share of the local conductivity against that of speckle: `6 F''`, `F'' = Int_0^1 dx 2 (1 - x)^2 / (1 + x (1 - x) y)^3` over Feynman's parameter of the bubble.
fn directed_share(y: f64) -> f64 {
    if y < SMALL {
        let integrand = |x: f64| (1.0 - x).powi(2) / (1.0 + x * (1.0 - x) * y).powi(3);
        return 6.0 * RULE.iter().map(|&(x, w)| w * integrand(0.5 * (1.0 + x))).sum::<f64>();
    }
    let bubble = 4.0 * (0.5 * y.sqrt()).asinh() / (y * (y + 4.0)).sqrt();
    6.0 * (y * y + 8.0 * y + 4.0 - 2.0 * (2.0 - y) * bubble) / (y * (y + 4.0).powi(2))
}

/// Below it the closed form of m cancels, and the rule of 8 points is exact to rounding.
const SMALL: f64 = 0.1;

/// `Int_0^last dk w(k) kernel(k)` of two kernels of the exponential type `reach`.
fn directed(reach: f64, kernel: impl Fn(f64) -> [f64; 2]) -> [f64; 2] {
    let (mut from, end) = (0.0, last(reach));
    let mut sums = [0.0; 2];
    while from < end {
        // poles lie at k = i: half a unit at first; and not much more than a radian of the kernel
        let to = (from + (0.5 * from.max(1.0)).min(2.0 / reach)).min(end);
        let half = 0.5 * (to - from);
        for (at, share) in RULE {
            let k = from + half * (1.0 + at);
            let factor = half * share * weight(k);
            sums.iter_mut().zip(kernel(k)).for_each(|(sum, value)| *sum += factor * value);
        }
        from = to;
    }
    sums
}

/// `w(k) = k^3 m(k^2) / 2 (1 + k^2)^2`.
fn weight(k: f64) -> f64 {
    let y = k * k;
    0.5 * k * y * directed_share(y) / (1.0 + y).powi(2)
}

/// A distance beyond which the correlation, of the order of `e^-r`, is below the stated error.
const FAR: f64 = 40.0;

/// Where integrals over k end: the weight falls as `3/k^3`.
fn last(reach: f64) -> f64 {
    (200.0 / reach).max(60.0)
}

/// `K_n(x) = Int_0^inf dt e^{-x cosh t} cosh nt`, n = 0 or 1, x > 0. The sum over equal steps h is off by `e^{-pi^2/h}`.
fn modified_bessel(order: u32, x: f64) -> f64 {
    const STEP: f64 = 0.125;
    let term = |t: f64| (-x * t.cosh()).exp() * (f64::from(order) * t).cosh();
    let mut sum = 0.5 * term(0.0);
    for step in 1.. {
        let t = STEP * f64::from(step);
        if x * t.cosh() > 40.0 + x {
            break;
        }
        sum += term(t);
    }
    STEP * sum
}
