//! A conductor whose probes are to be solved for.

use super::MEASURES;
use super::route::Plan;
use super::state::ProbeState;
use crate::arguments::{self, finite, named, positive};
use crate::arrays::OneOrEach;
use crate::compute::compute;
use crate::conductor::{Conductor, Sites};
use crate::errors::{Raise, input};
use crate::whole::{Whole, whole};
use crate::window::Reach;
use diffuson::audit::Audit;
use diffuson::probes::{self, Accuracy, Drive, Measure};
use diffuson::scattering::{self, PRODUCTS, Question};
use diffuson::thermal::Window;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// A conductor with probes, some of its leads at given potentials: everything that :meth:`solve` needs. Made by :meth:`Conductor.probes`.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct ProbeProblem {
    /// The conductor with its probes.
    #[pyo3(get)]
    conductor: Conductor,
    /// The Fermi energy, in t.
    #[pyo3(get)]
    energy: f64,
    /// Temperature k_B T, in t; None to first Sommerfeld order.
    #[pyo3(get)]
    kt: Option<f64>,
    /// The bias, in t; None in linear response.
    #[pyo3(get)]
    bias: Option<f64>,
    /// How the transmissions are computed.
    #[pyo3(get)]
    plan: Plan,
    measure: Measure,
    drive: Drive,
    /// Leads and what they are driven at, in units of the bias.
    leads: Vec<(usize, f64)>,
}

/// The coupling of probes that were not asked for more closely: Gamma, in t.
const COUPLING: f64 = 0.1;

#[pymethods]
impl Conductor {
    /// The conductor with a probe on every site, a current between two of its leads: potentials, heats and temperatures of all sites, by ``solve()``.
    ///
    /// Probes are voltage probes, into which no particle current flows; joint probes take up no heat either, and so measure the local temperature as well.
    ///
    /// Parameters
    /// ----------
    /// energy
    ///     The Fermi energy, in t. To first Sommerfeld order keep some 0.02 t away from ``singular_energies``: heats diverge there.
    /// coupling
    ///     Level width Gamma of the probes in t, ``Sigma = -i Gamma / 2``: one number, or one for each of the sites. None: the probes the conductor has; if it has none, 0.1 t.
    ///     Of many samples give the conductor its probes once, by :meth:`with_probes`: what all samples share is then prepared once.
    /// sites
    ///     The sites that have probes: their numbers, or an array of booleans over all sites; all, if not given.
    /// measure
    ///     ``"voltage-and-temperature"`` solves for joint probes beside voltage probes; ``"voltage"`` spares that.
    /// kt
    ///     Temperature k_B T, in t. None: first order in (k_B T)^2 (Sommerfeld), valid for k_B T below about a tenth of Gamma, from T and dT/dE at one energy.
    /// bias
    ///     Bias in t, with ``kt``: any bias, by Fermi functions. None: linear response.
    /// source, drain
    ///     The leads at the high and at the low potential: 1 and 0 in linear response, ``energy + bias/2`` and ``energy - bias/2`` at finite bias. Other leads float as probes do.
    /// potentials
    ///     Instead of source and drain: ``{lead: V}``, in units of the bias; at finite bias a lead is at ``energy + bias V``.
    /// memory
    ///     GiB that transmissions and Green functions may take: slower routes that need less are taken where the fastest needs more.
    /// route
    ///     Asks for a route instead of the fastest: ``"recursive"`` or ``"sweep"`` (strips), ``"nested-dissection"``, ``"dense"``.
    #[pyo3(signature = (energy, coupling=None, *, sites=None, measure="voltage-and-temperature", kt=None, bias=None, source=0, drain=1, potentials=None, memory=2.0, route=None))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn probes(
        &self,
        energy: f64,
        coupling: Option<OneOrEach<'_>>,
        sites: Option<Sites<'_>>,
        measure: &str,
        kt: Option<f64>,
        bias: Option<f64>,
        #[pyo3(from_py_with = whole)] source: usize,
        #[pyo3(from_py_with = whole)] drain: usize,
        potentials: Option<BTreeMap<Whole, f64>>,
        memory: f64,
        route: Option<&str>,
    ) -> PyResult<ProbeProblem> {
        finite("energy", energy)?;
        check(kt, bias)?;
        let conductor = match coupling {
            Some(coupling) => self.with_probes(coupling, sites)?,
            None if self.inner.probes() == 0 => self.with_probes(OneOrEach::One(COUPLING), sites)?,
            None if sites.is_some() => {
                return Err(input("the conductor has probes: sites go with a coupling, which replaces them"));
            }
            None => self.clone(),
        };
        let measure = named("measure", measure, &MEASURES)?;
        let leads: Vec<(usize, f64)> = match (potentials, bias) {
            (Some(potentials), _) => potentials.into_iter().map(|(Whole(lead), v)| (lead, v)).collect(),
            (None, None) => vec![(source, 1.0), (drain, 0.0)],
            (None, Some(_)) => vec![(source, 0.5), (drain, -0.5)],
        };
        let mut driven = Vec::with_capacity(leads.len());
        for &(lead, v) in &leads {
            let terminal = conductor.inner.lead_terminal(conductor.checked_lead(lead)?);
            driven.push((terminal, bias.map_or(v, |bias| energy + bias * v)));
        }
        let drive = Drive::new(driven).map_err(Raise::raise)?;
        let mut energies = 1.0;
        if let Some(kt) = kt {
            let (low, high) = if bias.is_some() { drive.range() } else { (energy, energy) };
            energies = Reach { ends: [low, high], coldest: kt, hottest: hottest(kt, high - low) }
                .energies(&conductor.inner)?;
        }
        let question = Question::Potentials { products: PRODUCTS, energies, summed: bias.is_none() };
        let plan = Plan::new(&conductor.inner, question, route, memory)?;
        Ok(ProbeProblem { conductor, energy, kt, bias, plan, measure, drive, leads })
    }
}

