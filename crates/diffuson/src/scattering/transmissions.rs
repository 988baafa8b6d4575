//! Stored transmissions between all terminals.

use super::Exchange;
use super::pool::{Buffer, Pool};
use diffuson_linalg::stream::{add_and_dot, copy_and_add};
use std::ops::Range;
use std::sync::Arc;

/// The matrix T_ab of transmissions from b into a, or of their derivatives or thermal averages; the diagonal is zero.
///
/// Stored as triangles, row after row: T_ab for a > b, and T_ba for a > b unless the matrix is symmetric.
#[derive(Clone, Debug, PartialEq)]
pub struct Transmissions {
    terminals: usize,
    below: Buffer,
    above: Option<Buffer>,
    sums: Sums,
}

/// Sums over the other terminal, kept while entries are written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sums {
    /// `sum_b T_ab`.
    into: Vec<f64>,
    /// `sum_a T_ab`; empty for a symmetric matrix.
    out_of: Vec<f64>,
}

impl Sums {
    pub(super) fn new(terminals: usize, symmetric: bool) -> Self {
        let sum = || vec![0.0; terminals];
        Self { into: sum(), out_of: if symmetric { Vec::new() } else { sum() } }
    }

    /// Adds T_ab (and T_ba of a symmetric matrix).
    pub(super) fn add(&mut self, a: usize, b: usize, value: f64) {
        self.into[a] += value;
        let other = if self.out_of.is_empty() { &mut self.into } else { &mut self.out_of };
        other[b] += value;
    }

    /// `sum_b T_ab` for every a.
    pub(super) fn rows(&self) -> &[f64] {
        &self.into
    }

    /// `sum_a T_ab` for every b.
    pub(super) fn columns(&self) -> &[f64] {
        if self.out_of.is_empty() { &self.into } else { &self.out_of }
    }
}

/// Which way electrons go between two terminals, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the earlier into the later terminal: T_ab with a > b.
    Forward,
    /// From the later into the earlier terminal: T_ba with a > b.
    Backward,
}

/// Where row `a` of a triangle lies.
fn row(a: usize) -> Range<usize> {
    let start = a * a.saturating_sub(1) / 2;
    start..start + a
}

impl Transmissions {
    /// A matrix of which every entry off the diagonal is to be written once.
    pub(crate) fn unwritten(terminals: usize, symmetric: bool, pool: &Arc<Pool>) -> Self {
        let triangle = || Buffer::unwritten(row(terminals).start, pool);
        Self {
            terminals,
            below: triangle(),
            above: (!symmetric).then(triangle),
            sums: Sums::new(terminals, symmetric),
        }
    }

    /// A zero matrix of the same size and symmetry.
    pub fn zeros_like(&self) -> Self {
        let mut zeros = Self::unwritten(self.terminals, self.is_symmetric(), self.below.pool());
        zeros.below.fill(0.0);
        zeros.above.iter_mut().for_each(|above| above.fill(0.0));
        zeros
    }

    /// Writes the entries between terminal `a` and the terminals from `first` on, all of which are earlier than a.
    pub(crate) fn put(&mut self, way: Direction, a: usize, first: usize, values: &[f64]) {
        let Sums { into, out_of } = &mut self.sums;
        let others = first..first + values.len();
        let (triangle, sums_of_others, backward) = match (way, &mut self.above) {
            (Direction::Backward, Some(above)) => (above, &mut *into, true),
            (Direction::Forward, Some(_)) => (&mut self.below, &mut *out_of, false),
            (_, None) => (&mut self.below, &mut *into, false),
        };
        let entries = &mut triangle[row(a)][others.clone()];
        let sum = copy_and_add(values, entries, &mut sums_of_others[others]);
        if backward {
            out_of[a] += sum;
        } else {
            into[a] += sum;
        }
    }

    /// Sets T_ab (and T_ba of a symmetric matrix), a and b being different.
    pub(crate) fn set(&mut self, a: usize, b: usize, value: f64) {
        let (way, late, early) = if a > b { (Direction::Forward, a, b) } else { (Direction::Backward, b, a) };
        self.put(way, late, early, &[value]);
    }

    /// `self += weight * other`: builds thermal averages.
    ///
    /// # Panics
    /// If the two differ in size or symmetry.
    pub fn add(&mut self, weight: f64, other: &Self) {
        assert_eq!((self.terminals, self.is_symmetric()), (other.terminals, other.is_symmetric()));
        let add = |a: &mut [f64], b: &[f64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += weight * b);
        add(&mut self.below, &other.below);
        if let (Some(a), Some(b)) = (&mut self.above, &other.above) {
            add(a, b);
        }
        add(&mut self.sums.into, &other.sums.into);
        add(&mut self.sums.out_of, &other.sums.out_of);
    }

    /// T_ab, from b into a.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        let (late, early) = (a.max(b), a.min(b));
        let place = row(late).start + early;
        match &self.above {
            _ if a == b => 0.0,
            Some(above) if a < b => above[place],
            _ => self.below[place],
        }
    }

    /// `sum_a T_ab` for every b.
    pub fn column_sums(&self) -> &[f64] {
        self.sums.columns()
    }

    pub(super) fn sums(&self) -> &Sums {
        &self.sums
    }
}

impl Exchange for Transmissions {
    fn terminals(&self) -> usize {
        self.terminals
    }

    /// Reads each stored number once.
    fn current(&self, v: &[f64], out: &mut [f64]) {
        out.iter_mut().zip(v.iter().zip(&self.sums.into)).for_each(|(o, (v, s))| *o = -v * s);
        for a in 0..self.terminals {
            let below = &self.below[row(a)];
            let above = self.above.as_ref().map_or(below, |above| &above[row(a)]);
            let (earlier, later) = out.split_at_mut(a);
            later[0] += add_and_dot(v[a], above, earlier, below, &v[..a]);
        }
    }

    fn outgoing(&self) -> &[f64] {
        &self.sums.into
    }

    fn is_symmetric(&self) -> bool {
        self.above.is_none()
    }

    fn transmission(&self, a: usize, b: usize) -> f64 {
        self.get(a, b)
    }

    fn stored(&self) -> Option<&Transmissions> {
        Some(self)
    }
}
