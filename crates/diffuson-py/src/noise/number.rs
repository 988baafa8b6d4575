//! Number fluctuations of a segment of a chain with a barrier.

use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, family};
use crate::thermal::AnyReservoir;
use diffuson::C64;
use diffuson::noise::number;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Chain>()?;
    m.add_class::<BiasedChain>()?;
    m.add_class::<NumberVariance>()?;
    m.add_class::<BiasedNumber>()
}

family!(input: number::InvalidChain);

/// An infinite chain ``E = -2 cos k`` of free fermions in equilibrium with a ``reservoir`` ``(mu, kt)``, kt at least 0.001 t, with one site raised by ``height``: a barrier of
/// transmission ``(4 - E^2) / (4 - E^2 + height^2)``. Sites are counted from it.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct Chain {
    inner: Arc<number::Chain>,
}

#[pymethods]
impl Chain {
    #[new]
    #[pyo3(signature = (reservoir, height=0.0))]
    fn new(py: Python<'_>, reservoir: AnyReservoir, height: f64) -> PyResult<Self> {
        let inner = compute(py, move || number::Chain::new(reservoir.0, height))?.map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The chain whose barrier, a raised site, transmits electrons at the chemical potential with this probability, above 0 and at most 1.
    #[staticmethod]
    fn with_transmission(py: Python<'_>, reservoir: AnyReservoir, transmission: f64) -> PyResult<Self> {
        let made = compute(py, move || number::Chain::with_transmission(reservoir.0, transmission))?;
        Ok(Self { inner: Arc::new(made.map_err(Raise::raise)?) })
    }

    /// Energy of the raised site, in t.
    #[getter]
    fn height(&self) -> f64 {
        self.inner.height()
    }

    /// Sites beyond which correlations are less than rounding.
    #[getter]
    fn range(&self) -> usize {
        self.inner.range()
    }

    /// Transmission probability of the barrier at an energy (a number or an array), 0 outside of the band.
    fn transmission<'py>(&self, py: Python<'py>, energy: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&energy], |[energy]| self.inner.transmission(energy))
    }

    /// The correlation ``C_ij = <c_j^+ c_i>`` of two sites counted from the barrier: real and symmetric.
    fn correlation(&self, i: i32, j: i32) -> f64 {
        self.inner.correlation(i.into(), j.into())
    }

    /// The number of particles on the sites from ``-left`` to ``right``, the barrier being site 0; at most a million sites on a side.
    fn segment(&self, py: Python<'_>, left: usize, right: usize) -> PyResult<NumberVariance> {
        let chain = self.inner.clone();
        let inner = compute(py, move || chain.segment(left, right))?.map_err(Raise::raise)?;
        Ok(NumberVariance { inner })
    }

    /// The chain with waves from the left that come from another ``reservoir``, those from the right being as they are. Both chemical potentials are at least 37 kT inside the band.
    fn biased(&self, py: Python<'_>, left: AnyReservoir) -> PyResult<BiasedChain> {
        let (chain, left) = (self.inner.clone(), left.0);
        let inner = compute(py, move || chain.biased(left))?.map_err(Raise::raise)?;
        Ok(BiasedChain { inner: Arc::new(inner) })
    }

    fn __repr__(&self) -> String {
        format!("Chain(barrier of {} t)", self.inner.height())
    }
}

/// A chain between two reservoirs: waves from the left have another occupation than those from the right. No self-consistent potential.
///
/// A segment on one side of the barrier has partition noise in its number of particles, one with as many sites on both sides has none.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct BiasedChain {
    inner: Arc<number::BiasedChain>,
}

#[pymethods]
impl BiasedChain {
    /// The correlation ``C_ij = <c_j^+ c_i>`` of two sites counted from the barrier: complex and Hermitian.
    fn correlation(&self, i: i32, j: i32) -> C64 {
        self.inner.correlation(i.into(), j.into())
    }

    /// The number of particles on the sites from ``-left`` to ``right``: n^2 products for n sites.
    fn segment(&self, py: Python<'_>, left: usize, right: usize) -> PyResult<BiasedNumber> {
        let chain = self.inner.clone();
        let inner = compute(py, move || chain.segment(left, right))?.map_err(Raise::raise)?;
        Ok(BiasedNumber { inner })
    }
}

/// The number N of particles on a segment, in equilibrium: ``variance = response + boundary``.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct NumberVariance {
    inner: number::NumberVariance,
}

#[pymethods]
impl NumberVariance {
    /// Sites of the segment.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites
    }

    /// Mean number N.
    #[getter]
    fn number(&self) -> f64 {
        self.inner.number
    }

    /// ``<dN^2>``.
    #[getter]
    fn variance(&self) -> f64 {
        self.inner.variance
    }

    /// ``kT dN/dmu``, what the compressibility gives.
    #[getter]
    fn response(&self) -> f64 {
        self.inner.response
    }

    /// ``sum C_ij^2`` of pairs across the ends of the segment: what the variance exceeds the response by. It does not grow with the length.
    #[getter]
    fn boundary(&self) -> f64 {
        self.inner.boundary
    }

    /// The variance over the response.
    #[getter]
    fn ratio(&self) -> f64 {
        self.inner.ratio()
    }

    /// By how much the ratio exceeds one, from the pairs across the ends.
    #[getter]
    fn excess(&self) -> f64 {
        self.inner.excess()
    }

    /// That the variance is response and boundary, that occupations lie between 0 and 1, and the number from waves one by one.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }
}

/// The number of particles on a segment out of equilibrium.
#[pyclass(frozen, module = "diffuson.noise")]
pub(crate) struct BiasedNumber {
    inner: number::BiasedNumber,
}

#[pymethods]
impl BiasedNumber {
    /// Mean number N.
    #[getter]
    fn number(&self) -> f64 {
        self.inner.number
    }

    /// ``<dN^2>``.
    #[getter]
    fn variance(&self) -> f64 {
        self.inner.variance
    }

    /// That occupations lie between 0 and 1.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }
}
