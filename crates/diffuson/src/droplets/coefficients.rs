//! Weights of the fluctuations of the inverse susceptibility: gamma, alpha and beta.

use super::error::require;
use super::{Counting, DropletError, Metal, Profile, TimeReversal};
use std::f64::consts::PI;

/// What the exponents of Eqs. 36 and 48 are made of, for one profile.
///
/// The thermodynamic potential of a spin density `sigma psi(x)` is `sigma^2/(2 nu) [1 + F_0 + F + B sigma^2/2 + C sigma^4/3 + ...]` with random F (Eq. 15a), B (Eq. 15b) and C, of which
///
/// ```text
/// I_FF = <F F>,    I_FB = <F B> < 0,    I_BB = <B B>,    I_FC = <F C>
/// gamma = 1/(2 g^2 I_FF),    alpha = g^2 |I_FB| / (I_FF I^2),    beta = g^4 I_BB / (I_FF I^4)          (Eq. 49),    I = Int psi
/// ```
///
/// Each is a closed ring of four, six or eight diffusons with a vertex psi at each, in all orders with the same value `Q_4[psi]`, `Q_6`, `Q_8`; what differs between countings is how many
/// there are and with what prefactor. With `g = 2 pi nu D`, nu of both spins:
///
/// | counting | `I_FF pi^4 g^2/Q_4` | `\|I_FB\| pi^4 g^4/Q_6` | `I_BB pi^4 g^6/Q_8` | `I_FC pi^4 g^6/Q_8` |
/// |---|---|---|---|---|
/// | [`Counting::Complete`] | 3 b | 5 b/2 | 35 b/8 | 21 b/16 |
/// | [`Diagrams`] `n_FF, n_FB, n_BB` | `n_FF/4` | `n_FB/32` | `n_BB/128` | not counted |
///
/// b is 2 with Cooperons and 1 without ([`TimeReversal::rings`]). The complete counting follows from the correlator of two grand potentials, of which it is the expansion in sigma; the other
/// has the prefactors printed with Eqs. A11, A13 and A14.
///
/// Neither reproduces alpha = 1.92 and beta = 7.36 of Eq. 49 for the Gaussian profile, nor does any other of the [`Diagrams`] named; gamma = 3.9 is that of four diagrams. The complete counting
/// in unbroken time reversal is the default: it is what a microscopic model with disorder and without a magnetic field obeys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients {
    /// `g^2 I_FF`.
    linear: f64,
    /// `g^4 |I_FB| / I^2`.
    mixed: f64,
    /// `g^6 I_BB / I^4`.
    cubic: f64,
    /// `g^6 I_FC / I^4`.
    sextic: f64,
    /// Relative errors of `Q_4`, `Q_6`, `Q_8`.
    errors: [f64; 3],
}

/// How many diagrams the correlators FF, FB and BB have, in units of those printed as Eqs. A11, A13 and A14.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diagrams {
    /// `n_FF`, of four diffusons.
    pub linear: f64,
    /// `n_FB`, of six.
    pub mixed: f64,
    /// `n_BB`, of eight.
    pub cubic: f64,
}

impl Diagrams {
    /// Four of each: [`Counting::FourDiagrams`].
    pub const FOUR: Self = Self::new(4.0, 4.0, 4.0);
    /// The numbers of the appendix taken literally: four, and three and eight "topologically different".
    pub const LITERAL: Self = Self::new(4.0, 3.0, 8.0);
    /// The topologically different ones of each: bracelets of 2 + 2, 2 + 4 and 4 + 4 beads.
    pub const TOPOLOGIES: Self = Self::new(2.0, 3.0, 8.0);
    /// Four per topology of FB and BB: comes nearest to the printed beta (7.15), not to alpha (1.07).
    pub const FOUR_PER_TOPOLOGY: Self = Self::new(4.0, 12.0, 32.0);
    /// Eight per topology of FB and BB.
    pub const EIGHT_PER_TOPOLOGY: Self = Self::new(4.0, 24.0, 64.0);
    /// All directed rings of FB and BB, four of FF.
    pub const DIRECTED_BUT_FIRST: Self = Self::new(4.0, 20.0, 140.0);
    /// All directed rings.
    pub const DIRECTED: Self = Self::new(6.0, 20.0, 140.0);
    /// Words of two letters: C(4,2), C(6,2) and C(8,4).
    pub const WORDS: Self = Self::new(6.0, 15.0, 70.0);
    /// Half as many of FF and BB.
    pub const HALF_WORDS: Self = Self::new(3.0, 15.0, 35.0);

