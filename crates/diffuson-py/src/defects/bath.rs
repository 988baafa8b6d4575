//! Rates, and what they occupy.

use crate::arrays::{Reals, table, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::elementwise::{Numbers, elementwise};
use crate::errors::{Raise, input};
use diffuson::defects::{self, Hops};
use numpy::{AllowTypeChange, PyArray1, PyArray2, PyArrayLike2};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Bath>()?;
    m.add_function(wrap_pyfunction!(upper_occupation, m)?)?;
    m.add_function(wrap_pyfunction!(cubic_hops, m)?)?;
    m.add_function(wrap_pyfunction!(steady_state, m)?)?;
    m.add_function(wrap_pyfunction!(audit_occupations, m)?)?;
    m.add_function(wrap_pyfunction!(any_to_any_energy, m)?)
}

/// What makes a defect change its position: electrons that come from two reservoirs, and phonons at their temperature. Energies in any one unit.
///
/// ``kt`` is k_B T, ``bias`` eV, ``crossover`` the energy E* at which phonons take over from electrons (infinite: no phonons), ``left`` the share a of all directions of the Fermi surface that
/// comes from the left reservoir (1/2 in the centre of the contact), ``within_beams`` whether electron-hole pairs within a beam count. With ``B(x) = x / (exp(x/kT) - 1)``
///
///     W(x) = 4 {[a^2 + (1-a)^2] B(x) + a(1-a) [B(x - eV) + B(x + eV)]} + (x/E*)^2 B(x)
///
/// is the rate of a transition in which the defect gains x, in units of the electron-assisted rate per energy (Kozub and Rudin, Eqs. 11 and 14).
#[pyclass(frozen, from_py_object, module = "diffuson.defects")]
#[derive(Clone)]
pub(crate) struct Bath {
    pub(super) inner: defects::Bath,
}

/// A bath with all that is said of it.
pub(super) fn made(
    kt: f64,
    bias: f64,
    crossover: f64,
    left: f64,
    within_beams: bool,
) -> PyResult<defects::Bath> {
    let bath = defects::Bath::new(kt, bias, crossover).and_then(|bath| bath.off_centre(left));
    let bath = bath.map_err(Raise::raise)?;
    Ok(if within_beams { bath } else { bath.between_beams_only() })
}

#[pymethods]
impl Bath {
    #[new]
    #[pyo3(signature = (kt, bias=0.0, crossover=f64::INFINITY, *, left=0.5, within_beams=true))]
    fn new(kt: f64, bias: f64, crossover: f64, left: f64, within_beams: bool) -> PyResult<Self> {
        Ok(Self { inner: made(kt, bias, crossover, left, within_beams)? })
    }

    /// k_B T.
    #[getter]
    fn kt(&self) -> f64 {
        self.inner.temperature()
    }

    /// eV.
    #[getter]
    fn bias(&self) -> f64 {
        self.inner.bias()
    }

    /// E*.
    #[getter]
    fn crossover(&self) -> f64 {
        self.inner.crossover()
    }

    /// The same place under another bias and temperature.
    fn under(&self, bias: f64, kt: f64) -> PyResult<Self> {
        Ok(Self { inner: self.inner.under(bias, kt).map_err(Raise::raise)? })
    }

    /// Rate of a transition in which the defect gains an energy (loses it, if negative); of an array element by element.
    fn rate<'py>(&self, py: Python<'py>, gain: Numbers) -> PyResult<Bound<'py, PyAny>> {
        let bath = self.inner;
        elementwise(py, [&gain], move |[gain]| bath.rate(gain))
    }

    fn __repr__(&self) -> String {
        let bath = &self.inner;
        format!("Bath(kt = {}, bias = {}, crossover = {})", bath.temperature(), bath.bias(), bath.crossover())
    }
}

/// Occupation of the upper level of a fluctuator, ``W(E) / [W(E) + W(-E)]``: ``1 / (exp(E/kT) + 1)`` without bias; 1/2 where nothing makes the defect move. Of an array of splittings
/// element by element.
#[pyfunction]
fn upper_occupation<'py>(py: Python<'py>, splitting: Numbers, bath: &Bath) -> PyResult<Bound<'py, PyAny>> {
    let bath = bath.inner;
    elementwise(py, [&splitting], move |[splitting]| defects::upper_occupation(splitting, &bath))
}

