//! One scatterer, and how energy and conductance of random contacts belong together, in closed form.

use crate::arrays::{Reals, to_vec};
use crate::elementwise::{Numbers, elementwise};
use crate::errors::Raise;
use diffuson::defects::{correlation, single_scatterer};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Interference>()?;
    m.add_function(wrap_pyfunction!(shell_correlation, m)?)?;
    m.add_function(wrap_pyfunction!(frozen_correlation, m)?)?;
    m.add_function(wrap_pyfunction!(cauchy_width, m)?)?;
    m.add_function(wrap_pyfunction!(cauchy_distribution, m)?)?;
    m.add_function(wrap_pyfunction!(splitting, m)?)?;
    m.add_function(wrap_pyfunction!(flat_band_energy, m)?)?;
    m.add_function(wrap_pyfunction!(scatterer_conductance, m)?)?;
    m.add_function(wrap_pyfunction!(born_amplitude, m)?)?;
    m.add_function(wrap_pyfunction!(sharvin_conductance, m)?)
}

/// Interference of one defect with all others over many contacts: sums over pairs at random phases (Kozub and Rudin, Eqs. 8 to 12). Lengths in 1/k_F, energies in e_F, conductances in e^2/h, both spins.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Interference {
    inner: correlation::Interference,
}

#[pymethods]
impl Interference {
    /// Scatterers of one amplitude spread uniformly, ``density`` of them per 1/k_F^3, over the shell between two distances; the outer one may be infinite.
    #[staticmethod]
    #[pyo3(signature = (density, amplitude, inner, outer=f64::INFINITY))]
    fn of_shell(density: f64, amplitude: f64, inner: f64, outer: f64) -> PyResult<Self> {
        let inner = correlation::Interference::of_shell(density, amplitude, inner, outer);
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// Scatterers as strong as can be, everywhere beyond 1/k_F, with the mean free path that they make, in 1/k_F.
    #[staticmethod]
    fn of_neighbours(mean_free_path: f64) -> PyResult<Self> {
        let inner = correlation::Interference::of_neighbours(mean_free_path);
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// The rough wall of a round channel as long as wide, ``(d/lambda_F)^2`` scatterers (Eq. 10); the defect is in the middle of the channel, anywhere within ``reach`` of the radius.
    #[staticmethod]
    fn of_rough_wall(diameter: f64, amplitude: f64, reach: f64) -> PyResult<Self> {
        let inner = correlation::Interference::of_rough_wall(diameter, amplitude, reach);
        inner.map(|inner| Self { inner }).map_err(Raise::raise)
    }

    /// Rms energy of a position, in e_F.
    #[getter]
    fn energy(&self) -> f64 {
        self.inner.energy
    }

    /// Rms conductance of a position, in e^2/h.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance
    }

    /// Correlation coefficient C of the two (Eq. 8).
    #[getter]
    fn correlation(&self) -> f64 {
        self.inner.correlation
    }

    /// Density of the splitting of two independent positions at zero, per e_F, if energies are normal.
    #[getter]
    fn splitting_density(&self) -> f64 {
        self.inner.splitting_density()
    }

    /// Mean conductance of the upper level less that of the lower one, per splitting (Eq. 9), in e^2/h per e_F.
    #[getter]
    fn slope(&self) -> f64 {
        self.inner.slope()
    }

    /// Conductance that a two-level fluctuator gains in all, in e^2/h.
    #[getter]
    fn saturation(&self) -> f64 {
        self.inner.saturation()
    }

    /// Conductance that it gains on warming to k_B T (in e_F) far below the rms energy (Eqs. 11 and 12), in e^2/h; of an array element by element.
    fn gain<'py>(&self, py: Python<'py>, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let interference = self.inner;
        elementwise(py, [&kt], move |[kt]| interference.gain(kt))
    }

    fn __repr__(&self) -> String {
        let i = &self.inner;
        format!(
            "Interference(energy = {} e_F, conductance = {} e^2/h, correlation = {})",
            i.energy, i.conductance, i.correlation
        )
    }
}

/// Correlation coefficient of scatterers spread uniformly between two distances, ``(sqrt(3)/2) (1 + x) / sqrt(1 + x + x^2)``, x = inner/outer.
#[pyfunction]
fn shell_correlation(inner: f64, outer: f64) -> PyResult<f64> {
    correlation::shell_correlation(inner, outer).map_err(Raise::raise)
}

/// Correlation coefficient of one frozen background over random phases (Kozub and Rudin, Eq. 34), from its distances: ``sum R^-5 / sqrt(sum R^-4 sum R^-6)``. NaN without distances.
#[pyfunction]
fn frozen_correlation(distances: Reals<'_>) -> f64 {
    correlation::frozen_correlation(&to_vec(&distances))
}

/// Half width at half maximum of the energy of a defect among scatterers at any distance, ``density`` of them per 1/k_F^3: ``(4 pi/3) n (2/pi) f^2``, in e_F.
#[pyfunction]
fn cauchy_width(density: f64, amplitude: f64) -> f64 {
    correlation::cauchy_width(density, amplitude)
}

/// Probability that an energy of that width lies below E: ``1/2 + arctan(E/width)/pi``; of arrays element by element.
#[pyfunction]
fn cauchy_distribution<'py>(py: Python<'py>, energy: Numbers, width: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&energy, &width], |[energy, width]| correlation::cauchy_distribution(energy, width))
}

/// Splitting of a two-level system, ``sqrt(D0^2 + D^2)`` (Kozub and Rudin, Eq. 1), of tunnelling amplitude D0 and asymmetry D = ``bare_asymmetry`` + ``electron_shift``.
#[pyfunction]
fn splitting<'py>(
    py: Python<'py>,
    tunnelling: Numbers,
    bare_asymmetry: Numbers,
    electron_shift: Numbers,
) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&tunnelling, &bare_asymmetry, &electron_shift], |[t, a, e]| {
        single_scatterer::splitting(t, a, e)
    })
}

/// Second-order energy of a defect in a flat band with one state per site, both spins (Kozub and Rudin, Eq. 2): ``-2 (V0^2/W) S``, ``S = -nu ln nu - (1 - nu) ln(1 - nu)`` with the filling nu. In the unit of ``coupling`` V0 and ``width`` W.
#[pyfunction]
fn flat_band_energy(coupling: f64, width: f64, filling: f64) -> PyResult<f64> {
    single_scatterer::flat_band_energy(coupling, width, filling).map_err(Raise::raise)
}

/// Conductance that a scatterer takes away in a wide ballistic contact, ``-2 sin^2 d`` in e^2/h, phase shift in radians (exact form of Kozub and Rudin, Eq. 3).
#[pyfunction]
fn scatterer_conductance<'py>(py: Python<'py>, phase_shift: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&phase_shift], |[d]| single_scatterer::scatterer_conductance(d))
}

/// Scattering length times k_F of a point potential in Born approximation, ``2 pi^2 |V0|/e_F``.
#[pyfunction]
fn born_amplitude<'py>(py: Python<'py>, coupling: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&coupling], |[v]| single_scatterer::born_amplitude(v))
}

/// Sharvin conductance of a round orifice, ``(2 e^2/h) (k_F d/4)^2`` in e^2/h, both spins; its diameter in 1/k_F.
#[pyfunction]
fn sharvin_conductance<'py>(py: Python<'py>, diameter: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&diameter], |[d]| single_scatterer::sharvin_conductance(d))
}
