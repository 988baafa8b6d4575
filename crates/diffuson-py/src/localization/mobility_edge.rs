//! Transport coefficients of electrons above (or holes below) one mobility edge.

use super::kernels::Kernels;
use crate::arguments::named;
use crate::elementwise::{Numbers, Shape, elementwise, points};
use crate::errors::{Raise, input};
use diffuson::localization::{self, Side};
use pyo3::prelude::*;
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<MobilityEdge>()?;
    m.add_class::<Transport>()
}

const SIDES: [(&str, Side); 2] = [("lower", Side::Lower), ("upper", Side::Upper)];

/// Electrons whose conductivity at one energy is ``sigma_0(E) = A eps^x (1 + b eps)`` at ``eps = (E - E_m)/k_B > 0`` above the mobility edge E_m, and nothing below it.
///
/// ``exponent`` is x, from 0 to 11. ``prefactor`` is A, in (S/m)/K^x, or in any unit of conductivity per K^x: that of the results. ``curvature`` is b, in 1/K. At a ``side`` ``"upper"``
/// states are extended below the edge, ``eps = (E_m - E)/k_B``, holes carry the current and the thermopower is positive. The distance d of the chemical potential from the edge, in K, is
/// positive in the metal.
///
/// Y. Imry and A. Amir, in 50 Years of Anderson Localization (2010), Eqs. 1, 8, 13, 14, 26; the curvature is beyond the paper.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct MobilityEdge {
    pub(super) inner: Arc<localization::MobilityEdge>,
    curvature: f64,
}

impl MobilityEdge {
    /// Transport at `d/T = z`, which is all that a law without curvature depends on.
    fn at(&self, z: f64) -> Result<localization::Transport, localization::InvalidParameter> {
        self.inner.transport(z, 1.0)
    }

    fn of_z<'py>(
        &self,
        py: Python<'py>,
        z: &Numbers,
        quantity: impl Fn(&localization::Transport) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.scales()?;
        elementwise(py, [z], |[z]| self.at(z).map(|t| quantity(&t)))
    }

    fn scales(&self) -> PyResult<()> {
        if self.curvature == 0.0 {
            return Ok(());
        }
        Err(input(format!(
            "with a curvature ({} 1/K) there is more than z to depend on: use transport(distance, temperature)",
            self.curvature
        )))
    }
}

#[pymethods]
impl MobilityEdge {
    #[new]
    #[pyo3(signature = (exponent, prefactor=1.0, *, curvature=0.0, side="lower"))]
    fn new(exponent: f64, prefactor: f64, curvature: f64, side: &str) -> PyResult<Self> {
        let side = named("side", side, &SIDES)?;
        let edge = localization::MobilityEdge::new(prefactor, exponent)
            .and_then(|edge| edge.with_curvature(curvature))
            .map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(edge.on_side(side)), curvature })
    }

    /// The exponent x.
    #[getter]
    fn exponent(&self) -> f64 {
        self.inner.exponent()
    }

    /// The prefactor A.
    #[getter]
    fn prefactor(&self) -> f64 {
        self.inner.prefactor()
    }

    /// The curvature b, in 1/K.
    #[getter]
    fn curvature(&self) -> f64 {
        self.curvature
    }

    /// Where states are extended: above the edge, ``"lower"``, or below, ``"upper"``.
    #[getter]
    fn side(&self) -> &'static str {
        match self.inner.side() {
            Side::Lower => "lower",
            Side::Upper => "upper",
        }
    }

    /// The moments of its power law.
    #[getter]
    fn kernels(&self) -> Kernels {
        Kernels::new(self.inner.kernels().clone())
    }

    /// ``sigma_0`` at ``eps`` kelvin inside the extended states, zero outside; in the unit of A K^x.
    fn bare_conductivity<'py>(&self, py: Python<'py>, eps: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&eps], |[eps]| self.inner.bare_conductivity(eps))
    }

    /// Transport coefficients at distances d and temperatures T, both in K and broadcast, in SI units:
    /// ``sigma = A T^x K_0, S = -(k_B/e) K_1/K_0, kappa/(sigma T) = (k_B/e)^2 [K_2/K_0 - (K_1/K_0)^2]``, with ``K_n`` at ``z = d/T``.
    ///
    /// T = 0 gives the limits: ``sigma_0(d)``, no thermopower and the Lorenz number in the metal; no conductivity and an infinite thermopower in the insulator; at the edge itself the values of
    /// z = 0.
    fn transport(&self, distance: Numbers, temperature: Numbers) -> PyResult<Transport> {
        Transport::at(&distance, &temperature, |d, t| self.inner.transport(d, t))
    }

    /// ``sigma/(A T^x) = K_0`` at ``z = d/T``.
    fn conductivity<'py>(&self, py: Python<'py>, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.of_z(py, &z, |t| t.conductivity / self.inner.prefactor())
    }

    /// Thermopower in k_B/e at ``z = d/T``, distance from the edge over temperature: ``-K_1/K_0``, negative for electrons above a lower edge. Times :data:`THERMOPOWER_UNIT` in V/K.
    fn thermopower<'py>(&self, py: Python<'py>, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.of_z(py, &z, |t| t.thermopower / localization::THERMOPOWER_UNIT)
    }

    /// ``kappa/(sigma T)`` over its Sommerfeld value at ``z = d/T``: 1 deep in the metal, ``3 (1 + x)/pi^2`` deep in the insulator.
    fn lorenz_ratio<'py>(&self, py: Python<'py>, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.of_z(py, &z, localization::Transport::lorenz_ratio)
    }

    /// ``Z T = S^2 sigma T/kappa`` of the electrons alone, an upper bound, at ``z = d/T``.
    fn figure_of_merit<'py>(&self, py: Python<'py>, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.of_z(py, &z, localization::Transport::figure_of_merit)
    }

    fn __repr__(&self) -> String {
        let (x, a) = (self.exponent(), self.prefactor());
        let b = if self.curvature == 0.0 { String::new() } else { format!(", curvature={}", self.curvature) };
        let side = if self.side() == "lower" { "" } else { ", side='upper'" };
        format!("MobilityEdge(exponent={x}, prefactor={a}{b}{side})")
    }
}

