//! Many mobile defects that interact, and which site each is at.

use super::{Points, to_points};
use crate::arguments::{below, not_negative};
use crate::arrays::{table, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::errors::{Raise, input};
use crate::random::deviations;
use diffuson::defects::{self, Coupling, Sequence};
use diffuson_study::Deviations;
use numpy::{AllowTypeChange, PyArray1, PyArray2, PyArray3, PyArrayLike3, PyArrayMethods};
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Ball>()?;
    m.add_class::<Places>()?;
    m.add_class::<InteractingDefects>()?;
    m.add_class::<RandomPlacement>()?;
    m.add_class::<RandomSequence>()?;
    m.add_class::<Occupation>()
}

/// A ball in the contact with defects in it, lengths in 1/k_F: ``mobile`` defects, the ``sites`` of each uniform in a ball of radius ``spread`` around the first of them, ``fixed`` defects that stay; no two sites of
/// different defects are closer than ``closest``.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Ball {
    inner: defects::Ball,
}

#[pymethods]
impl Ball {
    #[new]
    #[pyo3(signature = (radius, mobile, *, sites=2, fixed=0, spread=3.0, closest=2.0))]
    fn new(radius: f64, mobile: usize, sites: usize, fixed: usize, spread: f64, closest: f64) -> Self {
        Self { inner: defects::Ball { radius, mobile, sites, spread, fixed, closest } }
    }

    /// Places, a pure function of ``seed`` and ``sample``: those of a study of kind ``defect-dynamics``. ValueError for too many defects.
    #[pyo3(signature = (*, seed, sample=0))]
    fn place(&self, py: Python<'_>, seed: u64, sample: u64) -> PyResult<Places> {
        let ball = self.inner;
        let found = compute(py, move || ball.place(&deviations(seed, sample)))?;
        found.map(|inner| Places { inner }).map_err(Raise::raise)
    }
}

/// Where defects may be, in 1/k_F: ``mobile`` is an array (defects, sites, 3), ``fixed`` an array (defects that stay, 3).
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Places {
    inner: defects::Places,
}

#[pymethods]
impl Places {
    #[new]
    #[pyo3(signature = (mobile, fixed=None))]
    fn new(mobile: PyArrayLike3<'_, f64, AllowTypeChange>, fixed: Option<Points<'_>>) -> PyResult<Self> {
        let array = mobile.as_array();
        let (defects, sites, coordinates) = array.dim();
        if coordinates != 3 {
            return Err(input(format!("sites of {coordinates} coordinates, but 3 are wanted")));
        }
        let site = |i, s| [array[(i, s, 0)], array[(i, s, 1)], array[(i, s, 2)]];
        let mobile = (0..defects).map(|i| (0..sites).map(|s| site(i, s)).collect()).collect();
        let fixed = fixed.as_ref().map(to_points).transpose()?.unwrap_or_default();
        Ok(Self { inner: defects::Places { mobile, fixed } })
    }

    /// Sites of every mobile defect: an array (defects, sites, 3).
    #[getter]
    fn mobile<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<f64>>> {
        let mobile = &self.inner.mobile;
        let all: Vec<f64> = mobile.iter().flatten().flatten().copied().collect();
        PyArray1::from_vec(py, all).reshape([mobile.len(), mobile.first().map_or(0, Vec::len), 3])
    }

    /// Those that stay: an array (defects that stay, 3).
    #[getter]
    fn fixed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        table(py, self.inner.fixed.len(), 3, self.inner.fixed.as_flattened().to_vec())
    }
}

/// Mobile defects with equally many sites each, which interact through the electrons (Kozub and Rudin, Eqs. 4 to 6 for weak scatterers):
///
///     U = (2/pi) f^2 sum_pairs cos(2R) cos(2 Dk R) / R^3,     dG = 4 f^2 sum_pairs cos(2R) cos(2 Dk R) / R^2
///
/// in e_F and e^2/h, both spins. ``born_length`` is f in 1/k_F; without ``between_mobile`` defects interact only with those that stay; ``direct_bias`` is the eV (in e_F) of ``Dk = eV / (2 hbar v_F)``.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct InteractingDefects {
    pub(super) inner: Arc<defects::InteractingDefects>,
}

