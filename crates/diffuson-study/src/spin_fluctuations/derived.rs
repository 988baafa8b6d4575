//! What follows from the samples of one point of the lattice experiment.

use super::experiment::{Experiment, Point, SURROGATES};
use super::model::Model;
use super::question::{column, mean, rows, settings};
use super::tail::{self, QUANTILES, Reference, depth, estimate, range, slope, times};
use super::theory::Theory;
use crate::results::NO_ESTIMATE;
use crate::strip::Deviations;
use diffuson::droplets::{Draw, DropletError, FourierModes, Relaxation, Tail, mode_eigenvalues};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{Reader, StoreError};
use std::f64::consts::PI;

/// Depths at which distributions are stored.
pub(super) const DEPTHS: usize = 40;

/// Variances, distributions, and what the metal is.
pub(super) struct Derived {
    pub(super) metal: Metal,
    pub(super) subspaces: Vec<Subspace>,
    pub(super) profiles: Vec<ProfileVariance>,
    /// Lowest eigenvalue of F_1 between sites, and the sites it is on.
    pub(super) bare: [Estimate; 2],
    pub(super) bare_slope: Estimate,
    pub(super) samples: usize,
}

/// What is known of the metal at a point.
#[derive(Clone, Copy)]
pub(super) struct Metal {
    /// As measured.
    pub(super) diffusion: Estimate,
    pub(super) density: Estimate,
    pub(super) conductance: f64,
    pub(super) theory: Theory,
}

/// The variance of F_1 on a Gaussian profile.
pub(super) struct ProfileVariance {
    pub(super) measured: Estimate,
    /// In theory, and by rings of pure diffusion.
    pub(super) predicted: f64,
    pub(super) diffusive: f64,
}

/// One subspace at one point.
pub(super) struct Subspace {
    pub(super) ratio: Estimate,
    /// Largest variance of a profile in it.
    pub(super) optimum: f64,
    pub(super) depths: [Estimate; QUANTILES.len()],
    pub(super) surrogate_depths: [Estimate; QUANTILES.len()],
    /// Slopes of tails times 2I, over the same range; of surrogates far in the tail.
    pub(super) slope: Estimate,
    pub(super) surrogate_slope: Estimate,
    pub(super) far_slope: Estimate,
    /// Depth, share of samples, share of surrogates.
    pub(super) survival: Vec<(f64, Estimate, f64)>,
}

/// Samples of one point.
pub(super) struct Samples {
    /// Symmetric matrices over modes.
    pub(super) modes: Vec<Vec<f64>>,
    profile: Vec<Vec<f64>>,
    square: Vec<Vec<f64>>,
    relaxation: Vec<Vec<f64>>,
    bare: Vec<Vec<f64>>,
    density: Vec<f64>,
}

impl Samples {
    pub(super) fn read(record: &Reader, point: usize, limit: usize) -> Result<Self, StoreError> {
        let of = |name: &str| rows(record, name, point, limit);
        Ok(Self {
            modes: of("sample_modes")?,
            profile: of("sample_profile")?,
            square: of("sample_profile_square")?,
            relaxation: of("sample_relaxation")?,
            bare: of("sample_bare")?,
            density: column(record, "sample_density", point, limit)?,
        })
    }
}

impl Derived {
    pub(super) fn new(of: &Experiment<'_>, point: usize, samples: &Samples) -> Result<Self, DropletError> {
        let Point { modes, profiles, temperature, .. } = &of.points[point];
        let metal = Metal::new(&of.points[point], samples)?;
        let density = metal.theory.density();
        let covariance = metal.theory.covariance(modes, *temperature)?;
        let fluctuations = fluctuations(&samples.modes, density);
        let numbers = Deviations(Realisation::new(settings(of.study, point).ensemble.seed, SURROGATES));
        let subspace = |&count: &usize| -> Result<Subspace, DropletError> {
            let kept = |matrix: &Vec<f64>| leading(matrix, modes.count(), count);
            let matrices: Vec<Vec<f64>> = fluctuations.iter().map(kept).collect();
            let predicted: f64 = (0..count)
                .flat_map(|i| (0..count).map(move |j| (i, j)))
                .map(|(i, j)| covariance.at(i, j, i, j))
                .sum();
            let within = FourierModes::new(modes.size(), count)?;
            let reference = Reference::new(&covariance, &within, of.projections.surrogates, &numbers)?;
            Subspace::new(&matrices, count, predicted, &reference, of.projections.tail)
        };
        let subspaces =
            of.projections.modes.iter().map(subspace).collect::<Result<Vec<_>, DropletError>>()?;
        let on_profile = |(k, profile): (usize, &Vec<f64>)| -> Result<ProfileVariance, DropletError> {
            Ok(ProfileVariance {
                measured: samples.variance(k, density),
                predicted: metal.theory.variance(profile, *temperature)?,
                diffusive: metal.theory.diffusive_variance(profile, *temperature)?,
            })
        };
        let profiles = profiles.iter().enumerate().map(on_profile).collect::<Result<_, _>>()?;
        let bare: Vec<Draw> =
            samples.bare.iter().map(|row| Draw { lowest: row[0] / density, weight: 1.0 }).collect();
        let bare_slope = Tail::new(bare).map_or(NO_ESTIMATE, |tail| {
            let found = range(&tail, of.projections.tail).map(|[near, far]| slope(&tail, near, far));
            times(found.unwrap_or(NO_ESTIMATE), 2.0 * subspaces[of.chosen()].optimum)
        });
        let of_bare =
            |k: usize, unit: f64| mean(&samples.bare.iter().map(|row| row[k] / unit).collect::<Vec<f64>>());
        Ok(Self {
            metal,
            subspaces,
            profiles,
            bare: [of_bare(0, density), of_bare(1, 1.0)],
            bare_slope,
            samples: samples.modes.len(),
        })
    }
}

