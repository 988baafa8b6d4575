//! Settings of a study of kind `local-heat`: energies in t, lengths in a.

pub(crate) mod rules;

use diffuson::scattering::Precision;
use std::sync::Arc;

use super::{ConductorSettings, DisorderSettings, EnsembleSettings, LeadSettings, Missing};
use crate::parse::Value;
use crate::study::View;

/// All settings of one point of a `local-heat` study.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalHeat {
    /// The clean conductor.
    pub conductor: ConductorSettings,
    /// On-site energies.
    pub disorder: DisorderSettings,
    /// The real leads.
    pub leads: LeadSettings,
    /// The fictitious leads.
    pub probes: ProbeSettings,
    /// Thermal energy kT in t; `None` for the first order of the Sommerfeld expansion.
    pub temperature: Option<f64>,
    /// Voltage between the leads as an energy in t; `None` for linear response.
    pub voltage: Option<f64>,
    /// How the equations are solved.
    pub solver: SolverSettings,
    /// What is averaged and stored.
    pub observables: ObservableSettings,
    /// The disorder average; the same at all points.
    pub ensemble: EnsembleSettings,
}

/// The fictitious leads.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeSettings {
    /// Their model and strength.
    pub model: ProbeModel,
    /// Sites that carry one, as indices in site order; `None` for all.
    pub sites: Option<Arc<[usize]>>,
    /// Whether probes adjust their temperature too, so that they take up no heat.
    pub measure_temperature: bool,
}

/// The model of a probe.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeModel {
    /// A level width that does not depend on energy.
    WideBand {
        /// Level width Gamma_in in t.
        coupling: PerSite,
    },
    /// A semi-infinite chain.
    Chain {
        /// Hopping v from the site to its chain, in t.
        amplitude: PerSite,
        /// Hopping t_c along the chain, in t.
        hopping: f64,
        /// Centre e_c of the band of the chain, in t.
        centre: f64,
    },
}

/// A strength per site.
#[derive(Clone, Debug, PartialEq)]
pub enum PerSite {
    /// The same on every site.
    Uniform(f64),
    /// One for every site of the conductor, in site order.
    Each(Arc<[f64]>),
}

/// How the equations are solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolverSettings {
    /// From Green functions to heats.
    pub route: Route,
    /// Precision of transmissions.
    pub precision: Precision,
    /// Relative residual at which an iteration stops.
    pub tolerance: f64,
}

/// Routes from Green functions to heats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The cheapest that can answer.
    Auto,
    /// Block recursion, all transmissions.
    Recursive,
    /// Matrix-free conjugate gradients.
    Sweep,
    /// Sparse factorisation, all transmissions.
    NestedDissection,
    /// Full inverse.
    Dense,
}

/// What is averaged and stored.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservableSettings {
    /// Side of the averaging boxes in L_in.
    pub averaging_box: f64,
    /// Distance from the leads that averages leave out, in L_in.
    pub margin: f64,
    /// Sides of the cells of the transmission correlations, in sites.
    pub cells: Arc<[usize]>,
}

impl PerSite {
    /// The strength on a site; zero beyond the list.
    pub fn at(&self, site: usize) -> f64 {
        match self {
            Self::Uniform(value) => *value,
            Self::Each(list) => list.get(site).copied().unwrap_or(0.0),
        }
    }
}

impl ProbeModel {
    /// The strength: coupling or amplitude.
    pub fn strength(&self) -> &PerSite {
        match self {
            Self::WideBand { coupling: strength } | Self::Chain { amplitude: strength, .. } => strength,
        }
    }
}

/// Each part reads its keys.
impl LocalHeat {
    pub(crate) fn new(view: &View<'_>) -> Result<Self, Missing> {
        let conductor = ConductorSettings::new(view)?;
        Ok(Self {
            probes: ProbeSettings::new(view, conductor.energy)?,
            conductor,
            disorder: DisorderSettings::new(view)?,
            leads: LeadSettings::new(view)?,
            temperature: view.number_if_any("temperature.kT"),
            voltage: view.number_if_any("bias.voltage"),
            solver: SolverSettings::new(view)?,
            observables: ObservableSettings {
                averaging_box: view.number("observables.box")?,
                margin: view.number("observables.margin")?,
                cells: indices(view, "observables.cells").ok_or(Missing("observables.cells"))?,
            },
            ensemble: EnsembleSettings::new(view)?,
        })
    }
}

impl ProbeSettings {
    fn new(view: &View<'_>, energy: f64) -> Result<Self, Missing> {
        let per_site = |path| match view.get(path) {
            Some(Value::Number(x)) => Ok(PerSite::Uniform(*x)),
            Some(Value::Numbers(list)) => Ok(PerSite::Each(list.clone())),
            _ => Err(Missing(path)),
        };
        let model = match view.word("probes.kind")? {
            "chain" => ProbeModel::Chain {
                amplitude: per_site("probes.amplitude")?,
                hopping: view.number("probes.hopping")?,
                // the only other value is the word "energy"
                centre: view.number_if_any("probes.centre").unwrap_or(energy),
            },
            _ => ProbeModel::WideBand { coupling: per_site("probes.coupling")? },
        };
        let measure_temperature = view.lists("probes.measure", "temperature");
        Ok(Self { model, sites: indices(view, "probes.sites"), measure_temperature })
    }
}

impl SolverSettings {
    fn new(view: &View<'_>) -> Result<Self, Missing> {
        let route = match view.word("solver.route")? {
            "recursive" => Route::Recursive,
            "sweep" => Route::Sweep,
            "nested-dissection" => Route::NestedDissection,
            "dense" => Route::Dense,
            _ => Route::Auto,
        };
        // no other route knows single precision
        let precision = match view.word("solver.precision") {
            Ok("single") => Precision::Single,
            _ => Precision::Double,
        };
        Ok(Self { route, precision, tolerance: view.number("solver.tolerance")? })
    }
}

/// A list of integers whose range begins at zero or above.
fn indices(view: &View<'_>, path: &str) -> Option<Arc<[usize]>> {
    match view.get(path) {
        Some(Value::Integers(list)) => list.iter().map(|&i| usize::try_from(i).ok()).collect(),
        _ => None,
    }
}
