//! Number fluctuations of a segment of a chain of free fermions with a barrier in it, exactly: at equilibrium, and [between reservoirs](BiasedChain).
//!
//! The infinite chain `E = -2 cos k` has one raised site, of transmission `T(E) = (4 - E^2)/(4 - E^2 + U^2)`. At temperature T and chemical
//! potential mu its one-body correlations are `C = f(H)`, and the number N of particles on a segment S, barrier included, has
//!
//! ```text
//! <dN^2> = sum_(i in S) C_ii - sum_(i, j in S) C_ij^2,
//! kT dN/dmu = sum_(i in S) [f (1 - f)](H)_ii,
//! <dN^2> - kT dN/dmu = sum_(i in S, j not in S) C_ij^2,
//! ```
//!
//! the last because C (1 - C) = f (1 - f). What exceeds the compressibility is a sum over pairs across the two ends, which does not grow with
//! the length of the segment: the ratio of both approaches one as 1/length, and the barrier, farther from the ends than the thermal length
//! v/(2 pi kT), is no part of it. M. P. Das and F. Green (cond-mat/0503461), Eq. (A6), ascribe to the scattering theory a variance
//! that is T(mu) times `kT dN/dmu` instead.
//!
//! Entries of C are those of the clean chain, by distance, and an addition by distance to the barrier; both are tables as long as C is not
//! negligible, some 14 v/kT sites, so that a segment of n sites costs about `28 n v/kT` products.

mod barrier;
mod biased;
mod clean;

pub use biased::{BiasedChain, BiasedNumber};

use crate::audit::{Audit, laws};
use crate::thermal::Reservoir;
use barrier::RaisedSite;
use clean::{Entries, Function};
use std::f64::consts::PI;
use std::ops::RangeInclusive;

/// An infinite chain of free fermions in equilibrium, with a raised site at the origin.
#[derive(Clone, Debug)]
pub struct Chain {
    reservoir: Reservoir,
    barrier: RaisedSite,
    /// Of f and of f (1 - f).
    occupation: Table,
    window: Table,
}

/// A function of the Hamiltonian: entry (i, j) is `clean_|i-j| + added_(|i|+|j|)`.
#[derive(Clone, Debug)]
struct Table {
    clean: Entries,
    added: Vec<f64>,
}

/// The number of particles on a segment.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberVariance {
    /// Sites of the segment.
    pub sites: usize,
    /// Mean number N.
    pub number: f64,
    /// `<dN^2>`.
    pub variance: f64,
    /// `kT dN/dmu`, what the compressibility gives.
    pub response: f64,
    /// `sum_(i in S, j not in S) C_ij^2`, summed over pairs across the ends.
    pub boundary: f64,
    /// The laws [`NUMBER_VARIANCE`](laws::NUMBER_VARIANCE), [`PAULI`](laws::PAULI) and
    /// [`PARTICLE_NUMBER`](laws::PARTICLE_NUMBER).
    pub audit: Audit,
}

/// A number outside of what a chain or a segment may have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name} {value}: it must be {allowed}")]
pub struct InvalidChain {
    /// What the number is.
    pub name: &'static str,
    /// The number.
    pub value: f64,
    /// What it may be.
    pub allowed: &'static str,
}

/// Lowest temperature: tables are as long as v/kT.
const LOWEST: f64 = 1e-3;

/// Largest number of sites on either side of the barrier.
pub const LONGEST: usize = 1_000_000;

/// Allowed deviations of [`laws::NUMBER_VARIANCE`], [`laws::PAULI`] and [`laws::PARTICLE_NUMBER`]: sums of some million terms, in the order of
/// their indices.
const ALLOWED: [f64; 3] = [1e-9, 1e-12, 1e-12];

/// Most nodes of the quadrature that audits particle numbers: without it, where a bound state reaches farther than that.
const MOST_NODES: f64 = 2e6;

