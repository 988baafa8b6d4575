//! The profile of a droplet, the saddle point of Eq. 33, and rings of diffusons with its vertices.

use crate::arguments::named;
use crate::arrays::vector;
use crate::compute::compute;
use crate::elementwise::{Numbers, Shape, elementwise};
use crate::errors::{Raise, input};
use diffuson::droplets;
use numpy::PyArray1;
use pyo3::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Profile>()?;
    m.add_class::<Resolution>()?;
    m.add_class::<Rings>()?;
    m.add_class::<RingIntegral>()?;
    m.add_class::<Optimisation>()?;
    m.add_class::<OptimisationStep>()?;
    m.add_class::<Converged>()
}

/// How finely a profile is resolved.
///
/// ``degree`` of the polynomials in an element (4 to 32); ``elements`` from the centre to ``reach`` (4 to 64); ``reach``, the outermost radius over the length of the profile (10 to 1e6); ``frequencies`` up to some inverse lengths (9 to 99);
/// ``channels``, angular momenta sampled beyond the first eight (4 to 64). Where one is wanted, names will do: ``"rough"`` (gamma to 1e-3), ``"coarse"`` (1e-5, the optimum in less than a second), ``"standard"`` (Q_4 to 1e-8), ``"fine"`` (2e-9).
#[pyclass(frozen, module = "diffuson.droplets")]
#[derive(Clone, Copy)]
pub(crate) struct Resolution {
    inner: droplets::Resolution,
}

const RESOLUTIONS: [(&str, droplets::Resolution); 4] = [
    ("rough", droplets::Resolution::ROUGH),
    ("coarse", droplets::Resolution::COARSE),
    ("standard", droplets::Resolution::STANDARD),
    ("fine", droplets::Resolution::FINE),
];

#[pymethods]
impl Resolution {
    #[new]
    #[pyo3(signature = (*, degree=11, elements=16, reach=1e4, frequencies=21, channels=9))]
    fn new(degree: usize, elements: usize, reach: f64, frequencies: usize, channels: usize) -> Self {
        Self { inner: droplets::Resolution { degree, elements, reach, frequencies, channels } }
    }

    /// Degree of the polynomials in an element.
    #[getter]
    fn degree(&self) -> usize {
        self.inner.degree
    }

    /// Elements from the centre to ``reach``.
    #[getter]
    fn elements(&self) -> usize {
        self.inner.elements
    }

    /// Outermost radius over the length of the profile, ``(pi Int psi^4 d^2x)^{-1/2}``. The profile ends there, waves do not.
    #[getter]
    fn reach(&self) -> f64 {
        self.inner.reach
    }

    /// Frequencies kappa up to some inverse lengths; a third as many above.
    #[getter]
    fn frequencies(&self) -> usize {
        self.inner.frequencies
    }

    /// Angular momenta sampled beyond the first eight.
    #[getter]
    fn channels(&self) -> usize {
        self.inner.channels
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.inner)
    }
}

/// A resolution as an argument.
#[derive(FromPyObject)]
enum Asked<'py> {
    Name(String),
    Given(PyRef<'py, Resolution>),
}

impl Asked<'_> {
    fn resolution(&self) -> PyResult<droplets::Resolution> {
        match self {
            Self::Name(name) => named("resolution", name, &RESOLUTIONS),
            Self::Given(resolution) => Ok(resolution.inner),
        }
    }
}

/// A radial profile ``psi(r) >= 0`` with ``Int psi^2 d^2x = 1``. Called with radii it gives psi, zero beyond its reach, in inverse lengths.
///
/// A droplet ``sigma = sigma_0 psi(x)`` meets the random parts of the energy through projections on psi alone, so that all closed rings of n diffusons are one integral,
///
/// ``Q_n = (1/8) (4 pi)^n Int_0^inf d kappa kappa^3 Tr A_kappa^n``, ``A_kappa = psi^{1/2} (kappa^2 - Laplacian)^{-1} psi^{1/2}``.
///
/// Made by :meth:`gaussian`, :meth:`from_function` or :meth:`optimum`.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Profile {
    pub(super) inner: Arc<droplets::Profile>,
}

impl Profile {
    fn of(inner: droplets::Profile) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

#[pymethods]
impl Profile {
    /// ``psi = (2/pi)^{1/2} exp(-r^2)``: the trial profile of the paper with the norm 1, lengths in R.
    #[staticmethod]
    fn gaussian() -> Self {
        Self::of(droplets::Profile::gaussian())
    }

