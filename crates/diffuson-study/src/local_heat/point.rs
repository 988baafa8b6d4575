//! A point of the sweep made ready for its samples.

use crate::settings::Settings;
use crate::settings::local_heat::{LocalHeat, Route as RouteSetting};
use crate::strip::{Strip, disorder, leads, measure, of_all_points};
use crate::study::Study;
use crate::task::{Cost, Made, check_memory};
use diffuson::conductor::{Conductor, Dressed};
use diffuson::disorder::Disorder;
use diffuson::lattice::Lattice;
use diffuson::leads::LeadError;
use diffuson::probes::{Drive, Measure};
use diffuson::scattering::{PRODUCTS, Plan, Precision, Question, Reason, Route};
use diffuson::thermal::Window;

/// Energies closer than this (in t) to the threshold of a lead mode are refused: derivatives diverge there as an inverse square root.
const THRESHOLD_DISTANCE: f64 = 0.02;

/// Bytes that stored transmissions may take before the automatic route changes to sweeps. Not the memory of the machine: the choice
/// must be the same everywhere.
const STORED_TRANSMISSIONS: f64 = 2.0 * 1024.0 * 1024.0 * 1024.0;

/// A point with everything its samples share.
pub(super) struct Point<'c> {
    pub(super) lattice: &'c Lattice,
    pub(super) conductor: &'c Conductor,
    pub(super) regime: Regime<'c>,
    pub(super) disorder: Disorder,
    pub(super) plan: Plan,
    pub(super) measure: Measure,
    pub(super) tolerance: f64,
    pub(super) drive: Drive,
    /// A straight line between the leads, one value per terminal: where the probe equations start.
    pub(super) guess: Vec<f64>,
    /// The potential of unit gradient, falling along the current, one value per terminal.
    pub(super) unit_line: Vec<f64>,
    /// Mean level width of the probes, in t.
    pub(super) coupling: f64,
    pub(super) cells: Vec<usize>,
    /// Side of the averaging boxes, and margin at the leads, in L_in.
    pub(super) averaging_box: f64,
    pub(super) margin: f64,
}

