//! Products of panels in vector registers: `q^+ a` and `a - q s` for some rows of panels q and a that stay in the first-level cache.

use pulp::Simd;

/// Columns of a panel.
pub(super) const PANEL: usize = 16;

/// One row of a panel.
pub(super) type Row = [f64; PANEL];

/// A matrix of PANEL x PANEL numbers: components, rows, columns.
pub(super) type Square<const D: usize> = [[Row; PANEL]; D];

/// Sign of the product of two quaternion units, `e_a e_b = SIGN[a][b] e_(a xor b)`; complex units are the first two.
pub(super) const SIGN: [[f64; 4]; 4] =
    [[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0], [1.0, -1.0, -1.0, 1.0], [1.0, 1.0, -1.0, -1.0]];

/// A row in vectors.
#[inline(always)]
pub(super) fn vectors<S: Simd, const W: usize>(row: &Row) -> &[S::f64s; W] {
    &S::as_simd_f64s(row).0.as_chunks().0[0]
}

#[inline(always)]
pub(super) fn vectors_mut<S: Simd, const W: usize>(row: &mut Row) -> &mut [S::f64s; W] {
    &mut S::as_mut_simd_f64s(row).0.as_chunks_mut().0[0]
}

/// `sum += factor x`.
#[inline(always)]
pub(super) fn add<S: Simd, const W: usize>(simd: S, sum: &mut [S::f64s; W], factor: f64, x: &[S::f64s; W]) {
    add_from(simd, 0, sum, factor, x);
}

/// The same for vectors `first`, `first + 1`, ... only.
#[inline(always)]
fn add_from<S: Simd, const W: usize>(
    simd: S,
    first: usize,
    sum: &mut [S::f64s; W],
    factor: f64,
    x: &[S::f64s; W],
) {
    let factor = simd.splat_f64s(factor);
    for w in first..W {
        sum[w] = simd.mul_add_f64s(factor, x[w], sum[w]);
    }
}

#[inline(always)]
pub(super) fn zero<S: Simd, const W: usize>(simd: S) -> [S::f64s; W] {
    [simd.splat_f64s(0.0); W]
}

/// `sums += q^+ a`, TILE columns of q at a time; of an UPPER one, which is Hermitian, rows from PANEL / 2 have the columns from PANEL / 2 only.
#[inline(always)]
pub(super) fn overlap<S: Simd, const D: usize, const W: usize, const TILE: usize, const UPPER: bool>(
    simd: S,
    q: &[Row],
    a: &[Row],
    sums: &mut Square<D>,
) {
    overlap_turned::<S, D, W, TILE, UPPER, 0>(simd, q, a, &mut sums[0]);
    if D > 1 {
        overlap_turned::<S, D, W, TILE, UPPER, 1>(simd, q, a, &mut sums[1]);
    }
    if D > 2 {
        overlap_turned::<S, D, W, TILE, UPPER, 2>(simd, q, a, &mut sums[2]);
        overlap_turned::<S, D, W, TILE, UPPER, 3>(simd, q, a, &mut sums[3]);
    }
}

/// Component C: q is turned to `q e_C`, `(x e_c)_d = SIGN[c ^ d][c] x_(c ^ d)`, and its real overlap taken.
#[inline(always)]
fn overlap_turned<
    S: Simd,
    const D: usize,
    const W: usize,
    const TILE: usize,
    const UPPER: bool,
    const C: usize,
>(
    simd: S,
    q: &[Row],
    a: &[Row],
    sums: &mut [Row; PANEL],
) {
    let ((q, _), (a, _)) = (q.as_chunks::<D>(), a.as_chunks::<D>());
    for (tile, out) in sums.as_chunks_mut::<TILE>().0.iter_mut().enumerate() {
        if UPPER && tile * TILE >= PANEL / 2 {
            overlap_tile::<S, D, W, TILE, C>(simd, q, a, tile, W / 2, out);
        } else {
            overlap_tile::<S, D, W, TILE, C>(simd, q, a, tile, 0, out);
        }
    }
}

#[inline(always)]
fn overlap_tile<S: Simd, const D: usize, const W: usize, const TILE: usize, const C: usize>(
    simd: S,
    q: &[[Row; D]],
    a: &[[Row; D]],
    tile: usize,
    first: usize,
    out: &mut [Row; TILE],
) {
    let mut sums = [zero::<S, W>(simd); TILE];
    for i in 0..TILE {
        sums[i] = *vectors::<S, W>(&out[i]);
    }
    for (q, a) in q.iter().zip(a) {
        for d in 0..D {
            let q = &q[C ^ d].as_chunks::<TILE>().0[tile];
            let a = vectors::<S, W>(&a[d]);
            for i in 0..TILE {
                add_from(simd, first, &mut sums[i], SIGN[C ^ d][C] * q[i], a);
            }
        }
    }
    for i in 0..TILE {
        *vectors_mut::<S, W>(&mut out[i]) = sums[i];
    }
}

