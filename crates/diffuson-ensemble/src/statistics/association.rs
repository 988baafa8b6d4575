//! How two numbers of each sample belong together.

use super::{Estimate, Moments};

/// Count, means, variances and covariance of two numbers, fed in a stream and mergeable.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JointMoments {
    x: Moments,
    y: Moments,
    /// Sum of products of deviations from the means.
    products: f64,
}

impl JointMoments {
    /// Adds one sample.
    pub fn push(&mut self, [x, y]: [f64; 2]) {
        let deviation = if self.x.count() == 0 { 0.0 } else { x - self.x.mean() };
        self.x.push(x);
        self.y.push(y);
        self.products += deviation * (y - self.y.mean());
    }

    /// Adds all samples of another part.
    pub fn merge(&mut self, other: &Self) {
        let (n, m) = (self.x.count() as f64, other.x.count() as f64);
        if n > 0.0 && m > 0.0 {
            let shift = (other.x.mean() - self.x.mean()) * (other.y.mean() - self.y.mean());
            self.products += shift * n * m / (n + m);
        }
        self.products += other.products;
        self.x.merge(&other.x);
        self.y.merge(&other.y);
    }

    /// Moments of the first number.
    pub fn x(&self) -> &Moments {
        &self.x
    }

    /// Moments of the second.
    pub fn y(&self) -> &Moments {
        &self.y
    }

    /// Covariance, unbiased; NaN below two samples.
    pub fn covariance(&self) -> f64 {
        if self.x.count() < 2 { f64::NAN } else { self.products / (self.x.count() - 1) as f64 }
    }

    /// Correlation coefficient of Pearson; NaN where one of the two does not vary.
    pub fn correlation(&self) -> f64 {
        self.covariance() / (self.x.variance() * self.y.variance()).sqrt()
    }

    /// Slope of the linear regression of y on x; NaN where x does not vary.
    pub fn slope(&self) -> f64 {
        self.covariance() / self.x.variance()
    }
}

impl FromIterator<[f64; 2]> for JointMoments {
    fn from_iter<I: IntoIterator<Item = [f64; 2]>>(pairs: I) -> Self {
        let mut moments = Self::default();
        pairs.into_iter().for_each(|pair| moments.push(pair));
        moments
    }
}

/// Correlation coefficient of Pearson. The error is that of its influence function, `z_x z_y - r (z_x^2 + z_y^2)/2` with normalised deviations z: right for any
/// distribution with finite fourth moments, where `(1 - r^2)/sqrt(n)` is for normal ones only.
pub fn pearson(pairs: &[[f64; 2]]) -> Estimate {
    let moments: JointMoments = pairs.iter().copied().collect();
    let value = moments.correlation();
    let normalised = |x: f64, of: &Moments| (x - of.mean()) / of.variance().sqrt();
    let influence = pairs.iter().map(|&[x, y]| {
        let (x, y) = (normalised(x, &moments.x), normalised(y, &moments.y));
        x * y - 0.5 * value * (x * x + y * y)
    });
    Estimate { value, standard_error: influence.collect::<Moments>().standard_error(), samples: pairs.len() }
}

/// Rank correlation of Spearman: that of Pearson between ranks, equal numbers sharing theirs. It knows no tails: any monotonic change of scale leaves it alone.
/// The error is that of the influence function, `O(n log n)`, for distributions without ties.
pub fn spearman(pairs: &[[f64; 2]]) -> Estimate {
    let [x, y] = [0, 1].map(|which| Ranks::of(pairs.iter().map(|pair| pair[which]).collect()));
    let square = |ranks: &Ranks| ranks.centred.iter().map(|r| r * r).sum::<f64>();
    let scale = (square(&x) * square(&y)).sqrt() / pairs.len() as f64;
    let products = || x.centred.iter().zip(&y.centred).map(|(a, b)| a * b);
    let (above_x, above_y) = (x.mean_above(&y.centred), y.mean_above(&x.centred));
    // What a sample adds itself, and how it moves the ranks of all others.
    let influence = products().zip(above_x.iter().zip(&above_y)).map(|(own, (a, b))| (own + a + b) / scale);
    Estimate {
        value: products().sum::<f64>() / pairs.len() as f64 / scale,
        standard_error: influence.collect::<Moments>().standard_error(),
        samples: pairs.len(),
    }
}

/// Ranks of numbers as shares of all, less 1/2.
struct Ranks {
    centred: Vec<f64>,
    /// Samples in groups of equal numbers, ascending.
    groups: Vec<Vec<usize>>,
}

impl Ranks {
    fn of(values: Vec<f64>) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
        let groups: Vec<Vec<usize>> =
            order.chunk_by(|&i, &j| values[i] == values[j]).map(<[usize]>::to_vec).collect();
        let mut centred = vec![0.0; values.len()];
        let mut below = 0;
        for group in &groups {
            let middle = below as f64 + 0.5 * group.len() as f64;
            group.iter().for_each(|&i| centred[i] = middle / values.len() as f64 - 0.5);
            below += group.len();
        }
        Self { centred, groups }
    }

    /// For each sample, the mean of `of` over all samples with a larger number, times their share; equal ones count half.
    fn mean_above(&self, of: &[f64]) -> Vec<f64> {
        let mut means = vec![0.0; of.len()];
        let mut above = 0.0;
        for group in self.groups.iter().rev() {
            let own: f64 = group.iter().map(|&i| of[i]).sum();
            group.iter().for_each(|&i| means[i] = (above + 0.5 * own) / of.len() as f64);
            above += own;
        }
        means
    }
}

