//! A contact on a lattice, in which scatterers sit on sites.

use super::dressed::Dressed;
use crate::arrays::{OneOrEach, table};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input};
use crate::random::deviations;
use diffuson::defects;
use numpy::{AllowTypeChange, PyArray2, PyArrayLike2};
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ContactShape>()?;
    m.add_class::<LatticeContact>()
}

/// A cross-section: a width in two dimensions, or width and height in three.
#[derive(FromPyObject)]
enum CrossSection {
    /// Square lattice.
    Width(usize),
    /// Cubic lattice.
    Both(usize, usize),
}

impl From<CrossSection> for [usize; 2] {
    fn from(section: CrossSection) -> Self {
        match section {
            CrossSection::Width(width) => [width, 1],
            CrossSection::Both(width, height) => [width, height],
        }
    }
}

/// Sites as an argument: an array (sites, 3) of slice and place in the cross-section.
type Sites<'py> = PyArrayLike2<'py, i64, AllowTypeChange>;

fn to_sites(sites: &Sites<'_>) -> PyResult<Vec<[usize; 3]>> {
    let array = sites.as_array();
    if array.ncols() != 3 {
        return Err(input(format!("sites of {} coordinates, but 3 are wanted", array.ncols())));
    }
    // what is negative is no site of the contact
    let place = |x: i64| usize::try_from(x).unwrap_or(usize::MAX);
    Ok(array.rows().into_iter().map(|row| [0, 1, 2].map(|axis| place(row[axis]))).collect())
}

pub(super) fn from_sites(py: Python<'_>, sites: Vec<[usize; 3]>) -> PyResult<Bound<'_, PyArray2<i64>>> {
    table(py, sites.len(), 3, sites.as_flattened().iter().map(|&x| x as i64).collect())
}

/// A constriction of the square or cubic lattice: slices of any cross-section between two half-infinite leads of one, all with hard walls. Lengths in lattice constants.
///
/// ``lead`` and openings are a width (square lattice) or a pair of width and height (cubic). A site is (x, y, z): its slice, counted from 0, and its place in the cross-section of the leads; z is 0 in two dimensions.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct ContactShape {
    pub(super) inner: defects::ContactShape,
}

#[pymethods]
impl ContactShape {
    /// A wire as wide as its leads: nothing reflects.
    #[staticmethod]
    fn wire(lead: CrossSection, slices: usize) -> PyResult<Self> {
        let inner = defects::ContactShape::wire(lead.into(), slices).map_err(Raise::raise)?;
        Ok(Self { inner })
    }

    /// A hole in the middle of the wall between the leads, as long as the wall is thick.
    #[staticmethod]
    fn hole(lead: CrossSection, opening: CrossSection, slices: usize) -> PyResult<Self> {
        let inner = defects::ContactShape::hole(lead.into(), opening.into(), slices).map_err(Raise::raise)?;
        Ok(Self { inner })
    }

    /// A horn on either side of a neck: its width beyond that of the neck goes as ``sin^2`` from the middle to the ends.
    #[staticmethod]
    fn horn(lead: CrossSection, neck: CrossSection, slices: usize) -> PyResult<Self> {
        let inner = defects::ContactShape::horn(lead.into(), neck.into(), slices).map_err(Raise::raise)?;
        Ok(Self { inner })
    }

    /// The same with rough walls: every site next to a wall is blocked with the probability ``share``, a pure function of ``seed`` and ``sample``, as in a study of kind ``fluctuators``. What is thereby cut off from the leads is no part of the contact; ValueError if no way through is left.
    #[pyo3(signature = (share, *, seed, sample=0))]
    fn with_rough_walls(&self, share: f64, seed: u64, sample: u64) -> PyResult<Self> {
        let fields = deviations(seed, sample);
        let inner = self.inner.clone().with_rough_walls(share, &fields, BLOCKED).map_err(Raise::raise)?;
        Ok(Self { inner })
    }

    /// Number of slices.
    #[getter]
    fn slices(&self) -> usize {
        self.inner.slices()
    }

    /// Width and height of the leads.
    #[getter]
    fn lead(&self) -> (usize, usize) {
        let [width, height] = self.inner.lead();
        (width, height)
    }

    /// All sites, slice after slice: an array (sites, 3).
    #[getter]
    fn sites<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        from_sites(py, self.inner.sites().collect())
    }

    /// The contact as a conductor with ``flux`` flux quanta per plaquette of the x-y plane; its orbitals are the sites in their order, lead 0 is before the first slice and lead 1 after the last.
    #[pyo3(signature = (*, flux=0.0))]
    fn conductor(&self, py: Python<'_>, flux: f64) -> PyResult<Conductor> {
        let shape = self.inner.clone();
        compute(py, move || shape.conductor(flux))?.map(Conductor::clean).map_err(Raise::raise)
    }

    fn __contains__(&self, site: [i64; 3]) -> bool {
        self.inner.contains(site.map(|x| usize::try_from(x).unwrap_or(usize::MAX)))
    }

    fn __repr__(&self) -> String {
        format!("ContactShape({} sites, {} slices)", self.inner.sites().count(), self.inner.slices())
    }
}

/// The random field of blocked sites.
const BLOCKED: u32 = 1;

