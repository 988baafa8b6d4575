//! Two scatterers.

use crate::arguments::named;
use crate::arrays::{Reals, to_vec};
use crate::elementwise::{Numbers, computed_of_vectors, elementwise};
use crate::errors::Raise;
use diffuson::defects::pairs::{self, PairLaw};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pair_energy, m)?)?;
    m.add_function(wrap_pyfunction!(pair_conductance, m)?)?;
    m.add_function(wrap_pyfunction!(conductance_per_energy, m)?)?;
    m.add_function(wrap_pyfunction!(loop_energy, m)?)
}

/// Laws of pairs by name.
pub(super) const LAWS: [(&str, PairLaw); 4] = [
    ("exact", PairLaw::Exact),
    ("asymptotic", PairLaw::Asymptotic),
    ("born", PairLaw::Born),
    ("cosine", PairLaw::Cosine),
];

/// Energy of two scatterers in e_F, less those of the two infinitely far apart; both spins.
///
/// ``separation`` is an array (..., 3) in 1/k_F, ``phase_shifts`` two numbers in radians. ``law``: ``"exact"``, all multiple scattering between the two; ``"asymptotic"``, far apart and oblique to the axis,
/// ``(2/pi) s1 s2 cos(2R + d1 + d2) / R^3``; ``"born"``, second-order perturbation theory at any distance; ``"cosine"``, that of Kozub and Rudin, ``(2/pi) s1 s2 cos(2R) / R^3`` (Eqs. 6 and 27).
#[pyfunction]
#[pyo3(signature = (separation, phase_shifts, *, law="exact"))]
fn pair_energy<'py>(
    py: Python<'py>,
    separation: Numbers,
    phase_shifts: [f64; 2],
    law: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let law = named("law", law, &LAWS)?;
    computed_of_vectors(py, &separation, move |r| law.energy(r, phase_shifts))
}

/// Conductance with two scatterers in the contact (along z), less what each takes away alone, in e^2/h; both spins. Arguments as in :func:`pair_energy`; far apart and oblique to the axis
/// ``(4/R^2) [s1 s2 (1 - s1^2 - s2^2) cos(2R + d1 + d2) + s1^2 s2^2]``.
#[pyfunction]
#[pyo3(signature = (separation, phase_shifts, *, law="exact"))]
fn pair_conductance<'py>(
    py: Python<'py>,
    separation: Numbers,
    phase_shifts: [f64; 2],
    law: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let law = named("law", law, &LAWS)?;
    computed_of_vectors(py, &separation, move |r| law.conductance(r, phase_shifts))
}

/// Conductance over energy in the part of a pair that oscillates, ``2 pi R (1 - s1^2 - s2^2)``, in e^2/h per e_F; of an array of distances element by element.
#[pyfunction]
fn conductance_per_energy<'py>(
    py: Python<'py>,
    distance: Numbers,
    phase_shifts: [f64; 2],
) -> PyResult<Bound<'py, PyAny>> {
    elementwise(py, [&distance], move |[r]| pairs::conductance_per_energy(r, phase_shifts))
}

/// Energy of a closed loop of scatterers far apart, both its senses, in e_F: ``legs`` are its lengths in 1/k_F, ``phase_shifts`` as many angles in radians.
#[pyfunction]
fn loop_energy(legs: Reals<'_>, phase_shifts: Reals<'_>) -> PyResult<f64> {
    pairs::loop_energy(&to_vec(&legs), &to_vec(&phase_shifts)).map_err(Raise::raise)
}