/// The order of the theory.
pub(super) enum Regime<'c> {
    /// First order in bias, first Sommerfeld order.
    Sommerfeld(Box<Dressed<'c>>),
    /// First order in bias, any temperature.
    Thermal(Window<'c>),
    /// Any bias (in t), any temperature.
    Biased(Window<'c>, f64),
}

/// The conductors of all points.
pub(crate) fn conductors(study: &Study) -> Made<Vec<Strip>> {
    let strip = |point: usize| {
        let s = settings(study, point);
        Strip::new(study, point, (&s.conductor, s.leads, Some(&s.probes)))
    };
    of_all_points(study, |point| &settings(study, point).conductor, strip)
}

pub(super) fn settings(study: &Study, point: usize) -> &LocalHeat {
    match &study.points()[point].settings {
        Settings::LocalHeat(settings) => settings,
        other => unreachable!("a local-heat study with settings {other:?}"),
    }
}

impl<'c> Point<'c> {
    pub(super) fn new(study: &Study, index: usize, strip: &'c Strip) -> Made<Self> {
        let Strip { lattice, conductor } = strip;
        let s = settings(study, index);
        let energy = s.conductor.energy;
        let (left, right) = leads(conductor);
        let plan = plan(s, conductor);
        let (length, width) = (s.conductor.length, s.conductor.width);
        let side = if length >= width { ("conductor.length", length) } else { ("conductor.width", width) };
        let cost = cost(s, conductor, plan, energies(s));
        check_memory(study, index, side, &cost)?;

        let lead_failed = |e: LeadError| threshold_refused(study, index, energy, &format!("{e}"), None);
        let regime = match (s.temperature, s.voltage) {
            (None, _) => {
                check_threshold(study, index, conductor, energy)?;
                Regime::Sommerfeld(Box::new(conductor.at(energy).map_err(lead_failed)?))
            }
            (Some(kt), None) => Regime::Thermal(
                Window::linear(conductor, energy, kt).map_err(lead_failed)?.in_precision(plan.precision),
            ),
            (Some(kt), Some(bias)) => {
                let range = [energy - 0.5 * bias, energy + 0.5 * bias];
                // the hottest joint probe in the middle of a uniform conductor: (kT)^2 + 3 V^2/(2 pi)^2
                let hottest = if s.probes.measure_temperature {
                    (kt * kt + 3.0 * (bias / std::f64::consts::TAU).powi(2)).sqrt()
                } else {
                    kt
                };
                let window = Window::biased(conductor, range, kt, hottest).map_err(lead_failed)?;
                Regime::Biased(window.in_precision(plan.precision), bias)
            }
        };
        let (low, high) = match regime {
            Regime::Biased(_, bias) => (energy - 0.5 * bias, energy + 0.5 * bias),
            _ => (0.0, 1.0),
        };
        let drive = Drive::new(vec![(left, high), (right, low)]).map_err(|e| {
            study.diagnostic(
                index,
                "bias.voltage",
                format!("`bias.voltage`: {e}"),
                String::new(),
                String::new(),
            )
        })?;
        let (n, slices) = (lattice.slice_sites(), lattice.slices());
        let step = lattice.spacing()[0];
        // leads sit one slice beyond the ends
        let mut place = vec![0.0; conductor.terminals()];
        conductor.probe_sites().enumerate().for_each(|(t, site)| place[t] = (site / n) as f64);
        (place[left], place[right]) = (-1.0, slices as f64);
        let guess = place.iter().map(|x| high + (low - high) * (x + 1.0) / (slices as f64 + 1.0)).collect();
        let unit_line = place.iter().map(|x| -x * step).collect();
        let widths: Vec<f64> = {
            let dressed = conductor.at(energy).ok();
            dressed.map_or_else(Vec::new, |d| d.probe_widths())
        };
        Ok(Self {
            lattice,
            conductor,
            regime,
            disorder: disorder(&s.disorder),
            plan,
            measure: measure(&s.probes),
            tolerance: s.solver.tolerance,
            drive,
            guess,
            unit_line,
            coupling: widths.iter().sum::<f64>() / widths.len().max(1) as f64,
            cells: s.observables.cells.to_vec(),
            averaging_box: s.observables.averaging_box,
            margin: s.observables.margin,
        })
    }
}

/// The route asked for, or the fastest.
fn plan(s: &LocalHeat, conductor: &Conductor) -> Plan {
    let question = question(s, energies(s));
    if s.solver.precision == Precision::Single {
        let plan = Plan::in_single(conductor, question).expect("strips are solved in single precision");
        let asked = s.solver.route == RouteSetting::Recursive;
        return Plan { reason: if asked { Reason::Forced } else { Reason::Only }, ..plan };
    }
    let route = match s.solver.route {
        RouteSetting::Auto if s.observables.cells.is_empty() => {
            let sites = conductor.sites() as f64;
            // T and T'; with time-reversal symmetry they take half of that
            let fits = 16.0 * sites * sites <= STORED_TRANSMISSIONS;
            let memory = if fits { f64::INFINITY } else { 0.5 * STORED_TRANSMISSIONS };
            return Plan::fastest(conductor, question, memory);
        }
        // the cells of Eq. 8 need single transmissions
        RouteSetting::Auto => {
            let transmissions = Question::Transmissions { derivatives: true };
            return Plan::fastest(conductor, transmissions, f64::INFINITY);
        }
        RouteSetting::Recursive => Route::Recursive,
        RouteSetting::Sweep => Route::Sweep,
        RouteSetting::NestedDissection => Route::NestedDissection,
        RouteSetting::Dense => Route::Dense,
    };
    Plan::forced(conductor, question, route).expect("every route answers for a strip")
}

/// What one sample asks of its conductor.
fn question(s: &LocalHeat, energies: f64) -> Question {
    // at finite bias every energy has its own occupation
    Question::Potentials { products: PRODUCTS, energies, summed: s.voltage.is_none() }
}

/// Number of energies of a regime, roughly: what the cost is reckoned with.
fn energies(s: &LocalHeat) -> f64 {
    match (s.temperature, s.voltage) {
        (None, _) => 1.0,
        (Some(kt), voltage) => (76.0 + voltage.unwrap_or(0.0) / kt) / 0.5,
    }
}

/// What one sample costs on the planned route, with as many energies as it takes.
pub(super) fn cost(s: &LocalHeat, conductor: &Conductor, plan: Plan, energies: f64) -> Cost {
    let question = question(s, energies);
    let exact = match plan.precision {
        Precision::Single => Plan::in_single(conductor, question),
        Precision::Double => Plan::forced(conductor, question, plan.route),
    };
    let exact = exact.unwrap_or(plan);
    Cost {
        operations: exact.operations,
        memory: exact.memory,
        stored: 8.0 * conductor.sites() as f64 * 5.0,
        system: s.conductor.size(),
        method: match plan.precision {
            Precision::Double => plan.route.name().to_owned(),
            single => format!("{}, {} precision", plan.route.name(), single.name()),
        },
        reason: plan.reason.to_string(),
        shared: 1,
    }
}

fn check_threshold(study: &Study, point: usize, conductor: &Conductor, energy: f64) -> Made<()> {
    let near = conductor.singular_energies(energy - THRESHOLD_DISTANCE, energy + THRESHOLD_DISTANCE);
    match near {
        Err(e) => Err(threshold_refused(study, point, energy, &e.to_string(), None)),
        Ok(found) => match found.into_iter().min_by(|a, b| (a - energy).abs().total_cmp(&(b - energy).abs()))
        {
            Some(threshold) if (threshold - energy).abs() < THRESHOLD_DISTANCE => {
                let what = format!("a lead mode opens at {threshold:.6} t; heats diverge there");
                Err(threshold_refused(study, point, energy, &what, Some(threshold)))
            }
            _ => Ok(()),
        },
    }
}

fn threshold_refused(
    study: &Study,
    point: usize,
    energy: f64,
    what: &str,
    threshold: Option<f64>,
) -> crate::Diagnostic {
    let centre = threshold.unwrap_or(energy);
    let (below, above) = (centre - 1.5 * THRESHOLD_DISTANCE, centre + 1.5 * THRESHOLD_DISTANCE);
    study.diagnostic(
        point,
        "conductor.energy",
        format!("`conductor.energy = {energy}` sits on a mode threshold of the leads"),
        what.to_owned(),
        format!(
            "keep {THRESHOLD_DISTANCE} t away: try {below:.3} or {above:.3}; or give temperature.kT, which averages over the threshold"
        ),
    )
}

impl Point<'_> {
    /// Number of energies at which one sample is solved.
    pub(super) fn energies(&self) -> f64 {
        match &self.regime {
            Regime::Sommerfeld(_) => 1.0,
            Regime::Thermal(window) | Regime::Biased(window, _) => window.quadrature().energies.len() as f64,
        }
    }
}
