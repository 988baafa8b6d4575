//! Complex matrices with real and imaginary parts apart, in double or in single precision, whose products take three real products instead of four.

use crate::matrix::C64;
use crate::registers::settled;
use faer::linalg::matmul::matmul;
use faer::traits::RealField;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::Arch;
use std::ops::Range;

/// A real number of single or double precision.
pub trait Real: sealed::Number {
    /// Distance from 1 to the next number.
    const EPSILON: f64;
    /// Numbers below count as zero in matrices: products of them would leave the range in which arithmetic is fast.
    const TINY: Self;
    /// The nearest number.
    fn of(x: f64) -> Self;
    /// The same number in double precision.
    fn double(self) -> f64;
}

mod sealed {
    use super::{MatMut, MatRef, matmul_in};
    use std::ops::{Add, AddAssign, Mul, Sub};

    /// Arithmetic, and the product of matrices, compiled in this crate.
    pub trait Number:
        Copy
        + Default
        + PartialOrd
        + Send
        + Sync
        + std::fmt::Debug
        + Add<Output = Self>
        + Sub<Output = Self>
        + Mul<Output = Self>
        + AddAssign
    {
        fn matmul(out: MatMut<'_, Self>, accumulate: bool, a: MatRef<'_, Self>, b: MatRef<'_, Self>);
    }

    impl Number for f64 {
        fn matmul(out: MatMut<'_, Self>, accumulate: bool, a: MatRef<'_, Self>, b: MatRef<'_, Self>) {
            matmul_in(out, accumulate, a, b, 1.0);
        }
    }

    impl Number for f32 {
        fn matmul(out: MatMut<'_, Self>, accumulate: bool, a: MatRef<'_, Self>, b: MatRef<'_, Self>) {
            matmul_in(out, accumulate, a, b, 1.0);
        }
    }
}

fn matmul_in<T: RealField>(out: MatMut<'_, T>, accumulate: bool, a: MatRef<'_, T>, b: MatRef<'_, T>, one: T) {
    let accumulate = if accumulate { Accum::Add } else { Accum::Replace };
    settled(|| matmul(out, accumulate, a, b, one, Par::Seq));
}

impl Real for f64 {
    const EPSILON: f64 = f64::EPSILON;
    const TINY: Self = 1e-280;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn double(self) -> f64 {
        self
    }
}

impl Real for f32 {
    const EPSILON: f64 = f32::EPSILON as f64;
    const TINY: Self = 1e-30;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn double(self) -> f64 {
        f64::from(self)
    }
}

/// A complex matrix as three real ones, each column after column: real part, imaginary part, and the sum of both.
///
/// ```text
/// p = Re a Re b,  q = Im a Im b,  s = (Re a + Im a)(Re b + Im b);    ab = p - q + i (s - p - q).
/// ```
///
/// Three quarters of the 8 m k n real operations of a complex product. Rounding is that of the usual product in the norm, `k epsilon |a| |b|`, not for
/// the real and the imaginary part apart (Higham, SIAM J. Matrix Anal. Appl. 13, 681 (1992)).
#[derive(Clone, Debug)]
pub struct Planar<T> {
    rows: usize,
    cols: usize,
    parts: [Vec<T>; 3],
}

impl<T: Real> Planar<T> {
    /// The `rows` x `cols` matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, parts: std::array::from_fn(|_| vec![T::default(); rows * cols]) }
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Entry (i, j).
    pub fn get(&self, i: usize, j: usize) -> C64 {
        let [re, im] = [0, 1].map(|part: usize| self.parts[part][j * self.rows + i].double());
        C64::new(re, im)
    }

    /// Sets entry (i, j).
    #[inline]
    pub fn set(&mut self, i: usize, j: usize, z: C64) {
        let at = j * self.rows + i;
        let (re, im) = (T::of(z.re), T::of(z.im));
        let [res, ims, sums] = &mut self.parts;
        (res[at], ims[at], sums[at]) = (re, im, re + im);
    }

    /// Real and imaginary parts of column `j`.
    pub fn col(&self, j: usize) -> [&[T]; 2] {
        [0, 1].map(|part: usize| &self.parts[part][j * self.rows..(j + 1) * self.rows])
    }

