//! Solutions of linear systems with the factors: forward along the tree, through the kept rows, and back.

use super::analysis::Analysis;
use super::factor::{Eliminated, Numeric, Part};
use super::front::Kind;
use super::scalar::{Block, Scalar, Second, multiply, subtract_columns};
use pulp::Arch;

/// So few right-hand sides are solved for one by one, reading each column of the factors in full; more of them by matrix products.
const FEW: usize = 4;

/// Right-hand sides, row after row in the order of elimination: `cols` numbers each.
pub(super) struct Rows<'a, T> {
    pub(super) data: &'a mut [T],
    pub(super) cols: usize,
}

impl<T: Scalar> Rows<'_, T> {
    fn gather(&self, places: impl Iterator<Item = u32>, front: &mut Vec<T>) {
        front.clear();
        for place in places {
            let at = place as usize * self.cols;
            front.extend_from_slice(&self.data[at..at + self.cols]);
        }
    }

    fn scatter(&mut self, places: impl Iterator<Item = u32>, front: &[T]) {
        for (place, row) in places.zip(front.chunks_exact(self.cols)) {
            let at = place as usize * self.cols;
            self.data[at..at + self.cols].copy_from_slice(row);
        }
    }
}

impl<T: Scalar> Numeric<T> {
    /// The places of kept rows and of those no front could eliminate: the rows of the Schur complement.
    pub(super) fn remaining<'a>(&'a self, analysis: &Analysis) -> impl Iterator<Item = usize> + 'a {
        (analysis.rows - analysis.kept..analysis.rows).chain(self.delayed.iter().map(|&p| p as usize))
    }

    /// Fronts that a right-hand side reaches on its way forward, given the places at which it is not zero: those of its rows, and their
    /// ancestors.
    pub(super) fn reached(&self, analysis: &Analysis, places: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; analysis.fronts.len()];
        for place in places {
            let first = analysis.fronts.partition_point(|front| front.own.end <= place);
            let mut next = (first < reached.len()).then_some(first);
            while let Some(front) = next.filter(|&front| !reached[front]) {
                reached[front] = true;
                next = analysis.fronts[front].parent;
            }
        }
        reached
    }

    /// `b_rest -= L b` for every pivot block of the fronts reached: leaves on the remaining rows what their system has to be solved for.
    pub(super) fn forward(&self, analysis: &Analysis, reached: &[bool], rows: &mut Rows<'_, T>) {
        let cols = rows.cols;
        let (mut work, mut column) = (Vec::new(), Vec::new());
        for (index, part, front) in self.fronts().filter(|(index, ..)| reached[*index]) {
            let places = part.places(analysis, index, front);
            rows.gather(places.clone(), &mut work);
            let left = &part.store[front.left.clone()];
            if cols <= FEW {
                each_column(&mut work, cols, &mut column, |x| part.forward_column(front, left, x));
                rows.scatter(places, &work);
                continue;
            }
            let mut at = 0;
            for &size in &part.blocks[front.blocks.clone()] {
                let size = size as usize;
                let (before, rest) = work.split_at_mut((at + size) * cols);
                let z = Block::of(before, cols, [0, at], [cols, size]);
                let l = Block::of(left, front.f, [at + size, at], [front.f - at - size, size]);
                multiply(rest, cols, true, z, l, Second::Transposed);
                at += size;
            }
            rows.scatter(places, &work);
        }
    }

    /// `x = P^-1 b - U x_rest` for every pivot block, in reverse order.
    pub(super) fn backward(&self, analysis: &Analysis, rows: &mut Rows<'_, T>) {
        let cols = rows.cols;
        let (mut work, mut x, mut column) = (Vec::new(), Vec::new(), Vec::new());
        for (index, part, front) in self.fronts().rev() {
            let places = part.places(analysis, index, front);
            rows.gather(places.clone(), &mut work);
            let left = &part.store[front.left.clone()];
            let (u, second) = part.transposed_u(self.kind, front);
            if cols <= FEW {
                let conjugate = second == Second::Conjugate;
                each_column(&mut work, cols, &mut column, |z| {
                    part.backward_column(front, left, u, conjugate, z, &mut x);
                });
                rows.scatter(places, &work);
                continue;
            }
            let mut at = front.done;
            for &size in part.blocks[front.blocks.clone()].iter().rev() {
                let size = size as usize;
                at -= size;
                let (before, rest) = work.split_at_mut((at + size) * cols);
                x.resize(size * cols, T::default());
                let z = Block::of(before, cols, [0, at], [cols, size]);
                let pivot = Block::of(left, front.f, [at, at], [size, size]);
                multiply(&mut x, cols, false, z, pivot, Second::Transposed);
                let rest = Block::of(rest, cols, [0, 0], [cols, front.f - at - size]);
                let u = Block::of(u, front.f, [at + size, at], [front.f - at - size, size]);
                multiply(&mut x, cols, true, rest, u, second);
                before[at * cols..].copy_from_slice(&x[..size * cols]);
            }
            rows.scatter(places, &work);
        }
    }
}

