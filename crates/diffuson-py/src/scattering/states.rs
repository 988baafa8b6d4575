//! Scattering states, and the densities and currents inside a conductor.

use super::{LeadNumber, SMatrix};
use crate::arguments::finite;
use crate::arrays::{Reals, exactly, matrix, table, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, numerical};
use diffuson::scattering::{self, spectral_density};
use diffuson::{C64, audit};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use std::sync::Arc;

/// The scattering states of a conductor at one energy: a wave function on every orbital for each incoming mode of each lead, of current 1.
///
/// ``|psi|^2 / 2 pi`` is a density of states per energy. Called with the number of a lead, as ``kwant.wave_function`` is, it gives the states that come from there. What probes absorb
/// they inject again, incoherently: that is no part of these states.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct ScatteringStates {
    inner: Arc<scattering::ScatteringStates>,
    conductor: Conductor,
}

impl ScatteringStates {
    fn of(py: Python<'_>, conductor: &Conductor, energy: f64) -> PyResult<Self> {
        finite("energy", energy)?;
        let (inner, onsite) = (conductor.inner.clone(), conductor.onsite.clone());
        let states = compute(py, move || {
            let dressed = inner.at(energy).map_err(Raise::raise)?;
            scattering::scattering_states(&dressed, &onsite).map_err(Raise::raise)
        })??;
        Ok(Self { inner: Arc::new(states), conductor: conductor.clone() })
    }
}

#[pymethods]
impl ScatteringStates {
    /// All wave functions: an array (orbitals, incoming modes), complex, in ``t^{-1/2}``, lead after lead as the columns of S.
    #[getter]
    fn amplitudes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<C64>>> {
        matrix(py, self.inner.amplitudes().clone())
    }

    /// The wave functions that come from ``lead``: an array (modes, orbitals), complex.
    fn __call__<'py>(&self, py: Python<'py>, lead: LeadNumber) -> PyResult<Bound<'py, PyArray2<C64>>> {
        let channels = self.inner.channels(lead.of(self.inner.leads())?);
        let all = self.inner.amplitudes();
        let rows = channels.clone().flat_map(|k| all.col(k)).copied().collect();
        table(py, channels.len(), all.rows(), rows)
    }

    /// The energy, in t.
    #[getter]
    fn energy(&self) -> f64 {
        self.inner.smatrix().energy
    }

    /// The S matrix, from the same solutions.
    #[getter]
    fn smatrix(&self) -> SMatrix {
        SMatrix::of_conductor(self.inner.smatrix().clone(), &self.conductor)
    }

    /// Laws of the S matrix, and Kirchhoff's law at every site.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// Number of leads.
    #[getter]
    fn leads(&self) -> usize {
        self.inner.leads()
    }

    /// Injectivity of a lead: ``sum |psi|^2 / 2 pi`` over its modes, an array (orbitals), in 1/t and per spin; the part of the local density of states that is in equilibrium with it.
    fn density<'py>(&self, py: Python<'py>, lead: LeadNumber) -> PyResult<Bound<'py, PyArray1<f64>>> {
        Ok(vector(py, self.inner.density(lead.of(self.inner.leads())?)))
    }

    /// The sum of the injectivities of all leads: an array (orbitals), in 1/t and per spin. Without probes it is the local density of states.
    #[getter]
    fn density_of_states<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.density_of_states())
    }

    /// The pairs of sites (i, j), i > j, between which there are hoppings: an array (bonds, 2).
    #[getter]
    fn bonds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        self.conductor.bonds(py)
    }

    /// Particle currents from j to i through each of :attr:`bonds`, of the states from ``lead``: an array (bonds), in 1/h per energy and per spin. Through a cut between two leads they add
    /// up to a transmission.
    fn bond_currents_of<'py>(
        &self,
        py: Python<'py>,
        lead: LeadNumber,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        Ok(vector(py, self.inner.bond_currents_of(lead.of(self.inner.leads())?).to_vec()))
    }

    /// The same of all leads, each times a weight. With the potentials of the leads (as energies) as ``weights`` these are currents of linear response, in units of energy/h.
    fn bond_currents<'py>(&self, py: Python<'py>, weights: Reals<'_>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let weights = exactly(to_vec(&weights), self.inner.leads(), "weights, one for each lead")?;
        Ok(vector(py, self.inner.bond_currents(&weights)))
    }

    fn __repr__(&self) -> String {
        let all = self.inner.amplitudes();
        format!("ScatteringStates(E = {} t, {} modes on {} orbitals)", self.energy(), all.cols(), all.rows())
    }
}

#[pymethods]
impl Conductor {
    /// The scattering states at ``energy`` (in t), on every orbital.
    fn scattering_states(&self, py: Python<'_>, energy: f64) -> PyResult<ScatteringStates> {
        ScatteringStates::of(py, self, energy)
    }

    /// The local density of states ``-Im G_kk / pi`` at ``energy`` (in t), whoever fills it, leads or probes: an array (orbitals), in 1/t and per spin.
    ///
    /// Numbers that fail their audit are a :class:`NumericalError`.
    fn ldos<'py>(&self, py: Python<'py>, energy: f64) -> PyResult<Bound<'py, PyArray1<f64>>> {
        finite("energy", energy)?;
        let (inner, onsite) = (self.inner.clone(), self.onsite.clone());
        let found = compute(py, move || {
            let dressed = inner.at(energy).map_err(Raise::raise)?;
            spectral_density(&dressed, &onsite).map_err(Raise::raise)
        })??;
        sound(&found.audit)?;
        Ok(vector(py, found.density))
    }

    /// Particle currents from j to i through each of :attr:`bonds`, of the scattering states that come from ``lead`` at ``energy`` (in t): an array (bonds), in 1/h per energy and per spin.
    ///
    /// Numbers that fail their audit are a :class:`NumericalError`. :meth:`scattering_states` gives those of all leads at once.
    fn bond_currents<'py>(
        &self,
        py: Python<'py>,
        energy: f64,
        lead: LeadNumber,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let lead = lead.of(self.inner.leads())?;
        let states = ScatteringStates::of(py, self, energy)?.inner;
        sound(&states.audit)?;
        Ok(vector(py, states.bond_currents_of(lead).to_vec()))
    }

    /// The pairs of sites (i, j), i > j, between which there are hoppings: an array (bonds, 2).
    #[getter]
    fn bonds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        let bonds = self.built()?.bonds();
        let count = bonds.len();
        table(py, count, 2, bonds.into_iter().flatten().map(|site| site as i64).collect())
    }
}

/// Arrays carry no audit: where it fails there are none.
fn sound(audit: &audit::Audit) -> PyResult<()> {
    match audit.laws().iter().find(|law| !(law.residual <= law.allowed)) {
        None => Ok(()),
        Some(law) => {
            Err(numerical(format!("{}: {:e}, but {:e} is allowed", law.name, law.residual, law.allowed)))
        }
    }
}
