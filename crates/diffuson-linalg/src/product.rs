//! Matrix products. A complex product of (m x k) and (k x n) costs 8 m k n real operations.

use crate::matrix::{C64, Matrix, Panel, PanelMut};
use crate::registers::settled;
use faer::linalg::matmul::matmul_with_conj;
use faer::{Accum, Conj, MatMut, MatRef, Par};
use std::ops::Range;

/// How an operand enters a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// As it stands.
    Plain,
    /// Transposed, not conjugated.
    Transpose,
    /// Transposed and conjugated.
    Adjoint,
}

/// `out = beta out + alpha op(a) op(b)` with `beta` 1 if `accumulate`, else 0 (then `out` is not read).
///
/// # Panics
/// If the shapes do not match.
pub fn product(out: PanelMut<'_>, accumulate: bool, alpha: f64, a: (Panel<'_>, Op), b: (Panel<'_>, Op)) {
    let (a, conj_a) = view(a);
    let (b, conj_b) = view(b);
    let out = MatMut::from_column_major_slice_with_stride_mut(out.data, out.rows, out.cols, out.stride);
    let alpha = C64::new(alpha, 0.0);
    settled(|| matmul_with_conj(out, beta(accumulate), a, conj_a, b, conj_b, alpha, Par::Seq));
}

/// `out = a b` of real matrices, stored column after column, a of `rows` and b of `inner` rows: 2 operations for each of their combinations.
///
/// # Panics
/// If the lengths are not those of such matrices.
pub fn product_real(out: &mut [f64], a: &[f64], b: &[f64], rows: usize, inner: usize) {
    let cols = b.len().checked_div(inner).unwrap_or(0);
    let out = MatMut::from_column_major_slice_mut(out, rows, cols);
    let a = MatRef::from_column_major_slice(a, rows, inner);
    let b = MatRef::from_column_major_slice(b, inner, cols);
    settled(|| faer::linalg::matmul::matmul(out, Accum::Replace, a, b, 1.0, Par::Seq));
}

/// `a b`.
///
/// # Panics
/// If the shapes do not match.
pub fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(a.rows(), b.cols());
    product(out.all_mut(), false, 1.0, (a.all(), Op::Plain), (b.all(), Op::Plain));
    out
}

