//! Stored transmissions between all terminals.

use super::pool::{Buffer, Pool, Stored};
use super::{Exchange, Precision};
use diffuson_linalg::planar::Real;
use diffuson_linalg::stream::{add_and_dot, add_weighted, copy_and_add};
use std::ops::Range;
use std::sync::Arc;

/// The matrix T_ab of transmissions from b into a, or of their derivatives or thermal averages; the diagonal is zero.
///
/// Stored as triangles, row after row: T_ab for a > b, and T_ba for a > b unless the matrix is symmetric. Sums over them are in double precision;
/// in a magnetic field what numbers in single precision lack for conservation of charge is added.
#[derive(Clone, Debug, PartialEq)]
pub struct Transmissions {
    terminals: usize,
    entries: Entries,
    sums: Sums,
    balance: Option<Balance>,
    /// `S_a = sum_b T_ab`.
    outgoing: Vec<f64>,
}

/// All entries, in the precision in which they are stored.
#[derive(Clone, Debug, PartialEq)]
enum Entries {
    Double(Triangles<f64>),
    Single(Triangles<f32>),
}

#[derive(Clone, Debug, PartialEq)]
struct Triangles<T: Stored> {
    below: Buffer<T>,
    above: Option<Buffer<T>>,
}

/// Calls the same on the triangles of either precision.
macro_rules! either {
    ($entries:expr, $triangles:ident => $call:expr) => {
        match $entries {
            Entries::Double($triangles) => $call,
            Entries::Single($triangles) => $call,
        }
    };
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

/// What is added to transmissions where less enters some terminals than leaves them, `delta_a = sum_b (T_ba - T_ab)`, as dropping or rounding leaves
/// it in a magnetic field: charge would not be conserved. With
///
/// ```text
/// T_ab -> T_ab + max(delta_a, 0) max(-delta_b, 0) / sum_c max(delta_c, 0)
/// ```
///
/// for all pairs, row and column sums are equal; no other change does it with less weight, and none of these is negative.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Balance {
    into: Vec<f64>,
    out_of: Vec<f64>,
}

impl Balance {
    /// For the given sums over rows and over columns.
    pub(super) fn of(rows: &[f64], columns: &[f64]) -> Self {
        let excess = || columns.iter().zip(rows).map(|(c, r)| c - r);
        let into: Vec<f64> = excess().map(|d| d.max(0.0)).collect();
        let total: f64 = into.iter().sum();
        let scale = if total > 0.0 { 1.0 / total } else { 0.0 };
        Self { into, out_of: excess().map(|d| scale * (-d).max(0.0)).collect() }
    }

    /// Adds its sums over rows.
    pub(super) fn add_sums(&self, rows: &mut [f64]) {
        rows.iter_mut().zip(&self.into).for_each(|(s, i)| *s += i);
    }

    /// Adds its product with v.
    pub(super) fn add_product(&self, v: &[f64], out: &mut [f64]) {
        let mean: f64 = self.out_of.iter().zip(v).map(|(o, v)| o * v).sum();
        out.iter_mut().zip(&self.into).for_each(|(o, i)| *o += i * mean);
    }

