//! Equilibrium of interacting defects at many temperatures at once.
//!
//! One placement per temperature takes heat-bath sweeps; then neighbours in temperature are exchanged with probability `min(1, e^{(1/T_a - 1/T_b)(E_a - E_b)})`
//! (K. Hukushima and K. Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996)): detailed balance of all together. What is stuck when cold goes up, and comes down elsewhere.

use super::interacting::{InteractingDefects, Occupation, Sequence};
use super::{DefectError, require};
use crate::audit::Audit;
use crate::disorder::Fields;
use std::sync::Arc;

/// Placements at a ladder of temperatures.
#[derive(Clone)]
pub struct ReplicaExchange<F> {
    temperatures: Vec<f64>,
    replicas: Vec<Occupation>,
    random: Sequence<F>,
    sweeps: usize,
    tried: Vec<usize>,
    exchanged: Vec<usize>,
}

/// Means over sweeps at one temperature.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Equilibrium {
    /// Energy.
    pub energy: f64,
    /// Conductance, in e^2/h.
    pub conductance: f64,
    /// Mean square of the energy less the square of its mean: kT^2 times the heat capacity.
    pub energy_variance: f64,
    /// Part of the exchanges with the next temperature that were accepted; 1 for the last.
    pub exchanged: f64,
}

impl<F: Fields> ReplicaExchange<F> {
    /// Random placements at each temperature.
    ///
    /// # Errors
    ///
    /// No temperature; one that is not positive.
    pub fn new(
        defects: &Arc<InteractingDefects>,
        temperatures: &[f64],
        mut random: Sequence<F>,
    ) -> Result<Self, DefectError> {
        let count = temperatures.len();
        require("number of temperatures", count as f64, count >= 1, "at least 1")?;
        for &t in temperatures {
            require("temperature", t, t > 0.0 && t.is_finite(), "positive")?;
        }
        let replicas = (0..count).map(|_| Occupation::random(defects, &mut random)).collect();
        let (tried, exchanged) = (vec![0; count], vec![0; count]);
        Ok(Self { temperatures: temperatures.to_vec(), replicas, random, sweeps: 0, tried, exchanged })
    }

    /// Heat-bath sweeps of all, then exchanges of every second pair of neighbours.
    pub fn sweep(&mut self) {
        for (replica, &t) in self.replicas.iter_mut().zip(&self.temperatures) {
            replica.sweep(t, &mut self.random);
        }
        for low in (self.sweeps % 2..self.replicas.len() - 1).step_by(2) {
            let beta = 1.0 / self.temperatures[low] - 1.0 / self.temperatures[low + 1];
            let energy = self.replicas[low].energy() - self.replicas[low + 1].energy();
            self.tried[low] += 1;
            if self.random.uniform() < libm::exp(beta * energy) {
                self.replicas.swap(low, low + 1);
                self.exchanged[low] += 1;
            }
        }
        self.sweeps += 1;
    }

    /// Sweeps that are forgotten, then sweeps over which is averaged: one entry per temperature.
    pub fn run(&mut self, forgotten: usize, averaged: usize) -> Vec<Equilibrium> {
        (0..forgotten).for_each(|_| self.sweep());
        let mut sums = vec![Equilibrium::default(); self.replicas.len()];
        // squares from where the energies are, for the digits
        let origin: Vec<f64> = self.replicas.iter().map(Occupation::energy).collect();
        for _ in 0..averaged {
            self.sweep();
            for ((sum, replica), origin) in sums.iter_mut().zip(&self.replicas).zip(&origin) {
                let energy = replica.energy() - origin;
                sum.energy += energy;
                sum.energy_variance += energy * energy;
                sum.conductance += replica.conductance();
            }
        }
        let n = averaged as f64;
        let part = |done: usize, of: usize| if of == 0 { 1.0 } else { done as f64 / of as f64 };
        let mean = |k: usize| {
            let energy = sums[k].energy / n;
            Equilibrium {
                energy: energy + origin[k],
                conductance: sums[k].conductance / n,
                energy_variance: sums[k].energy_variance / n - energy * energy,
                exchanged: part(self.exchanged[k], self.tried[k]),
            }
        };
        (0..sums.len()).map(mean).collect()
    }

    /// The placement that is now at a temperature.
    pub fn at(&self, temperature: usize) -> &Occupation {
        &self.replicas[temperature]
    }

    /// Running sums of all placements against sums made anew.
    pub fn audit(&self) -> Audit {
        let mut audit = Audit::default();
        self.replicas.iter().for_each(|replica| audit.merge(&replica.audit()));
        audit
    }
}
