//! Sparse direct factorisation by nested dissection: Schur complements, solutions, and entries of the inverse.
//!
//! `A = E - H - Sigma` of a conductor is sparse but for the self-energies of leads, which join the sites at its surface. So the surface is kept to
//! the end: elimination of all other rows, in an order found once ([`Analysis`]), leaves the Schur complement
//! `M = A_ss - A_sr A_rr^-1 A_rs` on the surface, of which `(M - Sigma)^-1` is the Green function between the leads. Where H is real and the rows
//! eliminated carry no self-energy, all that is real arithmetic.
//!
//! ```text
//! Analysis::new   order of elimination, fronts, places of all entries               once for a pattern
//! Factor::factorise   A = L D U front by front, pivots inside fronts                once for all numbers
//! Factor::schur, slope   M and its derivative with respect to a parameter
//! Factor::close   (M - Sigma)^-1                                                    then, as often as wanted:
//! Factor::solve, columns, selected   A^-1 b, A^-1 e_j, entries of A^-1 where A has entries
//! ```
//!
//! The order is that of nested dissection (A. George, SIAM J. Numer. Anal. 10, 345 (1973)); the fronts are those of the multifrontal method (I. S. Duff
//! and J. K. Reid, ACM Trans. Math. Softw. 9, 302 (1983)). A square lattice of n x n sites costs some 10 n^3 multiplications instead of the n^4 of a
//! recursion.
//!
//! One thread computes one factorisation, unless [`Parallelism::Pool`] is asked for: then subtrees and the products of large fronts are shared
//! among the threads of a pool. Sums are taken in one order either way: the same numbers give the same bits.

mod analysis;
mod division;
mod factor;
mod front;
mod ordering;
mod scalar;
mod selected;
mod slope;
mod solve;

pub use analysis::{Analysis, Counts};

use crate::inverse::{Inverter, Singular};
use crate::matrix::{C64, Matrix};
use factor::{Numbers, Numeric};
use front::Kind;
use scalar::Scalar;
use solve::Rows;
use std::sync::Arc;

/// The numbers of a matrix, in the order of the entries of its lower triangle that were analysed. The kind decides the arithmetic and the
/// work: a real multiplication is 2 real operations, a complex one 8, and a general matrix needs twice as many.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Real and symmetric.
    Real(&'a [f64]),
    /// Complex and symmetric: `A_ji = A_ij`.
    Symmetric(&'a [C64]),
    /// Hermitian: `A_ji = A_ij^*`.
    Hermitian(&'a [C64]),
    /// Without symmetry.
    General {
        /// A_ij for the entries (i, j), i >= j.
        lower: &'a [C64],
        /// A_ji for the same entries.
        upper: &'a [C64],
    },
}

/// The factors of a matrix. Its memory serves one factorisation after the other.
#[derive(Debug)]
pub struct Factor {
    analysis: Arc<Analysis>,
    numeric: Field,
    parallelism: Parallelism,
    /// The inverse on the kept rows and on those that could not be eliminated, once closed.
    root: Option<Matrix>,
    inverter: Option<Inverter>,
}

/// Who computes a factorisation. The numbers that come out are the same, bit for bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parallelism {
    /// The thread that asks for it, alone: the most work done in all where there are samples or energies for every thread.
    #[default]
    Sequential,
    /// All threads of the rayon pool it is asked for in (outside any pool, of the global one): the shortest time for a single one.
    Pool,
}

#[derive(Debug)]
enum Field {
    Real(Numeric<f64>),
    Complex(Numeric<C64>),
}

/// What a factorisation came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows of fronts left to their parents for want of a sound pivot.
    pub delayed: usize,
    /// Rows that found no sound pivot at all and joined the kept ones.
    pub left: usize,
}

/// Entries of the inverse where the matrix has entries, in the order of the entries analysed.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// G_ij for the entries (i, j), i >= j.
    pub lower: Vec<C64>,
    /// G_ji for the same entries.
    pub upper: Vec<C64>,
}

/// Numbers that do not fit the pattern.
fn checked(values: Values<'_>, entries: usize) {
    let fits = match values {
        Values::Real(lower) => lower.len() == entries,
        Values::Symmetric(lower) | Values::Hermitian(lower) => lower.len() == entries,
        Values::General { lower, upper } => lower.len() == entries && upper.len() == entries,
    };
    assert!(fits, "one number for each entry of the pattern");
}

