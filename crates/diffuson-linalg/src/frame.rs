//! Frames of orthonormal columns under a three-term recursion, over the real numbers, the complex numbers or the quaternions.
//!
//! A frame is a tall matrix of N columns whose upper and lower halves hold `x_n` and `x_{n-1}`, N rows each. [`Frame::propagate`] takes it through
//! `x_{n+1} = C_n x_n - x_{n-1}` with sparse Hermitian `C_n`, and makes its columns orthonormal again: `A = Q R`, of which the diagonal of R is returned.
//! Columns ordered by growth stay so. Numbers have D = 1, 2 or 4 real components; matrices act from the left, numbers on columns from the right.
//!
//! **Layout.** Columns stand in panels of 16; a panel is stored row by row, so that one row of it is two vectors of eight numbers, a coefficient of C
//! is a broadcast, and no product needs its operands packed. Each panel goes through all steps, is projected with the panels before it, and is orthonormalised
//! while it stays in the second-level cache, with three neighbours: one pass over the frame for everything.
//!
//! **Rounding.** `A_j -= Q_k (Q_k^+ A_j)` for one panel k after the other, and one column after the other within a panel, is the modified Gram-Schmidt
//! method. Its R is as accurate as Householder's (Bjorck, BIT 7, 1 (1967)): `R_jj` loses `epsilon |a_j| / R_jj`. What is lost in orthogonality is an admixture
//! of earlier columns to later ones, which the next R_jj do not see to first order, as they do not depend on it when it is exact: no second pass is needed.
//!
//! Operations: of the orthonormalisation `4 D^2 N^3` (half of them multiplications), each step `2 N D^2` for each entry of C and column.

use pulp::{Arch, Simd, WithSimd};

/// Columns of a panel.
const PANEL: usize = 16;
/// Panels that go through the recursion together, so that those before them are read once for all.
const GROUP: usize = 4;

/// One row of a panel.
type Row = [f64; PANEL];

/// Sign of the product of two quaternion units, `e_a e_b = SIGN[a][b] e_(a xor b)`; complex units are the first two.
const SIGN: [[f64; 4]; 4] =
    [[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0], [1.0, -1.0, -1.0, 1.0], [1.0, 1.0, -1.0, -1.0]];

/// Where the off-diagonal entries of a sparse matrix stand, row by row; each row may have any number of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    starts: Vec<usize>,
    columns: Vec<usize>,
}

impl Pattern {
    /// The pattern whose row i has entries in the columns `rows[i]`.
    ///
    /// # Panics
    /// If a column is not one of the square matrix.
    pub fn new(rows: &[Vec<usize>]) -> Self {
        let mut starts = vec![0];
        starts.extend(rows.iter().scan(0, |end, row| {
            *end += row.len();
            Some(*end)
        }));
        let columns = rows.concat();
        assert!(columns.iter().all(|&j| j < rows.len()), "a column beyond the last");
        Self { starts, columns }
    }

    /// Rows and columns of the matrix.
    pub fn order(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of off-diagonal entries.
    pub fn entries(&self) -> usize {
        self.columns.len()
    }
}

/// The matrices C of some steps.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'s, const D: usize> {
    /// Where off-diagonal entries stand, in every step.
    pub pattern: &'s Pattern,
    /// Real diagonals, step after step.
    pub diagonals: &'s [f64],
    /// Off-diagonal entries in the order of the pattern, step after step, or once if they are the same in every step.
    pub entries: &'s [[f64; D]],
}

/// Columns that are propagated and kept orthonormal; see the [module](self).
#[derive(Debug)]
pub struct Frame<const D: usize> {
    order: usize,
    cols: usize,
    /// Whether the upper half stands below the lower one.
    swapped: bool,
    /// Panel after panel; in each half after half, row after row, component after component.
    panels: Aligned,
    /// Each panel times the units but 1, from the right.
    turned: Aligned,
}

