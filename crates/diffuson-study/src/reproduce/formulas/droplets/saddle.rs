//! Section IV A: the optimal fluctuation, in Gaussian matrices with the covariance of rings of diffusons.

use super::{Arguments, Once, Refused, once, shape};
use crate::strip::Deviations;
use diffuson::diffusons::{RingCovariance, RingSum};
use diffuson::droplets::{
    Optimum, Profile, Resolution, Surrogate, Tail, Tilted, TimeReversal, lowest_mode, mode_eigenvalues,
};
use diffuson_ensemble::random::Realisation;
use std::sync::OnceLock;

/// Three functions of the sites of a torus that no symmetry turns into each other, so that there is one optimal fluctuation: bands of one, two and three columns.
const SIZE: usize = 6;
const BANDS: usize = 3;
/// `g = 4 pi nu D` of some six.
const DIFFUSION: f64 = 0.4;
const DENSITY: f64 = 1.2;
const TEMPERATURE: f64 = 0.05;

/// Draws: plain, of which few lie deep, and tilted.
const PLAIN: u64 = 400_000;
const TILTED: u64 = 60_000;

struct Ensemble {
    covariance: RingCovariance,
    surrogate: Surrogate,
    optimum: Optimum,
}

fn ensemble() -> Result<&'static Ensemble, Refused> {
    static ENSEMBLE: Once<Ensemble> = OnceLock::new();
    once(&ENSEMBLE, || {
        let band = |k: usize| -> Vec<f64> {
            let columns = [0..1, 1..3, 3..6][k].clone();
            let height = 1.0 / ((columns.len() * SIZE) as f64).sqrt();
            (0..SIZE * SIZE).map(|s| if columns.contains(&(s % SIZE)) { height } else { 0.0 }).collect()
        };
        let rings = RingSum::new(SIZE, DIFFUSION, DENSITY, TimeReversal::Broken)?;
        let functions: Vec<Vec<f64>> = (0..BANDS).map(band).collect();
        let covariance = rings.covariance(&functions, TEMPERATURE)?;
        let surrogate = Surrogate::new(BANDS, |i, j, k, l| covariance.at(i, j, k, l))?;
        let optimum = surrogate.optimum(&numbers(), 8)?;
        Ok(Ensemble { covariance, surrogate, optimum })
    })
}

fn numbers() -> Deviations {
    Deviations(Realisation::new(2000, 0))
}

impl Ensemble {
    /// `-E/I Int K_FF psi psi` (Eq. 32) for E = 1.
    fn optimal_fluctuation(&self) -> Vec<f64> {
        let Optimum { vector: v, variance, .. } = &self.optimum;
        let pairs = || (0..BANDS).flat_map(|k| (0..BANDS).map(move |l| (k, l)));
        let entry = |i, j| pairs().map(|(k, l)| self.covariance.at(i, j, k, l) * v[k] * v[l]).sum::<f64>();
        pairs().map(|(i, j)| -entry(i, j) / variance).collect()
    }

    /// The plain draws whose lowest eigenvalue lies below -E: their mean matrix and the mean square of the overlap of their lowest vector with psi.
    fn beyond(&self, depth: f64) -> Result<(Vec<f64>, f64), Refused> {
        let (mut mean, mut overlap, mut count) = (vec![0.0; BANDS * BANDS], 0.0, 0.0);
        for n in 0..PLAIN {
            let matrix = self.surrogate.sample(&numbers(), n);
            // no eigenvalue lies below minus the norm
            if matrix.iter().map(|x| x * x).sum::<f64>() < depth * depth {
                continue;
            }
            let (lowest, vector) = lowest_mode(&matrix, BANDS)?;
            if lowest < -depth {
                count += 1.0;
                mean.iter_mut().zip(&matrix).for_each(|(mean, x)| *mean += x);
                overlap += dot(&vector, &self.optimum.vector).powi(2);
            }
        }
        if count < 100.0 {
            return Err("too few draws so deep".into());
        }
        mean.iter_mut().for_each(|mean| *mean /= count);
        Ok((mean, overlap / count))
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    // E of an exponent E^2/2I
    let depth = |exponent: f64| -> Result<f64, Refused> {
        Ok((2.0 * exponent * ensemble()?.optimum.variance).sqrt())
    };
    Ok(Some(match name {
        "lowest eigenvalue of the optimal fluctuation over E" => {
            mode_eigenvalues(&ensemble()?.optimal_fluctuation(), BANDS)?[0] / -1.0
        }
        "overlap of mean and optimal fluctuation" => {
            let ensemble = ensemble()?;
            let (mean, _) = ensemble.beyond(depth(at.get("exponent")?)?)?;
            let optimal = ensemble.optimal_fluctuation();
            dot(&mean, &optimal) / (dot(&mean, &mean) * dot(&optimal, &optimal)).sqrt()
        }
        "mean square overlap of the lowest eigenfunction with psi" => {
            ensemble()?.beyond(depth(at.get("exponent")?)?)?.1
        }
        "slope of -ln P times 2I" => {
            let Ensemble { surrogate, optimum, .. } = ensemble()?;
            let tilted = Tilted::new(surrogate, std::slice::from_ref(optimum), &[6.0, 12.0, 24.0])?;
            let draws = (0..TILTED).map(|n| tilted.draw(&numbers(), n)).collect::<Result<Vec<_>, _>>()?;
            let [near, far] = [depth(at.get("from")?)?, depth(at.get("to")?)?];
            Tail::new(draws)?.slope(near, far)?.value * 2.0 * optimum.variance
        }
        // Q_4 of psi + step eta, normalised; eta a narrower Gaussian
        "order of the loss of I_FF in the distance from psi" => {
            let psi = shape(at.get("optimal")?)?.profile.resolved(Resolution::COARSE)?;
            let (unit, whole) = (psi.at(0.0), psi.rings()?.four.value);
            let loss = |step: f64| -> Result<f64, Refused> {
                let near = |r: f64| psi.at(r) + step * unit * (-4.0 * r * r).exp();
                let near = Profile::new(psi.resolution(), near)?;
                Ok((near.rings()?.four.value / whole - 1.0).abs())
            };
            super::super::exponent_between(0.05, 0.1, loss)?
        }
        _ => return Ok(None),
    }))
}