impl Chain {
    /// The chain in equilibrium with a reservoir of temperature at least 1e-3 t; `height` is the energy U of the site at the origin, of
    /// either sign.
    ///
    /// # Errors
    /// [`InvalidChain`].
    pub fn new(reservoir: Reservoir, height: f64) -> Result<Self, InvalidChain> {
        check("chemical potential", reservoir.mu, reservoir.mu.is_finite(), "a number")?;
        check(
            "temperature kT",
            reservoir.kt,
            reservoir.kt >= LOWEST && reservoir.kt.is_finite(),
            "at least 0.001 t",
        )?;
        check("height of the barrier", height, height.is_finite(), "a number")?;
        Ok(Self::with_barrier(reservoir, RaisedSite::new(height)))
    }

    /// The chain with the barrier U > 0 that transmits electrons at the chemical potential with this probability:
    /// `U^2 = (4 - mu^2) (1/T - 1)`.
    ///
    /// # Errors
    /// [`InvalidChain`] as of [`Chain::new`], for a transmission that is not in (0, 1], and where the chemical potential is not inside the band.
    pub fn with_transmission(reservoir: Reservoir, transmission: f64) -> Result<Self, InvalidChain> {
        let mu = reservoir.mu;
        check("chemical potential", mu, mu.abs() < 2.0, "inside the band, between -2 t and 2 t")?;
        check("transmission", transmission, transmission > 0.0 && transmission <= 1.0, "> 0 and at most 1")?;
        Self::new(reservoir, RaisedSite::with_transmission(transmission, mu).height())
    }

    fn with_barrier(reservoir: Reservoir, barrier: RaisedSite) -> Self {
        let table = |function| {
            let clean = Entries::new(function, reservoir);
            let added = barrier.addition(&clean, function, reservoir);
            Table { clean, added }
        };
        Self { reservoir, barrier, occupation: table(Function::Occupation), window: table(Function::Window) }
    }

    /// Energy U of the raised site, in t.
    pub fn height(&self) -> f64 {
        self.barrier.height()
    }

    /// Transmission probability of the barrier at an energy, 0 outside of the band.
    pub fn transmission(&self, energy: f64) -> f64 {
        self.barrier.transmission(energy)
    }

    /// The correlation `C_ij = <c_j^+ c_i>` of two sites counted from the barrier: real and symmetric.
    pub fn correlation(&self, i: i64, j: i64) -> f64 {
        self.occupation.at(i, j)
    }

    /// Sites beyond which correlations are less than rounding.
    pub fn range(&self) -> usize {
        self.occupation.clean.range()
    }

    /// The number of particles on the sites from `-left` to `right`, the barrier being site 0.
    ///
    /// # Errors
    /// [`InvalidChain`] for more than [`LONGEST`] sites on a side.
    pub fn segment(&self, left: usize, right: usize) -> Result<NumberVariance, InvalidChain> {
        check_sites(left, right)?;
        let segment = -(left as i64)..=right as i64;
        let (c, reach) = (&self.occupation, self.range() as i64);
        let mut audit = Audit::default();
        let [mut number, mut variance, mut response, mut boundary] = [0.0; 4];
        let mut worst = 0.0f64;
        for i in segment.clone() {
            let occupied = c.at(i, i);
            let squares = |others: RangeInclusive<i64>| others.map(|j| c.at(i, j).powi(2)).sum::<f64>();
            let (first, last) = (i - reach, i + reach);
            let inside = occupied * (1.0 - occupied)
                - squares(first.max(*segment.start())..=i - 1)
                - squares(i + 1..=last.min(*segment.end()));
            let across = squares(first..=(segment.start() - 1).min(last))
                + squares((segment.end() + 1).max(first)..=last);
            // f (1 - f) is not negative: between zero and one lie C and, with it, what C^2 leaves of C
            worst = [-occupied, occupied - 1.0, across - inside].into_iter().fold(worst, f64::max);
            number += occupied;
            variance += inside;
            response += self.window.at(i, i);
            boundary += across;
        }
        let difference = (variance - response - boundary).abs();
        audit.record(laws::NUMBER_VARIANCE, difference / variance.max(1e-3), ALLOWED[0]);
        audit.record(laws::PAULI, worst, ALLOWED[1]);
        if let Some(expected) = self.number_in_states(left, right) {
            let sites = (left + right + 1) as f64;
            audit.record(laws::PARTICLE_NUMBER, (number - expected).abs() / sites, ALLOWED[2]);
        }
        Ok(NumberVariance { sites: left + right + 1, number, variance, response, boundary, audit })
    }

