//! The arithmetic of fronts, for real and for complex entries.

use crate::matrix::C64;
use crate::registers::settled;
use faer::linalg::matmul::matmul_with_conj;
use faer::{Accum, Conj, MatMut, MatRef, Par};
use pulp::Arch;
use std::ops::{Add, AddAssign, Mul, Range, Sub, SubAssign};

/// A number fronts are made of.
pub(super) trait Scalar:
    faer::traits::ComplexField
    + Copy
    + Default
    + Send
    + Sync
    + std::fmt::Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + AddAssign
    + SubAssign
{
    /// One.
    const ONE: Self;
    /// One half.
    const HALF: Self;
    /// The complex conjugate.
    fn conjugate(self) -> Self;
    /// `|re| + |im|`: the modulus within a factor of the root of two.
    fn size(self) -> f64;
    /// The reciprocal.
    fn reciprocal(self) -> Self;
    /// Minus the number.
    fn negative(self) -> Self;
}

impl Scalar for f64 {
    const ONE: Self = 1.0;
    const HALF: Self = 0.5;
    #[inline(always)]
    fn conjugate(self) -> Self {
        self
    }
    #[inline(always)]
    fn size(self) -> f64 {
        self.abs()
    }
    #[inline(always)]
    fn reciprocal(self) -> Self {
        self.recip()
    }
    #[inline(always)]
    fn negative(self) -> Self {
        -self
    }
}

impl Scalar for C64 {
    const ONE: Self = C64::ONE;
    const HALF: Self = C64::new(0.5, 0.0);
    #[inline(always)]
    fn conjugate(self) -> Self {
        self.conj()
    }
    #[inline(always)]
    fn size(self) -> f64 {
        self.re.abs() + self.im.abs()
    }
    #[inline(always)]
    fn reciprocal(self) -> Self {
        self.inv()
    }
    #[inline(always)]
    fn negative(self) -> Self {
        -self
    }
}

/// A block of a column-major array.
#[derive(Clone, Copy)]
pub(super) struct Block<'a, T> {
    pub(super) data: &'a [T],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) stride: usize,
}

impl<'a, T> Block<'a, T> {
    /// The block of an array of the given stride that begins at (row, col).
    pub(super) fn of(data: &'a [T], stride: usize, [row, col]: [usize; 2], [rows, cols]: [usize; 2]) -> Self {
        if rows == 0 || cols == 0 {
            return Self { data: &[], rows, cols, stride };
        }
        let start = col * stride + row;
        Self { data: &data[start..start + (cols - 1) * stride + rows], rows, cols, stride }
    }

    /// Some rows of the block.
    pub(super) fn rows(self, rows: Range<usize>) -> Self {
        Self::of(self.data, self.stride, [rows.start, 0], [rows.len(), self.cols])
    }
}

/// How the second factor of a product is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Second {
    Plain,
    Conjugate,
    Transposed,
    Adjoint,
}

impl Second {
    fn is_transposed(self) -> bool {
        matches!(self, Self::Transposed | Self::Adjoint)
    }
}

/// `out = a op(b)`, or `out -= a op(b)` if `subtract`; `out` is a block that begins with `out[0]`.
pub(super) fn multiply<T: Scalar>(
    out: &mut [T],
    out_stride: usize,
    subtract: bool,
    a: Block<'_, T>,
    b: Block<'_, T>,
    op: Second,
) {
    let cols = if op.is_transposed() { b.rows } else { b.cols };
    let (rows, depth) = (a.rows, a.cols);
    if rows == 0 || cols == 0 {
        return;
    }
    if rows * cols * depth < SMALL {
        return small_product(out, out_stride, subtract, a, b, op);
    }
    let out = &mut out[..(cols - 1) * out_stride + rows];
    let out = MatMut::from_column_major_slice_with_stride_mut(out, rows, cols, out_stride);
    let a = MatRef::from_column_major_slice_with_stride(a.data, rows, depth, a.stride);
    let b = MatRef::from_column_major_slice_with_stride(b.data, b.rows, b.cols, b.stride);
    let (b, conj) = match op {
        Second::Plain => (b, Conj::No),
        Second::Conjugate => (b, Conj::Yes),
        Second::Transposed => (b.transpose(), Conj::No),
        Second::Adjoint => (b.transpose(), Conj::Yes),
    };
    let (accum, alpha) = if subtract { (Accum::Add, T::ONE.negative()) } else { (Accum::Replace, T::ONE) };
    settled(|| matmul_with_conj(out, accum, a, Conj::No, b, conj, alpha, Par::Seq));
}

