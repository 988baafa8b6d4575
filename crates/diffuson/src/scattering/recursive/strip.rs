//! A strip of columns of the Green function on its way through the conductor.

use crate::scattering::dual::Dual;
use diffuson_linalg::C64;
use diffuson_linalg::planar::{Planar, Real};

/// A matrix with its derivative by energy beside it, as a [`Dual`] is, in the precision and the arrangement in which products are fastest.
#[derive(Clone, Debug)]
pub(super) struct Strip<T> {
    entries: Planar<T>,
    cols: usize,
}

/// The first rows of a column, real and imaginary parts, of the value and of the derivative.
pub(super) struct Column<'s, T> {
    pub(super) value: [&'s [T]; 2],
    pub(super) slope: Option<[&'s [T]; 2]>,
}

impl<T: Real> Strip<T> {
    pub(super) fn zeros(rows: usize, cols: usize, with_slope: bool) -> Self {
        Self { entries: Planar::zeros(rows, if with_slope { 2 * cols } else { cols }), cols }
    }

    /// The same matrix, rounded to T.
    pub(super) fn rounded(dual: &Dual) -> Self {
        let n = dual.cols();
        let mut strip = Self::zeros(n, n, dual.has_slope());
        strip.set_rows(0, n, |part, i, j| dual.get(part, i, j));
        strip
    }

    fn has_slope(&self) -> bool {
        self.entries.cols() > self.cols
    }

    /// Replaces `rows` rows from `to` on by `entry(part, i, j)`, part 0 for the value, 1 for the derivative.
    pub(super) fn set_rows(&mut self, to: usize, rows: usize, entry: impl Fn(usize, usize, usize) -> C64) {
        for part in 0..if self.has_slope() { 2 } else { 1 } {
            for j in 0..self.cols {
                (0..rows).for_each(|i| self.entries.set(to + i, part * self.cols + j, entry(part, i, j)));
            }
        }
    }

    /// Entry (i, j) of the value (part 0) or the derivative (part 1).
    pub(super) fn get(&self, part: usize, i: usize, j: usize) -> C64 {
        self.entries.get(i, part * self.cols + j)
    }

    /// The first `rows` rows of column j.
    pub(super) fn column(&self, j: usize, rows: usize) -> Column<'_, T> {
        let first = |j| self.entries.col(j).map(|part| &part[..rows]);
        Column { value: first(j), slope: self.has_slope().then(|| first(self.cols + j)) }
    }

    /// `self = a b` in the first `rows` rows: per row, column and inner index 6 real operations, with derivative 18.
    pub(super) fn set_product(&mut self, a: &Self, b: &Self, rows: usize) {
        let (n, all) = (self.cols, self.entries.cols());
        // a (b, b') at once, then a' b
        self.entries.begin(rows, 0..all, false, (&a.entries, 0..n), (&b.entries, 0..all));
        if self.has_slope() {
            self.entries.begin(rows, n..all, true, (&a.entries, n..all), (&b.entries, 0..n));
        }
        self.entries.finish(rows);
    }
}
