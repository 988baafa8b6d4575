//! Many mobile defects in one contact, which interact through the electrons: the energy of every place depends on where all the others are, and so does the conductance.
//!
//! ```text
//! U = A_E sum_{pairs} cos(2R) cos(2 Dk R) / R^3,     dG = A_G sum_{pairs} cos(2R) cos(2 Dk R) / R^2,     A_E = (2/pi) f^2,  A_G = 4 f^2
//! ```
//!
//! (Eqs. 4 to 6 for weak scatterers of Born length f, both spins, far apart and not along the axis.) The last factor is the direct effect of a bias eV (Eqs. 16 and 17,
//! averaged over directions), with `Dk = eV / (2 hbar v_F)`: electrons of the two reservoirs have their oscillations at different wave numbers.
//!
//! | question | function |
//! |---|---|
//! | places of defects in a ball | [`Ball::place`] |
//! | energies and conductances of all pairs of places | [`InteractingDefects::new`] |
//! | what random placements give, exactly | [`InteractingDefects::random_placement`] |
//! | equilibrium at one temperature; quench, annealing | [`Occupation`] |
//! | equilibrium at many temperatures | [`ReplicaExchange`](super::ReplicaExchange) |
//! | motion in time, under bias | [`KineticMonteCarlo`](super::KineticMonteCarlo) |

mod ball;
mod occupation;

pub use ball::{Ball, Places};
pub use occupation::{Occupation, Sequence};

use super::{DefectError, require};
use pulp::Arch;

/// How scatterers interact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coupling {
    /// Born length f of every scatterer, in 1/k_F.
    pub born_length: f64,
    /// Whether mobile defects interact with each other, or only with the scatterers that stay.
    pub between_mobile: bool,
    /// Bias eV of the direct effect, in e_F; 0 for none.
    pub direct_bias: f64,
}

/// Mobile defects with equally many sites each. A site of a defect is a *slot*; slots are numbered site by site, so that loops over defects run along vectors.
#[derive(Clone, Debug)]
pub struct InteractingDefects {
    defects: usize,
    sites: usize,
    /// Defects, made a multiple of the length of a vector by some that nobody couples to.
    padded: usize,
    /// Of every slot the energies with all slots, then the conductances with all slots.
    rows: Vec<f64>,
    /// The same with the scatterers that stay.
    fixed: Vec<f64>,
    /// Of every site of a defect but its first, taken relative to the first: how an energy there, then a conductance, changes the energies, then the conductances, of all such slots.
    relative: Vec<f64>,
    /// What the processor has for vectors.
    arch: Arch,
}

/// What independent and uniform placement of all defects on their sites gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomPlacement {
    /// Mean energy of all.
    pub energy: f64,
    /// Mean conductance of all, in e^2/h.
    pub conductance: f64,
    /// Standard deviation of the energy of one defect with all others, as the root of the mean square over the defects (s_E).
    pub energy_deviation: f64,
    /// Standard deviation of the conductance of all, in e^2/h (s_G).
    pub conductance_deviation: f64,
}

/// Slots per vector.
const LANES: usize = 8;