impl Metal {
    /// From the model, and from the relaxation of its samples.
    fn new(of: &Point, samples: &Samples) -> Result<Self, DropletError> {
        let frequency = PI * of.temperature;
        let sums = samples.relaxation.iter();
        let sums = sums.map(|row| Relaxation::from_sums(row[0], row[1], of.modes.size(), frequency));
        let all = sums.collect::<Result<Vec<_>, _>>()?;
        let constants = |keep: &dyn Fn(usize) -> bool| -> Vec<f64> {
            let kept: Vec<Relaxation> =
                all.iter().enumerate().filter(|(k, _)| keep(*k)).map(|(_, one)| one.clone()).collect();
            Relaxation::mean(&kept).map_or(vec![f64::NAN; 2], |mean| vec![mean.diffusion(), mean.density()])
        };
        let diffusion = tail::grouped(all.len(), constants)[0];
        let density = mean(&samples.density);
        let conductance = match of.model {
            Model::Orbitals(model) => model.conductance(),
            Model::Anderson(_) => 4.0 * PI * diffusion.value * density.value,
        };
        let theory = Theory::new(&of.model, || (diffusion.value, density.value))?;
        Ok(Self { diffusion, density, conductance, theory })
    }
}

impl Samples {
    /// The variance of F_1 on a profile, over samples and places.
    fn variance(&self, profile: usize, density: f64) -> Estimate {
        let n = self.profile.len() as f64;
        let average = self.profile.iter().map(|row| row[profile]).sum::<f64>() / n;
        let spread = |(one, square): (&Vec<f64>, &Vec<f64>)| {
            (square[profile] - 2.0 * average * one[profile] + average * average) / density.powi(2)
        };
        let spread: Vec<f64> = self.profile.iter().zip(&self.square).map(spread).collect();
        times(mean(&spread), n / (n - 1.0))
    }
}

impl Subspace {
    fn new(
        matrices: &[Vec<f64>],
        count: usize,
        predicted: f64,
        reference: &Reference,
        share: f64,
    ) -> Result<Self, DropletError> {
        let squares: Vec<f64> = matrices.iter().map(|m| m.iter().map(|x| x * x).sum()).collect();
        let n = squares.len() as f64;
        let ratio = times(mean(&squares), n / ((n - 1.0) * predicted));
        let draw = |matrix: &Vec<f64>| Ok(Draw { lowest: mode_eigenvalues(matrix, count)?[0], weight: 1.0 });
        let draws = matrices.iter().map(draw).collect::<Result<Vec<_>, DropletError>>()?;
        let deepest = draws.iter().map(|d| -d.lowest).fold(0.0, f64::max);
        let tail = Tail::new(draws)?;
        let unit = 2.0 * reference.optimum.variance;
        let both = range(&reference.tail, share).map_or([NO_ESTIMATE; 2], |[near, far]| {
            [&tail, &reference.tail].map(|tail| times(slope(tail, near, far), unit))
        });
        let survival = (0..DEPTHS)
            .map(|k| 1.05 * deepest * k as f64 / (DEPTHS - 1) as f64)
            .map(|at| (at, estimate(tail.probability(at)), reference.tail.probability(at).value))
            .collect();
        Ok(Self {
            ratio,
            optimum: reference.optimum.variance,
            depths: QUANTILES.map(|p| depth(&tail, p)),
            surrogate_depths: QUANTILES.map(|p| depth(&reference.tail, p)),
            slope: both[0],
            surrogate_slope: both[1],
            far_slope: reference.far_slope(),
            survival,
        })
    }
}

/// `F_1` between modes: susceptibilities less their mean over samples, over -nu_1; matrices of entries (i <= j) in, the same out.
pub(super) fn fluctuations(samples: &[Vec<f64>], density: f64) -> Vec<Vec<f64>> {
    let n = samples.len() as f64;
    let width = samples.first().map_or(0, Vec::len);
    let mean: Vec<f64> = (0..width).map(|k| samples.iter().map(|row| row[k]).sum::<f64>() / n).collect();
    let less = |row: &Vec<f64>| row.iter().zip(&mean).map(|(chi, mean)| (mean - chi) / density).collect();
    samples.iter().map(less).collect()
}

/// The square matrix over the first `count` of `most` modes, from entries (i <= j).
pub(super) fn leading(entries: &[f64], most: usize, count: usize) -> Vec<f64> {
    let place = |i: usize, j: usize| i * most - i * (i + 1) / 2 + j;
    (0..count * count)
        .map(|k| place((k / count).min(k % count), (k / count).max(k % count)))
        .map(|k| entries[k])
        .collect()
}