impl<const D: usize> Frame<D> {
    /// The frame whose upper half has the columns `f(j)` of `order` numbers, component by component; the lower half is zero. Columns need not be orthonormal
    /// before the first call of [`propagate`](Self::propagate).
    ///
    /// # Panics
    /// If D is not 1, 2 or 4, or a column has another length.
    pub fn new(order: usize, cols: usize, mut f: impl FnMut(usize) -> Vec<f64>) -> Self {
        assert!([1, 2, 4].contains(&D), "real, complex or quaternionic");
        let height = 2 * order * D;
        let count = cols.div_ceil(PANEL);
        let mut panels = Aligned::zeros(count * height);
        for j in 0..cols {
            let column = f(j);
            assert_eq!(column.len(), order * D, "a column of the upper half");
            let panel = &mut panels.rows_mut()[j / PANEL * height..];
            panel.iter_mut().zip(column).for_each(|(row, x)| row[j % PANEL] = x);
        }
        let turned = Aligned::zeros(count * height * (D - 1));
        Self { order, cols, swapped: false, panels, turned }
    }

    /// Component `c` of entry (i, j); rows of the lower half follow those of the upper one.
    pub fn get(&self, i: usize, j: usize, c: usize) -> f64 {
        let n = self.order;
        let i = if self.swapped { (i + n) % (2 * n) } else { i };
        self.panels.rows()[j / PANEL * 2 * n * D + i * D + c][j % PANEL]
    }

    /// Takes all columns through the steps and makes them orthonormal, `A = Q R`: `diagonal[j] = R_jj`, `growth[j] = |a_j|` the norm of column j of A.
    ///
    /// What is not finite is not caught, and shows in the results.
    ///
    /// # Panics
    /// If the shapes do not match.
    pub fn propagate(&mut self, steps: Steps<'_, D>, diagonal: &mut [f64], growth: &mut [f64]) {
        let (n, m) = (self.order, steps.pattern.entries());
        let count = steps.diagonals.len() / n.max(1);
        assert_eq!((steps.pattern.order(), steps.diagonals.len()), (n, count * n), "whole steps");
        assert!([m, count * m].contains(&steps.entries.len()), "entries of one step, or of all");
        assert_eq!([diagonal.len(), growth.len()], [self.cols; 2], "one number a column");
        let swapped = self.swapped;
        self.swapped ^= count % 2 == 1;
        let (panels, turned) = (self.panels.rows_mut(), self.turned.rows_mut());
        Arch::new().dispatch(Propagation { steps, count, swapped, panels, turned, diagonal, growth });
    }

    /// How far the columns are from orthonormal, `max |Q^+ Q - 1|`, and from a frame that carries no current, `max |Q^+ J Q|` with `J = (0, 1; -1, 0)`: the
    /// recursion conserves `x_n^+ x'_{n-1} - x_{n-1}^+ x'_n` of any two columns.
    pub fn defects(&self) -> [f64; 2] {
        let height = 2 * self.order * D;
        let (panels, turned) = (self.panels.rows(), self.turned.rows());
        let mut worst = [0.0f64; 2];
        for (j, a) in panels.chunks_exact(height).enumerate() {
            for k in 0..=j {
                let more = turned[k * height * (D - 1)..][..height * (D - 1)].chunks_exact(height);
                for (c, q) in std::iter::once(&panels[k * height..][..height]).chain(more).enumerate() {
                    let (up, down) = q.split_at(height / 2);
                    let (a_up, a_down) = a.split_at(height / 2);
                    let straight = [overlap(up, a_up), overlap(down, a_down)];
                    let crossed = [overlap(up, a_down), overlap(down, a_up)];
                    let cols = self.cols.saturating_sub(j * PANEL).min(PANEL);
                    for i in 0..PANEL {
                        for l in 0..cols {
                            let unit = f64::from(u8::from(k == j && i == l && c == 0));
                            let defects = [
                                straight[0][i][l] + straight[1][i][l] - unit,
                                crossed[0][i][l] - crossed[1][i][l],
                            ];
                            for (worst, defect) in worst.iter_mut().zip(defects) {
                                *worst = if defect.abs() <= *worst { *worst } else { defect.abs() };
                            }
                        }
                    }
                }
            }
        }
        worst
    }
}

