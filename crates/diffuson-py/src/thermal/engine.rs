//! Power and efficiency of a conductor between a hot and a cold reservoir, and what a magnetic field leaves possible.

use super::currents::Currents;
use super::source::Source;
use super::structure::{Structure, adaptive};
use crate::errors::input;
use diffuson::thermal::{engine, field};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<HeatEngine>()?;
    m.add_class::<OperatingPoint>()?;
    m.add_function(wrap_pyfunction!(carnot, m)?)?;
    m.add_function(wrap_pyfunction!(curzon_ahlborn, m)?)?;
    m.add_function(wrap_pyfunction!(maximum_efficiency, m)?)?;
    m.add_function(wrap_pyfunction!(efficiency_at_maximum_power, m)?)?;
    m.add_function(wrap_pyfunction!(largest_figure_of_merit, m)?)?;
    m.add_function(wrap_pyfunction!(efficiency_bound, m)?)?;
    m.add_function(wrap_pyfunction!(efficiency_at_maximum_power_bound, m)?)
}

/// A heat engine of two terminals: lead 0 hot, lead 1 cold, potentials ``mu -+ load/2`` about a common one; temperatures k_B T and ``mu`` in t.
///
/// Its methods take the transmission between the two: a :class:`Conductor` without probes, a :class:`TransmissionFunction` (the quickest), or a function of energy with its ``structure``.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct HeatEngine {
    inner: engine::HeatEngine,
}

/// A heat engine at one load.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct OperatingPoint {
    inner: engine::OperatingPoint,
}

#[pymethods]
impl OperatingPoint {
    /// What the potential of the cold reservoir exceeds that of the hot one by, in t.
    #[getter]
    fn load(&self) -> f64 {
        self.inner.load
    }

    /// Power delivered, in t^2/h.
    #[getter]
    fn power(&self) -> f64 {
        self.inner.power
    }

    /// Heat out of the hot reservoir per time, in t^2/h.
    #[getter]
    fn heat(&self) -> f64 {
        self.inner.heat
    }

    /// Power per heat taken in.
    #[getter]
    fn efficiency(&self) -> f64 {
        self.inner.efficiency()
    }

    /// Currents into the hot and the cold reservoir, with their audit.
    #[getter]
    fn currents(&self) -> Currents {
        Currents::of(self.inner.currents.clone())
    }

    fn __repr__(&self) -> String {
        let point = &self.inner;
        format!(
            "OperatingPoint(load {:.6} t, power {:.6e} t^2/h, efficiency {:.6})",
            point.load,
            point.power,
            point.efficiency()
        )
    }
}

#[pymethods]
impl HeatEngine {
    #[new]
    fn new(hot: f64, cold: f64, mu: f64) -> PyResult<Self> {
        if !(hot > cold && cold >= 0.0 && hot.is_finite() && mu.is_finite()) {
            return Err(input(format!(
                "hot = {hot}, cold = {cold}, mu = {mu}, but finite numbers are wanted, hot above cold, cold not below 0"
            )));
        }
        Ok(Self { inner: engine::HeatEngine { hot, cold, mu } })
    }

    /// The engine at a load, in t.
    #[pyo3(signature = (load, transmission, *, structure=None, tolerance=1e-10))]
    fn at(
        &self,
        py: Python<'_>,
        load: f64,
        transmission: Source<'_>,
        structure: Option<PyRef<'_, Structure>>,
        tolerance: f64,
    ) -> PyResult<OperatingPoint> {
        let (known, engine) = (transmission.with(structure)?, self.inner);
        let inner = known.asked(py, adaptive(tolerance)?, move |mut solve| engine.at(load, &mut solve))?;
        Ok(OperatingPoint { inner })
    }

    /// The load at which no current flows, in t; None if there is none.
    #[pyo3(signature = (transmission, *, structure=None, tolerance=1e-10))]
    fn stopping_load(
        &self,
        py: Python<'_>,
        transmission: Source<'_>,
        structure: Option<PyRef<'_, Structure>>,
        tolerance: f64,
    ) -> PyResult<Option<f64>> {
        let (known, engine) = (transmission.with(structure)?, self.inner);
        known.asked(py, adaptive(tolerance)?, move |mut solve| engine.stopping_load(&mut solve))
    }

    /// The load of maximum power; None if there is no power.
    #[pyo3(signature = (transmission, *, structure=None, tolerance=1e-10))]
    fn maximum_power(
        &self,
        py: Python<'_>,
        transmission: Source<'_>,
        structure: Option<PyRef<'_, Structure>>,
        tolerance: f64,
    ) -> PyResult<Option<OperatingPoint>> {
        let (known, engine) = (transmission.with(structure)?, self.inner);
        let found = known.asked(py, adaptive(tolerance)?, move |solve| engine.maximum_power(solve))?;
        Ok(found.map(|inner| OperatingPoint { inner }))
    }

