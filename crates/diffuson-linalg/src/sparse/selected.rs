//! Entries of the inverse on the pattern of the matrix, without the others.
//!
//! With G the inverse, on the rows R behind a pivot block P,
//! `G_RP = -G_RR L`, `G_PR = -U G_RR`, `G_PP = P^-1 - U G_RP`:
//! down the tree, each front finds G on its boundary in its parent, and leaves it on all its rows to its children.

use super::analysis::Analysis;
use super::factor::Numeric;
use super::front::Kind;
use super::scalar::{Block, Scalar, Second, multiply};

/// Entries of the inverse where the matrix has entries: `lower[e]` is that of entry e of the lower triangle, `upper[e]` its mirror image.
pub(super) struct Entries<T> {
    pub(super) lower: Vec<T>,
    pub(super) upper: Vec<T>,
}

impl<T: Scalar> Numeric<T> {
    /// The part of G that depends on the inverse `root` on the remaining rows (kept, then delayed), and, if `pivots`, the part that does not.
    /// Both parts of real factors are real, so that a complex root is two real ones.
    pub(super) fn selected(&self, analysis: &Analysis, root: &[T], pivots: bool) -> Entries<T> {
        let entries = analysis.entries;
        let n = self.remaining(analysis).count();
        let symmetric = self.kind == Kind::Symmetric
            && (0..n).all(|j| (0..j).all(|i| (root[j * n + i] - root[i * n + j]).size() == 0.0));
        let mut found = Entries { lower: vec![T::default(); entries], upper: vec![T::default(); entries] };
        // where each row stands in the front looked at last that holds it
        let mut local = vec![0u32; analysis.rows];
        let remaining: Vec<u32> = self.remaining(analysis).map(|p| p as u32).collect();
        let last = analysis.fronts.last().map_or(0, |f| f.assembly.end);
        let size = remaining.len();
        for entry in &analysis.assembly[last..] {
            self.keep(&mut found, entry, root, size, [entry.row as usize, entry.col as usize]);
        }
        // fronts whose G is still needed by children, and how many of these are to come
        let mut parents: Vec<(Option<usize>, Vec<u32>, Vec<T>)> = vec![(None, remaining, root.to_vec())];
        let mut free: Vec<Vec<T>> = Vec::new();
        let (mut rest, mut product) = (Vec::new(), Vec::new());
        for (index, part, front) in self.fronts().rev() {
            let parent = analysis.fronts[index].parent;
            while parents.last().is_some_and(|(owner, ..)| *owner != parent) {
                free.extend(parents.pop().map(|(.., g)| g));
            }
            let f = front.f;
            let places: Vec<u32> = part.places(analysis, index, front).collect();
            let mut g = free.pop().unwrap_or_default();
            g.resize(f * f, T::default());
            if let Some((_, of_parent, g_parent)) = parents.last() {
                of_parent.iter().enumerate().for_each(|(i, &p)| local[p as usize] = i as u32);
                for j in front.done..f {
                    let column = local[places[j] as usize] as usize * of_parent.len();
                    for i in front.done..f {
                        g[j * f + i] = g_parent[column + local[places[i] as usize] as usize];
                    }
                }
            }
            let left = &part.store[front.left.clone()];
            let (u, second) = part.transposed_u(self.kind, front);
            let mut at = front.done;
            for &size in part.blocks[front.blocks.clone()].iter().rev() {
                let size = size as usize;
                at -= size;
                let behind = f - at - size;
                let l = Block::of(left, f, [at + size, at], [behind, size]);
                let u = Block::of(u, f, [at + size, at], [behind, size]);
                rest.clear();
                for j in at + size..f {
                    rest.extend_from_slice(&g[j * f + at + size..(j + 1) * f]);
                }
                let g_rr = Block::of(&rest, behind, [0, 0], [behind, behind]);
                product.clear();
                product.resize(behind * size, T::default());
                multiply(&mut product, behind, true, g_rr, l, Second::Plain);
                for j in 0..size {
                    g[(at + j) * f + at + size..(at + j + 1) * f]
                        .copy_from_slice(&product[j * behind..(j + 1) * behind]);
                }
                // G_PP^T = P^-T - G_RP^T U^T
                let mut corner = vec![T::default(); size * size];
                let g_rp = transposed(&product, behind, size);
                multiply(&mut corner, size, true, Block::of(&g_rp, size, [0, 0], [size, behind]), u, second);
                for j in 0..size {
                    for i in 0..size {
                        let pivot = if pivots { left[(at + j) * f + at + i] } else { T::default() };
                        g[(at + j) * f + at + i] = pivot + corner[i * size + j];
                    }
                }
                // G_PR = -U G_RR, or the transpose of G_RP
                if symmetric {
                    for j in 0..behind {
                        for i in 0..size {
                            g[(at + size + j) * f + at + i] = product[i * behind + j];
                        }
                    }
                } else {
                    let g_rr_t = transposed(&rest, behind, behind);
                    let mut row = vec![T::default(); behind * size];
                    multiply(
                        &mut row,
                        behind,
                        true,
                        Block::of(&g_rr_t, behind, [0, 0], [behind, behind]),
                        u,
                        second,
                    );
                    for j in 0..behind {
                        for i in 0..size {
                            g[(at + size + j) * f + at + i] = row[i * behind + j];
                        }
                    }
                }
            }
            places.iter().enumerate().for_each(|(i, &p)| local[p as usize] = i as u32);
            let place = |i: u32| local[analysis.place_in(index, i)] as usize;
            for entry in &analysis.assembly[analysis.fronts[index].assembly.clone()] {
                self.keep(&mut found, entry, &g, f, [place(entry.row), place(entry.col)]);
            }
            if analysis.fronts[index].children > 0 {
                parents.push((Some(index), places, g));
            } else {
                free.push(g);
            }
        }
        found
    }

    fn keep(
        &self,
        found: &mut Entries<T>,
        entry: &super::analysis::Assembly,
        g: &[T],
        f: usize,
        [i, j]: [usize; 2],
    ) {
        let (below, above) = (g[j * f + i], g[i * f + j]);
        let (below, above) = if entry.mirrored { (above, below) } else { (below, above) };
        found.lower[entry.value as usize] = below;
        found.upper[entry.value as usize] = above;
    }
}

fn transposed<T: Scalar>(a: &[T], rows: usize, cols: usize) -> Vec<T> {
    let mut out = Vec::with_capacity(rows * cols);
    for i in 0..rows {
        out.extend((0..cols).map(|j| a[j * rows + i]));
    }
    out
}
