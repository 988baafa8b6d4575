//! A point of the sweep made ready for its samples.

use crate::settings::noise::{Bias, Noise, Scattering, Shape, Theory};
use crate::settings::{LeadSettings, Settings};
use crate::strip::{Strip, disorder, of_all_points};
use crate::study::Study;
use crate::task::{Cost, Made, check_memory};
use diffuson::conductor::{Conductor, Dressed};
use diffuson::disorder::Disorder;
use diffuson::noise::probes::{ProbeKind, Setting};
use diffuson::scattering::Plan;
use diffuson::shapes::{Arms, Rectangle, ShapeError};
use diffuson::thermal::{Reservoir, Window};
use diffuson::units::SOMMERFELD;

/// A point with everything its samples share.
pub(super) struct Point<'c> {
    pub(super) conductor: &'c Conductor,
    pub(super) disorder: Disorder,
    /// The conductor at its energy, without disorder.
    pub(super) dressed: Dressed<'c>,
    pub(super) bias: Option<Bias>,
    pub(super) reach: Reach,
    /// The leads with their voltage, at zero temperature in the limit of small voltage.
    pub(super) reservoirs: Vec<Reservoir>,
    /// What floats, and between which reservoirs; without probes nothing does.
    pub(super) probes: Option<Setting>,
    /// The energies of the window, with probes that scatter differently at each.
    pub(super) window: Option<Window<'c>>,
    pub(super) theory: Theory,
    /// Open modes of the first and the second lead, where leads have modes.
    pub(super) modes: Option<[usize; 2]>,
    pub(super) bins: usize,
    pub(super) plan: Plan,
    pub(super) cost: Cost,
}

/// Over which energies electrons scatter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of a small voltage.
    SmallVoltage,
    /// All, with the S matrix at one.
    OneEnergy,
    /// The window that voltage and temperature open.
    Window,
}

/// The conductors of all points.
pub(crate) fn conductors(study: &Study) -> Made<Vec<Conductor>> {
    of_all_points(study, |point| &settings(study, point).conductor, |point| conductor(study, point))
}

fn conductor(study: &Study, point: usize) -> Made<Conductor> {
    let s = settings(study, point);
    let probes = s.probes.as_ref().map(|(probes, _)| probes);
    let c = &s.conductor;
    let rectangle = Rectangle { length: c.length, width: c.width, flux: c.flux };
    let openings = match &s.shape {
        Shape::Wire => return Ok(Strip::new(study, point, (c, s.leads, probes))?.conductor),
        Shape::Cavity(sites) => rectangle.cavity(*sites).to_vec(),
        Shape::Splitter(sites) => rectangle.splitter(sites),
    };
    let arms = match s.leads {
        LeadSettings::Strip => Arms::Strips,
        LeadSettings::WideBand { coupling } => Arms::WideBand(coupling),
    };
    let probes = probes.map_or_else(Vec::new, |p| p.on_sites(c.sites()));
    rectangle.open(&openings, arms, probes).map_err(|e| {
        let key = match &e {
            ShapeError::Opening { .. } | ShapeError::Overlap(_) => "openings.first",
            ShapeError::Lattice(_) => "conductor.width",
            ShapeError::Lead(_) | ShapeError::Conductor(_) => "conductor.energy",
        };
        study.diagnostic(point, key, format!("`{key}`: {e}"), "not a conductor".to_owned(), String::new())
    })
}

pub(super) fn settings(study: &Study, point: usize) -> &Noise {
    match &study.points()[point].settings {
        Settings::Noise(settings) => settings,
        other => unreachable!("a noise study with settings {other:?}"),
    }
}

const ENERGY: &str = "conductor.energy";