impl<T: Scalar> Part<T> {
    /// Rows of a front as places in the order of elimination: those to be eliminated, in the order of their pivots, then its boundary.
    pub(super) fn places<'a>(
        &'a self,
        analysis: &'a Analysis,
        index: usize,
        front: &Eliminated,
    ) -> impl Iterator<Item = u32> + Clone + use<'a, T> {
        let boundary = &analysis.boundaries[analysis.fronts[index].boundary.clone()];
        self.vars[front.vars.clone()].iter().chain(boundary).copied()
    }

    /// The forward step of a front for one right-hand side.
    fn forward_column(&self, front: &Eliminated, left: &[T], x: &mut [T]) {
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let x = x;
                let mut at = 0;
                for &size in &self.blocks[front.blocks.clone()] {
                    let size = size as usize;
                    let (before, rest) = x.split_at_mut(at + size);
                    let l = Block::of(left, front.f, [at + size, at], [rest.len(), size]);
                    if !rest.is_empty() {
                        subtract_columns(rest, l, 0, |p| before[at + p]);
                    }
                    at += size;
                }
            },
        );
    }

    /// The backward step of a front for one right-hand side.
    fn backward_column(
        &self,
        front: &Eliminated,
        left: &[T],
        u: &[T],
        conjugate: bool,
        z: &mut [T],
        x: &mut Vec<T>,
    ) {
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                let (z, x) = (z, x);
                let f = front.f;
                let mut at = front.done;
                for &size in self.blocks[front.blocks.clone()].iter().rev() {
                    let size = size as usize;
                    at -= size;
                    x.clear();
                    x.resize(size, T::default());
                    let pivot = Block::of(left, f, [at, at], [size, size]);
                    subtract_columns(x, pivot, 0, |p| z[at + p].negative());
                    for p in 0..size {
                        let column = &u[(at + p) * f + at + size..(at + p + 1) * f];
                        x[p] -= dot(column, &z[at + size..], conjugate);
                    }
                    z[at..at + size].copy_from_slice(x);
                }
            },
        );
    }

    /// U^T of a front, as an array in the layout of L and how to read it.
    pub(super) fn transposed_u(&self, kind: Kind, front: &Eliminated) -> (&[T], Second) {
        match kind {
            Kind::Symmetric => (&self.store[front.left.clone()], Second::Plain),
            Kind::Hermitian => (&self.store[front.left.clone()], Second::Conjugate),
            Kind::General => (&self.store[front.left.end..][..front.left.len()], Second::Plain),
        }
    }
}

/// Does with every column of the rows gathered, one after the other.
fn each_column<T: Scalar>(rows: &mut [T], cols: usize, column: &mut Vec<T>, mut act: impl FnMut(&mut [T])) {
    for c in 0..cols {
        column.clear();
        column.extend(rows[c..].iter().step_by(cols));
        act(column);
        rows[c..].iter_mut().step_by(cols).zip(&*column).for_each(|(row, x)| *row = *x);
    }
}

#[inline(always)]
fn dot<T: Scalar>(a: &[T], b: &[T], conjugate: bool) -> T {
    let mut lanes = [T::default(); 8];
    let (a_chunks, a_rest) = a.as_chunks::<8>();
    let (b_chunks, b_rest) = b.as_chunks::<8>();
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for k in 0..8 {
            lanes[k] += if conjugate { a[k].conjugate() } else { a[k] } * b[k];
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| if conjugate { a.conjugate() } else { *a } * *b);
    rest.chain(lanes).fold(T::default(), |sum, x| sum + x)
}
