//! Noise of conductors with floating terminals: probes that break the phase, or also relax energy.

use super::coherent::{SpectralNoise, square};
use super::pairs;
use crate::arguments::{named, not_negative};
use crate::arrays::{Reals, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input, numerical};
use crate::scattering::SMatrix;
use crate::thermal::Reservoirs;
use crate::window::Reach;
use diffuson::noise::amplitudes::Amplitudes;
use diffuson::noise::probes::{self, ProbeKind, ProbeNoiseError};
use diffuson::probes::ProbeError;
use diffuson::thermal::{Reservoir, Window};
use diffuson::units::SOMMERFELD;
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Setting>()?;
    m.add_class::<ProbeNoise>()
}

impl Raise for ProbeNoiseError {
    fn raise(self) -> PyErr {
        match self {
            Self::Solve(error) => error.raise(),
            Self::Probes(ProbeError::BadDrive) => input(self),
            Self::Probes(_) => numerical(self),
            Self::Driven { .. } | Self::Reservoirs { .. } | Self::Reservoir { .. } | Self::Occupation(_) => {
                input(self)
            }
        }
    }
}

/// What is asked of a conductor with probes: what they do to electrons, and the reservoirs ``(mu, kt)`` at its driven terminals.
///
/// ``kind`` is ``"dephasing"`` (electrons come back at the same energy, without memory of their phase), ``"inelastic"`` (in equilibrium with a bath of temperature ``bath``, by
/// default that of the reservoirs) or ``"hot"`` (in equilibrium with each other: their energy stays with the electrons; a voltage and temperature probe).
#[pyclass(frozen, module = "diffuson.noise")]
#[derive(Clone)]
pub(crate) struct Setting {
    inner: probes::Setting,
}

const KINDS: [(&str, ProbeKind); 3] = [
    ("dephasing", ProbeKind::Dephasing),
    // the bath is given apart
    ("inelastic", ProbeKind::Inelastic { kt: f64::NAN }),
    ("hot", ProbeKind::Hot),
];

impl Setting {
    fn of(given: Reservoirs, kind: &str, bath: Option<f64>) -> PyResult<Self> {
        let reservoirs = given.all();
        let kind = match (named("kind", kind, &KINDS)?, bath) {
            (ProbeKind::Inelastic { .. }, bath) => ProbeKind::Inelastic { kt: bath_of(&reservoirs, bath)? },
            (_, Some(_)) => return Err(input("a bath is that of inelastic probes")),
            (kind, None) => kind,
        };
        Ok(Self { inner: probes::Setting { kind, reservoirs } })
    }
}

/// Temperature of the bath of inelastic probes: that of the reservoirs, if nothing else is said.
fn bath_of(reservoirs: &[Reservoir], bath: Option<f64>) -> PyResult<f64> {
    match (bath, reservoirs) {
        (Some(kt), _) => not_negative("bath", kt),
        (None, [first, others @ ..]) if others.iter().all(|r| r.kt == first.kt) => Ok(first.kt),
        _ => Err(input("reservoirs of different temperatures: give that of the bath")),
    }
}

#[pymethods]
impl Setting {
    #[new]
    #[pyo3(signature = (reservoirs, kind="dephasing", *, bath=None))]
    fn new(reservoirs: Reservoirs, kind: &str, bath: Option<f64>) -> PyResult<Self> {
        Self::of(reservoirs, kind, bath)
    }

    /// The reservoirs at the driven terminals: pairs ``(mu, kt)``, in t.
    #[getter]
    fn reservoirs(&self) -> Vec<(f64, f64)> {
        pairs(&self.inner.reservoirs)
    }

    /// ``"dephasing"``, ``"inelastic"`` or ``"hot"``.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.inner.kind {
            ProbeKind::Dephasing => "dephasing",
            ProbeKind::Inelastic { .. } => "inelastic",
            ProbeKind::Hot => "hot",
        }
    }

    /// Temperature k_B T of the bath of inelastic probes, in t.
    #[getter]
    fn bath(&self) -> Option<f64> {
        match self.inner.kind {
            ProbeKind::Inelastic { kt } => Some(kt),
            _ => None,
        }
    }

    fn __repr__(&self) -> String {
        format!("Setting({:?}, {:?})", self.reservoirs(), self.kind())
    }
}

/// Mean currents into the driven terminals, their correlators at low frequency, and the state of all terminals.
///
/// Cross-correlations are not negative as a rule where probes relax energy.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct ProbeNoise {
    inner: probes::ProbeNoise,
}

#[pymethods]
impl ProbeNoise {
    /// The driven terminals: those of currents and correlators, in their order.
    #[getter]
    fn driven(&self) -> Vec<usize> {
        self.inner.driven.clone()
    }

