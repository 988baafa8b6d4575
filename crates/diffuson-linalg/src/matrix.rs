//! Column-major complex matrices. A run of columns is contiguous, so panels of columns are plain slices.

use num_complex::Complex64;

/// A complex number in double precision.
pub type C64 = Complex64;

/// A dense complex matrix, stored column by column.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    data: Vec<C64>,
}

/// A borrowed run of whole columns of a [`Matrix`].
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) data: &'a [C64],
}

/// A mutably borrowed run of whole columns of a [`Matrix`].
#[derive(Debug)]
pub struct PanelMut<'a> {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) data: &'a mut [C64],
}

impl PanelMut<'_> {
    /// Copies the entries of `other`, which must have as many.
    ///
    /// # Panics
    /// If the number of entries differs.
    pub fn copy_from(&mut self, other: &Matrix) {
        self.data.copy_from_slice(&other.data);
    }
}

impl Matrix {
    /// The `rows` x `cols` matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![C64::ZERO; rows * cols] }
    }

    /// The `n` x `n` unit matrix.
    pub fn identity(n: usize) -> Self {
        Self::from_diagonal(&vec![C64::ONE; n])
    }

    /// The square matrix with the given diagonal.
    pub fn from_diagonal(diagonal: &[C64]) -> Self {
        let mut m = Self::zeros(diagonal.len(), diagonal.len());
        for (i, &d) in diagonal.iter().enumerate() {
            m[(i, i)] = d;
        }
        m
    }

    /// The matrix whose entry (i, j) is `f(i, j)`.
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> C64) -> Self {
        let mut data = Vec::with_capacity(rows * cols);
        for j in 0..cols {
            for i in 0..rows {
                data.push(f(i, j));
            }
        }
        Self { rows, cols, data }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// All entries, column after column.
    pub fn as_slice(&self) -> &[C64] {
        &self.data
    }

    /// All entries, column after column.
    pub fn as_mut_slice(&mut self) -> &mut [C64] {
        &mut self.data
    }

    /// Column `j`.
    pub fn col(&self, j: usize) -> &[C64] {
        &self.data[j * self.rows..(j + 1) * self.rows]
    }

    /// Column `j`.
    pub fn col_mut(&mut self, j: usize) -> &mut [C64] {
        &mut self.data[j * self.rows..(j + 1) * self.rows]
    }

    /// Columns `from..to`.
    pub fn panel(&self, from: usize, to: usize) -> Panel<'_> {
        Panel { rows: self.rows, cols: to - from, data: &self.data[from * self.rows..to * self.rows] }
    }

    /// Columns `from..to`.
    pub fn panel_mut(&mut self, from: usize, to: usize) -> PanelMut<'_> {
        PanelMut { rows: self.rows, cols: to - from, data: &mut self.data[from * self.rows..to * self.rows] }
    }

    /// All columns.
    pub fn all(&self) -> Panel<'_> {
        self.panel(0, self.cols)
    }

    /// All columns.
    pub fn all_mut(&mut self) -> PanelMut<'_> {
        self.panel_mut(0, self.cols)
    }

    /// The transpose, without conjugation.
    pub fn transpose(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self[(j, i)])
    }

    /// The conjugate transpose.
    pub fn adjoint(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self[(j, i)].conj())
    }

    /// Largest modulus of an entry.
    pub fn max_norm(&self) -> f64 {
        self.data.iter().map(|z| z.norm_sqr()).fold(0.0, f64::max).sqrt()
    }

    /// Copies the entries of `other`, which must have the same shape.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn copy_from(&mut self, other: &Self) {
        assert_eq!((self.rows, self.cols), (other.rows, other.cols), "shapes differ");
        self.data.copy_from_slice(&other.data);
    }

    /// Sets every entry to zero.
    pub fn clear(&mut self) {
        self.data.fill(C64::ZERO);
    }
}

impl std::ops::Index<(usize, usize)> for Matrix {
    type Output = C64;
    #[inline]
    fn index(&self, (i, j): (usize, usize)) -> &C64 {
        &self.data[j * self.rows + i]
    }
}

impl std::ops::IndexMut<(usize, usize)> for Matrix {
    #[inline]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut C64 {
        &mut self.data[j * self.rows + i]
    }
}
