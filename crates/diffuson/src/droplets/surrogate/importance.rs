//! Rare surrogates, by sampling where they are.

use super::{Draw, Optimum, Surrogate, square};
use crate::disorder::Fields;
use crate::droplets::{DropletError, mode_eigenvalues, require};

/// Surrogates shifted along optimal fluctuations, each with the weight that undoes the shift.
///
/// For an optimum v let `y = -v X v / sqrt(I)`, which is normal with variance 1. A tilt s along v shifts the mean of X by `-s <X (v X v)>/sqrt(I)`, and so that of y by s: fluctuations of
/// probability `exp(-s^2/2)` become typical. Samples come from a mixture of no tilt and every tilt along every optimum, and a sample counts with the ratio of the densities,
///
/// ```text
/// 1/w = p_0 + sum_{s, v} p_{s v} exp(s y_v - s^2/2),
/// ```
///
/// which is unbiased whatever the tilts, and at most `1/p_0`.
#[derive(Clone, Debug)]
pub struct Tilted<'s> {
    surrogate: &'s Surrogate,
    tilts: Vec<f64>,
    directions: Vec<Direction>,
}

#[derive(Clone, Debug)]
struct Direction {
    /// Weights of the entries in y.
    along: Vec<f64>,
    /// Shift of the entries for s = 1.
    shift: Vec<f64>,
}

/// The random field that chooses tilt and optimum.
const CHOICE: u32 = 2;

impl<'s> Tilted<'s> {
    /// Tilts towards fluctuations of probability `exp(-x)` for every exponent x, along all the optima. Where these form a family, as all places of a droplet do, errors are small if its members
    /// are closer than the s-th part of their size to each other: see [`Optimum::everywhere`].
    ///
    /// # Errors
    /// No optimum, or those of another surrogate; no exponent, or one that is not positive.
    pub fn new(
        surrogate: &'s Surrogate,
        optima: &[Optimum],
        exponents: &[f64],
    ) -> Result<Self, DropletError> {
        require("number of optima", optima.len() as f64, !optima.is_empty(), "at least 1")?;
        require("number of exponents", exponents.len() as f64, !exponents.is_empty(), "at least 1")?;
        for &exponent in exponents {
            require("exponent", exponent, exponent > 0.0 && exponent.is_finite(), "positive")?;
        }
        let foreign = optima.iter().find(|o| o.vector.len() != surrogate.modes).map(|o| o.vector.len());
        require(
            "modes of an optimum",
            foreign.unwrap_or(0) as f64,
            foreign.is_none(),
            "those of the surrogate",
        )?;
        let direction = |optimum: &Optimum| {
            let (along, response) = (square(&optimum.vector), surrogate.response(&optimum.vector));
            let variance: f64 = along.iter().zip(&response).map(|(a, w)| a * w).sum();
            let scaled = |of: Vec<f64>| of.iter().map(|x| -x / variance.sqrt()).collect();
            Direction { along: scaled(along), shift: scaled(response) }
        };
        Ok(Self {
            surrogate,
            tilts: exponents.iter().map(|x| (2.0 * x).sqrt()).collect(),
            directions: optima.iter().map(direction).collect(),
        })
    }

    /// One draw: the lowest eigenvalue and the weight. Number n is a pure function of the random fields 0 and 2.
    ///
    /// # Errors
    /// None but those of a diagonalisation.
    pub fn draw(&self, fields: &dyn Fields, number: u64) -> Result<Draw, DropletError> {
        let mut entries = self.surrogate.entries(fields, number);
        let mut choice = [0.0; 2];
        fields.uniform(CHOICE, 2 * number, &mut choice);
        let of = |u: f64, count: usize| ((u * count as f64) as usize).min(count - 1);
        let share = 1.0 / (self.tilts.len() + 1) as f64;
        if let Some(tilt) = of(choice[0], self.tilts.len() + 1).checked_sub(1) {
            let shift = &self.directions[of(choice[1], self.directions.len())].shift;
            entries.iter_mut().zip(shift).for_each(|(entry, shift)| *entry += self.tilts[tilt] * shift);
        }
        let each = share / self.directions.len() as f64;
        let mut inverse = share;
        for direction in &self.directions {
            let y: f64 = direction.along.iter().zip(&entries).map(|(a, x)| a * x).sum();
            inverse += each * self.tilts.iter().map(|s| (s * y - 0.5 * s * s).exp()).sum::<f64>();
        }
        let eigenvalues = mode_eigenvalues(&self.surrogate.matrix(&entries), self.surrogate.modes)?;
        Ok(Draw { lowest: eigenvalues[0], weight: 1.0 / inverse })
    }
}
