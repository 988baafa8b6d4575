//! What the electrons make of a defect's positions, and of fluctuators.

use crate::arguments::below;
use crate::arrays::{Reals, exactly, to_vec, vector};
use crate::audit::Audit;
use crate::defects::bath::Bath;
use diffuson::defects;
use numpy::PyArray1;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Dressed>()?;
    m.add_class::<Fluctuator>()?;
    m.add_function(wrap_pyfunction!(conductance_change, m)?)?;
    m.add_function(wrap_pyfunction!(saturation, m)?)
}

/// The positions of one mobile defect, dressed by the electrons. Both spins.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Dressed {
    pub(super) inner: defects::Dressed,
}

#[pymethods]
impl Dressed {
    /// Grand potential of the electrons with the defect at each position, less that of the conductor without scatterers: an array (positions), in e_F, in t on a lattice.
    #[getter]
    fn energy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.energy.clone())
    }

    /// Conductance with the defect at each position, less that of the conductor without scatterers: an array (positions), in e^2/h, both spins.
    #[getter]
    fn conductance<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.conductance.clone())
    }

    /// The laws that both obey.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit).into()
    }

    /// The fluctuator made of two positions; None if their energies are the same.
    fn fluctuator(&self, one: usize, other: usize) -> PyResult<Option<Fluctuator>> {
        let positions = self.inner.energy.len();
        let (one, other) = (below(one, positions, "position")?, below(other, positions, "position")?);
        Ok(self.inner.fluctuator(one, other).map(|inner| Fluctuator { inner }))
    }

    fn __len__(&self) -> usize {
        self.inner.energy.len()
    }

    fn __repr__(&self) -> String {
        format!("Dressed({} positions)", self.inner.energy.len())
    }
}

/// A defect that switches between two positions (Kozub and Rudin, Eq. 11).
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Fluctuator {
    inner: defects::Fluctuator,
}

#[pymethods]
impl Fluctuator {
    /// Energy of the upper level above the lower one, positive, in the unit of the energies.
    #[getter]
    fn splitting(&self) -> f64 {
        self.inner.splitting
    }

    /// Conductance of the upper level less that of the lower one, in e^2/h.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance
    }

    fn __repr__(&self) -> String {
        format!(
            "Fluctuator(splitting = {}, conductance = {} e^2/h)",
            self.inner.splitting, self.inner.conductance
        )
    }
}

/// ``sum_i dG_i n_i``: what the occupation of upper levels adds to the conductance of a contact whose fluctuators are all in their lower ones (Kozub and Rudin, Eq. 11), in e^2/h.
///
/// ``splittings`` (in the unit of the bath) and ``conductances`` (upper less lower level, in e^2/h) are arrays (fluctuators).
#[pyfunction]
fn conductance_change(splittings: Reals<'_>, conductances: Reals<'_>, bath: &Bath) -> PyResult<f64> {
    Ok(defects::conductance_change(&fluctuators(&splittings, &conductances)?, &bath.inner))
}

/// What :func:`conductance_change` saturates at, ``sum_i dG_i / 2``: both levels equally occupied. ``conductances`` as there.
#[pyfunction]
fn saturation(conductances: Reals<'_>) -> f64 {
    let of = |conductance| defects::Fluctuator { splitting: 0.0, conductance };
    defects::saturation(&to_vec(&conductances).into_iter().map(of).collect::<Vec<_>>())
}

fn fluctuators(splittings: &Reals<'_>, conductances: &Reals<'_>) -> PyResult<Vec<defects::Fluctuator>> {
    let splittings = to_vec(splittings);
    let conductances =
        exactly(to_vec(conductances), splittings.len(), "conductances, one for each splitting")?;
    let of = |(splitting, conductance)| defects::Fluctuator { splitting, conductance };
    Ok(splittings.into_iter().zip(conductances).map(of).collect())
}
