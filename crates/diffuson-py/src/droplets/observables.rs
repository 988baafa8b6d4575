//! What droplets do to the susceptibility and to the dephasing rate.

use super::metal::Metal;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::Raise;
use diffuson::droplets::{self, Prefactors};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Observables>()?;
    m.add_function(wrap_pyfunction!(kelvin, m)?)?;
    m.add_function(wrap_pyfunction!(per_second, m)?)
}

/// Observables of Section VI of a metal with ``gamma`` of some counting and profile, the smallest droplets (R = l, ``l^2 = D tau``) counting most. Energies, k_B T and rates in units of hbar/tau, tau the mean free time; :func:`kelvin` and :func:`per_second` say what that is.
///
/// With ``G = gamma g^2 (1 + F_0)^2``
///
/// ``chi/chi_P = 1 + c_1 T*/T``, ``T* tau = e^{-G}/[g (1 + F_0)]`` (Eqs. 64, 65),
/// ``tau/tau_phi = c_2 F_0^2 e^{-G}/[g^2 (1 + F_0)^2]`` (Eq. 67),
/// ``tau/tau_phi^s = c_s 2 F_0^2 T tau ln[g (1 + F_0)] / [(1 + F_0)(2 + F_0) g]`` (Eq. 68),
/// ``U_t tau = c_3 e^{-G}/[g^2 (1 + F_0)^2]`` (Eq. 62 with the S^2 it has lost).
///
/// The prefactors, which a theory of exponential accuracy leaves open: c_1 of the susceptibility, c_2 of the dephasing rate, c_3 of the interaction, c_s of ordinary spin fluctuations, and that of the density of droplets (Eq. 61).
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Observables {
    inner: droplets::Observables,
}

#[pymethods]
impl Observables {
    #[new]
    #[pyo3(signature = (
        metal, gamma, *, susceptibility_prefactor=1.0, dephasing_prefactor=1.0, interaction_prefactor=1.0, spin_fluctuations_prefactor=1.0, density_prefactor=1.0,
    ))]
    fn new(
        metal: &Metal,
        gamma: f64,
        susceptibility_prefactor: f64,
        dephasing_prefactor: f64,
        interaction_prefactor: f64,
        spin_fluctuations_prefactor: f64,
        density_prefactor: f64,
    ) -> PyResult<Self> {
        let prefactors = Prefactors {
            susceptibility: susceptibility_prefactor,
            dephasing: dephasing_prefactor,
            interaction: interaction_prefactor,
            spin_fluctuations: spin_fluctuations_prefactor,
            density: density_prefactor,
        };
        let inner = droplets::Observables::new(metal.inner, gamma, prefactors);
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// ``n l^2 = c e^{-G}``: droplets per square of the mean free path (Eq. 61).
    #[getter]
    fn density(&self) -> f64 {
        self.inner.density()
    }

    /// Typical distance ``n^{-1/2}`` of droplets in units of their size (Eq. 61).
    #[getter]
    fn typical_distance(&self) -> f64 {
        self.inner.typical_distance()
    }

    /// ``T* tau``, without c_1 (Eq. 65).
    #[getter]
    fn crossover_temperature(&self) -> f64 {
        self.inner.crossover_temperature()
    }

    /// ``chi/chi_P = 1 + c_1 T*/T``, ``chi_P = nu/(1 + F_0)`` (Eqs. 1 and 64).
    fn susceptibility<'py>(&self, py: Python<'py>, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&kt], |[kt]| self.inner.susceptibility(kt))
    }

    /// Dephasing rate by droplets, whatever the temperature (Eq. 67).
    #[getter]
    fn dephasing_by_droplets(&self) -> f64 {
        self.inner.dephasing_by_droplets()
    }

    /// Dephasing rate by ordinary spin fluctuations, proportional to the temperature (Eq. 68); NaN unless ``g (1 + F_0) > 1``.
    fn dephasing_by_spin_fluctuations<'py>(
        &self,
        py: Python<'py>,
        kt: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&kt], |[kt]| self.inner.dephasing_by_spin_fluctuations(kt))
    }

    /// k_B T at which the two dephasing rates are equal: below it dephasing saturates; NaN unless ``g (1 + F_0) > 1``.
    #[getter]
    fn saturation_temperature(&self) -> f64 {
        self.inner.saturation_temperature()
    }

    /// ``U_t tau``: energy of interaction of droplets at their typical distance (Eq. 62 with its ``S^2``). Below it moments are not independent.
    #[getter]
    fn interaction_energy(&self) -> f64 {
        self.inner.interaction_energy()
    }

    /// The same as printed, without ``S^2``: smaller by ``(1 + F_0)^2``.
    #[getter]
    fn printed_interaction_energy(&self) -> f64 {
        self.inner.printed_interaction_energy()
    }

    /// ``(U_t, c_1 T*)``, between which the susceptibility follows Curie's law (Eq. 66).
    #[getter]
    fn curie_window(&self) -> (f64, f64) {
        self.inner.curie_window().into()
    }
}

/// What a k_B T of :class:`Observables` is multiplied with to be in K, ``hbar/(k_B tau)``, tau in s.
#[pyfunction]
fn kelvin(mean_free_time: f64) -> PyResult<f64> {
    droplets::kelvin(mean_free_time).map_err(Raise::raise)
}

/// What a rate of :class:`Observables` is multiplied with to be in 1/s, ``1/tau``, tau in s.
#[pyfunction]
fn per_second(mean_free_time: f64) -> PyResult<f64> {
    droplets::per_second(mean_free_time).map_err(Raise::raise)
}
