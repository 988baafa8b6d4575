//! The S matrix.

use super::LeadNumber;
use super::modes::PropagatingModes;
use crate::arguments::finite;
use crate::arrays::{Complexes, matrix, table, to_matrix, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input, room};
use crate::whole::{Whole, wholes};
use diffuson::scattering::{self, Plan};
use diffuson::{C64, Matrix, conductor};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PySlice;
use std::ops::Range;
use std::sync::Arc;

/// The scattering matrix: amplitudes from the incoming into the outgoing modes of all leads, at one energy.
///
/// Rows are outgoing, columns incoming modes, lead after lead; modes are normalised to unit current, so that S is unitary (without probes).
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct SMatrix {
    pub(crate) inner: Arc<scattering::SMatrix>,
    /// Whose modes these are; an S matrix from elsewhere has none.
    conductor: Option<Arc<conductor::Conductor>>,
    /// The leads of the rows and of the columns of `data`.
    out_leads: Vec<usize>,
    in_leads: Vec<usize>,
}

impl SMatrix {
    pub(super) fn of_conductor(s: scattering::SMatrix, conductor: &Conductor) -> Self {
        Self::new(s, Some(conductor.inner.clone()))
    }

    fn new(s: scattering::SMatrix, conductor: Option<Arc<conductor::Conductor>>) -> Self {
        let all: Vec<usize> = (0..s.leads()).collect();
        Self { inner: Arc::new(s), conductor, out_leads: all.clone(), in_leads: all }
    }

    pub(crate) fn lead(&self, lead: &LeadNumber) -> PyResult<usize> {
        lead.of(self.inner.leads())
    }

    /// The rows or columns of `data` that belong to one of the `present` leads.
    fn block(&self, lead: &LeadNumber, present: &[usize]) -> PyResult<Range<usize>> {
        let lead = self.lead(lead)?;
        let modes = |lead: &usize| self.inner.channels(*lead).len();
        let Some(place) = present.iter().position(|other| *other == lead) else {
            return Err(input(format!("lead {lead} is none of those asked for: {present:?}")));
        };
        let first: usize = present[..place].iter().map(modes).sum();
        Ok(first..first + modes(&lead))
    }

    /// Rows or columns of S of the leads.
    fn channels(&self, leads: &[usize]) -> Vec<usize> {
        leads.iter().flat_map(|&lead| self.inner.channels(lead)).collect()
    }
}

