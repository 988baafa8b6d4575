//! Exponents by linear least squares in the logarithms.

use super::Error;

/// `y = prefactor * x_0^e_0 * x_1^e_1 * ...`
#[derive(Clone, Debug, PartialEq)]
pub struct PowerLaw {
    /// The prefactor, in the unit that `y` has when every predictor is 1.
    pub prefactor: f64,
    /// The exponents, in the order of the predictors.
    pub exponents: Vec<f64>,
}

/// Fits a power law by weighted least squares: the minimum of `sum_i w_i (ln y_i - ln prefactor - sum_j e_j ln x_ij)^2`.
///
/// `predictors[i]` holds the `x_ij` of point `i`, `values[i]` its `y_i`. Natural weights are `(y_i / error_i)^2`; equal
/// ones when the law itself is only approximate. For the errors of the exponents call this inside
/// [`joint_jackknife`](super::joint_jackknife), which knows that points sharing disorder are correlated; it fits by
/// Householder reflections, which cost nothing beside the samples.
///
/// # Errors
/// [`Error::Lengths`] or [`Error::Ragged`] shapes, [`Error::NotPositive`] numbers, a bad [`Error::Weight`], and
/// [`Error::Undetermined`] when points of positive weight are too few or the predictors are collinear.
pub fn power_law_fit(predictors: &[Vec<f64>], values: &[f64], weights: &[f64]) -> Result<PowerLaw, Error> {
    if predictors.len() != values.len() || weights.len() != values.len() {
        return Err(Error::Lengths {
            values: values.len(),
            predictors: predictors.len(),
            weights: weights.len(),
        });
    }
    let expected = predictors.first().map_or(0, Vec::len);
    // Columns of the design matrix, ln x_ij first and the constant last, and the right-hand side, all times sqrt w_i.
    let mut columns = vec![Vec::with_capacity(values.len()); expected + 2];
    for (row, ((x, &y), &weight)) in predictors.iter().zip(values).zip(weights).enumerate() {
        if x.len() != expected {
            return Err(Error::Ragged { row, expected, found: x.len() });
        }
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::Weight { row, given: weight });
        }
        let scale = weight.sqrt();
        for (column, &given) in columns[1..].iter_mut().zip(x.iter().chain([&y])) {
            if !(given.is_finite() && given > 0.0) {
                return Err(Error::NotPositive { row, given });
            }
            column.push(scale * given.ln());
        }
        columns[0].push(scale);
    }
    let rhs = columns.pop().unwrap_or_default();
    // The constant goes first, so that a predictor that never varies is the one reported as undetermined.
    let mut solution = least_squares(columns, rhs)
        .map_err(|column| Error::Undetermined { predictor: column.saturating_sub(1) })?
        .into_iter();
    let prefactor = solution.next().map_or(f64::NAN, f64::exp);
    Ok(PowerLaw { prefactor, exponents: solution.collect() })
}

