//! Which exception an error is: `ValueError` for what the caller gave, [`NumericalError`] for a number that failed, `RuntimeError` for a mistake of the program.

use diffuson::conductor::ConductorError;
use diffuson::hamiltonian::HamiltonianError;
use diffuson::lattice::LatticeError;
use diffuson::leads::LeadError;
use diffuson::scattering::{BadSMatrix, SolveError};
use diffuson::shapes::ShapeError;
use pyo3::exceptions::{PyArithmeticError, PyMemoryError, PyRuntimeError, PyValueError};
use pyo3::{PyErr, PyResult};
use std::fmt::Display;

pyo3::create_exception!(
    diffuson,
    NumericalError,
    PyArithmeticError,
    "A computation that failed: a singular matrix, an iteration that does not converge. The message carries the number that failed."
);

/// An error of the library as an exception.
pub(crate) trait Raise {
    fn raise(self) -> PyErr;
}

/// What the caller gave is wrong.
pub(crate) fn input(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// A finite number, or an error that says of what.
pub(crate) fn finite(what: &str, number: f64) -> PyResult<()> {
    if number.is_finite() {
        Ok(())
    } else {
        Err(input(format!("{what} is {number}, but a finite number is wanted")))
    }
}

/// Refuses what does not fit into memory, of so many bytes: to run out of it ends the process.
pub(crate) fn room(bytes: f64) -> PyResult<()> {
    // a number beyond the largest integer is that integer
    if Vec::<u8>::new().try_reserve_exact(bytes as usize).is_ok() {
        return Ok(());
    }
    Err(PyMemoryError::new_err(format!("{:.3} GiB do not fit into memory", bytes / 1024f64.powi(3))))
}

/// A number failed.
pub(crate) fn numerical(error: impl Display) -> PyErr {
    NumericalError::new_err(error.to_string())
}

/// The program is wrong.
pub(crate) fn bug(message: impl Display) -> PyErr {
    PyRuntimeError::new_err(format!("bug, please report: {message}"))
}

/// Errors that are always of the same family.
macro_rules! family {
    ($family:ident: $($error:ty),+ $(,)?) => {
        $(impl $crate::errors::Raise for $error {
            fn raise(self) -> pyo3::PyErr {
                $crate::errors::$family(self)
            }
        })+
    };
}
#[allow(unused_imports, reason = "modules that follow use it")]
pub(crate) use family;

family!(input: ConductorError, HamiltonianError, LatticeError, ShapeError, BadSMatrix);
family!(numerical: SolveError, diffuson_linalg::eigen::NoConvergence);

impl Raise for LeadError {
    fn raise(self) -> PyErr {
        match self {
            Self::Bands | Self::Modes { .. } => numerical(self),
            _ => input(self),
        }
    }
}
