//! One diffuson.

use crate::arguments::{not_negative, positive};
use crate::elementwise::{Numbers, elementwise};
use diffuson::diffusons;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Diffuson>()?;
    m.add_function(wrap_pyfunction!(bosonic_frequency, m)?)
}

/// One diffuson, ``D(omega; q) = 1/(-i omega + D q^2 + Gamma)``: what is left of a density after random scattering, in two dimensions. hbar = k_B = 1; the time dependence is ``e^{-i omega t}``.
///
/// ``diffusion`` is D, in length^2 x energy; ``rate`` Gamma, at which phase memory is lost, an energy. Methods take numbers or arrays, which are broadcast.
#[pyclass(frozen, module = "diffuson.diffusons")]
pub(crate) struct Diffuson {
    inner: diffusons::Diffuson,
}

#[pymethods]
impl Diffuson {
    #[new]
    #[pyo3(signature = (diffusion, rate=0.0))]
    fn new(diffusion: f64, rate: f64) -> PyResult<Self> {
        let (diffusion, rate) = (positive("diffusion", diffusion)?, not_negative("rate", rate)?);
        Ok(Self { inner: diffusons::Diffuson { diffusion, rate } })
    }

    /// D.
    #[getter]
    fn diffusion(&self) -> f64 {
        self.inner.diffusion
    }

    /// Gamma.
    #[getter]
    fn rate(&self) -> f64 {
        self.inner.rate
    }

    /// ``1/(-i omega + D q^2 + Gamma)``, complex; an inverse energy. Infinite at ``omega = q = Gamma = 0``.
    fn in_momentum<'py>(&self, py: Python<'py>, omega: Numbers, q: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&omega, &q], |[omega, q]| self.inner.in_momentum(omega, q))
    }

    /// The same in space: ``K_0(r sqrt((Gamma - i omega)/D)) / (2 pi D)``, the root with a positive real part; complex, an inverse energy x length^2.
    fn in_space<'py>(&self, py: Python<'py>, omega: Numbers, r: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&omega, &r], |[omega, r]| self.inner.in_space(omega, r))
    }

    /// In space and time: ``e^{-Gamma t - r^2/4Dt} / (4 pi D t)`` for t > 0, 0 before; an inverse area.
    fn in_time<'py>(&self, py: Python<'py>, t: Numbers, r: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&t, &r], |[t, r]| self.inner.in_time(t, r))
    }

    /// At the imaginary frequency ``i omega_n``, ``omega_n = 2 pi n k_B T``: ``1/(omega_n + D q^2 + Gamma)``, real.
    fn at_matsubara<'py>(
        &self,
        py: Python<'py>,
        n: usize,
        kt: f64,
        q: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&q], |[q]| self.inner.at_matsubara(n, kt, q))
    }

    /// The same in space: ``K_0(r sqrt((Gamma + omega_n)/D)) / (2 pi D)``.
    fn at_matsubara_in_space<'py>(
        &self,
        py: Python<'py>,
        n: usize,
        kt: f64,
        r: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&r], |[r]| self.inner.at_matsubara_in_space(n, kt, r))
    }

    fn __repr__(&self) -> String {
        format!("Diffuson(diffusion={}, rate={})", self.inner.diffusion, self.inner.rate)
    }
}

/// ``omega_n = 2 pi n k_B T``, the imaginary frequency of bosons.
#[pyfunction]
fn bosonic_frequency(n: usize, kt: f64) -> f64 {
    diffusons::bosonic_frequency(n, kt)
}
