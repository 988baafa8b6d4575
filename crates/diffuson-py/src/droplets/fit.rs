//! Fits of measured susceptibility and dephasing of one sample.

use super::comparison::CrossoverComparison;
use crate::arguments::{named, positive};
use crate::arrays::{OneOrEach, Reals, exactly, to_vec};
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, input};
use crate::fits::{self, Estimated, Interval, Posterior};
use diffuson::droplets::fit::{
    self, Data, FitError, Law, ONE_SIGMA, Picture, Pictures, Point, Table, comparison,
};
use diffuson::localization::scaling;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<CrossoverData>()?;
    m.add_class::<CrossoverFit>()?;
    m.add_class::<Sample>()?;
    m.add_class::<Inverted>()
}

impl Raise for FitError {
    fn raise(self) -> PyErr {
        match self {
            Self::Fit(error) => error.raise(),
            _ => input(self),
        }
    }
}

pub(super) const PICTURES: [(&str, Picture); 5] = [
    ("ordinary", Picture::Ordinary),
    ("impurities", Picture::Impurities),
    ("saturation", Picture::Saturation),
    ("independent", Picture::Independent),
    ("droplets", Picture::Droplets),
];

pub(super) fn name(picture: Picture) -> &'static str {
    PICTURES.iter().find(|(_, p)| *p == picture).map_or("", |(name, _)| name)
}

/// Temperatures, values, and their standard errors (one for all, or one for each).
type Columns<'py> = (Reals<'py>, Reals<'py>, OneOrEach<'py>);

fn points(columns: Option<Columns<'_>>, what: &str) -> PyResult<Vec<Point>> {
    let Some((temperatures, values, errors)) = columns else { return Ok(Vec::new()) };
    let temperatures = to_vec(&temperatures);
    let values = exactly(to_vec(&values), temperatures.len(), &format!("{what}, one for each temperature"))?;
    let errors = errors.spread(temperatures.len(), &format!("standard errors of {what}"))?;
    let point = |((temperature, value), standard_error)| Point { temperature, value, standard_error };
    Ok(temperatures.into_iter().zip(values).zip(errors).map(point).collect())
}

/// Measurements of one sample: is there one crossover temperature T* below which the susceptibility is a Curie law and dephasing saturates?
///
/// ``chi = chi_0 (1 + T_chi/T)``, ``T_chi = c_1 T*`` (Eqs. 1, 64, 65);
/// ``1/tau_phi = A (T + T_tau) [+ B T^2]``, ``T_tau = c_4 T* (2 + F_0)/{2 ln[g (1 + F_0)]}`` (Eqs. 67, 68), the logarithm twice taken as 1 without a ``sample``.
///
/// ``susceptibilities`` and ``rates`` are each ``(temperatures, values, standard errors)``: temperatures in K, susceptibilities in any unit, with what is not of spins taken off, rates ``hbar/(k_B tau_phi)`` in K. Either may be left out.
///
/// Pictures: ``"ordinary"`` (neither a Curie law nor saturation), ``"impurities"`` (a Curie law alone), ``"saturation"`` (saturation alone), ``"independent"`` (both, each with a temperature of its own), ``"droplets"`` (both from one).
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct CrossoverData {
    inner: Arc<Data>,
}

#[pymethods]
impl CrossoverData {
    #[new]
    #[pyo3(signature = (susceptibilities=None, rates=None))]
    fn new(susceptibilities: Option<Columns<'_>>, rates: Option<Columns<'_>>) -> PyResult<Self> {
        let first = points(susceptibilities, "susceptibilities")?;
        let made = Data::new(first, points(rates, "rates")?);
        made.map(|data| Self { inner: Arc::new(data) }).map_err(Raise::raise)
    }