    /// So many of each.
    pub const fn new(linear: f64, mixed: f64, cubic: f64) -> Self {
        Self { linear, mixed, cubic }
    }
}

/// Rings of one profile: values and errors of `Q_4`, `Q_6`, `Q_8`, and `Int psi`, all in the same unit of length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfileRings {
    /// `Q_4`, `Q_6`, `Q_8`.
    pub values: [f64; 3],
    /// Their errors.
    pub errors: [f64; 3],
    /// `Int psi d^2x`.
    pub integral: f64,
}

impl ProfileRings {
    /// Those of a profile.
    ///
    /// # Errors
    ///
    /// As [`Profile::rings`].
    pub fn of(profile: &Profile) -> Result<Self, DropletError> {
        let rings = profile.rings()?;
        Ok(Self {
            values: [rings.four.value, rings.six.value, rings.eight.value],
            errors: [rings.four.error, rings.six.error, rings.eight.error],
            integral: profile.integral(),
        })
    }

    /// The same profile with `Int psi^2` = `norm` in place of 1: the Gaussian as printed below Eq. 36 has 1/2. Changes gamma by `1/norm^2`, alpha and beta not at all.
    #[must_use]
    pub fn with_norm(mut self, norm: f64) -> Self {
        for (k, power) in [2, 3, 4].into_iter().enumerate() {
            self.values[k] *= norm.powi(power);
            self.errors[k] *= norm.powi(power);
        }
        self.integral *= norm.sqrt();
        self
    }

    fn checked(&self) -> Result<(), DropletError> {
        for (name, value) in ["ring of four diffusons", "ring of six diffusons", "ring of eight diffusons"]
            .into_iter()
            .zip(self.values)
        {
            require(name, value, value > 0.0 && value.is_finite(), "positive")?;
        }
        let integral = self.integral;
        require("integral of the profile", integral, integral > 0.0 && integral.is_finite(), "positive")
    }
}

impl Coefficients {
    /// Those of a profile in one counting. Without Cooperons by definition, [`Counting::FourDiagrams`] does not look at time reversal.
    ///
    /// # Errors
    ///
    /// As [`Profile::rings`].
    pub fn new(
        profile: &Profile,
        counting: Counting,
        time_reversal: TimeReversal,
    ) -> Result<Self, DropletError> {
        Self::from_rings(&ProfileRings::of(profile)?, counting, time_reversal)
    }

    /// The same of rings that are known.
    ///
    /// # Errors
    ///
    /// Rings, or an integral of the profile, that are not positive.
    pub fn from_rings(
        rings: &ProfileRings,
        counting: Counting,
        time_reversal: TimeReversal,
    ) -> Result<Self, DropletError> {
        match counting {
            Counting::FourDiagrams => Self::from_diagrams(rings, Diagrams::FOUR),
            Counting::Complete => {
                let kinds = time_reversal.rings();
                Self::weighted(rings, [3.0, 2.5, 4.375, 1.3125].map(|n| n * kinds))
            }
        }
    }

    /// With so many diagrams of the prefactors as printed.
    ///
    /// # Errors
    ///
    /// Rings, an integral of the profile or a number of diagrams that is not positive.
    pub fn from_diagrams(rings: &ProfileRings, diagrams: Diagrams) -> Result<Self, DropletError> {
        let Diagrams { linear, mixed, cubic } = diagrams;
        for count in [linear, mixed, cubic] {
            require("number of diagrams", count, count > 0.0 && count.is_finite(), "positive")?;
        }
        Self::weighted(rings, [linear / 4.0, mixed / 32.0, cubic / 128.0, 0.0])
    }

