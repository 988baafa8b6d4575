//! Dense linear systems.

use crate::inverse::Singular;
use crate::matrix::Matrix;
use crate::registers::settled;
use faer::linalg::solvers::{PartialPivLu, Solve};
use faer::{MatMut, MatRef};

/// The solution of `a x = b`, by LU factorisation with row exchanges: 8/3 n^3 + 8 n^2 c real operations for c columns.
///
/// Where `a` is nearly singular x is exact for a matrix that differs from `a` by rounding, which products of x and the inverse of `a` are not.
///
/// # Errors
/// [`Singular`] if a pivot vanishes or is not a number.
///
/// # Panics
/// If `a` is not square or `b` has not as many rows.
pub fn solve(a: &Matrix, b: &Matrix) -> Result<Matrix, Singular> {
    let n = a.rows();
    assert_eq!([a.cols(), b.rows()], [n; 2], "a square matrix and as many rows");
    let mut x = b.clone();
    let cols = x.cols();
    let pivots: Vec<f64> = settled(|| {
        let lu = MatRef::from_column_major_slice(a.as_slice(), n, n).partial_piv_lu();
        lu.solve_in_place(MatMut::from_column_major_slice_mut(x.as_mut_slice(), n, cols));
        lu.U().diagonal().column_vector().iter().map(|z| z.norm()).collect()
    });
    let (smallest_pivot, largest_pivot) =
        pivots.iter().fold((f64::INFINITY, 0.0), |(s, l): (f64, f64), p| (s.min(*p), l.max(*p)));
    let finite = x.as_slice().iter().all(|z| z.re.is_finite() && z.im.is_finite());
    if n > 0 && (smallest_pivot == 0.0 || !finite) {
        return Err(Singular { smallest_pivot, largest_pivot });
    }
    Ok(x)
}

/// The factors of a real square matrix, stored column after column: 2/3 n^3 real operations.
pub struct RealLu(PartialPivLu<f64>);

impl RealLu {
    /// Factorises by rows exchanged.
    ///
    /// # Errors
    /// [`Singular`] if a pivot vanishes or is not a number.
    ///
    /// # Panics
    /// If `a` has not `n * n` entries.
    pub fn new(a: &[f64], n: usize) -> Result<Self, Singular> {
        assert_eq!(a.len(), n * n, "a square matrix");
        let lu = settled(|| MatRef::from_column_major_slice(a, n, n).partial_piv_lu());
        let pivots = || lu.U().diagonal().column_vector().iter().map(|x| x.abs());
        let smallest_pivot = pivots().fold(f64::INFINITY, f64::min);
        let largest_pivot = pivots().fold(0.0, f64::max);
        // NaN is neither
        if n > 0 && !(pivots().all(|p| p > 0.0) && largest_pivot.is_finite()) {
            return Err(Singular { smallest_pivot, largest_pivot });
        }
        Ok(Self(lu))
    }

    /// Replaces `b` by the solution x of `a x = b`.
    ///
    /// # Panics
    /// If `b` has not n numbers.
    pub fn solve(&self, b: &mut [f64]) {
        let n = b.len();
        settled(|| self.0.solve_in_place(MatMut::from_column_major_slice_mut(b, n, 1)));
    }

    /// Replaces `b` by the solution x of `a^T x = b`.
    ///
    /// # Panics
    /// If `b` has not n numbers.
    pub fn solve_transposed(&self, b: &mut [f64]) {
        let n = b.len();
        settled(|| self.0.solve_transpose_in_place(MatMut::from_column_major_slice_mut(b, n, 1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::C64;
    use crate::product::multiply;

    #[test]
    fn solutions_solve() {
        for n in [0, 1, 2, 17, 70] {
            let a = Matrix::from_fn(n, n, |i, j| {
                let x = 0.7 * (i * n + 3 * j) as f64;
                C64::new(x.sin() + if i == j { 3.0 } else { 0.0 }, x.cos())
            });
            let b = Matrix::from_fn(n, 3, |i, j| C64::new(i as f64, j as f64 - 1.0));
            let back = multiply(&a, &solve(&a, &b).unwrap());
            let worst =
                back.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max);
            // rounding of numbers of order n, n of them in each sum
            assert!(worst <= 1e-15 * (n * n) as f64, "n = {n}: {worst:.1e}");
        }
    }

    #[test]
    fn singular_matrices_are_refused() {
        let unit = Matrix::identity(3);
        assert!(solve(&Matrix::zeros(3, 3), &unit).is_err());
        assert!(solve(&Matrix::from_fn(3, 3, |_, _| C64::new(f64::NAN, 0.0)), &unit).is_err());
    }

    #[test]
    fn real_solutions_solve_either_way() {
        for n in [0, 1, 2, 17, 70] {
            let entry =
                |i: usize, j: usize| (0.7 * (i * n + 3 * j) as f64).sin() + if i == j { 3.0 } else { 0.0 };
            let a: Vec<f64> = (0..n * n).map(|k| entry(k % n, k / n)).collect();
            let b: Vec<f64> = (0..n).map(|i| i as f64 - 2.0).collect();
            let lu = RealLu::new(&a, n).unwrap();
            let (mut x, mut y) = (b.clone(), b.clone());
            lu.solve(&mut x);
            lu.solve_transposed(&mut y);
            for i in 0..n {
                let plain: f64 = (0..n).map(|j| entry(i, j) * x[j]).sum();
                let transposed: f64 = (0..n).map(|j| entry(j, i) * y[j]).sum();
                // rounding of numbers of order n, n of them in each sum
                let allowed = 1e-15 * (n * n) as f64;
                assert!((plain - b[i]).abs() <= allowed && (transposed - b[i]).abs() <= allowed, "n = {n}");
            }
        }
        assert!(RealLu::new(&[0.0; 4], 2).is_err() && RealLu::new(&[f64::NAN], 1).is_err());
    }
}
