//! How often electrons collide.

use crate::arguments::named;
use crate::errors::{Raise, input};
use diffuson::kinetics::{self, InelasticRatio, Law, Scattering, mean_free_path};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Rates>()?;
    m.add_class::<RateLaw>()?;
    m.add_function(wrap_pyfunction!(initial_slope, m)?)
}

/// Rates of inelastic collisions, which bring electrons back to the local equilibrium, and of elastic ones, which reverse their velocity.
///
/// Each kind has a constant time, in L/v_T, or a constant mean free path, in L: ``Rates(inelastic_time=0.4, elastic_path=0.8)``. Without an elastic time or path there are no elastic
/// collisions.
#[pyclass(frozen, module = "diffuson.kinetics")]
#[derive(Clone)]
pub(crate) struct Rates {
    pub(super) inner: kinetics::Rates,
}

#[pymethods]
impl Rates {
    #[new]
    #[pyo3(signature = (*, inelastic_time=None, inelastic_path=None, elastic_time=None, elastic_path=None))]
    fn new(
        inelastic_time: Option<f64>,
        inelastic_path: Option<f64>,
        elastic_time: Option<f64>,
        elastic_path: Option<f64>,
    ) -> PyResult<Self> {
        let inelastic = match (inelastic_time, inelastic_path) {
            (Some(time), None) => Scattering::Time(time),
            (None, Some(path)) => Scattering::MeanFreePath(path),
            _ => return Err(input("either an inelastic time or an inelastic mean free path is wanted")),
        };
        let elastic = match (elastic_time, elastic_path) {
            (Some(time), None) => Scattering::Time(time),
            (None, Some(path)) => Scattering::MeanFreePath(path),
            (None, None) => Scattering::Time(f64::INFINITY),
            _ => return Err(input("an elastic time or an elastic mean free path is wanted, not both")),
        };
        Ok(Self { inner: kinetics::Rates::new(inelastic, elastic).map_err(Raise::raise)? })
    }

    /// Constant inelastic time, in L/v_T; None if the mean free path is constant.
    #[getter]
    fn inelastic_time(&self) -> Option<f64> {
        time(self.inner.inelastic())
    }

    /// Constant inelastic mean free path, in L; None if the time is constant.
    #[getter]
    fn inelastic_path(&self) -> Option<f64> {
        path(self.inner.inelastic())
    }

    /// Constant elastic time, in L/v_T; None if the mean free path is constant.
    #[getter]
    fn elastic_time(&self) -> Option<f64> {
        time(self.inner.elastic())
    }

    /// Constant elastic mean free path, in L; None if the time is constant.
    #[getter]
    fn elastic_path(&self) -> Option<f64> {
        path(self.inner.elastic())
    }

    fn __repr__(&self) -> String {
        let show = |kind: &str, scattering: Scattering| match scattering {
            Scattering::Time(time) => format!("{kind}_time={time}"),
            Scattering::MeanFreePath(path) => format!("{kind}_path={path}"),
        };
        let [inelastic, elastic] = [("inelastic", self.inner.inelastic()), ("elastic", self.inner.elastic())]
            .map(|(kind, scattering)| show(kind, scattering));
        format!("Rates({inelastic}, {elastic})")
    }
}

fn time(scattering: Scattering) -> Option<f64> {
    match scattering {
        Scattering::Time(time) => Some(time),
        Scattering::MeanFreePath(_) => None,
    }
}

fn path(scattering: Scattering) -> Option<f64> {
    match scattering {
        Scattering::Time(_) => None,
        Scattering::MeanFreePath(path) => Some(path),
    }
}

/// How the rates of a sub-band follow from its place and the field. Wherever one is wanted, :class:`Rates` stand for rates that are always the same.
#[pyclass(frozen, module = "diffuson.kinetics")]
#[derive(Clone)]
pub(crate) struct RateLaw {
    pub(super) inner: kinetics::RateLaw,
}

const CONSTANT: [(&str, Law); 2] =
    [("time", Law::ConstantTime), ("mean-free-path", Law::ConstantMeanFreePath)];

#[pymethods]
impl RateLaw {
    /// Always the same.
    #[staticmethod]
    fn fixed(rates: &Rates) -> Self {
        Self { inner: kinetics::RateLaw::Fixed(rates.inner) }
    }

