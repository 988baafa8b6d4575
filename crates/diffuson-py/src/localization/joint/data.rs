//! What was measured.

use super::comparison::JointComparison;
use super::fit::{JointFit, SlopeFit};
use super::law;
use crate::compute::compute;
use crate::elementwise::{Numbers, broadcast};
use crate::errors::{Raise, input};
use diffuson::localization::joint::{self, Data, Estimated, Point, slope};
use pyo3::prelude::*;
use std::sync::Arc;

/// Conductivity and thermopower of one sample against temperature. NaN stands for what was not measured.
///
/// Parameters
/// ----------
/// name
///     What the sample is called.
/// temperature, temperature_error
///     T in K, and its standard error; zero if it is exact.
/// conductivity, conductivity_error
///     sigma in S/m (or any unit: that of the prefactor), and its standard error.
/// thermopower, thermopower_error
///     S in V/K, signed or as a magnitude, and its standard error.
#[pyclass(frozen, from_py_object, module = "diffuson.localization")]
#[derive(Clone)]
pub(crate) struct MeasuredSample {
    inner: joint::Sample,
}

#[pymethods]
impl MeasuredSample {
    #[new]
    #[pyo3(signature = (
        name, temperature, *, conductivity=None, conductivity_error=None, thermopower=None, thermopower_error=None, temperature_error=None
    ))]
    fn new(
        name: String,
        temperature: Numbers,
        conductivity: Option<Numbers>,
        conductivity_error: Option<Numbers>,
        thermopower: Option<Numbers>,
        thermopower_error: Option<Numbers>,
        temperature_error: Option<Numbers>,
    ) -> PyResult<Self> {
        let (_, [temperatures, errors]) =
            broadcast([&temperature, &temperature_error.unwrap_or_else(Numbers::zero)])?;
        let points = temperatures.len();
        let conductivity = measured("conductivity", conductivity, conductivity_error, &temperature, points)?;
        let thermopower = measured("thermopower", thermopower, thermopower_error, &temperature, points)?;
        let point = |k: usize| Point {
            temperature_error: errors[k],
            conductivity: conductivity[k],
            thermopower: thermopower[k],
            ..Point::at(temperatures[k])
        };
        Ok(Self { inner: joint::Sample { name, points: (0..points).map(point).collect() } })
    }

    /// What it is called.
    #[getter]
    fn name(&self) -> &str {
        &self.inner.name
    }

    fn __len__(&self) -> usize {
        self.inner.points.len()
    }

    fn __repr__(&self) -> String {
        format!("MeasuredSample({:?}, {} temperatures)", self.inner.name, self.inner.points.len())
    }
}

/// A quantity at each temperature, where it was measured.
fn measured(
    what: &str,
    values: Option<Numbers>,
    errors: Option<Numbers>,
    temperature: &Numbers,
    points: usize,
) -> PyResult<Vec<Option<Estimated>>> {
    let (values, errors) = match (values, errors) {
        (None, None) => return Ok(vec![None; points]),
        (Some(values), Some(errors)) => (values, errors),
        (Some(_), None) => return Err(input(format!("{what} is given, but {what}_error is not"))),
        (None, Some(_)) => return Err(input(format!("{what}_error is given, but {what} is not"))),
    };
    let (_, [values, errors, _]) = broadcast([&values, &errors, temperature])?;
    if values.len() != points {
        return Err(input(format!("{what}: {} numbers, but {points} temperatures", values.len())));
    }
    let one = |(value, standard_error): (f64, f64)| {
        (!value.is_nan()).then_some(Estimated { value, standard_error })
    };
    Ok(values.into_iter().zip(errors).map(one).collect())
}

/// Measurements of samples that share exponent and prefactor, checked.
///
/// Sample i lies a distance d_i from the mobility edge, in K; all obey ``sigma_i(T) = c_i A T^x K_0(d_i/T), |S_i(T)| = g (k_B/e) K_1/K_0(d_i/T) + s``. The thermopowers have one sign in common, that of their weighted
/// sum: negative for electrons above a lower edge, positive for holes below an upper one, or for magnitudes. Errors of different points are taken as independent.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct Measurements {
    data: Arc<Data>,
}

