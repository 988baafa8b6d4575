//! Scattering states: what each mode of the leads sends to every orbital, and the densities and currents inside the conductor.
//!
//! An incoming mode Phi of unit current, with `W = Gamma Phi` on the interface of its lead, fills the conductor with
//!
//! ```text
//! psi = i G W
//! ```
//!
//! (Lippmann and Schwinger, with the source of Fisher and Lee): on the interface the incoming wave itself, what is reflected of it, and evanescent
//! waves; on the interface of another lead what is transmitted there. S comes from the same solutions. What leads inject into an orbital follows from
//! `sum psi psi^+ = G Gamma G^+` over the modes of a lead, and what flows through a bond from the equation of continuity,
//! `d|psi_i|^2/dt = sum_j J_ij` with `J_ij = 2 Im psi_i^+ H_ij psi_j`, between sites of any number of orbitals.

use super::dissection::{Factorised, Field, rows};
use super::smatrix::{LOST, on_surface};
use super::{SMatrix, SUM_RULE, SolveError, Work, nan_max};
use crate::audit::{Audit, laws};
use crate::conductor::Dressed;
use diffuson_linalg::sparse::Parallelism;
use diffuson_linalg::{C64, Matrix};
use std::f64::consts::{PI, TAU};
use std::ops::Range;

/// The scattering states of a conductor at one energy, for one realisation of the on-site energies: a wave function for each incoming mode of each lead.
///
/// Each carries the probability current 1, so that `|psi|^2 / 2 pi` is a density of states per energy, and currents are in units of 1/h per energy.
/// Leads are counted in the order of the conductor, without the probes; modes in the order of [`Modes::incoming`](crate::leads::Modes::incoming). What
/// probes absorb they inject again, incoherently: that is no part of these states.
#[derive(Clone, Debug)]
pub struct ScatteringStates {
    amplitudes: Matrix,
    /// Number of bonds.
    bonds: usize,
    /// Of each bond, by lead.
    currents: Vec<Vec<f64>>,
    s: SMatrix,
    /// That of the S matrix, and [Kirchhoff's law](laws::KIRCHHOFF): what the bonds of a site bring to it is what its probe takes, nothing where there is none.
    pub audit: Audit,
    /// Work done: one factorisation, a solution for each channel and one that tests the factors.
    pub work: Work,
}

/// All scattering states at one energy for one realisation of the on-site energies (in t, one per site), of strips and networks, with or without
/// magnetic field and probes. Memory: a complex number for each orbital and channel, several while it is solved for.
///
/// A level that no lead couples to leaves the states undetermined at its very energy: either there is none, or the audit fails.
///
/// ```
/// use diffuson::conductor::Conductor;
/// use diffuson::lattice::{Boundary, Family, Lattice};
/// use diffuson::leads::Lead;
/// use diffuson::scattering::scattering_states;
///
/// // a chain with a barrier on its third site: E = -2 cos k, velocity v = 2 sin k
/// let chain = Lattice::new(Family::Square, [5, 1, 1], Boundary::HardWall)?;
/// let lead = Some(Lead::Continuation);
/// let conductor = Conductor::new(chain, [lead.clone(), lead], vec![])?;
/// let (energy, barrier) = (-1.0, 0.8);
/// let states = scattering_states(&conductor.at(energy)?, &[0.0, 0.0, barrier, 0.0, 0.0])?;
/// assert!(states.audit.passed());
///
/// // from the left lead the current T = 1 / (1 + (barrier / v)^2) flows to the right, through every bond
/// let (v, t) = (3f64.sqrt(), 1.0 / (1.0 + barrier * barrier / 3.0));
/// assert_eq!(conductor.hamiltonian().bonds(), [[1, 0], [2, 1], [3, 2], [4, 3]]);
/// assert!(states.bond_currents(&[1.0, 0.0]).iter().all(|current| (current - t).abs() < 1e-14));
///
/// // behind the barrier it fills |psi|^2 = T / v
/// assert!((states.density(0)[4] - t / v / std::f64::consts::TAU).abs() < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SolveError`] if `E - H - Sigma` is singular, or the modes of a lead cannot be found.
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn scattering_states(dressed: &Dressed<'_>, onsite: &[f64]) -> Result<ScatteringStates, SolveError> {
    let modes = on_surface(dressed, |channels| &channels.incoming)?;
    let factorised = Factorised::in_field(dressed, onsite, Field::AsIs, Parallelism::Sequential)?;
    let mut amplitudes = factorised.states(&modes);
    let filled = rows(&amplitudes, dressed.surface());
    amplitudes.as_mut_slice().iter_mut().for_each(|z| *z *= C64::I);
    let s = SMatrix::new(dressed, &filled, factorised.work(), factorised.audit())?;
    let (mut audit, work) = (s.audit.clone(), s.work);
    let bonds = dressed.conductor.hamiltonian().bonds();
    let (currents, unbalanced) = currents(dressed, &amplitudes, &s, &bonds);
    // rounding of E - H, seen by the largest amplitudes
    let terms = factorised.norm() * amplitudes.max_norm().powi(2);
    let allowed = SUM_RULE * (dressed.sites.len() as f64).sqrt() * terms.max(1.0);
    audit.record(laws::KIRCHHOFF, unbalanced, allowed.min(LOST));
    Ok(ScatteringStates { amplitudes, bonds: bonds.len(), currents, s, audit, work })
}

