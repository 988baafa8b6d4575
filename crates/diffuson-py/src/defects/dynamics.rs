//! Interacting defects at many temperatures, and moving in time.

use super::bath::Bath;
use super::interacting::{InteractingDefects, Occupation, RandomSequence};
use super::some;
use crate::arguments::{below, positive};
use crate::arrays::{OneOrEach, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::errors::Raise;
use diffuson::defects;
use diffuson_study::Deviations;
use numpy::PyArray1;
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ReplicaExchange>()?;
    m.add_class::<Equilibrium>()?;
    m.add_class::<KineticMonteCarlo>()?;
    m.add_class::<Hop>()?;
    m.add_class::<TimeAverage>()
}

/// Equilibrium of interacting defects at many temperatures at once (Hukushima and Nemoto 1996): one placement per temperature takes heat-bath sweeps, neighbours in temperature are exchanged. It changes: methods go on from where it is.
///
/// ``temperatures`` are k_B T in e_F; ``random`` is read from where it is and not changed.
#[pyclass(module = "diffuson.defects")]
pub(crate) struct ReplicaExchange {
    inner: defects::ReplicaExchange<Deviations>,
    temperatures: usize,
}

#[pymethods]
impl ReplicaExchange {
    #[new]
    fn new(defects: &InteractingDefects, temperatures: Vec<f64>, random: &RandomSequence) -> PyResult<Self> {
        let inner = defects::ReplicaExchange::new(&defects.inner, &temperatures, random.inner.clone());
        Ok(Self { inner: inner.map_err(Raise::raise)?, temperatures: temperatures.len() })
    }

    /// Sweeps that are forgotten, then sweeps over which is averaged.
    fn run(&mut self, py: Python<'_>, forgotten: usize, averaged: usize) -> PyResult<Equilibrium> {
        some(averaged as u64, "number of sweeps over which is averaged")?;
        let mut replicas = self.inner.clone();
        let (replicas, found) = compute(py, move || {
            let found = replicas.run(forgotten, averaged);
            (replicas, found)
        })?;
        self.inner = replicas;
        Ok(Equilibrium { inner: found })
    }

    /// The placement that is now at a temperature, given by its number: a copy.
    fn at(&self, temperature: usize) -> PyResult<Occupation> {
        let temperature = below(temperature, self.temperatures, "temperature")?;
        Ok(Occupation { inner: self.inner.at(temperature).clone() })
    }

    /// Running sums of all placements against sums made anew.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit()).into()
    }
}

/// Means over sweeps, at every temperature.
#[pyclass(frozen, module = "diffuson.defects")]
pub(crate) struct Equilibrium {
    inner: Vec<defects::Equilibrium>,
}

impl Equilibrium {
    fn each<'py>(&self, py: Python<'py>, of: fn(&defects::Equilibrium) -> f64) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.iter().map(of).collect())
    }
}

#[pymethods]
impl Equilibrium {
    /// Energy: an array (temperatures), in e_F.
    #[getter]
    fn energy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.each(py, |at| at.energy)
    }

    /// Conductance: an array (temperatures), in e^2/h.
    #[getter]
    fn conductance<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.each(py, |at| at.conductance)
    }

    /// Variance of the energy, (k_B T)^2 times the heat capacity over k_B: an array (temperatures), in e_F^2.
    #[getter]
    fn energy_variance<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.each(py, |at| at.energy_variance)
    }

    /// Part of the exchanges with the next temperature that were accepted, 1 for the last: an array (temperatures).
    #[getter]
    fn exchanged<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.each(py, |at| at.exchanged)
    }
}

/// Interacting defects that hop, one after the other: defect i goes to another of its sites at the rate ``exp(-lambda_i) W(x)``, x what it gains, W the rate of the bath (in e_F). The law of what happens and when is exact. It changes: methods go on from where it is.
///
/// ``start`` is copied; ``tunnelling`` are the lambda_i, one for all or one for each; ``random`` is read from where it is and not changed.
#[pyclass(module = "diffuson.defects")]
pub(crate) struct KineticMonteCarlo {
    inner: defects::KineticMonteCarlo<Deviations>,
}

#[pymethods]
impl KineticMonteCarlo {
    #[new]
    #[pyo3(signature = (start, bath, random, *, tunnelling=None))]
    fn new(
        py: Python<'_>,
        start: &Occupation,
        bath: &Bath,
        random: &RandomSequence,
        tunnelling: Option<OneOrEach<'_>>,
    ) -> PyResult<Self> {
        let defects = start.inner.defects().defects();
        let tunnelling = match tunnelling {
            Some(lambda) => lambda.spread(defects, "tunnelling constants, one for each defect")?,
            None => vec![0.0; defects],
        };
        let (start, bath, random) = (start.inner.clone(), bath.inner, random.inner.clone());
        let made = compute(py, move || defects::KineticMonteCarlo::new(start, bath, &tunnelling, random))?;
        Ok(Self { inner: made.map_err(Raise::raise)? })
    }

    /// Where the defects are: a copy.
    #[getter]
    fn now(&self) -> Occupation {
        Occupation { inner: self.inner.now().clone() }
    }

    /// Hops so far.
    #[getter]
    fn hops(&self) -> u64 {
        self.inner.hops().0
    }

    /// Running sums against sums made anew, rates against their bounds.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.inner.audit()).into()
    }

    /// The next hop, which then has happened; None if no defect will ever move.
    fn hop(&mut self) -> Option<Hop> {
        let hop = self.inner.hop()?;
        Some(Hop { waited: hop.waited, defect: hop.defect, site: hop.site })
    }

    /// Means over so many hops and the times before them.
    fn average(&mut self, py: Python<'_>, hops: u64) -> PyResult<TimeAverage> {
        let hops = some(hops, "number of hops")?;
        let found = self.moved(py, move |moving| moving.average(hops))?;
        let defects::TimeAverage { energy, conductance, time, hops } = found;
        Ok(TimeAverage { energy, conductance, time, hops })
    }

    /// The conductance averaged over ``count`` intervals of time of equal length, one after the other from now on: an array (count), in e^2/h.
    fn trace<'py>(
        &mut self,
        py: Python<'py>,
        interval: f64,
        count: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        positive("interval", interval)?;
        Ok(vector(py, self.moved(py, move |moving| moving.trace(interval, count))?))
    }
}

impl KineticMonteCarlo {
    /// Moves a copy, which takes the place of the original only when all is done: after Ctrl-C everything is as it was.
    fn moved<T: Send + 'static>(
        &mut self,
        py: Python<'_>,
        how: impl FnOnce(&mut defects::KineticMonteCarlo<Deviations>) -> T + Send + 'static,
    ) -> PyResult<T> {
        let mut moving = self.inner.clone();
        let (moving, found) = compute(py, move || {
            let found = how(&mut moving);
            (moving, found)
        })?;
        self.inner = moving;
        Ok(found)
    }
}

/// A hop, after its waiting time.
#[pyclass(frozen, get_all, module = "diffuson.defects")]
pub(crate) struct Hop {
    /// How long nothing happened before it, in units of the inverse rates of the bath.
    waited: f64,
    /// Which defect hops.
    defect: usize,
    /// To which site.
    site: usize,
}

/// Means over time.
#[pyclass(frozen, get_all, module = "diffuson.defects")]
pub(crate) struct TimeAverage {
    /// Energy, in e_F.
    energy: f64,
    /// Conductance, in e^2/h.
    conductance: f64,
    /// Length of time, in units of the inverse rates of the bath; infinite where everything is frozen.
    time: f64,
    /// Hops.
    hops: u64,
}
