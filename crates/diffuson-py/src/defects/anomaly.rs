//! The zero-bias anomaly of fluctuators of all splittings.

use super::bath::{Bath, made};
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, computed, elementwise};
use crate::errors::{Raise, input};
use diffuson::defects::{self, DefectError};
use pyo3::prelude::*;
use std::cell::RefCell;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Anomaly>()?;
    m.add_function(wrap_pyfunction!(response, m)?)?;
    m.add_function(wrap_pyfunction!(mean_excitation, m)?)?;
    m.add_function(wrap_pyfunction!(threshold, m)?)?;
    m.add_function(wrap_pyfunction!(step_estimate, m)?)?;
    m.add_function(wrap_pyfunction!(interpolation, m)?)?;
    m.add_function(wrap_pyfunction!(smooth_interpolation, m)?)?;
    m.add_function(wrap_pyfunction!(orifice_share, m)?)?;
    m.add_function(wrap_pyfunction!(displacement, m)?)?;
    m.add_function(wrap_pyfunction!(crossover_temperature, m)?)?;
    m.add_function(wrap_pyfunction!(boltzmann_energy, m)?)?;
    m.add_function(wrap_pyfunction!(fermi_energy, m)?)
}

/// Fluctuators of a constant density of splittings at some place of a contact, under any bias and temperature.
///
/// With ``<dG>_E = s E`` for the mean conductance of upper less lower levels and P fluctuators per energy, the conductance changes by ``dG = s P D``, D the :meth:`response`. Bias (eV), k_B T, ``crossover`` (E*) and ``band``, the highest
/// splitting, are in any one unit of energy; ``left`` and ``within_beams`` as in :class:`Bath`. Methods take numbers or arrays.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Anomaly {
    inner: defects::Anomaly,
    crossover: f64,
}

#[pymethods]
impl Anomaly {
    #[new]
    #[pyo3(signature = (crossover=1.0, *, band=f64::INFINITY, left=0.5, within_beams=true))]
    fn new(crossover: f64, band: f64, left: f64, within_beams: bool) -> PyResult<Self> {
        let bath = made(0.0, 0.0, crossover, left, within_beams)?;
        let inner = defects::Anomaly::new(bath).with_band(band).map_err(Raise::raise)?;
        Ok(Self { inner, crossover })
    }

    /// E*.
    #[getter]
    fn crossover(&self) -> f64 {
        self.crossover
    }

    /// ``D(V, T) = Int_0^inf E n(E) dE``, n the occupation of upper levels, in the square of the unit of energy: ``pi^2 (kT)^2 / 12`` without bias. NaN for a bias or temperature that cannot be.
    fn response<'py>(&self, py: Python<'py>, bias: Numbers, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let anomaly = self.inner;
        computed(py, [&bias, &kt], move |[bias, kt]| anomaly.response(bias, kt))
    }

    /// ``d ln D / d ln V``: 2 for eV << E*, 2/3 only from some 1000 E* on.
    fn bias_exponent<'py>(&self, py: Python<'py>, bias: Numbers, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let anomaly = self.inner;
        computed(py, [&bias, &kt], move |[bias, kt]| anomaly.bias_exponent(bias, kt))
    }

    /// ``d ln D / d ln T``, 2 without bias.
    fn temperature_exponent<'py>(
        &self,
        py: Python<'py>,
        bias: Numbers,
        kt: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        let anomaly = self.inner;
        computed(py, [&bias, &kt], move |[bias, kt]| anomaly.temperature_exponent(bias, kt))
    }

    /// The bias eV that does, at zero temperature, what a temperature does without bias, ``D(V, 0) = D(0, T)``: 3.80 kT for kT << E* in the centre. NaN if none does.
    fn equal_bias<'py>(&self, py: Python<'py>, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let anomaly = self.inner;
        computed(py, [&kt], move |[kt]| anomaly.equal_bias(kt))
    }

    /// The bias eV that doubles the response at a temperature, ``D(V, T) = 2 D(0, T)``: 3.79 kT for kT << E* in the centre. NaN if none does.
    fn doubling_bias<'py>(&self, py: Python<'py>, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let anomaly = self.inner;
        computed(py, [&kt], move |[kt]| anomaly.doubling_bias(kt))
    }

    /// The laws at a bias and a temperature: the response against adaptive quadrature; without bias also detailed balance of the rates.
    fn audit(&self, py: Python<'_>, bias: f64, kt: f64) -> PyResult<Audit> {
        let anomaly = self.inner;
        let audit = compute(py, move || anomaly.audit(bias, kt))?.map_err(Raise::raise)?;
        Ok((&audit).into())
    }

    fn __repr__(&self) -> String {
        format!("Anomaly(crossover = {})", self.crossover)
    }
}

/// ``D(V, T) = Int_0^inf E n(E) dE / E*^2`` in the centre of a contact, ``bias`` eV and ``kt`` k_B T in E*: ``pi^2 T^2 / 12`` without bias, ``(3/2 - 2 ln 2) V^2 / 2`` and ``0.960 V^(2/3)`` for small and large V at zero temperature. Even in the bias; of arrays element by
/// element. NaN for a temperature below zero.
#[pyfunction]
fn response<'py>(py: Python<'py>, bias: Numbers, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
    computed(py, [&bias, &kt], |[bias, kt]| defects::response(bias, kt))
}

