//! The conductor: a region with leads on its orbitals and probes on its sites, frozen once built.
//!
//! A strip of a lattice has leads at its ends and can be solved slice by slice; a network is a Hamiltonian of any shape with any number of
//! leads, each attached to orbitals of its own choice, its interface.
//!
//! Terminals are numbered: first the probes in the order of their sites, then the leads: of a strip the left one, then the right one (where
//! there are such), of a network in the order given. A real lead and a probe differ in nothing but who sets their potential: any subset may be
//! driven.

use crate::hamiltonian::Hamiltonian;
use crate::lattice::{Boundary, Family, Lattice};
use crate::leads::{AttachedLead, End, Lead, LeadError, LeadSelfEnergy, Modes, Probe, ProbeSelfEnergy};
use crate::scattering::{Channels, Dissection, Pool, SolveError};
use diffuson_linalg::{C64, Matrix, adjoint_difference};
use std::collections::VecDeque;
use std::fmt;
use std::ops::Index;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A region with its terminals. It knows no disorder: a realisation is passed to the solver.
#[derive(Clone, Debug)]
pub struct Conductor {
    region: Region,
    probes: Vec<(usize, Probe)>,
    leads: Vec<Contact>,
    /// All orbitals that belong to an interface, ascending.
    surface: Vec<usize>,
    symmetric: bool,
    /// Memory for transmissions, shared by all samples and energies.
    pub(crate) pool: Arc<Pool>,
    /// Order of elimination and memory of sparse factorisations, shared likewise, and by the same conductor with other probes.
    pub(crate) dissection: Arc<Dissection>,
    /// Leads at the energies asked for last, shared likewise.
    recent: Arc<Recent>,
}

#[derive(Clone, Debug)]
enum Region {
    Strip {
        lattice: Lattice,
        /// Which of the leads is at the left, and which at the right end.
        ends: [Option<usize>; 2],
        /// Made when asked for: routes that go slice by slice never do.
        hamiltonian: OnceLock<Hamiltonian>,
    },
    Network(Hamiltonian),
}

/// A lead and the orbitals it is attached to, in the order of its self-energy.
#[derive(Clone, Debug)]
struct Contact {
    given: Lead,
    lead: AttachedLead,
    interface: Vec<usize>,
}