/// `q^T a`.
fn overlap(q: &[Row], a: &[Row]) -> [Row; PANEL] {
    let mut sums = [[0.0; PANEL]; PANEL];
    for (q, a) in q.iter().zip(a) {
        for i in 0..PANEL {
            for k in 0..PANEL {
                sums[i][k] += q[i] * a[k];
            }
        }
    }
    sums
}

/// Rows on a boundary of cache lines.
#[derive(Debug)]
struct Aligned {
    data: Vec<f64>,
    start: usize,
}

impl Aligned {
    fn zeros(rows: usize) -> Self {
        let data = vec![0.0; (rows + 1) * PANEL];
        let start = data.as_ptr().align_offset(64).min(PANEL); // of the same allocation for life
        Self { data, start }
    }

    fn rows(&self) -> &[Row] {
        self.data[self.start..][..self.data.len() - PANEL].as_chunks().0
    }

    fn rows_mut(&mut self) -> &mut [Row] {
        let length = self.data.len() - PANEL;
        self.data[self.start..][..length].as_chunks_mut().0
    }
}

/// One call of [`Frame::propagate`].
struct Propagation<'f, const D: usize> {
    steps: Steps<'f, D>,
    count: usize,
    swapped: bool,
    panels: &'f mut [Row],
    turned: &'f mut [Row],
    diagonal: &'f mut [f64],
    growth: &'f mut [f64],
}

impl<const D: usize> WithSimd for Propagation<'_, D> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // a row in vectors of the machine, and as many columns of Q at a time as leave registers free
        match S::F64_LANES {
            8 => self.run::<S, 2, 8>(simd),
            4 => self.run::<S, 4, 2>(simd),
            2 => self.run::<S, 8, 2>(simd),
            _ => self.run::<S, 16, 1>(simd),
        }
    }
}

impl<const D: usize> Propagation<'_, D> {
    #[inline(always)]
    fn run<S: Simd, const W: usize, const TILE: usize>(self, simd: S) {
        let height = 2 * self.steps.pattern.order() * D;
        let more = height * (D - 1);
        let wide = GROUP * PANEL;
        let results = self.diagonal.chunks_mut(wide).zip(self.growth.chunks_mut(wide));
        for (group, (diagonal, growth)) in results.enumerate() {
            let first = group * GROUP;
            let (before, group) = self.panels.split_at_mut(first * height);
            let (turned_before, turned) = self.turned.split_at_mut(first * more);
            let group = &mut group[..growth.len().div_ceil(PANEL) * height];
            for (panel, growth) in group.chunks_exact_mut(height).zip(growth.chunks_mut(PANEL)) {
                advance::<S, D, W>(simd, panel, self.swapped, self.count, self.steps);
                norms::<S, W>(simd, panel, growth);
            }
            for k in 0..first {
                let (basis, turned) = (&before[k * height..][..height], &turned_before[k * more..][..more]);
                for panel in group.chunks_exact_mut(height) {
                    project_all::<S, W, TILE>(simd, basis, turned, panel);
                }
            }
            for (j, diagonal) in diagonal.chunks_mut(PANEL).enumerate() {
                let (before, panel) = group.split_at_mut(j * height);
                let (turned_before, turned) = turned.split_at_mut(j * more);
                let panel = &mut panel[..height];
                for k in 0..j {
                    let (basis, turned) =
                        (&before[k * height..][..height], &turned_before[k * more..][..more]);
                    project_all::<S, W, TILE>(simd, basis, turned, panel);
                }
                orthonormalise::<S, D, W>(simd, panel, diagonal);
                for c in 1..D {
                    turn::<D>(panel, c, &mut turned[(c - 1) * height..][..height]);
                }
            }
        }
    }
}

/// Removes a panel, times all units, from another one.
#[inline(always)]
fn project_all<S: Simd, const W: usize, const TILE: usize>(
    simd: S,
    basis: &[Row],
    turned: &[Row],
    panel: &mut [Row],
) {
    project::<S, W, TILE>(simd, basis, panel);
    for basis in turned.chunks_exact(basis.len()) {
        project::<S, W, TILE>(simd, basis, panel);
    }
}

