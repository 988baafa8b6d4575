//! Eigenproblems and singular values of lead modes.

use crate::inverse::Inverter;
use crate::matrix::{C64, Matrix};
use crate::product::{Op, product};
use crate::registers::settled;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatRef, Par, Side};

/// Eigenvalues (ascending) and orthonormal eigenvectors (columns, real) of a real symmetric matrix.
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// Eigenvalues in ascending order.
    pub values: Vec<f64>,
    /// Column `k` belongs to `values[k]`; stored column by column, `n * n` entries.
    pub vectors: Vec<f64>,
}

impl SymmetricEigen {
    /// The function `sum_n f_n x_n x_n^T` of the matrix whose eigenvectors are x_n: complex symmetric, exactly. Costs about n^2 real
    /// operations for each real or imaginary part that is not zero.
    ///
    /// # Panics
    /// If there is not one value for each eigenvector.
    pub fn function(&self, f: &[C64]) -> Matrix {
        let n = self.values.len();
        assert_eq!(f.len(), n, "one value for each eigenvector");
        let lower = |part: &dyn Fn(C64) -> f64| {
            let terms: Vec<usize> = (0..n).filter(|&k| part(f[k]) != 0.0).collect();
            let x = Mat::from_fn(n, terms.len(), |i, k| self.vectors[terms[k] * n + i]);
            let f_x = Mat::from_fn(n, terms.len(), |i, k| part(f[terms[k]]) * x[(i, k)]);
            let mut out = Mat::zeros(n, n);
            let full = BlockStructure::Rectangular;
            let (to, x_t) = (BlockStructure::TriangularLower, x.transpose());
            settled(|| {
                triangular::matmul(&mut out, to, Accum::Replace, &f_x, full, x_t, full, 1.0, Par::Seq);
            });
            out
        };
        let (re, im) = (lower(&|z| z.re), lower(&|z| z.im));
        Matrix::from_fn(n, n, |i, j| {
            let at = (i.max(j), i.min(j));
            C64::new(re[at], im[at])
        })
    }
}

/// Eigenvalues (ascending) and orthonormal eigenvectors of a Hermitian matrix.
pub struct HermitianEigen {
    /// Eigenvalues in ascending order.
    pub values: Vec<f64>,
    /// Column `k` belongs to `values[k]`.
    pub vectors: Matrix,
}

/// Singular values s and vectors of `a = u diag(s) w^+`, without those that a matrix of m x n entries does not have: min(m, n) of each.
pub struct SingularValues {
    /// Left singular vectors: orthonormal columns.
    pub u: Matrix,
    /// Singular values in descending order.
    pub values: Vec<f64>,
    /// Right singular vectors: orthonormal columns.
    pub w: Matrix,
}

/// The eigenvalue iteration did not converge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoConvergence;

impl std::fmt::Display for NoConvergence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the eigenvalue iteration did not converge")
    }
}

impl std::error::Error for NoConvergence {}

/// Diagonalises the real symmetric `n` x `n` matrix stored column by column in `a` (the lower triangle is read).
///
/// # Errors
/// [`NoConvergence`], as happens for entries that are not numbers.
///
/// # Panics
/// If `a` has not `n * n` entries.
pub fn symmetric(a: &[f64], n: usize) -> Result<SymmetricEigen, NoConvergence> {
    let eigen = MatRef::from_column_major_slice(a, n, n)
        .self_adjoint_eigen(Side::Lower)
        .map_err(|_| NoConvergence)?;
    let values = eigen.S().column_vector().iter().copied().collect();
    let u = eigen.U();
    let vectors = (0..n).flat_map(|j| (0..n).map(move |i| u[(i, j)])).collect();
    Ok(SymmetricEigen { values, vectors })
}

/// Eigenvalues (ascending) of the real symmetric `n` x `n` matrix stored column by column in `a` (the lower triangle is read).
///
/// # Errors
/// [`NoConvergence`], as happens for entries that are not numbers.
///
/// # Panics
/// If `a` has not `n * n` entries.
pub fn symmetric_values(a: &[f64], n: usize) -> Result<Vec<f64>, NoConvergence> {
    MatRef::from_column_major_slice(a, n, n).self_adjoint_eigenvalues(Side::Lower).map_err(|_| NoConvergence)
}

/// Eigenvalues of a Hermitian matrix in ascending order (the lower triangle is read).
///
/// # Errors
/// [`NoConvergence`], as happens for entries that are not numbers.
pub fn hermitian_values(a: &Matrix) -> Result<Vec<f64>, NoConvergence> {
    view(a).self_adjoint_eigenvalues(Side::Lower).map_err(|_| NoConvergence)
}

