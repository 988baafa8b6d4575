//! The point contact: several sub-bands at one gate voltage.

use super::rates::{LawLike, RateLaw, Rates};
use super::sub_band::{Equilibrium, SteadyState};
use super::{closure, closure_name, source};
use crate::arguments::named;
use crate::arrays::{Reals, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, computed};
use crate::errors::{Raise, input};
use diffuson::kinetics::{self, Drive, Excess};
use numpy::PyArray1;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SubBand>()?;
    m.add_class::<PointContact>()?;
    m.add_class::<ContactState>()?;
    m.add_class::<BandState>()
}

/// A spin-degenerate parabolic sub-band: its ``bottom`` eps in kT, and how electrons collide in it, by :class:`Rates` or a :class:`RateLaw`.
#[pyclass(frozen, module = "diffuson.kinetics")]
#[derive(Clone)]
pub(crate) struct SubBand {
    inner: kinetics::SubBand,
}

#[pymethods]
impl SubBand {
    #[new]
    fn new(bottom: f64, rates: LawLike<'_>) -> Self {
        Self { inner: kinetics::SubBand { bottom, rates: rates.law() } }
    }

    /// Its bottom eps, in kT.
    #[getter]
    fn bottom(&self) -> f64 {
        self.inner.bottom
    }

    /// Its collisions.
    #[getter]
    fn rates(&self) -> RateLaw {
        RateLaw { inner: self.inner.rates }
    }

    fn __repr__(&self) -> String {
        format!("SubBand({})", self.inner.bottom)
    }
}

/// A uniform point contact of independent sub-bands, each neutral, at a gate voltage that is the chemical potential mu in kT.
///
/// It is driven by a ``voltage`` eV/kT or by a mean ``current`` in 2ekT/h. ``closure`` says what inelastic collisions relax to: ``"mermin"``, the Fermi function of a local chemical
/// potential, or ``"linear"``, a multiple of the equilibrium distribution.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct PointContact {
    inner: Arc<kinetics::PointContact>,
}

impl PointContact {
    fn of(made: Result<kinetics::PointContact, kinetics::KineticError>, closure: &str) -> PyResult<Self> {
        let closure = self::closure(closure)?;
        Ok(Self { inner: Arc::new(made.map_err(Raise::raise)?.with_closure(closure)) })
    }
}

/// What drives the contact.
fn drive(voltage: Option<f64>, current: Option<f64>) -> PyResult<Drive> {
    match (voltage, current) {
        (Some(voltage), None) => Ok(Drive::Voltage(voltage)),
        (None, Some(current)) => Ok(Drive::Current(current)),
        _ => Err(input("either a voltage or a current is wanted")),
    }
}

#[pymethods]
impl PointContact {
    #[new]
    #[pyo3(signature = (bands, *, closure="mermin"))]
    fn new(bands: Vec<PyRef<'_, SubBand>>, closure: &str) -> PyResult<Self> {
        let bands = bands.iter().map(|band| band.inner).collect();
        Self::of(kinetics::PointContact::new(bands), closure)
    }

    /// Sub-bands with the same collisions.
    #[staticmethod]
    #[pyo3(signature = (bottoms, rates, *, closure="mermin"))]
    fn uniform(bottoms: Reals<'_>, rates: LawLike<'_>, closure: &str) -> PyResult<Self> {
        Self::of(kinetics::PointContact::uniform(&to_vec(&bottoms), rates.law()), closure)
    }

    /// The sub-bands.
    #[getter]
    fn bands(&self) -> Vec<SubBand> {
        self.inner.bands().iter().map(|&inner| SubBand { inner }).collect()
    }

