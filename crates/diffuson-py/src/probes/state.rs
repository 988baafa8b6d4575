//! What probes measure, over the sites of the conductor.

use crate::arrays::vector;
use crate::audit::Audit;
use diffuson::conductor::Conductor;
use diffuson::probes;
use numpy::PyArray1;
use pyo3::prelude::*;
use std::sync::Arc;

/// Where terminals are.
struct Places {
    sites: usize,
    /// Site of each probe.
    probes: Vec<usize>,
}

type Field<'py> = Bound<'py, PyArray1<f64>>;

impl Places {
    /// Values of the probes at their sites, NaN at others.
    fn sites<'py>(&self, py: Python<'py>, of_terminals: &[f64]) -> Field<'py> {
        let mut field = vec![f64::NAN; self.sites];
        self.probes.iter().zip(of_terminals).for_each(|(&site, value)| field[site] = *value);
        vector(py, field)
    }

    /// Values of the leads.
    fn leads<'py>(&self, py: Python<'py>, of_terminals: &[f64]) -> Field<'py> {
        vector(py, of_terminals.get(self.probes.len()..).unwrap_or_default().to_vec())
    }
}

/// Potentials, heats and temperatures of all probes: arrays over the sites of the conductor, NaN where a site has no probe (or its probe exchanges electrons with no other terminal). Names
/// that begin with ``lead_`` are arrays over the leads. Currents and heats are positive into the terminal: heat the metal gives off at that place.
///
/// In linear response potentials are in units of the bias, at finite bias in t. Fields are those of voltage probes at the common temperature; only ``temperature`` is that of joint probes,
/// of which ``joint`` has all fields.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct ProbeState {
    state: probes::ProbeState,
    joint: Option<Py<JointState>>,
    density_of_states: Vec<f64>,
    conductance: f64,
    places: Arc<Places>,
}

/// Joint voltage and temperature probes, into which neither particles nor heat flow; leads at given potentials keep the common temperature. Arrays as of :class:`ProbeState`.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct JointState {
    state: probes::JointState,
    places: Arc<Places>,
}

impl ProbeState {
    pub(super) fn new(
        py: Python<'_>,
        conductor: &Conductor,
        mut state: probes::ProbeState,
        density_of_states: Vec<f64>,
        between: Option<(usize, f64)>,
    ) -> PyResult<Self> {
        let places = Arc::new(Places { sites: conductor.sites(), probes: conductor.probe_sites().collect() });
        let conductance = between.map_or(f64::NAN, |(source, bias)| state.conductance(source, bias));
        let joint = state.joint.take();
        let joint = joint.map(|joint| Py::new(py, JointState { state: joint, places: places.clone() }));
        Ok(Self { state, joint: joint.transpose()?, density_of_states, conductance, places })
    }

    fn not_computed(&self) -> Vec<f64> {
        vec![f64::NAN; self.state.potential.len()]
    }

    fn temperatures<'s>(&'s self, nothing: &'s [f64]) -> &'s [f64] {
        self.joint.as_ref().map_or(nothing, |joint| &joint.get().state.temperature)
    }
}

#[pymethods]
impl ProbeState {
    /// Electrochemical potentials: in units of the bias, at finite bias in t.
    #[getter]
    fn potential<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, &self.state.potential)
    }

    /// Particle currents into the probes, zero but for the tolerance: in bias/h, at finite bias in t/h.
    #[getter]
    fn current<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, &self.state.current)
    }

    /// Heat given off. Linear response: the reduced Peltier heat ``q_a = sum_b T'_ab (mu_b - mu_a)`` in bias/t, the heat current being ``(pi^2 (k_B T)^2 / 3h) q_a``. Finite bias: h J^Q_a, in t^2, Joule heat
    /// included.
    #[getter]
    fn heat<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, &self.state.heat)
    }

    /// The same as ``heat``: to first order in the bias it is Peltier heat.
    #[getter]
    fn peltier<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.heat(py)
    }

    /// Joule heat ``(1/2) sum_b T_ab (mu_b - mu_a)^2``, in bias^2/h; NaN at finite bias, where ``heat`` contains it.
    #[getter]
    fn joule<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, self.state.joule.as_deref().unwrap_or(&self.not_computed()))
    }

    /// Local temperatures, of joint probes; NaN if they were not measured. Linear response: relative rise ``dT_a/T`` in bias/t. Finite bias: k_B T_a, in t.
    #[getter]
    fn temperature<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, self.temperatures(&self.not_computed()))
    }

    /// Potentials of the leads, as ``potential``.
    #[getter]
    fn lead_potential<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, &self.state.potential)
    }

    /// Particle currents into the leads, as ``current``.
    #[getter]
    fn lead_current<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, &self.state.current)
    }

    /// Heat into the leads, as ``heat``.
    #[getter]
    fn lead_heat<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, &self.state.heat)
    }

    /// Joule heat in the leads, as ``joule``.
    #[getter]
    fn lead_joule<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, self.state.joule.as_deref().unwrap_or(&self.not_computed()))
    }

    /// Temperatures of the leads, as ``temperature``.
    #[getter]
    fn lead_temperature<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, self.temperatures(&self.not_computed()))
    }

    /// Conductance between the two leads at given potentials, in e^2/h per spin, inelastic scattering included; NaN if there are more of them.
    #[getter]
    fn conductance(&self) -> f64 {
        self.conductance
    }

    /// Local density of states ``A_ii / 2 pi`` per spin of each site, in 1/t: at the Fermi energy, averaged over the thermal window in linear response at a temperature.
    #[getter]
    fn density_of_states<'py>(&self, py: Python<'py>) -> Field<'py> {
        vector(py, self.density_of_states.clone())
    }

    /// All fields of joint voltage and temperature probes; None if temperatures were not measured.
    #[getter]
    fn joint(&self, py: Python<'_>) -> Option<Py<JointState>> {
        self.joint.as_ref().map(|joint| joint.clone_ref(py))
    }

    /// Products with the transmission matrix that were needed.
    #[getter]
    fn products(&self) -> usize {
        self.state.products
    }

    /// Currents and heats into probes, charge, heat, energy, maximum principle, and the laws of the transmissions.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.state.audit).into()
    }

    fn __repr__(&self) -> String {
        let probes = self.places.probes.len();
        format!("ProbeState({probes} probes, conductance {:.6} e^2/h)", self.conductance)
    }
}

#[pymethods]
impl JointState {
    /// Electrochemical potentials, as of :class:`ProbeState`.
    #[getter]
    fn potential<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, &self.state.potential)
    }

    /// Local temperatures: relative rise ``dT_a/T`` in bias/t, at finite bias k_B T_a in t.
    #[getter]
    fn temperature<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, &self.state.temperature)
    }

    /// Particle currents into the probes, zero but for the tolerance.
    #[getter]
    fn current<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, &self.state.current)
    }

    /// Heat into the probes, zero but for the tolerance; units as of :class:`ProbeState`.
    #[getter]
    fn heat<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.sites(py, &self.state.heat)
    }

    /// Potentials of the leads.
    #[getter]
    fn lead_potential<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, &self.state.potential)
    }

    /// Temperatures of the leads.
    #[getter]
    fn lead_temperature<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, &self.state.temperature)
    }

    /// Particle currents into the leads.
    #[getter]
    fn lead_current<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, &self.state.current)
    }

    /// Heat into the leads.
    #[getter]
    fn lead_heat<'py>(&self, py: Python<'py>) -> Field<'py> {
        self.places.leads(py, &self.state.heat)
    }

    fn __repr__(&self) -> String {
        format!("JointState({} probes)", self.places.probes.len())
    }
}
