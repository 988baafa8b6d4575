//! Charge and heat at any bias and any temperatures.

use super::reservoirs::Reservoirs;
use super::source::{Source, sampled};
use super::structure::{Structure, adaptive};
use crate::arrays::vector;
use crate::audit::Audit;
use crate::conductor::Conductor;
use crate::errors::Raise;
use diffuson::thermal;
use numpy::PyArray1;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Currents>()?;
    m.add_function(wrap_pyfunction!(currents, m)?)
}

/// Currents between reservoirs at any potentials and temperatures, ``I_a = (1/h) Int dE sum_b T_ab (f_b - f_a)``, ``J^Q_a = (1/h) Int dE (E - mu_a) sum_b T_ab (f_b - f_a)``; positive into the reservoir. Arrays
/// (reservoirs).
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct Currents {
    inner: thermal::Currents,
}

impl Currents {
    pub(super) fn of(inner: thermal::Currents) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl Currents {
    /// Particle currents, in t/h; the current of positive charge is -e times this.
    #[getter]
    fn particle<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.particle.clone())
    }

    /// Heat currents, in t^2/h.
    #[getter]
    fn heat<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.heat.clone())
    }

    /// Energy currents ``J^Q_a + mu_a I_a``, in t^2/h; they add up to zero.
    #[getter]
    fn energy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.energy())
    }

    /// Power ``sum_a mu_a I_a`` that the electrons deliver against the potentials, in t^2/h; negative where it is Joule heat.
    #[getter]
    fn power(&self) -> f64 {
        self.inner.power()
    }

    /// Entropy production ``sum_a J^Q_a / k_B T_a``, in k_B t/h. Infinite where heat flows into a reservoir at zero temperature.
    #[getter]
    fn entropy_production(&self) -> f64 {
        self.inner.entropy_production()
    }

    /// Estimated error of the quadrature, relative to the integrals of the moduli.
    #[getter]
    fn quadrature_error(&self) -> f64 {
        self.inner.quadrature_error
    }

    /// Evaluations of the transmission.
    #[getter]
    fn evaluations(&self) -> usize {
        self.inner.evaluations
    }

    /// Quadrature, charge, energy, second law, and what was checked of the transmissions.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    fn __repr__(&self) -> String {
        format!("Currents(particle={:?} t/h, heat={:?} t^2/h)", self.inner.particle, self.inner.heat)
    }
}

/// Currents between ``reservoirs`` ``[(mu, kt), ...]`` (in t) through a transmission: a :class:`TransmissionFunction`, or a function of energy that returns a number (two terminals) or a matrix ``T_ab``.
///
/// The transmission does not change with the bias: screening is not included.
#[pyfunction]
#[pyo3(signature = (transmission, reservoirs, *, structure=None, tolerance=1e-12))]
fn currents(
    py: Python<'_>,
    transmission: Source<'_>,
    reservoirs: Reservoirs,
    structure: Option<PyRef<'_, Structure>>,
    tolerance: f64,
) -> PyResult<Currents> {
    let known = transmission.with(structure)?;
    known.currents(py, &reservoirs.all(), adaptive(tolerance)?).map(Currents::of)
}

#[pymethods]
impl Conductor {
    /// Currents between the leads at any bias and temperatures: ``reservoirs`` ``[(mu, kt), ...]`` (in t), one for each lead; zero temperature is allowed. Without probes; with them take :meth:`probes` at a bias.
    ///
    /// The transmissions are those of the unbiased conductor: screening is not included.
    #[pyo3(signature = (reservoirs, *, tolerance=1e-12))]
    fn currents(&self, py: Python<'_>, reservoirs: Reservoirs, tolerance: f64) -> PyResult<Currents> {
        let (reservoirs, quadrature) = (reservoirs.one_each(self.inner.leads())?, adaptive(tolerance)?);
        sampled(py, self, move |sample| sample.currents(&reservoirs, quadrature).map_err(Raise::raise))
            .map(Currents::of)
    }
}