    /// The load of maximum efficiency; None if there is no power.
    #[pyo3(signature = (transmission, *, structure=None, tolerance=1e-10))]
    fn maximum_efficiency(
        &self,
        py: Python<'_>,
        transmission: Source<'_>,
        structure: Option<PyRef<'_, Structure>>,
        tolerance: f64,
    ) -> PyResult<Option<OperatingPoint>> {
        let (known, engine) = (transmission.with(structure)?, self.inner);
        let found = known.asked(py, adaptive(tolerance)?, move |solve| engine.maximum_efficiency(solve))?;
        Ok(found.map(|inner| OperatingPoint { inner }))
    }

    /// Maximum power over the load and over the mean potential between the two energies of ``gate`` (in t), as a gate sets it; None if there is no power.
    #[pyo3(signature = (gate, transmission, *, structure=None, tolerance=1e-10))]
    fn maximum_power_over_gate(
        &self,
        py: Python<'_>,
        gate: (f64, f64),
        transmission: Source<'_>,
        structure: Option<PyRef<'_, Structure>>,
        tolerance: f64,
    ) -> PyResult<Option<OperatingPoint>> {
        let (known, engine) = (transmission.with(structure)?, self.inner);
        if !(gate.0 < gate.1 && gate.0.is_finite() && gate.1.is_finite()) {
            return Err(input(format!("gate is {gate:?}, but two finite ascending energies are wanted")));
        }
        let gate = gate.into();
        let found = known
            .asked(py, adaptive(tolerance)?, move |solve| engine.maximum_power_over_gate(gate, solve))?;
        Ok(found.map(|inner| OperatingPoint { inner }))
    }

    fn __repr__(&self) -> String {
        let engine::HeatEngine { hot, cold, mu } = self.inner;
        format!("HeatEngine(hot={hot}, cold={cold}, mu={mu})")
    }
}

/// Efficiency of Carnot, ``1 - cold/hot``: what no engine exceeds.
#[pyfunction]
fn carnot(hot: f64, cold: f64) -> f64 {
    engine::carnot(hot, cold)
}

/// Efficiency of Curzon and Ahlborn, ``1 - sqrt(cold/hot)``: at maximum power of an engine that loses nothing but at its contacts (Am. J. Phys. 43, 22 (1975)).
#[pyfunction]
fn curzon_ahlborn(hot: f64, cold: f64) -> f64 {
    engine::curzon_ahlborn(hot, cold)
}

/// Largest efficiency in linear response, per Carnot's: ``x (sqrt(ZT + 1) - 1)/(sqrt(ZT + 1) + 1)``. In a magnetic field x is the asymmetry ``l12/l21`` and ZT the generalised figure of merit.
#[pyfunction]
#[pyo3(signature = (figure_of_merit, asymmetry=1.0))]
fn maximum_efficiency(figure_of_merit: f64, asymmetry: f64) -> f64 {
    field::maximum_efficiency(asymmetry, figure_of_merit)
}

/// Efficiency at maximum power in linear response, per Carnot's: ``(x/2) ZT/(ZT + 2)``.
#[pyfunction]
#[pyo3(signature = (figure_of_merit, asymmetry=1.0))]
fn efficiency_at_maximum_power(figure_of_merit: f64, asymmetry: f64) -> f64 {
    field::efficiency_at_maximum_power(asymmetry, figure_of_merit)
}

/// The generalised figure of merit furthest from zero that unitarity between ``terminals`` terminals allows at an asymmetry, ``4x cos^2(pi/n)/(x - 1)^2``: infinite at x = 1; without ``terminals`` by the second law alone
/// (K. Brandner and U. Seifert, New J. Phys. 15, 105003 (2013)).
#[pyfunction]
#[pyo3(signature = (asymmetry, terminals=None))]
fn largest_figure_of_merit(asymmetry: f64, terminals: Option<usize>) -> PyResult<f64> {
    Ok(field::largest_figure_of_merit(asymmetry, enough(terminals)?))
}

/// Largest efficiency per Carnot's that unitarity between ``terminals`` terminals allows at an asymmetry.
#[pyfunction]
#[pyo3(signature = (asymmetry, terminals=None))]
fn efficiency_bound(asymmetry: f64, terminals: Option<usize>) -> PyResult<f64> {
    Ok(field::efficiency_bound(asymmetry, enough(terminals)?))
}

/// Largest efficiency at maximum power per Carnot's that unitarity between ``terminals`` terminals allows at an asymmetry.
#[pyfunction]
#[pyo3(signature = (asymmetry, terminals=None))]
fn efficiency_at_maximum_power_bound(asymmetry: f64, terminals: Option<usize>) -> PyResult<f64> {
    Ok(field::efficiency_at_maximum_power_bound(asymmetry, enough(terminals)?))
}

fn enough(terminals: Option<usize>) -> PyResult<Option<usize>> {
    match terminals {
        Some(n) if n < 2 => Err(input(format!("{n} terminals, but two or more are wanted"))),
        other => Ok(other),
    }
}
