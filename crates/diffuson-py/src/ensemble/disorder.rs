//! On-site disorder.

use crate::arguments::not_negative;
use crate::arrays::vector;
use crate::conductor::Conductor;
use crate::errors::room;
use crate::random::deviations;
use crate::whole::whole;
use diffuson::disorder::Disorder;
use diffuson_store::Fingerprint;
use numpy::PyArray1;
use pyo3::prelude::*;
use std::fmt::Write;

/// Anderson's box: on-site energies uniform in [-W/2, W/2], independent from site to site; ``width`` is the full width W, in t. Their variance is W^2 / 12.
#[pyclass(frozen, eq, name = "Box", module = "diffuson")]
#[derive(PartialEq)]
pub(crate) struct BoxDisorder {
    /// Full width W, in t.
    #[pyo3(get)]
    width: f64,
}

#[pymethods]
impl BoxDisorder {
    #[new]
    fn new(width: f64) -> PyResult<Self> {
        not_negative("width", width).map(|width| Self { width })
    }

    /// On-site energies of ``sites`` sites, in t: those of sample number ``sample`` of a study with this ``seed``. They depend on nothing else.
    fn onsite<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = whole)] sites: usize,
        #[pyo3(from_py_with = whole)] seed: usize,
        #[pyo3(from_py_with = whole)] sample: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        realise(py, &Disorder::Box { width: self.width }, sites, seed, sample)
    }

    fn __getnewargs__(&self) -> (f64,) {
        (self.width,)
    }

    fn __repr__(&self) -> String {
        format!("Box(width={:?})", self.width)
    }
}

/// On-site energies from a normal distribution around zero, independent from site to site; ``deviation`` is the standard deviation, in t.
#[pyclass(frozen, eq, name = "Gaussian", module = "diffuson")]
#[derive(PartialEq)]
pub(crate) struct GaussianDisorder {
    /// Standard deviation, in t.
    #[pyo3(get)]
    deviation: f64,
}

#[pymethods]
impl GaussianDisorder {
    #[new]
    fn new(deviation: f64) -> PyResult<Self> {
        not_negative("deviation", deviation).map(|deviation| Self { deviation })
    }

    /// On-site energies of ``sites`` sites, in t: those of sample number ``sample`` of a study with this ``seed``. They depend on nothing else.
    fn onsite<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = whole)] sites: usize,
        #[pyo3(from_py_with = whole)] seed: usize,
        #[pyo3(from_py_with = whole)] sample: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        realise(py, &Disorder::Gaussian { deviation: self.deviation }, sites, seed, sample)
    }

    fn __getnewargs__(&self) -> (f64,) {
        (self.deviation,)
    }

    fn __repr__(&self) -> String {
        format!("Gaussian(deviation={:?})", self.deviation)
    }
}

fn realise<'py>(
    py: Python<'py>,
    disorder: &Disorder,
    sites: usize,
    seed: usize,
    sample: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    room(8.0 * sites as f64)?;
    Ok(vector(py, disorder.onsite(sites, &deviations(seed as u64, sample as u64))))
}

#[pymethods]
impl Conductor {
    /// An ensemble of this conductor: samples whose on-site energies are those it has plus those of the disorder, the same on all orbitals of a site.
    ///
    /// ``disorder`` is :class:`Box`, :class:`Gaussian`, or a function of ``(seed, sample)`` that returns one energy for each site, in t. Returns a :class:`Disordered`.
    #[pyo3(signature = (disorder, seed=0))]
    fn with_disorder<'py>(
        slf: Bound<'py, Self>,
        disorder: Bound<'py, PyAny>,
        #[pyo3(from_py_with = whole)] seed: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("diffuson._ensemble")?.getattr("Disordered")?.call1((slf, disorder, seed))
    }

    /// A hash of all that makes the conductor what it is: Hamiltonian, on-site energies, probes, leads. Equal for equal conductors; 16 hexadecimal digits.
    #[getter]
    fn fingerprint(&self, py: Python<'_>) -> String {
        py.detach(|| {
            let mut fingerprint = Fingerprint::default();
            // a fingerprint takes everything
            let _ = self.inner.spell(&mut fingerprint);
            let _ = write!(fingerprint, " {:?}", self.onsite);
            fingerprint.to_string()
        })
    }
}