    fn get(&self, a: usize, b: usize) -> f64 {
        self.into[a] * self.out_of[b]
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
    pub(crate) fn unwritten(
        terminals: usize,
        symmetric: bool,
        precision: Precision,
        pool: &Arc<Pool>,
    ) -> Self {
        let entries = match precision {
            Precision::Double => Entries::Double(Triangles::unwritten(terminals, symmetric, pool)),
            Precision::Single => Entries::Single(Triangles::unwritten(terminals, symmetric, pool)),
        };
        let sums = Sums::new(terminals, symmetric);
        Self { terminals, entries, outgoing: Vec::new(), sums, balance: None }
    }

    /// A zero matrix of the same size, symmetry and precision.
    pub fn zeros_like(&self) -> Self {
        let pool = either!(&self.entries, t => t.below.pool());
        let mut zeros = Self::unwritten(self.terminals, self.is_symmetric(), self.precision(), pool);
        either!(&mut zeros.entries, t => t.clear());
        zeros.finish();
        zeros
    }

    /// The precision in which the numbers are stored.
    pub fn precision(&self) -> Precision {
        match self.entries {
            Entries::Double(_) => Precision::Double,
            Entries::Single(_) => Precision::Single,
        }
    }

    /// Writes the entries between terminal `a` and the terminals from `first` on, all of which are earlier than a.
    pub(crate) fn put<S: Real>(&mut self, way: Direction, a: usize, first: usize, values: &[S]) {
        let symmetric = self.is_symmetric();
        let Sums { into, out_of } = &mut self.sums;
        let others = first..first + values.len();
        let backward = way == Direction::Backward && !symmetric;
        let sums_of_others = if backward || symmetric { &mut *into } else { &mut *out_of };
        let sums_of_others = &mut sums_of_others[others.clone()];
        let sum = either!(&mut self.entries, t => {
            let triangle = match &mut t.above {
                Some(above) if backward => above,
                _ => &mut t.below,
            };
            copy_and_add(values, &mut triangle[row(a)][others], sums_of_others)
        });
        if backward {
            out_of[a] += sum;
        } else {
            into[a] += sum;
        }
    }

    /// Once all entries are written: from now on this can be multiplied with potentials.
    pub(crate) fn finish(&mut self) {
        let one_sided = self.precision() == Precision::Single && !self.is_symmetric();
        self.balance = one_sided.then(|| Balance::of(self.sums.rows(), self.sums.columns()));
        self.outgoing.clear();
        self.outgoing.extend_from_slice(self.sums.rows());
        if let Some(balance) = &self.balance {
            balance.add_sums(&mut self.outgoing);
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
    /// If the two differ in size, symmetry or precision.
    pub fn add(&mut self, weight: f64, other: &Self) {
        let kind = |t: &Self| (t.terminals, t.is_symmetric(), t.precision());
        assert_eq!(kind(self), kind(other), "matrices of one size, symmetry and precision");
        self.sums = Sums::new(self.terminals, self.is_symmetric());
        match (&mut self.entries, &other.entries) {
            (Entries::Double(a), Entries::Double(b)) => a.add(weight, b, &mut self.sums),
            (Entries::Single(a), Entries::Single(b)) => a.add(weight, b, &mut self.sums),
            _ => unreachable!("asserted above"),
        }
        self.finish();
    }

    /// T_ab, from b into a.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        if a == b {
            return 0.0;
        }
        either!(&self.entries, t => t.get(a, b))
            + self.balance.as_ref().map_or(0.0, |balance| balance.get(a, b))
    }

    pub(super) fn sums(&self) -> &Sums {
        &self.sums
    }
}

impl<T: Stored> Triangles<T> {
    fn unwritten(terminals: usize, symmetric: bool, pool: &Arc<Pool>) -> Self {
        let triangle = || Buffer::unwritten(row(terminals).start, pool);
        Self { below: triangle(), above: (!symmetric).then(triangle) }
    }

    fn clear(&mut self) {
        self.below.fill(T::default());
        self.above.iter_mut().for_each(|above| above.fill(T::default()));
    }

    /// `self += weight other`, and the sums of what is stored then.
    fn add(&mut self, weight: f64, other: &Self, Sums { into, out_of }: &mut Sums) {
        for a in 0..into.len() {
            let sums_of_others = if self.above.is_some() { &mut *out_of } else { &mut *into };
            let (earlier, _) = sums_of_others.split_at_mut(a);
            let sum = add_weighted(weight, &other.below[row(a)], &mut self.below[row(a)], earlier);
            into[a] += sum;
            if let (Some(above), Some(other)) = (&mut self.above, &other.above) {
                out_of[a] += add_weighted(weight, &other[row(a)], &mut above[row(a)], &mut into[..a]);
            }
        }
    }

    fn get(&self, a: usize, b: usize) -> f64 {
        let (late, early) = (a.max(b), a.min(b));
        let triangle = match &self.above {
            Some(above) if a < b => above,
            _ => &self.below,
        };
        triangle[row(late).start + early].double()
    }

    /// `out_a += sum_b T_ab v_b`: reads each stored number once.
    fn add_product(&self, v: &[f64], out: &mut [f64]) {
        for a in 0..v.len() {
            let below = &self.below[row(a)];
            let above = self.above.as_ref().map_or(below, |above| &above[row(a)]);
            let (earlier, later) = out.split_at_mut(a);
            later[0] += add_and_dot(v[a], above, earlier, below, &v[..a]);
        }
    }
}

impl Exchange for Transmissions {
    fn terminals(&self) -> usize {
        self.terminals
    }

    fn current(&self, v: &[f64], out: &mut [f64]) {
        assert_eq!(self.outgoing.len(), v.len(), "finished, and one potential per terminal");
        out.iter_mut().zip(v.iter().zip(&self.outgoing)).for_each(|(o, (v, s))| *o = -v * s);
        either!(&self.entries, t => t.add_product(v, out));
        if let Some(balance) = &self.balance {
            balance.add_product(v, out);
        }
    }

    fn outgoing(&self) -> &[f64] {
        &self.outgoing
    }

    fn is_symmetric(&self) -> bool {
        either!(&self.entries, t => t.above.is_none())
    }

    fn transmission(&self, a: usize, b: usize) -> f64 {
        self.get(a, b)
    }

    fn stored(&self) -> Option<&Transmissions> {
        Some(self)
    }
}
