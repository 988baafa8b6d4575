//! The two-channel Kondo picture.

use super::CONDUCTANCES;
use crate::arguments::named;
use crate::elementwise::{Numbers, computed};
use crate::errors::Raise;
use diffuson::defects;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<KondoCurve>()?;
    m.add_function(wrap_pyfunction!(kondo_lifetime, m)?)
}

/// The change of conductance with bias and temperature in the two-channel Kondo picture, ``G(V, T) - G(0, 0) = B sqrt(T) [1 + Gam(w)]``, ``w = (9/pi^2) A eV/kT`` (Affleck and Ludwig 1993).
///
/// ``share`` is A, the share of the bias that drops between the impurity and the electrons that scatter off it: 1, or 1/2 if it drops symmetrically. ``measured`` is ``"differential"`` for dI/dV or ``"chord"`` for I/V.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct KondoCurve {
    inner: defects::KondoCurve,
}

#[pymethods]
impl KondoCurve {
    #[new]
    #[pyo3(signature = (share=1.0, *, measured="differential"))]
    fn new(share: f64, measured: &str) -> PyResult<Self> {
        let measured = named("measured", measured, &CONDUCTANCES)?;
        Ok(Self { inner: defects::KondoCurve::new(share, measured).map_err(Raise::raise)? })
    }

    /// ``[G(V, T) - G(0, 0)]/B``, eV and kT in one unit of energy, B per root of it; even in the bias. Without temperature ``(3/pi) sqrt(A eV)``, two thirds of it as I/V. Of arrays element by element.
    fn rise<'py>(&self, py: Python<'py>, bias: Numbers, kt: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let curve = self.inner;
        computed(py, [&bias, &kt], move |[bias, kt]| curve.rise(bias, kt))
    }

    /// ``Gam(w)`` of dI/dV, ``(1/w) Int_0^w Gam`` of I/V; 0.0912 w^2 and sqrt(w) - 1 for small and large w. Of an array element by element.
    fn scaling<'py>(&self, py: Python<'py>, w: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let curve = self.inner;
        computed(py, [&w], move |[w]| curve.scaling(w))
    }
}

/// ``K(x)``, the energy dependence of the lifetime in the two-channel Kondo picture (x = energy/kT); even, ``-(4/pi) sqrt(x)`` for large x, with the thermal average -4/3. Of an array element by element.
#[pyfunction]
fn kondo_lifetime<'py>(py: Python<'py>, x: Numbers) -> PyResult<Bound<'py, PyAny>> {
    computed(py, [&x], |[x]| defects::kondo_lifetime(x))
}