/// A row in vectors.
#[inline(always)]
fn vectors<S: Simd, const W: usize>(row: &Row) -> &[S::f64s; W] {
    &S::as_simd_f64s(row).0.as_chunks().0[0]
}

#[inline(always)]
fn vectors_mut<S: Simd, const W: usize>(row: &mut Row) -> &mut [S::f64s; W] {
    &mut S::as_mut_simd_f64s(row).0.as_chunks_mut().0[0]
}

/// `sum += factor x`.
#[inline(always)]
fn add<S: Simd, const W: usize>(simd: S, sum: &mut [S::f64s; W], factor: f64, x: &[S::f64s; W]) {
    let factor = simd.splat_f64s(factor);
    for w in 0..W {
        sum[w] = simd.mul_add_f64s(factor, x[w], sum[w]);
    }
}

#[inline(always)]
fn zero<S: Simd, const W: usize>(simd: S) -> [S::f64s; W] {
    [simd.splat_f64s(0.0); W]
}

/// All steps of one panel, in place: the new slice takes the place of the one before last.
#[inline(always)]
fn advance<S: Simd, const D: usize, const W: usize>(
    simd: S,
    panel: &mut [Row],
    swapped: bool,
    count: usize,
    steps: Steps<'_, D>,
) {
    let Steps { pattern, diagonals, entries } = steps;
    let (n, m) = (pattern.order(), pattern.entries());
    let (one, other) = panel.split_at_mut(n * D);
    let (mut now, mut last) = if swapped { (other, one) } else { (one, other) };
    for step in 0..count {
        let diagonal = &diagonals[step * n..][..n];
        let entries = if entries.len() == m { entries } else { &entries[step * m..][..m] };
        let (centres, _) = now.as_chunks::<D>();
        let (out, _) = last.as_chunks_mut::<D>();
        for (i, out) in out.iter_mut().enumerate() {
            let mut sums = [zero::<S, W>(simd); D];
            for d in 0..D {
                let before = vectors::<S, W>(&out[d]);
                for w in 0..W {
                    sums[d][w] = simd.neg_f64s(before[w]);
                }
                add(simd, &mut sums[d], diagonal[i], vectors::<S, W>(&centres[i][d]));
            }
            let row = pattern.starts[i]..pattern.starts[i + 1];
            for (&j, u) in pattern.columns[row.clone()].iter().zip(&entries[row]) {
                for d in 0..D {
                    for a in 0..D {
                        let x = vectors::<S, W>(&centres[j][a ^ d]);
                        add(simd, &mut sums[d], SIGN[a][a ^ d] * u[a], x);
                    }
                }
            }
            for d in 0..D {
                *vectors_mut::<S, W>(&mut out[d]) = sums[d];
            }
        }
        (now, last) = (last, now);
    }
}

/// Norms of the columns.
#[inline(always)]
fn norms<S: Simd, const W: usize>(simd: S, panel: &[Row], norms: &mut [f64]) {
    let mut sums = [zero::<S, W>(simd); 2];
    for rows in panel.as_chunks::<2>().0 {
        for (sum, row) in sums.iter_mut().zip(rows) {
            let x = vectors::<S, W>(row);
            for w in 0..W {
                sum[w] = simd.mul_add_f64s(x[w], x[w], sum[w]);
            }
        }
    }
    let mut squares = [0.0; PANEL];
    let out = vectors_mut::<S, W>(&mut squares);
    for w in 0..W {
        out[w] = simd.add_f64s(sums[0][w], sums[1][w]);
    }
    for (norm, square) in norms.iter_mut().zip(squares) {
        *norm = square.sqrt();
    }
}

