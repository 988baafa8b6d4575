//! Mean and variance of one number, sample by sample.

use super::Estimate;

/// Count, mean and variance of one number, fed in a stream and mergeable.
///
/// Welford's update and the merge of Chan, Golub and LeVeque: no cancellation, whatever the offset of the data.
/// Merging gives the moments of both parts together up to rounding; for equal bits, merge equal parts in equal order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    count: usize,
    mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
}

impl Moments {
    /// Adds one sample.
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let deviation = value - self.mean;
        self.mean += deviation / self.count as f64;
        self.squares += deviation * (value - self.mean);
    }

    /// Adds all samples of another part.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let total = (self.count + other.count) as f64;
        let shift = other.mean - self.mean;
        self.squares += other.squares + shift * shift * (self.count as f64 * other.count as f64 / total);
        self.mean += shift * (other.count as f64 / total);
        self.count += other.count;
    }

    /// The number of samples.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The mean; NaN without samples.
    pub fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// The variance of one sample, unbiased (divided by n - 1); NaN below two samples.
    pub fn variance(&self) -> f64 {
        if self.count < 2 { f64::NAN } else { self.squares / (self.count - 1) as f64 }
    }

    /// The standard error of the mean, `sqrt(variance / n)`; NaN below two samples.
    pub fn standard_error(&self) -> f64 {
        (self.variance() / self.count as f64).sqrt()
    }

    /// The mean with its standard error.
    pub fn estimate(&self) -> Estimate {
        Estimate { value: self.mean(), standard_error: self.standard_error(), samples: self.count }
    }
}

impl Extend<f64> for Moments {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        moments.extend(values);
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_sequence() {
        // 2 4 4 4 5 5 7 9: mean 5, squared deviations 32; an offset of 1e9 costs no digits.
        let moments: Moments = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].iter().map(|x| x + 1e9).collect();
        assert_eq!(moments.count(), 8);
        assert_eq!(moments.mean(), 1e9 + 5.0);
        assert!((moments.variance() - 32.0 / 7.0).abs() < 1e-6);
        assert!((moments.standard_error() - (32.0 / 56.0f64).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn too_few_samples_are_unknown() {
        let mut moments = Moments::default();
        assert!(moments.mean().is_nan() && moments.variance().is_nan() && moments.standard_error().is_nan());
        moments.push(3.0);
        assert_eq!(moments.mean(), 3.0);
        assert!(moments.variance().is_nan() && moments.estimate().standard_error.is_nan());
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_whole(values in prop::collection::vec(-1e3..1e3f64, 2..60), cut in 0usize..60, offset in -1e6..1e6f64) {
            let values: Vec<f64> = values.iter().map(|value| value + offset).collect();
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut merged: Moments = left.iter().copied().collect();
            merged.merge(&right.iter().copied().collect());

            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
            prop_assert_eq!(merged.count(), values.len());
            prop_assert!((merged.mean() - mean).abs() < 1e-9);
            prop_assert!((merged.variance() - variance).abs() < 1e-6 + 1e-9 * variance);
        }
    }
}
