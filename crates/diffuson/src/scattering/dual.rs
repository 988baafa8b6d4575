//! Matrices that carry their derivative by energy: dual numbers, so that every line of a recursion is differentiated as it is written.

use diffuson_linalg::stream::add_dressed;
use diffuson_linalg::{
    C64, Inverter, Matrix, Op, Panel, Singular, add_hermitian_part, halve, product, product_hermitian,
    product_lower,
};

/// A matrix and, if asked for, its derivative by energy, side by side in memory, so that one product serves both.
#[derive(Clone, Debug)]
pub(super) struct Dual {
    entries: Matrix,
    cols: usize,
}

impl Dual {
    pub(super) fn zeros(rows: usize, cols: usize, with_slope: bool) -> Self {
        Self { entries: Matrix::zeros(rows, if with_slope { 2 * cols } else { cols }), cols }
    }

    pub(super) fn new(value: &Matrix, slope: Option<&Matrix>) -> Self {
        let mut dual = Self::zeros(value.rows(), value.cols(), slope.is_some());
        let (head, tail) = dual.entries.as_mut_slice().split_at_mut(value.as_slice().len());
        head.copy_from_slice(value.as_slice());
        if let Some(slope) = slope {
            tail.copy_from_slice(slope.as_slice());
        }
        dual
    }

    pub(super) fn cols(&self) -> usize {
        self.cols
    }

    pub(super) fn has_slope(&self) -> bool {
        self.entries.cols() > self.cols
    }

