//! What can be wrong with a question about droplets.

/// What is asked of droplets that they cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DropletError {
    /// A number out of range.
    #[error("{name} is {value}; allowed: {allowed}")]
    OutOfRange {
        /// What the number is.
        name: &'static str,
        /// The number.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// An iteration that did not reach its goal.
    #[error("{what}: {residual:.1e} after {steps} steps, {goal:.0e} wanted")]
    NotConverged {
        /// What was iterated.
        what: &'static str,
        /// What is left.
        residual: f64,
        /// Steps made.
        steps: usize,
        /// What should be left.
        goal: f64,
    },
    /// A Hamiltonian whose eigenvalues cannot be found, as happens for entries that are not numbers or too large.
    #[error("the eigenvalues of the Hamiltonian were not found")]
    Eigenvalues,
}

/// Refuses a number that is not allowed.
pub(crate) fn require(
    name: &'static str,
    value: f64,
    holds: bool,
    allowed: &'static str,
) -> Result<(), DropletError> {
    if holds { Ok(()) } else { Err(DropletError::OutOfRange { name, value, allowed }) }
}
