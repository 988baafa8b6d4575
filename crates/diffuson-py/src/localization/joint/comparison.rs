//! All routes to the exponent side by side.

use super::fit::{CollapseFit, JointFit, SlopeFit};
use crate::fits::Estimated;
use diffuson::localization::joint::comparison::{self, Warning};
use diffuson::localization::joint::{self, Data, JointError};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every route to the exponent, and what their differences say. A route that the data do not allow is None, and ``reasons`` says why.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct JointComparison {
    /// The fit that was asked for.
    #[pyo3(get)]
    fit: JointFit,
    /// sigma alone.
    #[pyo3(get)]
    conductivity: Option<JointFit>,
    /// S alone.
    #[pyo3(get)]
    thermopower: Option<JointFit>,
    /// The fit with a curvature of sigma_0, unless the one that was asked for has it.
    #[pyo3(get)]
    curved: Option<JointFit>,
    /// The fit of temperatures up to half the highest one.
    #[pyo3(get)]
    halved: Option<JointFit>,
    /// Half the highest temperature, in K.
    #[pyo3(get)]
    half: f64,
    /// The first order at low temperature.
    #[pyo3(get)]
    slope: Option<SlopeFit>,
    /// The collapse without a law.
    #[pyo3(get)]
    collapse: Option<CollapseFit>,
    /// What the differences say.
    #[pyo3(get)]
    warnings: Vec<JointComparisonWarning>,
    /// Why a route is missing, by its name.
    #[pyo3(get)]
    reasons: BTreeMap<&'static str, String>,
}

impl JointComparison {
    pub(super) fn new(found: comparison::Comparison, data: &Arc<Data>) -> Self {
        let warnings = found.warnings().into_iter().map(|inner| JointComparisonWarning { inner }).collect();
        let mut reasons = BTreeMap::new();
        let halved = Arc::new(data.up_to(found.half));
        let mut joint = |name, route, data: &Arc<Data>| {
            kept(name, route, &mut reasons).map(|fit: joint::JointFit| JointFit::new(fit, data.clone()))
        };
        let conductivity = joint("conductivity", found.conductivity, data);
        let thermopower = joint("thermopower", found.thermopower, data);
        let curved = found.curved.and_then(|route| joint("curved", route, data));
        let halved = joint("halved", found.halved, &halved);
        let slope = kept("slope", found.slope, &mut reasons).map(|fit| SlopeFit::new(fit, data));
        let collapse = kept("collapse", found.collapse, &mut reasons).map(|fit| CollapseFit::new(fit, data));
        Self {
            fit: JointFit::new(found.fit, data.clone()),
            conductivity,
            thermopower,
            curved,
            halved,
            half: found.half,
            slope,
            collapse,
            warnings,
            reasons,
        }
    }
}

/// A route, or the reason why there is none, put to the others.
fn kept<T>(
    name: &'static str,
    route: Result<T, JointError>,
    reasons: &mut BTreeMap<&'static str, String>,
) -> Option<T> {
    route.map_err(|reason| reasons.insert(name, reason.to_string())).ok()
}

#[pymethods]
impl JointComparison {
    fn __repr__(&self) -> String {
        format!("JointComparison({} warnings)", self.warnings.len())
    }
}

/// What the reader must know of an exponent; ``str`` says it in words.
#[pyclass(frozen, module = "diffuson.localization")]
#[derive(Clone)]
pub(crate) struct JointComparisonWarning {
    inner: Warning,
}

#[pymethods]
impl JointComparisonWarning {
    /// ``"temperature-range"``, ``"curvature"``, ``"thermopower"``, ``"collapse"``, ``"window"`` or ``"bad-fit"``.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.inner {
            Warning::TemperatureRange { .. } => "temperature-range",
            Warning::Curvature { .. } => "curvature",
            Warning::Thermopower { .. } => "thermopower",
            Warning::Collapse { .. } => "collapse",
            Warning::Window { .. } => "window",
            Warning::BadFit { .. } => "bad-fit",
        }
    }

    /// The exponent by the route that differs; None of a bad fit.
    #[getter]
    fn exponent(&self) -> Option<Estimated> {
        match self.inner {
            Warning::TemperatureRange { exponent, .. }
            | Warning::Curvature { exponent, .. }
            | Warning::Thermopower { exponent }
            | Warning::Collapse { exponent }
            | Warning::Window { exponent, .. } => Some(exponent.into()),
            Warning::BadFit { .. } => None,
        }
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        format!("JointComparisonWarning({}: {})", self.kind(), self.inner)
    }
}