impl InteractingDefects {
    /// Energies and conductances of all pairs.
    ///
    /// # Errors
    ///
    /// No mobile defect, no site, unequal numbers of sites, two places at no distance, a Born length or bias that is not finite.
    pub fn new(places: &Places, coupling: Coupling) -> Result<Self, DefectError> {
        let (defects, sites) = (places.mobile.len(), places.mobile.first().map_or(0, Vec::len));
        require("number of mobile defects", defects as f64, defects >= 1, "at least 1")?;
        require("sites of a defect", sites as f64, sites >= 1, "at least 1")?;
        let other = places.mobile.iter().find(|of| of.len() != sites).map_or(sites, Vec::len);
        require("sites of a defect", other as f64, other == sites, "as many as of the first")?;
        let f = coupling.born_length;
        require("Born length", f, f.is_finite(), "finite")?;
        let bias = coupling.direct_bias;
        require("bias of the direct effect", bias, bias.is_finite(), "finite")?;
        let padded = defects.next_multiple_of(LANES);
        let slots = padded * sites;
        let mut all = Self {
            defects,
            sites,
            padded,
            rows: vec![0.0; 2 * slots * slots],
            fixed: vec![0.0; 2 * slots],
            relative: Vec::new(),
            arch: Arch::new(),
        };
        for (i, s) in (0..defects).flat_map(|i| (0..sites).map(move |s| (i, s))) {
            let (a, place) = (all.slot(i, s), places.mobile[i][s]);
            for other in &places.fixed {
                let pair = pair(place, *other, coupling)?;
                (0..2).for_each(|k| all.fixed[k * slots + a] += pair[k]);
            }
            if !coupling.between_mobile {
                continue;
            }
            for (j, t) in (0..i).flat_map(|j| (0..sites).map(move |t| (j, t))) {
                let (b, pair) = (all.slot(j, t), pair(place, places.mobile[j][t], coupling)?);
                for k in 0..2 {
                    all.rows[(2 * a + k) * slots + b] = pair[k];
                    all.rows[(2 * b + k) * slots + a] = pair[k];
                }
            }
        }
        all.relative = all.relative();
        Ok(all)
    }

    /// Couplings of a lattice gas whose particles are defects away from their first sites: `J(s, t) - J(s, 0) - J(0, t) + J(0, 0)`.
    fn relative(&self) -> Vec<f64> {
        let mut rows = Vec::with_capacity(2 * self.free() * self.free());
        for (a, of) in (0..self.free()).flat_map(|a| [(a, 0), (a, 1)]) {
            let (there, first) = (self.row(a + self.padded, of), self.row(a % self.padded, of));
            let change = |slot: usize| there[slot] - first[slot];
            rows.extend((0..self.free()).map(|b| change(b + self.padded) - change(b % self.padded)));
        }
        rows
    }

    /// Mobile defects.
    pub fn defects(&self) -> usize {
        self.defects
    }

    /// Sites of each.
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// Energy of a placement: the site of every defect.
    pub fn energy(&self, at: &[usize]) -> f64 {
        self.sum(at, 0)
    }

    /// Conductance of a placement, in e^2/h.
    pub fn conductance(&self, at: &[usize]) -> f64 {
        self.sum(at, 1)
    }

    /// Means and deviations over independent uniform placements, in closed form: by the effects of one defect and of pairs.
    pub fn random_placement(&self) -> RandomPlacement {
        let energy = self.moments(0);
        let conductance = self.moments(1);
        let local: f64 = (0..self.defects)
            .map(|i| {
                let others = (0..self.defects).map(|j| energy.pair(i, j) + energy.marginal(j, i));
                energy.own[i] + others.sum::<f64>()
            })
            .sum();
        let pairs: f64 = conductance.pairs.iter().sum::<f64>() / 2.0;
        RandomPlacement {
            energy: energy.mean,
            conductance: conductance.mean,
            energy_deviation: (local / self.defects as f64).sqrt(),
            conductance_deviation: (conductance.own.iter().sum::<f64>() + pairs).sqrt(),
        }
    }

    /// A bound of the energy of any slot, wherever the others are.
    pub(super) fn largest_energy(&self) -> f64 {
        let modulus = |a: usize, j: usize| {
            (0..self.sites).map(|t| self.row(a, 0)[self.slot(j, t)].abs()).fold(0.0, f64::max)
        };
        let of_slot =
            |a: usize| self.fixed(0)[a].abs() + (0..self.defects).map(|j| modulus(a, j)).sum::<f64>();
        (0..self.padded * self.sites).map(of_slot).fold(0.0, f64::max)
    }

    fn sum(&self, at: &[usize], of: usize) -> f64 {
        let slot = |i: usize| self.slot(i, at[i]);
        let of_defect = |i: usize| {
            let row = self.row(slot(i), of);
            self.fixed(of)[slot(i)] + (0..i).map(|j| row[slot(j)]).sum::<f64>()
        };
        (0..self.defects).map(of_defect).sum()
    }

