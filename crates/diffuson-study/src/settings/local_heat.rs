//! Settings of a study of kind `local-heat`: energies in t, lengths in a.

pub(crate) mod rules;

use diffuson::scattering::Precision;
use std::sync::Arc;

use super::probes::{self, ProbeSettings};
use super::{ConductorSettings, DisorderSettings, EnsembleSettings, LeadSettings, Missing};
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
                cells: probes::indices(view, "observables.cells").ok_or(Missing("observables.cells"))?,
            },
            ensemble: EnsembleSettings::new(view)?,
        })
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
