//! The kind `defect-dynamics`: many mobile defects of a point contact, which interact: equilibrium, motion under bias, noise.

use super::key::{Choice, Dimension, Form, Key, Number, Range, choice, key};
use super::{Condition, Condition::Is, Kind, ensemble};
use crate::settings::{DefectDynamics, Settings};

const NAME: &str = "defect-dynamics";
const DOC: &str = "Mobile defects of a point contact that interact through its electrons: what they do to the conductance in equilibrium, under bias, and as noise.";

pub(super) const KIND: Kind = Kind {
    name: NAME,
    doc: DOC,
    sections: &[
        ("defects", "Weak scatterers at random places of a ball. Lengths are in 1/k_F."),
        (
            "coupling",
            "Interaction through the electrons: cos(2 k_F R)/R^3 in energy, cos(2 k_F R)/R^2 in conductance.",
        ),
        (
            "dynamics",
            "What is computed. Energies are in s_E, the standard deviation of the energy of one mobile defect over random placements in its contact; times in 1/s_E, in units in which a defect gains an energy E < eV at the rate eV - E at zero temperature.",
        ),
        (
            "equilibrium",
            "A ladder of temperatures, in equal ratios, by replica exchange; and annealing down it.",
        ),
        (
            "spectrum",
            "A trace of the conductance, averaged over intervals of time, and its power spectral density by Welch's method.",
        ),
        ("ensemble", "Average over contacts."),
    ],
    groups: &[TOP, DEFECTS, COUPLING, DYNAMICS, EQUILIBRIUM, SPECTRUM, ENSEMBLE],
    energy_scale: None,
    most_points: 10_000,
    settings: |view| DefectDynamics::new(view).map(Settings::DefectDynamics),
};

const TOP: &[Key] = &[
    key("title", "What the study is about; it heads tables, figures and the report.")
        .optional("the kind is used instead", "\"Aggregates of defects against temperature\""),
    key("kind", "The question asked.").takes(Form::Choice(KIND_NAMES)).required("\"defect-dynamics\""),
];

const DEFECTS: &[Key] = &[
    key("defects.mobile", "Mobile defects.")
        .takes(Form::Integer(Range::within(1.0, 1000.0)))
        .default("32")
        .swept(),
    key("defects.sites", "Sites of each mobile defect.")
        .takes(Form::Integer(Range::within(2.0, 64.0)))
        .default("2")
        .swept(),
    key("defects.fixed", "Defects that stay.")
        .takes(Form::Integer(Range::within(0.0, 10_000.0)))
        .default("0")
        .swept(),
    length("defects.radius", "Radius of the ball they are in.").default("25.0"),
    length(
        "defects.spread",
        "The sites of a defect are uniform in a ball of this radius around the first of them.",
    )
    .default("3.0"),
    length("defects.closest", "No two sites of different defects are closer.").default("2.0"),
    key("defects.born_length", "Born length of every scatterer; for weak ones the phase shift.")
        .number(Range::within(1e-6, 1.0), Dimension::Pure)
        .default("0.3")
        .swept(),
];

const COUPLING: &[Key] = &[
    key("coupling.between", "Which scatterers a mobile defect interacts with.")
        .takes(Form::Choice(BETWEEN))
        .default("\"all\"")
        .swept(),
    key("coupling.bias", "Whether a bias acts on the interaction itself.")
        .takes(Form::Choice(DIRECT))
        .when(MOVING)
        .default("\"none\"")
        .swept(),
];

const DYNAMICS: &[Key] = &[
    key("dynamics.compute", "What is computed.").takes(Form::Choice(COMPUTE)).required("\"steady-state\""),
    key("dynamics.settle", "Hops that are forgotten before anything is averaged.")
        .takes(Form::Integer(HOPS))
        .when(MOVING)
        .default("100000"),
    key("dynamics.hops", "Hops over which is averaged.")
        .takes(Form::Integer(HOPS))
        .when(&[Is("dynamics.compute", &["steady-state"])])
        .default("400000"),
    key(
        "dynamics.crossover",
        "Energy E* at which phonons take over from electrons in the transitions of defects.",
    )
    .takes(Form::Or(choice("none", "no phonons"), &POSITIVE))
    .when(MOVING)
    .default("0.1")
    .swept(),
    key(
        "dynamics.tunnelling",
        "Tunnelling constants of the defects are uniform from 0 to this; rates go with e^-lambda.",
    )
    .number(Range::within(0.0, 100.0), Dimension::Pure)
    .when(MOVING)
    .default("0.0")
    .swept(),
    key("dynamics.temperature", "Temperature of electrons and phonons, as kT.")
        .number(Range::within(0.0, 1e6), Dimension::Pure)
        .when(MOVING)
        .default("0.05")
        .swept(),
    key("dynamics.bias", "Bias across the contact, as eV. Slow fluctuators (`dynamics.tunnelling`) start from equilibrium without bias and need as many hops to forget it.")
        .number(Range::within(0.0, 1e9), Dimension::Pure)
        .when(MOVING)
        .default("0.0")
        .swept(),
];

