//! Transmissions as functions of energy, computed once.

use super::currents::Currents;
use super::onsager::OnsagerMatrix;
use super::reservoirs::Reservoirs;
use super::source::{Asked, Known, Source, two_or_more};
use super::structure::{Structure, adaptive};
use crate::arguments;
use crate::arrays::{Reals, exactly, table, to_vec};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input};
use diffuson::thermal::{self, Resolution, SingularPoint, Singularity, TransmissionMatrix};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use std::convert::Infallible;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<TransmissionFunction>()?;
    m.add_function(wrap_pyfunction!(transmission_function, m)?)?;
    m.add_function(wrap_pyfunction!(sampled_transmission, m)?)
}

/// The matrix ``T_ab(E)`` on a range of energies, as Chebyshev series on pieces. Called with an energy (in t) it returns T; any temperature and bias within the range costs integrals of polynomials.
///
/// Made by :meth:`Conductor.transmission_function`, :func:`transmission_function` or :func:`sampled_transmission`.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct TransmissionFunction {
    pub(super) inner: Arc<thermal::TransmissionFunction>,
    /// Relative error of its series.
    tolerance: f64,
}

/// Integrals are this much more accurate than the series.
const ACCURACY: f64 = 1e-2;

#[pymethods]
impl TransmissionFunction {
    /// Number of terminals.
    #[getter]
    fn terminals(&self) -> usize {
        self.inner.terminals()
    }

    /// Energies between which it is known, in t.
    #[getter]
    fn range(&self) -> (f64, f64) {
        self.inner.range().into()
    }

    /// Evaluations of the transmission that it took.
    #[getter]
    fn evaluations(&self) -> usize {
        self.inner.evaluations()
    }

    /// What was checked where it was computed.
    #[getter]
    fn audit(&self) -> Audit {
        self.inner.audit().into()
    }

    /// ``T_ab`` at an energy, in t: an array (terminals into, terminals out of); at several, (energies, terminals, terminals).
    fn __call__<'py>(&self, py: Python<'py>, energy: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let n = self.inner.terminals();
        let at = |e| self.inner.at(e).map_err(Raise::raise);
        if let Ok(energies) = energy.extract::<Reals<'py>>() {
            let energies = to_vec(&energies);
            let mut all = Vec::with_capacity(energies.len() * n * n);
            for e in &energies {
                all.extend_from_slice(at(*e)?.as_ref());
            }
            return Ok(PyArray1::from_vec(py, all).reshape([energies.len(), n, n])?.into_any());
        }
        Ok(table(py, n, n, at(energy.extract()?)?.as_ref().to_vec())?.into_any())
    }

    /// Linear response at a chemical potential and temperature (in t); some 36 kT on either side must be in the range. ``tolerance`` is that of the integrals; if not given, a hundredth of that of the transmission.
    #[pyo3(signature = (mu, kt, *, tolerance=None))]
    fn onsager(&self, py: Python<'_>, mu: f64, kt: f64, tolerance: Option<f64>) -> PyResult<OnsagerMatrix> {
        let (inner, quadrature) = (self.inner.clone(), adaptive(tolerance.unwrap_or(self.own()))?);
        let response = compute(py, move || inner.linear(mu, kt, quadrature))?.map_err(Raise::raise)?;
        Ok(OnsagerMatrix::of(&response))
    }

    /// Currents between ``reservoirs`` ``[(mu, kt), ...]`` (in t) at any bias and temperatures.
    #[pyo3(signature = (reservoirs, *, tolerance=None))]
    fn currents(&self, py: Python<'_>, reservoirs: Reservoirs, tolerance: Option<f64>) -> PyResult<Currents> {
        let reservoirs = reservoirs.all();
        two_or_more(&reservoirs)?;
        let (inner, quadrature) = (self.inner.clone(), adaptive(tolerance.unwrap_or(self.own()))?);
        let found = compute(py, move || inner.currents(&reservoirs, quadrature))?.map_err(Raise::raise)?;
        Ok(Currents::of(found))
    }

    fn __repr__(&self) -> String {
        let [low, high] = self.inner.range();
        format!(
            "TransmissionFunction([{low}, {high}] t, {} terminals, {} evaluations)",
            self.inner.terminals(),
            self.inner.evaluations()
        )
    }
}

impl TransmissionFunction {
    fn own(&self) -> f64 {
        ACCURACY * self.tolerance
    }
}

/// What a function is asked to resolve.
struct Resolved {
    asked: Asked,
    resolution: Resolution,
}

impl Resolved {
    /// First pieces are `widest` wide, or so many of the lowest temperature; by themselves a sixteenth of the range.
    fn new(
        energies: Option<(f64, f64)>,
        windows: Option<Reservoirs>,
        widest: Option<f64>,
        tolerance: f64,
        evaluations: usize,
    ) -> PyResult<Self> {
        let (asked, usual) = match (energies, windows) {
            (Some((low, high)), None) => (Asked::Range([low, high]), (high - low) / PIECES),
            (None, Some(windows)) => {
                let windows = windows.all();
                let warm = windows.iter().map(|w| w.kt).filter(|kt| *kt > 0.0);
                let coldest = warm.fold(f64::INFINITY, f64::min);
                (Asked::Windows(windows), PIECE * coldest)
            }
            _ => return Err(input("either energies=(low, high) or windows=[(mu, kt), ...] is wanted")),
        };
        let widest = widest.unwrap_or(usual);
        Ok(Self {
            asked,
            resolution: Resolution { tolerance: arguments::tolerance(tolerance)?, widest, evaluations },
        })
    }

