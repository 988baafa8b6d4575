//! Leads.

use crate::arrays::{Complexes, to_matrix};
use crate::errors::{Raise, input, room};
use crate::whole::{Whole, whole, wholes};
use diffuson::leads::{self, PeriodicLead, WideLead};
use pyo3::prelude::*;

/// A lead: a reservoir behind a self-energy.
#[pyclass(frozen, from_py_object, module = "diffuson")]
#[derive(Clone)]
pub(crate) struct Lead {
    pub(crate) inner: leads::Lead,
}

/// Bytes for each pair of sites across a lead while its modes are found, about: four complex matrices.
pub(super) const OF_A_PAIR: f64 = 64.0;

#[pymethods]
impl Lead {
    /// The lattice of a strip, clean and continued to infinity.
    #[staticmethod]
    fn continuation() -> Self {
        Self { inner: leads::Lead::Continuation }
    }

    /// The same constant level width Gamma (in t) on every orbital it is attached to: ``Sigma = -i Gamma / 2``.
    #[staticmethod]
    fn wide_band(width: f64) -> Self {
        Self { inner: leads::Lead::WideBand { width } }
    }

    /// Cells that repeat: ``cell`` (n x n) is the Hamiltonian of one, ``hopping = <cell j+1| H |cell j>`` (n x m), where j grows away from the conductor; in t.
    ///
    /// The lead is attached to m orbitals of the conductor: the first m of its cell 0, from which alone the hopping starts. With m = n it may start from any.
    #[staticmethod]
    fn periodic(cell: Complexes<'_>, hopping: Complexes<'_>) -> PyResult<Self> {
        let lead = PeriodicLead::new(to_matrix(&cell), to_matrix(&hopping)).map_err(Raise::raise)?;
        Ok(Self { inner: leads::Lead::Periodic(lead) })
    }

    /// A strip or bar of ``width`` x ``height`` sites, wider than what it is attached to, behind a wall that is open at the sites ``y * height + z`` of its end. ``flux``: flux quanta per
    /// plaquette of the plane for a lead that leads away along x; of one at the other end the negative.
    #[staticmethod]
    #[pyo3(signature = (width, opening, height=1, *, flux=0.0))]
    fn wide(
        #[pyo3(from_py_with = whole)] width: usize,
        opening: Vec<Whole>,
        #[pyo3(from_py_with = whole)] height: usize,
        flux: f64,
    ) -> PyResult<Self> {
        room(OF_A_PAIR * (width as f64 * height as f64).powi(2))?;
        let lead = WideLead::new([width, height], flux, wholes(opening)).map_err(Raise::raise)?;
        Ok(Self { inner: leads::Lead::Wide(lead) })
    }

    /// A self-energy and its derivative by energy (n x n, in t and without unit), the same at all energies.
    #[staticmethod]
    fn given(sigma: Complexes<'_>, derivative: Complexes<'_>) -> PyResult<Self> {
        let (sigma, derivative) = (to_matrix(&sigma), to_matrix(&derivative));
        for (what, m) in [("self-energy", &sigma), ("derivative of the self-energy", &derivative)] {
            if !m.as_slice().iter().all(|z| z.is_finite()) {
                return Err(input(format!("the {what} has an entry that is not a finite number")));
            }
        }
        Ok(Self { inner: leads::Lead::Given { sigma, derivative } })
    }

    fn __repr__(&self) -> String {
        match &self.inner {
            leads::Lead::Continuation => "Lead.continuation()".to_owned(),
            leads::Lead::WideBand { width } => format!("Lead.wide_band({width})"),
            leads::Lead::Given { sigma, .. } => format!("Lead.given(order {})", sigma.rows()),
            leads::Lead::Periodic(lead) => {
                format!("Lead.periodic(on {} orbitals)", lead.interface_orbitals())
            }
            leads::Lead::Wide(lead) => format!("Lead.wide(opening of {} sites)", lead.sites()),
        }
    }
}