/// Products of fewer multiplications are done by plain loops.
const SMALL: usize = 4000;

fn small_product<T: Scalar>(
    out: &mut [T],
    out_stride: usize,
    subtract: bool,
    a: Block<'_, T>,
    b: Block<'_, T>,
    op: Second,
) {
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let out = out;
            let cols = if op.is_transposed() { b.rows } else { b.cols };
            for j in 0..cols {
                let out = &mut out[j * out_stride..j * out_stride + a.rows];
                if !subtract {
                    out.fill(T::default());
                }
                let factor = |p: usize| {
                    let f = match op {
                        Second::Plain => b.data[j * b.stride + p],
                        Second::Conjugate => b.data[j * b.stride + p].conjugate(),
                        Second::Transposed => b.data[p * b.stride + j],
                        Second::Adjoint => b.data[p * b.stride + j].conjugate(),
                    };
                    if subtract { f } else { f.negative() }
                };
                subtract_columns(out, a, 0, factor);
            }
        },
    );
}

/// `out -= sum_p a[from.., p] factor(p)`.
#[inline(always)]
pub(super) fn subtract_columns<T: Scalar>(
    out: &mut [T],
    a: Block<'_, T>,
    from: usize,
    factor: impl Fn(usize) -> T,
) {
    let n = out.len();
    let column = |p: usize| &a.data[p * a.stride + from..][..n];
    let mut p = 0;
    while p + 4 <= a.cols {
        let [x, y, z, u] = [column(p), column(p + 1), column(p + 2), column(p + 3)];
        let [fx, fy, fz, fu] = [factor(p), factor(p + 1), factor(p + 2), factor(p + 3)];
        for i in 0..n {
            out[i] -= (x[i] * fx + y[i] * fy) + (z[i] * fz + u[i] * fu);
        }
        p += 4;
    }
    while p < a.cols {
        let (x, f) = (column(p), factor(p));
        for i in 0..n {
            out[i] -= x[i] * f;
        }
        p += 1;
    }
}

/// Columns of a triangular product done at a time: what stands above the diagonal within them is computed in vain.
const TRIANGLE_BLOCK: usize = 48;

/// `out -= a op(b)`, only on and below the diagonal; what stands above is left undefined.
pub(super) fn subtract_lower<T: Scalar>(
    out: &mut [T],
    n: usize,
    a: Block<'_, T>,
    b: Block<'_, T>,
    op: Second,
    parallel: bool,
) {
    if n * n * a.cols < 2 * SMALL {
        return Arch::new().dispatch(
            #[inline(always)]
            move || {
                let out = out;
                for j in 0..n {
                    let out = &mut out[j * n + j..(j + 1) * n];
                    let factor = |p: usize| {
                        let f = b.data[p * b.stride + j];
                        if op == Second::Adjoint { f.conjugate() } else { f }
                    };
                    subtract_columns(out, a, j, factor);
                }
            },
        );
    }
    let weight = if parallel { n / 2 * a.cols } else { 0 };
    by_columns(out, n, 0..n, TRIANGLE_BLOCK, weight, &|columns, out| {
        let from = columns.start;
        multiply(&mut out[from..], n, true, a.rows(from..n), b.rows(columns), op);
    });
}

/// A product is shared with another thread if each of both gets so many multiplications.
const WORTH_SHARING: usize = 200_000;