/// Diagonalises a Hermitian matrix (the lower triangle is read).
///
/// # Errors
/// [`NoConvergence`], as happens for entries that are not numbers.
pub fn hermitian(a: &Matrix) -> Result<HermitianEigen, NoConvergence> {
    let eigen = view(a).self_adjoint_eigen(Side::Lower).map_err(|_| NoConvergence)?;
    let values = eigen.S().column_vector().iter().map(|z| z.re).collect();
    Ok(HermitianEigen { values, vectors: owned(eigen.U()) })
}

/// Singular values and vectors.
///
/// # Errors
/// [`NoConvergence`], as happens for entries that are not numbers.
pub fn singular(a: &Matrix) -> Result<SingularValues, NoConvergence> {
    let svd = view(a).thin_svd().map_err(|_| NoConvergence)?;
    let values = svd.S().column_vector().iter().map(|z| z.re).collect();
    Ok(SingularValues { u: owned(svd.U()), values, w: owned(svd.V()) })
}

fn view(a: &Matrix) -> MatRef<'_, C64> {
    MatRef::from_column_major_slice(a.as_slice(), a.rows(), a.cols())
}

fn owned(a: MatRef<'_, C64>) -> Matrix {
    Matrix::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)])
}

/// One solution of `a v = (alpha / beta) b v`; `beta = 0` stands for an infinite eigenvalue.
pub struct GeneralizedMode {
    /// Numerator of the eigenvalue.
    pub alpha: C64,
    /// Denominator of the eigenvalue.
    pub beta: C64,
    /// Right eigenvector.
    pub vector: Vec<C64>,
}

/// Places from which the eigenvalues of a pencil are seen: inside the unit circle, off every axis of symmetry.
const SHIFTS: [C64; 3] = [C64::new(0.43, 0.71), C64::new(-0.62, 0.39), C64::new(0.11, -0.83)];

