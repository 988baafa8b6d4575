//! Two scatterers under bias.

use super::point_scatterers::DISTRIBUTIONS;
use crate::arguments::named;
use crate::arrays::{Reals, to_vec};
use crate::elementwise::{Numbers, elementwise};
use crate::errors::Raise;
use diffuson::defects::biased_pairs;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(biased_pair_energy, m)?)?;
    m.add_function(wrap_pyfunction!(biased_conductance_factor, m)?)?;
    m.add_function(wrap_pyfunction!(fermi_wave_numbers, m)?)?;
    m.add_function(wrap_pyfunction!(frozen_pattern_factor, m)?)?;
    m.add_function(wrap_pyfunction!(shell_factor, m)?)?;
    m.add_function(wrap_pyfunction!(rms_factors, m)?)
}

/// Energy of a defect at ``separation`` (three numbers, in 1/k_F) from a scatterer under a bias eV (in e_F, below 2), in e_F: second-order perturbation theory, both ``amplitudes`` f k_F constant.
///
/// ``distribution``: ``"averaged"`` (Kozub and Rudin, Eqs. 16 and 29), both Fermi wave numbers in all directions, or ``"directed"`` (Eq. 14), each in that of its electrons.
#[pyfunction]
#[pyo3(signature = (separation, amplitudes, bias, *, distribution="averaged"))]
fn biased_pair_energy(
    separation: [f64; 3],
    amplitudes: [f64; 2],
    bias: f64,
    distribution: &str,
) -> PyResult<f64> {
    let distribution = named("distribution", distribution, &DISTRIBUTIONS)?;
    distribution.energy(separation, amplitudes, bias).map_err(Raise::raise)
}

/// Phase factor of the differential conductance of a pair under bias, per that of ``cos(2R + d1 + d2)`` without (Kozub and Rudin, Eqs. 17 and 30, with the sign of a derivative of the current):
/// ``cos(2R + phi) cos(2 Dk R) - (dphi/dDk) sin(2R + phi) sin(2 Dk R) / 2R``, ``Dk = eV / (2 hbar v_F)``.
///
/// ``distance`` and ``bias`` (eV in e_F) are numbers or arrays; ``phase`` is phi with the phases of scattering, ``phase_slope`` its derivative.
#[pyfunction]
#[pyo3(signature = (distance, bias, *, phase=0.0, phase_slope=0.0))]
fn biased_conductance_factor<'py>(
    py: Python<'py>,
    distance: Numbers,
    bias: Numbers,
    phase: f64,
    phase_slope: f64,
) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&distance, &bias], move |[r, v]| {
        biased_pairs::conductance_factor(r, phase, phase_slope, v)
    })
}

/// The Fermi wave numbers of the two steps of the distribution, ``sqrt(1 -+ eV/2)`` in k_F, eV in e_F, from 0, below 2.
#[pyfunction]
fn fermi_wave_numbers(bias: f64) -> PyResult<(f64, f64)> {
    biased_pairs::fermi_wave_numbers(bias).map(|[low, high]| (low, high)).map_err(Raise::raise)
}

/// What a bias eV (in e_F) leaves of the mean interference of a frozen pattern that was chosen without it (Kozub and Rudin, Eq. 18): ``sum_m w_m cos(2 Dk R_m) / sum_m w_m``, ``w = R^-5``, of an array of distances in 1/k_F.
#[pyfunction]
fn frozen_pattern_factor(distances: Reals<'_>, bias: f64) -> PyResult<f64> {
    biased_pairs::frozen_pattern_factor(&to_vec(&distances), bias).map_err(Raise::raise)
}

/// The same of scatterers spread uniformly between two distances, in 1/k_F.
#[pyfunction]
fn shell_factor(inner: f64, outer: f64, bias: f64) -> PyResult<f64> {
    biased_pairs::shell_factor(inner, outer, bias).map_err(Raise::raise)
}

/// What a bias eV (in e_F) leaves of the rms energy and of the rms differential conductance of random phases, from an array of distances in 1/k_F: both tend to ``1/sqrt(2)``. NaN without distances.
#[pyfunction]
fn rms_factors(distances: Reals<'_>, bias: f64) -> (f64, f64) {
    let [energy, conductance] = biased_pairs::rms_factors(&to_vec(&distances), bias);
    (energy, conductance)
}