    /// The closure.
    #[getter]
    fn closure(&self) -> &'static str {
        closure_name(self.inner.closure())
    }

    /// Linear conductance at mu in kT (a number or an array), in G0, by an integral over the Fermi window (Kubo).
    fn conductance<'py>(&self, py: Python<'py>, mu: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let contact = self.inner.clone();
        computed(py, [&mu], move |[mu]| contact.conductance(mu))
    }

    /// Mean current at mu in kT and ``voltage`` eV/kT (numbers or arrays), in 2ekT/h.
    fn current<'py>(&self, py: Python<'py>, mu: Numbers, voltage: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let contact = self.inner.clone();
        computed(py, [&mu, &voltage], move |[mu, voltage]| contact.current(mu, voltage))
    }

    /// The voltage eV/kT that drives a ``current`` in 2ekT/h at mu in kT (numbers or arrays), the smallest if there are several.
    fn voltage<'py>(&self, py: Python<'py>, mu: Numbers, current: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let contact = self.inner.clone();
        computed(py, [&mu, &current], move |[mu, current]| contact.voltage(mu, Drive::Current(current)))
    }

    /// The state at mu in kT in closed form; all times must be constant.
    #[pyo3(signature = (mu, *, voltage=None, current=None))]
    fn closed_form(
        &self,
        py: Python<'_>,
        mu: f64,
        voltage: Option<f64>,
        current: Option<f64>,
    ) -> PyResult<ContactState> {
        let (contact, drive) = (self.inner.clone(), drive(voltage, current)?);
        let state = compute(py, move || contact.closed_form(mu, drive))?.map_err(Raise::raise)?;
        Ok(ContactState { inner: Arc::new(state) })
    }

    /// The state at mu in kT by solving the kinetic equation of every sub-band, whatever its rates.
    #[pyo3(signature = (mu, *, voltage=None, current=None))]
    fn solve(
        &self,
        py: Python<'_>,
        mu: f64,
        voltage: Option<f64>,
        current: Option<f64>,
    ) -> PyResult<ContactState> {
        let (contact, drive) = (self.inner.clone(), drive(voltage, current)?);
        let state = compute(py, move || contact.solve(mu, drive))?.map_err(Raise::raise)?;
        Ok(ContactState { inner: Arc::new(state) })
    }

    fn __repr__(&self) -> String {
        format!("PointContact({} sub-bands, {} closure)", self.inner.bands().len(), self.closure())
    }
}

const EXCESSES: [(&str, Excess); 2] = [("johnson", Excess::Johnson), ("equilibrium", Excess::Equilibrium)];

/// The state of a contact.
///
/// ``source`` is the fluctuation that noise starts from: ``"compressibility"``, ``kT df/dmu``, or ``"occupation"``, ``f(1-f)``, which takes a solved state. Excess noise is above
/// ``"johnson"``, ``4 kT G(V)``, or ``"equilibrium"``, the noise without current.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct ContactState {
    inner: Arc<kinetics::ContactState>,
}

#[pymethods]
impl ContactState {
    /// Voltage eV/kT.
    #[getter]
    fn voltage(&self) -> f64 {
        self.inner.voltage
    }

    /// Mean current, in 2ekT/h.
    #[getter]
    fn current(&self) -> f64 {
        self.inner.current()
    }

