//! Transmissions between a few reservoirs, as a small dense matrix.

use crate::scattering::{Exchange, SMatrix, nan_max};

/// The matrix T_ab, from reservoir b into reservoir a, or integrals of it; the diagonal is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct TransmissionMatrix {
    terminals: usize,
    entries: Vec<f64>,
}

/// Numbers that are no matrix of transmissions.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "{given} numbers for {terminals} terminals: wanted {terminals} x {terminals}, and two terminals or more"
)]
pub struct BadMatrix {
    /// Numbers given.
    pub given: usize,
    /// Terminals.
    pub terminals: usize,
}

impl TransmissionMatrix {
    /// From the rows of T, row a holding what enters terminal a. The diagonal (reflection) is ignored.
    ///
    /// # Errors
    /// [`BadMatrix`] unless there are `terminals * terminals` numbers, and two terminals or more.
    pub fn new(terminals: usize, mut rows: Vec<f64>) -> Result<Self, BadMatrix> {
        if terminals < 2 || rows.len() != terminals * terminals {
            return Err(BadMatrix { given: rows.len(), terminals });
        }
        (0..terminals).for_each(|a| rows[a * terminals + a] = 0.0);
        Ok(Self { terminals, entries: rows })
    }

    /// Two terminals, between which transmission is the same both ways, in a magnetic field too.
    pub fn two_terminal(transmission: f64) -> Self {
        Self { terminals: 2, entries: vec![0.0, transmission, transmission, 0.0] }
    }

    /// Between the leads of a conductor without probes.
    ///
    /// # Panics
    /// If the S matrix has fewer than two leads.
    pub fn of(s: &SMatrix) -> Self {
        let n = s.leads();
        assert!(n >= 2, "transmission takes two leads");
        Self::from_fn(n, |a, b| s.transmission(a, b))
    }

    /// Between terminals `chosen` of a larger matrix.
    pub(super) fn among(exchange: &dyn Exchange, chosen: &[usize]) -> Self {
        Self::from_fn(chosen.len(), |a, b| exchange.transmission(chosen[a], chosen[b]))
    }

    pub(super) fn from_fn(terminals: usize, f: impl Fn(usize, usize) -> f64) -> Self {
        let pair = |k: usize| (k / terminals, k % terminals);
        let of = |(a, b)| if a == b { 0.0 } else { f(a, b) };
        Self { terminals, entries: (0..terminals * terminals).map(|k| of(pair(k))).collect() }
    }

    /// Number of terminals.
    pub fn terminals(&self) -> usize {
        self.terminals
    }

    /// T_ab, from b into a.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        self.entries[a * self.terminals + b]
    }

    /// Times a number.
    pub fn scaled(&self, factor: f64) -> Self {
        Self { terminals: self.terminals, entries: self.entries.iter().map(|t| factor * t).collect() }
    }

    /// What enters terminal a if all others are at 1 and it is at 0: `sum_b T_ab`.
    pub fn entering(&self, a: usize) -> f64 {
        (0..self.terminals).map(|b| self.get(a, b)).sum()
    }

    /// `sum_b T_ba`, what leaves terminal a.
    pub fn leaving(&self, a: usize) -> f64 {
        (0..self.terminals).map(|b| self.get(b, a)).sum()
    }

    /// Largest difference between what enters and what leaves a terminal: zero for unitary scattering.
    pub(super) fn imbalance(&self) -> f64 {
        (0..self.terminals).map(|a| (self.entering(a) - self.leaving(a)).abs()).fold(0.0, nan_max)
    }

    /// Largest of what enters a terminal.
    pub(super) fn largest_sum(&self) -> f64 {
        (0..self.terminals).map(|a| self.entering(a).abs()).fold(0.0, nan_max)
    }

    /// Largest `|T_ab - T_ba|` per largest entry.
    pub(super) fn asymmetry(&self) -> f64 {
        let pairs = (0..self.terminals).flat_map(|a| (0..a).map(move |b| (a, b)));
        let worst = pairs.map(|(a, b)| (self.get(a, b) - self.get(b, a)).abs());
        let worst = worst.fold(0.0, nan_max);
        let largest = self.entries.iter().map(|t| t.abs()).fold(0.0, f64::max);
        if worst == 0.0 { 0.0 } else { worst / largest }
    }
}

impl AsRef<[f64]> for TransmissionMatrix {
    /// All entries, row after row.
    fn as_ref(&self) -> &[f64] {
        &self.entries
    }
}
