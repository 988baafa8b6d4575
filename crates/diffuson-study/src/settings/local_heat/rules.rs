//! Rules that tie several keys of a `local-heat` study together.
//!
//! They need no Green function: what depends on lead modes or on the cost of a run is checked where those are known.

use super::{
    ConductorSettings, DisorderSettings, LatticeName, LeadSettings, LocalHeat, PerSite, ProbeModel, Stop,
};
use crate::settings::Problem;

/// More sites than this are a slip of the keyboard.
const MOST_SITES: usize = 10_000_000;

/// All conflicts at one point.
pub(crate) fn problems(s: &LocalHeat) -> Vec<Problem> {
    let mut problems = shape(&s.conductor);
    // lists and sites are compared with a conductor that can be built
    if problems.is_empty() {
        problems.extend(flux(&s.conductor));
        problems.extend(band(&s.conductor, s.leads));
        problems.extend(disorder(s));
        problems.extend(probes(s));
        problems.extend(cells(s));
        problems.extend(target(s));
    }
    problems
}

fn problem(
    key: &'static str,
    what: impl Into<String>,
    allowed: impl Into<String>,
    help: impl Into<String>,
) -> Problem {
    Problem { key, element: None, what: what.into(), allowed: allowed.into(), help: help.into() }
}

fn is_honeycomb(c: &ConductorSettings) -> bool {
    matches!(c.lattice, LatticeName::HoneycombZigzag | LatticeName::HoneycombArmchair)
}

fn shape(c: &ConductorSettings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (least, why) = match (is_honeycomb(c), c.periodic) {
        (false, false) => (1, ""),
        (false, true) => (3, "with periodic sides and fewer rows, two rows would be joined twice"),
        (true, false) => (2, "a honeycomb strip has at least two rows"),
        (true, true) => (4, "a honeycomb tube has at least four rows"),
    };
    let short = |side: usize| format!("is too small: {side} < {least}");
    if c.width < least {
        problems.push(problem("conductor.width", short(c.width), format!("an integer >= {least}"), why));
    }
    if c.lattice == LatticeName::Cubic && c.height < least {
        problems.push(problem("conductor.height", short(c.height), format!("an integer >= {least}"), why));
    }
    if is_honeycomb(c) && c.periodic && c.width % 2 == 1 {
        let help = format!("try {} or {}", c.width - 1, c.width + 1);
        problems.push(problem(
            "conductor.width",
            "is odd, but a honeycomb tube closes only on even rows",
            "an even integer",
            help,
        ));
    }
    if c.sites() > MOST_SITES {
        // blame the longest side
        let (side, key) =
            [(c.length, "conductor.length"), (c.width, "conductor.width"), (c.height, "conductor.height")]
                .into_iter()
                .max_by_key(|(side, _)| *side)
                .unwrap_or((c.length, "conductor.length"));
        let what = format!("makes a conductor of more than {MOST_SITES} sites");
        let help = format!("make the conductor smaller; {side} is its longest side");
        problems.push(problem(key, what, format!("length x width x height <= {MOST_SITES}"), help));
    }
    problems
}

/// With periodic sides the phase around the conductor must be a multiple of 2 pi.
fn flux(c: &ConductorSettings) -> Option<Problem> {
    let rows = if is_honeycomb(c) { c.width as f64 / 2.0 } else { c.width as f64 };
    let around = c.flux * rows;
    let open = c.periodic && (around - around.round()).abs() > 1e-9;
    open.then(|| {
        let nearest = around.round() / rows;
        problem(
            "conductor.flux",
            format!("puts {around} flux quanta through a ring of plaquettes around the conductor"),
            format!("multiples of 1/{rows} with these periodic sides"),
            format!("the nearest allowed value is {nearest:?}; or use boundary = \"hard-wall\""),
        )
    })
}

/// Strip leads carry current only inside the band; wide-band leads have no band.
fn band(c: &ConductorSettings, leads: LeadSettings) -> Option<Problem> {
    let edge = match c.lattice {
        LatticeName::Square => 4.0,
        LatticeName::Cubic => 6.0,
        LatticeName::HoneycombZigzag | LatticeName::HoneycombArmchair => 3.0,
    };
    (leads == LeadSettings::Strip && c.energy.abs() >= edge).then(|| {
        problem(
            "conductor.energy",
            "is outside the band of the leads, which carry no current there",
            format!("an energy > -{edge} t and < {edge} t"),
            "energies are measured from the centre of the band, in units of t",
        )
    })
}

fn disorder(s: &LocalHeat) -> Option<Problem> {
    let DisorderSettings::Values(values) = &s.disorder else { return None };
    per_site("disorder.values", values.len(), &s.conductor)
}

fn per_site(key: &'static str, given: usize, c: &ConductorSettings) -> Option<Problem> {
    let sites = c.sites();
    (given != sites).then(|| {
        problem(
            key,
            format!("has {given} numbers for {sites} sites"),
            format!("{sites} numbers, one per site"),
            "site (x, y, z) is number (x * width + y) * height + z; x follows the current",
        )
    })
}

fn probes(s: &LocalHeat) -> Vec<Problem> {
    let mut problems = Vec::new();
    let key = match s.probes.model {
        ProbeModel::WideBand { .. } => "probes.coupling",
        ProbeModel::Chain { .. } => "probes.amplitude",
    };
    let strength = s.probes.model.strength();
    if let PerSite::Each(list) = strength {
        problems.extend(per_site(key, list.len(), &s.conductor));
    }
    let sites = s.conductor.sites();
    if let Some(list) = &s.probes.sites
        && let Some(element) = list.iter().position(|&site| site >= sites)
    {
        let allowed = format!("site indices from 0 to {}", sites - 1);
        let help = "site (x, y, z) is number (x * width + y) * height + z; x follows the current";
        let beyond =
            problem("probes.sites", format!("is beyond the last of the {sites} sites"), allowed, help);
        problems.push(Problem { element: Some(element), ..beyond });
    }
    let silent = match (strength, &s.probes.sites) {
        (PerSite::Uniform(value), _) => *value == 0.0,
        (PerSite::Each(list), None) => list.iter().all(|&v| v == 0.0),
        (strength, Some(sites)) => sites.iter().all(|&site| strength.at(site) == 0.0),
    };
    if silent {
        problems.push(problem(
            key,
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
