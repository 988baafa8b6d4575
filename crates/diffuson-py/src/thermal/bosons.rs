//! Heat carried by phonons or photons.

use super::source::Source;
use super::structure::{Structure, adaptive};
use crate::arrays::{Reals, table, to_vec, vector};
use crate::audit::Audit;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, input};
use diffuson::thermal::bosons;
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<BosonHeatConductance>()?;
    m.add_class::<BosonHeatCurrents>()?;
    m.add_function(wrap_pyfunction!(bose_window, m)?)?;
    m.add_function(wrap_pyfunction!(boson_heat_conductance, m)?)?;
    m.add_function(wrap_pyfunction!(boson_heat_currents, m)?)?;
    m.add_function(wrap_pyfunction!(quantum_of_heat_conductance, m)?)
}

/// Heat conductances between reservoirs of bosons.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct BosonHeatConductance {
    inner: bosons::HeatConductance,
}

#[pymethods]
impl BosonHeatConductance {
    /// ``K_ab`` in quanta of heat conductance, ``pi^2 k_B^2 T/3h``: an array (terminals into, terminals out of); the transmission where it is constant.
    #[getter]
    fn quanta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let n = self.inner.quanta.terminals();
        table(py, n, n, self.inner.quanta.as_ref().to_vec())
    }

    /// Temperature k_B T, in the unit of energy.
    #[getter]
    fn kt(&self) -> f64 {
        self.inner.kt
    }

    /// ``K_ab`` in W/K at a temperature in K.
    fn si<'py>(&self, py: Python<'py>, temperature: f64) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let si = self.inner.si(temperature);
        table(py, si.terminals(), si.terminals(), si.as_ref().to_vec())
    }

    /// Quadrature, row and column sums.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }
}

/// Heat currents between reservoirs of bosons.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct BosonHeatCurrents {
    inner: bosons::HeatCurrents,
}

#[pymethods]
impl BosonHeatCurrents {
    /// Heat into each reservoir, in (unit of energy)^2/h: an array (reservoirs).
    #[getter]
    fn heat<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.heat.clone())
    }

    /// Quadrature, energy, second law.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }
}

/// ``w^2 e^w/(e^w - 1)^2``, w = hbar omega/k_B T: a number or an array as given.
#[pyfunction]
fn bose_window<'py>(py: Python<'py>, w: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&w], |[w]| bosons::bose_window(w))
}

/// Heat conductance of bosons at temperature ``kt`` = k_B T through a transmission, a function of the energy hbar omega above 0: ``K_ab = (k_B^2 T/h) Int_0^inf dw w^2 e^w/(e^w - 1)^2 T_ab(w k_B T)``. Energies in any one unit.
#[pyfunction]
#[pyo3(signature = (transmission, kt, *, structure=None, tolerance=1e-12))]
fn boson_heat_conductance(
    transmission: Source<'_>,
    kt: f64,
    structure: Option<PyRef<'_, Structure>>,
    tolerance: f64,
) -> PyResult<BosonHeatConductance> {
    let (known, quadrature) = (transmission.with(structure)?, adaptive(tolerance)?);
    let terminals = known.at(kt)?.terminals();
    let inner = bosons::heat_conductance(terminals, kt, known.structure(), quadrature, |e| known.at(e));
    Ok(BosonHeatConductance { inner: inner.map_err(Raise::raise)? })
}

/// Heat between reservoirs of bosons at ``temperatures`` k_B T (zero is allowed): ``J_a = (1/h) Int_0^inf dE E sum_b T_ab (n_b - n_a)``, positive into the reservoir.
#[pyfunction]
#[pyo3(signature = (transmission, temperatures, *, structure=None, tolerance=1e-12))]
fn boson_heat_currents(
    transmission: Source<'_>,
    temperatures: Reals<'_>,
    structure: Option<PyRef<'_, Structure>>,
    tolerance: f64,
) -> PyResult<BosonHeatCurrents> {
    let (known, quadrature) = (transmission.with(structure)?, adaptive(tolerance)?);
    let temperatures = to_vec(&temperatures);
    if temperatures.len() < 2 {
        return Err(input(format!("{} reservoirs: heat flows between two or more", temperatures.len())));
    }
    let inner = bosons::heat_currents(&temperatures, known.structure(), quadrature, |e| known.at(e));
    Ok(BosonHeatCurrents { inner: inner.map_err(Raise::raise)? })
}

/// The quantum of heat conductance ``pi^2 k_B^2 T/3h`` at a temperature (in K), times the number of modes, in W/K.
#[pyfunction]
#[pyo3(signature = (temperature, modes=1.0))]
fn quantum_of_heat_conductance(temperature: f64, modes: f64) -> f64 {
    bosons::quantum_of_heat_conductance(temperature, modes)
}