impl ScatteringStates {
    /// The wave functions, in `t^{-1/2}`: orbitals x channels, lead after lead as the columns of S. With the modes of [`Modes`](crate::leads::Modes)
    /// on the interface of their own lead as they are, phases included: `psi = Phi_in + Phi_out r` and evanescent waves.
    pub fn amplitudes(&self) -> &Matrix {
        &self.amplitudes
    }

    /// The columns of the states that come from a lead.
    ///
    /// # Panics
    /// If there is no such lead.
    pub fn channels(&self, lead: usize) -> Range<usize> {
        self.s.channels(lead)
    }

    /// Number of leads.
    pub fn leads(&self) -> usize {
        self.s.leads()
    }

    /// The S matrix, from the same solutions.
    pub fn smatrix(&self) -> &SMatrix {
        &self.s
    }

    /// Injectivity of a lead: `(G Gamma G^+)_kk / 2 pi = sum |psi_k|^2 / 2 pi` over its modes, of each orbital k, in 1/t and per spin; the part of the local density of states
    /// that is in equilibrium with this lead.
    ///
    /// # Panics
    /// If there is no such lead.
    pub fn density(&self, lead: usize) -> Vec<f64> {
        self.summed(self.channels(lead))
    }

    /// The sum of [`density`](Self::density) over all leads, of each orbital, in 1/t and per spin. Without probes it is the local density of states of the continuum; with them,
    /// what the leads inject of it: see [`spectral_density`] for all of it.
    pub fn density_of_states(&self) -> Vec<f64> {
        self.summed(0..self.amplitudes.cols())
    }

    fn summed(&self, channels: Range<usize>) -> Vec<f64> {
        let mut density = vec![0.0; self.amplitudes.rows()];
        for k in channels {
            density.iter_mut().zip(self.amplitudes.col(k)).for_each(|(sum, z)| *sum += z.norm_sqr() / TAU);
        }
        density
    }

    /// Particle current `J_ij = sum 2 Im psi_i^+ H_ij psi_j` through each bond `[i, j]` of [`Hamiltonian::bonds`](crate::hamiltonian::Hamiltonian::bonds), **from j to i**,
    /// of the states from one lead, in 1/h per energy and per spin; from i to j flows `-J_ij`. Through a cut between two leads, and around any other lead but b itself, these
    /// currents of the states from lead b add up to transmissions `T_ab`.
    ///
    /// In a magnetic field they contain what circulates in equilibrium.
    ///
    /// # Panics
    /// If there is no such lead.
    pub fn bond_currents_of(&self, lead: usize) -> &[f64] {
        &self.currents[lead]
    }