impl InteractingDefects {
    /// A placement that there is.
    fn placement(&self, at: &[usize]) -> PyResult<()> {
        if at.len() != self.inner.defects() {
            return Err(input(format!(
                "sites of {} defects, but there are {}",
                at.len(),
                self.inner.defects()
            )));
        }
        at.iter().try_for_each(|&site| below(site, self.inner.sites(), "site").map(drop))
    }
}

#[pymethods]
impl InteractingDefects {
    #[new]
    #[pyo3(signature = (places, *, born_length=0.3, between_mobile=true, direct_bias=0.0))]
    fn new(
        py: Python<'_>,
        places: &Places,
        born_length: f64,
        between_mobile: bool,
        direct_bias: f64,
    ) -> PyResult<Self> {
        let (places, coupling) =
            (places.inner.clone(), Coupling { born_length, between_mobile, direct_bias });
        let made = compute(py, move || defects::InteractingDefects::new(&places, coupling))?;
        Ok(Self { inner: Arc::new(made.map_err(Raise::raise)?) })
    }

    /// Number of mobile defects.
    #[getter]
    fn defects(&self) -> usize {
        self.inner.defects()
    }

    /// Sites of each.
    #[getter]
    fn sites(&self) -> usize {
        self.inner.sites()
    }

    /// Energy of a placement, the site of every defect, in e_F.
    fn energy(&self, at: Vec<usize>) -> PyResult<f64> {
        self.placement(&at)?;
        Ok(self.inner.energy(&at))
    }

    /// Conductance of a placement, in e^2/h.
    fn conductance(&self, at: Vec<usize>) -> PyResult<f64> {
        self.placement(&at)?;
        Ok(self.inner.conductance(&at))
    }

    /// What independent uniform placement of all defects gives, in closed form.
    fn random_placement(&self, py: Python<'_>) -> PyResult<RandomPlacement> {
        let defects = self.inner.clone();
        let r = compute(py, move || defects.random_placement())?;
        Ok(RandomPlacement {
            energy: r.energy,
            conductance: r.conductance,
            energy_deviation: r.energy_deviation,
            conductance_deviation: r.conductance_deviation,
        })
    }

    fn __repr__(&self) -> String {
        format!("InteractingDefects({} of {} sites)", self.inner.defects(), self.inner.sites())
    }
}

/// What independent and uniform placement of all defects on their sites gives.
#[pyclass(frozen, get_all, module = "diffuson.defects")]
pub(crate) struct RandomPlacement {
    /// Mean energy of all, in e_F.
    energy: f64,
    /// Mean conductance of all, in e^2/h.
    conductance: f64,
    /// Standard deviation of the energy of one defect with all others, in e_F (s_E).
    energy_deviation: f64,
    /// Standard deviation of the conductance of all, in e^2/h (s_G).
    conductance_deviation: f64,
}

/// Uniform deviates of one random field of (seed, sample), one after the other. In a study of kind ``defect-dynamics`` field 0 places the defects, 1 chooses where they start and cools them, 2 moves them, 3 gives their tunnelling constants.
#[pyclass(module = "diffuson.defects")]
#[derive(Clone)]
pub(crate) struct RandomSequence {
    pub(super) inner: Sequence<Deviations>,
}

#[pymethods]
impl RandomSequence {
    #[new]
    #[pyo3(signature = (field, *, seed, sample=0))]
    fn new(field: u32, seed: u64, sample: u64) -> Self {
        Self { inner: Sequence::new(deviations(seed, sample), field) }
    }

    /// The next ``count`` deviates, uniform in [0, 1): an array (count).
    fn uniform<'py>(&mut self, py: Python<'py>, count: usize) -> Bound<'py, PyArray1<f64>> {
        vector(py, (0..count).map(|_| self.inner.uniform()).collect())
    }
}

/// The site of every defect, with running sums of all energies and conductances. It changes: methods move the defects.
#[pyclass(module = "diffuson.defects")]
#[derive(Clone)]
pub(crate) struct Occupation {
    pub(super) inner: defects::Occupation,
}

