//! Rings of diffusons between Gaussian droplets, and why eight-dimensional integrals become one-dimensional.
//!
//! A ring of n diffusons meets the profile `psi = exp(-x^2/R^2)` at each of its n vertices. With times `t_k = 4 D (time)` and R = 1 it is
//!
//! ```text
//! q_n = pi^-n Int prod dt_k/t_k (sum t)^-2 Int prod d^2z_k psi(z_k) e^{-(z_k - z_{k+1})^2/t_k} = Int_0^inf d^n t / [T^2 P_n(t)],    T = t_1 + ... + t_n
//! ```
//!
//! `1/T^2` is what `-Int d omega |omega|` leaves of the frequency. It scales as `R^{n-4}`; with a normalised profile, `N = (2/pi)^{1/2}/R`, the ring is `Q_n = (2 pi)^{n/2} R^{n-4} q_n`.
//!
//! # The forest polynomial
//!
//! The vertices are unit masses on springs to the origin, diffusons are springs `1/t_k` between them. The Gaussian integral is `pi^n / det(1 + Lap)`, and `P_n = (prod t) det(1 + Lap)` the sum
//! over all rooted forests on the ring of the product of the t that are cut. It vanishes where the springs can be at rest out of equilibrium: `z_{k+1} = z_k + t_k j_k`,
//! `j_{k+1} = j_k + z_{k+1}` returns to itself after one turn, j being the tension. So `M(t) = [[1, t], [1, 1 + t]]` multiplied around the ring has an eigenvalue 1; having determinant 1,
//! it has trace 2 there, and as both are linear in each t with the term `prod t`,
//!
//! ```text
//! P_n(t) = tr [M(t_1) ... M(t_n)] - 2
//! ```
//!
//! # One operator in place of n integrals
//!
//! `1/(tr g - 2)` is the trace of an operator: to g of determinant 1 there belongs a Gaussian kernel U(g) on the plane, products to products (the metaplectic representation), with
//! eigenvalues `e^{-theta (N + 1)}`, N = 0, 1, ..., each N + 1 times, where `2 cosh theta = tr g`; their sum is `1/(2 sinh(theta/2))^2 = 1/(tr g - 2)`. Here `U(M(t)) = e^{-x^2/2} e^{t Lap/4} e^{-x^2/2}`: half a mass,
//! diffusion, half a mass. With `1/T^2 = Int ds s e^{-sT}` the n times no longer know of each other,
//!
//! ```text
//! q_n = Int_0^inf ds s Tr B(s)^n,    B(s) = Int_0^inf dt e^{-st} U(M(t)) = e^{-x^2/2} (s - Lap/4)^{-1} e^{-x^2/2}
//! ```
//!
//! and B is rotation invariant, hence a sum over channels of angular momentum m, in each of which it is a positive integral operator of one variable. `traces` evaluates that: one integral over s of traces of powers
//! of small matrices, for every n at the same cost. For large s the trace is a series in `1/s`, whose coefficients come from the representations of finite dimension of the same matrices M (`tail`).
//!
//! # Two droplets
//!
//! With centres `c_k`, 0 or L, the integrand gains `exp(-(L/R)^2 c^T [1 - (1 + Lap)^-1] c)`. The form is the conductance between the two droplets of the network in which springs are
//! conductors `1/t_k` and each vertex is joined to its droplet by a conductor 1; it is a ratio of polynomials, spanning trees over `P_4`. Rotations are no longer a symmetry, and the four times stay.
//!
//! # The cube
//!
//! The direct routes write each time as `t = a (e^{r v} - 1)`, linear while `t << a` and logarithmic beyond, for there each integral is a logarithm; `a = 1` and `r = 1 + ln(1 + L^2)/2` within a droplet, `a = 1 + L^2/2` and
//! `r = 1` from droplet to droplet. The largest v is the scale, the others are relative to it: `v_1 = c u_1/(1 - u_1)`, `v_k = v_1 u_k`, summed over the places of the largest. On the cube of the u
//! the integrand is bounded and smooth, from `T -> 0`, where `1/(T^2 P)` diverges as `1/(n T^3)`, to the longest times.
//!
//! # Temperature
//!
//! The integral over frequencies becomes a sum, `Int ds s F(s) -> sum_{k>=1} h (h k) F(h k)` with `h = (pi/2) (R/L_T)^2`, `L_T = sqrt(D/T)`; in times `1/T^2 -> [(h/2) / sinh(h T/2)]^2`.

mod tail;
mod times;
mod traces;

use super::{Cubature, Estimated, Vegas};
use crate::disorder::Fields;
use crate::droplets::{DropletError, require};
use std::f64::consts::FRAC_PI_2;

