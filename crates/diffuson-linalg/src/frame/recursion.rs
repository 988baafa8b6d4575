//! Steps of the recursion, and what columns grow by.

use super::Steps;
use super::panel::{PANEL, Row, SIGN, add, vectors, vectors_mut, zero};
use pulp::Simd;

/// Takes panels through all steps, half `now` being the upper one at first, and returns the norms of their columns.
#[inline(always)]
pub(super) fn advance<S: Simd, const D: usize, const W: usize, const P: usize>(
    simd: S,
    panels: &mut [Row],
    now: usize,
    steps: Steps<'_, D>,
    growth: &mut [f64],
) {
    // the slices of a bar with periodic sides: the compiler unrolls a loop of known length
    if steps.pattern.starts.iter().enumerate().all(|(i, &start)| start == 4 * i) {
        advance_all::<S, D, W, P, 4>(simd, panels, now, steps);
    } else {
        advance_all::<S, D, W, P, 0>(simd, panels, now, steps);
    }
    let height = 2 * steps.pattern.order() * D;
    for (panel, growth) in panels.chunks_exact(height).zip(growth.chunks_mut(PANEL)) {
        norms::<S, W>(simd, panel, growth);
    }
}

/// P panels at a time, for which the pattern is read once.
#[inline(always)]
fn advance_all<S: Simd, const D: usize, const W: usize, const P: usize, const K: usize>(
    simd: S,
    panels: &mut [Row],
    now: usize,
    steps: Steps<'_, D>,
) {
    let height = 2 * steps.pattern.order() * D;
    let mut several = panels.chunks_exact_mut(P * height);
    for panels in &mut several {
        let mut panels = panels.chunks_exact_mut(height);
        let panels = std::array::from_fn(|_| panels.next().unwrap_or_default());
        advance_some::<S, D, W, P, K>(simd, panels, now, steps);
    }
    for panel in several.into_remainder().chunks_exact_mut(height) {
        advance_some::<S, D, W, 1, K>(simd, [panel], now, steps);
    }
}

/// All steps in place: the new slice takes the place of the one before last. Each site has K entries, or any number of them if K is 0.
#[inline(always)]
fn advance_some<S: Simd, const D: usize, const W: usize, const P: usize, const K: usize>(
    simd: S,
    panels: [&mut [Row]; P],
    mut now: usize,
    steps: Steps<'_, D>,
) {
    let Steps { pattern, diagonals, entries } = steps;
    let (n, m) = (pattern.order(), pattern.entries());
    let panels = panels.map(|panel| &mut panel.as_chunks_mut::<D>().0.as_chunks_mut::<2>().0[..n]);
    for (step, diagonal) in diagonals.chunks_exact(n).enumerate() {
        let entries = if entries.len() == m { entries } else { &entries[step * m..][..m] };
        for i in 0..n {
            let mut sums = [[zero::<S, W>(simd); D]; P];
            for p in 0..P {
                let site = &panels[p][i];
                for d in 0..D {
                    let before = vectors::<S, W>(&site[now ^ 1][d]);
                    for w in 0..W {
                        sums[p][d][w] = simd.neg_f64s(before[w]);
                    }
                    add(simd, &mut sums[p][d], diagonal[i], vectors::<S, W>(&site[now][d]));
                }
            }
            let row = if K > 0 { K * i..K * i + K } else { pattern.starts[i]..pattern.starts[i + 1] };
            for (&j, u) in pattern.columns[row.clone()].iter().zip(&entries[row]) {
                for p in 0..P {
                    let x = &panels[p][j][now];
                    for d in 0..D {
                        for a in 0..D {
                            add(simd, &mut sums[p][d], SIGN[a][a ^ d] * u[a], vectors::<S, W>(&x[a ^ d]));
                        }
                    }
                }
            }
            for p in 0..P {
                for d in 0..D {
                    *vectors_mut::<S, W>(&mut panels[p][i][now ^ 1][d]) = sums[p][d];
                }
            }
        }
        now ^= 1;
    }
}

/// Norms of the columns.
#[inline(always)]
fn norms<S: Simd, const W: usize>(simd: S, panel: &[Row], norms: &mut [f64]) {
    let mut sums = [zero::<S, W>(simd); 2];
    for rows in panel.as_chunks::<2>().0 {
        for (sum, row) in sums.iter_mut().zip(rows) {
            let x = vectors::<S, W>(row);
            for w in 0..W {
                sum[w] = simd.mul_add_f64s(x[w], x[w], sum[w]);
            }
        }
    }
    let mut squares = [0.0; PANEL];
    let out = vectors_mut::<S, W>(&mut squares);
    for w in 0..W {
        out[w] = simd.add_f64s(sums[0][w], sums[1][w]);
    }
    for (norm, square) in norms.iter_mut().zip(squares) {
        *norm = square.sqrt();
    }
}
