//! The conductivity of a lattice near its mobility edge, and the transport it gives.

use super::scaling::ScalingFit;
use crate::arguments::not_negative;
use crate::compute::compute;
use crate::elementwise::{Numbers, Shape, elementwise, points};
use crate::errors::{Raise, input, numerical};
use diffuson::localization::computed::{self, ComputedError, MetallicPoint};
use diffuson::thermal::Coefficients;
use pyo3::prelude::*;
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ComputedConductivity>()?;
    m.add_class::<ComputedTransport>()
}

impl Raise for ComputedError {
    fn raise(self) -> PyErr {
        match self {
            Self::NoMetal { .. } | Self::OutOfRange { .. } => input(self),
            Self::Transport(_) => numerical(self),
        }
    }
}

/// ``sigma_0(E)`` of a lattice, computed instead of assumed: ``C/xi(E)`` between the mobility edge E_c and the innermost energy of a scaling fit driven by energy, the slope dq/dL further inside, and
/// zero beyond E_c.
///
/// Parameters
/// ----------
/// fit
///     The scaling fit; of several transitions the first.
/// energy, size, value, error
///     What grows linearly with the size L in the metal, ``q = sigma_0 L + const``, with its standard error: the conductance of cubes in e^2/h per spin, or ``1/(beta Gamma)`` of bars L sites across,
///     beta = 1, 2, 4 in the orthogonal, unitary and symplectic class (C. W. J. Beenakker, Rev. Mod. Phys. 69, 731 (1997)). All are broadcast.
/// smallest
///     Smallest size that is used: the line needs samples larger than xi.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct ComputedConductivity {
    inner: Arc<computed::ComputedConductivity>,
}

#[pymethods]
impl ComputedConductivity {
    #[new]
    #[pyo3(signature = (fit, energy, size, value, error, *, smallest=0.0))]
    fn new(
        fit: &ScalingFit,
        energy: Numbers,
        size: Numbers,
        value: Numbers,
        error: Numbers,
        smallest: f64,
    ) -> PyResult<Self> {
        let (_, points) = points([&energy, &size, &value, &error])?;
        let point = |[energy, size, value, error]: [f64; 4]| MetallicPoint { energy, size, value, error };
        let metal: Vec<MetallicPoint> = points.into_iter().map(point).collect();
        if let Some(k) = metal.iter().position(|p| !(p.energy.is_finite() && p.size.is_finite())) {
            return Err(input(format!("energy and size of point {k} are not finite numbers")));
        }
        let inner =
            computed::ComputedConductivity::new(&fit.inner, &metal, smallest).map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The mobility edge, in t.
    #[getter]
    fn edge(&self) -> f64 {
        self.inner.edge()
    }

    /// Whether states above the edge are extended.
    #[getter]
    fn conducts_above(&self) -> bool {
        self.inner.conducts_above()
    }

    /// The energy, in t, furthest inside at which it was computed.
    #[getter]
    fn deepest(&self) -> f64 {
        self.inner.deepest()
    }

    /// ``sigma_0(E)`` in e^2/(h a) per spin; beyond the deepest energy that at it.
    fn bare_conductivity<'py>(&self, py: Python<'py>, energy: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&energy], |[e]| self.inner.at(e))
    }

    /// Transport coefficients at chemical potentials ``mu`` and temperatures ``kt`` = k_B T, both in t and broadcast. The window, 6 kT, must not reach beyond the deepest energy.
    fn transport(&self, py: Python<'_>, mu: Numbers, kt: Numbers) -> PyResult<ComputedTransport> {
        let (shape, points) = points([&mu, &kt])?;
        points.iter().try_for_each(|&[_, kt]| not_negative("kt", kt).map(drop))?;
        let inner = self.inner.clone();
        let all: Result<Vec<Coefficients>, _> =
            compute(py, move || points.into_iter().map(|[mu, kt]| inner.transport(mu, kt)).collect())?;
        Ok(ComputedTransport { shape, points: all.map_err(Raise::raise)? })
    }

    fn __repr__(&self) -> String {
        let side = if self.conducts_above() { "above" } else { "below" };
        format!("ComputedConductivity({side} {} t)", diffuson_report::short(self.edge(), 5))
    }
}

/// Transport coefficients of a computed conductivity, per spin: numbers, or arrays of the shape of chemical potentials and temperatures.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct ComputedTransport {
    shape: Shape,
    points: Vec<Coefficients>,
}

impl ComputedTransport {
    fn of<'py>(
        &self,
        py: Python<'py>,
        quantity: impl Fn(&Coefficients) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.shape.give(py, self.points.iter().map(quantity).collect())
    }
}

#[pymethods]
impl ComputedTransport {
    /// sigma, in e^2/(h a).
    #[getter]
    fn conductivity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, Coefficients::conductance)
    }

    /// S, in k_B/e; negative for electrons above an edge.
    #[getter]
    fn thermopower<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, Coefficients::thermopower)
    }

    /// Thermal conductivity without an electric current, in k_B^2 T/(h a).
    #[getter]
    fn thermal_conductivity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, Coefficients::thermal_conductance)
    }

    /// ``kappa/(sigma T)`` over its Sommerfeld value.
    #[getter]
    fn lorenz_ratio<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, Coefficients::lorenz_ratio)
    }

    /// ``Z T`` of the electrons alone.
    #[getter]
    fn figure_of_merit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, Coefficients::figure_of_merit)
    }
}
