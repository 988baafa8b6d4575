//! Lattices and shapes.

use super::{Conductor, Hamiltonian};
use crate::arguments::named;
use crate::arrays::table;
use crate::errors::{Raise, input, room};
use crate::whole::{Whole, whole};
use diffuson::hamiltonian;
use diffuson::lattice::{self, Boundary, Family};
use diffuson::shapes::{Arms, Opening, Rectangle, Side};
use numpy::{PyArray2, PyArrayLike1};
use pyo3::prelude::*;

/// A rectangular part of a lattice: ``length`` slices of ``width`` rows (and ``height`` layers in three dimensions), hoppings -t, in a magnetic field of ``flux`` flux quanta per plaquette.
///
/// ``family`` is ``"square"``, ``"cubic"``, ``"honeycomb-zigzag"`` or ``"honeycomb-armchair"`` (the edge along x), ``boundary`` across the current ``"hard-wall"`` or ``"periodic"``.
#[pyclass(frozen, module = "diffuson")]
pub(crate) struct Lattice {
    pub(crate) inner: lattice::Lattice,
}

const FAMILIES: [(&str, Family); 4] = [
    ("square", Family::Square),
    ("cubic", Family::Cubic),
    ("honeycomb-zigzag", Family::HoneycombZigzag),
    ("honeycomb-armchair", Family::HoneycombArmchair),
];

/// What there is across the current, by name.
pub(crate) const BOUNDARIES: [(&str, Boundary); 2] =
    [("hard-wall", Boundary::HardWall), ("periodic", Boundary::Periodic)];

/// Bytes of a position.
const POSITION: f64 = 24.0;

/// Bytes that the Hamiltonian of a lattice takes for each site while it is made, about: a position and four entries, twice.
pub(super) const OF_A_SITE: f64 = 300.0;

#[pymethods]
impl Lattice {
    #[new]
    #[pyo3(signature = (length, width, height=1, *, family="square", boundary="hard-wall", flux=0.0))]
    fn new(
        #[pyo3(from_py_with = whole)] length: usize,
        #[pyo3(from_py_with = whole)] width: usize,
        #[pyo3(from_py_with = whole)] height: usize,
        family: &str,
        boundary: &str,
        flux: f64,
    ) -> PyResult<Self> {
        let family = named("family", family, &FAMILIES)?;
        let boundary = named("boundary", boundary, &BOUNDARIES)?;
        let inner = lattice::Lattice::new(family, [length, width, height], boundary).map_err(Raise::raise)?;
        Ok(Self { inner: inner.with_flux(flux).map_err(Raise::raise)? })
    }

    /// Number of sites.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// Number of slices along the current.
    #[getter]
    fn length(&self) -> usize {
        self.inner.slices()
    }

    /// Sites of a slice; site k of slice x has the number ``x * slice_sites + k``.
    #[getter]
    fn slice_sites(&self) -> usize {
        self.inner.slice_sites()
    }

    /// Positions of the sites: an array (sites, 3), in lattice constants.
    #[getter]
    fn positions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        room(self.inner.sites() as f64 * POSITION)?;
        let n = self.inner.slice_sites();
        let all = (0..self.inner.sites()).flat_map(|site| self.inner.position(site / n, site % n)).collect();
        table(py, self.inner.sites(), 3, all)
    }

    /// The Hamiltonian of the sites for which ``keep`` (an array (sites) of booleans) is true, in their order; of all without ``keep``. Bonds to others are cut.
    #[pyo3(signature = (keep=None))]
    fn hamiltonian(&self, keep: Option<PyArrayLike1<'_, bool>>) -> PyResult<Hamiltonian> {
        room(self.inner.sites() as f64 * OF_A_SITE)?;
        let Some(keep) = keep else {
            return Ok(Hamiltonian { inner: hamiltonian::Hamiltonian::of(&self.inner) });
        };
        let sites = self.inner.sites();
        let keep = keep.as_array();
        if keep.len() != sites {
            return Err(input(format!("keep has {} entries, but there are {sites} sites", keep.len())));
        }
        let kept: Vec<usize> = (0..sites).filter(|&site| keep[site]).collect();
        let inner = hamiltonian::Hamiltonian::part(&self.inner, &kept).map_err(Raise::raise)?;
        Ok(Hamiltonian { inner })
    }

    fn __repr__(&self) -> String {
        let l = &self.inner;
        format!(
            "Lattice({} sites: {} slices of {}, flux {})",
            l.sites(),
            l.slices(),
            l.slice_sites(),
            l.flux()
        )
    }
}

const SIDES: [(&str, Side); 4] =
    [("left", Side::Left), ("right", Side::Right), ("bottom", Side::Bottom), ("top", Side::Top)];

/// A rectangle of the square lattice between hard walls, ``length`` x ``width`` sites, with leads that open into its sides.
///
/// ``openings`` are ``(side, first, end)``: a lead on the sites first, ..., end - 1 of the side ``"left"``, ``"right"``, ``"bottom"`` or ``"top"``, counted from its end at the origin. Leads are clean
/// strips as wide as their openings, or, with ``wide_band``, the same level width (in t) on every site of them. ``flux``: flux quanta per plaquette.
#[pyfunction]
#[pyo3(signature = (length, width, openings, *, flux=0.0, wide_band=None))]
pub(super) fn rectangle(
    #[pyo3(from_py_with = whole)] length: usize,
    #[pyo3(from_py_with = whole)] width: usize,
    openings: Vec<(String, Whole, Whole)>,
    flux: f64,
    wide_band: Option<f64>,
) -> PyResult<Conductor> {
    let opening = |(side, Whole(first), Whole(end)): (String, Whole, Whole)| {
        Ok(Opening { side: named("side", &side, &SIDES)?, sites: first..end })
    };
    room(length as f64 * width as f64 * OF_A_SITE)?;
    let openings = openings.into_iter().map(opening).collect::<PyResult<Vec<_>>>()?;
    let arms = wide_band.map_or(Arms::Strips, Arms::WideBand);
    let conductor = Rectangle { length, width, flux }.open(&openings, arms, Vec::new());
    conductor.map(Conductor::clean).map_err(Raise::raise)
}
