//! Inversion of the small dense blocks of a recursion, with workspace kept between calls.
//!
//! Gauss-Jordan elimination in place with partial pivoting, a panel of columns at a time: a step on the panel P turns its columns into
//! those of the transformation `T = 1 + (M - 1) P` that makes them unit columns, and one product applies it to all others. Of 8 n^3 real
//! operations all but 8 n^2 times the width of a panel are matrix products.

use crate::matrix::{C64, Matrix};
use crate::product::{Op, product};
use pulp::Arch;

/// Columns of a panel.
const PANEL: usize = 16;

/// Inverts `n` x `n` matrices.
#[derive(Debug)]
pub struct Inverter {
    panel: Panel,
    /// The transformation of a panel, and the rows of the other columns that it acts on.
    transformation: Matrix,
    rows: Matrix,
    /// The row that each row was exchanged with, in this order.
    exchanges: Vec<usize>,
}

/// The matrix has no inverse in double precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Singular {
    /// Smallest modulus of a pivot.
    pub smallest_pivot: f64,
    /// Largest modulus of a pivot.
    pub largest_pivot: f64,
}

impl Inverter {
    /// Workspace for matrices of order `n`.
    pub fn new(n: usize) -> Self {
        let width = n.min(PANEL);
        Self {
            panel: Panel { n, re: vec![0.0; n * width], im: vec![0.0; n * width] },
            transformation: Matrix::zeros(n, width),
            rows: Matrix::zeros(width, n),
            exchanges: Vec::with_capacity(n),
        }
    }

    /// Order of the matrices it inverts.
    pub fn order(&self) -> usize {
        self.panel.n
    }

    /// `inverse = a^-1`.
    ///
    /// # Errors
    /// [`Singular`] if a pivot vanishes to rounding against the largest one, or is not a number.
    ///
    /// # Panics
    /// If `a` or `inverse` is not of the order the workspace was made for.
    pub fn invert(&mut self, a: &Matrix, inverse: &mut Matrix) -> Result<(), Singular> {
        self.eliminate(a, inverse, None)
    }

    /// As [`invert`](Self::invert), but a pivot that vanishes to rounding is replaced by one of the size of rounding. The result is the
    /// inverse of a matrix that differs from `a` by rounding of numbers of the given size.
    ///
    /// # Errors
    /// [`Singular`] if a pivot is not a number.
    ///
    /// # Panics
    /// If `a` or `inverse` is not of the order the workspace was made for.
    pub fn invert_to_rounding(
        &mut self,
        a: &Matrix,
        inverse: &mut Matrix,
        size: f64,
    ) -> Result<(), Singular> {
        self.eliminate(a, inverse, Some(size))
    }

    fn eliminate(&mut self, a: &Matrix, inverse: &mut Matrix, size: Option<f64>) -> Result<(), Singular> {
        let (n, width) = (self.panel.n, self.transformation.cols());
        assert_eq!([a.rows(), a.cols()], [n; 2], "a square matrix of the order of the workspace");
        inverse.copy_from(a);
        self.exchanges.clear();
        let mut pivots = Pivots { smallest: f64::INFINITY, largest: 0.0, size };
        for from in (0..n).step_by(width.max(1)) {
            let to = (from + width).min(n);
            self.panel.load(inverse, from, to);
            let (panel, exchanges, pivots) = (&mut self.panel, &mut self.exchanges, &mut pivots);
            Arch::new().dispatch(
                #[inline(always)]
                move || {
                    let panel = panel;
                    panel.eliminate(from, to, exchanges, pivots);
                },
            );
            self.panel.store(&mut self.transformation);
            self.transform(inverse, from, to);
        }
        // rows exchanged in the matrix are columns exchanged in its inverse
        for (k, &other) in self.exchanges.iter().enumerate().rev().filter(|(k, other)| k != *other) {
            let (left, right) = inverse.as_mut_slice().split_at_mut(other * n);
            left[k * n..(k + 1) * n].swap_with_slice(&mut right[..n]);
        }
        pivots.check(n)
    }

    /// Applies the transformation of the panel `from..to` to the other columns, and takes over its own.
    fn transform(&mut self, inverse: &mut Matrix, from: usize, to: usize) {
        let (n, width) = (self.panel.n, to - from);
        let others = || (0..from).chain(to..n);
        for j in others() {
            let column = inverse.col_mut(j);
            (from..to).for_each(|k| column.swap(k, self.exchanges[k]));
            self.rows.col_mut(j)[..width].copy_from_slice(&column[from..to]);
            column[from..to].fill(C64::ZERO);
        }
        for columns in [0..from, to..n] {
            if !columns.is_empty() {
                let rows = (self.rows.block(0..width, columns.clone()), Op::Plain);
                let transformation = (self.transformation.panel(0, width), Op::Plain);
                product(inverse.block_mut(0..n, columns), true, 1.0, transformation, rows);
            }
        }
        for j in from..to {
            inverse.col_mut(j).copy_from_slice(self.transformation.col(j - from));
        }
    }
}

/// The pivots met, and what becomes of those that vanish.
struct Pivots {
    smallest: f64,
    largest: f64,
    /// Size of the numbers of the matrix, if pivots that vanish are to be replaced.
    size: Option<f64>,
}

