//! Stored transmissions between all terminals.

use super::Exchange;

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
        for b in 0..n {
            let column = &self.data[b * n..(b + 1) * n];
            let v_b = v[b];
            if self.symmetric {
                let (head, tail) = out.split_at_mut(b + 1);
                head[b] += axpy_dot(v_b, &column[b + 1..], &v[b + 1..], tail);
            } else {
                out.iter_mut().zip(column).for_each(|(o, t)| *o += t * v_b);
            }
        }
    }
}

/// `out += t v_b`, returning `t . v`: both uses of a stored half column in one pass.
fn axpy_dot(v_b: f64, t: &[f64], v: &[f64], out: &mut [f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let chunks = t.len() / LANES * LANES;
    let (t_head, t_tail) = t.split_at(chunks);
    let (v_head, v_tail) = v.split_at(chunks);
    let (out_head, out_tail) = out.split_at_mut(chunks);
    for ((t, v), out) in
        t_head.chunks_exact(LANES).zip(v_head.chunks_exact(LANES)).zip(out_head.chunks_exact_mut(LANES))
    {
        for k in 0..LANES {
            out[k] += t[k] * v_b;
            sums[k] += t[k] * v[k];
        }
    }
    let mut sum = sums.iter().sum();
    for ((t, v), out) in t_tail.iter().zip(v_tail).zip(out_tail) {
        *out += t * v_b;
        sum += t * v;
    }
    sum
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
