//! A lattice conductor made from its settings, as kinds of study about one share it.

use crate::settings::probes::{ProbeModel, ProbeSettings};
use crate::settings::{ConductorSettings, DisorderSettings, LatticeName, LeadSettings};
use crate::study::Study;
use crate::task::Made;
use diffuson::conductor::{Conductor, ConductorError};
use diffuson::disorder::{Deviates, Disorder, Fields};
use diffuson::lattice::{Boundary, Family, Lattice, LatticeError};
use diffuson::leads::{End, Lead, Probe};
use diffuson::probes::Measure;
use diffuson_ensemble::random::Realisation;

/// A conductor and the lattice it is a strip of.
pub(crate) struct Strip {
    pub(crate) lattice: Lattice,
    pub(crate) conductor: Conductor,
}

impl Strip {
    /// The conductor of a point.
    pub(crate) fn new(
        study: &Study,
        point: usize,
        (c, leads, probes): (&ConductorSettings, LeadSettings, Option<&ProbeSettings>),
    ) -> Made<Self> {
        let family = match c.lattice {
            LatticeName::Square => Family::Square,
            LatticeName::Cubic => Family::Cubic,
            LatticeName::HoneycombZigzag => Family::HoneycombZigzag,
            LatticeName::HoneycombArmchair => Family::HoneycombArmchair,
        };
        let boundary = if c.periodic { Boundary::Periodic } else { Boundary::HardWall };
        let refuse = |e: LatticeError| {
            let key = match &e {
                LatticeError::TooShort { side: "length", .. } | LatticeError::TooLarge(_) => {
                    "conductor.length"
                }
                LatticeError::TooShort { side: "height", .. } | LatticeError::Flat(_) => "conductor.height",
                LatticeError::TooShort { .. } | LatticeError::OddPeriodicHoneycomb(_) => "conductor.width",
                LatticeError::OpenGauge { .. } | LatticeError::BadFlux(_) => "conductor.flux",
            };
            study.diagnostic(point, key, format!("`{key}`: {e}"), "not a lattice".to_owned(), String::new())
        };
        let lattice = Lattice::new(family, [c.length, c.width, c.height], boundary)
            .and_then(|l| l.with_flux(c.flux))
            .map_err(refuse)?;
        let lead = match leads {
            LeadSettings::Strip => Lead::Continuation,
            LeadSettings::WideBand { coupling } => Lead::WideBand { width: coupling },
        };
        let probes = probes.map_or_else(Vec::new, |p| p.on_sites(lattice.sites()));
        let conductor = Conductor::new(lattice.clone(), [Some(lead.clone()), Some(lead)], probes);
        let conductor = conductor.map_err(|e| {
            let key = match &e {
                ConductorError::Lead(_)
                | ConductorError::BadInterface { .. }
                | ConductorError::NoContinuation(_) => "conductor.energy",
                ConductorError::NoSuchSite { .. } | ConductorError::TwoProbes(_) => "probes.sites",
                ConductorError::BadWidth { .. }
                | ConductorError::TooFewTerminals
                | ConductorError::NoTerminals => "probes.coupling",
            };
            study.diagnostic(point, key, format!("`{key}`: {e}"), "not a conductor".to_owned(), String::new())
        })?;
        Ok(Strip { lattice, conductor })
    }
}

/// The most sites of the conductors of all points together: they are all in memory at once.
const MOST_SITES: usize = 50_000_000;

/// What is made of the settings of every point that describe its conductor, if all of them fit into memory.
pub(crate) fn of_all_points<'s, C>(
    study: &'s Study,
    settings: impl Fn(usize) -> &'s ConductorSettings,
    make: impl Fn(usize) -> Made<C>,
) -> Made<Vec<C>> {
    let points = study.points().len();
    let sites = (0..points).fold(0_usize, |sum, point| sum.saturating_add(settings(point).sites()));
    if sites > MOST_SITES {
        let key = study.swept_keys().next().map_or("conductor.length", |key| key.path);
        return Err(study.diagnostic(
            points - 1,
            key,
            format!("the conductors of the {points} points have {sites} sites together"),
            format!("allowed: at most {MOST_SITES} sites in all points"),
            "split the study into some with fewer points".to_owned(),
        ));
    }
    (0..points).map(make).collect()
}

impl ProbeSettings {
    /// The probes by their sites.
    pub(crate) fn on_sites(&self, sites: usize) -> Vec<(usize, Probe)> {
        let probe = |site: usize| match &self.model {
            ProbeModel::WideBand { coupling } => Probe::WideBand { width: coupling.at(site) },
            ProbeModel::Chain { amplitude, hopping, centre } => {
                Probe::Chain { amplitude: amplitude.at(site), hopping: *hopping, centre: *centre }
            }
        };
        match &self.sites {
            Some(listed) => listed.iter().map(|&site| (site, probe(site))).collect(),
            None => (0..sites).map(|site| (site, probe(site))).collect(),
        }
    }
}

/// Terminal numbers of the left and the right lead; a study always has both.
pub(crate) fn leads(conductor: &Conductor) -> (usize, usize) {
    let probes = conductor.probes();
    (conductor.lead(End::Left).unwrap_or(probes), conductor.lead(End::Right).unwrap_or(probes + 1))
}

/// What probes measure.
pub(crate) fn measure(probes: &ProbeSettings) -> Measure {
    if probes.measure_temperature { Measure::VoltageAndTemperature } else { Measure::Voltage }
}

/// The distribution of the on-site energies.
pub(crate) fn disorder(settings: &DisorderSettings) -> Disorder {
    match settings {
        DisorderSettings::Clean => Disorder::None,
        DisorderSettings::Box { width } => Disorder::Box { width: *width },
        DisorderSettings::Gaussian { deviation } => Disorder::Gaussian { deviation: *deviation },
        DisorderSettings::Values(values) => Disorder::Values(values.to_vec()),
    }
}

/// The random field of the on-site energies.
const ONSITE_STREAM: u32 = 0;

/// The random numbers of one realisation: as one field, that of the on-site energies, or as many. Whoever makes disorder of them has that of a study of the same seed.
#[derive(Clone, Copy, Debug)]
pub struct Deviations(pub Realisation);

impl Fields for Deviations {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

impl Deviates for Deviations {
    fn uniform(&self, out: &mut [f64]) {
        self.0.fill_uniform(ONSITE_STREAM, out);
    }

    fn normal(&self, out: &mut [f64]) {
        self.0.fill_normal(ONSITE_STREAM, out);
    }
}
