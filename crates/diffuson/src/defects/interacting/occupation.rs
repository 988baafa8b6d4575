//! Which site every defect is at, and what brings it to equilibrium.

use super::InteractingDefects;
use crate::audit::{Audit, laws};
use crate::disorder::Fields;
use pulp::NullaryFnOnce;
use std::sync::Arc;

/// Uniform deviates of one random field, one after the other.
#[derive(Clone)]
pub struct Sequence<F> {
    fields: F,
    field: u32,
    next: u64,
    buffer: [f64; BUFFER],
}

const BUFFER: usize = 256;

impl<F: Fields> Sequence<F> {
    /// From the first deviate of a field.
    pub fn new(fields: F, field: u32) -> Self {
        Self { fields, field, next: 0, buffer: [0.0; BUFFER] }
    }

    /// The next deviate, uniform in [0, 1).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        let at = (self.next % BUFFER as u64) as usize;
        if at == 0 {
            self.fields.uniform(self.field, self.next, &mut self.buffer);
        }
        self.next += 1;
        self.buffer[at]
    }

    /// An index below `count`.
    #[inline]
    pub fn index(&mut self, count: usize) -> usize {
        // the product may round to the count
        ((self.uniform() * count as f64) as usize).min(count - 1)
    }
}

/// The site of every defect, with running sums: of every free slot the energy and the conductance with all others where they are, less those of the first site.
#[derive(Clone, Debug)]
pub struct Occupation {
    defects: Arc<InteractingDefects>,
    at: Vec<usize>,
    /// Energies of all free slots, then their conductances.
    local: Vec<f64>,
    energy: f64,
    conductance: f64,
}

impl Occupation {
    /// Every defect at its given site.
    ///
    /// # Panics
    ///
    /// Unless there is one site per defect, each below the number of sites.
    pub fn new(defects: &Arc<InteractingDefects>, at: &[usize]) -> Self {
        assert!(at.len() == defects.defects && at.iter().all(|&s| s < defects.sites), "one site per defect");
        let mut local = Vec::with_capacity(2 * defects.free());
        for of in 0..2 {
            let mut absolute = defects.fixed(of).to_vec();
            for (i, &s) in at.iter().enumerate() {
                let row = defects.row(defects.slot(i, s), of);
                absolute.iter_mut().zip(row).for_each(|(local, row)| *local += row);
            }
            let (first, others) = absolute.split_at(defects.padded);
            local.extend(others.iter().zip(first.iter().cycle()).map(|(other, first)| other - first));
        }
        let (energy, conductance) = (defects.energy(at), defects.conductance(at));
        Self { defects: defects.clone(), at: at.to_vec(), local, energy, conductance }
    }

    /// Every defect at a random site.
    pub fn random(defects: &Arc<InteractingDefects>, random: &mut Sequence<impl Fields>) -> Self {
        let at: Vec<usize> = (0..defects.defects).map(|_| random.index(defects.sites)).collect();
        Self::new(defects, &at)
    }

    /// The defects.
    pub fn defects(&self) -> &InteractingDefects {
        &self.defects
    }

    /// The site of a defect.
    pub fn site(&self, defect: usize) -> usize {
        self.at[defect]
    }

    /// The sites of all.
    pub fn at(&self) -> Vec<usize> {
        self.at.clone()
    }

    /// Energy.
    pub fn energy(&self) -> f64 {
        self.energy
    }

    /// Conductance, in e^2/h.
    pub fn conductance(&self) -> f64 {
        self.conductance
    }

    /// Energy that a defect would have at a site, with all others and those that stay.
    pub fn local_energy(&self, defect: usize, site: usize) -> f64 {
        let (all, slot) = (&self.defects, self.defects.slot(defect, site));
        let others = self.at.iter().enumerate().filter(|(other, _)| *other != defect);
        all.fixed(0)[slot] + others.map(|(other, &s)| all.row(slot, 0)[all.slot(other, s)]).sum::<f64>()
    }

    /// What a defect gains by going to a site.
    pub fn gain(&self, defect: usize, site: usize) -> f64 {
        self.relative(0, defect, site) - self.relative(0, defect, self.at[defect])
    }

    /// Energies of all free slots, with the others where they are, less those of the first sites.
    pub(in super::super) fn local(&self) -> &[f64] {
        &self.local[..self.defects.free()]
    }

    /// Energy (0) or conductance (1) of a defect at a site less that at its first.
    fn relative(&self, of: usize, defect: usize, site: usize) -> f64 {
        let slot = |site: usize| of * self.defects.free() + site * self.defects.padded + defect;
        site.checked_sub(1).map_or(0.0, |site| self.local[slot(site)])
    }

