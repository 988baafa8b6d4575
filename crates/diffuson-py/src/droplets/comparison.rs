//! Fits of the same data in all pictures.

use super::fit::{CrossoverFit, PICTURES, name};
use crate::arguments::named;
use crate::audit::{self, Audit};
use crate::compute::compute;
use crate::errors::Raise;
use crate::fits::{Estimated, Interval};
use crate::random::{REPETITIONS, deviations};
use diffuson::droplets::fit::comparison::{self, Verdict};
use diffuson::droplets::fit::{ONE_SIGMA, Picture};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<CrossoverComparison>()?;
    m.add_class::<CrossoverRepeated>()
}

const VERDICTS: [(Verdict, &str); 7] = [
    (Verdict::Together, "together"),
    (Verdict::Apart, "apart"),
    (Verdict::CurieAlone, "curie-alone"),
    (Verdict::SaturationAlone, "saturation-alone"),
    (Verdict::Nothing, "nothing"),
    (Verdict::Undecided, "undecided"),
    (Verdict::Impossible, "impossible"),
];

fn verdict_name(verdict: Verdict) -> &'static str {
    VERDICTS.iter().find(|(v, _)| *v == verdict).map_or("", |(_, name)| name)
}

/// Fits of the same data in all pictures. Each question is a test of chi^2 with one parameter more, answered at a change of 9, three standard errors.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct CrossoverComparison {
    inner: Arc<comparison::Comparison>,
    audit: Audit,
}

impl CrossoverComparison {
    pub(super) fn of(inner: comparison::Comparison, audit: &diffuson::audit::Audit) -> Self {
        Self { inner: Arc::new(inner), audit: audit::Audit::from(audit) }
    }
}

#[pymethods]
impl CrossoverComparison {
    /// The fit in a picture.
    fn by(&self, picture: &str) -> PyResult<CrossoverFit> {
        Ok(CrossoverFit::of(self.inner.by(named("picture", picture, &PICTURES)?).clone()))
    }

    /// The pictures that differ in what they say of the tables that there are.
    #[getter]
    fn compared(&self) -> Vec<&'static str> {
        self.inner.compared().iter().map(|&picture| name(picture)).collect()
    }

    /// Akaike weight of a picture among those compared; zero for the others.
    fn weight(&self, picture: &str) -> PyResult<f64> {
        Ok(self.inner.weight(named("picture", picture, &PICTURES)?))
    }

    /// What T_chi takes off chi^2: the square of the number of standard errors by which a Curie law is seen.
    #[getter]
    fn curie(&self) -> f64 {
        self.inner.curie()
    }

    /// The same of T_tau and saturation.
    #[getter]
    fn saturates(&self) -> f64 {
        self.inner.saturates()
    }

    /// What one temperature in place of two adds to chi^2: the square of the number of standard errors between them.
    #[getter]
    fn apart(&self) -> f64 {
        self.inner.apart()
    }

    /// c_4 that would make one temperature of two, and the values of it that the data allow where chi^2 rises by ``rise`` at the ends; None unless both are seen.
    #[pyo3(signature = (*, rise=ONE_SIGMA))]
    fn prefactor(&self, py: Python<'_>, rise: f64) -> PyResult<Option<(Estimated, Interval)>> {
        let comparison = self.inner.clone();
        let found = compute(py, move || comparison.prefactor(rise))?.map_err(Raise::raise)?;
        Ok(found.map(|(value, interval)| (value.into(), interval.into())))
    }

    /// What the data say: ``"together"`` (a Curie law and saturation, and one temperature for both is possible), ``"apart"`` (both, but not from one temperature with the stated prefactors), ``"curie-alone"``, ``"saturation-alone"`` (one without the other that would belong to it), ``"nothing"``,
    /// ``"undecided"`` (one is seen, and the other may be there), ``"impossible"`` (not even two temperatures describe the data).
    #[getter]
    fn verdict(&self) -> &'static str {
        verdict_name(self.inner.verdict())
    }

    /// What the reader must know of the fits, in words.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.inner.warnings()
    }

    /// Whether all fits are minima, and two temperatures a possible description.
    #[getter]
    fn audit(&self) -> Audit {
        self.audit.clone()
    }

    /// The experiment repeated with the fit of a picture as the truth and the stated errors: how often such data would mislead. The repetitions of a seed are those of a study of kind ``droplets-fit``.
    #[pyo3(signature = (truth, repetitions, *, seed))]
    fn repeat(
        &self,
        py: Python<'_>,
        truth: &str,
        repetitions: usize,
        seed: u64,
    ) -> PyResult<CrossoverRepeated> {
        let truth = named("truth", truth, &PICTURES)?;
        let comparison = self.inner.clone();
        let found = compute(py, move || {
            comparison.repeat(truth, repetitions, &deviations(seed, REPETITIONS), truth as u32)
        })?;
        let comparison::Repeated { truth, shares, repetitions } = found.map_err(Raise::raise)?;
        Ok(CrossoverRepeated { truth, shares, repetitions })
    }

    fn __repr__(&self) -> String {
        format!("CrossoverComparison(verdict {:?})", self.verdict())
    }
}

/// The experiment repeated with one picture as the truth.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct CrossoverRepeated {
    truth: Picture,
    shares: [f64; 7],
    repetitions: usize,
}

#[pymethods]
impl CrossoverRepeated {
    /// The truth.
    #[getter]
    fn truth(&self) -> &'static str {
        name(self.truth)
    }

    /// Share of the repetitions with each verdict: a dictionary.
    #[getter]
    fn shares<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let shares = PyDict::new(py);
        for (verdict, share) in Verdict::ALL.into_iter().zip(self.shares) {
            shares.set_item(verdict_name(verdict), share)?;
        }
        Ok(shares)
    }

    /// Repetitions that could be fitted.
    #[getter]
    fn repetitions(&self) -> usize {
        self.repetitions
    }
}
