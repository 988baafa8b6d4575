//! Keys of the section `probes` that kinds of study about a lattice conductor share.

use super::key::{Choice, Form, Key, Range, choice, key};

/// Which sites carry a probe.
pub(super) const SITES: Key =
    key("probes.sites", "Sites that carry a probe, as indices from 0 in site order.")
        .takes(Form::Or(Choice { name: "all", doc: "every site" }, &Form::Integers(Range::from(0.0), false)))
        .default("\"all\"");

/// What a probe adjusts.
pub(super) const MEASURE: Key = key(
    "probes.measure",
    "What a probe adjusts so that it draws no net flow: its potential (no current), or also its temperature (no heat).",
)
.takes(Form::Subset(MEASURES))
.default("[\"voltage\"]");

const MEASURES: &[Choice] = &[choice("voltage", "no net current"), choice("temperature", "no net heat")];