    /// Moves a defect.
    #[inline]
    pub fn hop(&mut self, defect: usize, site: usize) {
        let from = self.at[defect];
        if from == site {
            return;
        }
        let change = |of: usize| self.relative(of, defect, site) - self.relative(of, defect, from);
        let [energy, conductance] = [0, 1].map(change);
        self.energy += energy;
        self.conductance += conductance;
        self.at[defect] = site;
        let (old, new) = (self.defects.shift(defect, from), self.defects.shift(defect, site));
        self.defects.arch.dispatch(Shift { local: &mut self.local, old, new });
    }

    /// Heat bath: every defect, one after the other, is put to a site with probability `e^{-E/kT}` of the energies with the others; at kT = 0 to the lowest.
    pub fn sweep(&mut self, temperature: f64, random: &mut Sequence<impl Fields>) {
        let mut weights = vec![0.0; self.defects.sites];
        for defect in 0..self.at.len() {
            let lowest = self.lowest(defect);
            if temperature == 0.0 {
                self.hop(defect, lowest);
                continue;
            }
            let bottom = self.gain(defect, lowest);
            for (site, weight) in weights.iter_mut().enumerate() {
                *weight = libm::exp((bottom - self.gain(defect, site)) / temperature);
            }
            let mut rest = random.uniform() * weights.iter().sum::<f64>();
            let past = |weight: &f64| {
                rest -= weight;
                rest < 0.0
            };
            // rounding may leave a rest: then the sum is that of the lowest, of weight 1
            let site = weights.iter().position(past).unwrap_or(lowest);
            self.hop(defect, site);
        }
    }

    /// Puts defects to their lowest sites, one after the other, until all are there.
    pub fn quench(&mut self) {
        loop {
            let mut moved = false;
            for defect in 0..self.at.len() {
                let lowest = self.lowest(defect);
                // rounding of the running sums must not move defects to and fro
                let gain = self.gain(defect, lowest);
                let energy = |site: usize| self.relative(0, defect, site).abs();
                let scale = energy(lowest).max(energy(self.at[defect]));
                if gain < -1e-12 * scale {
                    self.hop(defect, lowest);
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// Sweeps at each of the temperatures, then a quench.
    pub fn anneal(&mut self, temperatures: &[f64], sweeps: usize, random: &mut Sequence<impl Fields>) {
        for &temperature in temperatures {
            (0..sweeps).for_each(|_| self.sweep(temperature, random));
        }
        self.quench();
    }

    /// Running sums against sums made anew.
    pub fn audit(&self) -> Audit {
        let all = &self.defects;
        let at = self.at();
        let slots: Vec<usize> = at.iter().enumerate().map(|(i, &s)| all.slot(i, s)).collect();
        let size = |of: usize| {
            let total = |slot: &usize| {
                let row = all.row(*slot, of);
                all.fixed(of)[*slot].abs() + slots.iter().map(|&other| row[other].abs()).sum::<f64>()
            };
            slots.iter().map(total).sum::<f64>()
        };
        let mut audit = Audit::default();
        for (of, running, anew) in
            [(0, self.energy, all.energy(&at)), (1, self.conductance, all.conductance(&at))]
        {
            let size = size(of);
            let residual = if size > 0.0 { (running - anew).abs() / size } else { 0.0 };
            audit.record(laws::RUNNING_SUMS, residual, RUNNING);
        }
        audit
    }

    fn lowest(&self, defect: usize) -> usize {
        let energy = |site: usize| self.relative(0, defect, site);
        (1..self.defects.sites).fold(0, |best, site| if energy(site) < energy(best) { site } else { best })
    }
}

/// Energies and conductances of all free slots after a hop.
struct Shift<'a> {
    local: &'a mut [f64],
    old: Option<&'a [f64]>,
    new: Option<&'a [f64]>,
}

impl NullaryFnOnce for Shift<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let change = self.local.iter_mut();
        match (self.old, self.new) {
            (Some(old), Some(new)) => {
                change.zip(old.iter().zip(new)).for_each(|(local, (old, new))| *local += new - old);
            }
            (Some(old), None) => change.zip(old).for_each(|(local, old)| *local -= old),
            (None, Some(new)) => change.zip(new).for_each(|(local, new)| *local += new),
            (None, None) => {}
        }
    }
}

/// Running sums round at every hop: 1e8 hops add up to 1e-12 at random, 1e-8 in the same direction.
const RUNNING: f64 = 1e-9;