impl Factor {
    /// Workspace for matrices of the pattern analysed, as yet without numbers.
    pub fn new(analysis: Arc<Analysis>) -> Self {
        let numeric = Field::Real(Numeric::new(Kind::Symmetric, &analysis, false));
        Self { analysis, numeric, parallelism: Parallelism::Sequential, root: None, inverter: None }
    }

    /// Who computes the factorisations to come; [`Sequential`](Parallelism::Sequential) unless set.
    pub fn set_parallelism(&mut self, parallelism: Parallelism) {
        self.parallelism = parallelism;
    }

    /// The pattern.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// Factorises the matrix of the given numbers. It always succeeds: rows without a sound pivot join the kept ones, and numbers that are not
    /// finite are found by [`close`](Self::close).
    ///
    /// # Panics
    /// If there is not one number for each entry of the pattern.
    pub fn factorise(&mut self, values: Values<'_>) -> Outcome {
        checked(values, self.analysis.entries);
        self.root = None;
        let parallel = self.parallelism == Parallelism::Pool && rayon::current_num_threads() > 1;
        let (kind, lower, upper) = match values {
            Values::Real(lower) => {
                if !matches!(&self.numeric, Field::Real(n) if n.parallel == parallel) {
                    self.numeric = Field::Real(Numeric::new(Kind::Symmetric, &self.analysis, parallel));
                }
                let Field::Real(numeric) = &mut self.numeric else { unreachable!("made real above") };
                numeric.factorise(&self.analysis, Numbers { lower, upper: &[] });
                return numeric.outcome();
            }
            Values::Symmetric(lower) => (Kind::Symmetric, lower, &[][..]),
            Values::Hermitian(lower) => (Kind::Hermitian, lower, &[][..]),
            Values::General { lower, upper } => (Kind::General, lower, upper),
        };
        if !matches!(&self.numeric, Field::Complex(n) if n.kind == kind && n.parallel == parallel) {
            self.numeric = Field::Complex(Numeric::new(kind, &self.analysis, parallel));
        }
        let Field::Complex(numeric) = &mut self.numeric else { unreachable!("made complex above") };
        numeric.factorise(&self.analysis, Numbers { lower, upper });
        numeric.outcome()
    }

    /// The Schur complement `A_ss - A_sr A_rr^-1 A_rs` on the kept rows s, followed by the rows left over by the factorisation, if any.
    pub fn schur(&self) -> Matrix {
        match &self.numeric {
            Field::Real(numeric) => square(&numeric.schur, C64::from),
            Field::Complex(numeric) => square(&numeric.schur, |z| z),
        }
    }

    /// The same where it is real, column after column.
    pub fn real_schur(&self) -> Option<&[f64]> {
        match &self.numeric {
            Field::Real(numeric) => Some(&numeric.schur),
            Field::Complex(_) => None,
        }
    }

    /// The rows the [Schur complement](Self::schur) stands on: the kept ones, then those left over.
    pub fn remaining(&self) -> Vec<usize> {
        let row = |place: usize| self.analysis.order[place] as usize;
        match &self.numeric {
            Field::Real(numeric) => numeric.remaining(&self.analysis).map(row).collect(),
            Field::Complex(numeric) => numeric.remaining(&self.analysis).map(row).collect(),
        }
    }

    /// What elimination makes of a right-hand side on the [remaining](Self::remaining) rows: `b_s - A_sr A_rr^-1 b_r`, to which the Schur
    /// complement takes `x_s` if `A x = b`.
    ///
    /// # Panics
    /// If `b` has not as many numbers as the matrix has rows.
    pub fn reduced(&self, b: &[C64]) -> Vec<C64> {
        let analysis = &self.analysis;
        assert_eq!(b.len(), analysis.rows, "as many numbers as the matrix has rows");
        let all = vec![true; analysis.fronts.len()];
        let ordered = analysis.order.iter().map(|&row| b[row as usize]);
        match &self.numeric {
            Field::Real(numeric) => {
                let forward = |part: fn(C64) -> f64| {
                    let mut data: Vec<f64> = ordered.clone().map(part).collect();
                    numeric.forward(analysis, &all, &mut Rows { data: &mut data, cols: 1 });
                    data
                };
                let re = forward(|z| z.re);
                let im = b.iter().any(|z| z.im != 0.0).then(|| forward(|z| z.im));
                let at = |place: usize| C64::new(re[place], im.as_ref().map_or(0.0, |im| im[place]));
                numeric.remaining(analysis).map(at).collect()
            }
            Field::Complex(numeric) => {
                let mut data: Vec<C64> = ordered.collect();
                numeric.forward(analysis, &all, &mut Rows { data: &mut data, cols: 1 });
                numeric.remaining(analysis).map(|place| data[place]).collect()
            }
        }
    }

