//! The fits: by the law, by a collapse without it, by its first order.

use super::quantity;
use crate::arrays::vector;
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::Numbers;
use crate::errors::{Raise, input};
use crate::fits::{self, Estimated, Fit, Interval, Posterior};
use crate::localization::Named;
use diffuson::localization::joint::{self, Data, Residual, collapse, slope};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// A joint fit of conductivities and thermopowers.
///
/// Quantities are called ``"exponent"``, ``"prefactor"``, ``"curvature"``, ``"gain"``, ``"offset"``; of a sample, by its number, ``("distance", 2)``, ``("geometry", 2)``.
#[pyclass(frozen, module = "diffuson.localization")]
#[derive(Clone)]
pub(crate) struct JointFit {
    inner: Arc<joint::JointFit>,
    data: Arc<Data>,
}

impl JointFit {
    pub(super) fn new(fit: joint::JointFit, data: Arc<Data>) -> Self {
        Self { inner: Arc::new(fit), data }
    }
}

fn show(e: joint::Estimated) -> String {
    diffuson_report::with_error(e.value, e.standard_error)
}

#[pymethods]
impl JointFit {
    /// The exponent x.
    #[getter]
    fn exponent(&self) -> Estimated {
        self.inner.exponent.into()
    }

    /// The prefactor A, in S/m per K^x; None if S alone was fitted.
    #[getter]
    fn prefactor(&self) -> Option<Estimated> {
        self.inner.prefactor.map(Estimated::from)
    }

    /// Distance of each sample from the mobility edge, in K; negative in an insulator.
    #[getter]
    fn distances(&self) -> Vec<Estimated> {
        self.inner.distances.iter().map(|&e| e.into()).collect()
    }

    /// Names of the samples.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.data.samples().iter().map(|s| s.name.clone()).collect()
    }

    /// All parameters, with covariance, chi^2, goodness of fit and warnings.
    #[getter]
    fn fit(&self) -> Fit {
        self.inner.fit.clone().into()
    }

    /// Whether the fit is a minimum, and a possible one.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// A quantity with its standard error.
    fn estimate(&self, quantity: Named) -> PyResult<Estimated> {
        self.inner.estimate(self::quantity(&quantity)?).map(Estimated::from).map_err(Raise::raise)
    }

    /// The values of a quantity that the data allow: chi^2 minimised over all else rises by ``rise`` at the ends (1: 68.27 %, 3.84: 95 %). One-sided where the data set no limit on one side.
    #[pyo3(signature = (quantity, *, rise=1.0))]
    fn interval(&self, py: Python<'_>, quantity: Named, rise: f64) -> PyResult<Interval> {
        let (fit, quantity) = (self.inner.clone(), self::quantity(&quantity)?);
        compute(py, move || fit.interval(quantity, rise))?.map(Interval::from).map_err(Raise::raise)
    }

    /// Correlation of two quantities, in [-1, 1].
    fn correlation(&self, a: Named, b: Named) -> PyResult<f64> {
        self.inner.correlation(quantity(&a)?, quantity(&b)?).map_err(Raise::raise)
    }

    /// Samples of the posterior: ``steps`` kept of every walker after ``burn_in`` others (a fourth of them, if not given), in independent ``ensembles``. Same seed, same samples.
    #[pyo3(signature = (*, steps=2000, burn_in=None, ensembles=4, seed=0))]
    fn posterior(
        &self,
        py: Python<'_>,
        steps: usize,
        burn_in: Option<usize>,
        ensembles: usize,
        seed: u64,
    ) -> PyResult<Posterior> {
        let (fit, sampling) = (self.inner.clone(), fits::sampling(steps, burn_in, ensembles, seed));
        let found = compute(py, move || fit.posterior(sampling))?.map_err(Raise::raise)?;
        Ok(Posterior::new(found, fits::names(&self.inner.fit)))
    }

    /// What is left of every point that took part, as arrays: ``sample`` and ``point``, its numbers, and (measured - fitted)/standard error of ``conductivity``, ``thermopower`` and
    /// ``temperature``, NaN for what was not measured or has no error.
    fn residuals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = self.inner.residuals();
        let dict = PyDict::new(py);
        let number = |of: fn(&Residual) -> usize| vector(py, all.iter().map(|r| of(r) as i64).collect());
        dict.set_item("sample", number(|r| r.sample))?;
        dict.set_item("point", number(|r| r.point))?;
        let column = |of: fn(&Residual) -> Option<f64>| {
            vector(py, all.iter().map(|r| of(r).unwrap_or(f64::NAN)).collect())
        };
        dict.set_item("conductivity", column(|r| r.conductivity))?;
        dict.set_item("thermopower", column(|r| r.thermopower))?;
        dict.set_item("temperature", column(|r| r.temperature))?;
        Ok(dict)
    }

    /// sigma in S/m and ``|S|`` in V/K of a sample, by its number, at positive temperatures in K: a pair. Its geometry factor, gain and offset are included.
    fn curve<'py>(
        &self,
        py: Python<'py>,
        sample: usize,
        temperature: Numbers,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let (shape, temperatures) = temperature.parts();
        let both: Option<Vec<(f64, f64)>> =
            temperatures.into_iter().map(|t| self.inner.curve(sample, t)).collect();
        let samples = self.data.samples().len();
        let refused = || {
            input(format!(
                "sample {sample} of {samples} (counted from 0), or a temperature that is not positive"
            ))
        };
        let (sigma, s) = both.ok_or_else(refused)?.into_iter().unzip();
        Ok((shape.give(py, sigma)?, shape.give(py, s)?))
    }

    /// The exponent without the law: that all data of the metallic samples fall on one curve each, cubic splines in ln(T/d) of knots at most ``spacing`` apart.
    #[pyo3(signature = (*, spacing=0.8))]
    fn collapse(&self, py: Python<'_>, spacing: f64) -> PyResult<CollapseFit> {
        let (fit, data) = (self.inner.clone(), self.data.clone());
        let found = compute(py, move || collapse::fit(&data, &fit, spacing))?.map_err(Raise::raise)?;
        Ok(CollapseFit::new(found, &self.data))
    }

    fn __repr__(&self) -> String {
        let distance =
            |(sample, d): (&joint::Sample, &joint::Estimated)| format!("d {} = {} K", sample.name, show(*d));
        let distances: Vec<String> =
            self.data.samples().iter().zip(&self.inner.distances).map(distance).collect();
        format!("JointFit(x = {}, {})", show(self.inner.exponent), distances.join(", "))
    }
}