/// All solutions of the generalised eigenproblem `a v = lambda b v`, from the ordinary eigenproblem
/// `(a - s b)^-1 b v = v / (lambda - s)`, which stays sound where eigenvalues coincide; s is that of three shifts from which the inverse
/// is smallest.
///
/// # Errors
/// [`NoConvergence`] if the QR iteration fails or `a - s b` is singular for every s.
///
/// # Panics
/// If `a` and `b` are not square and of equal order.
pub fn generalized(a: &Matrix, b: &Matrix) -> Result<Vec<GeneralizedMode>, NoConvergence> {
    let n = a.rows();
    let mut inverter = Inverter::new(n);
    let inverses = SHIFTS.iter().filter_map(|&s| {
        let shifted = Matrix::from_fn(n, n, |i, j| a[(i, j)] - s * b[(i, j)]);
        let mut inverse = Matrix::zeros(n, n);
        inverter.invert(&shifted, &mut inverse).ok()?;
        Some((s, inverse))
    });
    let smaller = |x: &(C64, Matrix), y: &(C64, Matrix)| x.1.max_norm().total_cmp(&y.1.max_norm());
    let (s, inverse) = inverses.min_by(smaller).ok_or(NoConvergence)?;
    let mut m = Matrix::zeros(n, n);
    product(m.all_mut(), false, 1.0, (inverse.all(), Op::Plain), (b.all(), Op::Plain));
    let eigen = view(&m).eigen().map_err(|_| NoConvergence)?;
    let (u, values) = (eigen.U(), eigen.S().column_vector());
    let mode = |k| {
        let vector = (0..n).map(|i| u[(i, k)]).collect();
        GeneralizedMode { alpha: 1.0 + values[k] * s, beta: values[k], vector }
    };
    Ok((0..n).map(mode).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_eigenvalues_are_cosines() {
        let n = 12usize;
        let a: Vec<f64> = (0..n * n).map(|k| if (k / n).abs_diff(k % n) == 1 { -1.0 } else { 0.0 }).collect();
        let eigen = symmetric(&a, n).unwrap();
        for (k, e) in eigen.values.iter().enumerate() {
            let exact = -2.0 * (std::f64::consts::PI * (k + 1) as f64 / (n + 1) as f64).cos();
            assert!((e - exact).abs() < 1e-14);
        }
        let alone = symmetric_values(&a, n).unwrap();
        // rounding of the two ways
        assert!(alone.iter().zip(&eigen.values).all(|(x, y)| (x - y).abs() < 1e-14));
    }

    fn filled(rows: usize, cols: usize, s: f64) -> Matrix {
        Matrix::from_fn(rows, cols, |i, j| {
            let x = s * (1.0 + i as f64 * 1.7 + j as f64 * j as f64 * 0.9 + (i * j) as f64);
            C64::new(x.sin(), (1.7 * x).cos())
        })
    }

    fn times(a: &Matrix, b: &Matrix) -> Matrix {
        Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
    }

    fn distance(a: &Matrix, b: &Matrix) -> f64 {
        assert_eq!([a.rows(), a.cols()], [b.rows(), b.cols()]);
        a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
    }

    /// Tolerances: some n roundings of entries of order 1 to n.
    #[test]
    fn hermitian_and_singular_vectors_rebuild_their_matrix() {
        for (rows, cols) in [(1, 1), (5, 5), (9, 4), (4, 9)] {
            let a = filled(rows, cols, 0.83);
            let SingularValues { u, values, w } = singular(&a).unwrap();
            assert!(values.is_sorted_by(|x, y| x >= y) && *values.last().unwrap() > 0.0);
            let s_w = Matrix::from_fn(values.len(), cols, |k, j| values[k] * w[(j, k)].conj());
            assert!(distance(&times(&u, &s_w), &a) < 1e-13, "{rows} x {cols}");

            let h = times(&a, &a.adjoint());
            let HermitianEigen { values, vectors } = hermitian(&h).unwrap();
            assert!(values.is_sorted());
            let e_x = Matrix::from_fn(rows, rows, |k, j| values[k] * vectors[(j, k)].conj());
            assert!(distance(&times(&vectors, &e_x), &h) < 1e-13 * rows as f64, "{rows} x {cols}");
        }
    }

    /// A complex function with parts that vanish, against the sum over eigenvectors: roundings of order 1.
    #[test]
    fn functions_of_symmetric_matrices() {
        for n in [1usize, 6, 31] {
            let a: Vec<f64> =
                (0..n * n).map(|k| ((k / n + 1) as f64 * (k % n + 1) as f64 * 0.7).sin()).collect();
            let eigen = symmetric(&a, n).unwrap();
            let f =
                |k: usize| C64::new((0.3 * k as f64).cos(), if k.is_multiple_of(3) { 0.0 } else { k as f64 });
            let f: Vec<C64> = (0..n).map(f).collect();
            let x = Matrix::from_fn(n, n, |i, k| C64::new(eigen.vectors[k * n + i], 0.0));
            let f_x = Matrix::from_fn(n, n, |k, j| f[k] * x[(j, k)]);
            let got = eigen.function(&f);
            assert!(distance(&got, &times(&x, &f_x)) < 1e-14 * (n * n) as f64);
            assert_eq!(got, got.transpose());
        }
    }

    #[test]
    fn generalized_modes_solve_their_equation() {
        let n = 7;
        let (a, b) = (filled(n, n, 0.83), filled(n, n, 1.37));
        for mode in generalized(&a, &b).unwrap() {
            let size = mode.vector.iter().map(|z| z.norm()).fold(0.0, f64::max);
            for i in 0..n {
                let row: C64 =
                    (0..n).map(|j| (mode.beta * a[(i, j)] - mode.alpha * b[(i, j)]) * mode.vector[j]).sum();
                assert!(row.norm() < 1e-12 * size * (mode.alpha.norm() + mode.beta.norm()));
            }
        }
    }

    /// Degenerate pencils, as those of modes related by symmetry: every eigenvalue k of multiplicity 3 has 3 independent vectors.
    #[test]
    fn degenerate_modes_are_independent() {
        let (multiplicity, distinct) = (3, 4);
        let n = multiplicity * distinct;
        let m = |s: f64| {
            Matrix::from_fn(n, n, |i, j| {
                let x = s * (1.0 + i as f64 * 1.7 + j as f64 * j as f64 * 0.9 + (i * j) as f64);
                C64::new(x.sin() + if i == j { 4.0 } else { 0.0 }, (1.7 * x).cos())
            })
        };
        // a = x diag(lambda) y, b = x y
        let (x, y) = (m(0.83), m(1.37));
        let times = |lambda: &dyn Fn(usize) -> f64| {
            Matrix::from_fn(n, n, |i, j| (0..n).map(|k| x[(i, k)] * lambda(k) * y[(k, j)]).sum())
        };
        let (a, b) = (times(&|k| (k / multiplicity) as f64), times(&|_| 1.0));
        let modes = generalized(&a, &b).unwrap();
        let mut values: Vec<f64> = modes.iter().map(|m| (m.alpha / m.beta).re).collect();
        values.sort_by(f64::total_cmp);
        for (k, value) in values.iter().enumerate() {
            assert!((value - (k / multiplicity) as f64).abs() < 1e-11, "{values:?}");
        }
        let vectors = Matrix::from_fn(n, n, |i, k| modes[k].vector[i]);
        let mut inverse = Matrix::zeros(n, n);
        Inverter::new(n).invert(&vectors, &mut inverse).unwrap();
        assert!(inverse.max_norm() < 1e4, "{:e}", inverse.max_norm());
    }
}
