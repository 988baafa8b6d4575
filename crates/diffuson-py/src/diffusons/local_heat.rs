//! Theory of the local Peltier heat of a dirty metal.

use crate::compute::compute;
use crate::elementwise::{Numbers, Shape, broadcast, elementwise};
use crate::errors::Raise;
use diffuson::diffusons::local_heat::{self, Correlation};
use diffuson::droplets::DropletError;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<LocalHeatCorrelation>()?;
    m.add_function(wrap_pyfunction!(local_heat_correlation, m)?)?;
    m.add_function(wrap_pyfunction!(local_heat_correlation_of_ring, m)?)?;
    m.add_function(wrap_pyfunction!(local_heat_spectrum, m)?)?;
    m.add_function(wrap_pyfunction!(local_heat_box_variance, m)?)
}

/// ``<q(0) q(r)>`` in units of ``(s L_in / 2 pi D)^2``: ``radial - dipole cos 2 theta``, theta the angle between r and the gradient. All of the shape of the distances asked for.
///
/// q is the reduced heat of one spin, with time reversal: the heat current into a probe is ``(pi^2 (k_B T)^2 / 3 h) q``. s is the slope of the potential, ``L_in = sqrt(D / Gamma)`` with all probes breaking phases at a rate Gamma.
#[pyclass(frozen, module = "diffuson.diffusons")]
pub(crate) struct LocalHeatCorrelation {
    shape: Shape,
    all: Vec<Correlation>,
}

impl LocalHeatCorrelation {
    fn each<'py>(&self, py: Python<'py>, of: impl Fn(&Correlation) -> f64) -> PyResult<Bound<'py, PyAny>> {
        self.shape.give(py, self.all.iter().map(of).collect::<Vec<f64>>())
    }
}

#[pymethods]
impl LocalHeatCorrelation {
    /// Mean over directions of r.
    #[getter]
    fn radial<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, |c| c.radial)
    }

    /// Half of what it is across less along the gradient.
    #[getter]
    fn dipole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, |c| c.dipole)
    }

    /// With r along the gradient.
    #[getter]
    fn along<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, Correlation::along)
    }

    /// With r across the gradient.
    #[getter]
    fn across<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, Correlation::across)
    }
}

/// The correlation of the local Peltier heat at distances in L_in, above 0, within 1e-9: ``g_ij`` of Eq. 9 of D. P. DiVincenzo, Phys. Rev. B (1993), over ``(pi^2/3)^2``. Logarithmically infinite at none.
#[pyfunction]
fn local_heat_correlation(py: Python<'_>, distance: Numbers) -> PyResult<LocalHeatCorrelation> {
    let (shape, distances) = distance.parts();
    correlations(py, shape, move || distances.into_iter().map(Correlation::at).collect())
}

/// Its mean over pairs with distances from ``inner`` to ``outer``, in L_in: what a bin of a measured correlation holds.
#[pyfunction]
fn local_heat_correlation_of_ring(
    py: Python<'_>,
    inner: Numbers,
    outer: Numbers,
) -> PyResult<LocalHeatCorrelation> {
    let (shape, [inner, outer]) = broadcast([&inner, &outer])?;
    correlations(py, shape, move || {
        inner.into_iter().zip(outer).map(|(a, b)| Correlation::of_ring(a, b)).collect()
    })
}

fn correlations(
    py: Python<'_>,
    shape: Shape,
    of: impl FnOnce() -> Result<Vec<Correlation>, DropletError> + Send + 'static,
) -> PyResult<LocalHeatCorrelation> {
    let all = compute(py, of)?.map_err(Raise::raise)?;
    Ok(LocalHeatCorrelation { shape, all })
}

/// ``Int d^2r <q(0) q(r)> e^{-ikr}`` in units of ``(s L_in / 2 pi D)^2 L_in^2``, of the components of k along and across the gradient, in 1/L_in. Never negative; zero at k = 0, since heat is conserved.
#[pyfunction]
fn local_heat_spectrum<'py>(py: Python<'py>, along: Numbers, across: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&along, &across], |[along, across]| local_heat::spectrum(along, across))
}

/// ``<Q^2>`` of the mean Q of q over a square of the given side (in L_in) in an unbounded plane, in units of ``(s L_in / 2 pi D)^2``, within 1e-7.
#[pyfunction]
fn local_heat_box_variance<'py>(py: Python<'py>, side: Numbers) -> PyResult<Bound<'py, PyAny>> {
    let (shape, sides) = side.parts();
    let found = compute(py, move || {
        sides.into_iter().map(local_heat::box_variance).collect::<Result<Vec<f64>, _>>()
    })?;
    shape.give(py, found.map_err(Raise::raise)?)
}
