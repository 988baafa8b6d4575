//! Random matrices with the covariance of rings of diffusons: what `F_1` between a few long waves is, if it is Gaussian.
//!
//! A surrogate X is a symmetric matrix over M modes whose entries are normal with mean 0 and covariance `K_ijkl = <X_ij X_kl>`.
//!
//! The optimal fluctuation (Eqs. 32, 33, 35) in the space of the modes is the unit vector v of the largest `I = <(v X v)^2>`, and the probability that the lowest eigenvalue lies below -E
//! falls as `exp(-E^2/2I)` (Eq. 34), times powers of E that come from fluctuations around v.

mod importance;
mod tail;

pub use importance::Tilted;
pub use tail::{Draw, Tail, TailEstimate};

use super::{DropletError, FourierModes, require};
use crate::disorder::Fields;
use diffuson_linalg::eigen;

/// Gaussian random symmetric matrices of a given covariance.
#[derive(Clone, Debug)]
pub struct Surrogate {
    modes: usize,
    /// Over pairs (i <= j), those of fewer modes first.
    covariance: Vec<f64>,
    /// Columns of a root of the covariance, `K = root root^T`, one after the other.
    root: Vec<f64>,
}

/// A fluctuation that no other near it exceeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// `I = <(v X v)^2>`.
    pub variance: f64,
    /// Its vector v over the modes, of unit norm; the sign is free.
    pub vector: Vec<f64>,
    /// `|K(v, v, v, .) - I v| / I`.
    pub residual: f64,
}

impl Optimum {
    /// The same droplet at steps x steps places of the torus that the modes live on, on a square grid. Its variance is that of the droplet itself: the same if whole sites were moved by, else as
    /// nearly so as its waves are long.
    ///
    /// # Errors
    /// No step, modes of another number.
    pub fn everywhere(&self, modes: &FourierModes, steps: usize) -> Result<Vec<Self>, DropletError> {
        require("steps along a side", steps as f64, steps > 0, "at least 1")?;
        let step = modes.size() as f64 / steps as f64;
        let places = (0..steps * steps).map(|k| [(k % steps) as f64 * step, (k / steps) as f64 * step]);
        places.map(|by| Ok(Self { vector: modes.moved(&self.vector, by)?, ..self.clone() })).collect()
    }
}

/// The random fields of a surrogate.
const ENTRIES: u32 = 0;
const STARTS: u32 = 1;

/// Negative eigenvalues of a covariance that are taken for rounding, or errors of its integrals, per largest.
const INDEFINITE: f64 = 1e-6;

/// What is left of the equation of an optimum when it is found.
const GOAL: f64 = 1e-9;

/// Steps after which an optimum is given up.
const STEPS: usize = 20_000;

impl Surrogate {
    /// Surrogates over so many modes with the covariance `K_ijkl` of entries (i, j) and (k, l), asked for with i <= j and k <= l: that of rings is
    /// [`RingCovariance::at`](crate::diffusons::RingCovariance::at).
    ///
    /// # Errors
    /// No mode; a covariance that is not finite, not symmetric or not positive.
    pub fn new(
        modes: usize,
        covariance: impl Fn(usize, usize, usize, usize) -> f64,
    ) -> Result<Self, DropletError> {
        require("number of modes", modes as f64, modes > 0, "at least 1")?;
        let order: Vec<(usize, usize)> = pairs(modes).collect();
        let pairs = order.len();
        let covariance: Vec<f64> = (0..pairs * pairs)
            .map(|at| (order[at / pairs], order[at % pairs]))
            .map(|((i, j), (k, l))| covariance(i, j, k, l))
            .collect();
        let largest = covariance.iter().map(|c| c.abs()).fold(0.0, f64::max);
        let finite = covariance.iter().all(|c| c.is_finite()) && largest > 0.0;
        require("largest covariance", largest, finite, "positive and finite")?;
        let skew = (0..pairs * pairs)
            .map(|at| (covariance[at] - covariance[at % pairs * pairs + at / pairs]).abs() / largest)
            .fold(0.0, f64::max);
        require("asymmetry of the covariance", skew, skew <= INDEFINITE, "rounding")?;
        let found = eigen::symmetric(&covariance, pairs).map_err(|_| DropletError::Eigenvalues)?;
        let least = found.values[0] / found.values[pairs - 1];
        require("least eigenvalue of the covariance per largest", least, least >= -INDEFINITE, "at least 0")?;
        let mut root = found.vectors;
        for (column, value) in root.chunks_exact_mut(pairs).zip(&found.values) {
            let scale = value.max(0.0).sqrt();
            column.iter_mut().for_each(|x| *x *= scale);
        }
        Ok(Self { modes, covariance, root })
    }

