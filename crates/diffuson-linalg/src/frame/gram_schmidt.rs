//! Modified Gram-Schmidt by panels.

use super::panel::{PANEL, Row, SIGN, Square, add, overlap, replace, subtract, vectors, vectors_mut, zero};
use pulp::Simd;

/// Rows of two or three panels that stay in the first-level cache: 8 kB each.
const BLOCK: usize = 64;
/// What the square of a column may lose, as a ratio, to columns before it in one matrix of overlaps: so many epsilons are the error of `R_jj`.
const LOSS: f64 = 64.0;
/// It may lose more up to this share of `|a_j| / R_jj`, which times epsilon is the error of the whole method.
const SHARE: f64 = 0.25;
/// Fewer columns than these are cheaper column by column than by one more pass of overlaps.
const FEWEST: usize = 8;
/// In row j, 1 for the columns behind column j.
const BEHIND: Square<1> = {
    let mut rows = empty();
    let mut k = 0;
    while k < PANEL * PANEL {
        if k % PANEL > k / PANEL {
            rows[0][k / PANEL][k % PANEL] = 1.0;
        }
        k += 1;
    }
    rows
};

/// Overlaps to begin with.
pub(super) const fn empty<const D: usize>() -> Square<D> {
    [[[0.0; PANEL]; PANEL]; D]
}

/// One pass over some panels A_i: `A_i -= q s_i`, if there is something to remove, and meanwhile the overlaps of the new A_i with `next`; without `next` those of
/// the first panel with itself.
#[inline(always)]
pub(super) fn sweep<S: Simd, const D: usize, const W: usize, const TILE: usize>(
    simd: S,
    remove: Option<(&[Row], &[Square<D>])>,
    next: Option<&[Row]>,
    panels: &mut [Row],
    height: usize,
    overlaps: &mut [Square<D>],
) {
    let wanted = if next.is_some() { panels.len() / height } else { 1 };
    overlaps[..wanted].fill(empty());
    for start in (0..height).step_by(BLOCK) {
        let block = start..height.min(start + BLOCK);
        for (i, panel) in panels.chunks_exact_mut(height).enumerate() {
            let rows = &mut panel[block.clone()];
            if let Some((q, shares)) = remove {
                subtract::<S, D, W, TILE>(simd, &q[block.clone()], &shares[i], rows);
            }
            if let Some(q) = next {
                overlap::<S, D, W, TILE, false>(simd, &q[block.clone()], rows, &mut overlaps[i]);
            } else if i == 0 {
                overlap::<S, D, W, TILE, true>(simd, rows, rows, &mut overlaps[i]);
            }
        }
    }
}

/// Makes the columns of a panel orthonormal, given its overlaps with itself and the norms its columns have grown to, and takes its overlaps with the others.
#[inline(always)]
pub(super) fn orthonormalise<S: Simd, const D: usize, const W: usize, const TILE: usize>(
    simd: S,
    panel: &mut [Row],
    gram: &mut Square<D>,
    growth: &[f64],
    diagonal: &mut [f64],
    others: &[Row],
    overlaps: &mut [Square<D>],
) {
    let height = panel.len();
    overlaps[..others.len() / height].fill(empty());
    let mut done = 0;
    while done < diagonal.len() {
        let mut transform = empty();
        let end = factor::<S, D, W>(simd, gram, done, growth, diagonal, &mut transform);
        let few = end - done < FEWEST;
        if few {
            // row `done` of the overlaps is as it was
            orthonormalise_columns::<S, D, W>(simd, panel, done, gram, diagonal);
        }
        done = if few { diagonal.len() } else { end };
        *gram = empty();
        for start in (0..height).step_by(BLOCK) {
            let block = start..height.min(start + BLOCK);
            let rows = &mut panel[block.clone()];
            if !few {
                replace::<S, D, W, TILE>(simd, rows, &transform);
            }
            if done < diagonal.len() {
                overlap::<S, D, W, TILE, true>(simd, rows, rows, gram);
            } else {
                for (other, overlaps) in others.chunks_exact(height).zip(overlaps.iter_mut()) {
                    overlap::<S, D, W, TILE, false>(simd, rows, &other[block.clone()], overlaps);
                }
            }
        }
    }
}