    fn of(self, py: Python<'_>, known: &Known<'_>) -> PyResult<TransmissionFunction> {
        let tolerance = self.resolution.tolerance;
        let inner = Arc::new(known.function(py, self.asked, self.resolution)?);
        Ok(TransmissionFunction { inner, tolerance })
    }
}

/// First pieces of a range, and their width in the lowest temperature of windows.
const PIECES: f64 = 16.0;
const PIECE: f64 = 6.0;

/// A transmission computed once: a function of energy (in t) that returns a number (two terminals) or a matrix ``T_ab``, on ``energies`` (low, high), or no finer than the ``windows`` ``[(mu, kt), ...]`` of linear response need.
///
/// ``widest``: width of the first pieces in t, which should not be much wider than the narrowest structure; if not given a sixteenth of the range, or 6 k_B T of the coldest window. ``tolerance``: relative error of T in
/// each piece, or of the integrals of every window. ``evaluations``: at most so many; pieces that need more keep their errors, which the audits of what is computed from them show.
#[pyfunction]
#[pyo3(signature = (transmission, energies=None, *, windows=None, structure=None, widest=None, tolerance=1e-9, evaluations=200_000))]
#[allow(clippy::too_many_arguments, reason = "keywords in Python")]
fn transmission_function(
    py: Python<'_>,
    transmission: Source<'_>,
    energies: Option<(f64, f64)>,
    windows: Option<Reservoirs>,
    structure: Option<PyRef<'_, Structure>>,
    widest: Option<f64>,
    tolerance: f64,
    evaluations: usize,
) -> PyResult<TransmissionFunction> {
    let resolved = Resolved::new(energies, windows, widest, tolerance, evaluations)?;
    resolved.of(py, &transmission.with(structure)?)
}

/// A transmission between samples, linear from one to the next: ``energies`` (in t, ascending) and ``transmissions``, one number for each (two terminals). Below the first and above the last nothing is known.
#[pyfunction]
fn sampled_transmission(energies: Reals<'_>, transmissions: Reals<'_>) -> PyResult<TransmissionFunction> {
    let energies = to_vec(&energies);
    let values = exactly(to_vec(&transmissions), energies.len(), "transmissions, one for each energy")?;
    let [low, .., high] = *energies.as_slice() else {
        return Err(input("a line takes two samples or more"));
    };
    let ascending = energies.windows(2).all(|pair| pair[0] < pair[1]);
    if !(ascending && energies.iter().chain(&values).all(|x| x.is_finite())) {
        return Err(input("energies must be ascending and all numbers finite"));
    }
    let bend = |&energy: &f64| SingularPoint { energy, kind: Singularity::Jump };
    let bends = energies[1..energies.len() - 1].iter().map(bend).collect();
    let structure = thermal::Structure::new([f64::NEG_INFINITY, f64::INFINITY], bends);
    let line = |energy: f64| {
        let above = energies.partition_point(|e| *e < energy).clamp(1, energies.len() - 1);
        let part = (energy - energies[above - 1]) / (energies[above] - energies[above - 1]);
        let t = values[above - 1] + part * (values[above] - values[above - 1]);
        Ok::<_, Infallible>(TransmissionMatrix::two_terminal(t))
    };
    let resolution = Resolution { tolerance: LINES, ..Resolution::within(high - low) };
    let function =
        thermal::TransmissionFunction::new([low, high], structure.map_err(Raise::raise)?, resolution, line);
    let inner = function.map_err(|error| input(error.to_string()))?;
    Ok(TransmissionFunction { inner: Arc::new(inner), tolerance: LINES })
}

/// Relative error of the series of a straight line: rounding.
const LINES: f64 = 1e-12;

#[pymethods]
impl Conductor {
    /// The transmissions between the leads as a function of energy, computed once for many temperatures and biases: on ``energies`` (low, high) in t, or no finer than the ``windows`` ``[(mu, kt), ...]`` of linear response need. Without
    /// probes. Energies at which modes open are known.
    ///
    /// ``widest``: width of the first pieces in t: a level narrower than a tenth of it may be missed; if not given a sixteenth of the range, or 6 k_B T of the coldest window. ``tolerance``: relative error of T in each piece, or of the
    /// integrals of every window. ``evaluations``: at most so many S matrices.
    #[pyo3(signature = (energies=None, *, windows=None, widest=None, tolerance=1e-9, evaluations=200_000))]
    fn transmission_function(
        slf: PyRef<'_, Self>,
        py: Python<'_>,
        energies: Option<(f64, f64)>,
        windows: Option<Reservoirs>,
        widest: Option<f64>,
        tolerance: f64,
        evaluations: usize,
    ) -> PyResult<TransmissionFunction> {
        let resolved = Resolved::new(energies, windows, widest, tolerance, evaluations)?;
        resolved.of(py, &Source::Conductor(slf).with(None)?)
    }
}
