//! Finite-size scaling: critical point, exponents and scaling function from data of finite samples.

mod fit;
mod scan;

pub(super) use fit::ScalingFit;

use crate::arguments::named;
use crate::arrays::vector;
use crate::compute::compute;
use crate::elementwise::{Numbers, broadcast};
use crate::errors::{Raise, input};
use diffuson::localization::scaling::{
    self, Irrelevant, Normalisation, Orders, Scaling, ScalingError, SizePoint,
};
use numpy::PyArray1;
use pyo3::prelude::*;
use scan::ScalingScan;
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SizePoints>()?;
    m.add_class::<ScalingFit>()?;
    m.add_class::<ScalingScan>()?;
    m.add_class::<scan::TriedScaling>()
}

impl Raise for ScalingError {
    fn raise(self) -> PyErr {
        match self {
            Self::Fit(error) => error.raise(),
            _ => input(self),
        }
    }
}

const NORMALISATIONS: [(&str, Normalisation); 2] =
    [("fields", Normalisation::Fields), ("amplitudes", Normalisation::Amplitudes)];

/// What is known of the irrelevant exponent: its value, or its mean and standard error.
#[derive(FromPyObject)]
enum Known {
    Held(f64),
    Measured(f64, f64),
}

/// Dimensionless quantities Gamma of samples of several sizes L on both sides of a transition.
///
/// All arguments are broadcast and read row by row: with disorders along one axis and sizes along the other, ``value`` and ``error`` are tables.
///
/// Parameters
/// ----------
/// driving
///     Driving parameter W: disorder or energy, in t.
/// size
///     Size L, in lattice constants.
/// value, error
///     The quantity, and its standard error; errors of different points are taken as independent.
/// observable, transition
///     Which quantity it is, and which transition W leads through, numbered from 0 without gaps. Observables share all exponents and fields, transitions what is universal.
#[pyclass(frozen, module = "diffuson.localization")]
pub(crate) struct SizePoints {
    points: Arc<Vec<SizePoint>>,
}

impl SizePoints {
    /// How many observables and transitions there are, if they are numbered without gaps.
    fn counts(&self) -> (usize, usize) {
        let of = |number: fn(&SizePoint) -> usize| self.points.iter().map(number).max().map_or(0, |n| n + 1);
        (of(|p| p.observable), of(|p| p.transition))
    }

    fn column<'py>(&self, py: Python<'py>, of: fn(&SizePoint) -> f64) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.points.iter().map(of).collect())
    }
}

#[pymethods]
impl SizePoints {
    #[new]
    #[pyo3(signature = (driving, size, value, error, *, observable=None, transition=None))]
    fn new(
        driving: Numbers,
        size: Numbers,
        value: Numbers,
        error: Numbers,
        observable: Option<Numbers>,
        transition: Option<Numbers>,
    ) -> PyResult<Self> {
        let (observable, transition) =
            (observable.unwrap_or_else(Numbers::zero), transition.unwrap_or_else(Numbers::zero));
        let (_, columns) = broadcast([&driving, &size, &value, &error, &observable, &transition])?;
        let [driving, size, value, error, observable, transition] = columns;
        let points: PyResult<Vec<SizePoint>> = (0..driving.len())
            .map(|k| {
                Ok(SizePoint::new(driving[k], size[k], value[k], error[k])
                    .of(whole("observable", observable[k])?)
                    .through(whole("transition", transition[k])?))
            })
            .collect();
        Ok(Self { points: Arc::new(points?) })
    }

