//! Rules that tie several keys of a `local-heat` study together.
//!
//! They need no Green function: what depends on lead modes or on the cost of a run is checked where those are known.

use super::LocalHeat;
use crate::settings::conductor::rules::{self as conductor, problem};
use crate::settings::probes::ProbeModel;
use crate::settings::{Problem, Stop};

/// All conflicts at one point.
pub(crate) fn problems(s: &LocalHeat) -> Vec<Problem> {
    let mut problems = conductor::shape(&s.conductor);
    // lists and sites are compared with a conductor that can be built
    if problems.is_empty() {
        problems.extend(conductor::problems(&s.conductor, &s.disorder, s.leads));
        problems.extend(probes(s));
        problems.extend(cells(s));
        problems.extend(target(s));
    }
    problems
}

fn probes(s: &LocalHeat) -> Vec<Problem> {
    let mut problems = s.probes.problems(&s.conductor);
    if s.probes.is_silent() {
        problems.push(problem(
            s.probes.model.key(),
            "is zero on every probe: without probes there is no local heat",
            "> 0 on at least one probe",
            "for weak dephasing choose a small strength, such as 0.01",
        ));
    }
    if let ProbeModel::Chain { hopping, centre, .. } = s.probes.model
        && (s.conductor.energy - centre).abs() >= 2.0 * hopping
    {
        problems.push(problem(
            "probes.centre",
            format!(
                "leaves the energy {} t outside the band of the chains, which absorb nothing there",
                s.conductor.energy
            ),
            format!("a centre within {} t of the energy", 2.0 * hopping),
            "centre = \"energy\" puts the band of the chains at conductor.energy; or raise probes.hopping",
        ));
    }
    problems
}

fn cells(s: &LocalHeat) -> Option<Problem> {
    let most = s.conductor.length.min(s.conductor.width);
    let element = s.observables.cells.iter().position(|&cell| cell > most)?;
    let help = "a cell is a square of so many slices and rows";
    let too_large = problem(
        "observables.cells",
        "is larger than the conductor",
        format!("integers from 1 to {most}"),
        help,
    );
    Some(Problem { element: Some(element), ..too_large })
}

/// The observable that decides must be measured.
fn target(s: &LocalHeat) -> Option<Problem> {
    let Stop::RelativeError { of: "temperature_rms", .. } = s.ensemble.stop else { return None };
    (!s.probes.measure_temperature).then(|| {
        problem(
            "ensemble.of",
            "is not measured by these probes",
            "an observable that the probes measure",
            "set probes.measure = [\"voltage\", \"temperature\"]",
        )
    })
}
