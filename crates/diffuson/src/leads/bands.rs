//! Thresholds of a periodic lead: the extrema of its bands.

use super::LeadError;
use crate::extremum::golden_minimum;
use diffuson_linalg::{C64, Matrix, eigen};
use std::f64::consts::PI;

/// The bands of cells with Hamiltonian h joined by v: eigenvalues of `h + v e^{-ik} + v^+ e^{ik}`.
pub(super) struct Bands<'a> {
    pub(super) h: &'a Matrix,
    pub(super) v: &'a Matrix,
    /// Whether the bands are symmetric in k, as under time reversal.
    pub(super) symmetric: bool,
}

/// Steps in k from 0 to pi. Of extrema closer than that some are missed.
const GRID: usize = 128;

/// To what an extremum is found: energies are quadratic in its position, so that 1e-8 in k is 1e-16 in energy.
const POSITION: f64 = 1e-8;

impl Bands<'_> {
    /// Energies of the bands at k, ascending.
    pub(super) fn at(&self, k: f64) -> Result<Vec<f64>, LeadError> {
        let (n, phase) = (self.h.rows(), C64::from_polar(1.0, -k));
        let bloch = |i, j| self.h[(i, j)] + self.v[(i, j)] * phase + (self.v[(j, i)] * phase).conj();
        let h = Matrix::from_fn(n, n, bloch);
        eigen::hermitian_values(&h).map_err(|_| LeadError::Bands)
    }

    /// Band extrema in and near `[low, high]`.
    pub(super) fn extrema(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        let step = PI / GRID as f64;
        // from 0 to pi, or around the circle and two steps on
        let last = if self.symmetric { GRID } else { 2 * GRID + 1 };
        let rows: Vec<Vec<f64>> = (0..=last).map(|i| self.at(step * i as f64)).collect::<Result<_, _>>()?;
        // a band that is flat throughout carries no mode
        let everywhere = |e: f64| rows.iter().all(|row| row.iter().any(|b| (b - e).abs() < 1e-9));
        let mut found = Vec::new();
        for m in 0..self.h.rows() {
            for (i, row) in rows.iter().enumerate() {
                if !(low - 0.1..=high + 0.1).contains(&row[m]) {
                    continue;
                }
                let k = step * i as f64;
                let (position, inward) = if i == 0 || i == last {
                    if !self.symmetric {
                        continue;
                    }
                    (k, if i == 0 { &[1.0][..] } else { &[-1.0] })
                } else {
                    let (before, here, after) = (rows[i - 1][m], row[m], rows[i + 1][m]);
                    let sign = if here < before && here <= after {
                        1.0
                    } else if here > before && here >= after {
                        -1.0
                    } else {
                        continue;
                    };
                    let value = |k: f64| Ok(sign * self.at(k)?[m]);
                    (golden_minimum([k - step, k + step], POSITION, value)?, &[-1.0, 1.0][..])
                };
                let energy = self.at(position)?[m];
                let shapes = inward.iter().map(|side| self.shape(position, energy, m, *side));
                let shapes = shapes.collect::<Result<Vec<_>, _>>()?;
                if shapes.contains(&Shape::Extremum) || shapes.contains(&Shape::Flat) && !everywhere(energy) {
                    found.push(energy);
                }
            }
        }
        Ok(found)
    }

    /// Shape of band m next to k, on one side.
    fn shape(&self, k: f64, energy: f64, m: usize, side: f64) -> Result<Shape, LeadError> {
        const DISTANCE: f64 = 1e-5;
        let change = |d: f64| -> Result<f64, LeadError> { Ok((self.at(k + side * d)?[m] - energy).abs()) };
        let (near, far) = (change(DISTANCE)?, change(2.0 * DISTANCE)?);
        Ok(match far {
            _ if far < 1e-12 => Shape::Flat,
            _ if far > 3.0 * near => Shape::Extremum,
            _ => Shape::Crossing,
        })
    }
}

/// How the energy of a band changes with the distance in k: not at all, with its square, or, where bands cross and the bands in ascending
/// order have a kink, in proportion. A kink is an extremum but no threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Flat,
    Extremum,
    Crossing,
}
