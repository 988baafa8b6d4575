//! A measured zero-bias anomaly, fitted by mobile defects and by two-channel Kondo scattering.

use super::CONDUCTANCES;
use crate::arguments::named;
use crate::arrays::{OneOrEach, Reals, exactly, to_vec};
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, computed};
use crate::errors::{Raise, input};
use crate::fits::{self, Fit, Interval, Posterior};
use crate::random::{REPETITIONS, deviations};
use diffuson::defects::zero_bias::comparison::{self, Verdict};
use diffuson::defects::zero_bias::{self, Data, Law, ONE_SIGMA, Picture, Pictures, Point, ZeroBiasError};
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ZeroBiasData>()?;
    m.add_class::<AnomalyFit>()?;
    m.add_class::<AnomalyComparison>()?;
    m.add_class::<AnomalyRepeated>()
}

impl Raise for ZeroBiasError {
    fn raise(self) -> PyErr {
        match self {
            Self::Fit(e) => e.raise(),
            e => input(e),
        }
    }
}

/// Pictures by name.
const PICTURES: [(&str, Picture); 2] = [("defects", Picture::Defects), ("kondo", Picture::Kondo)];

fn name(picture: Picture) -> &'static str {
    match picture {
        Picture::Defects => PICTURES[0].0,
        Picture::Kondo => PICTURES[1].0,
    }
}

/// Measurements of the zero-bias anomaly of one contact: arrays (points) of the bias V in V, the temperature T in K, the conductance in e^2/h (or any unit: that of G0, A and B) and its standard error, one for all or one for each.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct ZeroBiasData {
    inner: Arc<Data>,
}

#[pymethods]
impl ZeroBiasData {
    #[new]
    fn new(
        bias: Reals<'_>,
        temperature: OneOrEach<'_>,
        conductance: Reals<'_>,
        standard_error: OneOrEach<'_>,
    ) -> PyResult<Self> {
        let bias = to_vec(&bias);
        let count = bias.len();
        let temperature = temperature.spread(count, "temperatures, one for each bias")?;
        let conductance = exactly(to_vec(&conductance), count, "conductances, one for each bias")?;
        let error = standard_error.spread(count, "standard errors, one for each bias")?;
        let point = |k: usize| Point {
            bias: bias[k],
            temperature: temperature[k],
            conductance: conductance[k],
            standard_error: error[k],
        };
        let data = Data::new((0..count).map(point).collect()).map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(data) })
    }

    /// The data fitted in one picture:
    ///
    ///     "defects"   G = G0 + A E*^2 D(eV/E*, kT/E*)
    ///     "kondo"     G = G0 + B sqrt(T) [1 + Gam((9/pi^2) a eV/kT)]
    ///     both, if allowed:  + c V + d [V^2 + (4 pi^2/3) (kT/e)^2]
    ///
    /// ``measured``: ``"differential"`` for dI/dV, ``"chord"`` for I/V; ``frozen``: defects are slower than the modulation that measures dI/dV. ``crossover`` (E* in K) and ``share`` (a) are fitted unless given; ``linear`` and ``quadratic`` allow the backgrounds.
    #[pyo3(signature = (picture, *, measured="differential", frozen=false, crossover=None, share=None, linear=false, quadratic=false))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn fit(
        &self,
        py: Python<'_>,
        picture: &str,
        measured: &str,
        frozen: bool,
        crossover: Option<f64>,
        share: Option<f64>,
        linear: bool,
        quadratic: bool,
    ) -> PyResult<AnomalyFit> {
        let picture = named("picture", picture, &PICTURES)?;
        let measured = named("measured", measured, &CONDUCTANCES)?;
        let law = Law { measured, frozen, crossover, share, linear, quadratic };
        let data = self.inner.clone();
        let fit = compute(py, move || Pictures::new(law, &data)?.fit(picture))?.map_err(Raise::raise)?;
        Ok(AnomalyFit { inner: Arc::new(fit) })
    }

    /// Fits in both pictures, and what the data say for either. Keywords as in :meth:`fit`.
    #[pyo3(signature = (*, measured="differential", frozen=false, crossover=None, share=None, linear=false, quadratic=false))]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    fn compare(
        &self,
        py: Python<'_>,
        measured: &str,
        frozen: bool,
        crossover: Option<f64>,
        share: Option<f64>,
        linear: bool,
        quadratic: bool,
    ) -> PyResult<AnomalyComparison> {
        let measured = named("measured", measured, &CONDUCTANCES)?;
        let law = Law { measured, frozen, crossover, share, linear, quadratic };
        let data = self.inner.clone();
        let found = compute(py, move || {
            let comparison = comparison::Comparison::new(law, &data)?;
            let audit = comparison.audit()?;
            Ok::<_, ZeroBiasError>((comparison, audit))
        })?;
        let (inner, audit) = found.map_err(Raise::raise)?;
        Ok(AnomalyComparison { inner: Arc::new(inner), audit: (&audit).into() })
    }

    fn __len__(&self) -> usize {
        self.inner.points().len()
    }

    fn __repr__(&self) -> String {
        format!("ZeroBiasData({} points)", self.inner.points().len())
    }
}