/// A conductor that cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConductorError {
    /// A probe sits on a site the conductor has not.
    #[error("a probe on site {site}, but the sites are 0 to {last}")]
    NoSuchSite {
        /// The site asked for.
        site: usize,
        /// The last site.
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
    /// No current can flow through a strip.
    #[error("fewer than two terminals: no current can flow")]
    TooFewTerminals,
    /// Nothing is open: there is nothing to scatter.
    #[error("no terminals: a network has a lead or a probe")]
    NoTerminals,
    /// A lead is attached to an orbital the network has not, to one orbital twice, or to none.
    #[error("lead {lead}: {orbitals:?} is no list of different orbitals among 0 to {last}")]
    BadInterface {
        /// Which of the leads.
        lead: usize,
        /// Its interface.
        orbitals: Vec<usize>,
        /// The last orbital.
        last: usize,
    },
    /// A lead of a network continues a lattice.
    #[error("lead {0} continues the lattice of a strip, but a network has none")]
    NoContinuation(usize),
    /// A lead cannot be attached.
    #[error(transparent)]
    Lead(#[from] LeadError),
}

impl Conductor {
    /// A strip with the given leads at its left and right end (`None`: an open end without lead), each on all sites of the end slice, and
    /// probes (site, probe). Probes of zero strength are left out: such a site is no terminal.
    ///
    /// # Errors
    /// [`ConductorError`] if a probe or lead cannot be attached, or fewer than two terminals remain.
    pub fn new(
        lattice: Lattice,
        leads: [Option<Lead>; 2],
        probes: Vec<(usize, Probe)>,
    ) -> Result<Self, ConductorError> {
        let (sites, n) = (lattice.sites(), lattice.slice_sites());
        let probes = checked(probes, sites)?;
        enough(probes.len() + leads.iter().flatten().count())?;
        let symmetric = lattice.flux() == 0.0 && leads.iter().flatten().all(is_symmetric);
        let mut ends = [None; 2];
        let mut contacts = Vec::new();
        for (end, first) in [(End::Left, 0), (End::Right, sites - n)] {
            if let Some(lead) = &leads[end as usize] {
                ends[end as usize] = Some(contacts.len());
                let same = leads[0].as_ref() == Some(lead) && !lead.depends_on_end(&lattice);
                let attached = match contacts.first() {
                    Some(Contact { lead, .. }) if same => lead.clone(),
                    _ => lead.attach(&lattice, end)?,
                };
                let interface = (first..first + n).collect();
                contacts.push(Contact { given: lead.clone(), lead: attached, interface });
            }
        }
        let region = Region::Strip { lattice, ends, hamiltonian: OnceLock::new() };
        Ok(Self::frozen(region, probes, contacts, symmetric))
    }

    /// A network: any Hamiltonian with leads (lead, the orbitals of its interface in the order of its self-energy) and probes (site, probe),
    /// each of which acts alike on every orbital of its site. Leads may share orbitals: their self-energies add. Probes of zero strength are
    /// left out: such a site is no terminal. One lead will do, for what it reflects.
    ///
    /// # Errors
    /// [`ConductorError`] if a probe or lead cannot be attached, or no terminal remains.
    pub fn network(
        hamiltonian: Hamiltonian,
        leads: Vec<(Lead, Vec<usize>)>,
        probes: Vec<(usize, Probe)>,
    ) -> Result<Self, ConductorError> {
        let probes = checked(probes, hamiltonian.sites())?;
        if probes.is_empty() && leads.is_empty() {
            return Err(ConductorError::NoTerminals);
        }
        let symmetric = hamiltonian.is_real() && leads.iter().all(|(lead, _)| is_symmetric(lead));
        let last = hamiltonian.orbitals() - 1;
        let mut contacts: Vec<Contact> = Vec::with_capacity(leads.len());
        for (index, (lead, interface)) in leads.iter().enumerate() {
            let row = row(lead, index, interface, last)?;
            let same = |(other, on): &(Lead, Vec<usize>)| other == lead && on.len() == interface.len();
            let attached = match leads[..index].iter().position(same) {
                Some(earlier) => contacts[earlier].lead.clone(),
                None => lead.attach(&row, End::Left)?,
            };
            contacts.push(Contact { given: lead.clone(), lead: attached, interface: interface.clone() });
        }
        Ok(Self::frozen(Region::Network(hamiltonian), probes, contacts, symmetric))
    }

    fn frozen(region: Region, probes: Vec<(usize, Probe)>, leads: Vec<Contact>, symmetric: bool) -> Self {
        let mut surface: Vec<usize> = leads.iter().flat_map(|lead| &lead.interface).copied().collect();
        surface.sort_unstable();
        surface.dedup();
        let (pool, dissection, recent) = Default::default();
        Self { region, probes, leads, surface, symmetric, pool, dissection, recent }
    }

    /// The lattice of a strip; `None` for a network.
    pub fn strip(&self) -> Option<&Lattice> {
        match &self.region {
            Region::Strip { lattice, .. } => Some(lattice),
            Region::Network(_) => None,
        }
    }

    /// The Hamiltonian without disorder. That of a strip is made when first asked for.
    pub fn hamiltonian(&self) -> &Hamiltonian {
        match &self.region {
            Region::Strip { lattice, hamiltonian, .. } => {
                hamiltonian.get_or_init(|| Hamiltonian::of(lattice))
            }
            Region::Network(hamiltonian) => hamiltonian,
        }
    }

    /// Number of sites.
    pub fn sites(&self) -> usize {
        match &self.region {
            Region::Strip { lattice, .. } => lattice.sites(),
            Region::Network(hamiltonian) => hamiltonian.sites(),
        }
    }

    /// Number of terminals.
    pub fn terminals(&self) -> usize {
        self.probes.len() + self.leads.len()
    }

    /// The same conductor with these probes (site, probe) in place of those it has.
    ///
    /// # Errors
    /// [`ConductorError`] if a probe cannot be attached, or too few terminals remain.
    pub fn with_probes(&self, probes: Vec<(usize, Probe)>) -> Result<Self, ConductorError> {
        let probes = checked(probes, self.sites())?;
        match &self.region {
            Region::Strip { .. } => enough(probes.len() + self.leads.len())?,
            Region::Network(_) if probes.is_empty() && self.leads.is_empty() => {
                return Err(ConductorError::NoTerminals);
            }
            Region::Network(_) => {}
        }
        Ok(Self { probes, pool: Arc::default(), ..self.clone() })
    }

    /// The same conductor with its leads alone.
    ///
    /// # Errors
    /// [`ConductorError::TooFewTerminals`] or [`ConductorError::NoTerminals`] if there are too few of them.
    pub fn without_probes(&self) -> Result<Self, ConductorError> {
        self.with_probes(Vec::new())
    }

    /// Number of probes; they are the terminals `0..probes()`.
    pub fn probes(&self) -> usize {
        self.probes.len()
    }

    /// Sites of the probes, ascending: `probe_sites()[a]` is the site of terminal `a`.
    pub fn probe_sites(&self) -> impl ExactSizeIterator<Item = usize> {
        self.probes.iter().map(|&(site, _)| site)
    }

    /// Number of leads; they are the terminals `probes()..terminals()`.
    pub fn leads(&self) -> usize {
        self.leads.len()
    }

    /// Terminal number of the lead at an end of a strip, if there is one.
    pub fn lead(&self, end: End) -> Option<usize> {
        self.lead_at(end).map(|lead| self.lead_terminal(lead))
    }

    /// Terminal number of a lead, by its place in the order of the leads.
    ///
    /// # Panics
    /// If there is no such lead.
    pub fn lead_terminal(&self, lead: usize) -> usize {
        assert!(lead < self.leads.len(), "lead {lead} of {}", self.leads.len());
        self.probes.len() + lead
    }

    /// The orbitals a lead is attached to, in the order of its self-energy.
    ///
    /// # Panics
    /// If there is no such lead.
    pub fn interface(&self, lead: usize) -> &[usize] {
        &self.leads[lead].interface
    }

    /// The propagating modes of a lead at `energy` (in t), as amplitudes on its [interface](Self::interface) in that order; of a lead without Bloch
    /// waves its channels.
    ///
    /// # Errors
    /// [`LeadError`] at a mode threshold, or if the modes cannot be told apart.
    ///
    /// # Panics
    /// If there is no such lead.
    pub fn lead_modes(&self, lead: usize, energy: f64) -> Result<Modes, LeadError> {
        self.leads[lead].lead.modes(energy)
    }

    /// All orbitals that belong to an interface, ascending: outside them the inverse Green function is sparse.
    pub(crate) fn surface(&self) -> &[usize] {
        &self.surface
    }

    /// Which of the leads is at an end of a strip.
    fn lead_at(&self, end: End) -> Option<usize> {
        match &self.region {
            Region::Strip { ends, .. } => ends[end as usize],
            Region::Network(_) => None,
        }
    }

    /// Writes down all that makes the conductor what it is, equal for equal conductors: the lattice or the Hamiltonian, probes, leads as they were given and the
    /// orbitals they are attached to. Meant for fingerprints, as long as the Hamiltonian is large.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn spell(&self, to: &mut impl fmt::Write) -> fmt::Result {
        match &self.region {
            Region::Strip { lattice, .. } => write!(to, "{lattice:?}")?,
            Region::Network(hamiltonian) => write!(to, "{hamiltonian:?}")?,
        }
        write!(to, " {:?}", self.probes)?;
        self.leads
            .iter()
            .try_for_each(|Contact { given, interface, .. }| write!(to, " {given:?} on {interface:?}"))
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
        for Contact { lead, .. } in &self.leads {
            found.extend(lead.thresholds(low, high)?);
        }
        found.extend(self.probes.iter().flat_map(|(_, p)| p.band_edges()));
        found.retain(|e| (low..=high).contains(e));
        found.sort_by(f64::total_cmp);
        found.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        Ok(found)
    }

    /// The conductor at one energy: all self-energies. Does not depend on disorder: share it between samples. Those of the leads are kept for the [`RECENT`] energies asked for last.
    ///
    /// # Errors
    /// [`LeadError`] at a threshold of a lead mode.
    pub fn at(&self, energy: f64) -> Result<Dressed<'_>, LeadError> {
        let sites = BySite::new(&self.probes, self.sites(), energy);
        let (leads, channels) = match self.recent.at(energy) {
            Some(known) => known,
            None => {
                let leads = self.of_leads(|lead| lead.self_energy(energy).map(DressedLead::new))?;
                self.recent.keep(energy, (leads, Arc::default()))
            }
        };
        Ok(Dressed { conductor: self, energy, broadening: 0.0, sites, leads, channels })
    }

    /// The conductor, which has no probes, at a complex energy on or above the real axis, thresholds of lead modes included: for values, as derivatives are not there. On the axis
    /// scattering is between the eigenvectors of the level widths.
    ///
    /// # Errors
    /// [`LeadError`] if the modes of a lead cannot be told apart.
    pub(crate) fn continued(&self, energy: C64) -> Result<Dressed<'_>, LeadError> {
        debug_assert!(self.probes.is_empty(), "probes are not continued");
        let leads = self.of_leads(|lead| Ok(DressedLead::continued(lead.continued(energy)?)))?;
        let channels = Arc::new(OnceLock::new());
        if energy.im == 0.0 {
            let of_lead = |lead: &Arc<DressedLead>| Ok(Arc::new(Channels::new(&lead.channels()?)));
            channels.get_or_init(|| leads.iter().map(of_lead).collect());
        }
        let sites = BySite::new(&[], self.sites(), energy.re);
        Ok(Dressed { conductor: self, energy: energy.re, broadening: energy.im, sites, leads, channels })
    }

    /// `f` of every lead; of equal ones once.
    fn of_leads<T>(
        &self,
        f: impl Fn(&AttachedLead) -> Result<T, LeadError>,
    ) -> Result<Vec<Arc<T>>, LeadError> {
        let mut found: Vec<Arc<T>> = Vec::with_capacity(self.leads.len());
        for Contact { lead, .. } in &self.leads {
            let earlier = self.leads[..found.len()].iter().position(|other| other.lead.is(lead));
            let of_this = match earlier {
                Some(earlier) => found[earlier].clone(),
                None => Arc::new(f(lead)?),
            };
            found.push(of_this);
        }
        Ok(found)
    }
}

