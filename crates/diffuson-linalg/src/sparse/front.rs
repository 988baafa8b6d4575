//! Elimination of the rows of one front.
//!
//! A front of f rows holds k rows to be eliminated and m others. Pivots are blocks: with P the block of some rows to be eliminated and B
//! the rows below it, `L = B P^-1` and what is left loses `L B^T` (`L B^+` for Hermitian matrices, `L C` with its own C right of P for
//! general ones). A block is accepted if no entry of L exceeds [`GROWTH`]; else pivots of one and two rows are looked for, and rows for
//! which there are none are left to the parent, where they meet more rows. So no pivot amplifies rounding by more than that factor.

use super::scalar::{
    Block, Scalar, Second, by_columns, exceeds, invert, larger, largest, multiply, subtract_lower,
};
use std::ops::Range;

/// Rows of a pivot block.
pub(super) const PIVOT_BLOCK: usize = 16;

/// Columns kept up to date with every pivot; those behind them lose the pivots of as many columns at once.
const PANEL: usize = 64;

/// Largest entry allowed in L.
const GROWTH: f64 = 10.0;

/// Largest product of an entry of a pivot block and one of its inverse: the inverse is used as it stands.
const CONDITION: f64 = 50.0;

/// What is known of the entries above the diagonal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// They mirror those below.
    Symmetric,
    /// They are the complex conjugates of those below.
    Hermitian,
    /// Nothing: they are stored, mirrored, in an array of their own.
    General,
}

impl Kind {
    fn second(self) -> Second {
        if self == Self::Hermitian { Second::Adjoint } else { Second::Transposed }
    }

    /// The mirror image of an entry, for a kind in which entries have one.
    pub(super) fn mirror<T: Scalar>(self, x: T) -> T {
        if self == Self::Hermitian { x.conjugate() } else { x }
    }
}

/// A front in elimination. `left` holds the columns of the rows to be eliminated (f x k, on and below the diagonal), `up` the mirrored
/// rows of a general matrix (f x k, below the diagonal), `right` the others (m x m; on and below the diagonal unless general).
pub(super) struct Frontal<'a, T> {
    pub(super) kind: Kind,
    pub(super) left: &'a mut [T],
    pub(super) up: &'a mut [T],
    pub(super) right: &'a mut [T],
    pub(super) k: usize,
    pub(super) m: usize,
    /// The rows to be eliminated, in their present order.
    pub(super) vars: &'a mut [u32],
    /// Whether the threads of the pool share large products.
    pub(super) parallel: bool,
}

/// Workspace of eliminations.
#[derive(Debug, Default)]
pub(super) struct Workspace<T> {
    /// B and C^T of all blocks, in the layout of `left`.
    below: Vec<T>,
    beside: Vec<T>,
    pivot: Vec<T>,
}

