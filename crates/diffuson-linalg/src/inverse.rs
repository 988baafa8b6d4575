//! Inversion of the small dense blocks of a recursion, with workspace kept between calls.

use crate::matrix::{C64, Matrix};
use crate::registers::settled;
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::lu::partial_pivoting::{factor, solve};
use faer::{MatMut, MatRef, Par};

/// Inverts `n` x `n` matrices by LU factorisation with partial pivoting (8 n^3 real operations).
pub struct Inverter {
    lu: Matrix,
    row_order: Vec<usize>,
    row_order_inverse: Vec<usize>,
    memory: MemBuffer,
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
        let need = StackReq::any_of(&[
            factor::lu_in_place_scratch::<usize, C64>(n, n, Par::Seq, Default::default()),
            solve::solve_in_place_scratch::<usize, C64>(n, n, Par::Seq),
        ]);
        Self {
            lu: Matrix::zeros(n, n),
            row_order: vec![0; n],
            row_order_inverse: vec![0; n],
            memory: MemBuffer::new(need),
        }
    }

    /// `inverse = a^-1`.
    ///
    /// # Errors
    /// [`Singular`] if a pivot vanishes to rounding against the largest one, or is not a number.
    ///
    /// # Panics
    /// If `a` or `inverse` is not of the order the workspace was made for.
    pub fn invert(&mut self, a: &Matrix, inverse: &mut Matrix) -> Result<(), Singular> {
        let n = self.lu.rows();
        self.lu.copy_from(a);
        let stack = MemStack::new(&mut self.memory);
        let lu = MatMut::from_column_major_slice_mut(self.lu.as_mut_slice(), n, n);
        let (forward, backward) = (&mut self.row_order, &mut self.row_order_inverse);
        let (_, order) =
            settled(|| factor::lu_in_place(lu, forward, backward, Par::Seq, stack, Default::default()));
        let pivots = (0..n).map(|i| self.lu[(i, i)].norm());
        let (low, high) = pivots.fold((f64::INFINITY, 0.0), |(l, h), p| {
            (if p.is_nan() { p } else { f64::min(l, p) }, f64::max(h, p))
        });
        if n > 0 && (low.is_nan() || low <= f64::EPSILON * 1e-3 * high) {
            return Err(Singular { smallest_pivot: low, largest_pivot: high });
        }
        inverse.clear();
        for i in 0..n {
            inverse[(i, i)] = C64::ONE;
        }
        let lu = MatRef::from_column_major_slice(self.lu.as_slice(), n, n);
        let inverse = MatMut::from_column_major_slice_mut(inverse.as_mut_slice(), n, n);
        settled(|| solve::solve_in_place(lu, lu, order, inverse, Par::Seq, stack));
        Ok(())
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
    use crate::{Op, product};

    #[test]
    fn inverse_times_matrix_is_the_unit_matrix() {
        for n in [1, 2, 10, 65] {
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
