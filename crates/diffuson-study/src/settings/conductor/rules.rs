//! Rules that tie several keys of a lattice conductor together.

use super::{ConductorSettings, DisorderSettings, LatticeName, LeadSettings};
use crate::settings::Problem;

/// More sites than this are a slip of the keyboard.
const MOST_SITES: usize = 10_000_000;
/// Modes of the leads are found from dense matrices of this many sites squared: more would fill the memory before anything is computed.
const MOST_ACROSS: usize = 10_000;

/// Conflicts of a conductor of a possible [`shape`] with its disorder and its leads.
pub(crate) fn problems(
    c: &ConductorSettings,
    disorder: &DisorderSettings,
    leads: LeadSettings,
) -> impl Iterator<Item = Problem> {
    [flux(c), band(c, leads), values(c, disorder)].into_iter().flatten()
}

/// A conflict at a key.
pub(crate) fn problem(
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

/// What makes a conductor impossible.
pub(crate) fn shape(c: &ConductorSettings) -> Vec<Problem> {
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
    } else if c.width.saturating_mul(c.height) > MOST_ACROSS {
        let key = if c.height > c.width { "conductor.height" } else { "conductor.width" };
        let what = format!("puts more than {MOST_ACROSS} sites across the current");
        let help = "let the current run along the longest side";
        problems.push(problem(key, what, format!("width x height <= {MOST_ACROSS}"), help));
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

fn values(c: &ConductorSettings, disorder: &DisorderSettings) -> Option<Problem> {
    let DisorderSettings::Values(values) = disorder else { return None };
    per_site("disorder.values", values.len(), c)
}

/// That a list does not have one number per site.
pub(crate) fn per_site(key: &'static str, given: usize, c: &ConductorSettings) -> Option<Problem> {
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