/// The `x` of least `|A x - b|` for the columns of `A`; the first dependent column where `A` has not full rank.
fn least_squares(mut columns: Vec<Vec<f64>>, mut rhs: Vec<f64>) -> Result<Vec<f64>, usize> {
    let unknowns = columns.len();
    let mut diagonal = Vec::with_capacity(unknowns);
    for k in 0..unknowns {
        let (pivots, rest) = columns.split_at_mut(k + 1);
        let pivot = &mut pivots[k];
        let whole = dot(pivot, pivot).sqrt(); // reflections keep the norm, so this is that of the given column
        let norm = pivot.get(k..).map_or(0.0, |below| dot(below, below).sqrt());
        if norm <= 1e-11 * whole || norm == 0.0 {
            return Err(k);
        }
        let r = if pivot[k] > 0.0 { -norm } else { norm };
        pivot[k] -= r; // the part from k on is now the vector v of the reflection 1 - 2 v v^T / v^T v
        let v = &pivot[k..];
        let square = dot(v, v);
        for column in rest.iter_mut().chain([&mut rhs]) {
            let factor = 2.0 * dot(v, &column[k..]) / square;
            column[k..].iter_mut().zip(v).for_each(|(entry, v)| *entry -= factor * v);
        }
        diagonal.push(r);
    }
    let mut solution = vec![0.0; unknowns];
    for k in (0..unknowns).rev() {
        let known: f64 = (k + 1..unknowns).map(|j| columns[j][k] * solution[j]).sum();
        solution[k] = (rhs[k] - known) / diagonal[k];
    }
    Ok(solution)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bad_input_is_an_error() {
        let x = |values: &[f64]| values.iter().map(|&value| vec![value]).collect::<Vec<_>>();
        assert_eq!(
            power_law_fit(&x(&[1.0, 2.0]), &[1.0], &[1.0, 1.0]),
            Err(Error::Lengths { values: 1, predictors: 2, weights: 2 })
        );
        assert_eq!(
            power_law_fit(&[vec![1.0], vec![]], &[1.0, 2.0], &[1.0, 1.0]),
            Err(Error::Ragged { row: 1, expected: 1, found: 0 })
        );
        assert_eq!(
            power_law_fit(&x(&[1.0, -2.0]), &[1.0, 2.0], &[1.0, 1.0]),
            Err(Error::NotPositive { row: 1, given: -2.0 })
        );
        assert_eq!(
            power_law_fit(&x(&[1.0, 2.0]), &[0.0, 2.0], &[1.0, 1.0]),
            Err(Error::NotPositive { row: 0, given: 0.0 })
        );
        assert_eq!(
            power_law_fit(&x(&[1.0, 2.0]), &[1.0, 2.0], &[1.0, -1.0]),
            Err(Error::Weight { row: 1, given: -1.0 })
        );
        let undetermined = Err(Error::Undetermined { predictor: 0 });
        assert_eq!(power_law_fit(&x(&[3.0, 3.0, 3.0]), &[1.0, 2.0, 3.0], &[1.0; 3]), undetermined);
        assert_eq!(power_law_fit(&x(&[3.0]), &[1.0], &[1.0]), undetermined);
        assert_eq!(power_law_fit(&x(&[3.0, 4.0]), &[1.0, 2.0], &[1.0, 0.0]), undetermined);
        assert_eq!(power_law_fit(&[], &[], &[]), undetermined);
        let proportional: Vec<_> = [1.0, 2.0, 5.0, 7.0].iter().map(|&a| vec![a, 3.0 * a]).collect();
        assert_eq!(
            power_law_fit(&proportional, &[1.0, 2.0, 3.0, 4.0], &[1.0; 4]),
            Err(Error::Undetermined { predictor: 1 })
        );
    }

    /// Three points, one exponent, unequal weights: the textbook formula for a weighted straight line.
    #[test]
    fn weights_enter_as_in_the_textbook() {
        let (x, y, w) = ([1.0f64, 2.0, 5.0], [2.0f64, 3.0, 11.0], [1.0, 4.0, 0.5]);
        let fit = power_law_fit(&x.map(|x| vec![x]), &y, &w).unwrap();
        let total: f64 = w.iter().sum();
        let mean = |values: [f64; 3]| values.iter().zip(&w).map(|(v, w)| v * w).sum::<f64>() / total;
        let (lx, ly) = (x.map(f64::ln), y.map(f64::ln));
        let (mx, my) = (mean(lx), mean(ly));
        let covariance = mean([0, 1, 2].map(|i| (lx[i] - mx) * (ly[i] - my)));
        let slope = covariance / mean(lx.map(|v| (v - mx).powi(2)));
        assert!((fit.exponents[0] - slope).abs() < 1e-13);
        assert!((fit.prefactor.ln() - (my - slope * mx)).abs() < 1e-13);
    }

    proptest! {
        #[test]
        fn an_exact_law_is_found(
            rows in prop::collection::vec((prop::array::uniform3(0.01..100.0f64), 0.1..10.0f64), 8..30),
            prefactor in 0.01..100.0f64, exponents in prop::array::uniform3(-3.0..3.0f64),
        ) {
            let predictors: Vec<_> = rows.iter().map(|(x, _)| x.to_vec()).collect();
            let weights: Vec<_> = rows.iter().map(|(_, weight)| *weight).collect();
            let law = |x: &Vec<f64>| prefactor * x.iter().zip(&exponents).map(|(x, e)| x.powf(*e)).product::<f64>();
            let values: Vec<_> = predictors.iter().map(law).collect();
            let fit = power_law_fit(&predictors, &values, &weights).unwrap();
            prop_assert!((fit.prefactor / prefactor - 1.0).abs() < 1e-9);
            for (found, expected) in fit.exponents.iter().zip(&exponents) {
                prop_assert!((found - expected).abs() < 1e-9);
            }
        }
    }
}