    /// ``psi`` proportional to a Python function of r, whose lengths are kept; it is called some thousand times with a number, at radii between 2e-9 and 5e8 of its own unit. It must not be negative.
    #[staticmethod]
    #[pyo3(signature = (function, *, resolution=Asked::Name("standard".to_owned())), text_signature = "(function, *, resolution='standard')")]
    fn from_function(function: &Bound<'_, PyAny>, resolution: Asked<'_>) -> PyResult<Self> {
        let resolution = resolution.resolution()?;
        let failed: RefCell<Option<PyErr>> = RefCell::new(None);
        let psi = |r: f64| {
            if failed.borrow().is_some() {
                return f64::NAN;
            }
            let value = function.call1((r,)).and_then(|value| value.extract::<f64>());
            value.unwrap_or_else(|error| {
                failed.replace(Some(error));
                f64::NAN
            })
        };
        let made = droplets::Profile::new(resolution, psi);
        match failed.into_inner() {
            Some(error) => Err(error),
            None => made.map(Self::of).map_err(Raise::raise),
        }
    }

    /// The solution of Eq. 33: the profile with the largest Q_4, lengths in the root ``a = <r^2>^{1/2}`` of its mean square radius.
    #[staticmethod]
    #[pyo3(signature = (resolution=Asked::Name("standard".to_owned())), text_signature = "(resolution='standard')")]
    fn optimum(py: Python<'_>, resolution: Asked<'_>) -> PyResult<Self> {
        let resolution = resolution.resolution()?;
        compute(py, move || droplets::Profile::optimum(resolution))?.map(Self::of).map_err(Raise::raise)
    }

    /// The saddle point at several resolutions, each from the same start: how Q_4 and gamma converge with basis and grid.
    #[staticmethod]
    fn convergence(py: Python<'_>, resolutions: Vec<Asked<'_>>) -> PyResult<Vec<Converged>> {
        let all = resolutions.iter().map(Asked::resolution).collect::<PyResult<Vec<_>>>()?;
        let rows = compute(py, move || droplets::Profile::convergence(&all))?.map_err(Raise::raise)?;
        Ok(rows.into_iter().map(|inner| Converged { inner }).collect())
    }

    /// The solution of Eq. 33 by the fixed point ``psi <- gradient / |gradient|`` that starts from this profile, at its resolution, and the way to it.
    fn optimised(&self, py: Python<'_>) -> PyResult<Optimisation> {
        let start = self.inner.clone();
        let found = compute(py, move || start.optimised())?.map_err(Raise::raise)?;
        Ok(Optimisation { profile: Arc::new(found.profile), steps: found.steps })
    }

    /// The same profile at another resolution.
    fn resolved(&self, resolution: Asked<'_>) -> PyResult<Self> {
        self.inner.resolved(resolution.resolution()?).map(Self::of).map_err(Raise::raise)
    }

    /// ``psi(r)`` at radii, in inverse lengths: zero beyond the reach of the resolution, NaN where ``r`` is negative.
    fn __call__<'py>(&self, py: Python<'py>, r: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&r], |[r]| self.inner.at(r))
    }

    /// Radii of the nodes between which psi is a polynomial in ``arsinh r``: an array (nodes), ascending from 0.
    #[getter]
    fn radii<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.radii().to_vec())
    }

    /// psi at the radii: an array (nodes).
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.values().to_vec())
    }

    /// How finely it is resolved.
    #[getter]
    fn resolution(&self) -> Resolution {
        Resolution { inner: self.inner.resolution() }
    }

    /// ``Int psi d^2x``: the spin of a droplet is ``S = sigma_0 Int psi`` (Eq. 13); a length.
    #[getter]
    fn integral(&self) -> f64 {
        self.inner.integral()
    }

    /// ``Int r^2 psi^2 d^2x``, ``a^2``.
    #[getter]
    fn mean_square_radius(&self) -> f64 {
        self.inner.mean_square_radius()
    }

    /// ``Int psi^4 d^2x``, an inverse area.
    #[getter]
    fn participation(&self) -> f64 {
        self.inner.participation()
    }

    /// How far the profile is from solving Eq. 33: ``|G/|G| - psi|``, ``G = delta Q_4 / delta psi``, in the norm ``(Int f^2 d^2x)^{1/2}``.
    fn residual(&self, py: Python<'_>) -> PyResult<f64> {
        let profile = self.inner.clone();
        compute(py, move || profile.residual())
    }

    /// Q_4, Q_6 and Q_8.
    fn rings(&self, py: Python<'_>) -> PyResult<Rings> {
        let profile = self.inner.clone();
        let inner = compute(py, move || profile.rings())?.map_err(Raise::raise)?;
        Ok(Rings { inner })
    }

    /// ``Phi(S/g)``: the variance of the random field on a droplet of spin S over that at S = 0, to all orders; even in S, ``1 - 2 alpha x^2 + beta x^4 - ...``. The probability of a droplet is ``exp[-gamma g^2 (1 + F_0)^2 / Phi(S/g)]``. S is the number of unpaired spins; complete counting.
    fn suppression(&self, py: Python<'_>, spin_over_conductance: Numbers) -> PyResult<RingIntegral> {
        let (shape, ratios) = spin_over_conductance.parts();
        let profile = self.inner.clone();
        let all = compute(py, move || profile.suppression(&ratios))?.map_err(Raise::raise)?;
        Ok(RingIntegral { shape, all })
    }

    /// ``I_FF(T) / I_FF(0)``. ``size_over_thermal_length`` is the unit of length of the profile (R of the Gaussian, a of the optimum) over ``L_T = sqrt(D/k_B T)``.
    fn warmth(&self, py: Python<'_>, size_over_thermal_length: Numbers) -> PyResult<RingIntegral> {
        let (shape, sizes) = size_over_thermal_length.parts();
        let profile = self.inner.clone();
        let all = compute(py, move || {
            sizes.into_iter().map(|size| profile.warmth(size)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(RingIntegral { shape, all: all.map_err(Raise::raise)? })
    }

    fn __repr__(&self) -> String {
        format!("Profile({} nodes, integral {:.6})", self.inner.radii().len(), self.inner.integral())
    }
}

/// A ring of diffusons or a ratio of sums of rings, and its error, estimated by coarser resolutions; of the shape of what was asked for.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct RingIntegral {
    shape: Shape,
    all: Vec<droplets::RingIntegral>,
}

impl RingIntegral {
    fn one(of: droplets::RingIntegral) -> Self {
        Self { shape: Shape::number(), all: vec![of] }
    }
}

#[pymethods]
impl RingIntegral {
    /// The number.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.shape.give(py, self.all.iter().map(|r| r.value).collect::<Vec<f64>>())
    }

    /// What a mesh of half the reach and a degree lower by a fifth changes in it, and what a fifth less of frequencies and channels.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.shape.give(py, self.all.iter().map(|r| r.error).collect::<Vec<f64>>())
    }

    fn __float__(&self) -> PyResult<f64> {
        match self.all.as_slice() {
            [one] => Ok(one.value),
            all => Err(input(format!("{} numbers, not one", all.len()))),
        }
    }
}

