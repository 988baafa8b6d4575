//! Conductors: lattices, Hamiltonians, leads, and what they make together.

mod hamiltonian;
mod lattice;
mod lead;

pub(crate) use hamiltonian::Hamiltonian;
pub(crate) use lattice::{BOUNDARIES, Lattice};
pub(crate) use lead::Lead;

use crate::arguments::below;
use crate::arrays::{OneOrEach, Reals, exactly, table, to_vec, vector};
use crate::errors::{Raise, input, room};
use crate::whole::{Whole, whole, wholes};
use diffuson::conductor;
use diffuson::leads::Probe;
use numpy::{PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::sync::Arc;

pub(crate) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Lattice>()?;
    m.add_class::<Hamiltonian>()?;
    m.add_class::<Lead>()?;
    m.add_class::<Conductor>()?;
    m.add_function(wrap_pyfunction!(lattice::rectangle, m)?)
}

/// A conductor with its leads, its probes if there are any, and one realisation of the on-site energies. It does not change: methods that begin with
/// ``with`` return another one.
///
/// Energies are in units of the hopping t, lengths in lattice constants, conductances in e^2/h per spin. Leads are numbered from 0 in the order given (of a strip the left one, then
/// the right one). Terminals are the probes in the order of their sites, then the leads.
///
/// Made by :func:`strip`, :func:`rectangle`, :func:`network` or :func:`from_kwant`.
#[pyclass(frozen, module = "diffuson")]
#[derive(Clone)]
pub(crate) struct Conductor {
    pub(crate) inner: Arc<conductor::Conductor>,
    /// On-site energies added to the Hamiltonian, one for each site, in t.
    pub(crate) onsite: Arc<Vec<f64>>,
}

/// Sites as an argument: their numbers, or an array of booleans over all sites.
pub(crate) enum Sites<'py> {
    Mask(PyReadonlyArray1<'py, bool>),
    Numbers(Vec<Whole>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Sites<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match object.extract::<PyReadonlyArray1<'py, bool>>() {
            Ok(mask) => Ok(Self::Mask(mask)),
            Err(_) => object.extract().map(Self::Numbers),
        }
    }
}

impl Sites<'_> {
    /// The numbers, of so many sites.
    fn of(self, sites: usize) -> PyResult<Vec<usize>> {
        match self {
            Self::Numbers(numbers) => Ok(wholes(numbers)),
            Self::Mask(mask) if mask.as_array().len() == sites => {
                Ok((0..).zip(mask.as_array()).filter(|(_, has)| **has).map(|(site, _)| site).collect())
            }
            Self::Mask(mask) => {
                Err(input(format!("a mask of {} sites, but there are {sites}", mask.as_array().len())))
            }
        }
    }
}

impl Conductor {
    /// The Hamiltonian, which of a strip is made here.
    pub(crate) fn built(&self) -> PyResult<&diffuson::hamiltonian::Hamiltonian> {
        if let Some(strip) = self.inner.strip() {
            room(lattice::OF_A_SITE * strip.sites() as f64)?;
        }
        Ok(self.inner.hamiltonian())
    }

    pub(crate) fn clean(inner: conductor::Conductor) -> Self {
        let onsite = Arc::new(vec![0.0; inner.sites()]);
        Self { inner: Arc::new(inner), onsite }
    }

    /// A lead by its number.
    pub(crate) fn checked_lead(&self, lead: usize) -> PyResult<usize> {
        below(lead, self.inner.leads(), "lead")
    }
}

#[pymethods]
impl Conductor {
    /// A strip or bar of a lattice between two leads.
    ///
    /// ``left`` and ``right`` are the leads at its ends; ``None`` leaves an end open. Sites are numbered slice after slice.
    #[staticmethod]
    #[pyo3(signature = (lattice, left=None, right=None))]
    fn strip(lattice: &Lattice, left: Option<&Lead>, right: Option<&Lead>) -> PyResult<Self> {
        let across = if left.or(right).is_some() { lattice.inner.slice_sites() as f64 } else { 0.0 };
        room(8.0 * lattice.inner.sites() as f64 + lead::OF_A_PAIR * across.powi(2))?;
        let leads = [left, right].map(|lead| lead.map(|lead| lead.inner.clone()));
        conductor::Conductor::new(lattice.inner.clone(), leads, Vec::new())
            .map(Self::clean)
            .map_err(Raise::raise)
    }

    /// Any Hamiltonian with leads ``(lead, orbitals)``, each attached to the given orbitals, in the order of the lead's own. Leads may share orbitals.
    #[staticmethod]
    fn network(hamiltonian: &Hamiltonian, leads: Vec<(Lead, Vec<Whole>)>) -> PyResult<Self> {
        let leads = leads.into_iter().map(|(lead, orbitals)| (lead.inner, wholes(orbitals))).collect();
        conductor::Conductor::network(hamiltonian.inner.clone(), leads, Vec::new())
            .map(Self::clean)
            .map_err(Raise::raise)
    }

