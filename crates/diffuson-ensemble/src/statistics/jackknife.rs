//! Standard errors of anything computed from means, by leaving samples out.

use super::{Error, Estimate};

/// Derived quantities recomputed with each sample (or group of samples) left out: `theta` from all, `theta_i` without
/// the i-th, `i = 1..n`.
#[derive(Clone, Debug)]
pub struct Jackknife {
    all: Vec<f64>,
    without: Vec<Vec<f64>>,
    groups: usize,
}

/// Delete-one jackknife of a function of means over independent samples.
///
/// Each sample gives one row of sufficient statistics, numbers whose means determine what is asked (for an rms: the
/// mean square). `derive` maps the means to the derived quantities and is called `n + 1` times; the means without a
/// sample come from the mean of all, `O(n k)` operations for rows of `k` numbers. With one sample, errors are NaN.
///
/// # Errors
/// [`Error::NoSamples`], [`Error::Ragged`] rows, or [`Error::Derived`] when `derive` is inconsistent.
pub fn jackknife(
    samples: &[Vec<f64>],
    mut derive: impl FnMut(&[f64]) -> Vec<f64>,
) -> Result<Jackknife, Error> {
    let rows: Vec<_> = samples.iter().map(|row| Some(row.as_slice())).collect();
    leave_out(&[rows], &mut |means| derive(&means[0]))
}

/// Jackknife of a function of the means at several points that share their disorder, such as an exponent fitted over
/// a sweep.
///
/// `points[p][i]` is the row of sample `i` at point `p`, `None` where that sample failed. Sample `i` of every point
/// has the same disorder, so what is left out at once is group `i mod g` at all points, `g` being the least number of
/// samples (failed ones included) of any point: correlations between the points then cancel or add as they should.
/// Equal numbers of samples give the plain delete-one jackknife. With unequal ones the groups of the longer points
/// hold `n / g` samples, one more or one less, which the formula treats as equal: choose numbers that divide.
/// Each [`Estimate`] counts the `g` groups. Points may have rows of different length. A point that loses its only
/// samples with a group has no mean (NaN) there, hence an unknown error.
///
/// # Errors
/// [`Error::NoSamples`] where all samples of a point failed, [`Error::Ragged`] rows within a point, or
/// [`Error::Derived`] when `derive` is inconsistent.
pub fn joint_jackknife(
    points: &[Vec<Option<Vec<f64>>>],
    mut derive: impl FnMut(&[Vec<f64>]) -> Vec<f64>,
) -> Result<Jackknife, Error> {
    let rows: Vec<Vec<_>> = points.iter().map(|rows| rows.iter().map(Option::as_deref).collect()).collect();
    leave_out(&rows, &mut derive)
}

impl Jackknife {
    /// From quantities derived from all samples and from all but one, for what is no function of means (a median, say): `without[i]` lacks sample i.
    ///
    /// # Errors
    /// [`Error::NoSamples`] if nothing was left out, [`Error::Derived`] if the derived quantities differ in number.
    pub fn leaving_out(all: Vec<f64>, without: Vec<Vec<f64>>) -> Result<Self, Error> {
        if without.is_empty() {
            return Err(Error::NoSamples { point: 0 });
        }
        match without.iter().find(|derived| derived.len() != all.len()) {
            Some(derived) => Err(Error::Derived { expected: all.len(), found: derived.len() }),
            None => Ok(Self { all, groups: without.len(), without }),
        }
    }

    /// The quantities derived from all samples, with standard errors
    /// `sqrt((n - 1)/n sum_i (theta_i - mean theta_i)^2)`.
    ///
    /// Their bias, of relative order 1/n, is left in: it is small against the error, and taking it out adds noise.
    pub fn estimates(&self) -> Vec<Estimate> {
        self.with_errors(&self.all)
    }

    /// The same with the leading bias removed: `n theta - (n - 1) mean theta_i`. Its standard error is the same to
    /// leading order. NaN with one sample, whose bias is unknown.
    pub fn bias_corrected(&self) -> Vec<Estimate> {
        let n = self.groups as f64;
        let corrected: Vec<f64> =
            self.all.iter().zip(self.centre()).map(|(all, centre)| n * all - (n - 1.0) * centre).collect();
        self.with_errors(&corrected)
    }

