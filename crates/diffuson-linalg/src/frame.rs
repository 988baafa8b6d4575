//! Frames of orthonormal columns under a three-term recursion, over the real numbers, the complex numbers or the quaternions.
//!
//! A frame is a tall matrix of N columns whose upper and lower halves hold `x_n` and `x_{n-1}`, N rows each. [`Frame::propagate`] takes it through
//! `x_{n+1} = C_n x_n - x_{n-1}` with sparse Hermitian `C_n`, and makes its columns orthonormal again: `A = Q R`, of which the diagonal of R is returned.
//! Columns ordered by growth stay so. Numbers have D = 1, 2 or 4 real components; matrices act from the left, numbers on columns from the right.
//!
//! **Layout.** Columns stand in panels of 16; a panel is stored site by site, a number of the upper half beside that of the lower one, so that one row of it is two
//! vectors of eight numbers, a coefficient of C is a broadcast, and no product needs its operands packed. Vectors of any width make the same sums in the same order: results do not depend on the instructions.
//!
//! **Passes.** Four panels at a time go through all steps, and lose to the panels before them, `A_j -= Q_k (Q_k^+ A_j)` for one k after the other: while a block of
//! rows of A_j is in the first-level cache, Q_k is removed from it and its overlaps with Q_(k+1) are taken. A panel is made orthonormal by the Cholesky factors of
//! its overlaps with itself, for as many columns at a time as rounding allows, or column by column where these are few; then it is removed from the others of the
//! four.
//!
//! **Rounding.** This is the modified Gram-Schmidt method by panels. Its R is as accurate as Householder's (Bjorck, BIT 7, 1 (1967)): `R_jj` loses
//! `epsilon |a_j| / R_jj`. Cholesky factors would lose the square of that within the panel; their columns end where this is more than a
//! quarter of it, and more than `2^6 epsilon`. What is lost in orthogonality is an admixture of earlier columns to later ones, which the next R_jj do not see to first
//! order, as they do not depend on it when it is exact: no second pass is needed.
//!
//! Operations: of the orthonormalisation `4 D^2 N^3` (half of them multiplications) and some `50 D^2 N^2` within panels, each step `2 N D^2` for each entry of C
//! and column.

mod gram_schmidt;
mod panel;
mod recursion;

use gram_schmidt::{empty, orthonormalise, sweep};
use panel::{PANEL, Row, Square, overlap};
use pulp::{Arch, Simd, WithSimd};
use recursion::advance;

/// Panels that go through the recursion together, so that those before them are read once for all.
const GROUP: usize = 4;

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
    /// Which number of a site is of the upper half: 0 or 1.
    upper: usize,
    /// Panel after panel; in each site after site, half after half, component after component.
    panels: Aligned,
    /// Overlaps of the panels of a group with one panel and with the next one.
    overlaps: Vec<Square<D>>,
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
        let mut panels = Aligned::zeros(cols.div_ceil(PANEL) * height);
        for j in 0..cols {
            let column = f(j);
            assert_eq!(column.len(), order * D, "a column of the upper half");
            let panel = &mut panels.rows_mut()[j / PANEL * height..];
            let upper = panel.chunks_exact_mut(2 * D).flat_map(|site| &mut site[..D]);
            upper.zip(column).for_each(|(row, x)| row[j % PANEL] = x);
        }
        Self { order, cols, upper: 0, panels, overlaps: vec![empty(); 2 * GROUP] }
    }

    /// Component `c` of entry (i, j); rows of the lower half follow those of the upper one.
    pub fn get(&self, i: usize, j: usize, c: usize) -> f64 {
        let n = self.order;
        let (half, site) = ((i / n) ^ self.upper, i % n);
        self.panels.rows()[((j / PANEL * n + site) * 2 + half) * D + c][j % PANEL]
    }

    /// Takes all columns through the steps and makes them orthonormal, `A = Q R`: `diagonal[j] = R_jj`, `growth[j] = |a_j|` the norm of column j of A.
    ///
    /// What is not finite is not caught, and shows in the results.
    ///
    /// # Panics
    /// If the shapes do not match.
    pub fn propagate(&mut self, steps: Steps<'_, D>, diagonal: &mut [f64], growth: &mut [f64]) {
        Arch::new().dispatch(self.propagation(steps, diagonal, growth));
    }

    /// What is to be done, for any set of instructions.
    fn propagation<'f>(
        &'f mut self,
        steps: Steps<'f, D>,
        diagonal: &'f mut [f64],
        growth: &'f mut [f64],
    ) -> Propagation<'f, D> {
        let (n, m) = (self.order, steps.pattern.entries());
        let count = steps.diagonals.len() / n.max(1);
        assert_eq!((steps.pattern.order(), steps.diagonals.len()), (n, count * n), "whole steps");
        assert!([m, count * m].contains(&steps.entries.len()), "entries of one step, or of all");
        assert_eq!([diagonal.len(), growth.len()], [self.cols; 2], "one number a column");
        let now = self.upper;
        self.upper ^= count & 1;
        let (panels, overlaps) = (self.panels.rows_mut(), &mut self.overlaps[..]);
        Propagation { steps, now, panels, overlaps, diagonal, growth }
    }

    /// How far the columns are from orthonormal, `max |Q^+ Q - 1|`, and from a frame that carries no current, `max |Q^+ J Q|` with `J = (0, 1; -1, 0)`: the
    /// recursion conserves `x_n^+ x'_{n-1} - x_{n-1}^+ x'_n` of any two columns.
    pub fn defects(&self) -> [f64; 2] {
        Arch::new().dispatch(Defects(self))
    }
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
    now: usize,
    panels: &'f mut [Row],
    overlaps: &'f mut [Square<D>],
    diagonal: &'f mut [f64],
    growth: &'f mut [f64],
}

