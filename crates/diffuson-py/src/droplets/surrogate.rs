//! Gaussian random matrices in place of samples, and the distribution of lowest eigenvalues.

use super::modes::FourierModes;
use crate::arrays::{Reals, exactly, table, to_vec, vector};
use crate::compute::compute;
use crate::diffusons::{RingCovariance, Rows, room, to_square};
use crate::errors::{Raise, input};
use crate::fits::Estimated;
use crate::random::deviations;
use diffuson::droplets::{self, Draw, Optimum, TailEstimate};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use std::sync::Arc;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Surrogate>()?;
    m.add_class::<OptimalFluctuation>()?;
    m.add_class::<Tilted>()?;
    m.add_class::<Tail>()?;
    m.add_function(wrap_pyfunction!(lowest_mode, m)?)?;
    m.add_function(wrap_pyfunction!(mode_eigenvalues, m)?)
}

/// A covariance of matrix elements as an argument.
#[derive(FromPyObject)]
enum Covariance<'py> {
    Rings(PyRef<'py, RingCovariance>),
    Matrix(Rows<'py>),
}

/// Gaussian random symmetric matrices X over M modes of mean 0 and covariance ``K_ijkl = <X_ij X_kl>``: what F_1 between a few long waves is, if it is Gaussian.
///
/// ``covariance``: a :class:`diffuson.diffusons.RingCovariance`, or an array over pairs i <= j, (M (M + 1)/2, M (M + 1)/2), in the order ``j (j + 1)/2 + i``.
///
/// The probability that the lowest eigenvalue lies below -E falls as ``exp(-E^2/2I)`` (Eq. 34), I the variance of the optimal fluctuation.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Surrogate {
    inner: Arc<droplets::Surrogate>,
}

#[pymethods]
impl Surrogate {
    #[new]
    fn new(py: Python<'_>, covariance: Covariance<'_>) -> PyResult<Self> {
        let (pairs, matrix) = match covariance {
            Covariance::Rings(rings) => (rings.inner.pairs(), rings.inner.matrix().to_vec()),
            Covariance::Matrix(rows) => to_square(&rows, None, "covariance over pairs")?,
        };
        let modes = (0..=pairs).find(|m| m * (m + 1) / 2 >= pairs).unwrap_or(0);
        if modes * (modes + 1) / 2 != pairs {
            return Err(input(format!("{pairs} pairs, but M (M + 1)/2 of M modes are wanted")));
        }
        let made = compute(py, move || {
            let pair = |i: usize, j: usize| i.max(j) * (i.max(j) + 1) / 2 + i.min(j);
            droplets::Surrogate::new(modes, |i, j, k, l| matrix[pair(i, j) * pairs + pair(k, l)])
        })?;
        made.map(|inner| Self { inner: Arc::new(inner) }).map_err(Raise::raise)
    }

    /// Number of modes M.
    #[getter]
    fn modes(&self) -> usize {
        self.inner.modes()
    }

    /// One surrogate, number ``number`` of the random numbers of (seed, sample): an array (modes, modes).
    #[pyo3(signature = (number, *, seed, sample=0))]
    fn sample<'py>(
        &self,
        py: Python<'py>,
        number: u64,
        seed: u64,
        sample: u64,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let modes = self.inner.modes();
        checked_numbers(number, 1, modes)?;
        table(py, modes, modes, self.inner.sample(&deviations(seed, sample), number))
    }

    /// The optimal fluctuation (Eqs. 32, 33, 35) in the space of the modes: the unit vector v of the largest ``I = <(v X v)^2>``, from ``starts`` random directions.
    #[pyo3(signature = (starts=16, *, seed, sample=0))]
    fn optimum(&self, py: Python<'_>, starts: usize, seed: u64, sample: u64) -> PyResult<OptimalFluctuation> {
        let surrogate = self.inner.clone();
        let found = compute(py, move || surrogate.optimum(&deviations(seed, sample), starts))?;
        found.map(|inner| OptimalFluctuation { inner }).map_err(Raise::raise)
    }

    /// The fixed points that all starts lead to, those of the largest variance first.
    #[pyo3(signature = (starts=16, *, seed, sample=0))]
    fn optima(
        &self,
        py: Python<'_>,
        starts: usize,
        seed: u64,
        sample: u64,
    ) -> PyResult<Vec<OptimalFluctuation>> {
        room(&[starts, self.inner.modes()])?;
        let surrogate = self.inner.clone();
        let found = compute(py, move || surrogate.optima(&deviations(seed, sample), starts))?;
        let all = found.map_err(Raise::raise)?;
        Ok(all.into_iter().map(|inner| OptimalFluctuation { inner }).collect())
    }

    fn __repr__(&self) -> String {
        format!("Surrogate({} modes)", self.inner.modes())
    }
}