/// Rings of four, six and eight diffusons.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Rings {
    inner: droplets::Rings,
}

#[pymethods]
impl Rings {
    /// Q_4, of ``I_FF``.
    #[getter]
    fn four(&self) -> RingIntegral {
        RingIntegral::one(self.inner.four)
    }

    /// Q_6, of ``I_FB``, by length^2.
    #[getter]
    fn six(&self) -> RingIntegral {
        RingIntegral::one(self.inner.six)
    }

    /// Q_8, of ``I_BB``, by length^4.
    #[getter]
    fn eight(&self) -> RingIntegral {
        RingIntegral::one(self.inner.eight)
    }

    /// Eigenproblems they took, at all resolutions.
    #[getter]
    fn eigenproblems(&self) -> usize {
        self.inner.eigenproblems
    }
}

/// The largest Q_4 and the way to it.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Optimisation {
    profile: Arc<droplets::Profile>,
    steps: Vec<droplets::Step>,
}

#[pymethods]
impl Optimisation {
    /// The profile, lengths in ``a = <r^2>^{1/2}``.
    #[getter]
    fn profile(&self) -> Profile {
        Profile { inner: self.profile.clone() }
    }

    /// The steps; the last one belongs to the profile and was not made.
    #[getter]
    fn steps(&self) -> Vec<OptimisationStep> {
        let step = |s: &droplets::Step| OptimisationStep {
            four: s.four,
            residual: s.residual,
            change_of_shape: s.change_of_shape,
            products: s.products,
        };
        self.steps.iter().map(step).collect()
    }
}

/// One step of the fixed point.
#[pyclass(frozen, get_all, module = "diffuson.droplets")]
pub(crate) struct OptimisationStep {
    /// Q_4 before the step.
    four: f64,
    /// :meth:`Profile.residual` before the step.
    residual: f64,
    /// The residual without what only dilates the profile.
    change_of_shape: f64,
    /// Channels multiplied out for it.
    products: usize,
}

/// The saddle point at one resolution.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Converged {
    inner: droplets::Converged,
}

#[pymethods]
impl Converged {
    /// The resolution.
    #[getter]
    fn resolution(&self) -> Resolution {
        Resolution { inner: self.inner.resolution }
    }

    /// Nodes of the mesh.
    #[getter]
    fn nodes(&self) -> usize {
        self.inner.nodes
    }

    /// Q_4; ``gamma = pi^4 / 2 Q_4`` in the units of the paper.
    #[getter]
    fn four(&self) -> f64 {
        self.inner.four
    }

    /// ``Int psi d^2x / a``.
    #[getter]
    fn integral(&self) -> f64 {
        self.inner.integral
    }

    /// :meth:`Profile.residual`.
    #[getter]
    fn residual(&self) -> f64 {
        self.inner.residual
    }

    /// The residual without dilations.
    #[getter]
    fn change_of_shape(&self) -> f64 {
        self.inner.change_of_shape
    }

    /// Steps of the fixed point.
    #[getter]
    fn steps(&self) -> usize {
        self.inner.steps
    }

    /// Channels multiplied out in each step.
    #[getter]
    fn products(&self) -> usize {
        self.inner.products
    }
}