impl Pivots {
    /// Takes the next pivot of the given modulus; returns what replaces it, if anything.
    fn take(&mut self, modulus: f64) -> Option<f64> {
        self.largest = self.largest.max(modulus);
        self.smallest = if modulus.is_nan() { modulus } else { self.smallest.min(modulus) };
        let size = self.size?.max(self.largest);
        (modulus <= VANISHING * size).then_some(f64::EPSILON * size)
    }

    fn check(&self, n: usize) -> Result<(), Singular> {
        let vanishing = self.size.is_none() && self.smallest <= VANISHING * self.largest;
        if n > 0 && (self.smallest.is_nan() || vanishing) {
            return Err(Singular { smallest_pivot: self.smallest, largest_pivot: self.largest });
        }
        Ok(())
    }
}

/// A pivot so much smaller than the largest is rounding.
const VANISHING: f64 = 1e-3 * f64::EPSILON;

/// Columns of the matrix, real and imaginary parts apart for the sake of vector instructions.
#[derive(Debug)]
struct Panel {
    n: usize,
    re: Vec<f64>,
    im: Vec<f64>,
}

impl Panel {
    fn load(&mut self, matrix: &Matrix, from: usize, to: usize) {
        let entries = &matrix.as_slice()[from * self.n..to * self.n];
        for ((re, im), z) in self.re.iter_mut().zip(&mut self.im).zip(entries) {
            (*re, *im) = (z.re, z.im);
        }
    }

    fn store(&self, matrix: &mut Matrix) {
        for ((re, im), z) in self.re.iter().zip(&self.im).zip(matrix.as_mut_slice()) {
            *z = C64::new(*re, *im);
        }
    }

    /// Gauss-Jordan steps on the columns `from..to` of the matrix, which this panel holds.
    #[inline(always)]
    fn eliminate(&mut self, from: usize, to: usize, exchanges: &mut Vec<usize>, pivots: &mut Pivots) {
        let n = self.n;
        for row in from..to {
            let own = (row - from) * n..(row - from + 1) * n;
            let (re, im) = (&self.re[own.clone()], &self.im[own.clone()]);
            let square = |i: usize| re[i] * re[i] + im[i] * im[i];
            let mut best = (row, square(row));
            for i in row + 1..n {
                let next = square(i);
                if next > best.1 {
                    best = (i, next);
                }
            }
            exchanges.push(best.0);
            for column in 0..to - from {
                self.re.swap(column * n + row, column * n + best.0);
                self.im.swap(column * n + row, column * n + best.0);
            }
            let mut pivot = C64::new(self.re[own.start + row], self.im[own.start + row]);
            if let Some(small) = pivots.take(pivot.norm()) {
                pivot = C64::from(small);
            }
            let inverse = pivot.inv();
            let (re_before, re_rest) = self.re.split_at_mut(own.start);
            let (im_before, im_rest) = self.im.split_at_mut(own.start);
            let ((re, re_after), (im, im_after)) = (re_rest.split_at_mut(n), im_rest.split_at_mut(n));
            // the place of the pivot plays no part in the elimination below
            (re[row], im[row]) = (0.0, 0.0);
            let res = re_before.chunks_exact_mut(n).chain(re_after.chunks_exact_mut(n));
            let ims = im_before.chunks_exact_mut(n).chain(im_after.chunks_exact_mut(n));
            for (other_re, other_im) in res.zip(ims).take(to - from - 1) {
                let factor = C64::new(other_re[row], other_im[row]) * inverse;
                for (((a, b), x), y) in other_re.iter_mut().zip(&mut *other_im).zip(&*re).zip(&*im) {
                    *a -= factor.re * x - factor.im * y;
                    *b -= factor.re * y + factor.im * x;
                }
                (other_re[row], other_im[row]) = (factor.re, factor.im);
            }
            for (x, y) in re.iter_mut().zip(&mut *im) {
                (*x, *y) = (*y * inverse.im - *x * inverse.re, -(*x * inverse.im + *y * inverse.re));
            }
            (re[row], im[row]) = (inverse.re, inverse.im);
        }
    }
}

impl std::fmt::Display for Singular {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "singular block: pivots from {:.3e} to {:.3e}", self.smallest_pivot, self.largest_pivot)
    }
}

impl std::error::Error for Singular {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_the_unit_matrix() {
        for n in [0, 1, 2, 10, 32, 33, 65] {
            let a = Matrix::from_fn(n, n, |i, j| {
                let x = 0.7 * (i * n + 3 * j) as f64;
                C64::new(x.sin() + if i == j { 3.0 } else { 0.0 }, x.cos())
            });
            let mut inverse = Matrix::zeros(n, n);
            Inverter::new(n).invert(&a, &mut inverse).unwrap();
            let mut unit = Matrix::zeros(n, n);
            product(unit.all_mut(), false, 1.0, (a.all(), Op::Plain), (inverse.all(), Op::Plain));
            for i in 0..n {
                unit[(i, i)] -= C64::ONE;
            }
            assert!(unit.max_norm() < 1e-12, "n = {n}: {}", unit.max_norm());
        }
    }

    #[test]
    fn singular_matrices_are_refused() {
        let a = Matrix::from_fn(3, 3, |i, j| C64::new((i + j) as f64, 0.0));
        assert!(Inverter::new(3).invert(&a, &mut Matrix::zeros(3, 3)).is_err());
        let nan = Matrix::from_fn(2, 2, |_, _| C64::new(f64::NAN, 0.0));
        assert!(Inverter::new(2).invert(&nan, &mut Matrix::zeros(2, 2)).is_err());
    }
}
