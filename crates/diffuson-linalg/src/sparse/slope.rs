//! The derivative of the Schur complement with respect to a parameter of the matrix.
//!
//! A pivot block takes F to `S = F_RR - L F_PR` and hence dF to
//! `dS = dF_RR - L dF_PR - dF_RP U + L dF_PP U`, in the order of pivots the factorisation chose.

use super::analysis::Analysis;
use super::factor::{Eliminated, Numbers, Numeric, Part};
use super::scalar::{Block, Scalar, Second, multiply};

impl<T: Scalar> Numeric<T> {
    /// The derivative of the Schur complement, for the derivatives of the entries.
    pub(super) fn slope(&self, analysis: &Analysis, slopes: Numbers<'_, T>) -> Vec<T> {
        let mut local = vec![0u32; analysis.rows];
        let mut waiting: Vec<(Vec<u32>, Vec<T>)> = Vec::new();
        let mut free: Vec<Vec<T>> = Vec::new();
        for (index, part, front) in self.fronts() {
            let places: Vec<u32> = part.places(analysis, index, front).collect();
            places.iter().enumerate().for_each(|(i, &p)| local[p as usize] = i as u32);
            let f = front.f;
            let mut d = free.pop().unwrap_or_default();
            d.clear();
            d.resize(f * f, T::default());
            let place = |i: u32| local[analysis.place_in(index, i)] as usize;
            self.add_slopes(
                &mut d,
                f,
                &analysis.assembly[analysis.fronts[index].assembly.clone()],
                slopes,
                place,
            );
            let children = waiting.len() - analysis.fronts[index].children as usize;
            for (rows, contribution) in waiting.drain(children..) {
                extend(&mut d, f, &rows, &contribution, &local);
                free.push(contribution);
            }
            self.differentiate(part, front, &mut d);
            let rest = f - front.done;
            let mut contribution = free.pop().unwrap_or_default();
            contribution.clear();
            for j in front.done..f {
                contribution.extend_from_slice(&d[j * f + front.done..(j + 1) * f]);
            }
            debug_assert_eq!(contribution.len(), rest * rest);
            waiting.push((places[front.done..].to_vec(), contribution));
            free.push(d);
        }
        let remaining: Vec<usize> = self.remaining(analysis).collect();
        remaining.iter().enumerate().for_each(|(i, &p)| local[p] = i as u32);
        let n = remaining.len();
        let mut d = vec![T::default(); n * n];
        let last = analysis.fronts.last().map_or(0, |f| f.assembly.end);
        self.add_slopes(&mut d, n, &analysis.assembly[last..], slopes, |p| p as usize);
        for (rows, contribution) in waiting {
            extend(&mut d, n, &rows, &contribution, &local);
        }
        d
    }

    fn add_slopes(
        &self,
        d: &mut [T],
        f: usize,
        entries: &[super::analysis::Assembly],
        slopes: Numbers<'_, T>,
        place: impl Fn(u32) -> usize,
    ) {
        for entry in entries {
            let (below, above) = slopes.pair(self.kind, entry);
            let (i, j) = (place(entry.row), place(entry.col));
            d[j * f + i] += below;
            if i != j {
                d[i * f + j] += above;
            }
        }
    }

    /// Takes the pivot blocks of a front out of its derivative.
    fn differentiate(&self, part: &Part<T>, front: &Eliminated, d: &mut [T]) {
        let f = front.f;
        let left = &part.store[front.left.clone()];
        let (u, second) = part.transposed_u(self.kind, front);
        let u_plain = match second {
            Second::Conjugate => Second::Adjoint,
            _ => Second::Transposed,
        };
        let mut at = 0;
        for &size in &part.blocks[front.blocks.clone()] {
            let size = size as usize;
            let (from, rest) = (at + size, f - at - size);
            let l = Block::of(left, f, [from, at], [rest, size]);
            let u = Block::of(u, f, [from, at], [rest, size]);
            // the columns of P lose L dF_PP, those behind them L dF_PR; then all lose dF_RP U, with the former
            let (columns, behind) = d.split_at_mut(from * f);
            let rp: Vec<T> =
                (0..size).flat_map(|j| columns[(at + j) * f + from..(at + j + 1) * f].to_vec()).collect();
            let pp: Vec<T> = (0..size).flat_map(|j| columns[(at + j) * f + at..][..size].to_vec()).collect();
            let pr: Vec<T> = (0..rest).flat_map(|j| behind[j * f + at..][..size].to_vec()).collect();
            let mut z = rp;
            multiply(&mut z, rest, true, l, Block::of(&pp, size, [0, 0], [size, size]), Second::Plain);
            if rest > 0 {
                multiply(
                    &mut behind[from..],
                    f,
                    true,
                    l,
                    Block::of(&pr, size, [0, 0], [size, rest]),
                    Second::Plain,
                );
                multiply(&mut behind[from..], f, true, Block::of(&z, rest, [0, 0], [rest, size]), u, u_plain);
            }
            at += size;
        }
    }
}

fn extend<T: Scalar>(d: &mut [T], f: usize, rows: &[u32], contribution: &[T], local: &[u32]) {
    for (&col, values) in rows.iter().zip(contribution.chunks_exact(rows.len().max(1))) {
        let column = &mut d[local[col as usize] as usize * f..][..f];
        for (&row, &x) in rows.iter().zip(values) {
            let entry = &mut column[local[row as usize] as usize];
            *entry += x;
        }
    }
}
