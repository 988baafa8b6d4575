//! What every result carries: the conservation laws it was tested against.

use diffuson::audit;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList};

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Law>()?;
    m.add_class::<Audit>()
}

/// One law: how far a result is from it, and how far it may be.
#[pyclass(frozen, module = "diffuson")]
#[derive(Clone)]
pub(crate) struct Law {
    /// Name of the law.
    #[pyo3(get)]
    name: &'static str,
    /// Largest deviation found, relative to the scale of the law; without unit.
    #[pyo3(get)]
    residual: f64,
    /// Largest deviation allowed.
    #[pyo3(get)]
    allowed: f64,
}

#[pymethods]
impl Law {
    /// Whether the law holds; a residual that is not a number does not pass.
    #[getter]
    fn passed(&self) -> bool {
        self.residual <= self.allowed
    }

    fn __repr__(&self) -> String {
        let verdict = if self.passed() { "passed" } else { "FAILED" };
        format!("{} {:.1e} (allowed {:.1e}): {verdict}", self.name, self.residual, self.allowed)
    }
}

/// The conservation laws a result was tested against: unitarity, reciprocity, charge, heat, and others, as apply.
///
/// A mapping from names to :class:`Law`.
#[pyclass(frozen, mapping, module = "diffuson")]
#[derive(Clone)]
pub(crate) struct Audit {
    laws: Vec<Law>,
}

impl From<&audit::Audit> for Audit {
    fn from(audit: &audit::Audit) -> Self {
        let law = |l: &audit::Law| Law { name: l.name, residual: l.residual, allowed: l.allowed };
        Self { laws: audit.laws().iter().map(law).collect() }
    }
}

#[pymethods]
impl Audit {
    /// Whether every law holds.
    #[getter]
    fn passed(&self) -> bool {
        self.laws.iter().all(Law::passed)
    }

    /// The laws, in the order in which they were tested.
    #[getter]
    fn laws(&self) -> Vec<Law> {
        self.laws.clone()
    }

    fn __len__(&self) -> usize {
        self.laws.len()
    }

    fn __contains__(&self, name: &str) -> bool {
        self.laws.iter().any(|law| law.name == name)
    }

    fn __getitem__(&self, name: &str) -> PyResult<Law> {
        let found = self.laws.iter().find(|law| law.name == name);
        found.cloned().ok_or_else(|| PyKeyError::new_err(name.to_owned()))
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<Py<PyIterator>> {
        Ok(PyList::new(py, self.keys())?.try_iter()?.unbind())
    }

    /// The names of the laws.
    fn keys(&self) -> Vec<&'static str> {
        self.laws.iter().map(|law| law.name).collect()
    }

    /// The laws, as :attr:`laws`.
    fn values(&self) -> Vec<Law> {
        self.laws.clone()
    }

    /// Pairs of names and laws.
    fn items(&self) -> Vec<(&'static str, Law)> {
        self.laws.iter().map(|law| (law.name, law.clone())).collect()
    }

    /// The law of this name, or ``default``.
    #[pyo3(signature = (name, default=None))]
    fn get(&self, py: Python<'_>, name: &str, default: Option<Py<PyAny>>) -> PyResult<Option<Py<PyAny>>> {
        match self.laws.iter().find(|law| law.name == name) {
            Some(law) => law.clone().into_py_any(py).map(Some),
            None => Ok(default),
        }
    }

    fn __repr__(&self) -> String {
        let laws: Vec<String> = self.laws.iter().map(Law::__repr__).collect();
        format!("Audit({})", laws.join(", "))
    }
}
