//! Fluctuations of the grand potential: what a field costs in one sample, and how that fluctuates in theory.

use super::models::OrbitalModel;
use super::modes::FourierModes;
use crate::arrays::{Complexes, Reals, table, to_matrix, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::diffusons::{RingCovariance, room};
use crate::errors::Raise;
use diffuson::droplets::{self, DropletError};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<EvenGrandPotential>()?;
    m.add_function(wrap_pyfunction!(even_grand_potential, m)?)?;
    m.add_function(wrap_pyfunction!(predicted_covariance, m)?)?;
    m.add_function(wrap_pyfunction!(diffusive_covariance, m)?)?;
    m.add_function(wrap_pyfunction!(predicted_variance, m)?)?;
    m.add_function(wrap_pyfunction!(ladder_covariance, m)?)
}

/// The even part of the grand potential of one sample.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct EvenGrandPotential {
    inner: droplets::EvenGrandPotential,
}

#[pymethods]
impl EvenGrandPotential {
    /// ``Omega_e(a)``, one spin, for each field: an array (fields); never above zero.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.values.clone())
    }

    /// Eigenvalues have the traces of their matrix; Omega is concave.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }
}

/// ``Omega_e(a) = [Omega(a) + Omega(-a)]/2 - Omega(0)`` of electrons of one spin with Hamiltonian ``H + a psi(x)`` at electrochemical potential 0, ``Omega = -T sum_k ln(1 + e^{-E_k/T})``, for each of the ``fields`` a; energies and ``kt`` in the units of H.
///
/// ``hamiltonian``: Hermitian, an array (states, states), ``orbitals`` rows for each site; its lower triangle is read. ``profile`` is psi, an array (sites).
#[pyfunction]
#[pyo3(signature = (hamiltonian, profile, fields, kt, *, orbitals=1))]
fn even_grand_potential(
    py: Python<'_>,
    hamiltonian: Complexes<'_>,
    profile: Reals<'_>,
    fields: Reals<'_>,
    kt: f64,
    orbitals: usize,
) -> PyResult<EvenGrandPotential> {
    let h = to_matrix(&hamiltonian);
    let (profile, fields) = (to_vec(&profile), to_vec(&fields));
    let found = compute(py, move || droplets::even_grand_potential(&h, orbitals, &profile, &fields, kt))?;
    found.map(|inner| EvenGrandPotential { inner }).map_err(Raise::raise)
}

type Covariance = fn(&droplets::OrbitalModel, &[f64], &[f64], f64) -> Result<Vec<f64>, DropletError>;

fn covariance<'py>(
    py: Python<'py>,
    law: Covariance,
    model: &OrbitalModel,
    profile: &Reals<'_>,
    fields: &Reals<'_>,
    kt: f64,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (model, profile, fields) = (model.inner, to_vec(profile), to_vec(fields));
    room(&[model.sites(), model.sites()])?;
    let m = fields.len();
    let found = compute(py, move || law(&model, &profile, &fields, kt))?.map_err(Raise::raise)?;
    table(py, m, m, found)
}

/// ``<Omega_e(a) Omega_e(b)>_c`` over samples of the model, for all pairs of ``fields``: an array (fields, fields); to leading order in 1/n but to all orders in the fields.
///
/// ``<Omega[u] Omega[v]>_c = -beta_c T^2 sum_e1,e2 ln det[1 - G[u](i e1) G[v](i e2) J]`` over all Matsubara energies of either sign. To leading order in the fields and where diffusion is slow this is six directed rings of four diffusons. Good to some six digits at kt = 0.02.
#[pyfunction]
fn predicted_covariance<'py>(
    py: Python<'py>,
    model: &OrbitalModel,
    profile: Reals<'py>,
    fields: Reals<'py>,
    kt: f64,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    covariance(py, droplets::predicted_covariance, model, &profile, &fields, kt)
}

/// :func:`predicted_covariance` with pure diffusion, ``1/(s + D (4 - 2 cos q_x - 2 cos q_y))``, and a field that changes nothing but energies: what the theory of droplets uses. To leading order in the fields ``a^2 b^2 nu_1^2 / 4`` times :meth:`diffuson.diffusons.RingSum.covariance` of psi.
#[pyfunction]
fn diffusive_covariance<'py>(
    py: Python<'py>,
    model: &OrbitalModel,
    profile: Reals<'py>,
    fields: Reals<'py>,
    kt: f64,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    covariance(py, droplets::diffusive_covariance, model, &profile, &fields, kt)
}

/// ``I_FF = <(psi F_1 psi)^2>`` (Eq. 35) of the model's own ladder, ``4 <Omega_e(a)^2>_c / (nu_1 a^2)^2`` as a goes to 0: to some 3e-4 at kt = 0.01 and above, 3e-3 at 0.001.
#[pyfunction]
fn predicted_variance(py: Python<'_>, model: &OrbitalModel, profile: Reals<'_>, kt: f64) -> PyResult<f64> {
    let (model, profile) = (model.inner, to_vec(&profile));
    room(&[model.sites(), model.sites()])?;
    compute(py, move || droplets::predicted_variance(&model, &profile, kt))?.map_err(Raise::raise)
}

/// Covariances ``<F_ij F_kl>`` of the random part ``F_1 = -(chi - <chi>)/nu_1`` of the inverse spin susceptibility (Eqs. 7 and 11) between modes of the torus, in the model's own ladder: to leading order in 1/n, for waves of any length and any temperature.
#[pyfunction]
fn ladder_covariance(
    py: Python<'_>,
    model: &OrbitalModel,
    modes: &FourierModes,
    kt: f64,
) -> PyResult<RingCovariance> {
    let (model, modes) = (model.inner, modes.inner.clone());
    let found = compute(py, move || droplets::ladder_covariance(&model, &modes, kt))?;
    found.map(RingCovariance::of).map_err(Raise::raise)
}