    /// Constant times with ``tau_el = L/v_ref`` and ``tau_in = ratio tau_el``: conductance ``G0 sum_i 2r/(1+r) f0`` at any field.
    #[staticmethod]
    #[pyo3(signature = (ratio=1.0))]
    fn ideal(ratio: f64) -> Self {
        Self { inner: kinetics::RateLaw::ideal(ratio) }
    }

    /// A surrogate for the unpublished law behind Fig. 3 of Green and Das (cond-mat/0503461): constant times, ``tau_el = L/v_ref``, ``tau_in = f0^exponent tau_el``, f0 the occupation
    /// of the sub-band's bottom. Noise at constant current peaks at the first threshold only if the exponent exceeds 1.
    #[staticmethod]
    #[pyo3(signature = (exponent=3.0))]
    fn surrogate(exponent: f64) -> Self {
        Self { inner: kinetics::RateLaw::surrogate(exponent) }
    }

    /// Elastic mean free path ``elastic`` in L (at the reference speed, if times are constant) and inelastic ones in a ratio r to it.
    ///
    /// ``constant`` is what is constant over a sub-band: ``"time"`` or ``"mean-free-path"``. One of three says what r is: ``ratio``, the same everywhere; ``occupation`` a,
    /// ``r = f0^a``; ``field`` (u_ph, p), ``r = 1 / (1 + (|u|/u_ph)^p)``, u_ph in kT: a field opens inelastic channels.
    #[staticmethod]
    #[pyo3(signature = (constant="time", *, elastic=1.0, ratio=None, occupation=None, field=None))]
    fn scaled(
        constant: &str,
        elastic: f64,
        ratio: Option<f64>,
        occupation: Option<f64>,
        field: Option<(f64, f64)>,
    ) -> PyResult<Self> {
        let law = named("constant", constant, &CONSTANT)?;
        let inelastic = match (ratio, occupation, field) {
            (Some(ratio), None, None) => InelasticRatio::Constant(ratio),
            (None, Some(exponent), None) => InelasticRatio::Occupation { exponent },
            (None, None, Some((scale, exponent))) => InelasticRatio::Field { scale, exponent },
            _ => return Err(input("one of ratio, occupation and field is wanted")),
        };
        Ok(Self { inner: kinetics::RateLaw::Scaled { law, elastic, inelastic } })
    }

    /// The rates at ``eta = (mu - eps)/kT`` and ``voltage`` eV/kT.
    #[pyo3(signature = (eta, voltage=0.0))]
    fn rates(&self, eta: f64, voltage: f64) -> PyResult<Rates> {
        Ok(Rates { inner: self.inner.rates(eta, voltage).map_err(Raise::raise)? })
    }

    fn __repr__(&self) -> String {
        match self.inner {
            kinetics::RateLaw::Fixed(inner) => format!("RateLaw.fixed({})", Rates { inner }.__repr__()),
            kinetics::RateLaw::Scaled { law, elastic, inelastic } => {
                let constant = CONSTANT.iter().find(|(_, known)| *known == law).map_or("", |(name, _)| name);
                let ratio = match inelastic {
                    InelasticRatio::Constant(ratio) => format!("ratio={ratio}"),
                    InelasticRatio::Occupation { exponent } => format!("occupation={exponent}"),
                    InelasticRatio::Field { scale, exponent } => format!("field=({scale}, {exponent})"),
                };
                format!("RateLaw.scaled({constant:?}, elastic={elastic}, {ratio})")
            }
        }
    }
}

/// A law as an argument.
#[derive(FromPyObject)]
pub(super) enum LawLike<'py> {
    /// A law.
    Law(PyRef<'py, RateLaw>),
    /// Rates that are always the same.
    Rates(PyRef<'py, Rates>),
}

impl LawLike<'_> {
    pub(super) fn law(&self) -> kinetics::RateLaw {
        match self {
            Self::Law(law) => law.inner,
            Self::Rates(rates) => kinetics::RateLaw::Fixed(rates.inner),
        }
    }
}

/// Slope ``-dG/d|V| / G`` at V = 0 of constant mean free paths, in e/kT: what a ratio I/V at a small voltage errs by.
#[pyfunction]
fn initial_slope(eta: f64, rates: &Rates) -> PyResult<f64> {
    mean_free_path::initial_slope(eta, &rates.inner)
        .ok_or_else(|| input("the slope is that of constant mean free paths"))
}