/// Linear transport coefficients of one channel, electrons only: numbers, or arrays of the shape that distances and temperatures have together.
///
/// Thermal conductivities are those without an electric current.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct Transport {
    shape: Shape,
    points: Vec<localization::Transport>,
}

impl Transport {
    /// At each of the distances and temperatures, broadcast.
    pub(super) fn at(
        distance: &Numbers,
        temperature: &Numbers,
        point: impl Fn(f64, f64) -> Result<localization::Transport, localization::InvalidParameter>,
    ) -> PyResult<Self> {
        let (shape, points) = points([distance, temperature])?;
        let points: Result<_, _> = points.into_iter().map(|[d, t]| point(d, t)).collect();
        Ok(Self { shape, points: points.map_err(Raise::raise)? })
    }

    fn of<'py>(
        &self,
        py: Python<'py>,
        quantity: impl Fn(&localization::Transport) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.shape.give(py, self.points.iter().map(quantity).collect())
    }
}

#[pymethods]
impl Transport {
    /// Temperature, in K.
    #[getter]
    fn temperature<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, |t| t.temperature)
    }

    /// sigma, in S/m if the prefactor is in (S/m)/K^x.
    #[getter]
    fn conductivity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, |t| t.conductivity)
    }

    /// S, in V/K; negative if electrons above an edge carry the current.
    #[getter]
    fn thermopower<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, |t| t.thermopower)
    }

    /// ``kappa/(sigma T)``, in W Ohm/K^2.
    #[getter]
    fn lorenz<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, |t| t.lorenz)
    }

    /// The same over its Sommerfeld value: 1 in a metal.
    #[getter]
    fn lorenz_ratio<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, localization::Transport::lorenz_ratio)
    }

    /// Electronic thermal conductivity kappa, in W/(K m).
    #[getter]
    fn thermal_conductivity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, localization::Transport::thermal_conductivity)
    }

    /// Peltier coefficient T S, in V.
    #[getter]
    fn peltier<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, localization::Transport::peltier)
    }

    /// ``Z T = S^2 sigma T/kappa`` of the electrons alone, an upper bound.
    #[getter]
    fn figure_of_merit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, localization::Transport::figure_of_merit)
    }

    /// ``S^2 sigma``, in W/(K^2 m).
    #[getter]
    fn power_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, localization::Transport::power_factor)
    }

    /// Two channels side by side at the same temperatures: ``sigma = s1 + s2``, ``S = (s1 S1 + s2 S2)/sigma``, and ``kappa = k1 + k2 + T (S1 - S2)^2 s1 s2/sigma``, the last from the current
    /// that circulates between them.
    fn parallel(&self, other: &Self) -> PyResult<Self> {
        let same =
            |(a, b): (&localization::Transport, &localization::Transport)| a.temperature == b.temperature;
        if self.shape != other.shape || !self.points.iter().zip(&other.points).all(same) {
            return Err(input("the two channels are not given at the same temperatures"));
        }
        let both = self.points.iter().zip(&other.points).map(|(a, b)| a.parallel(*b));
        Ok(Self { shape: self.shape.clone(), points: both.collect() })
    }

    fn __repr__(&self) -> String {
        match self.points.as_slice() {
            [t] => format!(
                "Transport(T = {} K, sigma = {} S/m, S = {:.4e} V/K, L/L0 = {:.4})",
                t.temperature,
                diffuson_report::short(t.conductivity, 5),
                t.thermopower,
                t.lorenz_ratio()
            ),
            many => format!("Transport({} points)", many.len()),
        }
    }
}