/// Which vertices of a ring of four belong to which of two droplets a and b, in order around the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// abab: every diffuson leads from one droplet to the other. With rings in the order of Eq. A11, where the vertices of one `F_1` are opposite, it correlates the `F_1` of
    /// one droplet with that of the other, `<F^(1) F^(2)> = J_1`.
    Alternating,
    /// abbb: one droplet with the interaction of both, `<F^(1) F^(12)> = J_2`.
    OneOfFour,
    /// aabb: the interaction with itself, `<F^(12) F^(12)> = J_3`.
    Adjacent,
}

impl Pattern {
    /// All patterns, as J_1, J_2, J_3.
    pub const ALL: [Self; 3] = [Self::Alternating, Self::OneOfFour, Self::Adjacent];
}

/// A closed ring of diffusons whose vertices carry `exp(-x^2/R^2)`; R = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianRing {
    diffusons: usize,
    pair: Option<(Pattern, f64)>,
    /// h, spacing of Matsubara frequencies.
    spacing: f64,
}

/// Most diffusons: the corners of the cube of the direct route double with each.
const DIFFUSONS: usize = 16;

/// Evaluations after which the direct route is given up: some minutes.
const EVALUATIONS: usize = 1_000_000_000;

impl GaussianRing {
    /// A ring through one droplet.
    ///
    /// # Errors
    ///
    /// Fewer than 4 diffusons, for which the integral diverges at short times, or more than 16.
    pub fn single(diffusons: usize) -> Result<Self, DropletError> {
        let allowed = (4..=DIFFUSONS).contains(&diffusons);
        require("number of diffusons in a ring", diffusons as f64, allowed, "4 to 16")?;
        Ok(Self { diffusons, pair: None, spacing: 0.0 })
    }

    /// A ring of four through two droplets at a distance L, given as L/R.
    ///
    /// # Errors
    ///
    /// A distance that is negative or above 10^6.
    pub fn pair(pattern: Pattern, distance: f64) -> Result<Self, DropletError> {
        require("distance of two droplets, L/R", distance, (0.0..=1e6).contains(&distance), "0 to 10^6")?;
        Ok(Self { diffusons: 4, pair: Some((pattern, distance)), spacing: 0.0 })
    }

    /// The same ring at a temperature, given as `R/L_T = R sqrt(T/D)`.
    ///
    /// # Errors
    ///
    /// A ratio that is negative or above 100, where rings have long vanished.
    pub fn at_temperature(self, size_over_thermal_length: f64) -> Result<Self, DropletError> {
        let ratio = size_over_thermal_length;
        require("size over thermal length, R/L_T", ratio, (0.0..=100.0).contains(&ratio), "0 to 100")?;
        Ok(Self { spacing: FRAC_PI_2 * ratio * ratio, ..self })
    }

    /// The ring by the best deterministic route, to a relative error: [`by_traces`](Self::by_traces) through one droplet, [`by_times`](Self::by_times) through two.
    ///
    /// # Errors
    ///
    /// As these two.
    pub fn cubature(&self, tolerance: f64) -> Result<Estimated, DropletError> {
        if self.pair.is_none() { self.by_traces(tolerance) } else { self.by_times(tolerance) }
    }

    /// A ring through one droplet by the integral over s of `Tr B(s)^n`, evaluated with finer and finer momenta until two in succession agree to the tolerance; their
    /// difference is the error. An evaluation is one trace.
    ///
    /// # Errors
    ///
    /// A ring through two droplets; a tolerance below 1e-10; [`DropletError::NotConverged`].
    pub fn by_traces(&self, tolerance: f64) -> Result<Estimated, DropletError> {
        let droplets = if self.pair.is_none() { 1.0 } else { 2.0 };
        require("number of droplets in a trace", droplets, self.pair.is_none(), "1")?;
        require("tolerance of a trace", tolerance, tolerance >= 1e-10, "at least 1e-10")?;
        traces::ring(self.diffusons, self.spacing, tolerance)
    }

    /// The integral over all times by adaptive [`Cubature`], to a relative error.
    ///
    /// # Errors
    ///
    /// A tolerance that is not positive; [`DropletError::NotConverged`] after 10^9 evaluations.
    pub fn by_times(&self, tolerance: f64) -> Result<Estimated, DropletError> {
        let cubature = Cubature { tolerance, evaluations: EVALUATIONS };
        cubature.integrate(self.diffusons, times::integrand(self.diffusons, self.pair, self.spacing))
    }

    /// The integral over all times by [`Vegas`] with so many evaluations, from the random fields 0 to 14. The error is one standard deviation, enlarged by the root of `chi^2` per degree of
    /// freedom where that exceeds 1.
    ///
    /// # Errors
    ///
    /// Fewer than 960 evaluations.
    pub fn monte_carlo(&self, fields: &dyn Fields, evaluations: usize) -> Result<Estimated, DropletError> {
        let integrand = times::integrand(self.diffusons, self.pair, self.spacing);
        let found = Vegas::new(evaluations).integrate(self.diffusons, fields, integrand)?;
        let error = found.integral.error * found.chi_square.max(1.0).sqrt();
        Ok(Estimated { error, ..found.integral })
    }
}