    /// The slot of a site.
    pub(super) fn slot(&self, defect: usize, site: usize) -> usize {
        site * self.padded + defect
    }

    /// Defects with those that fill vectors.
    pub(super) fn padded(&self) -> usize {
        self.padded
    }

    /// Slots that are no first sites.
    pub(super) fn free(&self) -> usize {
        self.padded * (self.sites - 1)
    }

    /// What a defect at a site, rather than at its first, adds to energies and conductances of all free slots relative to the first sites; nothing for the first.
    fn shift(&self, defect: usize, site: usize) -> Option<&[f64]> {
        let slot = site.checked_sub(1)? * self.padded + defect;
        Some(&self.relative[2 * slot * self.free()..][..2 * self.free()])
    }

    /// Energies (0) or conductances (1) of a slot with all slots.
    fn row(&self, slot: usize, of: usize) -> &[f64] {
        let slots = self.padded * self.sites;
        &self.rows[(2 * slot + of) * slots..][..slots]
    }

    /// Instructions to run loops over slots with.
    pub(super) fn arch(&self) -> Arch {
        self.arch
    }

    fn fixed(&self, of: usize) -> &[f64] {
        let slots = self.padded * self.sites;
        &self.fixed[of * slots..][..slots]
    }

    fn moments(&self, of: usize) -> Moments {
        let (n, z) = (self.defects, self.sites);
        let block = |i: usize, j: usize, s: usize| -> Vec<f64> {
            (0..z).map(|t| self.row(self.slot(i, s), of)[self.slot(j, t)]).collect()
        };
        let fixed = |i: usize| (0..z).map(|s| self.fixed(of)[self.slot(i, s)]).collect();
        let mut own: Vec<Vec<f64>> = (0..n).map(fixed).collect();
        let (mut pairs, mut marginals) = (vec![0.0; n * n], vec![0.0; n * n]);
        let mut mean: f64 = own.iter().map(|of| average(of)).sum();
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).filter(|(i, j)| i != j) {
            let marginal: Vec<f64> = (0..z).map(|s| average(&block(i, j, s))).collect();
            let all: Vec<f64> = (0..z).flat_map(|s| block(i, j, s)).collect();
            own[i].iter_mut().zip(&marginal).for_each(|(own, m)| *own += m);
            marginals[i * n + j] = variance(&marginal);
            pairs[i * n + j] += variance(&all) - marginals[i * n + j];
            pairs[j * n + i] -= marginals[i * n + j];
            mean += average(&all) / 2.0;
        }
        Moments { defects: n, mean, own: own.iter().map(|of| variance(of)).collect(), pairs, marginals }
    }
}

/// Variances of a sum over pairs, by what they come from.
struct Moments {
    defects: usize,
    mean: f64,
    /// Of every defect: of what its own site decides.
    own: Vec<f64>,
    /// Of every ordered pair: of what only both sites together decide.
    pairs: Vec<f64>,
    /// Of every ordered pair: of what the site of the first decides.
    marginals: Vec<f64>,
}

impl Moments {
    fn pair(&self, i: usize, j: usize) -> f64 {
        self.pairs[i * self.defects + j]
    }

    fn marginal(&self, i: usize, j: usize) -> f64 {
        self.marginals[i * self.defects + j]
    }
}

/// Energy and conductance of a pair.
fn pair(one: [f64; 3], other: [f64; 3], coupling: Coupling) -> Result<[f64; 2], DefectError> {
    let square: f64 = (0..3).map(|k| (one[k] - other[k]).powi(2)).sum();
    let r = require("distance of two scatterers", square.sqrt(), square > 0.0, "positive")?;
    // hbar v_F = 2
    let phase = (2.0 * r).cos() * (coupling.direct_bias / 2.0 * r).cos() * coupling.born_length.powi(2);
    Ok([2.0 / std::f64::consts::PI * phase / r.powi(3), 4.0 * phase / (r * r)])
}

fn average(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

fn variance(of: &[f64]) -> f64 {
    let mean = average(of);
    of.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / of.len() as f64
}