/// Refuses surrogates whose places among the random numbers there are not.
fn checked_numbers(first: u64, count: usize, modes: usize) -> PyResult<()> {
    let pairs = (modes * (modes + 1) / 2).max(2) as u64;
    let last = first.checked_add(count as u64).and_then(|last| last.checked_mul(pairs));
    last.map(|_| ()).ok_or_else(|| input(format!("number {first} of a surrogate is too large")))
}

/// A fluctuation that no other near it exceeds.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct OptimalFluctuation {
    inner: Optimum,
}

#[pymethods]
impl OptimalFluctuation {
    /// ``I = <(v X v)^2>``.
    #[getter]
    fn variance(&self) -> f64 {
        self.inner.variance
    }

    /// Its vector v over the modes, of unit norm; the sign is free: an array (modes).
    #[getter]
    fn vector<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.inner.vector.clone())
    }

    /// ``|K(v, v, v, .) - I v| / I``.
    #[getter]
    fn residual(&self) -> f64 {
        self.inner.residual
    }

    /// The same droplet at ``steps`` x ``steps`` places of the torus that the modes live on, on a square grid.
    fn everywhere(&self, modes: &FourierModes, steps: usize) -> PyResult<Vec<Self>> {
        room(&[steps, steps, modes.inner.count()])?;
        let all = self.inner.everywhere(&modes.inner, steps).map_err(Raise::raise)?;
        Ok(all.into_iter().map(|inner| Self { inner }).collect())
    }
}

/// Surrogates shifted along optimal fluctuations, each with the weight that undoes the shift: rare ones become typical. Tilts go towards fluctuations of probability ``exp(-x)`` for every exponent x, along all the ``optima``; unbiased whatever they are.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Tilted {
    surrogate: Arc<droplets::Surrogate>,
    optima: Arc<Vec<Optimum>>,
    exponents: Arc<Vec<f64>>,
}

#[pymethods]
impl Tilted {
    #[new]
    fn new(
        surrogate: &Surrogate,
        optima: Vec<PyRef<'_, OptimalFluctuation>>,
        exponents: Reals<'_>,
    ) -> PyResult<Self> {
        let optima: Vec<Optimum> = optima.iter().map(|o| o.inner.clone()).collect();
        let exponents = to_vec(&exponents);
        droplets::Tilted::new(&surrogate.inner, &optima, &exponents).map_err(Raise::raise)?;
        let (optima, exponents) = (Arc::new(optima), Arc::new(exponents));
        Ok(Self { surrogate: surrogate.inner.clone(), optima, exponents })
    }

    /// The distribution of lowest eigenvalues of ``count`` draws, from number ``first`` on, of the random numbers of (seed, sample).
    #[pyo3(signature = (count, *, seed, sample=0, first=0))]
    fn draw(&self, py: Python<'_>, count: usize, seed: u64, sample: u64, first: u64) -> PyResult<Tail> {
        room(&[count, 2])?;
        checked_numbers(first, count, self.surrogate.modes())?;
        let (surrogate, optima, exponents) =
            (self.surrogate.clone(), self.optima.clone(), self.exponents.clone());
        let found = compute(py, move || {
            let tilted = droplets::Tilted::new(&surrogate, &optima, &exponents)?;
            let fields = deviations(seed, sample);
            let draw = |n: usize| tilted.draw(&fields, first + n as u64);
            Tail::of((0..count).map(draw).collect::<Result<Vec<_>, _>>()?)
        })?;
        found.map_err(Raise::raise)
    }
}