    fn weighted(
        rings: &ProfileRings,
        [linear, mixed, cubic, sextic]: [f64; 4],
    ) -> Result<Self, DropletError> {
        rings.checked()?;
        let [four, six, eight] = rings.values;
        let (unit, square) = (PI.powi(4), rings.integral * rings.integral);
        Ok(Self {
            linear: linear * four / unit,
            mixed: mixed * six / (unit * square),
            cubic: cubic * eight / (unit * square * square),
            sextic: sextic * eight / (unit * square * square),
            errors: std::array::from_fn(|k| rings.errors[k] / rings.values[k]),
        })
    }

    /// The same if nu in `(2 pi nu D)^{-2}` of Eq. A11 is that of one spin, half of what makes `g = 2 pi nu D`: the other reading of the paper's nu, with a quarter of gamma.
    #[must_use]
    pub fn with_density_of_one_spin(self) -> Self {
        Self {
            linear: 4.0 * self.linear,
            mixed: 16.0 * self.mixed,
            cubic: 64.0 * self.cubic,
            sextic: 64.0 * self.sextic,
            errors: self.errors,
        }
    }

    /// `gamma = 1/(2 g^2 I_FF)` (Eq. 49c): droplets have the density `exp[-gamma g^2 (1 + F_0)^2]`. Gaussian profile: 0.64674 by default, 1.29347 in broken time reversal, 3.88041 with four diagrams;
    /// the optimal profile lies 7.1 % below each.
    pub fn gamma(&self) -> f64 {
        0.5 / self.linear
    }

    /// `alpha = g^2 |I_FB| / (I_FF I^2)` (Eq. 49a).
    pub fn alpha(&self) -> f64 {
        self.mixed / self.linear
    }

    /// `beta = g^4 I_BB / (I_FF I^4)` (Eq. 49b).
    pub fn beta(&self) -> f64 {
        self.cubic / self.linear
    }

    /// beta with `2 g^4 I_FC / (I_FF I^4)`, which is of the same order in S/g: the whole coefficient of `S^4/g^4` in Eq. 48. Equal to [`beta`](Self::beta) where I_FC is not counted.
    pub fn complete_beta(&self) -> f64 {
        (self.cubic + 2.0 * self.sextic) / self.linear
    }

    /// Errors of gamma, alpha, beta and the complete beta by those of the rings, taken to add up.
    pub fn errors(&self) -> [f64; 4] {
        let [four, six, eight] = self.errors;
        [
            self.gamma() * four,
            self.alpha() * (four + six),
            self.beta() * (four + eight),
            self.complete_beta() * (four + eight),
        ]
    }

    /// `I_FF` (Eq. 35): variance of F, a pure number.
    pub fn linear_variance(&self, conductance: f64) -> f64 {
        self.linear / conductance.powi(2)
    }

    /// `I_FB / (Int psi)^2` (Eq. 43a): covariance of F and B, negative.
    pub fn mixed_covariance(&self, conductance: f64) -> f64 {
        -self.mixed / conductance.powi(4)
    }

    /// `I_BB / (Int psi)^4` (Eq. 43b): variance of B.
    pub fn cubic_variance(&self, conductance: f64) -> f64 {
        self.cubic / conductance.powi(6)
    }

    /// `gamma g^2 (1 + F_0)^2`: minus the logarithm of the probability of a droplet (Eq. 36).
    pub fn exponent(&self, metal: &Metal) -> f64 {
        self.gamma() * metal.rarity().powi(2)
    }

    /// `(1 + F_0)/sqrt(I_FF)`: how many standard deviations F has to lie below zero, `sqrt(2 gamma) g (1 + F_0)`.
    pub fn threshold(&self, metal: &Metal) -> f64 {
        (2.0 * self.exponent(metal)).sqrt()
    }

    /// Root mean square of the spin, `1/[2 (1 + F_0) sqrt(alpha gamma)]`, of the distribution to leading order in S/g: the number in front of Eq. 26.
    pub fn typical_spin(&self, metal: &Metal) -> f64 {
        0.5 / (metal.distance() * (self.alpha() * self.gamma()).sqrt())
    }
}
