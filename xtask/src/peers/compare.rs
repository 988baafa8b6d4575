//! Reading answers: times, and whether the sides agree.

use super::case::Kind;
use serde_json::Value;

/// Largest difference allowed: of transmission eigenvalues, and of transmissions per open channel. MUMPS pivots by threshold (0.01) and
/// leaves some 1e-11 at these sizes; a wrong sample, lead or energy shows in the first digit.
pub(super) const TOLERANCE: f64 = 1e-9;

/// Wall clock of one call, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// All of it.
    pub(super) total: f64,
    /// Its phases, where the side knows them: (name, seconds).
    pub(super) phases: Vec<(String, f64)>,
}

impl Run {
    pub(super) fn read(answer: &Value) -> Result<Self, String> {
        let seconds =
            answer["seconds"].as_object().ok_or_else(|| format!("an answer without seconds: {answer}"))?;
        let mut numbers: Vec<(String, f64)> =
            seconds.iter().filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect();
        let total = numbers.iter().position(|(name, _)| name == "total");
        let total = total.ok_or_else(|| format!("an answer without a total: {answer}"))?;
        let (_, total) = numbers.remove(total);
        Ok(Self { total, phases: numbers })
    }
}

/// Largest differences found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Agreement {
    /// Of the transmissions T_ij (the squared moduli of a block of S, summed), relative to 1 + T_ij; of an element of the inverse, relative.
    pub(super) transmission: f64,
    /// Of the transmission eigenvalues, which phases of the modes and rotations among degenerate ones leave alone.
    pub(super) eigenvalue: f64,
}

impl Agreement {
    /// Compares two answers to the same question.
    pub(super) fn of(kind: Kind, mine: &Value, yours: &Value) -> Result<Self, String> {
        let list = |answer: &Value, name: &str| {
            let mut numbers = Vec::new();
            collect(&answer[name], &mut numbers);
            if numbers.is_empty() { Err(format!("an answer without {name}: {answer}")) } else { Ok(numbers) }
        };
        let largest = |name: &str, scale: &dyn Fn(f64) -> f64| -> Result<f64, String> {
            let (a, b) = (list(mine, name)?, list(yours, name)?);
            if a.len() != b.len() {
                return Err(format!("{} {name} of this library, {} of Kwant", a.len(), b.len()));
            }
            Ok(a.iter().zip(&b).map(|(a, b)| (a - b).abs() / scale(*b)).fold(0.0, not_less))
        };
        match kind {
            Kind::Factor => {
                let (a, b) = (list(mine, "element")?, list(yours, "element")?);
                let distance = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                let size = b.iter().map(|b| b * b).sum::<f64>().sqrt();
                Ok(Self { transmission: distance / size, eigenvalue: 0.0 })
            }
            Kind::Ensemble | Kind::EnsembleAll => {
                Ok(Self { transmission: largest("transmissions", &|t| 1.0 + t)?, eigenvalue: 0.0 })
            }
            Kind::Smatrix | Kind::OneOff | Kind::Interop => Ok(Self {
                transmission: largest("transmissions", &|t| 1.0 + t)?,
                eigenvalue: largest("eigenvalues", &|_| 1.0)?,
            }),
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            transmission: not_less(self.transmission, other.transmission),
            eigenvalue: not_less(self.eigenvalue, other.eigenvalue),
        }
    }

    pub(super) fn largest(self) -> f64 {
        not_less(self.transmission, self.eigenvalue)
    }
}

/// The larger one; NaN wins.
pub(super) fn not_less(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

/// All numbers of nested lists, in order.
pub(super) fn collect(value: &Value, into: &mut Vec<f64>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        _ => into.extend(value.as_f64()),
    }
}

/// Median; the mean of the two in the middle for an even number.
pub(super) fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    0.5 * (sorted[(n - 1) / 2] + sorted[n / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_difference_beyond_the_tolerance_is_seen_and_nan_is_one() {
        let answer =
            |t: f64, tau: f64| json!({"transmissions": [[1.0, t], [t, 1.0]], "eigenvalues": [0.9, tau]});
        let of = |a: &Value, b: &Value| Agreement::of(Kind::Smatrix, a, b).unwrap();
        let base = answer(3.0, 0.5);
        assert!(of(&base, &answer(3.0 + 1e-10, 0.5)).largest() < TOLERANCE);
        assert!(of(&base, &answer(3.0 + 1e-7, 0.5)).largest() > TOLERANCE);
        assert!(of(&base, &answer(3.0, 0.5 - 1e-8)).largest() > TOLERANCE);
        assert!(not_less(f64::NAN, 1.0).is_nan() && not_less(1.0, f64::NAN).is_nan());
        // a number that JSON cannot hold arrives as null: one number fewer
        assert!(Agreement::of(Kind::Smatrix, &answer(f64::NAN, 0.5), &base).is_err());
        assert!(Agreement::of(Kind::Factor, &base, &base).is_err());
    }

    #[test]
    fn medians_of_odd_and_even_numbers() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