/// `a -= q (q^T a)`.
#[inline(always)]
fn project<S: Simd, const W: usize, const TILE: usize>(simd: S, q: &[Row], a: &mut [Row]) {
    let mut overlaps = [[0.0; PANEL]; PANEL];
    for (tile, out) in overlaps.as_chunks_mut::<TILE>().0.iter_mut().enumerate() {
        let mut sums = [zero::<S, W>(simd); TILE];
        for (q, a) in q.iter().zip(a.iter()) {
            let (q, a) = (&q.as_chunks::<TILE>().0[tile], vectors::<S, W>(a));
            for i in 0..TILE {
                add(simd, &mut sums[i], q[i], a);
            }
        }
        for i in 0..TILE {
            *vectors_mut::<S, W>(&mut out[i]) = sums[i];
        }
    }
    let (q, q_rest) = q.as_chunks::<TILE>();
    let (a, a_rest) = a.as_chunks_mut::<TILE>();
    for (q, a) in q.iter().zip(a) {
        subtract::<S, W, TILE>(simd, q, &overlaps, a);
    }
    for (q, a) in q_rest.iter().zip(a_rest) {
        subtract::<S, W, 1>(simd, &[*q], &overlaps, std::array::from_mut(a));
    }
}

/// `a -= q s` for some rows.
#[inline(always)]
fn subtract<S: Simd, const W: usize, const ROWS: usize>(
    simd: S,
    q: &[Row; ROWS],
    s: &[Row; PANEL],
    a: &mut [Row; ROWS],
) {
    let mut sums = [zero::<S, W>(simd); ROWS];
    for i in 0..ROWS {
        sums[i] = *vectors::<S, W>(&a[i]);
    }
    for l in 0..PANEL {
        for i in 0..ROWS {
            add(simd, &mut sums[i], -q[i][l], vectors::<S, W>(&s[l]));
        }
    }
    for i in 0..ROWS {
        *vectors_mut::<S, W>(&mut a[i]) = sums[i];
    }
}

/// Modified Gram-Schmidt within a panel: each pass removes column j from those behind it and takes the overlaps of column j + 1 with all.
#[inline(always)]
fn orthonormalise<S: Simd, const D: usize, const W: usize>(simd: S, panel: &mut [Row], diagonal: &mut [f64]) {
    let (rows, _) = panel.as_chunks_mut::<D>();
    let mut overlaps = [zero::<S, W>(simd); D];
    for row in rows.iter() {
        add_overlaps(simd, row, 0, &mut overlaps);
    }
    let mut scale = [0.0; PANEL];
    for (j, r) in diagonal.iter_mut().enumerate() {
        let mut factors = [[0.0; PANEL]; D];
        for c in 0..D {
            *vectors_mut::<S, W>(&mut factors[c]) = overlaps[c];
        }
        let square = factors[0][j];
        *r = square.sqrt();
        scale[j] = 1.0 / *r;
        for c in 0..D {
            for k in 0..PANEL {
                factors[c][k] = if k > j { factors[c][k] / -square } else { 0.0 };
            }
        }
        let mut shares = [zero::<S, W>(simd); D];
        for c in 0..D {
            shares[c] = *vectors::<S, W>(&factors[c]);
        }
        overlaps = [zero::<S, W>(simd); D];
        let next = (j + 1).min(PANEL - 1);
        for row in rows.iter_mut() {
            let mut column = [0.0; D];
            for d in 0..D {
                column[d] = row[d][j];
            }
            for d in 0..D {
                for c in 0..D {
                    let x = SIGN[c ^ d][c] * column[c ^ d];
                    add(simd, vectors_mut::<S, W>(&mut row[d]), x, &shares[c]);
                }
            }
            add_overlaps(simd, row, next, &mut overlaps);
        }
    }
    let scale = *vectors::<S, W>(&scale);
    for row in panel {
        let row = vectors_mut::<S, W>(row);
        for w in 0..W {
            row[w] = simd.mul_f64s(row[w], scale[w]);
        }
    }
}

/// Adds what one row contributes to the overlaps of column j, times each unit, with all columns.
#[inline(always)]
fn add_overlaps<S: Simd, const D: usize, const W: usize>(
    simd: S,
    row: &[Row; D],
    j: usize,
    overlaps: &mut [[S::f64s; W]; D],
) {
    for c in 0..D {
        for d in 0..D {
            let x = SIGN[c ^ d][c] * row[c ^ d][j];
            add(simd, &mut overlaps[c], x, vectors::<S, W>(&row[d]));
        }
    }
}