/// Column by column, given the overlaps of column `from` with those behind it: each pass removes one column from those and takes the overlaps of the next one.
#[inline(always)]
fn orthonormalise_columns<S: Simd, const D: usize, const W: usize>(
    simd: S,
    panel: &mut [Row],
    from: usize,
    gram: &Square<D>,
    diagonal: &mut [f64],
) {
    let mut overlaps = [zero::<S, W>(simd); D];
    for c in 0..D {
        overlaps[c] = *vectors::<S, W>(&gram[c][from]);
    }
    let mut scale = [1.0; PANEL];
    for j in from..diagonal.len() {
        let mut products = [[0.0; PANEL]; D];
        for c in 0..D {
            *vectors_mut::<S, W>(&mut products[c]) = overlaps[c];
        }
        let factors = factors::<S, D, W>(simd, &overlaps, products[0][j], j);
        diagonal[j] = products[0][j].sqrt();
        scale[j] = 1.0 / diagonal[j];
        overlaps = [zero::<S, W>(simd); D];
        let next = (j + 1).min(PANEL - 1);
        for row in panel.as_chunks_mut::<D>().0 {
            let column: [f64; D] = std::array::from_fn(|d| row[d][j]);
            for d in 0..D {
                for c in 0..D {
                    let x = SIGN[c ^ d][c] * column[c ^ d];
                    add(simd, vectors_mut::<S, W>(&mut row[d]), x, &factors[c]);
                }
            }
            for c in 0..D {
                for d in 0..D {
                    let x = SIGN[c ^ d][c] * row[c ^ d][next];
                    add(simd, &mut overlaps[c], x, vectors::<S, W>(&row[d]));
                }
            }
        }
    }
    let scale = *vectors::<S, W>(&scale);
    for row in panel {
        let row = vectors_mut::<S, W>(row);
        for w in 0..W {
            row[w] = simd.mul_f64s(row[w], scale[w]);
        }
    }
}

/// What removes column j, of the given square, from the columns behind it: its overlaps with them over its square, times -1.
#[inline(always)]
fn factors<S: Simd, const D: usize, const W: usize>(
    simd: S,
    overlaps: &[[S::f64s; W]; D],
    square: f64,
    j: usize,
) -> [[S::f64s; W]; D] {
    let inverse = simd.splat_f64s(-1.0 / square);
    let behind = vectors::<S, W>(&BEHIND[0][j]);
    let mut factors = [zero::<S, W>(simd); D];
    for c in 0..D {
        for w in 0..W {
            factors[c][w] = simd.mul_f64s(simd.mul_f64s(overlaps[c][w], inverse), behind[w]);
        }
    }
    factors
}

/// Cholesky factors of the overlaps of columns `from`, `from + 1`, ..., as far as rounding allows. Returns the column where it ends, and makes `transform`, zero
/// before, the matrix, times -1, which makes the columns before that orthonormal and removes them from those behind.
#[inline(always)]
fn factor<S: Simd, const D: usize, const W: usize>(
    simd: S,
    gram: &mut Square<D>,
    from: usize,
    growth: &[f64],
    diagonal: &mut [f64],
    transform: &mut Square<D>,
) -> usize {
    let cols = diagonal.len();
    let squares: Row = std::array::from_fn(|j| gram[0][j][j]);
    for j in 0..PANEL {
        transform[0][j][j] = -1.0;
    }
    let mut scale = [1.0; PANEL];
    let mut j = from;
    while j < cols {
        let square = gram[0][j][j];
        if j > from && !(squares[j] <= f64::max(LOSS * square, SHARE * growth[j] * square.sqrt())) {
            break;
        }
        let mut row = [zero::<S, W>(simd); D];
        for c in 0..D {
            row[c] = *vectors::<S, W>(&gram[c][j]);
        }
        let factors = factors::<S, D, W>(simd, &row, square, j);
        for i in j + 1..cols {
            // g_ij, the conjugate of g_ji
            let number = std::array::from_fn(|c| if c == 0 { gram[c][j][i] } else { -gram[c][j][i] });
            add_multiple::<S, D, W>(simd, gram, i, number, &factors);
        }
        for i in from..=j {
            let number = std::array::from_fn(|c| transform[c][i][j]);
            add_multiple::<S, D, W>(simd, transform, i, number, &factors);
        }
        diagonal[j] = square.sqrt();
        scale[j] = 1.0 / diagonal[j];
        j += 1;
    }
    for rows in transform {
        for row in &mut rows[from..j] {
            for k in 0..PANEL {
                row[k] *= scale[k];
            }
        }
    }
    j
}

/// `x_ik += number factor_k` for all k.
#[inline(always)]
fn add_multiple<S: Simd, const D: usize, const W: usize>(
    simd: S,
    x: &mut Square<D>,
    i: usize,
    number: [f64; D],
    factors: &[[S::f64s; W]; D],
) {
    for d in 0..D {
        for a in 0..D {
            add(simd, vectors_mut::<S, W>(&mut x[d][i]), SIGN[a][a ^ d] * number[a], &factors[a ^ d]);
        }
    }
}