    /// The covariance matrix of the derived quantities; its diagonal holds the squared standard errors.
    pub fn covariance(&self) -> Vec<Vec<f64>> {
        let centre = self.centre();
        let entry = |a: usize, b: usize| {
            let products = self.without.iter().map(|theta| (theta[a] - centre[a]) * (theta[b] - centre[b]));
            products.sum::<f64>() * self.inflation()
        };
        (0..centre.len()).map(|a| (0..centre.len()).map(|b| entry(a, b)).collect()).collect()
    }

    fn with_errors(&self, values: &[f64]) -> Vec<Estimate> {
        let estimate = |(q, (&value, centre)): (usize, (&f64, f64))| {
            let squares: f64 = self.without.iter().map(|theta| (theta[q] - centre).powi(2)).sum();
            Estimate { value, standard_error: (squares * self.inflation()).sqrt(), samples: self.groups }
        };
        values.iter().zip(self.centre()).enumerate().map(estimate).collect()
    }

    /// `(n - 1)/n`, the variance of the mean per squared deviation of the `theta_i`; unknown below two.
    fn inflation(&self) -> f64 {
        if self.groups < 2 { f64::NAN } else { (self.groups - 1) as f64 / self.groups as f64 }
    }

    /// The mean of `theta_i`; NaN when nothing could be left out.
    fn centre(&self) -> Vec<f64> {
        let mean =
            |q: usize| self.without.iter().map(|theta| theta[q]).sum::<f64>() / self.without.len() as f64;
        (0..self.all.len()).map(mean).collect()
    }
}

fn leave_out(
    points: &[Vec<Option<&[f64]>>],
    derive: &mut dyn FnMut(&[Vec<f64>]) -> Vec<f64>,
) -> Result<Jackknife, Error> {
    let groups = points.iter().map(Vec::len).min().unwrap_or(0);
    let points: Vec<Point> = points
        .iter()
        .enumerate()
        .map(|(point, rows)| Point::new(point, rows, groups))
        .collect::<Result<_, _>>()?;
    let means: Vec<Vec<f64>> = points.iter().map(|point| point.mean.clone()).collect();
    let all = derive(&means);
    let mut without = Vec::new();
    if groups > 1 {
        for group in 0..groups {
            let means: Vec<Vec<f64>> = points.iter().map(|point| point.mean_without(group)).collect();
            let derived = derive(&means);
            if derived.len() != all.len() {
                return Err(Error::Derived { expected: all.len(), found: derived.len() });
            }
            without.push(derived);
        }
    }
    Ok(Jackknife { all, without, groups })
}

/// The rows of one point, summed by groups as deviations from the mean (which loses no digits to a large mean).
struct Point {
    mean: Vec<f64>,
    rows: usize,
    groups: Vec<Group>,
}

struct Group {
    rows: usize,
    deviation: Vec<f64>,
}

