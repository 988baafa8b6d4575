//! Error bars of correlated averages, from blocks of every length 2^l at once.
//!
//! H. Flyvbjerg and H. G. Petersen, J. Chem. Phys. 91, 461 (1989); the length of the blocks by R. M. Lee, G. J. Conduit, N. Nemec, P. Lopez Rios and
//! N. D. Drummond, Phys. Rev. E 83, 066706 (2011): the shortest with `B^3 > 2 n (D_B / D_1)^4`, D_B the standard error from blocks of B of the n terms. Memory
//! grows with the logarithm of the number of terms.

/// Sums over blocks of the terms of several series.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocking {
    /// The first terms: deviations from them are summed, which loses no digits of a small variance.
    reference: Vec<f64>,
    levels: Vec<Level>,
}

/// Blocks of one length.
#[derive(Clone, Debug)]
struct Level {
    blocks: u64,
    sums: Vec<f64>,
    squares: Vec<f64>,
    /// The block that waits for its neighbour.
    waiting: Vec<f64>,
}

/// The mean of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub(super) value: f64,
    pub(super) error: f64,
    /// Terms of a block.
    pub(super) length: u64,
    pub(super) blocks: u64,
    /// Variance of the mean per variance of independent terms: the number of terms over which they are correlated.
    pub(super) correlation: f64,
}

/// Blocks from which an error can be taken: it is then known to a quarter.
const FEWEST_BLOCKS: u64 = 16;

impl Blocking {
    /// Adds one term of every series.
    pub(super) fn add(&mut self, terms: &[f64]) {
        if self.levels.is_empty() {
            self.reference = terms.to_vec();
        }
        let mut block: Vec<f64> = terms.iter().zip(&self.reference).map(|(x, first)| x - first).collect();
        for level in 0.. {
            if level == self.levels.len() {
                let zeros = vec![0.0; terms.len()];
                let new = Level { blocks: 0, sums: zeros.clone(), squares: zeros, waiting: Vec::new() };
                self.levels.push(new);
            }
            let level = &mut self.levels[level];
            level.blocks += 1;
            for ((x, sum), square) in block.iter().zip(&mut level.sums).zip(&mut level.squares) {
                *sum += x;
                *square += x * x;
            }
            if level.waiting.is_empty() {
                level.waiting = block;
                return;
            }
            block.iter_mut().zip(&level.waiting).for_each(|(x, before)| *x = 0.5 * (*x + before));
            level.waiting.clear();
        }
    }

    /// Number of terms.
    pub(super) fn terms(&self) -> u64 {
        self.levels.first().map_or(0, |level| level.blocks)
    }

    /// Mean of a series. Without two terms its error is infinite.
    pub(super) fn mean(&self, series: usize) -> Mean {
        let terms = self.terms();
        let value = self.reference[series] + self.levels[0].sums[series] / terms as f64;
        let single = self.levels[0].variance_of_mean(series);
        let mut found = Mean { value, error: single.sqrt(), length: 1, blocks: terms, correlation: 1.0 };
        for (l, level) in
            self.levels.iter().enumerate().take_while(|(_, level)| level.blocks >= FEWEST_BLOCKS)
        {
            let variance = level.variance_of_mean(series);
            let correlation = if single > 0.0 { variance / single } else { 1.0 };
            found =
                Mean { error: variance.sqrt(), length: 1 << l, blocks: level.blocks, correlation, ..found };
            if (found.length as f64).powi(3) > 2.0 * terms as f64 * correlation.powi(2) {
                break;
            }
        }
        found
    }
}

impl Level {
    fn variance_of_mean(&self, series: usize) -> f64 {
        if self.blocks < 2 {
            return f64::INFINITY;
        }
        let n = self.blocks as f64;
        let mean = self.sums[series] / n;
        ((self.squares[series] / n - mean * mean) / (n - 1.0)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x_n = a x_{n-1} + noise, whose mean of N terms has the variance `(1 + a)/(1 - a) <x^2> / N`.
    #[test]
    fn errors_of_an_autoregressive_series_are_its_closed_form() {
        let (a, terms) = (0.8f64, 1 << 17);
        let (mut state, mut x) = (5u64, 0.0);
        let mut blocking = Blocking::default();
        for _ in 0..terms {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            x = a * x + ((state >> 11) as f64 / (1u64 << 53) as f64 - 0.5);
            blocking.add(&[x, 3.0]);
        }
        let mean = blocking.mean(0);
        let exact = ((1.0 + a) / (1.0 - a) / 12.0 / (1.0 - a * a) / f64::from(terms)).sqrt();
        // some 500 blocks know an error to 1/sqrt(1000) = 3 %, and are 100 times longer than the correlation: four sigma and 1 %
        assert!(mean.blocks > 200 && (mean.error / exact - 1.0).abs() < 0.14, "{mean:?} {exact}");
        assert!((mean.correlation / 9.0 - 1.0).abs() < 0.3 && mean.value.abs() < 5.0 * exact);
        let constant = blocking.mean(1);
        assert_eq!((constant.value, constant.error), (3.0, 0.0));
    }
}
