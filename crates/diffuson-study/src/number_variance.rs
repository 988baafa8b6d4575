//! The kind `number-variance`: number fluctuations of segments with a barrier, against length and compressibility.
//!
//! A point has one sample, which is exact: all lengths of one chain, whose correlations are tabulated once.

use crate::exact::{self, Curve};
use crate::results::{self, Described, Fit, NO_ESTIMATE, Results, float};
use crate::settings::{NumberVariance as Settings, Settings as AnyKind};
use crate::study::{Point as StudyPoint, Study};
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::noise::number::{Chain, InvalidChain};
use diffuson::thermal::Reservoir;
use diffuson_ensemble::statistics::{Estimate, power_law_fit};
use diffuson_store::{ArraySpec, Layout, Reader, StoreError};

/// Relative accuracy that is claimed of extrapolated values: that to which the audit holds sums to each other.
const ROUNDING: f64 = 1e-9;

const LAWS: [&str; 3] = [laws::NUMBER_VARIANCE, laws::PAULI, laws::PARTICLE_NUMBER];

/// A `number-variance` study, ready to be computed.
pub(crate) struct NumberVarianceTask<'c> {
    study: &'c Study,
    points: Vec<Point>,
}

struct Point {
    settings: Settings,
    chain: Chain,
}

impl<'c> NumberVarianceTask<'c> {
    pub(crate) fn new(study: &'c Study) -> Made<Self> {
        let make = |index: usize| -> Made<Point> {
            let AnyKind::NumberVariance(s) = &study.points()[index].settings else {
                unreachable!("a number-variance study has settings of its kind")
            };
            let refuse = exact::refusal(study, index, "barrier.transmission");
            let reservoir = Reservoir { mu: s.mu, kt: s.kt };
            let chain = Chain::with_transmission(reservoir, s.transmission).map_err(refuse)?;
            Ok(Point { settings: s.clone(), chain })
        };
        Ok(Self { study, points: (0..study.points().len()).map(make).collect::<Result<_, _>>()? })
    }

    fn lengths(&self) -> &[usize] {
        &self.points[0].settings.lengths
    }
}

/// Name, unit and words of the curves over the length.
const CURVES: [Curve; 6] = [
    ("number", "1", r"mean number $\langle N\rangle$"),
    ("variance", "1", r"number variance $\langle\delta N^2\rangle$"),
    ("response", "1", r"compressibility $kT\,\partial N/\partial\mu$"),
    ("boundary", "1", r"pairs across the ends $\sum_{i\in S,\,j\notin S}|C_{ij}|^2$"),
    ("ratio", "1", r"$\langle\delta N^2\rangle / (kT\,\partial N/\partial\mu)$"),
    ("excess_by_length", "sites", r"excess of the ratio over one, times length"),
];

fn quantities() -> Vec<Described> {
    let described = |id, units, label: &str| Described { id, units, label: label.to_owned() };
    vec![
        described("transmission", "1", r"transmission $T(\mu)$"),
        described("height", "t", r"height of the barrier $U$"),
        described(
            "longest_excess",
            "1",
            r"excess of $\langle\delta N^2\rangle/(kT\,\partial N/\partial\mu)$ over one, longest segment",
        ),
        described(
            "infinite_ratio",
            "1",
            r"$\langle\delta N^2\rangle/(kT\,\partial N/\partial\mu)$, extrapolated to infinite length",
        ),
        described("excess_length", "sites", r"excess $\times$ length, extrapolated"),
        described("transmission_ratio", "1", r"the same by Eq. (A6)"),
    ]
}

impl Point {
    /// All curves in the order of [`CURVES`], and the audit.
    fn curves(&self) -> Result<(Vec<Vec<f64>>, Audit), InvalidChain> {
        let mut curves = vec![Vec::new(); CURVES.len()];
        let mut audit = Audit::default();
        for &length in &self.settings.lengths {
            let [left, right] = self.settings.sides(length);
            let n = self.chain.segment(left, right)?;
            let values =
                [n.number, n.variance, n.response, n.boundary, n.ratio(), n.excess() * length as f64];
            curves.iter_mut().zip(values).for_each(|(curve, value)| curve.push(value));
            audit.merge(&n.audit);
        }
        Ok((curves, audit))
    }

    /// The first of the lengths at which the ends of a segment do not feel each other any more: correlations have fallen by 10^6.
    fn first_long(&self) -> usize {
        self.settings.lengths.partition_point(|length| 3 * length < self.chain.range())
    }

    /// The estimates, in the order of [`quantities`], and the exponent of the excess with its number of lengths.
    fn analysis(&self, ratio: &[f64], excess_by_length: &[f64]) -> (Vec<Estimate>, Option<(f64, usize)>) {
        let exact = |value: f64| Estimate { value, standard_error: 0.0, samples: 1 };
        let lengths: Vec<f64> = self.settings.lengths.iter().map(|length| *length as f64).collect();
        let transmission = self.chain.transmission(self.settings.mu);
        let long = self.first_long()..lengths.len();
        let limit = |values: &[f64]| extrapolated(&lengths[long.clone()], &values[long.clone()]);
        let estimates = vec![
            exact(transmission),
            exact(self.chain.height()),
            exact(excess_by_length[lengths.len() - 1] / lengths[lengths.len() - 1]),
            limit(ratio),
            limit(excess_by_length),
            exact(transmission),
        ];
        let predictors: Vec<Vec<f64>> = lengths[long.clone()].iter().map(|length| vec![*length]).collect();
        let excess: Vec<f64> = long.clone().map(|k| excess_by_length[k] / lengths[k]).collect();
        let fit = power_law_fit(&predictors, &excess, &vec![1.0; long.len()]).ok();
        (estimates, fit.map(|fit| (fit.exponents[0], long.len())))
    }
}

