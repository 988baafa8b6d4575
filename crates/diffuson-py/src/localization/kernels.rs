//! The integrals behind the transport coefficients, and where their curves turn.

use crate::elementwise::{Numbers, Shape, elementwise};
use crate::errors::Raise;
use diffuson::localization::{self, special_points};
use pyo3::prelude::*;
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Kernels>()?;
    m.add_class::<KernelDerivatives>()?;
    m.add_class::<ScalingFunctions>()?;
    m.add_class::<FermiDirac>()?;
    m.add_function(wrap_pyfunction!(eta, m)?)
}

/// The moments ``K_n(z) = Int_0^inf (u - z)^n u^x (-f')(u - z) du``, n = 0, 1, 2, of the Fermi window over the power law above a mobility edge, ``z = (mu - E_m)/kT``.
///
/// ``exponent`` is x, from 0 to 12. Relative accuracy 1e-12 for x of 0.05 or more; below, that of ``K_1`` at large z is lost as 1/x, as ``K_1`` itself vanishes.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct Kernels {
    inner: Arc<localization::Kernels>,
}

impl Kernels {
    pub(super) fn new(inner: localization::Kernels) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

#[pymethods]
impl Kernels {
    #[new]
    fn prepare(exponent: f64) -> PyResult<Self> {
        localization::Kernels::new(exponent).map(Self::new).map_err(Raise::raise)
    }

    /// The exponent x.
    #[getter]
    fn exponent(&self) -> f64 {
        self.inner.exponent()
    }

    /// ``K_0, K_1, K_2`` at z: an array whose first axis is n, the others those of z. Zero where they underflow, below about z = -700.
    fn moments<'py>(&self, py: Python<'py>, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let (shape, z) = z.parts();
        shape.stack(py, &z.into_iter().map(|z| self.inner.moments(z)).collect::<Vec<_>>())
    }

    /// The moments and their derivatives by z and by x.
    fn derivatives(&self, z: Numbers) -> KernelDerivatives {
        let (shape, z) = z.parts();
        KernelDerivatives { shape, points: z.into_iter().map(|z| self.inner.derivatives(z)).collect() }
    }

    /// ``ln K_0`` and ``K_1/K_0``, accurate also where the moments underflow or overflow.
    fn scaling(&self, z: Numbers) -> ScalingFunctions {
        let (shape, z) = z.parts();
        ScalingFunctions { shape, points: z.into_iter().map(|z| self.inner.scaling(z)).collect() }
    }

    /// The scaling functions, their derivatives by z, and those by x.
    fn scaling_derivatives(&self, z: Numbers) -> (ScalingFunctions, ScalingFunctions, ScalingFunctions) {
        let (shape, z) = z.parts();
        let all: Vec<[localization::Scaling; 3]> =
            z.into_iter().map(|z| self.inner.scaling_derivatives(z)).collect();
        let nth = |n: usize| ScalingFunctions {
            shape: shape.clone(),
            points: all.iter().map(|three| three[n]).collect(),
        };
        (nth(0), nth(1), nth(2))
    }

    /// T/d at which sigma(T) is smallest; None for x >= 1, where it only rises.
    fn conductivity_minimum(&self) -> Option<f64> {
        special_points::conductivity_minimum(&self.inner)
    }

    /// T/d at which sigma(T) has returned to sigma(0) after its minimum; None for x >= 1.
    fn conductivity_recovery(&self) -> Option<f64> {
        special_points::conductivity_recovery(&self.inner)
    }

    /// T/d at which |S|(T) has its inflection: once for x < 1 and once for x > 7; None between. Those at T/d < 1/40, next to x = 1 and x = 7, are not looked for.
    fn thermopower_inflection(&self) -> Option<f64> {
        special_points::thermopower_inflection(&self.inner)
    }

    /// ``z = d/T`` at which the power factor ``S^2 sigma`` at fixed T is largest; None for x >= 2, where it rises with z for ever.
    fn power_factor_maximum(&self) -> Option<f64> {
        special_points::power_factor_maximum(&self.inner)
    }

    /// T/d at which |S| has reached a fraction (from 1e-6 to 1 - 1e-6) of its plateau, the value at z = 0 that it takes at high temperatures.
    fn plateau_reached<'py>(&self, py: Python<'py>, fraction: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&fraction], |[f]| special_points::plateau_reached(&self.inner, f))
    }

    fn __repr__(&self) -> String {
        format!("Kernels(exponent={})", self.exponent())
    }
}

/// Moments ``K_0, K_1, K_2`` with their derivatives: arrays whose first axis is n.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct KernelDerivatives {
    shape: Shape,
    points: Vec<localization::Derivatives>,
}

impl KernelDerivatives {
    fn of<'py>(
        &self,
        py: Python<'py>,
        numbers: impl Fn(&localization::Derivatives) -> [f64; 3],
    ) -> PyResult<Bound<'py, PyAny>> {
        self.shape.stack(py, &self.points.iter().map(numbers).collect::<Vec<_>>())
    }
}

#[pymethods]
impl KernelDerivatives {
    /// ``K_n``.
    #[getter]
    fn moments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, |d| d.moments)
    }

    /// ``dK_n/dz``.
    #[getter]
    fn by_z<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, |d| d.by_z)
    }

    /// ``dK_n/dx``.
    #[getter]
    fn by_x<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, |d| d.by_x)
    }
}

/// The two scaling functions of conductivity and thermopower, or a derivative of both.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct ScalingFunctions {
    shape: Shape,
    points: Vec<localization::Scaling>,
}

#[pymethods]
impl ScalingFunctions {
    /// ``ln K_0``: ``sigma = A T^x K_0``.
    #[getter]
    fn ln_conductivity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.shape.give(py, self.points.iter().map(|s| s.ln_conductivity).collect())
    }

    /// ``Y = K_1/K_0``: ``|S| = (k_B/e) Y``, of one sign.
    #[getter]
    fn thermopower<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.shape.give(py, self.points.iter().map(|s| s.thermopower).collect())
    }
}

/// Complete Fermi-Dirac integral ``F_j(z) = (1/Gamma(j+1)) Int_0^inf s^j ds/(1 + e^{s-z})``, continued to orders ``j <= -1`` by ``F_{j-1} = dF_j/dz``; called as a function of z.
///
/// ``order`` is j, from -3 to 12. Relative accuracy 1e-12 for ``j >= -1``, and for every order where ``z <= -1``; elsewhere, where lower orders change sign, 1e-14 in absolute terms.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct FermiDirac {
    inner: localization::FermiDirac,
}

#[pymethods]
impl FermiDirac {
    #[new]
    fn new(order: f64) -> PyResult<Self> {
        Ok(Self { inner: localization::FermiDirac::new(order).map_err(Raise::raise)? })
    }

    /// The order j.
    #[getter]
    fn order(&self) -> f64 {
        self.inner.order()
    }

    /// ``F_j(z)``.
    fn __call__<'py>(&self, py: Python<'py>, z: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&z], |[z]| self.inner.at(z))
    }

    fn __repr__(&self) -> String {
        format!("FermiDirac(order={})", self.order())
    }
}

/// Dirichlet eta function ``eta(s) = sum_{n>=1} (-1)^{n+1} n^{-s} = (1 - 2^{1-s}) zeta(s)``, s from -2 to 13.
#[pyfunction]
fn eta<'py>(py: Python<'py>, s: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&s], |[s]| localization::eta(s))
}