/// Does with the columns of an array, which begins with the first of them, `step` at a time: each piece is given its columns and its part of
/// the array. A `weight` other than zero, the multiplications of a column, lets other threads of the pool take pieces over; the pieces are
/// the same.
pub(super) fn by_columns<T: Scalar>(
    out: &mut [T],
    stride: usize,
    columns: Range<usize>,
    step: usize,
    weight: usize,
    act: &(impl Fn(Range<usize>, &mut [T]) + Sync),
) {
    if columns.len() < step * 3 / 2 {
        return act(columns, out);
    }
    let half = (columns.len() / 2 / step).max(1) * step;
    let (first, last) = out.split_at_mut(half * stride);
    let middle = columns.start + half;
    let mut before = || by_columns(first, stride, columns.start..middle, step, weight, act);
    let mut behind = || by_columns(last, stride, middle..columns.end, step, weight, act);
    if half * weight > WORTH_SHARING {
        rayon::join(before, behind);
    } else {
        before();
        behind();
    }
}

/// Whether the size of a number of the block exceeds the bound or is not a number.
pub(super) fn exceeds<T: Scalar>(block: Block<'_, T>, bound: f64) -> bool {
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let mut bad = false;
            for column in block.data.chunks(block.stride.max(1)) {
                for x in &column[..block.rows] {
                    bad |= !(x.size() <= bound);
                }
            }
            bad
        },
    )
}

/// Largest size of a number, NaN if there is one.
pub(super) fn largest<T: Scalar>(numbers: &[T]) -> f64 {
    numbers.iter().map(|x| x.size()).fold(0.0, larger)
}

/// Maximum that does not lose what is not a number.
#[inline(always)]
pub(super) fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b <= a { a } else { b }
}

/// Orders up to which matrices are inverted in arrays of fixed size.
const LARGEST_FIXED: usize = 16;

/// Inverts the `n` x `n` matrix in place by Gauss-Jordan elimination with row exchanges, n up to 16.
/// A vanishing pivot leaves entries that are not finite.
pub(super) fn invert<T: Scalar>(a: &mut [T], n: usize) {
    match n {
        0 => {}
        1 => a[0] = a[0].reciprocal(),
        2..=4 => invert_fixed::<T, 4>(a, n),
        5..=8 => invert_fixed::<T, 8>(a, n),
        _ => invert_fixed::<T, LARGEST_FIXED>(a, n),
    }
}

fn invert_fixed<T: Scalar, const N: usize>(a: &mut [T], n: usize) {
    assert!(n <= N, "no room");
    Arch::new().dispatch(
        #[inline(always)]
        move || {
            let a = a;
            let mut m = [[T::default(); N]; N];
            for j in 0..n {
                m[j][..n].copy_from_slice(&a[j * n..(j + 1) * n]);
            }
            let mut exchanges = [0; N];
            for k in 0..n {
                let mut best = (k, m[k][k].size());
                for i in k + 1..n {
                    let size = m[k][i].size();
                    if size > best.1 {
                        best = (i, size);
                    }
                }
                exchanges[k] = best.0;
                if best.0 != k {
                    m[..n].iter_mut().for_each(|column| column.swap(k, best.0));
                }
                let mut column = m[k];
                let pivot = column[k].reciprocal();
                column[k] = T::default();
                for c in 0..n {
                    let factor = m[c][k] * pivot;
                    for i in 0..N {
                        m[c][i] -= column[i] * factor;
                    }
                    m[c][k] = factor;
                }
                for i in 0..N {
                    m[k][i] = (column[i] * pivot).negative();
                }
                m[k][k] = pivot;
            }
            for k in (0..n).rev().filter(|&k| exchanges[k] != k) {
                m.swap(k, exchanges[k]);
            }
            for j in 0..n {
                a[j * n..(j + 1) * n].copy_from_slice(&m[j][..n]);
            }
        },
    );
}