    /// Fits a picture. ``susceptibility_prefactor`` is c_1, ``dephasing_prefactor`` c_4, both unknown and of order one; with ``quadratic`` a term ``B T^2`` is fitted to the rates; ``sample``, if known, sets the logarithm.
    #[pyo3(signature = (picture="droplets", *, susceptibility_prefactor=1.0, dephasing_prefactor=1.0, quadratic=false, sample=None))]
    fn fit(
        &self,
        py: Python<'_>,
        picture: &str,
        susceptibility_prefactor: f64,
        dephasing_prefactor: f64,
        quadratic: bool,
        sample: Option<PyRef<'_, Sample>>,
    ) -> PyResult<CrossoverFit> {
        let picture = named("picture", picture, &PICTURES)?;
        let sample = sample.map(|s| s.inner);
        let law = Law { susceptibility_prefactor, dephasing_prefactor, quadratic, sample };
        let data = self.inner.clone();
        let found = compute(py, move || Pictures::new(law, &data)?.fit(picture))?;
        found.map(CrossoverFit::of).map_err(Raise::raise)
    }

    /// Droplets with c_4 fitted too, a parameter more: the prefactor that would make one crossover temperature of two. Keywords as in :meth:`fit`.
    #[pyo3(signature = (*, susceptibility_prefactor=1.0, quadratic=false, sample=None))]
    fn fit_prefactor(
        &self,
        py: Python<'_>,
        susceptibility_prefactor: f64,
        quadratic: bool,
        sample: Option<PyRef<'_, Sample>>,
    ) -> PyResult<CrossoverFit> {
        let sample = sample.map(|s| s.inner);
        let law = Law { susceptibility_prefactor, quadratic, sample, ..Law::default() };
        let data = self.inner.clone();
        let found = compute(py, move || Pictures::new(law, &data)?.fit_prefactor())?;
        found.map(CrossoverFit::of).map_err(Raise::raise)
    }

    /// Fits in all pictures, and what the data say. Keywords as in :meth:`fit`.
    #[pyo3(signature = (*, susceptibility_prefactor=1.0, dephasing_prefactor=1.0, quadratic=false, sample=None))]
    fn compare(
        &self,
        py: Python<'_>,
        susceptibility_prefactor: f64,
        dephasing_prefactor: f64,
        quadratic: bool,
        sample: Option<PyRef<'_, Sample>>,
    ) -> PyResult<CrossoverComparison> {
        let sample = sample.map(|s| s.inner);
        let law = Law { susceptibility_prefactor, dephasing_prefactor, quadratic, sample };
        let data = self.inner.clone();
        let found = compute(py, move || {
            let comparison = comparison::Comparison::new(law, &data)?;
            let audit = comparison.audit()?;
            Ok::<_, FitError>((comparison, audit))
        })?;
        let (comparison, audit) = found.map_err(Raise::raise)?;
        Ok(CrossoverComparison::of(comparison, &audit))
    }

    fn __repr__(&self) -> String {
        let count = |table| self.inner.points(table).len();
        format!(
            "CrossoverData({} susceptibilities, {} rates)",
            count(Table::Susceptibilities),
            count(Table::Rates)
        )
    }
}

/// A fit in one picture. Parameters: ``"chi_0"``; ``"T_chi"`` in K, of droplets ``"T*"``; ``"A"``; ``"T_tau"`` in K, of droplets ``"c_4"``; ``"B"`` per K. Those that are held have no error.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct CrossoverFit {
    inner: Arc<fit::CrossoverFit>,
}

impl CrossoverFit {
    pub(super) fn of(inner: fit::CrossoverFit) -> Self {
        Self { inner: Arc::new(inner) }
    }

    fn law<'py>(&self, py: Python<'py>, table: Table, temperature: &Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [temperature], |[t]| self.inner.value(table, t))
    }
}

