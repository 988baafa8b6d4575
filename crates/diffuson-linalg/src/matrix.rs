//! Column-major complex matrices. A run of columns is contiguous; a block of rows and columns is a view with a stride.

use num_complex::Complex64;
use std::ops::Range;

/// A complex number in double precision.
pub type C64 = Complex64;

/// A dense complex matrix, stored column by column.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    data: Vec<C64>,
}

/// A borrowed block of a [`Matrix`]; most often a run of whole columns.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// Distance in memory between neighbouring columns.
    pub(crate) stride: usize,
    pub(crate) data: &'a [C64],
}

/// A mutably borrowed block of a [`Matrix`]; most often a run of whole columns.
#[derive(Debug)]
pub struct PanelMut<'a> {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// Distance in memory between neighbouring columns.
    pub(crate) stride: usize,
    pub(crate) data: &'a mut [C64],
}

impl<'a> Panel<'a> {
    /// Column `j`.
    #[inline]
    pub fn col(&self, j: usize) -> &'a [C64] {
        &self.data[j * self.stride..j * self.stride + self.rows]
    }

    /// The block of the given rows and columns of this block.
    #[inline]
    pub fn block(self, rows: Range<usize>, cols: Range<usize>) -> Panel<'a> {
        let data = &self.data[span(self.stride, &rows, &cols)];
        Panel { rows: rows.len(), cols: cols.len(), stride: self.stride, data }
    }
}

/// Where the block of the given rows and columns lies in memory.
fn span(stride: usize, rows: &Range<usize>, cols: &Range<usize>) -> Range<usize> {
    if rows.is_empty() || cols.is_empty() {
        return 0..0;
    }
    cols.start * stride + rows.start..(cols.end - 1) * stride + rows.end
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

    /// The matrix whose columns, one after the other, are `data`; `None` unless it has `rows * cols` entries.
    pub fn from_columns(rows: usize, cols: usize, data: Vec<C64>) -> Option<Self> {
        (data.len() == rows * cols).then_some(Self { rows, cols, data })
    }

    /// The columns, one after the other.
    pub fn into_columns(self) -> Vec<C64> {
        self.data
    }

    /// Number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// All entries, column after column.
    #[inline]
    pub fn as_slice(&self) -> &[C64] {
        &self.data
    }

    /// All entries, column after column.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [C64] {
        &mut self.data
    }

    /// Column `j`.
    #[inline]
    pub fn col(&self, j: usize) -> &[C64] {
        &self.data[j * self.rows..(j + 1) * self.rows]
    }

    /// Column `j`.
    #[inline]
    pub fn col_mut(&mut self, j: usize) -> &mut [C64] {
        &mut self.data[j * self.rows..(j + 1) * self.rows]
    }

    /// Columns `from..to`.
    #[inline]
    pub fn panel(&self, from: usize, to: usize) -> Panel<'_> {
        self.block(0..self.rows, from..to)
    }

    /// Columns `from..to`.
    #[inline]
    pub fn panel_mut(&mut self, from: usize, to: usize) -> PanelMut<'_> {
        self.block_mut(0..self.rows, from..to)
    }

    /// The block of the given rows and columns.
    #[inline]
    pub fn block(&self, rows: Range<usize>, cols: Range<usize>) -> Panel<'_> {
        let data = &self.data[span(self.rows, &rows, &cols)];
        Panel { rows: rows.len(), cols: cols.len(), stride: self.rows, data }
    }

    /// The block of the given rows and columns.
    #[inline]
    pub fn block_mut(&mut self, rows: Range<usize>, cols: Range<usize>) -> PanelMut<'_> {
        let data = &mut self.data[span(self.rows, &rows, &cols)];
        PanelMut { rows: rows.len(), cols: cols.len(), stride: self.rows, data }
    }

    /// All columns.
    #[inline]
    pub fn all(&self) -> Panel<'_> {
        self.panel(0, self.cols)
    }

    /// All columns.
    #[inline]
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
