//! The conductor: a lattice with leads at its ends and probes on its sites, frozen once built.
//!
//! Terminals are numbered: first the probes in the order of their sites, then the left lead, then the right lead (where there are
//! such). A real lead and a probe differ in nothing but who sets their potential: any subset may be driven.

use crate::lattice::Lattice;
use crate::leads::{AttachedLead, End, Lead, LeadError, LeadSelfEnergy, Probe, ProbeSelfEnergy};
use crate::scattering::Pool;
use diffuson_linalg::{C64, Matrix};
use std::sync::Arc;

/// A lattice with its terminals. It knows no disorder: a realisation is passed to the solver.
#[derive(Clone, Debug)]
pub struct Conductor {
    lattice: Lattice,
    probes: Vec<(usize, Probe)>,
    leads: [Option<AttachedLead>; 2],
    symmetric: bool,
    /// Memory for transmissions, shared by all samples and energies.
    pub(crate) pool: Arc<Pool>,
}

/// A conductor that cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConductorError {
    /// A probe sits on a site the lattice has not.
    #[error("a probe on site {site}, but the sites are 0 to {last}")]
    NoSuchSite {
        /// The site asked for.
        site: usize,
        /// The last site of the lattice.
        last: usize,
    },
    /// Two probes on one site.
    #[error("two probes on site {0}: each site takes one")]
    TwoProbes(usize),
    /// A level width is negative or not a number.
    #[error("probe on site {site}: level width {width} t, but a width must be a number not below 0")]
    BadWidth {
        /// The site.
        site: usize,
        /// The width.
        width: f64,
    },
    /// No current can flow.
    #[error("fewer than two terminals: no current can flow")]
    TooFewTerminals,
    /// A lead cannot be attached.
    #[error(transparent)]
    Lead(#[from] LeadError),
}

impl Conductor {
    /// A conductor with the given leads (`None`: an open end without lead) and probes (site, probe). Probes of zero strength are left
    /// out: such a site is no terminal.
    ///
    /// # Errors
    /// [`ConductorError`] if a probe or lead cannot be attached, or fewer than two terminals remain.
    pub fn new(
        lattice: Lattice,
        [left, right]: [Option<Lead>; 2],
        mut probes: Vec<(usize, Probe)>,
    ) -> Result<Self, ConductorError> {
        probes.retain(|(_, p)| p.is_coupled() || !matches!(p, Probe::WideBand { width } if *width == 0.0));
        probes.retain(|(_, p)| !matches!(p, Probe::Chain { amplitude, .. } if *amplitude == 0.0));
        probes.sort_by_key(|&(site, _)| site);
        for &(site, probe) in &probes {
            if site >= lattice.sites() {
                return Err(ConductorError::NoSuchSite { site, last: lattice.sites() - 1 });
            }
            let width = probe.width_at_centre();
            if !(width.is_finite() && width >= 0.0) {
                return Err(ConductorError::BadWidth { site, width });
            }
        }
        if let Some(pair) = probes.windows(2).find(|w| w[0].0 == w[1].0) {
            return Err(ConductorError::TwoProbes(pair[0].0));
        }
        if probes.len() + usize::from(left.is_some()) + usize::from(right.is_some()) < 2 {
            return Err(ConductorError::TooFewTerminals);
        }
        let symmetric = lattice.flux() == 0.0 && [&left, &right].into_iter().flatten().all(is_symmetric);
        let attach = |lead: Option<Lead>, end| lead.map(|l| l.attach(&lattice, end)).transpose();
        let leads = [attach(left, End::Left)?, attach(right, End::Right)?];
        Ok(Self { lattice, probes, leads, symmetric, pool: Arc::default() })
    }

    /// The lattice.
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// Number of terminals.
    pub fn terminals(&self) -> usize {
        self.probes.len() + self.leads.iter().flatten().count()
    }

    /// Number of probes; they are the terminals `0..probes()`.
    pub fn probes(&self) -> usize {
        self.probes.len()
    }

    /// Sites of the probes, ascending: `probe_sites()[a]` is the site of terminal `a`.
    pub fn probe_sites(&self) -> impl ExactSizeIterator<Item = usize> {
        self.probes.iter().map(|&(site, _)| site)
    }

    /// Terminal number of a lead, if there is one at that end.
    pub fn lead(&self, end: End) -> Option<usize> {
        match end {
            End::Left => self.leads[0].as_ref().map(|_| self.probes.len()),
            End::Right => {
                self.leads[1].as_ref().map(|_| self.probes.len() + usize::from(self.leads[0].is_some()))
            }
        }
    }

    /// Whether H and all self-energies are symmetric (no magnetic field): then T_ab = T_ba.
    pub fn is_time_reversal_symmetric(&self) -> bool {
        self.symmetric
    }

    /// Smallest level width of a probe at `energy`, in t: the scale on which transmissions of a fully probed conductor vary.
    pub fn narrowest_probe(&self, energy: f64) -> Option<f64> {
        let widths = self.probes.iter().map(|(_, p)| p.self_energy(energy).width());
        widths.filter(|w| *w > 0.0).min_by(f64::total_cmp)
    }

    /// Energies in `[low, high]` at which transmissions have square-root singularities: thresholds of lead modes and band edges of
    /// chain probes, ascending.
    ///
    /// # Errors
    /// [`LeadError`] if the bands of a lead cannot be found.
    pub fn singular_energies(&self, low: f64, high: f64) -> Result<Vec<f64>, LeadError> {
        let mut found = Vec::new();
        for lead in self.leads.iter().flatten() {
            found.extend(lead.thresholds(low, high)?);
        }
        found.extend(self.probes.iter().flat_map(|(_, p)| p.band_edges()));
        found.retain(|e| (low..=high).contains(e));
        found.sort_by(f64::total_cmp);
        found.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        Ok(found)
    }

