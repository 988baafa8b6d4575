//! Rings through Gaussian droplets, and the routes to them.

use crate::arguments::named;
use crate::compute::compute;
use crate::errors::Raise;
use crate::random::deviations;
use diffuson::diffusons::{self, Estimated, Pattern};
use diffuson::droplets::DropletError;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<GaussianRing>()?;
    m.add_class::<Integral>()
}

const PATTERNS: [(&str, Pattern); 3] = [
    ("alternating", Pattern::Alternating),
    ("one-of-four", Pattern::OneOfFour),
    ("adjacent", Pattern::Adjacent),
];

/// An integral, or a sum, and how well it is known.
#[pyclass(frozen, get_all, module = "diffuson.diffusons")]
pub(crate) struct Integral {
    /// The value.
    value: f64,
    /// Estimated error: of a deterministic rule meant as a bound, of a Monte Carlo one standard deviation.
    error: f64,
    /// Evaluations of the integrand.
    evaluations: usize,
}

#[pymethods]
impl Integral {
    fn __float__(&self) -> f64 {
        self.value
    }

    fn __repr__(&self) -> String {
        format!(
            "Integral({}, {} evaluations)",
            diffuson_report::with_error(self.value, self.error.max(f64::EPSILON * self.value.abs())),
            self.evaluations
        )
    }
}

impl From<Estimated> for Integral {
    fn from(e: Estimated) -> Self {
        Self { value: e.value, error: e.error, evaluations: e.evaluations }
    }
}

/// A closed ring of diffusons, 4 to 16, whose vertices carry ``exp(-x^2/R^2)``; R = 1. With times ``t_k = 4 D (time)``
///
/// ``q_n = Int_0^inf d^n t / [T^2 P_n(t)]``, ``T = t_1 + ... + t_n``, P_n the sum over all rooted forests on the ring.
///
/// It scales as ``R^{n-4}``; with a normalised profile the ring is ``(2 pi)^{n/2} R^{n-4} q_n``. Three routes lead to it.
#[pyclass(frozen, module = "diffuson.diffusons")]
pub(crate) struct GaussianRing {
    inner: diffusons::GaussianRing,
}

#[pymethods]
impl GaussianRing {
    #[new]
    #[pyo3(signature = (diffusons=4))]
    fn new(diffusons: usize) -> PyResult<Self> {
        diffusons::GaussianRing::single(diffusons).map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// A ring of four through two droplets at a distance L, given as L/R. ``pattern`` says which vertices belong to which, in order around the ring: ``"alternating"`` (abab), ``"one-of-four"`` (abbb), ``"adjacent"`` (aabb).
    #[staticmethod]
    fn pair(pattern: &str, distance: f64) -> PyResult<Self> {
        let pattern = named("pattern", pattern, &PATTERNS)?;
        diffusons::GaussianRing::pair(pattern, distance).map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// The same ring at a temperature, given as ``R/L_T = R sqrt(k_B T/D)``.
    fn at_temperature(&self, size_over_thermal_length: f64) -> PyResult<Self> {
        let inner = self.inner.at_temperature(size_over_thermal_length);
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// The ring by the best deterministic route, to a relative error: by traces through one droplet, by times through two.
    #[pyo3(signature = (tolerance=1e-6))]
    fn cubature(&self, py: Python<'_>, tolerance: f64) -> PyResult<Integral> {
        self.by(py, move |ring| ring.cubature(tolerance))
    }

    /// A ring through one droplet by the integral over s of ``Tr B(s)^n``, one operator in place of n integrals. An evaluation is one trace.
    #[pyo3(signature = (tolerance=1e-6))]
    fn by_traces(&self, py: Python<'_>, tolerance: f64) -> PyResult<Integral> {
        self.by(py, move |ring| ring.by_traces(tolerance))
    }

    /// The integral over all times by adaptive cubature. Minutes at small tolerances and for many diffusons; fails after 10^9 evaluations.
    #[pyo3(signature = (tolerance=1e-3))]
    fn by_times(&self, py: Python<'_>, tolerance: f64) -> PyResult<Integral> {
        self.by(py, move |ring| ring.by_times(tolerance))
    }

    /// The integral over all times by adaptive Monte Carlo (Vegas). The error is one standard deviation.
    #[pyo3(signature = (evaluations, *, seed, sample=0))]
    fn monte_carlo(&self, py: Python<'_>, evaluations: usize, seed: u64, sample: u64) -> PyResult<Integral> {
        self.by(py, move |ring| ring.monte_carlo(&deviations(seed, sample), evaluations))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.inner)
    }
}

impl GaussianRing {
    fn by(
        &self,
        py: Python<'_>,
        route: impl FnOnce(diffusons::GaussianRing) -> Result<Estimated, DropletError> + Send + 'static,
    ) -> PyResult<Integral> {
        let ring = self.inner;
        compute(py, move || route(ring))?.map(Into::into).map_err(Raise::raise)
    }
}
