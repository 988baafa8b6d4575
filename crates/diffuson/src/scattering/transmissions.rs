//! Stored transmissions between all terminals.

use super::Exchange;
use diffuson_linalg::stream::symmetric_product;

/// The matrix T_ab of transmissions from b into a, or of their derivatives or thermal averages; the diagonal is zero.
///
/// Stored column by column; of a symmetric matrix only the entries with a > b are kept, and the memory of the others is never touched.
#[derive(Clone, Debug, PartialEq)]
pub struct Transmissions {
    terminals: usize,
    symmetric: bool,
    data: Vec<f64>,
    row_sums: Vec<f64>,
}

impl Transmissions {
    /// The zero matrix, to be filled by [`entries`](Self::entries) and closed by [`finish`](Self::finish).
    pub(crate) fn zeros(terminals: usize, symmetric: bool) -> Self {
        Self { terminals, symmetric, data: vec![0.0; terminals * terminals], row_sums: vec![0.0; terminals] }
    }

    /// The entries T_{a,b} for a in `from..to`, for writing. A symmetric matrix ignores those with a <= b.
    pub(crate) fn entries(&mut self, from: usize, to: usize, b: usize) -> &mut [f64] {
        &mut self.data[b * self.terminals + from..b * self.terminals + to]
    }

    /// Sets T_ab (and T_ba of a symmetric matrix).
    pub(crate) fn set(&mut self, a: usize, b: usize, value: f64) {
        let (a, b) = if self.symmetric { (a.max(b), a.min(b)) } else { (a, b) };
        self.data[b * self.terminals + a] = value;
    }

    /// Clears the diagonal and sums the rows.
    pub(crate) fn finish(&mut self) {
        let n = self.terminals;
        for a in 0..n {
            self.data[a * n + a] = 0.0;
        }
        let mut sums = vec![0.0; n];
        self.add_product(&vec![1.0; n], &mut sums);
        self.row_sums = sums;
    }

    /// `self += weight * other`: builds thermal averages.
    ///
    /// # Panics
    /// If the two differ in size or symmetry.
    pub fn add(&mut self, weight: f64, other: &Self) {
        assert_eq!((self.terminals, self.symmetric), (other.terminals, other.symmetric));
        let n = self.terminals;
        for b in 0..n {
            let from = b * n + if self.symmetric { b } else { 0 };
            let column = &mut self.data[from..(b + 1) * n];
            column.iter_mut().zip(&other.data[from..(b + 1) * n]).for_each(|(x, y)| *x += weight * y);
        }
        self.row_sums.iter_mut().zip(&other.row_sums).for_each(|(x, y)| *x += weight * y);
    }

    /// A zero matrix of the same size and symmetry.
    pub fn zeros_like(&self) -> Self {
        Self::zeros(self.terminals, self.symmetric)
    }

    /// T_ab, from b into a.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        let (a, b) = if self.symmetric { (a.max(b), a.min(b)) } else { (a, b) };
        self.data[b * self.terminals + a]
    }

    /// `sum_a T_ab` for every b.
    pub fn column_sums(&self) -> Vec<f64> {
        if self.symmetric {
            return self.row_sums.clone();
        }
        self.data.chunks_exact(self.terminals.max(1)).map(|column| column.iter().sum()).collect()
    }

    /// `max_a sum_b |T_ab|`.
    pub(crate) fn largest_absolute_row_sum(&self) -> f64 {
        let n = self.terminals;
        let mut sums = vec![0.0; n];
        for b in 0..n {
            let start = if self.symmetric { b + 1 } else { 0 };
            for a in start..n {
                let t = self.data[b * n + a].abs();
                sums[a] += t;
                if self.symmetric {
                    sums[b] += t;
                }
            }
        }
        sums.into_iter().fold(0.0, f64::max)
    }

    /// `out += T v`. Reads each stored number once.
    fn add_product(&self, v: &[f64], out: &mut [f64]) {
        let n = self.terminals;
        if self.symmetric {
            return symmetric_product(&self.data, v, out);
        }
        for (column, v_b) in self.data.chunks_exact(n.max(1)).zip(v) {
            out.iter_mut().zip(column).for_each(|(o, t)| *o += t * v_b);
        }
    }
}

impl Exchange for Transmissions {
    fn terminals(&self) -> usize {
        self.terminals
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        out.iter_mut().zip(v.iter().zip(&self.row_sums)).for_each(|(o, (v, s))| *o = -v * s);
        self.add_product(v, out);
    }

    fn outgoing(&self) -> &[f64] {
        &self.row_sums
    }

    fn is_symmetric(&self) -> bool {
        self.symmetric
    }

    fn transmission(&self, a: usize, b: usize) -> f64 {
        self.get(a, b)
    }

    fn stored(&self) -> Option<&Transmissions> {
        Some(self)
    }
}