/// The limit of infinite length: the polynomial in 1/length through the values at the three longest lengths. Its error is what the last of them
/// changes, and not below [`ROUNDING`].
fn extrapolated(lengths: &[f64], values: &[f64]) -> Estimate {
    let n = lengths.len().min(3);
    if n < 2 {
        return NO_ESTIMATE;
    }
    let (x, y) = (&lengths[lengths.len() - n..], &values[values.len() - n..]);
    // Lagrange's polynomials at 1/length = 0: prod_j L_k / (L_k - L_j)
    let through = |first: usize| -> f64 {
        let weight = |k: usize| (first..n).filter(|j| *j != k).map(|j| x[k] / (x[k] - x[j])).product::<f64>();
        (first..n).map(|k| weight(k) * y[k]).sum()
    };
    let value = through(0);
    let error = (value - through(1)).abs().max(ROUNDING * value.abs());
    Estimate { value, standard_error: error, samples: 1 }
}

/// What tells a point from others: `barrier.transmission = 0.25`.
fn place(point: &StudyPoint) -> String {
    let assigned = point.swept.iter().map(|s| format!(", {} = {}", s.key.path, s.value));
    assigned.collect()
}

impl Task for NumberVarianceTask<'_> {
    fn layout(&self) -> Layout {
        exact::layout(&[("length", self.lengths().len(), &CURVES)], LAWS.len(), &self.fixed())
    }

    fn fixed(&self) -> Vec<(ArraySpec, Column)> {
        let lengths = Column::Float(self.lengths().iter().map(|length| *length as f64).collect());
        let axis = (float("length", &["length"], "sites", "length of the segment"), lengths);
        exact::fixed(self.study, axis, &LAWS)
    }

    fn sample(&self, point: usize, _: u64) -> Result<Vec<Vec<f64>>, String> {
        let (mut values, audit) = self.points[point].curves().map_err(|e| e.to_string())?;
        values.extend(results::audit_rows(&audit, &LAWS));
        Ok(values)
    }

    fn results(&self, record: &Reader) -> Result<Results, StoreError> {
        let quantities = quantities();
        let mut fits = Vec::new();
        let (estimates, samples) = exact::estimates(record, self.points.len(), quantities.len(), |index| {
            let curve = |name: &str| record.read_samples::<f64>(name, index, 0..1);
            let (ratio, excess) = (curve("ratio")?.data, curve("excess_by_length")?.data);
            let (row, exponent) = self.points[index].analysis(&ratio, &excess);
            fits.extend(exponent.map(|(value, points)| Fit {
                name: format!("exponent of the excess in the length{}", place(&self.study.points()[index])),
                estimate: Estimate { value, ..NO_ESTIMATE },
                expected: Some(-1.0),
                reference: "pairs across the ends".to_owned(),
                points,
            }));
            Ok(row)
        })?;
        Results::new(&quantities, &estimates, samples)
            .with_fits(fits, "least squares in the logarithms", "none: nothing is random")
            .with_audits(record, &LAWS)
    }

    fn relative_error(&self, _: &Reader, _: usize, _: &str, _: usize) -> Result<f64, StoreError> {
        Ok(0.0)
    }

    fn cost(&self, point: usize) -> Cost {
        let Point { settings, chain } = &self.points[point];
        let lengths = &settings.lengths;
        let (range, sites) = (chain.range() as f64, lengths.iter().sum::<usize>() as f64);
        Cost {
            system: format!("{} segments of up to {} sites", lengths.len(), lengths[lengths.len() - 1]),
            // pairs of sites within the range, on both sides
            operations: 8.0 * sites * range,
            memory: 32.0 * range,
            stored: 8.0 * CURVES.len() as f64 * lengths.len() as f64,
            method: "sums over pairs".to_owned(),
            reason: "exact".to_owned(),
            shared: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Polynomials of second order are extrapolated exactly, to rounding; the error is the change by the third value.
    #[test]
    fn three_lengths_extrapolate_a_parabola() {
        let (lengths, y) = ([7.0, 100.0, 150.0, 400.0], |x: f64| 1.0 + 3.0 / x - 70.0 / (x * x));
        let all = lengths.map(y);
        let found = extrapolated(&lengths, &all);
        assert!((found.value - 1.0).abs() < 1e-14);
        // through two lengths: 1 + 70 / (150 * 400)
        assert!((found.standard_error - 70.0 / 60000.0).abs() < 1e-14);
        assert_eq!(extrapolated(&lengths, &[2.0; 4]).standard_error, 2.0 * ROUNDING);
        assert!(extrapolated(&lengths[..1], &all[..1]).value.is_nan());
    }
}
