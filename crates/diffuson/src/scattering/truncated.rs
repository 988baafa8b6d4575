//! Transmissions above a threshold, where all of them would not fit into memory.

use super::Exchange;
use super::transmissions::{Balance, Direction, Sums};
use diffuson_linalg::planar::Real;
use std::ops::Range;
use std::sync::Arc;

/// The transmissions T_ab above a threshold (or the derivatives T'_ab of the same pairs), 12 bytes each or 20 together.
///
/// What is dropped is known exactly, since every T_ab is computed: [`dropped`](Exchange::dropped). It connects no terminals: the sums over what is
/// kept are what [`outgoing`](Exchange::outgoing) returns, so that equal potentials still drive no current, and with T_ab = T_ba
/// currents add up to zero as before.
///
/// In a magnetic field, dropping leaves some terminals more transmission out of them than into them, others less, and charge would not be
/// conserved. What restores the balance with the least weight is added, and counts as dropped too.
///
/// An error bound: with d_a what is dropped, potentials are off by at most `w_a` times the bias, where `sum_b T_ab (w_b - w_a) = -d_a`
/// with the kept T and w = 0 at the driven terminals: an electron's steps before it reaches a driven terminal, each times `d/S` there.
#[derive(Clone, Debug)]
pub struct Truncated {
    terminals: usize,
    /// T_ab for a > b, and T_ba for a > b unless the matrix is symmetric.
    triangles: Arc<[Triangle]>,
    values: Vec<Vec<f64>>,
    balance: Balance,
    sums: Vec<f64>,
    dropped: Vec<f64>,
}

/// What an [`Exchange`] leaves out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropped<'e> {
    /// `sum_b |T_ab|` of the pairs left out, and of what balances them, by terminal.
    pub weight: &'e [f64],
    /// Number of entries kept; T_ab = T_ba are one.
    pub kept: usize,
}

/// Which entries of a triangle are kept.
#[derive(Clone, Debug, Default)]
struct Triangle {
    /// Where each row begins, then the number of entries.
    starts: Vec<usize>,
    /// The earlier terminals.
    others: Vec<u32>,
}

impl Triangle {
    fn row(&self, a: usize) -> Range<usize> {
        self.starts[a]..self.starts[a + 1]
    }
}

impl Truncated {
    fn new(terminals: usize, triangles: Arc<[Triangle]>, values: Vec<Vec<f64>>, dropped: Vec<f64>) -> Self {
        let mut into = vec![0.0; terminals];
        let mut out_of = into.clone();
        for (backward, (triangle, values)) in triangles.iter().zip(&values).enumerate() {
            for a in 0..terminals {
                let row = triangle.row(a);
                for (&b, t) in triangle.others[row.clone()].iter().zip(&values[row]) {
                    let (to, from) = if backward == 1 { (b as usize, a) } else { (a, b as usize) };
                    into[to] += t;
                    out_of[from] += t;
                }
            }
        }
        let symmetric = triangles.len() == 1;
        let mut matrix =
            Self { terminals, triangles, values, balance: Balance::default(), sums: into, dropped };
        if symmetric {
            matrix.sums.iter_mut().zip(out_of).for_each(|(s, o)| *s += o);
        } else {
            matrix.balance = Balance::of(&matrix.sums, &out_of);
            matrix.balance.add_sums(&mut matrix.sums);
            matrix.balance.add_sums(&mut matrix.dropped);
        }
        matrix
    }
}

impl Exchange for Truncated {
    fn terminals(&self) -> usize {
        self.terminals
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        out.iter_mut().zip(v.iter().zip(&self.sums)).for_each(|(o, (v, s))| *o = -v * s);
        let symmetric = self.is_symmetric();
        for (backward, (triangle, values)) in self.triangles.iter().zip(&self.values).enumerate() {
            for a in 0..self.terminals {
                let row = triangle.row(a);
                let mut sum = 0.0;
                for (&b, t) in triangle.others[row.clone()].iter().zip(&values[row]) {
                    let b = b as usize;
                    if backward == 0 {
                        sum += t * v[b];
                    }
                    if backward == 1 || symmetric {
                        out[b] += t * v[a];
                    }
                }
                out[a] += sum;
            }
        }
        self.balance.add_product(v, out);
    }

