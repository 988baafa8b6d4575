use spec_math::Gamma;

/// Goodness of fit `Q = Gamma(dof/2, chi^2/2) / Gamma(dof/2)`: the probability that normal errors of the stated size give a larger chi^2.
///
/// Uniform in [0, 1] over repeated experiments if model and errors are right; below some 0.01 one of them is not. NaN without degrees of
/// freedom.
pub fn goodness_of_fit(chi_squared: f64, degrees_of_freedom: usize) -> f64 {
    match degrees_of_freedom {
        0 => f64::NAN,
        dof => (0.5 * dof as f64).igammac(0.5 * chi_squared),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Q(x, 2) = exp(-x/2)`, `Q(x, 4) = exp(-x/2) (1 + x/2)`; the others from SciPy's `gammaincc`. The tolerance is that of the
    /// continued fraction (some 50 roundings).
    #[test]
    fn closed_forms_and_large_arguments() {
        for x in [1e-3, 0.5, 3.0, 40.0, 200.0] {
            let half: f64 = 0.5 * x;
            assert!((goodness_of_fit(x, 2) / (-half).exp() - 1.0).abs() < 1e-13);
            assert!((goodness_of_fit(x, 4) / ((-half).exp() * (1.0 + half)) - 1.0).abs() < 1e-13);
        }
        for (dof, x, q) in [
            (1, 1.0, 0.31731050786291115),
            (38, 73.0, 0.0005488120317695031),
            (200, 150.0, 0.996647558501813),
            (5000, 5300.0, 0.0015958249441347303),
        ] {
            assert!((goodness_of_fit(x, dof) / q - 1.0).abs() < 1e-11, "{dof} {x}");
        }
        assert!(goodness_of_fit(1.0, 0).is_nan());
    }
}
