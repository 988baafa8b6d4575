//! Small complex systems, of which ensembles solve millions: storage that is used again, and no blocks.

use crate::inverse::Singular;
use crate::matrix::C64;
use pulp::Arch;

/// A small complex matrix and its factors, by rows exchanged: 8/3 n^3 real operations, and no storage but the first time.
///
/// Up to some 50 rows loops over columns are faster than factorisations by blocks (as [`solve`](crate::solve) uses), which have to be set up.
#[derive(Clone, Debug)]
pub struct SmallLu {
    rows: usize,
    /// Real and imaginary parts in turn, column by column.
    entries: Vec<f64>,
    /// Row that changed places with row k in step k.
    exchanged: Vec<usize>,
    /// The column of a pivot times i.
    turned: Vec<f64>,
    /// Rows being solved for.
    permuted: Vec<C64>,
}

impl SmallLu {
    /// Storage for matrices of n rows.
    pub fn new(n: usize) -> Self {
        Self {
            rows: n,
            entries: vec![0.0; 2 * n * n],
            exchanged: vec![0; n],
            turned: vec![0.0; 2 * n],
            permuted: vec![C64::default(); n],
        }
    }

    /// Writes an entry of the matrix; all of them have to be written before each factorisation, which overwrites them.
    ///
    /// # Panics
    /// If there is no such entry.
    #[inline]
    pub fn set(&mut self, row: usize, column: usize, value: C64) {
        let at = 2 * (column * self.rows + row);
        self.entries[at] = value.re;
        self.entries[at + 1] = value.im;
    }

    /// Factorises what was written.
    ///
    /// # Errors
    /// [`Singular`] if a pivot vanishes or is not a number.
    pub fn factorise(&mut self) -> Result<(), Singular> {
        let Self { rows, entries, exchanged, turned, .. } = self;
        let rows = *rows;
        Arch::new().dispatch(
            #[inline(always)]
            move || eliminate(rows, entries, exchanged, turned),
        )
    }

    fn entry(&self, row: usize, column: usize) -> C64 {
        let at = 2 * (column * self.rows + row);
        C64::new(self.entries[at], self.entries[at + 1])
    }

    /// `ln |det|`.
    pub fn ln_modulus(&self) -> f64 {
        let mut sum = 0.0;
        // products of few pivots keep within the range of numbers
        let mut product = 1.0;
        for k in 0..self.rows {
            product *= self.entry(k, k).norm_sqr();
            if k % 8 == 7 {
                sum += product.ln();
                product = 1.0;
            }
        }
        0.5 * (sum + product.ln())
    }

    /// Replaces b by the solution x of `a x = b`: 8 n^2 real operations.
    ///
    /// # Panics
    /// If b has not n numbers.
    pub fn solve(&mut self, b: &mut [C64]) {
        let n = self.rows;
        assert_eq!(b.len(), n, "one number per row");
        let column = |k: usize| self.entries[2 * n * k..2 * n * (k + 1)].as_chunks::<2>().0;
        let x = &mut self.permuted;
        x.copy_from_slice(b);
        self.exchanged.iter().enumerate().for_each(|(k, &row)| x.swap(k, row));
        for k in 0..n {
            let (known, rest) = x.split_at_mut(k + 1);
            let below = &column(k)[k + 1..];
            rest.iter_mut().zip(below).for_each(|(x, [re, im])| *x -= C64::new(*re, *im) * known[k]);
        }
        for k in (0..n).rev() {
            let (above, known) = x.split_at_mut(k);
            let [re, im] = column(k)[k];
            known[0] /= C64::new(re, im);
            above.iter_mut().zip(column(k)).for_each(|(x, [re, im])| *x -= C64::new(*re, *im) * known[0]);
        }
        b.copy_from_slice(x);
    }
}

/// The elimination: of every column to the right of a pivot its own is taken off, times a complex number, as two real multiples of real columns.
#[inline(always)]
fn eliminate(
    n: usize,
    entries: &mut [f64],
    exchanged: &mut [usize],
    turned: &mut [f64],
) -> Result<(), Singular> {
    let (mut smallest, mut largest) = (f64::INFINITY, 0.0f64);
    for k in 0..n {
        let (done, rest) = entries.split_at_mut(2 * n * (k + 1));
        let (left, column) = done.split_at_mut(2 * n * k);
        let (mut pivot, mut squared) = (k, -1.0);
        for (i, [re, im]) in column.as_chunks::<2>().0.iter().enumerate().skip(k) {
            let size = re * re + im * im;
            // NaN is found by what follows
            if size > squared || size.is_nan() {
                (pivot, squared) = (i, size);
            }
        }
        (smallest, largest) = (smallest.min(squared), largest.max(squared));
        if !(squared > 0.0 && squared.is_finite()) {
            let [smallest_pivot, largest_pivot] = [smallest, largest].map(f64::sqrt);
            return Err(Singular { smallest_pivot, largest_pivot });
        }
        exchanged[k] = pivot;
        if pivot != k {
            for other in
                left.chunks_exact_mut(2 * n).chain([&mut *column]).chain(rest.chunks_exact_mut(2 * n))
            {
                other.swap(2 * k, 2 * pivot);
                other.swap(2 * k + 1, 2 * pivot + 1);
            }
        }
        let inverse = 1.0 / C64::new(column[2 * k], column[2 * k + 1]);
        let below = &mut column[2 * (k + 1)..];
        let turned = &mut turned[..below.len()];
        for (x, t) in below.as_chunks_mut::<2>().0.iter_mut().zip(turned.as_chunks_mut::<2>().0) {
            let scaled = C64::new(x[0], x[1]) * inverse;
            *x = [scaled.re, scaled.im];
            *t = [-scaled.im, scaled.re];
        }
        for other in rest.chunks_exact_mut(2 * n) {
            let (re, im) = (other[2 * k], other[2 * k + 1]);
            let rows = other[2 * (k + 1)..].iter_mut().zip(&*below).zip(&*turned);
            rows.for_each(|((x, l), t)| *x -= re * l + im * t);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;
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
                (0..n).for_each(|j| (0..n).for_each(|i| lu.set(i, j, m[(i, j)])));
                lu.factorise().unwrap();
                lu.ln_modulus()
            };
            let (left, right, both) = (of(&a), of(&b), of(&multiply(&a, &b)));
            // rounding of n pivots, each of sums of n terms
            assert!((left + right - both).abs() <= 1e-14 * (n * n) as f64, "n = {n}");
            of(&a);
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
        assert!(lu.factorise().is_err());
        lu.set(0, 0, C64::new(1.0, 0.0));
        lu.set(1, 1, C64::new(f64::NAN, 0.0));
        assert!(lu.factorise().is_err());
    }
}
