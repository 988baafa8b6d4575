//! What occupies the positions of a defect: the stationary state of its master equation.

mod reduction;

use super::{Bath, DefectError, require};
use crate::audit::{Audit, laws};
use crate::scattering::nan_max;

/// Occupation of the upper level of a fluctuator that lies `splitting` above the lower one: `W(E) / [W(E) + W(-E)]`, which is `1 / (e^{E/kT} + 1)` without bias and
/// `(eV - E) / (2 eV + 2 E + E^3/E*^2)` at kT = 0 for E < eV, in the centre of the contact.
///
/// To rounding, for any splitting: written as `W(E) / [2 W(E) + W(-E) - W(E)]`, whose terms are all positive. One half where nothing makes the defect move.
pub fn upper_occupation(splitting: f64, bath: &Bath) -> f64 {
    let energy = splitting.abs();
    let gain = bath.rate(energy);
    let all = 2.0 * gain + bath.spontaneous(energy);
    let upper = if all == 0.0 { 0.5 } else { gain / all };
    if splitting < 0.0 { 1.0 - upper } else { upper }
}

/// The transitions that a defect of many positions makes.
#[derive(Clone, Debug, PartialEq)]
pub enum Hops {
    /// From any position to any other.
    All,
    /// Between these positions, both ways.
    Pairs(Vec<(usize, usize)>),
}

impl Hops {
    /// Between nearest neighbours on a cubic lattice of `side^3` positions; position `(x, y, z)` is number `(x side + y) side + z`.
    pub fn cubic(side: usize) -> Self {
        let position = |x: usize, y: usize, z: usize| (x * side + y) * side + z;
        let mut pairs = Vec::new();
        for (x, y, z) in (0..side * side * side).map(|i| (i / (side * side), i / side % side, i % side)) {
            let here = position(x, y, z);
            pairs.extend((x + 1 < side).then(|| (here, position(x + 1, y, z))));
            pairs.extend((y + 1 < side).then(|| (here, position(x, y + 1, z))));
            pairs.extend((z + 1 < side).then(|| (here, position(x, y, z + 1))));
        }
        Self::Pairs(pairs)
    }

    /// Rates `w_ij` from i to j as sorted rows, present for both directions of a hop.
    fn rates(&self, energy: &[f64], bath: &Bath) -> Result<Vec<Vec<(usize, f64)>>, DefectError> {
        let n = energy.len();
        let rate = |i: usize, j: usize| (j, bath.rate(energy[j] - energy[i]));
        let Self::Pairs(pairs) = self else {
            return Ok((0..n).map(|i| (0..n).filter(|&j| j != i).map(|j| rate(i, j)).collect()).collect());
        };
        let mut rows = vec![Vec::new(); n];
        for &(i, j) in pairs {
            require("position of a hop", i.max(j) as f64, i.max(j) < n, "less than the number of energies")?;
            require("end of a hop", j as f64, i != j, "another position than its beginning")?;
            rows[i].push(rate(i, j));
            rows[j].push(rate(j, i));
        }
        for row in &mut rows {
            row.sort_unstable_by_key(|&(j, _)| j);
            row.dedup_by_key(|&mut (j, _)| j); // a hop named twice is one hop
        }
        Ok(rows)
    }
}

/// Occupations of the positions of one defect, `sum_j (p_j w_ji - p_i w_ij) = 0` with `w_ij = W(E_j - E_i)` for every hop and `sum_i p_i = 1`. Energies in the unit of the bath.
///
/// They are found by state reduction (W. K. Grassmann, M. I. Taksar and D. P. Heyman, Oper. Res. 33, 1107 (1985)): nothing is ever subtracted, so that every occupation, however
/// small, is non-negative and right to some `n` rounding errors. Positions are eliminated in the order of fewest neighbours: of nearest neighbours in three dimensions
/// about n^2 operations, of all with all `2 n^3 / 3`.
///
/// # Errors
///
/// No energies or one that is not finite, a hop from or to a position that is not there; a network whose stationary state is not unique because positions are not
/// connected, or (at temperatures below 1/700 of a barrier, without bias across it) only by rates too small for a number.
pub fn steady_state(energy: &[f64], hops: &Hops, bath: &Bath) -> Result<Vec<f64>, DefectError> {
    check(energy)?;
    reduction::stationary(hops.rates(energy, bath)?)
}

/// Occupations of levels of many positions each, between all of which the defect hops.
pub(super) fn of_levels(energy: &[f64], positions: &[f64], bath: &Bath) -> Result<Vec<f64>, DefectError> {
    check(energy)?;
    let mut rates = Hops::All.rates(energy, bath)?;
    rates.iter_mut().flatten().for_each(|(j, rate)| *rate *= positions[*j]);
    reduction::stationary(rates)
}

/// Whether occupations are those of the stationary state: conservation of probability at every position and, without bias, detailed balance of every hop, both to the
/// rounding of a sum over its neighbours.
///
/// # Errors
///
/// As [`steady_state`]; as many occupations as energies are wanted.
pub fn audit_occupations(
    occupation: &[f64],
    energy: &[f64],
    hops: &Hops,
    bath: &Bath,
) -> Result<Audit, DefectError> {
    check(energy)?;
    let count = occupation.len();
    require("number of occupations", count as f64, count == energy.len(), "the number of energies")?;
    let rates = hops.rates(energy, bath)?;
    let (mut probability, mut balance) = (0.0, 0.0);
    for (i, row) in rates.iter().enumerate() {
        let (mut net, mut traffic) = (0.0, 0.0);
        for &(j, leaving) in row {
            let out = occupation[i] * leaving;
            let back = occupation[j] * bath.rate(energy[i] - energy[j]);
            net += back - out;
            traffic += back + out;
            balance = nan_max(balance, share(back - out, back.max(out)));
        }
        probability = nan_max(probability, share(net, traffic));
    }
    let mut audit = Audit::default();
    audit.record(laws::PROBABILITY, probability, TOLERANCE);
    if bath.bias() == 0.0 {
        audit.record(laws::DETAILED_BALANCE, balance, TOLERANCE);
    }
    Ok(audit)
}

/// Rounding of the exponentials of up to 700 behind a rate (1.5e-13), along a path of some steps.
const TOLERANCE: f64 = 1e-11;

/// Currents less than the smallest normal number count for none.
fn share(part: f64, whole: f64) -> f64 {
    if whole < f64::MIN_POSITIVE { 0.0 } else { part.abs() / whole }
}

fn check(energy: &[f64]) -> Result<(), DefectError> {
    require("number of positions", energy.len() as f64, !energy.is_empty(), "at least 1")?;
    energy.iter().try_for_each(|&e| require("energy of a position", e, e.is_finite(), "finite").map(drop))
}

#[cfg(test)]
mod tests;