/// The panel times unit `c` from the right: `(x e_c)_d = SIGN[c ^ d][c] x_(c ^ d)`.
#[inline(always)]
fn turn<const D: usize>(panel: &[Row], c: usize, out: &mut [Row]) {
    for (row, out) in panel.as_chunks::<D>().0.iter().zip(out.as_chunks_mut::<D>().0) {
        for d in 0..D {
            let sign = SIGN[c ^ d][c];
            for k in 0..PANEL {
                out[d][k] = sign * row[c ^ d][k];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        }
    }

    /// Hamilton's product, whose first components alone are the complex and the real one.
    fn times<const D: usize>(a: [f64; D], b: [f64; D]) -> [f64; D] {
        let pad = |x: [f64; D]| -> [f64; 4] { std::array::from_fn(|i| if i < D { x[i] } else { 0.0 }) };
        let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (pad(a), pad(b));
        let product = [
            a0 * b0 - a1 * b1 - a2 * b2 - a3 * b3,
            a0 * b1 + a1 * b0 + a2 * b3 - a3 * b2,
            a0 * b2 - a1 * b3 + a2 * b0 + a3 * b1,
            a0 * b3 + a1 * b2 - a2 * b1 + a3 * b0,
        ];
        std::array::from_fn(|i| product[i])
    }

    /// Diagonal of R, each entry D times, from real Gram-Schmidt, twice, of the columns times all units.
    fn naive_diagonal<const D: usize>(columns: &[Vec<[f64; D]>]) -> Vec<f64> {
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let mut diagonal = Vec::new();
        for column in columns {
            for c in 0..D {
                let unit = std::array::from_fn(|i| f64::from(u8::from(i == c)));
                let mut v: Vec<f64> = column.iter().flat_map(|&x| times(x, unit)).collect();
                for _ in 0..2 {
                    for q in &basis {
                        let s: f64 = q.iter().zip(&v).map(|(q, v)| q * v).sum();
                        v.iter_mut().zip(q).for_each(|(v, q)| *v -= s * q);
                    }
                }
                let r = v.iter().map(|v| v * v).sum::<f64>().sqrt();
                v.iter_mut().for_each(|v| *v /= r);
                basis.push(v);
                diagonal.push(r);
            }
        }
        diagonal
    }

    /// Columns on a ring, through steps with random Hermitian matrices, against products and orthonormalisation number by number.
    fn is_the_naive_recursion<const D: usize>(order: usize, cols: usize, count: usize) {
        let mut next = noise(7);
        let ring = |i: usize| vec![(i + 1) % order, (i + order - 1) % order];
        let pattern = Pattern::new(&(0..order).map(ring).collect::<Vec<_>>());
        let mut frame = Frame::<D>::new(order, cols, |_| (0..order * D).map(|_| next()).collect());
        let mut previous = Vec::new();
        for round in 0..3 {
            let diagonals: Vec<f64> = (0..count * order).map(|_| 3.0 * next()).collect();
            let mut entries = vec![[0.0; D]; count * 2 * order];
            for bonds in entries.chunks_exact_mut(2 * order) {
                for i in 0..order {
                    let bond: [f64; D] = std::array::from_fn(|_| next());
                    bonds[2 * i] = bond;
                    bonds[2 * ((i + 1) % order) + 1] =
                        std::array::from_fn(|c| if c == 0 { bond[0] } else { -bond[c] });
                }
            }
            let entry = |f: &Frame<D>, i, j| -> [f64; D] { std::array::from_fn(|c| f.get(i, j, c)) };
            let columns: Vec<Vec<[f64; D]>> = (0..cols)
                .map(|j| {
                    let mut now: Vec<_> = (0..order).map(|i| entry(&frame, i, j)).collect();
                    let mut last: Vec<_> = (0..order).map(|i| entry(&frame, order + i, j)).collect();
                    for (diagonal, bonds) in
                        diagonals.chunks_exact(order).zip(entries.chunks_exact(2 * order))
                    {
                        let new = (0..order).map(|i| {
                            let neighbours = [
                                (bonds[2 * i], (i + 1) % order),
                                (bonds[2 * i + 1], (i + order - 1) % order),
                            ];
                            let [right, left] = neighbours.map(|(u, j)| times(u, now[j]));
                            std::array::from_fn(|c| diagonal[i] * now[i][c] - last[i][c] + right[c] + left[c])
                        });
                        (now, last) = (new.collect(), now);
                    }
                    now.into_iter().chain(last).collect()
                })
                .collect();
            let (mut diagonal, mut growth) = (vec![0.0; cols], vec![0.0; cols]);
            let steps = Steps { pattern: &pattern, diagonals: &diagonals, entries: &entries };
            frame.propagate(steps, &mut diagonal, &mut growth);
            let naive = naive_diagonal(&columns);
            for j in 0..cols {
                let norm = columns[j].iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
                assert!((growth[j] / norm - 1.0).abs() < 1e-13, "column {j}");
                // |a_j| / R_jj roundings of some tens of operations each
                let allowed = 1e-14 * (1.0 + growth[j] / diagonal[j]);
                for c in 0..D {
                    let error = (diagonal[j] / naive[j * D + c] - 1.0).abs();
                    assert!(error < allowed, "round {round}, column {j}: {error:e} of {allowed:e}");
                }
            }
            let [orthogonality, _] = frame.defects();
            assert!(orthogonality < 1e-9, "{orthogonality:e}");
            if round > 0 {
                assert_ne!(previous, diagonal);
            }
            previous = diagonal;
        }
    }

    #[test]
    fn frames_follow_the_recursion_over_all_three_numbers() {
        for (order, cols, count) in [(3, 3, 1), (20, 20, 3), (9, 5, 4), (19, 18, 2), (40, 35, 2)] {
            is_the_naive_recursion::<1>(order, cols, count);
            is_the_naive_recursion::<2>(order, cols, count);
            is_the_naive_recursion::<4>(order, cols, count);
        }
    }

    /// Real bars of 4 x 4 sites at W = 16.5, the same energies at every interval. The spread of growth is 1.2 a step, so that an interval of 12 loses
    /// `epsilon exp(14)` = 3e-10 of the smallest R_jj on average; eight digits of the mean are asked for.
    #[test]
    fn rates_do_not_depend_on_the_interval() {
        let side = 4;
        let n = side * side;
        let neighbours = |i: usize| {
            let (y, z) = (i / side, i % side);
            let at = |y: usize, z: usize| (y % side) * side + z % side;
            vec![at(y + 1, z), at(y + side - 1, z), at(y, z + 1), at(y, z + side - 1)]
        };
        let pattern = Pattern::new(&(0..n).map(neighbours).collect::<Vec<_>>());
        let entries = vec![[-1.0]; pattern.entries()];
        let rates = [1, 2, 4, 8, 12].map(|interval: usize| {
            let (mut start, mut energies) = (noise(1), noise(2));
            let mut frame = Frame::<1>::new(n, n, |_| (0..n).map(|_| start()).collect());
            let (mut diagonal, mut growth) = (vec![0.0; n], vec![0.0; n]);
            let mut rate = 0.0;
            for done in (0..4800).step_by(interval) {
                let diagonals: Vec<f64> = (0..interval * n).map(|_| 16.5 * energies()).collect();
                let steps = Steps { pattern: &pattern, diagonals: &diagonals, entries: &entries };
                frame.propagate(steps, &mut diagonal, &mut growth);
                if done >= 480 {
                    rate += diagonal[n - 1].ln() / 4320.0;
                }
            }
            rate
        });
        assert!((1.0..2.5).contains(&(4.0 * rates[0])), "{rates:?}");
        assert!(rates.iter().all(|rate| (rate / rates[0] - 1.0).abs() < 1e-8), "{rates:?}");
    }
}