    /// Number of modes M.
    pub fn modes(&self) -> usize {
        self.modes
    }

    /// One surrogate, M x M. Number `n` is a pure function of random field 0 at the places from `n M (M + 1)/2` on.
    pub fn sample(&self, fields: &dyn Fields, number: u64) -> Vec<f64> {
        self.matrix(&self.entries(fields, number))
    }

    /// The entries (i <= j) of a surrogate.
    fn entries(&self, fields: &dyn Fields, number: u64) -> Vec<f64> {
        let pairs = self.pairs();
        let mut normals = vec![0.0; pairs];
        fields.normal(ENTRIES, number * pairs as u64, &mut normals);
        let mut entries = vec![0.0; pairs];
        for (column, normal) in self.root.chunks_exact(pairs).zip(&normals) {
            entries.iter_mut().zip(column).for_each(|(entry, root)| *entry += normal * root);
        }
        entries
    }

    /// The symmetric matrix of entries (i <= j).
    fn matrix(&self, entries: &[f64]) -> Vec<f64> {
        let m = self.modes;
        let mut matrix = vec![0.0; m * m];
        for ((i, j), &entry) in pairs(m).zip(entries) {
            (matrix[i * m + j], matrix[j * m + i]) = (entry, entry);
        }
        matrix
    }

    fn pairs(&self) -> usize {
        self.modes * (self.modes + 1) / 2
    }

    /// `W_ij = <X_ij (v X v)>`, entries (i <= j).
    fn response(&self, v: &[f64]) -> Vec<f64> {
        let weights = square(v);
        let row = |row: &[f64]| row.iter().zip(&weights).map(|(c, w)| c * w).sum();
        self.covariance.chunks_exact(self.pairs()).map(row).collect()
    }

    /// The largest of the [`optima`](Self::optima): `I_max`.
    ///
    /// # Errors
    /// As they.
    pub fn optimum(&self, fields: &dyn Fields, starts: usize) -> Result<Optimum, DropletError> {
        Ok(self.optima(fields, starts)?.swap_remove(0))
    }

    /// Fixed points of `v <- K(v, v, v, .)/norm` from `starts` random directions (random field 1), those of the largest variance first. Where the covariance has symmetries, as those of
    /// translations, every start finds another of equally good vectors.
    ///
    /// Each step raises the variance (a multiple of v is added where it would not).
    ///
    /// # Errors
    /// No start; an iteration that does not converge.
    pub fn optima(&self, fields: &dyn Fields, starts: usize) -> Result<Vec<Optimum>, DropletError> {
        require("number of starts", starts as f64, starts > 0, "at least 1")?;
        let start = |k: usize| {
            let mut v = vec![0.0; self.modes];
            fields.normal(STARTS, (k * self.modes) as u64, &mut v);
            self.climb(&v)
        };
        let mut optima = (0..starts).map(start).collect::<Result<Vec<_>, _>>()?;
        optima.sort_by(|a, b| b.variance.total_cmp(&a.variance));
        Ok(optima)
    }

