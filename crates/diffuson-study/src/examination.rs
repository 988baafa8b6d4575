//! Laws that take more than one solution: the first sample of each point is examined for all.

use diffuson::audit::{Audit, laws};
use diffuson::conductor::Conductor;
use diffuson::examination::{ExaminationError, examine};
use diffuson::scattering::SolveError;
use diffuson::thermal::Reservoir;

/// The laws, for the list of a kind.
pub(crate) const LAWS: [&str; 5] = [
    laws::GAUGE,
    laws::ONSAGER_CASIMIR,
    laws::DENSITY_OF_STATES,
    laws::LINEAR_LIMIT,
    laws::NONLINEAR_FLUCTUATION_DISSIPATION,
];

/// The laws of a kind and those of the examination, in the order of the record.
pub(crate) const fn with<const N: usize, const ALL: usize>(
    of_kind: [&'static str; N],
) -> [&'static str; ALL] {
    assert!(ALL == N + LAWS.len(), "one place for each law");
    let mut all = [""; ALL];
    let mut k = 0;
    while k < ALL {
        all[k] = if k < N { of_kind[k] } else { LAWS[k - N] };
        k += 1;
    }
    all
}

/// What the examination of a sample finds; nothing of any but the first sample, nor where a mode opens at the very potential.
pub(crate) fn of_first(
    sample: u64,
    conductor: &Conductor,
    onsite: &[f64],
    at: Reservoir,
) -> Result<Audit, String> {
    if sample > 0 {
        return Ok(Audit::default());
    }
    match examine(conductor, onsite, at) {
        Ok(found) => {
            // what further solutions are audited for by themselves is of interest where it fails
            let mut audit = Audit::default();
            let told = found.audit.laws().iter().filter(|law| LAWS.contains(&law.name) || !law.passed());
            told.for_each(|law| audit.record(law.name, law.residual, law.allowed));
            Ok(audit)
        }
        Err(ExaminationError::Solve(SolveError::Lead(_))) => Ok(Audit::default()),
        Err(e) => Err(format!("examination: {e}")),
    }
}