    /// The same of all leads, each times a weight: `sum_b weight_b J_ij^(b)`. With the potentials of the leads (as energies) as weights these are currents of linear
    /// response, in units of energy/h. Without probes, equal weights leave the persistent currents per energy, which vanish without magnetic field.
    ///
    /// # Panics
    /// If there is not one weight per lead.
    pub fn bond_currents(&self, weights: &[f64]) -> Vec<f64> {
        assert_eq!(weights.len(), self.leads(), "one weight per lead");
        let mut sum = vec![0.0; self.bonds];
        for (weight, currents) in weights.iter().zip(&self.currents) {
            sum.iter_mut().zip(currents).for_each(|(sum, current)| *sum += weight * current);
        }
        sum
    }
}

/// An entry of the Hamiltonian between orbitals of two sites.
struct Hop {
    orbitals: [usize; 2],
    sites: [usize; 2],
    bond: usize,
    value: C64,
}

/// Currents through the bonds, by lead; and the largest current that is missing at a site without lead, of any state.
fn currents(
    dressed: &Dressed<'_>,
    amplitudes: &Matrix,
    s: &SMatrix,
    bonds: &[[usize; 2]],
) -> (Vec<Vec<f64>>, f64) {
    let h = dressed.conductor.hamiltonian();
    let site = h.sites_of_orbitals();
    let hop = |(i, j, value): (usize, usize, C64)| {
        let sites = [site[i], site[j]];
        let bond = bonds.partition_point(|&[i, j]| [j, i] < [sites[1], sites[0]]);
        Hop { orbitals: [i, j], sites, bond, value }
    };
    let hops: Vec<Hop> = h.entries().filter(|&(i, j, _)| site[i] != site[j]).map(hop).collect();
    let mut inside = vec![true; h.sites()];
    dressed.surface().iter().for_each(|&orbital| inside[site[orbital]] = false);
    let mut worst = 0.0;
    let mut missing = vec![0.0; h.sites()];
    let of_lead = |lead| {
        let mut currents = vec![0.0; bonds.len()];
        for psi in s.channels(lead).map(|k| amplitudes.col(k)) {
            missing.fill(0.0);
            for (k, z) in psi.iter().enumerate() {
                missing[site[k]] -= dressed.sites[site[k]].width() * z.norm_sqr();
            }
            for &Hop { orbitals: [a, b], sites: [i, j], bond, value } in &hops {
                let current = 2.0 * (psi[a].conj() * value * psi[b]).im;
                currents[bond] += current;
                missing[i] += current;
                missing[j] -= current;
            }
            let by = missing.iter().zip(&inside).filter(|(_, inside)| **inside).map(|(by, _)| by.abs());
            worst = by.fold(worst, nan_max);
        }
        currents
    };
    ((0..s.leads()).map(of_lead).collect(), worst)
}

/// The local density of states of each orbital at one energy.
#[derive(Clone, Debug)]
pub struct SpectralDensity {
    /// `-Im G_kk / pi` of each orbital k, in 1/t and per spin.
    pub density: Vec<f64>,
    /// Conservation laws checked.
    pub audit: Audit,
    /// Work done.
    pub work: Work,
}