impl Point {
    fn new(point: usize, rows: &[Option<&[f64]>], groups: usize) -> Result<Self, Error> {
        let present = || rows.iter().enumerate().filter_map(|(i, row)| row.map(|row| (i, row)));
        let width = present().next().ok_or(Error::NoSamples { point })?.1.len();
        let mut sum = vec![0.0; width];
        for (row, values) in present() {
            if values.len() != width {
                return Err(Error::Ragged { row, expected: width, found: values.len() });
            }
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
        let count = present().count();
        let mean: Vec<f64> = sum.iter().map(|sum| sum / count as f64).collect();

        let mut groups: Vec<_> =
            (0..groups).map(|_| Group { rows: 0, deviation: vec![0.0; width] }).collect();
        let number = groups.len();
        for (i, row) in present() {
            let group = &mut groups[i % number];
            group.rows += 1;
            for ((deviation, value), mean) in group.deviation.iter_mut().zip(row).zip(&mean) {
                *deviation += value - mean;
            }
        }
        Ok(Self { mean, rows: count, groups })
    }

    /// The mean over all rows but those of `group`; NaN if none is left.
    fn mean_without(&self, group: usize) -> Vec<f64> {
        let group = &self.groups[group];
        let left = self.rows - group.rows;
        if left == 0 {
            return vec![f64::NAN; self.mean.len()];
        }
        self.mean
            .iter()
            .zip(&group.deviation)
            .map(|(mean, deviation)| mean - deviation / left as f64)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Moments;
    use proptest::prelude::*;

    fn column(values: &[f64]) -> Vec<Vec<f64>> {
        values.iter().map(|&value| vec![value]).collect()
    }

    #[test]
    fn bad_input_is_an_error() {
        let identity = |mean: &[f64]| mean.to_vec();
        assert_eq!(jackknife(&[], identity).unwrap_err(), Error::NoSamples { point: 0 });
        assert_eq!(
            jackknife(&[vec![1.0], vec![1.0, 2.0]], identity).unwrap_err(),
            Error::Ragged { row: 1, expected: 1, found: 2 }
        );
        let mut calls = 0;
        let growing = |_: &[f64]| {
            calls += 1;
            vec![0.0; calls]
        };
        assert_eq!(
            jackknife(&column(&[1.0, 2.0]), growing).unwrap_err(),
            Error::Derived { expected: 1, found: 2 }
        );
        let failed = [vec![Some(vec![1.0])], vec![None]];
        assert_eq!(
            joint_jackknife(&failed, |means| means.concat()).unwrap_err(),
            Error::NoSamples { point: 1 }
        );
    }

    /// Variances: of the values themselves, and as a function of means.
    #[test]
    fn leaving_out_values_is_leaving_out_rows() {
        let values = [0.3, 1.9, -0.4, 2.2, 0.7];
        let variance = |left: &[f64]| {
            let mean = left.iter().sum::<f64>() / left.len() as f64;
            vec![left.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / left.len() as f64]
        };
        let lacking = |i: usize| [&values[..i], &values[i + 1..]].concat();
        let without = (0..values.len()).map(|i| variance(&lacking(i))).collect();
        let one = Jackknife::leaving_out(variance(&values), without).unwrap().estimates()[0];
        let rows: Vec<Vec<f64>> = values.iter().map(|x| vec![*x, x * x]).collect();
        let other = jackknife(&rows, |mean| vec![mean[1] - mean[0] * mean[0]]).unwrap().estimates()[0];
        // rounding of five numbers of order one
        assert!((one.value - other.value).abs() < 1e-14);
        assert!((one.standard_error - other.standard_error).abs() < 1e-14);
        assert_eq!(Jackknife::leaving_out(vec![1.0], vec![]).unwrap_err(), Error::NoSamples { point: 0 });
    }

    #[test]
    fn one_sample_has_no_error_but_a_value() {
        let estimate = jackknife(&column(&[2.5]), |mean| mean.to_vec()).unwrap().estimates()[0];
        assert_eq!((estimate.value, estimate.samples), (2.5, 1));
        assert!(estimate.standard_error.is_nan());
    }

    /// The square of the mean: bias s^2/n exactly, removed exactly by the correction.
    #[test]
    fn the_bias_of_a_square_is_removed_exactly() {
        let values = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0];
        let moments: Moments = values.iter().copied().collect();
        let result = jackknife(&column(&values), |mean| vec![mean[0] * mean[0]]).unwrap();
        assert_eq!(result.estimates()[0].value, moments.mean().powi(2));
        let unbiased = moments.mean().powi(2) - moments.variance() / 6.0;
        assert!((result.bias_corrected()[0].value - unbiased).abs() < 1e-12);
        assert_eq!(result.bias_corrected()[0].standard_error, result.estimates()[0].standard_error);
    }

    /// Shared disorder: the error of a difference is that of the paired differences, far below the separate ones.
    #[test]
    fn the_joint_jackknife_sees_correlations() {
        let shared = [0.3, -1.2, 0.8, 2.1, -0.7, 0.1, -1.9, 0.6];
        let own = [0.01, 0.03, -0.02, 0.00, 0.02, -0.01, -0.03, 0.01];
        let first = shared.iter().map(|&x| Some(vec![x])).collect();
        let second = shared.iter().zip(&own).map(|(&x, &y)| Some(vec![x + y])).collect();
        let result = joint_jackknife(&[first, second], |means| vec![means[1][0] - means[0][0]]).unwrap();
        let paired: Moments = own.iter().copied().collect();
        let estimate = result.estimates()[0];
        assert!((estimate.value - paired.mean()).abs() < 1e-15);
        assert!((estimate.standard_error / paired.standard_error() - 1.0).abs() < 1e-12);
    }

    /// Twice as many samples at the second point: groups of two there, error that of the means of these groups.
    #[test]
    fn unequal_points_leave_out_groups() {
        let values = [0.3, -1.2, 0.8, 2.1, -0.7, 0.1];
        let first = vec![Some(vec![1.0]); 3];
        let second = values.iter().map(|&x| Some(vec![x])).collect();
        let estimates = joint_jackknife(&[first, second], |means| means.concat()).unwrap().estimates();
        let pairs: Moments = (0..3).map(|i| 0.5 * (values[i] + values[i + 3])).collect();
        assert_eq!(estimates[1].samples, 3);
        assert!((estimates[1].value - pairs.mean()).abs() < 1e-15);
        assert!((estimates[1].standard_error - pairs.standard_error()).abs() < 1e-15);
        assert_eq!(estimates[0].standard_error, 0.0);
    }

    /// A failed sample keeps its place, so that the others stay paired; the error is that of the rest, up to order 1/n^2.
    #[test]
    fn a_failed_sample_keeps_its_place() {
        let values = [0.3, -1.2, 0.8, 2.1, -0.7, 0.1, 1.4, -0.2];
        let mut rows: Vec<_> = values.iter().map(|&x| Some(vec![x])).collect();
        rows[3] = None;
        let other = values.iter().map(|&x| Some(vec![x])).collect();
        let estimates = joint_jackknife(&[rows, other], |means| means.concat()).unwrap().estimates();
        let rest: Moments = values.iter().enumerate().filter(|(i, _)| *i != 3).map(|(_, &x)| x).collect();
        assert!((estimates[0].value - rest.mean()).abs() < 1e-15);
        // (g - 1)/g over n - 1 = g - 2 instead of 1/n = 1/(g - 1)
        let expected = (49.0f64 / 48.0).sqrt() * rest.standard_error();
        assert!((estimates[0].standard_error / expected - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_point_that_loses_everything_has_unknown_error() {
        let rows = vec![Some(vec![1.0]), None, None];
        let estimate = joint_jackknife(&[rows], |means| means[0].clone()).unwrap().estimates()[0];
        assert_eq!(estimate.value, 1.0);
        assert!(estimate.standard_error.is_nan());
    }

    proptest! {
        /// For the mean the jackknife is exact: s / sqrt n; for linear functions so is the covariance.
        #[test]
        fn the_error_of_a_mean_is_s_over_root_n(rows in prop::collection::vec((-5.0..5.0f64, -5.0..5.0f64), 2..50), offset in -1e6..1e6f64) {
            let samples: Vec<_> = rows.iter().map(|&(x, y)| vec![x + offset, y]).collect();
            let result = jackknife(&samples, |mean| vec![mean[0], mean[1], mean[0] + 2.0 * mean[1]]).unwrap();
            for (q, estimate) in result.estimates().into_iter().take(2).enumerate() {
                let moments: Moments = samples.iter().map(|row| row[q]).collect();
                prop_assert!((estimate.value - moments.mean()).abs() < 1e-9);
                prop_assert!((estimate.standard_error - moments.standard_error()).abs() < 1e-7);
                prop_assert_eq!(estimate.samples, samples.len());
            }
            let c = result.covariance();
            prop_assert!((c[2][2] - (c[0][0] + 4.0 * c[0][1] + 4.0 * c[1][1])).abs() < 1e-6);
            prop_assert!((c[1][1].sqrt() - result.estimates()[1].standard_error).abs() < 1e-12);
        }

        /// With equal numbers of samples the joint jackknife is the plain one, bit for bit.
        #[test]
        fn equal_points_reduce_to_delete_one(rows in prop::collection::vec((0.1..5.0f64, 0.1..5.0f64), 1..30)) {
            let ratio = |a: f64, b: f64| vec![a / b, b.ln()];
            let plain: Vec<_> = rows.iter().map(|&(x, y)| vec![x, y]).collect();
            let joint: Vec<Vec<_>> =
                vec![rows.iter().map(|row| Some(vec![row.0])).collect(), rows.iter().map(|row| Some(vec![row.1])).collect()];
            let plain = jackknife(&plain, |mean| ratio(mean[0], mean[1])).unwrap().estimates();
            let joint = joint_jackknife(&joint, |means| ratio(means[0][0], means[1][0])).unwrap().estimates();
            for (a, b) in plain.iter().zip(&joint) {
                prop_assert_eq!(a.value.to_bits(), b.value.to_bits());
                prop_assert_eq!(a.standard_error.to_bits(), b.standard_error.to_bits());
            }
        }
    }
}