    fn climb(&self, start: &[f64]) -> Result<Optimum, DropletError> {
        let image = |v: &[f64]| {
            let w = self.matrix(&self.response(v));
            let image: Vec<f64> =
                w.chunks_exact(self.modes).map(|row| row.iter().zip(v).map(|(w, v)| w * v).sum()).collect();
            let variance: f64 = image.iter().zip(v).map(|(w, v)| w * v).sum();
            (image, variance)
        };
        let mut v = normalised(start);
        let (mut of_v, mut variance) = image(&v);
        let (mut shift, mut residual) = (0.0, f64::INFINITY);
        for _ in 0..STEPS {
            residual =
                of_v.iter().zip(&v).map(|(w, v)| (w - variance * v).powi(2)).sum::<f64>().sqrt() / variance;
            if residual < GOAL {
                return Ok(Optimum { variance, vector: v, residual });
            }
            let next: Vec<f64> =
                normalised(&of_v.iter().zip(&v).map(|(w, v)| w + shift * v).collect::<Vec<_>>());
            let (of_next, higher) = image(&next);
            if higher < variance * (1.0 - 1e-13) {
                shift = 2.0 * shift + variance;
                continue;
            }
            (v, of_v, variance) = (next, of_next, higher);
        }
        Err(DropletError::NotConverged { what: "optimal fluctuation", residual, steps: STEPS, goal: GOAL })
    }
}

/// Eigenvalues, ascending, of a symmetric matrix over modes, such as a surrogate or a projected `F_1`.
///
/// # Errors
/// A matrix that is not square, or holds other than finite numbers, or numbers so large that its eigenvalues are not.
pub fn mode_eigenvalues(matrix: &[f64], modes: usize) -> Result<Vec<f64>, DropletError> {
    require(
        "entries of the matrix",
        matrix.len() as f64,
        matrix.len() == modes * modes,
        "the square of the modes",
    )?;
    let odd = matrix.iter().find(|x| !x.is_finite()).copied();
    require("entry of the matrix", odd.unwrap_or(0.0), odd.is_none(), "finite")?;
    let found = eigen::symmetric_values(matrix, modes).map_err(|_| DropletError::Eigenvalues)?;
    if found.iter().all(|x| x.is_finite()) { Ok(found) } else { Err(DropletError::Eigenvalues) }
}

/// The lowest eigenvalue of a symmetric matrix over modes, or sites, and its normalised vector.
///
/// # Errors
/// A matrix that is not square, or holds other than finite numbers, or numbers so large that its eigenvalues are not.
pub fn lowest_mode(matrix: &[f64], modes: usize) -> Result<(f64, Vec<f64>), DropletError> {
    let square = modes > 0 && matrix.len() == modes * modes;
    require("entries of the matrix", matrix.len() as f64, square, "the square of the modes")?;
    let odd = matrix.iter().find(|x| !x.is_finite()).copied();
    require("entry of the matrix", odd.unwrap_or(0.0), odd.is_none(), "finite")?;
    let found = eigen::symmetric(matrix, modes).map_err(|_| DropletError::Eigenvalues)?;
    let (value, vector) = (found.values[0], &found.vectors[..modes]);
    let numbers = value.is_finite() && vector.iter().all(|x| x.is_finite());
    if numbers { Ok((value, vector.to_vec())) } else { Err(DropletError::Eigenvalues) }
}

/// All (i, j) with i <= j < m.
fn pairs(m: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..m).flat_map(move |j| (0..=j).map(move |i| (i, j)))
}

/// The weights of the entries (i <= j) in `v X v`.
fn square(v: &[f64]) -> Vec<f64> {
    pairs(v.len()).map(|(i, j)| if i == j { v[i] * v[i] } else { 2.0 * v[i] * v[j] }).collect()
}

fn normalised(v: &[f64]) -> Vec<f64> {
    let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    v.iter().map(|x| x / norm).collect()
}
