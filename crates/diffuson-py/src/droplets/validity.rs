//! Where the theory of droplets holds.

use super::coefficients::Coefficients;
use super::metal::Metal;
use diffuson::droplets;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Window>()?;
    m.add_class::<Departure>()
}

/// The window of validity (Eq. 27), ``1/g << 1 + F_0 < g^{-1/2}``, with the number kept: ``1 << gamma g^2 (1 + F_0)^2 < g``. Below it droplets are not rare, above it the fluctuation that makes one is not normal.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Window {
    inner: droplets::Window,
}

#[pymethods]
impl Window {
    #[new]
    fn new(metal: &Metal, coefficients: &Coefficients) -> Self {
        Self { inner: droplets::Window::new(metal.inner, &coefficients.inner) }
    }

    /// The same of numbers that are known.
    #[staticmethod]
    fn of(metal: &Metal, gamma: f64, typical_spin: f64) -> Self {
        Self { inner: droplets::Window::of(metal.inner, gamma, typical_spin) }
    }

    /// The distances ``1 + F_0`` between which an exponent of at least 3 is at most g, at this conductance; empty, the first above the second, for g < 3.
    #[getter]
    fn distances(&self) -> (f64, f64) {
        self.inner.distances().into()
    }

    /// The same as printed: ``1/g`` and ``g^{-1/2}``.
    #[getter]
    fn printed_distances(&self) -> (f64, f64) {
        self.inner.printed_distances().into()
    }

    /// ``gamma g^2 (1 + F_0)^2``.
    #[getter]
    fn exponent(&self) -> f64 {
        self.inner.exponent()
    }

    /// What of Eq. 27, and of ``1 << S << g`` for the typical spin, does not hold; nothing inside the window.
    #[getter]
    fn departures(&self) -> Vec<Departure> {
        self.inner.departures().into_iter().map(Into::into).collect()
    }

    /// What of ``l < R << L_T`` does not hold for droplets of size R, in mean free paths and in thermal lengths ``L_T = sqrt(D/k_B T)``.
    #[staticmethod]
    fn departures_of_size(in_mean_free_paths: f64, in_thermal_lengths: f64) -> Vec<Departure> {
        let found = droplets::Window::departures_of_size(in_mean_free_paths, in_thermal_lengths);
        found.into_iter().map(Into::into).collect()
    }
}

/// A limit of validity that was left; ``str`` says it in words.
#[pyclass(frozen, get_all, module = "diffuson.droplets")]
pub(crate) struct Departure {
    /// ``"not-rare"``, ``"not-normal"``, ``"spin-not-small"``, ``"spin-not-large"``, ``"not-diffusive"`` or ``"warm"``.
    kind: &'static str,
    /// What it is, with its numbers.
    message: String,
}

impl From<droplets::Departure> for Departure {
    fn from(departure: droplets::Departure) -> Self {
        let kind = match departure {
            droplets::Departure::NotRare { .. } => "not-rare",
            droplets::Departure::NotNormal { .. } => "not-normal",
            droplets::Departure::SpinNotSmall { .. } => "spin-not-small",
            droplets::Departure::SpinNotLarge { .. } => "spin-not-large",
            droplets::Departure::NotDiffusive { .. } => "not-diffusive",
            droplets::Departure::Warm { .. } => "warm",
        };
        Self { kind, message: departure.to_string() }
    }
}

#[pymethods]
impl Departure {
    fn __str__(&self) -> &str {
        &self.message
    }

    fn __repr__(&self) -> String {
        format!("Departure({:?}: {})", self.kind, self.message)
    }
}
