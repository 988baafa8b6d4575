//! Settings of a study of kind `number-variance`: energies in t, lengths in sites.

use super::conductor::rules::problem;
use super::{Missing, Problem};
use crate::study::View;

/// All settings of one point of a `number-variance` study.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberVariance {
    /// Chemical potential in t, from the centre of the band.
    pub mu: f64,
    /// Temperature kT in t.
    pub kt: f64,
    /// Transmission probability of the barrier at the chemical potential.
    pub transmission: f64,
    /// Part of the segment left of the barrier.
    pub position: f64,
    /// Lengths of the segments, ascending; the same at all points.
    pub lengths: Vec<usize>,
}

impl NumberVariance {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let (from, to) = (view.count("segment.from")?, view.count("segment.to")?);
        let points = view.count("segment.points")?;
        let ratio = to as f64 / from as f64;
        let length = |k: usize| (from as f64 * ratio.powf(k as f64 / (points - 1) as f64)).round() as usize;
        Ok(Self {
            mu: view.number("chain.energy")?,
            kt: view.number("temperature.kT")?,
            transmission: view.number("barrier.transmission")?,
            position: view.number("barrier.position")?,
            lengths: (0..points).map(length).collect(),
        })
    }

    /// Sites left and right of the barrier of a segment of this length; the barrier is one more.
    pub fn sides(&self, length: usize) -> [usize; 2] {
        let left = (self.position * (length - 1) as f64).round() as usize;
        [left, length - 1 - left]
    }

    /// What is wrong with the settings taken together.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let (first, last) = (self.lengths[0], self.lengths[self.lengths.len() - 1]);
        let problem = if first >= last {
            problem(
                "segment.to",
                "is not above segment.from",
                "a length above segment.from",
                "curves run from the shortest to the longest segment",
            )
        } else if self.lengths.windows(2).any(|pair| pair[0] == pair[1]) {
            problem(
                "segment.points",
                "is too many: some lengths are equal",
                "fewer lengths",
                "lengths in equal ratios are rounded to whole sites",
            )
        } else {
            return Vec::new();
        };
        vec![problem]
    }
}