impl<'c> Point<'c> {
    pub(super) fn new(study: &Study, index: usize, conductor: &'c Conductor) -> Made<Self> {
        let s = settings(study, index);
        let mu = s.conductor.energy;
        let refuse = |what: String, help: &str| {
            let allowed = "allowed: energies at which some mode of the first lead conducts".to_owned();
            study.diagnostic(index, ENERGY, format!("`{ENERGY} = {mu}`: {what}"), allowed, help.to_owned())
        };
        let dressed = conductor.at(mu).map_err(|e| refuse(e.to_string(), ""))?;
        let modes = dressed.modes_of(0).zip(dressed.modes_of(1)).map(|(first, second)| [first, second]);
        if modes.is_some_and(|modes| modes.contains(&0)) {
            return Err(refuse(
                "no mode of the first or the second lead conducts".to_owned(),
                "move the energy into a band of the leads, or make them wider",
            ));
        }
        let Bias { voltage, kt } = s.bias.unwrap_or(Bias { voltage: 1.0, kt: 0.0 });
        let reservoir = |lead: usize| Reservoir { mu: mu + if lead == 0 { 0.5 } else { -0.5 } * voltage, kt };
        let reservoirs: Vec<Reservoir> = (0..s.shape.leads()).map(reservoir).collect();
        let kind = s.probes.as_ref().map(|(_, scattering)| match scattering {
            Scattering::Dephasing => ProbeKind::Dephasing,
            Scattering::Inelastic => ProbeKind::Inelastic { kt },
            Scattering::Hot => ProbeKind::Hot,
        });
        // electrons are nowhere hotter than in the middle of a wire that keeps its heat
        let hottest = match kind {
            Some(ProbeKind::Hot) => (kt * kt + 0.25 * voltage * voltage / SOMMERFELD).sqrt(),
            _ => kt,
        };
        let ends = [mu - 0.5 * voltage, mu + 0.5 * voltage];
        let window =
            kind.filter(|_| !s.one_energy).map(|_| Window::biased(conductor, ends, kt, hottest)).transpose();
        let plan = Plan::smatrix(conductor);
        let cost = cost(s, conductor, plan);
        let (length, width) = (s.conductor.length, s.conductor.width);
        let side = if length >= width { ("conductor.length", length) } else { ("conductor.width", width) };
        check_memory(study, index, side, &cost)?;
        Ok(Self {
            conductor,
            disorder: disorder(&s.disorder),
            dressed,
            bias: s.bias,
            reach: match s.bias {
                None => Reach::SmallVoltage,
                Some(_) if s.one_energy => Reach::OneEnergy,
                Some(_) => Reach::Window,
            },
            reservoirs: reservoirs.clone(),
            probes: kind.map(|kind| Setting { kind, reservoirs }),
            window: window.map_err(|e| refuse(e.to_string(), ""))?,
            theory: s.compare,
            modes,
            bins: s.bins,
            plan,
            cost,
        })
    }

    /// eV and kT; the unit of voltage at zero temperature in the limit of small voltage.
    pub(super) fn energies(&self) -> (f64, f64) {
        self.bias.map_or((1.0, 0.0), |bias| (bias.voltage, bias.kt))
    }

    /// The Fano factor that results are compared with.
    pub(super) fn fano(&self) -> Option<f64> {
        self.theory.fano(self.modes, self.conductor.is_time_reversal_symmetric())
    }

    /// Transmission eigenvalues expected in each bin, per conductance; NaN where nothing is.
    pub(super) fn eigenvalues(&self) -> Vec<f64> {
        let equal = self.modes.is_some_and(|[first, second]| first == second);
        let known = self.theory != Theory::Cavity || equal;
        let edge = |k: usize| k as f64 / self.bins as f64;
        let bin = |k: usize| self.theory.eigenvalues(edge(k), edge(k + 1), 1.0).filter(|_| known);
        (0..self.bins).map(|k| bin(k).unwrap_or(f64::NAN)).collect()
    }
}

/// Energies at which a window is resolved, as a rule.
const ENERGIES: f64 = 60.0;

/// What one sample costs.
fn cost(s: &Noise, conductor: &Conductor, plan: Plan) -> Cost {
    let energies = if s.one_energy { 1.0 } else { ENERGIES };
    let leads = s.shape.leads() as f64;
    let at =
        if s.one_energy { "at one energy".to_owned() } else { format!("at some {energies:.0} energies") };
    // with probes: columns of amplitudes between all terminals
    let operations = match &s.probes {
        None => plan.operations,
        Some(_) => {
            plan.operations
                + 60.0 * (conductor.terminals() as f64).powi(2) * (conductor.terminals() as f64).log2()
        }
    };
    Cost {
        operations: operations * energies,
        memory: plan.memory
            + if s.probes.is_some() { 32.0 * (conductor.terminals() as f64).powi(2) } else { 0.0 },
        stored: 8.0 * (leads * leads + leads + 3.0 + s.bins as f64),
        system: s.conductor.size(),
        method: plan.route.name().to_owned(),
        reason: format!("{}; S matrices {at}", plan.reason),
        shared: 1,
    }
}
