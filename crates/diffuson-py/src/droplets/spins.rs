//! How large the spin of droplets is.

use super::coefficients::Coefficients;
use super::metal::Metal;
use super::profile::Profile;
use crate::arguments::named;
use crate::compute::compute;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, input};
use diffuson::droplets;
use diffuson::droplets::DropletError;
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SpinDistribution>()?;
    m.add_class::<SingleMode>()?;
    m.add("ENERGY_CROSSOVER", droplets::ENERGY_CROSSOVER)?;
    m.add_function(wrap_pyfunction!(energy_variance, m)?)?;
    m.add_function(wrap_pyfunction!(level_correlation, m)?)
}

/// The distribution of the spin S > 0 of droplets, ``P(S) dS ~ exp[-G e(S/g)]``, ``G = gamma g^2 (1 + F_0)^2`` (Eqs. 47 and 48), with exponential accuracy. S is the number of unpaired spins.
///
/// ``form`` of e(x): ``"expanded"``, ``1 + 2 alpha x^2`` (Eq. 24 with its number); ``"quartic"``, ``1/(1 - 2 alpha x^2 + beta x^4)`` with the complete beta (Eq. 48), up to where it turns round; ``"all-orders"``, ``1/Phi(x)`` of the ``profile``, which is then wanted (:meth:`Profile.suppression`).
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct SpinDistribution {
    inner: Arc<droplets::SpinDistribution<'static>>,
}

enum Form {
    Expanded,
    Quartic,
    AllOrders(Arc<droplets::Profile>),
}

#[pymethods]
impl SpinDistribution {
    #[new]
    #[pyo3(signature = (metal, coefficients, *, form="expanded", profile=None))]
    fn new(
        py: Python<'_>,
        metal: &Metal,
        coefficients: &Coefficients,
        form: &str,
        profile: Option<PyRef<'_, Profile>>,
    ) -> PyResult<Self> {
        let profile = profile.map(|p| p.inner.clone());
        let form =
            match (named("form", form, &[("expanded", 0), ("quartic", 1), ("all-orders", 2)])?, profile) {
                (0, None) => Form::Expanded,
                (1, None) => Form::Quartic,
                (2, Some(profile)) => Form::AllOrders(profile),
                (2, None) => return Err(input("the form \"all-orders\" wants a profile")),
                _ => return Err(input("a profile is for the form \"all-orders\"")),
            };
        let (metal, coefficients) = (metal.inner, coefficients.inner);
        let made = compute(py, move || match form {
            Form::Expanded => droplets::SpinDistribution::expanded(&metal, &coefficients),
            Form::Quartic => droplets::SpinDistribution::quartic(&metal, &coefficients),
            Form::AllOrders(profile) => {
                droplets::SpinDistribution::suppressed_by(&metal, &coefficients, move |ratios| {
                    profile.suppression(ratios)
                })
            }
        })?;
        Ok(Self { inner: Arc::new(made.map_err(Raise::raise)?) })
    }

    /// ``G e(S/g)``, minus the logarithm of the probability; infinite beyond the end of the quartic form.
    fn exponents<'py>(&self, py: Python<'py>, spins: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, &spins, droplets::SpinDistribution::exponents)
    }

    /// ``P(S)``, with ``Int_0^inf P dS = 1``: the distribution among droplets.
    fn densities<'py>(&self, py: Python<'py>, spins: Numbers) -> PyResult<Bound<'py, PyAny>> {
        self.of(py, &spins, droplets::SpinDistribution::densities)
    }

    /// Mean spin.
    #[getter]
    fn mean(&self) -> f64 {
        self.inner.mean()
    }

    /// Root of the mean square of the spin.
    #[getter]
    fn root_mean_square(&self) -> f64 {
        self.inner.root_mean_square()
    }

    /// By how much, relatively, densities are uncertain with Phi. Zero of the forms that expand Phi.
    #[getter]
    fn error(&self) -> f64 {
        self.inner.error()
    }

    fn __repr__(&self) -> String {
        format!("SpinDistribution(mean {:.6})", self.inner.mean())
    }
}

type Law = fn(&droplets::SpinDistribution<'static>, &[f64]) -> Result<Vec<f64>, DropletError>;

impl SpinDistribution {
    fn of<'py>(&self, py: Python<'py>, spins: &Numbers, law: Law) -> PyResult<Bound<'py, PyAny>> {
        let (shape, spins) = spins.parts();
        let distribution = self.inner.clone();
        shape.give(py, compute(py, move || law(&distribution, &spins))?.map_err(Raise::raise)?)
    }
}

