//! One sub-band: in equilibrium, in closed form, and solved.

use super::rates::Rates;
use super::{closure, source};
use crate::arrays::vector;
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, computed, elementwise};
use crate::errors::{Raise, input};
use diffuson::kinetics::{self, constant_time, mean_free_path};
use numpy::PyArray1;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Equilibrium>()?;
    m.add_class::<ConstantTime>()?;
    m.add_class::<MeanFreePath>()?;
    m.add_class::<SteadyState>()
}

/// The electrons of a sub-band (or of several) in equilibrium, at ``eta = (mu - eps)/kT``; their numbers are the same at any voltage.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct Equilibrium {
    pub(super) inner: kinetics::Equilibrium,
}

#[pymethods]
impl Equilibrium {
    #[new]
    fn new(eta: f64) -> PyResult<Self> {
        Ok(Self { inner: kinetics::Equilibrium::new(eta).map_err(Raise::raise)? })
    }

    /// ``N = sqrt(pi) F_{-1/2}(eta)``, in ``k_T L/pi`` (both spins).
    #[getter]
    fn number(&self) -> f64 {
        self.inner.number
    }

    /// ``kT dN/dmu = sqrt(pi) F_{-3/2}(eta)``, in the same unit.
    #[getter]
    fn fluctuation(&self) -> f64 {
        self.inner.fluctuation
    }

    /// ``kappa/kappa_cl``: 1 in depletion, ``kT/2E_F`` in a degenerate sub-band.
    #[getter]
    fn compressibility(&self) -> f64 {
        self.inner.compressibility()
    }

    fn __repr__(&self) -> String {
        format!("Equilibrium(N = {:.6}, kT dN/dmu = {:.6})", self.inner.number, self.inner.fluctuation)
    }
}

/// A sub-band with constant times in closed form, at ``eta = (mu - eps)/kT`` and ``voltage`` eV/kT.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct ConstantTime {
    inner: constant_time::ConstantTime,
}

#[pymethods]
impl ConstantTime {
    #[new]
    fn new(eta: f64, voltage: f64, rates: &Rates) -> PyResult<Self> {
        let made = constant_time::ConstantTime::new(eta, voltage, &rates.inner).map_err(Raise::raise)?;
        let inner = made.ok_or_else(|| input("a time depends on velocity: see MeanFreePath, SteadyState"))?;
        Ok(Self { inner })
    }

    /// Number of electrons and its fluctuation.
    #[getter]
    fn equilibrium(&self) -> Equilibrium {
        Equilibrium { inner: self.inner.equilibrium() }
    }

    /// Conductance ``N theta`` in G0, at any field.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Mean current, in 2ekT/h.
    #[getter]
    fn current(&self) -> f64 {
        self.inner.current()
    }

    /// Noise above 4 kT G, in 4 kT G0: ``4 (kappa/kappa_cl) (I^2/N) (2 tau_in - tau)``.
    #[getter]
    fn excess(&self) -> f64 {
        self.inner.excess()
    }

    /// ``Int x^n f dx``, n = 0, 1, 2: charge, current, energy.
    #[getter]
    fn moments(&self) -> [f64; 3] {
        self.inner.moments()
    }

    /// Noise at an angular frequency in v_T/L (a number or an array), in 4 kT G0: ``[4 kT G + S_xs] / [1 + (omega tau)^2]``.
    #[pyo3(signature = (omega=None))]
    fn noise<'py>(&self, py: Python<'py>, omega: Option<Numbers>) -> PyResult<Bound<'py, PyAny>> {
        let omega = omega.unwrap_or_else(Numbers::zero);
        elementwise(py, [&omega], |[omega]| self.inner.noise(omega))
    }

    /// Occupation at velocities x in v_T (a number or an array).
    fn occupation<'py>(&self, py: Python<'py>, x: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&x], |[x]| self.inner.occupation(x))
    }
}

/// A sub-band with constant mean free paths by one quadrature, at ``eta = (mu - eps)/kT`` and ``voltage`` eV/kT; ``closure`` is ``"mermin"`` or ``"linear"``.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct MeanFreePath {
    inner: mean_free_path::MeanFreePath,
}

#[pymethods]
impl MeanFreePath {
    #[new]
    #[pyo3(signature = (eta, voltage, rates, *, closure="mermin"))]
    fn new(eta: f64, voltage: f64, rates: &Rates, closure: &str) -> PyResult<Self> {
        let closure = super::closure(closure)?;
        let made = mean_free_path::MeanFreePath::new(eta, voltage, &rates.inner, closure);
        let wanted = "a mean free path depends on velocity: see ConstantTime, SteadyState";
        Ok(Self { inner: made.map_err(Raise::raise)?.ok_or_else(|| input(wanted))? })
    }

