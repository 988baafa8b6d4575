//! What follows from many samples.
//!
//! * [`Estimate`]: a value with its standard error and the number of samples behind it; prints as `6.68(4)`.
//! * [`Moments`]: count, mean and variance of one number, fed sample by sample and mergeable.
//! * [`jackknife`]: errors of anything computed from means (ratios, rms values, correlation functions), and
//!   [`joint_jackknife`]: the same over several sweep points that share their disorder (exponents).
//! * [`power_law_fit`]: exponents by weighted linear least squares in the logarithms.
//! * [`pearson`], [`spearman`], [`sign_agreement`], [`binned`], [`JointMoments`]: how two numbers of each sample belong together.
//! * [`density`], [`kolmogorov_smirnov`], [`tail_exponent`]: what distribution they have.
//!
//! Errors are always one standard error of the mean (not the spread of the samples). NaN means unknown, and NaN in a
//! sample travels into every result that depends on it: leave failed samples out. All sums run in the order of the
//! input, so equal inputs give equal bits.

mod association;
mod distribution;
mod estimate;
mod jackknife;
mod moments;
mod power_law;

pub use association::{JointMoments, binned, density, pearson, sign_agreement, spearman};
pub use distribution::{kolmogorov_probability, kolmogorov_smirnov, tail_exponent};
pub use estimate::Estimate;
pub use jackknife::{Jackknife, jackknife, joint_jackknife};
pub use moments::Moments;
pub use power_law::{PowerLaw, power_law_fit};

/// Why a statistic cannot be computed: input of a shape or sign that has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A point without a single sample has no mean.
    #[error("point {point} has no samples")]
    NoSamples {
        /// The point (0 when there is only one).
        point: usize,
    },
    /// The samples of one point, or the rows of a fit, differ in length.
    #[error("row {row} has {found} entries, the rows before it have {expected}")]
    Ragged {
        /// The first row that differs.
        row: usize,
        /// The length of the rows before it.
        expected: usize,
        /// Its own length.
        found: usize,
    },
    /// The function of the means returned a different number of quantities when samples were left out.
    #[error("the derived quantities changed in number from {expected} to {found} when samples were left out")]
    Derived {
        /// The number derived from all samples.
        expected: usize,
        /// The number derived from some of them.
        found: usize,
    },
    /// Predictors, values and weights of a fit differ in number.
    #[error("{values} values, {predictors} rows of predictors and {weights} weights: they must agree")]
    Lengths {
        /// Number of values.
        values: usize,
        /// Number of rows of predictors.
        predictors: usize,
        /// Number of weights.
        weights: usize,
    },
    /// A power law needs finite positive predictors and values.
    #[error("row {row}: {given} given where a power law needs a finite positive number")]
    NotPositive {
        /// The row of the offending number.
        row: usize,
        /// The number.
        given: f64,
    },
    /// A weight is negative, infinite or NaN.
    #[error("row {row}: weight {given} is not a finite non-negative number")]
    Weight {
        /// The row of the offending weight.
        row: usize,
        /// The weight.
        given: f64,
    },
    /// The rows of positive weight do not determine every unknown of the fit.
    #[error(
        "the data do not determine the exponent of predictor {predictor}: \
         too few points, or it does not vary independently of the predictors before it"
    )]
    Undetermined {
        /// The first predictor without an exponent of its own.
        predictor: usize,
    },
}
