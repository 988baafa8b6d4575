//! Which route a computation takes, and what it costs.

use crate::arguments::named;
use crate::errors::input;
use diffuson::conductor::Conductor;
use diffuson::scattering::{self, Question, Route};
use pyo3::prelude::*;

const ROUTES: [(&str, Route); 4] = [
    ("recursive", Route::Recursive),
    ("sweep", Route::Sweep),
    ("nested-dissection", Route::NestedDissection),
    ("dense", Route::Dense),
];

/// How something is computed and what that costs: known before it is.
#[pyclass(frozen, module = "diffuson")]
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(super) inner: scattering::Plan,
}

impl Plan {
    /// The route asked for, or the fastest, within ``memory`` (in GiB).
    pub(super) fn new(
        conductor: &Conductor,
        question: Question,
        route: Option<&str>,
        memory: f64,
    ) -> PyResult<Self> {
        if !(memory > 0.0) {
            return Err(input(format!("memory is {memory}, but a number above 0 is wanted, in GiB")));
        }
        let inner = match route {
            None => scattering::Plan::fastest(conductor, question, memory * GIB),
            Some(name) => {
                let route = named("route", name, &ROUTES)?;
                scattering::Plan::forced(conductor, question, route).ok_or_else(|| {
                    input(format!("the route {name:?} does not answer this question for this conductor"))
                })?
            }
        };
        let plan = Self { inner };
        if inner.memory <= memory * GIB {
            return Ok(plan);
        }
        let (route, takes) = (inner.route.name(), plan.memory());
        Err(input(format!(
            "{route} takes {takes:.3} GiB, but memory allows {memory}: give more, or fewer probes"
        )))
    }
}

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

#[pymethods]
impl Plan {
    /// The route: ``"recursive"``, ``"sweep"``, ``"nested-dissection"`` or ``"dense"``.
    #[getter]
    fn route(&self) -> &'static str {
        self.inner.route.name()
    }

    /// Real floating-point operations, about.
    #[getter]
    fn operations(&self) -> f64 {
        self.inner.operations
    }

    /// Memory needed at the same time, in GiB.
    #[getter]
    fn memory(&self) -> f64 {
        self.inner.memory / GIB
    }

    /// Why this route.
    #[getter]
    fn reason(&self) -> String {
        self.inner.reason.to_string()
    }

    fn __repr__(&self) -> String {
        let Self { inner } = self;
        format!(
            "Plan({}, {:.2e} operations, {:.3} GiB: {})",
            inner.route.name(),
            inner.operations,
            self.memory(),
            inner.reason
        )
    }
}
