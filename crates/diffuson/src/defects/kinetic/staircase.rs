//! Bounds of a transition rate: a staircase above it.

use super::super::Bath;

/// Cells of the gain of energy, each with the largest and the least rate in it and in the cell on either side.
#[derive(Clone, Debug)]
pub(super) struct Staircase {
    /// Lower edges of the cells, ascending, and the end of the last.
    edges: Vec<f64>,
    /// From where on the bounds of a cell hold.
    low: Vec<f64>,
    largest: Vec<f64>,
    least: Vec<f64>,
}

/// Where the rate stays below a bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Least gain.
    pub(super) low: f64,
    /// Largest gain.
    pub(super) high: f64,
    /// Largest rate between them.
    pub(super) largest: f64,
    /// Least rate between them.
    pub(super) least: f64,
}

/// Change of the rate within a cell, as a part of it.
const PART: f64 = 0.5;
/// Cells at thresholds are not narrower than this part of the range.
const NARROWEST: f64 = 1e-7;

/// Cells grow in proportion to the distance from the threshold, to so many times the temperature.
const TAIL: f64 = 0.2;
const WIDEST: f64 = 4.0;
/// Cells to go before the cell is searched for.
const WALK: usize = 4;

impl Staircase {
    /// For gains from `-reach` to `reach`.
    pub(super) fn new(bath: &Bath, reach: f64) -> Self {
        let narrowest = NARROWEST * reach;
        let width = |from: f64| {
            let rate = bath.rate(from);
            if rate == 0.0 {
                // beyond the last threshold nothing is possible
                return 2.0 * reach;
            }
            let mut width = PART * bath.temperature().max(rate / 4.0);
            let changes = |to: f64| bath.largest_rate(from, to) > (1.0 + PART) * bath.least_rate(from, to);
            while width > narrowest && changes(from + width) {
                width *= 0.7;
            }
            // rates that are small already may change by more
            let tail = (TAIL * (from - bath.bias())).min(WIDEST * bath.temperature());
            width.max(PART * tail).max(narrowest)
        };
        let mut edges = vec![-reach];
        let mut at = -reach;
        while at < reach {
            at = (at + width(at)).min(reach);
            edges.push(at);
        }
        let cells = edges.len() - 1;
        // what is impossible has no bound but 0
        let possible = |cell: usize| bath.rate(edges[cell]) > 0.0;
        let lowest = |cell: usize| edges[if possible(cell) { cell.saturating_sub(1) } else { cell }];
        let around = |cell: usize| (lowest(cell), edges[(cell + 2).min(cells)]);
        let largest = (0..cells).map(|cell| {
            let (low, high) = around(cell);
            bath.largest_rate(low, high)
        });
        let least = (0..cells).map(|cell| {
            let (low, high) = around(cell);
            bath.least_rate(low, high)
        });
        let (largest, least) = (largest.collect(), least.collect());
        let low = (0..cells).map(lowest).collect();
        Self { edges, low, largest, least }
    }

    /// Bounds around a gain, found from a cell not far from its own.
    #[inline]
    pub(super) fn step(&self, gain: f64, near: &mut u32) -> Step {
        let cells = self.largest.len();
        let mut cell = *near as usize;
        for _ in 0..WALK {
            if gain < self.edges[cell] && cell > 0 {
                cell -= 1;
            } else if gain > self.edges[cell + 1] && cell + 1 < cells {
                cell += 1;
            } else {
                break;
            }
        }
        if gain < self.edges[cell] || gain > self.edges[cell + 1] {
            cell = self.edges.partition_point(|&edge| edge <= gain).clamp(1, cells) - 1;
        }
        *near = cell as u32;
        Step {
            low: self.low[cell],
            high: self.edges[(cell + 2).min(cells)],
            largest: self.largest[cell],
            least: self.least[cell],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Rates lie between the bounds: to rounding of the exponentials, which relative to a rate is 1e-13 times its exponent of at most 700.
        #[test]
        fn rates_lie_between_their_bounds(
            temperature in prop_oneof![Just(0.0), 1e-3..30.0],
            bias in prop_oneof![Just(0.0), 1e-2..100.0],
            crossover in prop_oneof![Just(f64::INFINITY), 0.03..3.0],
            left in 0.0..1.0,
            places in prop::collection::vec(0.0..1.0, 20),
        ) {
            let bath = Bath::new(temperature, bias, crossover).unwrap().off_centre(left).unwrap();
            let staircase = Staircase::new(&bath, 20.0);
            let mut cell = 0;
            for place in places {
                let step = staircase.step(40.0 * (place - 0.5), &mut cell);
                for part in [0.0, 0.3, 0.7, 1.0] {
                    let rate = bath.rate(step.low + part * (step.high - step.low));
                    prop_assert!(rate <= step.largest * (1.0 + 1e-12), "{} {:?}", rate, step);
                    prop_assert!(rate >= step.least * (1.0 - 1e-12), "{} {:?}", rate, step);
                }
            }
        }
    }
}
