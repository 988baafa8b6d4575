//! Which exception an error is: `ValueError` for what the caller gave, [`NumericalError`] for a number that failed, `RuntimeError` for a mistake of the program.

use diffuson::conductor::ConductorError;
use diffuson::hamiltonian::HamiltonianError;
use diffuson::lattice::LatticeError;
use diffuson::leads::LeadError;
use diffuson::scattering::{BadSMatrix, SolveError};
use diffuson::shapes::ShapeError;
use diffuson_store::StoreError;
use pyo3::exceptions::{
    PyArithmeticError, PyFileNotFoundError, PyMemoryError, PyOSError, PyRuntimeError, PyValueError,
};
use pyo3::{PyErr, PyResult};
use std::fmt::Display;
use std::io;

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
pub(crate) use family;

family!(input: ConductorError, HamiltonianError, LatticeError, ShapeError, BadSMatrix);
family!(numerical: SolveError, diffuson_linalg::eigen::NoConvergence);

/// What a function of the caller raised goes on as it is.
impl Raise for PyErr {
    fn raise(self) -> PyErr {
        self
    }
}

impl Raise for LeadError {
    fn raise(self) -> PyErr {
        match self {
            Self::Bands | Self::Modes { .. } => numerical(self),
            _ => input(self),
        }
    }
}

impl Raise for StoreError {
    fn raise(self) -> PyErr {
        let help = match &self {
            Self::Io { source, .. } => return system(source, &self),
            Self::NotFound { .. } => return PyFileNotFoundError::new_err(self.to_string()),
            Self::Locked { .. } => {
                return PyOSError::new_err(format!(
                    "{self}; wait until that run has ended, or write elsewhere ({ELSEWHERE})"
                ));
            }
            Self::NotARecord { .. } => {
                format!("it is left as it is: move it away, or write elsewhere ({ELSEWHERE})")
            }
            Self::OtherStudy { .. } | Self::OtherLayout { .. } => {
                format!("keep both ({ELSEWHERE}), or {ANEW}")
            }
            Self::SchemaVersion { .. } | Self::OtherVersion { .. } => {
                format!("use the version that made it, write elsewhere ({ELSEWHERE}), or {ANEW}")
            }
            Self::Damaged { .. } => {
                format!("compute again what is lost (diffuson run STUDY --repair, of a study), or {ANEW}")
            }
            Self::Unrepairable { .. } => format!("restore it from a copy, or {ANEW}"),
            Self::NotWritten { .. } => {
                "let the run that makes it come to its end: the same call continues it".to_owned()
            }
            _ => return bug(self),
        };
        input(format!("{self}; {help}"))
    }
}

/// How another place is named, and a record made again, by studies and by ensembles.
const ELSEWHERE: &str = "out=... or name=... of a study, store=... of an ensemble";
const ANEW: &str = "discard that record (fresh=True of a study)";

/// The subclass of `OSError` that fits, with the whole message.
pub(crate) fn system(source: &io::Error, message: &dyn Display) -> PyErr {
    io::Error::new(source.kind(), message.to_string()).into()
}