    /// Mean particle currents into the driven terminals, in t/h.
    #[getter]
    fn current<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.current.clone())
    }

    /// One-sided correlators of these currents: an array (driven, driven), in (e^2/h) t per spin.
    #[getter]
    fn correlator<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        square(py, self.inner.driven.len(), &self.inner.correlator)
    }

    /// Electrochemical potentials of all terminals, in t; of dephasing ones that of a Fermi function of as many electrons. NaN where a terminal exchanges electrons with none.
    #[getter]
    fn potential<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.potential.clone())
    }

    /// Temperatures k_B T of all terminals, in t; of dephasing ones ``Int dE f (1 - f)``, which of a Fermi function is k_B T.
    #[getter]
    fn temperature<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.temperature.clone())
    }

    /// The laws of the solver, unitarity, probe currents (and heats), charge, conservation and positivity of the noise.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// Fano factor ``S_tt / 2 e |I_t|`` of a driven terminal, by its place among these: 1 for independent electrons, infinite without current.
    #[pyo3(signature = (place=0))]
    fn fano_factor(&self, place: usize) -> PyResult<f64> {
        let driven = self.inner.driven.len();
        if place < driven {
            Ok(self.inner.fano_factor(place))
        } else {
            Err(input(format!("place {place}, but {driven} terminals are driven")))
        }
    }

    fn __repr__(&self) -> String {
        format!("ProbeNoise({} of {} terminals driven)", self.inner.driven.len(), self.inner.potential.len())
    }
}

/// Noise in each of the settings, from the amplitudes of one energy.
fn flat(
    amplitudes: &Amplitudes<'_>,
    driven: &[usize],
    settings: &[probes::Setting],
) -> Result<Vec<ProbeNoise>, PyErr> {
    let found = probes::flat(amplitudes, driven, settings).map_err(Raise::raise)?;
    Ok(found.into_iter().map(|inner| ProbeNoise { inner }).collect())
}

fn one(found: Vec<ProbeNoise>) -> PyResult<ProbeNoise> {
    found.into_iter().next().ok_or_else(|| crate::errors::bug("no setting, no noise"))
}

fn dephased(amplitudes: &Amplitudes<'_>, driven: &[usize], occupations: &[f64]) -> PyResult<SpectralNoise> {
    let inner = probes::dephased(amplitudes, driven, occupations).map_err(Raise::raise)?;
    Ok(SpectralNoise { inner })
}

fn inner(settings: Vec<PyRef<'_, Setting>>) -> Vec<probes::Setting> {
    settings.iter().map(|setting| setting.inner.clone()).collect()
}

#[pymethods]
impl SMatrix {
    /// Noise where all leads but the ``driven`` ones float: a cavity whose third lead is a voltage probe, say. ``reservoirs``, ``kind`` and ``bath`` are those of a
    /// :class:`~diffuson.noise.Setting`.
    #[pyo3(signature = (driven, reservoirs, kind="dephasing", *, bath=None))]
    fn probe_noise(
        &self,
        py: Python<'_>,
        driven: Vec<usize>,
        reservoirs: Reservoirs,
        kind: &str,
        bath: Option<f64>,
    ) -> PyResult<ProbeNoise> {
        let setting = Setting::of(reservoirs, kind, bath)?.inner;
        let s = self.inner.clone();
        one(compute(py, move || flat(&Amplitudes::from(s.as_ref()), &driven, &[setting]))??)
    }

    /// The same in many settings, which share what is computed.
    fn probe_noise_sweep(
        &self,
        py: Python<'_>,
        driven: Vec<usize>,
        settings: Vec<PyRef<'_, Setting>>,
    ) -> PyResult<Vec<ProbeNoise>> {
        let (s, settings) = (self.inner.clone(), inner(settings));
        compute(py, move || flat(&Amplitudes::from(s.as_ref()), &driven, &settings))?
    }

    /// Fluctuations at the energy of the S matrix for given ``occupations`` of the ``driven`` leads; all others dephase.
    fn dephased_noise(
        &self,
        py: Python<'_>,
        driven: Vec<usize>,
        occupations: Reals<'_>,
    ) -> PyResult<SpectralNoise> {
        let (s, f) = (self.inner.clone(), to_vec(&occupations));
        compute(py, move || dephased(&Amplitudes::from(s.as_ref()), &driven, &f))?
    }
}

impl Conductor {
    /// The terminals that are driven: all leads, if nothing else is said.
    fn driven(&self, driven: Option<Vec<usize>>) -> Vec<usize> {
        driven.unwrap_or_else(|| (0..self.inner.leads()).map(|lead| self.inner.lead_terminal(lead)).collect())
    }

    /// What is asked of the amplitudes at an energy, computed.
    fn amplitudes<T: Send + 'static>(
        &self,
        py: Python<'_>,
        energy: f64,
        ask: impl FnOnce(&Amplitudes<'_>) -> PyResult<T> + Send + 'static,
    ) -> PyResult<T> {
        let (conductor, onsite) = (self.inner.clone(), self.onsite.clone());
        compute(py, move || {
            let dressed = conductor.at(energy).map_err(Raise::raise)?;
            ask(&Amplitudes::new(&dressed, &onsite).map_err(Raise::raise)?)
        })?
    }
}