#[pymethods]
impl Occupation {
    /// Every defect at its given site.
    #[new]
    fn new(defects: &InteractingDefects, at: Vec<usize>) -> PyResult<Self> {
        defects.placement(&at)?;
        Ok(Self { inner: defects::Occupation::new(&defects.inner, &at) })
    }

    /// Every defect at a random site.
    #[staticmethod]
    fn random(defects: &InteractingDefects, random: &mut RandomSequence) -> Self {
        Self { inner: defects::Occupation::random(&defects.inner, &mut random.inner) }
    }

    /// The site of every defect: an array (defects).
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        vector(py, self.inner.at().into_iter().map(|site| site as i64).collect())
    }

    /// Energy, in e_F.
    #[getter]
    fn energy(&self) -> f64 {
        self.inner.energy()
    }

    /// Conductance, in e^2/h.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Running sums against sums made anew.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit()).into()
    }

    /// Energy that a defect would have at a site, with all others and those that stay, in e_F.
    fn local_energy(&self, defect: usize, site: usize) -> PyResult<f64> {
        self.slot(defect, site)?;
        Ok(self.inner.local_energy(defect, site))
    }

    /// What a defect gains by going to a site, in e_F.
    fn gain(&self, defect: usize, site: usize) -> PyResult<f64> {
        self.slot(defect, site)?;
        Ok(self.inner.gain(defect, site))
    }

    /// Moves a defect.
    fn hop(&mut self, defect: usize, site: usize) -> PyResult<()> {
        self.slot(defect, site)?;
        self.inner.hop(defect, site);
        Ok(())
    }

    /// Heat bath, ``sweeps`` times: every defect, one after the other, is put to a site with probability ``exp(-E/kT)`` of the energies with the others; at kt = 0 to the lowest.
    #[pyo3(signature = (kt, random, *, sweeps=1))]
    fn sweep(&mut self, py: Python<'_>, kt: f64, random: &mut RandomSequence, sweeps: usize) -> PyResult<()> {
        let kt = not_negative("kt", kt)?;
        self.changed(py, random, move |now, random| (0..sweeps).for_each(|_| now.sweep(kt, random)))
    }

    /// Sweeps at each of the temperatures, then a quench.
    fn anneal(
        &mut self,
        py: Python<'_>,
        temperatures: Vec<f64>,
        sweeps: usize,
        random: &mut RandomSequence,
    ) -> PyResult<()> {
        temperatures.iter().try_for_each(|&kt| not_negative("kt", kt).map(drop))?;
        self.changed(py, random, move |now, random| now.anneal(&temperatures, sweeps, random))
    }

    /// Puts defects to their lowest sites, one after the other, until all are there.
    fn quench(&mut self, py: Python<'_>) -> PyResult<()> {
        let mut now = self.inner.clone();
        self.inner = compute(py, move || {
            now.quench();
            now
        })?;
        Ok(())
    }

    /// The same once more, which then changes on its own.
    fn copy(&self) -> Self {
        self.clone()
    }

    fn __repr__(&self) -> String {
        format!("Occupation({} defects, energy {} e_F)", self.inner.defects().defects(), self.inner.energy())
    }
}

impl Occupation {
    fn slot(&self, defect: usize, site: usize) -> PyResult<()> {
        below(defect, self.inner.defects().defects(), "defect")?;
        below(site, self.inner.defects().sites(), "site").map(drop)
    }

    /// Changes a copy, which takes the place of the original only when all is done: after Ctrl-C everything is as it was.
    fn changed(
        &mut self,
        py: Python<'_>,
        random: &mut RandomSequence,
        change: impl FnOnce(&mut defects::Occupation, &mut Sequence<Deviations>) + Send + 'static,
    ) -> PyResult<()> {
        let (mut now, mut numbers) = (self.inner.clone(), random.inner.clone());
        (self.inner, random.inner) = compute(py, move || {
            change(&mut now, &mut numbers);
            (now, numbers)
        })?;
        Ok(())
    }
}
