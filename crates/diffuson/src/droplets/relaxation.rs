//! Diffusion constant and density of states of a lattice model, from the relaxation of its longest waves of density.
//!
//! ```text
//! K_q = (1/s) sum_xy <|G_xy(i eta)|^2> cos q(x - y) = 2 pi nu_1 / (2 eta + D q^2)
//! ```
//!
//! is the ladder between Green functions of frequency `omega = 2 i eta` apart: exact at q = 0 in every sample, where it gives nu_1, and at the longest wave the definition of D at that
//! frequency, weak localisation included. No tail of a distribution is fitted.

use super::states::validate;
use super::{DropletError, require};
use crate::audit::{Audit, laws};
use diffuson_linalg::{C64, Inverter, Matrix};
use std::f64::consts::{PI, TAU};

/// `K_0` and `K_q` of one sample, or their means over samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Relaxation {
    /// `K_0`: `(1/s) sum_xy |G_xy|^2`, in 1/energy^2 per site.
    pub uniform: f64,
    /// `K_q` of the longest waves, mean of both directions.
    pub wave: f64,
    frequency: f64,
    /// `2 (1 - cos q)`.
    square: f64,
    /// Conservation of electrons.
    pub audit: Audit,
}

impl Relaxation {
    /// From one Green function of a sample at the imaginary energy `i eta`; eta (`frequency`) should be some level spacings or more.
    ///
    /// # Errors
    /// A Hamiltonian that is not Hermitian or has not `orbitals` states on each of `size` x `size` sites, fewer than 3 sites along a side, a frequency that is not positive.
    pub fn new(
        hamiltonian: &Matrix,
        orbitals: usize,
        size: usize,
        frequency: f64,
    ) -> Result<Self, DropletError> {
        require("frequency", frequency, frequency > 0.0 && frequency.is_finite(), "positive")?;
        let sites = validate(hamiltonian, orbitals, frequency)?;
        require(
            "sites along a side",
            size as f64,
            size >= 3 && size * size == sites,
            "at least 3, the root of the sites",
        )?;
        let n = hamiltonian.rows();
        let shifted = Matrix::from_fn(n, n, |i, j| {
            C64::new(0.0, if i == j { frequency } else { 0.0 }) - hamiltonian[(i, j)]
        });
        let mut green = Matrix::zeros(n, n);
        Inverter::new(n).invert(&shifted, &mut green).map_err(|singular| DropletError::NotConverged {
            what: "Green function",
            residual: singular.smallest_pivot,
            steps: 0,
            goal: f64::EPSILON * singular.largest_pivot,
        })?;
        let step = TAU / size as f64;
        let cosines: Vec<f64> = (0..size).map(|x| (step * x as f64).cos()).collect();
        let (mut uniform, mut wave) = (0.0, 0.0);
        for (j, i) in (0..n).flat_map(|j| (0..n).map(move |i| (j, i))) {
            let weight = green[(i, j)].norm_sqr();
            let (x, y) = (i / orbitals, j / orbitals);
            let along = cosines[(x % size).abs_diff(y % size)] + cosines[(x / size).abs_diff(y / size)];
            uniform += weight;
            wave += 0.5 * weight * along;
        }
        let trace: f64 = (0..n).map(|i| -green[(i, i)].im).sum();
        let mut audit = Audit::default();
        audit.record(laws::WARD_IDENTITY, (frequency * uniform / trace - 1.0).abs(), ROUNDING);
        let per_site = 1.0 / sites as f64;
        Ok(Self {
            uniform: uniform * per_site,
            wave: wave * per_site,
            frequency,
            square: 2.0 * (1.0 - step.cos()),
            audit,
        })
    }

    /// From `K_0` and `K_q` that were stored; nothing of them is audited again.
    ///
    /// # Errors
    /// Numbers or a frequency that are not positive and finite, fewer than 3 sites along a side.
    pub fn from_sums(uniform: f64, wave: f64, size: usize, frequency: f64) -> Result<Self, DropletError> {
        for (name, value) in [("K_0", uniform), ("K_q", wave), ("frequency", frequency)] {
            require(name, value, value > 0.0 && value.is_finite(), "positive")?;
        }
        require("sites along a side", size as f64, size >= 3, "at least 3")?;
        let square = 2.0 * (1.0 - (TAU / size as f64).cos());
        Ok(Self { uniform, wave, frequency, square, audit: Audit::default() })
    }

    /// Means over samples of one model.
    ///
    /// # Errors
    /// No sample; samples of different frequencies or sizes.
    pub fn mean(samples: &[Self]) -> Result<Self, DropletError> {
        let first = samples.first();
        require("number of samples", samples.len() as f64, first.is_some(), "at least 1")?;
        let alike =
            |one: &Self| first.is_some_and(|f| (f.frequency, f.square) == (one.frequency, one.square));
        let different = samples.iter().filter(|one| !alike(one)).count();
        require("samples of another frequency or size", different as f64, different == 0, "none")?;
        let count = samples.len() as f64;
        let mut audit = Audit::default();
        samples.iter().for_each(|one| audit.merge(&one.audit));
        Ok(Self {
            uniform: samples.iter().map(|one| one.uniform).sum::<f64>() / count,
            wave: samples.iter().map(|one| one.wave).sum::<f64>() / count,
            frequency: samples[0].frequency,
            square: samples[0].square,
            audit,
        })
    }

    /// `D = (2 eta/q^2)(K_0/K_q - 1)`, `q^2 = 2 (1 - cos(2 pi/size))`, in sites squared times energy.
    pub fn diffusion(&self) -> f64 {
        2.0 * self.frequency / self.square * (self.uniform / self.wave - 1.0)
    }

    /// `nu_1 = eta K_0/pi`: states of one spin per site and energy, averaged over a Lorentzian of half width eta around the Fermi energy.
    pub fn density(&self) -> f64 {
        self.frequency * self.uniform / PI
    }

    /// `g = 4 pi nu_1 D`, `2 pi hbar` over `e^2` times the resistance of a square.
    pub fn conductance(&self) -> f64 {
        4.0 * PI * self.density() * self.diffusion()
    }
}

/// What rounding may leave of the Ward identity.
const ROUNDING: f64 = 1e-9;
