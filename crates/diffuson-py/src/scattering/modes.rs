//! The propagating modes of a lead.

use crate::arrays::{matrix, vector};
use diffuson::leads::Modes;
use diffuson::{C64, Matrix};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use std::sync::Arc;

/// The propagating modes of a lead at one energy: first those that come in, in ascending order of momentum, then those that go out, in descending order.
///
/// Amplitudes are those on the interface, the orbitals of the conductor the lead is attached to, in its order; normalised to unit current. They repeat from cell to cell,
/// ``psi_{j+1} = e^{ik} psi_j``, where j grows away from the conductor. Of modes that agree in momentum and velocity any orthogonal combination may be found.
///
/// A lead without Bloch waves (a constant self-energy) has channels in their place: eigenvectors of its level width; it has no momenta and velocities.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct PropagatingModes {
    pub(super) inner: Arc<Modes>,
}

#[pymethods]
impl PropagatingModes {
    /// Amplitudes: an array (orbitals of the interface, modes), complex, in ``t^{-1/2}``; in the first half of the columns the incoming modes, in the second half the outgoing ones.
    #[getter]
    fn wave_functions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<C64>>> {
        let (incoming, outgoing) = (&self.inner.incoming, &self.inner.outgoing);
        let (rows, open) = (incoming.rows(), incoming.cols());
        let both = |i: usize, k: usize| if k < open { incoming[(i, k)] } else { outgoing[(i, k - open)] };
        matrix(py, Matrix::from_fn(rows, open + outgoing.cols(), both))
    }

    /// Momenta k of all modes, per cell and in (-pi, pi].
    #[getter]
    fn momenta<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, [&self.inner.incoming_momenta[..], &self.inner.outgoing_momenta].concat())
    }

    /// Velocities dE/dk of all modes, in t per cell (hbar = 1): negative of incoming modes, positive of outgoing ones.
    #[getter]
    fn velocities<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, [&self.inner.incoming_velocities[..], &self.inner.outgoing_velocities].concat())
    }

    fn __repr__(&self) -> String {
        format!("PropagatingModes({} in each direction)", self.inner.incoming.cols())
    }
}