    /// The three real products that `a b`, or `out + a b` of an unfinished `out`, is made of, in the first `rows` rows and the given columns.
    /// [`finish`](Self::finish) makes a matrix of them.
    ///
    /// # Panics
    /// If the shapes do not match.
    pub fn begin(
        &mut self,
        rows: usize,
        cols: Range<usize>,
        accumulate: bool,
        (a, a_cols): (&Self, Range<usize>),
        (b, b_cols): (&Self, Range<usize>),
    ) {
        assert_eq!([a_cols.len(), cols.len()], [b.rows, b_cols.len()], "shapes match");
        if rows == 0 {
            return;
        }
        for ((out, a_part), b_part) in self.parts.iter_mut().zip(&a.parts).zip(&b.parts) {
            let out = &mut out[cols.start * self.rows..cols.end * self.rows];
            let a_part = &a_part[a_cols.start * a.rows..a_cols.end * a.rows];
            let b_part = &b_part[b_cols.start * b.rows..b_cols.end * b.rows];
            let out = MatMut::from_column_major_slice_mut(out, self.rows, cols.len()).subrows_mut(0, rows);
            let a_part = MatRef::from_column_major_slice(a_part, a.rows, a_cols.len()).subrows(0, rows);
            let b_part = MatRef::from_column_major_slice(b_part, b.rows, b_cols.len());
            T::matmul(out, accumulate, a_part, b_part);
        }
    }

    /// Makes a matrix of the sums of real products, in the first `rows` rows; real and imaginary parts below [`Real::TINY`] become zero.
    pub fn finish(&mut self, rows: usize) {
        let stride = self.rows.max(1);
        let [re, im, sum] = &mut self.parts;
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let columns = re.chunks_exact_mut(stride).zip(im.chunks_exact_mut(stride));
                for ((re, im), sum) in columns.zip(sum.chunks_exact_mut(stride)) {
                    let (re, im, sum) = (&mut re[..rows], &mut im[..rows], &mut sum[..rows]);
                    for k in 0..rows {
                        let (p, q, s) = (re[k], im[k], sum[k]);
                        re[k] = at_least_tiny(p - q);
                        im[k] = at_least_tiny(s - p - q);
                        sum[k] = re[k] + im[k];
                    }
                }
            },
        );
    }
}

#[inline(always)]
fn at_least_tiny<T: Real>(x: T) -> T {
    // of what is not a number neither holds, and it stays
    if x < T::TINY && T::default() - T::TINY < x { T::default() } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;
    use crate::product::multiply;
    use crate::product::tests::filled;

    fn planar<T: Real>(m: &Matrix) -> Planar<T> {
        let mut out = Planar::zeros(m.rows(), m.cols());
        (0..m.cols()).for_each(|j| (0..m.rows()).for_each(|i| out.set(i, j, m[(i, j)])));
        out
    }

    fn products_are_complex_products<T: Real>() {
        for (m, k, n) in [(1, 1, 1), (7, 3, 5), (48, 20, 20), (30, 41, 17)] {
            let (a, b, c, d) = (filled(m, k, 0.1), filled(k, n, 0.7), filled(m, k, 1.3), filled(k, n, 2.0));
            let [ab, cd] = [multiply(&a, &b), multiply(&c, &d)];
            let mut out = Planar::<T>::zeros(m, 2 * n);
            let [a, b, c, d] = [a, b, c, d].map(|m| planar(&m));
            let rows = m - m / 3;
            out.begin(rows, n..2 * n, false, (&a, 0..k), (&b, 0..n));
            out.begin(rows, n..2 * n, true, (&c, 0..k), (&d, 0..n));
            out.finish(rows);
            for i in 0..m {
                for j in 0..n {
                    let want = if i < rows { ab[(i, j)] + cd[(i, j)] } else { C64::ZERO };
                    // 2 k products of numbers of modulus below 1.5, twice as large in the sums of parts
                    let allowed = T::EPSILON * 20.0 * k as f64;
                    assert!((out.get(i, n + j) - want).norm() < allowed, "{m} {k} {n}: {i} {j}");
                }
            }
        }
    }

    #[test]
    fn products_of_parts_are_complex_products() {
        products_are_complex_products::<f64>();
        products_are_complex_products::<f32>();
    }
}