/// The probes that have any strength, by site.
fn checked(mut probes: Vec<(usize, Probe)>, sites: usize) -> Result<Vec<(usize, Probe)>, ConductorError> {
    probes.retain(|(_, p)| p.is_coupled() || !matches!(p, Probe::WideBand { width } if *width == 0.0));
    probes.retain(|(_, p)| !matches!(p, Probe::Chain { amplitude, .. } if *amplitude == 0.0));
    probes.sort_by_key(|&(site, _)| site);
    for &(site, probe) in &probes {
        if site >= sites {
            return Err(ConductorError::NoSuchSite { site, last: sites - 1 });
        }
        let width = probe.width_at_centre();
        if !(width.is_finite() && width >= 0.0) {
            return Err(ConductorError::BadWidth { site, width });
        }
    }
    match probes.windows(2).find(|w| w[0].0 == w[1].0) {
        Some(pair) => Err(ConductorError::TwoProbes(pair[0].0)),
        None => Ok(probes),
    }
}

/// What a lead on any orbitals is attached to: a row of as many sites.
fn row(lead: &Lead, index: usize, interface: &[usize], last: usize) -> Result<Lattice, ConductorError> {
    if matches!(lead, Lead::Continuation) {
        return Err(ConductorError::NoContinuation(index));
    }
    let mut sorted = interface.to_vec();
    sorted.sort_unstable();
    let repeated = sorted.windows(2).any(|pair| pair[0] == pair[1]);
    let beyond = sorted.last().is_some_and(|&orbital| orbital > last);
    match Lattice::new(Family::Square, [1, interface.len(), 1], Boundary::HardWall) {
        Ok(row) if !(repeated || beyond) => Ok(row),
        _ => Err(ConductorError::BadInterface { lead: index, orbitals: interface.to_vec(), last }),
    }
}