    pub(super) fn value(&self) -> Panel<'_> {
        self.entries.panel(0, self.cols)
    }

    pub(super) fn slope(&self) -> Option<Panel<'_>> {
        self.has_slope().then(|| self.entries.panel(self.cols, 2 * self.cols))
    }

    fn parts(&self) -> impl Iterator<Item = Panel<'_>> {
        [Some(self.value()), self.slope()].into_iter().flatten()
    }

    /// Value and derivative as matrices of their own.
    pub(super) fn to_parts(&self) -> (Matrix, Option<Matrix>) {
        let part = |p: Panel<'_>| Matrix::from_fn(self.entries.rows(), self.cols, |i, j| p.col(j)[i]);
        (part(self.value()), self.slope().map(part))
    }

    /// Replaces the block of the given shape that begins at row and column `to` by `entry(part, i, j)`, part 0 for the value, 1 for the derivative.
    pub(super) fn set_block(
        &mut self,
        to: [usize; 2],
        [rows, cols]: [usize; 2],
        entry: impl Fn(usize, usize, usize) -> C64,
    ) {
        for part in 0..self.entries.cols() / self.cols.max(1) {
            for j in 0..cols {
                let column = &mut self.entries.col_mut(part * self.cols + to[1] + j)[to[0]..to[0] + rows];
                column.iter_mut().enumerate().for_each(|(i, out)| *out = entry(part, i, j));
            }
        }
    }

    /// Entry (i, j) of the value (part 0) or the derivative (part 1).
    pub(super) fn get(&self, part: usize, i: usize, j: usize) -> C64 {
        self.entries[(i, part * self.cols + j)]
    }

    /// The square matrix whose entries are constant multiples of entries of this one, formed alike from the value and the derivative
    /// by `entry(m, i, j)`.
    pub(super) fn rearranged(&self, entry: impl Fn(Panel<'_>, usize, usize) -> C64) -> Self {
        let n = self.cols;
        let mut out = Self::zeros(n, n, self.has_slope());
        for (part, m) in self.parts().enumerate() {
            for j in 0..n {
                let column = out.entries.col_mut(part * n + j);
                column.iter_mut().enumerate().for_each(|(i, out)| *out = entry(m, i, j));
            }
        }
        out
    }

    pub(super) fn transposed(&self) -> Self {
        self.rearranged(|m, i, j| m.col(i)[j])
    }

    /// `self += factor diag(left) m diag(right)`, or `=` unless `accumulate`. A derivative of m that self has no room for is not read.
    pub(super) fn add_dressed(
        &mut self,
        accumulate: bool,
        factor: f64,
        left: &[C64],
        m: &Self,
        right: &[C64],
    ) {
        let out = self.entries.as_mut_slice();
        let m = &m.entries.as_slice()[..out.len()];
        add_dressed(out, accumulate, factor, left, m, right);
    }

    /// `self += factor other`. A derivative of other that self has no room for is not read.
    pub(super) fn add(&mut self, factor: f64, other: &Self) {
        let pairs = self.entries.as_mut_slice().iter_mut().zip(other.entries.as_slice());
        pairs.for_each(|(a, b)| *a += factor * b);
    }

    /// The real parts of the k-th diagonal entry and of its derivative.
    pub(super) fn diagonal(&self, k: usize) -> [f64; 2] {
        [self.entries[(k, k)].re, if self.has_slope() { self.entries[(k, self.cols + k)].re } else { 0.0 }]
    }

    pub(super) fn add_to_diagonal(&mut self, k: usize, [value, slope]: [f64; 2]) {
        self.entries[(k, k)] += value;
        if self.has_slope() {
            self.entries[(k, self.cols + k)] += slope;
        }
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// The inverse. Unless it must be exact, that of a singular matrix is the inverse of one altered by rounding (numbers of order 1).
    pub(super) fn inverse(&self, room: &mut Inversion, exact: bool) -> Result<Self, Singular> {
        let Inversion { inverter, a, g } = room;
        let n = self.cols;
        a.as_mut_slice().copy_from_slice(&self.entries.as_slice()[..n * n]);
        if exact {
            inverter.invert(a, g)?;
        } else {
            inverter.invert_to_rounding(a, g, 1.0)?;
        }
        let mut inverse = Self::zeros(n, n, self.has_slope());
        inverse.entries.as_mut_slice()[..n * n].copy_from_slice(g.as_slice());
        if let Some(da) = self.slope() {
            // g' = -g a' g
            let right = a;
            product(right.all_mut(), false, 1.0, plain(da), plain(g.all()));
            product(inverse.entries.panel_mut(n, 2 * n), false, -1.0, plain(g.all()), plain(right.all()));
        }
        Ok(inverse)
    }

    /// `self b`.
    pub(super) fn times(&self, b: &Self) -> Self {
        let rows = self.entries.rows();
        let mut out = Self::zeros(rows, b.cols, self.has_slope());
        out.set_product(self, b, rows);
        out
    }

    /// The Hermitian form `u_j^+ m u_j` of every column u_j and its derivative `2 Re u_j'^+ m u_j + u_j^+ m' u_j`.
    pub(super) fn column_forms(&self, m: &Self) -> Vec<[f64; 2]> {
        let by = |m: Panel<'_>| {
            let mut product_with = Matrix::zeros(self.entries.rows(), self.cols);
            product(product_with.all_mut(), false, 1.0, plain(m), plain(self.value()));
            product_with
        };
        let (mu, dmu) = (by(m.value()), m.slope().map(by));
        let dot = |a: &[C64], b: &[C64]| a.iter().zip(b).map(|(a, b)| a.re * b.re + a.im * b.im).sum::<f64>();
        let form = |j| {
            let slope = match (self.slope(), &dmu) {
                (Some(du), Some(dmu)) => {
                    2.0 * dot(du.col(j), mu.col(j)) + dot(self.value().col(j), dmu.col(j))
                }
                _ => 0.0,
            };
            [dot(self.value().col(j), mu.col(j)), slope]
        };
        (0..self.cols).map(form).collect()
    }

    /// The Hermitian form `(a m a^+)_ii` of every row of a square matrix and its derivative, for Hermitian m, of which only a half is left. Without
    /// room for derivatives those of a and m are not read.
    pub(super) fn row_forms(&self, m: &mut Self, scratch: &mut Scratch) -> Vec<[f64; 2]> {
        // half of a m, by the lower triangle of m
        let am = &mut scratch.dual;
        let (n, all) = (am.cols, am.entries.cols());
        (0..all).step_by(n.max(1)).for_each(|part| halve(m.entries.panel_mut(part, part + n)));
        product_lower(am.entries.panel_mut(0, n), false, self.value(), m.value());
        if let (true, Some(da), Some(dm)) = (am.has_slope(), self.slope(), m.slope()) {
            product_lower(am.entries.panel_mut(n, all), false, da, m.value());
            product_lower(am.entries.panel_mut(n, all), true, self.value(), dm);
        }
        let mut forms = vec![[0.0; 2]; n];
        let mut add = |part: usize, am: Panel<'_>, a: Panel<'_>| {
            for j in 0..n {
                let pairs = forms.iter_mut().zip(am.col(j).iter().zip(a.col(j)));
                pairs.for_each(|(form, (x, y))| form[part] += 2.0 * (x.re * y.re + x.im * y.im));
            }
        };
        add(0, am.value(), self.value());
        if let (Some(slope), Some(own)) = (am.slope(), self.slope()) {
            add(1, slope, self.value());
            add(1, am.value(), own);
        }
        forms
    }

    /// `Re Tr self^+ other` and its derivative.
    pub(super) fn overlap(&self, other: &Self) -> [f64; 2] {
        let dot = |a: Panel<'_>, b: Panel<'_>| -> f64 {
            (0..self.cols)
                .map(|j| a.col(j).iter().zip(b.col(j)).map(|(a, b)| a.re * b.re + a.im * b.im).sum::<f64>())
                .sum()
        };
        let slope = match (self.slope(), other.slope()) {
            (Some(a), Some(b)) => dot(a, other.value()) + dot(self.value(), b),
            _ => 0.0,
        };
        [dot(self.value(), other.value()), slope]
    }

    /// `self = a b` in the first `rows` rows: per row, column and inner index 8 real operations, with derivative 24. Without derivative
    /// of `self` those of a and b are not read.
    pub(super) fn set_product(&mut self, a: &Self, b: &Self, rows: usize) {
        let (n, all) = (self.cols, self.entries.cols());
        // a (b, b') at once, then a' b
        let value = plain(a.entries.block(0..rows, 0..a.cols));
        product(self.entries.block_mut(0..rows, 0..all), false, 1.0, value, plain(b.entries.panel(0, all)));
        if self.has_slope() {
            let slope = plain(a.entries.block(0..rows, a.cols..2 * a.cols));
            product(self.entries.block_mut(0..rows, n..all), true, 1.0, slope, plain(b.value()));
        }
    }

    /// `self = a m a^+` for Hermitian m. Without derivative of `self` those of a and m are not read.
    pub(super) fn congruence(
        &mut self,
        WithAdjoint { a, adjoint }: &WithAdjoint,
        m: &Self,
        scratch: &mut Scratch,
    ) {
        let (n, all) = (self.cols, self.entries.cols());
        let a_adjoint = plain(adjoint.all());
        let am = &mut scratch.dual.entries;
        product(am.panel_mut(0, all), false, 1.0, plain(a.value()), plain(m.entries.panel(0, all)));
        product_hermitian(self.entries.panel_mut(0, n), false, 1.0, plain(am.panel(0, n)), a_adjoint);
        if let (true, Some(da)) = (self.has_slope(), a.slope()) {
            // a m' a^+ + (a' (a m)^+ + h.c.)
            let a_dm = plain(am.panel(n, all));
            product_hermitian(self.entries.panel_mut(n, all), false, 1.0, a_dm, a_adjoint);
            let rest = &mut scratch.plain;
            product(rest.all_mut(), false, 1.0, plain(da), (am.panel(0, n), Op::Adjoint));
            add_hermitian_part(self.entries.panel_mut(n, all), rest.all());
        }
    }
}

