//! How two droplets interact: what is known of the susceptibility between them once both exist.

mod conditional;

pub use conditional::{Conditional, Normal};

use super::error::require;
use super::{Counting, DropletError};
use crate::audit::{Audit, laws};
use crate::diffusons::{GaussianRing, Pattern};

/// Rings of four diffusons between two Gaussian droplets of equal size R at a distance L, in units of the ring `q_4` of one droplet.
///
/// A pattern says in which order the vertices of the two, a and b, follow along the ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairRings {
    /// abab.
    pub alternating: f64,
    /// abbb.
    pub one_of_four: f64,
    /// aabb.
    pub adjacent: f64,
    /// Largest relative error of the three.
    pub error: f64,
}

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;
/// `Li_2(1/4)`.
const DILOGARITHM: f64 = 0.267_652_639_082_732_86;
/// `7 zeta(3)/16 - 3/8`.
const ALTERNATING: f64 = 0.150_899_895_194_822_75;

/// Relative error of the asymptotic forms times `(L/R)^2`, as found from L/R = 10 to 100.
const ASYMPTOTIC_ERROR: f64 = 10.0;

/// Where `(R/L)^4` is still far from the least number, 2e-308.
const FARTHEST: f64 = 1e70;

impl PairRings {
    /// Distance L/R from which on [`at`](Self::at) takes the asymptotic forms, then within 1e-5.
    pub const FAR: f64 = 1000.0;

    /// The rings at a distance L/R, by cubature to a relative tolerance, or by their asymptotic forms from [`FAR`](Self::FAR) on.
    ///
    /// # Errors
    ///
    /// A distance that is not between 0 and 1e70; a cubature that does not reach the tolerance.
    pub fn at(distance: f64, tolerance: f64) -> Result<Self, DropletError> {
        require("distance L/R", distance, (0.0..=FARTHEST).contains(&distance), "0 to 1e70")?;
        if distance >= Self::FAR {
            return Self::asymptotic(distance);
        }
        let ring = |pattern| GaussianRing::pair(pattern, distance)?.cubature(tolerance);
        let [alternating, one_of_four, adjacent] =
            [ring(Pattern::Alternating)?, ring(Pattern::OneOfFour)?, ring(Pattern::Adjacent)?];
        let single = single()?;
        let errors = [alternating, one_of_four, adjacent].map(|ring| ring.error / ring.value);
        Ok(Self {
            alternating: alternating.value / single,
            one_of_four: one_of_four.value / single,
            adjacent: adjacent.value / single,
            error: errors.into_iter().fold(0.0, f64::max),
        })
    }

    /// The rings far away, to order `(R/L)^4`:
    ///
    /// ```text
    /// abab = k (R/L)^4/q_4,    k = 7 zeta(3)/16 - 3/8
    /// aabb = (R/L)^4/(6 q_4) {[ln(L^2/2R^2) + C - 1/3]^2 + 13/9},    C = 0.5772...
    /// abbb = aabb + (R/L)^4/(6 q_4) Li_2(1/4)
    /// ```
    ///
    /// Their relative error is below `10 (R/L)^2`. The last two lead with `(2/3) ln^2(L/R)`, four times what is printed as Eqs. 54b and 54c beside Eq. 54a.
    ///
    /// # Errors
    ///
    /// A distance that is not between 1 and 1e70, beyond which rings are below the least numbers that there are.
    pub fn asymptotic(distance: f64) -> Result<Self, DropletError> {
        require("distance L/R", distance, (1.0..=FARTHEST).contains(&distance), "1 to 1e70")?;
        let unit = distance.powi(-4) / single()?;
        let logarithm = (0.5 * distance * distance).ln() + EULER - 1.0 / 3.0;
        let adjacent = unit / 6.0 * (logarithm * logarithm + 13.0 / 9.0);
        Ok(Self {
            alternating: unit * ALTERNATING,
            one_of_four: adjacent + unit / 6.0 * DILOGARITHM,
            adjacent,
            error: ASYMPTOTIC_ERROR / (distance * distance),
        })
    }
}

/// `q_4`, the ring of one droplet: some milliseconds.
fn single() -> Result<f64, DropletError> {
    Ok(GaussianRing::single(4)?.cubature(1e-6)?.value)
}

/// `f(R/L)` as printed (Eq. 56), `0.72 (R/L)^4 ln^2(R/L)`: what `J_3/I_FF` should be, and is 2.7 times more of from L/R = 10 on.
pub fn printed_share(distance: f64) -> f64 {
    0.72 * distance.powi(-4) * distance.ln().powi(2)
}

/// Covariance of `F^(1)`, `F^(2)` and `F^(12)` (Eqs. 51 and 53), the projections of `F_1` on both droplets and between them, in units of `I_FF`:
///
/// ```text
///     1    J_1  J_2
///     J_1  1    J_2
///     J_2  J_2  J_3
/// ```
///
/// As the diagrams are counted in the paper `J_1`, `J_2`, `J_3` are the rings abab, abbb and aabb; in the complete counting two in three rings have the vertices of one projection side by side, so that
/// `J_1 = J_3 = (2 aabb + abab)/3` while `J_2` stays. Both are covariances: positivity does not tell them apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairCovariance {
    /// `J_1`, `J_2`, `J_3` over `I_FF`.
    elements: [f64; 3],
    error: f64,
}