fn enough(terminals: usize) -> Result<(), ConductorError> {
    if terminals < 2 { Err(ConductorError::TooFewTerminals) } else { Ok(()) }
}

fn is_symmetric(lead: &Lead) -> bool {
    match lead {
        Lead::Given { sigma, derivative } => [sigma, derivative].into_iter().all(|m| *m == m.transpose()),
        Lead::Periodic(lead) => lead.is_time_reversal_symmetric(),
        Lead::Wide(lead) => lead.is_time_reversal_symmetric(),
        Lead::Continuation | Lead::WideBand { .. } => true,
    }
}

/// A conductor at one energy, with its self-energies but without disorder.
#[derive(Clone, Debug)]
pub struct Dressed<'c> {
    pub(crate) conductor: &'c Conductor,
    pub(crate) energy: f64,
    /// Imaginary part of the energy, in t: above 0 off the real axis.
    pub(crate) broadening: f64,
    /// Self-energies of the probes, by site.
    pub(crate) sites: BySite,
    /// In the order of the conductor.
    pub(crate) leads: Vec<Arc<DressedLead>>,
    /// Made when an S matrix is first asked for.
    channels: LeadChannels,
}

/// The channels of all leads, found when first asked for.
type LeadChannels = Arc<OnceLock<Result<Vec<Arc<Channels>>, LeadError>>>;