#[pymethods]
impl Measurements {
    #[new]
    fn new(samples: Vec<MeasuredSample>) -> PyResult<Self> {
        let data = Data::new(samples.into_iter().map(|s| s.inner).collect()).map_err(Raise::raise)?;
        Ok(Self { data: Arc::new(data) })
    }

    /// Names of the samples.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.data.samples().iter().map(|s| s.name.clone()).collect()
    }

    /// The common sign of the thermopowers.
    #[getter]
    fn sign(&self) -> f64 {
        self.data.sign()
    }

    /// Highest temperature, in K.
    #[getter]
    fn highest_temperature(&self) -> f64 {
        self.data.highest_temperature()
    }

    /// Number of temperatures, those of different samples counted apart.
    fn __len__(&self) -> usize {
        self.data.points()
    }

    /// The same samples up to a temperature, in K.
    fn up_to(&self, temperature: f64) -> Self {
        Self { data: Arc::new(self.data.up_to(temperature)) }
    }

    /// Fits x, A and the d_i together, with the corrections that are allowed. Starting values come from the data alone.
    ///
    /// Parameters
    /// ----------
    /// method
    ///     ``"joint"``, sigma and S together; ``"conductivity"`` or ``"thermopower"``, one of them alone.
    /// curvature
    ///     Whether ``sigma_0 = A eps^x (1 + b eps)`` is fitted with b.
    /// geometry
    ///     Relative standard error of the geometry factors of single samples, where they have one.
    /// gain, offset
    ///     Relative standard error of a factor common to all thermopowers, and standard error of an offset, in V/K.
    #[pyo3(signature = (method="joint", *, curvature=false, geometry=None, gain=None, offset=None))]
    fn fit(
        &self,
        py: Python<'_>,
        method: &str,
        curvature: bool,
        geometry: Option<f64>,
        gain: Option<f64>,
        offset: Option<f64>,
    ) -> PyResult<JointFit> {
        let law = law(method, curvature, geometry, gain, offset)?;
        let data = self.data.clone();
        let fit = compute(py, move || law.fit(&data))?.map_err(Raise::raise)?;
        Ok(JointFit::new(fit, self.data.clone()))
    }

    /// All routes to the exponent side by side, and what their differences say: the fit that is asked for; sigma and S alone; with a curvature; of the lower half of the temperatures; by the first
    /// order at low temperature, with points of ``|S|`` below ``window`` k_B/e; and by a collapse without a law. The other arguments are those of :meth:`fit`.
    #[pyo3(signature = (method="joint", *, curvature=false, geometry=None, gain=None, offset=None, window=0.4))]
    #[allow(clippy::too_many_arguments, reason = "keywords of Python")]
    fn compare(
        &self,
        py: Python<'_>,
        method: &str,
        curvature: bool,
        geometry: Option<f64>,
        gain: Option<f64>,
        offset: Option<f64>,
        window: f64,
    ) -> PyResult<JointComparison> {
        let law = law(method, curvature, geometry, gain, offset)?;
        let data = self.data.clone();
        let found = compute(py, move || joint::comparison::Comparison::new(&law, &data, window))?;
        Ok(JointComparison::new(found.map_err(Raise::raise)?, &self.data))
    }

    /// Exponent and prefactor from the first order at low temperature: sigma(0) against dS/dT, ``dS/dT = (k_B/e) (pi^2 x/3) A^(1/x) sigma(0)^(-1/x)`` (Eq. 41), from points of ``|S|`` below
    /// ``window`` k_B/e.
    #[pyo3(signature = (*, window=0.4))]
    fn slope(&self, py: Python<'_>, window: f64) -> PyResult<SlopeFit> {
        let data = self.data.clone();
        let found = compute(py, move || slope::fit(&data, window))?.map_err(Raise::raise)?;
        Ok(SlopeFit::new(found, &self.data))
    }

    fn __repr__(&self) -> String {
        format!("Measurements({} samples, {} temperatures)", self.data.samples().len(), self.data.points())
    }
}
