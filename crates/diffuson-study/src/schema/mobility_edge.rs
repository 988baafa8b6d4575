//! The kind `mobility-edge`: conductivity, thermopower and heat conductivity above a mobility edge, in closed form.

use super::key::{Choice, Dimension, Form, Key, Range, choice, key};
use super::{Kind, temperature};
use crate::settings::{MobilityEdge, Settings};

const NAME: &str = "mobility-edge";
const DOC: &str = "Conductivity, thermopower, heat conductivity, Lorenz ratio and figure of merit at a mobility edge, against temperature.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        (
            "edge",
            "The mobility edge: sigma_0(E) = A (E - E_m)^x (1 + b (E - E_m)) on its conducting side, nothing on the other.",
        ),
        ("tail", "Hopping below the edge, beyond the theory of Imry and Amir: a second channel in parallel."),
        ("temperature", "Temperatures of the curves."),
    ],
    groups: &[KEYS, TEMPERATURE],
    energy_scale: None,
    most_points: 1000,
    settings: |view| MobilityEdge::new(view).map(Settings::MobilityEdge),
};

const KEYS: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Thermopower at a mobility edge\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"mobility-edge\""),
    // edge
    key("edge.exponent", "Exponent x of the conductivity; equal to the exponent nu of the localization length in three dimensions.")
        .number(Range::within(0.05, 5.0), Dimension::Pure)
        .required("1.57")
        .swept(),
    key("edge.distance", "Distance of the chemical potential from the edge, on its conducting side; negative in the insulator.")
        .number(Range::ANY, Dimension::Kelvin)
        .default("1.0")
        .swept(),
    key("edge.side", "Which states conduct.").takes(Form::Choice(SIDES)).default("\"above\"").swept(),
    key("edge.conductivity", "A: sigma_0 one kelvin inside the edge.")
        .number(Range::above(0.0), Dimension::Conductivity)
        .default("1.0")
        .swept(),
    key("edge.curvature", "First correction b to the power law, per kelvin.")
        .number(Range::from(0.0), Dimension::Pure)
        .default("0.0")
        .swept(),
    // tail
    key("tail.weight", "B: conductivity of the tail at the edge, in units of A (k_B T)^x.")
        .number(Range::above(0.0), Dimension::Pure)
        .optional("states beyond the edge do not conduct", "0.2")
        .swept(),
    key("tail.width", "Decay alpha of the tail, in k_B T.")
        .number(Range::within(0.05, 1.0), Dimension::Pure)
        .when(&[super::Condition::Given("tail.weight")])
        .default("1.0")
        .swept(),
];

const TEMPERATURE: &[Key] = &temperature::keys(Dimension::Kelvin, ["0.02", "5.0"], "200", "\"linear\"");

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const SIDES: &[Choice] = &[
    choice("above", "states above the edge: electrons, negative thermopower"),
    choice("below", "states below the edge: holes, positive thermopower"),
];