/// `a -= q s`, TILE rows at a time.
#[inline(always)]
pub(super) fn subtract<S: Simd, const D: usize, const W: usize, const TILE: usize>(
    simd: S,
    q: &[Row],
    s: &Square<D>,
    a: &mut [Row],
) {
    if TILE <= D {
        for (q, a) in q.as_chunks::<D>().0.iter().zip(a.as_chunks_mut::<D>().0) {
            subtract_rows::<S, D, W, D>(simd, q, s, a);
        }
    } else {
        let ((q, q_rest), (a, a_rest)) = (q.as_chunks::<TILE>(), a.as_chunks_mut::<TILE>());
        for (q, a) in q.iter().zip(a) {
            subtract_rows::<S, D, W, TILE>(simd, q, s, a);
        }
        for (q, a) in q_rest.as_chunks::<D>().0.iter().zip(a_rest.as_chunks_mut::<D>().0) {
            subtract_rows::<S, D, W, D>(simd, q, s, a);
        }
    }
}

#[inline(always)]
fn subtract_rows<S: Simd, const D: usize, const W: usize, const ROWS: usize>(
    simd: S,
    q: &[Row; ROWS],
    s: &Square<D>,
    a: &mut [Row; ROWS],
) {
    let mut sums = [zero::<S, W>(simd); ROWS];
    for i in 0..ROWS {
        sums[i] = *vectors::<S, W>(&a[i]);
    }
    subtract_product::<S, D, W, ROWS, false>(simd, q, s, &mut sums);
    for i in 0..ROWS {
        *vectors_mut::<S, W>(&mut a[i]) = sums[i];
    }
}

/// `a = -a s` with an upper triangle s.
#[inline(always)]
pub(super) fn replace<S: Simd, const D: usize, const W: usize, const TILE: usize>(
    simd: S,
    a: &mut [Row],
    s: &Square<D>,
) {
    if TILE <= D {
        for a in a.as_chunks_mut::<D>().0 {
            replace_rows::<S, D, W, D>(simd, a, s);
        }
    } else {
        let (a, rest) = a.as_chunks_mut::<TILE>();
        for a in a {
            replace_rows::<S, D, W, TILE>(simd, a, s);
        }
        for a in rest.as_chunks_mut::<D>().0 {
            replace_rows::<S, D, W, D>(simd, a, s);
        }
    }
}

#[inline(always)]
fn replace_rows<S: Simd, const D: usize, const W: usize, const ROWS: usize>(
    simd: S,
    a: &mut [Row; ROWS],
    s: &Square<D>,
) {
    let mut sums = [zero::<S, W>(simd); ROWS];
    subtract_product::<S, D, W, ROWS, true>(simd, a, s, &mut sums);
    for i in 0..ROWS {
        *vectors_mut::<S, W>(&mut a[i]) = sums[i];
    }
}

/// `sums -= q s`; ROWS is a multiple of D.
#[inline(always)]
fn subtract_product<S: Simd, const D: usize, const W: usize, const ROWS: usize, const UPPER: bool>(
    simd: S,
    q: &[Row; ROWS],
    s: &Square<D>,
    sums: &mut [[S::f64s; W]; ROWS],
) {
    subtract_turned::<S, D, W, ROWS, UPPER, 0>(simd, q, &s[0], sums);
    if D > 1 {
        subtract_turned::<S, D, W, ROWS, UPPER, 1>(simd, q, &s[1], sums);
    }
    if D > 2 {
        subtract_turned::<S, D, W, ROWS, UPPER, 2>(simd, q, &s[2], sums);
        subtract_turned::<S, D, W, ROWS, UPPER, 3>(simd, q, &s[3], sums);
    }
}

/// `sums -= (q e_C) s` of real s. As C < D and D divides ROWS, row `i ^ C` is of the same number as row i.
#[inline(always)]
fn subtract_turned<
    S: Simd,
    const D: usize,
    const W: usize,
    const ROWS: usize,
    const UPPER: bool,
    const C: usize,
>(
    simd: S,
    q: &[Row; ROWS],
    s: &[Row; PANEL],
    sums: &mut [[S::f64s; W]; ROWS],
) {
    // the loops of more components the compiler would unroll, with s on the stack
    let whole = if UPPER && D == 1 { PANEL / 2 } else { PANEL };
    for l in 0..whole {
        for i in 0..ROWS {
            add(simd, &mut sums[i], -SIGN[(i ^ C) % D][C] * q[i ^ C][l], vectors::<S, W>(&s[l]));
        }
    }
    for l in whole..PANEL {
        for i in 0..ROWS {
            let factor = -SIGN[(i ^ C) % D][C] * q[i ^ C][l];
            add_from(simd, W / 2, &mut sums[i], factor, vectors::<S, W>(&s[l]));
        }
    }
}
