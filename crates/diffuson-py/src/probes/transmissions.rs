//! All transmissions between terminals at one energy.

use super::route::Plan;
use crate::arrays::{table, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, finite};
use diffuson::scattering::{self, Exchange, Question};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;

/// Transmissions ``T_ab`` from terminal b into terminal a at one energy; terminals are the probes in the order of their sites, then the leads.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct Transmissions {
    /// The energy, in t.
    #[pyo3(get)]
    energy: f64,
    terminals: usize,
    data: Vec<f64>,
    derivative: Option<Vec<f64>>,
    density_of_states: Vec<f64>,
    /// Unitarity, reciprocity and the like, as apply.
    #[pyo3(get)]
    audit: Audit,
}

#[pymethods]
impl Transmissions {
    /// ``T_ab``: an array (terminals into, terminals out of), without unit: conductances in e^2/h per spin. The diagonal is zero.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        table(py, self.terminals, self.terminals, self.data.clone())
    }

    /// ``dT_ab/dE``, analytic: an array like ``data``, in 1/t; None if it was not asked for.
    #[getter]
    fn derivative<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArray2<f64>>>> {
        self.derivative.as_ref().map(|d| table(py, self.terminals, self.terminals, d.clone())).transpose()
    }

    /// Local density of states ``A_ii / 2 pi`` per spin, summed over the orbitals of each site: an array (sites), in 1/t.
    #[getter]
    fn density_of_states<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.density_of_states.clone())
    }

    fn __repr__(&self) -> String {
        format!("Transmissions(E = {} t, {} terminals)", self.energy, self.terminals)
    }
}

#[pymethods]
impl Conductor {
    /// Transmissions between all terminals at ``energy`` (in t), probes included, and the local density of states.
    ///
    /// With ``derivative`` also dT/dE, taken analytically. ``route`` is ``"recursive"`` (strips), ``"nested-dissection"`` or ``"dense"``; without it the fastest. ``memory``: GiB that all this may take.
    #[pyo3(signature = (energy, *, derivative=false, route=None, memory=2.0))]
    fn transmissions(
        &self,
        py: Python<'_>,
        energy: f64,
        derivative: bool,
        route: Option<&str>,
        memory: f64,
    ) -> PyResult<Transmissions> {
        finite("energy", energy)?;
        let question = Question::Transmissions { derivatives: derivative };
        let route = Plan::new(&self.inner, question, route, memory)?.inner.route;
        let (conductor, onsite) = (self.inner.clone(), self.onsite.clone());
        compute(py, move || {
            let dressed = conductor.at(energy).map_err(Raise::raise)?;
            let solved = scattering::solve(&dressed, &onsite, route, derivative).map_err(Raise::raise)?;
            Ok(Transmissions {
                energy,
                terminals: conductor.terminals(),
                data: all(solved.exchange.as_ref()),
                derivative: solved.derivative.as_deref().map(all),
                density_of_states: solved.density_of_states,
                audit: (&solved.audit).into(),
            })
        })?
    }
}

/// Every entry, row after row.
fn all(exchange: &dyn Exchange) -> Vec<f64> {
    let n = exchange.terminals();
    let pairs = (0..n).flat_map(|a| (0..n).map(move |b| (a, b)));
    match exchange.stored() {
        Some(t) => pairs.map(|(a, b)| t.get(a, b)).collect(),
        None => pairs.map(|(a, b)| exchange.transmission(a, b)).collect(),
    }
}