/// Number of energies for which a conductor keeps its leads: samples that come one by one, as from Python, find them again.
pub const RECENT: usize = 8;

/// Leads at some energies, the latest last.
#[derive(Debug, Default)]
struct Recent(Mutex<VecDeque<(f64, LeadsAt)>>);

/// All leads at one energy.
type LeadsAt = (Vec<Arc<DressedLead>>, LeadChannels);

impl Recent {
    fn at(&self, energy: f64) -> Option<LeadsAt> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| *other == energy).map(|(_, leads)| leads.clone())
    }

    /// Keeps and returns these, or those that another thread has kept meanwhile.
    fn keep(&self, energy: f64, leads: LeadsAt) -> LeadsAt {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, earlier)) = kept.iter().find(|(other, _)| *other == energy) {
            return earlier.clone();
        }
        if kept.len() == RECENT {
            kept.pop_front();
        }
        kept.push_back((energy, leads.clone()));
        leads
    }
}

/// Self-energies of the probes, by site: zero where there is none. Long wires with few probes hold few numbers.
#[derive(Clone, Debug)]
pub(crate) struct BySite {
    sites: usize,
    held: Held,
}

#[derive(Clone, Debug)]
enum Held {
    /// One for each site.
    All(Vec<ProbeSelfEnergy>),
    /// Some, by site.
    Few(Vec<(usize, ProbeSelfEnergy)>),
}

/// What a site without probe has.
static NO_PROBE: ProbeSelfEnergy = ProbeSelfEnergy { sigma: C64::ZERO, derivative: C64::ZERO };

/// Where fewer of the sites than one in so many have probes, only those are held: looking one up takes a search.
const FEW: usize = 8;

impl BySite {
    fn new(probes: &[(usize, Probe)], sites: usize, energy: f64) -> Self {
        let dressed = probes.iter().map(|&(site, probe)| (site, probe.self_energy(energy)));
        let held = if probes.len() < sites / FEW {
            Held::Few(dressed.collect())
        } else {
            let mut all = vec![NO_PROBE; sites];
            dressed.for_each(|(site, probe)| all[site] = probe);
            Held::All(all)
        };
        Self { sites, held }
    }

    /// Number of sites.
    pub(crate) fn len(&self) -> usize {
        self.sites
    }