/// ``Int_0^band E n(E) dE``, n the occupation of upper levels in a bath, in the square of its unit.
#[pyfunction]
#[pyo3(signature = (bath, *, band=f64::INFINITY))]
fn mean_excitation(bath: &Bath, band: f64) -> f64 {
    defects::mean_excitation_below(&bath.inner, band)
}

/// The energy up to which a bias occupies upper levels, ``(eV/E*)^(1/3)`` in E*, ``bias`` eV in E* (above Eq. 15 of Kozub and Rudin).
#[pyfunction]
fn threshold<'py>(py: Python<'py>, bias: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&bias], |[bias]| defects::threshold(bias))
}

/// :func:`response` at zero temperature with n = 1/2 up to :func:`threshold` and nothing above, Kozub and Rudin's crude estimate: 3.84 times less than the integral at large bias.
#[pyfunction]
fn step_estimate<'py>(py: Python<'py>, bias: Numbers) -> PyResult<Bound<'py, PyAny>> {
    computed(py, [&bias], |[bias]| defects::step_estimate(bias))
}

/// Kozub and Rudin's interpolation between bias and temperature (Eq. 15 with beta = 2), with the constants for which both ends are those of :func:`response`; eV and k_B T in E*.
#[pyfunction]
fn interpolation<'py>(py: Python<'py>, bias: Numbers, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
    computed(py, [&bias, &kt], |[bias, kt]| defects::interpolation(bias, kt))
}

/// A better interpolation, ``D^1.2 = D(V, 0)^1.2 + D(0, T)^1.2``; eV and k_B T in E*.
#[pyfunction]
fn smooth_interpolation<'py>(py: Python<'py>, bias: Numbers, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
    computed(py, [&bias, &kt], |[bias, kt]| defects::smooth_interpolation(bias, kt))
}

/// Share of the directions that comes from the left, on the axis of an orifice and ``distance`` of its radii to the right of it: ``a = (1 - z / sqrt(z^2 + r0^2)) / 2``.
#[pyfunction]
fn orifice_share<'py>(py: Python<'py>, distance: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&distance], |[z]| defects::orifice_share(z))
}

/// ``|V-|/V0``, the rms difference of the matrix elements of one scatterer at two places over twice one of them, ``sqrt([1 - (sin x / x)^2] / 2)``, x the distance in 1/k_F.
#[pyfunction]
fn displacement<'py>(py: Python<'py>, distance: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&distance], |[x]| defects::displacement(x))
}

/// ``E* = (V-/e_F) sqrt(E_at Theta_D^3) / Lambda`` in K, where the rates of electrons and phonons are equal (before Eq. 15 of Kozub and Rudin).
///
/// ``electrons`` is V-/e_F, the coupling to electrons (phase shift and :func:`displacement`); ``deformation`` the deformation potential and ``atomic`` the atomic energy, in eV; ``debye`` the Debye temperature, in K.
#[pyfunction]
#[pyo3(signature = (*, electrons, deformation, atomic, debye))]
fn crossover_temperature(electrons: f64, deformation: f64, atomic: f64, debye: f64) -> PyResult<f64> {
    defects::Tunnelling { electrons, deformation, atomic, debye }.crossover().map_err(Raise::raise)
}

/// Mean energy of a defect that finds itself at any of many positions with Boltzmann's weights, ``Int E P e^(-E/kT) dE / Int P e^(-E/kT) dE`` (Kozub and Rudin, Eq. 13).
///
/// ``density`` is a function P(E) of a number, ``band`` two energies between which it is not negligible.
#[pyfunction]
fn boltzmann_energy(density: &Bound<'_, PyAny>, band: [f64; 2], kt: f64) -> PyResult<f64> {
    with_density(density, |density| defects::boltzmann_energy(density, band, kt))
}

/// Mean energy of defects of which each position holds at most one: Fermi statistics with the chemical potential at which a share ``filling`` of the positions is occupied (before Eq. 13 of Kozub and Rudin). Others as in
/// :func:`boltzmann_energy`.
#[pyfunction]
fn fermi_energy(density: &Bound<'_, PyAny>, band: [f64; 2], filling: f64, kt: f64) -> PyResult<f64> {
    with_density(density, |density| defects::fermi_energy(density, band, filling, kt))
}

/// A mean energy with a density of states in Python; the first exception there ends it.
fn with_density(
    density: &Bound<'_, PyAny>,
    energy: impl FnOnce(&dyn Fn(f64) -> f64) -> Result<f64, DefectError>,
) -> PyResult<f64> {
    let failed: RefCell<Option<PyErr>> = RefCell::new(None);
    let at = |e: f64| {
        if failed.borrow().is_some() {
            return 0.0;
        }
        let value = density.call1((e,)).and_then(|value| value.extract::<f64>());
        let checked = value.and_then(|value| {
            if value.is_finite() && value >= 0.0 {
                Ok(value)
            } else {
                Err(input(format!("the density of states at {e} is {value}; allowed: at least 0 and finite")))
            }
        });
        checked.unwrap_or_else(|error| {
            failed.replace(Some(error));
            0.0
        })
    };
    let found = energy(&at);
    match failed.take() {
        Some(error) => Err(error),
        None => found.map_err(Raise::raise),
    }
}
