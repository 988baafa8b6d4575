//! Two distributions of lowest eigenvalues side by side: of samples, and of Gaussian surrogates with the covariance of rings of diffusons.

use diffuson::diffusons::RingCovariance;
use diffuson::disorder::Fields;
use diffuson::droplets::{DropletError, FourierModes, Optimum, Surrogate, Tail, TailEstimate, Tilted};
use diffuson_ensemble::statistics::Estimate;

/// Probabilities at which depths are compared.
pub(super) const QUANTILES: [f64; 3] = [0.5, 0.1, 0.01];

/// Random starts from which the optimum is sought.
const STARTS: usize = 16;

/// Exponents x of the fluctuations, of probability e^-x, that surrogates are tilted towards.
const TILTS: [f64; 4] = [2.5, 6.0, 12.0, 24.0];

/// Between these exponents of the optimum, `E^2/2I`, the slope of surrogates is taken far in the tail.
const FAR: [f64; 2] = [10.0, 20.0];

/// Surrogates of one covariance.
pub(super) struct Reference {
    pub(super) optimum: Optimum,
    pub(super) tail: Tail,
}

impl Reference {
    /// So many draws for these modes, the first ones of a covariance.
    pub(super) fn new(
        covariance: &RingCovariance,
        modes: &FourierModes,
        draws: usize,
        numbers: &dyn Fields,
    ) -> Result<Self, DropletError> {
        let surrogate = Surrogate::new(modes.count(), |i, j, k, l| covariance.at(i, j, k, l))?;
        let optimum = surrogate.optimum(numbers, STARTS)?;
        // droplets half a site apart are close enough to each other at the exponents here
        let family = optimum.everywhere(modes, 2 * modes.size())?;
        let tilted = Tilted::new(&surrogate, &family, &TILTS)?;
        let draws = (0..draws as u64).map(|n| tilted.draw(numbers, n)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { optimum, tail: Tail::new(draws)? })
    }

    /// The slope of `-ln P` against E^2 far in the tail, where nothing but the exponential law should be left, over `1/2I`.
    pub(super) fn far_slope(&self) -> Estimate {
        let variance = self.optimum.variance;
        let [from, to] = FAR.map(|x| (2.0 * variance * x).sqrt());
        times(slope(&self.tail, from, to), 2.0 * variance)
    }
}

/// `(E_near, E_far)`: where the share of surrogates beyond is that of the tail, and a tenth of it.
pub(super) fn range(tail: &Tail, share: f64) -> Option<[f64; 2]> {
    let near = tail.depth(share)?;
    let far = tail.depth(0.1 * share)?;
    (near > 0.0).then_some([near, far])
}

/// Slope between two depths; none where too few samples are beyond.
pub(super) fn slope(tail: &Tail, near: f64, far: f64) -> Estimate {
    tail.slope(near, far).map_or(crate::results::NO_ESTIMATE, estimate)
}

/// The depth that a share of samples exceeds; the error is half of what it moves when the share is one standard error of it higher and lower.
pub(super) fn depth(tail: &Tail, share: f64) -> Estimate {
    let Some(value) = tail.depth(share) else { return crate::results::NO_ESTIMATE };
    let error = tail.probability(value).error;
    let at = |p: f64| if p > 0.0 { tail.depth(p) } else { None };
    let ends = at(share + error).zip(at(share - error));
    let standard_error = ends.map_or(f64::NAN, |(near, far)| 0.5 * (far - near));
    Estimate { value, standard_error, samples: 0 }
}

/// With an estimate's error.
pub(super) fn estimate(of: TailEstimate) -> Estimate {
    Estimate { value: of.value, standard_error: of.error, samples: 0 }
}

/// An estimate in other units.
pub(super) fn times(of: Estimate, factor: f64) -> Estimate {
    Estimate {
        value: factor * of.value,
        standard_error: factor.abs() * of.standard_error,
        samples: of.samples,
    }
}

/// The quotient of two independent estimates.
pub(super) fn quotient(of: Estimate, by: Estimate) -> Estimate {
    let value = of.value / by.value;
    let relative = (of.standard_error / of.value).hypot(by.standard_error / by.value);
    Estimate { value, standard_error: value.abs() * relative, samples: of.samples }
}

/// Groups of samples that are left out one after the other.
const GROUPS: usize = 20;

/// What follows from the samples that are kept, with the error of a jackknife over groups: sample k is in group `k mod 20`.
pub(super) fn grouped(samples: usize, of: impl Fn(&dyn Fn(usize) -> bool) -> Vec<f64>) -> Vec<Estimate> {
    let all = of(&|_| true);
    let without: Vec<Vec<f64>> = (0..GROUPS).map(|group| of(&|k| k % GROUPS != group)).collect();
    let groups = GROUPS as f64;
    let estimate = |(q, value): (usize, &f64)| {
        let mean = without.iter().map(|row| row[q]).sum::<f64>() / groups;
        let squares: f64 = without.iter().map(|row| (row[q] - mean).powi(2)).sum();
        Estimate { value: *value, standard_error: ((groups - 1.0) / groups * squares).sqrt(), samples }
    };
    all.iter().enumerate().map(estimate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_give_the_error_of_a_mean() {
        let mean = |keep: &dyn Fn(usize) -> bool| {
            let kept: Vec<f64> = (0..200).filter(|&k| keep(k)).map(|k| (k % 20) as f64).collect();
            vec![kept.iter().sum::<f64>() / kept.len() as f64]
        };
        let found = grouped(200, mean)[0];
        // twenty groups, each of one of the values 0, ..., 19: their standard deviation is sqrt(35)
        assert!((found.value - 9.5).abs() < 1e-12);
        assert!((found.standard_error - (35.0f64 / 20.0).sqrt()).abs() < 1e-12);
    }
}