    /// The conductor at one energy: all self-energies. Does not depend on disorder: share it between samples.
    ///
    /// # Errors
    /// [`LeadError`] at a threshold of a lead mode.
    pub fn at(&self, energy: f64) -> Result<Dressed<'_>, LeadError> {
        let none = ProbeSelfEnergy { sigma: C64::ZERO, derivative: C64::ZERO };
        let mut sites = vec![none; self.lattice.sites()];
        for &(site, probe) in &self.probes {
            sites[site] = probe.self_energy(energy);
        }
        let dress = |lead: &Option<AttachedLead>| -> Result<_, LeadError> {
            lead.as_ref().map(|l| l.self_energy(energy).map(DressedLead::new)).transpose()
        };
        let leads = [dress(&self.leads[0])?, dress(&self.leads[1])?];
        Ok(Dressed { conductor: self, energy, sites, leads })
    }
}

fn is_symmetric(lead: &Lead) -> bool {
    match lead {
        Lead::Given { sigma, derivative } => [sigma, derivative].into_iter().all(|m| *m == m.transpose()),
        Lead::Continuation | Lead::WideBand { .. } => true,
    }
}

/// A conductor at one energy, with its self-energies but without disorder.
#[derive(Clone, Debug)]
pub struct Dressed<'c> {
    pub(crate) conductor: &'c Conductor,
    pub(crate) energy: f64,
    pub(crate) sites: Vec<ProbeSelfEnergy>,
    pub(crate) leads: [Option<DressedLead>; 2],
}

/// A lead at one energy.
#[derive(Clone, Debug)]
pub(crate) struct DressedLead {
    pub(crate) sigma: Matrix,
    pub(crate) derivative: Matrix,
    pub(crate) width: Matrix,
    pub(crate) width_derivative: Matrix,
    pub(crate) open_modes: Option<usize>,
}

impl DressedLead {
    fn new(lead: LeadSelfEnergy) -> Self {
        let (mut width, mut width_derivative) = (lead.width(), lead.width_derivative());
        if lead.open_modes == Some(0) {
            // closed: what rounding leaves of the width is no exchange
            width.clear();
            width_derivative.clear();
        }
        Self {
            sigma: lead.sigma,
            derivative: lead.derivative,
            width,
            width_derivative,
            open_modes: lead.open_modes,
        }
    }
}

impl Dressed<'_> {
    /// The conductor.
    pub fn conductor(&self) -> &Conductor {
        self.conductor
    }

    /// The energy, in t.
    pub fn energy(&self) -> f64 {
        self.energy
    }

    /// Level widths of the probes, in t, by terminal.
    pub fn probe_widths(&self) -> Vec<f64> {
        self.conductor.probe_sites().map(|site| self.sites[site].width()).collect()
    }

    /// Number of propagating modes of a lead that has modes.
    pub fn open_modes(&self, end: End) -> Option<usize> {
        self.leads[end as usize].as_ref().and_then(|l| l.open_modes)
    }

    /// `A = E - H - Sigma` and `X = 1 - dSigma/dE` for one realisation of the on-site energies, slice by slice.
    ///
    /// # Panics
    /// If `onsite` does not hold one energy per site.
    pub(crate) fn blocks(&self, onsite: &[f64]) -> Blocks {
        let lattice = &self.conductor.lattice;
        let (slices, n) = (lattice.slices(), lattice.slice_sites());
        assert_eq!(onsite.len(), lattice.sites(), "one on-site energy per site");
        let mut a = Vec::with_capacity(slices);
        let mut x = Vec::with_capacity(slices);
        for s in 0..slices {
            let mut block = lattice.slice_hamiltonian(s as isize);
            block.as_mut_slice().iter_mut().for_each(|z| *z = -*z);
            let mut unit = Matrix::zeros(n, n);
            for k in 0..n {
                let probe = self.sites[s * n + k];
                block[(k, k)] += self.energy - onsite[s * n + k] - probe.sigma;
                unit[(k, k)] = C64::ONE - probe.derivative;
            }
            for (end, at) in [0, slices - 1].into_iter().enumerate() {
                if let (Some(lead), true) = (&self.leads[end], at == s) {
                    subtract(&mut block, &lead.sigma);
                    subtract(&mut unit, &lead.derivative);
                }
            }
            a.push(block);
            x.push(unit);
        }
        let v =
            (0..slices - 1).map(|s| lattice.forward_hopping(s).into_iter().map(|h| -h).collect()).collect();
        Blocks { a, x, v }
    }
}

fn subtract(from: &mut Matrix, what: &Matrix) {
    from.as_mut_slice().iter_mut().zip(what.as_slice()).for_each(|(a, b)| *a -= b);
}

/// The block tridiagonal matrix `A = E - H - Sigma`; its off-diagonal blocks are diagonal matrices.
pub(crate) struct Blocks {
    /// A_xx.
    pub(crate) a: Vec<Matrix>,
    /// X_xx = 1 - dSigma_xx/dE.
    pub(crate) x: Vec<Matrix>,
    /// Diagonal of A_{x,x+1}; A_{x+1,x} is its adjoint.
    pub(crate) v: Vec<Vec<C64>>,
}