    /// Driving parameter of each point.
    #[getter]
    fn driving<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, |p| p.driving)
    }

    /// Size of each point.
    #[getter]
    fn size<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, |p| p.size)
    }

    /// The quantity at each point.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, |p| p.value)
    }

    /// Its standard error.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, |p| p.error)
    }

    fn __len__(&self) -> usize {
        self.points.len()
    }

    /// Fits the expansion
    /// ``Gamma = sum_k chi_2^k sum_j a_jk chi_1^j, chi_1 = phi_1(w) (L/L_0)^(1/nu), chi_2 = phi_2(w) (L/L_0)^y, w = (W - W_c)/W_0, phi_1 = sum_{n>=1} b_n w^n, phi_2 = sum_{n>=0} c_n w^n``.
    ///
    /// K. Slevin and T. Ohtsuki, PRL 82, 382 (1999); New J. Phys. 16, 015012 (2014). Starting values come from the crossings of pairs of sizes.
    ///
    /// Parameters
    /// ----------
    /// orders
    ///     ``(n_R, n_I, m_R, m_I)``: of the scaling function in chi_1 and in chi_2 (0 for no irrelevant field), of phi_1 and phi_2 in w.
    /// correction
    ///     Order in chi_1 of what multiplies chi_2; n_R if not given.
    /// normalisation
    ///     Which of the redundant amplitudes are 1: ``"fields"``, b_1 and c_0, or ``"amplitudes"``, a_10 and a_01. Critical points, exponents and chi^2 do not depend on it.
    /// irrelevant
    ///     What is known of y: nothing, its value, or its mean and standard error.
    #[pyo3(signature = (orders, *, correction=None, normalisation="fields", irrelevant=None))]
    fn fit(
        &self,
        py: Python<'_>,
        orders: (usize, usize, usize, usize),
        correction: Option<usize>,
        normalisation: &str,
        irrelevant: Option<Known>,
    ) -> PyResult<ScalingFit> {
        let (relevant, irrelevant_orders, field, irrelevant_field) = orders;
        let plain = Orders::new(relevant, irrelevant_orders, field, irrelevant_field);
        let orders = correction.map_or(plain, |c| plain.with_correction(c));
        let (scaling, points) = (self::scaling(normalisation, irrelevant)?, self.points.clone());
        compute(py, move || scaling.fit(&points, &orders))?.map(ScalingFit::from).map_err(Raise::raise)
    }

    /// Fits every expansion of given ranges of orders, ``(lowest, highest)``, with every smallest size, and chooses one.
    ///
    /// Eligible are fits that have converged and determine all their coefficients, with corrections that are corrections and a goodness of fit above 0.1, that are stable: one order more neither lowers chi^2
    /// by 2 for each term nor moves W_c or nu by more than two standard errors. Of those with the smallest size of all, the one with the fewest free coefficients is chosen. Quote the
    /// spread of all acceptable fits beside it.
    ///
    /// ``smallest_sizes`` are tried one after the other; if not given, all that leave at least three sizes, or four with an irrelevant field. The other arguments are those of :meth:`fit`.
    #[pyo3(
        signature = (
            *, relevant=(1, 3), irrelevant_orders=(1, 1), relevant_field=(1, 2), irrelevant_field=(0, 1), correction=(1, 1), smallest_sizes=None,
            normalisation="fields", irrelevant=None
        ),
        text_signature = "($self, *, relevant=(1, 3), irrelevant_orders=(1, 1), relevant_field=(1, 2), irrelevant_field=(0, 1), correction=(1, 1), smallest_sizes=None, normalisation='fields', irrelevant=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "keywords of Python")]
    fn scan(
        &self,
        py: Python<'_>,
        relevant: (usize, usize),
        irrelevant_orders: (usize, usize),
        relevant_field: (usize, usize),
        irrelevant_field: (usize, usize),
        correction: (usize, usize),
        smallest_sizes: Option<Vec<f64>>,
        normalisation: &str,
        irrelevant: Option<Known>,
    ) -> PyResult<ScalingScan> {
        let range = |what: &str, (low, high): (usize, usize)| {
            if low <= high && high <= HIGHEST_ORDER {
                return Ok(low..=high);
            }
            Err(input(format!(
                "{what} is ({low}, {high}), but a lowest and a highest order up to {HIGHEST_ORDER} are wanted"
            )))
        };
        let scan = scaling::Scan {
            relevant: range("relevant", relevant)?,
            irrelevant: range("irrelevant_orders", irrelevant_orders)?,
            relevant_field: range("relevant_field", relevant_field)?,
            irrelevant_field: range("irrelevant_field", irrelevant_field)?,
            correction: range("correction", correction)?,
            smallest_sizes: smallest_sizes.unwrap_or_default(),
        };
        let (scaling, points) = (self::scaling(normalisation, irrelevant)?, self.points.clone());
        compute(py, move || scaling.scan(&points, &scan))?.map(ScalingScan::from).map_err(Raise::raise)
    }

    fn __repr__(&self) -> String {
        format!("SizePoints({})", self.points.len())
    }
}

/// That of expansions.
const HIGHEST_ORDER: usize = 9;

fn scaling(normalisation: &str, irrelevant: Option<Known>) -> PyResult<Scaling> {
    Ok(Scaling {
        normalisation: named("normalisation", normalisation, &NORMALISATIONS)?,
        irrelevant: match irrelevant {
            None => Irrelevant::Free,
            Some(Known::Held(y)) => Irrelevant::Held(y),
            Some(Known::Measured(mean, deviation)) => Irrelevant::Known(mean, deviation),
        },
    })
}

/// A number of an observable or a transition.
fn whole(what: &str, number: f64) -> PyResult<usize> {
    if (0.0..1e6).contains(&number) && number.fract() == 0.0 {
        Ok(number as usize)
    } else {
        Err(input(format!("{what} is {number}, but a whole number from 0 is wanted")))
    }
}