    /// Number of sites.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// Number of orbitals.
    #[getter]
    fn orbitals(&self) -> PyResult<usize> {
        Ok(self.built()?.orbitals())
    }

    /// Number of leads.
    #[getter]
    fn leads(&self) -> usize {
        self.inner.leads()
    }

    /// Number of terminals: probes and leads.
    #[getter]
    fn terminals(&self) -> usize {
        self.inner.terminals()
    }

    /// The terminal numbers of the leads, in their order.
    #[getter]
    fn lead_terminals(&self) -> Vec<usize> {
        (0..self.inner.leads()).map(|lead| self.inner.lead_terminal(lead)).collect()
    }

    /// The sites that have probes, ascending: those of terminals 0, 1, ...
    #[getter]
    fn probe_sites<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        vector(py, self.inner.probe_sites().map(|site| site as i64).collect())
    }

    /// Positions of the sites: an array (sites, 3), in lattice constants.
    #[getter]
    fn positions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let h = self.built()?;
        let all = (0..h.sites()).flat_map(|site| h.position(site)).collect();
        table(py, h.sites(), 3, all)
    }

    /// First orbital of each site, then the number of orbitals: an array (sites + 1).
    #[getter]
    fn site_offsets<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let h = self.built()?;
        let first = (0..h.sites()).map(|site| h.orbitals_of(site).start as i64);
        Ok(vector(py, first.chain([h.orbitals() as i64]).collect()))
    }

    /// The Hamiltonian, without the on-site energies of this realisation.
    #[getter]
    fn hamiltonian(&self) -> PyResult<Hamiltonian> {
        Ok(Hamiltonian { inner: self.built()?.clone() })
    }

    /// On-site energies added to the Hamiltonian: an array (sites), in t.
    #[getter]
    fn onsite<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.onsite.to_vec())
    }

    /// Whether there is no magnetic field: then T_ab = T_ba.
    #[getter]
    fn is_time_reversal_symmetric(&self) -> bool {
        self.inner.is_time_reversal_symmetric()
    }

    /// The orbitals a lead is attached to, in its order.
    fn interface<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = whole)] lead: usize,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let lead = self.checked_lead(lead)?;
        Ok(vector(py, self.inner.interface(lead).iter().map(|&orbital| orbital as i64).collect()))
    }

    /// The same conductor with other on-site energies: one number for each site, in t, which replaces that of before.
    fn with_onsite(&self, energies: Reals<'_>) -> PyResult<Self> {
        let onsite = exactly(to_vec(&energies), self.inner.sites(), "on-site energies, one for each site")?;
        match onsite.iter().position(|e| !e.is_finite()) {
            Some(site) => Err(input(format!(
                "the on-site energy of site {site} is {}, not a finite number",
                onsite[site]
            ))),
            None => Ok(Self { inner: self.inner.clone(), onsite: Arc::new(onsite) }),
        }
    }

    /// The same conductor with a probe on each of the given sites (numbers, or an array of booleans over all sites; on every one, if none are given): a fictitious lead of constant level width, which models inelastic scattering.
    ///
    /// ``coupling`` is the level width Gamma in t, ``Sigma = -i Gamma / 2``: one number for all, or one for each of the sites. Probes of zero width are left out.
    #[pyo3(signature = (coupling, sites=None))]
    pub(crate) fn with_probes(&self, coupling: OneOrEach<'_>, sites: Option<Sites<'_>>) -> PyResult<Self> {
        let sites = sites
            .map_or_else(|| Ok((0..self.inner.sites()).collect()), |sites| sites.of(self.inner.sites()))?;
        let widths = coupling.spread(sites.len(), "couplings, one for each probe")?;
        let probe = |(site, width)| (site, Probe::WideBand { width });
        let probes = sites.into_iter().zip(widths).map(probe).collect();
        let inner = self.inner.with_probes(probes).map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(inner), onsite: self.onsite.clone() })
    }

    /// The same conductor with its leads alone.
    fn without_probes(&self) -> PyResult<Self> {
        let inner = self.inner.without_probes().map_err(Raise::raise)?;
        Ok(Self { inner: Arc::new(inner), onsite: self.onsite.clone() })
    }

    /// Energies in ``[low, high]``, in t, at which transmissions have square-root singularities: thresholds of lead modes, ascending.
    fn singular_energies<'py>(
        &self,
        py: Python<'py>,
        low: f64,
        high: f64,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        Ok(vector(py, self.inner.singular_energies(low, high).map_err(Raise::raise)?))
    }

    // it does not change: one is as good as another
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Conductor cannot be pickled. Threads need no pickling and run side by side (conductor.with_disorder(...).ensemble, concurrent.futures.ThreadPoolExecutor, joblib with prefer=\"threads\"); for processes make the conductor in each of them",
        ))
    }

    fn __repr__(&self) -> String {
        let c = &self.inner;
        let probes =
            if c.probes() == 0 { String::new() } else { format!(", probes on {} of them", c.probes()) };
        format!("Conductor({} sites{probes}, {} leads)", c.sites(), c.leads())
    }
}