    /// The derivative of the [Schur complement](Self::schur) with respect to a parameter of which the numbers of the matrix have the
    /// derivatives `slopes`.
    ///
    /// # Panics
    /// If the slopes are not of the kind of the matrix, or not one for each entry.
    pub fn slope(&self, slopes: Values<'_>) -> Matrix {
        checked(slopes, self.analysis.entries);
        let analysis = &self.analysis;
        match (&self.numeric, slopes) {
            (Field::Real(numeric), Values::Real(lower)) => {
                square(&numeric.slope(analysis, Numbers { lower, upper: &[] }), C64::from)
            }
            (Field::Complex(numeric), Values::Symmetric(lower)) if numeric.kind == Kind::Symmetric => {
                square(&numeric.slope(analysis, Numbers { lower, upper: &[] }), |z| z)
            }
            (Field::Complex(numeric), Values::Hermitian(lower)) if numeric.kind == Kind::Hermitian => {
                square(&numeric.slope(analysis, Numbers { lower, upper: &[] }), |z| z)
            }
            (Field::Complex(numeric), Values::General { lower, upper }) if numeric.kind == Kind::General => {
                square(&numeric.slope(analysis, Numbers { lower, upper }), |z| z)
            }
            _ => panic!("slopes of the kind of the matrix"),
        }
    }

    /// Takes `sigma` off the kept rows and inverts what remains: afterwards the inverse of `A - sigma` can be asked for.
    ///
    /// # Errors
    /// [`Singular`] if `A - sigma` has no inverse.
    ///
    /// # Panics
    /// If `sigma` is not of the order of the kept rows.
    pub fn close(&mut self, sigma: Option<&Matrix>) -> Result<(), Singular> {
        let mut m = self.schur();
        if let Some(sigma) = sigma {
            let kept = self.analysis.kept;
            assert_eq!([sigma.rows(), sigma.cols()], [kept; 2], "a self-energy on the kept rows");
            for j in 0..kept {
                for i in 0..kept {
                    m[(i, j)] -= sigma[(i, j)];
                }
            }
        }
        let n = m.rows();
        let mut inverse = Matrix::zeros(n, n);
        match &mut self.inverter {
            Some(inverter) if inverter.order() == n => inverter.invert(&m, &mut inverse)?,
            other => other.insert(Inverter::new(n)).invert(&m, &mut inverse)?,
        }
        self.root = Some(inverse);
        Ok(())
    }

    /// The inverse on the kept rows.
    ///
    /// # Panics
    /// If the factorisation is not [closed](Self::close).
    pub fn kept_inverse(&self) -> Matrix {
        let root = self.closed();
        Matrix::from_fn(self.analysis.kept, self.analysis.kept, |i, j| root[(i, j)])
    }

    /// Replaces the columns of `x` by solutions: `(A - sigma) x_new = x`.
    ///
    /// # Panics
    /// If the factorisation is not [closed](Self::close), or `x` has not as many rows as the matrix.
    pub fn solve(&self, x: &mut Matrix) {
        let analysis = &self.analysis;
        assert_eq!(x.rows(), analysis.rows, "as many rows as the matrix");
        self.through(x, &vec![true; analysis.fronts.len()]);
    }

    /// Columns of the inverse. On their way forward they pass only the fronts of their rows and the ancestors of these.
    ///
    /// # Panics
    /// If the factorisation is not [closed](Self::close), or a column does not exist.
    pub fn columns(&self, which: &[usize]) -> Matrix {
        let mut x = Matrix::zeros(self.analysis.rows, which.len());
        which.iter().enumerate().for_each(|(c, &row)| x[(row, c)] = C64::ONE);
        let places = which.iter().map(|&row| self.analysis.place_of(row));
        let reached = match &self.numeric {
            Field::Real(numeric) => numeric.reached(&self.analysis, places),
            Field::Complex(numeric) => numeric.reached(&self.analysis, places),
        };
        self.through(&mut x, &reached);
        x
    }