    /// eta* of the local equilibrium; eta in the linear closure.
    #[getter]
    fn local_degeneracy(&self) -> f64 {
        self.inner.local_degeneracy()
    }

    /// Conductance I/V, in G0.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Mean current, in 2ekT/h.
    #[getter]
    fn current(&self) -> f64 {
        self.inner.current()
    }

    /// Occupation at velocities x in v_T (a number or an array).
    fn occupation<'py>(&self, py: Python<'py>, x: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&x], |[x]| self.inner.occupation(x))
    }
}

/// The steady state of a sub-band in a field, with any rates: its distribution, the fluctuation that goes with it, and noise at any frequency.
///
/// At ``eta = (mu - eps)/kT`` and ``voltage`` eV/kT. ``closure`` says what inelastic collisions relax to: ``"mermin"``, the Fermi function of a local chemical potential, or
/// ``"linear"``, a multiple of the equilibrium distribution. ``source`` is the fluctuation that noise starts from: ``"compressibility"``, ``kT df/dmu``, or ``"occupation"``,
/// ``f(1-f)``.
#[pyclass(frozen, module = "diffuson.kinetics")]
pub(crate) struct SteadyState {
    pub(super) inner: Arc<kinetics::SteadyState>,
}

#[pymethods]
impl SteadyState {
    #[new]
    #[pyo3(signature = (eta, voltage, rates, *, closure="mermin"))]
    fn new(py: Python<'_>, eta: f64, voltage: f64, rates: &Rates, closure: &str) -> PyResult<Self> {
        let (rates, closure) = (rates.inner, self::closure(closure)?);
        let made = compute(py, move || kinetics::SteadyState::new(eta, voltage, rates, closure))?;
        Ok(Self { inner: Arc::new(made.map_err(Raise::raise)?) })
    }

    /// ``eta = (mu - eps)/kT``.
    #[getter]
    fn degeneracy(&self) -> f64 {
        self.inner.degeneracy()
    }

    /// eta* of the local equilibrium that inelastic collisions relax to; eta in the linear closure.
    #[getter]
    fn local_degeneracy(&self) -> f64 {
        self.inner.local_degeneracy()
    }

    /// Number and fluctuation of the electrons, the same at any voltage.
    #[getter]
    fn equilibrium(&self) -> Equilibrium {
        Equilibrium { inner: self.inner.equilibrium() }
    }

    /// Mean current, in 2ekT/h, with the sign of the voltage.
    #[getter]
    fn current(&self) -> f64 {
        self.inner.current()
    }

    /// I/V, in G0; without voltage the linear conductance.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Velocities x in v_T, ascending: those of ``occupation`` and ``fluctuation``.
    #[getter]
    fn x<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, 0)
    }

    /// Occupation f at ``x``, to 1e-7 of its largest value.
    #[getter]
    fn occupation<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, 1)
    }

    /// ``kT df/dmu`` at ``x``.
    #[getter]
    fn fluctuation<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, 2)
    }

    /// Least and largest occupation; in the linear closure it may exceed 1.
    #[getter]
    fn range(&self) -> [f64; 2] {
        self.inner.range()
    }

    /// Charge, energy and momentum of the collisions, neutrality, compressibility, Pauli's principle, and the noise computed twice.
    #[getter]
    fn audit(&self) -> Audit {
        self.inner.audit().into()
    }

    /// Noise at zero frequency, in 4 kT G0.
    #[pyo3(signature = (*, source="compressibility"))]
    fn noise(&self, source: &str) -> PyResult<f64> {
        Ok(self.inner.noise(self::source(source)?))
    }

    /// Noise at an angular frequency in v_T/L (a number or an array), in 4 kT G0.
    #[pyo3(signature = (omega, *, source="compressibility"))]
    fn spectrum<'py>(&self, py: Python<'py>, omega: Numbers, source: &str) -> PyResult<Bound<'py, PyAny>> {
        let (state, source) = (self.inner.clone(), self::source(source)? as usize);
        computed(py, [&omega], move |[omega]| state.spectrum(omega).map(|both| both[source]))
    }
}

impl SteadyState {
    fn column<'py>(&self, py: Python<'py>, which: usize) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.distribution().into_iter().map(|row| row[which]).collect())
    }
}
