//! Small complex systems, of which ensembles solve millions: storage that is used again, and no blocks.

use crate::inverse::Singular;
use crate::matrix::{C64, Matrix};

/// The factors of a small complex matrix, by rows exchanged: 8/3 n^3 real operations, and no storage but the first time.
///
/// Up to some 50 rows loops over columns are faster than factorisations by blocks (as [`solve`](crate::solve) uses), which have to be set up.
#[derive(Clone, Debug)]
pub struct SmallLu {
    factors: Matrix,
    /// Row that changed places with row k in step k.
    exchanged: Vec<usize>,
    /// Row being solved for.
    permuted: Vec<C64>,
}

impl SmallLu {
    /// Storage for matrices of n rows; factorised is the unit matrix.
    pub fn new(n: usize) -> Self {
        Self { factors: Matrix::identity(n), exchanged: (0..n).collect(), permuted: vec![C64::default(); n] }
    }

    /// Factorises the matrix that `fill` writes, column by column.
    ///
    /// # Errors
    /// [`Singular`] if a pivot vanishes or is not a number.
    pub fn factorise(&mut self, fill: impl FnOnce(&mut Matrix)) -> Result<(), Singular> {
        fill(&mut self.factors);
        let n = self.factors.rows();
        let (mut smallest, mut largest) = (f64::INFINITY, 0.0f64);
        for k in 0..n {
            let size = |i: usize| self.factors[(i, k)].norm_sqr();
            let pivot = (k + 1..n).fold(k, |best, i| if size(i) > size(best) { i } else { best });
            let squared = size(pivot);
            (smallest, largest) = (smallest.min(squared), largest.max(squared));
            // NaN is neither
            if !(squared > 0.0 && squared.is_finite()) {
                let [smallest_pivot, largest_pivot] = [smallest, largest].map(f64::sqrt);
                return Err(Singular { smallest_pivot, largest_pivot });
            }
            self.exchanged[k] = pivot;
            if pivot != k {
                for j in 0..n {
                    self.factors.col_mut(j).swap(k, pivot);
                }
            }
            let inverse = 1.0 / self.factors[(k, k)];
            let (done, rest) = self.factors.as_mut_slice().split_at_mut((k + 1) * n);
            let column = &mut done[k * n + k + 1..];
            column.iter_mut().for_each(|x| *x *= inverse);
            for other in rest.chunks_exact_mut(n) {
                let factor = other[k];
                other[k + 1..].iter_mut().zip(&*column).for_each(|(x, l)| *x -= l * factor);
            }
        }
        Ok(())
    }

    /// `ln |det|`.
    pub fn ln_modulus(&self) -> f64 {
        let pivots: Vec<f64> = (0..self.factors.rows()).map(|k| self.factors[(k, k)].norm_sqr()).collect();
        // products of few pivots keep within the range of numbers
        0.5 * pivots.chunks(8).map(|few| few.iter().product::<f64>().ln()).sum::<f64>()
    }

    /// Replaces b by the solution x of `a x = b`: 8 n^2 real operations.
    ///
    /// # Panics
    /// If b has not n numbers.
    pub fn solve(&mut self, b: &mut [C64]) {
        let n = self.factors.rows();
        assert_eq!(b.len(), n, "one number per row");
        let x = &mut self.permuted;
        x.copy_from_slice(b);
        self.exchanged.iter().enumerate().for_each(|(k, &row)| x.swap(k, row));
        for k in 0..n {
            let (known, rest) = x.split_at_mut(k + 1);
            let column = &self.factors.col(k)[k + 1..];
            rest.iter_mut().zip(column).for_each(|(x, l)| *x -= l * known[k]);
        }
        for k in (0..n).rev() {
            let column = self.factors.col(k);
            x[k] /= column[k];
            let (rest, known) = x.split_at_mut(k);
            rest.iter_mut().zip(column).for_each(|(x, u)| *x -= u * known[0]);
        }
        b.copy_from_slice(x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::multiply;

    #[test]
    fn solutions_solve_and_determinants_multiply() {
        let matrix = |n: usize, shift: f64| {
            Matrix::from_fn(n, n, |i, j| {
                let x = 0.7 * (i * n + 3 * j) as f64 + shift;
                C64::new(x.sin() + if (i + 1) % n == j { 3.0 } else { 0.0 }, x.cos())
            })
        };
        for n in [0, 1, 2, 12, 40] {
            let (a, b) = (matrix(n, 0.0), matrix(n, 0.3));
            let mut lu = SmallLu::new(n);
            let mut of = |m: &Matrix| {
                lu.factorise(|out| out.copy_from(m)).unwrap();
                lu.ln_modulus()
            };
            let (left, right, both) = (of(&a), of(&b), of(&multiply(&a, &b)));
            // rounding of n pivots, each of sums of n terms
            assert!((left + right - both).abs() <= 1e-14 * (n * n) as f64, "n = {n}");
            lu.factorise(|out| out.copy_from(&a)).unwrap();
            let rhs = Matrix::from_fn(n, 1, |i, _| C64::new(i as f64, 1.0));
            let mut x = rhs.clone();
            lu.solve(x.as_mut_slice());
            let back = multiply(&a, &x);
            let worst = back.as_slice().iter().zip(rhs.as_slice()).map(|(x, y)| (x - y).norm());
            assert!(worst.fold(0.0, f64::max) <= 1e-15 * (1 + n * n) as f64, "n = {n}");
        }
    }

    #[test]
    fn singular_matrices_are_refused() {
        let mut lu = SmallLu::new(2);
        assert!(lu.factorise(Matrix::clear).is_err());
        assert!(lu.factorise(|m| m[(0, 0)] = C64::new(f64::NAN, 0.0)).is_err());
    }
}