/// A fit in one picture. Parameters, in their order: G0; A (per K^2) or B (per root of a kelvin); E* (K) or the share a; c (per mV); d (per mV^2). Those that are held have no error.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct AnomalyFit {
    inner: Arc<zero_bias::AnomalyFit>,
}

impl AnomalyFit {
    fn curve<'py>(
        &self,
        py: Python<'py>,
        bias_and_temperature: [&Numbers; 2],
        of: fn(&zero_bias::AnomalyFit, f64, f64) -> f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fit = self.inner.clone();
        computed(py, bias_and_temperature, move |[v, t]| of(&fit, v, t))
    }
}

#[pymethods]
impl AnomalyFit {
    /// ``"defects"`` or ``"kondo"``.
    #[getter]
    fn picture(&self) -> &'static str {
        name(self.inner.picture)
    }

    /// Parameters, their covariance, chi^2; residuals of all measurements.
    #[getter]
    fn fit(&self) -> Fit {
        self.inner.fit.clone().into()
    }

    /// Akaike's information criterion, chi^2 + 2 k with k free parameters.
    #[getter]
    fn akaike(&self) -> f64 {
        self.inner.akaike()
    }

    /// Whether the fit is a minimum.
    #[getter]
    fn audit(&self, py: Python<'_>) -> PyResult<Audit> {
        let fit = self.inner.clone();
        let audit = compute(py, move || fit.audit())?.map_err(Raise::raise)?;
        Ok((&audit).into())
    }

    /// The values of a parameter that the data allow: chi^2 minimised over all else rises by ``rise`` at the ends (1 for 68 %, 3.84 for 95 %).
    #[pyo3(signature = (name, *, rise=ONE_SIGMA))]
    fn interval(&self, py: Python<'_>, name: &str, rise: f64) -> PyResult<Interval> {
        let (fit, index) = (self.inner.clone(), fits::parameter(&self.inner.fit, name)?);
        compute(py, move || fit.interval(index, rise))?.map(Into::into).map_err(Raise::raise)
    }

    /// Samples of the posterior, flat between their bounds in all parameters, and in the logarithm of E* or a. ``steps`` of each walker are kept, ``burn_in`` before them (a fourth of them, if not given) are not.
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

    /// The fitted conductance at a bias in V and a temperature in K; of arrays element by element.
    fn conductance<'py>(
        &self,
        py: Python<'py>,
        bias: Numbers,
        temperature: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.curve(py, [&bias, &temperature], zero_bias::AnomalyFit::conductance)
    }

    /// What A or B is multiplied with: ``E*^2 D`` in K^2, or the rise of the Kondo curve in roots of a kelvin.
    fn anomaly<'py>(
        &self,
        py: Python<'py>,
        bias: Numbers,
        temperature: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.curve(py, [&bias, &temperature], zero_bias::AnomalyFit::anomaly)
    }

    /// G0 and the backgrounds, without the anomaly.
    fn background<'py>(
        &self,
        py: Python<'py>,
        bias: Numbers,
        temperature: Numbers,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.curve(py, [&bias, &temperature], zero_bias::AnomalyFit::background)
    }

    fn __repr__(&self) -> String {
        format!("AnomalyFit({:?}: {})", self.picture(), fits::summary(&self.inner.fit))
    }
}