/// A matrix with its adjoint, from which it is read faster than backwards.
pub(super) struct WithAdjoint {
    a: Dual,
    /// Of the value.
    adjoint: Matrix,
}

impl WithAdjoint {
    pub(super) fn new(a: Dual) -> Self {
        let value = a.value();
        Self { adjoint: Matrix::from_fn(a.cols, a.cols, |i, j| value.col(i)[j].conj()), a }
    }
}

/// Room for the inversion of square matrices.
pub(super) struct Inversion {
    inverter: Inverter,
    a: Matrix,
    g: Matrix,
}

impl Inversion {
    pub(super) fn new(order: usize) -> Self {
        let zeros = || Matrix::zeros(order, order);
        Self { inverter: Inverter::new(order), a: zeros(), g: zeros() }
    }
}

/// Room for intermediate products of square matrices.
#[derive(Debug)]
pub(super) struct Scratch {
    dual: Dual,
    plain: Matrix,
}

impl Scratch {
    pub(super) fn new(order: usize, with_slope: bool) -> Self {
        let extra = if with_slope { order } else { 0 };
        Self { dual: Dual::zeros(order, order, with_slope), plain: Matrix::zeros(extra, extra) }
    }
}

fn plain(m: Panel<'_>) -> (Panel<'_>, Op) {
    (m, Op::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: usize = 9;
    const STEP: f64 = 1e-5;

    /// A matrix that depends on the energy, with its derivative.
    fn dual(seed: f64, hermitian: bool, e: f64) -> Dual {
        let entry = |i: usize, j: usize, e: f64| {
            let z = |i: usize, j: usize| {
                let x = seed + 0.7 * i as f64 + 1.9 * j as f64;
                C64::new((x + e).sin() + if i == j { 3.0 } else { 0.0 }, (1.3 * x - 2.0 * e).cos())
            };
            if hermitian { z(i, j) + z(j, i).conj() } else { z(i, j) }
        };
        let value = Matrix::from_fn(N, N, |i, j| entry(i, j, e));
        let slope =
            Matrix::from_fn(N, N, |i, j| (entry(i, j, e + STEP) - entry(i, j, e - STEP)) / (2.0 * STEP));
        Dual::new(&value, Some(&slope))
    }

    /// The derivative of f against a difference of its values.
    fn check(what: &str, f: impl Fn(f64) -> Dual) {
        let [(low, _), (high, _)] = [0.2 - STEP, 0.2 + STEP].map(|e| f(e).to_parts());
        let (value, slope) = f(0.2).to_parts();
        let slope = slope.unwrap();
        for (k, s) in slope.as_slice().iter().enumerate() {
            let difference = (high.as_slice()[k] - low.as_slice()[k]) / (2.0 * STEP);
            // truncation and rounding of the difference
            let allowed = 1e-7 * (1.0 + value.max_norm() + slope.max_norm());
            assert!((s - difference).norm() < allowed, "{what}: {s} {difference}");
        }
    }

    #[test]
    fn every_operation_obeys_its_product_rule() {
        let (a, m) = (|e| dual(0.3, false, e), |e| dual(1.1, true, e));
        let v: Vec<C64> = (0..N).map(|k| C64::from_polar(1.0, k as f64)).collect();
        check("product", |e| a(e).times(&m(e)));
        check("inverse", |e| a(e).inverse(&mut Inversion::new(N), true).unwrap());
        check("dressed", |e| {
            let mut out = m(e);
            out.add_dressed(true, -0.7, &v, &a(e), &v);
            out
        });
        check("transposed", |e| a(e).transposed());
        let mut scratch = Scratch::new(N, true);
        let mut forms = |e| {
            let mut out = Dual::zeros(N, N, true);
            out.congruence(&WithAdjoint::new(a(e)), &m(e), &mut scratch);
            let rows = a(e).row_forms(&mut m(e), &mut scratch);
            (out, rows)
        };
        let all = [0.2 - STEP, 0.2, 0.2 + STEP].map(&mut forms);
        check("congruence", |e| all[((e - 0.2) / STEP + 1.0).round() as usize].0.clone());
        let (whole, rows) = &all[1];
        for k in 0..N {
            let (row, entry) = (rows[k], whole.diagonal(k));
            assert!((0..2).all(|part| (row[part] - entry[part]).abs() < 1e-12), "{row:?} {entry:?}");
        }
    }

    #[test]
    fn values_alone_agree_with_values_beside_derivatives() {
        let (a, m) = (dual(0.3, false, 0.0), dual(1.1, true, 0.0));
        let of = |with_slope: bool| {
            let mut scratch = Scratch::new(N, with_slope);
            let mut out = Dual::zeros(N, N, with_slope);
            out.congruence(&WithAdjoint::new(a.clone()), &m, &mut scratch);
            out.to_parts().0
        };
        let (alone, beside) = (of(false), of(true));
        for (x, y) in alone.as_slice().iter().zip(beside.as_slice()) {
            assert!((x - y).norm() < 1e-14 * alone.max_norm(), "{x} {y}");
        }
    }
}