    /// The number of particles from waves and bound state, one by one, which knows nothing of correlations: none if a bound state, of a weak
    /// barrier, reaches too far.
    ///
    /// `N = Int_0^pi dk/pi f [n + Re r sum_i e^(2ik|i|)] + f_b sum_i |psi_i|^2`
    fn number_in_states(&self, left: usize, right: usize) -> Option<f64> {
        let (u, a) = (self.barrier.height(), self.barrier.decay());
        let reach = (2 * left.max(right) + 2 * self.range()) as f64;
        let nodes = reach.max(if u == 0.0 { 0.0 } else { 44.0 / a });
        if nodes > MOST_NODES {
            return None;
        }
        let nodes = nodes.ceil() as usize;
        let f = |energy: f64| Function::Occupation.at(self.reservoir, energy);
        let sites = (left + right + 1) as f64;
        let wave = |m: usize| {
            let k = PI * (m as f64 + 0.5) / nodes as f64;
            let sin = k.sin();
            // e^(2ik) + ... + e^(2ikl) = e^(ik(l+1)) sin(kl)/sin k
            let sums = [left, right].map(|l| {
                let (l, weight) = (l as f64, (k * l as f64).sin() / sin);
                [weight * (k * (l + 1.0)).cos(), weight * (k * (l + 1.0)).sin()]
            });
            let [re, im] = [1.0 + sums[0][0] + sums[1][0], sums[0][1] + sums[1][1]];
            // r = -U (U + 2i sin k) / (U^2 + 4 sin^2 k)
            let density =
                if u == 0.0 { 0.0 } else { -u * (u * re - 2.0 * sin * im) / (u * u + 4.0 * sin * sin) };
            f(-2.0 * k.cos()) * (sites + density)
        };
        let waves = (0..nodes).map(wave).sum::<f64>() / nodes as f64;
        // sum_(i = 1..l) b^(2i) tanh a = e^(-a) (1 - e^(-2al)) / (2 cosh a)
        let side = |l: usize| -(-a).exp() * (-2.0 * a * l as f64).exp_m1() / (2.0 * a.cosh());
        let bound = if u == 0.0 { 0.0 } else { a.tanh() + side(left) + side(right) };
        Some(waves + f(self.barrier.bound_energy()) * bound)
    }
}

impl NumberVariance {
    /// `<dN^2>` over `kT dN/dmu`.
    pub fn ratio(&self) -> f64 {
        self.variance / self.response
    }

    /// By how much the ratio exceeds one, from the pairs across the ends.
    pub fn excess(&self) -> f64 {
        self.boundary / self.response
    }
}

impl Table {
    fn at(&self, i: i64, j: i64) -> f64 {
        let add = self.added.get((i.unsigned_abs() + j.unsigned_abs()) as usize);
        self.clean.at(i.abs_diff(j) as usize) + add.copied().unwrap_or(0.0)
    }
}

fn check(name: &'static str, value: f64, holds: bool, allowed: &'static str) -> Result<(), InvalidChain> {
    if holds { Ok(()) } else { Err(InvalidChain { name, value, allowed }) }
}

fn check_sites(left: usize, right: usize) -> Result<(), InvalidChain> {
    let sites = left.max(right);
    check("sites beside the barrier", sites as f64, sites <= LONGEST, "at most 1000000")
}