/// Fits of the same data in both pictures.
///
/// The pictures are not special cases of each other; Akaike's weights say how much better one predicts than the other, and a picture is chosen if its weight exceeds 0.99 and its own fit is possible.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct AnomalyComparison {
    inner: Arc<comparison::Comparison>,
    audit: Audit,
}

#[pymethods]
impl AnomalyComparison {
    /// The fit by mobile defects.
    #[getter]
    fn defects(&self) -> AnomalyFit {
        AnomalyFit { inner: Arc::new(self.inner.defects.clone()) }
    }

    /// The fit by two-channel Kondo scattering.
    #[getter]
    fn kondo(&self) -> AnomalyFit {
        AnomalyFit { inner: Arc::new(self.inner.kondo.clone()) }
    }

    /// AIC of the Kondo picture less that of defects: positive if defects are preferred.
    #[getter]
    fn advantage(&self) -> f64 {
        self.inner.advantage()
    }

    /// Akaike weight of ``"defects"`` or ``"kondo"``.
    fn weight(&self, picture: &str) -> PyResult<f64> {
        Ok(self.inner.weight(named("picture", picture, &PICTURES)?))
    }

    /// The picture of the higher weight.
    #[getter]
    fn better(&self) -> &'static str {
        name(self.inner.better())
    }

    /// What the data say: ``"defects"`` or ``"kondo"`` if they prefer it, ``"undecided"`` if neither is far better, ``"neither"`` if neither is possible.
    #[getter]
    fn verdict(&self) -> &'static str {
        match self.inner.verdict() {
            Verdict::Prefers(picture) => name(picture),
            Verdict::Undecided => "undecided",
            Verdict::Neither => "neither",
        }
    }

    /// What the reader must know of the fits, in words.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.inner.warnings()
    }

    /// Whether both fits are minima, and the better one a possible description.
    #[getter]
    fn audit(&self) -> Audit {
        self.audit.clone()
    }

    /// The experiment repeated with the fit of a picture as the truth and the stated errors: how often such data would mislead. The repetitions of a seed are those of a study of kind ``zero-bias-anomaly-fit``.
    #[pyo3(signature = (truth, repetitions, *, seed))]
    fn repeat(
        &self,
        py: Python<'_>,
        truth: &str,
        repetitions: usize,
        seed: u64,
    ) -> PyResult<AnomalyRepeated> {
        let truth = named("truth", truth, &PICTURES)?;
        let comparison = self.inner.clone();
        let found = compute(py, move || {
            comparison.repeat(truth, repetitions, &deviations(seed, REPETITIONS), truth as u32)
        })?;
        let r = found.map_err(Raise::raise)?;
        Ok(AnomalyRepeated {
            truth: name(r.truth),
            right: r.right,
            wrong: r.wrong,
            undecided: r.undecided,
            as_adverse: r.as_adverse,
            repetitions: r.repetitions,
        })
    }

    fn __repr__(&self) -> String {
        format!(
            "AnomalyComparison(verdict {:?}, AIC of Kondo less that of defects {:.2})",
            self.verdict(),
            self.advantage()
        )
    }
}

/// The experiment repeated with one picture as the truth.
#[pyclass(frozen, get_all, module = "diffuson.defects")]
pub(crate) struct AnomalyRepeated {
    /// The truth.
    truth: &'static str,
    /// Share of the repetitions in which the truth is chosen.
    right: f64,
    /// Share in which the other picture is.
    wrong: f64,
    /// Share in which the data do not decide.
    undecided: f64,
    /// Share of the repetitions that speak against the truth at least as much as the measured data do.
    as_adverse: f64,
    /// Repetitions that could be fitted.
    repetitions: usize,
}