    /// I/V, in G0; without voltage the linear conductance.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Conductances of the sub-bands, in G0: what Landauer's formula takes for transmissions.
    #[getter]
    fn transmissions<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.transmissions())
    }

    /// The states of the sub-bands.
    #[getter]
    fn bands(&self) -> Vec<BandState> {
        (0..self.inner.bands.len()).map(|band| BandState { state: self.inner.clone(), band }).collect()
    }

    /// Number of electrons and its fluctuation, of all sub-bands.
    #[getter]
    fn equilibrium(&self) -> Equilibrium {
        Equilibrium { inner: self.inner.equilibrium() }
    }

    /// The laws of all sub-bands together, and the current that was asked for.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// Noise at zero frequency, in 4 kT G0.
    #[pyo3(signature = (*, source="compressibility"))]
    fn noise(&self, source: &str) -> PyResult<f64> {
        self.inner.noise(self::source(source)?).map_err(Raise::raise)
    }

    /// Noise at an angular frequency in v_T/L (a number or an array), in 4 kT G0.
    #[pyo3(signature = (omega, *, source="compressibility"))]
    fn spectrum<'py>(&self, py: Python<'py>, omega: Numbers, source: &str) -> PyResult<Bound<'py, PyAny>> {
        let (state, source) = (self.inner.clone(), self::source(source)?);
        computed(py, [&omega], move |[omega]| state.spectrum(omega, source))
    }

    /// Excess noise, in 4 kT G0.
    #[pyo3(signature = (*, source="compressibility", above="johnson"))]
    fn excess(&self, source: &str, above: &str) -> PyResult<f64> {
        let above = named("above", above, &EXCESSES)?;
        self.inner.excess(self::source(source)?, above).map_err(Raise::raise)
    }

    /// Excess noise per ``2e|I|``; not a number without current.
    #[pyo3(signature = (*, source="compressibility", above="johnson"))]
    fn fano_factor(&self, source: &str, above: &str) -> PyResult<f64> {
        let above = named("above", above, &EXCESSES)?;
        self.inner.fano(self::source(source)?, above).map_err(Raise::raise)
    }

    /// Landauer-Büttiker noise above 4 kT G with the same conductances and voltage, in 4 kT G0.
    fn landauer_excess(&self) -> PyResult<f64> {
        self.inner.landauer_excess().map_err(Raise::raise)
    }

    fn __repr__(&self) -> String {
        let (u, i) = (self.inner.voltage, self.inner.current());
        format!("ContactState({} sub-bands, V = {u:.6} kT/e, I = {i:.6} 2ekT/h)", self.inner.bands.len())
    }
}

/// The state of one sub-band of a contact.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct BandState {
    state: Arc<kinetics::ContactState>,
    band: usize,
}

impl BandState {
    fn inner(&self) -> &kinetics::BandState {
        &self.state.bands[self.band]
    }
}

#[pymethods]
impl BandState {
    /// ``eta = (mu - eps)/kT``.
    #[getter]
    fn degeneracy(&self) -> f64 {
        self.inner().degeneracy
    }

    /// eta* of the local equilibrium.
    #[getter]
    fn local_degeneracy(&self) -> f64 {
        self.inner().local_degeneracy
    }

    /// The rates at this gate voltage and field.
    #[getter]
    fn rates(&self) -> Rates {
        Rates { inner: self.inner().rates }
    }

    /// Number of electrons and its fluctuation.
    #[getter]
    fn equilibrium(&self) -> Equilibrium {
        Equilibrium { inner: self.inner().equilibrium }
    }

    /// Mean current, in 2ekT/h.
    #[getter]
    fn current(&self) -> f64 {
        self.inner().current
    }

    /// I/V, in G0; without voltage the linear conductance.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner().conductance
    }

    /// Noise without current, in 4 kT G0.
    #[getter]
    fn equilibrium_noise(&self) -> f64 {
        self.inner().equilibrium_noise
    }

    /// Noise above 4 kT G, from ``kT df/dmu``, in 4 kT G0.
    #[getter]
    fn excess(&self) -> f64 {
        self.inner().excess
    }

    /// The laws that were tested.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner().audit).into()
    }

    /// The distribution and its fluctuation, if the kinetic equation was solved.
    #[getter]
    fn steady(&self) -> Option<SteadyState> {
        self.inner().steady().map(|state| SteadyState { inner: Arc::new(state.clone()) })
    }

    /// Noise at zero frequency, in 4 kT G0.
    #[pyo3(signature = (*, source="compressibility"))]
    fn noise(&self, source: &str) -> PyResult<f64> {
        self.inner().noise(self::source(source)?).map_err(Raise::raise)
    }

    /// Noise at an angular frequency in v_T/L (a number or an array), in 4 kT G0.
    #[pyo3(signature = (omega, *, source="compressibility"))]
    fn spectrum<'py>(&self, py: Python<'py>, omega: Numbers, source: &str) -> PyResult<Bound<'py, PyAny>> {
        let (state, band, source) = (self.state.clone(), self.band, self::source(source)?);
        computed(py, [&omega], move |[omega]| state.bands[band].spectrum(omega, source))
    }
}