/// A contact on a lattice without scatterers, solved once, and all that those at its candidates need to know of it: energies and conductances of all positions of a defect follow by changes of low rank.
///
/// ``energy`` is the Fermi energy and ``kt`` k_B T, in t; ``flux`` flux quanta per plaquette of the x-y plane, leads included; ``candidates`` an array (candidates, 3) of sites where scatterers may be, all if not given. Conductances are in e^2/h, both spins, energies in t. There are 41
/// factorisations at zero temperature, more above.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct LatticeContact {
    inner: Arc<defects::LatticeContact>,
}

#[pymethods]
impl LatticeContact {
    #[new]
    #[pyo3(signature = (shape, energy, *, kt=0.0, flux=0.0, candidates=None))]
    fn new(
        py: Python<'_>,
        shape: &ContactShape,
        energy: f64,
        kt: f64,
        flux: f64,
        candidates: Option<Sites<'_>>,
    ) -> PyResult<Self> {
        let shape = shape.inner.clone();
        let candidates = match candidates {
            Some(sites) => to_sites(&sites)?,
            None => shape.sites().collect(),
        };
        let solve = move || defects::LatticeContact::new(shape, energy, flux, kt, &candidates);
        let inner = Arc::new(compute(py, solve)?.map_err(Raise::raise)?);
        Ok(Self { inner })
    }

    /// The candidates, in ascending order: an array (candidates, 3).
    #[getter]
    fn candidates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        from_sites(py, self.inner.sites().collect())
    }

    /// Conductance without scatterers, in e^2/h, both spins.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Unitarity, reciprocity and backward errors of the contact without scatterers.
    #[getter]
    fn audit(&self) -> Audit {
        self.inner.audit().into()
    }

    /// Electrons on a candidate without scatterers, both spins: a weak scatterer there has the energy V n.
    fn electrons(&self, site: [usize; 3]) -> PyResult<f64> {
        self.inner.electrons(site).map_err(Raise::raise)
    }

    /// Energies and conductances of all ``positions`` (an array (positions, 3) of candidates) of a mobile scatterer of a ``potential`` (in t), before a background of scatterers on the sites ``background`` with
    /// ``background_potential``, one for all or one for each. Energies include the sum of the potentials. Transmission and reflection of every position are compared.
    #[pyo3(signature = (positions, potential, *, background=None, background_potential=None))]
    fn dress(
        &self,
        py: Python<'_>,
        positions: Sites<'_>,
        potential: f64,
        background: Option<Sites<'_>>,
        background_potential: Option<OneOrEach<'_>>,
    ) -> PyResult<Dressed> {
        self.dressed(py, Part::All, positions, potential, background, background_potential)
    }

    /// What the background adds to energies and conductances: :meth:`dress` less that of the mobile scatterer alone.
    #[pyo3(signature = (positions, potential, *, background, background_potential))]
    fn interaction(
        &self,
        py: Python<'_>,
        positions: Sites<'_>,
        potential: f64,
        background: Sites<'_>,
        background_potential: OneOrEach<'_>,
    ) -> PyResult<Dressed> {
        let potentials = Some(background_potential);
        self.dressed(py, Part::Interaction, positions, potential, Some(background), potentials)
    }

    /// The phase shift ``-arg(1 - V g)`` in radians of one scatterer, g the Green function of its site at the Fermi energy: above 0 where it attracts.
    fn phase_shift(&self, site: [usize; 3], potential: f64) -> PyResult<f64> {
        self.inner.phase_shift(site, potential).map_err(Raise::raise)
    }

    /// The potential of a phase shift, in t: the inverse of :meth:`phase_shift`. ValueError if no finite potential has it.
    fn potential(&self, site: [usize; 3], phase_shift: f64) -> PyResult<f64> {
        self.inner.potential(site, phase_shift).map_err(Raise::raise)
    }

    /// The potential of a phase shift by the Green function averaged over some candidates (an array (sites, 3)), in t: ``1/V = <Re g> + <Im g> cot d``.
    fn mean_potential(&self, sites: Sites<'_>, phase_shift: f64) -> PyResult<f64> {
        self.inner.mean_potential(&to_sites(&sites)?, phase_shift).map_err(Raise::raise)
    }

    fn __repr__(&self) -> String {
        format!(
            "LatticeContact({} candidates, conductance {} e^2/h)",
            self.inner.sites().len(),
            self.inner.conductance()
        )
    }
}

/// Of which scatterers energies and conductances are told.
#[derive(Clone, Copy)]
enum Part {
    All,
    Interaction,
}

impl LatticeContact {
    fn dressed(
        &self,
        py: Python<'_>,
        part: Part,
        positions: Sites<'_>,
        potential: f64,
        background: Option<Sites<'_>>,
        background_potential: Option<OneOrEach<'_>>,
    ) -> PyResult<Dressed> {
        let positions = to_sites(&positions)?;
        let background = background.as_ref().map(to_sites).transpose()?.unwrap_or_default();
        let potentials = match background_potential {
            Some(potential) => potential.spread(background.len(), "potentials, one for each scatterer")?,
            None if background.is_empty() => Vec::new(),
            None => return Err(input("a background of scatterers without background_potential")),
        };
        let background: Vec<_> = background.into_iter().zip(potentials).collect();
        let contact = self.inner.clone();
        let found = compute(py, move || match part {
            Part::All => contact.dress(&background, potential, &positions),
            Part::Interaction => contact.interaction(&background, potential, &positions),
        })?;
        Ok(Dressed { inner: found.map_err(Raise::raise)? })
    }
}
