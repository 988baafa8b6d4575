//! The kind `number-variance`: number fluctuations of a segment of a chain with a barrier, against its length.

use super::Kind;
use super::key::{Choice, Dimension, Form, Key, Range, choice, key};
use crate::settings::{NumberVariance, Settings};

const NAME: &str = "number-variance";
const DOC: &str = "The number of free fermions on a segment of a chain with a barrier in it: its variance over what the compressibility gives, against the length of the segment, beside the claim that it is proportional to the transmission.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        ("chain", "The infinite chain, E = -2t cos k; energies are in the hopping t."),
        ("barrier", "One raised site."),
        ("temperature", "Temperature of the electrons."),
        ("segment", "Segments of the chain, with the barrier in them: lengths in equal ratios."),
    ],
    groups: &[KEYS],
    energy_scale: None,
    most_points: 1000,
    settings: |view| NumberVariance::new(view).map(Settings::NumberVariance),
};

const KEYS: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Number fluctuations and a barrier\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"number-variance\""),
    // chain
    key("chain.energy", "Chemical potential, measured from the centre of the band.")
        .number(Range::between(-2.0, 2.0), Dimension::Energy)
        .default("-1.0")
        .swept(),
    // barrier
    key(
        "barrier.transmission",
        "Transmission probability of the barrier at the chemical potential; 1 for no barrier.",
    )
    .number(Range::within(1e-6, 1.0), Dimension::Pure)
    .required("0.25")
    .swept(),
    key("barrier.position", "Part of the segment that lies left of the barrier.")
        .number(Range::within(0.0, 1.0), Dimension::Pure)
        .default("0.5")
        .swept(),
    // temperature
    key("temperature.kT", "Temperature of the electrons, as kT.")
        .number(Range::within(1e-3, 1e3), Dimension::Temperature)
        .default("0.1")
        .swept(),
    // segment
    key("segment.from", "Shortest segment, in sites.")
        .takes(Form::Integer(Range::within(1.0, 1e6)))
        .default("25"),
    key("segment.to", "Longest segment, in sites.")
        .takes(Form::Integer(Range::within(2.0, 1e6)))
        .default("1600"),
    key("segment.points", "Number of lengths.").takes(Form::Integer(Range::within(2.0, 1000.0))).default("7"),
];

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