/// Longest side of a cubic lattice of positions: its hops take a gigabyte.
const MOST: usize = 256;

/// Pairs of nearest neighbours on a cubic lattice of side^3 positions, the hops of :func:`steady_state`: an array (hops, 2). Position (x, y, z) is number ``(x side + y) side + z``.
#[pyfunction]
fn cubic_hops(py: Python<'_>, side: usize) -> PyResult<Bound<'_, PyArray2<i64>>> {
    if side > MOST {
        return Err(input(format!("side is {side}; allowed: up to {MOST}")));
    }
    let pairs = match Hops::cubic(side) {
        Hops::Pairs(pairs) => pairs,
        Hops::All => Vec::new(),
    };
    let all = pairs.iter().flat_map(|&(i, j)| [i as i64, j as i64]).collect();
    table(py, pairs.len(), 2, all)
}

/// Hops as an argument: an array (hops, 2), or nothing for those from any position to any other.
type Pairs<'py> = Option<PyArrayLike2<'py, i64, AllowTypeChange>>;

fn to_hops(pairs: &Pairs<'_>) -> PyResult<Hops> {
    let Some(pairs) = pairs else { return Ok(Hops::All) };
    let pairs = pairs.as_array();
    if pairs.ncols() != 2 {
        return Err(input(format!("hops between {} positions, but 2 are wanted", pairs.ncols())));
    }
    // what is negative is out of range
    let position = |i: i64| usize::try_from(i).unwrap_or(usize::MAX);
    Ok(Hops::Pairs(pairs.rows().into_iter().map(|row| (position(row[0]), position(row[1]))).collect()))
}

/// Occupations of the positions of one defect in the stationary state of its master equation, ``sum_j (p_j w_ji - p_i w_ij) = 0`` with ``w_ij = W(E_j - E_i)`` for every hop and ``sum_i p_i = 1``:
/// an array (positions).
///
/// ``energies`` is an array (positions), in the unit of the bath; ``hops`` an array (hops, 2) of positions between which the defect hops, both ways; without them it hops from any position to any other. Nothing is ever subtracted (Grassmann, Taksar and
/// Heyman 1985): every occupation, however small, is right to rounding. ValueError where the stationary state is not unique.
#[pyfunction]
#[pyo3(signature = (energies, bath, *, hops=None))]
fn steady_state<'py>(
    py: Python<'py>,
    energies: Reals<'py>,
    bath: &Bath,
    hops: Pairs<'_>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (energies, bath, hops) = (to_vec(&energies), bath.inner, to_hops(&hops)?);
    let found = compute(py, move || defects::steady_state(&energies, &hops, &bath))?;
    Ok(vector(py, found.map_err(Raise::raise)?))
}

/// Whether occupations are those of the stationary state: conservation of probability at every position and, without bias, detailed balance of every hop. Arguments as in :func:`steady_state`.
#[pyfunction]
#[pyo3(signature = (occupations, energies, bath, *, hops=None))]
fn audit_occupations(
    py: Python<'_>,
    occupations: Reals<'_>,
    energies: Reals<'_>,
    bath: &Bath,
    hops: Pairs<'_>,
) -> PyResult<Audit> {
    let (occupations, energies) = (to_vec(&occupations), to_vec(&energies));
    let (bath, hops) = (bath.inner, to_hops(&hops)?);
    let audit = compute(py, move || defects::audit_occupations(&occupations, &energies, &hops, &bath))?;
    audit.as_ref().map(Audit::from).map_err(|e| e.clone().raise())
}

/// Mean energy, above the lowest position, of a defect that hops from any of many positions to any other, their density of states constant: kT without bias, 0.2613 eV for eV << E* and
/// ``0.511 (E* eV)^(1/2)`` for eV >> E* at kT = 0; within 1e-3. In the unit of the bath.
#[pyfunction]
fn any_to_any_energy(py: Python<'_>, bath: &Bath) -> PyResult<f64> {
    let bath = bath.inner;
    compute(py, move || defects::any_to_any_energy(&bath))?.map_err(Raise::raise)
}