/// Section III of the paper: the magnetic energy of a region with one random number zeta of density ``e^{-zeta^2}/sqrt(pi)``,
///
/// ``E(S)/delta_1 = (1 + F_0) S^2 + zeta (S^2/g - S^4/g^3)`` (Eq. 20), lowest at ``1 + F_0 + zeta/g - c zeta S^2/g^3 = 0`` (Eq. 22).
///
/// ``form`` is ``"derived"``, c = 2 as it follows from Eq. 20, or ``"printed"``, c = 1. Good for how things scale, not for prefactors.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct SingleMode {
    inner: droplets::SingleMode,
}

#[pymethods]
impl SingleMode {
    #[new]
    #[pyo3(signature = (metal, *, form="derived"))]
    fn new(metal: &Metal, form: &str) -> PyResult<Self> {
        let inner = match named("form", form, &[("derived", true), ("printed", false)])? {
            true => droplets::SingleMode::derived(metal.inner),
            false => droplets::SingleMode::printed(metal.inner),
        };
        Ok(Self { inner })
    }

    /// The largest spin, ``g/sqrt(c)``: that of an infinite zeta.
    #[getter]
    fn largest_spin(&self) -> f64 {
        self.inner.largest_spin()
    }

    /// ``E(S)/delta_1`` for a zeta (Eq. 20 with c/2 in front of the last term).
    fn energy<'py>(&self, py: Python<'py>, spin: Numbers, zeta: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&spin, &zeta], |[spin, zeta]| self.inner.energy(spin, zeta))
    }

    /// The zeta whose droplet has a spin: ``-g (1 + F_0) / (1 - c S^2/g^2)`` (Eq. 22); minus infinity from the largest spin on.
    fn amplitude<'py>(&self, py: Python<'py>, spin: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&spin], |[spin]| self.inner.amplitude(spin))
    }

    /// ``-ln P(S) = zeta^2`` (Eq. 23).
    fn exponent<'py>(&self, py: Python<'py>, spin: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&spin], |[spin]| self.inner.exponent(spin))
    }

    /// The same to second order in S/g, ``g^2 (1 + F_0)^2 + 2 c (1 + F_0)^2 S^2``: Eq. 24 with the factor 2 it has lost.
    fn expanded_exponent<'py>(&self, py: Python<'py>, spin: Numbers) -> PyResult<Bound<'py, PyAny>> {
        elementwise(py, [&spin], |[spin]| self.inner.expanded_exponent(spin))
    }

    /// Mean spin of the distribution ``e^{-zeta(S)^2} dS`` (Eq. 23), or with the density of zeta, ``e^{-zeta^2} |d zeta|``.
    #[pyo3(signature = (*, with_jacobian=false))]
    fn mean_spin(&self, with_jacobian: bool) -> f64 {
        self.inner.mean_spin(with_jacobian)
    }

    /// Mean spin of ``exp[-2 c (1 + F_0)^2 S^2] dS``: ``1/[(1 + F_0) sqrt(2 pi c)]``.
    #[getter]
    fn expanded_mean_spin(&self) -> f64 {
        self.inner.expanded_mean_spin()
    }
}

/// ``h(u) = <dE^2>/(delta_1 g)^2``, u = S/g: the fluctuation of the magnetic energy (Eq. 18) by levels that are correlated as ``pi/(omega^2 + E_T^2)``: ``pi u^4`` for small u, ``(2 pi^2/3) u^3`` for large (Eq. 19), which cross at ``ENERGY_CROSSOVER``. NaN for a negative u.
#[pyfunction]
fn energy_variance<'py>(py: Python<'py>, spin_over_conductance: Numbers) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&spin_over_conductance], |[spin_over_conductance]| {
        droplets::energy_variance(spin_over_conductance)
    })
}

/// ``<rho(0) rho(omega)>`` of Eq. 16, ``pi/(omega^2 + E_T^2)``, not normalised.
#[pyfunction]
fn level_correlation<'py>(
    py: Python<'py>,
    frequency: Numbers,
    thouless_energy: f64,
) -> PyResult<Bound<'py, PyAny>> {
    droplets::level_correlation(0.0, thouless_energy).map_err(Raise::raise)?;
    elementwise(py, [&frequency], |[omega]| {
        droplets::level_correlation(omega, thouless_energy).unwrap_or(f64::NAN)
    })
}