/// The local density of states `-Im G_kk / pi` of each orbital, whoever fills it, leads or probes, for one realisation of the on-site energies (in t, one
/// per site): from one factorisation and the entries of its inverse, in the memory of the factors. Summed over the orbitals of each site it is
/// [`Scattered::density_of_states`](super::Scattered::density_of_states).
///
/// # Errors
/// [`SolveError`] if `E - H - Sigma` is singular.
///
/// # Panics
/// If `onsite` does not hold one energy per site.
pub fn spectral_density(dressed: &Dressed<'_>, onsite: &[f64]) -> Result<SpectralDensity, SolveError> {
    let factorised = Factorised::in_field(dressed, onsite, Field::AsIs, Parallelism::Sequential)?;
    let orbitals: Vec<usize> = (0..dressed.conductor.hamiltonian().orbitals()).collect();
    let density = factorised.diagonal(&orbitals).into_iter().map(|g| -g.im / PI).collect();
    Ok(SpectralDensity { density, audit: factorised.audit(), work: factorised.work() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conductor::Conductor;
    use crate::hamiltonian::Hamiltonian;
    use crate::leads::{Lead, PeriodicLead, Probe};
    use crate::scattering::dense;

    /// Six sites of one to three orbitals, joined irregularly; a periodic lead with closed modes on three orbitals, a wide-band one on two, one of which they share.
    fn network(field: f64, probed: bool) -> Conductor {
        let entry = |i: usize, j: usize, seed: usize| {
            let x = ((7 * i + 3 * j + 5 * seed) as f64).sin();
            C64::new(x, field * (1.3 * x).cos())
        };
        let orbitals = |site: usize| 1 + site % 3;
        let mut builder = Hamiltonian::builder();
        for site in 0..6 {
            let n = orbitals(site);
            let block = Matrix::from_fn(n, n, |i, j| {
                let (z, mirrored) = (entry(i, j, site), entry(j, i, site));
                0.5 * (z + mirrored.conj())
            });
            builder.add_site([site as f64, 0.3 * (site * site) as f64, 0.0], &block).unwrap();
        }
        for (i, j) in [(1, 0), (0, 2), (2, 1), (3, 2), (4, 2), (5, 3), (4, 5)] {
            let hopping = Matrix::from_fn(orbitals(i), orbitals(j), |a, b| entry(a, b, 7 * i + j));
            builder.add_bond(i, j, &hopping).unwrap();
        }
        let cell = Matrix::from_fn(3, 3, |i, j| if i.abs_diff(j) == 1 { -C64::ONE } else { C64::ZERO });
        let hopping = Matrix::from_diagonal(&[-C64::ONE; 3]);
        let leads = vec![
            (Lead::Periodic(PeriodicLead::new(cell, hopping).unwrap()), vec![2, 0, 1]),
            (Lead::WideBand { width: 0.8 }, vec![2, 11]),
        ];
        let probes = if probed { vec![(2, Probe::WideBand { width: 0.3 })] } else { vec![] };
        Conductor::network(builder.build().unwrap(), leads, probes).unwrap()
    }

    /// Every amplitude, the injectivities `(G Gamma G^+)_kk / 2 pi` and the spectral density against the inverse of the whole matrix: rounding of matrices of order 12.
    #[test]
    fn states_are_those_of_the_whole_inverse() {
        let onsite = [0.3, -0.2, 0.5, 0.1, -0.4, 0.0];
        for (field, probed) in [(0.0, false), (0.0, true), (0.7, false), (0.7, true)] {
            let conductor = network(field, probed);
            let dressed = conductor.at(-1.3).unwrap();
            let states = scattering_states(&dressed, &onsite).unwrap();
            let what = format!("field {field}, probe {probed}");
            assert!(states.audit.passed(), "{what}: {:?}", states.audit);
            let g = dense::green(&dressed, &onsite).unwrap();
            let all: Vec<usize> = (0..12).collect();
            let columns = dense::block(&g, &all, dressed.surface());
            let incoming = on_surface(&dressed, |channels| &channels.incoming).unwrap();
            let want = dense::multiply(&columns, &incoming);
            assert_eq!([want.rows(), want.cols()], [12, 4]);
            for (psi, want) in states.amplitudes().as_slice().iter().zip(want.as_slice()) {
                assert!((psi - C64::I * want).norm() < 1e-13, "{what}: {psi} {want}");
            }
            for lead in 0..2 {
                let columns = dense::block(&g, &all, conductor.interface(lead));
                let filled = dense::multiply(
                    &dense::multiply(&columns, &dressed.leads[lead].width),
                    &columns.adjoint(),
                );
                for (k, density) in states.density(lead).into_iter().enumerate() {
                    assert!((density - filled[(k, k)].re / TAU).abs() < 1e-13, "{what}");
                }
            }
            let spectral = spectral_density(&dressed, &onsite).unwrap();
            assert!(spectral.audit.passed(), "{what}: {:?}", spectral.audit);
            for (k, density) in spectral.density.into_iter().enumerate() {
                assert!((density + g[(k, k)].im / PI).abs() < 1e-13, "{what}");
                let injected = states.density_of_states()[k];
                let by_probes = density - injected;
                assert!(
                    if probed { by_probes > 1e-6 } else { by_probes.abs() < 1e-13 },
                    "{what}: {by_probes}"
                );
            }
        }
    }
}