    fn outgoing(&self) -> &[f64] {
        &self.sums
    }

    fn is_symmetric(&self) -> bool {
        self.triangles.len() == 1
    }

    fn dropped(&self) -> Option<Dropped<'_>> {
        Some(Dropped { weight: &self.dropped, kept: self.values.iter().map(Vec::len).sum() })
    }
}

/// Entries above the threshold while they come.
pub(super) struct Kept {
    terminals: usize,
    threshold: f64,
    with_derivative: bool,
    triangles: Vec<Vec<Row>>,
    /// Of all T and T', kept or not.
    sums: [Sums; 2],
    /// `sum_b |T_ab|` and `sum_b |T'_ab|` of what is not kept.
    dropped: [Vec<f64>; 2],
}

#[derive(Clone, Default)]
struct Row {
    others: Vec<u32>,
    values: [Vec<f64>; 2],
}

impl Kept {
    pub(super) fn new(terminals: usize, symmetric: bool, with_derivative: bool, threshold: f64) -> Self {
        Self {
            terminals,
            threshold,
            with_derivative,
            triangles: vec![vec![Row::default(); terminals]; if symmetric { 1 } else { 2 }],
            sums: [Sums::new(terminals, symmetric), Sums::new(terminals, symmetric)],
            dropped: [vec![0.0; terminals], vec![0.0; terminals]],
        }
    }

    pub(super) fn put<T: Real>(&mut self, way: Direction, a: usize, first: usize, t: &[T], dt: &[T]) {
        let symmetric = self.triangles.len() == 1;
        let backward = way == Direction::Backward && !symmetric;
        let row = &mut self.triangles[usize::from(backward)][a];
        for (k, value) in t.iter().enumerate() {
            let (b, value) = (first + k, value.double());
            let both = [value, dt.get(k).map_or(0.0, |slope| slope.double())];
            let (to, from) = if backward { (b, a) } else { (a, b) };
            for (sums, value) in self.sums.iter_mut().zip(both) {
                sums.add(to, from, value);
            }
            // what is not a number is kept, for the audit to find
            if value <= self.threshold {
                for (dropped, value) in self.dropped.iter_mut().zip(both) {
                    dropped[to] += value.abs();
                    if symmetric {
                        dropped[from] += value.abs();
                    }
                }
                continue;
            }
            row.others.push(b as u32);
            row.values[0].push(both[0]);
            if self.with_derivative {
                row.values[1].push(both[1]);
            }
        }
    }

    pub(super) fn with_derivative(&self) -> bool {
        self.with_derivative
    }

    /// Sums over all T, and over all T', dropped ones included.
    pub(super) fn sums(&self) -> [&Sums; 2] {
        self.sums.each_ref()
    }

    pub(super) fn finish(self) -> (Truncated, Option<Truncated>) {
        let mut values: [Vec<Vec<f64>>; 2] = Default::default();
        let mut triangles = Vec::new();
        for rows in self.triangles {
            let mut triangle = Triangle { starts: vec![0], others: Vec::new() };
            let count = rows.iter().map(|row| row.others.len()).sum();
            triangle.others.reserve_exact(count);
            for (k, v) in values.iter_mut().enumerate() {
                v.push(Vec::with_capacity(if k == 0 || self.with_derivative { count } else { 0 }));
            }
            for row in rows {
                triangle.others.extend(row.others);
                triangle.starts.push(triangle.others.len());
                for (all, own) in values.iter_mut().zip(row.values) {
                    all.last_mut().expect("pushed above").extend(own);
                }
            }
            triangles.push(triangle);
        }
        let triangles: Arc<[Triangle]> = triangles.into();
        let ([t, dt], [dropped, d_dropped]) = (values, self.dropped);
        let matrix = |values, dropped| Truncated::new(self.terminals, triangles.clone(), values, dropped);
        (matrix(t, dropped), self.with_derivative.then(|| matrix(dt, d_dropped)))
    }
}