/// Temperature and bias are numbers that make sense together.
fn check(kt: Option<f64>, bias: Option<f64>) -> PyResult<()> {
    kt.map(|kt| positive("kt", kt)).transpose()?;
    match bias {
        Some(bias) if !(bias.abs() > 0.0 && bias.is_finite()) => {
            Err(input(format!("bias is {bias}, but a finite number other than 0 is wanted, in t")))
        }
        Some(_) if kt.is_none() => Err(input("a bias takes a temperature: kt, in t")),
        _ => Ok(()),
    }
}

/// The hottest joint probe, in the middle of a uniform conductor: `(kT)^2 + 3 V^2/(2 pi)^2`.
fn hottest(kt: f64, bias: f64) -> f64 {
    (kt * kt + 3.0 * (bias / TAU).powi(2)).sqrt()
}

#[pymethods]
impl ProbeProblem {
    /// Solves for the potentials of all probes.
    ///
    /// ``tolerance`` is the largest particle current into a probe, relative to the current through the conductor.
    #[pyo3(signature = (*, tolerance=1e-13))]
    fn solve(&self, py: Python<'_>, tolerance: f64) -> PyResult<ProbeState> {
        let (conductor, onsite) = (self.conductor.inner.clone(), self.conductor.onsite.clone());
        let (energy, kt, bias) = (self.energy, self.kt, self.bias);
        let (route, measure, drive) = (self.plan.inner.route, self.measure, self.drive.clone());
        let accuracy = Accuracy { tolerance: arguments::tolerance(tolerance)?, guess: None };
        let (solved, density_of_states) = compute(py, move || {
            let (mut state, before, density_of_states) = match (kt, bias) {
                (None, _) => {
                    let dressed = conductor.at(energy).map_err(Raise::raise)?;
                    let solved = scattering::solve(&dressed, &onsite, route, true).map_err(Raise::raise)?;
                    let derivative = solved
                        .derivative
                        .as_deref()
                        .ok_or_else(|| crate::errors::bug("no derivative, which was asked for"))?;
                    let t = solved.exchange.as_ref();
                    let state =
                        probes::linear(t, derivative, &drive, measure, accuracy).map_err(Raise::raise)?;
                    (state, solved.audit, solved.density_of_states)
                }
                (Some(kt), None) => {
                    let window = Window::linear(&conductor, energy, kt).map_err(Raise::raise)?;
                    let onsager = window.onsager(&onsite, route).map_err(Raise::raise)?;
                    let state = probes::thermal(&onsager, &drive, measure, accuracy).map_err(Raise::raise)?;
                    (state, Audit::default(), onsager.density_of_states)
                }
                (Some(kt), Some(_)) => {
                    let (low, high) = drive.range();
                    let hottest = match measure {
                        Measure::Voltage => kt,
                        Measure::VoltageAndTemperature => hottest(kt, high - low),
                    };
                    let window =
                        Window::biased(&conductor, [low, high], kt, hottest).map_err(Raise::raise)?;
                    let spectrum = window.spectrum(&onsite, route).map_err(Raise::raise)?;
                    let state = probes::biased(&spectrum, &drive, measure, accuracy).map_err(Raise::raise)?;
                    let middle = spectrum.nearest(energy);
                    let density = middle.map_or_else(Vec::new, |point| point.density_of_states.clone());
                    (state, Audit::default(), density)
                }
            };
            state.audit.merge(&before);
            Ok::<_, PyErr>((state, density_of_states))
        })??;
        ProbeState::new(py, &self.conductor.inner, solved, density_of_states, self.between())
    }

    fn __repr__(&self) -> String {
        let driven: Vec<String> = self.leads.iter().map(|(lead, v)| format!("lead {lead} at {v}")).collect();
        let regime = match (self.kt, self.bias) {
            (None, _) => "first Sommerfeld order".to_owned(),
            (Some(kt), None) => format!("linear response at k_B T = {kt} t"),
            (Some(kt), Some(bias)) => format!("bias {bias} t at k_B T = {kt} t"),
        };
        format!(
            "ProbeProblem(E = {} t, {} probes, {}; {regime})",
            self.energy,
            self.conductor.inner.probes(),
            driven.join(", ")
        )
    }
}

impl ProbeProblem {
    /// Of two driven leads the one at the higher potential, and by how much it is higher.
    fn between(&self) -> Option<(usize, f64)> {
        let [(a, low), (b, high)] = self.drive.potentials() else { return None };
        Some(if high > low { (*b, high - low) } else { (*a, low - high) })
    }
}