    /// Those of all sites.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ProbeSelfEnergy> {
        (0..self.sites).map(|site| &self[site])
    }

    /// Those that are held.
    fn held(&self) -> impl Iterator<Item = &ProbeSelfEnergy> {
        let (all, few) = match &self.held {
            Held::All(all) => (all.as_slice(), &[][..]),
            Held::Few(few) => (&[][..], few.as_slice()),
        };
        all.iter().chain(few.iter().map(|(_, probe)| probe))
    }
}

impl Index<usize> for BySite {
    type Output = ProbeSelfEnergy;

    fn index(&self, site: usize) -> &ProbeSelfEnergy {
        match &self.held {
            Held::All(all) => &all[site],
            Held::Few(few) => {
                few.binary_search_by_key(&site, |&(site, _)| site).map_or(&NO_PROBE, |at| &few[at].1)
            }
        }
    }
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

impl DressedLead {
    /// Of a self-energy without derivative.
    fn continued(sigma: Matrix) -> Self {
        let (width, none) = (adjoint_difference(&sigma), Matrix::zeros(0, 0));
        Self { sigma, derivative: none.clone(), width, width_derivative: none, open_modes: None }
    }

    /// The eigenvectors of the level width.
    fn channels(&self) -> Result<Modes, LeadError> {
        let (sigma, derivative) = (self.sigma.clone(), self.derivative.clone());
        Modes::channels(LeadSelfEnergy { sigma, derivative, open_modes: None })
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

    /// A network that scatters, at any energy, as this conductor does at this one, or, if `reversed`, as it does in the opposite magnetic field: its leads are the
    /// self-energies of these, and it has no probes.
    ///
    /// # Errors
    /// [`ConductorError`] if fewer than two leads remain.
    pub(crate) fn frozen(&self, reversed: bool) -> Result<Conductor, ConductorError> {
        let hamiltonian = self.conductor.hamiltonian();
        let held = |m: &Matrix| if reversed { m.transpose() } else { m.clone() };
        let lead = |(lead, contact): (&Arc<DressedLead>, &Contact)| {
            let (sigma, derivative) = (held(&lead.sigma), held(&lead.derivative));
            (Lead::Given { sigma, derivative }, contact.interface.clone())
        };
        let leads = self.leads.iter().zip(&self.conductor.leads).map(lead).collect();
        let hamiltonian = if reversed { hamiltonian.conjugate() } else { hamiltonian.clone() };
        Conductor::network(hamiltonian, leads, Vec::new())
    }

    /// Number of propagating modes of the lead at an end of a strip, if it has modes.
    pub fn open_modes(&self, end: End) -> Option<usize> {
        self.leads[self.conductor.lead_at(end)?].open_modes
    }

    /// Number of propagating modes of a lead, by its place in the order of the leads, if it has modes.
    ///
    /// # Panics
    /// If there is no such lead.
    pub fn modes_of(&self, lead: usize) -> Option<usize> {
        self.leads[lead].open_modes
    }

    /// The lead at an end of a strip, and its terminal.
    pub(crate) fn lead(&self, end: End) -> Option<(&DressedLead, usize)> {
        let lead = self.conductor.lead_at(end)?;
        Some((&self.leads[lead], self.conductor.lead_terminal(lead)))
    }

    /// The lattice of a strip.
    pub(crate) fn strip(&self) -> Result<&Lattice, SolveError> {
        self.conductor.strip().ok_or(SolveError::NotAStrip)
    }

    /// The leads of a strip at slice x, each with its terminal.
    pub(crate) fn leads_at(
        &self,
        lattice: &Lattice,
        x: usize,
    ) -> impl Iterator<Item = (&DressedLead, usize)> {
        let ends = [(End::Left, 0), (End::Right, lattice.slices() - 1)];
        ends.into_iter().filter(move |&(_, slice)| slice == x).filter_map(|(end, _)| self.lead(end))
    }

    /// The channels of the leads.
    ///
    /// # Errors
    /// [`LeadError`] if the modes of a lead cannot be told apart.
    pub(crate) fn channels(&self) -> Result<&[Arc<Channels>], LeadError> {
        let found = self
            .channels
            .get_or_init(|| self.conductor.of_leads(|lead| Ok(Channels::new(&lead.modes(self.energy)?))));
        found.as_deref().map_err(LeadError::clone)
    }

    /// The [surface](Conductor::surface) of the conductor.
    pub(crate) fn surface(&self) -> &[usize] {
        &self.conductor.surface
    }

    /// Places of the interface of a lead on the surface.
    pub(crate) fn places(&self, lead: usize) -> Vec<usize> {
        let place = |orbital: &usize| self.conductor.surface.partition_point(|other| other < orbital);
        self.conductor.leads[lead].interface.iter().map(place).collect()
    }

    /// The self-energy of all leads on the surface.
    pub(crate) fn surface_self_energy(&self) -> Matrix {
        self.on_surface(|lead| &lead.sigma)
    }

    /// Its energy derivative.
    pub(crate) fn surface_self_energy_derivative(&self) -> Matrix {
        self.on_surface(|lead| &lead.derivative)
    }

    fn on_surface(&self, part: impl Fn(&DressedLead) -> &Matrix) -> Matrix {
        let mut sum = Matrix::zeros(self.surface().len(), self.surface().len());
        for (index, lead) in self.leads.iter().enumerate() {
            let (places, part) = (self.places(index), part(lead));
            for (j, &to) in places.iter().enumerate() {
                places.iter().enumerate().for_each(|(i, &from)| sum[(from, to)] += part[(i, j)]);
            }
        }
        sum
    }

    /// The energy, in t, on or above the real axis.
    fn complex_energy(&self) -> C64 {
        C64::new(self.energy, self.broadening)
    }

    /// Whether `E - H` less the self-energies of the probes is real.
    pub(crate) fn is_real(&self) -> bool {
        let on_axis = self.broadening == 0.0;
        on_axis
            && self.conductor.hamiltonian().is_real()
            && self.sites.held().all(|probe| probe.sigma.im == 0.0)
    }

    /// `E - H` less the self-energies of the probes, but not of the leads, for one realisation of the on-site energies: the lower triangle
    /// in the order of the entries of the Hamiltonian. Above the diagonal stands the adjoint.
    ///
    /// # Panics
    /// If `onsite` does not hold one energy per site.
    pub(crate) fn entries_complex(&self, onsite: &[f64], entries: &mut Vec<C64>) {
        let h = self.conductor.hamiltonian();
        entries.clear();
        entries.extend(h.values().iter().map(|value| -value));
        self.on_diagonal(onsite, |place, value| entries[place] += value);
    }

    /// The same where everything [is real](Self::is_real).
    ///
    /// # Panics
    /// If `onsite` does not hold one energy per site.
    pub(crate) fn entries_real(&self, onsite: &[f64], entries: &mut Vec<f64>) {
        let h = self.conductor.hamiltonian();
        entries.clear();
        entries.extend(h.values().iter().map(|value| -value.re));
        self.on_diagonal(onsite, |place, value| entries[place] += value.re);
    }

    /// Hands out `E - eps_i - Sigma_i` of every orbital with the place of its diagonal entry.
    fn on_diagonal(&self, onsite: &[f64], mut add: impl FnMut(usize, C64)) {
        assert_eq!(onsite.len(), self.sites.len(), "one on-site energy per site");
        let h = self.conductor.hamiltonian();
        for (site, (level, probe)) in onsite.iter().zip(self.sites.iter()).enumerate() {
            for orbital in h.orbitals_of(site) {
                add(h.column_starts()[orbital], self.complex_energy() - level - probe.sigma);
            }
        }
    }

    /// The block A_xx of `A = E - H - Sigma` of a strip for one realisation of the on-site energies.
    ///
    /// # Panics
    /// If `onsite` does not hold one energy per site.
    pub(crate) fn slice(&self, lattice: &Lattice, x: usize, onsite: &[f64]) -> Matrix {
        assert_eq!(onsite.len(), lattice.sites(), "one on-site energy per site");
        let n = lattice.slice_sites();
        let mut block = lattice.slice_hamiltonian(x as isize);
        block.as_mut_slice().iter_mut().for_each(|z| *z = -*z);
        for k in 0..n {
            block[(k, k)] += self.complex_energy() - onsite[x * n + k] - self.sites[x * n + k].sigma;
        }
        self.leads_at(lattice, x).for_each(|(lead, _)| subtract(&mut block, &lead.sigma));
        block
    }

    /// `A = E - H - Sigma` and `X = 1 - dSigma/dE` of a strip for one realisation of the on-site energies, slice by slice.
    ///
    /// # Errors
    /// [`SolveError::NotAStrip`] for a network.
    ///
    /// # Panics
    /// If `onsite` does not hold one energy per site.
    pub(crate) fn blocks(&self, onsite: &[f64]) -> Result<Blocks, SolveError> {
        let lattice = self.strip()?;
        let (slices, n) = (lattice.slices(), lattice.slice_sites());
        let unit = |s: usize| {
            let diagonal: Vec<C64> =
                (s * n..(s + 1) * n).map(|site| C64::ONE - self.sites[site].derivative).collect();
            let mut unit = Matrix::from_diagonal(&diagonal);
            self.leads_at(lattice, s).for_each(|(lead, _)| subtract(&mut unit, &lead.derivative));
            unit
        };
        let v = |s| lattice.forward_hopping(s).into_iter().map(|h| -h).collect();
        Ok(Blocks {
            a: (0..slices).map(|s| self.slice(lattice, s, onsite)).collect(),
            x: (0..slices).map(unit).collect(),
            v: (0..slices - 1).map(v).collect(),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Leads are found again at the energies asked for last, with their modes, also by the same conductor with probes; those of longer ago are made anew.
    #[test]
    fn leads_of_recent_energies_are_kept() {
        let lattice = Lattice::new(Family::Square, [3, 2, 1], Boundary::HardWall).unwrap();
        let lead = Some(Lead::Continuation);
        let conductor = Conductor::new(lattice, [lead.clone(), lead], vec![]).unwrap();
        let first = conductor.at(-0.5).unwrap();
        first.channels().unwrap();
        let probed = conductor.with_probes(vec![(0, Probe::WideBand { width: 0.1 })]).unwrap();
        let again = probed.at(-0.5).unwrap();
        assert!(Arc::ptr_eq(&first.leads[0], &again.leads[0]) && again.channels.get().is_some());
        (1..=RECENT).for_each(|k| drop(conductor.at(-0.5 + 0.01 * k as f64).unwrap()));
        let anew = conductor.at(-0.5).unwrap();
        assert!(!Arc::ptr_eq(&first.leads[0], &anew.leads[0]));
        assert_eq!(first.leads[0].sigma, anew.leads[0].sigma);
    }

    /// A wire of a million slices holds as many self-energies as it has probes; one with probes everywhere finds them without a search.
    #[test]
    fn self_energies_are_held_where_there_are_probes() {
        let probe = Probe::WideBand { width: 0.2 };
        let lead = Some(Lead::Continuation);
        let wire = |slices: usize, probes: Vec<usize>| {
            let lattice = Lattice::new(Family::Square, [slices, 3, 1], Boundary::HardWall).unwrap();
            let probes = probes.into_iter().map(|site| (site, probe)).collect();
            Conductor::new(lattice, [lead.clone(), lead.clone()], probes).unwrap()
        };
        let long = wire(1_000_000, vec![7, 2_999_999]);
        let dressed = long.at(-0.9).unwrap();
        assert_eq!((dressed.sites.held().count(), dressed.sites.len()), (2, 3_000_000));
        let sigma = C64::new(0.0, -0.1);
        for (site, want) in [(7, sigma), (2_999_999, sigma), (0, C64::ZERO), (8, C64::ZERO)] {
            assert_eq!(dressed.sites[site].sigma, want, "site {site}");
        }
        assert!(!dressed.is_real());
        let short = wire(10, (0..30).collect());
        let dressed = short.at(-0.9).unwrap();
        assert!(matches!(dressed.sites.held, Held::All(_)));
        assert!(dressed.sites.iter().all(|probe| probe.sigma == sigma));
    }
}