#[pymethods]
impl CrossoverFit {
    /// Which picture.
    #[getter]
    fn picture(&self) -> &'static str {
        name(self.inner.picture)
    }

    /// Parameters, their covariance, chi^2; residuals of all susceptibilities, then of all rates.
    #[getter]
    fn fit(&self) -> fits::Fit {
        self.inner.fit.clone().into()
    }

    /// T_chi, or T* of droplets, in K.
    #[getter]
    fn crossover(&self) -> Estimated {
        self.inner.crossover().into()
    }

    /// ``(T_chi, T_tau)``, in K.
    #[getter]
    fn temperatures(&self) -> (f64, f64) {
        self.inner.temperatures().into()
    }

    /// Akaike's information criterion, ``chi^2 + 2 k`` with k free parameters.
    #[getter]
    fn akaike(&self) -> f64 {
        self.inner.akaike()
    }

    /// The fitted susceptibility at a temperature in K.
    fn susceptibility<'py>(&self, py: Python<'py>, temperature: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.law(py, Table::Susceptibilities, &temperature)
    }

    /// The fitted dephasing rate ``hbar/(k_B tau_phi)`` in K at a temperature in K.
    fn rate<'py>(&self, py: Python<'py>, temperature: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.law(py, Table::Rates, &temperature)
    }

    /// The values of a parameter that the data allow: chi^2 minimised over all else rises by ``rise`` at the ends (1 for 68 %, 3.84 for 95 %).
    #[pyo3(signature = (name, *, rise=ONE_SIGMA))]
    fn interval(&self, py: Python<'_>, name: &str, rise: f64) -> PyResult<Interval> {
        let (fit, index) = (self.inner.clone(), fits::parameter(&self.inner.fit, name)?);
        compute(py, move || fit.interval(index, rise))?.map(Into::into).map_err(Raise::raise)
    }

    /// Samples of the posterior, flat between their bounds in all parameters, and in the logarithm of c_4. ``steps`` of each walker are kept, ``burn_in`` before them (a fourth of them, if not given) are not.
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

    /// Whether the fit is a minimum; its goodness is judged where pictures are compared.
    #[getter]
    fn audit(&self, py: Python<'_>) -> PyResult<Audit> {
        let fit = self.inner.clone();
        Ok((&compute(py, move || fit.audit())?.map_err(Raise::raise)?).into())
    }

    fn __repr__(&self) -> String {
        let [curie, saturation] = self.inner.temperatures();
        let fit = &self.inner.fit;
        let chi = format!("chi^2 = {:.2} for {} dof", fit.chi_squared, fit.degrees_of_freedom);
        format!("CrossoverFit({:?}: T_chi = {curie:.4} K, T_tau = {saturation:.4} K, {chi})", self.picture())
    }
}

/// What is known of a sample beside its tables: ``conductance`` ``g = 2 pi hbar/(e^2 R_sq)``; ``scattering_rate`` ``hbar/(k_B tau)`` in K, tau the mean free time; ``gamma`` of the probability ``exp[-gamma g^2 (1 + F_0)^2]`` (:class:`Coefficients`).
#[pyclass(frozen, module = "diffuson.droplets")]
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    inner: fit::Sample,
}

#[pymethods]
impl Sample {
    #[new]
    fn new(conductance: f64, scattering_rate: f64, gamma: f64) -> PyResult<Self> {
        let conductance = positive("conductance", conductance)?;
        let scattering_rate = positive("scattering_rate", scattering_rate)?;
        let gamma = positive("gamma", gamma)?;
        Ok(Self { inner: fit::Sample { conductance, scattering_rate, gamma } })
    }

    /// g.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance
    }

    /// ``hbar/(k_B tau)`` in K.
    #[getter]
    fn scattering_rate(&self) -> f64 {
        self.inner.scattering_rate
    }

    /// gamma.
    #[getter]
    fn gamma(&self) -> f64 {
        self.inner.gamma
    }

    /// The distance from the instability that belongs to a crossover temperature T* in K: ``1 + F_0`` from ``T* tau = exp(-G)/[g (1 + F_0)]`` (Eq. 65 with all prefactors 1). NaN unless T* is positive.
    #[pyo3(signature = (crossover, standard_error=0.0))]
    fn invert(&self, crossover: f64, standard_error: f64) -> Inverted {
        let found = self.inner.invert(scaling::Estimated { value: crossover, standard_error });
        Inverted { inner: found }
    }
}

/// The distance from the instability that belongs to a crossover temperature.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Inverted {
    inner: fit::Inverted,
}

#[pymethods]
impl Inverted {
    /// ``1 + F_0``, with the error that the crossover temperature has.
    #[getter]
    fn distance(&self) -> Estimated {
        self.inner.distance.into()
    }

    /// ``G = gamma g^2 (1 + F_0)^2``, likewise.
    #[getter]
    fn exponent(&self) -> Estimated {
        self.inner.exponent.into()
    }

    /// Change of ``ln(1 + F_0)`` if ``ln T*`` changes by one: ``-1/(2 G + 1)``.
    #[getter]
    fn sensitivity(&self) -> f64 {
        self.inner.sensitivity
    }
}