/// Share of samples in which both numbers have the same sign; zeros have none.
pub fn sign_agreement(pairs: &[[f64; 2]]) -> Estimate {
    share(pairs.iter().filter(|[x, y]| x * y > 0.0).count(), pairs.len())
}

/// Density of numbers at the middle of a range, from how many of all lie in it (both ends included).
pub fn density(values: &[f64], [low, high]: [f64; 2]) -> Estimate {
    let inside = share(values.iter().filter(|&&x| low <= x && x <= high).count(), values.len());
    let width = high - low;
    Estimate { value: inside.value / width, standard_error: inside.standard_error / width, ..inside }
}

fn share(count: usize, all: usize) -> Estimate {
    let value = count as f64 / all as f64;
    Estimate { value, standard_error: (value * (1.0 - value) / all as f64).sqrt(), samples: all }
}

/// Regression without a model: x and y of the samples whose x lies between neighbouring edges, the lower one included. One entry per interval; edges ascend.
pub fn binned(pairs: &[[f64; 2]], edges: &[f64]) -> Vec<JointMoments> {
    let mut bins = vec![JointMoments::default(); edges.len().saturating_sub(1)];
    for &pair in pairs {
        let above = edges.partition_point(|&edge| edge <= pair[0]);
        if let Some(bin) = above.checked_sub(1).and_then(|below| bins.get_mut(below)) {
            bin.push(pair);
        }
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Realisation;
    use proptest::prelude::*;

    /// Normal pairs of correlation r.
    fn normal(seed: u64, n: usize, r: f64) -> Vec<[f64; 2]> {
        let sample = Realisation::new(seed, 0);
        let pair = |k| {
            let [a, b] = [0, 1].map(|stream| sample.normal(stream, k));
            [a, r * a + (1.0 - r * r).sqrt() * b]
        };
        (0..n as u64).map(pair).collect()
    }

    #[test]
    fn known_coefficients() {
        // SciPy 1.14.1: pearsonr and spearmanr, ties included.
        let pairs = [[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0], [5.0, 5.0]];
        assert!((pearson(&pairs).value - 0.8).abs() < 1e-15);
        assert!((spearman(&pairs).value - 0.8).abs() < 1e-15);
        let bent: Vec<_> = pairs.iter().map(|&[x, y]| [x.exp(), -y.powi(3)]).collect();
        assert!((spearman(&bent).value + 0.8).abs() < 1e-15);
        let tied = [[1.0, 1.0], [1.0, 2.0], [2.0, 3.0], [3.0, 3.0]];
        // Ranks 1.5 1.5 3 4 and 1 2 3.5 3.5.
        assert!((spearman(&tied).value - 8.0 / 9.0).abs() < 1e-15);
        assert_eq!(sign_agreement(&[[1.0, 2.0], [-1.0, -2.0], [1.0, -1.0], [0.0, 1.0]]).value, 0.5);
        assert!(pearson(&[[1.0, 1.0]]).value.is_nan() && spearman(&[]).value.is_nan());
    }

    /// Errors against the scatter of 400 ensembles of 300 normal pairs: the latter is known to 4 %, five times that is allowed; of normal pairs the error of
    /// Pearson's coefficient is (1 - r^2)/sqrt(n).
    #[test]
    fn errors_are_the_scatter() {
        for r in [0.0, 0.6, -0.9] {
            for of in [pearson, spearman] {
                let (mut scatter, mut error) = (Moments::default(), Moments::default());
                for seed in 0..400 {
                    let estimate = of(&normal(seed, 300, r));
                    scatter.push(estimate.value);
                    error.push(estimate.standard_error);
                }
                let ratio = error.mean() / scatter.variance().sqrt();
                assert!((ratio - 1.0).abs() < 0.2, "{r}: {ratio}");
            }
        }
        let error = pearson(&normal(1, 100_000, 0.6)).standard_error * 100_000f64.sqrt();
        assert!((error / 0.64 - 1.0).abs() < 0.03, "{error}");
    }

    #[test]
    fn bins_hold_what_lies_between_their_edges() {
        let pairs = [[0.0, 1.0], [0.5, 3.0], [1.0, 5.0], [2.0, 7.0], [-0.1, 9.0]];
        let bins = binned(&pairs, &[0.0, 1.0, 2.0]);
        assert_eq!(bins.iter().map(|b| b.x().count()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!([bins[0].x().mean(), bins[0].y().mean(), bins[1].y().mean()], [0.25, 2.0, 5.0]);
        assert!(binned(&pairs, &[]).is_empty());
        let first = density(&[0.1, 0.2, 0.9, 3.0], [0.0, 0.5]);
        assert_eq!([first.value, first.standard_error], [1.0, 0.5]);
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_whole(pairs in prop::collection::vec(prop::array::uniform2(-1e3..1e3f64), 2..60), cut in 0usize..60) {
            let (left, right) = pairs.split_at(cut.min(pairs.len()));
            let mut merged: JointMoments = left.iter().copied().collect();
            merged.merge(&right.iter().copied().collect());
            let n = pairs.len() as f64;
            let mean = |k: usize| pairs.iter().map(|p| p[k]).sum::<f64>() / n;
            let covariance = pairs.iter().map(|p| (p[0] - mean(0)) * (p[1] - mean(1))).sum::<f64>() / (n - 1.0);
            // Rounding of 60 products of 1e6.
            prop_assert!((merged.covariance() - covariance).abs() < 1e-7);
            let r = merged.correlation();
            prop_assert!(r.is_nan() || r.abs() < 1.0 + 1e-12);
        }
    }
}
