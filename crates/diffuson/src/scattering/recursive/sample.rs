//! How far what grows in single precision is from what would have grown in double precision: measured on some rows of the strips, in every run.

use super::strip::Strip;
use crate::scattering::dual::Dual;
use crate::scattering::nan_max;
use diffuson_linalg::C64;
use diffuson_linalg::planar::Real;
use std::ops::Range;

/// Rows followed, each through all later slices.
const SAMPLES: usize = 8;

/// Largest differences of entries of G and of dG/dE, and largest entries, of the rows followed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Errors {
    differences: [f64; 2],
    largest: [f64; 2],
}

impl Errors {
    /// The larger of both differences, each relative to the largest entry; none if no row was followed.
    pub(super) fn relative(&self) -> Option<f64> {
        let ratio = |part: usize| self.differences[part] / self.largest[part].max(f64::MIN_POSITIVE);
        (self.largest[0] > 0.0).then(|| nan_max(ratio(0), ratio(1)))
    }
}

/// A row of a strip, in double precision.
pub(super) struct Sample {
    /// The row of the strip, and its site.
    row: usize,
    site: usize,
    exact: Dual,
}

impl Sample {
    /// Of the given strip, counted from 0, which holds the given sites; none of most strips if there are many.
    pub(super) fn of_strip(index: usize, strips: usize, sites: Range<usize>, like: &Dual) -> Option<Self> {
        if !index.is_multiple_of(strips.div_ceil(SAMPLES)) {
            return None;
        }
        // anywhere in the strip, without regularity: multiples of the golden ratio
        let place = (0.5 * (5f64.sqrt() - 1.0) * (index + 1) as f64).fract();
        let row = (place * sites.len() as f64) as usize;
        let exact = Dual::zeros(1, like.cols(), like.has_slope());
        Some(Self { row, site: sites.start + row, exact })
    }

    /// Follows the row into slice x, of which `begin(part, i, j)` is the diagonal block as strips hold it, and `step` leads there from the last slice;
    /// compares it with what the strip holds.
    pub(super) fn follow<T: Real>(
        &mut self,
        x: usize,
        begin: impl Fn(usize, usize, usize) -> C64,
        step: impl Fn() -> Dual,
        strip: &Strip<T>,
        errors: &mut Errors,
    ) {
        let n = self.exact.cols();
        let own = self.site / n;
        if x < own {
            return;
        }
        if x == own {
            self.exact.set_block([0, 0], [1, n], |part, _, j| begin(part, self.site - own * n, j));
        } else {
            self.exact = self.exact.times(&step());
        }
        for part in 0..if self.exact.has_slope() { 2 } else { 1 } {
            for j in 0..n {
                let exact = self.exact.get(part, 0, j);
                let difference = (strip.get(part, self.row, j) - exact).norm();
                errors.differences[part] = nan_max(errors.differences[part], difference);
                errors.largest[part] = errors.largest[part].max(exact.norm());
            }
        }
    }
}
