//! The same chain between reservoirs: number fluctuations out of equilibrium, of scattering states.

use super::{ALLOWED, Chain, InvalidChain, check, check_sites};
use crate::audit::{Audit, laws};
use crate::thermal::Reservoir;
use diffuson_linalg::C64;
use std::f64::consts::PI;

/// A chain whose waves from the left have the occupation f_L of another reservoir than those from the right; no self-consistent potential.
///
/// `C_ij` is that of equilibrium with the right reservoir and `Int_0^pi dk/2pi (f_L - f_R) psi_i psi_j^*`, psi the wave from the left:
/// `e^(ikx) + r e^(-ikx)` before the barrier, `t e^(ikx)` behind it. In a long segment behind the barrier the variance per site is
///
/// ```text
/// Int_0^pi dk/2pi [ T f_L (1 - f_L) + (1 + R) f_R (1 - f_R) + T R (f_L - f_R)^2 ],
/// ```
///
/// partition noise in it. A segment with as many sites before the barrier has none: what was transmitted and what was reflected of one electron
/// are both inside. It has `Int_0^pi dk/2pi [f_L (1 - f_L) + f_R (1 - f_R)]` per site, whatever the transmission.
#[derive(Clone, Debug)]
pub struct BiasedChain {
    chain: Chain,
    /// Of `e^(ikx)` with the weights f_L - f_R, times T, times r; of `e^(-ikx)` times t^*.
    incoming: Vec<C64>,
    transmitted: Vec<C64>,
    reflected: Vec<C64>,
    passing: Vec<C64>,
    /// Of `e^(ikx)` and `e^(-ikx)` times `r t^*`: between mirror images.
    mirror: [Vec<C64>; 2],
}

/// The number of particles on a segment out of equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct BiasedNumber {
    /// Mean number N.
    pub number: f64,
    /// `<dN^2>`.
    pub variance: f64,
    /// The law [`PAULI`](laws::PAULI).
    pub audit: Audit,
}

/// Distance from the edges of the band, in kT, at which f_L - f_R vanishes.
const MARGIN: f64 = 37.0;

impl Chain {
    /// The chain with waves from the left that come from another reservoir, those from the right being as they are.
    ///
    /// # Errors
    /// [`InvalidChain`] as of [`Chain::new`], and if either chemical potential is closer to an edge of the band than 37 kT: there the waves of
    /// one direction end abruptly, and correlations fall as a power of the distance.
    pub fn biased(&self, left: Reservoir) -> Result<BiasedChain, InvalidChain> {
        let other = Self::new(left, self.height())?;
        for Reservoir { mu, kt } in [left, self.reservoir] {
            let inside = mu.abs() + MARGIN * kt <= 2.0;
            check(
                "chemical potential",
                mu,
                inside,
                "at least 37 kT inside the band, for different reservoirs",
            )?;
        }
        let u = self.height();
        let range = self.range().max(other.range());
        let nodes = 2 * range;
        // waves, at the middles of equal parts of (0, pi)
        let waves: Vec<(f64, f64, C64)> = (0..nodes)
            .map(|m| {
                let k = PI * (m as f64 + 0.5) / nodes as f64;
                let weight = left.excess(&self.reservoir, -2.0 * k.cos()) / (2 * nodes) as f64;
                (k, weight, u / C64::new(-u, 2.0 * k.sin()))
            })
            .filter(|(_, weight, _)| *weight != 0.0)
            .collect();
        let table = |sign: f64, amplitude: &dyn Fn(C64) -> C64| -> Vec<C64> {
            let at = |x: usize| -> C64 {
                let terms =
                    waves.iter().map(|&(k, weight, r)| weight * amplitude(r) * C64::cis(sign * k * x as f64));
                terms.sum()
            };
            (0..=range).map(at).collect()
        };
        let transmitted = |r: C64| 1.0 + r;
        Ok(BiasedChain {
            chain: self.clone(),
            incoming: table(1.0, &|_| C64::new(1.0, 0.0)),
            transmitted: table(1.0, &|r| C64::new(transmitted(r).norm_sqr(), 0.0)),
            reflected: table(1.0, &|r| r),
            passing: table(-1.0, &|r| transmitted(r).conj()),
            mirror: [1.0, -1.0].map(|sign| table(sign, &|r| r * transmitted(r).conj())),
        })
    }
}

impl BiasedChain {
    /// The correlation `C_ij = <c_j^+ c_i>` of two sites counted from the barrier: Hermitian.
    pub fn correlation(&self, i: i64, j: i64) -> C64 {
        let from_left = match (i < 0, j < 0) {
            (false, false) => signed(&self.transmitted, i - j),
            (true, true) => {
                let incoming = signed(&self.incoming, i - j);
                let reflected = incoming.conj() - signed(&self.transmitted, j - i);
                incoming + reflected + 2.0 * at(&self.reflected, i.abs_diff(-j)).re
            }
            (true, false) => self.across(i.unsigned_abs(), j.unsigned_abs()),
            (false, true) => self.across(j.unsigned_abs(), i.unsigned_abs()).conj(),
        };
        self.chain.correlation(i, j) + from_left
    }

    /// Of a site before the barrier with one behind it, by their distances from it.
    fn across(&self, before: u64, behind: u64) -> C64 {
        let mirror = if before >= behind { &self.mirror[0] } else { &self.mirror[1] };
        at(&self.passing, before + behind) + at(mirror, before.abs_diff(behind))
    }

    /// The number of particles on the sites from `-left` to `right`, the barrier being site 0: `n^2` products for n sites.
    ///
    /// # Errors
    /// [`InvalidChain`] for more than [`LONGEST`](super::LONGEST) sites on a side.
    pub fn segment(&self, left: usize, right: usize) -> Result<BiasedNumber, InvalidChain> {
        check_sites(left, right)?;
        let segment = -(left as i64)..=right as i64;
        let [mut number, mut variance, mut worst] = [0.0f64; 3];
        for i in segment.clone() {
            let occupied = self.correlation(i, i).re;
            let others = segment.clone().filter(|j| *j != i);
            let rest =
                occupied * (1.0 - occupied) - others.map(|j| self.correlation(i, j).norm_sqr()).sum::<f64>();
            worst = [-occupied, occupied - 1.0, -rest].into_iter().fold(worst, f64::max);
            number += occupied;
            variance += rest;
        }
        let mut audit = Audit::default();
        audit.record(laws::PAULI, worst, ALLOWED[1]);
        Ok(BiasedNumber { number, variance, audit })
    }
}

/// An entry, zero beyond the table.
fn at(table: &[C64], x: u64) -> C64 {
    table.get(x as usize).copied().unwrap_or_default()
}

/// An entry of a table whose weights are real, at a distance of either sign.
fn signed(table: &[C64], x: i64) -> C64 {
    let value = at(table, x.unsigned_abs());
    if x < 0 { value.conj() } else { value }
}