impl<const D: usize> WithSimd for Propagation<'_, D> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // a row in vectors of the machine, and as many rows or columns of Q, and panels at a time, as leave registers free
        match S::F64_LANES {
            8 => self.run::<S, 2, 8, 2>(simd),
            4 => self.run::<S, 4, 2, 1>(simd),
            2 => self.run::<S, 8, 2, 1>(simd),
            _ => self.run::<S, 16, 1, 1>(simd),
        }
    }
}

impl<const D: usize> Propagation<'_, D> {
    #[inline(always)]
    fn run<S: Simd, const W: usize, const TILE: usize, const P: usize>(self, simd: S) {
        let height = 2 * self.steps.pattern.order() * D;
        let wide = GROUP * PANEL;
        let (mut shares, mut overlaps) = self.overlaps.split_at_mut(GROUP);
        let results = self.diagonal.chunks_mut(wide).zip(self.growth.chunks_mut(wide));
        for (group, (diagonal, growth)) in results.enumerate() {
            let first = group * GROUP;
            let (before, group) = self.panels.split_at_mut(first * height);
            let group = &mut group[..growth.len().div_ceil(PANEL) * height];
            advance::<S, D, W, P>(simd, group, self.now, self.steps, growth);
            let mut last = None;
            for next in before.chunks_exact(height).map(Some).chain([None]) {
                let remove = last.map(|q| (q, &shares[..]));
                sweep::<S, D, W, TILE>(simd, remove, next, group, height, overlaps);
                std::mem::swap(&mut shares, &mut overlaps);
                last = next;
            }
            let mut rest = group;
            for (growth, diagonal) in growth.chunks(PANEL).zip(diagonal.chunks_mut(PANEL)) {
                let (panel, others) = rest.split_at_mut(height);
                orthonormalise::<S, D, W, TILE>(
                    simd,
                    panel,
                    &mut shares[0],
                    growth,
                    diagonal,
                    others,
                    overlaps,
                );
                let remove = Some((&*panel, &overlaps[..]));
                sweep::<S, D, W, TILE>(simd, remove, None, others, height, shares);
                rest = others;
            }
        }
    }
}

/// One call of [`Frame::defects`].
struct Defects<'f, const D: usize>(&'f Frame<D>);

impl<const D: usize> WithSimd for Defects<'_, D> {
    type Output = [f64; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f64; 2] {
        match S::F64_LANES {
            8 => self.run::<S, 2, 8>(simd),
            4 => self.run::<S, 4, 2>(simd),
            2 => self.run::<S, 8, 2>(simd),
            _ => self.run::<S, 16, 1>(simd),
        }
    }
}

impl<const D: usize> Defects<'_, D> {
    #[inline(always)]
    fn run<S: Simd, const W: usize, const TILE: usize>(self, simd: S) -> [f64; 2] {
        let (panels, height) = (self.0.panels.rows(), 2 * self.0.order * D);
        let panels = || panels.chunks_exact(height.max(1));
        let mut worst = [0.0f64; 2];
        for (j, a) in panels().enumerate() {
            let (sites, _) = a.as_chunks::<D>();
            // J a, up to its sign, which changes with the parity of all steps
            let currents: Vec<Row> = sites
                .as_chunks::<2>()
                .0
                .iter()
                .flat_map(|[first, second]| second.iter().copied().chain(first.map(|x| x.map(|x| -x))))
                .collect();
            let cols = self.0.cols.saturating_sub(j * PANEL).min(PANEL);
            for (k, q) in panels().take(j + 1).enumerate() {
                for (worst, (a, unit)) in worst.iter_mut().zip([(a, 1.0), (&currents, 0.0)]) {
                    let mut overlaps = empty::<D>();
                    overlap::<S, D, W, TILE, false>(simd, q, a, &mut overlaps);
                    if k == j {
                        (0..cols).for_each(|i| overlaps[0][i][i] -= unit);
                    }
                    for defect in overlaps.iter().flatten().flat_map(|row| &row[..cols]) {
                        *worst = if defect.abs() <= *worst { *worst } else { defect.abs() };
                    }
                }
            }
        }
        worst
    }
}

#[cfg(test)]
mod tests;
