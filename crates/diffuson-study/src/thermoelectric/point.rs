//! A point of the sweep made ready for its samples.

use super::functions::Family;
use crate::settings::{Settings, Thermoelectric};
use crate::strip::{Strip, disorder, measure, of_all_points};
use crate::study::Study;
use crate::task::{Cost, Made, check_memory};
use diffuson::conductor::Conductor;
use diffuson::disorder::Disorder;
use diffuson::leads::{End, LeadError};
use diffuson::probes::Measure;
use diffuson::scattering::{PRODUCTS, Plan, Question};
use diffuson::thermal::{Reservoir, TransmissionFunction, Window};

/// A point with everything its samples share.
pub(super) struct Point<'c> {
    pub(super) conductor: &'c Conductor,
    pub(super) disorder: Disorder,
    pub(super) mu: f64,
    /// Thermal energies kT, ascending, in t.
    pub(super) temperatures: Vec<f64>,
    pub(super) regime: Regime<'c>,
    pub(super) plan: Plan,
    pub(super) cost: Cost,
}

/// With or without inelastic scattering.
pub(super) enum Regime<'c> {
    /// Without: the transmission of this family.
    Coherent(usize),
    /// With probes that measure this: a window for each temperature.
    Probed(Vec<Window<'c>>, Measure),
}

/// The conductors of all points.
pub(crate) fn conductors(study: &Study) -> Made<Vec<Strip>> {
    let strip = |point: usize| {
        let s = settings(study, point);
        Strip::new(study, point, (&s.conductor, s.leads, s.probes.as_ref()))
    };
    of_all_points(study, |point| &settings(study, point).conductor, strip)
}

pub(super) fn settings(study: &Study, point: usize) -> &Thermoelectric {
    match &study.points()[point].settings {
        Settings::Thermoelectric(settings) => settings,
        other => unreachable!("a thermoelectric study with settings {other:?}"),
    }
}

impl<'c> Point<'c> {
    pub(super) fn new(study: &Study, index: usize, strip: &'c Strip, families: &[Family]) -> Made<Self> {
        let conductor = &strip.conductor;
        let s = settings(study, index);
        let mu = s.conductor.energy;
        let refuse =
            |e: LeadError| refuse(study, index, format!("`{ENERGY} = {mu}`: {e}"), "not possible", "");
        if is_closed(conductor, s).map_err(refuse)? {
            return Err(self::refuse(
                study,
                index,
                format!(
                    "`{ENERGY} = {mu}`: no mode of the leads conducts within 36 kT, at kT = {} t",
                    s.temperatures[0]
                ),
                "allowed: energies at which some mode conducts",
                "without conductance there is no thermopower: move the energy into a band of the leads, or raise temperature.from",
            ));
        }
        let family = families.iter().position(|f| f.points.contains(&index));
        let (regime, plan, cost) = match (&s.probes, family) {
            (Some(probes), _) => {
                let window = |kt: &f64| Window::linear(conductor, mu, *kt).map_err(refuse);
                let windows = s.temperatures.iter().map(window).collect::<Result<Vec<_>, _>>()?;
                let (plan, cost) = probed(s, conductor, &windows);
                (Regime::Probed(windows, measure(probes)), plan, cost)
            }
            (None, family) => {
                let family =
                    family.unwrap_or_else(|| unreachable!("every point without probes has a family"));
                let plan = Plan::smatrix(conductor);
                (Regime::Coherent(family), plan, coherent(s, plan, &families[family]))
            }
        };
        let (length, width) = (s.conductor.length, s.conductor.width);
        let side = if length >= width { ("conductor.length", length) } else { ("conductor.width", width) };
        check_memory(study, index, side, &cost)?;
        Ok(Self {
            conductor,
            disorder: disorder(&s.disorder),
            mu,
            temperatures: s.temperatures.clone(),
            regime,
            plan,
            cost,
        })
    }
}

const ENERGY: &str = "conductor.energy";

fn refuse(study: &Study, index: usize, what: String, allowed: &str, help: &str) -> crate::Diagnostic {
    study.diagnostic(index, ENERGY, what, allowed.to_owned(), help.to_owned())
}

/// Whether the leads have no mode anywhere in the window of the lowest temperature: then there is no conductance, and no thermopower.
fn is_closed(conductor: &Conductor, s: &Thermoelectric) -> Result<bool, LeadError> {
    let mu = s.conductor.energy;
    let [low, high] = TransmissionFunction::range_for(&[Reservoir { mu, kt: s.temperatures[0] }]);
    let opens = conductor.singular_energies(low, high)?;
    Ok(opens.is_empty() && conductor.at(mu)?.open_modes(End::Left) == Some(0))
}

/// Bytes stored of a sample at one temperature.
const STORED: f64 = 7.0 * 8.0;

/// What one sample costs without probes.
fn coherent(s: &Thermoelectric, plan: Plan, family: &Family) -> Cost {
    let evaluations = family.evaluations();
    let shared = family.points.len();
    Cost {
        operations: plan.operations * evaluations / shared as f64,
        memory: plan.memory,
        stored: STORED * s.temperatures.len() as f64,
        system: s.conductor.size(),
        method: plan.route.name().to_owned(),
        reason: format!(
            "{}; S matrices at some {evaluations:.0} energies{}",
            plan.reason,
            if shared > 1 { format!(", shared by {shared} points") } else { String::new() }
        ),
        shared,
    }
}

/// The route and cost of one sample with probes: all transmissions at the energies of every temperature.
fn probed(s: &Thermoelectric, conductor: &Conductor, windows: &[Window<'_>]) -> (Plan, Cost) {
    let energies = |w: &Window<'_>| w.quadrature().energies.len() as f64;
    let question = |energies| Question::Potentials { products: PRODUCTS, energies, summed: true };
    let all: f64 = windows.iter().map(energies).sum();
    let plan = Plan::fastest(conductor, question(all / windows.len() as f64), f64::INFINITY);
    let of = |w: &Window<'_>| {
        Plan::forced(conductor, question(energies(w)), plan.route).unwrap_or(plan).operations
    };
    let cost = Cost {
        operations: windows.iter().map(of).sum(),
        memory: plan.memory,
        stored: STORED * s.temperatures.len() as f64,
        system: s.conductor.size(),
        method: plan.route.name().to_owned(),
        reason: format!("{}; all transmissions at {all:.0} energies", plan.reason),
        shared: 1,
    };
    (plan, cost)
}
