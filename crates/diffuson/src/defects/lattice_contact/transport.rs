//! Transmission between two leads with scatterers added.

use super::scatterers::Sites;
use crate::scattering::{States, nan_max};
use diffuson_linalg::{C64, Matrix, Op, product};
use std::ops::Range;

/// A contact without scatterers at one energy, as seen from the sites where scatterers may be.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    /// G between the sites, in 1/t.
    pub(super) green: Matrix,
    /// Transmission, per spin.
    pub(super) transmission: f64,
    /// Amplitudes on the sites (columns) of incoming modes (rows), and from the sites in outgoing ones.
    incoming: Matrix,
    outgoing: Matrix,
    s: Matrix,
    channels: [Range<usize>; 2],
}

/// Transmissions with a mobile scatterer at each position.
pub(super) struct Transmissions {
    /// Less that of the contact without any, per spin.
    pub(super) changes: Vec<f64>,
    /// How far transmission and reflection are from adding up to the number of modes, and `T_ab - T_ba`, per mode.
    pub(super) unitarity: f64,
    pub(super) reciprocity: f64,
}

impl Transport {
    pub(super) fn new(states: States) -> Self {
        Self {
            transmission: states.s.transmission(1, 0),
            incoming: states.incoming.transpose(),
            outgoing: states.outgoing,
            channels: [0, 1].map(|lead| states.s.channels(lead)),
            s: states.s.data().clone(),
            green: states.green,
        }
    }

    /// A scatterer changes S by `i w kappa u^T`, with what it sends out, w, and what comes to it, u, in the presence of those before it.
    pub(super) fn dress(
        &self,
        background: &[(usize, f64)],
        positions: &[usize],
        potential: f64,
    ) -> Transmissions {
        let mut sites = Sites::new(&self.green, background, positions);
        let order: Vec<usize> =
            background.iter().map(|&(site, _)| site).chain(positions.iter().copied()).collect();
        let taken = |m: &Matrix| Matrix::from_fn(m.rows(), order.len(), |i, j| m[(i, order[j])]);
        let (mut u, mut w, mut s) = (taken(&self.incoming), taken(&self.outgoing), self.s.clone());
        for (k, &(_, v)) in background.iter().enumerate() {
            let [_, kappa] = sites.add(k, v);
            let (u_k, w_k) = (u.col(k).to_vec(), w.col(k).to_vec());
            for (j, u_kj) in u_k.iter().enumerate() {
                add(s.col_mut(j), C64::I * kappa * u_kj, &w_k);
            }
            for l in k + 1..order.len() {
                let [to, from] = sites.between(l, k);
                add(u.col_mut(l), to * kappa, &u_k);
                add(w.col_mut(l), kappa * from, &w_k);
            }
        }
        let before = self.table(|a, b| s_block(&s, &self.channels[a], &self.channels[b]));
        let mut found =
            Transmissions { changes: Vec::with_capacity(positions.len()), unitarity: 0.0, reciprocity: 0.0 };
        let modes = [0, 1].map(|lead| self.channels[lead].len() as f64);
        let most = modes[0].max(modes[1]).max(1.0);
        let along = [0, 1].map(|from| self.along(&s, &u, background.len(), from));
        for (p, own) in sites.own.iter().enumerate() {
            let (u, w) = (u.col(background.len() + p), w.col(background.len() + p));
            let kappa = potential / (1.0 - potential * own);
            let weight = |m: &[C64], lead: usize| {
                m[self.channels[lead].clone()].iter().map(|z| z.norm_sqr()).sum::<f64>()
            };
            let after = self.table(|a, b| {
                let to = self.channels[a].clone();
                let cross: C64 = to.map(|i| along[b][(i, p)].conj() * w[i]).sum();
                before[a][b]
                    + 2.0 * (C64::I * kappa * cross).re
                    + kappa.norm_sqr() * weight(w, a) * weight(u, b)
            });
            for lead in 0..2 {
                let lost = (after[0][lead] + after[1][lead] - modes[lead]).abs() / most;
                found.unitarity = nan_max(found.unitarity, lost);
            }
            found.reciprocity = nan_max(found.reciprocity, (after[0][1] - after[1][0]).abs() / most);
            found.changes.push(after[1][0] - self.transmission);
        }
        found
    }

    /// `S u^*` over the channels of a lead, for the columns of u from one on.
    fn along(&self, s: &Matrix, u: &Matrix, first: usize, from: usize) -> Matrix {
        let (count, from) = (u.cols() - first, self.channels[from].clone());
        let mut out = Matrix::zeros(s.rows(), count);
        if count > 0 && !from.is_empty() {
            let conjugate = Matrix::from_fn(from.len(), count, |i, p| u[(from.start + i, first + p)].conj());
            let columns = s.panel(from.start, from.end);
            product(out.all_mut(), false, 1.0, (columns, Op::Plain), (conjugate.all(), Op::Plain));
        }
        out
    }

    fn table(&self, entry: impl Fn(usize, usize) -> f64) -> [[f64; 2]; 2] {
        [0, 1].map(|to| [0, 1].map(|from| entry(to, from)))
    }
}

fn s_block(s: &Matrix, to: &Range<usize>, from: &Range<usize>) -> f64 {
    from.clone().flat_map(|j| &s.col(j)[to.clone()]).map(|z| z.norm_sqr()).sum()
}

fn add(sum: &mut [C64], factor: C64, part: &[C64]) {
    sum.iter_mut().zip(part).for_each(|(a, b)| *a += factor * b);
}