    fn through(&self, x: &mut Matrix, reached: &[bool]) {
        let root = self.closed();
        let (analysis, cols) = (&self.analysis, x.cols());
        if cols == 0 {
            return;
        }
        match &self.numeric {
            Field::Complex(numeric) => {
                let mut data = vec![C64::ZERO; x.rows() * cols];
                for (row, &r) in data.chunks_exact_mut(cols).zip(&analysis.order) {
                    row.iter_mut().enumerate().for_each(|(c, z)| *z = x[(r as usize, c)]);
                }
                numeric.forward(analysis, reached, &mut Rows { data: &mut data, cols });
                let remaining: Vec<usize> = numeric.remaining(analysis).collect();
                let rhs = Matrix::from_fn(remaining.len(), cols, |i, c| data[remaining[i] * cols + c]);
                let solved = crate::product::multiply(root, &rhs);
                for (i, &place) in remaining.iter().enumerate() {
                    (0..cols).for_each(|c| data[place * cols + c] = solved[(i, c)]);
                }
                numeric.backward(analysis, &mut Rows { data: &mut data, cols });
                for (row, &r) in data.chunks_exact(cols).zip(&analysis.order) {
                    row.iter().enumerate().for_each(|(c, z)| x[(r as usize, c)] = *z);
                }
            }
            Field::Real(numeric) => {
                // real parts, then imaginary parts
                let width = 2 * cols;
                let mut data = vec![0.0; x.rows() * width];
                for (row, &r) in data.chunks_exact_mut(width).zip(&analysis.order) {
                    for c in 0..cols {
                        let z = x[(r as usize, c)];
                        (row[c], row[cols + c]) = (z.re, z.im);
                    }
                }
                numeric.forward(analysis, reached, &mut Rows { data: &mut data, cols: width });
                let remaining: Vec<usize> = numeric.remaining(analysis).collect();
                let rhs = Matrix::from_fn(remaining.len(), cols, |i, c| {
                    C64::new(data[remaining[i] * width + c], data[remaining[i] * width + cols + c])
                });
                let solved = crate::product::multiply(root, &rhs);
                for (i, &place) in remaining.iter().enumerate() {
                    for c in 0..cols {
                        let z = solved[(i, c)];
                        (data[place * width + c], data[place * width + cols + c]) = (z.re, z.im);
                    }
                }
                numeric.backward(analysis, &mut Rows { data: &mut data, cols: width });
                for (row, &r) in data.chunks_exact(width).zip(&analysis.order) {
                    (0..cols).for_each(|c| x[(r as usize, c)] = C64::new(row[c], row[cols + c]));
                }
            }
        }
    }

    /// Entries of the inverse where the matrix has entries (selected inversion), for a few times the work of the factorisation.
    ///
    /// # Panics
    /// If the factorisation is not [closed](Self::close).
    pub fn selected(&self) -> Selected {
        let root = self.closed().as_slice();
        match &self.numeric {
            Field::Complex(numeric) => {
                let found = numeric.selected(&self.analysis, root, true);
                Selected { lower: found.lower, upper: found.upper }
            }
            Field::Real(numeric) => {
                let part = |of: fn(&C64) -> f64| root.iter().map(of).collect::<Vec<f64>>();
                let re = numeric.selected(&self.analysis, &part(|z| z.re), true);
                let im = numeric.selected(&self.analysis, &part(|z| z.im), false);
                let join = |re: Vec<f64>, im: Vec<f64>| {
                    re.into_iter().zip(im).map(|(x, y)| C64::new(x, y)).collect()
                };
                Selected { lower: join(re.lower, im.lower), upper: join(re.upper, im.upper) }
            }
        }
    }

    fn closed(&self) -> &Matrix {
        self.root.as_ref().expect("a closed factorisation")
    }
}

/// The square matrix stored column after column.
fn square<T: Copy>(data: &[T], convert: impl Fn(T) -> C64) -> Matrix {
    let n = data.len().isqrt();
    Matrix::from_fn(n, n, |i, j| convert(data[j * n + i]))
}

impl<T: Scalar> Numeric<T> {
    fn outcome(&self) -> Outcome {
        let delayed = self.fronts().map(|(.., f)| f.vars.len() - f.done).sum();
        Outcome { delayed, left: self.delayed.len() }
    }
}

#[cfg(test)]
mod tests;
