//! What is compared with the data.

/// A model with its data: residuals in units of their standard errors, as functions of all parameters, in the order of the parameters of
/// the fit (the fixed ones too).
///
/// Curves through measured points are at hand: [`Curve`](crate::curve::Curve). Correlated errors: give `L^-1 (y - f)` with `L L^T` the
/// covariance of y.
pub trait Model: Sync {
    /// Number of residuals.
    fn residuals(&self) -> usize;

    /// Unknowns that the model eliminates by itself (true abscissae): each costs a degree of freedom.
    fn eliminated(&self) -> usize {
        0
    }

    /// The residuals `r_i = (y_i - f_i) / sigma_i`. A value that is not finite says that the model does not exist there: a step to such
    /// parameters is refused; a fit cannot start there.
    fn evaluate(&self, parameters: &[f64], residuals: &mut [f64]);

    /// Derivatives `dr_i/dp_j` in `jacobian[j * residuals + i]`, for all parameters; false if they are not supplied, and taken
    /// numerically then (central differences, relative error some 1e-10, two evaluations per free parameter).
    fn jacobian(&self, _parameters: &[f64], _jacobian: &mut [f64]) -> bool {
        false
    }

    /// The same model with new data, as an experiment would give if the parameters were these; `normal` yields normal deviates. None: new
    /// data change residuals by normal deviates, `r(p) - r(fitted) + deviates`, which is right unless unknowns are eliminated.
    fn redrawn(&self, _fitted: &[f64], _normal: &mut dyn FnMut() -> f64) -> Option<Box<dyn Model + '_>> {
        None
    }
}