impl PairCovariance {
    /// Of rings, in a counting. Whether there are Cooperons is no matter: they double all elements.
    ///
    /// # Errors
    ///
    /// Rings that are not positive, or above those at no distance.
    pub fn new(rings: &PairRings, counting: Counting) -> Result<Self, DropletError> {
        let PairRings { alternating, one_of_four, adjacent, error } = *rings;
        for (name, value) in [("ring abab", alternating), ("ring abbb", one_of_four), ("ring aabb", adjacent)]
        {
            require(name, value, value > 0.0 && value < 1.0, "above 0 and below 1, its value at L = 0")?;
        }
        let elements = match counting {
            Counting::FourDiagrams => [alternating, one_of_four, adjacent],
            Counting::Complete => {
                let mean = (2.0 * adjacent + alternating) / 3.0;
                [mean, one_of_four, mean]
            }
        };
        Ok(Self { elements, error })
    }

    /// `J_1`, `J_2` and `J_3`, over `I_FF`. The last is `f(R/L)` (Eq. 56).
    pub fn elements(&self) -> [f64; 3] {
        self.elements
    }

    /// Eigenvalues over `I_FF`, the least first.
    pub fn eigenvalues(&self) -> [f64; 3] {
        let [first, second, third] = self.elements;
        let (trace, determinant) = (1.0 + first + third, (1.0 + first) * third - 2.0 * second * second);
        let largest = 0.5 * (trace + (trace * trace - 4.0 * determinant).max(0.0).sqrt());
        let mut all = [1.0 - first, determinant / largest, largest];
        all.sort_by(f64::total_cmp);
        all
    }

    /// That no combination of the three has a negative variance, to the error of the rings.
    pub fn audit(&self) -> Audit {
        let mut audit = Audit::default();
        let scale = self.elements[2];
        audit.record(laws::COVARIANCE, (-self.eigenvalues()[0] / scale).max(0.0), 1e-12 + 3.0 * self.error);
        audit
    }

    /// The distribution of `F^(12)` if both droplets exist, `F^(1), F^(2) < -t sqrt(I_FF)`, exactly (Eq. 57).
    ///
    /// # Errors
    ///
    /// A threshold that is negative or not finite; a covariance that is not positive.
    pub fn conditional(&self, threshold: f64) -> Result<Conditional, DropletError> {
        Conditional::new(self.elements, threshold)
    }

    /// The same as a normal distribution for large t (Eq. 58, corrected), in units of `sqrt(I_FF)`: mean `-2 t J_2/I_FF`, variance `J_3/I_FF`, twice the one printed. Means come out too small by the ratio
    /// of t to the mean of a normal number above t, 9 % at t = 3.
    pub fn approximate(&self, threshold: f64) -> Normal {
        let [_, second, third] = self.elements;
        Normal { mean: -2.0 * second * threshold, deviation: third.sqrt() }
    }
}

/// Eq. 58 as printed with f of Eq. 56, in units of `sqrt(I_FF)`: mean `-2 f t`, variance f/2.
pub fn printed_distribution(distance: f64, threshold: f64) -> Normal {
    let share = printed_share(distance);
    Normal { mean: -2.0 * share * threshold, deviation: (0.5 * share).sqrt() }
}

/// Distance `L*/R` at which the square of the mean of `F^(12)` is its variance (Eq. 60): nearer by droplets align, beyond the sign of their interaction is random.
///
/// By the exact conditional distribution, to a relative 1e-4; rings to `tolerance`. There is one at any threshold: at t = 0 it is 2 R.
///
/// # Errors
///
/// As [`PairRings::at`] and [`PairCovariance::conditional`]; a threshold at which droplets align up to 10^6 R.
pub fn crossover_distance(threshold: f64, counting: Counting, tolerance: f64) -> Result<f64, DropletError> {
    let excess = |log: f64| -> Result<f64, DropletError> {
        let rings = PairRings::at(log.exp(), tolerance)?;
        let found = PairCovariance::new(&rings, counting)?.conditional(threshold)?;
        Ok(2.0 * (found.mean().abs() / found.deviation()).ln())
    };
    let [mut low, mut high] = [0.0, 1e6f64.ln()];
    let [mut above, mut below] = [excess(low)?, excess(high)?];
    let between = above > 0.0 && below < 0.0;
    require("threshold (1 + F_0)/sqrt(I_FF)", threshold, between, "such that R < L* < 10^6 R")?;
    // false position, halving what stays (Illinois): the excess is nearly linear in the logarithm
    let mut last = 0i32;
    while high - low > 1e-4 {
        let middle = (low * below - high * above) / (below - above);
        let middle = middle.clamp(low + 1e-5, high - 1e-5);
        let value = excess(middle)?;
        if value > 0.0 {
            (low, above) = (middle, value);
            below *= if last > 0 { 0.5 } else { 1.0 };
            last = 1;
        } else {
            (high, below) = (middle, value);
            above *= if last < 0 { 0.5 } else { 1.0 };
            last = -1;
        }
        if value.abs() < 1e-5 {
            return Ok(middle.exp());
        }
    }
    Ok((0.5 * (low + high)).exp())
}

/// `L*/R` as printed, `sqrt(g (1 + F_0))` (Eq. 60).
pub fn printed_crossover_distance(rarity: f64) -> f64 {
    rarity.sqrt()
}
