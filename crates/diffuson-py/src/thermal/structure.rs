//! What is known of a transmission beforehand.

use crate::arguments::{self, named};
use crate::errors::Raise;
use diffuson::thermal::{self, Adaptive, Side, SingularPoint, Singularity};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Structure>()
}

const SIDES: [(&str, Side); 3] = [("below", Side::Below), ("above", Side::Above), ("both", Side::Both)];

/// What is known of a function of energy beforehand, so that quadratures need not find it. Without it a function is taken as smooth.
///
/// ``support``: energies outside of which it vanishes. ``jumps``: energies with different functions on either side, each smooth up to there. ``thresholds``: energies, or ``(energy, exponent, side)`` of
/// powers ``|E - E_0|^exponent`` (exponent above -1, side ``"below"``, ``"above"`` or ``"both"``); an energy by itself has square roots on both sides, as where a mode opens.
/// ``resonances``: ``(energy, half_width)`` of levels narrow against all else. All in t.
#[pyclass(frozen, module = "diffuson.thermal")]
#[derive(Clone)]
pub(crate) struct Structure {
    pub(super) inner: thermal::Structure,
}

/// A threshold as it may be given.
#[derive(FromPyObject)]
enum Threshold {
    Power(f64, f64, String),
    Root(f64),
}

#[pymethods]
impl Structure {
    #[new]
    #[pyo3(signature = (*, support=(f64::NEG_INFINITY, f64::INFINITY), jumps=Vec::new(), thresholds=Vec::new(), resonances=Vec::new()))]
    fn new(
        support: (f64, f64),
        jumps: Vec<f64>,
        thresholds: Vec<Threshold>,
        resonances: Vec<(f64, f64)>,
    ) -> PyResult<Self> {
        let mut points: Vec<SingularPoint> =
            jumps.into_iter().map(|energy| SingularPoint { energy, kind: Singularity::Jump }).collect();
        for threshold in thresholds {
            let (energy, exponent, side) = match threshold {
                Threshold::Power(energy, exponent, side) => (energy, exponent, named("side", &side, &SIDES)?),
                Threshold::Root(energy) => (energy, 0.5, Side::Both),
            };
            points.push(SingularPoint { energy, kind: Singularity::Threshold { exponent, side } });
        }
        points.extend(resonances.into_iter().map(|(energy, half_width)| SingularPoint {
            energy,
            kind: Singularity::Resonance { half_width },
        }));
        let inner = thermal::Structure::new(support.into(), points).map_err(Raise::raise)?;
        Ok(Self { inner })
    }

    /// Energies outside of which the function vanishes, in t.
    #[getter]
    fn support(&self) -> (f64, f64) {
        self.inner.support().into()
    }

    fn __repr__(&self) -> String {
        let [low, high] = self.inner.support();
        format!("Structure(support=({low}, {high}), {} singular points)", self.inner.points().len())
    }
}

/// The structure given, or that of a smooth function.
pub(super) fn or_smooth(given: Option<PyRef<'_, Structure>>) -> thermal::Structure {
    given.map(|s| s.inner.clone()).unwrap_or_default()
}

/// A quadrature to a tolerance.
pub(crate) fn adaptive(tolerance: f64) -> PyResult<Adaptive> {
    arguments::tolerance(tolerance).map(Adaptive::to)
}
