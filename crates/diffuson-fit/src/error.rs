/// Why parameters cannot be estimated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A start value, bound or prior that is no number, or out of order.
    #[error("parameter {name}: {what}, given {given}")]
    Parameter {
        /// Its name.
        name: String,
        /// What is required.
        what: &'static str,
        /// What was given.
        given: f64,
    },
    /// A measured point that has no weight or is no number.
    #[error("measurement {row}: {what}, given {given}")]
    Measurement {
        /// Number of the measurement, from 0.
        row: usize,
        /// What is required.
        what: &'static str,
        /// What was given.
        given: f64,
    },
    /// Fewer residuals than free parameters.
    #[error("{residuals} residuals cannot determine {free} free parameters")]
    TooFewResiduals {
        /// Residuals, priors among them, less the abscissae that are eliminated.
        residuals: usize,
        /// Free parameters.
        free: usize,
    },
    /// The model is not a number where the fit needs it.
    #[error("the model is not finite ({what}) at {}", describe(.parameters))]
    NotFinite {
        /// The residual or derivative that is not.
        what: String,
        /// Names and values of the parameters.
        parameters: Vec<(String, f64)>,
    },
    /// The solver refused the problem.
    #[error("the least-squares solver stopped: {reason}, at {}", describe(.parameters))]
    Solver {
        /// Its reason.
        reason: &'static str,
        /// Names and values of the parameters.
        parameters: Vec<(String, f64)>,
    },
    /// A lower minimum turned up after the fit: fit again from there.
    #[error("chi^2 = {found} is below the minimum {minimum} of the fit, at {}", describe(.parameters))]
    BetterMinimum {
        /// chi^2 of the fit.
        minimum: f64,
        /// chi^2 found.
        found: f64,
        /// Names and values of the parameters there.
        parameters: Vec<(String, f64)>,
    },
    /// A parameter that does not exist or does not vary.
    #[error("parameter number {index} is not one of the free ones")]
    NotFree {
        /// Its number.
        index: usize,
    },
    /// A setting of a method out of range.
    #[error("{name} must be {what}, given {given}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// What is required.
        what: &'static str,
        /// What was given.
        given: f64,
    },
}

fn describe(parameters: &[(String, f64)]) -> String {
    parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}