/// A data collapse.
#[pyclass(frozen, module = "diffuson.localization")]
#[derive(Clone)]
pub(crate) struct CollapseFit {
    inner: collapse::CollapseFit,
    data: Arc<Data>,
}

impl CollapseFit {
    pub(super) fn new(inner: collapse::CollapseFit, data: &Arc<Data>) -> Self {
        Self { inner, data: data.clone() }
    }
}

#[pymethods]
impl CollapseFit {
    /// The exponent x.
    #[getter]
    fn exponent(&self) -> Estimated {
        self.inner.exponent.into()
    }

    /// ``ln d``, d in K, of the samples that take part, those on the metallic side, by name. That of the first is taken from the joint fit.
    #[getter]
    fn shifts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for &(sample, shift) in &self.inner.shifts {
            dict.set_item(&self.data.samples()[sample].name, Estimated::from(shift))?;
        }
        Ok(dict)
    }

    /// Coefficients of each spline.
    #[getter]
    fn coefficients(&self) -> usize {
        self.inner.coefficients
    }

    /// Parameters, chi^2, goodness of fit: chi^2 per degree of freedom is the quality of the collapse.
    #[getter]
    fn fit(&self) -> Fit {
        self.inner.fit.clone().into()
    }

    fn __repr__(&self) -> String {
        format!("CollapseFit(x = {}, {} samples)", show(self.inner.exponent), self.inner.shifts.len())
    }
}

/// Exponent and prefactor by the first order at low temperature.
#[pyclass(frozen, module = "diffuson.localization")]
#[derive(Clone)]
pub(crate) struct SlopeFit {
    inner: slope::SlopeFit,
    data: Arc<Data>,
}

impl SlopeFit {
    pub(super) fn new(inner: slope::SlopeFit, data: &Arc<Data>) -> Self {
        Self { inner, data: data.clone() }
    }
}

#[pymethods]
impl SlopeFit {
    /// The exponent x: minus one over the slope of the line.
    #[getter]
    fn exponent(&self) -> Estimated {
        self.inner.exponent.into()
    }

    /// The prefactor A, in S/m per K^x, from its intercept.
    #[getter]
    fn prefactor(&self) -> Estimated {
        self.inner.prefactor.into()
    }

    /// What ideal data of these x and A, at the same temperatures, would give in excess of x.
    #[getter]
    fn bias(&self) -> f64 {
        self.inner.bias
    }

    /// The points of the line, by the name of the sample: sigma(0) in S/m and ``|dS/dT|`` in V/K^2. Samples without two conductivities and a positive slope below the window are left out.
    #[getter]
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for low in &self.inner.samples {
            let pair = (Estimated::from(low.conductivity), Estimated::from(low.slope));
            dict.set_item(&self.data.samples()[low.sample].name, pair)?;
        }
        Ok(dict)
    }

    /// The fit of the line, with errors in both axes.
    #[getter]
    fn fit(&self) -> Fit {
        self.inner.fit.clone().into()
    }

    fn __repr__(&self) -> String {
        format!("SlopeFit(x = {}, bias {:+.3})", show(self.inner.exponent), self.inner.bias)
    }
}
