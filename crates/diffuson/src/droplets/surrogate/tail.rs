//! The distribution of lowest eigenvalues, from draws with weights.

use crate::droplets::{DropletError, require};

/// A lowest eigenvalue and how much it counts: 1 for a plain sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// The lowest eigenvalue.
    pub lowest: f64,
    /// Probability density over the density it was drawn with.
    pub weight: f64,
}

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailEstimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// Independent draws, the lowest first: `P(E)` is the probability of an eigenvalue below -E.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    draws: Vec<Draw>,
}

impl Tail {
    /// A distribution from at least two draws.
    ///
    /// # Errors
    /// Fewer draws, numbers that are not finite, weights below 0.
    pub fn new(mut draws: Vec<Draw>) -> Result<Self, DropletError> {
        require("number of draws", draws.len() as f64, draws.len() > 1, "at least 2")?;
        let sound = |d: &&Draw| !(d.lowest.is_finite() && d.weight.is_finite() && d.weight >= 0.0);
        let odd = draws.iter().find(sound).map(|d| d.weight);
        require(
            "weight of a draw",
            odd.unwrap_or(0.0),
            odd.is_none(),
            "finite, at least 0, as the eigenvalue",
        )?;
        draws.sort_by(|a, b| a.lowest.total_cmp(&b.lowest));
        Ok(Self { draws })
    }

    /// `P(E)`. Without a draw below -E it is 0 with an error of 0, which means nothing.
    pub fn probability(&self, depth: f64) -> TailEstimate {
        let [sum, squares] = self.moments(depth);
        let count = self.draws.len() as f64;
        let mean = sum / count;
        TailEstimate { value: mean, error: ((squares / count - mean * mean).max(0.0) / (count - 1.0)).sqrt() }
    }

    /// The depth E at which P(E) has fallen to p: the quantile 1 - p of `-lambda_min`. None where the draws do not reach, the deepest one counting for more than p.
    pub fn depth(&self, probability: f64) -> Option<f64> {
        let wanted = probability * self.draws.len() as f64;
        if self.draws[0].weight > wanted {
            return None;
        }
        let mut sum = 0.0;
        for pair in self.draws.windows(2) {
            let next = sum + pair[0].weight;
            if next >= wanted {
                let share = if pair[0].weight > 0.0 {
                    ((wanted - sum) / pair[0].weight).clamp(0.0, 1.0)
                } else {
                    1.0
                };
                return Some(-(pair[0].lowest + share * (pair[1].lowest - pair[0].lowest)));
            }
            sum = next;
        }
        None
    }

    /// `-[ln P(E_2) - ln P(E_1)] / (E_2^2 - E_1^2)`: 1/(2 I) where Eq. 34 holds without prefactor.
    ///
    /// # Errors
    /// Depths that do not ascend, a second one that no draw reaches.
    pub fn slope(&self, from: f64, to: f64) -> Result<TailEstimate, DropletError> {
        require("second depth", to, to > from && from >= 0.0, "above the first, which is at least 0")?;
        let count = self.draws.len() as f64;
        let ([near, near_squares], [far, far_squares]) = (self.moments(from), self.moments(to));
        require("weight beyond the second depth", far, far > 0.0, "positive")?;
        // what lies beyond the second depth lies beyond the first: variance of b/B - a/A
        let variance =
            near_squares / (near * near) + far_squares / (far * far) - 2.0 * far_squares / (near * far);
        let span = to * to - from * from;
        TailEstimate { value: (near / far).ln() / span, error: variance.max(0.0).sqrt() / span }.finite(count)
    }

    /// Sums of weights and of their squares, of all draws below -E.
    fn moments(&self, depth: f64) -> [f64; 2] {
        let beyond = self.draws.iter().take_while(|d| d.lowest < -depth);
        beyond.fold([0.0; 2], |[sum, squares], d| [sum + d.weight, squares + d.weight * d.weight])
    }
}

impl TailEstimate {
    fn finite(self, draws: f64) -> Result<Self, DropletError> {
        require(
            "number of draws",
            draws,
            self.value.is_finite() && self.error.is_finite(),
            "enough for both depths",
        )?;
        Ok(self)
    }
}
