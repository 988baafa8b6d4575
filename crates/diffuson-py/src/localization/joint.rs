//! Joint fits of sigma(T) and S(T) of several samples that share exponent and prefactor.

mod comparison;
mod data;
mod fit;

pub(crate) use data::{MeasuredSample, Measurements};
pub(crate) use fit::{CollapseFit, JointFit, SlopeFit};

use crate::arguments::named;
use crate::errors::{Raise, input};
use crate::localization::Named;
use diffuson::localization::joint::{JointError, Law, Method, ONE_SIGMA, Quantity, collapse, slope};
use pyo3::prelude::*;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<MeasuredSample>()?;
    m.add_class::<Measurements>()?;
    m.add_class::<JointFit>()?;
    m.add_class::<CollapseFit>()?;
    m.add_class::<SlopeFit>()?;
    m.add_class::<comparison::JointComparison>()?;
    m.add_class::<comparison::JointComparisonWarning>()
}

impl Raise for JointError {
    fn raise(self) -> PyErr {
        match self {
            Self::Fit(error) => error.raise(),
            _ => input(self),
        }
    }
}

// numbers that signatures repeat, for help() shows no names
const _: () = assert!(slope::WINDOW == 0.4 && collapse::SPACING == 0.8 && ONE_SIGMA == 1.0);

const METHODS: [(&str, Method); 3] =
    [("joint", Method::Joint), ("conductivity", Method::Conductivity), ("thermopower", Method::Thermopower)];

/// The law that is fitted, from the keywords of Python.
fn law(
    method: &str,
    curvature: bool,
    geometry: Option<f64>,
    gain: Option<f64>,
    offset: Option<f64>,
) -> PyResult<Law> {
    Ok(Law { method: named("method", method, &METHODS)?, curvature, geometry, gain, offset })
}

fn quantity(named: &Named) -> PyResult<Quantity> {
    match named.parts() {
        ("exponent", 0) => Ok(Quantity::Exponent),
        ("prefactor", 0) => Ok(Quantity::Prefactor),
        ("curvature", 0) => Ok(Quantity::Curvature),
        ("gain", 0) => Ok(Quantity::Gain),
        ("offset", 0) => Ok(Quantity::Offset),
        ("distance", sample) => Ok(Quantity::Distance(sample)),
        ("geometry", sample) => Ok(Quantity::Geometry(sample)),
        (other, number) => Err(input(format!(
            "there is no quantity {other:?} number {number}: one of \"exponent\", \"prefactor\", \"curvature\", \"gain\", \"offset\", \"distance\", \"geometry\" is wanted"
        ))),
    }
}