/// `slice(start, end)`, without a step.
fn slice(py: Python<'_>, range: Range<usize>) -> PyResult<Bound<'_, PySlice>> {
    Ok(py.get_type::<PySlice>().call1((range.start, range.end))?.cast_into()?)
}

#[pymethods]
impl SMatrix {
    /// An S matrix from elsewhere, a closed form or a random matrix: ``data`` between leads of so many ``channels``. Its unitarity is audited.
    #[new]
    #[pyo3(signature = (data, channels, energy=0.0))]
    fn given(data: Complexes<'_>, channels: Vec<Whole>, energy: f64) -> PyResult<Self> {
        let s =
            scattering::SMatrix::given(to_matrix(&data), &wholes(channels), energy).map_err(Raise::raise)?;
        Ok(Self::new(s, None))
    }

    /// All amplitudes: an array (outgoing modes, incoming modes), complex.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<C64>>> {
        let (rows, cols) = (self.channels(&self.out_leads), self.channels(&self.in_leads));
        let all = self.inner.data();
        matrix(py, Matrix::from_fn(rows.len(), cols.len(), |i, j| all[(rows[i], cols[j])]))
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

    /// The leads of the rows of :attr:`data`, in their order.
    #[getter]
    fn out_leads(&self) -> Vec<usize> {
        self.out_leads.clone()
    }

    /// The leads of the columns of :attr:`data`, in their order.
    #[getter]
    fn in_leads(&self) -> Vec<usize> {
        self.in_leads.clone()
    }

    /// The modes of the leads, one entry for each lead. Of an S matrix from elsewhere they are not known.
    #[getter]
    fn lead_info(&self, py: Python<'_>) -> PyResult<Vec<PropagatingModes>> {
        let Some(conductor) = self.conductor.clone() else {
            return Err(input("an S matrix from elsewhere: the modes of its leads are not known"));
        };
        let energy = self.inner.energy;
        let modes = compute(py, move || {
            (0..conductor.leads())
                .map(|lead| conductor.lead_modes(lead, energy))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let modes = modes.map_err(Raise::raise)?.into_iter();
        Ok(modes.map(|modes| PropagatingModes { inner: Arc::new(modes) }).collect())
    }

    /// Number of propagating modes of a lead.
    fn num_propagating(&self, lead: LeadNumber) -> PyResult<usize> {
        Ok(self.inner.channels(self.lead(&lead)?).len())
    }

    /// The rows of :attr:`data` that belong to a lead: a slice.
    fn out_block_coords<'py>(&self, py: Python<'py>, lead_out: LeadNumber) -> PyResult<Bound<'py, PySlice>> {
        slice(py, self.block(&lead_out, &self.out_leads)?)
    }

    /// The columns of :attr:`data` that belong to a lead: a slice.
    fn in_block_coords<'py>(&self, py: Python<'py>, lead_in: LeadNumber) -> PyResult<Bound<'py, PySlice>> {
        slice(py, self.block(&lead_in, &self.in_leads)?)
    }

    /// The rows of :attr:`data` that belong to ``lead_out`` and the columns that belong to ``lead_in``: two slices.
    fn block_coords<'py>(
        &self,
        py: Python<'py>,
        lead_out: LeadNumber,
        lead_in: LeadNumber,
    ) -> PyResult<(Bound<'py, PySlice>, Bound<'py, PySlice>)> {
        Ok((self.out_block_coords(py, lead_out)?, self.in_block_coords(py, lead_in)?))
    }

    /// Amplitudes from the modes of ``lead_in`` into those of ``lead_out``: t, or r for a lead and itself.
    fn submatrix<'py>(
        &self,
        py: Python<'py>,
        lead_out: LeadNumber,
        lead_in: LeadNumber,
    ) -> PyResult<Bound<'py, PyArray2<C64>>> {
        self.block(&lead_out, &self.out_leads)?;
        self.block(&lead_in, &self.in_leads)?;
        matrix(py, self.inner.block(self.lead(&lead_out)?, self.lead(&lead_in)?))
    }

    /// The same S matrix, of which :attr:`data` holds the rows of ``out_leads`` and the columns of ``in_leads`` only; of all leads, where none are given.
    #[pyo3(signature = (out_leads=None, in_leads=None))]
    fn between(&self, out_leads: Option<Vec<Whole>>, in_leads: Option<Vec<Whole>>) -> PyResult<Self> {
        let checked = |leads: Option<Vec<Whole>>| {
            let leads = leads.map_or_else(|| (0..self.inner.leads()).collect(), wholes);
            let repeated = leads.iter().enumerate().find(|(i, lead)| leads[..*i].contains(lead));
            match repeated {
                Some((_, lead)) => Err(input(format!("lead {lead} twice among {leads:?}"))),
                None => leads.into_iter().map(|lead| self.lead(&LeadNumber::One(lead))).collect(),
            }
        };
        let (out_leads, in_leads) = (checked(out_leads)?, checked(in_leads)?);
        Ok(Self { inner: self.inner.clone(), conductor: self.conductor.clone(), out_leads, in_leads })
    }

    /// Transmission ``Tr t t^+`` from ``lead_in`` into ``lead_out``, in units of e^2/h per spin; of a lead and itself the reflection.
    fn transmission(&self, lead_out: LeadNumber, lead_in: LeadNumber) -> PyResult<f64> {
        Ok(self.inner.transmission(self.lead(&lead_out)?, self.lead(&lead_in)?))
    }

    /// The conductance matrix G in units of e^2/h per spin: currents out of the leads into the conductor are ``I = G V``. ``G_ab = -T_ab``, and columns sum up to zero.
    fn conductance_matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let leads = self.inner.leads();
        let out_of = |b: usize| (0..leads).filter(|a| *a != b).map(|a| self.inner.transmission(a, b)).sum();
        let entry = |a: usize, b: usize| if a == b { out_of(b) } else { -self.inner.transmission(a, b) };
        let places = (0..leads * leads).map(|k| (k / leads, k % leads));
        let rows = places.map(|(a, b)| entry(a, b)).collect();
        table(py, leads, leads, rows)
    }

    /// Eigenvalues of ``t^+ t`` between two leads, descending.
    fn transmission_eigenvalues<'py>(
        &self,
        py: Python<'py>,
        lead_out: LeadNumber,
        lead_in: LeadNumber,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let values = self.inner.transmission_eigenvalues(self.lead(&lead_out)?, self.lead(&lead_in)?);
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
    /// The scattering matrix at ``energy`` (in t), by the fastest route. What sites with probes absorb is missing from its unitarity.
    ///
    /// An energy that is no finite number, or at which a mode of a lead opens (:meth:`singular_energies`), is a `ValueError`; a Green function that does not exist a :class:`NumericalError`.
    fn smatrix(&self, py: Python<'_>, energy: f64) -> PyResult<SMatrix> {
        finite("energy", energy)?;
        let (conductor, onsite) = (self.inner.clone(), self.onsite.clone());
        let s = compute(py, move || {
            let Plan { route, memory, .. } = Plan::smatrix(&conductor);
            room(memory)?;
            let dressed = conductor.at(energy).map_err(Raise::raise)?;
            scattering::smatrix(&dressed, &onsite, route).map_err(Raise::raise)
        })??;
        Ok(SMatrix::of_conductor(s, self))
    }
}
