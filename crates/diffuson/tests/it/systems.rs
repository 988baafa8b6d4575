//! The conductors the tests share.

use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead, Probe};
use diffuson::probes::{self, Accuracy, Drive, Measure, ProbeState};
use diffuson::scattering::{self, Route, Scattered};

/// A strip of the square lattice without field.
pub(crate) fn strip(length: usize, width: usize, boundary: Boundary) -> Lattice {
    Lattice::new(Family::Square, [length, width, 1], boundary).unwrap()
}

/// The same probe on every site, the same lead at both ends.
pub(crate) fn probed(lattice: Lattice, lead: Lead, probe: Probe) -> Conductor {
    let probes = (0..lattice.sites()).map(|site| (site, probe)).collect();
    Conductor::new(lattice, [Some(lead.clone()), Some(lead)], probes).unwrap()
}

/// Unit bias from the left to the right lead.
pub(crate) fn left_to_right(conductor: &Conductor) -> Drive {
    Drive::unit(conductor.lead(End::Left).unwrap(), conductor.lead(End::Right).unwrap()).unwrap()
}

/// Solves for transmissions with derivatives and asserts the audit.
pub(crate) fn audited(conductor: &Conductor, onsite: &[f64], energy: f64, route: Route) -> Scattered {
    let solved = scattering::solve(&conductor.at(energy).unwrap(), onsite, route, true).unwrap();
    assert!(solved.audit.passed(), "{route:?}: {:?}", solved.audit);
    solved
}

/// Solves the linear probe problem between the real leads and asserts the audit.
pub(crate) fn audited_probes(conductor: &Conductor, solved: &Scattered, measure: Measure) -> ProbeState {
    let derivative = solved.derivative.as_deref().unwrap();
    let drive = left_to_right(conductor);
    let state =
        probes::linear(solved.exchange.as_ref(), derivative, &drive, measure, Accuracy::default()).unwrap();
    assert!(state.audit.passed(), "{:?}", state.audit);
    state
}

/// Asserts `|got - want| <= tolerance`, naming both.
#[track_caller]
pub(crate) fn assert_close(got: f64, want: f64, tolerance: f64, what: &str) {
    assert!(
        (got - want).abs() <= tolerance,
        "{what}: got {got:.15e}, want {want:.15e}, allowed {tolerance:.1e}"
    );
}