#[pymethods]
impl Conductor {
    /// Noise of a conductor with probes (see ``with_probes``): all terminals but the ``driven`` ones float; driven are all leads, if nothing else is said.
    ///
    /// ``reservoirs`` are those of the driven terminals, ``kind`` and ``bath`` say what probes do: see :class:`~diffuson.noise.Setting`. With an ``energy`` the amplitudes there
    /// serve for the whole window, which is right if they hardly change in it; temperatures may be zero. Without, amplitudes are computed at every energy of the window, which
    /// takes temperatures above zero and reaches beyond the potentials by 38 times ``hottest``: the highest temperature that occurs, for hot probes by default
    /// ``sqrt(max kT^2 + 3 eV^2 / 4 pi^2)``.
    #[pyo3(signature = (reservoirs, kind="dephasing", *, energy=None, bath=None, driven=None, hottest=None))]
    #[allow(clippy::too_many_arguments, reason = "all but two have defaults")]
    fn probe_noise(
        &self,
        py: Python<'_>,
        reservoirs: Reservoirs,
        kind: &str,
        energy: Option<f64>,
        bath: Option<f64>,
        driven: Option<Vec<usize>>,
        hottest: Option<f64>,
    ) -> PyResult<ProbeNoise> {
        let setting = Setting::of(reservoirs, kind, bath)?.inner;
        let driven = self.driven(driven);
        if let Some(energy) = energy {
            if hottest.is_some() {
                return Err(input(
                    "a highest temperature is that of a window: either energy or hottest is wanted",
                ));
            }
            return one(self.amplitudes(py, energy, move |amplitudes| flat(amplitudes, &driven, &[setting]))?);
        }
        let reach = reach(&setting, hottest)?;
        let (conductor, onsite) = (self.inner.clone(), self.onsite.clone());
        compute(py, move || {
            reach.energies(&conductor)?;
            let window = Window::biased(&conductor, reach.ends, reach.coldest, reach.hottest);
            let window = window.map_err(Raise::raise)?;
            let found = probes::resolved(&window, &onsite, &driven, &setting).map_err(Raise::raise)?;
            Ok(ProbeNoise { inner: found })
        })?
    }

    /// Noise in many settings from the amplitudes at one ``energy``: they share what is computed, many cost little more than one.
    #[pyo3(signature = (energy, settings, *, driven=None))]
    fn probe_noise_sweep(
        &self,
        py: Python<'_>,
        energy: f64,
        settings: Vec<PyRef<'_, Setting>>,
        driven: Option<Vec<usize>>,
    ) -> PyResult<Vec<ProbeNoise>> {
        let (driven, settings) = (self.driven(driven), inner(settings));
        self.amplitudes(py, energy, move |amplitudes| flat(amplitudes, &driven, &settings))
    }

    /// Fluctuations at one ``energy`` for given ``occupations`` of the driven terminals (all leads); all others dephase.
    ///
    /// With ``[1, 0]`` the correlators are S/eV at zero temperature and small bias.
    #[pyo3(signature = (energy, occupations, *, driven=None))]
    fn dephased_noise(
        &self,
        py: Python<'_>,
        energy: f64,
        occupations: Reals<'_>,
        driven: Option<Vec<usize>>,
    ) -> PyResult<SpectralNoise> {
        let (driven, f) = (self.driven(driven), to_vec(&occupations));
        self.amplitudes(py, energy, move |amplitudes| dephased(amplitudes, &driven, &f))
    }
}

/// The energies that a setting needs.
fn reach(setting: &probes::Setting, hottest: Option<f64>) -> PyResult<Reach> {
    let temperatures = || {
        let bath = match setting.kind {
            ProbeKind::Inelastic { kt } => Some(kt),
            _ => None,
        };
        setting.reservoirs.iter().map(|r| r.kt).chain(bath)
    };
    let coldest = temperatures().fold(f64::INFINITY, f64::min);
    let warmest = temperatures().fold(0.0, f64::max);
    if !(coldest > 0.0 && coldest.is_finite()) {
        return Err(input("a window of energies takes temperatures above zero: give an energy"));
    }
    let low = setting.reservoirs.iter().map(|r| r.mu).fold(f64::INFINITY, f64::min);
    let high = setting.reservoirs.iter().map(|r| r.mu).fold(f64::NEG_INFINITY, f64::max);
    // electrons are nowhere hotter than in the middle of a wire that keeps its heat
    let joule = if setting.kind == ProbeKind::Hot { 0.25 * (high - low).powi(2) / SOMMERFELD } else { 0.0 };
    let hottest = hottest.unwrap_or((warmest * warmest + joule).sqrt());
    if !(hottest >= warmest && hottest.is_finite()) {
        return Err(input(format!(
            "hottest is {hottest}: it must be a finite number, not below {warmest}, the temperature of a reservoir"
        )));
    }
    Ok(Reach { ends: [low, high], coldest, hottest })
}
