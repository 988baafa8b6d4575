//! Whatever transmissions come from: a conductor, a transmission computed before, or a function of the caller.

use super::function::TransmissionFunction;
use super::structure::Structure;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input};
use diffuson::scattering::Plan;
use diffuson::thermal::{
    self, Adaptive, Currents, LinearResponse, Reservoir, Resolution, Sample, TransmissionMatrix,
};
use numpy::{AllowTypeChange, PyArrayLikeDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;

/// What transmissions are taken from.
#[derive(FromPyObject)]
pub(crate) enum Source<'py> {
    Function(PyRef<'py, TransmissionFunction>),
    Conductor(PyRef<'py, Conductor>),
    Callable(Bound<'py, PyAny>),
}

/// A source with what is known of it. Functions of the caller have a structure; conductors know theirs.
pub(crate) struct Known<'py> {
    source: Source<'py>,
    structure: thermal::Structure,
}

impl<'py> Source<'py> {
    pub(super) fn with(self, structure: Option<PyRef<'_, Structure>>) -> PyResult<Known<'py>> {
        let callable = match &self {
            Self::Callable(f) if !f.is_callable() => {
                let what = f.get_type().name()?;
                return Err(input(format!(
                    "a transmission is a function of energy, a TransmissionFunction or a Conductor, not {what}"
                )));
            }
            Self::Callable(_) => true,
            _ => false,
        };
        if structure.is_some() && !callable {
            return Err(input("structure goes with a function of energy; this source knows its own"));
        }
        Ok(Known { source: self, structure: super::structure::or_smooth(structure) })
    }
}

impl Known<'_> {
    /// Linear response.
    pub(super) fn linear(
        &self,
        py: Python<'_>,
        mu: f64,
        kt: f64,
        adaptive: Adaptive,
    ) -> PyResult<LinearResponse> {
        match &self.source {
            Source::Function(function) => {
                let inner = function.inner.clone();
                compute(py, move || inner.linear(mu, kt, adaptive))?.map_err(Raise::raise)
            }
            Source::Conductor(conductor) => {
                sampled(py, conductor, move |sample| sample.linear(mu, kt, adaptive).map_err(Raise::raise))
            }
            Source::Callable(f) => {
                let terminals = called(f, mu)?.terminals();
                LinearResponse::new(terminals, mu, kt, &self.structure, adaptive, |e| called(f, e))
                    .map_err(Raise::raise)
            }
        }
    }

    /// Currents between reservoirs.
    pub(super) fn currents(
        &self,
        py: Python<'_>,
        reservoirs: &[Reservoir],
        adaptive: Adaptive,
    ) -> PyResult<Currents> {
        two_or_more(reservoirs)?;
        match &self.source {
            Source::Function(function) => {
                let (inner, given) = (function.inner.clone(), reservoirs.to_vec());
                compute(py, move || inner.currents(&given, adaptive))?.map_err(Raise::raise)
            }
            Source::Conductor(conductor) => {
                let given = reservoirs.to_vec();
                sampled(py, conductor, move |sample| sample.currents(&given, adaptive).map_err(Raise::raise))
            }
            Source::Callable(f) => thermal::currents(reservoirs, &self.structure, adaptive, |e| called(f, e))
                .map_err(Raise::raise),
        }
    }

    /// What comes of currents between two reservoirs that are asked for again and again.
    pub(super) fn asked<T: Send + 'static>(
        &self,
        py: Python<'_>,
        adaptive: Adaptive,
        ask: impl FnOnce(&mut Between<'_>) -> PyResult<T> + Send + 'static,
    ) -> PyResult<T> {
        match &self.source {
            Source::Function(function) => {
                let inner = function.inner.clone();
                compute(py, move || ask(&mut |pair| inner.currents(pair, adaptive).map_err(Raise::raise)))?
            }
            Source::Conductor(conductor) => sampled(py, conductor, move |sample| {
                ask(&mut |pair| sample.currents(pair, adaptive).map_err(Raise::raise))
            }),
            Source::Callable(f) => ask(&mut |pair| {
                thermal::currents(pair, &self.structure, adaptive, |e| called(f, e)).map_err(Raise::raise)
            }),
        }
    }

    /// The transmission as a function, on a range or for windows.
    pub(super) fn function(
        &self,
        py: Python<'_>,
        asked: Asked,
        resolution: Resolution,
    ) -> PyResult<thermal::TransmissionFunction> {
        match &self.source {
            Source::Function(_) => Err(input("this is a TransmissionFunction already")),
            Source::Conductor(conductor) => sampled(py, conductor, move |sample| {
                match asked {
                    Asked::Range(range) => sample.function(range, resolution),
                    Asked::Windows(windows) => sample.function_for(&windows, resolution),
                }
                .map_err(Raise::raise)
            }),
            Source::Callable(f) => {
                let (structure, at) = (self.structure.clone(), |e| called(f, e));
                match asked {
                    Asked::Range(range) => {
                        thermal::TransmissionFunction::new(range, structure, resolution, at)
                    }
                    Asked::Windows(windows) => {
                        thermal::TransmissionFunction::for_windows(&windows, structure, resolution, at)
                    }
                }
                .map_err(Raise::raise)
            }
        }
    }

    /// Transmissions at one energy, of functions of the caller and those computed before.
    pub(super) fn at(&self, energy: f64) -> PyResult<TransmissionMatrix> {
        match &self.source {
            Source::Function(function) => function.inner.at(energy).map_err(Raise::raise),
            Source::Callable(f) => called(f, energy),
            Source::Conductor(_) => Err(input("bosons do not run through a conductor of electrons")),
        }
    }

    pub(super) fn structure(&self) -> &thermal::Structure {
        &self.structure
    }
}

pub(super) fn two_or_more(reservoirs: &[Reservoir]) -> PyResult<()> {
    match reservoirs {
        [_, _, ..] => Ok(()),
        few => Err(input(format!("{} reservoirs: currents flow between two or more", few.len()))),
    }
}

/// The currents between two reservoirs.
pub(super) type Between<'a> = dyn FnMut(&[Reservoir; 2]) -> PyResult<Currents> + 'a;

/// The energies at which a transmission is asked for.
pub(super) enum Asked {
    Range([f64; 2]),
    Windows(Vec<Reservoir>),
}

/// What a sample of a conductor gives, by the fastest route.
pub(crate) fn sampled<T: Send + 'static>(
    py: Python<'_>,
    conductor: &Conductor,
    ask: impl FnOnce(&mut Sample<'_>) -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    let (inner, onsite) = (conductor.inner.clone(), conductor.onsite.clone());
    compute(py, move || {
        let route = Plan::smatrix(&inner).route;
        let mut sample = Sample::new(&inner, &onsite, route).map_err(Raise::raise)?;
        ask(&mut sample)
    })?
}

/// What a function of the caller returns at an energy.
fn called(f: &Bound<'_, PyAny>, energy: f64) -> PyResult<TransmissionMatrix> {
    transmission(&f.call1((energy,))?)
}

/// A number, the transmission between two terminals; or a matrix ``T_ab``, from b into a.
pub(super) fn transmission(value: &Bound<'_, PyAny>) -> PyResult<TransmissionMatrix> {
    let given: PyArrayLikeDyn<'_, f64, AllowTypeChange> = value.extract()?;
    let values: Vec<f64> = given.as_array().iter().copied().collect();
    match *given.shape() {
        [] => Ok(TransmissionMatrix::two_terminal(values.iter().sum())),
        [rows, cols] if rows == cols => TransmissionMatrix::new(rows, values).map_err(Raise::raise),
        ref shape => Err(input(format!(
            "a transmission of shape {shape:?}, but a number or a square matrix is wanted"
        ))),
    }
}