const EQUILIBRIUM: &[Key] = &[
    energy("equilibrium.from", "Lowest temperature, as kT.").default("0.015"),
    energy("equilibrium.to", "Highest temperature, as kT.").default("20.0"),
    key("equilibrium.temperatures", "Number of temperatures.")
        .takes(Form::Integer(Range::within(2.0, 1000.0)))
        .when(RESTING)
        .default("40"),
    key("equilibrium.sweeps", "Heat-bath sweeps of all temperatures, each followed by exchanges; as many are forgotten before. Annealing takes a twentieth of it at each.")
        .takes(Form::Integer(Range::within(20.0, 1e9)))
        .when(RESTING)
        .default("400"),
];

const SPECTRUM: &[Key] = &[
    key("spectrum.interval", "Length of an interval, in 1/s_E.")
        .number(Range::above(0.0), Dimension::Pure)
        .when(TRACED)
        .default("1.0"),
    key(
        "spectrum.segment",
        "Intervals per segment, an even number: the lowest frequency is that of one period in it.",
    )
    .takes(Form::Integer(Range::within(4.0, 16_777_216.0)))
    .when(TRACED)
    .default("16384"),
    key("spectrum.segments", "Length of the trace, in segments; they overlap by half.")
        .takes(Form::Integer(Range::within(1.0, 1e6)))
        .when(TRACED)
        .default("8"),
    key("spectrum.bands", "Bands of frequency, in equal ratios where frequencies lie so close.")
        .takes(Form::Integer(Range::within(2.0, 1000.0)))
        .when(TRACED)
        .default("40"),
];

const fn length(path: &'static str, doc: &'static str) -> Key {
    key(path, doc).number(Range::within(1e-3, 1e6), Dimension::Pure).swept()
}

const fn energy(path: &'static str, doc: &'static str) -> Key {
    key(path, doc).number(Range::within(1e-6, 1e6), Dimension::Pure).when(RESTING)
}

const ENSEMBLE: &[Key] = &ensemble::keys(OBSERVABLES, "\"relative_conductance\"", "100");
const MOVING: &[Condition] = &[Is("dynamics.compute", &["steady-state", "spectrum"])];
const RESTING: &[Condition] = &[Is("dynamics.compute", &["equilibrium"])];
const TRACED: &[Condition] = &[Is("dynamics.compute", &["spectrum"])];
const HOPS: Range = Range::within(1.0, 1e12);
const POSITIVE: Form = Form::Number(Number { range: Range::above(0.0), dimension: Dimension::Pure });

const KIND_NAMES: &[Choice] = &[choice(NAME, DOC)];
const BETWEEN: &[Choice] = &[
    choice("all", "with all others"),
    choice("fixed", "with those that stay: mobile defects do not know of each other"),
];
const DIRECT: &[Choice] = &[
    choice("none", "it only drives the defects"),
    choice("direct", "interactions carry the factor cos(2 Dk R), Dk = eV/(2 hbar v_F)"),
];
const COMPUTE: &[Choice] = &[
    choice("equilibrium", "equilibrium without bias, at a ladder of temperatures; quench and annealing"),
    choice("steady-state", "means over time under bias, by kinetic Monte Carlo"),
    choice("spectrum", "noise of the conductance, by kinetic Monte Carlo"),
];
const OBSERVABLES: &[Choice] = &[
    choice("relative_conductance", "conductance over its standard deviation for random placement"),
    choice("conductance", "conductance, less its mean for random placement"),
    choice("energy", "energy per mobile defect"),
];
