//! The S matrix, and what else one Green function gives.

use crate::arrays::{Complexes, matrix, to_matrix, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input};
use diffuson::C64;
use diffuson::scattering::{self, Plan};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SMatrix>()
}

/// The scattering matrix: amplitudes from the incoming into the outgoing modes of all leads, at one energy.
///
/// Rows are outgoing, columns incoming modes, lead after lead; modes are normalised to unit current, so that S is unitary (without probes).
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct SMatrix {
    pub(crate) inner: Arc<scattering::SMatrix>,
}

impl SMatrix {
    pub(crate) fn lead(&self, lead: usize) -> PyResult<usize> {
        let leads = self.inner.leads();
        if lead < leads { Ok(lead) } else { Err(input(format!("lead {lead}, but there are {leads}"))) }
    }
}

#[pymethods]
impl SMatrix {
    /// An S matrix from elsewhere, a closed form or a random matrix: ``data`` between leads of so many ``channels``. Its unitarity is audited.
    #[new]
    #[pyo3(signature = (data, channels, energy=0.0))]
    fn new(data: Complexes<'_>, channels: Vec<usize>, energy: f64) -> PyResult<Self> {
        let inner = scattering::SMatrix::given(to_matrix(&data), &channels, energy).map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// All amplitudes: an array (outgoing modes, incoming modes), complex.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<C64>>> {
        matrix(py, self.inner.data().clone())
    }

    /// The energy, in t.
    #[getter]
    fn energy(&self) -> f64 {
        self.inner.energy
    }

    /// Unitarity, reciprocity, and the backward error of the solution.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// Number of leads.
    #[getter]
    fn leads(&self) -> usize {
        self.inner.leads()
    }

    /// Number of propagating modes of a lead.
    fn num_propagating(&self, lead: usize) -> PyResult<usize> {
        Ok(self.inner.channels(self.lead(lead)?).len())
    }

    /// Amplitudes from the modes of ``lead_in`` into those of ``lead_out``: t, or r for a lead and itself.
    fn submatrix<'py>(
        &self,
        py: Python<'py>,
        lead_out: usize,
        lead_in: usize,
    ) -> PyResult<Bound<'py, PyArray2<C64>>> {
        matrix(py, self.inner.block(self.lead(lead_out)?, self.lead(lead_in)?))
    }

    /// Transmission ``Tr t t^+`` from ``lead_in`` into ``lead_out``, in units of e^2/h per spin; of a lead and itself the reflection.
    fn transmission(&self, lead_out: usize, lead_in: usize) -> PyResult<f64> {
        Ok(self.inner.transmission(self.lead(lead_out)?, self.lead(lead_in)?))
    }

    /// Eigenvalues of ``t^+ t`` between two leads, descending.
    fn transmission_eigenvalues<'py>(
        &self,
        py: Python<'py>,
        lead_out: usize,
        lead_in: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let values = self.inner.transmission_eigenvalues(self.lead(lead_out)?, self.lead(lead_in)?);
        Ok(vector(py, values.map_err(Raise::raise)?))
    }

    fn __repr__(&self) -> String {
        let modes: Vec<String> =
            (0..self.inner.leads()).map(|l| self.inner.channels(l).len().to_string()).collect();
        format!("SMatrix(E = {} t, modes per lead: {})", self.inner.energy, modes.join(", "))
    }
}

#[pymethods]
impl Conductor {
    /// The scattering matrix at ``energy`` (in t), by the fastest route.
    fn smatrix(&self, py: Python<'_>, energy: f64) -> PyResult<SMatrix> {
        let (conductor, onsite) = (self.inner.clone(), self.onsite.clone());
        let s = compute(py, move || {
            let route = Plan::smatrix(&conductor).route;
            let dressed = conductor.at(energy).map_err(Raise::raise)?;
            scattering::smatrix(&dressed, &onsite, route).map_err(Raise::raise)
        })??;
        Ok(SMatrix { inner: Arc::new(s) })
    }
}