/// The distribution of lowest eigenvalues from independent draws: ``P(E)`` is the probability of one below -E.
///
/// ``lowest`` eigenvalues and their ``weights``, probability density over the density they were drawn with; 1 for plain samples, if not given.
#[pyclass(frozen, module = "diffuson.droplets")]
pub(crate) struct Tail {
    draws: Vec<Draw>,
    inner: droplets::Tail,
}

impl Tail {
    fn of(draws: Vec<Draw>) -> Result<Self, droplets::DropletError> {
        Ok(Self { inner: droplets::Tail::new(draws.clone())?, draws })
    }
}

fn estimated(e: TailEstimate) -> Estimated {
    Estimated::new(e.value, e.error)
}

#[pymethods]
impl Tail {
    #[new]
    #[pyo3(signature = (lowest, weights=None))]
    fn new(lowest: Reals<'_>, weights: Option<Reals<'_>>) -> PyResult<Self> {
        let lowest = to_vec(&lowest);
        let weights = weights.map_or_else(|| vec![1.0; lowest.len()], |w| to_vec(&w));
        let weights = exactly(weights, lowest.len(), "weights, one for each eigenvalue")?;
        let draws = lowest.into_iter().zip(weights).map(|(lowest, weight)| Draw { lowest, weight });
        Self::of(draws.collect()).map_err(Raise::raise)
    }

    /// The eigenvalues, in the order drawn: an array (draws).
    #[getter]
    fn lowest<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.draws.iter().map(|d| d.lowest).collect())
    }

    /// Their weights: an array (draws).
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        vector(py, self.draws.iter().map(|d| d.weight).collect())
    }

    /// ``P(E)``, with its standard error. Without a draw below -E it is 0 with an error of 0, which means nothing.
    fn probability(&self, depth: f64) -> Estimated {
        estimated(self.inner.probability(depth))
    }

    /// The depth E at which P(E) has fallen to a probability; None where the draws do not reach.
    fn depth(&self, probability: f64) -> Option<f64> {
        self.inner.depth(probability)
    }

    /// ``-[ln P(E_2) - ln P(E_1)] / (E_2^2 - E_1^2)``: 1/(2 I) where Eq. 34 holds without prefactor.
    fn slope(&self, near: f64, far: f64) -> PyResult<Estimated> {
        self.inner.slope(near, far).map(estimated).map_err(Raise::raise)
    }

    fn __len__(&self) -> usize {
        self.draws.len()
    }

    fn __repr__(&self) -> String {
        format!("Tail({} draws)", self.draws.len())
    }
}

/// The lowest eigenvalue of a symmetric matrix over modes, or sites, and its normalised vector.
#[pyfunction]
fn lowest_mode<'py>(py: Python<'py>, matrix: Rows<'py>) -> PyResult<(f64, Bound<'py, PyArray1<f64>>)> {
    let (n, matrix) = to_square(&matrix, None, "matrix")?;
    let found = compute(py, move || droplets::lowest_mode(&matrix, n))?;
    let (value, of) = found.map_err(Raise::raise)?;
    Ok((value, vector(py, of)))
}

/// Eigenvalues, ascending, of a symmetric matrix over modes, such as a surrogate or a projected F_1: an array (modes).
#[pyfunction]
fn mode_eigenvalues<'py>(py: Python<'py>, matrix: Rows<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (n, matrix) = to_square(&matrix, None, "matrix")?;
    let found = compute(py, move || droplets::mode_eigenvalues(&matrix, n))?;
    Ok(vector(py, found.map_err(Raise::raise)?))
}