/// `out = beta out + alpha op(a) op(b)` for a result known to be Hermitian: little more than half the work of [`product`].
///
/// Computes block columns from the diagonal down and mirrors them; what stands above the diagonal of `out` is not read.
///
/// # Panics
/// If the shapes do not match or the result is not square.
pub fn product_hermitian(
    out: PanelMut<'_>,
    accumulate: bool,
    alpha: f64,
    a: (Panel<'_>, Op),
    b: (Panel<'_>, Op),
) {
    let PanelMut { rows: n, stride, data, .. } = out;
    assert_eq!(n, out.cols, "a Hermitian result is square");
    for columns in block_columns(n) {
        let (from, cols) = (columns.start, columns.len());
        let below = PanelMut { rows: n - from, cols, stride, data: &mut data[from * stride + from..] };
        product(below, accumulate, alpha, (rows_of(a, from..n), a.1), (cols_of(b, columns), b.1));
    }
    mirror(data, n, stride);
}

/// Makes of a Hermitian matrix m its lower triangle l with the diagonal halved, `m = l + l^+`, for [`product_lower`]. What stands above the diagonal
/// is not read, and left in part.
///
/// # Panics
/// If the matrix is not square.
pub fn halve(m: PanelMut<'_>) {
    let PanelMut { rows: n, cols, stride, data } = m;
    assert_eq!(cols, n, "a square matrix");
    for columns in block_columns(n) {
        for j in columns.clone() {
            data[j * stride + columns.start..j * stride + j].fill(C64::ZERO);
            data[j * stride + j] *= 0.5;
        }
    }
}

/// `out = a l` (or `out += a l`) for a [halved](halve) Hermitian matrix `m = l + l^+`, so that `a m a^+ = out a^+ + h.c.`: little more than half the work of
/// [`product`].
///
/// # Panics
/// If the shapes do not match.
pub fn product_lower(out: PanelMut<'_>, accumulate: bool, a: Panel<'_>, l: Panel<'_>) {
    let PanelMut { rows, cols: n, stride, data } = out;
    assert_eq!([l.rows, l.cols], [n; 2], "a square matrix of the width of the result");
    for columns in block_columns(n) {
        let below = columns.start..n;
        let out = PanelMut { rows, cols: columns.len(), stride, data: &mut data[columns.start * stride..] };
        let (a, l) = (a.block(0..rows, below.clone()), l.block(below, columns));
        product(out, accumulate, 1.0, (a, Op::Plain), (l, Op::Plain));
    }
}

/// The block columns of products with Hermitian matrices: of 24 columns, so that what stands from the diagonal down is whole register tiles of the
/// kernels, the first one as wide as that leaves it. Narrower ones would save more operations, wider ones do them faster.
fn block_columns(n: usize) -> impl Iterator<Item = Range<usize>> {
    const WIDTH: usize = 24;
    let whole = ((n + WIDTH / 2) / WIDTH).saturating_sub(1);
    let first = n - whole * WIDTH;
    let others = (0..whole).map(move |k| first + k * WIDTH..first + (k + 1) * WIDTH);
    std::iter::once(0..first).chain(others)
}

/// Makes the square matrix Hermitian by its lower triangle.
fn mirror(data: &mut [C64], n: usize, stride: usize) {
    in_tiles(n, |i, j| {
        data[i * stride + j] = data[j * stride + i].conj();
    });
    for j in 0..n {
        data[j * stride + j].im = 0.0;
    }
}

/// Visits the entries (i, j) below the diagonal in tiles that fit the first-level cache with their mirror images.
fn in_tiles(n: usize, mut visit: impl FnMut(usize, usize)) {
    const TILE: usize = 8;
    for left in (0..n).step_by(TILE) {
        for top in (left..n).step_by(TILE) {
            for j in left..(left + TILE).min(n) {
                for i in top.max(j + 1)..(top + TILE).min(n) {
                    visit(i, j);
                }
            }
        }
    }
}

/// `out += a + a^+` for square matrices.
///
/// # Panics
/// If the shapes do not match or are not square.
pub fn add_hermitian_part(out: PanelMut<'_>, a: Panel<'_>) {
    let n = out.rows;
    assert_eq!([out.cols, a.rows, a.cols], [n; 3], "square matrices of one order");
    let (data, stride) = (out.data, out.stride);
    in_tiles(n, |i, j| {
        let sum = a.data[j * a.stride + i] + a.data[i * a.stride + j].conj();
        data[j * stride + i] += sum;
        data[i * stride + j] += sum.conj();
    });
    for j in 0..n {
        data[j * stride + j] += 2.0 * a.data[j * a.stride + j].re;
    }
}

/// The rows of op(a).
fn rows_of((a, op): (Panel<'_>, Op), rows: Range<usize>) -> Panel<'_> {
    match op {
        Op::Plain => a.block(rows, 0..a.cols),
        Op::Transpose | Op::Adjoint => a.block(0..a.rows, rows),
    }
}

/// The columns of op(b).
fn cols_of((b, op): (Panel<'_>, Op), cols: Range<usize>) -> Panel<'_> {
    match op {
        Op::Plain => b.block(0..b.rows, cols),
        Op::Transpose | Op::Adjoint => b.block(cols, 0..b.cols),
    }
}

/// `i (a - a^+)`: the level-width matrix of a self-energy, or the spectral function of a Green function.
pub fn adjoint_difference(a: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| C64::I * (a[(i, j)] - a[(j, i)].conj()))
}

fn beta(accumulate: bool) -> Accum {
    if accumulate { Accum::Add } else { Accum::Replace }
}

fn view((panel, op): (Panel<'_>, Op)) -> (MatRef<'_, C64>, Conj) {
    let m = MatRef::from_column_major_slice_with_stride(panel.data, panel.rows, panel.cols, panel.stride);
    match op {
        Op::Plain => (m, Conj::No),
        Op::Transpose => (m.transpose(), Conj::No),
        Op::Adjoint => (m.transpose(), Conj::Yes),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Numbers of modulus below 1.5.
    pub(crate) fn filled(rows: usize, cols: usize, seed: f64) -> Matrix {
        Matrix::from_fn(rows, cols, |i, j| {
            let x = seed + 0.37 * i as f64 + 1.91 * j as f64;
            C64::new(x.sin(), (1.3 * x).cos())
        })
    }

    fn naive(a: &Matrix, b: &Matrix) -> Matrix {
        Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
    }

    fn distance(a: &Matrix, b: &Matrix) -> f64 {
        a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
    }

    #[test]
    fn every_combination_of_operands_is_the_textbook_product() {
        for n in [1, 2, 3, 17, 40] {
            let (a, b) = (filled(n, n, 0.1), filled(n, n, 0.7));
            let forms = |m: &Matrix| {
                [(Op::Plain, m.clone()), (Op::Transpose, m.transpose()), (Op::Adjoint, m.adjoint())]
            };
            for (op_a, as_read) in forms(&a) {
                for (op_b, bs_read) in forms(&b) {
                    let start = filled(n, n, 2.0);
                    let mut got = start.clone();
                    product(got.all_mut(), true, -0.5, (a.all(), op_a), (b.all(), op_b));
                    let ab = naive(&as_read, &bs_read);
                    let want = Matrix::from_fn(n, n, |i, j| start[(i, j)] - 0.5 * ab[(i, j)]);
                    // n products of numbers of modulus below 1.5, each rounded once
                    assert!(distance(&got, &want) < 1e-15 * 4.0 * n as f64, "n = {n}");
                }
            }
        }
    }

    #[test]
    fn products_with_hermitian_matrices_equal_the_full_ones() {
        for n in [1, 5, 33, 36, 84] {
            let (a, b) = (filled(n, n, 0.3), filled(n, n, 0.9));
            let s = Matrix::from_fn(n, n, |i, j| b[(i, j)] + b[(j, i)].conj());
            let a_s = naive(&a, &s);
            let mut got = Matrix::zeros(n, n);
            product_hermitian(got.all_mut(), false, 1.0, (a_s.all(), Op::Plain), (a.all(), Op::Adjoint));
            let form = naive(&a_s, &a.adjoint());
            assert!(distance(&got, &form) < 1e-14 * (n * n) as f64);
            let mut half = s.clone();
            halve(half.all_mut());
            product_lower(got.all_mut(), false, a.all(), half.all());
            let half = naive(&got, &a.adjoint());
            let sum = Matrix::from_fn(n, n, |i, j| half[(i, j)] + half[(j, i)].conj());
            assert!(distance(&sum, &form) < 1e-14 * (n * n) as f64);
        }
    }
}