impl<T: Scalar> Frontal<'_, T> {
    /// Eliminates what can be; appends the number of rows of each pivot block to `blocks` and returns the number of rows eliminated, which come first.
    pub(super) fn eliminate(&mut self, work: &mut Workspace<T>, blocks: &mut Vec<u32>) -> usize {
        let f = self.k + self.m;
        grow(&mut work.below, f * self.k);
        if self.kind == Kind::General {
            grow(&mut work.beside, f * self.k);
        }
        let (mut done, mut end, mut progress) = (0, self.k, false);
        // columns before `fresh` have lost all pivots, the others those before `lost`
        let (mut fresh, mut lost) = (0, 0);
        while done < self.k {
            if done == end {
                // what was set aside is tried again if anything has changed since
                if !progress {
                    break;
                }
                (end, progress) = (self.k, false);
            }
            if done == fresh {
                self.update(lost..done, done..self.k, work);
                (lost, fresh) = (done, (done + PANEL).min(self.k));
            }
            let size = PIVOT_BLOCK.min(end - done).min(fresh - done);
            if self.try_block(done, size, fresh, work) {
                blocks.push(size as u32);
                done += size;
                progress = true;
                continue;
            }
            self.update(lost..done, fresh..self.k, work);
            (lost, fresh) = (done, self.k);
            let mut window = size;
            while let Some(pivot) = self.find(done, window) {
                let rows = pivot.len();
                pivot.into_iter().enumerate().for_each(|(i, row)| self.swap(done + i, row));
                self.load_pivot(done, rows, work);
                self.divide(done, rows, work);
                self.commit(done, rows, fresh, work);
                blocks.push(rows as u32);
                done += rows;
                window -= rows;
                progress = true;
            }
            for failed in (done..done + window).rev() {
                end -= 1;
                self.swap(failed, end);
            }
        }
        let ahead = Block::of(self.left, f, [self.k, 0], [self.m, done]);
        let work = &*work;
        if self.kind == Kind::General {
            let beside = Block::of(&work.beside, f, [self.k, 0], [self.m, done]);
            let weight = if self.parallel { self.m * done } else { 0 };
            by_columns(self.right, self.m, 0..self.m, PANEL, weight, &|columns, out| {
                let beside = beside.rows(columns);
                multiply(out, self.m, true, ahead, beside, Second::Transposed);
            });
        } else {
            let below = Block::of(&work.below, f, [self.k, 0], [self.m, done]);
            subtract_lower(self.right, self.m, ahead, below, self.kind.second(), self.parallel);
        }
        done
    }

    /// Eliminates `size` rows from `at` on as one block, if that is sound; else leaves all as it was.
    fn try_block(&mut self, at: usize, size: usize, fresh: usize, work: &mut Workspace<T>) -> bool {
        let condition = self.load_pivot(at, size, work);
        let rest = self.k + self.m - at - size;
        // NaN is not sound
        if !(condition <= if rest > 0 { CONDITION } else { f64::MAX }) {
            return false;
        }
        if self.divide(at, size, work) {
            self.commit(at, size, fresh, work);
            return true;
        }
        let f = self.k + self.m;
        for j in at..at + size {
            let col = j * f + at + size..(j + 1) * f;
            self.left[col.clone()].copy_from_slice(&work.below[col.clone()]);
            if self.kind == Kind::General {
                self.up[col.clone()].copy_from_slice(&work.beside[col]);
            }
        }
        false
    }

    /// L of the block whose inverse is loaded (and U of a general matrix) in place of what stands there, which goes to the workspace; returns
    /// whether no entry is too large.
    fn divide(&mut self, at: usize, size: usize, work: &mut Workspace<T>) -> bool {
        let f = self.k + self.m;
        let (from, rows) = (at + size, f - at - size);
        if rows == 0 {
            return true;
        }
        let pivot = Block::of(&work.pivot, size, [0, 0], [size, size]);
        let divide = |side: &mut [T], kept: &mut [T], op| {
            for j in at..at + size {
                let col = j * f + from..(j + 1) * f;
                kept[col.clone()].copy_from_slice(&side[col]);
            }
            let out = &mut side[at * f + from..(at + size) * f];
            multiply(out, f, false, Block::of(kept, f, [from, at], [rows, size]), pivot, op);
            !exceeds(Block::of(out, f, [0, 0], [rows, size]), GROWTH)
        };
        let l = divide(self.left, &mut work.below, Second::Plain);
        if self.kind == Kind::General {
            // U^T = C^T P^-T
            return divide(self.up, &mut work.beside, Second::Transposed) && l;
        }
        l
    }

    /// Makes the division final: stores the inverse in place of the block, in full, and takes the pivot out of the columns before `fresh`.
    fn commit(&mut self, at: usize, size: usize, fresh: usize, work: &Workspace<T>) {
        let f = self.k + self.m;
        for j in 0..size {
            let col = (at + j) * f + at;
            self.left[col..col + size].copy_from_slice(&work.pivot[j * size..(j + 1) * size]);
        }
        self.update(at..at + size, at + size..fresh, work);
    }

    /// The inverse of the block of `size` rows from `at` on; returns the product of the largest entries of both.
    fn load_pivot(&mut self, at: usize, size: usize, work: &mut Workspace<T>) -> f64 {
        let f = self.k + self.m;
        grow(&mut work.pivot, size * size);
        for j in 0..size {
            for i in j..size {
                let below = self.left[(at + j) * f + at + i];
                work.pivot[j * size + i] = below;
                if i == j && self.kind == Kind::Hermitian {
                    work.pivot[j * size + i] = T::HALF * (below + below.conjugate());
                } else if i > j {
                    work.pivot[i * size + j] = match self.kind {
                        Kind::General => self.up[(at + j) * f + at + i],
                        kind => kind.mirror(below),
                    };
                }
            }
        }
        let pivot = &mut work.pivot[..size * size];
        let before = largest(pivot);
        invert(pivot, size);
        // of a block singular to rounding the mean below may be small
        let after = largest(pivot);
        if self.kind != Kind::General {
            // the inverse as well mirrors itself; what rounding adds would not be undone on the way back
            for j in 0..size {
                for i in j..size {
                    let (below, above) = (pivot[j * size + i], pivot[i * size + j]);
                    let mean = T::HALF * (below + self.kind.mirror(above));
                    pivot[j * size + i] = mean;
                    pivot[i * size + j] = self.kind.mirror(mean);
                }
            }
        }
        before * after
    }

    /// Takes pivots out of columns.
    fn update(&mut self, pivots: Range<usize>, columns: Range<usize>, work: &Workspace<T>) {
        if pivots.is_empty() || columns.is_empty() {
            return;
        }
        let f = self.k + self.m;
        let general = self.kind == Kind::General;
        let beside = if general { &work.beside } else { &work.below };
        let second = self.kind.second();
        let (at, size) = (pivots.start, pivots.len());
        let weight = if self.parallel { (f - columns.start) * size } else { 0 };
        let take_out = |side: &mut [T], beside: &[T]| {
            let (eliminated, rest) = side.split_at_mut(columns.start * f);
            by_columns(rest, f, columns.clone(), PANEL, weight, &|columns, out| {
                let from = columns.start;
                let l = Block::of(eliminated, f, [from, at], [f - from, size]);
                let b = Block::of(beside, f, [from, at], [columns.len(), size]);
                multiply(&mut out[from..], f, true, l, b, second);
            });
        };
        take_out(self.left, beside);
        if general {
            take_out(self.up, &work.below);
        }
    }

    /// Entry (i, j) of what is left, from `left` or its mirror image.
    fn entry(&self, i: usize, j: usize) -> T {
        let f = self.k + self.m;
        if i >= j {
            return self.left[j * f + i];
        }
        match self.kind {
            Kind::General => self.up[i * f + j],
            kind => kind.mirror(self.left[i * f + j]),
        }
    }

    /// Size of the entries (i, j) and (j, i).
    fn joint(&self, i: usize, j: usize) -> f64 {
        if self.kind == Kind::General {
            self.entry(i, j).size().max(self.entry(j, i).size())
        } else {
            self.entry(i, j).size()
        }
    }

    /// A sound pivot of one or two rows among the `window` rows from `at` on, the best of its kind; rows in ascending order.
    fn find(&self, at: usize, window: usize) -> Option<Vec<usize>> {
        let f = self.k + self.m;
        let candidates = at..at + window;
        let mut best = (1.0 / GROWTH, None);
        for j in candidates.clone() {
            let largest = (at..f).filter(|&i| i != j).map(|i| self.joint(i, j)).fold(0.0, f64::max);
            let pivot = self.entry(j, j).size();
            let ratio = if largest > 0.0 { pivot / largest } else { pivot / f64::MIN_POSITIVE };
            if ratio > best.0 {
                best = (ratio, Some(vec![j]));
            }
        }
        if best.1.is_some() {
            return best.1;
        }
        let mut best = (GROWTH, None);
        for j in candidates.clone() {
            let partner = candidates
                .clone()
                .filter(|&i| i != j)
                .max_by(|&a, &b| self.joint(a, j).total_cmp(&self.joint(b, j)));
            let Some(partner) = partner else { break };
            let (p, q) = (j.min(partner), j.max(partner));
            let (a, b, c, d) = (self.entry(p, p), self.entry(p, q), self.entry(q, p), self.entry(q, q));
            let over = (a * d - b * c).reciprocal();
            let growth = (at..f)
                .filter(|&i| i != p && i != q)
                .map(|i| {
                    let (x, y) = (self.entry(i, p), self.entry(i, q));
                    let (u, v) = (self.entry(p, i), self.entry(q, i));
                    let rows = [(x * d - y * c) * over, (y * a - x * b) * over];
                    let cols = [(d * u - b * v) * over, (a * v - c * u) * over];
                    rows.into_iter().chain(cols).map(T::size).fold(0.0, larger)
                })
                .fold(0.0, larger);
            let finite = over.size() > 0.0 && over.size() < f64::INFINITY;
            if finite && growth < best.0 {
                best = (growth, Some(vec![p, q]));
            }
        }
        best.1
    }

    /// Exchanges rows and columns p <= q of what is left, and rows p and q of what is done.
    fn swap(&mut self, p: usize, q: usize) {
        if p == q {
            return;
        }
        let f = self.k + self.m;
        self.vars.swap(p, q);
        for c in 0..p {
            self.left.swap(c * f + p, c * f + q);
            if self.kind == Kind::General {
                self.up.swap(c * f + p, c * f + q);
            }
        }
        self.left.swap(p * f + p, q * f + q);
        for i in q + 1..f {
            self.left.swap(p * f + i, q * f + i);
            if self.kind == Kind::General {
                self.up.swap(p * f + i, q * f + i);
            }
        }
        for i in p + 1..=q {
            let (x, y) = (p * f + i, if i == q { p * f + q } else { i * f + q });
            if self.kind == Kind::General {
                (self.left[x], self.up[y]) = (self.up[y], self.left[x]);
                if x != y {
                    (self.up[x], self.left[y]) = (self.left[y], self.up[x]);
                }
            } else if x == y {
                self.left[x] = self.kind.mirror(self.left[x]);
            } else {
                (self.left[x], self.left[y]) =
                    (self.kind.mirror(self.left[y]), self.kind.mirror(self.left[x]));
            }
        }
    }
}

/// Makes room for `len` numbers.
fn grow<T: Scalar>(buffer: &mut Vec<T>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
}
