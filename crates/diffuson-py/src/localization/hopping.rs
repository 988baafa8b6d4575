//! Currents that do not flow above the edge: hopping, and a tail of states below it.

use super::mobility_edge::{MobilityEdge, Transport};
use crate::arguments::named;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, input};
use diffuson::localization::hopping::{self, Law};
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<VariableRangeHopping>()?;
    m.add_class::<Tail>()?;
    m.add_function(wrap_pyfunction!(mott_temperature, m)?)?;
    m.add_function(wrap_pyfunction!(efros_shklovskii_temperature, m)?)
}

const LAWS: [(&str, Law); 2] = [("mott", Law::Mott), ("efros-shklovskii", Law::EfrosShklovskii)];

/// Variable-range hopping in three dimensions: ``sigma = prefactor exp[-(characteristic/T)^p]``, p = 1/4 by the ``law`` ``"mott"`` (a constant density of states), 1/2 by
/// ``"efros-shklovskii"`` (the Coulomb gap).
///
/// ``prefactor`` is in S/m, ``characteristic`` in K, both positive. Temperatures are in K; negative ones give NaN.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct VariableRangeHopping {
    inner: hopping::VariableRangeHopping,
}

#[pymethods]
impl VariableRangeHopping {
    #[new]
    #[pyo3(signature = (prefactor, characteristic, *, law="mott"))]
    fn new(prefactor: f64, characteristic: f64, law: &str) -> PyResult<Self> {
        let law = named("law", law, &LAWS)?;
        let inner =
            hopping::VariableRangeHopping::new(prefactor, characteristic, law).map_err(Raise::raise)?;
        Ok(Self { inner })
    }

    /// sigma, in S/m.
    fn conductivity<'py>(&self, py: Python<'py>, temperature: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&temperature], |[t]| self.inner.conductivity(t))
    }

    /// Length of the typical hop per localization length: ``(3/8)(T_0/T)^{1/4}``, with a Coulomb gap ``(1/4)(T_ES/T)^{1/2}``. Hopping is of variable range where this exceeds one.
    fn hop_length<'py>(&self, py: Python<'py>, temperature: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&temperature], |[t]| self.inner.hop_length(t))
    }

    /// Energy of the typical hop, in K: ``(1/4) T (T_0/T)^{1/4}``, with a Coulomb gap ``(1/2) T (T_ES/T)^{1/2}``.
    fn hop_energy<'py>(&self, py: Python<'py>, temperature: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&temperature], |[t]| self.inner.hop_energy(t))
    }

    /// S in V/K where only the density of states depends on energy: ``-(k_B/2e)(T_0 T)^{1/2} k_B dlnN/dE``, the derivative ``ln_density_slope`` in 1/K. The prefactor depends on how hops are
    /// averaged; the power of T is that of Mott's law.
    fn thermopower_of_density<'py>(
        &self,
        py: Python<'py>,
        temperature: Numbers,
        ln_density_slope: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&temperature], |[t]| self.inner.thermopower_of_density(t, ln_density_slope))
    }

    /// S in V/K where the localization length grows towards the edge, ``xi ~ |E - E_m|^{-nu}`` at ``E_m - mu = distance`` K: Mott's formula, ``-(k_B/e)(pi^2/3) T (1/4)(T_0/T)^{1/4} 3 nu/distance``
    /// in Mott's law.
    fn thermopower_of_length<'py>(
        &self,
        py: Python<'py>,
        temperature: Numbers,
        nu: f64,
        distance: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&temperature], |[t]| self.inner.thermopower_of_length(t, nu, distance))
    }
}

/// A scale-invariant tail below the edge: ``sigma_0(E) = B A T^x exp[(E - E_m)/(alpha k_B T)]`` at E < E_m, in parallel with what flows above.
///
/// ``strength`` is B, not negative, ``width`` alpha, from 0.05 to 1. It leaves the scaling of S with d/T intact and lowers the plateau.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct Tail {
    inner: hopping::Tail,
}

#[pymethods]
impl Tail {
    #[new]
    fn new(strength: f64, width: f64) -> PyResult<Self> {
        Ok(Self { inner: hopping::Tail::new(strength, width).map_err(Raise::raise)? })
    }

    /// What the tail of this edge carries, at distances and temperatures in K, broadcast; :meth:`Transport.parallel` joins it to what flows above. Nothing where ``|d/T|`` exceeds 600.
    fn transport(&self, edge: &MobilityEdge, distance: Numbers, temperature: Numbers) -> PyResult<Transport> {
        Transport::at(&distance, &temperature, |d, t| self.inner.transport(&edge.inner, d, t))
    }
}

/// ``T_0 = beta/(k_B N xi^3)`` in K, with the density of states N in 1/(J m^3), the localization length xi in m; beta is 18.1 in Mott's estimate, 21.2 from percolation.
#[pyfunction]
#[pyo3(signature = (density_of_states, localization_length, *, beta=21.2))]
fn mott_temperature(density_of_states: f64, localization_length: f64, beta: f64) -> PyResult<f64> {
    positive("density of states", density_of_states)?;
    positive("localization length", localization_length)?;
    positive("beta", beta)?;
    Ok(hopping::mott_temperature(beta, density_of_states, localization_length))
}

/// ``T_ES = 2.8 e^2/(4 pi epsilon k_B xi)`` in K, with the permittivity epsilon in F/m, the localization length xi in m.
#[pyfunction]
fn efros_shklovskii_temperature(permittivity: f64, localization_length: f64) -> PyResult<f64> {
    positive("permittivity", permittivity)?;
    positive("localization length", localization_length)?;
    Ok(hopping::efros_shklovskii_temperature(permittivity, localization_length))
}

fn positive(what: &str, number: f64) -> PyResult<()> {
    if number > 0.0 && number.is_finite() {
        Ok(())
    } else {
        Err(input(format!("the {what} is {number}, but a positive number is wanted")))
    }
}
